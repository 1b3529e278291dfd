"""Receive buffers, shared: a client holds one while a header block comes in, an idle one holds none."""

from typing import Final

BUFFER_SIZE: Final = 65536
"""Bytes. As many as a read of the default `read_chunk_size` gives; few enough for a processor's cache."""

_KEPT: Final = 32
"""Buffers that are kept for the next request; more are in use only while more answers are under way."""

_free: Final[list[bytearray]] = []  # appending and popping are atomic: clients may live in any thread


def take() -> bytearray:
    """Hands out a buffer; what it holds is leftovers."""
    try:
        return _free.pop()
    except IndexError:
        return bytearray(BUFFER_SIZE)


def give_back(buffer: bytearray) -> None:
    """Takes a buffer back that nobody looks at any more."""
    if len(buffer) == BUFFER_SIZE and len(_free) < _KEPT:
        _free.append(buffer)
