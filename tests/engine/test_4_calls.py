"""Stage 4: values, errors, objects and threads across the boundary, in both of the engine's ways to call."""

from __future__ import annotations

import pytest
from tests.engine.harness import Project, Run, functions

SUITES = ("calls_types.gd", "calls_null.gd", "calls_errors.gd", "calls_life.gd", "proxies.gd")


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """One run of each suite."""
    found = {}
    for suite in SUITES:
        addons = ["calls", "probe", "proxies"]
        project = Project(tmp_path_factory.mktemp("calls") / "p", scripts=[suite], addons=addons)
        found[suite] = project.run_suite(suite, verbose=True)
    return found


@pytest.mark.parametrize("suite", SUITES)
def test_the_run(suite: str, runs: dict[str, Run]) -> None:
    runs[suite].assert_clean()


@pytest.mark.parametrize(("suite", "name"), [(suite, name) for suite in SUITES for name in functions(suite)])
def test_suite(suite: str, name: str, runs: dict[str, Run]) -> None:
    runs[suite].assert_passed(name)
