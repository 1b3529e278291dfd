"""One run of all scenarios: PyHTTPClient is right in every row, and docs/conformance.md tells so."""

import difflib
from collections import Counter

import pytest
from tests.conformance.model import Scenario
from tests.conformance.page import PAGE, engine_of, ours, play_all, render, rows
from tests.conformance.run import CLIENTS, Report
from tests.conformance.scenarios import ALL
from tests.conformance.words import right_words

OURS = CLIENTS.index("PyHTTPClient")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    return play_all(tmp_path_factory.mktemp("conformance"))


def test_every_row_has_a_name_of_its_own() -> None:
    assert [name for name, number in Counter(row.id for row in ALL).items() if number > 1] == []


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.id)
def test_row(report: Report, scenario: Scenario) -> None:
    right, words = rows(report, scenario)[OURS]
    if not right:  # no traceback: it would show the bytes of all servers
        told = f"{scenario.title}\nright: {right_words(scenario)}\nPyHTTPClient: {words}\n{scenario.source}"
        pytest.fail(told, pytrace=False)


def test_the_page_is_fresh(report: Report) -> None:
    written, shown = PAGE.read_text(encoding="utf-8"), render(report)
    if engine_of(written) != engine_of(shown):  # another engine's column is its own affair
        written, shown = ours(written), ours(shown)
    difference = difflib.unified_diff(
        written.split("\n"), shown.split("\n"), "written", "shown", "", "", 0, ""
    )
    assert written == shown, "make it again: python3 tools/dev.py conformance\n" + "\n".join(difference)
