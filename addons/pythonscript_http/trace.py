"""Events of connections, requests and calls, for observers: the seam for logs, meters and inspectors.

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
middle of a call: it should be quick, and calls of that client but `close()` are refused meanwhile. That of a
session is called in the thread that begins a call, and then in its loop's. What it
raises is logged, once, and it is called no more; the client does not notice.

An observer is trusted: raw heads hold cookies, passwords and tokens. Nothing here keeps them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from .tracing import CacheUse, LayerKind, Outcome, observe

__all__ = [
    "AttemptCancelled",
    "AttemptFailed",
    "AttemptStarted",
    "CacheUse",
    "CallCached",
    "CallEnded",
    "CallEvent",
    "CallRedirected",
    "CallRetried",
    "CallStarted",
    "ConnectFailed",
    "ConnectStarted",
    "Connected",
    "ConnectionClosed",
    "ConnectionEvent",
    "Event",
    "ExchangeEnded",
    "ExchangeEvent",
    "HeadReceived",
    "LayerEstablished",
    "LayerKind",
    "Moment",
    "NameResolved",
    "Observer",
    "Outcome",
    "Progress",
    "RequestBody",
    "RequestSent",
    "RequestStarted",
    "ResponseBody",
    "observe",
]


class Moment(NamedTuple):
    """When something was noticed: by the call that reports it, which may be a frame after it happened."""

    wall: float
    """Seconds since 1970, as `time.time` has them: to show. It jumps when somebody sets the clock."""
    monotonic: float
    """Seconds by the client's clock, which never goes back: to subtract."""


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
    certificate: str
    """The peer's, in PEM; empty: none was kept."""


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
    call: int = 0
    """The session's call that it is a part of; 0: of none."""


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
class RequestBody(ExchangeEvent):
    """A piece of the request's body was given to be sent; only where bodies are shown (see `observe`)."""

    data: bytes


@dataclass(frozen=True, slots=True)
class ResponseBody(ExchangeEvent):
    """A piece of the response's body was read, as its reader got it; only where bodies are shown."""

    data: bytes


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


# ---- calls of sessions: one exchange after the other, or none


@dataclass(frozen=True, slots=True)
class CallEvent:
    """What all events of a session's call have."""

    at: Moment
    call: int
    """Which one, from 1 on; no other call of this process has that number."""


@dataclass(frozen=True, slots=True)
class CallStarted(CallEvent):
    """A call begins. `CallEnded` follows."""

    method: str
    """Its token."""
    url: str
    """What is asked for, without a user and a password."""
    source: str
    """Who asked, such as a script with its line, or a node; empty: not known."""


@dataclass(frozen=True, slots=True)
class CallRedirected(CallEvent):
    """The last response leads elsewhere, and another request follows."""

    url: str
    """Where it leads."""


@dataclass(frozen=True, slots=True)
class CallRetried(CallEvent):
    """The last request is repeated."""

    delay: float
    """Seconds before that."""
    reason: str


@dataclass(frozen=True, slots=True)
class CallCached(CallEvent):
    """A response of the cache's takes the place of a server's."""

    use: CacheUse
    url: str
    """Whose response it is."""
    code: int
    """Its status code."""
    head: bytes
    """Its status line and header block, as one may have received them."""
    size: int
    """Bytes of its body."""


@dataclass(frozen=True, slots=True)
class CallEnded(CallEvent):
    """A call is over."""

    outcome: Outcome
    code: int
    """The status code of its response; 0: there is none."""
    reason: str
    """Why it failed; empty: it did not."""


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
    | RequestBody
    | ResponseBody
    | Progress
    | ExchangeEnded
    | CallStarted
    | CallRedirected
    | CallRetried
    | CallCached
    | CallEnded
)
Observer = Callable[[Event], None]
