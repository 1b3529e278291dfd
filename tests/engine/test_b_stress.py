"""Stage B: all that a game may do with Python at once, very often, from all threads and at random."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import pytest
from tests.engine.harness import Project, Run, functions

ADDONS = ("calls", "probe", "stress")
SUITES = (
    "stress_errors.gd",
    "stress_helpers.gd",
    "stress_memory.gd",
    "stress_random.gd",
    "stress_scenes.gd",
    "stress_signals.gd",
    "stress_threads.gd",
    "stress_within.gd",
)

MIDDLES: dict[str, Sequence[str]] = {
    "awaiting": [],
    "deferred": [],
    "errors": ["raised in _exit_tree", "raised in _notification"],
    "event_loop": [],
    "threads": [],
    "timers": [],
    "tree": [],
    "within": [],
}
"""In the middle of what a game quits, and the errors that come."""


@pytest.fixture(scope="module")
def arguments(request: pytest.FixtureRequest) -> list[str]:
    """What the suites get: how much, and how chance begins."""
    slow = request.config.getoption("--slow")
    seed = request.config.getoption("--seed")
    if seed is None:
        seed = random.randrange(10_000)
    return [f"--seed={seed}", f"--seconds={60 if slow else 5}", f"--calls={1_000_000 if slow else 50_000}"]


@pytest.fixture(scope="module")
def run_of(arguments: list[str], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Run]:
    """One run of each suite, when it is first asked for."""

    @cache
    def run(suite: str) -> Run:
        print(f"{suite} is run with {' '.join(arguments)}")
        project = Project(tmp_path_factory.mktemp("stress") / "p", scripts=[suite], addons=ADDONS)
        return project.run_suite(suite, *arguments, verbose=True)

    return run


@pytest.mark.parametrize("suite", SUITES)
def test_the_run(suite: str, run_of: Callable[[str], Run]) -> None:
    run_of(suite).assert_clean()


@pytest.mark.parametrize(("suite", "name"), [(suite, name) for suite in SUITES for name in functions(suite)])
def test_suite(suite: str, name: str, run_of: Callable[[str], Run]) -> None:
    run_of(suite).assert_passed(name)


@pytest.mark.parametrize("what", MIDDLES)
def test_quitting_in_the_middle(what: str, tmp_path: Path) -> None:
    project = Project(tmp_path / "p", scripts=["stress_quit.gd"], addons=ADDONS)
    run = project.run_suite("stress_quit.gd", f"--what={what}", expected=MIDDLES[what])
    run.assert_clean()
    run.assert_passed("test_something_is_under_way")
