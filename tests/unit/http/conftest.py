"""What many tests of the client begin with."""

import sys
from collections.abc import Iterator

import pytest
from tests.loopback.server import Server
from tests.unit.http.fakes import Clocked

import pythonscript_http.client


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


@pytest.fixture
def clocked() -> Clocked:
    return Clocked()


@pytest.fixture
def often() -> Iterator[None]:
    """Threads take turns at almost every step."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves to the run with the sources (`tests/unit/test_sources.py`) what compiled code cannot show."""
    if pythonscript_http.client.__file__.endswith(".py"):
        return
    left = [item for item in items if item.get_closest_marker("interpreted")]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]
