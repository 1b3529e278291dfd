"""The helpers themselves, seen by a client that is not ours."""

import http.client
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.loopback.certificates import Authority
from tests.loopback.network import until
from tests.loopback.scripted import (
    Await,
    Drip,
    HalfClose,
    Pause,
    ReadOn,
    ReadRequest,
    ReadSome,
    Reply,
    Reset,
    ScriptedServer,
    Secure,
    Step,
)
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


def test_script_that_speaks_tls() -> None:
    """A cut is a reset after so many bytes, in the middle of a handshake too."""
    authority = Authority()
    identity = authority.issue("localhost")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=authority.pem)
    scripts: list[list[Step]] = [
        [Secure(identity), ReadRequest(), b"hi", HalfClose()],
        [Secure(identity, cut=9)],
    ]
    with ScriptedServer(scripts=scripts) as server:
        with (
            socket.create_connection(("127.0.0.1", server.port), 10) as peer,
            context.wrap_socket(peer, server_hostname="localhost") as secure,
        ):
            secure.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert (secure.recv(100), secure.recv(100)) == (b"hi", b"")
        with (
            socket.create_connection(("127.0.0.1", server.port), 10) as peer,
            pytest.raises(ConnectionResetError),
        ):
            context.wrap_socket(peer, server_hostname="localhost")
    assert server.received[0] == b"GET / HTTP/1.1\r\n\r\n"


def test_script_reads_on_until_the_client_leaves() -> None:
    with ScriptedServer([ReadRequest(), b"done", ReadOn()]) as server:
        with socket.create_connection(("127.0.0.1", server.port), 10) as peer:
            peer.sendall(b"GET / HTTP/1.1\r\n\r\n")
            assert peer.recv(100) == b"done"
            peer.sendall(b"more")
        until(lambda: server.received[0].endswith(b"more"))


def test_script_reads_what_is_no_request() -> None:
    with ScriptedServer([ReadSome(), b"done", ReadSome(), b"over"]) as server:
        with socket.create_connection(("127.0.0.1", server.port), 10) as peer:
            for sent, answer in ((b"\x16", b"done"), (b"\x17", b"over")):
                peer.sendall(sent)
                assert peer.recv(100) == answer
        assert server.received == [b"\x16\x17"]


def test_script_that_answers_with_what_came(tmp_path: Path) -> None:
    path = tmp_path / "socket"
    script: list[Step] = [ReadRequest(), Reply(lambda request: request[:3])] * 2
    with ScriptedServer(script, path=path), socket.socket(socket.AF_UNIX) as peer:
        peer.connect(str(path))
        for method in (b"GET", b"PUT"):
            peer.sendall(method + b" / HTTP/1.1\r\n\r\n")
            assert peer.recv(100) == method


def test_script_whose_condition_fails_fails_its_test() -> None:
    server = ScriptedServer([Await(lambda: 1 / 0)]).__enter__()
    with socket.create_connection(("127.0.0.1", server.port), 10) as peer:
        assert peer.recv(100) == b""
    with pytest.raises(ZeroDivisionError):
        server.close()


@pytest.mark.parametrize("rest", [b"", b"5\r\nhello\r\n"])
def test_request_in_chunks(rest: bytes) -> None:
    request = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n" + rest + b"0\r\n\r\n"
    with ScriptedServer([ReadRequest(), b"done"]) as server:
        with socket.create_connection(("127.0.0.1", server.port), 10) as peer:
            for start in range(len(request)):
                peer.sendall(request[start : start + 1])
            assert peer.recv(100) == b"done"
        assert server.received == [request]
