"""The helpers themselves, seen by a client that is not ours."""

import http.client
import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest
from tests.loopback.scripted import Drip, HalfClose, Pause, ReadRequest, Reset, ScriptedServer, Step
from tests.loopback.server import Server, pattern

from devkit.project import ROOT


@pytest.fixture(scope="module")
def client() -> Iterator[http.client.HTTPConnection]:
    with Server() as server:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        yield connection
        connection.close()


@pytest.mark.parametrize(
    ("method", "path", "sent", "code", "answer"),
    [
        ("GET", "/hello", None, 200, b"hello, world\n"),
        ("GET", "/hello?x", None, 200, b"hello, world\n"),
        ("HEAD", "/hello?x", None, 200, b""),
        ("GET", "/bytes/70000", None, 200, b"".join(pattern(70000))),
        ("GET", "/close/70000", None, 200, b"".join(pattern(70000))),
        ("GET", "/chunked/25/10", None, 200, b"\0\1\2\3\4\5\6\7\x08\x09" * 2 + b"\0\1\2\3\4"),
        ("GET", "/chunked/0/10", None, 200, b""),
        ("POST", "/echo", b"x" * 100_000, 200, b"x" * 100_000),
        ("POST", "/echo", [b"ab", b"c"], 200, b"abc"),
        ("POST", "/digest", b"", 200, b"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("GET", "/status/404", None, 404, b""),
        ("GET", "/wait/0.01", None, 200, b""),
        ("GET", "/nothing", None, 404, b""),
    ],
)
def test_server(
    client: http.client.HTTPConnection,
    method: str,
    path: str,
    sent: bytes | list[bytes] | None,
    code: int,
    answer: bytes,
) -> None:
    for _ in range(2):
        client.request(method, path, sent)  # a list goes out in chunks
        response = client.getresponse()
        assert (response.status, response.read()) == (code, answer)


def test_server_waits_for_the_body_it_allows(client: http.client.HTTPConnection) -> None:
    client.putrequest("POST", "/echo")
    client.putheader("Content-Length", "2")
    client.putheader("Expect", "100-continue")
    client.endheaders()
    client.send(b"hi")
    assert client.getresponse().read() == b"hi"


def test_server_as_a_program() -> None:
    command = [sys.executable, "-m", "tests.loopback.server"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        connection = http.client.HTTPConnection("127.0.0.1", int(process.stdout.readline()), timeout=60)
        connection.request("GET", "/hello")
        assert connection.getresponse().read() == b"hello, world\n"
        connection.close()
        process.communicate(timeout=60)
    assert process.returncode == 0


def test_script() -> None:
    steps: list[Step] = [ReadRequest(), Drip(b"abc", 2), Pause(0.01), b"def", HalfClose(), ReadRequest()]
    with ScriptedServer(steps) as server, socket.create_connection(("127.0.0.1", server.port), 10) as peer:
        peer.sendall(b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi")
        got = b""
        while data := peer.recv(100):
            got += data
        peer.sendall(b"more")
        peer.shutdown(socket.SHUT_WR)
        assert got == b"abcdef"
    assert server.received == [b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhimore"]


def test_scripts_by_connection() -> None:
    """The second waits for a request: a reset at once may come while the client still connects."""
    with ScriptedServer(scripts=[[b"one"], [ReadRequest(), Reset()]]) as server:
        with socket.create_connection(("127.0.0.1", server.port), 10) as peer:
            assert peer.recv(100) == b"one"
        with socket.create_connection(("127.0.0.1", server.port), 10) as peer:
            peer.sendall(b"GET / HTTP/1.1\r\n\r\n")
            with pytest.raises(ConnectionResetError):
                peer.recv(100)


@pytest.mark.parametrize("rest", [b"", b"5\r\nhello\r\n"])
def test_request_in_chunks(rest: bytes) -> None:
    request = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + rest + b"0\r\n\r\n"
    with ScriptedServer([ReadRequest(), b"done"]) as server:
        with socket.create_connection(("127.0.0.1", server.port), 10) as peer:
            for start in range(len(request)):
                peer.sendall(request[start : start + 1])
            assert peer.recv(100) == b"done"
        assert server.received == [request]
