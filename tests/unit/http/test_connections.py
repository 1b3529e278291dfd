"""Connecting, by names and proxies; what a connection goes through, and what a client keeps of it."""

import gc
import weakref
from collections.abc import Callable

import pytest
from tests.loopback.responses import CHUNKED, HELLO, OK
from tests.loopback.scripted import ReadRequest, ScriptedServer
from tests.loopback.server import Server
from tests.unit.http.driving import GET, POST, connect, get, poll, read, statuses
from tests.unit.http.fakes import FakeLookup, FakeNetwork, FakeStream, Memory, fake

from pythonscript_http import Error, HTTPClient, LocalError, NetworkError, Status
from pythonscript_http.connections import NO_CONNECTION
from pythonscript_http.http1.connection import Phase


def test_a_client_that_is_not_connected_shares_what_it_has() -> None:
    """Nothing of what clients do may stay in it."""
    client, _ = fake()
    client.request_raw(GET, "/", [], b"body")
    client.close()
    assert client._http is HTTPClient()._http is NO_CONNECTION
    assert (NO_CONNECTION.stream, NO_CONNECTION.core.phase) == (None, Phase.IDLE)
    assert (NO_CONNECTION.core.writer.unsent, NO_CONNECTION.core.writer.dropped) == ([], False)


def test_who_hands_the_connection_over_keeps_no_head() -> None:
    client, stream = fake()
    secret = Memory("Authorization: Basic c2VjcmV0")
    kept = weakref.ref(secret)
    client.request(GET, "/", [secret])
    assert client.detach() is stream
    del secret
    gc.collect()
    assert kept() is None
    assert (client.get_status(), stream.closed) == (Status.STATUS_DISCONNECTED, False)


def test_a_look_up_that_can_not_begin_has_its_time() -> None:
    network = FakeNetwork(FakeStream())

    def fail(host: str) -> None:
        raise NetworkError("no thread")

    network.look_up = fail  # type: ignore[method-assign,assignment]
    client = HTTPClient(network)
    assert client.connect_to_host("example.org") is Error.ERR_CANT_RESOLVE
    assert client.get_timings()["name_lookup"] == 0.0
    assert client.get_timings()["total"] >= 0.0


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
        with pytest.raises(LocalError, match="not a valid proxy"):
            client.set_http_proxy("socks4://192.0.2.9", 1080)
        for _ in range(2):
            with pytest.raises(LocalError, match="not a valid proxy"):
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
