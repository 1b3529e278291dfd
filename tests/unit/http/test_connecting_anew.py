"""A request after a response that was its connection's last: to the same host, by the same policy."""

import gc
import socket

import pytest
from tests.loopback.certificates import Authority
from tests.loopback.responses import OK
from tests.loopback.scripted import HalfClose, Pause, ReadRequest, ScriptedServer
from tests.loopback.tls_server import TlsServer, speak
from tests.unit.http.driving import GET, connect, get, poll
from tests.unit.http.fakes import Clocked, FakePending, FakeStream

from pythonscript_http.client import HTTPClient
from pythonscript_http.enums import Error, Method, Status
from pythonscript_http.exceptions import LocalError
from pythonscript_http.transport.policy import TlsPolicy
from pythonscript_http.transport.stream import Address
from pythonscript_http.transport.tls import TlsStream

LAST = OK + b"Connection: close\r\nContent-Length: 5\r\n\r\nhello"
ADDRESSES = [Address(2, ("192.0.2.1", 0))]


@pytest.fixture
def spent() -> Clocked:
    """A client whose connection to a name has served its last response; it is 10 s old."""
    clocked = Clocked()
    network = clocked.network
    network.addresses, network.up = ADDRESSES, True
    clocked.client.connect_to_host("example.org")
    poll(clocked.client)
    clocked.request()
    assert clocked.at(10.0, LAST) is Error.OK
    assert clocked.read_at(10.0) == b"hello"
    assert clocked.client.get_status() is Status.STATUS_CONNECTED
    assert clocked.stream.closed
    network.addresses, network.up = None, False
    network.asked.clear()
    network.stream = clocked.stream = FakeStream()
    return clocked


def test_step_by_step(spent: Clocked) -> None:
    client, network = spent.client, spent.network
    assert client.request(GET, "/again", []) is Error.OK
    seen = []
    for happens in ("looks up", "resolved", "connected", "answered"):
        if happens == "resolved":
            network.addresses = ADDRESSES
        if happens == "connected":
            network.up = True
        events = [OK + b"Content-Length: 2\r\n\r\nhi"] if happens == "answered" else []
        seen.append((spent.at(11.0, *events), client.get_status()))
    assert seen == [(Error.OK, Status.STATUS_REQUESTING)] * 3 + [(Error.OK, Status.STATUS_BODY)]
    assert network.asked == ["example.org", (["192.0.2.1"], 80)]
    assert client.connection_number == 2
    assert spent.stream.sent.count(b"GET /again HTTP/1.1\r\nHost: example.org\r\n") == 1
    assert spent.read_at(11.0) == b"hi"
    assert (client.get_status(), client.poll()) == (Status.STATUS_CONNECTED, Error.OK)
    assert client.get_status() is Status.STATUS_CONNECTED  # this connection lives on


def test_a_poll_lets_go(spent: Clocked) -> None:
    client = spent.client
    assert (client.poll(), client.get_status()) == (Error.OK, Status.STATUS_DISCONNECTED)
    assert client.get_response_code() == 200
    assert client.poll() is Error.ERR_UNCONFIGURED
    with pytest.raises(LocalError, match="the status is STATUS_DISCONNECTED"):
        client.request(GET, "/", [])


def test_it_has_no_connection(spent: Clocked) -> None:
    assert spent.client.connection() is None


def test_a_name_that_is_gone(spent: Clocked) -> None:
    spent.request()
    spent.network.failure = "'example.org' has no address"
    assert spent.at(11.0) is Error.ERR_CONNECTION_ERROR
    assert spent.client.get_status() is Status.STATUS_CONNECTION_ERROR
    assert spent.client.get_error_reason() == "'example.org' has no address, before it answered"


def test_a_proxys_name_that_is_gone() -> None:
    clocked = Clocked()
    clocked.network.addresses, clocked.network.up = ADDRESSES, True
    clocked.client.set_http_proxy("proxy.example", 3128)
    clocked.client.connect_to_host("example.org")
    poll(clocked.client)
    clocked.request()
    clocked.at(0.0, LAST)
    assert clocked.read_at(0.0) == b"hello"
    clocked.network.failure = "'proxy.example' has no address"
    clocked.request()
    assert clocked.client.get_error_reason().startswith("the proxy: 'proxy.example' has no address")


def test_a_host_that_refuses(spent: Clocked) -> None:
    spent.network.addresses = ADDRESSES
    spent.request()
    spent.network.failure = "connection refused"
    assert spent.at(11.0) is Error.ERR_CONNECTION_ERROR
    assert spent.client.get_error_reason() == "connection refused, before it answered"


@pytest.mark.parametrize("looked_up", [False, True])
@pytest.mark.parametrize(("name", "what"), [("connect", "no connection"), ("total", "not complete")])
def test_deadlines(spent: Clocked, looked_up: bool, name: str, what: str) -> None:
    """They count from the request."""
    setattr(spent.client, f"{name}_timeout", 5)
    spent.network.addresses = ADDRESSES if looked_up else None
    spent.request()
    assert spent.at(14.9) is Error.OK
    assert spent.at(15.0) is Error.ERR_CONNECTION_ERROR
    assert spent.client.get_error_reason().startswith(f"{what} within 5 s ({name}_timeout)")
    assert ("given up" in spent.network.asked) is looked_up


@pytest.mark.parametrize("name", ["first_byte", "idle"])
def test_the_other_deadlines_begin_with_the_connection(spent: Clocked, name: str) -> None:
    setattr(spent.client, f"{name}_timeout", 5)
    spent.network.addresses = ADDRESSES
    spent.request()
    assert spent.at(18.0) is Error.OK
    spent.network.up = True
    assert spent.at(20.0) is Error.OK
    assert spent.at(24.9) is Error.OK
    assert spent.at(25.0) is Error.ERR_CONNECTION_ERROR


@pytest.mark.parametrize("name", ["connect", "total"])
def test_a_look_up_that_takes_too_long(spent: Clocked, name: str) -> None:
    setattr(spent.client, f"{name}_timeout", 5)
    spent.request()
    assert spent.at(15.0) is Error.ERR_CONNECTION_ERROR
    assert "still looking 'example.org' up" in spent.client.get_error_reason()
    assert spent.client._connecting is None  # it would keep its place among those that wait for a thread


def test_a_body_waits_for_a_server_that_has_the_head(spent: Clocked) -> None:
    """A second for `100 Continue` counts from the connection."""
    client = spent.client
    spent.network.addresses = ADDRESSES
    client.request(Method.METHOD_POST, "/", ["Expect: 100-continue"], "body")
    spent.at(15.0)
    spent.network.up = True
    for seconds, sent in ((20.0, 0), (20.9, 0), (21.0, 4)):
        spent.at(seconds)
        assert client.get_request_body_sent() == sent


def test_a_body_that_waits_does_not_keep_blocking_mode_from_waiting(
    spent: Clocked, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    def wait(pending: FakePending, seconds: float) -> None:
        waited.append(seconds)
        spent.clock.advance(seconds)

    monkeypatch.setattr(FakePending, "wait", wait)
    spent.network.addresses = ADDRESSES
    spent.client.set_blocking_mode(True)
    spent.client.request(Method.METHOD_POST, "/", ["Expect: 100-continue"], "body")
    for _ in range(3):
        assert spent.client.poll() is Error.OK
    assert sum(waited) == pytest.approx(90.0, abs=1.0)


def test_connect_timeout_is_over_once_it_is_connected(spent: Clocked) -> None:
    spent.client.connect_timeout = 5
    spent.network.addresses, spent.network.up = ADDRESSES, True
    spent.request()
    assert spent.at(30.0) is Error.OK


def test_marks(spent: Clocked) -> None:
    spent.request()
    spent.network.addresses = ADDRESSES
    spent.at(11.0)
    spent.network.up = True
    spent.at(12.0)
    spent.at(13.0, LAST)
    spent.read_at(14.0)
    assert spent.client.get_timings() == {
        "name_lookup": 1.0,
        "connect": 2.0,
        "appconnect": 0.0,
        "pretransfer": 0.0,
        "posttransfer": 2.0,
        "first_byte": 3.0,
        "total": 4.0,
    }


def test_close_gives_it_up(spent: Clocked) -> None:
    spent.network.addresses = ADDRESSES
    spent.request()
    spent.client.close()
    assert spent.network.asked[-1] == "given up"
    assert spent.client.get_status() is Status.STATUS_DISCONNECTED


def test_a_stream_of_ones_own_is_no_host() -> None:
    client, stream = HTTPClient(), FakeStream()
    client.connect_to_host("192.0.2.1")
    client.attach(stream, "h")
    client.request(GET, "/", [])
    client.poll()
    stream.events.append(LAST)
    client.poll()
    assert client.read_response_body_chunk() == b"hello"
    assert client.get_status() is Status.STATUS_DISCONNECTED


def test_what_is_behind_ones_own_tunnel_is_no_host() -> None:
    clocked = Clocked()
    clocked.connected()
    clocked.client.request(Method.METHOD_CONNECT, "example.org:80", [])
    clocked.at(0.0)
    clocked.at(0.0, OK + b"\r\n")
    assert clocked.client.get_status() is Status.STATUS_CONNECTED
    clocked.request()
    clocked.at(0.0, LAST)
    assert clocked.read_at(0.0) == b"hello"
    assert clocked.client.get_status() is Status.STATUS_DISCONNECTED


@pytest.mark.parametrize("blocking", [False, True])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_over_sockets(host: str, blocking: bool) -> None:
    with ScriptedServer([ReadRequest(), LAST]) as server:
        client = connect(server.port, host)
        client.set_blocking_mode(blocking)
        for number in range(5):
            assert get(client, f"/{number}") == b"hello"
        client.close()
    lines = [request.partition(b"\r\n")[0] for request in server.received]
    assert lines == [b"GET /%d HTTP/1.1" % number for number in range(5)]


def test_a_server_that_is_gone() -> None:
    with ScriptedServer([ReadRequest(), LAST, HalfClose(), Pause(10)]) as server:
        client = connect(server.port)
        assert get(client) == b"hello"
    client.request(GET, "/", [])
    assert poll(client) is Error.ERR_CONNECTION_ERROR
    assert client.get_status() is Status.STATUS_CONNECTION_ERROR
    assert "refused" in client.get_error_reason()


def test_tls_on_the_same_terms() -> None:
    root = Authority()
    with TlsServer(root.issue("127.0.0.1"), speak(LAST)) as server:
        client = HTTPClient()
        client.connect_to_host("https://127.0.0.1", server.port, TlsPolicy(roots=root.pem))
        poll(client)
        assert [get(client) for _ in range(3)] == [b"hello"] * 3
        peer = client.get_tls_info()
        assert peer is not None
        assert peer.resumed
        client.close()


def test_nothing_of_tls_is_kept_when_nothing_is_connected() -> None:
    root = Authority()
    with TlsServer(root.issue("127.0.0.1"), speak(LAST)) as server:
        client = HTTPClient()
        client.connect_to_host("https://127.0.0.1", server.port, TlsPolicy(roots=root.pem))
        poll(client)
        before = len(tls_streams())
        assert get(client) == b"hello"
        assert client.connection() is None
        assert len(tls_streams()) == before - 1
        client.close()


def tls_streams() -> list[object]:
    gc.collect()
    return [one for one in gc.get_objects() if type(one) is TlsStream]


def test_a_handshake_that_fails() -> None:
    root, met = Authority(), []

    def garble_the_second(connection: socket.socket) -> None:
        met.append(connection)
        if len(met) == 2:
            connection.sendall(b"this is no TLS")

    with TlsServer(root.issue("127.0.0.1"), speak(LAST), before=garble_the_second) as server:
        client = HTTPClient()
        client.connect_to_host("https://127.0.0.1", server.port, TlsPolicy(roots=root.pem))
        poll(client)
        assert get(client) == b"hello"
        client.request(GET, "/", [])
        assert poll(client) is Error.ERR_CONNECTION_ERROR
    assert client.get_status() is Status.STATUS_TLS_HANDSHAKE_ERROR
    assert "not TLS at all" in client.get_error_reason()
