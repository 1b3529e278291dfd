from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, MutableSequence
from typing import Any, Self, SupportsIndex, overload

from typing_extensions import TypeVar

from _pythonscript.variant import Type

_T = TypeVar("_T", default=Any)
_K = TypeVar("_K", default=Any)
_V = TypeVar("_V", default=Any)
_S = TypeVar("_S")

def load(resolver: Callable[[Any], Type]) -> None: ...

class Container:
    """The engine's Array or Dictionary."""

    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, memo: object) -> Self: ...
    def clear(self) -> None:
        """Removes all items."""

    def copy(self) -> Self:
        """A new container with the same items (`duplicate` in the class reference)."""

class Array(Container, MutableSequence[_T]):
    """The engine's Array (class reference: Array), shared with whoever else has it.

    `Array[int]` is the annotation of a typed one, and makes one: `Array[int]([1, 2])`.

    Args:
        items: an iterable of what it holds at first, copied.

    Raises:
        TypeError: an item has no counterpart in the engine, or is not of the array's type.
    """

    def __init__(self, items: Iterable[_T] = (), /) -> None: ...
    @overload
    def __getitem__(self, index: SupportsIndex, /) -> _T: ...
    @overload
    def __getitem__(self, index: slice, /) -> Self: ...
    @overload
    def __setitem__(self, index: SupportsIndex, value: _T, /) -> None: ...
    @overload
    def __setitem__(self, index: slice, value: Iterable[_T], /) -> None: ...
    def __delitem__(self, index: SupportsIndex | slice, /) -> None: ...
    def __iter__(self) -> Iterator[_T]: ...
    def __add__(self, other: Array[_T] | list[_T], /) -> Self: ...
    def __radd__(self, other: list[_T], /) -> Self: ...
    def __iadd__(self, other: Iterable[_T], /) -> Self: ...
    def __lt__(self, other: Array[Any], /) -> bool: ...
    def __le__(self, other: Array[Any], /) -> bool: ...
    def __gt__(self, other: Array[Any], /) -> bool: ...
    def __ge__(self, other: Array[Any], /) -> bool: ...
    def insert(self, index: SupportsIndex, value: _T, /) -> None:
        """Adds an item before the one at `index`."""

    def sort(self, *, key: Callable[[_T], Any] | None = None, reverse: bool = False) -> None:
        """Sorts as list.sort does: by Python's comparison, and stably."""

    def push_back(self, value: _T, /) -> None:
        """`append`, as the engine calls it."""

    def push_front(self, value: _T, /) -> None:
        """Adds an item at the begin."""

    def append_array(self, items: Iterable[_T], /) -> None:
        """`extend`, as the engine calls it."""

    def assign(self, items: Iterable[_T], /) -> None:
        """Makes copies of these all its items."""

    def fill(self, value: _T, /) -> None:
        """Makes all items this value."""

    def set(self, index: SupportsIndex, value: _T, /) -> None:
        """`array[index] = value`, as the engine calls it."""

    def remove_at(self, index: SupportsIndex, /) -> None:
        """`del array[index]`, as the engine calls it."""

    def resize(self, size: int, /) -> int:
        """Throws away the last items, or adds some of the default value; returns the engine's Error."""

    def erase(self, value: object, /) -> None:
        """Removes the first item that is equal to a value, if there is one."""

class Dictionary(Container, MutableMapping[_K, _V]):
    """The engine's Dictionary (class reference: Dictionary), shared with whoever else has it.

    `Dictionary[str, int]` is the annotation of a typed one, and makes one. An engine older than 4.4 has no
    typed ones: it is untyped there.

    Args:
        items: a mapping, or an iterable of pairs; what it holds at first, copied.

    Raises:
        TypeError: a key or value has no counterpart in the engine, or is not of the dictionary's type.
    """

    @overload
    def __init__(self: Dictionary[str, _S], /, **named: _S) -> None: ...
    @overload
    def __init__(self, items: Mapping[_K, _V] | Iterable[tuple[_K, _V]] = (), /) -> None: ...
    def __getitem__(self, key: _K, /) -> _V: ...
    def __setitem__(self, key: _K, value: _V, /) -> None: ...
    def __delitem__(self, key: _K, /) -> None: ...
    def __iter__(self) -> Iterator[_K]: ...
    def has(self, key: object, /) -> bool:
        """`key in dictionary`, as the engine calls it."""

    def set(self, key: _K, value: _V, /) -> bool:
        """`dictionary[key] = value`, as the engine calls it."""

    def get_or_add(self, key: _K, default: _V = ..., /) -> _V:
        """`setdefault`, as the engine calls it."""

    def erase(self, key: object, /) -> bool:
        """Removes a key; returns whether it was there."""

    def merge(self, items: Mapping[_K, _V], overwrite: bool = False, /) -> None:
        """Adds the items of another one; those that are there already stay, unless `overwrite` says so."""

    def assign(self, items: Mapping[_K, _V], /) -> None:
        """Makes copies of these all its items."""
