"""Begins what takes long before anything else here."""

from __future__ import annotations

import pytest
from tests.unit import sources


def pytest_collection_finish(session: pytest.Session) -> None:
    """Begins the run that `test_sources.py` waits for, if that is among the tests."""
    wanted = any(item.path.name == "test_sources.py" for item in session.items)
    if wanted and not session.config.option.collectonly:
        sources.begin(session.config)
