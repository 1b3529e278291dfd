"""What many tests of the client begin with."""

import sys
from collections.abc import Iterator

import pytest
from tests.loopback.server import Server
from tests.unit.http.fakes import Clocked


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
