"""The client: over real sockets against scripted servers, and poll by poll over a network of our own."""

import hashlib
import itertools
import time
from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.loopback.responses import ALL, CHUNKED, GOOD, OK, Scenario
from tests.loopback.scripted import Drip, HalfClose, Pause, ReadRequest, Reset, ScriptedServer, Step
from tests.loopback.server import Server, pattern

from pythonscript_http import Error, HTTPClient, LocalError, Method, NetworkError, Status, TcpNetwork
from pythonscript_http.net.stream import WOULD_BLOCK, Address, Readiness

GET, HEAD, POST = Method.METHOD_GET, Method.METHOD_HEAD, Method.METHOD_POST
BUSY = (Status.STATUS_RESOLVING, Status.STATUS_CONNECTING, Status.STATUS_REQUESTING)
HELLO = OK + b"Content-Length: 5\r\n\r\nhello"


def poll(client: HTTPClient, seconds: float = 5.0) -> Error:
    """Polls until the client waits for its user; gives the last result."""
    end = time.monotonic() + seconds
    result = Error.OK
    while client.get_status() in BUSY:
        assert time.monotonic() < end, f"still {client.get_status().name}"
        result = client.poll()
    return result


def read(client: HTTPClient, seconds: float = 5.0) -> bytes:
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
    end: list[Step] = [] if scenario.closes else [Pause(10)]
    with ScriptedServer([ReadRequest(), step, *end]) as server:
        client = connect(server.port)
        client.request(
            Method[f"METHOD_{scenario.method}"], "h:1" if scenario.method == "CONNECT" else "/", []
        )
        result = poll(client)
        assert (client.get_status() is Status.STATUS_BODY) or scenario.skips_body or scenario not in GOOD
        body = read(client)
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

    def connect(self, addresses: Sequence[Address], port: int) -> "FakePending":
        self.asked.append(([address.sockaddr[0] for address in addresses], port))
        return FakePending(self)


class FakeLookup:
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

    def test_an_answer_that_is_there_at_once_is_taken_by_the_poll_that_sent(self) -> None:
        client, _ = fake(HELLO)
        client.request(GET, "/", [])
        assert statuses(client, client.poll) == ["BODY"]

    def test_an_empty_body_takes_one_empty_read(self) -> None:
        client, _ = fake(OK + b"Content-Length: 0\r\n\r\n")
        client.request(GET, "/", [])
        assert statuses(client, client.poll, client.poll) == ["BODY", "BODY"]
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
        client.poll()
        stream.views.clear()
        view = memoryview(bytearray(70_000))
        assert client.body_limit() == 65536
        assert [client.read_body_into(view), client.read_body_into(view)] == [70_000, 30_000]
        assert stream.views == [70_000, 30_000]
        assert client.get_status() is Status.STATUS_CONNECTED

    def test_the_readers_memory_is_asked_for_as_little_as_can_come(self) -> None:
        client, _ = fake(HELLO)
        client.request(GET, "/", [])
        client.poll()
        assert client.body_limit() == 5
        client, _ = fake(CHUNKED)
        client.request(GET, "/", [])
        client.poll()
        assert client.body_limit() == 65536

    def test_chunks_are_gathered(self) -> None:
        """R8."""
        client, _ = fake(CHUNKED, b"4\r\nabcd\r\n" * 1000, b"4\r\nabcd\r\n0\r\n\r\n")
        client.request(GET, "/", [])
        client.poll()
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
        assert client.get_status() is Status.STATUS_DISCONNECTED
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
        assert client.get_status() is Status.STATUS_DISCONNECTED


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
        client.poll()
        stream.events = [b"raw"]
        assert (client.poll(), client.get_status()) == (Error.OK, Status.STATUS_CONNECTED)

    def test_a_connection_lost_in_the_body(self) -> None:
        client, stream = fake(OK + b"Content-Length: 9\r\n\r\nhalf")
        client.request(GET, "/", [])
        client.poll()
        stream.events = [b""]
        assert client.poll() is Error.OK  # "half" waits to be read
        assert client.read_response_body_chunk() == b"half"
        assert client.get_status() is Status.STATUS_CONNECTION_ERROR
        assert client.get_error_reason().endswith("in the middle of the body: 5 of 9 bytes are missing")

    def test_a_connection_lost_after_the_body_was_read_so_far(self) -> None:
        client, stream = fake(OK + b"Content-Length: 9\r\n\r\nhalf")
        client.request(GET, "/", [])
        client.poll()
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
        client.poll()
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

    def test_tls_is_refused_and_never_plain(self) -> None:
        network = FakeNetwork(FakeStream())
        client = HTTPClient(network)
        with pytest.raises(LocalError, match=r"'https://example\.org' asks for TLS") as caught:
            client.connect_to_host("https://example.org")
        assert caught.value.code is Error.ERR_UNAVAILABLE
        client.set_http_proxy("https://proxy", 8080)
        with pytest.raises(LocalError, match="the HTTP proxy' asks for TLS"):
            client.connect_to_host("example.org")
        assert (network.asked, client.get_status()) == ([], Status.STATUS_DISCONNECTED)

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


class TestResponse:
    def test_headers_are_handed_out_once(self) -> None:
        client, _ = fake(OK + b"A: b\r\nContent-Length: 0\r\n\r\n")
        assert not client.has_response()
        client.request(GET, "/", [])
        client.poll()
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
        client.poll()
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
        client.poll()
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
        with ScriptedServer(
            [ReadRequest(), Pause(0.3), OK, Pause(0.3), b"Content-Length: 2\r\n\r\nh", Pause(0.3), b"i"]
        ) as server:
            client = HTTPClient()
            client.set_blocking_mode(True)
            client.connect_to_host("localhost", server.port)
            spent, begun = time.thread_time(), time.monotonic()
            polls = [client.poll() for _ in range(2)]
            assert client.get_status() is Status.STATUS_CONNECTED
            client.request(GET, "/", [])
            client.poll()
            assert client.get_status() is Status.STATUS_BODY
            assert client.read_response_body_chunk() == b"hi"
            assert polls == [Error.OK] * 2
            assert time.monotonic() - begun > 0.8
            assert time.thread_time() - spent < 0.1
            client.close()

    def test_every_wait_has_an_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("pythonscript_http.client.BLOCKING_LIMIT", 0.05)
        with ScriptedServer(
            [ReadRequest(), Pause(0.3), OK + b"Content-Length: 1\r\n\r\n", Pause(10)]
        ) as server:
            client = connect(server.port)
            client.set_blocking_mode(True)
            client.request(GET, "/", [])
            assert (client.poll(), client.get_status()) == (Error.OK, Status.STATUS_REQUESTING)
            poll(client)
            assert (client.read_response_body_chunk(), client.get_status()) == (b"", Status.STATUS_BODY)
            client.close()

    def test_an_upload_that_the_server_reads_slowly(self, server: Server) -> None:
        client = connect(server.port)
        client.set_blocking_mode(True)
        body = bytes(20_000_000)
        client.request_raw(POST, "/digest", [], body)
        client.poll()
        assert client.read_response_body_chunk() == hashlib.sha256(body).hexdigest().encode()
        client.close()


class TestSettings:
    def test_defaults(self) -> None:
        client = HTTPClient()
        assert (client.read_chunk_size, client.blocking_mode_enabled) == (65536, False)
        assert (client.get_read_chunk_size(), client.is_blocking_mode_enabled()) == (65536, False)
        assert client.get_status() is Status.STATUS_DISCONNECTED
        assert (client.get_response_body_length(), client.get_error_reason()) == (-1, "")

    @pytest.mark.parametrize("size", [0, 255, 16777217, -1])
    def test_read_chunk_size_has_a_range(self, size: int) -> None:
        client = HTTPClient()
        with pytest.raises(LocalError, match=f"read_chunk_size {size} is not within 256 to 16777216"):
            client.read_chunk_size = size
        assert client.read_chunk_size == 65536
        for good in (256, 16777216):
            client.read_chunk_size = good
            assert client.get_read_chunk_size() == good

    def test_query_strings(self) -> None:
        assert HTTPClient.query_string_from_dict({"a": [1, None]}) == "a=1&a=%3Cnull%3E"

    def test_timeout_of_connections(self) -> None:
        client = HTTPClient(TcpNetwork(connect_timeout=0.1))
        with ScriptedServer([Reset()]) as server:
            client.connect_to_host("127.0.0.1", server.port)
            poll(client)
            client.close()

    def test_half_closed_servers_still_read(self) -> None:
        with ScriptedServer([ReadRequest(), HELLO, HalfClose(), Pause(0.2)]) as server:
            client = connect(server.port)
            assert get(client) == b"hello"
            client.close()
