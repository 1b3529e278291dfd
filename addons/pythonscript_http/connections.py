"""The connections of a client: made, handed in, lent and handed over."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, Final

from .config import Limits, Timeouts
from .enums import Error
from .exceptions import LocalError
from .http1.request import encoded
from .http11 import HTTP11Connection
from .requests import Requests
from .status import RESULTS, Event, StatusMachine
from .timing import Timing
from .tracing import ConnectionTrace, Trace, default_trace
from .transport.connector import DEFAULT_POLICY, Connecting, Connector, Route
from .transport.policy import TlsPolicy
from .transport.stream import Network, NetworkError, Stream, TlsInfo
from .url import PORT_HTTP, PORT_HTTPS, Host, authority, parse_host
from .waits import Waits
from .workers import Workers

if TYPE_CHECKING:  # late: few games have an observer
    from .trace import Observer

_DECODERS: Final = Workers(4, 5.0, "decoding")
"""More threads would not decode faster on usual machines; none may be kept busy for longer than a moment."""

_start: Final = _DECODERS.start

NO_CONNECTION: Final = HTTP11Connection(Timing(monotonic, Timeouts()), Timeouts())
"""What clients have that are not connected: it has no stream, and no request was ever begun."""

_OK: Final = Error.OK


def _default_policy() -> TlsPolicy:
    return DEFAULT_POLICY


class Connections(Requests):
    """What connects a client to hosts.

    Args:
        network: what makes connections.
        limits: how many bytes things may have, to begin with.
        timeouts: how long they may take, to begin with.
        user_agent: value of the User-Agent header, unless a request brings its own.
        clock: tells the time in seconds; one that never goes back.
        wall_clock: tells it in seconds since 1970, to observers.

    Raises:
        LocalError: the user agent can't be sent.
    """

    __slots__ = (
        "_clock",
        "_connecting",
        "_connector",
        "_number",
        "_route",
        "_tls_info",
        "_waits",
        "_wall_clock",
        "default_policy",
        "proxy_policy",
    )

    def __init__(
        self,
        network: Network,
        limits: Limits,
        timeouts: Timeouts,
        user_agent: str,
        clock: Callable[[], float],
        wall_clock: Callable[[], float],
    ) -> None:
        super().__init__(limits, timeouts, user_agent)
        self._timing = Timing(clock, timeouts)
        self._state = StatusMachine()
        self._http = NO_CONNECTION
        self._head = None
        self._headers_taken = False
        self._host_header = ""
        self._forwarder = None
        self.warning = ""
        self._connector = Connector(network, clock=clock, timeouts=timeouts)
        self._waits = Waits(self._turn, self._timing, timeouts)
        self._clock = clock
        self._wall_clock = wall_clock
        self._trace = default_trace(clock, wall_clock)
        self._number = 0  # of connections that this client has had
        self._connecting: Connecting | None = None
        self._route: Route | None = None  # to connect anew by; None: the host can't be connected to anew
        self._tls_info: TlsInfo | None = None
        self.default_policy: Callable[[], TlsPolicy] = _default_policy
        """Makes the TLS policy for `https://` where none is given."""
        self.proxy_policy: Callable[[], TlsPolicy] = _default_policy
        """Makes the TLS policy for a proxy: pins, names and certificates are between us and the host."""

    def connect_to_host(self, host: str, port: int = -1, policy: TlsPolicy | None = None) -> Error:
        """Begins to connect; `poll()` goes on with it. What was connected before is closed.

        Args:
            host: a name or an address, perhaps with `http://` or `https://` before it or `:port` behind it;
                or `unix:/path`.
            port: -1 for the one in `host`, or else the scheme's.
            policy: the TLS policy. With one, a host without a scheme is connected to over TLS; without
                one, `https://` has those of `default_policy()`.

        Raises:
            LocalError: this is no host, the policy cannot be honoured, or another call is under way still.
        """
        self.close()
        self._enter()
        try:
            self._close()  # again: another thread may have connected before this had its turn
            self.warning = ""
            try:
                target = parse_host(host, port, tls=policy is not None)
                result = self._connect_to(target, policy)
            except LocalError as error:
                raise self.refused(error) from None
            if policy is not None and not target.tls:
                self.warning = f"{host!a} does not use TLS, so the TLS options have no effect"
            return result
        finally:
            self._leave()

    def _connect_to(self, target: Host, policy: TlsPolicy | None) -> Error:
        proxy = self.proxies.to(target)
        route = Route(target, proxy)
        if target.tls or route.peer.tls:
            tls = policy or self.default_policy() if target.tls else None
            proxy_tls = self.proxy_policy() if proxy is not None and proxy.host.tls else None
            route = Route(target, proxy, tls, proxy_tls)
        try:
            connecting = self._connecting = self._dial(route)
        except NetworkError as error:
            self._timing.begin()
            self._state.fire(Event.LOOK_UP)
            return self._fail(Event.NOT_RESOLVED, str(error))
        self._timing.begin()
        self._route = route
        self._host_header = authority(target.name, target.port, PORT_HTTPS if target.tls else PORT_HTTP)
        self._state.fire(Event.LOOK_UP if connecting.resolving else Event.DIAL)
        return _OK

    def _dial(self, route: Route, since: float | None = None) -> Connecting:
        return self._connector.connect(
            route,
            since=since,
            user_agent=self._user_agent,
            limits=self.limits,
            trace=self._trace,
            exchange=self._http.exchange,
        )

    @property
    def observer(self) -> "Observer | None":
        """Called with the events of connections and requests, from the next on (see `trace`); None: none is.

        It is None again once it has raised.
        """
        return None if self._trace is None else self._trace.observer

    @observer.setter
    def observer(self, observer: "Observer | None") -> None:
        self._trace = None if observer is None else Trace(observer, self._clock, self._wall_clock)

    def attach(self, stream: Stream, host: str | None = None) -> Error:
        """Goes on over a connection that stands already, and takes it over; the state is CONNECTED then.

        Args:
            stream: the connection. What was connected before is closed.
            host: value of the Host header. None: that of the host connected to last, as in the engine; if
                there was none, Host is sent empty, unless a request brings its own (RFC 9112 section 3.2).

        Raises:
            LocalError: the host can't be sent, or another call is under way still.

        Source: class reference, `HTTPClient.connection`.
        """
        if host is not None:
            try:
                encoded("Host", host)
            except LocalError as error:
                raise self.refused(error) from None
        if stream is not self._http.stream:
            self.close()
        with self._call():
            if stream is not self._http.stream:
                self._close()
                trace = None if self._trace is None else ConnectionTrace(self._trace)
                self._http = self._connection_over(stream, trace)
                self._number += 1
                self._forwarder = None
                self._state.fire(Event.ATTACH)
                if trace is not None:
                    trace.connected(stream)
            if host is not None:
                self._host_header = host
        return _OK

    def connection(self) -> Stream | None:
        """Gives the connection; None if there is none. It stays the client's, which closes it.

        After `101 Switching Protocols` or an accepted CONNECT the first read gives what came behind the head.
        """
        return self._http.stream

    @property
    def connection_number(self) -> int:
        """Which of the connections that this client has had, from 1 on, is the one in use or the last."""
        return self._number

    def detach(self) -> Stream | None:
        """Hands the connection over, as `connection()` gives it; the state is DISCONNECTED then.

        Raises:
            LocalError: another call is under way.
        """
        with self._call():
            http, self._http = self._http, NO_CONNECTION
            stream = http.detach() if http is not NO_CONNECTION else None
            self._close()
        return stream

    @contextmanager
    def lent(self) -> Iterator[Stream | None]:
        """Lends the connection, as `connection()` gives it, for what the client does not do itself.

        Meanwhile a call is under way. Whoever has to wait does so by `wait()`.

        Raises:
            LocalError: another call is under way.
        """
        with self._call():
            yield self._http.stream

    def wait(self, stream: Stream, *, write: bool) -> bool:
        """Sleeps until a connection that is lent can be read, or written if asked.

        Returns:
            False: half a minute has passed, or the client is to be closed.
        """
        return self._waits.wait(stream, write=write)

    def _connection_over(
        self, stream: Stream | None, trace: ConnectionTrace | None = None
    ) -> HTTP11Connection:
        return HTTP11Connection(self._timing, self.timeouts, stream, _start, trace)

    def _begin_anew(self) -> None:
        self._http = self._connection_over(None)

    def _go_on_connecting(self, connecting: Connecting) -> Stream | None:
        """Polls a connection that is being made; in blocking mode until it stands, or its look-up is over."""
        resolving, timing = connecting.resolving, self._timing
        try:
            stream = connecting.poll()
            if self._blocking:
                for nap in self._waits.naps():
                    if stream is not None or connecting.resolving != resolving:
                        break
                    connecting.wait(nap)
                    stream = connecting.poll()
            return stream
        finally:
            timing.resolved, timing.connected = connecting.resolved, connecting.connected
            timing.secured = connecting.secured

    def _take_up(self, stream: Stream) -> Stream:
        """Goes on over a connection that was made here."""
        route = self._route
        assert route is not None
        self._connecting = None
        self._number += 1
        self._forwarder = route.proxy if route.forwarded else None
        self._tls_info = stream.tls if route.target.tls else None
        return stream

    def _fail(self, event: Event, reason: str) -> Error:
        self._state.fire(event, reason)
        self._timing.end()
        return RESULTS[self._state.status]
