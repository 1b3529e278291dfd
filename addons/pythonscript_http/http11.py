"""HTTP/1.1 over a stream: what `http1.Connection` makes of the bytes, and the moving of them.

A pool of connections needs this and `transport.connector`, and nothing else from below. Nothing here waits
unless it is given `waits`. What the network or the peer does wrong never raises: it ends in the phase FAILED.
"""

from typing import Final

from .config import Limits, Timeouts
from .http1.codings import Start
from .http1.connection import Connection, Phase
from .http1.request import RequestHead
from .http1.writer import RequestWriter
from .timing import Timing
from .tracing import ConnectionTrace, ExchangeTrace, Outcome, Trace
from .transport.stream import (
    WOULD_BLOCK,
    HandshakeError,
    NetworkError,
    Readiness,
    Stream,
    TlsError,
)
from .waits import Waits

_AWAITING: Final = Phase.AWAITING
_BODY: Final = Phase.BODY
_LEAST: Final = 4096
"""Bytes of a buffer that need not be saved."""
_MUCH: Final = 16
"""A read that fills at least one in so many bytes of a buffer is followed by another: it may have opened the
peer's window."""
_NO_HEADS: Final[list[tuple[int, bytes]]] = []
"""What connections have that are not observed; nothing is added to it."""
_QUIET: Final = Readiness.QUIET
_ENDED: Final = Readiness.ENDED


class HTTP11Connection:
    """One request and its response after the other, over one stream.

    Args:
        timing: records when things happen, and knows the deadlines.
        timeouts: how long to wait for `100 Continue`.
        stream: the connection, which this takes over; None: it is to come (`stream`), and a request may
            be begun before.
        start: begins jobs on another thread (see `http1.Connection`).
        trace: reports the end of the connection; None: it is not observed.
    """

    __slots__ = (
        "_exchange",
        "_filled",
        "_fresh",
        "_go_on_at",
        "_heads",
        "_timing",
        "_trace",
        "core",
        "distrusted",
        "stream",
        "timeouts",
    )

    def __init__(
        self,
        timing: Timing,
        timeouts: Timeouts,
        stream: Stream | None = None,
        start: Start | None = None,
        trace: ConnectionTrace | None = None,
    ) -> None:
        self.core = Connection(start)
        self.stream = stream
        self.timeouts = timeouts
        self._timing = timing
        self._go_on_at = 0.0  # when the body is sent though nobody has asked for it
        self.distrusted = False
        """It failed since the peer refuses to speak TLS with us after all."""
        self._filled = self._fresh = False  # the last read was full; since then nobody has looked for the end
        self._trace = trace
        self._exchange: ExchangeTrace | None = None  # of the request under way, if that is observed
        self._heads = _NO_HEADS  # those that were not reported yet

    def connected(self, stream: Stream, trace: ConnectionTrace | None = None) -> None:
        """Goes on over a stream that a request has waited for."""
        self.stream = stream
        self._trace = trace
        if self._exchange is not None and trace is not None:
            self._exchange.connection = trace.id
        self._timing.connected_anew()
        self._go_on_at = self._timing.moved_last + self.timeouts.go_on  # it has not seen the head before

    def close(self) -> None:
        """Ends the stream at once. What is known of the last response stays."""
        stream = self.detach()
        if stream is not None:
            stream.close()

    def detach(self) -> Stream | None:
        """Gives the stream away; what was under way over it is over."""
        core, stream = self.core, self.stream
        core.writer.drop()
        self.stream = None
        if self._exchange is not None:
            self._report(over=True)
        if self._trace is not None:
            self._trace.ended(core.failure)
            self._trace = None
        return stream

    @property
    def exchange(self) -> int:
        """The number of the request under way for its observer; 0: it has none."""
        return 0 if self._exchange is None else self._exchange.id

    @property
    def waits_until(self) -> float:
        """When there is something to do though no byte came; 0.0: never."""
        return self._go_on_at if self.core.writer.held and self.stream is not None else 0.0

    # ---- between requests

    def look(self) -> bool:
        """Sees whether the connection stands, and the peer keeps silent until it is asked.

        Returns:
            Whether `Stream.still` was enough to tell.
        """
        assert self.stream is not None
        if self.stream.still():
            return True
        readiness = self.stream.peek()
        if readiness is _ENDED:
            self._take_end(self.stream)
        elif readiness is not _QUIET and self.core.phase is not Phase.TUNNEL:
            self.core.lost("the server sent data that no request had asked for")
        return False

    def lose(self, error: Exception) -> None:
        """The connection is lost, or was never agreed on."""
        if isinstance(error, HandshakeError) and self.core.phase is not _BODY:
            self.distrusted = True
            self.core.lost(str(error))
        else:
            self.core.failed(str(error))

    def _take_end(self, stream: Stream, otherwise: str = "") -> None:
        """Learns how a connection has ended of which `peek` says that it has.

        Args:
            otherwise: the reason, unless TLS has one; empty: that it has ended.
        """
        try:
            stream.read_into(memoryview(bytearray(1)))
        except TlsError as error:
            self.lose(error)
            return
        except NetworkError:
            pass
        if otherwise:
            self.core.lost(otherwise)
        else:
            self.core.ended(truncated=stream.truncated)

    # ---- requests

    def request(
        self,
        method: str,
        head: RequestHead,
        size: int,
        *,
        limits: Limits,
        decode: bool,
        trace: Trace | None = None,
        call: int = 0,
    ) -> RequestWriter:
        """Begins a request (see `Connection.request`).

        Args:
            trace: reports it and its response; None: it is not observed.
            call: the number of the session's call that it is a part of; 0: of none.
        """
        self._timing.request()
        self._go_on_at = self._timing.requested + self.timeouts.go_on
        writer = self.core.request(method, head, size, limits=limits, decode=decode)
        if trace is not None:
            self._exchange = ExchangeTrace(trace, 0 if self._trace is None else self._trace.id, call)
            self._heads = self.core.keep_heads()
            self._exchange.started(head.data, size)
        return writer

    def given(self, data: memoryview) -> None:
        """So much more of the request's body was given to its writer."""
        if self._exchange is not None:
            self._exchange.request_body(data)

    def sent(self) -> None:
        """All of the request is out."""
        self._timing.sent = self._timing.now()
        if self._exchange is not None:
            self._exchange.sent()

    def _report(self, *, over: bool = False) -> None:
        """Reports heads that have come, and the end of the exchange.

        Args:
            over: it ends here, whatever was under way.
        """
        core, exchange = self.core, self._exchange
        assert exchange is not None
        for code, block in self._heads:
            exchange.head(code, 100 <= code < 200 and code != 101, block)
        self._heads.clear()
        under_way = core.phase is _AWAITING or core.phase is _BODY
        if over or not under_way:
            failed = Outcome.FAILED if core.failure else Outcome.COMPLETE
            exchange.ended(Outcome.CLOSED if under_way else failed, core.failure, tuple(core.trailers))
            self._exchange = None

    def advance(self, waits: Waits | None = None) -> None:
        """Sends what is left of the request, and takes what has come of the response's head.

        The call that sends the last byte does not read: scripts wait to see REQUESTING, which the engine's
        client shows for a poll.

        Args:
            waits: go on until the head is here, or no time is left.
        """
        core, stream = self.core, self.stream
        writer = core.writer
        assert stream is not None
        while True:
            if writer.held and self._timing.now() >= self._go_on_at:
                writer.let_go()
            if writer.unsent:
                self._send(stream)
                if writer.done and not writer.failure:
                    return
            if core.phase is _AWAITING:
                self._receive_head(stream)
            if self._exchange is not None:
                self._report()
            if core.phase is not _AWAITING:
                return
            if waits is None or (writer.open and not writer.unsent) or self.late():
                return
            if not core.behind:
                woken = waits.wait(stream, write=bool(writer.unsent), until=self.waits_until)
                if not woken and not writer.held:
                    return
            if waits.closing:
                return

    def _send(self, stream: Stream) -> None:
        """Sends what the connection takes at once."""
        core, writer = self.core, self.core.writer
        if writer.untouched and (readiness := stream.peek()) is not _QUIET:
            why = "the server had closed the connection, or sent data unasked, before this request"
            if readiness is _ENDED:
                self._take_end(stream, why)
            else:
                core.lost(why)
            return
        writer.untouched = False
        try:
            size = stream.write(writer.unsent)
        except NetworkError as error:
            writer.failed(str(error))
            return
        if size:
            writer.wrote(size)
            self._timing.move()
            if self._exchange is not None:
                self._exchange.moved(sent=size)
            if writer.done:
                self.sent()

    def _receive_head(self, stream: Stream) -> None:
        """Takes what has come, also while sending: a server may refuse a body before it has it all."""
        core, timing, writer = self.core, self._timing, self.core.writer
        if core.behind:
            core.go_on()
            return
        try:
            blind = not (stream.peekable or writer.unsent)
            quiet = not blind and stream.quiet()
            size = WOULD_BLOCK if quiet else stream.read_into(core.space())
        except NetworkError as error:
            # What failed first, the sending, tells more; but for a peer that said by TLS why it left.
            telling = isinstance(error, TlsError) or not writer.failure
            self.lose(error if telling else NetworkError(writer.failure))
            return
        if size > 0:
            if not timing.first_byte_came:
                timing.first_byte_came = timing.now()
            timing.move()
            if self._exchange is not None:
                self._exchange.moved(received=size)
            core.received(size)
        elif size == 0:
            core.ended(truncated=stream.truncated)
        elif writer.failure:
            core.failed(writer.failure)

    # ---- bodies

    def look_at_body(self) -> None:
        """Sends on, and sees that the connection stands. What has come waits for its reader."""
        assert self.stream is not None
        if self.core.writer.unsent:
            self._send(self.stream)
        if self._fresh:  # there is more, most likely, and the end is behind it
            self._fresh = False
        elif self.core.phase is _BODY and self.core.vulnerable and self.stream.peek() is _ENDED:
            self._take_end(self.stream)

    def room(self, most: int) -> int:
        """Tells how much memory a read needs now, so that none is taken for what has not come.

        Args:
            most: how much that may be.
        """
        stream, here = self.stream, self.core.here
        if most <= _LEAST or self._filled or here < 0 or stream is None or stream.tls is not None:
            return most
        return min(most, max(_LEAST, _MUCH * (here + stream.available())))

    def read_into(self, view: memoryview, waits: Waits | None = None) -> int:
        """Reads what has come of the body into the caller's memory, straight from the kernel where possible.

        Args:
            view: writable bytes. Released, it leaves nothing behind that holds the memory, whatever failed.
            waits: go on until the memory is full or the body ends, or no time is left.

        Returns:
            Number of bytes read. The phase must be BODY, and is left with the end of the body.
        """
        core, stream, timing, writer = self.core, self.stream, self._timing, self.core.writer
        assert stream is not None
        size, room, came = core.take(view), len(view), 0
        while size < room and core.phase is _BODY:
            if core.busy:
                if waits is None or waits.closing or self.late():
                    break
                size += core.take(view[size:])
                continue
            if writer.unsent:
                self._send(stream)
            limit = core.direct_limit
            target = view[size : size + limit] if limit else core.space()
            most = len(target)
            try:
                with target:  # or it would last as long as the traceback of a failure
                    got = stream.read_into(target)
            except NetworkError as error:
                core.failed(str(error))
                break
            self._filled = self._fresh = got == most
            if got > 0:
                timing.move()
                came += got
                if limit:
                    core.received_directly(got)
                    size += got
                else:
                    core.received(got)
                    if core.phase is _BODY:
                        size += core.take(view[size:], more=True)
                if _MUCH * got < room and (waits is None or (size and core.chunked)):
                    break  # that was all there is; chunks are handed out as they come, as by the engine
            elif got == 0:
                core.ended(truncated=stream.truncated)
                if core.phase is _BODY:  # what has come is not all decoded yet
                    size += core.take(view[size:], more=True)
            elif (
                waits is None
                or (size and core.chunked)
                or self.late()
                or not waits.wait(stream, write=bool(writer.unsent))
            ):
                break
        if self._exchange is not None:
            self._exchange.moved(received=came, decoded=size)
            self._exchange.response_body(view, size)
            self._report()
        return size

    # ---- deadlines

    def late(self) -> str:
        """Tells which deadline of the request under way has passed; empty: none."""
        core, timing, stream = self.core, self._timing, self.stream
        if stream is not None and stream.flowed():
            timing.move()
        if timing.now() < timing.due:
            return ""
        phase = core.phase
        if phase is _BODY and stream is not None and (core.unread or stream.peek() is not _QUIET):
            timing.move()  # the reader is what is slow
        under_way = phase is _AWAITING or phase is _BODY
        return timing.overdue(connecting=stream is None, requesting=under_way, awaited=core.awaited)
