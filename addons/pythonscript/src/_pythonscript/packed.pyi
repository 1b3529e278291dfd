from typing import Self, overload

from typing_extensions import Buffer

def load() -> None: ...

class PackedByteArray:
    """A mutable array of bytes in the engine's memory (class reference: PackedByteArray).

    Python's view of it is the buffer protocol (`memoryview(array)`, `socket.recv_into(array)`); the engine
    takes it as it is, without a copy. Written to after it was handed over, it parts from the engine's copy
    first.

    Args:
        source: the size in bytes of an array to be filled, or bytes-like data to be copied.

    Raises:
        ValueError: a negative size.
        TypeError: `source` is neither.
    """

    __hash__ = None  # type: ignore[assignment]

    def __new__(cls, source: int | Buffer = 0) -> Self: ...
    def resize(self, size: int) -> None:
        """Keeps the first `size` bytes, or adds bytes of no certain value (class reference: resize).

        Raises:
            BufferError: a memoryview of the array is still in use.
        """

    def __len__(self) -> int: ...
    def __bytes__(self) -> bytes: ...
    @overload
    def __getitem__(self, index: int, /) -> int: ...
    @overload
    def __getitem__(self, index: slice, /) -> bytes: ...
    def __eq__(self, other: object, /) -> bool: ...
    def __buffer__(self, flags: int, /) -> memoryview: ...
