"""The host and the facade against the engine's own extension_api.json."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from _pythonscript.values import numbers
from tests.engine.harness import Project

from devkit import global_scope, make_stubs
from devkit.project import FACADE, SOURCES
from godot import values

Dump = dict[str, Any]


# Hashes: the engine finds a method by its name and the hash of its signature


def builtin_methods(api: Dump) -> dict[str, set[int]]:
    """Hashes of the builtin types' methods, by name."""
    found: dict[str, set[int]] = {}
    for entry in api["builtin_classes"]:
        for method in entry.get("methods", ()):
            found.setdefault(method["name"], set()).add(method["hash"])
    return found


def test_hashes_are_the_engines(api: Dump) -> None:
    builtin = builtin_methods(api)
    methods = {
        method["name"]: method["hash"] for entry in api["classes"] for method in entry.get("methods", ())
    }
    utilities = {entry["name"]: entry["hash"] for entry in api["utility_functions"]}
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in sorted((SOURCES / "_pythonscript").glob("*.pyx"))
    )
    constants = {
        name: int(value) for name, value in re.findall(r"^([A-Z_]+)_HASH = (\d+)$", text, re.MULTILINE)
    }
    assert {"SIZE", "RESIZE", "GET_REFERENCE_COUNT"} <= set(constants)
    for name, value in constants.items():
        member = name.lower()
        assert value in builtin.get(member, set()) | {methods.get(member)}, name
    tables = re.findall(r"^[A-Z_]+_HASHES = \{(.*?)\}", text, re.MULTILINE | re.DOTALL)
    entries = [pair for table in tables for pair in re.findall(r'"(\w+)": (\d+)', table)]
    assert entries
    for name, value in entries:
        assert int(value) == utilities[name], name


HASHES = """\
extends SceneTree

const SOURCE := \"\"\"
import json
from godot import ClassDB
from _pythonscript import natives, outgoing
wanted = json.load(open(path))
result, seen = [], 0
for name in sorted(wanted):
    if not ClassDB.class_exists(name):
        continue
    entries = outgoing.call_shared(ClassDB, 'class_get_method_list', name, True)
    for entry in entries:
        known = wanted[name].get(str(entry['name']))
        seen += known is not None
        if known not in (None, natives.hash_of(entry)):
            result.append(name + '.' + entry['name'])
result.append(seen)
\"\"\"


func _initialize() -> void:
\tvar path := ProjectSettings.globalize_path("res://hashes.json")
\tvar wrong: Array = PyProbe.run("path = '%s'\\n" % path + SOURCE)
\tprint("SEEN ", wrong.pop_back() > 10000)
\tprint("WRONG ", wrong)
\tprint("END 0 0")
\tquit()
"""


def test_the_hash_of_every_method_is_computed_as_the_engine_does(api: Dump, tmp_path: Path) -> None:
    hashes = {
        entry["name"]: {
            method["name"]: method["hash"] for method in entry.get("methods", ()) if not method["is_virtual"]
        }
        for entry in api["classes"]
    }
    project = Project(tmp_path / "p", addons=["probe"])
    project.write("hashes.json", json.dumps(hashes))
    project.write("hashes.gd", HASHES)
    run = project.run("--headless", "--script", "res://hashes.gd", ends=True)
    run.assert_clean()
    assert "SEEN true" in run.lines
    assert "WRONG []" in run.lines


LISTED = """\
extends SceneTree


func _initialize() -> void:
\tvar promised := FileAccess.get_file_as_string("res://promised.txt").split(" ")
\tvar listed: Array = PyProbe.run("import godot\\nresult = list(godot.__all__)")
\tvar missing := Array(promised).filter(func(name: String) -> bool: return name not in listed)
\tprint("MISSING ", promised.size() > 1500, missing)
\tprint("END 0 0")
\tquit()
"""


def test_from_godot_import_all_brings_what_the_stubs_promise(api: Dump, tmp_path: Path) -> None:
    made = make_stubs.generate(api, SOURCES / "_pythonscript")
    names = re.findall(r'^    "(\w+)",$', made[made.index("__all__: list[str] = [") :], re.MULTILINE)
    project = Project(tmp_path / "p", addons=["probe"])
    project.write("promised.txt", " ".join(names))
    project.write("listed.gd", LISTED)
    run = project.run("--headless", "--script", "res://listed.gd", ends=True)
    run.assert_clean()
    assert "MISSING true[]" in run.lines


def test_the_committed_global_scope_is_the_engines(api: Dump, tmp_path: Path) -> None:
    dump = tmp_path / "extension_api.json"
    dump.write_text(json.dumps(api), encoding="utf-8")
    made = global_scope.generate(dump, tmp_path).read_text(encoding="utf-8")
    assert made == (FACADE / global_scope.FILE).read_text(encoding="utf-8")


def test_constructors_are_numbered_as_the_engine_does(api: Dump) -> None:
    """`variant_get_ptr_constructor(type, number)` of strings.pyx."""
    constructors = {
        entry["name"]: [
            [argument["type"] for argument in constructor.get("arguments", ())]
            for constructor in sorted(entry["constructors"], key=lambda constructor: constructor["index"])
        ]
        for entry in api["builtin_classes"]
    }
    assert constructors["String"][2] == ["StringName"]
    assert constructors["String"][3] == ["NodePath"]
    assert constructors["StringName"][2] == ["String"]
    assert constructors["NodePath"][2] == ["String"]
    assert constructors["PackedByteArray"][:2] == [[], ["PackedByteArray"]]
    assert (
        constructors["Array"][0]
        == constructors["Dictionary"][0]
        == constructors["PackedStringArray"][0]
        == []
    )


# Enums and types of the facade

ENUMS = {
    "VariantType": ("Variant.Type", "TYPE_"),
    "PropertyHint": ("PropertyHint", "PROPERTY_HINT_"),
    "PropertyUsage": ("PropertyUsageFlags", "PROPERTY_USAGE_"),
    "MethodFlags": ("MethodFlags", "METHOD_FLAG_"),
    "Error": ("Error", ""),
}
WHOLE = {"VariantType", "Error"}
"""The enums that the facade has in full."""


@pytest.mark.parametrize("name", ENUMS)
def test_the_facades_enums_are_the_engines(name: str, api: Dump) -> None:
    ours = getattr(importlib.import_module("godot.enums"), name)
    theirs, prefix = ENUMS[name]
    values = {
        value["name"].removeprefix(prefix): value["value"]
        for entry in api["global_enums"]
        if entry["name"] == theirs
        for value in entry["values"]
    }
    assert {
        member: int(value) for member, value in ours.__members__.items() if values.get(member) != value
    } == {}
    if name in WHOLE:
        assert set(ours.__members__) == set(values) - {"MAX"}


PARTS = {"float": "float", "int32": "int"}
"""What the numbers in a value are called, in its description and in Python."""


def test_the_facades_value_types_are_the_engines(api: Dump) -> None:
    values = importlib.import_module("godot.values")
    known = {entry["name"]: entry for entry in api["builtin_classes"]}
    builds = {build["build_configuration"]: build["classes"] for build in api["builtin_class_member_offsets"]}
    members = {entry["name"]: entry["members"] for entry in builds["float_64"]}
    sizes = {build["build_configuration"]: build["sizes"] for build in api["builtin_class_sizes"]}
    size_of = {entry["name"]: entry["size"] for entry in sizes["float_64"]}
    for cls in values.VALUES.values():
        assert cls.__name__ in known
        fields = [getattr(cls, name) for name in cls.__match_args__]
        described = members[cls.__name__]
        assert [field.name for field in fields] == [member["member"] for member in described], cls.__name__
        parts = [type(getattr(cls(), field.name)).__name__ for field in fields]
        assert parts == [PARTS.get(member["meta"], member["meta"]) for member in described], cls.__name__
        assert len(numbers(cls())) * 4 == size_of[cls.__name__], cls.__name__
        if cls.__name__ != "Basis":  # the engine tells where its rows are
            assert [field.first * 4 for field in fields] == [member["offset"] for member in described]
    for group in (values.NUMBER_ARRAYS, values.LIST_ARRAYS):
        assert {cls.__name__ for cls in group.values()} <= set(known)


# Methods that change a packed array or a container: Python must know them, to keep the change or to check it


def methods_of(api: Dump, name: str) -> dict[str, bool]:
    """The methods of a builtin type, and whether each changes the value."""
    entry = next(entry for entry in api["builtin_classes"] if entry["name"] == name)
    return {method["name"]: not (method["is_const"] or method["is_static"]) for method in entry["methods"]}


@pytest.mark.parametrize("cls", (values.NUMBER_ARRAYS | values.LIST_ARRAYS).values())
def test_what_changes_a_packed_array_is_written_back(api: Dump, cls: type[Any]) -> None:
    methods = methods_of(api, cls.__name__)
    changing = {name for name, changes in methods.items() if changes and not hasattr(cls, name)}
    assert "push_back" in changing
    assert changing <= values._CHANGING
    assert not {name for name, changes in methods.items() if not changes} & values._CHANGING


@pytest.mark.parametrize(
    ("name", "module", "marks"),
    [
        ("PackedByteArray", "packed", r"^CHANGING = \((.*)\)$"),
        ("Array", "containers", r'^CHANGING = frozenset\("(.*)"\.split'),
        ("Dictionary", "containers", r'^CHANGING = frozenset\("(.*)"\.split'),
    ],
)
def test_what_changes_a_shared_one_is_known(api: Dump, name: str, module: str, marks: str) -> None:
    text = (SOURCES / "_pythonscript" / f"{module}.pyx").read_text(encoding="utf-8")
    found = re.search(marks, text, re.MULTILINE)
    assert found is not None
    known = tuple(re.findall(r"\w+", found[1]))
    own = set(re.findall(r"^    def (\w+)\(", text, re.MULTILINE))
    changing = {method for method, changes in methods_of(api, name).items() if changes}
    changing -= {"make_read_only"}
    assert {method for method in changing - own if not method.startswith(known)} == set()
