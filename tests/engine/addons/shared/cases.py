"""Runs the cases that are written in Python."""

from __future__ import annotations

import traceback

from godot import (
    Array,
    PackedByteArray,
    PackedColorArray,
    PackedFloat32Array,
    PackedInt32Array,
    PackedVector2Array,
    PackedVector3Array,
    PackedVector4Array,
    RefCounted,
    gdclass,
)

from . import buffers, containers, packed
from .buffers import DECLARED
from .checks import ANNOUNCED, CASES

__all__ = ["PySharedCases", "buffers", "containers", "packed"]


@gdclass
class PySharedCases(RefCounted):
    """Runs the cases."""

    @staticmethod
    def names() -> list[str]:
        """All of them."""
        return list(CASES)

    @staticmethod
    def announced(name: str) -> list[str]:
        """The errors of the engine's that a case leads to."""
        return ANNOUNCED[name]

    @staticmethod
    def show(value: Array) -> str:
        """An Array as Python writes it."""
        return repr(value)

    @staticmethod
    def show_list(value: list) -> str:  # type: ignore[type-arg]
        """The same of a list."""
        return repr(value)

    @staticmethod
    def run(name: str) -> str:
        """Runs one; returns what is wrong."""
        try:
            CASES[name]()
        except Exception:
            return traceback.format_exc(limit=-2)
        return ""

    @staticmethod
    def floats(kind: str) -> PackedFloat32Array:
        """A buffer as a declared array of floats."""
        return DECLARED[kind]()  # type: ignore[no-any-return]

    @staticmethod
    def ints(kind: str) -> PackedInt32Array:
        """The same of ints."""
        return DECLARED[kind]()  # type: ignore[no-any-return]

    @staticmethod
    def bytes(kind: str) -> PackedByteArray:
        """The same of bytes."""
        return DECLARED[kind]()  # type: ignore[no-any-return]

    @staticmethod
    def vectors2(kind: str) -> PackedVector2Array:
        """The same of vectors."""
        return DECLARED[kind]()  # type: ignore[no-any-return]

    @staticmethod
    def vectors3(kind: str) -> PackedVector3Array:
        """The same of vectors."""
        return DECLARED[kind]()  # type: ignore[no-any-return]

    @staticmethod
    def vectors4(kind: str) -> PackedVector4Array:
        """The same of vectors."""
        return DECLARED[kind]()  # type: ignore[no-any-return]

    @staticmethod
    def colors(kind: str) -> PackedColorArray:
        """The same of colours."""
        return DECLARED[kind]()  # type: ignore[no-any-return]

    @staticmethod
    def number(kind: str) -> int:
        """The same of a number."""
        return DECLARED[kind]()  # type: ignore[no-any-return]

    @staticmethod
    def real(kind: str) -> float:
        """The same of a float."""
        return DECLARED[kind]()  # type: ignore[no-any-return]

    @staticmethod
    def flag(kind: str) -> bool:
        """The same of a bool."""
        return DECLARED[kind]()  # type: ignore[no-any-return]

    @staticmethod
    def array(kind: str) -> Array:
        """The same of an Array."""
        return DECLARED[kind]()  # type: ignore[no-any-return]
