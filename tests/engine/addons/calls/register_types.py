"""`PyEcho` gives back what it gets; `PyErrors` raises; `PyKeeper` keeps objects."""

from __future__ import annotations

import gc
import sys
import threading
from functools import reduce
from typing import Any

from godot import (
    AABB,
    RID,
    Basis,
    BoundSignal,
    Callable,
    Color,
    Engine,
    Error,
    Node,
    NodePath,
    Object,
    PackedByteArray,
    PackedColorArray,
    PackedFloat32Array,
    PackedFloat64Array,
    PackedInt32Array,
    PackedInt64Array,
    PackedStringArray,
    PackedVector2Array,
    PackedVector3Array,
    PackedVector4Array,
    Plane,
    Projection,
    Quaternion,
    Rect2,
    Rect2i,
    RefCounted,
    StringName,
    Transform2D,
    Transform3D,
    Vector2,
    Vector2i,
    Vector3,
    Vector3i,
    Vector4,
    Vector4i,
    gdclass,
)


def _echoes(members: dict[str, Any], types: dict[str, Any]) -> None:
    """Adds a method `echo_<name>` for each type."""
    for name, annotation in types.items():

        def echo(self: Any, value: Any) -> Any:
            return value

        echo.__name__ = f"echo_{name}"
        echo.__annotations__ = {"value": annotation, "return": annotation}
        members[echo.__name__] = echo


_DATA = PackedByteArray(b"sixteen of bytes")


@gdclass
class PyEcho(RefCounted):
    """Gives back what it gets, by every declared type."""

    _echoes(
        locals(),
        {
            "bool": bool,
            "int": int,
            "float": float,
            "string": str,
            "string_name": StringName,
            "node_path": NodePath,
            "vector2": Vector2,
            "vector2i": Vector2i,
            "rect2": Rect2,
            "rect2i": Rect2i,
            "vector3": Vector3,
            "vector3i": Vector3i,
            "transform2d": Transform2D,
            "vector4": Vector4,
            "vector4i": Vector4i,
            "plane": Plane,
            "quaternion": Quaternion,
            "aabb": AABB,
            "basis": Basis,
            "transform3d": Transform3D,
            "projection": Projection,
            "color": Color,
            "rid": RID,
            "object": Object,
            "node": Node,
            "ref": RefCounted,
            "callable": Callable,
            "dictionary": dict,
            "array": list,
            "ints": list[int],
            "strings": list[str],
            "nodes": list[Node],
            "bytes": bytes,
            "packed_byte": PackedByteArray,
            "packed_int32": PackedInt32Array,
            "packed_int64": PackedInt64Array,
            "packed_float32": PackedFloat32Array,
            "packed_float64": PackedFloat64Array,
            "packed_string": PackedStringArray,
            "packed_vector2": PackedVector2Array,
            "packed_vector3": PackedVector3Array,
            "packed_vector4": PackedVector4Array,
            "packed_color": PackedColorArray,
        },
    )

    def echo(self, value: Any) -> Any:
        """Any Variant."""
        return value

    def kind(self, value: Any) -> str:
        """The Python class that a value comes as."""
        return type(value).__name__

    def show(self, value: Any) -> str:
        """The value as Python writes it."""
        return repr(value)

    def make(self, expression: str) -> Any:
        """The value of a Python expression."""
        return eval(expression)

    def make_int(self, expression: str) -> int:
        """The same, declared as int."""
        return eval(expression)  # type: ignore[no-any-return]

    def make_string(self, expression: str) -> str:
        """The same, declared as String."""
        return eval(expression)  # type: ignore[no-any-return]

    def make_vector2i(self, expression: str) -> Vector2i:
        """The same, declared as Vector2i."""
        return eval(expression)  # type: ignore[no-any-return]

    def make_ints(self, expression: str) -> list[int]:
        """The same, declared as Array[int]."""
        return eval(expression)  # type: ignore[no-any-return]

    def same_item(self, value: list) -> bool:  # type: ignore[type-arg]
        """Whether the first two items are one object."""
        return value[0] is value[1]

    def contains_itself(self, value: list) -> bool:  # type: ignore[type-arg]
        """Whether the first item is the list."""
        return value[0] is value

    def depth(self, value: Any) -> int:
        """How many containers are one inside the other."""
        deep = 0
        while isinstance(value, (list, tuple, dict)):
            deep += 1
            if not value:
                break
            value = next(iter(value.values() if isinstance(value, dict) else value))
        return deep

    def depth_of_lists(self, value: list[list]) -> int:  # type: ignore[type-arg]
        """The same, declared as Array[Array]."""
        return self.depth(value)

    def nested(self, depth: int, kind: str = "list") -> Any:
        """So many containers one inside the other."""
        wrap: dict[str, Any] = {
            "list": lambda inner, number: [inner],
            "tuple": lambda inner, number: (inner,),
            "dict": lambda inner, number: {"in": inner},
            "mixed": lambda inner, number: [inner] if number % 2 else {"in": inner},
            "packed": lambda inner, number: PackedVector2Array([inner]),
        }
        return reduce(wrap[kind], range(depth - 1), [])

    def nested_lists(self, depth: int) -> list[list]:  # type: ignore[type-arg]
        """The same of lists, declared as Array[Array]."""
        return self.nested(depth)  # type: ignore[no-any-return]

    def signal_name(self, signal: BoundSignal) -> str:
        """The name of a Signal."""
        return str(signal.get_name())

    def two(self, first: int, second: str = "b") -> str:
        """Takes one or two."""
        return f"{first}{second}"

    def none(self) -> None:
        """Takes and gives nothing."""

    def three(self, first: int, second: float, third: str) -> int:
        """Takes three of different types."""
        return first

    def data(self) -> PackedByteArray:
        """Always the same bytes."""
        return _DATA

    def kinds(self, values: list[int]) -> str:
        """The classes of the items of an Array[int]."""
        return " ".join(type(value).__name__ for value in values)

    def recurse(self, back: Any, depth: int) -> int:
        """Calls GDScript, which calls this."""
        return depth if depth == 0 else int(back(depth - 1))


@gdclass
class PyErrors(RefCounted):
    """Raises."""

    def __init__(self) -> None:
        self._value = 0

    @property
    def picky(self) -> int:
        """Takes no negative number."""
        return self._value

    @picky.setter
    def picky(self, value: int) -> None:
        if value < 0:
            raise ValueError("no negative number")
        self._value = value

    def give(self, kind: str) -> int:
        """Raises the exception of that name, with all its arguments."""
        if kind == "unprintable":
            raise _UnprintableError
        if kind == "unshowable":
            raise _NamelessError
        if kind == "group":
            raise ExceptionGroup("several", [ValueError("one"), TypeError("two")])
        if kind == "nul":
            raise ValueError("a \0 and a \ud800")
        if kind == "deep":
            return self.give(kind)
        if kind == "none":
            return None  # type: ignore[return-value]
        if kind == "wrong":
            return "no int"  # type: ignore[return-value]
        if kind == "huge":
            return 2**63
        raise getattr(__import__("builtins"), kind)(f"raised {kind}")

    def pair(self, first: RefCounted, second: Any) -> RefCounted:
        """Takes two; the second may be one that cannot come."""
        return first

    def pair_with_int(self, first: RefCounted, second: int) -> RefCounted:
        """The same with a second that may not fit."""
        return first

    def pair_with_array(self, first: RefCounted, second: list) -> RefCounted:  # type: ignore[type-arg]
        """The same with one that can come as long as it is not too deep; typed code calls this by ptrcall."""
        return first

    def give_as_node(self, thing: RefCounted) -> Node:
        """Returns what is no Node."""
        return thing  # type: ignore[return-value]

    def give_as_int(self, thing: RefCounted) -> int:
        """Returns what is no int."""
        return thing  # type: ignore[return-value]

    def give_as_array(self, thing: RefCounted) -> list:  # type: ignore[type-arg]
        """Returns a list with something behind it that cannot cross over."""
        return [thing, {"a": thing, "b": object()}]

    def give_as_nodes(self, thing: RefCounted) -> list[Node]:
        """Returns a list with something else in it."""
        return [None, thing]  # type: ignore[list-item]

    def give_chained(self) -> int:
        """Raises with a cause, from within."""
        try:
            return {"there": 1}["missing"]
        except KeyError as error:
            return _raise_because(error)

    def give_from_the_host(self) -> int:
        """Lets the host raise, in the middle of user code."""
        self.set_meta("text", "a\0")
        return 1

    def give_without_argument(self) -> int:
        """Raises; typed code calls this by ptrcall."""
        raise ValueError("raised without argument")

    def give_string(self) -> str:
        """The same with a String."""
        raise ValueError("raised instead of a String")

    def give_array(self) -> list:  # type: ignore[type-arg]
        """The same with an Array."""
        raise ValueError("raised instead of an Array")

    def nothing(self) -> None:
        """Is declared to return nothing, and does return something."""
        return 5  # type: ignore[return-value]

    def give_error(self) -> Error:
        """The same with an error code."""
        raise ValueError("raised instead of an Error")

    @staticmethod
    def give_static() -> int:
        """Raises without an object."""
        raise ValueError("raised by a static method")

    def recurse_through_the_engine(self) -> Any:
        """Calls itself without an end, by way of a script."""
        return self.call("recurse_through_a_script", self.recurse_through_the_engine)

    def alive(self) -> str:
        """Goes on."""
        return "alive"


def _raise_because(cause: Exception) -> int:
    raise ValueError("two\nlines") from cause


class _Nameless(type):
    def __getattribute__(cls, name: str) -> Any:
        if name == "__qualname__":
            raise AttributeError("it has no name")
        return super().__getattribute__(name)


class _NamelessError(Exception, metaclass=_Nameless):
    """Not even Python can show it."""


class _UnprintableError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("cannot even say what is wrong")


def _picker(value: Any, annotation: Any) -> Any:
    def pick(self: Any, raises: bool) -> Any:
        if raises:
            raise ValueError("nothing to pick")
        return value

    pick.__annotations__["return"] = annotation
    return pick


_PICKED: list[Any] = [
    *(True, 7, 1.5, "text", StringName("name"), NodePath("../node")),
    *(Vector2(1, 2), Vector2i(1, 2), Rect2(Vector2(1, 2), Vector2(3, 4))),
    *(Rect2i(Vector2i(1, 2), Vector2i(3, 4)), Vector3(1, 2, 3), Vector3i(1, 2, 3)),
    *(Transform2D(x=Vector2(1, 2)), Vector4(1, 2, 3, 4), Vector4i(1, 2, 3, 4), Plane(Vector3(1, 2, 3), 4)),
    *(
        Quaternion(1, 0, 0, 0),
        AABB(position=Vector3(1, 2, 3)),
        Basis(x=Vector3(2, 3, 4)),
        Transform3D(origin=Vector3(2, 0, 0)),
    ),
    *(Projection(x=Vector4(2, 3, 4, 5)), Color(1, 1, 1), {"a": 1}, [1], PackedInt32Array([1])),
]


@gdclass
class PyPicker(RefCounted):
    """Has a method for each type, which returns a value that is not the type's default, or raises."""

    for _value in _PICKED:
        locals()[f"pick_{type(_value).__name__}"] = _picker(_value, type(_value))

    def pick_object(self, raises: bool) -> Object:
        """An object that is there anyway."""
        return self.pick(raises, Engine.get_main_loop())  # type: ignore[no-any-return]

    def pick_refcounted(self, raises: bool) -> RefCounted:
        """A new one."""
        return self.pick(raises, RefCounted())  # type: ignore[no-any-return]

    def pick(self, raises: bool, value: Any) -> Any:
        """What they have in common."""
        if raises:
            raise ValueError("nothing to pick")
        return value


@gdclass
class PyBroken(RefCounted):
    """Cannot be made."""

    def __init__(self) -> None:
        raise ValueError("no instance of this")


@gdclass
class PyBrokenNode(Node):
    """Raises in the engine's callbacks."""

    def _ready(self) -> None:
        raise ValueError("not ready")

    def _to_string(self) -> str:
        raise ValueError("no text")

    def _notification(self, what: int) -> None:
        if what == 10:
            raise ValueError("no notification")


@gdclass
class PyThing(RefCounted):
    """Is counted."""

    made = 0
    gone = 0

    def __init__(self) -> None:
        self.payload = [0] * 20
        PyThing.made += 1

    def __del__(self) -> None:
        PyThing.gone += 1

    @staticmethod
    def alive() -> int:
        """How many there are."""
        gc.collect()
        return PyThing.made - PyThing.gone

    def value(self) -> int:
        """Something."""
        return len(self.payload)


@gdclass
class PyFarewell(RefCounted):
    """Says so when the engine ends it."""

    def _notification(self, what: int) -> None:
        if what == 1:  # PREDELETE
            print("farewell")


@gdclass
class PyThingNode(Node):
    """Is counted, and freed by hand."""

    made = 0
    gone = 0

    def __init__(self) -> None:
        PyThingNode.made += 1

    def __del__(self) -> None:
        PyThingNode.gone += 1

    @staticmethod
    def alive() -> int:
        """How many there are."""
        gc.collect()
        return PyThingNode.made - PyThingNode.gone


@gdclass
class PyKeeper(RefCounted):
    """Keeps objects, and lets them go."""

    def __init__(self) -> None:
        self._kept: list[Any] = []
        self._lock = threading.Lock()
        self._count = 0

    def keep(self, thing: Any) -> None:
        """Keeps it."""
        self._kept.append(thing)

    def make(self) -> PyThing:
        """Makes one in Python, and forgets it."""
        return PyThing()

    def make_and_keep(self) -> PyThing:
        """Makes one in Python, and keeps it."""
        thing = PyThing()
        self._kept.append(thing)
        return thing

    def churn(self, count: int) -> None:
        """Makes and drops objects in Python."""
        for _ in range(count):
            PyThing()

    def first(self) -> Any:
        """The first of the kept."""
        return self._kept[0]

    def name_of_first(self) -> str:
        """Uses the first one."""
        return str(self._kept[0].get_class())

    def first_is_valid(self) -> bool:
        """Whether the first one lives in the engine."""
        from godot import is_instance_valid

        return is_instance_valid(self._kept[0])

    def drop(self) -> None:
        """Lets all go."""
        self._kept.clear()
        gc.collect()

    def references(self, thing: Any) -> int:
        """How many references Python code could have to it."""
        return sys.getrefcount(thing)

    def keep_itself(self) -> None:
        """A cycle in Python."""
        self._kept.append(self)

    def add(self, number: int) -> int:
        """Adds, whoever else does."""
        with self._lock:
            self._count += number
        return self._count

    def count(self) -> int:
        """The sum."""
        return self._count
