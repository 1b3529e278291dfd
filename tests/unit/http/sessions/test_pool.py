"""Connections that are kept, over a network in memory and on a clock of our own."""

from collections.abc import Callable, Iterator, Sequence

import pytest
from tests.unit.http.sessions.driving import ClockedLoop, Peers

from pythonscript_http.http1.request import RequestHead
from pythonscript_http.sessions.failures import Failure, SessionError
from pythonscript_http.sessions.loop import Task
from pythonscript_http.sessions.pool import IDLE_TIME, Pool, Pooled, Slot, Terms
from pythonscript_http.sessions.stage import Stage
from pythonscript_http.transport.connector import Route
from pythonscript_http.url import Host

A, B, C = (Route(Host(name, 80, False)) for name in "abc")


class Pooling:
    def __init__(self, **bounds: float) -> None:
        self.loop = ClockedLoop()
        self.peers = Peers(self.loop.time)
        self.pool = Pool(self.loop, self.peers, **bounds)  # type: ignore[arg-type]

    def begin(self, route: Route = A, *, fresh: bool = False, timeout: float = 0.0) -> Task[Slot]:
        """Somebody wants a connection."""
        return self.loop.begun(self.pool.acquire(route, Terms(timeout), fresh=fresh))

    def take(self, route: Route = A, *, fresh: bool = False) -> Slot:
        return self.loop.finish(self.begin(route, fresh=fresh))

    def use(self, slot: Slot) -> None:
        """A request and its response."""
        http = slot.connection.http
        head = RequestHead(b"GET / HTTP/1.1\r\n\r\n", False, False, False)
        http.request("GET", head, 0, limits=Terms().limits, decode=False).end()
        http.advance()
        http.advance()
        http.read_into(memoryview(bytearray(10)))


@pytest.fixture
def pooling() -> Iterator[Pooling]:
    made = Pooling(most=3, most_of_route=2)
    yield made
    made.loop.end()


def test_a_connection_is_used_again(pooling: Pooling) -> None:
    first = pooling.take()
    assert not first.reused
    pooling.use(first)
    first.release()
    second = pooling.take()
    assert second.connection is first.connection
    assert second.reused
    assert (pooling.pool.size, pooling.pool.idle, len(pooling.peers.all)) == (1, 0, 1)


def test_the_one_that_was_used_last_comes_first(pooling: Pooling) -> None:
    slots = [pooling.take(), pooling.take()]
    for slot in slots:
        slot.release()
    assert pooling.take().connection is slots[1].connection


@pytest.mark.parametrize("give_back", [Slot.discard, Slot.release])
def test_what_cannot_be_used_again_is_ended(pooling: Pooling, give_back: Callable[[Slot], None]) -> None:
    """In the middle of a request it cannot, whoever says what."""
    slot = pooling.take()
    head = RequestHead(b"GET / HTTP/1.1\r\n\r\n", False, False, False)
    slot.connection.http.request("GET", head, 0, limits=Terms().limits, decode=False).end()
    give_back(slot)
    assert (pooling.pool.size, pooling.peers.all[0].closed) == (0, True)


def test_a_slot_is_given_back_once(pooling: Pooling) -> None:
    slot = pooling.take()
    slot.release()
    slot.release()
    slot.discard()
    assert (pooling.pool.size, pooling.pool.idle) == (1, 1)


@pytest.mark.parametrize("event", [b"", b"HTTP/1.1 408 Bye\r\n\r\n"])
def test_a_dead_one_is_noticed(pooling: Pooling, event: bytes) -> None:
    slot = pooling.take()
    slot.release()
    pooling.peers.all[0].events.append(event)
    assert pooling.take().connection is not slot.connection
    assert (pooling.pool.size, pooling.peers.all[0].closed) == (1, True)


def test_a_fresh_one_leaves_none_that_may_be_dead(pooling: Pooling) -> None:
    slots = [pooling.take(), pooling.take()]
    for slot in slots:
        slot.release()
    assert not pooling.take(fresh=True).reused
    assert [peer.closed for peer in pooling.peers.all] == [True, True, False]


def test_idle_ones_have_an_end(pooling: Pooling) -> None:
    slot = pooling.take()
    slot.release()
    pooling.loop.advance(IDLE_TIME - 1)
    assert pooling.pool.idle == 1
    pooling.loop.advance(1)
    assert (pooling.pool.size, pooling.peers.all[0].closed) == (0, True)
    pooling.take().release()
    pooling.loop.advance(IDLE_TIME)
    assert pooling.pool.size == 0


def test_one_that_the_server_has_ended_does_not_wait_for_that(pooling: Pooling) -> None:
    pooling.take().release()
    pooling.peers.all[0].events.append(b"")
    pooling.loop.advance(6)
    assert pooling.pool.size == 0


def test_no_time_to_be_idle() -> None:
    pooling = Pooling(idle_time=0)
    pooling.take().release()
    assert pooling.pool.size == 0


# ---- lines


def done(tasks: Sequence[Task[Slot]]) -> list[bool]:
    return [task.done for task in tasks]


def test_few_to_a_host(pooling: Pooling) -> None:
    tasks = [pooling.begin() for _ in range(4)]
    assert done(tasks) == [True, True, False, False]
    other = pooling.begin(B)
    assert other.done  # nobody waits for a host that is out of connections
    tasks[0].result().release()
    pooling.loop.settle()
    assert done(tasks) == [True, True, True, False]
    assert tasks[2].result().connection is tasks[0].result().connection
    tasks[1].result().discard()
    pooling.loop.settle()
    assert done(tasks) == [True, True, True, True]
    assert pooling.pool.size == 3


def test_whoever_came_first_is_served_first(pooling: Pooling) -> None:
    """A host whose connections come back all the time does not keep others waiting."""
    held = [pooling.take(A), pooling.take(A), pooling.take(B)]
    line = [pooling.begin(C), pooling.begin(A), pooling.begin(B), pooling.begin(A)]
    assert done(line) == [False] * 4
    for count, slot in enumerate([*held, line], 1):
        if isinstance(slot, Slot):
            slot.release()
            pooling.loop.settle()
            assert done(line) == [index < count for index in range(4)]
    line[0].result().release()
    pooling.loop.settle()
    assert done(line) == [True] * 4
    assert pooling.pool.size <= 3


def test_an_idle_one_makes_room_for_another_host(pooling: Pooling) -> None:
    slots = [pooling.take(A), pooling.take(A), pooling.take(B)]
    for slot in slots:
        slot.release()
    pooling.take(C)
    assert [peer.closed for peer in pooling.peers.all] == [True, False, False, False]  # the oldest
    assert pooling.pool.size == 3


def test_who_waits_no_longer_is_passed_over(pooling: Pooling) -> None:
    held = [pooling.take(), pooling.take()]
    line = [pooling.begin() for _ in range(3)]
    line[0].cancel()
    pooling.loop.settle()
    held[0].release()
    pooling.loop.settle()
    assert done(line) == [True, True, False]
    held[1].release()
    line[2].cancel()  # it has just been given one
    pooling.loop.settle()
    assert (pooling.pool.size, pooling.pool.idle) == (2, 1)


def test_a_right_to_connect_that_is_not_used_goes_to_the_next(pooling: Pooling) -> None:
    held = [pooling.take(), pooling.take()]
    line = [pooling.begin(), pooling.begin()]
    held[0].discard()
    line[0].cancel()
    pooling.loop.settle()
    assert line[1].done
    assert pooling.pool.size == 2


def test_a_thousand_in_line_are_served_in_linear_time() -> None:
    pooling = Pooling(most=2, most_of_route=2)
    line = [pooling.begin(route) for _ in range(1000) for route in (A, B, C)]
    for task in line:
        assert task.done
        task.result().release()
        pooling.loop.settle()
    assert pooling.pool.size <= 2
    pooling.loop.end()


# ---- what fails


def test_no_connection(pooling: Pooling) -> None:
    pooling.peers.failure = "cannot connect to 'a': Connection refused"
    tasks = [pooling.begin() for _ in range(5)]
    for task in tasks:
        with pytest.raises(SessionError, match="refused") as caught:
            pooling.loop.finish(task)
        assert caught.value.failure is Failure.CANT_CONNECT
    assert pooling.pool.size == 0
    pooling.peers.failure = ""
    pooling.take()


def test_it_takes_too_long(pooling: Pooling) -> None:
    pooling.peers.seconds = 10
    with pytest.raises(SessionError) as caught:
        pooling.loop.finish(pooling.begin(timeout=5))
    assert caught.value.failure is Failure.TIMEOUT
    assert caught.value.reason == "no connection within 5 s (connect_timeout): still connecting to a:80"
    assert (pooling.loop.time.now, pooling.pool.size, pooling.peers.given_up) == (105.0, 0, 1)
    assert pooling.loop.finish(pooling.begin(timeout=11)).connection.timing.connected == 115.0


def test_it_is_given_up(pooling: Pooling) -> None:
    pooling.peers.seconds = 10
    task = pooling.begin()
    task.cancel()
    pooling.loop.settle()
    assert (pooling.pool.size, pooling.peers.given_up) == (0, 1)


def test_it_is_given_up_where_who_is_told_of_it_fails(pooling: Pooling) -> None:
    def tell(_: Stage) -> None:
        raise SessionError(Failure.HOOK, "the listener failed")

    pooling.peers.seconds = 10
    task = pooling.loop.begun(pooling.pool.acquire(A, Terms(tell=tell)))
    with pytest.raises(SessionError, match="the listener failed"):
        pooling.loop.finish(task)
    assert (pooling.pool.size, pooling.peers.given_up) == (0, 1)


def test_closing(pooling: Pooling) -> None:
    held = pooling.take()
    pooling.take().release()
    pooling.pool.close()
    assert (pooling.pool.size, pooling.pool.idle) == (1, 0)
    held.release()
    pooling.loop.settle()
    assert (pooling.pool.size, [peer.closed for peer in pooling.peers.all]) == (0, [True, True])


def test_who_leaves_the_line_leaves_little(pooling: Pooling) -> None:
    slots = [pooling.take(route) for route in (A, B, C)]
    for number in range(1000):
        task = pooling.begin(Route(Host(f"h{number}", 80, False)))
        task.cancel()
        pooling.loop.settle()
    last = pooling.begin(A)
    assert len(pooling.pool._heads) < 100
    slots[1].discard()
    assert pooling.loop.finish(last).connection.route == A


def test_the_first_of_a_line_may_leave(pooling: Pooling) -> None:
    slots = [pooling.take(A), pooling.take(A)]
    first, second = pooling.begin(A), pooling.begin(A)
    first.cancel()
    pooling.loop.settle()
    slots[0].discard()
    assert pooling.loop.finish(second).connection.route == A


def test_a_line_for_each_of_many_hosts_is_served_in_linear_time() -> None:
    looks = 0

    class Counting(Pool):
        def _take(self, route: Route, *, fresh: bool) -> Pooled | None:
            nonlocal looks
            looks += 1
            return super()._take(route, fresh=fresh)

    pooling = Pooling()
    pooling.pool = Counting(pooling.loop, pooling.peers, most=4, most_of_route=2)
    line = [pooling.begin(Route(Host(f"h{number}", 80, False))) for number in range(1000)]
    for task in line:
        pooling.loop.finish(task).release()
    assert looks < 5000
    pooling.loop.end()


def test_a_connection_that_cannot_be_waited_for_is_given_up(pooling: Pooling) -> None:
    pooling.peers.seconds = 1.0
    pooling.peers.watching = OSError("no more descriptors")
    with pytest.raises(OSError, match="no more"):
        pooling.take()
    assert (pooling.pool.size, pooling.peers.given_up) == (0, 1)
