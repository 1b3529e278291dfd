"""Classes whose members are the engine's own containers, and the cases that are written in Python."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from godot import Array, Dictionary, Node, PackedByteArray, RefCounted, Signal, export, gdclass

from .cases import PySharedCases

__all__ = ["PyItem", "PySharedCases", "PyShelf"]


@gdclass
class PyItem(RefCounted):
    """Is kept in a typed array."""


@gdclass
class PyShelf(RefCounted):
    """Shares its containers with scripts."""

    class Mood(IntEnum):
        """How it feels."""

        CALM = 0
        ANGRY = 1

    filled = Signal(numbers=Array[int], names=Dictionary[str, int])

    numbers: Array[int] = export([1, 2])
    anything: Array = export()
    names: Dictionary[str, int] = export({"a": 1})
    table: Dictionary = export()
    nodes: Array[Node] = export()
    items: Array[PyItem] = export()
    moods: Array[Mood] = export([Mood.ANGRY])
    maybe: Array[int] | None = export()
    data: PackedByteArray = export(b"ab")
    plain: list[int] = export([1])

    def append_number(self, number: int) -> None:
        """Adds to its own array."""
        self.numbers.append(number)

    def append_to(self, array: Array, value: Any) -> int:
        """Adds to an array of the caller's."""
        array.append(value)
        return len(array)

    def append_number_to(self, array: Array[int], number: int) -> int:
        """Adds to a typed array of the caller's."""
        array.append(number)
        return len(array)

    def put(self, dictionary: Dictionary, key: Any, value: Any) -> None:
        """Sets an item of the caller's."""
        dictionary[key] = value

    def put_name(self, dictionary: Dictionary[str, int], key: str, value: int) -> None:
        """Sets an item of a typed one of the caller's."""
        dictionary[key] = value

    def append_to_first(self, array: Array, value: Any) -> None:
        """Adds to an array inside an array."""
        array[0].append(value)

    def append_to_any(self, value: Array[Any] | int) -> str:
        """Adds to what may be an array."""
        if isinstance(value, Array):
            value.append("from Python")
        return type(value).__name__

    def give_numbers(self) -> Array[int]:
        """Its own array."""
        return self.numbers

    def give_names(self) -> Dictionary[str, int]:
        """Its own dictionary."""
        return self.names

    def give(self, expression: str) -> Array[int]:
        """What an expression makes, as a typed array."""
        return eval(expression)  # type: ignore[no-any-return]

    def give_dictionary(self, expression: str) -> Dictionary[str, int]:
        """The same, as a typed dictionary."""
        return eval(expression)  # type: ignore[no-any-return]

    def append_byte(self, byte: int) -> None:
        """Adds to its own bytes."""
        self.data.append(byte)

    def kind_of_mood(self) -> str:
        """How an item of an array of an enum comes."""
        return repr(self.moods[0])

    def set_numbers_to(self, numbers: list[int]) -> None:
        """Takes a list, which is copied."""
        self.numbers = numbers  # type: ignore[assignment]
        numbers.append(-1)

    def type_of(self, value: Array | Dictionary) -> str:
        """How a container comes."""
        return type(value).__name__

    def fill(self) -> None:
        """Emits the signal."""
        self.filled.emit(self.numbers, self.names)
