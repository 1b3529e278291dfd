"""Python's own threads, beside those of the engine."""

from __future__ import annotations

import threading
from typing import Any

from godot import Callable, Node, Object, RefCounted, Resource, gdclass

from .counted import PyCounted


@gdclass
class PyNumbered(PyCounted):
    """Has the number that it was made with."""

    def __init__(self, number: int = -1) -> None:
        super().__init__()
        self._number = number

    def number(self) -> int:
        """That number."""
        return self._number


@gdclass
class PyWorkers(RefCounted):
    """Starts Python threads, and takes calls from threads of all kinds."""

    def __init__(self) -> None:
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._sum = 0
        self._kept: list[Any] = []

    def start(self, count: int, job: Callable) -> None:
        """Starts threads; each calls the engine's job once, with its number."""
        for number in range(count):
            self._threads.append(threading.Thread(target=job, args=(number,)))
            self._threads[-1].start()

    def join(self) -> bool:
        """Waits for all that were started; tells whether they have ended."""
        for thread in self._threads:
            thread.join(60)
        alive = any(thread.is_alive() for thread in self._threads)
        self._threads.clear()
        return not alive

    def add(self, number: int) -> int:
        """Adds to the sum, whoever else does, with an engine call between."""
        resource = Resource()
        resource.resource_name = str(number)
        with self._lock:
            self._sum += int(resource.resource_name)
            return self._sum

    def add_by(self, function: Callable, number: int) -> int:
        """Calls back, and adds what comes of it."""
        return self.add(function.call(number))

    def sum(self) -> int:
        """What was added."""
        return self._sum

    def make(self, node: bool) -> Any:
        """A new object."""
        return Node() if node else PyCounted()

    def look(self, thing: Object) -> int:
        """Asks it for something."""
        return int(thing.get_instance_id())

    def mixed_up(self, times: int) -> int:
        """How many new objects got another's argument."""
        return sum(PyNumbered(number).number() != number for number in range(times))

    def swap(self, thing: Any) -> Any:
        """Keeps it, and gives back what came first once there are ten."""
        with self._lock:
            self._kept.append(thing)
            return self._kept.pop(0) if len(self._kept) > 10 else None

    def take_all(self) -> list:  # type: ignore[type-arg]
        """All that are kept, which are not from now on."""
        with self._lock:
            kept, self._kept = self._kept, []
        return kept
