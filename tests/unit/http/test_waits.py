"""Waiting in blocking mode: how long, and for what."""

import hashlib
import threading
from functools import partial

import pytest
from tests.loopback.clock import Clock
from tests.loopback.network import waits_for_network
from tests.loopback.responses import CHUNKED, OK
from tests.loopback.scripted import Await, ReadRequest, ScriptedServer
from tests.loopback.server import Server
from tests.unit.http.driving import GET, POST, connect, poll
from tests.unit.http.fakes import FakeStream, PacedStream, attached

from pythonscript_http import Error, HTTPClient, Status
from pythonscript_http.config import Timeouts
from pythonscript_http.timing import Timing
from pythonscript_http.turn import Turn
from pythonscript_http.waits import Waits


class Waiting:
    """Waits by a clock of our own."""

    def __init__(self, timeouts: Timeouts) -> None:
        self.clock = Clock()
        self.turn = Turn()
        self.timing = Timing(self.clock, timeouts)
        self.waits = Waits(self.turn, self.timing, timeouts)

    def seconds(self, until: float = 0.0) -> float:
        begun = self.clock.now
        for nap in self.waits.naps(until):
            self.clock.advance(nap)
        return self.clock.now - begun


@pytest.mark.parametrize(
    ("timeouts", "until", "seconds"),
    [
        (Timeouts(blocking=30.0), 0.0, 30.0),
        (Timeouts(), 107.0, 7.0),
        (Timeouts(), 99.0, 0.0),
        (Timeouts(blocking=4.0), 107.0, 4.0),
        (Timeouts(total=5.0), 0.0, 5.0),
        (Timeouts(total=5.0), 102.0, 2.0),
    ],
)
def test_how_long(timeouts: Timeouts, until: float, seconds: float) -> None:
    waiting = Waiting(timeouts)
    waiting.timing.request()
    waiting.timing.overdue(connecting=False, requesting=True, awaited=True)
    assert waiting.seconds(until) == pytest.approx(seconds)


def test_a_close_ends_it() -> None:
    waiting = Waiting(Timeouts())
    naps = waiting.waits.naps()
    assert next(naps) < 0.1
    waiting.turn.wanted = True
    assert list(naps) == []
    assert waiting.waits.closing


def test_for_a_stream() -> None:
    waiting = Waiting(Timeouts())
    assert waiting.waits.wait(FakeStream(b"x"), write=False)
    stream = PacedStream(waiting.clock)
    assert not waiting.waits.wait(stream, write=False, until=101.0)
    assert waiting.clock.now == 101.0


class TestBlockingMode:
    def test_it_waits_in_the_system(self) -> None:
        """R24."""
        asleep = Await(partial(waits_for_network, threading.current_thread()))
        with ScriptedServer(
            [ReadRequest(), asleep, OK, asleep, b"Content-Length: 2\r\n\r\nh", asleep, b"i"]
        ) as server:
            client = HTTPClient()
            client.set_blocking_mode(True)
            client.connect_to_host("localhost", server.port)
            assert poll(client) is Error.OK
            assert client.get_status() is Status.STATUS_CONNECTED
            client.request(GET, "/", [])
            poll(client)
            assert client.get_status() is Status.STATUS_BODY
            assert client.read_response_body_chunk() == b"hi"
            client.close()

    def test_every_wait_has_an_end(self) -> None:
        clock = Clock()
        client = attached(PacedStream(clock, (45, OK + b"Content-Length: 1\r\n\r\n"), (99, b"x")), clock)
        client.set_blocking_mode(True)
        client.request(GET, "/", [])
        client.poll()  # sends
        for waited, status in ((30, Status.STATUS_REQUESTING), (45, Status.STATUS_BODY)):
            assert (client.poll(), client.get_status()) == (Error.OK, status)
            assert clock.now == 100 + waited
        assert (client.read_response_body_chunk(), client.get_status()) == (b"", Status.STATUS_BODY)
        assert clock.now == 175

    @pytest.mark.parametrize("beginning", [b"", b"2\r\nhi\r\n"])
    def test_a_chunk_is_not_kept_back(self, beginning: bytes) -> None:
        """Whether it came with the head or behind it: a stream of events would stand still."""
        clock = Clock()
        chunks = [(1, b"2\r\nyo\r\n"), (7, b"0\r\n\r\n")]
        client = attached(PacedStream(clock, (0, CHUNKED + beginning), *chunks), clock)
        client.set_blocking_mode(True)
        client.request(GET, "/", [])
        poll(client)
        seen = []
        while client.get_status() is Status.STATUS_BODY:
            seen.append((client.read_response_body_chunk(), clock.now))
        assert seen == [*([(b"hi", 100.0)] if beginning else []), (b"yo", 101.0), (b"", 108.0)]

    def test_an_upload_that_the_server_reads_slowly(self, server: Server) -> None:
        client = connect(server.port)
        client.set_blocking_mode(True)
        body = bytes(20_000_000)
        client.request_raw(POST, "/digest", [], body)
        poll(client)
        assert client.read_response_body_chunk() == hashlib.sha256(body).hexdigest().encode()
        client.close()
