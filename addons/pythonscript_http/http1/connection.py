"""HTTP/1.1 over one connection, without I/O: one request and its response after the other.

Everything that affects the state of a connection lives in this module; nothing here reads, writes or waits.
What a peer does wrong ends in the phase FAILED, with the reason; it never raises.

    phase     what happens                                     next
    --------  -----------------------------------------------  -----------------------------------
    IDLE      request()                                        AWAITING
    AWAITING  an interim head (1xx but 101)                    AWAITING
              the final head, and a body may follow            BODY
              the final head, and there is no body             IDLE or CLOSED
              101, or 2xx to CONNECT                           TUNNEL
    BODY      all of it was read                               IDLE or CLOSED
    TUNNEL    request(): to whoever is at the other end        AWAITING
    CLOSED    nothing: it has served its last response
    any       lost(), failed(); the peer breaks HTTP           FAILED

- A body of no bytes is a body: BODY lasts until it was read, as scripts know it from the engine. A response
  that can have none (204, 304, HEAD with chunked coding) skips BODY.
- It is IDLE again, and not CLOSED, only if both sides know where the next response begins: the peer allows
  it, the length was marked, the request was sent in full, and nothing came beyond the end.
- A final response ends the request: what was not sent of it is dropped if the server refuses (400 and above),
  or was never asked for it (`Expect: 100-continue`); who does neither may still be reading it (RFC 9112
  section 9.3).

Bytes go out by `writer`. They come in by two ways. `space()` and `received()` pass them through a buffer of
ours: heads, chunked coding, bodies whose coding is undone here, and the begin of any body that came along
with its head. The rest of a body that ends by length or close, and large chunks, may go from the kernel
straight to their reader (`direct_limit`, `received_directly()`).
"""

import re
from enum import Enum, auto
from typing import Final

from pythonscript_http import buffers
from pythonscript_http.config import UNLIMITED, Limits
from pythonscript_http.exceptions import BodyTooLargeError, RemoteProtocolError, shortened

from .chunked import ChunkedDecoder
from .codings import WORK, Decoding, Start, available
from .framing import Framing, body_framing
from .head import HeadReader
from .request import RequestHead
from .response import ResponseHead
from .writer import RequestWriter


class Phase(Enum):
    """Where a connection is in its exchanges."""

    IDLE = auto()
    """No request is under way; one may begin."""
    AWAITING = auto()
    """A request is being sent, or its response is awaited."""
    BODY = auto()
    """The final response's head is here, and its body can be read."""
    TUNNEL = auto()
    """What follows is no HTTP, or another's."""
    CLOSED = auto()
    """The last response is complete."""
    FAILED = auto()
    """The connection broke, or what came is no HTTP; `failure` says why."""


class Fault(Enum):
    """Of what kind a failure is."""

    NETWORK = auto()
    """The connection broke."""
    PROTOCOL = auto()
    """What came is no HTTP."""
    TOO_LARGE = auto()
    """The body is over the limit."""
    CODING = auto()
    """The body's coding can't be undone."""


_CODED: Final = re.compile(rb"\ncontent-encoding", re.IGNORECASE)
"""Finds blocks that may have the field: to take one apart costs as much as to parse it."""

_READY: Final = (Phase.IDLE, Phase.TUNNEL)

# By name, since a look-up in an enum's class costs more than all that is done with what it finds.
_IDLE: Final = Phase.IDLE
_AWAITING: Final = Phase.AWAITING
_BODY: Final = Phase.BODY
_LENGTH: Final = Framing.LENGTH
_CHUNKED: Final = Framing.CHUNKED
_CLOSE: Final = Framing.CLOSE
_TUNNEL: Final = Framing.TUNNEL
_BODILESS: Final = Framing.HEAD
_NOTHING: Final = memoryview(bytearray())
_NO_REQUEST: Final = RequestWriter()
_DEFAULTS: Final = Limits()


class Connection:
    """One connection: its phase, the exchange under way, and the bytes that came and were not yet read.

    Args:
        start: begins jobs on another thread, where the undoing of a coding may last.
    """

    __slots__ = (
        "_buffer",
        "_decoder",
        "_decoding",
        "_decoding_left",
        "_end",
        "_framing",
        "_heads",
        "_left",
        "_ready",
        "_reusable",
        "_start",
        "_start_job",
        "_undo",
        "_view",
        "_whole",
        "body_length",
        "failure",
        "fault",
        "head",
        "limits",
        "method",
        "phase",
        "writer",
    )

    def __init__(self, start: Start | None = None) -> None:
        self._start_job = start
        self._buffer: bytearray | None = None
        self._view = _NOTHING  # of that buffer
        self.phase = _IDLE
        self.failure = ""
        """Why the phase is FAILED."""
        self.fault = Fault.NETWORK
        """Of what kind that is."""
        self.writer = _NO_REQUEST
        """The request under way, or the last one."""
        self._start = self._end = 0
        self._begin("GET", _DEFAULTS, close=False, decode=False)

    # ---- requests

    def request(
        self, method: str, head: RequestHead, size: int, *, limits: Limits, decode: bool = False
    ) -> RequestWriter:
        """Begins a request; the last response is forgotten. The phase must be IDLE or TUNNEL.

        Args:
            method: its token, on which the framing of the response depends.
            head: what is sent first.
            size: bytes that the body will have; -1: not known.
            limits: those of the response.
            decode: the response's Content-Encoding is to be undone.

        Returns:
            What takes the body.
        """
        assert self.phase in _READY, self.phase
        self.phase = _AWAITING
        self.writer = RequestWriter(head.data, size, head.chunked, head.expect)
        self._begin(method, limits, close=head.close, decode=decode)
        return self.writer

    def _begin(self, method: str, limits: Limits, *, close: bool, decode: bool) -> None:
        self.method = method
        self.limits = limits
        self.head: ResponseHead | None = None
        """The head of the final response, once it has come."""
        self.body_length = -1
        """Bytes; -1: not known beforehand."""
        self._framing = _BODILESS
        self._reusable = not close
        self._left = 0  # bytes of the body that have not come yet
        self._decoder: ChunkedDecoder | None = None
        self._undo = decode
        self._decoding: Decoding | None = None
        self._whole = False  # the coded body is complete and was taken
        self._ready = _NOTHING  # the part of the body that has come and was not read
        self._heads = HeadReader(method)

    # ---- bytes in

    @property
    def chunked(self) -> bool:
        """The response has a Transfer-Encoding that ends in chunked."""
        return self.head is not None and self.head.codings[-1:] == [b"chunked"]

    @property
    def trailers(self) -> list[tuple[bytes, bytes]]:
        """The fields of the trailer section, once the body was read."""
        return [] if self._decoder is None else self._decoder.trailers

    @property
    def continued(self) -> bool:
        """`100 Continue` has come."""
        return self._heads.continued

    @property
    def behind(self) -> bool:
        """A call parsed enough heads, and there are more: `go_on()` comes next, before more is read."""
        return self._heads.behind

    def keep_heads(self) -> list[tuple[int, bytes]]:
        """Has the heads of this exchange kept: gives the list that gets their status codes and bytes."""
        kept: list[tuple[int, bytes]] = []
        self._heads.kept = kept
        return kept

    @property
    def until_close(self) -> bool:
        """The end of the response is that of the connection."""
        return self._framing is _CLOSE

    @property
    def awaited(self) -> bool:
        """Not a byte of the next head, interim or final, has come."""
        return self.phase is _AWAITING and not self._buffered()

    @property
    def busy(self) -> bool:
        """A read had done enough for one call. The next goes on with what is here, before more is read."""
        if self._decoder is not None and self._decoder.paused:
            return True
        return self._decoding is not None and not self._decoding.hungry

    @property
    def unread(self) -> bool:
        """Some of the body, or its end, is here and was not read yet."""
        if self.busy or self._whole:
            return True
        decoder = self._decoder
        if decoder is None:
            return bool(self._ready) or (self._framing is _LENGTH and not self._left)
        return decoder.done or bool(decoder.failure) or (decoder.left > 0 and self._buffered() > 0)

    @property
    def vulnerable(self) -> bool:
        """If the connection ended now, the body would be cut short, and all that came of it has been read."""
        if self.unread or self._framing is _CLOSE:
            return False
        decoder = self._decoder
        return self._left > 0 if decoder is None else not (decoder.done or decoder.failure)

    @property
    def here(self) -> int:
        """How many bytes of the body have come and were not read, with what frames them; coded: -1."""
        return -1 if self._decoding is not None else self._buffered() + len(self._ready)

    @property
    def most_left(self) -> int:
        """Most bytes that can still be read of the body."""
        return self._left + len(self._ready) if self._framing is _LENGTH and not self._decoding else UNLIMITED

    @property
    def direct_limit(self) -> int:
        """How many bytes of the body may go straight to their reader. 0: they must pass through `space()`."""
        if self._ready or self._decoding is not None:
            return 0
        if self._decoder is None:
            return self._left
        left = self._decoder.left
        return left if left >= buffers.BUFFER_SIZE and not self._buffered() else 0

    def space(self) -> memoryview:
        """Room for bytes: those in AWAITING, and in BODY where `direct_limit` is 0 and `take` gave all."""
        if self._buffer is None:
            self._buffer = buffers.take()
            self._view = memoryview(self._buffer)
            self._start = self._end = 0
        elif self._end == len(self._buffer):
            self._make_room()
        return self._view[self._end :]

    def received(self, size: int) -> None:
        """Takes the first `size` bytes of `space()` as what the peer sent next."""
        self._end += size
        self.go_on()

    def go_on(self) -> None:
        """Goes on with what has come."""
        try:
            if self.phase is _AWAITING:
                self._take_heads()
            elif self._framing is _CHUNKED:
                self._walk(_NOTHING)
            else:
                self._hold()
        except RemoteProtocolError as error:
            self.lost(str(error), _fault(error, Fault.PROTOCOL))

    def received_directly(self, size: int) -> None:
        """Counts bytes of the body that went straight to their reader."""
        if self._decoder is not None:
            self._decoder.left -= size
            return
        self._left -= size
        if not self._left and self._framing is _LENGTH:
            self._finish()

    def ended(self, *, truncated: bool = False) -> None:
        """The peer will send no more.

        Args:
            truncated: under TLS, it did not say that this is the end (RFC 8446 section 6.1). Somebody else
                may have cut the connection, which counts where that end is the end of the body.
        """
        if self.phase is _BODY and self._framing is _CLOSE:
            if truncated:
                self.lost("the peer closed without close_notify, so the body may be cut short")
            else:
                self._complete()
        else:
            self.lost(f"the server closed the connection {self.where()}")

    def failed(self, reason: str) -> None:
        """The network failed."""
        self.lost(f"{reason}, {self.where()}")

    def lost(self, reason: str, fault: Fault = Fault.NETWORK) -> None:
        """The connection is of no more use, for the reason given."""
        self.phase = Phase.FAILED
        self.failure = shortened(reason)
        self.fault = fault
        self._decoding = None
        self._release()

    def where(self) -> str:
        """Tells how far the response under way has come."""
        if self.phase is not _BODY:
            if self.phase is not _AWAITING:
                return "between requests"
            return "in the middle of the header block" if self._buffered() else "before it answered"
        if self._framing is _LENGTH and self.head is not None:
            return f"in the middle of the body: {self._left} of {self.head.length} bytes are missing"
        return "in the middle of the body" + (", before its last chunk" if self._decoder else "")

    def surplus(self) -> bytes:
        """Takes what came behind the head of a tunnel: its first bytes."""
        data = bytes(self._view[self._start : self._end])
        self._release()
        return data

    # ---- heads

    def _take_heads(self) -> None:
        """Takes the head of the final response, if it is there, and those of interim ones before it."""
        buffer, heads = self._buffer, self._heads
        assert buffer is not None
        head = heads.read(buffer, self._start, self._end, self.limits.header_size)
        self._start = heads.at
        if heads.continued and self.writer.held:
            self.writer.let_go()
        if head is not None:
            self._take_head(head)

    def _take_head(self, head: ResponseHead) -> None:
        framing, length = body_framing(self.method, head)
        writer = self.writer
        if writer.held or writer.failure or head.code >= 400:
            writer.drop()
        self._framing = framing
        self.head, self.body_length = head, length
        # A 204 that promises a body may be followed by one, which would become the next response.
        self._reusable &= not self._heads.odd and head.keep_alive
        self._reusable &= not (head.code == 204 and (head.length or head.codings))
        if framing is _BODILESS:
            self._finish()
            return
        if framing is _TUNNEL:
            self.phase = Phase.TUNNEL
            return
        if head.codings or self._undo:
            self._expect_codings(head)
        if framing is _LENGTH:
            limit = self.limits.body_size
            if length > limit:
                raise BodyTooLargeError(f"the body of {length} bytes is over the limit of {limit}")
            self._left = length
            self._hold()
        elif framing is _CHUNKED:
            self._decoder = ChunkedDecoder(self.limits.header_size, self.limits.body_size)
            self._walk(_NOTHING)
        else:
            self._reusable = False
            self._left = self.limits.body_size
            self._hold()
        self.phase = _BODY

    def _expect_codings(self, head: ResponseHead) -> None:
        """Prepares to undo the body's codings: those of the transfer always, the content's on request.

        A part (206) of a coded whole cannot be decoded, and with a coding that is unknown here none can be
        undone: the content is handed out as it came then, and the headers say what it is.
        """
        if self.method == "HEAD":
            return
        transfer = [coding.decode("latin-1") for coding in head.codings]
        if self._framing is _CHUNKED:
            transfer.pop()  # that one delimits the body, and is undone with it
        content: list[str] = []
        if self._undo and head.code != 206 and _CODED.search(head.block):
            values = [value for name, value in head.fields() if name.lower() == b"content-encoding"]
            listed = b",".join(values).lower().decode("latin-1").split(",")
            content = [name for part in listed if (name := part.strip(" \t"))]
            known = {*available(), "identity"}
            if not all(name.removeprefix("x-") in known for name in content):
                content = []
        if any(name != "identity" for name in (*content, *transfer)):
            limited = self.limits.body_size != UNLIMITED
            self._decoding = Decoding(content, transfer, limited=limited, start=self._start_job)
            self._decoding_left = self.limits.body_size
            self.body_length = -1

    # ---- bodies

    def take(self, view: memoryview, *, more: bool = False) -> int:
        """Hands out what has come of the body. Where codings are undone, the work is bounded: see `busy`.

        Args:
            view: where to write it.
            more: the call goes on with the work of the last one, and within its bounds.

        Returns:
            Number of bytes written. The phase must be BODY.
        """
        assert self.phase is _BODY, self.phase
        if self._decoding is None:
            return self._take_coded(view)
        if not more:
            self._decoding.renew(len(view))
        return self._take_decoded(view, self._decoding)

    def _take_coded(self, view: memoryview) -> int:
        """Hands out what has come of the body as it came, but for chunked coding."""
        decoder = self._decoder
        if decoder is not None:
            size = self._walk(view)
            if decoder.done:
                self._reusable &= not decoder.odd
                self._complete()
            elif decoder.failure and not (size and self._decoding):  # what came before it is decoded first
                self.lost(decoder.failure, Fault.TOO_LARGE if decoder.oversize else Fault.PROTOCOL)
            return size
        ready = self._ready
        size = min(len(view), len(ready))
        if size:
            view[:size] = ready[:size]
            self._ready = ready = ready[size:]
        if not ready:
            if self._left or self._framing is _CLOSE:
                self._release()
            else:
                self._complete()
        return size

    def _take_decoded(self, view: memoryview, decoding: Decoding) -> int:
        """Hands out what has come of the body with its codings undone, no more than fits."""
        size, room = 0, len(view)
        try:
            while size < room:
                piece = decoding.read(min(room - size, self._decoding_left) or 1)
                if piece:
                    if not self._decoding_left:
                        raise BodyTooLargeError(
                            f"the body is over the limit of {self.limits.body_size} bytes"
                        )
                    view[size : size + len(piece)] = piece
                    size += len(piece)
                    self._decoding_left -= len(piece)
                elif not decoding.hungry:
                    break
                elif self._whole:
                    decoding.end()
                    self._finish()
                    break
                elif not self._feed(decoding):
                    break
        except RemoteProtocolError as error:
            self.lost(str(error), _fault(error, Fault.CODING))
        return size

    def _feed(self, decoding: Decoding) -> bool:
        """Gives the next of the coded body to those who undo it. False: no more of it has come."""
        scratch = buffers.take()
        try:
            here = self._buffered()
            size = self._take_coded(memoryview(scratch)[:WORK])
            if self._decoder is not None:
                decoding.spend(here - self._buffered() - size)
            if size:
                decoding.feed(bytes(memoryview(scratch)[:size]))
            return bool(size) or self._whole
        finally:
            buffers.give_back(scratch)

    def _walk(self, view: memoryview) -> int:
        """Passes what has come through the chunked decoder."""
        decoder, buffer = self._decoder, self._buffer
        assert decoder is not None
        if buffer is None:
            return 0
        self._start, size = decoder.decode(buffer, self._start, self._end, view)
        if self._start == self._end:
            self._release()
        return size

    def _hold(self) -> None:
        """What the buffer has of the body waits for its reader."""
        if self._buffer is not None:
            size = min(self._left, self._end - self._start)
            if self._framing is _CLOSE and size < self._end - self._start:
                raise BodyTooLargeError(f"the body is over the limit of {self.limits.body_size} bytes")
            self._ready = self._view[self._start : self._start + size]
            self._start += size
            self._left -= size

    def _complete(self) -> None:
        """All of the body has come and was taken: by its reader, or by those who undo its codings."""
        if self._decoding is None:
            self._finish()
        else:
            self._whole = True

    def _finish(self) -> None:
        """The response is complete and was read."""
        self._decoding = None  # a decoder holds megabytes
        writer = self.writer
        unsent = writer.dropped or not writer.done
        self.phase = Phase.CLOSED if unsent or not self._reusable or self._buffered() > 0 else _IDLE
        self._release()

    # ---- the buffer

    def _buffered(self) -> int:
        return 0 if self._buffer is None else self._end - self._start

    def _make_room(self) -> None:
        """Moves what is left to the front; where that is all, the buffer grows (up to the header limit)."""
        buffer = self._buffer
        assert buffer is not None
        start, size = self._start, self._end - self._start
        if start == 0:
            self._buffer = buffer + bytes(len(buffer))
            self._view = memoryview(self._buffer)
        else:
            buffer[:size] = buffer[start : self._end]
            self._start, self._end = 0, size

    def _release(self) -> None:
        buffer, self._buffer = self._buffer, None
        self._view = self._ready = _NOTHING
        self._start = self._end = 0
        if buffer is not None:
            buffers.give_back(buffer)


def _fault(error: RemoteProtocolError, otherwise: Fault) -> Fault:
    return Fault.TOO_LARGE if isinstance(error, BodyTooLargeError) else otherwise
