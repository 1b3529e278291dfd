"""Stage 0: the engine starts, and the harness sees what it does. Nothing of ours is in the project."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from tests.engine import harness
from tests.engine.harness import Project, Run
from tests.engine.suites import RunOf, suite_tests


@pytest.fixture(scope="module")
def run_of(tmp_path_factory: pytest.TempPathFactory) -> RunOf:
    @cache
    def run(suite: str) -> Run:
        project = Project(tmp_path_factory.mktemp("alone") / "p", scripts=[suite], host=False)
        return project.run_suite(suite, verbose=True)

    return run


test_the_run, test_suite = suite_tests("engine_alone.gd")


def test_what_every_editor_leaves_behind(tmp_path: Path) -> None:
    """The harness leaves it out: it comes in a project that has nothing of ours, too."""
    project = Project(tmp_path / "p", host=False, editor=True)
    run = project.run("--headless", "--verbose", "--editor", "--quit-after", "30")
    run.assert_clean()
    assert set(run.lines) >= harness._EDITORS


# The harness itself: each thing that it must see, in one run that does it.

MISDEEDS = {
    'print("no end")\n\tquit()': "the end marker is missing",
    'print("END 0 0")\n\tquit(3)': "exit code 3, not 0",
    'push_error("nobody expects this")\n\tprint("END 0 0")\n\tquit()': "nobody expects this",
    'push_warning("nor this")\n\tprint("END 0 0")\n\tquit()': "nor this",
    'print("EXPECT rain")\n\tprint("END 0 0")\n\tquit()': "announced, but it did not come: rain",
    'push_error("too early")\n\tprint("EXPECT too early")\n\tprint("END 0 0")\n\tquit()': "ERROR: too early",
    'Object.new()\n\tprint("END 0 0")\n\tquit()': "ObjectDB instances",
    'print("END 0 0")\n\tOS.delay_msec(1500)\n\tquit()': "quitting took",
    'OS.crash("for the test")': "exit code -",
    'print("END 1 0")\n\tquit()': "the suite counted 1 0 checks",
    "[][0] = 1": "did not end",
}


@pytest.mark.parametrize("misdeed", MISDEEDS, ids=MISDEEDS.values())
def test_the_harness_sees(misdeed: str, tmp_path: Path) -> None:
    project = Project(tmp_path / "p", host=False)
    project.write("bad.gd", f"extends SceneTree\n\nfunc _initialize() -> void:\n\t{misdeed}\n")
    seconds = 1.0 if "did not end" in MISDEEDS[misdeed] else 10.0
    run = project.run("--headless", "--script", "res://bad.gd", ends=True, seconds=seconds)
    assert MISDEEDS[misdeed] in "\n".join(run.problems)


DEADLY = """\
extends "suite.gd"


func test_before() -> void:
\tcheck_true("it runs", true)


func test_that_crashes() -> void:
\tcheck_true("until here", true)
\tOS.crash("for the test")


func test_between() -> void:
\tcheck_true("it runs too", true)


func test_that_hangs() -> void:
\twhile true:
\t\tOS.delay_msec(10)


func test_behind() -> void:
\tcheck_true("it runs at last", true)
"""


def test_who_ends_the_engine_has_failed_and_no_other(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", host=False)
    project.write("deadly.gd", DEADLY)
    run = project.run_suite("deadly.gd", seconds=5.0)
    run.assert_clean()
    assert list(run.tests) == [
        "test_before",
        "test_that_crashes",
        "test_between",
        "test_that_hangs",
        "test_behind",
    ]
    for name in ("test_before", "test_between", "test_behind"):
        run.assert_passed(name)
    with pytest.raises(AssertionError, match="exit code -"):
        run.assert_passed("test_that_crashes")
    with pytest.raises(AssertionError, match="did not end"):
        run.assert_passed("test_that_hangs")
