"""What the inspector knows: a record for each request, put together of the events that a game tells.

A record begins with the connection that is made for a request, if one is, so that a failed connection has a
record too. Times are those at which the game's calls noticed things, so waiting includes the game's frames.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeVar

from pythonscript_http.trace import (
    AttemptFailed,
    AttemptStarted,
    Connected,
    ConnectFailed,
    ConnectionClosed,
    ConnectionEvent,
    ConnectStarted,
    Event,
    ExchangeEnded,
    ExchangeEvent,
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

from .request import Headers

MOST: Final = 2000
"""Records that are kept; the oldest go first."""
MOST_BODIES: Final = 64 << 20
"""Bytes of bodies that are kept."""
MOST_OPEN: Final = 4096
"""Connections that are remembered of one run, and requests under way."""

PHASES: Final = ("dns", "connect", "proxy", "tls", "blocked", "send", "wait", "receive")
"""In their order. `blocked`: the connection stands, and the game has not sent its request yet."""


class Phase(NamedTuple):
    """A part of the time that a record took."""

    name: str
    begin: float
    """Seconds since the record's begin."""
    seconds: float


@dataclass
class Line:
    """A connection of a game."""

    target: str
    proxy: str = ""
    address: str = ""
    tls_version: str = ""
    cipher: str = ""
    alpn: str = ""
    started: float = 0.0
    marks: dict[str, float] = field(default_factory=dict)
    """When the phases `dns` to `tls` ended, by the game's clock."""
    attempts: list[tuple[str, str]] = field(default_factory=list)
    """Addresses that were tried, each with why it did not work, or nothing."""


@dataclass
class Record:
    """A request and its response, or a connection for which no request came.

    Attributes:
        id: unlike any other's of this log.
        run: which run of the game, from 1 on.
        begun: when its connection began to be made, or it did.
        line: its connection, if that was observed.
        connects: the connection was made for it.
    """

    id: int
    run: int
    begun: Moment
    line: Line | None = None
    connects: bool = False
    connection: int = 0
    method: str = ""
    request_head: bytes = b""
    request_body: bytearray = field(default_factory=bytearray)
    request_length: int = 0
    code: int = 0
    response_head: bytes = b""
    response_body: bytearray = field(default_factory=bytearray)
    interim: list[bytes] = field(default_factory=list)
    requested: float | None = None
    sent_at: float | None = None
    head_at: float | None = None
    ended: float | None = None
    sent: int = 0
    received: int = 0
    decoded: int = 0
    outcome: Outcome | None = None
    """None: it is under way."""
    reason: str = ""
    trailers: Headers = ()
    forgotten: bool = False
    """Its bodies had to make room."""

    # ---- what it says

    @property
    def failed(self) -> bool:
        """It failed, or the server said so."""
        return self.outcome is Outcome.FAILED or self.code >= 400

    @property
    def request_headers(self) -> Headers:
        return headers_of(self.request_head)

    @property
    def response_headers(self) -> Headers:
        return headers_of(self.response_head)

    @property
    def scheme(self) -> str:
        secure = self.line is not None and (self.line.tls_version or "tls" in self.line.marks)
        return "https" if secure else "http"

    @property
    def host(self) -> str:
        """The host that the request names, or else the one that is connected to, with its port."""
        named = value_of(self.request_headers, "Host")
        if named:
            return named
        return self.line.target if self.line is not None else ""

    @property
    def target(self) -> str:
        """What the request line names."""
        return self.request_head.partition(b"\r\n")[0].decode("latin-1").partition(" ")[2].rpartition(" ")[0]

    @property
    def path(self) -> str:
        """The target without scheme and host, which it has where a proxy passes it on."""
        target = self.target
        return "/" + target.partition("://")[2].partition("/")[2] if "://" in target else target

    @property
    def url(self) -> str:
        return self.target if "://" in self.target else f"{self.scheme}://{self.host}{self.target}"

    @property
    def media(self) -> str:
        """The response's media type, in small letters, without parameters."""
        return value_of(self.response_headers, "Content-Type").partition(";")[0].strip().lower()

    @property
    def status(self) -> str:
        """Its status code, or a word: pending, failed, closed, connected."""
        if self.code:
            return str(self.code)
        if self.outcome is None:
            return "pending"
        return {Outcome.FAILED: "failed", Outcome.CLOSED: "closed", Outcome.COMPLETE: "connected"}[
            self.outcome
        ]

    # ---- times

    def phases(self, now: float) -> list[Phase]:
        """What it spent its time with; the last phase of one that is under way goes on.

        Args:
            now: the game's clock.
        """
        marks: list[tuple[str, float | None]] = []
        if self.connects and self.line is not None:
            own = self.line.marks
            needed = ["connect", *(["proxy"] if self.line.proxy else [])]
            marks = [(name, own.get(name)) for name in PHASES[:4] if name in own or name in needed]
            if self.requested is not None and self.requested > self.line.started:
                marks.append(("blocked", self.requested))
        if self.requested is not None:
            marks += [("send", self.sent_at), ("wait", self.head_at), ("receive", self.ended)]
        phases: list[Phase] = []
        last = begin = self.begun.monotonic
        for name, mark in marks:
            if mark is not None and mark > last:
                phases.append(Phase(name, last - begin, mark - last))
                last = mark
        end = now if self.ended is None else self.ended
        if end > last:
            under_way = next((name for name, mark in marks if mark is None), "receive")
            phases.append(Phase(under_way, last - begin, end - last))
        return phases

    def seconds(self, now: float) -> float:
        """How long it took, or takes until `now`."""
        return max(0.0, (now if self.ended is None else self.ended) - self.begun.monotonic)


def headers_of(head: bytes) -> Headers:
    """The headers of a raw head, in order; lines that go on are joined."""
    lines: list[str] = []
    for line in head.decode("latin-1").replace("\r\n", "\n").split("\n")[1:]:
        if line[:1] in (" ", "\t") and lines:
            lines[-1] += " " + line.strip()
        elif line:
            lines.append(line)
    return tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))


def value_of(headers: Headers, name: str) -> str:
    """The first value of a header, in any case of letters; empty: there is none."""
    return next((value for known, value in headers if known.lower() == name.lower()), "")


_T = TypeVar("_T")


def _remember(known: dict[int, _T], number: int, what: _T) -> None:
    """Those whose end was lost would stay for ever."""
    known[number] = what
    if len(known) > MOST_OPEN:
        del known[next(iter(known))]


class Log:
    """The records of a game's runs.

    Attributes:
        keep: records stay when another run begins.
        lost: events of this run that the game had no room for.
        wrong: what came and was no event.
        now: the newest time of the game's clock that an event has told.
    """

    def __init__(self) -> None:
        self.records: deque[Record] = deque()
        self.keep = False
        self.lost = self.wrong = 0
        self.now = 0.0
        self._run = 1
        self._next = 1
        self._bodies = 0
        self._changed: dict[int, None] = {}
        self._by_id: dict[int, Record] = {}
        self._lines: dict[int, Line] = {}
        self._waiting: dict[int, Record] = {}  # by connection: those for which no request came yet
        self._exchanges: dict[int, Record] = {}  # by exchange: those under way

    def record(self, number: int) -> Record | None:
        """The record with an id, if it is still there."""
        return self._by_id.get(number)

    def take_changed(self) -> list[int]:
        """The ids of records that came or changed since the last call, in the order in which they did."""
        changed = [number for number in self._changed if number in self._by_id]
        self._changed.clear()
        return changed

    # ---- runs

    def begin_run(self) -> None:
        """A game starts: its connections and requests are numbered from 1 on again."""
        self.end_run()
        if not self.keep:
            self.clear()
        self.lost = self.wrong = 0
        self._run += 1

    def end_run(self) -> None:
        """The game has gone, and with it what was under way."""
        for record in self.records:
            if record.outcome is None:
                self._end(record, max(self.now, record.begun.monotonic), Outcome.CLOSED, "the game has ended")
        self._lines.clear()
        self._waiting.clear()
        self._exchanges.clear()

    def clear(self) -> None:
        """Forgets all records; what is under way comes back with its next event only if it began anew."""
        self.records.clear()
        self._by_id.clear()
        self._changed.clear()
        self._waiting.clear()
        self._exchanges.clear()
        self._bodies = 0

    # ---- events

    def apply(self, events: Iterable[Event]) -> None:
        """Takes what a game has told."""
        for event in events:
            self.now = max(self.now, event.at.monotonic)
            if isinstance(event, ExchangeEvent):
                self._apply_exchange(event)
            elif isinstance(event, ConnectionEvent):
                self._apply_connection(event)

    def _apply_connection(self, event: ConnectionEvent) -> None:
        if isinstance(event, ConnectStarted):
            line = Line(event.target, event.proxy, started=event.at.monotonic)
            _remember(self._lines, event.connection, line)
            record = self._exchanges.get(event.exchange)
            if record is None:
                record = self._add(event.at, event.connection)
                _remember(self._waiting, event.connection, record)
            record.line, record.connects, record.connection = line, True, event.connection
            self._touch(record)
            return
        known = self._lines.get(event.connection)
        if known is None:
            if not isinstance(event, Connected):
                return  # it began before anybody listened
            known = Line("")
            _remember(self._lines, event.connection, known)
        at = event.at.monotonic
        if isinstance(event, NameResolved):
            known.marks["dns"] = at
        elif isinstance(event, AttemptStarted):
            known.attempts.append((event.address, ""))
        elif isinstance(event, AttemptFailed):
            pair = (event.address, "")
            if pair in known.attempts:
                known.attempts[known.attempts.index(pair)] = (event.address, event.reason)
        elif isinstance(event, LayerEstablished):
            names = {LayerKind.SOCKET: "connect", LayerKind.TLS: "tls"}
            known.marks[names.get(event.kind, "proxy")] = at
        elif isinstance(event, Connected):
            known.address, known.tls_version = event.address, event.tls_version
            known.cipher, known.alpn = event.cipher, event.alpn
        waiting = self._waiting.get(event.connection)
        if waiting is not None:
            if isinstance(event, ConnectFailed):
                self._end(waiting, at, event.outcome, event.reason)
            elif isinstance(event, ConnectionClosed):
                self._end(waiting, at, Outcome.FAILED if event.reason else Outcome.COMPLETE, event.reason)
            self._touch(waiting)

    def _apply_exchange(self, event: ExchangeEvent) -> None:
        at = event.at.monotonic
        if isinstance(event, RequestStarted):
            record = self._waiting.pop(event.connection, None)
            if record is None or record.id not in self._by_id:
                record = self._add(event.at, event.connection)
                record.line = self._lines.get(event.connection)
            _remember(self._exchanges, event.exchange, record)
            record.requested = at
            record.method, record.request_head = event.method, event.head
            record.request_length = event.body_length
            self._touch(record)
            return
        record = self._exchanges.get(event.exchange)
        if record is None:
            return  # it began before anybody listened, or was cleared away
        if record.id not in self._by_id:
            del self._exchanges[event.exchange]  # it has made room
            return
        if event.connection and record.line is None:
            record.line, record.connection = self._lines.get(event.connection), event.connection
        if isinstance(event, RequestBody | ResponseBody):
            body = record.request_body if isinstance(event, RequestBody) else record.response_body
            body += event.data
            self._bodies += len(event.data)
            self._make_room()
        elif isinstance(event, RequestSent):
            record.sent_at, record.sent = at, event.sent
        elif isinstance(event, HeadReceived):
            if event.interim:
                record.interim = [*record.interim, event.head][-10:]
            else:
                record.head_at = at
                record.code, record.response_head = event.code, event.head
        elif isinstance(event, Progress | ExchangeEnded):
            record.sent, record.received, record.decoded = event.sent, event.received, event.decoded
        if isinstance(event, ExchangeEnded):
            record.trailers = tuple(
                (name.decode("latin-1"), value.decode("latin-1")) for name, value in event.trailers
            )
            self._end(record, at, event.outcome, event.reason)
            del self._exchanges[event.exchange]
        self._touch(record)

    def _add(self, at: Moment, connection: int) -> Record:
        record = Record(self._next, self._run, at, connection=connection)
        self._next += 1
        self.records.append(record)
        self._by_id[record.id] = record
        if len(self.records) > MOST:
            oldest = self.records.popleft()
            del self._by_id[oldest.id]
            self._changed.pop(oldest.id, None)
            self._bodies -= len(oldest.request_body) + len(oldest.response_body)
        self._touch(record)
        return record

    def _end(self, record: Record, at: float, outcome: Outcome, reason: str) -> None:
        record.ended, record.outcome, record.reason = at, outcome, reason
        self._touch(record)

    def _touch(self, record: Record) -> None:
        self._changed[record.id] = None

    def _make_room(self) -> None:
        for record in self.records:
            if self._bodies <= MOST_BODIES:
                return
            size = len(record.request_body) + len(record.response_body)
            if size:
                self._bodies -= size
                record.request_body.clear()
                record.response_body.clear()
                record.forgotten = True
