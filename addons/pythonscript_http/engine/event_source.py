"""`PyHTTPEventSource`: server-sent events, for scripts."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import TYPE_CHECKING, Any
from weakref import ref

from godot import RefCounted, Signal, gdclass, push_error
from pythonscript_http.exceptions import LocalError

from . import loading
from .response import PyHTTPResponse
from .session import PyHTTPSession
from .settings import settings_of
from .source import script_line

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
        self._opening: object = None  # the `open` that may set that; None: it is closed

    def __del__(self) -> None:
        self.close()

    @property
    def state(self) -> State:
        """What it is doing."""
        if self._events is not None:
            return PyHTTPEventSource.State(int(self._events.source.state))
        closed = self._opening is None
        return PyHTTPEventSource.State.STATE_CLOSED if closed else PyHTTPEventSource.State.STATE_CONNECTING

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
        from .fetch import PyHTTP

        self.close()
        self._opening = opening = object()
        used = session or PyHTTP.default_session()
        settings, source, owner = settings_of(used), script_line(), ref(self)

        def begin() -> None:
            from .event_calls import Events

            _open(
                owner, opening, lambda itself: Events(itself, used._service, url, settings, options, source)
            )

        loading.imports.soon([loading.EVENTS, *settings.modules()], begin)

    def close(self) -> None:
        """Ends it, without a signal."""
        self._opening = None
        events, self._events = self._events, None
        if events is not None:
            events.source.close()


def _open(
    kept: Callable[[], PyHTTPEventSource | None],
    opening: object,
    make: Callable[[PyHTTPEventSource], Events],
) -> None:
    """Opens what was to be opened, unless it was closed meanwhile or is gone."""
    owner = kept()
    if owner is None or owner._opening is not opening:
        return
    try:
        owner._events = events = make(owner)
    except LocalError as error:
        owner._opening = None
        push_error(str(error))
        return
    if owner._opening is not opening:  # since then
        owner._events = None
        events.source.close()
