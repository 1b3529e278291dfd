"""What an event source of `sessions` tells, as signals on the main thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING
from weakref import ref

from pythonscript_http.sessions.event_source import EventListener, EventSource
from pythonscript_http.sessions.event_stream import ServerSentEvent
from pythonscript_http.sessions.loop import Future
from pythonscript_http.sessions.response import Response

from . import network
from .response import made

if TYPE_CHECKING:
    from .event_source import PyHTTPEventSource
    from .service import Service
    from .settings import Settings


class Events(EventListener):
    """Listens for a `PyHTTPEventSource`, which may be gone at any time.

    Raises:
        LocalError: an option or a setting of the session can't be, or no thread can be started.
    """

    def __init__(
        self,
        owner: PyHTTPEventSource,
        service: Service,
        url: str,
        settings: Settings,
        options: Mapping[object, object],
        source: str,
    ) -> None:
        self._owner = ref(owner)
        given = service.options(settings, options, streamed=True)
        self.source = EventSource(service.session, url, self, given, source=source)
        self.source.open()

    def opened(self, response: Response) -> None:
        """See `EventListener`."""
        self._post(lambda owner: owner.opened.emit(made(response)))

    def events(self, events: list[ServerSentEvent]) -> Future[None] | None:
        """See `EventListener`."""
        future: Future[None] = Future()
        network.delivery.post(partial(self._hand_out, events, future))
        return future

    def disconnected(self, reason: str, delay: float) -> None:
        """See `EventListener`."""
        self._post(lambda owner: owner.disconnected.emit(reason, delay))

    def closed(self, response: Response) -> None:
        """See `EventListener`."""
        self._post(lambda owner: owner.closed.emit(made(response)))

    def _post(self, tell: Callable[[PyHTTPEventSource], object]) -> None:
        network.delivery.post(partial(self._tell, tell))

    def _tell(self, tell: Callable[[PyHTTPEventSource], object]) -> None:
        owner = self._owner()
        if owner is not None and owner._events is self:
            tell(owner)

    def _hand_out(self, events: list[ServerSentEvent], future: Future[None]) -> None:
        try:
            for event in events:
                self._tell(partial(_emit, event))
        finally:
            future.set(None)


def _emit(event: ServerSentEvent, owner: PyHTTPEventSource) -> None:
    owner.event_received.emit(event.type, event.data, event.id)
