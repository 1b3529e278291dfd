"""HTTP/1.1 over a stream, as a pool would use it: no client, no statuses."""

import pytest
from tests.loopback.clock import Clock
from tests.loopback.responses import HELLO, OK
from tests.unit.http.fakes import FakeStream
from tests.unit.http.http1.driving import head

from pythonscript_http.config import Limits, Timeouts
from pythonscript_http.http1.connection import Phase
from pythonscript_http.http1.writer import RequestWriter
from pythonscript_http.http11 import HTTP11Connection
from pythonscript_http.timing import Timing
from pythonscript_http.transport.stream import HandshakeError, NetworkError, Readiness

TIMEOUTS = Timeouts(go_on=1.0)


class Link:
    """A connection over a stream of our own."""

    def __init__(self, *events: bytes | NetworkError, room: int = 1 << 30) -> None:
        self.clock = Clock()
        self.stream = FakeStream(room=room)
        self.later = list(events)
        self.timing = Timing(self.clock, Timeouts())
        self.http = HTTP11Connection(self.timing, TIMEOUTS, self.stream)

    def request(self, body: bytes = b"", *, expect: bool = False) -> RequestWriter:
        writer = self.http.request("POST", head(expect=expect), len(body), limits=Limits(), decode=False)
        writer.line_up(memoryview(body))
        writer.end()
        return writer

    def answer(self) -> Phase:
        self.http.advance()
        self.stream.events += self.later
        self.http.advance()
        return self.http.core.phase

    def body(self) -> bytes:
        view = memoryview(bytearray(100))
        return bytes(view[: self.http.read_into(view)])


def test_one_exchange_after_another() -> None:
    link = Link(HELLO)
    for number in range(1, 4):
        link.request(b"body")
        assert link.answer() is Phase.BODY
        assert (link.body(), link.http.core.phase) == (b"hello", Phase.IDLE)
        assert link.stream.sent == b"GET / HTTP/1.1\r\n\r\nbody" * number


def test_the_last_one() -> None:
    link = Link(OK + b"Connection: close\r\nContent-Length: 2\r\n\r\nhi")
    link.request()
    link.answer()
    assert (link.body(), link.http.core.phase) == (b"hi", Phase.CLOSED)
    assert not link.stream.closed  # that is its user's business
    link.http.close()
    assert (link.stream.closed, link.http.stream) == (True, None)
    assert link.http.core.head is not None


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (b"", "the server had closed the connection, or sent data unasked, before this request"),
        (b"HTTP/1.1 408 X\r\n\r\n", "the server had closed the connection, or sent data unasked, before"),
    ],
)
def test_a_stale_stream_takes_no_request(event: bytes, reason: str) -> None:
    link = Link()
    link.stream.events = [event]
    link.request(b"body")
    link.http.advance()
    assert (link.http.core.phase, link.stream.sent) == (Phase.FAILED, b"")
    assert link.http.core.failure.startswith(reason)


def test_what_was_begun_is_not_stale() -> None:
    """It is looked at before the first byte alone: an early answer comes in the middle."""
    link = Link(room=3)
    writer = link.request(b"body")
    assert writer.untouched
    link.http.advance()
    assert not writer.untouched
    link.stream.room = 1 << 20
    link.stream.events = [b"HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n"]
    link.http.advance()
    link.http.advance()
    assert link.http.core.phase is Phase.BODY


@pytest.mark.parametrize(
    ("event", "phase", "reason"),
    [
        (b"", Phase.FAILED, "the server closed the connection between requests"),
        (b"x", Phase.FAILED, "the server sent data that no request had asked for"),
        (NetworkError("cannot receive: reset"), Phase.FAILED, "the server closed the connection"),
        (HandshakeError("it refused the certificate"), Phase.FAILED, "it refused the certificate"),
    ],
)
def test_while_nothing_is_under_way(event: bytes | NetworkError, phase: Phase, reason: str) -> None:
    link = Link()
    link.http.look()
    assert link.http.core.phase is Phase.IDLE
    link.stream.events = [event]
    if isinstance(event, NetworkError):
        link.stream.peek = lambda: Readiness.ENDED  # type: ignore[method-assign]
    link.http.look()
    assert link.http.core.phase is phase
    assert link.http.core.failure.startswith(reason)
    assert link.http.distrusted is isinstance(event, HandshakeError)


def test_a_body_waits_a_second_to_be_asked_for() -> None:
    link = Link()
    writer = link.request(b"body", expect=True)
    link.http.advance()
    assert (writer.sent, link.http.waits_until) == (0, 101.0)
    link.clock.advance(0.9)
    link.http.advance()
    assert writer.held
    link.clock.advance(0.1)
    link.http.advance()
    assert (writer.sent, link.http.waits_until) == (4, 0.0)


def test_a_request_may_be_begun_before_its_stream_stands() -> None:
    link = Link(HELLO)
    link.http = HTTP11Connection(link.timing, TIMEOUTS)
    writer = link.request(b"body", expect=True)
    link.clock.advance(50)
    link.http.connected(link.stream)
    link.http.advance()
    assert (writer.held, link.http.waits_until) == (True, 151.0)


def test_deadlines_of_a_request() -> None:
    link = Link(HELLO)
    link.timing.obey(Timeouts(total=5))
    assert link.http.late() == ""
    link.request()
    link.clock.advance(5)
    assert link.http.late() == "not complete within 5 s (total_timeout)"
