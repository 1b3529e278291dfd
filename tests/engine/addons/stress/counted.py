"""Objects that are counted, and what takes them."""

from __future__ import annotations

import gc
from typing import Any

from godot import Callable, Node, Object, RefCounted, Signal, gdclass


@gdclass
class PyCounted(RefCounted):
    """Is counted, and small."""

    made = 0
    gone = 0

    def __init__(self) -> None:
        PyCounted.made += 1

    def __del__(self) -> None:
        PyCounted.gone += 1

    @staticmethod
    def alive() -> int:
        """How many there are."""
        gc.collect()
        return PyCounted.made - PyCounted.gone

    def itself(self) -> RefCounted:
        """Hands out `self`."""
        return self


@gdclass
class PySource(RefCounted):
    """Has signals."""

    three = Signal(first=Object, second=Object, third=Object)


@gdclass
class PyTaker(RefCounted):
    """Takes objects, in all the ways in which the engine hands them over."""

    def any(self, first: Any, second: Any, third: Any) -> None:
        """Takes three Variants."""

    def objects(self, first: RefCounted, second: RefCounted, third: RefCounted) -> None:
        """Takes three objects."""

    def items(self, items: list) -> None:  # type: ignore[type-arg]
        """Takes them in an Array."""

    def dictionary(self, items: dict) -> None:  # type: ignore[type-arg]
        """Takes them in a Dictionary."""

    def rest(self, *arguments: Any) -> None:
        """Takes any number."""

    def function(self) -> Callable:
        """Returns a Python function that takes any number."""
        return _take  # type: ignore[return-value]

    def node(self, node: Node) -> str:
        """Tells what came for a Node."""
        return repr(node)

    def object(self, thing: Object) -> str:
        """Tells what came for an Object."""
        return repr(thing)

    def anything(self, value: Any) -> str:
        """Tells what came."""
        return repr(value)

    def array(self, values: list) -> str:  # type: ignore[type-arg]
        """Tells what came in an Array."""
        return repr(values)


def _take(*arguments: Any) -> None:
    """Takes any number."""
