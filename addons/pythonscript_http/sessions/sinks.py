"""Where the body of a response goes: to memory, to a listener, or nowhere."""

from collections.abc import Callable
from typing import Final

from pythonscript_http import buffers

from .loop import Future

DISCARDED: Final = 65536
"""Bytes of a body that nobody wants and is read nevertheless, as the connection can be kept by that."""
DISCARDED_FOR: Final = 1.0
"""Seconds for which it is read."""
_FIRST: Final = buffers.BUFFER_SIZE
_LARGEST_STEP: Final = 1 << 20
"""Bytes by which memory grows at most: new ones cost a millisecond for 4 MiB, and others wait meanwhile."""


class MemorySink:
    """Keeps a body.

    Args:
        length: bytes that it will have; -1: not known. A server may promise what never comes, so memory grows
            with what does.
    """

    __slots__ = ("_buffer", "_length", "_shared", "_size")

    def __init__(self, length: int = -1) -> None:
        self._length = length
        self._shared = length <= _FIRST
        self._buffer = buffers.take() if self._shared else bytearray(min(length, _LARGEST_STEP))
        self._size = 0

    def room(self) -> memoryview:
        """See `exchange.Sink`."""
        if self._size == len(self._buffer):
            self._grow()
        return memoryview(self._buffer)[self._size :]

    def took(self, size: int) -> Future[None] | None:
        """See `exchange.Sink`."""
        self._size += size
        return None

    def _grow(self) -> None:
        size = len(self._buffer)
        more = min(size, _LARGEST_STEP)
        if self._length > size:
            more = min(more, self._length - size)
        if self._shared:
            grown = bytearray(size + more)
            grown[:size] = self._buffer
            buffers.give_back(self._buffer)
            self._buffer, self._shared = grown, False
        else:
            self._buffer += bytes(more)

    def body(self) -> bytes | memoryview:
        """Gives what has come; the sink is of no use after that."""
        buffer, self._buffer = self._buffer, bytearray()
        if not self._shared:
            return memoryview(buffer)[: self._size].toreadonly()
        with memoryview(buffer) as view:
            body = bytes(view[: self._size])
        buffers.give_back(buffer)
        return body


class ChunkSink:
    """Hands a body out as it comes.

    Args:
        chunk: gets each piece; what it returns is waited for before more is read.
    """

    __slots__ = ("_buffer", "_chunk")

    def __init__(self, chunk: Callable[[bytes], Future[None] | None]) -> None:
        self._chunk = chunk
        self._buffer = bytearray(_FIRST)

    def room(self) -> memoryview:
        """See `exchange.Sink`."""
        return memoryview(self._buffer)

    def took(self, size: int) -> Future[None] | None:
        """See `exchange.Sink`."""
        return self._chunk(bytes(memoryview(self._buffer)[:size]))


class Enough(Exception):  # noqa: N818 - it is no error
    """More of the body is not worth to be read."""


class NoSink:
    """Takes a body that nobody wants, if it is small and comes soon."""

    __slots__ = ("_buffer", "_left")

    def __init__(self, most: int = DISCARDED) -> None:
        self._buffer = bytearray(min(most, DISCARDED) + 1)
        self._left = most

    def room(self) -> memoryview:
        """See `exchange.Sink`. Raises Enough."""
        if self._left < 0:
            raise Enough
        return memoryview(self._buffer)

    def took(self, size: int) -> Future[None] | None:
        """See `exchange.Sink`."""
        self._left -= size
        return None
