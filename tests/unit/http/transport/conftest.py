"""What uses sockets is tested in each of the ways that operating systems have."""

import select
from collections.abc import Callable

import pytest

from pythonscript_http.transport import portable, system

USERS = {"SocketStream", "TcpNetwork", "Race", "UnixPending", "system"}
"""Whoever tests one of these uses sockets."""


def _as_here(_: pytest.MonkeyPatch) -> None:
    """As on the machine that runs the tests."""


def _no_end_told(patch: pytest.MonkeyPatch) -> None:
    """As on macOS: no POLLRDHUP."""
    patch.setattr(system, "READABLE", select.POLLIN)
    patch.setattr(system, "HANGUP", select.POLLIN | select.POLLHUP | select.POLLERR | select.POLLNVAL)


def _no_poll(patch: pytest.MonkeyPatch) -> None:
    """As on Windows: no poll, no sendmsg, no fcntl."""
    patch.setattr(system, "poller", portable.Poller)
    patch.setattr(system, "available", portable.available)
    patch.setattr(system, "gather", portable.gather)


WAYS: dict[str, Callable[[pytest.MonkeyPatch], None]] = {
    "here": _as_here,
    "no-POLLRDHUP": _no_end_told,
    "no-poll": _no_poll,
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Has tests of what uses sockets run once for each way."""
    if USERS & vars(metafunc.module).keys():
        metafunc.parametrize("sockets", WAYS, indirect=True)


@pytest.fixture(autouse=True)
def sockets(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How the operating system's sockets are used: one of `WAYS`."""
    way: str = getattr(request, "param", "here")
    WAYS[way](monkeypatch)
    return way
