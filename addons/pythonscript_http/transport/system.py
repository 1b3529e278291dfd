"""What operating systems do each in their own way; here as POSIX has it."""

import fcntl
import select
import socket
import sys
import termios
from typing import Final

# Linux alone tells that the peer has closed while bytes wait before that end.
_RDHUP: Final = getattr(select, "POLLRDHUP", 0)
READABLE: Final = select.POLLIN | _RDHUP
WRITABLE: Final = select.POLLOUT
HANGUP: Final = _RDHUP | select.POLLHUP | select.POLLERR | select.POLLNVAL
# An embedded Python leaves SIGPIPE as its host has it, and that may be deadly.
NO_SIGNAL: Final = getattr(socket, "MSG_NOSIGNAL", 0)

poller = select.poll
"""Makes an object that waits for sockets: `register(socket, events)`, `unregister`, `poll(milliseconds)`."""


def available(connection: socket.socket) -> int:
    """Tells how many bytes of a connection wait in the kernel; 0 if it is closed."""
    count = bytearray(4)
    try:
        fcntl.ioctl(connection, termios.FIONREAD, count)
    except (OSError, ValueError):
        return 0
    return int.from_bytes(count, sys.byteorder)
