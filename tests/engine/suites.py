"""The tests that every stage with suites has: each run is clean, and each function of each suite passes.

@pytest.fixture(scope="module")
def run_of(tmp_path_factory: pytest.TempPathFactory) -> RunOf:
    @cache
    def run(suite: str) -> Run:
        return Project(tmp_path_factory.mktemp("stage") / "p", scripts=[suite]).run_suite(suite)

    return run

test_the_run, test_suite = suite_tests("first.gd", "second.gd")
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.engine.harness import Run, functions

RunOf = Callable[[str], Run]
"""Gives the run of a suite, which takes place when it is first asked for."""


def suite_tests(*suites: str) -> tuple[Callable[[str, RunOf], None], Callable[[str, str, RunOf], None]]:
    """Two tests for a module to have as `test_the_run` and `test_suite`; they use its fixture `run_of`.

    Args:
        suites: files of `scripts/`.
    """

    @pytest.mark.parametrize("suite", suites)
    def test_the_run(suite: str, run_of: RunOf) -> None:
        run_of(suite).assert_clean()

    @pytest.mark.parametrize(
        ("suite", "name"), [(suite, name) for suite in suites for name in functions(suite)]
    )
    def test_suite(suite: str, name: str, run_of: RunOf) -> None:
        run_of(suite).assert_passed(name)

    return test_the_run, test_suite
