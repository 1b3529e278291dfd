"""Games that tell of their requests, event by event."""

from collections.abc import Iterator

from pythonscript_http.editor.log import Log
from pythonscript_http.trace import (
    AttemptFailed,
    AttemptStarted,
    CallStarted,
    Connected,
    ConnectFailed,
    ConnectStarted,
    Event,
    ExchangeEnded,
    HeadReceived,
    LayerEstablished,
    LayerKind,
    Moment,
    NameResolved,
    Outcome,
    Progress,
    RequestBody,
    RequestSent,
    RequestStarted,
    ResponseBody,
)

EPOCH = 1_700_000_000.0
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nTUlJQw==\n-----END CERTIFICATE-----\n"
"""What a game has told of one; none that can be read."""


def at(seconds: float) -> Moment:
    """A moment, by a game's clock that began at 100."""
    return Moment(EPOCH + seconds, 100.0 + seconds)


def connecting(
    connection: int = 1, *, exchange: int = 0, since: float = 0.0, tls: bool = True
) -> Iterator[Event]:
    """A connection is made to example.org: 0.1 s look-up, 0.2 s TCP, 0.3 s TLS."""
    target = "example.org:443" if tls else "example.org:80"
    yield ConnectStarted(at(since), connection, exchange, target, "")
    yield NameResolved(at(since + 0.1), connection, "example.org", ("192.0.2.1",))
    yield AttemptStarted(at(since + 0.1), connection, "192.0.2.1:443")
    yield LayerEstablished(at(since + 0.3), connection, LayerKind.SOCKET)
    if tls:
        yield LayerEstablished(at(since + 0.6), connection, LayerKind.TLS)
    terms = ("TLSv1.3", "TLS_AES_256_GCM_SHA384", "http/1.1", CERTIFICATE) if tls else ("",) * 4
    yield Connected(at(since + 0.6), connection, "192.0.2.1:443", *terms)


def request(
    exchange: int = 1,
    connection: int = 1,
    *,
    since: float = 1.0,
    line: str = "GET /a?b=c HTTP/1.1",
    headers: str = "Accept: */*\r\n",
    body: bytes = b"",
    call: int = 0,
) -> Iterator[Event]:
    """A request is sent, in 0.1 s."""
    head = f"{line}\r\nHost: example.org\r\n{headers}\r\n".encode()
    yield RequestStarted(at(since), connection, exchange, line.split(maxsplit=1)[0], head, len(body), call)
    if body:
        yield RequestBody(at(since), connection, exchange, body)
    yield RequestSent(at(since + 0.1), connection, exchange, len(head) + len(body))


def response(
    exchange: int = 1,
    connection: int = 1,
    *,
    since: float = 1.1,
    code: int = 200,
    headers: str = "Content-Type: application/json; charset=utf-8\r\n",
    body: bytes = b'{"a":1}',
    outcome: Outcome = Outcome.COMPLETE,
    reason: str = "",
) -> Iterator[Event]:
    """Its response comes: 0.4 s waiting, 0.5 s receiving."""
    head = f"HTTP/1.1 {code} Some Reason\r\n{headers}\r\n".encode()
    size = len(head) + len(body)
    yield HeadReceived(at(since + 0.4), connection, exchange, code, False, head)
    yield Progress(at(since + 0.8), connection, exchange, 50, size, len(body))
    yield ResponseBody(at(since + 0.8), connection, exchange, body)
    yield ExchangeEnded(at(since + 0.9), connection, exchange, outcome, reason, 50, size, len(body), ())


def refused(connection: int = 1) -> Iterator[Event]:
    """A connection is refused after 0.2 s."""
    yield ConnectStarted(at(0.0), connection, 0, "localhost:1", "")
    yield AttemptStarted(at(0.0), connection, "127.0.0.1:1")
    yield AttemptFailed(at(0.2), connection, "127.0.0.1:1", "Connection refused")
    yield ConnectFailed(
        at(0.2), connection, Outcome.FAILED, "cannot connect to localhost:1: Connection refused"
    )


def called(call: int = 1, *, since: float = 0.9, source: str = "res://a.gd:3 (_ready)") -> Iterator[Event]:
    """A session's call begins."""
    yield CallStarted(at(since), call, "GET", "https://example.org/a?token=s3cret", source)


def log_of(*games: Iterator[Event]) -> Log:
    """The log of what one game told."""
    log = Log()
    for events in games:
        log.apply(events)
    return log
