"""Connections to hosts: look-up, TCP or a Unix domain socket, a tunnel through a proxy, TLS.

    connector = Connector(TcpNetwork(clock=monotonic), clock=monotonic, timeouts=Timeouts())
    connecting = connector.connect(Route(parse_host("localhost:8000")), limits=Limits())
    while (stream := connecting.poll()) is None:
        connecting.wait(1.0)

How long each step may take, and what to call whom it is with in the text of failures, is known here alone.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from pythonscript_http.config import Limits, Timeouts
from pythonscript_http.tracing import ConnectionTrace, LayerKind, Trace
from pythonscript_http.url import Host, authority

from .late import step_to
from .policy import TlsPolicy
from .proxy import Proxy
from .stream import Address, Layer, Lookup, Network, NetworkError, Pending, Step, Stream, Watcher
from .tunnel import TunnelRequest

_SOCKET: Final = LayerKind.SOCKET
_LAYERS: Final = (LayerKind.PROXY_TLS, LayerKind.TUNNEL, LayerKind.TLS)
"""What goes on top of it."""


DEFAULT_POLICY: Final = TlsPolicy()
"""The default TLS policy: Mozilla's roots and the system's."""


class Route(NamedTuple):
    """The way to a host. Connections by equal routes are as good as each other."""

    target: Host
    """The host."""
    proxy: Proxy | None = None
    """What it is reached through."""
    tls: TlsPolicy | None = None
    """The TLS policy for the host, where `target.tls`; None: the default policy."""
    proxy_tls: TlsPolicy | None = None
    """The same for the proxy."""

    @property
    def peer(self) -> Host:
        """Where the connection itself leads to."""
        return self.target if self.proxy is None else self.proxy.host

    @property
    def forwarded(self) -> bool:
        """The proxy passes requests on, and wants absolute URLs (RFC 9112 section 3.2.2)."""
        return self.proxy is not None and self.proxy.kind.forwards and not self.target.tls


class Connector:
    """Makes connections.

    Args:
        network: where they are made.
        clock: tells the time in seconds.
        timeouts: how long it may take: connect and layer. They may be replaced at any time, and count for
            connections that are being made too.
    """

    __slots__ = ("clock", "network", "timeouts")

    def __init__(self, network: Network, *, clock: Callable[[], float], timeouts: Timeouts) -> None:
        self.network: Final = network
        self.clock: Final = clock
        self.timeouts = timeouts

    def connect(
        self,
        route: Route,
        *,
        since: float | None = None,
        user_agent: str = "",
        limits: Limits,
        trace: Trace | None = None,
        exchange: int = 0,
    ) -> "Connecting":
        """Begins to connect.

        Args:
            route: the way.
            since: from when on the connect timeout counts; None: now.
            user_agent: what to tell a proxy that asks who wants the tunnel.
            limits: header_size is that of a proxy's answer too.
            trace: reports the connection; None: it is not observed.
            exchange: the number of the request that waits for it, for the observer; 0: none does.

        Raises:
            LocalError: the TLS policy cannot be honoured, or the proxy cannot be asked; nothing was begun.
            NetworkError: the look-up of a name cannot even begin.
        """
        began = self.clock() if since is None else since
        return Connecting(self, route, began, user_agent, limits, trace, exchange)


def _place(host: Host) -> str:
    return host.name if host.unix else authority(host.name, host.port)


class Connecting:
    """A connection that is being made. Make it by `Connector.connect`."""

    __slots__ = (
        "_addresses",
        "_began",
        "_clock",
        "_connector",
        "_deadline",
        "_kind",
        "_layer",
        "_limits",
        "_lookup",
        "_lookups",
        "_pending",
        "_route",
        "_steps",
        "_tls",
        "_tunnel",
        "_user_agent",
        "connected",
        "resolved",
        "secured",
        "trace",
    )

    def __init__(
        self,
        connector: Connector,
        route: Route,
        began: float,
        user_agent: str,
        limits: Limits,
        trace: Trace | None,
        exchange: int,
    ) -> None:
        self._connector = connector
        self._clock = connector.clock
        self._route = route
        self._began = began
        self._user_agent = user_agent
        self._limits = limits
        self._layer: Layer | None = None  # the one that is being made, above TCP
        self._deadline = 0.0  # of that layer
        self._kind = _SOCKET  # what is being made
        self._steps: Iterator[tuple[LayerKind, Step]] = iter(())
        self._tls = self._tls_steps()
        self._tunnel = self._tunnel_step(route.target.name)
        self.resolved = 0.0
        """When the look-up was over; 0.0: it is not, or there was none."""
        self.connected = 0.0
        """When the host, or its proxy, took the connection; 0.0: it has not."""
        self.secured = 0.0
        """When the TLS handshake with the host was over; 0.0: it is not, or there is none."""
        self.trace = None if trace is None else ConnectionTrace(trace)
        """Reports the connection; None: it is not observed."""
        network, proxy = connector.network, route.proxy
        if self.trace is not None:
            self.trace.started(_place(route.target), "" if proxy is None else _place(proxy.host), exchange)
        names = [route.peer.name]
        if proxy is not None and not proxy.kind.resolves:
            names.append(route.target.name)
        self._lookups: dict[str, Lookup] = {}
        self._addresses: dict[str, Sequence[Address]] = {}  # of the names that are known
        for name in names:
            literal = network.literal(name)
            if literal is None:
                self._lookups[name] = self._look_up(name)
            else:
                self._addresses[name] = (literal,)
        self._lookup = next(iter(self._lookups.values()), None)  # the one that is waited for
        self._pending: Pending | None = None if self._lookups else self._dial()

    @property
    def resolving(self) -> bool:
        """Names are looked up still. The poll that ends this does nothing more."""
        return self._lookup is not None

    def poll(self) -> Stream | None:
        """Does what can be done without waiting, and gives the connection once it stands.

        Raises:
            NetworkError: it never will.
        """
        try:
            if self._lookup is not None:
                self._resolve()
            elif (stream := self._climb()) is not None:
                return stream
            self._check_deadlines()
        except NetworkError as error:
            self._failed(str(error))
            raise
        return None

    def wait(self, timeout: float) -> None:
        """Sleeps until `poll` has something to do; `timeout` seconds at most."""
        due = [self._deadline] if self._layer is not None else []
        if limit := self._connector.timeouts.connect:
            due.append(self._began + limit)
        if due:
            timeout = min(timeout, max(0.0, min(due) - self._clock()))
        awaited = self._lookup or self._pending
        assert awaited is not None
        awaited.wait(timeout)

    def watch(self, watcher: Watcher) -> None:
        """Tells what `wait` would wait for."""
        now = self._clock()
        if self._layer is not None:
            watcher.after(self._deadline - now)
        if limit := self._connector.timeouts.connect:
            watcher.after(self._began + limit - now)
        awaited = self._lookup or self._pending
        assert awaited is not None
        awaited.watch(watcher)

    def late(self, why: str) -> NetworkError:
        """Makes the failure of one who waits no longer: what it is still waiting for.

        Args:
            why: which limit has passed.
        """
        if self._layer is not None:
            return self._layer.late(why)
        if self._lookup is not None:
            name = self._lookup.host
            return self._failure(f"{why}: still looking {name!a} up", name)
        return self._failure(f"{why}: still connecting to {_place(self._route.peer)}")

    def close(self, reason: str = "") -> None:
        """Gives it up.

        Args:
            reason: why, for the observer; empty: the user wants it no more.
        """
        if self._pending is not None:
            self._pending.close()
        self._failed(reason)

    # ---- inside

    def _failed(self, reason: str) -> None:
        if self.trace is not None:
            self.trace.ended(reason)

    def _tls_steps(self) -> tuple[Step | None, Step | None]:
        """Makes the layers of TLS ready: with the proxy, and with the host."""
        route, proxy = self._route, self._route.proxy
        below: Step | None = None
        above: Step | None = None
        if not (route.target.tls or route.peer.tls):
            return below, above
        if proxy is not None and proxy.host.tls:
            below = step_to(proxy.host, route.proxy_tls or DEFAULT_POLICY, f"the proxy {_place(proxy.host)}")
        if route.target.tls:
            above = step_to(route.target, route.tls or DEFAULT_POLICY)
        return below, above

    def _tunnel_step(self, name: str) -> Step | None:
        """Makes the tunnel ready.

        Args:
            name: the host as the proxy gets it.
        """
        route, proxy = self._route, self._route.proxy
        if proxy is None or route.forwarded:
            return None
        request = TunnelRequest(
            name,
            route.target.port,
            _place(proxy.host),
            self._user_agent,
            self._limits.header_size,
            proxy.user,
            proxy.password,
        )
        return proxy.kind.tunnel(request)

    def _look_up(self, name: str) -> Lookup:
        try:
            return self._connector.network.look_up(name)
        except NetworkError as error:
            why = str(self._failure(str(error), name))
            self._failed(why)
            raise NetworkError(why) from None

    def _failure(self, text: str, name: str = "") -> NetworkError:
        """Tells of a failure before any layer was begun, and that it is the proxy's if it is."""
        route = self._route
        ours = route.proxy is None or (name and name != route.peer.name)
        return NetworkError(text if ours else f"the proxy: {text}")

    def _resolve(self) -> None:
        """Goes on with the look-ups."""
        for name, lookup in self._lookups.items():
            try:
                known = lookup.poll()
            except NetworkError as error:
                raise self._failure(str(error), name) from None
            if known is None:
                self._lookup = lookup
                return
            new = name not in self._addresses
            self._addresses[name] = known
            if new and self.trace is not None:
                self.trace.resolved(name, tuple(str(address.sockaddr[0]) for address in known))
        self.resolved = self._clock()
        self._lookup, self._pending = None, self._dial()

    def _dial(self) -> Pending:
        """Begins with the connection to the host or its proxy, and says what goes on top of it."""
        route, proxy, (below, above) = self._route, self._route.proxy, self._tls
        tunnel = self._tunnel
        if proxy is not None and not proxy.kind.resolves:
            tunnel = self._tunnel_step(str(self._addresses[route.target.name][0].sockaddr[0]))
        if below or tunnel or above:
            steps = zip(_LAYERS, (below, tunnel, above), strict=True)
            self._steps = ((kind, step) for kind, step in steps if step is not None)
        peer = route.peer
        lookup = self._lookups.get(peer.name)
        addresses = self._addresses[peer.name]
        return self._connector.network.connect(addresses, peer.port, lookup, self.trace)

    def _climb(self) -> Stream | None:
        """Goes on with the layers."""
        while True:
            assert self._pending is not None
            try:
                stream = self._pending.poll()
            except NetworkError as error:
                if self._layer is not None:  # it tells itself whose failure it is
                    raise
                raise self._failure(str(error)) from None
            if stream is None:
                return None
            now = self._clock()
            if self._layer is None:
                self.connected = now
            if self.trace is not None:
                self.trace.layer(self._kind)
            self._kind, step = next(self._steps, (self._kind, None))
            if step is None:
                self.secured = now if self._route.target.tls else 0.0
                if self.trace is not None:
                    self.trace.connected(stream)
                return stream
            self._pending = self._layer = step(stream)
            self._deadline = now + self._connector.timeouts.layer

    def _check_deadlines(self) -> None:
        now, limit, layer = self._clock(), self._connector.timeouts.connect, self._layer
        if layer is not None and now >= self._deadline:
            why = f"{layer.lacking} within {self._connector.timeouts.layer:g} s"
        elif limit and now >= self._began + limit:
            why = f"no connection within {limit:g} s (connect_timeout)"
        else:
            return
        try:
            raise self.late(why)
        except NetworkError as error:
            self.close(str(error))
            raise
