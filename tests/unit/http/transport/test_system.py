"""What each operating system does in its own way."""

import ctypes
import errno
import importlib.util
import select
import socket
import sys
from types import ModuleType

import pytest

from pythonscript_http.transport import portable, system


def test_the_bytes_that_wait() -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with theirs:
        assert system.available(ours) == 0
        theirs.sendall(b"hello")
        assert system.available(ours) == 5
        assert system.available(ours) == 5, "nothing is taken"
        ours.close()
        assert system.available(ours) == 0


def test_waiting_for_what_can_be_read_and_written() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        poller = system.poller()
        poller.register(ours, system.READABLE | system.WRITABLE)
        ((descriptor, events),) = poller.poll(0)
        assert descriptor == ours.fileno()
        assert (events & system.WRITABLE, events & system.READABLE & ~system.HANGUP) == (system.WRITABLE, 0)
        theirs.sendall(b"hello")
        ((_, events),) = poller.poll(0)
        assert events & system.READABLE
        theirs.close()
        ((_, events),) = poller.poll(0)
        assert events & system.HANGUP


def elsewhere(monkeypatch: pytest.MonkeyPatch, name: str) -> ModuleType:
    """The module as another system has it, by `sys.platform`; this one's own modules are not there."""
    monkeypatch.setattr(sys, "platform", name)
    spec = importlib.util.spec_from_file_location("pythonscript_http.transport._elsewhere", system.__file__)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("fcntl", "termios"):
        monkeypatch.setitem(sys.modules, name, None)
    for name in [name for name in dir(select) if name.startswith(("POLL", "EPOLL")) or name == "poll"]:
        monkeypatch.delattr(select, name)
    for name in ("AF_UNIX", "MSG_NOSIGNAL"):
        monkeypatch.delattr(socket, name)
    monkeypatch.setattr(ctypes, "FormatError", {10061: "The machine refused it."}.get, raising=False)
    windows = elsewhere(monkeypatch, "win32")
    assert (windows.poller, windows.available, windows.gather) == (
        portable.Poller,
        portable.available,
        portable.gather,
    )
    assert (windows.UNIX, windows.NO_SIGNAL) == (system.UNIX, 0)
    assert windows.reason(10061) == "The machine refused it."


def test_macos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(select, "POLLRDHUP")
    monkeypatch.delattr(socket, "MSG_NOSIGNAL")
    macos = elsewhere(monkeypatch, "darwin")
    assert macos.poller is select.poll
    assert (macos.READABLE, macos.HANGUP & select.POLLIN) == (select.POLLIN, select.POLLIN)


def test_an_error_in_words() -> None:
    assert system.reason(errno.ECONNREFUSED) == "Connection refused"
