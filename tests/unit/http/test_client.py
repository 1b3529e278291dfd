"""The client: over real sockets against scripted servers, and poll by poll over a network of our own."""

import gc
import gzip
import hashlib
import itertools
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.loopback.clock import Clock
from tests.loopback.network import blackholes, waits_for_network
from tests.loopback.responses import ALL, CHUNKED, OK, Scenario
from tests.loopback.scripted import Await, Drip, HalfClose, Pause, ReadRequest, Reset, ScriptedServer, Step
from tests.loopback.server import Server, pattern

from pythonscript_http import Error, HTTPClient, LocalError, Method, NetworkError, Status, TcpNetwork
from pythonscript_http.config import Limits, Timeouts
from pythonscript_http.http1.request import RequestHead, build_head
from pythonscript_http.transport.stream import WOULD_BLOCK, Address, Readiness, TlsInfo
from pythonscript_http.transport.trust import context_for

GET, HEAD, POST = Method.METHOD_GET, Method.METHOD_HEAD, Method.METHOD_POST
SECONDS = 30.0
"""Nothing takes longer, unless something hangs."""
BUSY = (Status.STATUS_RESOLVING, Status.STATUS_CONNECTING, Status.STATUS_REQUESTING)
STATED = Timeouts(go_on=1.0, blocking=30.0)
"""What tests of a clock count on; the defaults may be others."""

HELLO = OK + b"Content-Length: 5\r\n\r\nhello"


def poll(client: HTTPClient, seconds: float = SECONDS) -> Error:
    """Polls until the client waits for its user; gives the last result."""
    end = time.monotonic() + seconds
    result = Error.OK
    while client.get_status() in BUSY:
        assert time.monotonic() < end, f"still {client.get_status().name}"
        result = client.poll()
    return result


def read(client: HTTPClient, seconds: float = SECONDS) -> bytes:
    """Reads a body to its end, as scripts do."""
    end = time.monotonic() + seconds
    pieces = []
    while client.get_status() is Status.STATUS_BODY:
        assert time.monotonic() < end, "the body has no end"
        client.poll()
        if client.get_status() is Status.STATUS_BODY:
            pieces.append(client.read_response_body_chunk())
    return b"".join(pieces)


def connect(port: int, host: str = "127.0.0.1") -> HTTPClient:
    client = HTTPClient()
    assert client.connect_to_host(host, port) is Error.OK
    poll(client)
    assert client.get_status() is Status.STATUS_CONNECTED, client.get_error_reason()
    return client


def get(client: HTTPClient, url: str = "/", method: Method = GET) -> bytes:
    assert client.request(method, url, []) is Error.OK
    poll(client)
    return read(client)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


# ---- every response of the table, over a socket


def play(scenario: Scenario, step: Step) -> None:
    with ScriptedServer(scenario.steps(step)) as server:
        client = connect(server.port)
        client.request(
            Method[f"METHOD_{scenario.method}"], "h:1" if scenario.method == "CONNECT" else "/", []
        )
        result = poll(client)
        assert (client.get_status() is Status.STATUS_BODY) or scenario.skips_body or not scenario.good
        body = read(client)
        if scenario.after == "SPENT":
            assert is_spent(client)
        else:
            assert client.get_status().name == f"STATUS_{scenario.after}", client.get_error_reason()
        if client.get_status() is Status.STATUS_CONNECTION_ERROR:
            assert Error.ERR_CONNECTION_ERROR in (result, client.poll())
        assert body == scenario.body
        assert client.get_response_code() == scenario.code
        assert scenario.reason in client.get_error_reason()
        if scenario.length is not None:
            assert client.get_response_body_length() == scenario.length
        if scenario.headers is not None:
            assert client.get_response_headers() == scenario.headers
        assert tuple(client.get_response_trailers()) == scenario.trailers
        client.close()


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.name)
def test_every_response_whole(scenario: Scenario) -> None:
    play(scenario, scenario.data)


@pytest.mark.parametrize(
    "scenario", [one for one in ALL if len(one.data) < 2000 and not one.surplus], ids=lambda one: one.name
)
def test_every_response_a_byte_at_a_time(scenario: Scenario) -> None:
    play(scenario, Drip(scenario.data))


# ---- poll by poll, over a network of our own


class FakeStream:
    """A connection that plays what a peer does: bytes it sends, an end (b""), a failure."""

    def __init__(self, *events: bytes | NetworkError, room: int = 1 << 30) -> None:
        self.events = list(events)
        self.room = room
        self.sent = b""
        self.closed = False
        self.calls = 0
        self.views: list[int] = []

    peekable = True
    truncated = False
    tls: TlsInfo | None = None
    peer_address = "192.0.2.1:80"

    def flowed(self) -> bool:
        return False

    def quiet(self) -> bool:
        return self.peek() is Readiness.QUIET

    def peek(self) -> Readiness:
        self.calls += 1
        if not self.events:
            return Readiness.QUIET
        return Readiness.DATA if self.events[0] else Readiness.ENDED

    def read_into(self, buffer: memoryview) -> int:
        self.calls += 1
        self.views.append(len(buffer))
        if not self.events:
            return WOULD_BLOCK
        event = self.events.pop(0)
        if isinstance(event, NetworkError):
            raise event
        size = min(len(event), len(buffer))
        buffer[:size] = event[:size]
        if event[size:]:
            self.events.insert(0, event[size:])
        return size

    def write(self, buffers: Sequence[bytes | memoryview]) -> int:
        self.calls += 1
        data = b"".join(buffers)[: self.room]
        self.sent += data
        self.room -= len(data)
        return len(data)

    def wait(self, *, write: bool, timeout: float) -> bool:
        return bool(self.events) or (write and self.room > 0)

    def available(self) -> int:
        return 0

    def fileno(self) -> int:
        return -1

    def close(self) -> None:
        self.closed = True


class FakeNetwork:
    """A network that answers look-ups and connections when told to."""

    def __init__(self, stream: FakeStream) -> None:
        self.stream = stream
        self.addresses: list[Address] | None = None
        self.up = False
        self.failure = ""
        self.asked: list[object] = []

    def literal(self, host: str) -> Address | None:
        return Address(2, (host, 0)) if host[0].isdigit() else None

    def look_up(self, host: str) -> "FakeLookup":
        self.asked.append(host)
        return FakeLookup(self)

    def connect(self, addresses: Sequence[Address], port: int, lookup: object = None) -> "FakePending":
        self.asked.append(([address.sockaddr[0] for address in addresses], port))
        return FakePending(self)


class FakeLookup:
    host = "example.org"
    complete = True

    def __init__(self, network: FakeNetwork) -> None:
        self.network = network

    def poll(self) -> list[Address] | None:
        if self.network.failure:
            raise NetworkError(self.network.failure)
        return self.network.addresses

    def wait(self, timeout: float) -> None:
        self.network.addresses = [Address(2, ("192.0.2.1", 0))]


class FakePending:
    def __init__(self, network: FakeNetwork) -> None:
        self.network = network

    def poll(self) -> FakeStream | None:
        if self.network.failure:
            raise NetworkError(self.network.failure)
        return self.network.stream if self.network.up else None

    def wait(self, timeout: float) -> None:
        self.network.up = True

    def close(self) -> None:
        self.network.asked.append("given up")


def fake(*events: bytes | NetworkError, room: int = 1 << 30) -> tuple[HTTPClient, FakeStream]:
    """A connected client, and the stream under it, which then plays the events."""
    stream = FakeStream(room=room)
    network = FakeNetwork(stream)
    network.up = True
    client = HTTPClient(network)
    client.connect_to_host("192.0.2.1")
    client.poll()
    client.poll()  # finds it quiet

    def answer(buffers: Sequence[bytes | memoryview]) -> int:
        stream.events += events
        stream.write = plain  # type: ignore[method-assign]
        return plain(buffers)

    plain = stream.write
    stream.write = answer  # type: ignore[method-assign]
    return client, stream


class PacedStream(FakeStream):
    """A connection whose peer sends each event so many seconds after the one before; to wait moves the clock.

    The first event counts from the request, as a peer's that answers.
    """

    def __init__(self, clock: Clock, *events: tuple[float, bytes]) -> None:
        super().__init__()
        self._clock = clock
        self._later = list(events)
        self._next = float("inf")
        self.writes: list[tuple[float, bytes]] = []
        """When the client wrote what."""

    def _arrive(self) -> None:
        while self._later and self._clock.now >= self._next:
            self.events.append(self._later.pop(0)[1])
            self._next += self._later[0][0] if self._later else 0.0

    def peek(self) -> Readiness:
        self._arrive()
        return super().peek()

    def read_into(self, buffer: memoryview) -> int:
        self._arrive()
        return super().read_into(buffer)

    def write(self, buffers: Sequence[bytes | memoryview]) -> int:
        if self._later and not self.sent:
            self._next = self._clock.now + self._later[0][0]
        before = len(self.sent)
        size = super().write(buffers)
        self.writes.append((self._clock.now, self.sent[before:]))
        return size

    def wait(self, *, write: bool, timeout: float) -> bool:
        self._arrive()
        if not super().wait(write=write, timeout=timeout):
            until = self._next if self._later else float("inf")
            self._clock.now = max(self._clock.now, min(until, self._clock.now + timeout))
            self._arrive()
        return super().wait(write=write, timeout=timeout)


def attached(stream: FakeStream, clock: Clock) -> HTTPClient:
    """A client of a clock that is connected by a stream."""
    network = FakeNetwork(stream)
    network.up = True
    client = HTTPClient(network, clock=clock, timeouts=STATED)
    client.connect_to_host("192.0.2.1")
    client.poll()
    client.poll()  # finds it quiet
    return client


def is_spent(client: HTTPClient) -> bool:
    """Tells whether the connection has served its last response: CONNECTED ends with the next poll then."""
    assert client.get_status() is Status.STATUS_CONNECTED
    client.poll()
    return client.get_status() is Status.STATUS_DISCONNECTED


def statuses(client: HTTPClient, *steps: Callable[[], object]) -> list[str]:
    """The status after each step, without its prefix."""
    seen = []
    for step in steps:
        step()
        seen.append(client.get_status().name[7:])
    return seen


class TestOrderOfStates:
    def test_a_name(self) -> None:
        stream = FakeStream()
        network = FakeNetwork(stream)
        client = HTTPClient(network)
        assert (client.get_status(), client.poll()) == (Status.STATUS_DISCONNECTED, Error.ERR_UNCONFIGURED)
        assert client.connect_to_host("example.org", 8080) is Error.OK
        assert statuses(client, client.poll, client.poll) == ["RESOLVING", "RESOLVING"]
        network.addresses = [Address(2, ("192.0.2.1", 0)), Address(2, ("192.0.2.2", 0))]
        assert statuses(client, client.poll, client.poll) == ["CONNECTING", "CONNECTING"]
        network.up = True
        assert statuses(client, client.poll, client.poll) == ["CONNECTED", "CONNECTED"]
        assert network.asked == ["example.org", (["192.0.2.1", "192.0.2.2"], 8080)]
        client.request(GET, "/", [])
        assert statuses(client, client.poll, client.poll) == ["REQUESTING", "REQUESTING"]
        stream.events.append(HELLO)
        assert statuses(client, client.poll, client.poll) == ["BODY", "BODY"]
        assert client.read_response_body_chunk() == b"hello"
        assert statuses(client, client.poll) == ["CONNECTED"]

    def test_an_address(self) -> None:
        client = HTTPClient(FakeNetwork(FakeStream()))
        assert (
            statuses(client, lambda: client.connect_to_host("192.0.2.1"), client.poll) == ["CONNECTING"] * 2
        )

    def test_no_such_name(self) -> None:
        network = FakeNetwork(FakeStream())
        client = HTTPClient(network)
        client.connect_to_host("example.org")
        network.failure = "cannot resolve it"
        assert [client.poll(), client.poll()] == [Error.ERR_CANT_RESOLVE] * 2
        assert (client.get_status(), client.get_error_reason()) == (
            Status.STATUS_CANT_RESOLVE,
            "cannot resolve it",
        )

    def test_no_connection(self) -> None:
        network = FakeNetwork(FakeStream())
        client = HTTPClient(network)
        client.connect_to_host("192.0.2.1")
        network.failure = "refused"
        assert [client.poll(), client.poll()] == [Error.ERR_CANT_CONNECT] * 2
        assert (client.get_status(), client.get_error_reason()) == (Status.STATUS_CANT_CONNECT, "refused")

    def test_the_poll_that_sends_does_not_read(self) -> None:
        """Scripts wait to see REQUESTING; the engine's client shows it for a poll, blocking or not."""
        for blocking in (False, True):
            client, _ = fake(HELLO)
            client.set_blocking_mode(blocking)
            client.request(GET, "/", [])
            assert statuses(client, client.poll, client.poll) == ["REQUESTING", "BODY"]

    def test_an_empty_body_takes_one_empty_read(self) -> None:
        client, _ = fake(OK + b"Content-Length: 0\r\n\r\n")
        client.request(GET, "/", [])
        assert statuses(client, client.poll, client.poll, client.poll) == ["REQUESTING", "BODY", "BODY"]
        assert client.read_response_body_chunk() == b""
        assert client.get_status() is Status.STATUS_CONNECTED

    def test_wrong_states(self) -> None:
        client, _ = fake(HELLO)
        for read_it in (
            client.read_response_body_chunk,
            lambda: client.read_body_into(memoryview(bytearray(1))),
        ):
            with pytest.raises(
                LocalError, match="needs STATUS_BODY; the status is STATUS_CONNECTED"
            ) as caught:
                read_it()
        client.request(GET, "/", [])
        for _ in range(2):
            with pytest.raises(LocalError, match=r"request\(\) needs STATUS_CONNECTED") as caught:
                client.request(GET, "/", [])
            assert caught.value.code is Error.ERR_INVALID_PARAMETER
            client.poll()
        assert read(client) == b"hello"

    def test_a_refused_request_changes_nothing(self) -> None:
        client, stream = fake(HELLO)
        for method, url, headers, body in (
            (9, "/", [], ""),
            (GET, "x", [], ""),
            (GET, "/", ["bad"], ""),
            (POST, "/", [], "\ud800"),
        ):
            with pytest.raises(LocalError):
                client.request(method, url, headers, body)
            assert (client.get_status(), client.poll()) == (Status.STATUS_CONNECTED, Error.OK)
        assert stream.sent == b""
        assert get(client) == b"hello"


class TestCost:
    def test_an_idle_poll_is_one_call(self) -> None:
        client, stream = fake()
        stream.calls = 0
        client.poll()
        assert stream.calls == 1
        client.request(GET, "/", [])
        client.poll()
        stream.calls = 0
        client.poll()
        assert stream.calls == 1

    def test_the_body_goes_straight_to_the_reader(self) -> None:
        client, stream = fake(OK + b"Content-Length: 100000\r\n\r\n", b"x" * 100_000)
        client.request(GET, "/", [])
        poll(client)
        stream.views.clear()
        view = memoryview(bytearray(70_000))
        assert client.body_limit() == Limits().read_size
        assert [client.read_body_into(view), client.read_body_into(view)] == [70_000, 30_000]
        assert stream.views == [70_000, 30_000]
        assert client.get_status() is Status.STATUS_CONNECTED

    def test_the_readers_memory_is_asked_for_as_little_as_can_come(self) -> None:
        client, _ = fake(HELLO)
        client.request(GET, "/", [])
        poll(client)
        assert client.body_limit() == 5
        client, _ = fake(CHUNKED)
        client.request(GET, "/", [])
        poll(client)
        assert client.body_limit() == Limits().read_size

    def test_chunks_are_gathered(self) -> None:
        """R8."""
        client, _ = fake(CHUNKED, b"4\r\nabcd\r\n" * 1000, b"4\r\nabcd\r\n0\r\n\r\n")
        client.request(GET, "/", [])
        poll(client)
        client.read_chunk_size = 256
        sizes = [len(client.read_response_body_chunk()) for _ in range(16)]
        assert sizes == [256] * 15 + [164]  # the last one across two arrivals
        assert client.get_status() is Status.STATUS_CONNECTED


class TestSending:
    def test_a_partial_write_goes_on_where_it_stopped(self) -> None:
        client, stream = fake(room=10)
        body = bytes(range(256)) * 10
        client.request_raw(POST, "/", [], body)
        for _ in range(2000):
            client.poll()
            stream.room = 2
        assert stream.sent.endswith(b"\r\n\r\n" + body)
        assert stream.sent.count(b"POST / HTTP/1.1\r\n") == 1
        stream.events.append(HELLO)
        assert (poll(client), read(client)) == (Error.OK, b"hello")
        assert client.get_status() is Status.STATUS_CONNECTED

    def test_the_body_is_not_copied(self) -> None:
        """R26."""
        taken: list[object] = []
        client, stream = fake()
        stream.write = lambda buffers: taken.extend(buffers) or 0  # type: ignore[method-assign,func-returns-value]
        body = bytearray(b"body")
        client.request_raw(POST, "/", [], body)
        client.poll()
        assert isinstance(taken[1], memoryview)
        assert taken[1].obj is body

    @pytest.mark.parametrize(
        "body", [b"abc", bytearray(b"abc"), memoryview(b"abc"), memoryview(b"xaxbxc")[1::2]]
    )
    def test_any_bytes(self, body: bytes | bytearray | memoryview) -> None:
        client, stream = fake()
        if isinstance(body, memoryview) and not body.contiguous:
            with pytest.raises(TypeError):
                client.request_raw(POST, "/", [], body)
            assert client.get_status() is Status.STATUS_CONNECTED
        else:
            client.request_raw(POST, "/", [], body)
            client.poll()
            assert stream.sent.endswith(b"\r\n\r\nabc")

    def test_get_and_its_body(self) -> None:
        """R28."""
        client, stream = fake(HELLO)
        client.request(GET, "/", [], "body")
        assert client.warning == "request() ignores the body of a GET request; request_raw() sends it"
        poll(client)
        read(client)
        assert b"Content-Length" not in stream.sent
        client.request_raw(GET, "/", [], b"body")
        assert client.warning == ""
        client.poll()
        assert stream.sent.endswith(
            b"Content-Length: 4\r\nUser-Agent: " + client.user_agent.encode() + b"\r\nAccept: */*\r\n\r\nbody"
        )

    @pytest.mark.parametrize(
        ("body", "coded"), [("", b"0\r\n\r\n"), ("bödy", b"5\r\nb\xc3\xb6dy\r\n0\r\n\r\n")]
    )
    def test_chunked(self, body: str, coded: bytes) -> None:
        """R20."""
        client, stream = fake()
        client.request(POST, "/", ["Transfer-Encoding: chunked"], body)
        client.poll()
        assert stream.sent.endswith(b"\r\n\r\n" + coded)
        assert b"Content-Length" not in stream.sent

    def test_an_early_answer_is_taken(self) -> None:
        """R15."""
        client, stream = fake(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig", room=1000)
        client.request_raw(POST, "/", [], bytes(100_000))
        assert poll(client) is Error.OK
        assert (client.get_response_code(), read(client)) == (413, b"big")
        assert is_spent(client)
        assert (stream.closed, len(stream.sent)) == (True, 1000)

    def test_an_interim_answer_does_not_stop_the_sending(self) -> None:
        client, stream = fake(b"HTTP/1.1 100 Continue\r\n\r\n", room=1000)
        client.request_raw(POST, "/", [], bytes(2000))
        client.poll()
        stream.room = 10_000
        client.poll()
        assert stream.sent.endswith(bytes(2000))

    def test_an_answer_outlives_a_broken_upload(self) -> None:
        """The server answers, closes, and resets what we still send."""
        client, stream = fake()
        client.request_raw(POST, "/", [], b"body")
        stream.write = broken  # type: ignore[method-assign,assignment]
        assert client.poll() is Error.ERR_CONNECTION_ERROR
        assert client.get_error_reason() == "cannot send: Broken pipe, before it answered"

        client, stream = fake()
        client.request_raw(POST, "/", [], b"body")

        def answer_and_break(_: Sequence[bytes | memoryview]) -> int:
            stream.events.append(b"HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n")
            raise NetworkError("cannot send: Broken pipe")

        stream.write = answer_and_break  # type: ignore[method-assign,assignment]
        assert client.poll() is Error.OK
        assert client.get_response_code() == 400
        assert read(client) == b""
        assert is_spent(client)


def broken(_: Sequence[bytes | memoryview]) -> int:
    raise NetworkError("cannot send: Broken pipe")


class TestConnection:
    def test_it_is_used_again(self, server: Server) -> None:
        client = connect(server.port)
        for _ in range(3):
            assert get(client, "/hello") == b"hello, world\n"
            assert client.get_status() is Status.STATUS_CONNECTED
        client.close()

    @pytest.mark.parametrize(
        ("events", "reason"),
        [
            ([b""], "the server closed the connection between requests"),
            ([b"HTTP/1.1 408 Timeout\r\n\r\n"], "the server sent data that no request had asked for"),
        ],
    )
    def test_an_idle_connection_that_ends(self, events: list[bytes | NetworkError], reason: str) -> None:
        """R14."""
        client, stream = fake()
        stream.events = events
        assert [client.poll(), client.poll()] == [Error.ERR_CONNECTION_ERROR] * 2
        assert (client.get_error_reason(), stream.closed) == (reason, True)

    @pytest.mark.parametrize("event", [b"", b"HTTP/1.1 408 Timeout\r\n\r\n"])
    def test_a_stale_connection_takes_no_request(self, event: bytes) -> None:
        """R14: nothing of it is sent, so that it may safely be sent again."""
        client, stream = fake()
        stream.events = [event]
        client.request(POST, "/", [], "body")
        assert client.poll() is Error.ERR_CONNECTION_ERROR
        assert stream.sent == b""
        assert "before this request" in client.get_error_reason()

    def test_data_after_101_is_not_http(self) -> None:
        client, stream = fake(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")
        client.request(GET, "/", [])
        poll(client)
        stream.events = [b"raw"]
        assert (client.poll(), client.get_status()) == (Error.OK, Status.STATUS_CONNECTED)

    def test_a_connection_lost_in_the_body(self) -> None:
        client, stream = fake(OK + b"Content-Length: 9\r\n\r\nhalf")
        client.request(GET, "/", [])
        poll(client)
        stream.events = [b""]
        assert client.poll() is Error.OK  # "half" waits to be read
        assert client.read_response_body_chunk() == b"half"
        assert client.get_status() is Status.STATUS_CONNECTION_ERROR
        assert client.get_error_reason().endswith("in the middle of the body: 5 of 9 bytes are missing")

    def test_a_connection_lost_after_the_body_was_read_so_far(self) -> None:
        client, stream = fake(OK + b"Content-Length: 9\r\n\r\nhalf")
        client.request(GET, "/", [])
        poll(client)
        assert client.read_response_body_chunk() == b"half"
        stream.events = [b""]
        assert client.poll() is Error.ERR_CONNECTION_ERROR
        assert client.get_response_code() == 200

    @pytest.mark.parametrize("where", [OK, OK + b"Content-Length: 9\r\n\r\n", CHUNKED, OK + b"\r\n"])
    def test_a_read_that_fails(self, where: bytes) -> None:
        client, _ = fake(where, NetworkError("cannot receive: Connection reset by peer"))
        client.request(GET, "/", [])
        poll(client)
        assert read(client) == b""
        assert client.get_status() is Status.STATUS_CONNECTION_ERROR
        assert client.get_error_reason().startswith(
            "cannot receive: Connection reset by peer, in the middle of"
        )

    def test_the_end_of_a_body_belongs_to_the_read(self) -> None:
        """R5: polling alone does not end it, so that a loop over poll() and read meets no surprise."""
        client, stream = fake(OK + b"\r\nhello")
        client.request(GET, "/", [])
        poll(client)
        assert client.read_response_body_chunk() == b"hello"
        stream.events = [b""]
        assert statuses(client, client.poll, client.poll) == ["BODY", "BODY"]
        assert client.read_response_body_chunk() == b""
        assert client.get_status() is Status.STATUS_DISCONNECTED
        assert client.poll() is Error.ERR_UNCONFIGURED
        assert client.get_error_reason() == ""

    def test_close_resets_all(self) -> None:
        """R16."""
        client, stream = fake(CHUNKED + b"ff\r\nhalf")
        client.request(GET, "/", [])
        client.poll()
        client.close()
        assert stream.closed
        assert client.get_status() is Status.STATUS_DISCONNECTED
        assert (client.has_response(), client.get_response_code()) == (False, 0)
        assert (client.is_response_chunked(), client.get_response_body_length()) == (False, -1)
        assert client.get_response_headers() == []

    def test_connecting_closes_first(self, server: Server) -> None:
        client, stream = fake(HELLO)
        client.request(GET, "/", [])
        client.connect_to_host("192.0.2.2")
        assert (stream.closed, client.get_status()) == (True, Status.STATUS_CONNECTING)
        client.close()

    def test_close_while_connecting(self) -> None:
        network = FakeNetwork(FakeStream())
        client = HTTPClient(network)
        client.connect_to_host("192.0.2.1")
        client.close()
        assert network.asked[-1] == "given up"
        client.connect_to_host("example.org")
        client.close()
        assert client.poll() is Error.ERR_UNCONFIGURED

    @pytest.mark.parametrize("steps", range(7))
    def test_close_at_any_moment(self, server: Server, steps: int) -> None:
        client = HTTPClient()
        doing: list[Callable[[], object]] = [
            lambda: client.connect_to_host("localhost", server.port),
            client.poll,
            lambda: poll(client),
            lambda: client.request(GET, "/chunked/100000/1000", []),
            client.poll,
            lambda: poll(client),
            client.read_response_body_chunk,
        ]
        for step in doing[: steps + 1]:
            step()
        client.close()
        assert client.get_status() is Status.STATUS_DISCONNECTED
        client.connect_to_host("127.0.0.1", server.port)
        poll(client)
        assert get(client, "/hello") == b"hello, world\n"
        client.close()

    @pytest.mark.parametrize(
        "host", ["localhost", "127.0.0.1", "http://127.0.0.1", "::1", "[::1]", "http://localhost"]
    )
    def test_hosts(self, host: str) -> None:
        """R21."""
        listen = "::1" if ":1" in host[-4:] else "127.0.0.1"
        with ScriptedServer([ReadRequest(), HELLO], host=listen) as server:
            for named in (
                ((host, server.port),)
                if host == "::1"
                else ((host, server.port), (f"{host}:{server.port}", -1))
            ):
                client = HTTPClient()
                client.connect_to_host(*named)
                poll(client)
                assert get(client) == b"hello"
                client.close()
            where = "[::1]" if listen == "::1" else host.removeprefix("http://")
            assert {one.split(b"\r\n")[1] for one in server.received} == {
                f"Host: {where}:{server.port}".encode()
            }

    def test_nobody_listens(self, server: Server) -> None:
        with ScriptedServer() as closed:
            pass
        client = HTTPClient()
        client.connect_to_host("127.0.0.1", closed.port)
        assert poll(client) is Error.ERR_CANT_CONNECT
        assert "Connection refused" in client.get_error_reason()
        client.connect_to_host("127.0.0.1", server.port)
        assert (poll(client), client.get_error_reason()) == (Error.OK, "")
        client.close()

    def test_no_thread_to_look_up_with(self) -> None:
        network = FakeNetwork(FakeStream())

        def fail(host: str) -> FakeLookup:
            raise NetworkError(f"no thread for {host}")

        network.look_up = fail  # type: ignore[method-assign]
        client = HTTPClient(network)
        assert client.connect_to_host("example.org") is Error.ERR_CANT_RESOLVE
        assert client.get_error_reason() == "no thread for example.org"

    def test_http_proxy(self, server: Server) -> None:
        client = HTTPClient()
        client.set_http_proxy("127.0.0.1", server.port)
        client.set_https_proxy("192.0.2.1", 1)  # has no say in plain requests
        client.connect_to_host("no.such.host.example", 81)
        poll(client)
        assert client.get_status() is Status.STATUS_CONNECTED
        client.request(GET, "/a", [])
        poll(client)
        assert client.get_response_code() == 404  # the server takes it for a path
        client.set_http_proxy("", 8080)
        client.connect_to_host("127.0.0.1", server.port)
        poll(client)
        assert get(client, "/request").startswith(b"GET /request HTTP/1.1")
        client.close()

    def test_a_unix_domain_socket_has_no_proxy(self) -> None:
        network = FakeNetwork(FakeStream())
        client = HTTPClient(network)
        client.set_http_proxy("192.0.2.9", 3128)
        client.connect_to_host("unix:/run/x.sock")
        assert network.asked == ["unix:/run/x.sock"]

    def test_a_proxy_that_can_be_none_is_not_passed_by(self) -> None:
        network = FakeNetwork(FakeStream())
        client = HTTPClient(network)
        with pytest.raises(LocalError, match="this is no proxy"):
            client.set_http_proxy("socks4://192.0.2.9", 1080)
        for _ in range(2):
            with pytest.raises(LocalError, match="this is no proxy"):
                client.connect_to_host("192.0.2.1")
            assert (network.asked, client.get_status()) == ([], Status.STATUS_DISCONNECTED)
        client.set_http_proxy("", -1)
        client.connect_to_host("192.0.2.1")
        assert network.asked == [(["192.0.2.1"], 80)]

    def test_http_proxy_with_a_user(self) -> None:
        """R30."""
        with ScriptedServer([ReadRequest(), HELLO]) as proxy:
            client = HTTPClient()
            client.set_http_proxy("user:p%40ss@127.0.0.1", proxy.port)
            client.connect_to_host("no.such.host.example")
            poll(client)
            assert get(client) == b"hello"
            client.close()
        assert proxy.received[0].startswith(b"GET http://no.such.host.example/ HTTP/1.1\r\n")
        assert b"\r\nProxy-Authorization: Basic dXNlcjpwQHNz\r\n" in proxy.received[0]


class TestResponse:
    def test_headers_are_handed_out_once(self) -> None:
        client, _ = fake(OK + b"A: b\r\nContent-Length: 0\r\n\r\n")
        assert not client.has_response()
        client.request(GET, "/", [])
        poll(client)
        assert client.has_response()
        assert client.get_response_headers() == ["A: b", "Content-Length: 0"]
        assert not client.has_response()
        assert (client.get_response_headers(), client.get_response_headers_as_dictionary()) == ([], {})
        assert client.get_response_code() == 200

    def test_dictionary(self) -> None:
        """R13."""
        block = b"Set-Cookie: a=1\r\nX:  y:z \r\nset-cookie: b=2\r\nContent-Length: 0\r\nE:\r\n\r\n"
        client, _ = fake(OK + block)
        client.request(GET, "/", [])
        poll(client)
        expected = {"Set-Cookie": "a=1; b=2", "X": "y:z", "Content-Length": "0", "E": ""}
        assert client.get_response_headers_as_dictionary() == expected
        assert not client.has_response()

    def test_the_next_request_forgets_it(self) -> None:
        client, _ = fake(HELLO)
        get(client)
        assert (client.has_response(), client.get_response_code()) == (True, 200)
        client.request(GET, "/", [])
        assert (client.has_response(), client.get_response_code()) == (False, 0)

    def test_over_four_gibibytes(self) -> None:
        """R31."""
        client, _ = fake(OK + b"Content-Length: 9223372036854775807\r\n\r\nx")
        client.request(GET, "/", [])
        poll(client)
        assert client.get_response_body_length() == 2**63 - 1
        assert client.read_response_body_chunk() == b"x"

    @pytest.mark.parametrize("url", ["/bytes/1000000", "/chunked/1000000/777", "/close/1000000"])
    @pytest.mark.parametrize("chunk", [256, 65536, 1 << 20])
    @pytest.mark.parametrize("blocking", [False, True])
    def test_large_bodies(self, server: Server, url: str, chunk: int, blocking: bool) -> None:
        client = connect(server.port)
        client.set_blocking_mode(blocking)
        client.set_read_chunk_size(chunk)
        client.request(GET, url, [])
        poll(client)
        assert client.is_response_chunked() is url.startswith("/chunked")
        pieces = []
        while client.get_status() is Status.STATUS_BODY:
            pieces.append(client.read_response_body_chunk())
        assert max(map(len, pieces)) <= chunk
        expected = itertools.chain.from_iterable(_expected(url))
        assert b"".join(pieces) == bytes(expected)
        client.close()

    @given(cuts=st.lists(st.integers(0, 400), max_size=8), size=st.integers(1, 50))
    @settings(max_examples=50)
    def test_any_split_read_by_any_size(self, cuts: list[int], size: int) -> None:
        data = (
            CHUNKED
            + b"".join(b"%x;e=f\r\n%b\r\n" % (n, b"x" * n) for n in range(1, 16))
            + b"0\r\nT: u\r\n\r\n"
        )
        edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
        pieces = [data[a:b] for a, b in itertools.pairwise(edges) if a < b]
        client, _ = fake(*pieces)
        client.request(GET, "/", [])
        poll(client)
        view = memoryview(bytearray(size))
        body = 0
        while client.get_status() is Status.STATUS_BODY:
            body += client.read_body_into(view)
        assert body == sum(range(1, 16))
        assert client.get_status() is Status.STATUS_CONNECTED

    def test_upload(self, server: Server) -> None:
        client = connect(server.port)
        body = b"".join(pattern(5_000_000))
        for headers in ([], ["Transfer-Encoding: chunked"]):
            client.request_raw(POST, "/digest", headers, body)
            poll(client)
            assert read(client) == hashlib.sha256(body).hexdigest().encode()
        client.close()


def _expected(url: str) -> Iterator[bytes]:
    """What the server's paths give: /chunked repeats the begin of the pattern."""
    if not url.startswith("/chunked"):
        yield from pattern(1_000_000)
    else:
        yield (b"".join(pattern(777)) * 1288)[:1_000_000]


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


class Clocked:
    """A client whose clock is set by hand, over a network of our own."""

    def __init__(self) -> None:
        self.stream = FakeStream()
        self.network = FakeNetwork(self.stream)
        self.clock = Clock()
        self.client = HTTPClient(self.network, clock=self.clock, timeouts=STATED)

    def at(self, seconds: float, *events: bytes | NetworkError) -> Error:
        """Polls at a time, counted from the beginning; what comes from the server has come by then."""
        self.clock.now = 100.0 + seconds
        self.stream.events += events
        return self.client.poll()

    def read_at(self, seconds: float, *events: bytes | NetworkError) -> bytes:
        self.clock.now = 100.0 + seconds
        self.stream.events += events
        return self.client.read_response_body_chunk()

    def connected(self) -> None:
        self.network.up = True
        self.client.connect_to_host("192.0.2.1")
        self.client.poll()
        assert self.client.get_status() is Status.STATUS_CONNECTED

    def request(self, body: bytes = b"", *, sends: bool = True) -> None:
        """Begins a request, and has it sent at once unless told otherwise."""
        self.client.request_raw(POST if body else GET, "/", [], body)
        if sends:
            self.client.poll()


@pytest.fixture
def clocked() -> Clocked:
    return Clocked()


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


class TestMarks:
    """`get_timings()`, by a clock that is set by hand."""

    def test_each_and_their_order(self, clocked: Clocked) -> None:
        client, network, stream = clocked.client, clocked.network, clocked.stream
        client.connect_to_host("example.org")
        network.addresses = [Address(2, ("192.0.2.1", 0))]
        clocked.at(1.0)
        network.up = True
        clocked.at(3.0)
        clocked.clock.now = 106.0
        stream.room = 100
        clocked.request(b"x" * 1000, sends=False)
        clocked.at(7.0)
        assert client.get_timings() == {
            "name_lookup": 1.0,
            "connect": 3.0,
            "appconnect": 0.0,
            "pretransfer": 6.0,
            "posttransfer": 0.0,
            "first_byte": 0.0,
            "total": 7.0,
        }
        stream.room = 10_000
        clocked.at(8.0)
        clocked.at(10.0, b"HTTP/1.1 ")
        clocked.at(12.0, b"200 OK\r\nContent-Length: 5\r\n\r\nhe")
        clocked.read_at(14.0)
        clocked.read_at(15.0, b"llo")
        assert client.get_status() is Status.STATUS_CONNECTED
        clocked.at(99.0)
        assert list(client.get_timings().items()) == [
            ("name_lookup", 1.0),
            ("connect", 3.0),
            ("appconnect", 0.0),
            ("pretransfer", 6.0),
            ("posttransfer", 8.0),
            ("first_byte", 10.0),
            ("total", 15.0),
        ]

    def test_the_second_request_counts_from_itself(self, clocked: Clocked) -> None:
        clocked.connected()
        clocked.clock.now = 101.0
        clocked.request()
        clocked.at(2.0)
        clocked.at(3.0, HELLO)
        clocked.read_at(4.0)
        assert clocked.client.get_timings()["total"] == 4.0
        clocked.clock.now = 120.0
        clocked.request(sends=False)
        nothing = dict.fromkeys(clocked.client.get_timings(), 0.0)
        assert clocked.client.get_timings() == nothing
        clocked.at(21.0)
        assert clocked.client.get_timings() == nothing | {"posttransfer": 1.0, "total": 1.0}
        clocked.at(23.0, HELLO)
        clocked.read_at(26.0)
        clocked.at(30.0)
        told = nothing | {"posttransfer": 1.0, "first_byte": 3.0, "total": 6.0}
        assert clocked.client.get_timings() == told

    def test_an_interim_answer_has_the_first_byte(self, clocked: Clocked) -> None:
        clocked.connected()
        clocked.request()
        clocked.at(2.0, b"HTTP/1.1 102 Processing\r\n\r\n")
        clocked.at(5.0, HELLO)
        assert clocked.client.get_timings()["first_byte"] == 2.0

    @pytest.mark.parametrize("waits", [False, True])
    def test_a_streamed_body_is_sent_when_it_is_ended(self, clocked: Clocked, waits: bool) -> None:
        clocked.connected()
        clocked.client.request_stream(POST, "/", [])
        clocked.client.send_body_chunk(b"x")
        clocked.at(1.0)
        assert clocked.client.get_timings()["posttransfer"] == 0.0
        clocked.clock.now = 102.0
        clocked.client.end_body()
        clocked.at(3.0)
        assert clocked.client.get_timings()["posttransfer"] == 3.0
        clocked.at(4.0, OK + b"Content-Length: 0\r\n\r\n")
        clocked.read_at(4.0)
        assert clocked.client.get_status() is Status.STATUS_CONNECTED  # it knows that all was sent
        clocked.client.request_stream(POST, "/", [], 1)
        clocked.client.send_body_chunk(b"x")
        if waits:
            clocked.client.end_body()
        clocked.at(5.0)
        assert clocked.client.get_timings()["posttransfer"] == 1.0

    def test_a_streamed_body_of_nothing_is_sent_when_it_is_ended(self, clocked: Clocked) -> None:
        clocked.connected()
        clocked.client.request_stream(POST, "/", [], 0)
        clocked.at(1.0)
        clocked.clock.now = 102.0
        clocked.client.end_body()
        clocked.at(3.0, OK + b"Content-Length: 0\r\n\r\n")
        clocked.read_at(3.0)
        assert clocked.client.get_timings()["posttransfer"] == 2.0
        assert clocked.client.get_status() is Status.STATUS_CONNECTED

    def test_a_failure_ends_the_time(self, clocked: Clocked) -> None:
        clocked.connected()
        clocked.request()
        clocked.at(2.0, b"SSH-2.0\r\n")
        clocked.at(9.0)
        assert (clocked.client.get_timings()["first_byte"], clocked.client.get_timings()["total"]) == (
            2.0,
            2.0,
        )

    def test_a_new_connection_forgets(self, clocked: Clocked) -> None:
        clocked.connected()
        clocked.request()
        clocked.at(2.0, HELLO)
        clocked.clock.now = 150.0
        clocked.client.connect_to_host("192.0.2.1")
        clocked.at(53.0)
        told = clocked.client.get_timings()
        assert (told["connect"], told["first_byte"], told["total"]) == (3.0, 0.0, 3.0)
        clocked.client.close()
        assert set(clocked.client.get_timings().values()) == {0.0}


class TestRefusedUploads:
    """A code of 400 or above ends the upload; one below may come from a server that reads on."""

    @pytest.mark.parametrize(("code", "goes_on"), [(399, True), (400, False), (500, False)])
    def test_by_code(self, code: int, goes_on: bool) -> None:
        client, stream = fake(b"HTTP/1.1 %d X\r\nContent-Length: 2\r\n\r\n" % code, room=1000)
        client.request_raw(POST, "/", [], bytes(5000))
        poll(client)
        stream.room = 10_000
        client.poll()
        assert (client.get_request_body_sent() == 5000) is goes_on
        assert (len(stream.sent) == 1000) is not goes_on
        stream.events.append(b"no")
        assert read(client) == b"no"
        assert is_spent(client) is not goes_on

    def test_400_to_a_streamed_one(self) -> None:
        client, stream = fake(b"HTTP/1.1 400 X\r\nContent-Length: 0\r\n\r\n")
        client.request_stream(POST, "/", [])
        poll(client)
        sent = stream.sent
        assert client.send_body_chunk(b"x") is Error.ERR_UNAVAILABLE
        assert (read(client), client.get_response_code()) == (b"", 400)
        assert stream.sent == sent
        assert is_spent(client)


class TestAttachedBehindAProxy:
    """What the proxy was told is not for a connection of the script's own."""

    def test_the_wire(self) -> None:
        network = FakeNetwork(FakeStream())
        network.up = True
        client = HTTPClient(network, user_agent="UA/1")
        client.set_http_proxy("user:secret@192.0.2.9", 3128)
        client.connect_to_host("example.org", 8080)
        client.poll()
        client.request(GET, "/a", [])
        client.poll()
        assert network.asked == [(["192.0.2.9"], 3128)]
        rest = b"User-Agent: UA/1\r\nAccept: */*\r\n"
        assert network.stream.sent == (
            b"GET http://example.org:8080/a HTTP/1.1\r\nHost: example.org:8080\r\n"
            + rest
            + b"Proxy-Authorization: Basic dXNlcjpzZWNyZXQ=\r\n\r\n"
        )
        own = FakeStream()
        client.attach(own)
        client.request(GET, "/a", [])
        client.poll()
        assert own.sent == b"GET /a HTTP/1.1\r\nHost: example.org:8080\r\n" + rest + b"\r\n"
        own.events.append(HELLO)
        assert (poll(client), read(client)) == (Error.OK, b"hello")
        client.attach(other := FakeStream(), "other.example")
        client.request(GET, "http://third.example/", [])
        client.poll()
        assert other.sent == b"GET http://third.example/ HTTP/1.1\r\nHost: third.example\r\n" + rest + b"\r\n"

    def test_the_proxy_that_is_attached_to_again_stays_one(self) -> None:
        network = FakeNetwork(FakeStream())
        network.up = True
        client = HTTPClient(network)
        client.set_http_proxy("192.0.2.9", 3128)
        client.connect_to_host("example.org")
        client.poll()
        client.attach(network.stream)
        client.request(GET, "/", [])
        client.poll()
        assert network.stream.sent.startswith(b"GET http://example.org/ HTTP/1.1\r\n")


class TestLimits:
    def test_header_block(self) -> None:
        client, _ = fake(OK + b"X: " + b"y" * 2000 + b"\r\n")
        client.max_header_size = 1024
        client.request(GET, "/", [])
        assert poll(client) is Error.ERR_CONNECTION_ERROR
        assert client.get_error_reason() == "the header block is over the limit of 1024 bytes"

    @pytest.mark.parametrize(
        ("answer", "body"),
        [
            (OK + b"Content-Length: 11\r\n\r\n", b""),
            (CHUNKED + b"6\r\nhello,\r\n5\r\n", b"hello,"),
            (OK + b"\r\nhello, you!", b""),
        ],
    )
    def test_body(self, answer: bytes, body: bytes) -> None:
        for limit, fits in ((10, False), (11, True)):
            client, _ = fake(answer)
            client.max_body_size = limit
            client.request(GET, "/", [])
            poll(client)
            if fits or body:
                whole = b"hello, you!" if b"hello, you!" in answer else body
                assert client.read_response_body_chunk() == (whole if fits else body)
            assert (client.get_status() is Status.STATUS_BODY) is fits
            assert ("over the limit of 10" in client.get_error_reason()) is not fits
            assert (client.get_error_reason() == "") is fits

    def test_body_until_close_byte_by_byte(self) -> None:
        for limit, fits in ((4, False), (5, True)):
            client, _ = fake(OK + b"\r\n", b"he", b"ll", b"o", b"")
            client.max_body_size = limit
            client.request(GET, "/", [])
            assert (poll(client), read(client)) == (Error.OK, b"hello"[:limit])
            assert (client.get_error_reason() == "") is fits


class TestDecoding:
    @pytest.mark.parametrize("blocking", [False, True])
    @pytest.mark.parametrize("framing", ["length", "chunked", "close"])
    @pytest.mark.parametrize("size", [0, 1, 300_000])
    def test_every_framing(self, framing: str, size: int, blocking: bool) -> None:
        body = b"".join(pattern(size))
        coded = gzip.compress(body)
        head = OK + b"Content-Encoding: gzip\r\n"
        data = {
            "length": head + b"Content-Length: %d\r\n\r\n" % len(coded) + coded,
            "chunked": head
            + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(coded)
            + coded
            + b"\r\n0\r\n\r\n",
            "close": head + b"\r\n" + coded,
        }[framing]
        with ScriptedServer([ReadRequest(), Drip(data, 777)]) as server:
            client = connect(server.port)
            client.decode_body = True
            client.set_blocking_mode(blocking)
            client.read_chunk_size = 1000
            client.request(GET, "/", [])
            poll(client)
            assert (client.get_response_body_length(), client.get_response_header("content-encoding")) == (
                -1,
                "gzip",
            )
            pieces = []
            while client.get_status() is Status.STATUS_BODY:
                client.poll()
                pieces.append(client.read_response_body_chunk())
            assert b"".join(pieces) == body
            assert max(map(len, pieces)) <= 1000
            assert client.get_error_reason() == ""
            assert b"\r\nAccept-Encoding: gzip, deflate" in server.received[0]
            client.close()

    def test_only_on_request(self) -> None:
        coded = gzip.compress(b"hello")
        client, stream = fake(
            OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(coded) + coded
        )
        assert not client.decode_body
        assert get(client) == coded
        assert b"Accept-Encoding" not in stream.sent

    def test_cut_short(self) -> None:
        for framing in (b"Content-Length: 22\r\n", b""):
            coded = gzip.compress(b"hello" * 10)[:22]
            client, _ = fake(OK + b"Content-Encoding: gzip\r\n" + framing + b"\r\n" + coded, b"")
            client.decode_body = True
            client.request(GET, "/", [])
            poll(client)
            assert read(client) == b"hello" * 10
            assert client.get_error_reason() == "the body's gzip coding is cut short"

    def test_decoded_bytes_count(self) -> None:
        coded = gzip.compress(bytes(1000))
        client, _ = fake(OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(coded) + coded)
        client.decode_body, client.max_body_size = True, 999
        client.request(GET, "/", [])
        poll(client)
        assert read(client) == bytes(999)
        assert client.get_error_reason() == "the body is over the limit of 999 bytes"

    @pytest.mark.parametrize("method", [HEAD, GET])
    def test_no_body_is_no_mistake(self, method: Method) -> None:
        client, _ = fake(OK + b"Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n")
        client.decode_body = True
        assert get(client, "/", method) == b""
        assert client.get_status() is Status.STATUS_CONNECTED


class TestStreamedUploads:
    def test_chunked(self, server: Server) -> None:
        client = connect(server.port)
        assert client.request_stream(POST, "/echo", []) is Error.OK
        assert (client.get_request_body_length(), client.get_request_body_sent()) == (-1, 0)
        for piece in (b"hel", b"", b"lo"):
            assert client.send_body_chunk(piece) is Error.OK
            client.poll()
        assert client.get_request_body_sent() == 5
        assert client.get_status() is Status.STATUS_REQUESTING
        assert client.end_body() is Error.OK
        poll(client)
        assert (read(client), client.get_request_body_length()) == (b"hello", 5)
        assert get(client, "/hello") == b"hello, world\n"  # over the same connection
        client.close()

    def test_of_a_told_length(self) -> None:
        client, stream = fake()
        client.request_stream(POST, "/", [], 5)
        client.send_body_chunk(b"hel")
        with pytest.raises(LocalError, match="told to be 5, and 3 bytes came"):
            client.end_body()
        with pytest.raises(LocalError, match="told to be 5, and 6 bytes are given"):
            client.send_body_chunk(b"lo!")
        assert client.get_error_reason() == "the body's length was told to be 5, and 6 bytes are given"
        client.send_body_chunk(b"lo")
        assert client.end_body() is Error.OK
        client.poll()
        assert stream.sent.endswith(b"\r\n\r\nhello")
        assert b"Content-Length: 5\r\n" in stream.sent
        stream.events.append(HELLO)
        assert (poll(client), read(client)) == (Error.OK, b"hello")
        assert client.get_status() is Status.STATUS_CONNECTED

    def test_a_backlog_has_an_end(self) -> None:
        client, stream = fake(room=0)
        client.request_stream(POST, "/", [])
        taken = 0
        while client.send_body_chunk(bytes(100_000)) is Error.OK:
            taken += 1
        assert taken == 11
        stream.room = 1 << 30
        client.poll()
        assert client.get_request_body_sent() == 1_100_000
        taken = 0
        while client.send_body_chunk(b"x") is Error.OK:  # nor are many small ones taken
            taken += 1
        assert taken < 256

    def test_out_of_place(self) -> None:
        client, _ = fake(HELLO)
        calls: list[Callable[[], Error]] = [lambda: client.send_body_chunk(b"x"), client.end_body]
        for call in calls:
            with pytest.raises(LocalError, match=r"needs request_stream\(\) before it; the status is STA"):
                call()
        client.request_stream(POST, "/", [])
        client.end_body()
        with pytest.raises(LocalError, match="needs request_stream"):
            client.send_body_chunk(b"x")

    def test_a_refusal_ends_it(self) -> None:
        client, _ = fake(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        client.request_stream(POST, "/", [])
        client.send_body_chunk(b"x")
        poll(client)
        assert [client.send_body_chunk(b"x"), client.end_body()] == [Error.ERR_UNAVAILABLE] * 2
        assert (read(client), client.get_response_code()) == (b"", 413)

    def test_an_early_answer_that_refuses_nothing(self) -> None:
        """It may answer while it reads, as an echo does: the rest is sent."""
        client, stream = fake(OK + b"Content-Length: 4\r\n\r\nab", room=1000)
        client.request_raw(POST, "/", [], bytes(10_000))
        poll(client)
        assert client.read_response_body_chunk() == b"ab"
        stream.room = 1 << 20
        client.poll()
        assert client.get_request_body_sent() == 10_000
        stream.events.append(b"cd")
        assert read(client) == b"cd"
        assert client.get_status() is Status.STATUS_CONNECTED

    def test_blocking_mode_waits_for_no_body_of_ones_own(self) -> None:
        client, stream = fake()
        stream.wait = lambda **_: pytest.fail("it waits")  # type: ignore[method-assign]
        client.set_blocking_mode(True)
        client.request_stream(POST, "/", [])
        assert client.poll() is Error.OK

    def test_progress(self) -> None:
        client, stream = fake(room=300)
        client.request_raw(POST, "/", ["Transfer-Encoding: chunked"], bytes(1000))
        client.poll()
        sent = client.get_request_body_sent()
        assert (0 < sent < 300, client.get_request_body_length()) == (True, 1000)
        stream.room = 100
        client.poll()
        assert client.get_request_body_sent() == sent + 100
        client.close()
        assert (client.get_request_body_sent(), client.get_request_body_length()) == (0, -1)

    def test_refused_with_a_reset(self) -> None:
        """413, close, and a RST for what still comes: the answer is read."""
        answer = b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig"
        read_it = threading.Event()
        script: list[Step] = [ReadRequest(body=False), answer, HalfClose(), Await(read_it.is_set), Reset()]
        with ScriptedServer(script) as server:
            client = connect(server.port)
            client.request_raw(POST, "/", [], bytes(50_000_000))
            assert poll(client) is Error.OK
            read_it.set()
            assert (client.get_response_code(), read(client)) == (413, b"big")
            assert client.get_request_body_sent() < 50_000_000
            assert is_spent(client)


class TestExpect:
    @pytest.mark.parametrize("blocking", [False, True])
    def test_the_body_waits(self, blocking: bool) -> None:
        with ScriptedServer(
            [
                ReadRequest(body=False),
                Pause(0.1),
                b"HTTP/1.1 100 Continue\r\n\r\n",
                Pause(0.1),
                HELLO,
                Pause(10),
            ]
        ) as server:
            client = connect(server.port)
            client.set_blocking_mode(blocking)
            client.request(POST, "/", ["Expect: 100-continue"], "body")
            client.poll()
            assert blocking or client.get_request_body_sent() == 0
            poll(client)
            assert read(client) == b"hello"
            assert client.get_request_body_sent() == 4
            assert client.get_status() is Status.STATUS_CONNECTED
            client.close()

    @pytest.mark.parametrize("blocking", [False, True])
    def test_but_not_for_ever(self, blocking: bool) -> None:
        """A second, as in curl."""
        clock = Clock()
        stream = PacedStream(clock, (2, HELLO))
        client = attached(stream, clock)
        client.set_blocking_mode(blocking)
        client.request(POST, "/", ["Expect: 100-continue"], "body")
        while client.get_status() is Status.STATUS_REQUESTING:
            client.poll()
            if not blocking:
                clock.advance(1 / 64)
        assert stream.writes == [(100, stream.sent[:-4]), (101, b"body")]
        assert read(client) == b"hello"

    @pytest.mark.parametrize("code", [200, 404])
    def test_a_final_answer_instead(self, code: int) -> None:
        """Whatever it says: who answers without having asked for the body does not want it."""
        client, stream = fake(b"HTTP/1.1 %d X\r\nContent-Length: 2\r\n\r\nhi" % code)
        client.request(POST, "/", ["Expect: 100-continue"], "body")
        poll(client)
        client.poll()
        assert read(client) == b"hi"
        assert stream.sent.endswith(b"\r\n\r\n")
        assert client.get_request_body_sent() == 0
        assert is_spent(client)

    @pytest.mark.parametrize("code", [200, 404])
    def test_a_final_answer_instead_to_a_streamed_one(self, code: int) -> None:
        client, _ = fake(b"HTTP/1.1 %d X\r\nContent-Length: 2\r\n\r\nhi" % code)
        client.request_stream(POST, "/", ["Expect: 100-continue"])
        client.send_body_chunk(b"x")
        poll(client)
        assert [client.send_body_chunk(b"y"), client.end_body()] == [Error.ERR_UNAVAILABLE] * 2
        assert read(client) == b"hi"
        assert is_spent(client)

    def test_a_final_answer_makes_it_needless(self) -> None:
        client, stream = fake(b"HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n")
        client.request(POST, "/", ["Expect: 100-continue"], "body")
        poll(client)
        assert (read(client), client.get_response_code()) == (b"", 417)
        assert stream.sent.endswith(b"\r\n\r\n")
        assert is_spent(client)


class TestAttached:
    def test_requests_over_a_stream_of_ones_own(self) -> None:
        stream = FakeStream()
        client = HTTPClient(FakeNetwork(FakeStream()))
        assert client.attach(stream) is Error.OK
        assert (client.get_status(), client.connection()) == (Status.STATUS_CONNECTED, stream)
        client.request(GET, "/", [])
        client.poll()
        assert b"\r\nHost: \r\n" in stream.sent
        stream.events.append(HELLO)
        assert (poll(client), read(client)) == (Error.OK, b"hello")
        assert client.attach(stream, "example.org") is Error.OK  # the same: nothing is closed
        client.request(GET, "/", [])
        client.poll()
        assert b"\r\nHost: example.org\r\n" in stream.sent
        other = FakeStream()
        assert client.connection_number == 1
        client.attach(other)
        assert (stream.closed, client.connection(), client.connection_number) == (True, other, 2)
        client.close()
        assert (other.closed, client.connection()) == (True, None)

    def test_the_host_is_that_connected_to_last(self) -> None:
        client, _ = fake()
        stream = FakeStream()
        client.attach(stream)
        client.request(GET, "/", [])
        client.poll()
        assert b"\r\nHost: 192.0.2.1\r\n" in stream.sent

    @pytest.mark.parametrize(
        ("method", "url", "answer"),
        [
            (GET, "/", b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
            (Method.METHOD_CONNECT, "h:1", OK + b"\r\n"),
        ],
    )
    def test_tunnels(self, method: Method, url: str, answer: bytes) -> None:
        for sent in ([answer + b"first"], [answer, Pause(0.05), b"first"]):
            with ScriptedServer([ReadRequest(), *sent, Pause(10)]) as server:
                client = connect(server.port)
                client.request(method, url, [])
                poll(client)
                assert [client.poll(), client.poll()] == [Error.OK] * 2
                stream = client.detach()
                assert stream is not None
                assert (client.get_status(), client.connection()) == (Status.STATUS_DISCONNECTED, None)
                view = memoryview(bytearray(10))
                assert stream.wait(write=False, timeout=5)
                assert (stream.read_into(view), bytes(view[:5])) == (5, b"first")
                assert stream.write([b"answer"]) == 6
                stream.close()

    def test_a_stream_that_tells_its_end_only_to_who_reads(self) -> None:
        """As a StreamPeer of a script's own, which has no status."""

        class Blind(FakeStream):
            peekable = False

            def peek(self) -> Readiness:
                return Readiness.QUIET

        stream = Blind()
        client = HTTPClient(FakeNetwork(FakeStream()))
        client.attach(stream)
        client.request(GET, "/", [])
        assert client.poll() is Error.OK
        stream.events.append(b"")
        assert client.poll() is Error.ERR_CONNECTION_ERROR

    def test_a_connection_of_none(self) -> None:
        client = HTTPClient()
        assert (client.connection(), client.detach()) == (None, None)


class TestTimings:
    def test_phases(self) -> None:
        clock = Clock()
        stream = PacedStream(clock, (8, HELLO[:-1]), (16, b"o"))
        network = FakeNetwork(stream)
        client = HTTPClient(network, clock=clock)
        assert set(client.get_timings().values()) == {0.0}
        client.connect_to_host("example.org")
        clock.advance(1)
        network.addresses = [Address(2, ("192.0.2.1", 0))]
        client.poll()
        clock.advance(2)
        network.up = True
        client.poll()
        clock.advance(4)
        client.set_blocking_mode(True)
        assert get(client) == b"hello"
        told = client.get_timings()
        assert told == {
            "name_lookup": 1,
            "connect": 3,
            "appconnect": 0,
            "pretransfer": 7,
            "posttransfer": 7,
            "first_byte": 15,
            "total": 31,
        }
        clock.advance(1)
        assert client.get_timings() == told
        client.set_blocking_mode(False)
        client.request(GET, "/", [])  # over the same connection
        client.poll()
        stream.events.append(HELLO)
        assert (poll(client), read(client)) == (Error.OK, b"hello")
        assert client.get_timings() == dict.fromkeys(told, 0.0)
        client.close()
        assert set(client.get_timings().values()) == {0.0}

    def test_phases_over_a_socket(self, server: Server) -> None:
        client = HTTPClient()
        client.connect_to_host("localhost", server.port)
        poll(client)
        assert get(client, "/wait/0.05") == b""
        told = client.get_timings()
        assert 0 < told["name_lookup"] <= told["connect"] <= told["pretransfer"] <= told["posttransfer"]
        assert told["posttransfer"] + 0.04 < told["first_byte"] <= told["total"]
        get(client, "/hello")
        again = client.get_timings()
        assert (again["name_lookup"], again["connect"], again["pretransfer"]) == (0, 0, 0)
        assert 0 < again["posttransfer"] <= again["first_byte"] <= again["total"]
        client.close()

    def test_of_a_failure(self) -> None:
        network = FakeNetwork(FakeStream())
        client = HTTPClient(network)
        client.connect_to_host("example.org")
        assert client.get_timings()["total"] > 0
        network.failure = "gone"
        client.poll()
        told = client.get_timings()
        assert (told["name_lookup"], told["total"] > 0) == (0, True)
        assert client.get_timings() == told


class Memory(str):
    """A text of which is known who still has it."""

    __slots__ = ("__weakref__",)


class TestHeads:
    """What is sent again and again is made once, and kept by nobody else."""

    @pytest.fixture
    def made(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        made: list[str] = []

        def make(method: int, url: str, headers: Sequence[str], size: int, **terms: Any) -> RequestHead:
            made.append(url)
            return build_head(method, url, headers, size, **terms)

        monkeypatch.setattr("pythonscript_http.requests.build_head", make)
        return made

    def test_the_same_is_made_once(self, made: list[str]) -> None:
        client, stream = fake(HELLO)
        sent = []
        for _ in range(3):
            stream.sent = b""
            client.request(GET, "/", ["A: b"])
            stream.events[:] = []
            client.poll()
            sent.append(stream.sent)
            stream.events[:] = [HELLO]
            poll(client)
            assert read(client) == b"hello"
        assert made == ["/"]
        assert len(set(sent)) == 1

    def test_whatever_differs_is_made_anew(self, made: list[str]) -> None:
        client, _ = fake()

        def ask(method: Method = GET, url: str = "/", headers: Sequence[str] = (), body: bytes = b"") -> None:
            stream = FakeStream()
            machine_host = client._host_header
            client.attach(stream, machine_host)
            client.request_raw(method, url, list(headers), body)
            client.poll()
            sent.append(stream.sent)

        sent: list[bytes] = []
        ask()
        ask(url="/other")
        ask(headers=["A: b"])
        ask(method=Method.METHOD_HEAD)
        ask(method=POST, body=b"12")
        ask(method=POST, body=b"123")
        client.user_agent = "Other/1"
        ask()
        client.decode_body = True
        ask()
        client.attach(FakeStream(), "other.example")
        ask()
        assert len(set(sent)) == len(sent) == 9

    def test_what_was_settled_before_differs(self) -> None:
        """The same over one connection, with other terms in between."""
        client, stream = fake()
        sent = []
        for change in (
            lambda: None,
            lambda: client.attach(stream, "other.example"),
            lambda: setattr(client, "user_agent", "Other/1"),
            lambda: client.set_decode_body(True),
        ):
            change()
            stream.sent = b""
            stream.events[:] = []
            client.request(GET, "/", [])
            client.poll()
            sent.append(stream.sent)
            stream.events[:] = [HELLO]
            poll(client)
            read(client)
        assert len(set(sent)) == 4
        assert b"Host: other.example" in sent[1]
        assert b"User-Agent: Other/1" in sent[2]
        assert b"Accept-Encoding" in sent[3]

    @pytest.mark.parametrize("end", ["close", "lost", "gone", "connect_to_host", "last"])
    def test_nobody_keeps_it(self, end: str) -> None:
        """C3 of its kind: the header of a request may be a password."""
        answer = OK + b"Connection: close\r\nContent-Length: 5\r\n\r\nhello" if end == "last" else HELLO
        client, stream = fake(answer)
        secret = Memory("Authorization: Basic c2VjcmV0")
        kept = weakref.ref(secret)
        client.request(GET, "/", [secret])
        poll(client)
        assert read(client) == b"hello"
        del secret
        gc.collect()
        if end != "last":
            assert kept() is not None
        if end == "close":
            client.close()
        elif end == "lost":
            stream.events.append(b"")
            client.poll()
        elif end == "connect_to_host":
            client.connect_to_host("192.0.2.1")
        elif end == "gone":
            del client
        gc.collect()
        assert kept() is None


class TestReasons:
    def test_refusals_are_kept_until_something_is_done(self) -> None:
        client, _ = fake(HELLO)
        for call, reason in (
            (lambda: client.request(GET, "x", []), "the URL 'x'"),
            (lambda: client.request(99, "/", []), "no such method: 99"),
            (lambda: client.request(POST, "/", [], "\ud800"), "lone surrogate"),
            (lambda: client.set_read_chunk_size(1), "read_chunk_size 1"),
            (lambda: client.set_idle_timeout(-1), "idle_timeout -1"),
            (client.read_response_body_chunk, "reading a body needs STATUS_BODY"),
            (lambda: client.set_http_proxy("a b", 1), "the proxy's host holds ' '"),
        ):
            with pytest.raises(LocalError):
                call()
            assert reason in client.get_error_reason()
        get(client)
        assert client.get_error_reason() == ""
        with pytest.raises(LocalError):
            client.connect_to_host("a b")
        assert "'a b'" in client.get_error_reason()

    def test_a_failure_is_told_by_what_it_keeps_from(self) -> None:
        client, _ = fake(b"SSH-2.0\r\n")
        client.request(GET, "/", [])
        poll(client)
        with pytest.raises(LocalError, match=r"the status is STATUS_CONNECTION_ERROR \(this is no HTTP/1\.x"):
            client.request(GET, "/", [])


class TestSettings:
    def test_defaults(self) -> None:
        client = HTTPClient()
        assert (client.read_chunk_size, client.blocking_mode_enabled) == (Limits().read_size, False)
        assert (client.get_read_chunk_size(), client.is_blocking_mode_enabled()) == (
            client.read_chunk_size,
            False,
        )
        assert client.get_status() is Status.STATUS_DISCONNECTED
        assert (client.get_response_body_length(), client.get_error_reason()) == (-1, "")

    def test_query_strings(self) -> None:
        assert HTTPClient.query_string_from_dict({"a": [1, None]}) == "a=1&a=%3Cnull%3E"

    def test_timeout_of_connections(self) -> None:
        clock = Clock()
        with blackholes("127.0.0.1") as port:
            client = HTTPClient(TcpNetwork(connect_timeout=5.0, clock=clock))
            client.connect_to_host("127.0.0.1", port)
            for seconds in (0.0, 4.9):
                clock.advance(seconds)
                assert (client.poll(), client.get_status()) == (Error.OK, Status.STATUS_CONNECTING)
            clock.advance(0.1)
            assert client.poll() is Error.ERR_CANT_CONNECT
            assert "no answer within 5 s" in client.get_error_reason()

    def test_half_closed_servers_still_read(self) -> None:
        with ScriptedServer([ReadRequest(), HELLO, HalfClose(), Pause(0.2)]) as server:
            client = connect(server.port)
            assert get(client) == b"hello"
            client.close()


class TestNothingRaises:
    """What the machine lacks shows in the status, or is a refusal."""

    def test_no_descriptor_left(self) -> None:
        """In a process of its own, which has used all of them up."""
        program = """if True:
            import os, resource, socket, sys
            from pythonscript_http import Error, HTTPClient, LocalError, Method, Status
            listener = socket.create_server(("127.0.0.1", 0))
            port = listener.getsockname()[1]
            standing = HTTPClient()
            standing.connect_to_host("127.0.0.1", port)
            while standing.get_status() is Status.STATUS_CONNECTING:
                standing.poll()
            peer = listener.accept()[0]
            resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
            try:
                while True:
                    os.dup(0)
            except OSError:
                pass
            standing.decode_body = True
            standing.request(Method.METHOD_GET, "/", [])
            standing.poll()
            assert peer.recv(9999).startswith(b"GET / ")
            body = b"\\x1f\\x8b\\x08" + bytes(7) + b"\\x4b\\x04\\x00\\x43\\xbe\\xb7\\xe8\\x01" + bytes(3)
            head = b"HTTP/1.1 200 OK\\r\\nContent-Encoding: gzip\\r\\nContent-Length: 21\\r\\n\\r\\n"
            peer.sendall(head + body)
            while standing.get_status() is Status.STATUS_REQUESTING:
                standing.poll()
            assert standing.read_response_body_chunk() == b"a", standing.get_error_reason()
            for host in ("127.0.0.1", "localhost", "name.example", "unix:/x", "::1"):
                client = HTTPClient()
                client.connect_to_host(host, port)
                while client.get_status() in (Status.STATUS_RESOLVING, Status.STATUS_CONNECTING):
                    client.poll()
                print(host, client.get_status().name, client.get_error_reason())
            for host in ("https://127.0.0.1", "b\\xfccher.example"):
                try:
                    HTTPClient().connect_to_host(host, port)
                except LocalError as error:
                    print(ascii(host), error.code.name, error)
            """
        done = subprocess.run(
            [sys.executable, "-c", program],
            cwd=Path(__file__).parents[3] / "addons",
            check=True,
            capture_output=True,
            text=True,
            timeout=SECONDS,
        )
        told = dict(line.split(" ", 1) for line in done.stdout.splitlines())
        assert {host: text.split()[0] for host, text in told.items()} == {
            "127.0.0.1": "STATUS_CANT_CONNECT",
            "localhost": "STATUS_CANT_CONNECT",
            "name.example": "STATUS_CANT_RESOLVE",
            "unix:/x": "STATUS_CANT_CONNECT",
            "::1": "STATUS_CANT_CONNECT",
            "'https://127.0.0.1'": "ERR_UNAVAILABLE",
            "'b\\xfccher.example'": "ERR_UNAVAILABLE",
        }
        assert "Too many open files" in told["127.0.0.1"]

    @pytest.mark.parametrize("roots", ["missing", "empty", "damaged", "a folder"])
    @pytest.mark.parametrize("proxy", [False, True])
    def test_no_roots(self, roots: str, proxy: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        file = tmp_path / "roots.pem"
        if roots == "a folder":
            file.mkdir()
        elif roots != "missing":
            file.write_text("" if roots == "empty" else "-----BEGIN CERTIFICATE-----\nAAAA\n")
        context_for.cache_clear()
        monkeypatch.setattr("certifi.where", lambda: str(file))
        client = HTTPClient()
        if proxy:
            client.set_http_proxy("https://127.0.0.1", 3128)
        with pytest.raises(LocalError) as caught:
            client.connect_to_host("http://127.0.0.1" if proxy else "https://127.0.0.1")
        assert caught.value.code in (Error.ERR_UNAVAILABLE, Error.ERR_FILE_CANT_READ)
        assert client.get_error_reason() == str(caught.value) != ""
        assert client.get_status() is Status.STATUS_DISCONNECTED

    @pytest.mark.parametrize("module", ["ssl", "certifi", "pythonscript_http.transport.tls"])
    def test_no_openssl(self, module: str, monkeypatch: pytest.MonkeyPatch) -> None:
        if not module.startswith("pythonscript_http"):
            monkeypatch.delitem(sys.modules, "pythonscript_http.transport.trust", raising=False)
        monkeypatch.setitem(sys.modules, module, None)
        client = HTTPClient()
        with pytest.raises(LocalError, match=r"TLS is out of reach here: ") as caught:
            client.connect_to_host("https://127.0.0.1")
        assert caught.value.code is Error.ERR_UNAVAILABLE
        assert client.get_error_reason() == str(caught.value)

    @pytest.mark.parametrize("value", ["a\r\nX: y", "a\n", "a\0"])
    def test_what_would_end_a_line_is_refused(self, value: str) -> None:
        client, stream = fake()
        with pytest.raises(LocalError, match="'Host' holds a line break or a NUL"):
            client.attach(FakeStream(), value)
        assert client.connection() is stream
        assert "Host" in client.get_error_reason()
        with pytest.raises(LocalError, match="'User-Agent' holds a line break or a NUL"):
            client.user_agent = value
        with pytest.raises(LocalError, match="'User-Agent' holds a line break or a NUL"):
            HTTPClient(user_agent=value)

    def test_reasons_have_a_limit(self) -> None:
        network = FakeNetwork(FakeStream())
        network.failure = "x" * 100_000
        client = HTTPClient(network)
        client.connect_to_host("192.0.2.1")
        client.poll()
        assert len(client.get_error_reason()) == 1000
        with pytest.raises(LocalError):
            client.connect_to_host("x" * 100_000)
        assert len(client.get_error_reason()) <= 1000
