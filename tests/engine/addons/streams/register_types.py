"""`PyMadeStream`: a StreamPeerExtension with no network behind it."""

from __future__ import annotations

from godot import Error, PackedByteArray, Pointer, StreamPeerExtension, gdclass


@gdclass
class PyMadeStream(StreamPeerExtension):
    """Answers a request with what `prepare` got."""

    def __init__(self) -> None:
        self._got = bytearray()
        self._answer = b""
        self._piece = 1
        self._then = Error.OK

    def prepare(self, answer: PackedByteArray, piece: int, then: int) -> None:
        """Sets the answer, the most bytes that one call takes or gives, and the error behind the answer."""
        self._answer, self._piece, self._then = bytes(answer), piece, Error(then)

    def take(self) -> PackedByteArray:
        """Hands out what was put into it."""
        got, self._got = self._got, bytearray()
        return PackedByteArray(got)

    def _get_available_bytes(self) -> int:
        return len(self._answer) if b"\r\n\r\n" in self._got else 0

    def _get_partial_data(self, r_buffer: Pointer, r_bytes: int, r_received: Pointer) -> Error:
        size = min(r_bytes, self._piece, self._get_available_bytes())
        r_buffer.memory(size)[:] = self._answer[:size]
        self._answer = self._answer[size:]
        r_received.write_int32(size)
        return Error.OK if size else self._then

    def _put_partial_data(self, p_data: Pointer, p_bytes: int, r_sent: Pointer) -> Error:
        size = min(p_bytes, self._piece)
        self._got += p_data.memory(size)
        r_sent.write_int32(size)
        return Error.OK
