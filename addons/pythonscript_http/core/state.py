"""The state of a client. Everything that affects it lives here; nothing here reads, writes or waits.

The states are those that scripts see, `HTTPClient.Status`, and the engine's order of them. What happens is
an event; the table TRANSITIONS says where it leads, and one that it does not list in a state is the
caller's mistake:

    state         event         next              when
    ------------  ------------  ----------------  ----------------------------------------------------------
    DISCONNECTED  LOOK_UP       RESOLVING         connect_to_host() with a name
                  DIAL          CONNECTING        connect_to_host() with a literal address
    RESOLVING     RESOLVED      CONNECTING        the name has addresses
                  NOT_RESOLVED  CANT_RESOLVE      it has none
    CONNECTING    ESTABLISHED   CONNECTED         an address took the connection
                  REFUSED       CANT_CONNECT      none did
    CONNECTED     REQUEST       REQUESTING        request(), request_raw()
                  LOST          CONNECTION_ERROR  the peer closed, or sent what nobody asked for
    REQUESTING    HEAD          BODY              a final response's head came, and a body may follow
                  END           CONNECTED         it came, has no body, and the connection may be used again
                  LAST          DISCONNECTED      it came, has no body, and the connection may not
                  LOST          CONNECTION_ERROR  the connection broke, or what came is no HTTP
    BODY          END           CONNECTED         all of it was read, and the connection may be used again
                  LAST          DISCONNECTED      all of it was read, and the connection may not
                  LOST          CONNECTION_ERROR  the connection broke before the body was complete
    any           (reset)       DISCONNECTED      close(), and the begin of connect_to_host()

Three rules hold besides:

- Interim responses (1xx but 101) stay within REQUESTING and are skipped (RFC 9110 section 15.2).
- A body of no bytes is a body: BODY lasts until it was read, as scripts know it from the engine. A response
  that can have none (204, 304, HEAD with chunked coding) skips BODY.
- A connection is used again only if both sides know where the next response begins: the peer allows it, the
  length was marked, the request was sent in full, and nothing came beyond the end.

Bytes come in by two ways. `space()` and `received()` pass them through a buffer of ours: heads, chunked
coding, and the begin of a body that came along with its head. The rest of a body that ends by length or
close may go from the kernel straight to its reader (`direct_limit`, `received_directly()`).
"""

from enum import StrEnum
from typing import Final

from . import buffers
from .enums import Error, Method, Status
from .errors import LocalError, RemoteError
from .framing import Framing, body_framing
from .response import ChunkedDecoder, ResponseHead, check_prefix, parse_head

HEADER_LIMIT: Final = 65536
"""Bytes. Usual servers send 8 KiB at most; the engine's client, without a limit, takes 11 s for 10 MB."""

UNLIMITED: Final = 2**63 - 1


class Event(StrEnum):
    """What can happen to a client; the values are what a caller would call it."""

    LOOK_UP = "looking a name up"
    DIAL = "connecting to an address"
    RESOLVED = "taking addresses"
    NOT_RESOLVED = "failing to resolve"
    ESTABLISHED = "taking a connection"
    REFUSED = "failing to connect"
    REQUEST = "request()"
    HEAD = "taking a response's head"
    END = "ending a response"
    LAST = "ending the last response"
    LOST = "losing the connection"


TRANSITIONS: Final[dict[Status, dict[Event, Status]]] = {
    Status.STATUS_DISCONNECTED: {
        Event.LOOK_UP: Status.STATUS_RESOLVING,
        Event.DIAL: Status.STATUS_CONNECTING,
    },
    Status.STATUS_RESOLVING: {
        Event.RESOLVED: Status.STATUS_CONNECTING,
        Event.NOT_RESOLVED: Status.STATUS_CANT_RESOLVE,
    },
    Status.STATUS_CONNECTING: {
        Event.ESTABLISHED: Status.STATUS_CONNECTED,
        Event.REFUSED: Status.STATUS_CANT_CONNECT,
    },
    Status.STATUS_CONNECTED: {
        Event.REQUEST: Status.STATUS_REQUESTING,
        Event.LOST: Status.STATUS_CONNECTION_ERROR,
    },
    Status.STATUS_REQUESTING: {
        Event.HEAD: Status.STATUS_BODY,
        Event.END: Status.STATUS_CONNECTED,
        Event.LAST: Status.STATUS_DISCONNECTED,
        Event.LOST: Status.STATUS_CONNECTION_ERROR,
    },
    Status.STATUS_BODY: {
        Event.END: Status.STATUS_CONNECTED,
        Event.LAST: Status.STATUS_DISCONNECTED,
        Event.LOST: Status.STATUS_CONNECTION_ERROR,
    },
    Status.STATUS_CANT_RESOLVE: {},
    Status.STATUS_CANT_CONNECT: {},
    Status.STATUS_CONNECTION_ERROR: {},
    Status.STATUS_TLS_HANDSHAKE_ERROR: {},
}

_BODY: Final = Status.STATUS_BODY
_REQUESTING: Final = Status.STATUS_REQUESTING
_NOTHING: Final = memoryview(b"")


class Machine:
    """A client's state: its status, the response under way, and the bytes that came and were not yet read.

    Args:
        header_limit: most bytes that the header blocks of one response, interim ones included, may have.
    """

    __slots__ = (
        "_buffer",
        "_decoder",
        "_end",
        "_framing",
        "_left",
        "_ready",
        "_reusable",
        "_searched",
        "_sending",
        "_skipped",
        "_start",
        "body_length",
        "head",
        "header_limit",
        "method",
        "reason",
        "status",
    )

    def __init__(self, header_limit: int = HEADER_LIMIT) -> None:
        self.header_limit = header_limit
        self._buffer: bytearray | None = None
        self.reset()

    def reset(self) -> None:
        """Forgets all: the state is DISCONNECTED, and no response is known."""
        self.status = Status.STATUS_DISCONNECTED
        self.reason = ""
        """Why the status is one of failure."""
        self._begin(Method.METHOD_GET, close=False)
        self._release()

    def fire(self, event: Event, reason: str = "") -> None:
        """Lets an event happen.

        Args:
            reason: why, for events of failure.

        Raises:
            LocalError: the table has no such event in the present state.
        """
        status = TRANSITIONS[self.status].get(event)
        if status is None:
            raise self._misuse(
                event.value, *(known for known, events in TRANSITIONS.items() if event in events)
            )
        self.status = status
        self.reason = reason

    # ---- requests

    def request(self, method: int, *, close: bool) -> None:
        """Begins a request; the last response is forgotten.

        Args:
            method: one of `Method`: the framing of the response depends on it.
            close: the request said `Connection: close`.

        Raises:
            LocalError: the state is not CONNECTED.
        """
        self.fire(Event.REQUEST)
        self._begin(method, close=close)

    def sent(self) -> None:
        """The request went out in full."""
        self._sending = False

    def _begin(self, method: int, *, close: bool) -> None:
        self.method = method
        self.head: ResponseHead | None = None
        """The head of the final response, once it has come."""
        self.body_length = -1
        """Bytes; -1: not known beforehand."""
        self._framing = Framing.HEAD
        self._reusable = not close
        self._sending = True
        self._left = 0  # bytes of the body that have not come yet
        self._decoder: ChunkedDecoder | None = None
        self._ready = _NOTHING  # the part of the body that has come and was not read
        self._skipped = 0  # bytes of interim responses
        self._searched = 0  # no end of the header block before here

    # ---- bytes in

    @property
    def chunked(self) -> bool:
        """The response has a Transfer-Encoding that ends in chunked."""
        return self.head is not None and self.head.codings[-1:] == [b"chunked"]

    @property
    def tunnel(self) -> bool:
        """The connection no longer carries HTTP, or carries another's."""
        return self._framing is Framing.TUNNEL

    @property
    def vulnerable(self) -> bool:
        """If the connection ended now, the body would be cut short, and all that came of it has been read."""
        if self._ready or self._framing is Framing.CLOSE:
            return False
        decoder = self._decoder
        return self._left > 0 if decoder is None else not (decoder.done or decoder.failure)

    @property
    def body_limit(self) -> int:
        """Most bytes that can still be read of the body."""
        return self._left + len(self._ready) if self._framing is Framing.LENGTH else UNLIMITED

    @property
    def direct_limit(self) -> int:
        """How many bytes of the body may go straight to their reader. 0: they must pass through `space()`."""
        return 0 if self._framing is Framing.CHUNKED or self._ready else self._left

    def space(self) -> memoryview:
        """Room for bytes that come in REQUESTING, or in BODY where `direct_limit` is 0 and all was read."""
        if self._buffer is None:
            self._buffer = buffers.take()
            self._start = self._end = 0
        elif self._end == len(self._buffer):
            self._make_room()
        return memoryview(self._buffer)[self._end :]

    def received(self, size: int) -> None:
        """Takes the first `size` bytes of `space()` as what the peer sent next."""
        self._end += size
        if self.status is _REQUESTING:
            try:
                self._take_heads()
            except RemoteError as error:
                self.lost(str(error))
        else:
            self._decode()

    def received_directly(self, size: int) -> None:
        """Counts bytes of the body that went straight to their reader."""
        if self._framing is Framing.LENGTH:
            self._left -= size
            if not self._left:
                self._finish()

    def ended(self) -> None:
        """The peer will send no more."""
        if self.status is _BODY and self._framing is Framing.CLOSE:
            self._finish()
        else:
            self.lost(f"the server closed the connection {self._where()}")

    def failed(self, reason: str) -> None:
        """The network failed."""
        self.lost(f"{reason}, {self._where()}")

    def lost(self, reason: str) -> None:
        """The connection is of no more use, for the reason given."""
        self.fire(Event.LOST, reason)
        self._release()

    def _where(self) -> str:
        if self.status is not _BODY:
            if self.status is not _REQUESTING:
                return "between requests"
            return "in the middle of the header block" if self._buffered() else "before it answered"
        if self._framing is Framing.LENGTH:
            return f"in the middle of the body: {self._left} of {self.body_length} bytes are missing"
        return "in the middle of the body" + (", before its last chunk" if self._decoder else "")

    # ---- heads

    def _take_heads(self) -> None:
        """Takes the head of the final response, if it is there, and those of interim ones before it."""
        buffer = self._buffer
        assert buffer is not None
        while self._start < self._end:
            block = self._next_block(buffer)
            if block is None:
                return
            head = parse_head(block)
            if head.code >= 200 or head.code == 101:
                self._take_head(head)
                return
            self._skipped += len(block)

    def _next_block(self, buffer: bytearray) -> bytes | None:
        """Cuts the next header block off the buffer; None while its end has not come."""
        start, end = self._start, self._end
        check_prefix(bytes(buffer[start : min(end, start + 7)]))
        search = max(start, self._searched)
        crlf = buffer.find(b"\n\r\n", search, end)
        lf = buffer.find(b"\n\n", search, end if crlf < 0 else crlf)
        stop = lf + 2 if lf >= 0 else crlf + 3 if crlf >= 0 else 0
        if self._skipped + (stop or end) - start > self.header_limit:
            raise RemoteError(f"the header block is over the limit of {self.header_limit} bytes")
        if not stop:
            self._searched = max(start, end - 2)
            return None
        self._start = stop
        return bytes(memoryview(buffer)[start:stop])

    def _take_head(self, head: ResponseHead) -> None:
        self._framing, length = body_framing(self.method, head)
        self.head, self.body_length = head, length
        self._reusable &= head.keep_alive
        match self._framing:
            case Framing.HEAD:
                self._finish()
                return
            case Framing.TUNNEL:
                self.fire(Event.END)
                return
            case Framing.CHUNKED:
                self._decoder = ChunkedDecoder(self.header_limit)
                self._decode()
            case Framing.LENGTH:
                self._left = length
                self._hold(min(length, self._buffered()))
            case Framing.CLOSE:
                self._reusable = False
                self._left = UNLIMITED
                self._hold(self._buffered())
        self.fire(Event.HEAD)

    # ---- bodies

    def take(self, view: memoryview) -> int:
        """Hands out what has come of the body.

        Args:
            view: where to write it.

        Returns:
            Number of bytes written.

        Raises:
            LocalError: the state is not BODY.
        """
        if self.status is not _BODY:
            raise self._misuse("reading a body", _BODY)
        ready = self._ready
        size = min(len(view), len(ready))
        if size:
            view[:size] = ready[:size]
            self._ready = ready = ready[size:]
        if not ready:
            self._drained()
        return size

    def _drained(self) -> None:
        decoder = self._decoder
        if decoder is None:
            if self._left:
                self._release()
            else:
                self._finish()
        elif decoder.done:
            self._finish()
        elif decoder.failure:
            self.lost(decoder.failure)

    def _hold(self, size: int) -> None:
        """The next bytes of the buffer are the begin of the body."""
        assert self._buffer is not None
        self._ready = memoryview(self._buffer)[self._start : self._start + size]
        self._start += size
        if self._framing is Framing.LENGTH:
            self._left -= size

    def _decode(self) -> None:
        """Passes what has come through the decoder, which keeps none of it."""
        assert self._decoder is not None
        assert self._buffer is not None
        body = self._decoder.feed(memoryview(self._buffer)[self._start : self._end])
        self._release()
        self._ready = memoryview(body)

    def _finish(self) -> None:
        """The response is complete and was read."""
        surplus = self._buffered() > 0 or (self._decoder is not None and self._decoder.surplus)
        self.fire(Event.END if self._reusable and not (surplus or self._sending) else Event.LAST)
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
        else:
            buffer[:size] = buffer[start : self._end]
            self._start, self._end = 0, size
            self._searched = max(0, self._searched - start)

    def _release(self) -> None:
        buffer, self._buffer = self._buffer, None
        self._ready = _NOTHING
        self._start = self._end = 0
        if buffer is not None:
            buffers.give_back(buffer)

    def _misuse(self, what: str, *where: Status) -> LocalError:
        names = " or ".join(status.name for status in where)
        return LocalError(
            Error.ERR_INVALID_PARAMETER, f"{what} needs {names}; the status is {self.status.name}"
        )
