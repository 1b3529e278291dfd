"""One call at a time: whose turn it is to use a client.

A client's calls change what other calls are in the middle of: a `close()` would pull a buffer away from
under a read in another thread. So each takes its turn, and none waits for another's: it is refused. `close()`
alone may come at any time. It says that it wants the turn, the waits of the call under way end by that, and
whoever leaves last closes.
"""

import threading
from time import monotonic
from typing import Final

_this_thread: Final = threading.get_ident


class Turn:
    """The right to use something, held by one call at a time.

    A call holds it against other threads, and against calls from within it: a stream of a script's may call
    the client back that reads it.
    """

    __slots__ = ("_free", "_holder", "_waiting", "wanted")

    def __init__(self) -> None:
        # Lists pop and append atomically, at half the cost of a lock that is not waited for.
        self._free = [None]  # empty while a call has the turn
        self._holder = 0  # its thread
        self._waiting: list[threading.Lock] = []  # released when it leaves
        self.wanted = False
        """The call that has the turn shall end, and waits for nothing more. Whoever takes over resets it."""

    def take(self) -> bool:
        """Takes the turn. False: another call has it."""
        try:
            self._free.pop()
        except IndexError:
            return False
        self._holder = _this_thread()
        return True

    def take_over(self, timeout: float) -> bool:
        """Takes the turn from the call that has it, once that has ended.

        Args:
            timeout: seconds that it may take. A call further up in this thread is not waited for at all.

        Returns:
            Whether it was taken. If not, whoever has it finds it `wanted` on leaving.
        """
        self.wanted = True
        end = 0.0
        while not self.take():
            if self._holder == _this_thread():
                return False
            end = end or monotonic() + timeout
            left = threading.Lock()
            left.acquire()
            self._waiting.append(left)
            if self.take():  # it has left meanwhile, and may not have seen who waits
                return True
            if not left.acquire(timeout=max(0.0, end - monotonic())):
                return False
        return True

    def leave(self) -> bool:
        """Gives the turn back. True: somebody wanted it meanwhile."""
        self._holder = 0
        self._free.append(None)
        while self._waiting:
            self._waiting.pop().release()
        return self.wanted
