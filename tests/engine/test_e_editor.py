"""Stage E: plugins of the editor in Python, in a headless editor; and nothing of them in a game."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from zipfile import ZipFile

import pytest
from tests.engine.harness import HOST, Project, Run
from tests.engine.suites import RunOf, suite_tests

SUITE = "editor.gd"

LAMPS = """\
[gd_scene format=3]

[sub_resource type="PyBulb" id="1"]
watts = 60

[node name="Root" type="Node"]

[node name="Lamp" type="PyLamp" parent="."]
brightness = 7
bulb = SubResource("1")

[node name="Lantern" type="PyLantern" parent="."]
oil = 5

[node name="Torch" type="PyTorch" parent="."]
oil = 7
"""
FILES = {
    "lamps.scores": '{"Ada": 3}',
    **{f"more/{number}.scores": "{}" for number in range(20)},
    "lamps.tscn": LAMPS,
    "game.tscn": '[gd_scene format=3]\n\n[node name="Game" type="PyGame"]\n',
    "addons/broken/register_editor_types.py": "raise RuntimeError('broken on purpose')\n",
}
BROKEN = "addons/broken/register_editor_types.py"
NO_HOME = "addons/pythonscript/python/linux.x86_64 is missing, without which a game has no Python"


def project_in(folder: Path, files: dict[str, str] = FILES) -> Project:
    project = Project(folder, scripts=[SUITE], addons=["editor"], editor=True)
    for name, text in files.items():
        project.write(name, text)
    return project


@pytest.fixture(scope="module")
def run_of(tmp_path_factory: pytest.TempPathFactory) -> RunOf:
    @cache
    def run(suite: str) -> Run:
        project = project_in(tmp_path_factory.mktemp("editor") / "p")
        return project.run_suite(suite, expected=[BROKEN], verbose=True)

    return run


test_the_run, test_suite = suite_tests(SUITE)


def test_an_editor_that_quits_at_once(tmp_path: Path) -> None:
    project_in(tmp_path / "p").run(
        "--headless", "--verbose", "--editor", "--quit", expected=[BROKEN]
    ).assert_clean()


HELP = "editor_help.gd"


OF_ANOTHER_ENGINE = """\
extends SceneTree


func _initialize() -> void:
\tvar path := OS.get_cmdline_user_args()[0]
\tvar cache: Resource = load(path)
\tcache.set_meta("version_hash", "another engine's")
\tprint("SAVED ", ResourceSaver.save(cache, path, ResourceSaver.FLAG_COMPRESS) == OK)
\tquit()
"""


def test_the_help_has_texts_whatever_the_editor_has_kept_of_its_own(tmp_path: Path) -> None:
    """Nothing, when it is the first one; what that has written; what an engine of another version has."""
    project = Project(tmp_path / "p", scripts=[HELP], addons=["zoo"], editor=True)
    project.write("of_another_engine.gd", OF_ANOTHER_ENGINE)
    for kept in ("nothing", "its own", "another engine's"):
        if kept == "another engine's":
            (cache,) = tmp_path.rglob("editor_doc_cache*")
            run = project.run("--headless", "--script", "res://of_another_engine.gd", "--", str(cache))
            assert "SAVED true" in run.lines
        run = project.run_suite(HELP, verbose=True)
        run.assert_clean()
        run.assert_passed("test_the_help_has_texts")


GAME = """\
extends SceneTree


func _initialize() -> void:
\tprint("EDITORS ", ClassDB.class_exists(&"EditorPlugin"), " ", ClassDB.class_exists(&"PyLampEditor"))
\tprint("SCORES ", load("res://lamps.scores"))
\tprint("END 0 0")
\tquit()
"""


def test_a_game_knows_nothing_of_them(tmp_path: Path) -> None:
    """Though the editor's binary runs it, and knows the editor's classes."""
    project = project_in(tmp_path / "p", {**FILES, "game.gd": GAME, "lamps.scores": "{}"})
    run = project.run(
        "--headless",
        *("--script", "res://game.gd"),
        expected=["No loader found for resource: res://lamps.scores"],
        ends=True,
    )
    run.assert_clean()
    assert "EDITORS true false" in run.lines


# What is still there when the editor quits

KEEPER = """\
from editor.register_editor_types import PyLampInspector, PyPacker, PyScores, PyScoresImporter
from godot import EditorInterface, EditorPlugin, Resource, gdclass

KEPT = [PyScores(), PyScoresImporter(), PyLampInspector(), PyPacker(), Resource()]
for kept in (KEPT[0], KEPT[4]):
    kept.set_meta("scores", PyScores())


@gdclass
class PyKeeper(EditorPlugin):
    def _enter_tree(self) -> None:
        self.add_import_plugin(KEPT[1])
        self.add_inspector_plugin(KEPT[2])
        self.add_export_plugin(KEPT[3])
        self.add_tool_menu_item("Keep", self.keep)
        KEPT.extend([self, self.get_undo_redo(), EditorInterface.get_editor_settings()])
        KEPT.append(EditorInterface.get_base_control().get_theme_icon("Node", "EditorIcons"))

    def keep(self) -> None:
        print("KEPT", *(type(kept).__name__ for kept in KEPT))
"""

QUIET = """\
@tool
extends "suite.gd"


func test_that_it_is_there() -> void:
\tvar plugins := get_tree().root.find_children("*", "PyKeeper", true, false)
\tcheck("plugins", plugins.size(), 1)
\tplugins[0].call(&"keep")
"""


def test_what_is_kept_or_never_removed_does_no_harm(tmp_path: Path) -> None:
    files = {"addons/keeper/register_editor_types.py": KEEPER, "quiet.gd": QUIET}
    run = project_in(tmp_path / "p", files).run_suite("quiet.gd", verbose=True)
    run.assert_clean()
    run.assert_passed("test_that_it_is_there")
    (kept,) = (line for line in run.lines if line.startswith("KEPT "))
    assert kept.split()[1:-1] == [  # the last one is a texture
        *("PyScores", "PyScoresImporter", "PyLampInspector", "PyPacker", "Resource", "PyKeeper"),
        *("EditorUndoRedoManager", "EditorSettings"),
    ]


WITNESS = """\
from godot import ClassDB, _startup

stop = _startup.stop


def look_and_stop() -> bool:
    print("REGISTERED", [name for name in ("PyLamp", "PyLampEditor") if ClassDB.class_exists(name)])
    return stop()


_startup.stop = look_and_stop
"""


def test_the_classes_leave_before_those_of_the_editor(tmp_path: Path) -> None:
    project = project_in(tmp_path / "p", {"addons/witness/register_types.py": WITNESS})
    run = project.run("--headless", "--editor", "--quit")
    run.assert_clean()
    assert "REGISTERED ['PyLamp']" in run.lines


# Without a window: import and export

PRESETS = """\
[preset.0]

name="Linux"
platform="Linux"
runnable=true
export_filter="all_resources"
include_filter="*.secret"
exclude_filter=""
export_path="game.zip"

[preset.0.options]

python/greeting="good evening"
"""


def test_an_import_plugin_serves_the_command_line(tmp_path: Path) -> None:
    project = project_in(tmp_path / "p", {**FILES, "game.gd": GAME})
    project.run("--headless", "--import", expected=[BROKEN]).assert_clean()
    run = project.run("--headless", "--script", "res://game.gd", ends=True)
    run.assert_clean()
    assert "<PyScores#" in run.output


def test_an_export_plugin(tmp_path: Path) -> None:
    project = project_in(tmp_path / "p", {**FILES, "export_presets.cfg": PRESETS, "plans.secret": "psst"})
    # The host that is tested here has the Python of tools/dev.py.
    homeless = [] if (HOST / "python").is_dir() else [NO_HOME, "completed with warnings"]
    run = project.run(
        *("--headless", "--verbose", "--export-pack", "Linux", "game.zip"), expected=[BROKEN, *homeless]
    )
    run.assert_clean()
    (exported,) = (line for line in run.lines if line.startswith("EXPORTED "))
    assert "res://game.tscn PackedScene" in exported
    assert "res://lamps.scores PyScores" in exported
    with ZipFile(project.root / "game.zip") as pack:
        names = pack.namelist()
        greeting = json.loads(pack.read("options.json"))
        settings = pack.read("project.binary")
        contents = b"".join(pack.read(name) for name in names)
    assert greeting["greeting"] == "good evening"
    assert greeting["debug"] is False
    assert "linux" in greeting["features"]
    assert b"of_lamps" in settings  # a feature that the plugin adds
    assert b"sealed by Python" in contents  # in a resource that it customises
    assert "plans.secret" not in names  # which it skips
    assert "suite.gd" not in names
