"""One look for all connections, and what each learns by it."""

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from tests.loopback.clock import Clock
from tests.loopback.network import until

from pythonscript_http.transport.lookout import AGE, Lookout
from pythonscript_http.transport.stream import Readiness
from pythonscript_http.transport.tcp import SocketStream
from pythonscript_http.transport.watched import Watched, best


class Counting:
    """Keeps what each look gave.

    Args:
        watched: asks the kernel.
    """

    def __init__(self, watched: Watched) -> None:
        self.taken: list[frozenset[int]] = []
        self.meanwhile: list[Callable[[], object]] = []
        """What other threads do while the kernel is at work, each once."""
        self._watched = watched

    def watch(self, connection: socket.socket) -> bool:
        self._go_on()
        return self._watched.watch(connection)

    def ready(self) -> frozenset[int]:
        found = self._watched.ready()
        self._go_on()
        self.taken.append(found)
        return found

    def _go_on(self) -> None:
        if self.meanwhile:
            self.meanwhile.pop()()


Pairs = list[tuple[SocketStream, socket.socket]]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def counting() -> Counting:
    return Counting(best())


@pytest.fixture
def pairs(clock: Clock, counting: Counting) -> Iterator[Pairs]:
    """Some connections, each with its peer, which share a lookout."""
    lookout = Lookout(counting, clock)
    with ExitStack() as stack:
        made = []
        for _ in range(5):
            ours, theirs = (stack.enter_context(one) for one in socket.socketpair())
            ours.setblocking(False)
            made.append((SocketStream(ours, lookout), theirs))
        yield made


@pytest.fixture
def looks(counting: Counting) -> list[frozenset[int]]:
    """What each look gave."""
    return counting.taken


def test_one_look_is_for_all(pairs: Pairs, looks: list[frozenset[int]], clock: Clock) -> None:
    for stream, _ in pairs:
        assert stream.still()
    for frame in range(3):
        looks.clear()
        clock.advance(AGE)
        for stream, _ in pairs * 3:
            assert stream.still()
        assert len(looks) == 1, frame


def test_what_came_after_the_look_is_told_by_the_next(
    pairs: Pairs, looks: list[frozenset[int]], clock: Clock
) -> None:
    """Within a frame, too: who polls in a loop learns of it a moment later."""
    (first, _), (second, peer), *_ = pairs
    for stream in (first, second):
        assert stream.still()
    looks.clear()
    peer.sendall(b"x")
    clock.advance(AGE / 2)
    assert second.still()
    clock.advance(AGE)
    assert not second.still()
    assert first.still()
    assert second.peek() is Readiness.DATA
    assert len(looks) == 1


def test_a_look_counts_for_less_than_a_tenth_of_a_millisecond() -> None:
    assert 0 < AGE < 100e-6


def test_what_is_new_is_looked_at(pairs: Pairs) -> None:
    """An old look knows nothing of it."""
    (first, _), (second, peer), *_ = pairs
    assert first.still()
    peer.sendall(b"x")
    assert not second.still()


def test_a_look_that_is_under_way_is_no_reason_to_go_by_an_old_one(
    pairs: Pairs, counting: Counting, clock: Clock
) -> None:
    (first, _), (second, peer), *_ = pairs
    for stream in (first, second):
        assert stream.still()
    peer.sendall(b"x")
    clock.advance(1.0)
    told: list[bool] = []
    counting.meanwhile.append(lambda: told.append(second.still()))
    assert first.still()
    assert told == [False]


def test_a_look_while_one_is_added_is_too_old_for_it(pairs: Pairs, counting: Counting) -> None:
    (first, _), (second, peer), *_ = pairs
    assert first.still()
    peer.sendall(b"x")
    counting.meanwhile.append(first.still)
    assert not second.still()
    assert not counting.meanwhile


def test_the_end_is_something(pairs: Pairs, clock: Clock) -> None:
    stream, peer = pairs[0]
    assert stream.still()
    peer.close()
    clock.advance(AGE)
    until(lambda: not stream.still())
    assert stream.peek() is Readiness.ENDED


def test_one_that_was_closed_is_forgotten(pairs: Pairs, looks: list[frozenset[int]], clock: Clock) -> None:
    """Also where another has its descriptor since."""
    (closed, peer), (stream, _), *_ = pairs
    assert closed.still()
    peer.sendall(b"x")
    clock.advance(AGE)
    assert not closed.still()
    closed.close()
    assert stream.still()
    clock.advance(AGE)
    assert stream.still()
    assert looks[-1] == frozenset()


class Full:
    """A system that can watch no more."""

    def watch(self, connection: socket.socket) -> bool:
        return False

    def ready(self) -> frozenset[int]:
        raise AssertionError("there is nothing to look at")


def test_what_can_not_be_watched_is_asked_itself() -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours, theirs:
        stream = SocketStream(ours, Lookout(Full()))
        assert stream.still()
        theirs.sendall(b"x")
        assert not stream.still()
