"""Ends the sleep of a thread that waits for sockets: by one more of them, which other threads write to."""

import contextlib
import socket
from typing import Final

_MOST: Final = 4096
"""Bytes that one call takes: as many calls to wake, which were one too many."""


class Wakeup:
    """Wakes whoever waits for its descriptor."""

    __slots__ = ("_receiver", "_sender")

    def __init__(self) -> None:
        self._receiver, self._sender = socket.socketpair()
        self._receiver.setblocking(False)
        self._sender.setblocking(False)

    def fileno(self) -> int:
        """The descriptor, which can be read once `wake` was called."""
        return self._receiver.fileno()

    def wake(self) -> None:
        """Wakes it, from any thread; at once or, if nobody waits, whoever waits next."""
        with contextlib.suppress(OSError):  # BlockingIOError: it was woken often enough
            self._sender.send(b"\0")

    def rest(self) -> None:
        """Lets the next wait sleep."""
        with contextlib.suppress(BlockingIOError):
            self._receiver.recv(_MOST)

    def close(self) -> None:
        """Ends it. It wakes nobody any more."""
        self._receiver.close()
        self._sender.close()
