"""One call at a time: whose turn it is to use a client.

A client's calls change what other calls are in the middle of: a `close()` would pull a buffer away from
under a read in another thread. So each takes its turn, and none waits for another's: it is refused. `close()`
alone may come at any time. It says that it wants the turn, the waits of the call under way end by that, and
whoever leaves last closes.
"""

import threading


class Turn:
    """The right to use something, held by one call at a time.

    A call holds it against other threads, and against calls from within it: a stream of a script's may call
    the client back that reads it.
    """

    __slots__ = ("_lock", "_taken", "wanted")

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._taken = False
        self.wanted = False
        """The call that has the turn shall end, and waits for nothing more. Whoever takes over resets it."""

    def take(self) -> bool:
        """Takes the turn. False: another call has it."""
        if not self._lock.acquire(False):
            return False
        if self._taken:  # by this thread, which calls back
            self._lock.release()
            return False
        self._taken = True
        return True

    def take_over(self, timeout: float) -> bool:
        """Takes the turn from the call that has it, once that has ended.

        Args:
            timeout: seconds that it may take. A call further up in this thread is not waited for at all.

        Returns:
            Whether it was taken. If not, whoever has it finds it `wanted` on leaving.
        """
        self.wanted = True
        if not self._lock.acquire(timeout=timeout):
            return False
        if self._taken:
            self._lock.release()
            return False
        self._taken = True
        return True

    def leave(self) -> bool:
        """Gives the turn back. True: somebody wanted it meanwhile."""
        self._taken = False
        self._lock.release()
        return self.wanted
