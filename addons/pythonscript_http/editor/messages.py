"""What a game tells the editor's inspector: events of `trace` as plain rows, collected and bounded.

A row is the event's name and its fields one after the other. What comes from a game is checked as it is
read: a row that does not fit raises, and nothing else happens.
"""

import dataclasses
import re
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any, Final, get_args, get_origin

from pythonscript_http.trace import Event, ExchangeEnded, Moment, Progress, RequestBody, ResponseBody

PREFIX: Final = "pythonscript_http"
"""Of all messages."""
EVENTS: Final = f"{PREFIX}:events"
"""From the game: [events lost so far, rows]."""
RECORD: Final = "record"
"""From the editor: [whether to record]."""

BODIES: Final = 64 << 10
"""Bytes of each body that the inspector is shown."""
MOST_BYTES: Final = 4 << 20
"""Of what waits to be sent to the editor."""
MESSAGE: Final = 1 << 20
"""Bytes of one message, about; the engine loses one of 8 MiB without a word."""
_ROW: Final = 200
"""Bytes that a row costs beside its texts."""

_LATEST: Final = Moment(253402300800.0, 1e10)
"""The year 10000, of which `datetime` knows nothing; and a clock that has run for 300 years."""
_GREATEST: Final = 1 << 53
_UNSENDABLE: Final = re.compile("[\0\ud800-\udfff]")

Row = list[Any]

_KINDS: Final[dict[str, tuple[type[Event], tuple[Any, ...]]]] = {
    kind.__name__: (kind, tuple(field.type for field in dataclasses.fields(kind))) for kind in get_args(Event)
}


def encode(event: Event) -> Row:
    """An event as a row of what the engine can send."""
    row: Row = [type(event).__name__]
    for field in dataclasses.fields(event):
        value = getattr(event, field.name)
        if isinstance(value, Moment):
            row += value
        elif isinstance(value, Enum):
            row.append(value.value)
        elif isinstance(value, tuple):
            row.append([_sendable(item) if isinstance(item, str) else list(item) for item in value])
        else:
            row.append(_sendable(value) if isinstance(value, str) else value)
    return row


def _sendable(text: str) -> str:
    return _UNSENDABLE.sub("\ufffd", text)


def decode(row: Sequence[Any]) -> Event:
    """The event that a row is.

    Raises:
        ValueError: it is none; the message says why.
    """
    name = row[0] if row else None
    if not isinstance(name, str) or name not in _KINDS:
        raise ValueError(f"{name!r} is not an event")
    kind, types = _KINDS[name]
    values = iter(row[1:])
    try:
        fields = [_field(of, values) for of in types]
    except StopIteration:
        raise ValueError(f"{name} has too few fields") from None
    if next(values, None) is not None:
        raise ValueError(f"{name} has too many fields")
    return kind(*fields)


def _field(of: Any, values: Any) -> Any:
    if of is Moment:
        moment = Moment(_field(float, values), _field(float, values))
        if not all(0.0 <= part < limit for part, limit in zip(moment, _LATEST, strict=True)):
            raise ValueError(f"{moment} is not a time")  # NaN too
        return moment
    value = next(values)
    if get_origin(of) is tuple:
        return tuple(_items(get_args(of)[0], value))
    if issubclass(of, Enum):
        return of(value)
    if of is bytes:
        if not isinstance(value, bytes | bytearray):
            raise ValueError(f"{value!r} is not bytes")
        return bytes(value)
    if type(value) is not of:
        raise ValueError(f"{value!r} is not of the type {of.__name__}")
    if of is int and not -1 <= value < _GREATEST:
        raise ValueError(f"{value} is not a number of things")
    return value


def read_message(data: Sequence[Any]) -> tuple[int, list[Event], int]:
    """Reads an `EVENTS` message.

    Returns:
        How many events the game has lost so far, those that came, and how many of the rows are none.

    Raises:
        ValueError: it is something else.
    """
    if len(data) != 2 or type(data[0]) is not int or not isinstance(data[1], list):
        raise ValueError("it is not a list of two: a number, and rows")
    events, wrong = [], 0
    for row in data[1]:
        try:
            events.append(decode(row if isinstance(row, list) else ()))
        except ValueError:
            wrong += 1
    return data[0], events, wrong


def _items(of: Any, value: Any) -> Iterator[Any]:
    """The items of a tuple of texts, or of pairs of bytes."""
    if not isinstance(value, list | tuple):
        raise ValueError(f"{value!r} is not a list")
    for item in value:
        if of is str:
            yield _field(str, iter([item]))
        elif isinstance(item, list | tuple) and len(item) == 2:
            yield (_field(bytes, iter(item[:1])), _field(bytes, iter(item[1:])))
        else:
            raise ValueError(f"{item!r} is not a pair of bytes")


class Outbox:
    """Events that wait to be sent to the editor. Any thread may put them in.

    It is bounded. Of an exchange one `Progress` waits at most, with the newest numbers. Bodies may take half
    of the room; what has none left is lost, and counted.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._rows: deque[tuple[int, Row]] = deque()
        self._progress: dict[int, Row] = {}
        self._size = 0
        self._lock = threading.Lock()
        self.lost = 0
        """Events that had no room, since the begin."""

    def put(self, event: Event) -> bool:
        """Takes an event, if there is room; tells whether it is the first that waits."""
        row = encode(event)
        size = _ROW + sum(len(value) for value in row if isinstance(value, str | bytes))
        with self._lock:
            if isinstance(event, Progress):
                if (waiting := self._progress.get(event.exchange)) is not None:
                    waiting[:] = row
                    return False
                self._progress[event.exchange] = row
            elif isinstance(event, ExchangeEnded):
                self._progress.pop(event.exchange, None)
            body = isinstance(event, RequestBody | ResponseBody)
            if self._size + size > (self._most // 2 if body else self._most):
                self.lost += 1
                if isinstance(event, Progress):
                    del self._progress[event.exchange]
                return False
            self._rows.append((size, row))
            self._size += size
            return len(self._rows) == 1

    def take(self, most_bytes: int = MESSAGE) -> list[Any]:
        """Hands out what one `EVENTS` message has; no rows: nothing waits."""
        rows: list[Row] = []
        size = 0
        with self._lock:
            while self._rows and (not rows or size + self._rows[0][0] <= most_bytes):
                cost, row = self._rows.popleft()
                size += cost
                if row[0] == "Progress":
                    self._progress.pop(row[4], None)
                rows.append(row)
            self._size -= size
            return [self.lost, rows]

    def clear(self) -> None:
        """Forgets what waits; it does not count as lost."""
        with self._lock:
            self._rows.clear()
            self._progress.clear()
            self._size = 0
