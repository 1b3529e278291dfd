"""One run of all scenarios: PyHTTPClient is right in every row, and docs/conformance.md tells so."""

import difflib
from collections import Counter

import pytest
from tests.conformance.conftest import MISSES
from tests.conformance.model import Scenario
from tests.conformance.page import PAGE, miscounted, ours, play_all, render, rows
from tests.conformance.run import CLIENTS, Report
from tests.conformance.scenarios import ALL
from tests.conformance.words import right_words

OURS = CLIENTS.index("PyHTTPClient")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Report:
    report = play_all(tmp_path_factory.mktemp("conformance"))
    pytestconfig.stash[MISSES] = report.misses
    return report


def test_every_row_has_a_name_of_its_own() -> None:
    assert [name for name, number in Counter(row.id for row in ALL).items() if number > 1] == []


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.id)
def test_row(report: Report, scenario: Scenario) -> None:
    right, words = rows(report, scenario)[OURS]
    if not right:  # no traceback: it would show the bytes of all servers
        account = (
            f"{scenario.title}\nright: {right_words(scenario)}\nPyHTTPClient: {words}\n{scenario.source}"
        )
        pytest.fail(account, pytrace=False)


def test_the_engine_runs_to_its_end(report: Report) -> None:
    """Where it is a scenario that crashes it, that one's row fails."""
    assert not report.problems, "\n".join(report.problems)


def test_the_page_is_fresh(report: Report) -> None:
    """But for the engine's column: its client is not the same every time."""
    written, shown = ours(PAGE.read_text(encoding="utf-8")), ours(render(report))
    difference = difflib.unified_diff(
        written.split("\n"), shown.split("\n"), "written", "shown", "", "", 0, ""
    )
    assert written == shown, "make it again: python3 tools/dev.py conformance\n" + "\n".join(difference)


def test_the_page_counts_right() -> None:
    assert miscounted(PAGE.read_text(encoding="utf-8")) == []


def test_another_page_is_stale(report: Report) -> None:
    page = render(report)
    row = next(line for line in page.split("\n") if line.endswith(" | ✓ | ✓ |"))
    assert ours(page.replace(row, row.replace(" | ✓ | ✓ |", " | ✗ CONNECTED | ✓ |"))) == ours(page)
    for other in (
        page.replace(row, row.replace(" | ✓ | ✓ |", " | ✓ | ✗ CONNECTED |")),
        page.replace(row + "\n", ""),
        page.replace(row, row.replace("| ", "| x", 1)),
        page.replace("To make the page again", "To make it"),
        page.replace(f"Of {len(ALL)}", f"Of {len(ALL) + 1}"),
    ):
        assert ours(other) != ours(page)
    assert miscounted(page.replace(row, row.replace(" | ✓ | ✓ |", " | ✗ CONNECTED | ✓ |"))) != []
