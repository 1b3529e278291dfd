"""One request and its response, over one slot of a pool."""

from functools import partial
from typing import Final, Protocol

from pythonscript_http.config import Limits, Timeouts
from pythonscript_http.exceptions import LocalError
from pythonscript_http.http1.connection import Fault, Phase
from pythonscript_http.http1.request import RequestHead
from pythonscript_http.http1.response import ResponseHead
from pythonscript_http.http1.writer import Given, RequestWriter
from pythonscript_http.timing import NEVER
from pythonscript_http.tracing import Trace

from .bodies import Body, BytesBody, Reader
from .failures import Failure, SessionError
from .loop import Future, Loop, TimedOutError, Watch, pause, sleep
from .pool import Slot
from .stage import Stage

_AWAITING: Final = Phase.AWAITING
_BODY: Final = Phase.BODY
_FAILED: Final = Phase.FAILED

UPLOAD_PIECE: Final = 65536
"""Bytes that one step reads of a request's body."""
STEP_SIZE: Final = 1 << 18
"""Bytes that one step takes of a response's body, before others have their turn."""
_NAP: Final = 0.001

_FAILURES: Final = {
    Fault.NETWORK: Failure.CONNECTION_LOST,
    Fault.PROTOCOL: Failure.PROTOCOL,
    Fault.TOO_LARGE: Failure.BODY_TOO_LARGE,
    Fault.CODING: Failure.DECODING,
}


class StaleError(SessionError):
    """A kept connection turned out to be dead before a byte of the answer came.

    Args:
        unsent: nothing of the request was sent.
    """

    def __init__(self, reason: str, *, unsent: bool) -> None:
        super().__init__(Failure.CONNECTION_LOST, reason)
        self.unsent = unsent


class Sink(Protocol):
    """Where a response's body goes."""

    def room(self) -> memoryview:
        """Memory for what comes next, released before `took`. Raises SessionError, or Enough of `sinks`."""

    def took(self, size: int) -> Future[None] | None:
        """So many bytes were put there. What it returns is waited for before more is read, and may raise."""


class Progress(Protocol):
    """Is told how far a request has come."""

    def stage(self, stage: Stage) -> None:
        """The connection is RESOLVING, CONNECTING or, when it stands, REQUESTING; perhaps still."""

    def sent(self, size: int, total: int) -> None:
        """So many bytes of the request's body are out, of so many; -1: that is not known."""

    def received(self, size: int, total: int) -> None:
        """So many bytes of the response's body have come, of so many; -1: that is not known."""


class Exchange:
    """A request and its response. The slot stays its user's, who gives it back.

    Args:
        loop: the one that runs it.
        slot: of the connection.
        progress: is told how far it has come; None: nobody wants to know.
    """

    __slots__ = ("_body", "_http", "_left", "_loop", "_progress", "_reader", "_sent", "_slot", "_writer")

    def __init__(self, loop: Loop, slot: Slot, progress: Progress | None = None) -> None:
        self._loop = loop
        self._slot = slot
        self._http = slot.connection.http
        self._progress = progress
        self._body: Body | None = None
        self._reader: Reader | None = None
        self._left = memoryview(b"")  # of what the reader gave
        self._sent = 0
        self._writer = RequestWriter()

    async def send(
        self,
        method: str,
        head: RequestHead,
        body: Body | None,
        *,
        limits: Limits,
        timeouts: Timeouts,
        decode: bool,
        trace: Trace | None = None,
        call: int = 0,
    ) -> ResponseHead:
        """Sends a request, and waits for the head of its final response. `receive` comes next.

        Args:
            method: its token.
            head: what is sent first.
            body: what follows; None: nothing.
            limits: those of the response.
            timeouts: first_byte and idle.
            decode: the response's Content-Encoding is to be undone.
            trace: reports it; None: it is not observed.
            call: the number of the call, for who observes; 0: that is not observed.

        Raises:
            SessionError: no response came. StaleError: the connection had ended before.
        """
        http, timing = self._http, self._slot.connection.timing
        core = http.core
        timing.obey(timeouts)
        writer = self._writer = http.request(
            method,
            head,
            0 if body is None else body.length,
            limits=limits,
            decode=decode,
            trace=trace,
            call=call,
        )
        try:
            self._begin(body)
            while True:
                if self._reader is not None:
                    self._feed()
                http.advance()
                self._tell_sent()
                if core.phase is not _AWAITING:
                    break
                if core.behind or (writer.open and not writer.unsent):
                    await pause()
                else:
                    await self._wait()
        except TimedOutError as error:
            self._close_reader()
            core.failed(str(error))
            raise SessionError(Failure.TIMEOUT, core.failure) from None
        except BaseException:
            self._close_reader()
            raise
        if core.head is None:
            self._close_reader()
            raise self._failure()
        return core.head

    async def receive(self, sink: Sink) -> None:
        """Takes the response's body, if it has one.

        Raises:
            SessionError: not all of it came.
        """
        http = self._http
        core, writer = http.core, self._writer
        total = core.body_length
        came = step = 0
        try:
            while core.phase is _BODY:
                if self._reader is not None:
                    self._feed()
                view = sink.room()
                room = len(view)
                try:
                    size = http.read_into(view)
                finally:
                    view.release()
                if size:
                    came += size
                    step += size
                    blocked = sink.took(size)
                    if self._progress is not None:
                        self._tell_sent()
                        self._progress.received(came, total)
                    if blocked is not None:
                        if not blocked.done:
                            await blocked
                            self._slot.connection.timing.move()
                            step = 0
                        blocked.result()
                if core.phase is not _BODY:
                    break
                if size == room or (size and core.busy):
                    if step >= STEP_SIZE:
                        step = 0
                        await pause()
                elif core.busy:
                    await sleep(_NAP)
                else:
                    step = 0
                    await self._wait()
        except TimedOutError as error:
            core.failed(str(error))
            raise SessionError(Failure.TIMEOUT, core.failure) from None
        finally:
            self._close_reader()
        if core.phase is _FAILED:
            raise self._failure()
        if writer.open:
            writer.drop()

    # ---- inside

    def _begin(self, body: Body | None) -> None:
        self._body = body
        writer = self._writer
        if body is None:
            writer.end()
        elif isinstance(body, BytesBody):
            writer.line_up(body.data)
            writer.end()
            self._http.given(body.data)
        else:
            try:
                self._reader = body.open()
            except (OSError, LocalError) as error:
                raise SessionError(Failure.REQUEST_BODY, f"the body can't be read: {error}") from None

    def _feed(self) -> None:
        """Gives the connection more of the request's body."""
        writer, reader = self._writer, self._reader
        assert reader is not None
        for _ in range(STEP_SIZE // UPLOAD_PIECE):
            if not writer.open:
                break
            if not self._left:
                try:
                    piece = reader.read(UPLOAD_PIECE)
                    self._left = memoryview(piece).cast("B")
                except Exception as error:  # whatever makes pieces may raise anything
                    self._fail(f"the body can't be read: {error}")
            try:
                if not self._left:
                    writer.end()
                elif writer.give(self._left) is Given.FULL:
                    return
                else:
                    self._http.given(self._left)
            except LocalError as error:
                self._fail(str(error))
            self._left = memoryview(b"")
        if not writer.open:
            self._close_reader()

    def _fail(self, why: str) -> None:
        self._close_reader()
        self._http.core.lost(why)
        raise SessionError(Failure.REQUEST_BODY, why)

    def _close_reader(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.close()

    def _tell_sent(self) -> None:
        if self._progress is None or self._body is None:
            return
        sent = self._writer.sent
        if sent != self._sent:
            self._sent = sent
            self._progress.sent(sent, self._body.length)

    async def _wait(self) -> None:
        """Waits until bytes can move, or a deadline may have passed.

        Raises:
            SessionError: one has.
        """
        http, timing = self._http, self._slot.connection.timing
        late = http.late()
        if late:
            http.core.failed(late)
            raise SessionError(Failure.TIMEOUT, http.core.failure)
        assert http.stream is not None
        until = min(timing.due, http.waits_until or NEVER)
        seconds = until - self._loop.clock() if until < NEVER else NEVER
        await Watch(partial(http.stream.watch, write=bool(self._writer.unsent)), seconds)

    def _failure(self) -> SessionError:
        """What the connection has failed of."""
        http, slot = self._http, self._slot
        core = http.core
        if http.distrusted:
            return SessionError(Failure.TLS, core.failure)
        if slot.reused and core.fault is Fault.NETWORK and not slot.connection.timing.first_byte_came:
            return StaleError(core.failure, unsent=self._writer.untouched)
        return SessionError(_FAILURES[core.fault], core.failure)
