"""The client through real proxies: by tunnels, and with absolute URLs."""

import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pytest
from tests.loopback.network import closed_port, established, until
from tests.loopback.proxies import proxy_py, tinyproxy
from tests.loopback.server import Server, pattern

from pythonscript_http import HTTPClient, Status, TcpNetwork
from pythonscript_http.config import Limits
from pythonscript_http.tracing import ConnectionTrace
from pythonscript_http.transport.http_proxy import tunnel_to
from pythonscript_http.transport.proxy import Proxy, parse_proxy
from pythonscript_http.transport.stream import Address, Lookup, Pending
from pythonscript_http.transport.tunnel import TunnelRequest
from pythonscript_http.url import authority

BUSY = (Status.STATUS_RESOLVING, Status.STATUS_CONNECTING, Status.STATUS_REQUESTING)


class Running(NamedTuple):
    """A proxy that runs, and who may use it, percent-encoded."""

    user: str
    port: int

    def at(self, host: str = "127.0.0.1", user: str | None = None) -> Proxy:
        return parse_proxy(f"{self.user if user is None else user}@{host}", self.port)


class Tunnels:
    """A network that is reached through a proxy only."""

    def __init__(self, proxy: Proxy) -> None:
        self.proxy = proxy
        self._below = TcpNetwork(10.0, clock=time.monotonic)
        self.literal = self._below.literal
        self.look_up = self._below.look_up

    def connect(
        self,
        addresses: Sequence[Address],
        port: int,
        lookup: Lookup | None = None,
        trace: ConnectionTrace | None = None,
    ) -> Pending:
        host = self.proxy.host
        address = self.literal(host.name)
        assert address is not None
        request = TunnelRequest(
            str(addresses[0].sockaddr[0]),
            port,
            authority(host.name, host.port),
            "test",
            Limits().header_size,
            self.proxy.user,
            self.proxy.password,
        )
        return tunnel_to(request)(established(self._below.connect([address], host.port, None, trace)))


@pytest.fixture(scope="module", params=["proxy.py", "tinyproxy"])
def proxy(request: pytest.FixtureRequest) -> Iterator[Running]:
    if request.param == "proxy.py":
        with proxy_py("us er", "p@ss:wörd/") as port:
            yield Running("us%20er:p%40ss:w%C3%B6rd/", port)
    else:
        with tinyproxy("user", "password") as port:
            yield Running("user:password", port)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def settle(client: HTTPClient) -> Status:
    """Polls until the client waits for its user."""
    until(lambda: [client.poll(), client.get_status() not in BUSY][1])
    return client.get_status()


def get(client: HTTPClient, url: str, headers: Sequence[str] = ()) -> bytes:
    client.request(0, url, headers)
    settle(client)
    pieces = []
    while client.get_status() is Status.STATUS_BODY:
        client.poll()
        pieces.append(client.read_response_body_chunk())
    return b"".join(pieces)


def test_a_tunnel(proxy: Running, server: Server) -> None:
    client = HTTPClient(Tunnels(proxy.at()))
    client.connect_to_host("127.0.0.1", server.port)
    assert settle(client) is Status.STATUS_CONNECTED, client.get_error_reason()
    assert get(client, "/bytes/70000") == b"".join(pattern(70000))
    assert b"proxy" not in get(client, "/request").lower()  # what is for the proxy stays there
    assert get(client, "/hello") == b"hello, world\n"
    client.close()


def test_a_tunnel_through_a_proxy_at_an_ipv6_address(server: Server) -> None:
    with tinyproxy("user", "password") as port:
        client = HTTPClient(Tunnels(parse_proxy("user:password@[::1]", port)))
        client.connect_to_host("127.0.0.1", server.port)
        assert settle(client) is Status.STATUS_CONNECTED, client.get_error_reason()
        assert get(client, "/hello") == b"hello, world\n"
        client.close()


@pytest.mark.parametrize("user", ["", "user:wrong"])
def test_a_tunnel_without_the_right_credentials(proxy: Running, server: Server, user: str) -> None:
    client = HTTPClient(Tunnels(proxy.at(user=user)))
    client.connect_to_host("127.0.0.1", server.port)
    assert settle(client) is Status.STATUS_CANT_CONNECT
    reason = f"the proxy 127.0.0.1:{proxy.port}: it refused CONNECT 127.0.0.1:{server.port}: '40"
    assert client.get_error_reason().startswith(reason)


def test_a_host_that_the_proxy_can_not_reach(proxy: Running) -> None:
    client = HTTPClient(Tunnels(proxy.at()))
    port = closed_port()
    client.connect_to_host("127.0.0.1", port)
    assert settle(client) is Status.STATUS_CANT_CONNECT
    reason = f"the proxy 127.0.0.1:{proxy.port}: it refused CONNECT 127.0.0.1:{port}: '50"
    assert client.get_error_reason().startswith(reason)


def test_absolute_urls(proxy: Running, server: Server) -> None:
    client = HTTPClient()
    client.set_http_proxy("127.0.0.1", proxy.port)
    for authorization, codes in ((proxy.at().authorization, {200}), ("Basic eDp5", {401, 407})):
        client.connect_to_host("127.0.0.1", server.port)
        assert settle(client) is Status.STATUS_CONNECTED, client.get_error_reason()
        body = get(client, "/bytes/70000", [f"Proxy-Authorization: {authorization}"])
        assert client.get_response_code() in codes
        assert (body == b"".join(pattern(70000))) == (codes == {200})
    client.close()
