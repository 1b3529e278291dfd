"""What crosses a proxy, to the byte: who gets what, and by whose policy TLS is spoken with whom."""

import contextlib
import re
import socket
import ssl
from collections.abc import Iterator

import pytest
from tests.loopback.certificates import Authority, Identity
from tests.loopback.responses import HELLO
from tests.loopback.scripted import Pause, ReadRequest, ScriptedServer
from tests.loopback.tls_server import TlsServer, server_context, speak
from tests.unit.http.driving import GET, get, poll
from tests.unit.http.fakes import FakeStream

from pythonscript_http import HTTPClient, Method, Status
from pythonscript_http.transport.policy import TlsPolicy

ROOT = Authority()
TRUSTING = TlsPolicy(roots=ROOT.pem)
PROXY = ROOT.issue("127.0.0.1")
ORIGIN = ROOT.issue("example.org")
STRANGER = Authority("Stranger").issue(common_name="client")
CLIENT = ROOT.issue(common_name="client")

AGREES = b"HTTP/1.1 200 Yes\r\n\r\n"
CREDENTIALS = b"Proxy-Authorization: Basic YWRhOnNlY3JldA==\r\n"
REST = b"User-Agent: test\r\nAccept: */*\r\n"
CONNECT = b"CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443\r\n" + CREDENTIALS + REST + b"\r\n"
REQUEST = b"GET /a?b HTTP/1.1\r\nHost: example.org\r\n" + REST + b"\r\n"


@pytest.fixture
def client() -> Iterator[HTTPClient]:
    with contextlib.closing(HTTPClient(user_agent="test")) as client:
        client.proxy_policy = lambda: TRUSTING
        yield client


class Tunnel:
    """A proxy that is spoken TLS to, and the host behind it: what both of them see.

    Args:
        proxy: what the proxy presents.
        origin: what the host presents.
        answer: the proxy's, to CONNECT.
    """

    def __init__(self, proxy: ssl.SSLContext, origin: ssl.SSLContext, answer: bytes = AGREES) -> None:
        self._origin = origin
        self._answer = answer
        self.server = TlsServer(proxy, self._serve)
        self.asked = b""
        self.said = b""
        self.certificate: bytes | None = None
        """The client's, as the host saw it."""

    def _serve(self, connection: ssl.SSLSocket) -> None:
        self.asked = connection.recv(65536)
        connection.sendall(self._answer)
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        made = self._origin.wrap_bio(incoming, outgoing, server_side=True)
        while True:
            with contextlib.suppress(ssl.SSLWantReadError):
                self.said += made.read(65536)
                self.certificate = made.getpeercert(binary_form=True)
                if self.said.endswith(b"\r\n\r\n"):
                    made.write(HELLO)
            connection.sendall(outgoing.read())
            data = connection.recv(65536)
            if not data:
                return
            incoming.write(data)

    def visit(self, client: HTTPClient, policy: TlsPolicy = TRUSTING) -> None:
        """Connects to example.org, and asks it for something."""
        with self.server as server:
            client.set_https_proxy("https://ada:secret@127.0.0.1", server.port)
            client.connect_to_host("https://example.org", -1, policy)
            poll(client)
            if client.get_status() is Status.STATUS_CONNECTED:
                assert get(client, "/a?b") == b"hello"
                client.close()


def asking(identity: Identity) -> ssl.SSLContext:
    """A server that asks for a client's certificate, and takes none as well."""
    context = server_context(identity, trusted=ROOT.pem)
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


# ---- who gets what


def test_the_requests_inside_a_tunnel(client: HTTPClient) -> None:
    """The credentials are the proxy's, and the host knows nothing of a proxy."""
    asked, said = [], []

    def proxy(connection: socket.socket) -> None:
        asked.append(connection.recv(65536))
        connection.sendall(AGREES)

    def origin(connection: ssl.SSLSocket) -> None:
        for _ in range(2):
            said.append(connection.recv(65536))
            connection.sendall(HELLO)

    with TlsServer(ORIGIN, origin, before=proxy) as server:
        client.set_https_proxy("ada:secret@127.0.0.1", server.port)
        client.connect_to_host("https://example.org", -1, TRUSTING)
        poll(client)
        assert [get(client, "/a?b") for _ in range(2)] == [b"hello"] * 2, client.get_error_reason()
        client.close()
    assert (asked, said) == ([CONNECT], [REQUEST] * 2)


def test_the_requests_inside_a_tunnel_that_is_spoken_tls_to(client: HTTPClient) -> None:
    tunnel = Tunnel(server_context(PROXY), server_context(ORIGIN))
    tunnel.visit(client)
    assert client.get_status() is Status.STATUS_DISCONNECTED, client.get_error_reason()
    assert (tunnel.asked, tunnel.said) == (CONNECT, REQUEST)


def test_a_request_by_way_of_a_proxy_that_is_spoken_tls_to(client: HTTPClient) -> None:
    said = []

    def proxy(connection: ssl.SSLSocket) -> None:
        said.append(connection.recv(65536))
        connection.sendall(HELLO)

    with TlsServer(PROXY, proxy) as server:
        client.set_http_proxy("https://ada:secret@127.0.0.1", server.port)
        client.connect_to_host("http://example.org")
        poll(client)
        assert get(client, "/a?b") == b"hello", client.get_error_reason()
        client.close()
    absolute = REQUEST.replace(b"GET ", b"GET http://example.org")
    assert said == [absolute[:-2] + CREDENTIALS + b"\r\n"]


def test_a_stream_of_ones_own_after_a_proxy(client: HTTPClient) -> None:
    """It does not lead to that proxy."""
    stream = FakeStream()
    with ScriptedServer([Pause(10)]) as proxy:
        client.set_http_proxy("ada:secret@127.0.0.1", proxy.port)
        client.connect_to_host("http://example.org")
        poll(client)
        client.attach(stream)
        client.request(GET, "/a?b", [])
        client.poll()
    assert stream.sent == REQUEST


def test_requests_inside_a_tunnel_of_ones_own(client: HTTPClient) -> None:
    """What a script asks a proxy to connect it to is no proxy."""
    with ScriptedServer([ReadRequest(), AGREES, ReadRequest(), HELLO]) as proxy:
        client.set_http_proxy("ada:secret@127.0.0.1", proxy.port)
        client.connect_to_host("http://example.org")
        poll(client)
        client.request(Method.METHOD_CONNECT, "example.org:443", [])
        poll(client)
        assert get(client, "/a?b") == b"hello", client.get_error_reason()
        client.close()
    asked = CONNECT.replace(CREDENTIALS, b"")[:-2] + CREDENTIALS + b"\r\n"
    assert proxy.received == [asked + REQUEST]


# ---- by whose policy


def test_what_is_agreed_on_with_the_host_is_not_for_its_proxy(client: HTTPClient) -> None:
    """Pins, certificates, versions and protocols; and the proxy's roots are not for the host."""
    tunnel = Tunnel(asking(PROXY), asking(ORIGIN))
    tunnel.server.context.maximum_version = ssl.TLSVersion.TLSv1_2
    policy = TlsPolicy(
        roots=ROOT.pem,
        pins=(ORIGIN.pin,),
        certificate=CLIENT.pem,
        key=CLIENT.key_pem,
        minimum=ssl.TLSVersion.TLSv1_3,
        alpn=("mine/1",),
    )
    tunnel.visit(client, policy)
    assert client.get_status() is Status.STATUS_DISCONNECTED, client.get_error_reason()
    assert tunnel.server.seen.clients == [None]
    assert tunnel.certificate == ssl.PEM_cert_to_DER_cert(CLIENT.pem)


def test_pins_of_the_host_hold_behind_a_proxy(client: HTTPClient) -> None:
    Tunnel(server_context(PROXY), server_context(ORIGIN)).visit(
        client, TlsPolicy(roots=ROOT.pem, pins=(PROXY.pin,))
    )
    assert client.get_status() is Status.STATUS_TLS_HANDSHAKE_ERROR
    assert client.get_error_reason().startswith("TLS with 'example.org': pin mismatch: ")


def test_who_is_trusted_as_a_proxy_is_not_trusted_as_a_host(client: HTTPClient) -> None:
    other = Authority("Other")
    for policy, proxy, whose in (
        (TlsPolicy(roots=other.pem), PROXY, "'example.org'"),
        (TRUSTING, other.issue("127.0.0.1"), "the proxy 127.0.0.1:"),
    ):
        Tunnel(server_context(proxy), server_context(ORIGIN)).visit(client, policy)
        assert client.get_status() is Status.STATUS_TLS_HANDSHAKE_ERROR
        assert client.get_error_reason().startswith(f"TLS with {whose}")


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_proxy_that_wants_a_client_certificate(client: HTTPClient, version: ssl.TLSVersion) -> None:
    context = server_context(PROXY, trusted=ROOT.pem)
    context.maximum_version = version
    with TlsServer(context, speak(AGREES)) as server:
        client.set_https_proxy("https://127.0.0.1", server.port)
        client.connect_to_host("https://example.org", -1, TRUSTING)
        poll(client)
        reason = (
            f"TLS with the proxy 127.0.0.1:{server.port}: it wants a client certificate, and none was given"
        )
    assert client.get_status() is Status.STATUS_TLS_HANDSHAKE_ERROR
    assert client.get_error_reason().startswith(reason)


@pytest.mark.parametrize(
    ("identity", "origin", "answer", "status", "text"),
    [
        (STRANGER, ORIGIN, AGREES, Status.STATUS_TLS_HANDSHAKE_ERROR, "TLS with the proxy 127.0.0.1:PORT: "),
        (PROXY, STRANGER, AGREES, Status.STATUS_TLS_HANDSHAKE_ERROR, "TLS with 'example.org': "),
        (
            PROXY,
            ORIGIN,
            b"HTTP/1.1 502 No\r\n\r\n",
            Status.STATUS_CANT_CONNECT,
            "the proxy 127.0.0.1:PORT: it refused CONNECT example.org:443: '502 No'",
        ),
    ],
    ids=["the proxy's certificate", "the host's certificate", "the proxy's answer"],
)
def test_whose_failure_it_is(
    client: HTTPClient, identity: Identity, origin: Identity, answer: bytes, status: Status, text: str
) -> None:
    Tunnel(server_context(identity), server_context(origin), answer).visit(client)
    assert client.get_status() is status
    reason = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:PORT", client.get_error_reason())
    assert reason.startswith(text)
