"""Lets go of engine objects while another thread wants the GIL."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable as Function
from contextlib import suppress
from typing import Any

from godot import Array, Callable, Dictionary, RefCounted, gdclass

from .counted import PyCounted


@gdclass
class PyDropper(RefCounted):
    """Lets go of objects whose end waits for a lock; another thread has the lock, and calls Python."""

    def __init__(self) -> None:
        self._kept: list[Any] = []
        self._arrived = threading.Event()
        self._dropping = False

    def keep(self, thing: Any) -> None:
        """Keeps it."""
        self._kept.append(thing)

    def forget(self, *_: Any) -> None:
        """Lets all go, whatever it is called with."""
        self._kept.clear()

    def look(self, thing: RefCounted) -> None:
        """Has it for a moment."""

    def keep_all(self, things: list) -> None:  # type: ignore[type-arg]
        """Keeps them."""
        self._kept.extend(things)

    def pop(self) -> PyCounted:
        """The last one that is kept, which is not from now on; null if there is none."""
        return self._kept.pop() if self._kept else None  # type: ignore[return-value]

    def pop_all(self) -> None:
        """Lets go of one after the other."""
        while self._kept:
            self._kept.pop()

    def arrive(self) -> None:
        """The other thread has the lock."""
        self._dropping = False
        self._arrived.set()

    def begin(self) -> None:
        """From now on the other thread may give the lock back."""
        self._dropping = True

    def is_dropping(self) -> bool:
        """Whether it may; the other thread asks, which takes the GIL."""
        return self._dropping

    def wait(self) -> None:
        """Until the other thread has the lock."""
        self._arrived.wait()
        self._arrived.clear()

    def drop(self, how: str, maker: Callable) -> None:
        """Makes an object, and lets go of it in the way that `how` names."""
        if how == "a result that cannot come":
            with suppress(RecursionError):
                maker.call()
        elif how == "an argument":
            self.keep(maker.call())
            forget = Callable(self.forget)
            self.begin()
            forget.call(self._kept)
        else:
            holder = [_HOLDERS[how](maker.call())]
            self.begin()
            holder.clear()
            gc.collect()


def _attribute(thing: Any) -> Any:
    counted = PyCounted()
    vars(counted)["it"] = thing
    return counted


def _meta(thing: Any) -> Any:
    counted = PyCounted()
    counted.set_meta("it", thing)
    return counted


def _cycle(thing: Any) -> Any:
    cycle = [thing]
    cycle.append(cycle)
    return cycle


_HOLDERS: dict[str, Function[[Any], Any]] = {
    "a proxy": lambda thing: thing,
    "a Callable": lambda thing: Callable(thing, "get_reference_count").bind(thing),
    "an attribute": _attribute,
    "metadata": _meta,
    "a cycle": _cycle,
    "an Array": lambda thing: Array([thing]),
    "a Dictionary": lambda thing: Dictionary({"it": thing}),
}
"""What has the object, by name."""
