"""Events of connections and requests, for observers: the seam for logs, meters and inspectors.

    def observer(event: Event) -> None:
        match event:
            case RequestStarted():
                print(event.exchange, event.head.splitlines()[0].decode())
            case ExchangeEnded():
                print(event.exchange, event.outcome.value, event.reason, event.received)

    client = HTTPClient()
    client.observer = observer
    client.connect_to_host("localhost", 8000)

An observer is called with one event after the other. It is called in the thread that uses the client, in the
middle of a call: it should be quick, and calls of that client but `close()` are refused meanwhile. What it
raises is logged, once, and it is called no more; the client does not notice.

An observer is trusted: raw heads hold cookies, passwords and tokens. Nothing here keeps them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from itertools import count
from typing import Final, NamedTuple, Protocol


class Moment(NamedTuple):
    """When something was noticed: by the call that reports it, which may be a frame after it happened."""

    wall: float
    """Seconds since 1970, as `time.time` has them: to show. It jumps when somebody sets the clock."""
    monotonic: float
    """Seconds by the client's clock, which never goes back: to subtract."""


class Outcome(Enum):
    """How something ended."""

    COMPLETE = "complete"
    """As it should."""
    FAILED = "failed"
    """The network, the peer or a deadline ended it; the event says why."""
    CLOSED = "closed"
    """The user did, by `close()`, by another `connect_to_host()`, or by taking the connection away."""


class LayerKind(Enum):
    """What a connection is made of, from the kernel on."""

    SOCKET = "socket"
    """TCP, or a Unix domain socket: to the host, or to its proxy."""
    PROXY_TLS = "proxy TLS"
    """TLS with a proxy."""
    TUNNEL = "tunnel"
    """The way through a proxy, to the host."""
    TLS = "TLS"
    """TLS with the host."""


# ---- connections


@dataclass(frozen=True, slots=True)
class ConnectionEvent:
    """What all events of a connection have."""

    at: Moment
    connection: int
    """Which one, from 1 on; no other connection of this process has that number."""


@dataclass(frozen=True, slots=True)
class ConnectStarted(ConnectionEvent):
    """A connection begins to be made. `Connected` or `ConnectFailed` follows."""

    exchange: int
    """The request that it is made for; 0: none waits for it."""
    target: str
    """The host and its port, such as `example.org:443`; or `unix:/path`."""
    proxy: str
    """The proxy and its port; empty: there is none."""


@dataclass(frozen=True, slots=True)
class NameResolved(ConnectionEvent):
    """A name was looked up. There may be two: the host's, and its proxy's."""

    name: str
    addresses: tuple[str, ...]
    """Those known by now, best first; the attempts show others that were found later."""


@dataclass(frozen=True, slots=True)
class AttemptStarted(ConnectionEvent):
    """An address is tried. Several may be at a time.

    `AttemptFailed` or `AttemptCancelled` follows, or `LayerEstablished` for the one that stands.
    """

    address: str
    """`192.0.2.1:80`, `[2001:db8::1]:80`, `unix:/path`."""


@dataclass(frozen=True, slots=True)
class AttemptFailed(ConnectionEvent):
    """An address did not take the connection."""

    address: str
    reason: str


@dataclass(frozen=True, slots=True)
class AttemptCancelled(ConnectionEvent):
    """An attempt is given up: another address took the connection, or nobody wants it any more."""

    address: str


@dataclass(frozen=True, slots=True)
class LayerEstablished(ConnectionEvent):
    """A part of the connection stands; the next one begins."""

    kind: LayerKind


@dataclass(frozen=True, slots=True)
class Connected(ConnectionEvent):
    """The connection stands; `ConnectionClosed` follows.

    It is the first event of a connection that somebody else made.
    """

    address: str
    """Whom it leads to, as in `AttemptStarted`: the host, or its proxy; empty: not known."""
    tls_version: str
    """Such as `TLSv1.3`; empty: it speaks no TLS. The others are empty then."""
    cipher: str
    alpn: str


@dataclass(frozen=True, slots=True)
class ConnectFailed(ConnectionEvent):
    """The connection will never stand."""

    outcome: Outcome
    """FAILED or CLOSED."""
    reason: str
    """Why; empty: the user closed."""


@dataclass(frozen=True, slots=True)
class ConnectionClosed(ConnectionEvent):
    """The connection is over, or was handed to somebody else."""

    reason: str
    """What it failed of; empty: nothing."""


# ---- exchanges: a request and its response


@dataclass(frozen=True, slots=True)
class ExchangeEvent:
    """What all events of an exchange have."""

    at: Moment
    connection: int
    """Which connection carries it; 0: it has still to be made, or was not observed."""
    exchange: int
    """Which one, from 1 on; no other exchange of this process has that number."""


@dataclass(frozen=True, slots=True)
class RequestStarted(ExchangeEvent):
    """A request begins. `ExchangeEnded` follows."""

    method: str
    """Its token, such as GET."""
    head: bytes
    """The request line and the header block, as they are sent."""
    body_length: int
    """Bytes that the body will have; -1: not known."""


@dataclass(frozen=True, slots=True)
class RequestSent(ExchangeEvent):
    """All of the request was handed to the operating system."""

    sent: int
    """Bytes, head included."""


@dataclass(frozen=True, slots=True)
class HeadReceived(ExchangeEvent):
    """The head of a response has come."""

    code: int
    """Its status code."""
    interim: bool
    """Another head follows."""
    head: bytes
    """The status line and the header block, as they came."""


@dataclass(frozen=True, slots=True)
class Progress(ExchangeEvent):
    """Bytes moved. The numbers count from the begin of the exchange.

    `sent` and `received` are the bytes of HTTP, heads and chunked coding included, TLS not.
    """

    sent: int
    received: int
    decoded: int
    """Bytes of the response's body that its reader got: without codings, if the client undoes them."""


@dataclass(frozen=True, slots=True)
class ExchangeEnded(ExchangeEvent):
    """An exchange is over: the body of the response was read to its end, or never will be."""

    outcome: Outcome
    reason: str
    """Why it failed; empty: it did not."""
    sent: int
    """The three sizes are those of `Progress`."""
    received: int
    decoded: int
    trailers: tuple[tuple[bytes, bytes], ...]
    """The fields of the trailer section: names and values, as they came."""


Event = (
    ConnectStarted
    | NameResolved
    | AttemptStarted
    | AttemptFailed
    | AttemptCancelled
    | LayerEstablished
    | Connected
    | ConnectFailed
    | ConnectionClosed
    | RequestStarted
    | RequestSent
    | HeadReceived
    | Progress
    | ExchangeEnded
)
Observer = Callable[[Event], None]

_connections: Final = count(1)
_exchanges: Final = count(1)
_default: Callable[[], Observer | None] | None = None


def observe(factory: Callable[[], Observer | None] | None) -> None:
    """Observes all clients of this process that are made from now on.

    Args:
        factory: gives each client its observer, or None for one that shall have none. It is called in the
            thread that makes the client; if it raises, that is reported, and it is asked no more. None: no
            client is observed by default.
    """
    global _default  # noqa: PLW0603 - it is the one thing here that is process-wide
    _default = factory


def default_observer() -> Observer | None:
    """Makes the observer of a client that is being made."""
    factory = _default
    if factory is None:
        return None
    try:
        return factory()
    except Exception:
        observe(None)
        _report("a factory of observers", factory)
        return None


def _report(what: str, culprit: object) -> None:
    """Logs the exception that is being handled."""
    import logging  # late: hardly anybody needs it

    logging.getLogger(__name__).exception("%s raised, and is called no more: %r", what, culprit)


class _Tls(Protocol):
    version: str
    cipher: str
    alpn: str


class _Stream(Protocol):
    @property
    def peer_address(self) -> str: ...
    @property
    def tls(self) -> _Tls | None: ...


class Trace:
    """Reports to one observer.

    Args:
        observer: is called with each event.
        clock: tells the time in seconds; one that never goes back.
        wall_clock: tells it in seconds since 1970.
    """

    __slots__ = ("_clock", "_wall_clock", "observer")

    def __init__(
        self, observer: Observer, clock: Callable[[], float], wall_clock: Callable[[], float]
    ) -> None:
        self.observer: Observer | None = observer
        """None: it has raised."""
        self._clock = clock
        self._wall_clock = wall_clock

    def now(self) -> Moment:
        """Tells the time."""
        return Moment(self._wall_clock(), self._clock())

    def report(self, event: Event) -> None:
        """Reports an event. It never raises."""
        observer = self.observer
        if observer is None:
            return
        try:
            observer(event)
        except Exception:
            self.observer = None
            _report("an observer", observer)


class ConnectionTrace:
    """Reports the events of one connection."""

    __slots__ = ("_established", "_over", "_trace", "id")

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._established = self._over = False
        self.id: Final = next(_connections)

    def started(self, target: str, proxy: str, exchange: int) -> None:
        """It begins to be made."""
        self._trace.report(ConnectStarted(self._trace.now(), self.id, exchange, target, proxy))

    def resolved(self, name: str, addresses: tuple[str, ...]) -> None:
        """A name has addresses."""
        self._trace.report(NameResolved(self._trace.now(), self.id, name, addresses))

    def trying(self, address: str) -> None:
        """An address is tried."""
        self._trace.report(AttemptStarted(self._trace.now(), self.id, address))

    def refused(self, address: str, reason: str) -> None:
        """An address did not take it."""
        self._trace.report(AttemptFailed(self._trace.now(), self.id, address, reason))

    def cancelled(self, address: str) -> None:
        """An address is not waited for any longer."""
        self._trace.report(AttemptCancelled(self._trace.now(), self.id, address))

    def layer(self, kind: LayerKind) -> None:
        """A part of it stands."""
        self._trace.report(LayerEstablished(self._trace.now(), self.id, kind))

    def connected(self, stream: _Stream) -> None:
        """It stands."""
        self._established = True
        tls = stream.tls
        agreed = ("", "", "") if tls is None else (tls.version, tls.cipher, tls.alpn)
        self._trace.report(Connected(self._trace.now(), self.id, stream.peer_address, *agreed))

    def ended(self, reason: str = "") -> None:
        """It is over, or never will stand. Only the first call counts."""
        if self._over:
            return
        self._over = True
        now = self._trace.now()
        if self._established:
            self._trace.report(ConnectionClosed(now, self.id, reason))
        else:
            outcome = Outcome.FAILED if reason else Outcome.CLOSED
            self._trace.report(ConnectFailed(now, self.id, outcome, reason))


class ExchangeTrace:
    """Reports the events of one exchange.

    Args:
        trace: reports to the observer.
        connection: the number of the connection that carries it; 0: it has none yet.
    """

    __slots__ = ("_decoded", "_received", "_sent", "_trace", "connection", "id")

    def __init__(self, trace: Trace, connection: int) -> None:
        self._trace = trace
        self._sent = self._received = self._decoded = 0
        self.connection = connection
        self.id: Final = next(_exchanges)

    def started(self, head: bytes, body_length: int) -> None:
        """A request begins."""
        now, method = self._trace.now(), head[: head.index(b" ")].decode()
        self._trace.report(RequestStarted(now, self.connection, self.id, method, head, body_length))

    def moved(self, *, sent: int = 0, received: int = 0, decoded: int = 0) -> None:
        """So many more bytes moved."""
        if not (sent or received or decoded):
            return
        self._sent += sent
        self._received += received
        self._decoded += decoded
        now, sizes = self._trace.now(), (self._sent, self._received, self._decoded)
        self._trace.report(Progress(now, self.connection, self.id, *sizes))

    def sent(self) -> None:
        """All of the request is out."""
        self._trace.report(RequestSent(self._trace.now(), self.connection, self.id, self._sent))

    def head(self, code: int, interim: bool, head: bytes) -> None:
        """A head has come."""
        self._trace.report(HeadReceived(self._trace.now(), self.connection, self.id, code, interim, head))

    def ended(self, outcome: Outcome, reason: str, trailers: tuple[tuple[bytes, bytes], ...]) -> None:
        """It is over."""
        sizes = self._sent, self._received, self._decoded
        now = self._trace.now()
        self._trace.report(ExchangeEnded(now, self.connection, self.id, outcome, reason, *sizes, trailers))
