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

    __slots__ = ("_data", "ended")

    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)
        self.ended = False
        """No more will come. Set it, and what is cut short is handed on as it is."""

    def add(self, data: memoryview) -> None:
        """Takes what has come, of which it makes a copy."""
        self._data = memoryview(b"".join((self._data, data)))

    def take(self) -> tuple[memoryview, int]:
        """Hands the next records on, and tells how many they are; nothing and 0: none is complete."""
        data, end, count = self._data, 0, 0
        while count < _MOST and len(data) - end >= _HEADER:
            size = _HEADER + (data[end + 3] << 8 | data[end + 4])
            if size > _LARGEST:  # OpenSSL refuses it by its header
                size = len(data) - end
            if end + size > len(data) or (count and end + size > _TOGETHER):
                break
            end += size
            count += 1
        if self.ended and data and not count:
            end, count = len(data), 1
        self._data = data[end:] if end < len(data) else memoryview(b"")
        return data[:end], count
