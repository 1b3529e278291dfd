"""A project into which the zip was unpacked, and nothing else was done."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest
from tests.exports import games

GAME = """\
extends SceneTree


func _initialize() -> void:
\tprint("CLASS ", ClassDB.class_exists(&"PyHTTPClient"))
\tquit()
"""


@pytest.fixture
def root(bundle: Path, tmp_path: Path) -> Path:
    """An empty project."""
    folder = tmp_path / "project"
    with ZipFile(bundle) as file:
        file.extractall(folder)
    (folder / "project.godot").write_text('config_version=5\n\n[application]\n\nconfig/name="empty"\n')
    (folder / "game.gd").write_text(GAME)
    return folder


def test_the_first_import_finds_it(root: Path) -> None:
    games.run_editor(root, "--import").assert_clean()
    run = games.run_editor(root, "--script", "res://game.gd")
    run.assert_clean()
    assert "CLASS true" in run.lines


def test_a_game_that_runs_before_any_editor_does_not_know_it(root: Path) -> None:
    """The engine reads a list of extensions that only an editor writes: the README says to import first."""
    run = games.run_editor(root, "--script", "res://game.gd")
    run.assert_clean()
    assert "CLASS false" in run.lines
