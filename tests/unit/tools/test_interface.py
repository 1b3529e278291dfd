"""The host's declarations of the engine's interface, from a small dump."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from devkit import interface, project
from devkit.console import Failure
from devkit.engine import Engine


def function(name: str, since: str = "4.1") -> dict[str, Any]:
    """A function as the dump describes it."""
    arguments = [{"name": "p_self", "type": "GDExtensionConstVariantPtr"}]
    return {"name": name, "since": since, "return_value": {"type": "void"}, "arguments": arguments}


def dump() -> dict[str, Any]:
    """A dump with all that the host uses, one function newer than Godot 4.2, and more."""
    newer = {"print_warning": "4.5"}
    kinds = [{"name": name, "kind": "handle"} for name in interface.ROOTS[2:]]
    types = [
        {"name": "GDExtensionVariantType", "kind": "enum", "values": [{"name": "NIL", "value": 0}]},
        {"name": "GDExtensionVariantOperator", "kind": "alias", "type": "GDExtensionInt"},
        {"name": "GDExtensionInt", "kind": "alias", "type": "int64_t"},
        {"name": "GDExtensionConstVariantPtr", "kind": "handle", "is_const": True},
        {"name": "GDExtensionUnused", "kind": "handle"},
        *kinds,
    ]
    functions = [function(name, newer.get(name, "4.1")) for name in interface.FUNCTIONS]
    return {"interface": [*functions, function("never_used")], "types": types}


@pytest.fixture
def written(tmp_path: Path) -> dict[str, str]:
    """Both files, by their names."""
    (tmp_path / "dump.json").write_text(json.dumps(dump()), encoding="utf-8")
    return {
        path.name: path.read_text("utf-8") for path in interface.generate(tmp_path / "dump.json", tmp_path)
    }


def test_only_what_is_used_is_declared(written: dict[str, str]) -> None:
    assert set(written) == {"gdextension_interface.h", "gdextension_interface.pxd"}
    for text in written.values():
        assert "never_used" not in text
        assert "GDExtensionUnused" not in text
        assert "GDExtensionInt" in text  # by way of another type
        assert interface.NOTICE in text
    assert "void (*print_error)(GDExtensionConstVariantPtr p_self);" in written["gdextension_interface.h"]
    assert "typedef const void *GDExtensionConstVariantPtr;" in written["gdextension_interface.h"]


def test_newer_functions_are_asked_for_by_the_engines_version(written: dict[str, str]) -> None:
    header = written["gdextension_interface.h"]
    assert re.search(r"if \(minor >= 5\) table->print_warning = ", header)
    assert 'if (!table->print_error) return "print_error";' in header
    assert 'return "print_warning";' not in header


def test_a_function_that_the_engine_lacks_is_named(tmp_path: Path) -> None:
    lacking = dump()
    del lacking["interface"][0]
    (tmp_path / "dump.json").write_text(json.dumps(lacking), encoding="utf-8")
    with pytest.raises(Failure, match=f"has no {interface.FUNCTIONS[0]}"):
        interface.generate(tmp_path / "dump.json", tmp_path)


def test_an_engine_that_is_too_old_is_not_asked(tmp_path: Path) -> None:
    with pytest.raises(Failure, match=r"Godot 4\.5\.1 .* needs Godot 4\.6 or newer"):
        interface.renew(Engine(tmp_path / "absent", "4.5.1"), tmp_path)


def test_an_engine_writes_both_files(tmp_path: Path) -> None:
    (tmp_path / "dump.json").write_text(json.dumps(dump()), encoding="utf-8")
    path = tmp_path / "godot"
    path.write_text(
        f'#!/bin/sh\n[ "$*" = "--headless --dump-gdextension-interface-json" ]'
        f" && cp {tmp_path}/dump.json gdextension_interface.json\n",
        encoding="utf-8",
    )
    path.chmod(0o755)
    interface.renew(Engine(path, "4.6.3"), tmp_path)
    assert (tmp_path / "gdextension_interface.pxd").is_file()


def test_the_dialect_is_that_of_godot_4_2() -> None:
    header = (project.SOURCES / "gdextension_interface.h").read_text(encoding="utf-8")
    optional = set(re.findall(r"if \(minor >= \d+\) table->(\w+) =", header))
    guarded = "\n".join(path.read_text(encoding="utf-8") for path in project.SOURCES.rglob("*.pyx"))
    for name in optional:
        assert re.search(rf"gde\.{name} is (not )?NULL", guarded), (
            f"{name} is used without a look whether it is there"
        )
