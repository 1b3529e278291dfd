"""Connections that are watched, by each thing that a system may have for it."""

import select
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import NamedTuple

import pytest
from tests.loopback.network import until

from pythonscript_http.transport import watched
from pythonscript_http.transport.watched import Epoll, Kqueue, Select, Watched, best


class Kevent(NamedTuple):
    """`select.kevent`, as far as it is used."""

    source: socket.socket
    filter: int
    flags: int

    @property
    def ident(self) -> int:
        return self.source.fileno()


class Kernel:
    """`select.kqueue` by `select.poll`: it takes changes, gives events, and forgets what is closed."""

    def __init__(self) -> None:
        self._wanted: list[Kevent] = []

    def control(
        self, changes: Sequence[Kevent] | None, most: int, timeout: float | None = None
    ) -> list[Kevent]:
        for change in changes or ():
            if change.ident < 0:
                raise ValueError("the descriptor is negative")
            assert (change.filter, change.flags) == (BSD.KQ_FILTER_READ, BSD.KQ_EV_ADD)
            self._wanted.append(change)
        if not most:
            return []
        assert timeout == 0, "it would sleep"
        self._wanted = [event for event in self._wanted if event.ident >= 0]
        poll = select.poll()
        for event in self._wanted:
            poll.register(event.ident, select.POLLIN)
        ready = {descriptor for descriptor, _ in poll.poll(0)}
        given = [event for event in self._wanted if event.ident in ready][:most]
        self._wanted = [event for event in self._wanted if event not in given] + given
        return given


class BSD:
    """The module `select` there."""

    KQ_FILTER_READ, KQ_EV_ADD = -1, 1
    kqueue, kevent = Kernel, Kevent


KINDS: dict[str, Callable[[], Watched]] = {
    "epoll": Epoll,
    "kqueue": lambda: Kqueue(BSD),
    "select": Select,
}
Pairs = list[tuple[socket.socket, socket.socket]]


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> Watched:
    return KINDS[request.param]()


@pytest.fixture
def pairs() -> Iterator[Pairs]:
    """Some connections, each with its peer."""
    with ExitStack() as stack:
        made = [socket.socketpair() for _ in range(5)]
        for pair in made:
            for end in pair:
                stack.enter_context(end)
        yield made


def test_what_has_come_is_told_until_it_is_read(kind: Watched, pairs: Pairs) -> None:
    assert kind.ready() == frozenset()
    for ours, _ in pairs:
        assert kind.watch(ours)
    assert kind.ready() == frozenset()
    (first, peer), (second, other), *_ = pairs
    peer.sendall(b"x")
    other.sendall(b"y")
    for _ in range(2):
        assert kind.ready() == {first.fileno(), second.fileno()}
    first.recv(1)
    assert kind.ready() == {second.fileno()}


def test_the_end_is_told(kind: Watched, pairs: Pairs) -> None:
    ours, theirs = pairs[0]
    assert kind.watch(ours)
    theirs.close()
    until(lambda: kind.ready() == {ours.fileno()})


def test_what_is_closed_is_forgotten(kind: Watched, pairs: Pairs) -> None:
    """Also where another has its descriptor since."""
    (closed, peer), (ours, _), *_ = pairs
    for connection in (closed, ours):
        assert kind.watch(connection)
    peer.sendall(b"x")
    descriptor = closed.fileno()
    assert kind.ready() == {descriptor}
    closed.close()
    again, other = socket.socketpair()
    with again, other:
        assert descriptor in (again.fileno(), other.fileno())
        for end in (again, other):
            end.sendall(b"x")
        assert kind.ready() == frozenset()
        assert kind.watch(again)
        assert kind.ready() == {again.fileno()}


def test_what_is_closed_can_not_be_watched(kind: Watched) -> None:
    closed, other = socket.socketpair()
    with other:
        closed.close()
        assert not kind.watch(closed)
    assert kind.ready() == frozenset()


@pytest.mark.interpreted
def test_more_are_ready_than_one_call_tells(
    kind: Watched, pairs: Pairs, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("_MOST", "_MOST_SELECTED"):
        monkeypatch.setattr(watched, name, 2)
    for ours, theirs in pairs:
        assert kind.watch(ours)
        theirs.sendall(b"x")
    assert kind.ready() == {ours.fileno() for ours, _ in pairs}


def test_each_is_asked_where_select_can_not_be() -> None:
    """One was closed in that moment, or its number is too high."""

    class Strange(socket.socket):
        def fileno(self) -> int:
            return 1 << 20

    by_select = Select()
    ours, theirs = socket.socketpair()
    with ours, theirs, Strange() as strange:
        assert by_select.watch(ours)
        assert by_select.watch(strange)
        assert by_select.ready() == {ours.fileno(), 1 << 20}


@pytest.mark.parametrize(
    ("lacking", "made"), [((), Epoll), (("epoll",), Kqueue), (("epoll", "kqueue"), Select)]
)
def test_the_best_that_a_system_has(
    lacking: Sequence[str], made: type[Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(select, "kqueue", Kernel, raising=False)
    for name in lacking:
        monkeypatch.delattr(select, name)
    assert isinstance(best(), made)
