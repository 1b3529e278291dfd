"""Many connections, watched at once for something to read: by what each operating system has for it."""

import contextlib
import select
import socket
import threading
import weakref
from typing import Any, Final, Protocol

_MOST: Final = 1024
"""Descriptors that one call of the kernel's tells of; the next tells of others."""
_MOST_SELECTED: Final = 500
"""Of those that `select` is asked about at once; Windows takes 512."""
_NONE: Final[frozenset[int]] = frozenset()


class Watched(Protocol):
    """Connections that are watched until they are closed."""

    def watch(self, connection: socket.socket) -> bool:
        """Watches one more. False: it can't be."""

    def ready(self) -> frozenset[int]:
        """Gives the descriptors of those that have something to read, be it the end."""


class _Kernel:
    """By an event queue of the kernel's, which forgets a socket that is closed.

    Args:
        module: `select`, of which each system has another part, or what stands in for it.
    """

    def __init__(self, module: Any = select) -> None:
        self._module = module
        self._queue: Any = None  # there is none before there is something to watch

    def watch(self, connection: socket.socket) -> bool:
        """Watches one more. False: it is closed, or the system has no room for more."""
        try:
            self._add(connection)
        except (OSError, ValueError):
            return False
        return True

    def ready(self) -> frozenset[int]:
        """Gives the descriptors of those that have something to read."""
        if self._queue is None:
            return _NONE
        found = set(self._ask())
        while len(found) >= _MOST:  # until there is nothing new
            known = len(found)
            found.update(self._ask())
            if len(found) == known:
                break
        return frozenset(found)

    def _add(self, connection: socket.socket) -> None:
        raise NotImplementedError

    def _ask(self) -> list[int]:
        """Gives the descriptors that one call tells of."""
        raise NotImplementedError


class Epoll(_Kernel):
    """By Linux's `epoll`."""

    def _add(self, connection: socket.socket) -> None:
        if self._queue is None:
            self._queue = self._module.epoll()
        with contextlib.suppress(FileExistsError):
            self._queue.register(connection, self._module.EPOLLIN | self._module.EPOLLRDHUP)

    def _ask(self) -> list[int]:
        return [descriptor for descriptor, _ in self._queue.poll(0, _MOST)]


class Kqueue(_Kernel):
    """By `kqueue` of macOS and the BSDs."""

    def _add(self, connection: socket.socket) -> None:
        module = self._module
        if self._queue is None:
            self._queue = module.kqueue()
        wanted = module.kevent(connection, module.KQ_FILTER_READ, module.KQ_EV_ADD)
        self._queue.control([wanted], 0)

    def _ask(self) -> list[int]:
        return [event.ident for event in self._queue.control(None, _MOST, 0)]


class Select:
    """By `select`, which Windows has. It is told of all of them each time; those that are closed go here."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: dict[int, weakref.ref[socket.socket]] = {}

    def watch(self, connection: socket.socket) -> bool:
        """Watches one more. False: it is closed."""
        descriptor = connection.fileno()
        if descriptor < 0:
            return False
        with self._lock:
            self._sockets[descriptor] = weakref.ref(connection)
        return True

    def ready(self) -> frozenset[int]:
        """Gives the descriptors of those that have something to read."""
        with self._lock:
            for descriptor, known in list(self._sockets.items()):
                connection = known()
                if connection is None or connection.fileno() != descriptor:
                    del self._sockets[descriptor]
            watched = list(self._sockets)
        found: set[int] = set()
        for start in range(0, len(watched), _MOST_SELECTED):
            part = watched[start : start + _MOST_SELECTED]
            try:
                found.update(select.select(part, (), (), 0)[0])
            except (OSError, ValueError):  # one was closed since, or has a number that is too high: ask each
                found.update(part)
        return frozenset(found)


def best() -> Watched:
    """Chooses what this system has."""
    if hasattr(select, "epoll"):
        return Epoll()
    return Kqueue() if hasattr(select, "kqueue") else Select()
