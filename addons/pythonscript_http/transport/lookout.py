"""One look at the kernel for all connections from which nothing is expected.

A game may keep a thousand connections, and poll each of them in every frame to learn that it stands. To ask
the kernel about each would be a system call each; here one tells of all.
"""

import socket
import time
from collections.abc import Callable
from typing import Final

from .watched import Watched, best

AGE: Final = 50e-6
"""Seconds for which a look counts: less than a network takes to tell, and enough for dozens of polls."""


class Lookout:
    """Looks at all connections that it was told of.

    Args:
        watched: asks the kernel.
        clock: tells the time in seconds.
    """

    __slots__ = ("_clock", "_ready", "_until", "_watched")

    def __init__(self, watched: Watched, clock: Callable[[], float] = time.perf_counter) -> None:
        self._watched = watched
        self._clock = clock
        self._ready: frozenset[int] = frozenset()  # descriptors with something to read, at the last look
        self._until = 0.0  # when that is too old

    def add(self, connection: socket.socket) -> bool:
        """Looks at one more connection, until that is closed. False: it has to be asked itself."""
        watched = self._watched.watch(connection)
        self._until = 0.0  # last: another thread may have looked meanwhile
        return watched

    def sees(self, descriptor: int) -> bool:
        """Tells whether a connection has something to read, be it the end, or had a moment ago."""
        now = self._clock()
        if now >= self._until:
            self._ready = self._watched.ready()
            self._until = now + AGE  # last: until then other threads would go by the look before
        return descriptor in self._ready


SHARED: Final = Lookout(best())
"""That of all clients."""
