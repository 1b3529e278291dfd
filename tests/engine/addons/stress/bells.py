"""Signals of Python's, and what is connected to signals."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

from godot import Node, RefCounted, Signal, gdclass


@gdclass
class PyBell(Node):
    """Has signals."""

    rung = Signal(number=int)
    passed = Signal(what=Any)

    def ring(self, times: int) -> None:
        """Emits in Python."""
        for number in range(times):
            self.rung.emit(number)

    def ring_in_threads(self, threads: int, times: int) -> None:
        """Emits in Python threads."""
        ringing = [threading.Thread(target=self.ring, args=(times,)) for _ in range(threads)]
        for thread in ringing:
            thread.start()
        for thread in ringing:
            thread.join()


@gdclass
class PyEar(Node):
    """Hears."""

    def __init__(self) -> None:
        self._heard: list[Any] = []
        self._others: list[Any] = []
        self._threads: set[str] = set()
        self._functions: list[Any] = []

    def hear(self, *what: Any) -> None:
        """Remembers."""
        self._heard.append(what[0] if what else None)
        self._threads.add(threading.current_thread().name)

    def heard(self) -> list:  # type: ignore[type-arg]
        """All that was heard, which is forgotten."""
        heard, self._heard = self._heard, []
        return heard

    def in_main_thread(self) -> bool:
        """Whether all was heard there."""
        threads, self._threads = self._threads, set()
        return threads == {threading.main_thread().name}

    def listen(self, bell: PyBell, flags: int) -> None:
        """Connects a method, in Python."""
        bell.rung.connect(self.hear, flags)

    def listen_by_function(self, bell: PyBell) -> None:
        """Connects a function that nobody else has."""
        heard = self._heard

        def function(number: int) -> None:
            heard.append(number)

        self._functions.append(weakref.ref(function))
        bell.rung.connect(function)

    def functions_alive(self) -> int:
        """How many of those functions there are."""
        gc.collect()
        return sum(function() is not None for function in self._functions)

    def listen_once(self, bell: PyBell) -> None:
        """Connects functions of which the first disconnects all, itself too, while the signal is emitted."""
        functions: list[Any] = []

        def first(number: int) -> None:
            for function in functions:
                bell.rung.disconnect(function)
            functions.clear()
            self._heard.append("first")

        def second(number: int) -> None:
            self._heard.append("second")

        functions.extend((first, second))
        for function in functions:
            bell.rung.connect(function)

    def listen_more(self, bell: PyBell) -> None:
        """Connects a function that connects another while the signal is emitted."""

        def late(number: int) -> None:
            self._heard.append("late")

        def early(number: int) -> None:
            self._heard.append("early")
            bell.rung.disconnect(early)
            bell.rung.connect(late, Node.CONNECT_ONE_SHOT)

        bell.rung.connect(early)

    def free_sender(self, bell: PyBell) -> None:
        """Connects a function that ends the sender."""
        bell.rung.connect(lambda number: bell.queue_free())
        bell.rung.connect(self.hear)

    def ring_again(self, bell: PyBell) -> None:
        """Connects a function that emits the signal once more, down to zero."""

        def again(number: int) -> None:
            self.hear(number)
            if number:
                bell.rung.emit(number - 1)

        bell.rung.connect(again)


@gdclass
class PyPasser(RefCounted):
    """Connects its method to its own signal."""

    passed = Signal(what=Any)

    def __init__(self) -> None:
        self._seen = 0

    def loop(self) -> int:
        """Connects, emits and disconnects."""
        self.passed.connect(self.see)
        self.passed.emit(self)
        self.passed.disconnect(self.see)
        return self._seen

    def see(self, what: RefCounted) -> None:
        """Counts."""
        self._seen += what is self
