"""Makes `tests` importable, and tells which rows had to be played again."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import pytest

ROOT = str(Path(__file__).resolve().parents[2])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

MISSES: Final = pytest.StashKey[Mapping[str, Sequence[str]]]()
"""`Report.misses` of the run."""


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """A row that is right at the second or third play passes, but not silently."""
    misses = config.stash.get(MISSES, {})
    if misses:
        terminalreporter.section("rows in which PyHTTPClient was not right the first time")
    for name, words in misses.items():
        terminalreporter.line(f"{name}: {'; then '.join(words)}")
