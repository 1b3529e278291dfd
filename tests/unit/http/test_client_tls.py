"""The client over TLS: what users see of it, from the first handshake to the last byte."""

import contextlib
import socket
import ssl
import threading
import time
import weakref
from collections.abc import Iterator
from typing import Any, cast

import pytest
from tests.loopback.certificates import Authority
from tests.loopback.clock import Clock
from tests.loopback.network import SECONDS, closed_port, until, waits_for_network
from tests.loopback.responses import HELLO, OK
from tests.loopback.scripted import Await, ReadRequest, Reset, ScriptedServer, Step
from tests.loopback.tls_server import TlsServer, garble, reset, server_context, speak
from tests.unit.http.driving import get, poll, read
from tests.unit.http.fakes import FakeNetwork, FakeStream, PacedStream, Plain

from pythonscript_http import Error, HTTPClient, LocalError, Status
from pythonscript_http.transport.late import context_for
from pythonscript_http.transport.policy import TlsPolicy
from pythonscript_http.transport.trust import TlsObject

ROOT = Authority()
TRUSTING = TlsPolicy(roots=ROOT.pem)
TLS_HOST = ROOT.issue("127.0.0.1")


@pytest.fixture
def client() -> Iterator[HTTPClient]:
    with contextlib.closing(HTTPClient()) as client:
        yield client


def secure(client: HTTPClient, port: int, policy: TlsPolicy | None = TRUSTING) -> None:
    assert client.connect_to_host("https://127.0.0.1", port, policy) is Error.OK
    poll(client)


def test_get(client: HTTPClient) -> None:
    with TlsServer(TLS_HOST, speak(HELLO)) as server:
        secure(client, server.port)
        assert client.get_status() is Status.STATUS_CONNECTED, client.get_error_reason()
        assert get(client) == b"hello"
        client.close()


def test_a_policy_asks_for_tls_and_a_scheme_has_the_last_word(client: HTTPClient) -> None:
    with TlsServer(TLS_HOST, speak(HELLO)) as other:
        client.connect_to_host("127.0.0.1", other.port, TRUSTING)
        poll(client)
        assert get(client) == b"hello"
        client.close()
    with ScriptedServer([ReadRequest()]) as server:
        client.connect_to_host("http://127.0.0.1", server.port, TRUSTING)
        poll(client)
        assert client.get_status() is Status.STATUS_CONNECTED
        client.close()


def test_the_standard_port_is_not_sent() -> None:
    network = FakeNetwork(FakeStream())
    client = HTTPClient(network)
    client.connect_to_host("https://192.0.2.1", -1, TRUSTING)
    assert client._host_header == "192.0.2.1"


def test_who_is_not_trusted(client: HTTPClient) -> None:
    with TlsServer(TLS_HOST, speak(HELLO)) as server:
        secure(client, server.port, None)
    assert client.get_status() is Status.STATUS_TLS_HANDSHAKE_ERROR
    assert client.poll() is Error.ERR_CONNECTION_ERROR
    assert "127.0.0.1" in client.get_error_reason()


def test_another_name(client: HTTPClient) -> None:
    with TlsServer(ROOT.issue("example.org"), speak(HELLO)) as server:
        secure(client, server.port)
    assert client.get_status() is Status.STATUS_TLS_HANDSHAKE_ERROR
    assert "example.org" in client.get_error_reason()


def test_a_server_without_tls(client: HTTPClient) -> None:
    with ScriptedServer([b"HTTP/1.1 400 Bad Request\r\n\r\n"]) as server:
        secure(client, server.port)
    assert client.get_status() is Status.STATUS_TLS_HANDSHAKE_ERROR
    assert "HTTP/1.1 400" in client.get_error_reason()


@pytest.mark.parametrize("clean", [True, False])
@pytest.mark.parametrize("framing", [b"Content-Length: 5\r\n", b"Connection: close\r\n"])
def test_an_end_without_close_notify(client: HTTPClient, framing: bytes, clean: bool) -> None:
    """R25: a length tells that the body is complete; the connection's end only if it was said."""
    with TlsServer(TLS_HOST, speak(OK + framing + b"\r\nhello", clean=clean)) as server:
        secure(client, server.port)
        assert get(client) == b"hello"
        status, reason = client.get_status(), client.get_error_reason()
        client.close()
    if framing.startswith(b"Content") or clean:
        assert status in (Status.STATUS_CONNECTED, Status.STATUS_DISCONNECTED)
    else:
        assert status is Status.STATUS_CONNECTION_ERROR
        assert "close_notify" in reason


def test_through_a_proxy(client: HTTPClient) -> None:
    asked = []

    def proxy(connection: socket.socket) -> None:
        asked.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")

    with TlsServer(ROOT.issue("example.org"), speak(HELLO), before=proxy) as server:
        client.set_https_proxy("ada:secret@127.0.0.1", server.port)
        client.connect_to_host("https://example.org", -1, TRUSTING)
        poll(client)
        assert get(client) == b"hello"
        client.close()
    head = asked[0].split(b"\r\n")
    assert head[0] == b"CONNECT example.org:443 HTTP/1.1"
    assert b"Proxy-Authorization: Basic YWRhOnNlY3JldA==" in head


def test_a_proxy_that_refuses(client: HTTPClient) -> None:
    with ScriptedServer([ReadRequest(), b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"]) as server:
        client.set_https_proxy("127.0.0.1", server.port)
        client.connect_to_host("https://example.org")
        poll(client)
    assert client.get_status() is Status.STATUS_CANT_CONNECT
    assert "403" in client.get_error_reason()


def test_a_proxy_that_is_not_there(client: HTTPClient) -> None:
    client.set_https_proxy("127.0.0.1", closed_port())
    client.connect_to_host("https://example.org")
    poll(client)
    assert client.get_status() is Status.STATUS_CANT_CONNECT
    assert client.get_error_reason().startswith("the proxy: ")


CUT = OK + b"Connection: close\r\n\r\nhello"


@pytest.mark.parametrize("made", [TlsObject, Plain])
@pytest.mark.parametrize("ignored", [True, False])
def test_an_end_without_close_notify_can_be_taken_for_one(
    client: HTTPClient, ignored: bool, made: type[TlsObject]
) -> None:
    policy = TlsPolicy(roots=ROOT.pem, ignore_unexpected_eof=ignored, alpn=(made.__name__,))
    context_for(policy).ssl.sslobject_class = made
    with TlsServer(TLS_HOST, speak(CUT, clean=False)) as server:
        secure(client, server.port, policy)
        assert get(client) == b"hello"
    if ignored:
        assert client.get_status() is Status.STATUS_DISCONNECTED, client.get_error_reason()
    else:
        assert client.get_status() is Status.STATUS_CONNECTION_ERROR
        reason = "the peer closed without close_notify, so the body may be cut short"
        assert client.get_error_reason() == reason


def test_what_is_told_of_the_peer(client: HTTPClient) -> None:
    with TlsServer(TLS_HOST, speak(CUT)) as server:
        assert client.get_tls_info() is None
        secure(client, server.port)
        peer = client.get_tls_info()
        assert peer is not None
        assert (peer.version, peer.certificate, peer.resumed) == ("TLSv1.3", TLS_HOST.pem, False)
        assert peer.pins == (TLS_HOST.pin, ROOT.pin)
        get(client)
        assert client.get_status() is Status.STATUS_DISCONNECTED
        assert client.get_tls_info() is peer
        assert peer.pins == (TLS_HOST.pin, ROOT.pin)
        client.close()
        assert client.get_tls_info() is None


def test_timings() -> None:
    clock, go = Clock(), threading.Event()
    client = HTTPClient(clock=clock)
    with TlsServer(TLS_HOST, speak(HELLO), before=lambda _: go.wait(SECONDS)) as server:
        assert client.connect_to_host("https://127.0.0.1", server.port, TRUSTING) is Error.OK
        clock.advance(1)
        until(lambda: [client.poll(), client.get_timings()["connect"]][1])
        clock.advance(2)
        go.set()
        poll(client)
        timings = client.get_timings()
        client.close()
        assert [timings[name] for name in ("connect", "appconnect", "total")] == [1, 3, 3]


# ---- deadlines


@pytest.mark.parametrize(
    ("begin", "said"), [(b"", "it sent nothing"), (b"\x16\x03\x03", "it answered, and then fell silent")]
)
def test_a_connect_timeout_in_the_handshake(begin: bytes, said: str) -> None:
    clock = Clock()
    client = stalled(PacedStream(clock, (0, begin)) if begin else PacedStream(clock), clock)
    client.connect_to_host("https://127.0.0.1", policy=TRUSTING)
    connect_in_vain(client, clock)
    assert client.get_status() is Status.STATUS_TLS_HANDSHAKE_ERROR
    reason = f"TLS with '127.0.0.1': no connection within 5 s (connect_timeout): {said}"
    assert client.get_error_reason() == reason


def test_a_connect_timeout_in_the_tunnel() -> None:
    clock = Clock()
    client = stalled(PacedStream(clock), clock)
    client.set_https_proxy("127.0.0.1", 3128)
    client.connect_to_host("https://example.org")
    connect_in_vain(client, clock)
    assert client.get_status() is Status.STATUS_CANT_CONNECT
    reason = "the proxy 127.0.0.1:3128: no connection within 5 s (connect_timeout): no answer"
    assert client.get_error_reason() == f"{reason} to CONNECT example.org:443"


def stalled(stream: PacedStream, clock: Clock) -> HTTPClient:
    """A client whose connections lead to a peer that says too little."""
    network = FakeNetwork(stream)
    network.up = True
    client = HTTPClient(network, clock=clock)
    client.connect_timeout = 5.0
    return client


def connect_in_vain(client: HTTPClient, clock: Clock) -> None:
    """Polls until the deadline of a stalled client."""
    for seconds in (0.0, 4.9):
        clock.advance(seconds)
        assert client.poll() is Error.OK
        assert client.get_status() is Status.STATUS_CONNECTING
    until(lambda: [client.poll(), not is_worked_on(client)][1])  # OpenSSL has seen all that came
    clock.advance(0.1)
    client.poll()


def is_worked_on(client: HTTPClient) -> bool:
    """Tells whether a worker goes on with the handshake: on a busy machine that takes its time."""
    connecting = client._connecting
    assert connecting is not None
    return getattr(connecting._layer, "_step", None) is not None


# ---- client certificates

STRANGER = Authority("Stranger").issue(common_name="client")
REFUSED = {
    "none": (
        TRUSTING,
        "it wants a client certificate, and none was given (tlsv13 alert certificate required)",
    ),
    "unknown issuer": (
        TlsPolicy(roots=ROOT.pem, certificate=STRANGER.pem, key=STRANGER.key_pem),
        "it refused the client certificate (tlsv1 alert unknown ca)",
    ),
}


@pytest.mark.parametrize("moment", ["idle", "request", "late request", "upload"])
@pytest.mark.parametrize("kind", REFUSED)
def test_a_client_certificate_that_is_refused_when_the_handshake_is_over(
    client: HTTPClient, kind: str, moment: str
) -> None:
    """With TLS 1.3 the server judges it after the client is done: that is a failed handshake all the same."""
    policy, text = REFUSED[kind]
    context = server_context(TLS_HOST, trusted=ROOT.pem)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    with TlsServer(context, speak(HELLO)) as server:
        secure(client, server.port, policy)
        assert client.get_status() is Status.STATUS_CONNECTED
        if moment.startswith("late"):
            until(lambda: server.seen.errors)  # it has said so before
        if moment == "idle":
            end = time.monotonic() + SECONDS
            while client.get_status() is Status.STATUS_CONNECTED:
                assert time.monotonic() < end
                client.poll()
        else:
            client.request_raw(2, "/", [], bytes(1 << 22 if moment == "upload" else 1))
            poll(client)
    assert client.get_status() is Status.STATUS_TLS_HANDSHAKE_ERROR, client.get_error_reason()
    assert client.poll() is Error.ERR_CONNECTION_ERROR
    assert text in client.get_error_reason()


OWN = ROOT.issue(common_name="client")
PRESENTING = TlsPolicy(roots=ROOT.pem, certificate=OWN.pem, key=OWN.key_pem)


@pytest.mark.parametrize("times", [1, 3])
@pytest.mark.parametrize("policy", [PRESENTING, TRUSTING])
def test_a_server_that_asks_for_a_certificate_later(
    client: HTTPClient, policy: TlsPolicy, times: int
) -> None:
    """TLS 1.3 has it (RFC 8446 section 4.6.2): for a part of a site, when that is asked for."""
    context = server_context(TLS_HOST)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.load_verify_locations(cadata=ROOT.pem)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.post_handshake_auth = True
    seen: list[bool] = []

    def handler(connection: ssl.SSLSocket) -> None:
        for number in range(times + 1):
            connection.recv(65536)  # the request, behind what the client says of the last question
            seen.append(bool(connection.getpeercert(binary_form=True)))
            if number < times:
                with contextlib.suppress(ssl.SSLError):  # the client has not offered to answer
                    connection.verify_client_post_handshake()
                connection.sendall(OK + b"Content-Length: 100000\r\n\r\n" + bytes(100000))

    with TlsServer(context, handler) as server:
        secure(client, server.port, policy)
        for _ in range(times):
            assert len(get(client, "/")) == 100000
        client.close()
    assert server.seen.errors == []
    assert server.seen.clients == [None]
    assert seen == [False] + [policy is PRESENTING] * times


# ---- failures that come later


@pytest.mark.parametrize("moment", ["idle", "late request", "body"])
def test_the_reason_of_a_late_failure(client: HTTPClient, moment: str) -> None:
    """The server says something, if anything, and then what is no record of TLS's."""
    go, sent = threading.Event(), threading.Event()

    def handler(connection: ssl.SSLSocket) -> None:
        if moment == "body":
            connection.recv(65536)
            connection.sendall(OK + b"Content-Length: 9\r\n\r\nhello")
        go.wait(SECONDS)
        garble(connection, sent)

    with TlsServer(TLS_HOST, handler) as server:
        secure(client, server.port)
        if moment == "late request":
            go.set()
            assert sent.wait(SECONDS)
        if moment != "idle":
            client.request(0, "/", [])
            poll(client)
        go.set()
        status = client.get_status()
        end = time.monotonic() + SECONDS
        while client.get_status() is status and status is not Status.STATUS_CONNECTION_ERROR:
            assert time.monotonic() < end
            client.poll()
            if status is Status.STATUS_BODY and client.get_status() is status:
                client.read_response_body_chunk()
    assert client.get_status() is Status.STATUS_CONNECTION_ERROR
    assert "TLS with '127.0.0.1': what it sent is damaged" in client.get_error_reason()


@pytest.mark.parametrize("tls", [False, True])
def test_what_came_before_a_reset_is_read_into_the_readers_own_memory(client: HTTPClient, tls: bool) -> None:
    """Also the last of it: nothing holds that memory then, which could not change its size."""
    answer = OK + b"Content-Length: 500000\r\n\r\n" + bytes(100000)
    size = 0

    def waits_for_more() -> bool:
        return size == 65536 and waits_for_network(threading.main_thread())

    def leave(connection: ssl.SSLSocket) -> None:
        connection.recv(65536)
        connection.sendall(answer)
        until(waits_for_more)
        reset(connection)

    script: list[Step] = [ReadRequest(), answer, Await(waits_for_more), Reset()]
    with TlsServer(TLS_HOST, leave) if tls else ScriptedServer(script) as server:
        client.connect_to_host(
            f"{'https' if tls else 'http'}://127.0.0.1", server.port, TRUSTING if tls else None
        )
        poll(client)
        client.blocking_mode_enabled = True
        client.request(0, "/", [])
        poll(client)
        while client.get_status() is Status.STATUS_BODY:
            memory = bytearray(65536)
            size += (got := client.read_body_into(memoryview(memory)))
            del memory[got:]
    assert size == 100000
    assert client.get_status() is Status.STATUS_CONNECTION_ERROR
    assert "reset" in client.get_error_reason()


@pytest.mark.parametrize("by", ["https", "early answer", "proxy"])
def test_a_slow_upload_is_no_idle_one(by: str) -> None:
    """What waits in a batch of records moves, though no more of the body is taken meanwhile."""
    clock = Clock()
    client = HTTPClient(clock=clock)

    def take(connection: ssl.SSLSocket) -> None:
        size = len(connection.recv(16384))
        if by.startswith("early"):
            connection.sendall(HELLO[:-1])
        while size < 1 << 18:
            size += len(connection.recv(16384))
        connection.sendall(HELLO[-1:] if by.startswith("early") else HELLO)

    def left() -> tuple[int, int]:
        return len(transport.unsent), client.get_request_body_sent()

    def goes_on() -> bool:
        client.poll()
        if client.get_status() is Status.STATUS_BODY:
            body.extend(client.read_response_body_chunk())
        return left() != before

    client.proxy_policy = lambda: TRUSTING
    with TlsServer(TLS_HOST, take, buffer=4096) as server:
        if by == "proxy":
            client.set_http_proxy("https://127.0.0.1", server.port)
            client.connect_to_host("http://example.org")
            poll(client)
        else:
            secure(client, server.port)
        transport = cast("Any", client.connection())._transport
        transport.stream._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        client.idle_timeout = 5
        client.request_raw(2, "/", [], bytes(1 << 18))
        client.poll()
        body = bytearray()
        moves = 0
        while (before := left())[0]:
            until(goes_on)
            clock.advance(4)
            moves += 1
        assert moves > 2
        poll(client)
        body += read(client)
        assert body == b"hello", client.get_error_reason()
        assert client.get_status() is Status.STATUS_CONNECTED, client.get_error_reason()
        client.close()


# ---- policies that cannot be honoured


@pytest.mark.parametrize("host", ["unix:/run/x.sock", "unix:///run/x.sock"])
def test_no_tls_over_unix_sockets(client: HTTPClient, host: str) -> None:
    with pytest.raises(LocalError, match="TLS over Unix domain sockets is not supported"):
        client.connect_to_host(host, -1, TRUSTING)
    assert client.get_status() is Status.STATUS_DISCONNECTED


def test_options_without_effect_are_a_warning(client: HTTPClient) -> None:
    client.connect_to_host("http://127.0.0.1", 1, TRUSTING)
    assert client.warning == "'http://127.0.0.1' does not use TLS, so the TLS options have no effect"
    with pytest.raises(LocalError):
        client.connect_to_host("a b")
    assert client.warning == ""
    client.connect_to_host("127.0.0.1", 1, TRUSTING)
    assert client.warning == ""


def test_a_proxy_that_is_none_holds_nobody() -> None:
    """An error that is kept would keep those who got it: their frames are in its traceback."""

    class Observer:
        def __call__(self, event: object) -> None: ...

    client = HTTPClient()
    client.observer = Observer()
    gone = weakref.ref(client.observer)
    with contextlib.suppress(LocalError):
        client.set_http_proxy("socks4://127.0.0.1", 1080)
    with contextlib.suppress(LocalError):
        client.connect_to_host("127.0.0.1", 1)
    del client
    assert gone() is None


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_none_is_not_gone_without(client: HTTPClient, scheme: str) -> None:
    text = "not a valid proxy: the host has the scheme 'socks4'"
    setter = client.set_https_proxy if scheme == "https" else client.set_http_proxy
    with pytest.raises(LocalError, match=text):
        setter("socks4://127.0.0.1", 1080)
    for _ in range(2):
        with pytest.raises(LocalError, match=text):
            client.connect_to_host(f"{scheme}://127.0.0.1", 1, TRUSTING if scheme == "https" else None)
        assert client.get_error_reason().startswith(text)
    setter("", -1)
    assert client.connect_to_host(f"{scheme}://127.0.0.1", 1, None) is Error.OK
