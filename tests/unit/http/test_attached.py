"""Connections that are not the client's own: handed in, lent, handed over."""

import threading

import pytest
from tests.loopback.responses import HELLO, OK
from tests.loopback.scripted import Await, Pause, ReadRequest, ScriptedServer
from tests.unit.http.driving import GET, connect, poll, read
from tests.unit.http.fakes import FakeNetwork, FakeStream, fake

from pythonscript_http import Error, HTTPClient, Method, Status
from pythonscript_http.transport.stream import Readiness


class TestAttached:
    def test_requests_over_a_stream_of_ones_own(self) -> None:
        stream = FakeStream()
        client = HTTPClient(FakeNetwork(FakeStream()))
        assert client.attach(stream) is Error.OK
        assert (client.get_status(), client.connection()) == (Status.STATUS_CONNECTED, stream)
        client.request(GET, "/", [])
        client.poll()
        assert b"\r\nHost: \r\n" in stream.sent
        stream.events.append(HELLO)
        assert (poll(client), read(client)) == (Error.OK, b"hello")
        assert client.attach(stream, "example.org") is Error.OK  # the same: nothing is closed
        client.request(GET, "/", [])
        client.poll()
        assert b"\r\nHost: example.org\r\n" in stream.sent
        other = FakeStream()
        assert client.connection_number == 1
        client.attach(other)
        assert (stream.closed, client.connection(), client.connection_number) == (True, other, 2)
        client.close()
        assert (other.closed, client.connection()) == (True, None)

    def test_the_host_is_that_connected_to_last(self) -> None:
        client, _ = fake()
        stream = FakeStream()
        client.attach(stream)
        client.request(GET, "/", [])
        client.poll()
        assert b"\r\nHost: 192.0.2.1\r\n" in stream.sent

    @pytest.mark.parametrize(
        ("method", "url", "answer"),
        [
            (GET, "/", b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"),
            (Method.METHOD_CONNECT, "h:1", OK + b"\r\n"),
        ],
    )
    def test_tunnels(self, method: Method, url: str, answer: bytes) -> None:
        answered = threading.Event()
        for sent in ([answer + b"first"], [answer, Await(answered.is_set), b"first"]):
            with ScriptedServer([ReadRequest(), *sent, Pause(10)]) as server:
                client = connect(server.port)
                client.request(method, url, [])
                poll(client)
                answered.set()
                assert [client.poll(), client.poll()] == [Error.OK] * 2
                stream = client.detach()
                assert stream is not None
                assert (client.get_status(), client.connection()) == (Status.STATUS_DISCONNECTED, None)
                view = memoryview(bytearray(10))
                assert stream.wait(write=False, timeout=5)
                assert (stream.read_into(view), bytes(view[:5])) == (5, b"first")
                assert stream.write([b"answer"]) == 6
                stream.close()

    def test_a_stream_that_tells_its_end_only_to_who_reads(self) -> None:
        """As a StreamPeer of a script's own, which has no status."""

        class Blind(FakeStream):
            peekable = False

            def peek(self) -> Readiness:
                return Readiness.QUIET

        stream = Blind()
        client = HTTPClient(FakeNetwork(FakeStream()))
        client.attach(stream)
        client.request(GET, "/", [])
        assert client.poll() is Error.OK
        stream.events.append(b"")
        assert client.poll() is Error.ERR_CONNECTION_ERROR

    def test_a_connection_of_none(self) -> None:
        client = HTTPClient()
        assert (client.connection(), client.detach()) == (None, None)


class TestAttachedBehindAProxy:
    """What the proxy got is not for a connection of the script's own."""

    def test_the_wire(self) -> None:
        network = FakeNetwork(FakeStream())
        network.up = True
        client = HTTPClient(network, user_agent="UA/1")
        client.set_http_proxy("user:secret@192.0.2.9", 3128)
        client.connect_to_host("example.org", 8080)
        client.poll()
        client.request(GET, "/a", [])
        client.poll()
        assert network.asked == [(["192.0.2.9"], 3128)]
        rest = b"User-Agent: UA/1\r\nAccept: */*\r\n"
        assert network.stream.sent == (
            b"GET http://example.org:8080/a HTTP/1.1\r\nHost: example.org:8080\r\n"
            + rest
            + b"Proxy-Authorization: Basic dXNlcjpzZWNyZXQ=\r\n\r\n"
        )
        own = FakeStream()
        client.attach(own)
        client.request(GET, "/a", [])
        client.poll()
        assert own.sent == b"GET /a HTTP/1.1\r\nHost: example.org:8080\r\n" + rest + b"\r\n"
        own.events.append(HELLO)
        assert (poll(client), read(client)) == (Error.OK, b"hello")
        client.attach(other := FakeStream(), "other.example")
        client.request(GET, "http://third.example/", [])
        client.poll()
        assert other.sent == b"GET http://third.example/ HTTP/1.1\r\nHost: third.example\r\n" + rest + b"\r\n"

    def test_the_proxy_that_is_attached_to_again_stays_one(self) -> None:
        network = FakeNetwork(FakeStream())
        network.up = True
        client = HTTPClient(network)
        client.set_http_proxy("192.0.2.9", 3128)
        client.connect_to_host("example.org")
        client.poll()
        client.attach(network.stream)
        client.request(GET, "/", [])
        client.poll()
        assert network.stream.sent.startswith(b"GET http://example.org/ HTTP/1.1\r\n")
