"""One look for all connections, and what each learns by it."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from tests.loopback.clock import Clock
from tests.loopback.network import until

from pythonscript_http.transport import system
from pythonscript_http.transport.lookout import Lookout
from pythonscript_http.transport.stream import Readiness
from pythonscript_http.transport.tcp import SocketStream

Pairs = list[tuple[SocketStream, socket.socket]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pairs(clock: Clock) -> Iterator[Pairs]:
    """Some connections, each with its peer, which share a lookout."""
    lookout = Lookout(clock)
    with ExitStack() as stack:
        made = []
        for _ in range(5):
            ours, theirs = (stack.enter_context(one) for one in socket.socketpair())
            ours.setblocking(False)
            made.append((SocketStream(ours, lookout), theirs))
        yield made


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[frozenset[int]]:
    """What each look gave."""
    taken: list[frozenset[int]] = []
    ready = system.ready

    def counted() -> frozenset[int]:
        taken.append(ready())
        return taken[-1]

    monkeypatch.setattr(system, "ready", counted)
    return taken


def test_one_look_is_for_all(pairs: Pairs, looks: list[frozenset[int]]) -> None:
    for stream, _ in pairs:
        assert stream.still()
    for frame in range(3):
        looks.clear()
        for stream, _ in pairs:
            assert stream.still()
        assert len(looks) == 1, frame


def test_none_is_told_twice(pairs: Pairs, looks: list[frozenset[int]]) -> None:
    """Within a frame, and however fast: who polls in a loop learns at once what has come."""
    (stream, peer), *_ = pairs
    assert stream.still()
    looks.clear()
    assert stream.still()
    assert len(looks) == 1
    peer.sendall(b"x")
    assert not stream.still()
    assert len(looks) == 2
    assert stream.peek() is Readiness.DATA


def test_what_came_after_the_look_is_told_by_the_next(
    pairs: Pairs, looks: list[frozenset[int]], clock: Clock
) -> None:
    (first, _), (second, peer), *_ = pairs
    for stream in (first, second, first, first):
        assert stream.still()
    peer.sendall(b"x")
    assert second.still()  # by the look that the first has taken
    assert not second.still()
    assert first.still()
    looks.clear()
    clock.advance(0.001)
    assert first.still()
    assert not second.still()
    assert len(looks) == 1


def test_the_end_is_something(pairs: Pairs) -> None:
    stream, peer = pairs[0]
    assert stream.still()
    peer.close()
    until(lambda: not stream.still())
    assert stream.peek() is Readiness.ENDED


def test_one_that_was_closed_is_forgotten(pairs: Pairs, looks: list[frozenset[int]]) -> None:
    """Also where another has its descriptor since."""
    (closed, peer), (stream, _), *_ = pairs
    assert closed.still()
    peer.sendall(b"x")
    assert not closed.still()
    closed.close()
    assert stream.still()
    assert stream.still()
    assert looks[-1] == frozenset()


def test_where_nothing_can_be_watched_each_is_asked(pairs: Pairs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "watch", lambda _: False)
    stream, peer = pairs[0]
    assert stream.still()
    peer.sendall(b"x")
    assert not stream.still()


def test_more_are_ready_than_one_call_tells(pairs: Pairs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system, "_MOST", 2)
    for stream, peer in pairs:
        assert stream.still()
        peer.sendall(b"x")
    assert {stream.fileno() for stream, _ in pairs} <= system.ready()
