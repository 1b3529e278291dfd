"""Server-sent events, read as they come: HTML Standard section 9.2.5 and 9.2.6.

    parser = EventStreamParser()
    for piece in (b"data: 31 poi", b"nts\\n\\n"):
        for event in parser.feed(piece):
            print(event.type, event.data)

The cost is linear in the bytes, in whatever pieces they come.
"""

import re
from typing import Final, NamedTuple

LONGEST_LINE: Final = 1 << 20
"""Bytes of one line. Services send a JSON object a line, of some KiB; with an image in it, of some 100."""

LARGEST_EVENT: Final = 2 << 20
"""Bytes of the data of one event."""

LONGEST_RETRY: Final = 24 * 3600.0
"""Seconds that a server may have its clients wait before they connect anew."""

_LINE_END: Final = re.compile(rb"\r\n|\n|\r")
_BOM: Final = b"\xef\xbb\xbf"
_DIGITS: Final = re.compile(rb"[0-9]+")


class ServerSentEvent(NamedTuple):
    """An event."""

    type: str
    """`message`, unless the server named one."""
    data: str
    id: str
    """The last event ID at that time; empty: the server gave none."""


class EventStreamParser:
    """Reads one event stream, from its begin on. What comes behind the last empty line is no event.

    Args:
        last_event_id: what the stream before this one has left, if this goes on from there.
        line_limit: most bytes of a line.
        event_limit: most bytes of the data of an event.
    """

    __slots__ = (
        "_at_begin",
        "_cr",
        "_data",
        "_event_limit",
        "_id",
        "_line_limit",
        "_pending",
        "_pending_size",
        "_type",
        "failure",
        "last_event_id",
        "retry",
    )

    def __init__(
        self, last_event_id: str = "", *, line_limit: int = LONGEST_LINE, event_limit: int = LARGEST_EVENT
    ) -> None:
        self._line_limit, self._event_limit = line_limit, event_limit
        self._at_begin = True
        self._cr = False  # the last byte was a CR: it ended a line, and a LF behind it belongs to it
        self._pending: list[bytes] = []  # the line under way
        self._pending_size = 0
        self._type = b""
        self._data = bytearray()  # with a LF behind each line
        self._id = last_event_id
        self.last_event_id = last_event_id
        """What a request that goes on from here has in its Last-Event-ID; empty: nothing."""
        self.retry: float | None = None
        """Seconds to wait before connecting anew, as the server wants it; None: it has said nothing."""
        self.failure = ""
        """What is wrong behind the events that were returned: a limit; nothing more is read."""

    def feed(self, data: bytes | bytearray | memoryview) -> list[ServerSentEvent]:
        """Reads on.

        Returns:
            The events that ended with these bytes.
        """
        piece = bytes(data)
        if self.failure or not piece:
            return []
        if self._cr and piece[0] == 0x0A:
            piece = piece[1:]
        self._cr = piece.endswith(b"\r")
        lines = _LINE_END.split(piece)
        rest = lines.pop()
        events: list[ServerSentEvent] = []
        if lines and self._pending:
            lines[0] = b"".join([*self._pending, lines[0]])
            self._pending.clear()
            self._pending_size = 0
        for line in lines:
            self._take(line, events)
            if self.failure:
                return events
        if rest:
            self._pending.append(rest)
            self._pending_size += len(rest)
            if self._pending_size > self._line_limit:
                self._fail(f"over {self._line_limit} bytes in one line")
        return events

    def _fail(self, text: str) -> None:
        self.failure = f"the event stream has {text}"
        self._pending.clear()
        self._data.clear()

    def _take(self, line: bytes, events: list[ServerSentEvent]) -> None:
        if self._at_begin:
            self._at_begin = False
            line = line.removeprefix(_BOM)
        if not line:
            self._dispatch(events)
            return
        if len(line) > self._line_limit:
            self._fail(f"over {self._line_limit} bytes in one line")
            return
        name, _, value = line.partition(b":")  # a comment has the name ""
        value = value.removeprefix(b" ")
        if name == b"data":
            if len(self._data) + len(value) > self._event_limit:
                self._fail(f"over {self._event_limit} bytes in one event")
                return
            self._data += value
            self._data += b"\n"
        elif name == b"event":
            self._type = value
        elif name == b"id":
            if b"\0" not in value:
                self._id = _text(value)
        elif name == b"retry" and _DIGITS.fullmatch(value):
            milliseconds = int(value[-20:]) if not value[:-20].strip(b"0") else 10**20
            self.retry = min(milliseconds / 1000, LONGEST_RETRY)

    def _dispatch(self, events: list[ServerSentEvent]) -> None:
        self.last_event_id = self._id
        if self._data:
            data = _text(self._data[:-1])
            events.append(ServerSentEvent(_text(self._type) or "message", data, self._id))
            self._data.clear()
        self._type = b""


def _text(value: bytes | bytearray) -> str:
    return value.decode("utf-8", "replace")
