"""What a user allows a request to take, to the tick."""

import pytest
from tests.loopback.clock import Clock
from tests.loopback.responses import HELLO, OK
from tests.unit.http.driving import BUSY, GET, POST, get, poll, read
from tests.unit.http.fakes import (
    Clocked,
    FakeLookup,
    FakeNetwork,
    FakePending,
    FakeStream,
    PacedStream,
    attached,
)

from pythonscript_http import Error, HTTPClient, Status
from pythonscript_http.transport.stream import Address


class TestDeadlines:
    """On a clock that moves only by waiting, and between two calls of a script that polls.

    Its times are binary fractions, so that sums of them are exact.
    """

    @pytest.fixture
    def clock(self) -> Clock:
        return Clock()

    def paced(self, clock: Clock, *events: tuple[float, bytes]) -> HTTPClient:
        """A connected client, whose peer sends each event so many seconds after the one before."""
        return attached(PacedStream(clock, *events), clock)

    def play(self, client: HTTPClient, clock: Clock) -> bytes:
        """Polls and reads as scripts do, until there is nothing more to do; gives the body."""
        end = clock.now + 10
        pieces = []
        while client.get_status() in (*BUSY, Status.STATUS_BODY):
            assert clock.now < end, f"no deadline: still {client.get_status().name}"
            client.poll()
            if client.get_status() is Status.STATUS_BODY:
                pieces.append(client.read_response_body_chunk())
            if not client.blocking_mode_enabled:
                clock.advance(1 / 64)
        return b"".join(pieces)

    @pytest.mark.parametrize("blocking", [False, True])
    def test_looking_up(self, blocking: bool, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(FakeLookup, "wait", lambda _, timeout: clock.advance(timeout))
        client = HTTPClient(FakeNetwork(FakeStream()), clock=clock)
        client.connect_timeout = 0.05
        client.set_blocking_mode(blocking)
        client.connect_to_host("example.org")
        self.play(client, clock)
        assert client.poll() is Error.ERR_CANT_RESOLVE
        assert client.get_status() is Status.STATUS_CANT_RESOLVE
        assert client.get_error_reason() == (
            "no connection within 0.05 s (connect_timeout): still looking 'example.org' up"
        )

    @pytest.mark.parametrize("blocking", [False, True])
    def test_connecting(self, blocking: bool, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(FakePending, "wait", lambda _, timeout: clock.advance(timeout))
        network = FakeNetwork(FakeStream())
        client = HTTPClient(network, clock=clock)
        client.connect_timeout = 0.05
        client.set_blocking_mode(blocking)
        client.connect_to_host("192.0.2.1", 81)
        self.play(client, clock)
        assert client.poll() is Error.ERR_CANT_CONNECT
        assert client.get_error_reason() == (
            "no connection within 0.05 s (connect_timeout): still connecting to 192.0.2.1:81"
        )
        assert network.asked[-1] == "given up"

    @pytest.mark.parametrize("blocking", [False, True])
    @pytest.mark.parametrize(
        ("name", "events", "reason"),
        [
            ("first_byte", [], "no answer within 0.125 s (first_byte_timeout), before it answered"),
            ("idle", [], "not a byte moved for 0.125 s (idle_timeout), before it answered"),
            (
                "idle",
                [(0, OK)],
                "not a byte moved for 0.125 s (idle_timeout), in the middle of the header block",
            ),
            (
                "idle",
                [(0, OK + b"Content-Length: 9\r\n\r\nhi")],
                "(idle_timeout), in the middle of the body: 7 of 9 bytes are missing",
            ),
            (
                "total",
                [(0, b"HTTP/1.1 200 OK\r\nX: "), *[(1 / 64, b"y")] * 60],
                "not complete within 0.125 s",
            ),
            ("total", [(0, OK + b"\r\n"), *[(1 / 64, b"x")] * 60], "in the middle of the body"),
            ("first_byte", [(0, b"HTTP/1.1 102 Processing\r\n\r\n")], "no answer within 0.125 s"),
        ],
    )
    def test_requests(
        self, blocking: bool, name: str, events: list[tuple[float, bytes]], reason: str, clock: Clock
    ) -> None:
        client = self.paced(clock, *events)
        setattr(client, f"{name}_timeout", 0.125)
        client.set_blocking_mode(blocking)
        begun = clock.now
        client.request(GET, "/", [])
        self.play(client, clock)
        assert client.poll() is Error.ERR_CONNECTION_ERROR
        assert reason in client.get_error_reason()
        assert 8 / 64 <= clock.now - begun <= 10 / 64
        assert client.connection() is None

    @pytest.mark.parametrize("total", [0.125, 0.127])
    @pytest.mark.parametrize("answer", [OK, OK + b"\r\n", OK + b"Transfer-Encoding: chunked\r\n\r\n63\r\n"])
    def test_one_that_passes_while_bytes_drip(self, answer: bytes, total: float, clock: Clock) -> None:
        """In a wait, or just when a byte has come: no later call waits again."""
        client = self.paced(clock, (0, answer), *[(1 / 64, b"x")] * 99)
        client.set_blocking_mode(True)
        client.total_timeout = total
        begun = clock.now
        client.request(GET, "/", [])
        self.play(client, clock)
        assert client.get_status() is Status.STATUS_CONNECTION_ERROR
        assert f"not complete within {total:g} s (total_timeout)" in client.get_error_reason()
        assert 8 / 64 <= clock.now - begun <= 9 / 64

    def test_an_answer_in_time_that_was_polled_for_late(self, clock: Clock) -> None:
        client = self.paced(clock, (0, HELLO))
        client.first_byte_timeout = client.idle_timeout = 0.01
        client.request(GET, "/", [])
        clock.advance(0.02)
        assert (poll(client), client.get_status()) == (Error.OK, Status.STATUS_BODY)
        clock.advance(0.02)
        assert (client.poll(), read(client)) == (Error.OK, b"hello")

    def test_a_reader_that_is_slow_is_not_the_network(self, clock: Clock) -> None:
        client = self.paced(clock, (0, OK + b"Content-Length: 9\r\n\r\n"), (0.005, b"half"))
        client.idle_timeout = 0.01
        client.request(GET, "/", [])
        client.poll()
        clock.advance(0.02)
        assert client.poll() is Error.OK
        assert client.read_response_body_chunk() == b"half"
        clock.advance(0.02)
        assert client.poll() is Error.ERR_CONNECTION_ERROR

    def test_an_upload_that_nobody_reads(self, clock: Clock) -> None:
        client = self.paced(clock)
        stream = client.connection()
        assert isinstance(stream, PacedStream)
        stream.room = 100
        client.idle_timeout = 0.02
        client.request_raw(POST, "/", [], bytes(1000))
        self.play(client, clock)
        assert client.poll() is Error.ERR_CONNECTION_ERROR

    def test_a_connection_that_waits_for_its_user_has_none(self, clock: Clock) -> None:
        client = self.paced(clock, (0, HELLO))
        client.connect_timeout = client.idle_timeout = client.total_timeout = 0.01
        clock.advance(0.02)
        assert client.poll() is Error.OK
        assert get(client) == b"hello"
        clock.advance(0.02)
        assert client.poll() is Error.OK


class TestDeadlinesToTheTick:
    """By a clock that is set by hand."""

    def test_connecting(self, clocked: Clocked) -> None:
        clocked.client.connect_timeout = 5
        for begin in (0.0, 10.0):  # a second connection has its own time
            clocked.clock.now = 100.0 + begin
            clocked.client.connect_to_host("192.0.2.1")
            assert clocked.at(begin + 4.9) is Error.OK
            assert clocked.at(begin + 5.0) is Error.ERR_CANT_CONNECT

    def test_look_up_and_connection_share_one(self, clocked: Clocked) -> None:
        clocked.client.connect_timeout = 5
        clocked.client.connect_to_host("example.org")
        clocked.network.addresses = [Address(2, ("192.0.2.1", 0))]
        assert clocked.at(4.0) is Error.OK
        assert clocked.client.get_status() is Status.STATUS_CONNECTING
        assert clocked.at(5.0) is Error.ERR_CANT_CONNECT

    @pytest.mark.parametrize("name", ["first_byte", "idle", "total"])
    def test_each_request_has_its_own_time(self, clocked: Clocked, name: str) -> None:
        """Over one connection: what the request before took, or got, does not count."""
        setattr(clocked.client, f"{name}_timeout", 5)
        clocked.connected()
        for begin in (0.0, 3.0, 50.0):
            clocked.clock.now = 100.0 + begin
            clocked.request()
            assert clocked.at(begin + 4.0, HELLO) is Error.OK
            assert clocked.read_at(begin + 4.0) == b"hello"
        assert clocked.at(1000) is Error.OK  # while nothing is under way none counts
        clocked.request()
        assert clocked.at(1004.9) is Error.OK
        assert clocked.client.get_status() is Status.STATUS_REQUESTING
        assert clocked.at(1005.0) is Error.ERR_CONNECTION_ERROR
        assert f"({name}_timeout), before it answered" in clocked.client.get_error_reason()

    @pytest.mark.parametrize(("name", "last"), [("idle", 8.0), ("total", 5.0)])
    @pytest.mark.parametrize("reads", [False, True])
    def test_in_the_second_body(self, clocked: Clocked, name: str, last: float, reads: bool) -> None:
        setattr(clocked.client, f"{name}_timeout", 5)
        clocked.connected()
        clocked.request()
        clocked.at(0.0, HELLO)
        clocked.read_at(0.0)
        clocked.clock.now += 20.0
        clocked.request()
        clocked.at(21.0, OK + b"Content-Length: 9\r\n\r\nab")
        assert clocked.read_at(23.0, b"cd") == b"abcd"
        look = clocked.read_at if reads else clocked.at
        look(20.0 + last - 0.1)
        assert clocked.client.get_status() is Status.STATUS_BODY
        look(20.0 + last)
        assert clocked.client.get_status() is Status.STATUS_CONNECTION_ERROR
        assert clocked.client.get_error_reason().endswith("5 of 9 bytes are missing")

    @pytest.mark.parametrize("name", ["first_byte", "idle", "total"])
    def test_a_second_request_that_can_not_be_sent(self, clocked: Clocked, name: str) -> None:
        """Its time begins with `request()`, though no byte of it moves."""
        setattr(clocked.client, f"{name}_timeout", 5)
        clocked.connected()
        clocked.request()
        clocked.at(0.0, HELLO)
        clocked.read_at(0.0)
        clocked.stream.room = 0
        clocked.clock.now = 150.0
        clocked.request()
        assert clocked.at(54.9) is Error.OK
        assert clocked.at(55.0) is Error.ERR_CONNECTION_ERROR

    def test_an_interim_answer_puts_the_first_byte_off(self, clocked: Clocked) -> None:
        clocked.client.first_byte_timeout = 5
        clocked.connected()
        clocked.request()
        assert clocked.at(4.0, b"HTTP/1.1 102 Processing\r\n\r\n") is Error.OK
        assert clocked.at(8.9) is Error.OK
        assert clocked.at(9.0) is Error.ERR_CONNECTION_ERROR

    def test_the_first_byte_is_all_that_is_awaited(self, clocked: Clocked) -> None:
        clocked.client.first_byte_timeout = 5
        clocked.connected()
        clocked.request()
        assert clocked.at(4.0, b"HTTP/1.1 2") is Error.OK
        assert clocked.at(500.0) is Error.OK
        assert clocked.client.get_status() is Status.STATUS_REQUESTING

    def test_a_byte_that_is_sent_puts_idleness_off(self, clocked: Clocked) -> None:
        clocked.client.idle_timeout = 5
        clocked.connected()
        clocked.stream.room = 100
        clocked.request(bytes(1000))
        assert clocked.at(3.0) is Error.OK
        clocked.stream.room = 10
        assert clocked.at(6.0) is Error.OK
        assert clocked.at(10.9) is Error.OK
        assert clocked.at(11.0) is Error.ERR_CONNECTION_ERROR

    def test_a_body_waits_a_second_for_the_server_to_say_go_on(self, clocked: Clocked) -> None:
        clocked.connected()
        for begin in (0.0, 10.0):
            clocked.clock.now = 100.0 + begin
            clocked.client.request(POST, "/", ["Expect: 100-continue"], "body")
            clocked.at(begin)
            clocked.at(begin + 0.9)
            assert clocked.client.get_request_body_sent() == 0
            clocked.at(begin + 1.0)
            assert clocked.client.get_request_body_sent() == 4
            clocked.at(begin + 1.0, HELLO)
            clocked.read_at(begin + 1.0)

    def test_a_body_goes_on_though_more_is_said_behind_100(self, clocked: Clocked) -> None:
        clocked.connected()
        clocked.client.request(POST, "/", ["Expect: 100-continue"], "body")
        clocked.at(0.0)
        clocked.at(0.1, b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n")
        clocked.at(0.2)
        assert clocked.client.get_request_body_sent() == 4

    @pytest.mark.parametrize(
        ("answer", "body"),
        [
            (b"Content-Length: 0\r\n\r\n", b""),
            (b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b""),
            (b"\r\nhello", b"hello"),
        ],
    )
    def test_a_slow_reader_of_an_end(self, clocked: Clocked, answer: bytes, body: bytes) -> None:
        """All has come, and only the end is still to be read."""
        clocked.client.idle_timeout = 5
        clocked.connected()
        clocked.request()
        clocked.at(1.0, OK + answer)
        if body:
            assert clocked.read_at(1.0) == body
            clocked.stream.events.append(b"")
        assert clocked.at(60.0) is Error.OK
        assert clocked.client.get_status() is Status.STATUS_BODY
        assert clocked.read_at(120.0) == b""
        assert not clocked.client.get_error_reason()
        assert clocked.client.get_status() is not Status.STATUS_CONNECTION_ERROR

    def test_blocking_mode_waits_for_half_a_minute_or_until_a_deadline(self, clocked: Clocked) -> None:
        waited = [0.0]  # each call, in how many pieces ever

        def wait(*, write: bool, timeout: float) -> bool:
            waited[-1] += timeout
            return False

        clocked.stream.wait = wait  # type: ignore[method-assign]
        clocked.connected()
        clocked.client.set_blocking_mode(True)
        clocked.request()
        clocked.at(0.0)  # sends
        clocked.client.total_timeout = 7
        for seconds in (0.0, 3.0):
            waited.append(0.0)
            clocked.at(seconds)
        assert waited == [30.0, 7.0, 4.0]
