"""The host against the engine's description of its C interface: nothing newer, nothing unused, no mistake."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from tests.engine.harness import Project

from devkit import interface
from devkit.project import SOURCES

OPTIONAL = {
    "packed_vector4_array_operator_index_const": "4.3: PackedVector4Array; without it none is made",
    "classdb_register_extension_class3": "4.3: classes for the game alone; without it all run in the editor",
    "classdb_register_extension_class4": "4.4: icons of classes; without it they have none",
    "classdb_register_extension_class_virtual_method": "4.3: virtual methods of a class; without it an error",
    "editor_help_load_xml_from_utf8_chars_and_len": "4.3: the editor's help; without it classes have none",
    "register_main_loop_callbacks": "4.5: the main loop's end; without it the loop's metadata tells of it",
}
"""Functions newer than Godot 4.2, with what is done without them."""

Dump = dict[str, Any]


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `--dump-gdextension-interface-json` writes (Godot 4.6 and newer; conftest.py sees to that)."""
    folder = tmp_path_factory.mktemp("interface")
    Project(folder / "p", host=False).run("--headless", "--dump-gdextension-interface-json").assert_clean()
    return next(folder.rglob("gdextension_interface.json"))


@pytest.fixture(scope="module")
def functions(dump: Path) -> dict[str, Dump]:
    return {entry["name"]: entry for entry in json.loads(dump.read_text(encoding="utf-8"))["interface"]}


def sources() -> str:
    """All of the host's code that calls the engine."""
    files = [*SOURCES.glob("*.c"), *(SOURCES / "_pythonscript").glob("*.pyx")]
    return "\n".join(file.read_text(encoding="utf-8") for file in sorted(files))


def called() -> set[str]:
    """The functions of the interface that the code names."""
    text = sources()
    by_table = re.findall(r"\b(?:gde|engine)\.(\w+)\b", text)
    by_name = re.findall(r'\bget(?:_proc_address)?\("(\w+)"\)', text)
    return {name for name in (*by_table, *by_name) if name in interface.FUNCTIONS or name in by_name}


def test_the_host_speaks_the_dialect_of_4_2(functions: dict[str, Dump]) -> None:
    newer = {name for name in interface.FUNCTIONS if interface.since(functions[name]) > (4, 2)}
    assert newer == set(OPTIONAL)


def test_what_is_asked_for_by_name_is_of_4_2(functions: dict[str, Dump]) -> None:
    names = set(re.findall(r'\bget(?:_proc_address)?\("(\w+)"\)', sources()))
    assert names
    assert {name for name in names if interface.since(functions[name]) > (4, 2)} == set()


def test_no_function_is_deprecated(functions: dict[str, Dump]) -> None:
    """A deprecated one may stay while 4.2 has nothing newer; each is named here."""
    deprecated = {
        name: functions[name]["deprecated"] for name in interface.FUNCTIONS if "deprecated" in functions[name]
    }
    # What took their place came after 4.2.
    assert {name for name, note in deprecated.items() if version(str(note)) <= (4, 2)} == set()


def version(note: str) -> tuple[int, int]:
    found = re.search(r"(\d+)\.(\d+)", note)
    assert found is not None, note
    return int(found[1]), int(found[2])


def test_every_declared_function_is_called() -> None:
    assert sorted(interface.FUNCTIONS) == sorted(set(interface.FUNCTIONS))
    assert set(interface.FUNCTIONS) - called() == set()


def test_every_called_function_is_declared() -> None:
    assert called() - set(interface.FUNCTIONS) == set()
    fields = set(re.findall(r"\bgde\.(\w+)\b", sources()))
    assert fields - set(interface.FUNCTIONS) == set()


def test_optional_functions_are_asked_about_before_they_are_called() -> None:
    text = sources()
    for name in OPTIONAL:
        assert re.search(rf"gde\.{name} is NULL", text), name


def test_the_committed_declarations_are_the_engines(dump: Path, tmp_path: Path) -> None:
    for path in interface.generate(dump, tmp_path):
        assert path.read_text(encoding="utf-8") == (SOURCES / path.name).read_text(encoding="utf-8"), (
            path.name
        )
