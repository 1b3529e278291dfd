"""A request on its way out: its head, and its body whole or piece by piece. Nothing here writes."""

from enum import Enum, auto
from typing import Final

from pythonscript_http.exceptions import LocalProtocolError

BACKLOG: Final = 1 << 20
"""Bytes of a streamed body that may wait to be sent before `give()` takes no more."""

_PIECES: Final = 256  # that may wait too: one system call takes 1024


class Given(Enum):
    """What became of a piece of the body."""

    TAKEN = auto()
    FULL = auto()
    """Too much waits to be sent: nothing was taken, so give it again later."""
    DROPPED = auto()
    """The rest of the body is never sent, as the server does not want it."""


class RequestWriter:
    """What one request has to send. It begins open: `give()` adds to its body until `end()`.

    Args:
        head: all up to and with the empty line. Empty: there is no request, and nothing to add to.
        length: bytes that the body will have; -1: not known.
        chunked: the body goes out in chunked coding (RFC 9112 section 7.1).
        held: the body waits for `let_go()` (RFC 9110 section 10.1.1).

    Nothing of the body is copied. `unsent` is empty exactly while there is nothing to write.
    """

    __slots__ = (
        "_chunked",
        "_given",
        "_held",
        "dropped",
        "failure",
        "held",
        "length",
        "open",
        "streamed",
        "unsent",
        "untouched",
    )

    def __init__(
        self, head: bytes = b"", length: int = -1, chunked: bool = False, held: bool = False
    ) -> None:
        # In both lists, what is bytes is framing, and what is memoryview is body.
        self.unsent: list[bytes | memoryview] = [head] if head else []
        self._held: list[bytes | memoryview] = []
        self._chunked = chunked
        self._given = 0  # bytes of the body that were sent or wait in the two lists
        self.held = held
        """The body waits."""
        self.length = length
        self.open = self.streamed = bool(head)
        """`open`: more of the body is wanted; `streamed`: it was not ended, though perhaps dropped."""
        self.untouched = True
        """Nothing was written, nor was it tried."""
        self.dropped = False
        """Some of it is never sent."""
        self.failure = ""
        """Why the connection takes no more; empty: it does."""

    @property
    def sent(self) -> int:
        """How many bytes of the body were handed to the operating system."""
        waiting = (len(piece) for piece in (*self.unsent, *self._held) if isinstance(piece, memoryview))
        return self._given - sum(waiting)

    @property
    def done(self) -> bool:
        """Nothing is left to send, and nothing more will come."""
        return not (self.unsent or self._held or self.open)

    @property
    def _complete(self) -> bool:
        """The declared length is reached; the answer need not wait for `end()`."""
        return not self._chunked and self._given == self.length

    # ---- what is to be sent

    def give(self, data: memoryview) -> Given:
        """Adds to the body, within the bounds of what may wait.

        Raises:
            LocalProtocolError: the body is longer than was declared.
        """
        given = self._given + len(data)
        if self.open or self._complete:
            if 0 <= self.length < given:
                text = f"the body's length is declared as {self.length}, but {given} bytes are given"
                raise LocalProtocolError(text)
        else:
            return Given.DROPPED
        waiting = self._held or self.unsent
        if len(waiting) > _PIECES or sum(map(len, waiting)) >= BACKLOG:
            return Given.FULL
        self.line_up(data)
        if self._complete:
            self.open = False
        return Given.TAKEN

    def line_up(self, data: memoryview) -> None:
        """Adds to the body, however much it is."""
        size = len(data)
        if size:  # a chunk of no bytes would end the body
            self._put([b"%x\r\n" % size, data, b"\r\n"] if self._chunked else [data])
            self._given += size

    def end(self) -> bool:
        """Ends the body. False: some of it was dropped.

        Raises:
            LocalProtocolError: the body is shorter than was declared.
        """
        if not self.open:
            self.streamed = not self._complete
            return self._complete
        if self.length > self._given:
            text = f"the body's length is declared as {self.length}, but {self._given} bytes came"
            raise LocalProtocolError(text)
        if self._chunked:
            self._put([b"0\r\n\r\n"])
        self.length = self._given
        self.open = self.streamed = False
        return True

    def _put(self, pieces: list[bytes | memoryview]) -> None:
        (self._held if self.held else self.unsent).extend(pieces)

    def let_go(self) -> None:
        """The body that was held back goes out (RFC 9110 section 10.1.1)."""
        self.unsent += self._held
        self._held.clear()
        self.held = False

    # ---- the sending

    def wrote(self, size: int) -> None:
        """Takes so many bytes off what is to be written: the connection has them."""
        unsent = self.unsent
        while unsent and size >= len(unsent[0]):
            size -= len(unsent.pop(0))
        if size:
            unsent[0] = unsent[0][size:]

    def failed(self, reason: str) -> None:
        """The connection takes no more. It may have answered before that: the answer tells more."""
        self.failure = reason
        self.drop()

    def drop(self) -> None:
        """What was not sent will not be, as when the server has answered early and refused it."""
        if self.done:
            self.held = False
            return
        self.dropped = True
        self._given = self.sent
        self.unsent.clear()
        self._held.clear()
        self.held = self.open = False
