"""Ways to hosts: the order of their steps, whose failure it is, and how long each may take."""

import pytest
from tests.loopback.clock import Clock
from tests.loopback.network import established
from tests.loopback.responses import OK
from tests.unit.http.fakes import FakeNetwork, FakeStream, PacedStream

from pythonscript_http.config import Limits, Timeouts
from pythonscript_http.exceptions import LocalError
from pythonscript_http.trace import Event
from pythonscript_http.tracing import Trace
from pythonscript_http.transport.connector import Connecting, Connector, Route
from pythonscript_http.transport.late import context_for
from pythonscript_http.transport.policy import TlsPolicy
from pythonscript_http.transport.proxy import Proxy, parse_proxy
from pythonscript_http.transport.stream import Address, HandshakeError, NetworkError
from pythonscript_http.url import Host, parse_host

TARGET = Host("192.0.2.1", 80, False)
NAMED = Host("example.org", 80, False)
SECURE = Host("192.0.2.1", 443, True)
HTTP = Proxy(Host("192.0.2.9", 3128, False))
SOCKS = Proxy(Host("192.0.2.9", 1080, False), "socks5h")
LOCAL = Proxy(Host("192.0.2.9", 1080, False), "socks5")
AGREED = b"\x05\x00\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"
FOUND = [Address(2, ("192.0.2.1", 0)), Address(2, ("192.0.2.2", 0))]


class Way:
    """A connection that is being made, over a network and by a clock of our own."""

    def __init__(self, route: Route, *events: bytes, timeout: float = 0.0, up: bool = True) -> None:
        self.clock = Clock()
        self.stream = FakeStream(*events)
        self.network = FakeNetwork(self.stream)
        self.network.up = up
        self.connector = Connector(
            self.network, clock=self.clock, timeouts=Timeouts(connect=timeout, layer=30.0)
        )
        self.connecting: Connecting = self.connector.connect(route, user_agent="test", limits=Limits())

    def fails(self, at: float, text: str, kind: type[NetworkError] = NetworkError) -> None:
        """Nothing happens until a time, counted from the beginning; then it fails."""
        self.clock.now = 100.0 + at - 0.125
        assert self.connecting.poll() is None
        self.clock.now = 100.0 + at
        with pytest.raises(kind) as caught:
            self.connecting.poll()
        assert (str(caught.value), type(caught.value)) == (text, kind)


class TestTheWay:
    def test_an_address(self) -> None:
        way = Way(Route(TARGET), up=False)
        assert not way.connecting.resolving
        assert way.connecting.poll() is None
        way.network.up = True
        way.clock.advance(3)
        assert way.connecting.poll() is way.stream
        marks = (way.connecting.resolved, way.connecting.connected, way.connecting.secured)
        assert marks == (0.0, 103.0, 0.0)
        assert way.network.asked == [(["192.0.2.1"], 80)]

    def test_the_poll_that_resolves_does_nothing_more(self) -> None:
        way = Way(Route(NAMED))
        assert (way.connecting.poll(), way.connecting.resolving) == (None, True)
        way.network.addresses = FOUND
        way.clock.advance(1)
        assert (way.connecting.poll(), way.connecting.resolving) == (None, False)
        way.clock.advance(1)
        assert way.connecting.poll() is way.stream
        assert (way.connecting.resolved, way.connecting.connected) == (101.0, 102.0)
        assert way.network.asked == ["example.org", (["192.0.2.1", "192.0.2.2"], 80)]

    def test_a_proxy_that_passes_requests_on_is_all_the_way(self) -> None:
        route = Route(NAMED, HTTP)
        assert (route.peer, route.forwarded) == (HTTP.host, True)
        way = Way(route)
        assert way.connecting.poll() is way.stream
        assert (way.network.asked, way.stream.sent) == ([(["192.0.2.9"], 3128)], b"")

    def test_a_tunnel_for_tls(self) -> None:
        context_for(TlsPolicy())
        route = Route(Host("example.org", 443, True), HTTP, TlsPolicy())
        assert not route.forwarded
        way = Way(route, OK + b"\r\n")
        assert way.connecting.poll() is None
        assert way.stream.sent.startswith(b"CONNECT example.org:443 HTTP/1.1\r\n")
        assert b"\r\nUser-Agent: test\r\n" in way.stream.sent
        assert b"\r\n\r\n\x16\x03\x01" in way.stream.sent  # and then a ClientHello

    def test_socks_is_a_tunnel_for_all(self) -> None:
        route = Route(NAMED, SOCKS)
        assert not route.forwarded
        way = Way(route, AGREED)
        assert way.connecting.poll() is way.stream
        assert way.stream.sent == b"\x05\x01\x00\x05\x01\x00\x03\x0bexample.org\x00\x50"
        assert way.network.asked == [(["192.0.2.9"], 1080)]  # the name is the proxy's business

    def test_names_that_are_looked_up_here(self) -> None:
        way = Way(Route(NAMED, LOCAL), AGREED)
        assert (way.connecting.poll(), way.connecting.resolving) == (None, True)
        way.network.addresses = FOUND
        assert (way.connecting.poll(), way.connecting.resolving) == (None, False)
        assert way.connecting.poll() is way.stream
        assert way.stream.sent == b"\x05\x01\x00\x05\x01\x00\x01\xc0\x00\x02\x01\x00\x50"
        assert way.network.asked == ["example.org", (["192.0.2.9"], 1080)]

    @pytest.mark.parametrize(
        ("proxy", "target", "names"),
        [
            ("socks5h://p.example", "example.org", ["p.example"]),
            ("socks5://p.example", "example.org", ["p.example", "example.org"]),
            ("socks5://p.example", "192.0.2.1", ["p.example"]),
            ("socks5://192.0.2.9", "192.0.2.1", []),
            ("p.example", "example.org", ["p.example"]),
        ],
    )
    def test_whose_names_are_looked_up(self, proxy: str, target: str, names: list[str]) -> None:
        way = Way(Route(parse_host(target), parse_proxy(proxy)))
        assert way.connecting.resolving is bool(names)
        assert [name for name in way.network.asked if isinstance(name, str)] == names

    def test_routes_are_values(self) -> None:
        policy = TlsPolicy(pins=("sha256//nHq8yT4fIRdvkyYwiKrIZNbDZ0gKdWpXNSOYYWYE+iY=",))
        routes = {Route(SECURE, HTTP, policy), Route(SECURE, HTTP, policy), Route(SECURE, HTTP, TlsPolicy())}
        assert len(routes) == 2

    def test_terms_that_can_not_be_honoured_are_refused_before_anything_is_begun(self) -> None:
        network = FakeNetwork(FakeStream())
        with pytest.raises(LocalError, match="no PEM block"):
            Connector(network, clock=Clock(), timeouts=Timeouts()).connect(
                Route(SECURE, tls=TlsPolicy(roots="none")), limits=Limits()
            )
        assert network.asked == []

    @pytest.mark.parametrize("proxy", ["192.0.2.9", "p.example"])
    @pytest.mark.parametrize(
        ("host", "agent", "why"),
        [
            ('a"b.example', "test", "is not host:port, which CONNECT needs"),
            ("example.org", "\ud800", "'User-Agent' holds a lone surrogate"),
        ],
    )
    def test_so_is_a_tunnel_that_can_not_be_asked_for(
        self, proxy: str, host: str, agent: str, why: str
    ) -> None:
        """The name of the proxy, which takes time to look up, makes no difference."""
        network, events = FakeNetwork(FakeStream()), list[Event]()
        clock = Clock()
        with pytest.raises(LocalError, match=why):
            Connector(network, clock=clock, timeouts=Timeouts()).connect(
                Route(Host(host, 443, True), parse_proxy(proxy), TlsPolicy()),
                user_agent=agent,
                limits=Limits(),
                trace=Trace(events.append, clock, clock),
            )
        assert (network.asked, events) == ([], [])


class TestWhoseFailureItIs:
    @pytest.mark.parametrize(("proxy", "whose"), [(None, ""), (HTTP, "the proxy: ")])
    def test_the_connection(self, proxy: Proxy | None, whose: str) -> None:
        way = Way(Route(TARGET, proxy))
        way.network.failure = "refused"
        with pytest.raises(NetworkError, match=f"^{whose}refused$"):
            way.connecting.poll()

    @pytest.mark.parametrize(
        ("proxy", "whose"),
        [(None, ""), (parse_proxy("p.example"), "the proxy: "), (LOCAL, "")],
    )
    def test_the_look_up(self, proxy: Proxy | None, whose: str) -> None:
        way = Way(Route(NAMED, proxy))
        way.network.failure = "no such name"
        with pytest.raises(NetworkError, match=f"^{whose}no such name$"):
            way.connecting.poll()
        assert way.connecting.resolving

    def test_a_look_up_that_can_not_begin(self) -> None:
        network = FakeNetwork(FakeStream())

        def fail(host: str) -> None:
            raise NetworkError(f"no thread for {host}")

        network.look_up = fail  # type: ignore[method-assign,assignment]
        with pytest.raises(NetworkError, match=r"^the proxy: no thread for p\.example$"):
            Connector(network, clock=Clock(), timeouts=Timeouts()).connect(
                Route(NAMED, parse_proxy("p.example")), limits=Limits()
            )

    def test_the_tunnel(self) -> None:
        way = Way(Route(Host("h.example", 443, True), HTTP, TlsPolicy()), b"HTTP/1.1 502 No\r\n\r\n")
        with pytest.raises(
            NetworkError, match=r"^the proxy 192\.0\.2\.9:3128: it refused CONNECT h\.example:443"
        ):
            way.connecting.poll()
        assert way.stream.closed

    def test_tls_with_the_proxy(self) -> None:
        proxy = Proxy(Host("192.0.2.9", 3128, True), "https")
        way = Way(Route(TARGET, proxy, proxy_tls=TlsPolicy()), b"HTTP/1.1 400 No\r\n\r\n")
        with pytest.raises(HandshakeError, match=r"^TLS with the proxy 192\.0\.2\.9:3128: not TLS at all"):
            established(way.connecting)


class TestDeadlines:
    def test_of_all_of_it(self) -> None:
        limit = "no connection within 5 s (connect_timeout)"
        Way(Route(NAMED), timeout=5.0).fails(5.0, f"{limit}: still looking 'example.org' up")
        Way(Route(TARGET), timeout=5.0, up=False).fails(5.0, f"{limit}: still connecting to 192.0.2.1:80")
        Way(Route(TARGET, HTTP), timeout=5.0, up=False).fails(
            5.0, f"the proxy: {limit}: still connecting to 192.0.2.9:3128"
        )
        Way(Route(NAMED, parse_proxy("p.example")), timeout=5.0).fails(
            5.0, f"the proxy: {limit}: still looking 'p.example' up"
        )

    @pytest.mark.parametrize("proxy", [LOCAL, parse_proxy("socks5://p.example")])
    def test_a_host_that_is_looked_up_here_is_no_matter_of_the_proxy(self, proxy: Proxy) -> None:
        way = Way(Route(NAMED, proxy), timeout=5.0)
        way.network.known["p.example"] = FOUND
        way.fails(5.0, "no connection within 5 s (connect_timeout): still looking 'example.org' up")

    def test_it_counts_from_when_its_user_says(self) -> None:
        way = Way(Route(TARGET), up=False)
        way.connector.timeouts = Timeouts(connect=5.0)
        way.connecting = way.connector.connect(Route(TARGET), since=98.0, limits=Limits())
        way.fails(3.0, "no connection within 5 s (connect_timeout): still connecting to 192.0.2.1:80")
        assert way.network.asked[-1] == "given up"

    def test_one_that_is_set_late_counts_from_the_beginning(self) -> None:
        way = Way(Route(TARGET), up=False)
        way.clock.advance(4)
        assert way.connecting.poll() is None
        way.connector.timeouts = Timeouts(connect=3.0)
        with pytest.raises(NetworkError, match="no connection within 3 s"):
            way.connecting.poll()

    def test_what_stands_in_time_is_not_late(self) -> None:
        way = Way(Route(TARGET), timeout=5.0)
        way.clock.advance(60)
        assert way.connecting.poll() is way.stream

    @pytest.mark.parametrize(
        ("proxy", "events", "said"),
        [
            (HTTP, [], "no answer to CONNECT 192.0.2.1:443"),
            (HTTP, [b"HTTP/1.1 200 OK\r\n"], "an incomplete answer to CONNECT 192.0.2.1:443"),
            (SOCKS, [], "no answer when asked by SOCKS for 192.0.2.1:443"),
            (SOCKS, [b"\x05\x00"], "no answer when asked by SOCKS for 192.0.2.1:443"),
        ],
    )
    def test_of_a_tunnel(self, proxy: Proxy, events: list[bytes], said: str) -> None:
        way = Way(Route(SECURE, proxy, TlsPolicy()), *events)
        assert way.connecting.poll() is None
        place = f"192.0.2.9:{proxy.host.port}"
        way.fails(30.0, f"the proxy {place}: no tunnel within 30 s: {said}")
        assert way.stream.closed

    def test_of_a_handshake(self) -> None:
        """Each layer has its own time: the tunnel's does not count."""
        way = Way(Route(SECURE, HTTP, TlsPolicy()))
        assert way.connecting.poll() is None
        way.clock.now = 120.0
        way.stream.events.append(OK + b"\r\n")
        assert way.connecting.poll() is None
        way.fails(50.0, "TLS with '192.0.2.1': no handshake within 30 s: it sent nothing", HandshakeError)

    def test_bytes_that_drip_do_not_put_it_off(self) -> None:
        clock = Clock()
        stream = PacedStream(clock, (0, b"HTTP/1.1 200 OK\r\nX-Slow: "), *[(0.25, b"x")] * 500)
        network = FakeNetwork(stream)
        network.up = True
        route = Route(SECURE, HTTP, TlsPolicy())
        with pytest.raises(NetworkError, match="no tunnel within 30 s: an incomplete answer"):
            clock.established(
                Connector(network, clock=clock, timeouts=Timeouts(layer=30.0)).connect(route, limits=Limits())
            )
        assert (clock.now, stream.closed) == (130.0, True)

    @pytest.mark.parametrize(("timeout", "waited"), [(0.0, [4.0, 26.0]), (7.0, [4.0, 3.0])])
    def test_waits_end_with_them(self, timeout: float, waited: list[float]) -> None:
        clock = Clock()
        network = FakeNetwork(PacedStream(clock))
        network.up = True
        connector = Connector(network, clock=clock, timeouts=Timeouts(connect=timeout, layer=30.0))
        connecting = connector.connect(Route(SECURE, HTTP, TlsPolicy()), limits=Limits())
        assert connecting.poll() is None
        for seconds, wait in zip((4.0, 60.0), waited, strict=True):
            begun = clock.now
            connecting.wait(seconds)
            assert clock.now - begun == wait


def test_giving_up() -> None:
    way = Way(Route(TARGET), up=False)
    way.connecting.close()
    assert way.network.asked[-1] == "given up"
    way = Way(Route(SECURE, HTTP, TlsPolicy()))
    way.connecting.poll()
    way.connecting.close()
    assert way.stream.closed
    Way(Route(NAMED)).connecting.close()
