"""Projects in which every GDScript warning is an error."""

from __future__ import annotations

import functools
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from tests.engine.harness import HERE, Project

SUITE: Final = "strict_check.gd"

_LIST = """\
extends SceneTree

func _initialize() -> void:
\tfor entry in ProjectSettings.get_property_list():
\t\tif entry.name.begins_with("debug/gdscript/warnings/") and entry.type == TYPE_INT:
\t\t\tprint(entry.name)
\tquit()
"""


@functools.cache
def warnings() -> Sequence[str]:
    """The names of all GDScript warnings that this engine has."""
    with tempfile.TemporaryDirectory() as folder:
        project = Project(Path(folder) / "p", host=False)
        project.write("list.gd", _LIST)
        run = project.run("--headless", "--script", "res://list.gd")
    run.assert_clean()
    prefix = "debug/gdscript/warnings/"
    names = [line.removeprefix(prefix) for line in run.lines if line.startswith(prefix)]
    assert len(names) > 30
    return names


def errors(names: Iterable[str]) -> dict[str, list[str]]:
    """Settings of a project in which these warnings are errors, for `Project`."""
    return {"debug": [f"gdscript/warnings/{name}=2" for name in names]}


def loose(text: str, names: Iterable[str]) -> str:
    """A script for which some warnings are none."""
    return "".join(f'@warning_ignore_start("{name}")\n' for name in names) + text


def loosen(project: Project, *scripts: str) -> None:
    """Lets scripts of a project be without warnings; suites are no examples of typing."""
    for name in ("suite.gd", "runner.gd", *scripts):
        project.write(name, loose((project.root / name).read_text(encoding="utf-8"), warnings()))


def assert_compiles(root: Path, script: str, *, expected: Sequence[str] = ()) -> None:
    """Fails unless a script compiles with every warning an error, and runs.

    Args:
        root: an empty folder.
        script: a file of `scripts/` that `strict_check.gd` knows how to run.
        expected: texts of errors that come meanwhile.
    """
    scripts = [SUITE, "strict_base.gd"]
    project = Project(root, scripts=scripts, client=True, settings=errors(warnings()))
    loosen(project, SUITE)
    project.write("strict.gd", (HERE / "scripts" / script).read_text(encoding="utf-8"))
    run = project.run_suite(SUITE, expected=expected)
    run.assert_clean()
    run.assert_passed("test_it_compiles_and_runs")
