"""The engine's HTTPClient in pure Python: its statuses and calls, on top of connections over `transport`.

Names, arguments, statuses and return values are the engine's (class reference, `HTTPClient`), so that an
engine class is a thin layer over it. Wrong use raises `LocalError`, which holds the engine's error code;
what the network or the server do wrong never raises: it shows in `poll()`'s return value, in the status,
and as text in `get_error_reason()`.

A client is for one call at a time. One that comes while another is under way, in another thread or as the
callback of a stream, is refused with ERR_BUSY and changes nothing. `close()` may come at any time and ends
what is under way, also where a call waits for it in blocking mode. Settings may be made, and results asked
for, at any time too.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from time import monotonic, time
from typing import Any, Final

from . import buffers
from .config import USER_AGENT, Limits, Timeouts
from .connections import NO_CONNECTION, Connections
from .enums import Error, Status
from .exceptions import LocalError
from .http1.connection import Phase
from .query import query_string_from_dict
from .status import RESULTS, Event
from .timing import NEVER
from .transport.network import TcpNetwork
from .transport.prefixed import PrefixedStream
from .transport.stream import HandshakeError, Network, NetworkError, TlsInfo
from .transport.tcp import SocketStream

_CONNECTED: Final = Status.STATUS_CONNECTED
_REQUESTING: Final = Status.STATUS_REQUESTING
_BODY: Final = Status.STATUS_BODY
_RESOLVING: Final = Status.STATUS_RESOLVING
_CONNECTING: Final = Status.STATUS_CONNECTING
_DISCONNECTED: Final = Status.STATUS_DISCONNECTED
_OK: Final = Error.OK
_IN_BODY: Final = Phase.BODY
_AWAITING: Final = Phase.AWAITING
_CLOSED: Final = Phase.CLOSED


@lru_cache(1)
def _system(connect_timeout: float, clock: Callable[[], float]) -> TcpNetwork:
    """The operating system's network: one for all clients, which hardly ever differ in this."""
    return TcpNetwork(connect_timeout, clock=clock)


class HTTPClient(Connections):
    """A connection to a host, and one request after the other over it.

    Args:
        network: what makes connections; None: the operating system.
        user_agent: value of the User-Agent header, unless a request brings its own.
        limits: how many bytes things may have, to begin with.
        timeouts: how long they may take, to begin with.
        clock: tells the time in seconds; one that never goes back.
        wall_clock: tells it in seconds since 1970, to observers.

    Raises:
        LocalError: the user agent can't be sent.
    """

    __slots__ = ("__weakref__",)

    def __init__(
        self,
        network: Network | None = None,
        *,
        user_agent: str = USER_AGENT,
        limits: Limits = Limits(),  # noqa: B008 - it is immutable
        timeouts: Timeouts = Timeouts(),  # noqa: B008 - the same
        clock: Callable[[], float] = monotonic,
        wall_clock: Callable[[], float] = time,
    ) -> None:
        super().__init__(
            network or _system(timeouts.address, clock), limits, timeouts, user_agent, clock, wall_clock
        )

    def _obey_timeouts(self) -> None:
        self._timing.obey(self.timeouts)
        self._connector.timeouts = self._waits.timeouts = self.timeouts

    def _close(self) -> None:
        self._silent = None
        self._turn.wanted = False
        if self._connecting is not None:
            self._connecting.close()
        if self._http is not NO_CONNECTION:
            self._hang_up()
            self._http = NO_CONNECTION
        self._connecting = self._route = self._tls_info = self._head = None
        self._headers_taken = False
        self._refusal = ""
        self._timing.forget()
        self._state.reset()

    # ---- polling

    def poll(self) -> Error:
        """Goes on with what is under way: one step, without waiting unless in blocking mode.

        Returns:
            OK; or why the state is one of failure; or ERR_UNCONFIGURED when disconnected; or ERR_BUSY when
            another call is under way.
        """
        silent, turn = self._silent, self._turn
        if silent is not None and silent.still():
            return _OK
        self._silent = None
        if not turn.take():
            return Error.ERR_UNCONFIGURED if turn.wanted else Error.ERR_BUSY
        try:
            return self._poll()
        finally:
            if turn.leave():
                self._finish_closing()

    def _poll(self) -> Error:
        status, http = self._state.status, self._http
        if status is _REQUESTING:
            if http.stream is None and not self._connect_anew():
                return self._settle()
            http.advance(self._waits if self._blocking else None)
        elif status is _CONNECTED:
            if http.core.phase is _CLOSED:
                self._state.fire(Event.LET_GO)
                return _OK
            if http.look() and isinstance(http.stream, SocketStream):
                self._silent = http.stream
        elif status is _BODY:
            http.look_at_body()
        elif status is _CONNECTING or status is _RESOLVING:
            return self._poll_connecting()
        else:
            return RESULTS[status]
        return self._settle()

    def _poll_connecting(self) -> Error:
        connecting = self._connecting
        assert connecting is not None
        resolving = connecting.resolving
        try:
            stream = self._go_on_connecting(connecting)
        except NetworkError as error:
            self._connecting = None
            distrusted = isinstance(error, HandshakeError)
            event = Event.DISTRUSTED if distrusted else Event.NOT_RESOLVED if resolving else Event.REFUSED
            return self._fail(event, str(error))
        if resolving and not connecting.resolving:
            self._state.fire(Event.RESOLVED)
        if stream is not None:
            self._http = self._connection_over(self._take_up(stream), connecting.trace)
            self._state.fire(Event.ESTABLISHED)
        return _OK

    def _connect_anew(self) -> bool:
        """Goes on with connecting for a request whose connection has served its last response.

        Host and TLS policy are those of the connection before. False: there is no connection yet, or never.
        """
        assert self._route is not None
        try:
            connecting = self._connecting = self._connecting or self._dial(
                self._route, self._timing.requested
            )
            resolving = connecting.resolving
            stream = self._go_on_connecting(connecting)
            if resolving and not connecting.resolving:
                stream = self._go_on_connecting(connecting)
        except (NetworkError, LocalError) as error:
            self._connecting = None
            self._http.lose(error)
            return False
        if stream is not None:
            self._http.connected(self._take_up(stream), connecting.trace)
        return stream is not None

    # ---- bodies

    def read_response_body_chunk(self) -> bytes:
        """Reads what has come of the body: `read_chunk_size` bytes at most. The last one ends the state BODY.

        Raises:
            LocalError: the state is not BODY.
        """
        limit = self.limits.read_size
        scratch = buffers.take() if limit <= buffers.BUFFER_SIZE else bytearray(limit)
        view = memoryview(scratch)[:limit]
        try:
            size = self.read_body_into(view)
            return bytes(view[:size])
        finally:
            buffers.give_back(scratch)

    def body_limit(self) -> int:
        """Tells how many bytes the next read of the body gives at most: how large a buffer it needs."""
        most = min(self.limits.read_size, self._http.core.most_left)
        return most if self._blocking else self._http.room(most)

    def read_body_into(self, view: memoryview) -> int:
        """Reads what has come of the body into the caller's memory, straight from the kernel where possible.

        In blocking mode it waits until the memory is full or the body ends.

        Args:
            view: writable bytes. Released, it leaves nothing behind that holds the memory, whatever failed.

        Returns:
            Number of bytes read.

        Raises:
            LocalError: the state is not BODY, or another call is under way.
        """
        self._enter()
        try:
            if self._state.status is not _BODY:
                raise self.refused(self._state.misuse("reading a body", _BODY))
            size = self._http.read_into(view, self._waits if self._blocking else None)
            self._settle()
            return size
        finally:
            self._leave()

    # ---- the rest of the engine's surface

    def get_status(self) -> Status:
        """Gives the state, as the last call left it."""
        return _DISCONNECTED if self._turn.wanted else self._state.status

    def get_error_reason(self) -> str:
        """Tells in words why the state is one of failure, or else why a call was refused; empty: neither."""
        return self._state.reason or self._refusal

    def get_tls_info(self) -> TlsInfo | None:
        """Tells with whom and how the connection speaks TLS, or spoke it, until the next; None: it does not.

        An addition to the engine's client.
        """
        return self._tls_info

    @staticmethod
    def query_string_from_dict(fields: Mapping[Any, object]) -> str:
        """Makes a query string: see `query`."""
        return query_string_from_dict(fields)

    # ---- inside

    def _settle(self) -> Error:
        """Makes the status that of the connection, which a call has used; gives what `poll()` returns."""
        http, state, timing = self._http, self._state, self._timing
        if timing.due != NEVER and (late := http.late()):
            self._expire(late)
        phase, status = http.core.phase, state.status
        if phase is _AWAITING:
            return _OK
        if phase is _IN_BODY:
            if status is _REQUESTING:
                state.fire(Event.HEAD)
            return _OK
        if phase is Phase.FAILED:
            self._hang_up()
            return self._fail(Event.DISTRUSTED if http.distrusted else Event.LOST, http.core.failure)
        if status is _CONNECTED:
            return _OK
        timing.end()
        if phase is _CLOSED:
            state.fire(Event.CLOSED if http.core.until_close or self._route is None else Event.END)
            self._hang_up()
            return _OK
        state.fire(Event.END)
        if phase is Phase.TUNNEL:
            self._route = None
            self._forwarder = None  # it leads to another, who has no use for a proxy's credentials
            surplus = http.core.surplus()
            if surplus:
                assert http.stream is not None
                http.stream = PrefixedStream(http.stream, surplus)
        return _OK

    def _expire(self, late: str) -> None:
        """A deadline has passed."""
        if self._connecting is None:
            self._http.core.failed(late)
        else:  # for a request that connects anew
            lost = self._connecting.late(late)
            self._connecting.close(str(lost))
            self._http.lose(lost)
            self._connecting = None

    def _hang_up(self) -> None:
        self._head = None
        self._http.close()
