"""Stage A: the host never lets a game down: what lives how long, locks, errors nobody asks for, quitting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import pytest
from tests.engine.harness import Project, Run, functions

SUITES = (
    "host_freed.gd",
    "host_getters.gd",
    "host_life.gd",
    "host_locks.gd",
    "host_new.gd",
    "host_races.gd",
    "host_strange.gd",
)
ADDONS = ("calls", "probe", "stress")
SECONDS = 60.0
"""None of these is silent for longer, but one that hangs."""


@pytest.fixture(scope="module")
def run_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Run]:
    """One run of each suite, when it is first asked for."""

    @cache
    def run(suite: str) -> Run:
        project = Project(tmp_path_factory.mktemp("host") / "p", scripts=[suite], addons=ADDONS)
        return project.run_suite(suite, verbose=True, seconds=SECONDS)

    return run


@pytest.mark.parametrize("suite", SUITES)
def test_the_run(suite: str, run_of: Callable[[str], Run]) -> None:
    run_of(suite).assert_clean()


@pytest.mark.parametrize(("suite", "name"), [(suite, name) for suite in SUITES for name in functions(suite)])
def test_suite(suite: str, name: str, run_of: Callable[[str], Run]) -> None:
    run_of(suite).assert_passed(name)


# Quitting

LEFT: dict[str, Sequence[str]] = {
    "lambdas": [],
    "globals": [],
    "broken pipes": [],
    "a forked process": ["processes have been ended"],
    "a spawned process": ["processes have been ended"],
    "a daemonic process": [],
    "a pool of processes": ["processes have been ended"],
    "a subprocess": [],
    "a sleeping thread": ["left behind"],
    "a sleeping daemon": [],
    "a thread that calls": ["left behind"],
    "a daemon that calls": [],
    "an event loop": ["left behind"],
    "a daemon's event loop": [],
    "a pool": ["left behind"],
    "handlers": [],
    "a process and handlers": ["processes have been ended"],
    "a pool and handlers": ["left behind"],
}
"""What a game leaves behind, and the warnings that it deserves."""


@pytest.mark.parametrize("what", LEFT)
def test_what_is_left_does_not_hold_up_quitting(what: str, tmp_path: Path) -> None:
    run = left(tmp_path, what)
    run.assert_clean()
    run.assert_passed("test_something_is_left")


@pytest.mark.parametrize("what", ["handlers", "a process and handlers", "a pool and handlers"])
def test_handlers_run_before_the_engine_goes(what: str, tmp_path: Path) -> None:
    lines = left(tmp_path, what).lines
    handled = [line for line in lines if line.startswith("HANDLER")]
    assert handled == ["HANDLER objects 1 PyCounted", "HANDLER engine 4"]


def test_a_daemonic_process_ends_with_the_game(tmp_path: Path) -> None:
    lines = left(tmp_path, "a daemonic process").lines
    process = next(int(line.split()[1]) for line in lines if line.startswith("CHILD "))
    assert not Path(f"/proc/{process}").exists()


def left(folder: Path, what: str) -> Run:
    """A game that leaves something behind and quits."""
    project = Project(folder / "p", scripts=["host_quit.gd"], addons=ADDONS)
    warnings = LEFT[what]
    return project.run_suite(
        "host_quit.gd",
        f"--what={what}",
        expected=warnings,
        verbose=not warnings,  # a thread that goes on keeps its names
        seconds=SECONDS,
    )
