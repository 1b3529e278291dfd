"""One request and its response, over a stream of our own."""

from collections.abc import Callable, Iterator, Sequence

import pytest
from tests.loopback.responses import HELLO, answer
from tests.unit.http.sessions.driving import ClockedLoop, Peer, Peers

from pythonscript_http.config import Limits, Timeouts
from pythonscript_http.http1.request import RequestHead
from pythonscript_http.sessions.bodies import Body, BytesBody, IteratorBody
from pythonscript_http.sessions.exchange import Exchange, StaleError
from pythonscript_http.sessions.failures import Failure, SessionError
from pythonscript_http.sessions.loop import Future, deadline
from pythonscript_http.sessions.pool import Pool, Slot, Terms
from pythonscript_http.sessions.sinks import ChunkSink, MemorySink
from pythonscript_http.sessions.stage import Stage
from pythonscript_http.transport.connector import Route
from pythonscript_http.transport.stream import HandshakeError, NetworkError
from pythonscript_http.url import Host


class Exchanging:
    """Exchanges over one connection."""

    def __init__(self) -> None:
        self.loop = ClockedLoop()
        self.peers = Peers(self.loop.time)
        self.pool = Pool(self.loop, self.peers)
        self.timeouts = Timeouts()
        self.limits = Limits()
        self.moved: list[tuple[str, int, int]] = []

    @property
    def peer(self) -> Peer:
        return self.peers.all[-1]

    def answers(self, *events: bytes | NetworkError) -> None:
        """What comes for the next requests."""

        def answering(_: bytes) -> Sequence[bytes | NetworkError]:
            return events

        self.peers.answering = answering
        for peer in self.peers.all:
            peer._answering = answering

    def stage(self, stage: Stage) -> None:
        raise AssertionError("an exchange has a connection")

    def sent(self, size: int, total: int) -> None:
        self.moved.append(("sent", size, total))

    def received(self, size: int, total: int) -> None:
        self.moved.append(("received", size, total))

    async def slot(self) -> Slot:
        return await self.pool.acquire(Route(Host("a", 80, False)), Terms())

    async def exchange(self, body: Body | None = None, *, seconds: float = 0.0) -> tuple[int, bytes]:
        slot = await self.slot()
        exchange = Exchange(self.loop, slot, self)
        chunked = body is not None and body.length < 0
        head = RequestHead(b"POST / HTTP/1.1\r\n\r\n", chunked, False, False)
        try:
            with deadline(self.loop, self.loop.clock() + (seconds or 1e9), "not within it (timeout)"):
                found = await exchange.send(
                    "POST", head, body, limits=self.limits, timeouts=self.timeouts, decode=True
                )
                sink = MemorySink()
                await exchange.receive(sink)
        except BaseException:
            slot.discard()
            raise
        slot.release()
        return found.code, bytes(sink.body())

    async def read(self, take: Callable[[bytes], Future[None]]) -> None:
        """Hands a response's body to a reader, who may take its time; the server has 5 seconds."""
        slot = await self.slot()
        exchange = Exchange(self.loop, slot)
        head = RequestHead(b"GET / HTTP/1.1\r\n\r\n", False, False, False)
        await exchange.send("GET", head, None, limits=Limits(), timeouts=Timeouts(idle=5), decode=False)
        await exchange.receive(ChunkSink(take))
        slot.release()

    def run(self, body: Body | None = None, *, seconds: float = 0.0) -> tuple[int, bytes]:
        return self.loop.run(self.exchange(body, seconds=seconds))

    def failure(self, body: Body | None = None, *, seconds: float = 0.0) -> tuple[Failure, str]:
        with pytest.raises(SessionError) as caught:
            self.run(body, seconds=seconds)
        assert not isinstance(caught.value, StaleError)
        return caught.value.failure, caught.value.reason


@pytest.fixture
def link() -> Iterator[Exchanging]:
    made = Exchanging()
    yield made
    made.loop.end()


def test_one_after_the_other(link: Exchanging) -> None:
    for _ in range(3):
        assert link.run() == (200, b"hello")
    assert (len(link.peers.all), link.pool.idle) == (1, 1)


def test_in_pieces(link: Exchanging) -> None:
    coming = answer(b"hello world", "X: y")
    link.answers(*(coming[place : place + 1] for place in range(len(coming))))
    assert link.run() == (200, b"hello world")


def test_without_a_body(link: Exchanging) -> None:
    link.answers(b"HTTP/1.1 204 No Content\r\n\r\n")
    assert link.run() == (204, b"")
    assert link.pool.idle == 1


@pytest.mark.parametrize("room", [1, 7, 1 << 20])
def test_bodies_of_requests(link: Exchanging, room: int) -> None:
    pieces = [b"a" * 100, b"", b"b" * 3]
    for body, sent in (
        (BytesBody(b"".join(pieces)), b"a" * 100 + b"bbb"),
        (IteratorBody(pieces), b"64\r\n" + b"a" * 100 + b"\r\n3\r\nbbb\r\n0\r\n\r\n"),
        (IteratorBody(pieces, 103), b"a" * 100 + b"bbb"),
    ):
        assert link.run(body) == (200, b"hello")
        assert link.peer.sent.endswith(b"\r\n\r\n" + sent)
        assert link.moved[-2][0] == "sent"
        assert link.moved[-2][1] == 103


def test_a_body_goes_out_as_the_connection_takes_it(link: Exchanging) -> None:
    """And no more of it waits in memory than a MiB."""
    given = 0

    def pieces() -> Iterator[bytes]:
        nonlocal given
        for _ in range(100):
            given += 1
            yield bytes(65536)

    link.answers()
    slot = link.loop.begun(link.slot()).result()
    link.peer.room = 100_000
    slot.release()
    task = link.loop.begun(link.exchange(IteratorBody(pieces(), 6_553_600)))
    assert given <= 100_000 // 65536 + (1 << 20) // 65536 + 8
    link.peer.room = 1 << 30
    link.peer.send()
    link.loop.settle()
    assert (given, task.done) == (100, False)
    link.peer.send(HELLO)
    assert link.loop.finish(task) == (200, b"hello")
    assert len(link.peer.sent) == 19 + 6_553_600


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (IteratorBody([b"abc"], 4), "declared as 4, but 3 bytes came"),
        (IteratorBody([b"abc"], 2), "declared as 2, but 3 bytes are given"),
        (IteratorBody(map(bytes.fromhex, ["ab", "no hex"])), "the body can't be read: non-hexadecimal"),
    ],
)
def test_a_body_that_is_not_what_it_was_said_to_be(link: Exchanging, body: Body, reason: str) -> None:
    failure, said = link.failure(body)
    assert failure is Failure.REQUEST_BODY
    assert reason in said
    assert link.pool.size == 0


@pytest.mark.parametrize(
    ("events", "failure", "reason"),
    [
        ([b""], Failure.CONNECTION_LOST, "closed the connection before it answered"),
        ([b"HTTP/1.1 200 OK\r\n", b""], Failure.CONNECTION_LOST, "in the middle of the header block"),
        ([HELLO[:-1], b""], Failure.CONNECTION_LOST, "1 of 5 bytes are missing"),
        ([NetworkError("cannot receive: reset")], Failure.CONNECTION_LOST, "reset, before it answered"),
        ([b"SSH-2.0-x\r\n"], Failure.PROTOCOL, "not an HTTP/1.x response"),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"], Failure.PROTOCOL, "chunk size"),
        ([b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 20_000], Failure.PROTOCOL, "over the limit of 65536"),
        ([answer(b"abc", "Content-Encoding: gzip")], Failure.DECODING, "malformed gzip coding"),
        ([answer(bytes(1001))], Failure.BODY_TOO_LARGE, "over the limit of 1000"),
        ([b"HTTP/1.1 200 OK\r\n\r\n", bytes(1001)], Failure.BODY_TOO_LARGE, "over the limit of 1000"),
        ([HandshakeError("it wants a certificate")], Failure.TLS, "it wants a certificate"),
    ],
)
def test_what_fails(
    link: Exchanging, events: list[bytes | NetworkError], failure: Failure, reason: str
) -> None:
    link.limits = Limits(body_size=1000)
    link.answers(*events)
    found, said = link.failure()
    assert found is failure
    assert reason in said
    assert (link.pool.size, link.peer.closed) == (0, True)


# ---- time


@pytest.mark.parametrize(
    ("timeouts", "seconds", "events", "at", "reason"),
    [
        (
            Timeouts(first_byte=3, idle=5),
            0,
            [],
            103.0,
            "no answer within 3 s (first_byte_timeout), before it",
        ),
        (Timeouts(idle=5), 0, [], 105.0, "not a byte moved for 5 s (idle_timeout), before it answered"),
        (Timeouts(first_byte=3, idle=5), 0, [HELLO[:-1]], 105.0, "(idle_timeout), in the middle of the body"),
        (Timeouts(idle=5), 4, [], 104.0, "not within it (timeout), before it answered"),
        (Timeouts(), 4, [HELLO[:-1]], 104.0, "not within it (timeout), in the middle of the body: 1 of 5"),
    ],
)
def test_deadlines(
    link: Exchanging,
    timeouts: Timeouts,
    seconds: float,
    events: list[bytes],
    at: float,
    reason: str,
) -> None:
    link.timeouts = timeouts
    link.answers(*events)
    failure, said = link.failure(seconds=seconds)
    assert (failure, link.loop.time.now) == (Failure.TIMEOUT, at)
    assert reason in said


def test_a_body_waits_to_be_asked_for_but_not_for_ever(link: Exchanging) -> None:
    async def send() -> float:
        slot = await link.slot()
        exchange = Exchange(link.loop, slot)
        head = RequestHead(b"POST / HTTP/1.1\r\nExpect: 100-continue\r\n\r\n", False, False, True)
        await exchange.send(
            "POST", head, BytesBody(b"abc"), limits=Limits(), timeouts=Timeouts(), decode=False
        )
        slot.discard()
        return link.loop.clock()

    link.answers()
    task = link.loop.begun(send())
    assert link.peer.sent.endswith(b"\r\n\r\n")
    link.loop.advance(Timeouts().go_on)
    assert link.peer.sent.endswith(b"abc")
    link.peer.send(HELLO)
    assert link.loop.finish(task) == 100.0 + Timeouts().go_on


# ---- kept connections


@pytest.mark.parametrize("event", [b"", NetworkError("cannot receive: reset")])
def test_a_kept_connection_that_is_dead(link: Exchanging, event: bytes | NetworkError) -> None:
    link.run()
    link.answers(event)
    with pytest.raises(StaleError) as caught:
        link.run()
    assert not caught.value.unsent


def test_one_that_dies_before_anything_is_sent(link: Exchanging) -> None:
    link.run()

    async def late() -> None:
        slot = await link.slot()
        link.peer.events.append(b"")
        head = RequestHead(b"GET / HTTP/1.1\r\n\r\n", False, False, False)
        try:
            await Exchange(link.loop, slot).send(
                "GET", head, None, limits=Limits(), timeouts=Timeouts(), decode=False
            )
        finally:
            slot.discard()

    with pytest.raises(StaleError) as caught:
        link.loop.run(late())
    assert caught.value.unsent


@pytest.mark.parametrize("events", [[b"HTTP/1.1 2", b""], [HELLO[:-1], b""], [b"nonsense"]])
def test_one_that_has_answered_is_not_dead(link: Exchanging, events: list[bytes]) -> None:
    link.run()
    link.answers(*events)
    with pytest.raises(SessionError) as caught:
        link.run()
    assert not isinstance(caught.value, StaleError)


# ---- early answers and back-pressure


def test_an_early_answer(link: Exchanging) -> None:
    """What the server does not want is not sent, and the connection is not used again."""
    link.answers(answer(b"no", status="413 Too Large"))
    task = link.loop.begun(link.slot())
    link.peer.room = 1000
    task.result().release()
    assert link.run(BytesBody(bytes(100_000))) == (413, b"no")
    assert (link.pool.size, len(link.peer.sent)) == (0, 1000)


def test_a_reader_that_is_slow_holds_the_connection_up(link: Exchanging) -> None:
    blocked: Future[None] = Future()
    pieces: list[bytes] = []

    def take(piece: bytes) -> Future[None]:
        pieces.append(piece)
        return blocked

    link.answers(HELLO[:-3], HELLO[-3:-1], HELLO[-1:])
    task = link.loop.begun(link.read(take))
    link.loop.advance(1000)  # it is the reader who is slow: no deadline has passed
    assert (pieces, task.done) == ([b"hell"], False)
    blocked.set(None)
    link.loop.finish(task)
    assert pieces == [b"hell", b"o"]


def test_the_time_of_a_reader_is_not_that_of_the_server(link: Exchanging) -> None:
    blocked: Future[None] = Future()

    link.answers(HELLO[:-3])
    task = link.loop.begun(link.read(lambda _: blocked))
    link.loop.advance(1000)
    blocked.set(None)
    link.loop.advance(4)
    assert not task.done
    link.peer.send(HELLO[-3:])
    link.loop.finish(task)


def test_a_large_body_lets_others_have_their_turn(link: Exchanging) -> None:
    size = 3_000_000
    link.answers(answer(bytes(size)))
    task = link.loop.spawn(link.exchange())
    turns = 0
    while not task.done:
        link.loop.turn()
        turns += 1
    assert task.result() == (200, bytes(size))
    assert turns > 5
