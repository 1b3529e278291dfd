"""Waiting in blocking mode: bounded, and ended by a `close()` in another thread."""

from collections.abc import Iterator
from typing import Final

from .config import Timeouts
from .timing import Timing
from .transport.stream import Stream
from .turn import Turn

_NAP: Final = 1 / 64
"""Seconds. Waits are cut into pieces of it, between which `close()` in another thread is noticed: it may
touch nothing that the waiting call uses, and many of the things that are waited for can't be woken."""


class Waits:
    """How long the calls of a client wait.

    Args:
        turn: tells when the client is to be closed.
        timing: tells the time, and the deadlines that end a wait.
    """

    __slots__ = ("_timing", "_turn", "timeouts")

    def __init__(self, turn: Turn, timing: Timing, timeouts: Timeouts) -> None:
        self._turn = turn
        self._timing = timing
        self.timeouts = timeouts

    @property
    def closing(self) -> bool:
        """The client is to be closed: nothing is waited for any more."""
        return self._turn.wanted

    def naps(self, until: float = 0.0) -> Iterator[float]:
        """Cuts the time that a call may wait now into pieces; they end when the client is to be closed.

        Args:
            until: when to stop in any case; 0.0: when half a minute has passed, or a deadline.
        """
        now, remaining, longest = self._timing.now, self._timing.remaining, self.timeouts.blocking
        if until:
            longest = min(longest, max(0.0, until - now()))
        left = remaining(longest)
        end = now() + left
        while left > 0 and not self._turn.wanted:
            yield min(left, _NAP)
            left = min(left - _NAP, remaining(end - now()))

    def wait(self, stream: Stream, *, write: bool, until: float = 0.0) -> bool:
        """Sleeps until a stream can be read, or written if asked. False: the time is over (see `naps`)."""
        return any(stream.wait(write=write, timeout=nap) for nap in self.naps(until))
