"""Connections between scripts and the client: a script's StreamPeer as ours, and ours as a StreamPeer."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence

from godot import Error, Pointer, StreamPeer, StreamPeerExtension, gdclass
from pythonscript_http.client import HTTPClient
from pythonscript_http.enums import Status
from pythonscript_http.errors import error_code
from pythonscript_http.exceptions import LocalError
from pythonscript_http.transport.stream import WOULD_BLOCK, NetworkError, Readiness, Stream, Watcher

_PIECE = 65536
"""Bytes: how much a script's StreamPeer is given at once. It may copy all that it is given."""
_PEER_CONNECTED = 2
_PEER_STANDS = (1, _PEER_CONNECTED)
"""STATUS_CONNECTING or _HANDSHAKING, and STATUS_CONNECTED: the same for TCP, UDS and TLS."""


class PeerStream:
    """A StreamPeer that a script handed over, as a connection of the client's (see `transport.stream`).

    A script may have written it, and then it may do anything: whatever it raises is a failure of the network.
    """

    __slots__ = ("_poll", "_status", "peekable", "peer")

    truncated = False
    tls = None
    peer_address = ""

    def __init__(self, peer: StreamPeer) -> None:
        self.peer = peer
        # A StreamPeer as such can only read and write; those with a network behind them are polled, and tell.
        self._poll: Callable[[], int] | None = getattr(peer, "poll", None)
        self._status: Callable[[], int] | None = getattr(peer, "get_status", None)
        self.peekable = self._status is not None

    def flowed(self) -> bool:
        return False

    def quiet(self) -> bool:
        return self.peek() is Readiness.QUIET

    def still(self) -> bool:
        return self.peek() is Readiness.QUIET

    def peek(self) -> Readiness:
        try:
            if self._poll is not None:
                self._poll()
            if self._waiting():
                return Readiness.DATA
            return Readiness.QUIET if self._stands() else Readiness.ENDED
        except Exception:
            return Readiness.ENDED  # a read tells why

    def _stands(self) -> bool:
        return self._status is None or self._status() in _PEER_STANDS

    def _open(self) -> bool:
        return self._status is None or self._status() == _PEER_CONNECTED

    def _waiting(self) -> int:
        # Asked of one that is not open, the engine's streams print an error.
        return int(self.peer.get_available_bytes()) if self._open() else 0

    def available(self) -> int:
        try:
            return self._waiting()
        except Exception:
            return 0

    def read_into(self, buffer: memoryview) -> int:
        try:
            if self._poll is not None:
                self._poll()
            if not self._open():
                return WOULD_BLOCK if self._stands() else 0
            error, data = self.peer.get_partial_data(len(buffer))
            if not data and error == Error.ERR_FILE_EOF:
                return 0
            if error not in (Error.OK, Error.ERR_FILE_EOF):
                raise NetworkError(f"the StreamPeer returns {Error(error).name}")
            buffer[: len(data)] = data
            return len(data) or WOULD_BLOCK
        except Exception as error:
            raise NetworkError(f"cannot receive: {_told(error)}") from None

    def write(self, buffers: Sequence[bytes | memoryview]) -> int:
        total = 0
        try:
            for buffer in buffers:
                for start in range(0, len(buffer), _PIECE):
                    piece = buffer[start : start + _PIECE]
                    error, sent = self.peer.put_partial_data(piece)
                    if error != Error.OK:
                        raise NetworkError(f"the StreamPeer returns {Error(error).name}")
                    if not 0 <= sent <= len(piece):
                        raise NetworkError(f"the StreamPeer reports {sent} bytes sent of {len(piece)} bytes")
                    total += int(sent)
                    if sent < len(piece):
                        return total
        except Exception as error:
            raise NetworkError(f"cannot send: {_told(error)}") from None
        return total

    def wait(self, *, write: bool, timeout: float) -> bool:
        """Looks every millisecond: the engine lets nobody wait for a StreamPeer in the operating system."""
        deadline = time.monotonic() + timeout
        while self.peek() is Readiness.QUIET:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.001)
            if write:  # whether it takes more can only be tried
                break
        return True

    def watch(self, watcher: Watcher, *, write: bool) -> None:
        watcher.after(0.001 if self.peek() is Readiness.QUIET else 0.0)

    def fileno(self) -> int:
        return -1

    def close(self) -> None:
        for method in ("disconnect_from_stream", "disconnect_from_host"):
            if self.peer.has_method(method):
                with contextlib.suppress(Exception):
                    getattr(self.peer, method)()
                return


def _told(error: Exception) -> str:
    return str(error) if isinstance(error, NetworkError) else f"the StreamPeer failed: {error}"


@gdclass(tool=True)
class PyHTTPConnection(StreamPeerExtension):
    """The connection of a `PyHTTPClient`, as a StreamPeer that reads and writes it directly.

    What a script takes from it, the client does not see: use it after `101 Switching Protocols` or an
    accepted CONNECT, when the connection carries something else than HTTP. It ends with the client's.
    """

    def __init__(self, client: HTTPClient | None = None) -> None:
        self._client = client
        self._number = 0 if client is None else client.connection_number

    @property
    def _stream(self) -> Stream | None:
        """The client's connection, while it is the one that this was made for."""
        return self._ours(None if self._client is None else self._client.connection())

    def _ours(self, stream: Stream | None) -> Stream | None:
        client = self._client
        return stream if client is not None and client.connection_number == self._number else None

    def _missing(self) -> Error:
        return Error.ERR_UNCONFIGURED if self._client is None else Error.ERR_CONNECTION_ERROR

    def is_over(self) -> bool:
        """Returns whether the connection is gone."""
        return self._stream is None

    def _get_partial_data(self, r_buffer: Pointer, r_bytes: int, r_received: Pointer) -> Error:
        return self._move(r_buffer, r_bytes, r_received, write=False, whole=False)

    def _get_data(self, r_buffer: Pointer, r_bytes: int, r_received: Pointer) -> Error:
        return self._move(r_buffer, r_bytes, r_received, write=False, whole=True)

    def _put_partial_data(self, p_data: Pointer, p_bytes: int, r_sent: Pointer) -> Error:
        return self._move(p_data, p_bytes, r_sent, write=True, whole=False)

    def _put_data(self, p_data: Pointer, p_bytes: int, r_sent: Pointer) -> Error:
        return self._move(p_data, p_bytes, r_sent, write=True, whole=True)

    def _get_available_bytes(self) -> int:
        if self._client is None:
            return 0
        try:
            with self._client.lent() as lent:
                stream = self._ours(lent)
                return 0 if stream is None else stream.available()
        except LocalError:  # another call of the client is under way
            return 0

    def _move(self, memory: Pointer, most: int, r_moved: Pointer, *, write: bool, whole: bool) -> Error:
        """Writes or reads the memory: all of it, or what goes at once."""
        size, error = 0, Error.OK
        if self._client is None:
            error = self._missing() if most else Error.OK
        else:
            try:
                with self._client.lent() as lent:
                    size, error = self._move_by(self._ours(lent), memory, most, write=write, whole=whole)
            except LocalError as refusal:
                error = Error(error_code(refusal))
        r_moved.write_int32(size)
        return error

    def _move_by(
        self, stream: Stream | None, memory: Pointer, most: int, *, write: bool, whole: bool
    ) -> tuple[int, Error]:
        """The same by a connection; gives how many bytes it moved, and what kept it from the others."""
        assert self._client is not None
        size, error = 0, Error.OK
        try:
            while size < most and error == Error.OK:
                if stream is None:
                    error = self._missing()
                    break
                # Released at once: beyond this call the engine has other uses for that memory.
                with memory.memory(most)[size:] as part:
                    moved = (stream.write([part]) or WOULD_BLOCK) if write else stream.read_into(part)
                if moved > 0:
                    size += moved
                elif moved == 0:
                    error = Error.ERR_FILE_EOF
                elif whole and not self._client.wait(stream, write=write):
                    closed = self._client.get_status() is Status.STATUS_DISCONNECTED
                    error = self._missing() if closed else Error.ERR_TIMEOUT
                if not whole:
                    break
        except NetworkError:
            error = Error.ERR_CONNECTION_ERROR
        return size, error
