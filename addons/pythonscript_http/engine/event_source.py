"""`PyHTTPEventSource`: server-sent events, for scripts."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

from godot import RefCounted, Signal, gdclass, push_error
from pythonscript_http.exceptions import LocalError

from .response import PyHTTPResponse
from .session import PyHTTPSession

if TYPE_CHECKING:
    from .event_calls import Events


@gdclass(tool=True)
class PyHTTPEventSource(RefCounted):
    """Server-sent events (HTML Standard section 9.2), as chats and language models answer with.

    Connect `event_received`, call `open`, and keep the object: without it the connection ends. When a
    connection is lost it makes another one, later each time, and goes on behind the last event. It ends with
    `close`, with 204, or with what is no event stream. An answer to a POST is read once, to its end.
    """

    class State(IntEnum):
        STATE_CONNECTING = 0
        """No connection stands; one is being made, or will be."""
        STATE_OPEN = 1
        """A connection stands."""
        STATE_CLOSED = 2
        """It has not begun, or is over."""

    opened = Signal(response=PyHTTPResponse)
    """Emitted when a connection stands; of its response the headers are there."""
    event_received = Signal(event=str, data=str, id=str)
    """Emitted for each event: its type (`message` where the server names none), its data, and the last ID."""
    disconnected = Signal(reason=str, delay=float)
    """Emitted when a connection has ended, or none came about; another one is made in so many seconds."""
    closed = Signal(response=PyHTTPResponse)
    """Emitted when it is over; the last response says why."""

    def __init__(self) -> None:
        self._events: Events | None = None

    def __del__(self) -> None:
        self.close()

    @property
    def state(self) -> State:
        """What it is doing."""
        found = 2 if self._events is None else int(self._events.source.state)
        return PyHTTPEventSource.State(found)

    @property
    def last_event_id(self) -> str:
        """The ID of the last event that had one."""
        return "" if self._events is None else self._events.source.last_event_id

    def open(
        self,
        url: str,
        options: dict[Any, Any] = {},  # noqa: B006 - it is copied
        session: PyHTTPSession | None = None,
    ) -> None:
        """Begins to listen; what was open before is closed. Without a `session` it is the one of `PyHTTP`.

        `options` are those of calls; `idle_timeout`, after which a connection counts as lost, is 300 seconds.
        """
        from .event_calls import Events
        from .fetch import PyHTTP

        self.close()
        try:
            self._events = Events(self, session or PyHTTP.default_session(), url, options)
        except LocalError as error:
            push_error(str(error))

    def close(self) -> None:
        """Ends it, without a signal."""
        events, self._events = self._events, None
        if events is not None:
            events.source.close()
