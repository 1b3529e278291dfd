"""Calls within calls."""

from __future__ import annotations

import gc
from typing import Any, ClassVar

from godot import Callable, Node, RefCounted, Signal, export, gdclass

from .counted import PyCounted


@gdclass
class PyLoop(Node):
    """Calls itself through the engine, and ends itself in the middle."""

    changed = Signal(value=int)

    exported: int = export(0, setter="put_exported")

    def __init__(self) -> None:
        self._level = 0
        self._exported = 0
        self._notified = 0

    def down(self, function: Callable, depth: int) -> int:
        """Calls the function, which calls this again; the depth that was reached."""
        return 1 + int(function.call(depth - 1)) if depth else 0

    def fail_below(self, function: Callable, depth: int) -> int:
        """The same, but the last one raises; what a call raises is raised by its caller."""
        if not depth:
            raise ValueError("at the bottom")
        return int(function.call(depth - 1))

    def end(self) -> str:
        """Frees its own object."""
        self.free()
        return "ended"

    def end_by(self, function: Callable) -> str:
        """Lets another free its own object."""
        function.call()
        gc.collect()
        return "ended"

    @property
    def level(self) -> int:
        """Sets itself, by the engine, for ever."""
        return self._level

    @level.setter
    def level(self, value: int) -> None:
        self.set("level", value + 1)

    @property
    def nudged(self) -> int:
        """Sets itself until it is ten, by whoever listens."""
        return self._level

    @nudged.setter
    def nudged(self, value: int) -> None:
        self._level = value
        if value < 10:
            self.changed.emit(value)

    def put_exported(self, value: int) -> None:
        """Sets the exported property again, by its own name."""
        if value < 100:
            self.exported = value + 1
        else:
            self._exported = value

    def reached(self) -> int:
        """The last value of the exported property."""
        return self._exported

    def _notification(self, what: int) -> None:
        if 1000 < what <= 1100:
            self._notified += 1
            self.notification(what - 1)

    def notified(self) -> int:
        """How many notifications came."""
        return self._notified


@gdclass
class PyPhoenix(RefCounted):
    """Is kept again by its own `__del__`."""

    saved: ClassVar[list[Any]] = []

    def __del__(self) -> None:
        self.saved.append(self)

    @staticmethod
    def count() -> int:
        """How many were saved."""
        gc.collect()
        return len(PyPhoenix.saved)

    @staticmethod
    def use() -> str:
        """What is left of the last one that was saved."""
        try:
            return str(PyPhoenix.saved[-1].get_class())
        except ReferenceError as error:
            return str(error)

    @staticmethod
    def forget() -> None:
        """Lets them go."""
        PyPhoenix.saved.clear()


@gdclass
class PyHolder(RefCounted):
    """Is the last to have what calls it."""

    def __init__(self) -> None:
        self._held: list[Any] = []

    def hold(self, thing: Any) -> None:
        """Keeps it."""
        self._held.append(thing)

    def call_and_drop(self) -> int:
        """Calls a method of what it has, which lets it go."""
        return int(self._held[0].drop_me(self))

    def clear(self) -> None:
        """Lets all go."""
        self._held.clear()


@gdclass
class PyDropsItself(PyCounted):
    """Lets its last reference go in the middle of a method."""

    def __init__(self) -> None:
        super().__init__()
        self._number = 7

    def drop_me(self, holder: PyHolder) -> int:
        """Still works when nobody has it any more."""
        holder.clear()
        gc.collect()
        return self._number
