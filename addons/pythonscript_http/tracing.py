"""What reports to an observer (see `trace`): the client's side of it.

The events themselves are imported with the first observer, which hardly any game has.
"""

from collections.abc import Callable
from enum import Enum
from itertools import count
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from .trace import Event, Moment, Observer

    class _Tls(Protocol):
        version: str
        cipher: str
        alpn: str

        @property
        def certificate(self) -> str: ...

    class _Stream(Protocol):
        @property
        def peer_address(self) -> str: ...
        @property
        def tls(self) -> _Tls | None: ...


class Outcome(Enum):
    """How something ended."""

    COMPLETE = "complete"
    """As it should."""
    FAILED = "failed"
    """The network, the peer or a deadline ended it; the event says why."""
    CLOSED = "closed"
    """The user did, by `close()`, by another `connect_to_host()`, or by taking the connection away."""


class CacheUse(Enum):
    """Why a response of a session's cache is the response."""

    HIT = "hit"
    """It was fresh, and nobody was asked."""
    VALIDATED = "validated"
    """The server has said that it is still right."""
    STALE = "stale"
    """It is out of date, and stands in for a server that failed."""


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


_connections: Final = count(1)
_exchanges: Final = count(1)
_calls: Final = count(1)
_default: "Callable[[], Observer | None] | None" = None
_default_bodies = 0


def observe(factory: "Callable[[], Observer | None] | None", *, bodies: int = 0) -> None:
    """Observes all clients of this process that are made from now on.

    Args:
        factory: gives each client its observer, or None for one that shall have none. It is called in the
            thread that makes the client; if it raises, that is reported, and it is asked no more. None: no
            client is observed by default.
        bodies: how many bytes of each body the observers are shown, from its begin; they are copied for that.
    """
    global _default, _default_bodies
    _default, _default_bodies = factory, bodies


def observed() -> bool:
    """Whether clients that are made from now on are observed."""
    return _default is not None


def default_trace(clock: Callable[[], float], wall_clock: Callable[[], float]) -> "Trace | None":
    """Makes what reports to the default observer of a client that is being made; None: it has none.

    Args:
        clock, wall_clock: as for `Trace`.
    """
    factory, bodies = _default, _default_bodies
    if factory is None:
        return None
    try:
        observer = factory()
        return None if observer is None else Trace(observer, clock, wall_clock, bodies)
    except Exception:
        observe(None)
        _report("a factory of observers", factory)
        return None


def _report(what: str, culprit: object) -> None:
    """Logs the exception that is being handled."""
    import logging  # late: hardly anybody needs it

    logging.getLogger("pythonscript_http.trace").exception(
        "%s raised, and is called no more: %r", what, culprit
    )


class Trace:
    """Reports to one observer.

    Args:
        observer: is called with each event.
        clock: tells the time in seconds; one that never goes back.
        wall_clock: tells it in seconds since 1970.
        bodies: how many bytes of each body the observer is shown.
    """

    __slots__ = ("_clock", "_wall_clock", "bodies", "events", "observer")

    def __init__(
        self,
        observer: "Observer",
        clock: Callable[[], float],
        wall_clock: Callable[[], float],
        bodies: int = 0,
    ) -> None:
        self.bodies: Final = bodies
        self.observer: Observer | None = observer
        """None: it has raised."""
        self._clock = clock
        self._wall_clock = wall_clock
        from . import trace

        self.events: Final = trace

    def now(self) -> "Moment":
        """Tells the time."""
        return self.events.Moment(self._wall_clock(), self._clock())

    def report(self, event: "Event") -> None:
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
        self._trace.report(
            self._trace.events.ConnectStarted(self._trace.now(), self.id, exchange, target, proxy)
        )

    def resolved(self, name: str, addresses: tuple[str, ...]) -> None:
        """A name has addresses."""
        self._trace.report(self._trace.events.NameResolved(self._trace.now(), self.id, name, addresses))

    def trying(self, address: str) -> None:
        """An address is tried."""
        self._trace.report(self._trace.events.AttemptStarted(self._trace.now(), self.id, address))

    def refused(self, address: str, reason: str) -> None:
        """An address did not take it."""
        self._trace.report(self._trace.events.AttemptFailed(self._trace.now(), self.id, address, reason))

    def cancelled(self, address: str) -> None:
        """An address is not waited for any longer."""
        self._trace.report(self._trace.events.AttemptCancelled(self._trace.now(), self.id, address))

    def layer(self, kind: LayerKind) -> None:
        """A part of it stands."""
        self._trace.report(self._trace.events.LayerEstablished(self._trace.now(), self.id, kind))

    def connected(self, stream: "_Stream") -> None:
        """It stands."""
        self._established = True
        tls = stream.tls
        agreed = ("",) * 4 if tls is None else (tls.version, tls.cipher, tls.alpn, tls.certificate)
        self._trace.report(
            self._trace.events.Connected(self._trace.now(), self.id, stream.peer_address, *agreed)
        )

    def ended(self, reason: str = "") -> None:
        """It is over, or never will stand. Only the first call counts."""
        if self._over:
            return
        self._over = True
        now = self._trace.now()
        if self._established:
            self._trace.report(self._trace.events.ConnectionClosed(now, self.id, reason))
        else:
            outcome = Outcome.FAILED if reason else Outcome.CLOSED
            self._trace.report(self._trace.events.ConnectFailed(now, self.id, outcome, reason))


class ExchangeTrace:
    """Reports the events of one exchange.

    Args:
        trace: reports to the observer.
        connection: the number of the connection that carries it; 0: it has none yet.
        call: the number of the session's call that it is a part of; 0: of none.
    """

    __slots__ = (
        "_call",
        "_decoded",
        "_received",
        "_request_left",
        "_response_left",
        "_sent",
        "_trace",
        "connection",
        "id",
    )

    def __init__(self, trace: Trace, connection: int, call: int = 0) -> None:
        self._trace = trace
        self._call = call
        self._sent = self._received = self._decoded = 0
        self._request_left = self._response_left = trace.bodies
        self.connection = connection
        self.id: Final = next(_exchanges)

    def started(self, head: bytes, body_length: int) -> None:
        """A request begins."""
        now, method = self._trace.now(), head[: head.index(b" ")].decode()
        ids = now, self.connection, self.id
        self._trace.report(self._trace.events.RequestStarted(*ids, method, head, body_length, self._call))

    def moved(self, *, sent: int = 0, received: int = 0, decoded: int = 0) -> None:
        """So many more bytes moved."""
        if not (sent or received or decoded):
            return
        self._sent += sent
        self._received += received
        self._decoded += decoded
        now, sizes = self._trace.now(), (self._sent, self._received, self._decoded)
        self._trace.report(self._trace.events.Progress(now, self.connection, self.id, *sizes))

    def request_body(self, data: memoryview) -> None:
        """So much more of the request's body was given."""
        if self._request_left and data:
            piece = bytes(data[: self._request_left])
            self._request_left -= len(piece)
            self._trace.report(
                self._trace.events.RequestBody(self._trace.now(), self.connection, self.id, piece)
            )

    def response_body(self, data: memoryview, size: int) -> None:
        """So many more bytes of the response's body were read, into the begin of a memory."""
        if self._response_left and size:
            piece = bytes(data[: min(size, self._response_left)])
            self._response_left -= len(piece)
            self._trace.report(
                self._trace.events.ResponseBody(self._trace.now(), self.connection, self.id, piece)
            )

    def sent(self) -> None:
        """All of the request is out."""
        self._trace.report(
            self._trace.events.RequestSent(self._trace.now(), self.connection, self.id, self._sent)
        )

    def head(self, code: int, interim: bool, head: bytes) -> None:
        """A head has come."""
        self._trace.report(
            self._trace.events.HeadReceived(self._trace.now(), self.connection, self.id, code, interim, head)
        )

    def ended(self, outcome: Outcome, reason: str, trailers: tuple[tuple[bytes, bytes], ...]) -> None:
        """It is over."""
        sizes = self._sent, self._received, self._decoded
        now = self._trace.now()
        self._trace.report(
            self._trace.events.ExchangeEnded(now, self.connection, self.id, outcome, reason, *sizes, trailers)
        )


class CallTrace:
    """Reports the events of one call of a session.

    Args:
        trace: reports to the observer.
    """

    __slots__ = ("_trace", "id")

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self.id: Final = next(_calls)

    def started(self, method: str, url: str, source: str) -> None:
        """It begins."""
        self._trace.report(self._trace.events.CallStarted(self._trace.now(), self.id, method, url, source))

    def redirected(self, url: str) -> None:
        """It goes on elsewhere."""
        self._trace.report(self._trace.events.CallRedirected(self._trace.now(), self.id, url))

    def retried(self, delay: float, reason: str) -> None:
        """Its last request is repeated after so many seconds."""
        self._trace.report(self._trace.events.CallRetried(self._trace.now(), self.id, delay, reason))

    def cached(self, use: CacheUse, url: str, code: int, head: bytes, size: int) -> None:
        """A response of the cache's is its response."""
        self._trace.report(
            self._trace.events.CallCached(self._trace.now(), self.id, use, url, code, head, size)
        )

    def ended(self, outcome: Outcome, code: int, reason: str) -> None:
        """It is over."""
        self._trace.report(self._trace.events.CallEnded(self._trace.now(), self.id, outcome, code, reason))
