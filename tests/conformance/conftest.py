"""Tells which rows had to be played again."""

from collections.abc import Mapping, Sequence
from typing import Final

import pytest

MISSES: Final = pytest.StashKey[Mapping[str, Sequence[str]]]()
"""`Report.misses` of the run."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """A row that is right at the second or third play passes, but not silently."""
    misses = config.stash.get(MISSES, {})
    if misses:
        terminalreporter.section("rows in which PyHTTPClient was not right the first time")
    for name, words in misses.items():
        terminalreporter.line(f"{name}: {'; then '.join(words)}")
