"""What a client costs, refuses and is set to; the parts that it is made of have their own files."""

import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.loopback.clock import Clock
from tests.loopback.network import blackholes, until
from tests.loopback.responses import CHUNKED, HELLO, OK
from tests.loopback.scripted import HalfClose, ReadOn, ReadRequest, ScriptedServer
from tests.unit.http.driving import GET, POST, connect, get, poll, read
from tests.unit.http.fakes import FakeNetwork, FakeStream, fake
from tests.unit.programs import run

from pythonscript_http import Error, HTTPClient, LocalError, Status, TcpNetwork
from pythonscript_http.config import Limits
from pythonscript_http.transport import late
from pythonscript_http.transport.policy import TlsPolicy
from pythonscript_http.transport.tcp import SocketStream


@pytest.fixture
def silent() -> Iterator[tuple[HTTPClient, socket.socket]]:
    """A client whose last polls expected nothing and got nothing, and its peer."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        client = HTTPClient()
        client.attach(SocketStream(ours))
        assert [client.poll(), client.poll()] == [Error.OK] * 2
        yield client, theirs


class TestSilent:
    """Polls that expect nothing take the shortest way; whatever else is asked for ends that."""

    def test_requests(self, silent: tuple[HTTPClient, socket.socket]) -> None:
        client, peer = silent
        client.request(GET, "/", [])
        assert (client.poll(), client.get_status()) == (Error.OK, Status.STATUS_REQUESTING)
        assert peer.recv(4096).startswith(b"GET / ")
        peer.sendall(HELLO)
        assert (poll(client), read(client)) == (Error.OK, b"hello")

    @pytest.mark.parametrize(
        ("end", "reason"),
        [
            (lambda peer: peer.close(), "the server closed the connection between requests"),
            (lambda peer: peer.sendall(HELLO), "the server sent data that no request had asked for"),
        ],
    )
    def test_the_end(
        self,
        silent: tuple[HTTPClient, socket.socket],
        end: Callable[[socket.socket], None],
        reason: str,
    ) -> None:
        client, peer = silent
        end(peer)
        until(lambda: client.poll() is not Error.OK)
        assert client.get_status() is Status.STATUS_CONNECTION_ERROR
        assert client.get_error_reason() == reason

    @pytest.mark.parametrize("leave", [HTTPClient.close, HTTPClient.detach])
    def test_leaving(
        self, silent: tuple[HTTPClient, socket.socket], leave: Callable[[HTTPClient], object]
    ) -> None:
        client, _ = silent
        leave(client)
        assert (client.poll(), client.get_status()) == (Error.ERR_UNCONFIGURED, Status.STATUS_DISCONNECTED)

    def test_another_connection(self, silent: tuple[HTTPClient, socket.socket]) -> None:
        client, _ = silent
        client.attach(FakeStream(b""))
        assert client.poll() is Error.ERR_CONNECTION_ERROR

    def test_a_call_under_way_is_no_silence(self, silent: tuple[HTTPClient, socket.socket]) -> None:
        client, _ = silent
        with client.lent():
            assert client.poll() is Error.ERR_BUSY


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
        for size, limit in ((5, 4096), (1000, 16 * (1000 + len(b"3e8\r\n"))), (100_000, Limits().read_size)):
            client, stream = fake(CHUNKED)
            client.request(GET, "/", [])
            poll(client)
            stream.events += [b"%x\r\n" % size + bytes(size)]
            assert client.body_limit() == limit

    def test_a_read_that_made_room_for_more_is_followed_by_another(self) -> None:
        """As from a peer whose window was full: a script that reads once in a frame gets all it asks for."""
        client, stream = fake(OK + b"Content-Length: 1000000\r\n\r\n")
        client.request(GET, "/", [])
        poll(client)
        stream.events += [bytes(30_000), bytes(6_000), bytes(50_000)]
        view = memoryview(bytearray(65_536))
        assert client.read_body_into(view) == 65_536
        stream.events[:] = [bytes(4_000), bytes(50_000)]
        assert client.read_body_into(view) == 4_000  # a peer that trickles does not hold a call

    def test_what_is_decoded_may_need_all_of_it(self) -> None:
        client, _ = fake(OK + b"Content-Encoding: gzip\r\nContent-Length: 100\r\n\r\n")
        client.decode_body = True
        client.request(GET, "/", [])
        poll(client)
        assert client.body_limit() == Limits().read_size

    def test_a_read_that_was_full_is_followed_by_another(self) -> None:
        """Nobody asks how much there is, nor looks for the end, until one is not."""
        client, stream = fake(OK + b"Content-Length: 1000000\r\n\r\n")
        client.request(GET, "/", [])
        poll(client)
        stream.events += [bytes(100_000), bytes(10)]
        view = memoryview(bytearray(100_000))
        assert client.body_limit() == Limits().read_size
        assert client.read_body_into(view) == 100_000
        stream.calls = 0
        client.poll()
        assert stream.calls == 0
        assert client.body_limit() == Limits().read_size
        client.poll()
        assert stream.calls == 1
        assert client.read_body_into(view) == 10
        assert client.body_limit() == 4096

    def test_in_blocking_mode_a_read_fills_what_it_is_given(self) -> None:
        client, _ = fake(OK + b"Content-Length: 1000000\r\n\r\n")
        client.request(GET, "/", [])
        poll(client)
        client.set_blocking_mode(True)
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
        with pytest.raises(LocalError, match=r"the status is STATUS_CONNECTION_ERROR \(not an HTTP/1\.x"):
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
        with ScriptedServer([ReadRequest(), HELLO, HalfClose(), ReadOn()]) as server:
            client = connect(server.port)
            assert get(client) == b"hello"
            client.close()


def failure(*, proxy: bool = False, policy: TlsPolicy | None = None) -> str:
    """Connects over TLS, which can't be; tells why."""
    network = FakeNetwork(FakeStream())
    network.up = True
    client = HTTPClient(network)
    if proxy:
        client.set_http_proxy("https://192.0.2.9", 3128)
    host = "http://192.0.2.1" if proxy else "https://192.0.2.1"
    assert client.connect_to_host(host, policy=policy) is Error.OK
    assert poll(client) is not Error.OK
    assert client.get_status() is Status.STATUS_TLS_HANDSHAKE_ERROR
    return client.get_error_reason()


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
            for host in ("https://127.0.0.1", "127.0.0.1", "localhost", "name.example", "unix:/x", "::1"):
                client = HTTPClient()
                client.connect_to_host(host, port)
                while client.get_status() in (Status.STATUS_RESOLVING, Status.STATUS_CONNECTING):
                    client.poll()
                print(host, client.get_status().name, client.get_error_reason())
            for host in ("b\\xfccher.example",):
                try:
                    HTTPClient().connect_to_host(host, port)
                except LocalError as error:
                    print(ascii(host), type(error).__name__, error)
            """
        printed = dict(line.split(" ", 1) for line in run(program).splitlines())
        assert {host: text.split()[0] for host, text in printed.items()} == {
            "127.0.0.1": "STATUS_CANT_CONNECT",
            "localhost": "STATUS_CANT_CONNECT",
            "name.example": "STATUS_CANT_RESOLVE",
            "unix:/x": "STATUS_CANT_CONNECT",
            "::1": "STATUS_CANT_CONNECT",
            "https://127.0.0.1": "STATUS_CANT_CONNECT",
            "'b\\xfccher.example'": "UnavailableError",
        }
        assert "Too many open files" in printed["127.0.0.1"]

    @pytest.mark.parametrize("roots", ["missing", "empty", "damaged", "a folder"])
    @pytest.mark.parametrize("proxy", [False, True])
    def test_no_roots(self, roots: str, proxy: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        file = tmp_path / "roots.pem"
        if roots == "a folder":
            file.mkdir()
        elif roots != "missing":
            file.write_text("" if roots == "empty" else "-----BEGIN CERTIFICATE-----\nAAAA\n")
        late._contexts.clear()
        monkeypatch.setattr("certifi.where", lambda: str(file))
        reason = failure(proxy=proxy)
        assert reason.startswith(f"TLS with {'the proxy 192.0.2.9:3128' if proxy else repr('192.0.2.1')}: ")
        assert f"TLS is not available: {file}: " in reason

    @pytest.mark.parametrize("module", ["ssl", "certifi", "pythonscript_http.transport.tls"])
    @pytest.mark.parametrize("policy", [None, TlsPolicy(alpn=())])
    def test_no_openssl(self, module: str, policy: TlsPolicy | None, monkeypatch: pytest.MonkeyPatch) -> None:
        late._contexts.clear()
        if not module.startswith("pythonscript_http"):
            monkeypatch.delitem(sys.modules, "pythonscript_http.transport.trust", raising=False)
        monkeypatch.setitem(sys.modules, module, None)
        assert f"TLS is not available: import of {module} halted" in failure(policy=policy)

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
