"""Results for a thread that has little time, as a game's main thread: in turns, each of a bounded time."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Final

from .loop import Future, log_exception

Job = Callable[[], object]
"""What is to be done there."""
Later = Callable[[float, Job], object]
"""Has the thread call something once so many seconds have passed."""

BUDGET: Final = 0.002
"""Seconds of one turn, and the rest of the job that is under way when they are over."""
PAUSE: Final = 0.004
"""Seconds from a turn that had to leave something to the next one."""
GRACE: Final = 60.0
"""Seconds for which a result waits for somebody who wants it."""
MOST_UNCLAIMED: Final = 1000
"""Results that wait for somebody; the oldest go."""
LOOK: Final = 0.016
"""Seconds between two looks at them."""
LOOKED_AT: Final = 64
"""How many are looked at, so that many take no more of a frame than a few."""


class Delivery:
    """Does jobs on a thread, in their order.

    Args:
        defer: has the thread call something soon. It is called from any thread.
        later: the same, after some time.
        clock: tells the time in seconds.
    """

    def __init__(self, defer: Callable[[Job], object], later: Later, clock: Callable[[], float]) -> None:
        self._defer = defer
        self._later = later
        self._clock = clock
        self._jobs: deque[Job] = deque()
        self._urgent: deque[Job] = deque()
        self._lock = threading.Lock()
        self._coming = False  # a turn is under way, or comes by itself
        self._stopped = False
        self._sleeper: threading.Event | None = None

    def post(self, job: Job) -> None:
        """Has a job done, from any thread."""
        self._jobs.append(job)
        self._call()

    def post_urgent(self, job: Job) -> None:
        """The same before all others, also while the thread waits in `wait`."""
        self._urgent.append(job)
        sleeper = self._sleeper
        if sleeper is not None:
            sleeper.set()
        self._call()

    def wait(self, future: Future[Any]) -> None:
        """Sleeps on the thread until a result is there, and does urgent jobs meanwhile."""
        outer, woken = self._sleeper, threading.Event()
        future.call(woken.set)
        self._sleeper = woken
        try:
            while not future.done:
                woken.clear()
                self._do_urgent()
                if not future.done:
                    woken.wait()
        finally:
            self._sleeper = outer
            if outer is not None:
                outer.set()  # what came last may have woken this one in its place

    @property
    def sleeping(self) -> bool:
        """The thread waits in `wait`, and does nothing but urgent jobs."""
        return self._sleeper is not None

    def stop(self) -> None:
        """Does no more jobs."""
        with self._lock:
            self._stopped = True
        self._jobs.clear()
        self._urgent.clear()

    def _call(self) -> None:
        with self._lock:
            if self._coming or self._stopped:
                return
            self._coming = True
        self._defer(self._turn)

    def _turn(self) -> None:
        if self._stopped:
            return
        end = self._clock() + BUDGET
        self._do_urgent()
        while self._jobs:
            _do(self._jobs.popleft())
            if self._clock() >= end:
                break
        with self._lock:
            self._coming = bool(self._jobs or self._urgent)
            if not self._coming:
                return
        # Not at once: a queue of calls that is being worked off would come to it before it ends.
        self._later(PAUSE, self._turn)

    def _do_urgent(self) -> None:
        while self._urgent:
            _do(self._urgent.popleft())


class Unclaimed:
    """Results that nobody waits for yet, as a script may keep a signal and wait for it later.

    All of it is for the thread of the `Delivery`, whose jobs these are.

    Args:
        later: has that thread call something after some time.
        clock: tells the time in seconds.
        dropped: is told of what nobody has claimed in time.
    """

    def __init__(self, later: Later, clock: Callable[[], float], dropped: Callable[[str], object]) -> None:
        self._later = later
        self._clock = clock
        self._dropped = dropped
        self._waiting: deque[tuple[float, Callable[[], bool], str]] = deque()
        self._coming = False

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, claim: Callable[[], bool], name: str) -> None:
        """Keeps a result until it is claimed.

        Args:
            claim: hands it over if somebody waits for it, and tells whether there is nothing more to do.
            name: what it is, to be told if it is dropped; empty: nobody minds.
        """
        if len(self._waiting) >= MOST_UNCLAIMED:
            self._drop(self._waiting.popleft()[2])
        self._waiting.append((self._clock() + GRACE, claim, name))
        self._call()

    def clear(self) -> None:
        """Drops all of them without a word."""
        self._waiting.clear()

    def _call(self) -> None:
        if self._waiting and not self._coming:
            self._coming = True
            self._later(LOOK, self._look)

    def _look(self) -> None:
        self._coming = False
        for _ in range(min(len(self._waiting), LOOKED_AT)):
            until, claim, name = self._waiting.popleft()
            if claim():
                continue
            if self._clock() >= until:
                self._drop(name)
            else:
                self._waiting.append((until, claim, name))
        self._call()

    def _drop(self, name: str) -> None:
        if name:
            self._dropped(name)


def _do(job: Job) -> None:
    try:
        job()
    except Exception:
        log_exception("the delivery of a result failed: %r", job)
