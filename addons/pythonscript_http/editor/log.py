"""The records of a game's runs: put together of the events that it tells, and bounded."""

from collections import deque
from collections.abc import Iterable
from typing import Final, TypeVar

from pythonscript_http.trace import (
    AttemptFailed,
    AttemptStarted,
    CacheUse,
    CallCached,
    CallEnded,
    CallEvent,
    CallRedirected,
    CallRetried,
    CallStarted,
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

from .records import Call, Line, Record

MOST: Final = 2000
"""Records that are kept; the oldest go first."""
MOST_BODIES: Final = 64 << 20
"""Bytes of bodies that are kept."""
MOST_OPEN: Final = 4096
"""Connections that are remembered of one run, and requests and calls under way."""
_OF_CACHE: Final = {
    CacheUse.HIT: "the cache had it, and nobody was asked",
    CacheUse.VALIDATED: "the server has confirmed what the cache had",
    CacheUse.STALE: "what the cache had stands in for a server that failed",
}

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
        self._calls: dict[int, Call] = {}  # by call: those under way
        self._of_calls: dict[int, Record] = {}  # by call: the last record of each, while nothing follows it

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
        self._forget_open()

    def clear(self) -> None:
        """Forgets all records; what is under way comes back with its next event only if it began anew."""
        self.records.clear()
        self._by_id.clear()
        self._changed.clear()
        self._bodies = 0
        self._forget_open()

    def _forget_open(self) -> None:
        self._waiting.clear()
        self._exchanges.clear()
        self._calls.clear()
        self._of_calls.clear()

    # ---- events

    def apply(self, events: Iterable[Event]) -> None:
        """Takes what a game has told."""
        for event in events:
            self.now = max(self.now, event.at.monotonic)
            if isinstance(event, ExchangeEvent):
                self._apply_exchange(event)
            elif isinstance(event, ConnectionEvent):
                self._apply_connection(event)
            else:
                self._apply_call(event)

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
            known.cipher, known.alpn, known.certificate = event.cipher, event.alpn, event.certificate
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
            if (call := self._calls.get(event.call)) is not None:
                record.call = call
                self._of_calls[event.call] = record
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

    def _apply_call(self, event: CallEvent) -> None:
        if isinstance(event, CallStarted):
            call = Call(event.call, event.method, event.url, event.source, event.url)
            _remember(self._calls, event.call, call)
            return
        known = self._calls.get(event.call)
        if known is None:
            return  # it began before anybody listened, or was cleared away
        record = self._of_calls.pop(event.call, None)
        if isinstance(event, CallEnded):
            del self._calls[event.call]
            known.reason = event.reason
            if record is None:
                record = self._add_of(known, event.at, known.place)
                record.code = event.code
                self._end(record, event.at.monotonic, event.outcome, event.reason)
        elif isinstance(event, CallCached):
            if record is None:
                record = self._add_of(known, event.at, event.url)
                record.code, record.response_head, record.decoded = event.code, event.head, event.size
                self._end(record, event.at.monotonic, Outcome.COMPLETE, "")
            record.mark, record.note = event.use.value, _OF_CACHE[event.use]
            self._of_calls[event.call] = record
        elif isinstance(event, CallRetried):
            if record is None:
                record = self._add_of(known, event.at, known.place)
                self._end(record, event.at.monotonic, Outcome.FAILED, event.reason)
            record.mark = "retry"
            record.note = f"repeated after {event.delay:.3g} s: {event.reason}"
        elif isinstance(event, CallRedirected):
            known.place = event.url
            if record is not None:
                record.note = f"{record.note}; " * bool(record.note) + f"followed to {event.url}"
                record.mark = record.mark or "redirect"
        if record is not None:
            self._touch(record)

    def _add_of(self, call: Call, at: Moment, url: str) -> Record:
        """A record of a call's, for which no request was sent."""
        record = self._add(at, 0)
        record.call, record.method, record.asked = call, call.method, url
        return record

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
