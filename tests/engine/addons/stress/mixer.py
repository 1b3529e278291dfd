"""Objects of all kinds go from hand to hand, at random."""

from __future__ import annotations

import random
import threading
import time
import weakref
from typing import Any

from godot import Callable, Object, RefCounted, Resource, Signal, gdclass, is_instance_valid

from .counted import PyCounted


@gdclass
class PyMixed(PyCounted):
    """Is counted, has others, and hears of them."""

    rung = Signal(what=Object)

    def __init__(self) -> None:
        super().__init__()
        self.other: Any = None
        self._heard = 0

    def hear(self, what: Object) -> None:
        """A handler of signals."""
        self._heard += 1

    def give(self, thing: Any) -> Any:
        """Gives it back."""
        return thing

    def attach(self, thing: Any) -> None:
        """Keeps it instead of what it had; what would refer to itself is not kept."""
        self.other = thing if thing is not self and isinstance(thing, Resource) else None

    def wrap(self, thing: Any) -> list:  # type: ignore[type-arg]
        """Gives it back in containers."""
        return [thing, {"it": thing}]


@gdclass
class PyMixer(RefCounted):
    """Python's threads, which do what GDScript's do, and have what it can take from.

    GDScript hands and takes by `exchange`, Python by the Callable that `start` is given.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shelf: list[Any] = []
        self._threads: list[threading.Thread] = []
        self._steps = 0
        self._failures: list[str] = []

    def exchange(self, thing: Any, at: int) -> Any:
        """Puts it on Python's shelf, for what is there already."""
        with self._lock:
            if len(self._shelf) < 32:
                self._shelf.append(thing)
                return None
            at %= len(self._shelf)
            found, self._shelf[at] = self._shelf[at], thing
            return found

    def start(self, threads: int, seed: int, seconds: float, exchange: Callable) -> None:
        """Starts Python threads; each takes random steps for a time."""
        for number in range(threads):
            chance = random.Random(seed * 1000 + number)
            thread = threading.Thread(target=self._run, args=(chance, seconds, exchange))
            self._threads.append(thread)
            thread.start()

    def join(self) -> bool:
        """Waits for the threads; tells whether they have ended."""
        for thread in self._threads:
            thread.join(60)
        return not any(thread.is_alive() for thread in self._threads)

    def steps(self) -> int:
        """How many steps Python's threads took."""
        return self._steps

    def failures(self) -> list[str]:
        """What they raised."""
        return self._failures

    def clear(self) -> None:
        """Lets go of all on the shelf."""
        self._shelf.clear()

    def _run(self, chance: random.Random, seconds: float, exchange: Callable) -> None:
        end = time.monotonic() + seconds
        mine: list[Any] = []
        try:
            while time.monotonic() < end:
                self._step(chance, mine, exchange)
                self._steps += 1
        except Exception as error:
            self._failures.append(f"{type(error).__name__}: {error}")

    def _step(self, chance: random.Random, mine: list[Any], exchange: Callable) -> None:
        thing = chance.choice(mine) if mine else None
        match chance.randrange(12):
            case 0 | 1:
                mine.append(PyMixed())
            case 2:
                mine.append(Resource())
            case 3:
                mine.append(exchange.call(thing, chance.randrange(1 << 16)))
            case 4:
                mine.append(self.exchange(thing, chance.randrange(1 << 16)))
            case 5 if mine:
                mine.pop(chance.randrange(len(mine)))
            case 6 if isinstance(thing, PyMixed):
                assert thing.call("give", thing) is thing
                assert thing.wrap(thing)[1]["it"] is thing
            case 7 if isinstance(thing, PyMixed):
                thing.attach(chance.choice(mine))
            case 8 if thing is not None:
                weak = weakref.ref(thing)
                assert weak() is thing
                assert is_instance_valid(thing)
            case 9:  # all ends are this thread's own, as in GDScript
                sender, hearer = PyMixed(), PyMixed()
                sender.rung.connect(hearer.hear)
                sender.rung.connect(lambda what: None)
                sender.rung.emit(thing)
                mine.append(sender)
            case 10 if isinstance(thing, RefCounted):
                assert thing.get_reference_count() > 0
            case 11:
                mine[:] = [kept for kept in mine if kept is not None][-16:]
