"""Tunnels, through proxies that play scripts."""

import contextlib
import time
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from tests.loopback.network import descriptors, established, received
from tests.loopback.scripted import Drip, Pause, ReadRequest, Reset, ScriptedServer, Step
from tests.unit.http.fakes import FakeNetwork, FakeStream

from pythonscript_http.client import HTTPClient
from pythonscript_http.config import Limits
from pythonscript_http.enums import Error
from pythonscript_http.exceptions import LocalProtocolError
from pythonscript_http.transport import resolver
from pythonscript_http.transport.http_proxy import tunnel_to
from pythonscript_http.transport.network import TcpNetwork
from pythonscript_http.transport.stream import HandshakeError, Layer, NetworkError
from pythonscript_http.transport.tunnel import TunnelRequest

LIMIT = Limits().header_size
AGREED = b"HTTP/1.1 200 Connection established\r\n\r\n"


def asking(name: str = "h", port: int = 2, proxy: str = "p:1", **more: Any) -> TunnelRequest:
    return TunnelRequest(name, port, proxy, **{"user_agent": "test", "header_limit": LIMIT, **more})


def through(port: int, name: str = "h.example", to: int = 80, **more: Any) -> Layer:
    """Asks the proxy at a port."""
    address = resolver.literal("127.0.0.1")
    assert address is not None
    ground = established(TcpNetwork(clock=time.monotonic).connect([address], port))
    return tunnel_to(asking(name, to, "p.example:3128", **more))(ground)


@contextlib.contextmanager
def proxy(*steps: Step) -> Iterator[ScriptedServer]:
    """A proxy that reads a CONNECT and then plays the steps."""
    with ScriptedServer([ReadRequest(), *steps]) as server:
        yield server


@pytest.mark.parametrize(
    "answer",
    [
        AGREED,
        b"HTTP/1.0 200 Connection established\r\nProxy-agent: tinyproxy/1.11.1\r\n\r\n",
        b"HTTP/1.1 299 Maybe\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\nContent-Length: -1\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nX: y\r\n\r\n" + AGREED,
        b"HTTP/1.1 200 OK\n\n",
    ],
)
@pytest.mark.parametrize("drips", [False, True])
def test_an_agreement(answer: bytes, drips: bool) -> None:
    with proxy(Drip(answer) if drips else answer, ReadRequest(), b"hello") as server:
        stream = established(through(server.port))
        stream.write([b"GET / HTTP/1.1\r\n\r\n"])
        assert received(stream, 5) == b"hello"
        stream.close()
    assert server.received[0] == (
        b"CONNECT h.example:80 HTTP/1.1\r\nHost: h.example:80\r\nUser-Agent: test\r\nAccept: */*\r\n\r\n"
        b"GET / HTTP/1.1\r\n\r\n"
    )


def test_credentials_and_an_ipv6_target() -> None:
    with proxy(AGREED, Pause(5)) as server:
        established(through(server.port, "::1", 443, user=b"u", password=b"p")).close()
    head = server.received[0].split(b"\r\n")
    assert head[:2] == [b"CONNECT [::1]:443 HTTP/1.1", b"Host: [::1]:443"]
    assert b"Proxy-Authorization: Basic dTpw" in head


REFUSALS: Sequence[tuple[str, list[Step], str]] = [
    (
        "credentials wanted",
        [b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n"],
        "it refused CONNECT h.example:80: '407 Proxy Authentication Required'",
    ),
    (
        "forbidden, with a page",
        [b"HTTP/1.0 403 Forbidden\r\nContent-Length: 4\r\n\r\nNo.\n"],
        "it refused CONNECT h.example:80: '403 Forbidden'",
    ),
    ("bad gateway", [b"HTTP/1.1 502\r\n\r\n"], "it refused CONNECT h.example:80: '502'"),
    ("choice", [b"HTTP/1.1 300 Choose\r\n\r\n"], "'300 Choose'"),
    ("redirect", [b"HTTP/1.1 302 Found\r\nLocation: http://login/\r\n\r\n"], "'302 Found'"),
    (
        "another protocol",
        [b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"],
        "'101 Switching Protocols'",
    ),
    ("closes", [], "it closed the connection instead of answering CONNECT h.example:80"),
    (
        "closes in its answer",
        [b"HTTP/1.1 200 OK\r\n"],
        "it closed the connection in the middle of its answer to CONNECT h.example:80",
    ),
    ("resets", [Reset()], "cannot receive: Connection reset by peer"),
    ("no HTTP", [b"SSH-2.0-OpenSSH\r\n"], "not an HTTP/1.x response: it begins with b'SSH-2.0'"),
    ("malformed", [b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n"], "malformed response, line 2 (b'no colon')"),
    ("surplus", [AGREED + b"hello"], "it sent 5 bytes after its answer to CONNECT h.example:80"),
    (
        "headers without end",
        [b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * (LIMIT // 6 + 1), Pause(5)],
        f"the header block is over the limit of {LIMIT} bytes",
    ),
    (
        "interim answers without end",
        [b"HTTP/1.1 100 Continue\r\n\r\n" * 3000, Pause(5)],
        "over 1000 interim responses to one request",
    ),
]


@pytest.mark.parametrize(("steps", "text"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS])
def test_a_refusal(steps: list[Step], text: str) -> None:
    with proxy(*steps) as server:
        before = descriptors()
        pending = through(server.port)
        with pytest.raises(NetworkError) as caught:
            established(pending)
        assert str(caught.value).startswith("the proxy p.example:3128: ")
        assert text in str(caught.value)
        assert descriptors() <= before + 1  # the server's side


def over(stream: FakeStream) -> Layer:
    return tunnel_to(asking())(stream)


def test_giving_up_at_any_moment() -> None:
    answer = b"HTTP/1.1 200 OK\r\nX: y\r\n\r\n"
    for polls in range(8):
        with ScriptedServer([ReadRequest(), Drip(answer, 4, 0.002), Pause(5)]) as server:
            before = descriptors()
            pending = through(server.port)
            stream = None
            for _ in range(polls):
                stream = stream or pending.poll()
                if stream is None:
                    pending.wait(0.1)
            pending.close()
        assert descriptors() <= before - 1  # the listener


def test_what_can_not_be_sent_is_refused_before_anything_is_connected() -> None:
    with pytest.raises(LocalProtocolError, match="line break"):
        tunnel_to(asking(user_agent="x\r\ny: z"))


@pytest.mark.parametrize("interim", [b"", b"HTTP/1.1 103 X\r\n\r\n"])
@pytest.mark.parametrize("over", [0, 1])
def test_the_limit_of_an_answer(interim: bytes, over: int) -> None:
    begin, end = interim + b"HTTP/1.1 200 OK\r\nX: ", b"\r\n\r\n"
    stream = FakeStream(begin + b"y" * (LIMIT + over - len(begin) - len(end)) + end)
    tunnel = tunnel_to(asking())(stream)
    if over:
        with pytest.raises(NetworkError, match=f"over the limit of {LIMIT} bytes"):
            tunnel.poll()
    else:
        assert tunnel.poll() is stream


def test_a_limit_of_ones_own() -> None:
    stream = FakeStream(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 2000)
    network = FakeNetwork(stream)
    network.up = True
    client = HTTPClient(network)
    client.max_header_size = 1024
    client.set_https_proxy("192.0.2.1", 3128)
    client.connect_to_host("https://example.org")
    assert client.poll() is Error.ERR_CANT_CONNECT
    assert "over the limit of 1024 bytes" in client.get_error_reason()


def test_one_call_takes_a_bounded_number_of_answers() -> None:
    stream = FakeStream(b"HTTP/1.1 103 X\r\nA b: c\r\n\r\n" * 1000 + AGREED)
    tunnel: Any = over(stream)
    taken: list[tuple[int, bytes]] = []
    tunnel._heads.kept = taken
    heads, before = [], 0
    while (done := tunnel.poll()) is None or len(taken) > before:
        heads.append(len(taken) - before)
        before = len(taken)
        if done is not None:
            break
        tunnel.wait(10.0)
        assert len(heads) < 100
    assert sum(heads) == 1001
    assert max(heads) < 200


class Gone(FakeStream):
    """A connection that takes nothing more; what came before that can still be read."""

    def write(self, buffers: object) -> int:
        raise NetworkError("cannot send: Broken pipe")


@pytest.mark.parametrize(
    ("said", "kind", "text"),
    [
        ((), NetworkError, "the proxy p:1: cannot send: Broken pipe"),
        ((b"",), NetworkError, "the proxy p:1: cannot send: Broken pipe"),
        ((b"HTTP/1.1 403 No\r\n\r\n",), NetworkError, "the proxy p:1: it refused CONNECT h:2: '403 No'"),
        ((HandshakeError("TLS with the proxy: no"),), HandshakeError, "TLS with the proxy: no"),
    ],
)
def test_a_proxy_that_leaves_while_it_is_asked(
    said: tuple[bytes | NetworkError, ...], kind: type[NetworkError], text: str
) -> None:
    """What it said before tells more than that it is gone."""
    stream = Gone(*said)
    tunnel = over(stream)
    with pytest.raises(kind) as caught:
        tunnel.poll()
    assert (type(caught.value), str(caught.value)) == (kind, text)
    assert stream.closed
