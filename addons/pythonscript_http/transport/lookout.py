"""One look at the kernel for all connections from which nothing is expected.

A game may keep a thousand connections, and poll each of them in every frame to learn that it stands. To ask
the kernel about each would be a system call each; here one tells of all.
"""

import socket
import time
from collections.abc import Callable
from typing import Final, NamedTuple

from .watched import Watched, best

_AGE: Final = 100e-6
"""Seconds for which a look counts. In that time a game polls a few dozen connections."""


class Look(NamedTuple):
    """What the kernel has told."""

    ready: frozenset[int]
    """Descriptors that have something to read, be it the end."""
    until: float
    """When it is too old."""


class Lookout:
    """Looks at all connections that it was told of.

    Args:
        watched: asks the kernel.
        clock: tells the time in seconds.
    """

    __slots__ = ("_clock", "_watched", "latest")

    def __init__(self, watched: Watched, clock: Callable[[], float] = time.perf_counter) -> None:
        self._watched = watched
        self._clock = clock
        self.latest = Look(frozenset(), 0.0)
        """The look that was taken last."""

    def add(self, connection: socket.socket) -> bool:
        """Looks at one more connection, until that is closed. False: it has to be asked itself."""
        return self._watched.watch(connection)

    def look(self, seen: Look) -> Look:
        """Gives the latest look, or takes one if that is too old.

        Args:
            seen: the one that a connection has used before. None is used twice: whoever polls a connection
                in a loop asks the kernel each time, and learns at once what has come.
        """
        latest, now = self.latest, self._clock()
        if latest is seen or now >= latest.until:
            latest = self.latest = Look(self._watched.ready(), now + _AGE)
        return latest


SHARED: Final = Lookout(best())
"""That of all clients."""
