from collections.abc import Iterable, Iterator
from typing import Self, SupportsIndex, overload

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
    def __getitem__(self, index: SupportsIndex, /) -> int: ...
    @overload
    def __getitem__(self, index: slice, /) -> Self: ...
    @overload
    def __setitem__(self, index: SupportsIndex, value: int, /) -> None: ...
    @overload
    def __setitem__(self, index: slice, value: Buffer | Iterable[int], /) -> None: ...
    def __delitem__(self, index: SupportsIndex | slice, /) -> None: ...
    def __iter__(self) -> Iterator[int]: ...
    def __contains__(self, value: object, /) -> bool: ...
    def __add__(self, other: bytes | bytearray | memoryview | PackedByteArray, /) -> Self: ...
    def __iadd__(self, other: Buffer | Iterable[int], /) -> Self: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, memo: object) -> Self: ...
    def append(self, byte: int, /) -> None:
        """Adds a byte at the end.

        Raises:
            ValueError: it is not in range(0, 256).
            BufferError: a memoryview of the array is still in use; so with all that changes the size.
        """

    def extend(self, items: Buffer | Iterable[int], /) -> None:
        """Adds bytes at the end: bytes-like data, or an iterable of ints."""

    def insert(self, index: SupportsIndex, byte: int, /) -> None:
        """Adds a byte before the one at `index`."""

    def pop(self, index: SupportsIndex = -1, /) -> int:
        """Removes a byte, the last one if nothing is said, and returns it.

        Raises:
            IndexError: there is none.
        """

    def remove(self, byte: int, /) -> None:
        """Removes the first byte of this value.

        Raises:
            ValueError: there is none.
        """

    def clear(self) -> None:
        """Removes all bytes."""

    def reverse(self) -> None:
        """Turns the order round."""

    def index(self, value: int | Buffer, *limits: int) -> int:
        """Where a byte, or a sequence of bytes, is first, as bytes.index says.

        Raises:
            ValueError: it is not there.
        """

    def count(self, value: int | Buffer, *limits: int) -> int:
        """How often a byte, or a sequence of bytes, is there, as bytes.count says."""

    def push_back(self, byte: int, /) -> None:
        """`append`, as the engine calls it."""

    def append_array(self, items: Buffer | Iterable[int], /) -> None:
        """`extend`, as the engine calls it."""

    def duplicate(self) -> Self:
        """Another one of the same bytes."""

    def __eq__(self, other: object, /) -> bool: ...
    def __buffer__(self, flags: int, /) -> memoryview: ...
