"""Sockets without what Windows lacks; that connections do as well with them, the other tests of them show."""

import select
import socket
import time
from typing import cast

import pytest

from pythonscript_http.transport.portable import HANGUP, READABLE, WRITABLE, Poller, gather

LARGE = bytes(65537)


class Kernel:
    """A socket that takes so many bytes in all, and then raises."""

    def __init__(self, room: int, then: OSError) -> None:
        self.room = room
        self.then = then
        self.pieces: list[int] = []

    def send(self, data: bytes, flags: int) -> int:
        """Takes what fits."""
        assert flags == 7
        if not self.room:
            raise self.then
        size = min(self.room, len(data))
        self.room -= size
        self.pieces.append(size)
        return size

    def gather(self, *buffers: bytes) -> int:
        """Sends several buffers."""
        return gather(cast(socket.socket, self))(buffers, (), 7)


@pytest.mark.parametrize(
    ("buffers", "room", "pieces"),
    [
        ((b"head", b"body"), 100, [8]),
        ((b"head", b"body"), 6, [6]),
        ((b"head", LARGE), 100_000, [4, 65537]),
        ((b"head", LARGE), 10, [4, 6]),
        ((b"head", LARGE), 4, [4]),
        ((b"head", LARGE, b"end"), 50_000, [4, 49_996]),
    ],
)
def test_buffers_go_out_in_few_pieces(buffers: tuple[bytes, ...], room: int, pieces: list[int]) -> None:
    kernel = Kernel(room, BlockingIOError())
    assert kernel.gather(*buffers) == sum(pieces)
    assert kernel.pieces == pieces


@pytest.mark.parametrize("body", [b"body", LARGE])
@pytest.mark.parametrize("error", [BlockingIOError, ConnectionResetError])
def test_what_keeps_all_of_them_is_raised(body: bytes, error: type[OSError]) -> None:
    kernel = Kernel(0, error())
    with pytest.raises(error):
        kernel.gather(b"head", body)


def test_a_failure_behind_bytes_that_went_out_is_the_next_calls() -> None:
    kernel = Kernel(4, ConnectionResetError())
    assert kernel.gather(b"head", LARGE) == 4
    with pytest.raises(ConnectionResetError):
        kernel.gather(LARGE)


def test_with_no_socket_it_only_sleeps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows' `select` refuses to."""
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.delattr(select, "select")
    assert Poller().poll(1500) == []
    assert slept == [1.5]


def test_a_connection_that_fails_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is in the third list alone; on other systems it can be written, and is asked as all are."""
    asked: list[tuple[list[int], list[int], list[int], float]] = []

    def fails(readers: list[int], writers: list[int], failing: list[int], seconds: float) -> object:
        asked.append((readers, writers, failing, seconds))
        return [], [], failing

    with socket.socket() as connection:
        poller = Poller()
        poller.register(connection, WRITABLE)
        monkeypatch.setattr(select, "select", fails)
        assert poller.poll(250) == [(connection.fileno(), HANGUP)]
        assert asked == [([], [connection.fileno()], [connection.fileno()], 0.25)]


def test_one_event_for_each_socket() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        poller = Poller()
        poller.register(ours, READABLE | WRITABLE)
        poller.register(theirs, READABLE)
        ours.send(b"x")
        theirs.send(b"x")
        assert sorted(poller.poll(0)) == sorted(
            [(ours.fileno(), READABLE | WRITABLE | HANGUP), (theirs.fileno(), READABLE | HANGUP)]
        )
        poller.unregister(ours.fileno())
        assert poller.poll(0) == [(theirs.fileno(), READABLE | HANGUP)]


def test_a_socket_that_was_closed() -> None:
    connection = socket.socket()
    descriptor = connection.fileno()
    poller = Poller()
    poller.register(connection, READABLE | WRITABLE)
    connection.close()
    assert poller.poll(0) == [(descriptor, HANGUP)]
