"""Calls of each kind, very many."""

from __future__ import annotations

import weakref
from collections.abc import Callable as Function
from contextlib import suppress
from typing import Any

from godot import (
    Array,
    Callable,
    Color,
    Dictionary,
    Node,
    PackedByteArray,
    RefCounted,
    Resource,
    Signal,
    Vector2,
    export,
    gdclass,
)

from .counted import PyCounted


@gdclass
class PyBusy(RefCounted):
    """Is called, and calls the engine."""

    rung = Signal(number=int)
    level: int = export(0)

    def __init__(self) -> None:
        self._plain = 0

    def number(self, number: int = 1) -> int:
        """Gives it back."""
        return number

    @staticmethod
    def static(number: int) -> int:
        """Gives it back."""
        return number

    def function(self) -> Callable:
        """A function that gives back what it gets."""
        return lambda number: number  # type: ignore[return-value]

    @property
    def plain(self) -> int:
        """A property."""
        return self._plain

    @plain.setter
    def plain(self, value: int) -> None:
        self._plain = value

    def hear(self, other: PyBusy) -> None:
        """Listens to the other's signal."""
        other.rung.connect(self.number)

    def take(self, thing: RefCounted) -> None:
        """Takes it for the moment."""

    def give(self, instance: bool) -> RefCounted:
        """A new object."""
        return PyCounted() if instance else Resource()

    def echo(self, value: Any) -> Any:
        """Gives it back."""
        return value

    def share(self, array: Array, table: Dictionary) -> Array:
        """Changes both, which are the caller's."""
        array.append(1)
        array.pop()
        table["it"] = array
        table.clear()
        return array

    def bytes(self, value: bytes) -> PackedByteArray:
        """Gives them back."""
        return PackedByteArray(value)

    def _notification(self, what: int) -> None:
        pass

    def _to_string(self) -> str:
        return "busy"

    def run(self, what: str, times: int) -> None:
        """Does something in Python."""
        work = _WORKS[what](self)
        for _ in range(times):
            work()


def _property(busy: PyBusy) -> Function[[], Any]:
    resource = Resource()

    def work() -> None:
        resource.resource_name = "name"
        _ = resource.resource_name

    return work


def _connection(busy: PyBusy) -> Function[[], Any]:
    resource = Resource()

    def function() -> None:
        """Is connected and disconnected."""

    def work() -> None:
        resource.changed.connect(function)
        resource.changed.disconnect(function)

    return work


def _missing(busy: PyBusy) -> Function[[], Any]:
    resource: Any = Resource()
    return lambda: hasattr(resource, "not_there")


def _failing(busy: PyBusy) -> Function[[], Any]:
    resource: Any = Resource()

    def work() -> None:
        with suppress(TypeError):
            resource.get_meta_list(1, 2, 3)

    return work


def _node(busy: PyBusy) -> Function[[], Any]:
    node = Node()
    weakref.finalize(busy, node.free)

    def work() -> None:
        node.get_child_count()

    return work


_WORKS: dict[str, Function[[PyBusy], Function[[], Any]]] = {
    "a method": _node,
    "a property": _property,
    "a value's method": lambda busy: lambda: Vector2(1, 2).rotated(1.0),
    "an object": lambda busy: Resource,
    "an instance": lambda busy: PyCounted,
    "a signal to GDScript": lambda busy: lambda: busy.rung.emit(1),
    "a connection": _connection,
    "a Callable": lambda busy: lambda: Callable(busy, "number").call(1),
    "a static method": lambda busy: lambda: Color.html("ff0000"),
    "an Array": lambda busy: lambda: Array([busy, 1, "text"]).append(2),
    "a Dictionary": lambda busy: lambda: Dictionary({"it": busy}).get("it"),
    "a constant": lambda busy: lambda: Node.PROCESS_MODE_ALWAYS,
    "a name that is not there": _missing,
    "a call that fails": _failing,
    "a weak reference": lambda busy: lambda: weakref.ref(Resource())() is None,
}
"""By name: what makes the function that is run very many times."""
