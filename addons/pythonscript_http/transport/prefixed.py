"""Connections that have been read too far: what came behind the head of a tunnel."""

from collections.abc import Sequence

from .stream import Readiness, Stream, TlsInfo, Watcher


class PrefixedStream:
    """A connection whose first bytes were read already, and come first.

    Args:
        stream: the connection, which this takes over.
        data: the bytes.
    """

    __slots__ = ("_data", "stream")

    def __init__(self, stream: Stream, data: bytes) -> None:
        self.stream = stream
        self._data = memoryview(data)

    @property
    def peekable(self) -> bool:
        """`quiet` and `peek` see the end."""
        return self.stream.peekable

    @property
    def truncated(self) -> bool:
        """The end was not the peer's word."""
        return self.stream.truncated

    @property
    def tls(self) -> TlsInfo | None:
        """With whom and how it speaks TLS; None: it does not."""
        return self.stream.tls

    @property
    def peer_address(self) -> str:
        """Whom it is connected to."""
        return self.stream.peer_address

    def flowed(self) -> bool:
        """Tells whether bytes that were kept have gone out."""
        return self.stream.flowed()

    def quiet(self) -> bool:
        """Tells that there is nothing to read."""
        return not self._data and self.stream.quiet()

    def still(self) -> bool:
        """The same, of a moment ago."""
        return not self._data and self.stream.still()

    def peek(self) -> Readiness:
        """Tells what a read would find, and takes nothing."""
        return Readiness.DATA if self._data else self.stream.peek()

    def read_into(self, buffer: memoryview) -> int:
        """Reads what has come and fits. Gives its size, 0 at the end, WOULD_BLOCK if there is nothing."""
        if not self._data:
            return self.stream.read_into(buffer)
        size = min(len(buffer), len(self._data))
        buffer[:size] = self._data[:size]
        self._data = self._data[size:]
        return size

    def write(self, buffers: Sequence[bytes | memoryview]) -> int:
        """Writes as much as is taken at once, and gives its size: 0 if nothing is."""
        return self.stream.write(buffers)

    def wait(self, *, write: bool, timeout: float) -> bool:
        """Sleeps until it can read, or write if asked. False: `timeout` seconds passed."""
        return bool(self._data) or self.stream.wait(write=write, timeout=timeout)

    def watch(self, watcher: Watcher, *, write: bool) -> None:
        """Tells what `wait` would wait for."""
        if self._data:
            watcher.after(0.0)
        else:
            self.stream.watch(watcher, write=write)

    def available(self) -> int:
        """Tells how many bytes a read would give now; more may have come."""
        return len(self._data) or self.stream.available()

    def fileno(self) -> int:
        """The file descriptor to wait for. What is here already does not show there."""
        return self.stream.fileno()

    def close(self) -> None:
        """Ends the connection at once."""
        self.stream.close()
