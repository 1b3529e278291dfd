"""Writes the type stubs of the engine's classes, `godot/_engine.pyi`, from the engine's own description.

    python3 addons/pythonscript/make_stubs.py godot

A bundle has this file, which needs nothing but Python and the engine; in a checkout the set-up calls it.

An editor completes from them and mypy checks against them; nothing reads them when a program runs. They say
what the host does with values (`_pythonscript/variant.pyx`), so an engine type has up to three Python types:

- *returned* by the engine, a value is of the natural type: `bytes`, `list[Node]`.
- *taken* by the engine, it is whatever converts: bytes-like data, a sequence of nodes, a str for a
  StringName.
- *received* by a method that overrides a virtual one, it is the natural type, or `Any` where the user may
  annotate it otherwise (an enum class, `PackedByteArray`, `Array`, `Dictionary`).

Methods of engine classes take their arguments by name too, all others by position only. Objects are
returned without `| None`, though the engine may return null: as in its other languages,
`self.get_tree().quit()` is to be written as it is.
"""

from __future__ import annotations

import argparse
import ast
import builtins
import json
import re
import subprocess
import sys
import tempfile
from array import array
from collections.abc import Callable, Iterable, Iterator, MutableMapping, MutableSequence
from keyword import iskeyword
from pathlib import Path
from typing import Any

Entry = dict[str, Any]

PYTHONS = frozenset((*dir(builtins), "push_error", "push_warning", "is_instance_valid"))
"""Functions that Python has, or the host in its own way."""

_VALUES = (
    *("Vector2", "Vector2i", "Rect2", "Rect2i", "Vector3", "Vector3i", "Transform2D", "Vector4", "Vector4i"),
    *("Plane", "Quaternion", "AABB", "Basis", "Transform3D", "Projection", "Color"),
)
_BOXES = {"RID": "RID", "Callable": "Callable", "Signal": "BoundSignal"}
_PLAIN = {
    "bool": "bool",
    "int": "int",
    "float": "float",
    "String": "str",
    "StringName": "StringName",
    "NodePath": "NodePath",
    "Variant": "Any",
    "Nil": "None",
    "Array": "list[Any]",
    "Dictionary": "dict[Any, Any]",
    "PackedByteArray": "bytes",
    **{name: name for name in _VALUES},
    **_BOXES,
}
_TAKEN = {
    "StringName": "str",
    "NodePath": "str",
    "Array": "list[Any] | tuple[Any, ...] | Array[Any]",
    "Dictionary": "dict[Any, Any] | Dictionary[Any, Any]",
    "Callable": "_Function",
    "PackedByteArray": "Buffer",
    "PackedInt32Array": "PackedInt32Array | _Items[int]",
    "PackedInt64Array": "PackedInt64Array | _Items[int]",
    "PackedFloat32Array": "PackedFloat32Array | _Items[float]",
    "PackedFloat64Array": "PackedFloat64Array | _Items[float]",
    "PackedStringArray": "_Items[str]",
    "PackedVector2Array": "_Items[Vector2]",
    "PackedVector3Array": "_Items[Vector3]",
    "PackedVector4Array": "_Items[Vector4]",
    "PackedColorArray": "_Items[Color]",
}
_PACKED = {
    "PackedInt32Array": "array[int]",
    "PackedInt64Array": "array[int]",
    "PackedFloat32Array": "array[float]",
    "PackedFloat64Array": "array[float]",
    "PackedStringArray": "list[str]",
    "PackedVector2Array": "list[Vector2]",
    "PackedVector3Array": "list[Vector3]",
    "PackedVector4Array": "list[Vector4]",
    "PackedColorArray": "list[Color]",
}
"""The packed arrays of `godot.values`, with their bases."""
SHARED = {
    "Array": ("containers", "Array[_T]"),
    "Dictionary": ("containers", "Dictionary[_K, _V]"),
    "PackedByteArray": ("packed", "PackedByteArray"),
}
"""What Python and the engine share: the module of the host that has it, and its base there."""
_RETURNED_BY_SHARED = {"Array": "Array[Any]", "Dictionary": "Dictionary[Any, Any]", "PackedByteArray": "Self"}
_OPERATORS = {
    "<": "__lt__",
    "<=": "__le__",
    ">": "__gt__",
    ">=": "__ge__",
    "+": "__add__",
    "-": "__sub__",
    "*": "__mul__",
    "/": "__truediv__",
    "%": "__mod__",
    "unary-": "__neg__",
    "unary+": "__pos__",
}
"""The operators that the value types hand to the engine."""

_HEAD = '''\
"""The engine's classes, singletons and value types. Made by make_stubs.py from {version}. Do not edit."""

# The engine's classes override their bases' members as C++ allows, which is more than mypy does.
# mypy: disable-error-code="override, misc, assignment"

import collections.abc
import concurrent.futures
from array import array
from enum import IntEnum, IntFlag
from typing import Any, Final, Self, SupportsIndex, TypeAlias, overload

from typing_extensions import Buffer, TypeVar

from _pythonscript import containers, packed
from _pythonscript.errors import push_error, push_warning
from _pythonscript.interface import engine_version
from _pythonscript.objects import is_instance_valid
from _pythonscript.values import Value
from _pythonscript.variant import stringify

from .enums import Error
from .values import NodePath, StringName

_T = TypeVar("_T", default=Any)
_K = TypeVar("_K", default=Any)
_V = TypeVar("_V", default=Any)
_Items: TypeAlias = list[_T] | tuple[_T, ...]
_Function: TypeAlias = collections.abc.Callable[..., Any]

def wrap_future(future: concurrent.futures.Future[_T]) -> collections.abc.Awaitable[_T]:
    """What a coroutine on the engine's loop awaits, to get the result of a future of another thread."""
'''

_ENUMS = {
    "Error": "Error",
    "MethodFlags": "int",
    "PropertyHint": "int",
    "Variant.Type": "int",
    "Variant.Operator": "int",
}
"""The global enums that are not made anew, with what their constants are."""
_LOAD = (
    "def load(path: str) -> Resource:",
    '    """The resource of a file (class reference: @GDScript.load)."""',
)
_OF_OBJECTS = (
    "    def free(self) -> None: ...",
    "    def _notification(self, what: Any, /) -> None: ...",
    "    def _get(self, property: Any, /) -> Any: ...",
    "    def _set(self, property: Any, value: Any, /) -> bool: ...",
    "    def _get_property_list(self) -> list[dict[str, Any]]: ...",
    "    def _validate_property(self, property: Any, /) -> None: ...",
    "    def _property_can_revert(self, property: Any, /) -> bool: ...",
    "    def _property_get_revert(self, property: Any, /) -> Any: ...",
)
"""What every object has, and the description does not tell: the callbacks that `super()` reaches."""
_OWN = ("push_error", "push_warning", "is_instance_valid", "engine_version", "stringify", "wrap_future")


def generate(api: Entry, compiled: Path) -> str:
    """The stubs for an engine's description.

    Args:
        api: the contents of its `extension_api.json`.
        compiled: the folder with the stubs of the host's compiled modules.
    """
    return "\n".join(_Stubs(api, compiled).lines())


def main(arguments: list[str] | None = None) -> int:
    """Makes the stubs beside this file, of the engine that is named."""
    parser = argparse.ArgumentParser("make_stubs.py", description="Writes the types of an engine's classes.")
    parser.add_argument(
        "godot", nargs="?", default="godot", help="the engine; by default the `godot` on the path"
    )
    godot = parser.parse_args(arguments).godot
    host = Path(__file__).resolve().parent
    with tempfile.TemporaryDirectory() as folder:
        command = [godot, "--headless", "--dump-extension-api-with-docs"]
        try:
            subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
            api = json.loads((Path(folder) / "extension_api.json").read_text(encoding="utf-8"))
        except (OSError, subprocess.SubprocessError) as error:
            print(f"{godot} does not describe its classes: {error}", file=sys.stderr)
            return 1
    into = host / "godot" / "_engine.pyi"
    into.write_text(generate(api, host / "bin" / "_pythonscript"), encoding="utf-8")
    print(f"{into} has the classes of {api['header']['version_full_name']}")
    return 0


def prefix_of(enum: dict[str, Any]) -> str:
    """What the engine's names of all members of an enum begin with, and Python's leave out."""
    names: list[str] = [value["name"] for value in enum["values"]]
    words = ["_".join(names[0].split("_")[:count]) + "_" for count in range(1, names[0].count("_") + 1)]
    return max((word for word in words if all(name.startswith(word) for name in names)), key=len, default="")


def short_names(enum: dict[str, Any]) -> dict[str, int]:
    """The members of an enum by their names without the prefix, where that leaves a name."""
    prefix = prefix_of(enum)
    short = {value["name"].removeprefix(prefix): value["value"] for value in enum["values"]} if prefix else {}
    return {name: value for name, value in short.items() if name.isidentifier() and not iskeyword(name)}


class _Stubs:
    """One description of an engine, on its way to stubs."""

    def __init__(self, api: Entry, compiled: Path) -> None:
        self.api = api
        self.compiled = compiled
        self.singletons = {entry["type"] for entry in api["singletons"]}
        self.classes = {entry["name"] for entry in api["classes"]}
        self.builtins = {entry["name"]: entry for entry in api["builtin_classes"]}
        self.enums = {
            f"{entry['name']}.{enum['name']}" for entry in api["classes"] for enum in entry.get("enums", ())
        } | {enum["name"] for enum in api["global_enums"] if _ENUMS.get(enum["name"]) != "int"}
        self.parents = {entry["name"]: entry.get("inherits", "") for entry in api["classes"]}
        self.getters: dict[tuple[str, str], str] = {
            (entry["name"], method["name"]): method.get("return_value", {}).get("type", "")
            for entry in api["classes"]
            for method in entry.get("methods", ())
        }

    def lines(self) -> Iterator[str]:
        yield _HEAD.format(version=self.api["header"]["version_full_name"])
        fields = {
            entry["name"]: entry["members"]
            for entry in self.api["builtin_class_member_offsets"][0]["classes"]
        }
        for name in _VALUES:
            yield from self.value(self.builtins[name], [field["member"] for field in fields[name]])
        for name, base in _PACKED.items():
            yield f"class {name}({base}):"
            yield from self.packed(self.builtins.get(name, {}), base)
        for name in SHARED:
            yield from self.shared(name)
        for name in _BOXES:
            yield from self.box(self.builtins[name])
        for enum in self.api["global_enums"]:
            yield from self.global_enum(enum)
        for entry in self.api["utility_functions"]:
            if entry["name"] not in PYTHONS:
                yield from self.function(entry)
        yield from _LOAD
        for entry in self.api["classes"]:
            yield from self.engine_class(entry)
        for entry in self.api["singletons"]:
            yield f"{entry['name']}: {self.class_name(entry['type'])}"
        instances = (entry["name"] for entry in self.api["singletons"])
        names = {*_OWN, *_VALUES, *_PACKED, *SHARED, *_BOXES.values(), *self.classes, *instances}
        names |= {enum["name"] for enum in self.api["global_enums"] if enum["name"] not in _ENUMS}
        names |= {value["name"] for enum in self.api["global_enums"] for value in enum["values"]}
        names |= {one["name"] for one in self.api["utility_functions"]} - PYTHONS | {"load"}
        yield from ("", "__all__: list[str] = [", *(f'    "{name}",' for name in sorted(names)), "]", "")

    # Types

    def class_name(self, name: str) -> str:
        """A class's name in the stubs: the plain name of a singleton's is the singleton itself."""
        return f"_{name}" if name in self.singletons else name

    def returned(self, kind: str) -> str:
        """The type of what the engine gives."""
        prefix, _, of = kind.rpartition("::")
        if prefix in ("enum", "bitfield"):
            return "int"
        if prefix == "typedarray":
            return f"list[{self.returned(of)}]"
        if prefix == "typeddictionary":
            return f"dict[{', '.join(map(self.returned, of.split(';')))}]"
        if kind in self.classes:
            return self.class_name(kind)
        if "," in kind:  # a property's choice of classes, some of them only to be left out ("-Name")
            return " | ".join(self.class_name(one) for one in kind.split(",") if one in self.classes)
        # Anything else is a pointer, which only virtual methods of servers have.
        return _PLAIN.get(kind) or (kind if kind in self.builtins else "Any")

    def taken(self, kind: str, *, required: bool = False) -> str:
        """The type of what the engine may be given."""
        prefix, _, of = kind.rpartition("::")
        if prefix == "typedarray":
            return f"collections.abc.Sequence[{self.returned(of)}]"
        if prefix == "typeddictionary":
            return f"{self.returned(kind)} | Dictionary[{', '.join(map(self.returned, of.split(';')))}]"
        if kind in self.classes or "," in kind:
            return self.returned(kind) if required else f"{self.returned(kind)} | None"
        return _TAKEN.get(kind) or self.returned(kind)

    def received(self, kind: str) -> str:
        """The type of what an overridden virtual method is given."""
        return (
            "Any"
            if kind.startswith(("enum::", "bitfield::", "typed")) or kind in SHARED
            else self.returned(kind)
        )

    # Members

    def method(self, entry: Entry, shared: bool = False, by_name: bool = False) -> Iterator[str]:
        """A method's definition, indented for a class's body.

        Args:
            entry: the method.
            shared: it is of a class whose containers are shared.
            by_name: its arguments may be given by name.
        """
        virtual = entry.get("is_virtual", False)
        arguments = [] if entry["is_static"] else ["self"]
        for argument in entry.get("arguments", ()):
            kind, required = argument["type"], argument.get("meta") == "required"
            accepted = self.received(kind) if virtual else self.taken(kind, required=required)
            arguments.append(
                f"{_name(argument['name'])}: {accepted}{' = ...' * ('default_value' in argument)}"
            )
        named = by_name and not (virtual or entry["is_vararg"])
        if arguments not in ([], ["self"]) and not named:
            arguments.append("/")
        if entry["is_vararg"]:
            arguments.append("*arguments: Any")
        kind = entry.get("return_type") or entry.get("return_value", {}).get("type", "")
        result = (self.taken(kind) if virtual else self.enum(kind) or self.returned(kind)) if kind else "None"
        if virtual and not kind:
            result = "collections.abc.Coroutine[Any, Any, None] | None"  # it may be an `async def`
        if shared:
            result = _RETURNED_BY_SHARED.get(kind, result)
        if entry["is_static"]:
            yield "    @staticmethod"
        yield from _documented(f"    def {_name(entry['name'])}({', '.join(arguments)}) -> {result}:", entry)

    def property(self, entry: Entry, owner: Entry) -> Iterator[str]:
        """A property: a plain attribute where it is set to the very type that it gives."""
        name, kind = entry["name"], entry["type"]
        given, accepted = self.returned(kind), self.taken(kind)
        if enum := self.enum_of(entry, owner):
            given = enum
        if kind in ("StringName", "NodePath"):
            given = "str"
        if not iskeyword(name):
            if entry.get("setter") and given == accepted:
                yield f"    {name}: {given}"
                return
            yield "    @property"
            yield f"    def {name}(self) -> {given}: ..."
            if entry.get("setter"):
                yield f"    @{name}.setter"
                yield f"    def {name}(self, value: {accepted}) -> None: ..."

    def enum_of(self, entry: Entry, owner: Entry) -> str:
        """The enum that a property gives, which the engine says of the getter alone; empty: none."""
        name = owner["name"]
        while name and (name, entry.get("getter", "")) not in self.getters:
            name = self.parents[name]
        getter = self.getters.get((name, entry.get("getter", "")), "")
        return "" if entry.get("index", -1) >= 0 else self.enum(getter)

    def enum(self, kind: str) -> str:
        """The enum that the engine returns; empty: it is another type, or Python has no such enum."""
        prefix, _, enum = kind.rpartition("::")
        if prefix not in ("enum", "bitfield") or enum not in self.enums:
            return ""
        cls, _, own = enum.rpartition(".")
        return f"{self.class_name(cls)}.{own}" if cls else enum

    # The global scope

    def global_enum(self, enum: Entry) -> Iterator[str]:
        """An enum with Python's short names beside the engine's, and its constants."""
        name = enum["name"]
        if name not in _ENUMS:
            values = {value["name"]: value["value"] for value in enum["values"]} | short_names(enum)
            yield f"class {name}({'IntFlag' if enum['is_bitfield'] else 'IntEnum'}):"
            yield from (f"    {member} = {value}" for member, value in values.items())
        kind = _ENUMS.get(name, name)
        yield from (f"{value['name']}: Final[{kind}]" for value in enum["values"])

    def function(self, entry: Entry) -> Iterator[str]:
        arguments = [f"{_name(one['name'])}: {self.taken(one['type'])}" for one in entry.get("arguments", ())]
        if entry["is_vararg"]:
            arguments = ["*arguments: Any"]
        result = self.returned(entry["return_type"]) if "return_type" in entry else "None"
        yield f"def {entry['name']}({', '.join(arguments)}) -> {result}: ..."

    # Classes

    def engine_class(self, entry: Entry) -> Iterator[str]:
        bases = f"({self.class_name(entry['inherits'])})" if "inherits" in entry else ""
        yield f"class {self.class_name(entry['name'])}{bases}:"
        brief = _prose(entry.get("brief_description", "")) or f"Class reference: {entry['name']}."
        yield f'    """{brief}"""'
        if entry["name"] == "Object":
            yield from _OF_OBJECTS
        for enum in entry.get("enums", ()):
            yield f"    class {enum['name']}({'IntFlag' if enum['is_bitfield'] else 'IntEnum'}):"
            yield from (f"        {_name(value['name'])} = {value['value']}" for value in enum["values"])
            yield from (f"    {_name(value['name'])}: Final = {value['value']}" for value in enum["values"])
        for constant in entry.get("constants", ()):
            yield f"    {_name(constant['name'])}: Final = {constant['value']}"
        for signal in entry.get("signals", ()):
            yield f"    {signal['name']}: BoundSignal"
        for prop in entry.get("properties", ()):
            if "/" not in prop["name"]:
                yield from self.property(prop, entry)
        for method in entry.get("methods", ()):
            yield from self.method(method, by_name=True)

    def value(self, entry: Entry, fields: list[str]) -> Iterator[str]:
        """A value type: what `_pythonscript.values` makes of its fields, with the engine's members."""
        name = entry["name"]
        kinds = {member["name"]: self.returned(member["type"]) for member in entry["members"]}
        yield f"class {name}(Value):"
        yield f'    """{_prose(entry.get("brief_description", ""))}"""'
        yield f"    __match_args__ = {tuple(fields)}"
        yield from self.constructors(entry, {field: kinds[field] for field in fields})
        item = kinds[fields[0]] if len({kinds[field] for field in fields}) == 1 else "Any"
        yield f"    def __iter__(self) -> collections.abc.Iterator[{item}]: ..."
        yield "    @overload"
        yield f"    def __getitem__(self, index: int, /) -> {item}: ..."
        yield "    @overload"
        yield f"    def __getitem__(self, index: slice, /) -> tuple[{item}, ...]: ..."
        keywords = ", ".join(f"{field}: {kinds[field]} = ..." for field in fields)
        yield f"    def _replace(self, *, {keywords}) -> Self: ..."
        yield f"    def __replace__(self, *, {keywords}) -> Self: ..."
        yield from (
            f"    {one['name']}: Final[{one['type']}]"
            for one in entry.get("constants", ())
            if one["type"] != "int"
        )
        for enum in entry.get("enums", ()):
            yield from (f"    {value['name']}: Final = {value['value']}" for value in enum["values"])
        for member, kind in kinds.items():
            yield from ("    @property", f"    def {member}(self) -> {kind}: ...")
        for method in entry["methods"]:
            yield from self.method(method)
        yield from self.operators(name)

    def constructors(self, entry: Entry, fields: dict[str, str]) -> Iterator[str]:
        """One overload for each of the engine's; that from the fields takes them by name too."""
        signatures = [f"*, {', '.join(f'{field}: {kind} = ...' for field, kind in fields.items())}"]
        for constructor in entry["constructors"]:
            arguments = constructor.get("arguments", ())
            kinds = [self.taken(argument["type"]) for argument in arguments]
            if kinds == list(fields.values()):
                signatures.append(", ".join(f"{field}: {kind}" for field, kind in fields.items()))
            elif kinds:
                names = [_name(argument["name"]) for argument in arguments]
                plain = (f"{name}: {kind}" for name, kind in zip(names, kinds, strict=True))
                signatures.append(f"{', '.join(plain)}, /")
        for signature in signatures:
            yield from ("    @overload", f"    def __new__(cls, {signature}) -> Self: ...")

    def operators(self, name: str) -> Iterator[str]:
        found: dict[str, list[str]] = {}
        for operator in self.builtins[name]["operators"]:
            method, right = _OPERATORS.get(operator["name"]), operator.get("right_type")
            if method and (right is None or right in _PLAIN):
                other = f", other: {self.returned(right)}, /" if right else ""
                found.setdefault(method, []).append(
                    f"(self{other}) -> {self.returned(operator['return_type'])}: ..."
                )
        for left in ("int", "float"):
            for operator in self.builtins[left]["operators"]:
                if operator["name"] == "*" and operator.get("right_type") == name:
                    signature = f"(self, other: {left}, /) -> {self.returned(operator['return_type'])}: ..."
                    found.setdefault("__rmul__", []).append(signature)
        for method, signatures in found.items():
            for signature in signatures:
                if len(signatures) > 1:
                    yield "    @overload"
                yield f"    def {method}{signature}"

    def packed(self, entry: Entry, base: str) -> Iterator[str]:
        """A packed array of `godot.values`: a list or array.array, with what the engine's has besides."""
        item = base[base.index("[") + 1 : -1]
        yield f'    """{_prose(entry.get("brief_description", ""))}"""'
        if base.startswith("array"):
            yield f"    def __new__(cls, items: collections.abc.Iterable[{item}] = ..., /) -> Self: ..."
        yield from ("    @overload", f"    def __getitem__(self, index: SupportsIndex, /) -> {item}: ...")
        yield from ("    @overload", "    def __getitem__(self, index: slice, /) -> Self: ...")
        yield f"    def __add__(self, other: {base}, /) -> Self: ..."
        yield (
            "    def copy(self) -> Self: ..."
            if base.startswith("list")
            else "    def __copy__(self) -> Self: ..."
        )
        for method in entry.get("methods", ()):
            if method["name"] not in _PYTHONS:
                yield from self.method(method)

    def shared(self, name: str) -> Iterator[str]:
        """An Array, Dictionary or PackedByteArray: the host's class, with what the engine's has besides."""
        module, base = SHARED[name]
        entry = self.builtins.get(name, {})
        own = _defined(self.compiled / f"{module}.pyi", name)
        yield f"class {name}({module}.{base}):"
        yield f'    """{_prose(entry.get("brief_description", ""))}"""'
        for method in entry.get("methods", ()):
            if method["name"] not in own:
                yield from self.method(method, shared=True)

    def box(self, entry: Entry) -> Iterator[str]:
        name = _BOXES[entry["name"]]
        yield f"class {name}:"
        yield f'    """{_prose(entry.get("brief_description", ""))}"""'
        yield from _CONSTRUCTORS[name]
        for method in entry["methods"]:
            yield from self.method(method)


_PYTHONS = frozenset((*dir(list), *dir(array)))
_PROTOCOLS: dict[str, type[Any]] = {"Array": MutableSequence, "Dictionary": MutableMapping}


def _defined(stub: Path, name: str) -> set[str]:
    """The methods of a class of the host's, and of its bases."""
    classes = {
        one.name: one
        for one in ast.parse(stub.read_text(encoding="utf-8")).body
        if isinstance(one, ast.ClassDef)
    }
    found = set(dir(_PROTOCOLS.get(name, object)))
    for cls in (name, "Container"):
        body = classes[cls].body if cls in classes else ()
        found |= {item.name for item in body if isinstance(item, ast.FunctionDef)}
    return found


_CONSTRUCTORS = {
    "RID": ["    def __init__(self) -> None: ..."],
    "BoundSignal": [
        "    def __init__(self, object: Object = ..., signal: str = ..., /) -> None: ...",
        "    def __await__(self) -> collections.abc.Generator[BoundSignal, Any, Any]: ...",
    ],
    "Callable": [
        "    @overload",
        "    def __init__(self, function: _Function = ..., /) -> None: ...",
        "    @overload",
        "    def __init__(self, object: Object, method: str, /) -> None: ...",
        "    def __call__(self, *arguments: Any) -> Any: ...",
    ],
}


def _name(name: str) -> str:
    return f"{name}_" if iskeyword(name) else name


def _documented(definition: str, entry: Entry) -> Iterator[str]:
    doc = _prose(entry.get("description", ""))
    if doc:
        yield definition
        yield f'        """{doc}"""'
    else:
        yield f"{definition} ..."


_MARKUP: Iterable[tuple[str, str | Callable[[re.Match[str]], str]]] = (
    (r"\[codeblocks?.*?\[/codeblocks?\]", ""),
    (
        r"\[(?:method|member|constant|enum|signal|param|annotation|operator|theme_item) ([^\]]*)\]",
        r"`\1`",
    ),
    (r"\[/?code(?: [^\]]*)?\]", "`"),
    (r"\[url=[^\]]*\]|\[/url\]|\[/?[biu]\]|\[/?kbd\]", ""),
    (r"\[([A-Z@]\w*)\]", r"`\1`"),
)


def _prose(text: str) -> str:
    """The first sentence of a description, in plain text."""
    for pattern, replacement in _MARKUP:
        text = re.sub(pattern, replacement, text, flags=re.DOTALL)
    sentence = re.split(r"(?<=[^.]\.)\s|\n", text.strip(), maxsplit=1)[0]
    return sentence.replace("\\", "\\\\").replace('"', "'").strip()


if __name__ == "__main__":
    sys.exit(main())
