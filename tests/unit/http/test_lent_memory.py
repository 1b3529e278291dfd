"""Memory that callers lend is theirs again when the call returns, whatever fails.

A view that is left somewhere, as in the frames of an error's traceback, keeps a bytearray from being
resized. One that is part of a cycle stays until garbage is collected, which is off here.
"""

import contextlib
import gc
import ssl
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from tests.loopback.certificates import Authority
from tests.loopback.clock import Clock
from tests.loopback.network import SECONDS, taken, until
from tests.loopback.responses import OK
from tests.loopback.scripted import Await, Pause, ReadRequest, Reset, ScriptedServer, Step
from tests.loopback.tls_server import TlsServer, garble, reset, server_context
from tests.unit.http.driving import GET, POST, poll
from tests.unit.http.fakes import FakeNetwork, FakeStream

from pythonscript_http import Error, HTTPClient, LocalError, NetworkError, Status
from pythonscript_http.transport.policy import TlsPolicy
from pythonscript_http.transport.stream import HandshakeError, TlsError

ROOT = Authority()
HOST = ROOT.issue("127.0.0.1")
TRUSTING = TlsPolicy(roots=ROOT.pem)

SOME = OK + b"Content-Length: 500000\r\n\r\n" + bytes(1000)
CHUNKS = OK + b"Transfer-Encoding: chunked\r\n\r\n3e8\r\n" + bytes(1000) + b"\r\n"
UNTIL_CLOSE = OK + b"\r\n" + bytes(1000)


@pytest.fixture(autouse=True)
def no_garbage_is_collected() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@pytest.fixture
def client() -> Iterator[HTTPClient]:
    with contextlib.closing(HTTPClient()) as client:
        yield client


def read_on(client: HTTPClient, seen: threading.Event | None = None) -> None:
    """Reads to the end or a failure, each time into memory that is cut to what came.

    Args:
        seen: is set once some of the body has been read.
    """
    end = time.monotonic() + SECONDS
    while client.get_status() is Status.STATUS_BODY:
        assert time.monotonic() < end
        memory = bytearray(65536)
        with memoryview(memory) as view:
            size = client.read_body_into(view)
        del memory[size:]
        if size and seen is not None:
            seen.set()
        client.poll()


LEAVING: dict[str, Callable[[ssl.SSLSocket], object]] = {
    "garbled": garble,
    "reset": reset,
    "end": ssl.SSLSocket.close,
}


@pytest.mark.parametrize("leave", LEAVING)
@pytest.mark.parametrize("answer", [SOME, CHUNKS, UNTIL_CLOSE], ids=["length", "chunks", "until close"])
@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_bodies_that_tls_cuts_short(client: HTTPClient, answer: bytes, leave: str, version: str) -> None:
    context, seen = server_context(HOST), threading.Event()
    context.maximum_version = ssl.TLSVersion[version]

    def handler(connection: ssl.SSLSocket) -> None:
        connection.recv(65536)
        connection.sendall(answer)
        seen.wait(SECONDS)
        LEAVING[leave](connection)

    with TlsServer(context, handler) as server:
        client.connect_to_host("https://127.0.0.1", server.port, TRUSTING)
        poll(client)
        client.request(GET, "/", [])
        poll(client)
        assert client.get_status() is Status.STATUS_BODY, client.get_error_reason()
        read_on(client, seen)
    assert client.get_status() is Status.STATUS_CONNECTION_ERROR


@pytest.mark.parametrize("answer", [SOME, CHUNKS], ids=["length", "chunks"])
@pytest.mark.parametrize(
    "leave", [[Reset()], [], [b"no chunk\r\n" + bytes(500000), Pause(5)]], ids=["reset", "end", "junk"]
)
def test_bodies_that_are_cut_short(client: HTTPClient, answer: bytes, leave: list[Step]) -> None:
    seen = threading.Event()
    with ScriptedServer([ReadRequest(), answer, Await(seen.is_set), *leave]) as server:
        client.connect_to_host("127.0.0.1", server.port)
        poll(client)
        client.request(GET, "/", [])
        poll(client)
        read_on(client, seen)
    assert client.get_status() is not Status.STATUS_BODY


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_bodies_that_can_not_be_decoded(client: HTTPClient, coding: str) -> None:
    client.decode_body = True
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: 9\r\n\r\n".encode()
    with ScriptedServer([ReadRequest(), head + b"no coding"]) as server:
        client.connect_to_host("127.0.0.1", server.port)
        poll(client)
        client.request(GET, "/", [])
        poll(client)
        read_on(client)
    assert client.get_status() is Status.STATUS_CONNECTION_ERROR


def test_bodies_that_come_too_late() -> None:
    stream, clock = FakeStream(), Clock()
    client = HTTPClient(FakeNetwork(stream), clock=clock)
    client.idle_timeout = 5.0
    client.attach(stream)
    client.request(GET, "/", [])
    client.poll()
    stream.events.append(SOME)
    poll(client)
    memory = bytearray(65536)
    with memoryview(memory) as view:
        assert client.read_body_into(view) == 1000
        clock.advance(5.0)
        assert client.read_body_into(view) == 0
    memory.clear()
    assert "idle_timeout" in client.get_error_reason()


@pytest.mark.parametrize("blocking", [True, False])
@pytest.mark.parametrize("kind", [NetworkError, TlsError, HandshakeError])
def test_any_failure_of_a_stream(kind: type[NetworkError], blocking: bool) -> None:
    """The stream holds what it raises, in a cycle."""
    network = FakeNetwork(FakeStream(SOME, kind("it failed")))
    client = HTTPClient(network)
    client.attach(network.stream)
    client.request(GET, "/", [])
    network.stream.events, events = [], network.stream.events
    client.poll()
    network.stream.events = events
    poll(client)
    client.blocking_mode_enabled = blocking
    read_on(client)
    assert client.get_error_reason().startswith("it failed")


def test_reading_where_there_is_no_body(client: HTTPClient) -> None:
    memory = bytearray(10)
    with contextlib.suppress(LocalError), memoryview(memory) as view:
        client.read_body_into(view)
    memory.clear()


# ---- what is sent


REFUSAL = b"HTTP/1.1 413 Too much\r\nContent-Length: 0\r\n\r\n"


def refuse(connection: ssl.SSLSocket) -> None:
    connection.sendall(REFUSAL)
    until(lambda: taken(connection))


def upload(client: HTTPClient, *, streamed: bool) -> None:
    """Sends a body that the server does not take, until it is over."""
    body = bytearray(1 << 23)
    poll(client)
    if streamed:
        client.request_stream(POST, "/", [])
        assert client.send_body_chunk(body) is Error.OK
    else:
        client.request_raw(POST, "/", [], body)
    poll(client)
    read_on(client)
    assert client.get_status() is not Status.STATUS_CONNECTED
    body.clear()


@pytest.mark.parametrize("streamed", [True, False])
@pytest.mark.parametrize("leave", [*LEAVING, "refuse"])
def test_uploads_over_tls_that_are_cut_short(client: HTTPClient, leave: str, streamed: bool) -> None:
    def handler(connection: ssl.SSLSocket) -> None:
        connection.recv(16384)
        {**LEAVING, "refuse": refuse}[leave](connection)

    with TlsServer(HOST, handler) as server:
        client.connect_to_host("https://127.0.0.1", server.port, TRUSTING)
        upload(client, streamed=streamed)


@pytest.mark.parametrize("streamed", [True, False])
@pytest.mark.parametrize("leave", [[Reset()], [], [REFUSAL, Pause(10)]], ids=["reset", "end", "refuse"])
def test_uploads_that_are_cut_short(client: HTTPClient, leave: list[Step], streamed: bool) -> None:
    with ScriptedServer([ReadRequest(body=False), *leave]) as server:
        client.connect_to_host("127.0.0.1", server.port)
        upload(client, streamed=streamed)


def test_uploads_that_are_given_up_or_never_begun(client: HTTPClient) -> None:
    body = bytearray(1 << 23)
    with contextlib.suppress(LocalError):
        client.request_raw(POST, "/", [], body)
    body.append(0)
    with ScriptedServer([Pause(10)]) as server:
        client.connect_to_host("127.0.0.1", server.port)
        poll(client)
        for headers in (["Content-Length: 1"], ["no colon"]):
            with contextlib.suppress(LocalError):
                client.request_raw(POST, "/", headers, body)
            body.append(0)
        client.request_stream(POST, "/", [], 5)
        with contextlib.suppress(LocalError):
            client.send_body_chunk(body)
        body.append(0)
        assert client.send_body_chunk(memoryview(body)[:4]) is Error.OK
        client.poll()
        client.close()
        body.append(0)
        client.connect_to_host("127.0.0.1", server.port)
        poll(client)
        client.request_raw(POST, "/", [], body)
        client.poll()
        client.close()
        body.clear()
