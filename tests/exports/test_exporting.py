"""What the export plugin packs, what it leaves out, and what it tells the person who exports."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from zipfile import ZipFile

import pytest
from tests.engine.harness import Run
from tests.exports import games

PackOf = Callable[[str], tuple[Run, set[str]]]


@pytest.fixture(scope="module")
def pack_of(project: Path, tmp_path_factory: pytest.TempPathFactory) -> PackOf:
    """The pack that a preset makes: how it went, and the names of its files."""

    @cache
    def make(preset: str) -> tuple[Run, set[str]]:
        target = tmp_path_factory.mktemp("pack") / "pack.zip"
        run = games.export(project, preset, target, "pack")
        with ZipFile(target) as file:
            names = file.namelist()
        assert len(names) == len(set(names)), "no file is there twice"
        return run, set(names)

    return make


def test_sources_bytecode_and_data_are_packed(pack_of: PackOf) -> None:
    run, names = pack_of("release")
    run.assert_clean()
    assert {
        "addons/voyager/register_types.py",
        "addons/voyager/data/greeting.txt",
        "addons/voyager/data/levels.json",
        "addons/pythonscript_http/client.py",
        "addons/site-packages/h11/__init__.py",
        "addons/pythonscript/pythonscript.gdextension",
        ".godot/extension_list.cfg",
    } <= names
    assert any(name.startswith("addons/voyager/__pycache__/trouble.") for name in names)
    assert not [
        name for name in names if name.endswith((".so", ".pyi", "register_editor_types.py", ".gdignore"))
    ]
    assert not [
        name
        for name in names
        if name.startswith(("addons/pythonscript/python/", "addons/pythonscript/godot/"))
    ]


def test_bytecode_alone(pack_of: PackOf) -> None:
    run, names = pack_of("stripped")
    run.assert_clean()
    assert "addons/voyager/trouble.pyc" in names, "and no sources, though the filters take them"
    assert not [name for name in names if name.endswith(".py")]
    assert "addons/pythonscript/pythonscript.gdextension" in names, "though the filters leave it out"


@pytest.mark.parametrize("preset", ["others", "server"])
def test_the_engine_lists_extensions_where_it_exports_them(preset: str, pack_of: PackOf) -> None:
    """Its list has all of them: `pack_of` sees if there is a second one."""
    run, names = pack_of(preset)
    run.assert_clean()
    assert {"addons/pythonscript/pythonscript.gdextension", ".godot/extension_list.cfg"} <= names


def test_an_addon_that_a_preset_excludes(pack_of: PackOf) -> None:
    run, names = pack_of("partial")
    run.assert_clean()
    assert not [name for name in names if name.startswith("addons/alpha")]
    assert "addons/voyager/register_types.py" in names


def test_another_system_is_missed_in_one_sentence(pack_of: PackOf) -> None:
    run, _ = pack_of("windows")
    told = [line for line in run.lines if "windows.x86_64" in line and "missing" in line]
    assert len(told) == 1, run.output
    assert "addons/pythonscript/python/windows.x86_64 is missing, and the game will have no Python" in told[0]
    assert "unpack the addon's zip for windows.x86_64" in told[0]
    assert any("_brotli" in line and "another system than windows.x86_64" in line for line in run.lines)


def test_a_platform_without_python_is_one_line(pack_of: PackOf) -> None:
    run, names = pack_of("web")
    told = [line for line in run.lines if "Python" in line and "Storing" not in line]
    assert len(told) == 1, run.output
    assert "Python does not run on this platform, so the game is exported without it" in told[0]
    assert not [name for name in names if name.endswith((".py", ".pyc", ".gdextension"))]


def test_a_module_that_cannot_be_compiled_is_named(project: Path, tmp_path: Path) -> None:
    broken = project / "addons" / "voyager" / "broken.py"
    broken.write_text("def (\n", encoding="utf-8")
    try:
        run = games.export(project, "release", tmp_path / "pack.zip", "pack")
    finally:
        broken.unlink()
    assert any("addons/voyager/broken.py cannot be compiled" in line for line in run.lines), run.output


def test_the_first_export_of_a_project_has_it_all(project: Path, tmp_path: Path) -> None:
    """As in CI: no editor has ever opened the project."""
    fresh = tmp_path / "fresh"
    shutil.copytree(project, fresh, ignore=shutil.ignore_patterns(".godot"))
    run = games.export(fresh, "release", tmp_path / "pack.zip", "pack")
    run.assert_clean()
    with ZipFile(tmp_path / "pack.zip") as file:
        assert "addons/voyager/trouble.py" in file.namelist()
