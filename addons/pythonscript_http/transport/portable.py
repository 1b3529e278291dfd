"""Sockets without `poll`, `sendmsg` and `fcntl`, which Python lacks on Windows: by what it has everywhere."""

import select
import socket
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

READABLE: Final = 1
WRITABLE: Final = 4
HANGUP: Final = 8
"""POSIX has the same numbers for POLLIN, POLLOUT and POLLERR."""

_MOST: Final = 65536
"""Bytes that are copied, to be counted or to go out together."""


class Poller:
    """What `select.poll` makes, by `select.select`.

    That cannot tell the end from bytes, nor a failure from success. So all that it finds is HANGUP too: to
    ask the socket tells.
    """

    def __init__(self) -> None:
        self._readers: list[int] = []
        self._writers: list[int] = []

    def register(self, connection: socket.socket | int, events: int) -> None:
        """Waits for a socket too.

        Args:
            connection: it, or its descriptor.
            events: READABLE, WRITABLE or both.
        """
        descriptor = connection if isinstance(connection, int) else connection.fileno()
        if events & READABLE:
            self._readers.append(descriptor)
        if events & WRITABLE:
            self._writers.append(descriptor)

    def unregister(self, descriptor: int) -> None:
        """Waits for a socket no longer."""
        for waiting in (self._readers, self._writers):
            if descriptor in waiting:
                waiting.remove(descriptor)

    def poll(self, milliseconds: float) -> list[tuple[int, int]]:
        """Sleeps until there is something to do, and gives descriptors with their events."""
        readers, writers = self._readers, self._writers
        if not readers and not writers:  # which Windows refuses to wait for
            time.sleep(milliseconds / 1000)
            return []
        try:
            # Windows tells of a failed connection by the third list alone.
            readable, writable, failed = select.select(readers, writers, writers, milliseconds / 1000)
        except OSError:  # one was closed
            return [(descriptor, HANGUP) for descriptor in {*readers, *writers}]
        found = dict.fromkeys(failed, HANGUP)
        for descriptors, event in ((readable, READABLE), (writable, WRITABLE)):
            for descriptor in descriptors:
                found[descriptor] = found.get(descriptor, HANGUP) | event
        return list(found.items())


def available(connection: socket.socket) -> int:
    """Tells how many bytes of a connection wait in the kernel, up to 64 KiB; 0 if it is closed."""
    try:
        return len(connection.recv(_MOST, socket.MSG_PEEK))
    except OSError:
        return 0


def gather(connection: socket.socket) -> "Callable[[Sequence[bytes | memoryview], tuple[()], int], int]":
    """Makes what sends several buffers by a connection, as its `sendmsg` would."""
    return partial(_sendmsg, connection)


def _sendmsg(
    connection: socket.socket, buffers: Sequence[bytes | memoryview], _: tuple[()], flags: int
) -> int:
    """A head and a small body go out in one piece, and so in one packet."""
    if sum(map(len, buffers)) <= _MOST:
        return connection.send(b"".join(buffers), flags)
    sent = 0
    for buffer in buffers:
        try:
            size = connection.send(buffer, flags)
        except OSError:
            if sent:
                return sent  # the next call fails of it
            raise
        sent += size
        if size < len(buffer):
            break
    return sent
