"""What is called across the border: in GDScript alone, and the same by way of Python."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple


class Operation(NamedTuple):
    """A statement about `target` and `value`, typed, in a loop.

    Attributes:
        title: for readers.
        value: its type in GDScript, and an expression that makes it.
        target: the same.
        script: the statement in GDScript, which is the engine's side.
        python: the statement in Python; empty: our side is GDScript too, and its target Python's.
        end: a statement in GDScript behind the loop.
    """

    title: str
    value: tuple[str, str]
    target: tuple[str, str]
    script: str
    python: str = ""
    end: str = "pass"


TYPES: Final[Mapping[str, tuple[str, str]]] = {
    "bool": ("bool", "true"),
    "int": ("int", "7"),
    "float": ("float", "1.5"),
    "string": ("String", '"a usual text"'),
    "string_name": ("StringName", '&"name"'),
    "node_path": ("NodePath", '^"../a/b"'),
    "vector2": ("Vector2", "Vector2(1, 2)"),
    "vector2i": ("Vector2i", "Vector2i(1, 2)"),
    "rect2": ("Rect2", "Rect2(1, 2, 3, 4)"),
    "rect2i": ("Rect2i", "Rect2i(1, 2, 3, 4)"),
    "vector3": ("Vector3", "Vector3(1, 2, 3)"),
    "vector3i": ("Vector3i", "Vector3i(1, 2, 3)"),
    "transform2d": ("Transform2D", "Transform2D()"),
    "vector4": ("Vector4", "Vector4(1, 2, 3, 4)"),
    "vector4i": ("Vector4i", "Vector4i(1, 2, 3, 4)"),
    "plane": ("Plane", "Plane(Vector3(0, 1, 0), 2.5)"),
    "quaternion": ("Quaternion", "Quaternion()"),
    "aabb": ("AABB", "AABB()"),
    "basis": ("Basis", "Basis()"),
    "transform3d": ("Transform3D", "Transform3D()"),
    "projection": ("Projection", "Projection()"),
    "color": ("Color", "Color(0.25, 0.5, 0.75, 1)"),
    "rid": ("RID", "RID()"),
    "ref": ("RefCounted", "RefCounted.new()"),
    "callable": ("Callable", 'Callable(RefCounted, "new")'),
    "dictionary": ("Dictionary", '{"a": 1}'),
    "array": ("Array", "[1, 2]"),
    "ints": ("Array[int]", "[1, 2]"),
    "packed_byte": ("PackedByteArray", "PackedByteArray([1, 2])"),
    "packed_int32": ("PackedInt32Array", "PackedInt32Array([1, 2])"),
    "packed_int64": ("PackedInt64Array", "PackedInt64Array([1, 2])"),
    "packed_float32": ("PackedFloat32Array", "PackedFloat32Array([1, 2])"),
    "packed_float64": ("PackedFloat64Array", "PackedFloat64Array([1, 2])"),
    "packed_string": ("PackedStringArray", 'PackedStringArray(["a", "b"])'),
    "packed_vector2": ("PackedVector2Array", "PackedVector2Array([Vector2(1, 2)])"),
    "packed_vector3": ("PackedVector3Array", "PackedVector3Array([Vector3(1, 2, 3)])"),
    "packed_vector4": ("PackedVector4Array", "PackedVector4Array([Vector4(1, 2, 3, 4)])"),
    "packed_color": ("PackedColorArray", "PackedColorArray([Color(1, 1, 1, 1)])"),
}
"""What has a method `echo_<name>` in GDScript and in Python: its type, and an expression that makes one."""

_ECHO: Final = ("Echo", "Echo.new()")
_VECTOR: Final = ("Vector2", "Vector2(1, 2)")
_NODE: Final = ("Node2D", "Node2D.new()")
_FREE: Final = "target.free()"

_INTO: Final = {
    f"into-{name.replace('_', '-')}": Operation(type_[0], type_, _ECHO, f"target.echo_{name}(value)")
    for name, type_ in TYPES.items()
}
_OUT: Final = {
    f"out-{name.replace('_', '-')}": one._replace(python=one.script)
    for name, one in zip(TYPES, _INTO.values(), strict=True)
}
_UNTYPED: Final = ("Variant", "Echo.new()")
_THREE: Final = 'target.three(value, 1.5, "three")'
_OTHERS: Final = {
    "python-untyped": Operation(
        "GDScript calls Python, untyped", ("Variant", "7"), _UNTYPED, "target.echo_int(value)"
    ),
    "python-typed-0": Operation("the same, typed, without arguments", ("int", "7"), _ECHO, "target.none()"),
    "python-typed-3": Operation("the same, typed, three arguments", ("int", "7"), _ECHO, _THREE),
    "python-untyped-0": Operation(
        "the same, untyped, without arguments", ("int", "7"), _UNTYPED, "target.none()"
    ),
    "python-untyped-3": Operation("the same, untyped, three arguments", ("int", "7"), _UNTYPED, _THREE),
    "python-bytes": Operation(
        "the same, typed, and gets a PackedByteArray",
        ("int", "7"),
        _ECHO,
        "var _it: PackedByteArray = target.data()",
    ),
    "python-dictionary-100": Operation(
        "a Dictionary of 100 into Python and back",
        ("Dictionary", "hundred()"),
        _ECHO,
        "target.echo_dictionary(value)",
    ),
    "python-operator": Operation(
        "`Vector2 + Vector2`", _VECTOR, _VECTOR, "var _it := target + value", "target + value"
    ),
    "python-operator-transform": Operation(
        "`Transform3D * Vector3`",
        ("Vector3", "Vector3(1, 2, 3)"),
        ("Transform3D", "Transform3D()"),
        "var _it := target * value",
        "target * value",
    ),
    "python-set": Operation(
        "sets a property", _VECTOR, _NODE, "target.position = value", "target.position = value", _FREE
    ),
    "python-get": Operation(
        "gets a property", _VECTOR, _NODE, "var _it := target.position", "target.position", _FREE
    ),
    "python-constant": Operation(
        "a class's constant",
        _VECTOR,
        _NODE,
        "var _it := Node.NOTIFICATION_READY",
        "Node.NOTIFICATION_READY",
        _FREE,
    ),
    "python-method": Operation(
        "calls a method of the engine's",
        _VECTOR,
        _NODE,
        "target.get_child_count()",
        "target.get_child_count()",
        _FREE,
    ),
    "python-emit": Operation(
        "emits a signal", ("int", "7"), _ECHO, "target.told.emit(value)", "target.told.emit(value)"
    ),
}

INTO: Final[Mapping[str, Operation]] = _INTO
"""GDScript calls Python and gets back what it gave."""
OUT: Final[Mapping[str, Operation]] = _OUT
"""The same from Python to GDScript."""
OTHERS: Final[Mapping[str, Operation]] = _OTHERS
OPERATIONS: Final[Mapping[str, Operation]] = {**INTO, **OUT, **OTHERS}

_METHODS: Final = (
    "\tfunc none() -> void:\n\t\tpass\n",
    "\tfunc three(first: int, _second: float, _third: String) -> int:\n\t\treturn first\n",
    "\tfunc data() -> PackedByteArray:\n\t\treturn kept\n",
)
"""Of the class `Echo`, beside those that give back what they get."""
_ONE: Final = """
static func run_{name}_{who}(times: int) -> float:
\tvar target: {target[0]} = {target[1]}
\tvar value: {value[0]} = {value[1]}
\t{body}
\t{end}
\treturn usec
"""
_LOOP: Final = """var begun := Time.get_ticks_usec()
\tfor time in times:
\t\t{statement}
\tvar usec := float(Time.get_ticks_usec() - begun)"""
_PYTHON: Final = "var usec := PyMeter.measure({statement}, target, value, times)"


def source(operations: Mapping[str, Operation]) -> str:
    """Members of a script: a class `Echo`, and for each operation `run_<id>_engine` and `run_<id>_ours`."""
    lines = ["class Echo:\n\textends RefCounted\n\tsignal told(value: int)\n"]
    lines += [
        f"\tfunc echo_{name}(value: {type_}) -> {type_}:\n\t\treturn value\n"
        for name, (type_, _) in TYPES.items()
    ]
    lines += ["\tvar kept := PackedByteArray([1, 2])\n", *_METHODS]
    for id_, one in operations.items():
        loop = _LOOP.format(statement=one.script)
        theirs = one._replace(
            target=(one.target[0].replace("Echo", "PyEcho"), one.target[1].replace("Echo", "PyEcho"))
        )
        ours = (one, _PYTHON.format(statement=repr(one.python))) if one.python else (theirs, loop)
        for who, (operation, body) in {"engine": (one, loop), "ours": ours}.items():
            lines.append(
                _ONE.format(
                    name=id_.replace("-", "_"),
                    who=who,
                    target=operation.target,
                    value=operation.value,
                    body=body,
                    end=operation.end,
                )
            )
    return "\n".join(lines)
