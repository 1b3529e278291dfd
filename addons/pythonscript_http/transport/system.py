"""What operating systems do each in their own way."""

import select
import socket
import sys
from collections.abc import Callable, Sequence
from typing import Final, Protocol

from . import portable


class Poller(Protocol):
    """Waits for sockets."""

    def register(self, connection: socket.socket | int, events: int, /) -> object:
        """Waits for one more.

        Args:
            connection: it, or its descriptor.
            events: READABLE, WRITABLE or both.
        """

    def unregister(self, descriptor: int, /) -> object:
        """Waits for one no longer."""

    def poll(self, milliseconds: float, /) -> list[tuple[int, int]]:
        """Sleeps until there is something to do, and gives descriptors with their events.

        HANGUP: the connection may have ended or failed. To ask the socket tells.
        """


Gather = Callable[[Sequence[bytes | memoryview], tuple[()], int], int]
"""Sends what is in several buffers: a connection's `sendmsg`."""

UNIX: Final[int] = getattr(socket, "AF_UNIX", 1)
"""The address family of Unix domain sockets, also where Python has none."""

# An embedded Python leaves SIGPIPE as its host has it, and that may be deadly. Where there is no such flag,
# macOS, it counts that ours ignores the signal.
NO_SIGNAL: Final[int] = getattr(socket, "MSG_NOSIGNAL", 0)

if sys.platform == "win32":
    import ctypes

    READABLE: Final = portable.READABLE
    WRITABLE: Final = portable.WRITABLE
    HANGUP: Final = portable.HANGUP
    poller: Callable[[], Poller] = portable.Poller
    available = portable.available

    gather = portable.gather

    def reason(number: int) -> str:
        """What an error number of a socket means."""
        return ctypes.FormatError(number)

else:
    import fcntl
    import os
    import termios

    # Linux alone tells that the peer has closed while bytes wait before that end; elsewhere whatever is there
    # to read may be the end.
    _END: Final[int] = getattr(select, "POLLRDHUP", select.POLLIN)
    READABLE: Final = select.POLLIN | _END
    WRITABLE: Final = select.POLLOUT
    HANGUP: Final = _END | select.POLLHUP | select.POLLERR | select.POLLNVAL
    poller: Callable[[], Poller] = select.poll

    def available(connection: socket.socket) -> int:
        """Tells how many bytes of a connection wait in the kernel; 0 if it is closed."""
        count = bytearray(4)
        try:
            fcntl.ioctl(connection, termios.FIONREAD, count)
        except (OSError, ValueError):
            return 0
        return int.from_bytes(count, sys.byteorder)

    def gather(connection: socket.socket) -> Gather:
        """Makes what sends several buffers by a connection."""
        return connection.sendmsg

    def reason(number: int) -> str:
        """What an error number of a socket means."""
        return os.strerror(number)
