"""A client that is called while it is in a call: by another thread, or back by a stream."""

import contextlib
import random
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pytest
from tests.loopback.network import SECONDS, blackholes, descriptors, listening, until
from tests.loopback.responses import HELLO, OK
from tests.loopback.scripted import Pause, ReadRequest, ScriptedServer, Step
from tests.unit.http import driving
from tests.unit.http.driving import connect, get, poll, read
from tests.unit.http.fakes import FakeNetwork, FakeStream, fake

from pythonscript_http import BusyError, Error, HTTPClient, LocalError, Method, Status, buffers
from pythonscript_http.config import Timeouts
from pythonscript_http.transport.lookout import Lookout
from pythonscript_http.transport.stream import Address
from pythonscript_http.transport.tcp import SocketStream
from pythonscript_http.transport.watched import best
from pythonscript_http.turn import Turn

GET, POST = Method.METHOD_GET, Method.METHOD_POST


class Background:
    """A call in another thread."""

    def __init__(self, call: Callable[[], object]) -> None:
        self._call = call
        self._raised: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._call()
        except BaseException as error:
            self._raised = error

    def end(self) -> None:
        """Waits for its end; raises what it raised."""
        self._thread.join(2 * SECONDS)
        assert not self._thread.is_alive(), "it hangs"
        if self._raised is not None:
            raise self._raised

    @property
    def under_way(self) -> bool:
        return self._thread.is_alive()


class HeldStream(FakeStream):
    """A stream whose reads take as long as a test wants, and write into their buffer at their end."""

    def __init__(self) -> None:
        super().__init__()
        self.entered = threading.Event()
        self.go = threading.Event()
        self.answer = b""
        """What the first read finds at once."""

    def quiet(self) -> bool:
        return not self.sent

    def read_into(self, buffer: memoryview) -> int:
        if self.answer:
            self.events.append(self.answer)
            self.answer = b""
            return super().read_into(buffer)
        self.entered.set()
        assert self.go.wait(SECONDS)
        data = b"someone else's secret"
        buffer[: len(data)] = data
        return len(data)


class CallingStream(FakeStream):
    """A stream that calls somebody when it is read, and answers each request."""

    def __init__(self, call: Callable[[], object]) -> None:
        super().__init__()
        self._call = call

    def write(self, buffers: Sequence[bytes | memoryview]) -> int:
        self.events.append(HELLO)
        return super().write(buffers)

    def read_into(self, buffer: memoryview) -> int:
        self._call()
        return super().read_into(buffer)


def calls(client: HTTPClient) -> list[Callable[[], object]]:
    """All calls that change a client, but for `close()`."""
    return [
        lambda: client.request(GET, "/", []),
        lambda: client.request_raw(POST, "/", [], b"x"),
        lambda: client.request_stream(POST, "/", []),
        client.end_body,
        client.read_response_body_chunk,
        lambda: client.read_body_into(memoryview(bytearray(1))),
        client.detach,
        lambda: client.lent().__enter__(),
    ]


def busy(client: HTTPClient) -> bool:
    """A call is under way; asked by one that would not wait itself."""
    with pytest.raises(LocalError) as caught:
        client.end_body()
    return isinstance(caught.value, BusyError)


def assert_refused(client: HTTPClient) -> None:
    """Nothing that changes a client is done now."""
    assert client.poll() is Error.ERR_BUSY
    assert client.send_body_chunk(b"x") is Error.ERR_BUSY
    for call in calls(client):
        with pytest.raises(BusyError, match="another call of this client is under way"):
            call()
    with pytest.raises(LocalError, match=r"\nX: y'|line break"):
        client.attach(FakeStream(), "h\r\nX: y")


def begin_with(monkeypatch: pytest.MonkeyPatch, timeouts: Timeouts) -> None:
    """Gives all clients of a test these timeouts to begin with."""
    for module in (sys.modules[__name__], driving):
        monkeypatch.setattr(module, "HTTPClient", partial(HTTPClient, timeouts=timeouts))


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    begin_with(monkeypatch, Timeouts(close=0.01))


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A call in blocking mode waits for ever."""
    begin_with(monkeypatch, Timeouts(blocking=1e6))


@pytest.fixture
def empty_pool() -> None:
    buffers._free.clear()


# ---- calls that come meanwhile


def test_a_stream_that_calls_back_is_refused() -> None:
    client = HTTPClient()
    asked: list[int] = []

    def call() -> None:
        if not asked:
            asked.append(1)
            assert_refused(client)

    client.attach(CallingStream(call), "h")
    client.request(GET, "/", [])
    assert [client.poll(), client.poll()] == [Error.OK] * 2  # sends, reads
    assert asked
    assert read(client) == b"hello"  # nothing was changed
    assert client.get_status() is Status.STATUS_CONNECTED


@pytest.mark.parametrize("how", ["close", "connect_to_host", "attach"])
def test_a_stream_that_closes_the_client(how: str) -> None:
    """The call under way ends as it can; then the client is closed, and serves again."""
    client = HTTPClient()

    def call() -> None:
        if how == "close":
            client.close()
        else:
            with pytest.raises(BusyError, match="another call"):
                client.connect_to_host("192.0.2.1") if how == "connect_to_host" else client.attach(
                    FakeStream()
                )
        assert client.get_status() is Status.STATUS_DISCONNECTED
        assert client.poll() is Error.ERR_UNCONFIGURED
        assert not stream.closed

    stream = CallingStream(call)
    client.attach(stream, "h")
    client.request(GET, "/", [])
    client.poll()  # sends
    client.poll()
    assert stream.closed
    assert client.get_status() is Status.STATUS_DISCONNECTED
    assert (client.connection(), client.get_response_code()) == (None, 0)
    client.attach(CallingStream(lambda: None), "h")
    assert get(client) == b"hello"


def test_a_second_thread_is_refused() -> None:
    client, stream = HTTPClient(), HeldStream()
    client.attach(stream, "h")
    client.request(GET, "/", [])
    client.poll()  # sends
    reading = Background(client.poll)
    assert stream.entered.wait(SECONDS)
    assert_refused(client)
    assert client.get_status() is Status.STATUS_REQUESTING
    assert (client.get_response_code(), client.get_response_headers(), client.has_response()) == (
        0,
        [],
        False,
    )
    client.idle_timeout = 5.0
    stream.go.set()
    reading.end()
    assert client.get_status() is Status.STATUS_CONNECTION_ERROR  # that was no HTTP


# ---- what crosses


@pytest.mark.parametrize("where", ["head", "direct body", "chunked body", "coded body"])
def test_a_buffer_that_is_being_read_into_is_given_to_nobody(
    where: str, impatient: None, empty_pool: None
) -> None:
    """C1 of its kind: one client would read another's bytes."""
    client, stream = HTTPClient(), HeldStream()
    heads = {
        "head": b"",
        "direct body": b"Content-Length: 50\r\n\r\n",
        "chunked body": b"Transfer-Encoding: chunked\r\n\r\n",
        "coded body": b"Content-Encoding: gzip\r\nContent-Length: 50\r\n\r\n",
    }
    client.attach(stream, "h")
    client.decode_body = True
    client.request(GET, "/", [])
    client.poll()  # sends
    call: Callable[[], object] = client.poll
    if where != "head":
        stream.answer = OK + heads[where]
        assert client.poll() is Error.OK
        assert client.get_status() is Status.STATUS_BODY
        call = client.read_response_body_chunk
    reading = Background(call)
    assert stream.entered.wait(SECONDS)
    client.close()
    assert client.get_status() is Status.STATUS_DISCONNECTED
    others = [fake(OK + b"Content-Length: 9\r\n\r\n") for _ in range(3)]
    for other, _ in others:
        other.request(GET, "/", [])
        poll(other)
    taken = [buffers.take() for _ in range(40)]
    stream.go.set()
    reading.end()
    assert not any(b"secret" in buffer for buffer in taken)
    for other, peer in others:
        peer.events.append(b"untouched")
        assert read(other) == b"untouched"
    assert client.get_status() is Status.STATUS_DISCONNECTED
    assert stream.closed


# ---- waits that close() ends


def silent_lookup(stack: contextlib.ExitStack, monkeypatch: pytest.MonkeyPatch) -> HTTPClient:
    over = threading.Event()
    stack.callback(over.set)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: [over.wait(SECONDS), []][1])
    client = HTTPClient()
    client.connect_to_host(f"{random.random()}.example")
    return client


def silent_listener(stack: contextlib.ExitStack, _: pytest.MonkeyPatch) -> HTTPClient:
    client = HTTPClient()
    client.connect_to_host("127.0.0.1", stack.enter_context(blackholes("127.0.0.1")))
    return client


def busy_unix_listener(stack: contextlib.ExitStack, monkeypatch: pytest.MonkeyPatch) -> HTTPClient:
    class Busy(socket.socket):
        def connect(self, _: object) -> None:
            raise BlockingIOError

    monkeypatch.setattr(socket, "socket", Busy)
    client = HTTPClient()
    client.connect_to_host("unix:/run/busy.sock")
    return client


def silent_tls(stack: contextlib.ExitStack, _: pytest.MonkeyPatch) -> HTTPClient:
    port, _listeners = stack.enter_context(listening("127.0.0.1"))
    client = HTTPClient()
    client.connect_to_host("https://127.0.0.1", port)
    return client


def silent_proxy(stack: contextlib.ExitStack, _: pytest.MonkeyPatch) -> HTTPClient:
    port, _listeners = stack.enter_context(listening("127.0.0.1"))
    client = HTTPClient()
    client.set_https_proxy("127.0.0.1", port)
    client.connect_to_host("https://example.org")
    return client


def silent_server(stack: contextlib.ExitStack, _: pytest.MonkeyPatch) -> HTTPClient:
    client = connect(stack.enter_context(ScriptedServer([ReadRequest(), Pause(SECONDS)])).port)
    client.request(GET, "/", [])
    return client


def server_that_reads_nothing(stack: contextlib.ExitStack, _: pytest.MonkeyPatch) -> HTTPClient:
    client = connect(stack.enter_context(ScriptedServer([Pause(SECONDS)])).port)
    client.request_raw(POST, "/", [], bytes(50_000_000))
    return client


def server_that_says_nothing_to_expect(stack: contextlib.ExitStack, _: pytest.MonkeyPatch) -> HTTPClient:
    client = connect(stack.enter_context(ScriptedServer([ReadRequest(body=False), Pause(SECONDS)])).port)
    client.request_raw(POST, "/", ["Expect: 100-continue"], b"x")
    return client


def stalled_body(stack: contextlib.ExitStack, _: pytest.MonkeyPatch) -> HTTPClient:
    script: list[Step] = [ReadRequest(), OK + b"Content-Length: 9\r\n\r\n", Pause(SECONDS)]
    client = connect(stack.enter_context(ScriptedServer(script)).port)
    client.request(GET, "/", [])
    poll(client)
    return client


@pytest.mark.parametrize(
    "stage",
    [
        silent_lookup,
        silent_listener,
        busy_unix_listener,
        silent_tls,
        silent_proxy,
        silent_server,
        server_that_reads_nothing,
        server_that_says_nothing_to_expect,
        stalled_body,
    ],
)
def test_close_ends_every_wait(
    stage: Callable[[contextlib.ExitStack, pytest.MonkeyPatch], HTTPClient],
    monkeypatch: pytest.MonkeyPatch,
    patient: None,
) -> None:
    with contextlib.ExitStack() as stack:
        client = stage(stack, monkeypatch)
        client.set_blocking_mode(True)

        def wait() -> None:
            while client.get_status() not in (Status.STATUS_DISCONNECTED, Status.STATUS_BODY):
                client.poll()
            with contextlib.suppress(LocalError):
                client.read_response_body_chunk()

        waiting = Background(wait)
        until(lambda: busy(client))
        client.close()
        assert client.get_status() is Status.STATUS_DISCONNECTED
        waiting.end()
        assert client.get_status() is Status.STATUS_DISCONNECTED
        assert client.connection() is None


def test_a_wait_for_a_borrowed_connection_ends_too(patient: None) -> None:
    port_and_listeners = listening("127.0.0.1")
    with port_and_listeners as (port, _):
        client = connect(port)
        entered = threading.Event()
        moved: list[bool] = []

        def wait() -> None:
            with client.lent() as stream:
                assert stream is not None
                entered.set()
                moved.append(client.wait(stream, write=False))

        waiting = Background(wait)
        assert entered.wait(SECONDS)
        assert_refused(client)
        client.close()
        waiting.end()
        assert moved == [False]
        assert client.get_status() is Status.STATUS_DISCONNECTED


def test_a_deadline_that_another_thread_sets_ends_a_wait(patient: None) -> None:
    with ScriptedServer([ReadRequest(), Pause(SECONDS)]) as server:
        client = connect(server.port)
        client.set_blocking_mode(True)
        client.request(GET, "/", [])
        waiting = Background(lambda: poll(client))
        until(lambda: busy(client))
        client.total_timeout = 0.01
        waiting.end()
        assert client.get_status() is Status.STATUS_CONNECTION_ERROR
        assert "not complete within 0.01 s (total_timeout)" in client.get_error_reason()


def test_a_stream_that_takes_its_time_holds_close_up_for_a_while_only(impatient: None) -> None:
    client, stream = HTTPClient(), HeldStream()
    client.attach(stream, "h")
    client.request(GET, "/", [])
    client.poll()  # sends
    reading = Background(client.poll)
    assert stream.entered.wait(SECONDS)
    client.close()
    assert reading.under_way
    assert client.get_status() is Status.STATUS_DISCONNECTED
    with pytest.raises(BusyError, match="another call"):
        client.connect_to_host("192.0.2.1")
    stream.go.set()
    reading.end()
    assert stream.closed
    client = HTTPClient(FakeNetwork(FakeStream()))
    assert client.connect_to_host("192.0.2.1") is Error.OK


# ---- all at once


def for_a_second() -> Iterator[None]:
    """Turns of a loop. A number of them would be over before a server had one, on a busy machine."""
    end = time.monotonic() + 1
    while time.monotonic() < end:
        yield


@pytest.fixture
def watching() -> None:
    """What watches connections is there: it keeps a descriptor, from the first of them on."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        SocketStream(ours).still()


@pytest.mark.parametrize("blocking", [False, True])
def test_two_threads_at_one_client(blocking: bool, often: None, watching: None) -> None:
    """Whatever the order: nothing but refusals is raised, nothing hangs, nothing is left open."""
    body = random.Random(1).randbytes(4096)
    answer = OK + b"Transfer-Encoding: chunked\r\n\r\n1000\r\n" + body + b"\r\n0\r\n\r\n"
    over = threading.Event()
    served: list[int] = []
    pieces: list[bytes] = []

    def read_piece(client: HTTPClient) -> None:
        pieces.append(client.read_response_body_chunk())

    def use(client: HTTPClient, port: int) -> None:
        while not over.is_set():
            with contextlib.suppress(LocalError):
                client.connect_to_host("127.0.0.1", port)
                for _ in for_a_second():
                    client.poll()
                    status = client.get_status()
                    if status is Status.STATUS_CONNECTED:
                        client.request(GET, "/", ["X: y"])
                    elif status is Status.STATUS_BODY:
                        read_piece(client)
                        served.append(client.get_response_code())
                    elif status not in (Status.STATUS_CONNECTING, Status.STATUS_REQUESTING):
                        break

    def ask(client: HTTPClient) -> None:
        dice = random.Random(1)
        end = time.monotonic() + SECONDS
        while served.count(200) < 100:
            assert time.monotonic() < end, "nothing is served"
            for question in (
                client.get_response_headers_as_dictionary,
                client.get_response_body_length,
                client.get_response_trailers,
                client.get_request_body_sent,
                client.get_timings,
                client.get_error_reason,
                client.body_limit,
                client.connection,
            ):
                question()
            call = dice.choice([client.poll, lambda: read_piece(client), *calls(client)[:-2]])
            with contextlib.suppress(LocalError):
                client.close() if dice.random() < 0.01 else call()

    before = descriptors()
    with ScriptedServer([ReadRequest(), answer] * 50) as server:
        client = HTTPClient()
        client.set_blocking_mode(blocking)
        using, asking = Background(lambda: use(client, server.port)), Background(lambda: ask(client))
        try:
            asking.end()
        finally:
            over.set()
        using.end()
        client.close()
        assert client.get_status() is Status.STATUS_DISCONNECTED
        assert body in pieces
        assert all(piece in body for piece in pieces)
        fresh = connect(server.port)
        assert get(fresh) == body
        fresh.close()
    until(lambda: descriptors() <= before)


class Interrupted(HTTPClient):
    """A client to which something happens between the end of `close()` and what comes then."""

    def __init__(self, network: FakeNetwork) -> None:
        super().__init__(network)
        self.happens: list[Callable[[], object]] = []

    def close(self) -> None:
        super().close()
        if self.happens:
            self.happens.pop()()


def test_to_connect_ends_a_wait(patient: None) -> None:
    with listening("127.0.0.1") as (port, _):
        client = connect(port)
        client.set_blocking_mode(True)
        client.request(GET, "/", [])
        client.poll()
        waiting = Background(client.poll)
        until(lambda: busy(client))
        assert client.connect_to_host("127.0.0.1", port) is Error.OK
        waiting.end()
        assert client.get_status() is Status.STATUS_CONNECTING
        client.close()


@pytest.mark.interpreted
def test_two_that_connect_at_a_time() -> None:
    """The last wins, whole: a name of one and a port, a Host and secrets of the other would be a mixture."""
    network = FakeNetwork(FakeStream())
    network.addresses, network.up = [Address(2, ("192.0.2.1", 0))], True
    client = Interrupted(network)
    client.happens.append(lambda: client.connect_to_host("first.example"))
    client.connect_to_host("second.example", 81)
    poll(client)
    assert client.get_status() is Status.STATUS_CONNECTED
    assert network.asked == ["first.example", "second.example", (["192.0.2.1"], 81)]


class Preempted(Turn):
    """A turn whose holder stands still when it has left, until something has happened in another thread."""

    def __init__(self) -> None:
        super().__init__()
        self.happens: list[Callable[[], object]] = []

    def leave(self) -> bool:
        wanted = super().leave()
        if self.happens:
            Background(self.happens.pop()).end()
        return wanted


def test_a_poll_that_was_under_way_leaves_no_silence() -> None:
    """It has found the connection silent that another thread closes then."""
    closing: list[Background] = []

    def clock() -> float:
        closing.append(Background(client.close))
        until(lambda: client._turn.wanted)
        return time.perf_counter()

    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        client = HTTPClient()
        client.attach(SocketStream(ours, Lookout(best(), clock)))
        client.poll()
        closing[0].end()
        assert (client.poll(), client.get_status()) == (Error.ERR_UNCONFIGURED, Status.STATUS_DISCONNECTED)
        assert len(closing) == 1


@pytest.mark.interpreted
def test_who_leaves_does_not_close_what_was_begun_since() -> None:
    client = HTTPClient(FakeNetwork(FakeStream()))
    client._turn = turn = Preempted()
    client.connect_to_host("192.0.2.1")
    turn.wanted = True  # by the other thread, which begins while this one is in a call
    turn.happens.append(lambda: client.connect_to_host("192.0.2.2"))
    client.poll()
    assert client.get_status() is Status.STATUS_CONNECTING
