"""The stubs of the engine's classes: from a small description, and those of the host's modules."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import pytest

from devkit import cache, make_stubs, stubs
from devkit.engine import Engine

COMPILED = stubs.COMPILED


def method(name: str, *arguments: dict[str, Any], returns: str = "", **flags: bool) -> dict[str, Any]:
    """A method as the engine describes it."""
    plain = {"is_static": False, "is_vararg": False, "is_virtual": False}
    result = {"return_value": {"type": returns}} if returns else {}
    return {"name": name, "arguments": list(arguments), **plain, **flags, **result}


def argument(name: str, kind: str, **more: str) -> dict[str, str]:
    return {"name": name, "type": kind, **more}


def returning(name: str, returns: str = "") -> dict[str, Any]:
    """A builtin type's method, as the engine describes it."""
    result = {"return_type": returns} if returns else {}
    return {"name": name, "is_static": False, "is_vararg": False, **result}


FIELDS = {"Plane": ["normal", "d"], "Rect2": ["position", "size"]}


def builtin(name: str) -> dict[str, Any]:
    """A builtin type with one field, where the test says nothing else."""
    fields = FIELDS.get(name, ["x"])
    members = [{"name": field, "type": "float"} for field in (*fields, "half")]
    constants = [{"name": "ZERO", "type": name}, {"name": "AXIS_X", "type": "int"}]
    operators = [
        {"name": "*", "right_type": "float", "return_type": name},
        {"name": "*", "right_type": name, "return_type": name},
        {"name": "unary-", "return_type": name},
        {"name": "in", "right_type": "Array", "return_type": "bool"},
    ]
    length = {"name": "length", "is_static": False, "is_vararg": False, "return_type": "float"}
    constructors = [
        {"index": 0},
        {"index": 1, "arguments": [argument("from", name)]},
        {"index": 2, "arguments": [argument(f"the_{field}", "float") for field in fields]},
        {"index": 3, "arguments": [argument("code", "String"), argument("half", "float")]},
    ]
    return {
        "name": name,
        "members": members,
        "constructors": constructors,
        "constants": constants,
        "operators": operators,
        "methods": [length],
    }


ENGINE: dict[str, Any] = {
    "name": "Engine",
    "inherits": "Object",
    "methods": [method("get_version_info", returns="Dictionary")],
}
NODE: dict[str, Any] = {
    "name": "Node",
    "inherits": "Object",
    "brief_description": "The [b]base[/b] of [Engine]'s scenes.\nMore.",
    "enums": [
        {"name": "Mode", "is_bitfield": False, "values": [{"name": "MODE_ON", "value": 1}]},
        {"name": "Flags", "is_bitfield": True, "values": [{"name": "FLAG_A", "value": 2}]},
    ],
    "constants": [{"name": "NOTIFICATION_READY", "value": 13}],
    "signals": [{"name": "ready"}],
    "properties": [
        {"name": "name", "type": "StringName", "setter": "set_name"},
        {"name": "from", "type": "int", "setter": "set_from"},
        {"name": "count", "type": "int"},
        {"name": "owner", "type": "Node", "setter": "set_owner"},
        {"name": "data", "type": "PackedByteArray", "setter": "set_data"},
        {"name": "which", "type": "Node,-Engine", "setter": "set_which"},
        {"name": "group/sub", "type": "int", "setter": "set_it"},
        {"name": "way", "type": "int", "setter": "set_way", "getter": "mode"},
    ],
    "methods": [
        {
            **method("add", argument("from", "enum::Node.Mode"), argument("node", "Node", meta="required")),
            "description": 'Adds [param from] to "C:\\".\nMore.',
        },
        method(
            *("find", argument("path", "NodePath"), argument("deep", "bool", default_value="true")),
            returns="Node",
        ),
        method("all", argument("nodes", "typedarray::Node"), returns="typedarray::Node"),
        method("map", argument("of", "typeddictionary::int;String"), returns="typeddictionary::int;String"),
        method("fill", argument("items", "Array"), returns="Array"),
        method(
            *("_fill", argument("items", "Array"), argument("nodes", "typedarray::Node")),
            argument("map", "Dictionary"),
            returns="Dictionary",
            is_virtual=True,
        ),
        method("call", argument("f", "Callable"), returns="Variant", is_vararg=True),
        method("give", argument("data", "PackedByteArray"), returns="PackedByteArray"),
        method("texts", argument("texts", "PackedStringArray"), returns="PackedStringArray"),
        method("make", returns="Node", is_static=True),
        method("mode", returns="enum::Node.Mode"),
        method("open", returns="enum::Error", is_static=True),
        method("axis", returns="enum::Vector3.Axis"),
        method("_modes", returns="bitfield::Node.Flags", is_virtual=True),
        method(
            *("_input", argument("m", "enum::Node.Mode"), argument("node", "Node")),
            returns="PackedByteArray",
            is_virtual=True,
        ),
        method("_read", argument("buffer", "const uint8_t*"), returns="void*", is_virtual=True),
        method("with"),
    ],
}  # fmt: skip
API: dict[str, Any] = {
    "header": {"version_full_name": "Godot Engine v4.9"},
    "singletons": [{"name": "Engine", "type": "Engine"}],
    "builtin_class_member_offsets": [
        {"classes": [{"name": name, "members": [{"member": field} for field in FIELDS.get(name, ["x"])]}
                     for name in make_stubs._VALUES]}
    ],
    "builtin_classes": [
        *map(builtin, (*make_stubs._VALUES, "int", "RID", "Callable", "Signal")),
        {"name": "float", "operators": [{"name": "*", "right_type": "Plane", "return_type": "Plane"}]},
        {"name": "PackedStringArray", "methods": [returning("size", "int"), returning("append", "bool")]},
        {
            "name": "Array",
            "methods": [returning("slice", "Array"), returning("push_back"), returning("count", "int")],
        },
        {"name": "Dictionary", "methods": [returning("keys", "Array"), returning("merged", "Dictionary")]},
        {
            "name": "PackedByteArray",
            "methods": [returning("compress", "PackedByteArray"), returning("get", "int")],
        },
    ],
    "classes": [{"name": "Object"}, ENGINE, NODE],
    "global_enums": [
        {
            "name": "Key",
            "is_bitfield": False,
            "values": [{"name": name, "value": number} for number, name in enumerate(("KEY_A", "KEY_0"))],
        },
        {"name": "Error", "is_bitfield": False, "values": [{"name": "OK", "value": 0}]},
        {"name": "Variant.Type", "is_bitfield": False, "values": [{"name": "TYPE_NIL", "value": 0}]},
    ],
    "utility_functions": [
        {
            "name": "lerp",
            "return_type": "Variant",
            "arguments": [argument("from", "Variant")],
            "is_vararg": False,
        },
        {"name": "seed", "arguments": [argument("base", "int")], "is_vararg": False},
        {"name": "prints", "arguments": [argument("arg1", "Variant")], "is_vararg": True},
        {"name": "print", "arguments": [argument("arg1", "Variant")], "is_vararg": True},
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def text() -> str:
    made = make_stubs.generate(API, COMPILED)
    ast.parse(made)
    return made


def body(text: str, name: str) -> list[str]:
    """The lines of a class."""
    _, _, rest = text.partition(f"\nclass {name}")
    lines = rest.splitlines()[1:]
    end = next(index for index, line in enumerate(lines) if line and not line.startswith(" "))
    return [line.strip() for line in lines[:end]]


@pytest.mark.parametrize(
    "line",
    [
        '"""The base of `Engine`\'s scenes."""',
        "class Mode(IntEnum):",
        "class Flags(IntFlag):",
        "MODE_ON = 1",
        "MODE_ON: Final = 1",
        "NOTIFICATION_READY: Final = 13",
        "ready: BoundSignal",
        "name: str",
        "def count(self) -> int: ...",
        "def owner(self) -> Node: ...",
        "def owner(self, value: Node | None) -> None: ...",
        "def data(self) -> bytes: ...",
        "def data(self, value: Buffer) -> None: ...",
        "def which(self) -> Node: ...",
        "def way(self) -> Node.Mode: ...",
        "def way(self, value: int) -> None: ...",
        "def add(self, from_: int, node: Node) -> None:",
        '"""Adds `from` to \'C:\\\\\'."""',
        "def find(self, path: str, deep: bool = ...) -> Node: ...",
        "def all(self, nodes: collections.abc.Sequence[Node]) -> list[Node]: ...",
        "def map(self, of: dict[int, str] | Dictionary[int, str]) -> dict[int, str]: ...",
        "def fill(self, items: list[Any] | tuple[Any, ...] | Array[Any]) -> list[Any]: ...",
        "def _fill(self, items: Any, nodes: Any, map: Any, /) -> dict[Any, Any] | Dictionary[Any, Any]: ...",
        "def call(self, f: _Function, /, *arguments: Any) -> Any: ...",
        "def give(self, data: Buffer) -> bytes: ...",
        "def texts(self, texts: _Items[str]) -> PackedStringArray: ...",
        "def make() -> Node: ...",
        "def mode(self) -> Node.Mode: ...",
        "def open() -> Error: ...",
        "def axis(self) -> int: ...",
        "def _modes(self) -> int: ...",
        "def _input(self, m: Any, node: Node, /) -> Buffer: ...",
        "def _read(self, buffer: Any, /) -> Any: ...",
        "def with_(self) -> None: ...",
    ],
)
def test_a_class(text: str, line: str) -> None:
    assert line in body(text, "Node(Object):")


def test_the_callbacks_of_objects(text: str) -> None:
    lines = body(text, "Object:")
    for line in ("def free(self) -> None: ...", "def _set(self, property: Any, value: Any, /) -> bool: ..."):
        assert line in lines


def test_what_python_cannot_name_is_left_out(text: str) -> None:
    assert not [line for line in body(text, "Node(Object):") if re.search(r"\bfrom\b[^`]|group", line)]
    assert "@count.setter" not in body(text, "Node(Object):")


def test_the_global_scope(text: str) -> None:
    assert body(text, "Key(IntEnum):") == ["KEY_A = 0", "KEY_0 = 1", "A = 0"]
    lines = text.splitlines()
    for line in (
        *("KEY_A: Final[Key]", "OK: Final[Error]", "TYPE_NIL: Final[int]"),
        *("def lerp(from_: Any) -> Any: ...", "def seed(base: int) -> None: ..."),
        *("def prints(*arguments: Any) -> None: ...", "def load(path: str) -> Resource:"),
    ):
        assert line in lines
    assert not [line for line in lines if line.startswith(("class Error", "def print("))]
    listed = text[text.index("__all__: list[str] = [") :]
    assert all(f'"{name}"' in listed for name in ("Key", "KEY_A", "OK", "lerp", "load"))
    assert '"print"' not in listed


def test_a_singleton_is_its_instance(text: str) -> None:
    assert "\nclass _Engine(Object):" in text
    assert "\nEngine: _Engine\n" in text
    assert "def free(self) -> None: ..." in body(text, "Object:")


def test_a_value_type(text: str) -> None:
    keywords = "normal: float = ..., d: float = ..."
    assert body(text, "Plane(Value):")[1:] == [
        "__match_args__ = ('normal', 'd')",
        *("@overload", f"def __new__(cls, *, {keywords}) -> Self: ..."),
        *("@overload", "def __new__(cls, from_: Plane, /) -> Self: ..."),
        *("@overload", "def __new__(cls, normal: float, d: float) -> Self: ..."),
        *("@overload", "def __new__(cls, code: str, half: float, /) -> Self: ..."),
        "def __iter__(self) -> collections.abc.Iterator[float]: ...",
        *("@overload", "def __getitem__(self, index: int, /) -> float: ..."),
        *("@overload", "def __getitem__(self, index: slice, /) -> tuple[float, ...]: ..."),
        f"def _replace(self, *, {keywords}) -> Self: ...",
        f"def __replace__(self, *, {keywords}) -> Self: ...",
        "ZERO: Final[Plane]",
        *("@property", "def normal(self) -> float: ..."),
        *("@property", "def d(self) -> float: ..."),
        *("@property", "def half(self) -> float: ..."),
        "def length(self) -> float: ...",
        *("@overload", "def __mul__(self, other: float, /) -> Plane: ..."),
        *("@overload", "def __mul__(self, other: Plane, /) -> Plane: ..."),
        "def __neg__(self) -> Plane: ...",
        "def __rmul__(self, other: float, /) -> Plane: ...",
    ]


@pytest.mark.parametrize(
    ("name", "methods"),
    [
        ("Array(containers.Array[_T]):", ["def slice(self) -> Array[Any]: ..."]),
        (
            "Dictionary(containers.Dictionary[_K, _V]):",
            ["def merged(self) -> Dictionary[Any, Any]: ..."],
        ),
        (
            "PackedByteArray(packed.PackedByteArray):",
            ["def compress(self) -> Self: ...", "def get(self) -> int: ..."],
        ),
        (
            "PackedStringArray(list[str]):",
            [
                *("@overload", "def __getitem__(self, index: SupportsIndex, /) -> str: ..."),
                *("@overload", "def __getitem__(self, index: slice, /) -> Self: ..."),
                "def __add__(self, other: list[str], /) -> Self: ...",
                "def copy(self) -> Self: ...",
                "def size(self) -> int: ...",
            ],
        ),
    ],
)
def test_a_container_has_what_the_engine_has_beside_what_python_has(
    text: str, name: str, methods: list[str]
) -> None:
    assert body(text, name)[1:] == methods


def test_all_names_are_listed(text: str) -> None:
    names = ast.literal_eval(text[text.index("__all__: list[str] = [") :].partition("=")[2].strip())
    assert names == sorted(names)
    assert {"Node", "Engine", "Vector2", "BoundSignal", "RID", "PackedByteArray", "push_error"} <= set(names)


def engine(folder: Path, version: str) -> Engine:
    """An engine that describes itself as `API`, and counts how often."""
    (folder / "api.json").write_text(json.dumps(API), encoding="utf-8")
    path = folder / f"godot-{version}"
    script = f'#!/bin/sh\necho once >> {folder}/count\ncp {folder}/api.json extension_api.json\n[ "$2" ]\n'
    path.write_text(script, encoding="utf-8")
    path.chmod(0o755)
    return Engine(path, version)


def test_an_engine_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert make_stubs.main(["/nowhere/godot"]) == 1
    told = capsys.readouterr()
    assert told.err.startswith("/nowhere/godot does not describe its classes: ")
    assert told.out == ""


def test_they_are_made_once_for_an_engine(tmp_path: Path) -> None:
    into, count = tmp_path / "godot" / "_engine.pyi", tmp_path / "count"
    stubs.ensure(engine(tmp_path, "4.6"), into)
    assert into.read_text(encoding="utf-8") == make_stubs.generate(API, COMPILED)
    made = into.stat().st_mtime_ns
    stubs.ensure(engine(tmp_path, "4.6"), into)
    assert into.stat().st_mtime_ns == made
    into.unlink()
    stubs.ensure(engine(tmp_path, "4.6"), into)
    assert count.read_text().count("once") == 1
    stubs.ensure(engine(tmp_path, "4.7"), into)
    assert count.read_text().count("once") == 2
    assert len(list((cache.root() / "stubs").iterdir())) == 2


# The host's own modules


def signatures(tree: ast.Module) -> dict[str, list[str]]:
    """Functions, classes' methods and their arguments, as a stub declares them."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = arguments(node)
        elif isinstance(node, ast.ClassDef):
            for item in node.body:
                if isinstance(item, ast.FunctionDef) and not item.decorator_list:
                    found[f"{node.name}.{item.name}"] = arguments(item)
    return found


def arguments(node: ast.FunctionDef) -> list[str]:
    """The names of a function's arguments, `*` for a rest."""
    given = node.args
    names = [one.arg for one in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return [name for name in names if name not in ("self", "cls")] + (["*"] if given.vararg else [])


def compiled(source: str) -> dict[str, list[str]]:
    """The same of a Cython source, as far as Python sees it."""
    found = {}
    owner = ""
    line = re.compile(
        r"^(?:(?:cdef )?class (?P<cls>\w+)|(?P<dent> *)(?:cpdef \w+|def) (?P<name>\w+)\((?P<of>[^)]*)\))",
        re.M,
    )
    for match in line.finditer(source):
        if match["cls"]:
            owner = f"{match['cls']}."
            continue
        owner = owner if match["dent"] else ""
        parts = [
            part.split("=")[0].removesuffix(" not None").split()[-1]
            for part in match["of"].split(",")
            if part.strip() not in ("*", "/", "")
        ]
        plain = [part for part in parts if not part.startswith("*") and part not in ("self", "cls")]
        found[owner + match["name"]] = plain + ["*"] * any(part.startswith("*") for part in parts)
    return found


@pytest.mark.parametrize("stub", sorted(COMPILED.glob("*.pyi")), ids=lambda path: path.stem)
def test_the_hosts_stubs_say_what_its_modules_have(stub: Path) -> None:
    declared = signatures(ast.parse(stub.read_text(encoding="utf-8")))
    real = compiled(stub.with_suffix(".pyx").read_text(encoding="utf-8"))
    for name, names in declared.items():
        if name.endswith(("__buffer__", "__hash__")):
            continue
        found = real.get(name) if name in real else real.get(re.sub("__(init|new)__", "__cinit__", name))
        assert found is not None, f"{stub.stem}.{name} does not exist"
        if not name.endswith(("__eq__", "__getitem__")):
            assert names == found, f"{stub.stem}.{name}"


def test_every_module_of_the_host_has_a_stub() -> None:
    assert {path.stem for path in COMPILED.glob("*.pyi")} == {path.stem for path in COMPILED.glob("*.pyx")}
