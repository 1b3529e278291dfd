"""Records of TLS (RFC 8446 section 5.1): what has come, handed on a few at a time.

OpenSSL works through all that it has until it finds data, and what is not data is dear: a KeyUpdate has 27
bytes, and costs as much as to decrypt tens of thousands. What a record holds shows only when it is decrypted.
So OpenSSL gets them one by one, small ones a few together, and who reads counts those that brought nothing.
"""

from typing import Final

_HEADER: Final = 5
_LARGEST: Final = _HEADER + 16384 + 2048
"""Bytes of a record of TLS 1.2; those of TLS 1.3 are smaller."""
_TOGETHER: Final = 512
"""Bytes of small records that are handed on together, and"""
_MOST: Final = 8
"""how many."""


class Records:
    """Bytes that have come, in order.

    Args:
        data: the first of them.
    """

    __slots__ = ("_at", "_data", "ended")

    def __init__(self, data: bytes | bytearray) -> None:
        self._data = data
        self._at = 0  # where in it begins what was not handed on
        self.ended = False
        """No more will come. Set it, and what is cut short is handed on as it is."""

    def add(self, data: bytes | bytearray) -> None:
        """Takes what has come."""
        self._data = self._data[self._at :] + data if self._data else data
        self._at = 0

    def take(self) -> tuple[bytes | bytearray | memoryview, int]:
        """Hands the next records on, and tells how many they are; nothing and 0: none is complete."""
        data, start, whole = self._data, self._at, len(self._data)
        end, count = start, 0
        while count < _MOST and whole - end >= _HEADER:
            size = _HEADER + (data[end + 3] << 8 | data[end + 4])
            if size > _LARGEST:  # OpenSSL refuses it by its header
                size = whole - end
            if end + size > whole or (count and end + size - start > _TOGETHER):
                break
            end += size
            count += 1
        if not count:
            if not (self.ended and data):
                return b"", 0
            end, count = whole, 1
        if end == whole:
            self._data, self._at = b"", 0
        else:
            self._at = end
        return data if end - start == whole else memoryview(data)[start:end], count
