"""Classes whose `__new__` does not make what it should."""

from __future__ import annotations

from typing import Any

from godot import Node, RefCounted, gdclass

from .counted import PyCounted


@gdclass
class PyNewInt(RefCounted):
    """Makes an int."""

    def __new__(cls) -> Any:
        return 5


@gdclass
class PyNewNone(RefCounted):
    """Makes nothing."""

    def __new__(cls) -> Any:
        return None


@gdclass
class PyNewOther(RefCounted):
    """Makes an object of another class."""

    def __new__(cls) -> Any:
        return PyCounted()


@gdclass
class PyNewProxy(RefCounted):
    """Makes an object of the engine's."""

    def __new__(cls) -> Any:
        return RefCounted()


@gdclass
class PyNewRaises(RefCounted):
    """Raises."""

    def __new__(cls) -> Any:
        raise ValueError("no new")


@gdclass
class PySingle(RefCounted):
    """Is made once, by the idiom that Python has for it."""

    _instance: PySingle | None = None

    def __new__(cls) -> PySingle:
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def number(self) -> int:
        """Works."""
        return 1


@gdclass
class PySingleNode(Node):
    """The same of a Node."""

    _instance: PySingleNode | None = None

    def __new__(cls) -> PySingleNode:
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def number(self) -> int:
        """Works."""
        return 1
