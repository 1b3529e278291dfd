"""Unix domain sockets."""

import os
import platform
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.loopback.clock import Clock
from tests.loopback.network import descriptors, established

from pythonscript_http.transport.network import TcpNetwork
from pythonscript_http.transport.resolver import literal
from pythonscript_http.transport.stream import Address, NetworkError
from pythonscript_http.transport.tcp import SocketStream
from pythonscript_http.transport.unix import UnixPending


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path: pytest's own are too long for sockets in some places."""
    with tempfile.TemporaryDirectory(prefix="s") as path:
        yield Path(path)


def pending(path: object, clock: Clock | None = None) -> UnixPending:
    return UnixPending(Address(socket.AF_UNIX, (str(path),)), 10.0, clock or time.monotonic)


def listen(path: Path, backlog: int = 16) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(backlog)
    return listener


def test_it_stands_at_once(folder: Path) -> None:
    path = folder / "a socket, ü"
    with listen(path) as listener:
        stream = pending(path).poll()
        assert isinstance(stream, SocketStream)
        assert stream.peer_address == f"unix:{path}"
        peer, _ = listener.accept()
        with peer:
            peer.sendall(b"hello")
            view = memoryview(bytearray(10))
            assert stream.wait(write=False, timeout=5)
            assert bytes(view[: stream.read_into(view)]) == b"hello"
        stream.close()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("missing", "No such file or directory"),
        ("file", "Connection refused"),
        ("file/below", "Not a directory"),
        ("x" * 108, "AF_UNIX path too long"),
        ("\ud800", "surrogates not allowed"),
    ],
)
def test_what_is_no_socket(folder: Path, name: str, why: str) -> None:
    (folder / "file").touch()
    before = descriptors()
    with pytest.raises(NetworkError) as caught:
        pending(os.path.join(folder, name)).poll()  # noqa: PTH118 - Path refuses some
    assert str(caught.value).startswith(f"cannot connect to {f'unix:{folder}/{name}'!a}: ")
    assert why in str(caught.value)
    assert descriptors() == before


def test_where_python_has_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "AF_UNIX")
    monkeypatch.setattr(platform, "system", lambda: "Windows")
    address = literal(f"unix:{folder}/socket")
    assert address is not None
    waiting = TcpNetwork(clock=time.monotonic).connect([address], 0)
    with pytest.raises(NetworkError) as caught:
        waiting.poll()
    assert str(caught.value) == (
        f"cannot connect to 'unix:{folder}/socket': Python has no Unix domain sockets on Windows"
    )


def test_a_socket_that_nobody_listens_at(folder: Path) -> None:
    listen(folder / "socket").close()
    with pytest.raises(NetworkError, match="/socket': Connection refused"):
        pending(folder / "socket").poll()


def test_a_busy_listener_is_waited_for(folder: Path) -> None:
    path = folder / "socket"
    with listen(path, 0) as listener, socket.socket(socket.AF_UNIX) as first:
        first.connect(str(path))
        waiting = pending(path)
        assert waiting.poll() is None
        listener.accept()[0].close()
        established(waiting).close()
        before = descriptors()
        clock = Clock()
        again = pending(path, clock)
        for seconds in (0.0, 9.9):
            clock.advance(seconds)
            assert again.poll() is None
        clock.advance(0.1)
        with pytest.raises(NetworkError, match=r"its listener was busy for 10 s"):
            again.poll()
        given_up = pending(path)
        assert given_up.poll() is None
        given_up.close()
        assert descriptors() == before
