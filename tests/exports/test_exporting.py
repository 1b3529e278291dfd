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

from godot._export_plan import EXTENSION, HERE

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
    assert (
        "addons/pythonscript/python/windows.x86_64 is missing, without which a game has no Python" in told[0]
    )
    assert "take it from the addon's zip for windows.x86_64" in told[0]
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


def test_a_game_of_another_python_is_told(project: Path, tmp_path: Path) -> None:
    """Its bytecode is another, and so are its native modules."""
    fresh = tmp_path / "fresh"
    shutil.copytree(project, fresh, ignore=shutil.ignore_patterns(".godot"))
    (manifest,) = (fresh / "addons" / "pythonscript" / "python").glob("*/manifest.json")
    text = manifest.read_text(encoding="utf-8").replace(f'"python": "{HERE}.', '"python": "3.10.')
    manifest.write_text(text, encoding="utf-8")
    run = games.export(fresh, "stripped", tmp_path / "pack.zip", "pack")
    for sentence in (
        f"The game has Python 3.10, and this editor {HERE}: modules are exported without bytecode",
        "has native modules for another Python than 3.10, such as _brotli",
    ):
        assert len([line for line in run.lines if sentence in line]) == 1, run.output
    with ZipFile(tmp_path / "pack.zip") as file:
        names = file.namelist()
    assert "addons/voyager/trouble.py" in names, "though bytecode alone was asked for"
    assert not [name for name in names if name.endswith(".pyc")]


def test_a_game_inside_its_project_is_not_exported_with_the_next(project: Path, tmp_path: Path) -> None:
    fresh = tmp_path / "fresh"
    shutil.copytree(project, fresh, ignore=shutil.ignore_patterns(".godot"))
    games.export(fresh, "release", fresh / "build" / games.PROGRAM).assert_clean()
    games.export(fresh, "release", tmp_path / "pack.zip", "pack").assert_clean()
    with ZipFile(tmp_path / "pack.zip") as file:
        assert [name for name in file.namelist() if name.startswith("build/")] == []


OTHER = '[configuration]\nentry_symbol = "other"\n\n[libraries]\nwindows.x86_64 = "res://other/other.dll"\n'
"""An extension that does not run here."""


@pytest.mark.parametrize("preset", ["stripped", "release"])
def test_an_extension_of_anothers_beside_ours(preset: str, project: Path, tmp_path: Path) -> None:
    """The engine writes the list of those that a preset exports, and so no plugin may."""
    both = tmp_path / "both"
    shutil.copytree(project, both, ignore=shutil.ignore_patterns(".godot"))
    (both / "other").mkdir()
    (both / "other" / "other.gdextension").write_text(OTHER, encoding="utf-8")
    presets = (both / "export_presets.cfg").read_text(encoding="utf-8")
    chosen = 'export_files=PackedStringArray("res://main.tscn", "res://other/other.gdextension")'
    presets = presets.replace('export_files=PackedStringArray("res://main.tscn")', chosen)
    presets = presets.replace('export_filter="scenes"', 'export_filter="resources"')
    (both / "export_presets.cfg").write_text(presets, encoding="utf-8")
    run = games.export(both, preset, tmp_path / "pack.zip", "pack")
    with ZipFile(tmp_path / "pack.zip") as file:
        names = file.namelist()
        listed = file.read(".godot/extension_list.cfg").decode().split()
    assert len(names) == len(set(names))
    told = [line for line in run.lines if "so the game has no Python" in line]
    if preset == "stripped":
        assert listed == ["res://other/other.gdextension"]
        assert len(told) == 1, run.output
        assert "The preset exports other/other.gdextension and leaves out addons/pythonscript/" in told[0]
        assert not [name for name in names if name.endswith((".py", ".pyc"))]
    else:
        assert sorted(listed) == [f"res://{EXTENSION}", "res://other/other.gdextension"]
        assert not told


def test_the_first_export_of_a_project_has_it_all(project: Path, tmp_path: Path) -> None:
    """As in CI: no editor has ever opened the project."""
    fresh = tmp_path / "fresh"
    shutil.copytree(project, fresh, ignore=shutil.ignore_patterns(".godot"))
    run = games.export(fresh, "release", tmp_path / "pack.zip", "pack")
    run.assert_clean()
    with ZipFile(tmp_path / "pack.zip") as file:
        assert "addons/voyager/trouble.py" in file.namelist()
