"""Server-sent events of a session, connected anew when the connection ends: HTML Standard section 9.2.

    session = Session(Loop(), base_url="http://localhost:8000")
    source = EventSource(session, "/scores")
    source.open()
    source.close()
    session.close()

Streams that a POST asks for, as language models answer with, are read to their end once.
"""

from collections.abc import Callable, Mapping
from enum import IntEnum
from typing import Any, Final, ParamSpec

from pythonscript_http.exceptions import LocalError

from .event_stream import LONGEST_RETRY, EventStreamParser, ServerSentEvent
from .failures import Failure
from .headers import Fields, Headers
from .loop import Cancelled, Future, Task, log_exception, sleep_through
from .media import parse_media_type
from .options import BODIES
from .response import Response
from .retries import any_number, retry_after
from .session import Session
from .transfer import Listener, Transfer
from .urls import without_user

P = ParamSpec("P")

RECONNECTION_TIME: Final = 3.0
"""Seconds before it connects anew, unless the server says how many."""

LEAST_DELAY: Final = 0.1
"""Seconds at least, also where a server says 0."""

LONGEST_DELAY: Final = 60.0
"""Seconds at most to which the delay grows, while no connection is of use."""

SHORT: Final = 30.0
"""Seconds: a connection that brings no event and ends before is of no use."""

IDLE: Final = 300.0
"""Seconds without a byte after which a connection counts as lost. Servers send a comment every 15 s or so."""

_TRANSIENT: Final = frozenset(
    (Failure.CANT_RESOLVE, Failure.CANT_CONNECT, Failure.CONNECTION_LOST, Failure.TIMEOUT)
)
_BUSY: Final = frozenset((408, 429, 500, 502, 503, 504))
_MEDIA_TYPE: Final = "text/event-stream"


class State(IntEnum):
    """What a source is doing; the numbers are those of browsers' `readyState`."""

    CONNECTING = 0
    OPEN = 1
    CLOSED = 2


class EventListener:
    """Is told what comes. All of it is called on the loop's thread, and must be quick."""

    def opened(self, response: Response) -> None:
        """A connection stands, whose response has this head; events follow."""

    def events(self, events: list[ServerSentEvent]) -> Future[None] | None:
        """Events have come. What it returns is waited for before more is read."""

    def disconnected(self, reason: str, delay: float) -> None:
        """The connection ended, or none came about; the next one is tried in so many seconds."""

    def closed(self, response: Response) -> None:
        """It is over, after the last response: its failure, or its status and body, say why. Called once."""


class EventSource:
    """An event stream, and the streams that go on from it.

    It goes on as long as the network is what fails, or the server is busy (408, 429, 500 and the like), and
    when a stream ends. It ends with `close()`, with 204, with any other status, and with what is no event
    stream.

    Args:
        session: makes the calls.
        url: as for `Session.start`.
        listener: is told what comes.
        options: those of the calls; see `Options`. `idle_timeout` is `IDLE` unless given.
        source: who asks, for who observes; empty: not known.
        reconnect: a further connection follows the first; None: for GET, as the request is sent again.
        jitter: gives numbers from 0 to 1; None: as that of `Session`.

    Raises:
        LocalError: the options' headers can't be sent.
    """

    def __init__(
        self,
        session: Session,
        url: str,
        listener: EventListener | None = None,
        options: Mapping[Any, object] | None = None,
        *,
        source: str = "",
        reconnect: bool | None = None,
        jitter: Callable[[], float] | None = None,
    ) -> None:
        self._session = session
        self.clock: Final = session.loop.clock
        self._url = url
        self.listener: Final = listener or EventListener()
        self._source = source
        self._options = dict(options or {})
        given: Any = self._options.get("headers") or ()
        self._headers = Headers(_checked(given))
        method = self._options.get("method") or ("GET" if self._options.keys().isdisjoint(BODIES) else "POST")
        self._reconnect = method == "GET" if reconnect is None else reconnect
        self._jitter = jitter or any_number
        self._task: Task[None] | None = None
        self._failures = 0  # connections in a row that were of no use
        self._retry = RECONNECTION_TIME
        self.state = State.CLOSED
        """What it is doing."""
        self.last_event_id = ""
        """The ID of the last event that had one, from which the next connection goes on."""

    def open(self) -> None:
        """Begins, or begins anew after its end. One that is under way goes on.

        Raises:
            LocalError: no thread can be started.
        """
        if self.state is not State.CLOSED:
            return
        self.state = State.CONNECTING
        self._failures = 0
        try:
            self._task = self._session.loop.spawn(self._run())
        except (OSError, RuntimeError) as error:
            self.state = State.CLOSED
            raise LocalError(f"no thread can be started: {error}") from None

    def close(self) -> None:
        """Ends it, from any thread: `closed` follows, with the failure CANCELLED."""
        if self._task is not None:
            self._task.cancel()

    # ---- the loop's thread

    async def _run(self) -> None:
        response = Response("GET", without_user(self._url))
        try:
            response = await self._listen()
        except Cancelled:
            response.failed(Failure.CANCELLED, "the event source was closed")
        self.state = State.CLOSED
        self._tell(self.listener.closed, response)

    async def _listen(self) -> Response:
        """Connects until there is no use in it, and gives the last response."""
        while True:
            connection = _Connection(self)
            transfer = self._session.start("", self._url, self._call_options(), connection, self._source)
            connection.transfer = transfer
            try:
                response = await transfer.response
            except BaseException:
                transfer.cancel()
                raise
            if connection.failure:
                response.failed(Failure.PROTOCOL, connection.failure)
            delay = self._delay(response, connection)
            if delay is None:
                return response
            self.state = State.CONNECTING
            reason = response.failure_reason or _reason(response)
            self._tell(self.listener.disconnected, reason, delay)
            await sleep_through(self._session.loop, delay)

    def _call_options(self) -> dict[Any, object]:
        headers = Headers(self._headers)
        for name, value in (("Accept", _MEDIA_TYPE), ("Cache-Control", "no-cache")):
            if name not in headers:
                headers.set(name, value)
        if self.last_event_id:
            headers.set("Last-Event-ID", self.last_event_id)
        given = {"idle_timeout": IDLE, **self._options}
        return {**given, "headers": list(headers), "stream_response": True, "cache": "no-store", "retries": 0}

    def _delay(self, response: Response, connection: "_Connection") -> float | None:
        """How long to wait for the next connection; None: there is none."""
        ended = connection.opened and not response.failure
        transient = response.failure in _TRANSIENT if response.failure else response.status in _BUSY
        if connection.failure or not self._reconnect or not (ended or transient):
            return None
        self._failures = 0 if connection.useful else self._failures + 1
        delay = max(self._retry, LEAST_DELAY)
        if self._failures > 1:
            grown = delay * 2.0 ** min(self._failures - 1, 30) * (0.75 + self._jitter() / 4)
            delay = max(delay, min(grown, LONGEST_DELAY))
        asked = None if response.failure else retry_after(response, self._session.wall_clock())
        return delay if asked is None else max(delay, min(asked, LONGEST_RETRY))

    def opened(self, response: Response) -> None:
        """A stream begins. The business of its connection."""
        self.state = State.OPEN
        self.listener.opened(response)

    def took(self, parser: EventStreamParser) -> None:
        """Keeps what a stream says of the next one. The business of its connection."""
        self.last_event_id = parser.last_event_id
        if parser.retry is not None:
            self._retry = parser.retry

    def _tell(self, listener: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
        try:
            listener(*args, **kwargs)
        except Exception:
            log_exception("a listener raised: %r", self.listener)


class _Connection(Listener):
    """One stream of a source."""

    def __init__(self, source: EventSource) -> None:
        self._source = source
        self._parser = EventStreamParser(source.last_event_id)
        self.transfer: Transfer | None = None
        self._since = 0.0
        self._brought = False
        self.opened = False
        self.failure = ""
        """Why this is no event stream that can be read."""

    def head(self, response: Response) -> None:
        if response.status != 200:
            return
        found = parse_media_type(response.headers.get("Content-Type")).essence
        if found == _MEDIA_TYPE:
            self.opened = True
            self._since = self._source.clock()
            self._source.opened(response)
        else:
            self._fail(f"the response is {found or 'of no media type'}, not {_MEDIA_TYPE}")

    def chunk(self, data: bytes) -> Future[None] | None:
        if not self.opened or self.failure:
            return None
        events = self._parser.feed(data)
        self._brought = self._brought or bool(events)
        self._source.took(self._parser)
        if self._parser.failure:
            self._fail(self._parser.failure)
        return self._source.listener.events(events) if events else None

    @property
    def useful(self) -> bool:
        """It brought events, or it stood long enough for a server that has none to tell."""
        return self._brought or (self.opened and self._source.clock() - self._since >= SHORT)

    def _fail(self, why: str) -> None:
        self.failure = why
        if self.transfer is not None:
            self.transfer.cancel()


def _reason(response: Response) -> str:
    return "the stream ended" if response.status == 200 else f"the server answered {response.status}"


def _checked(headers: Fields) -> Fields:
    if not isinstance(headers, Mapping | list | tuple | Headers):
        raise LocalError(f"the headers are a {type(headers).__name__}; they must be a dictionary or a list")
    return headers
