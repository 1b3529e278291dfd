"""Stage 1: the library is one that the engine can load beside others, and loads."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from tests.engine.harness import Project

from devkit.build import ENTRY, PACKAGE
from devkit.project import BIN, HOST, ROOT

MODULES = sorted((BIN / PACKAGE).glob("*.so"))


def exported(library: Path) -> set[str]:
    """The symbols that others can see."""
    listing = subprocess.run(
        ["nm", "--dynamic", "--defined-only", "--format=posix", library],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return {line.split()[0] for line in listing.stdout.splitlines()}


def test_only_the_entry_can_be_seen() -> None:
    assert exported(BIN / ENTRY) == {"pythonscript_init"}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.name.partition(".")[0])
def test_a_module_shows_its_initialiser_only(module: Path) -> None:
    assert exported(module) == {f"PyInit_{module.name.partition('.')[0]}"}


def test_no_library_asks_for_libpython() -> None:
    """A machine without one must open the project, with an error that says so."""
    for library in (BIN / ENTRY, *MODULES):
        needed = subprocess.run(
            ["readelf", "--dynamic", library], capture_output=True, text=True, timeout=120, check=True
        ).stdout
        assert "NEEDED" in needed
        assert not re.search(r"NEEDED.*libpython", needed), library.name


def test_the_extension_is_loaded_and_let_go(tmp_path: Path) -> None:
    project = Project(tmp_path / "p")
    project.write(
        "loaded.gd",
        "extends SceneTree\n\nfunc _initialize() -> void:\n"
        "\tprint(GDExtensionManager.get_loaded_extensions())\n\tprint('END 0 0')\n\tquit()\n",
    )
    run = project.run("--headless", "--verbose", "--script", "res://loaded.gd", ends=True)
    run.assert_clean()
    assert '["res://addons/pythonscript/pythonscript.gdextension"]' in run.lines


def test_a_platform_without_a_library_gets_the_engines_errors_alone(tmp_path: Path) -> None:
    """docs/platforms.md says which, and what a script can ask."""
    project = Project(tmp_path / "p", host=False)
    text = (HOST / "pythonscript.gdextension").read_text(encoding="utf-8")
    project.write("pythonscript.gdextension", re.sub(r'^linux.* = "res://.*\n', "", text, flags=re.MULTILINE))
    project.write(".godot/extension_list.cfg", "res://pythonscript.gdextension\n")
    project.write(
        "without.gd",
        "extends SceneTree\n\nfunc _initialize() -> void:\n"
        '\tprint("there: ", ClassDB.class_exists("PyHTTPClient"))\n\tprint("END 0 0")\n\tquit()\n',
    )
    texts = (
        "No GDExtension library found for current OS and architecture",
        "GDExtension dynamic library not found",
        "Error loading extension",
    )
    run = project.run("--headless", "--script", "res://without.gd", expected=texts, ends=True)
    run.assert_clean()
    assert "there: false" in run.lines
    page = (ROOT / "docs" / "platforms.md").read_text(encoding="utf-8").replace("\n", " ")
    assert all(f'"{text}"' in page for text in texts)
