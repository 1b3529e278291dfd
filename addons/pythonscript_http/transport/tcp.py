"""A connection by a socket of the operating system, without blocking: TCP, or a Unix domain socket."""

import socket
from collections.abc import Sequence
from typing import Final

from pythonscript_http.url import UNIX, authority

from . import system
from .lookout import SHARED, Lookout
from .stream import WOULD_BLOCK, NetworkError, Readiness, Watcher

_NO_SIGNAL: Final = system.NO_SIGNAL
_MOST_WRITTEN: Final = 2 << 20
"""Bytes that one call hands to the kernel: 1 ms. A peer that reads meanwhile would make room for ten times as
many."""


class SocketStream:
    """A connection."""

    __slots__ = ("_descriptor", "_failure", "_lookout", "_poller", "_socket", "_watched")

    peekable: Final = True
    truncated: Final = False
    tls: Final = None

    def __init__(self, connected: socket.socket, lookout: Lookout = SHARED) -> None:
        """Takes over a connected, non-blocking socket.

        Args:
            lookout: looks at it while nothing is expected from it.
        """
        self._socket = connected
        self._descriptor = connected.fileno()
        self._lookout = lookout
        self._watched = False  # by the lookout
        self._poller: system.Poller | None = None
        self._failure: tuple[int | None, str] | None = None  # an error itself would hold its reader

    @property
    def peer_address(self) -> str:
        """Whom it is connected to; empty: it is no more."""
        try:
            address = self._socket.getpeername()
        except OSError:
            return ""
        return authority(address[0], address[1]) if isinstance(address, tuple) else f"{UNIX}{address}"

    def flowed(self) -> bool:
        """False: what `write` takes is out."""
        return False

    def quiet(self) -> bool:
        """Tells that there is nothing to read, not even the end."""
        return not self._poll()

    def still(self) -> bool:
        """Tells that there is nothing to read, or was not a moment ago."""
        if not self._watched:
            if not self._lookout.add(self._socket):
                return self.quiet()
            self._watched = True
        return not self._lookout.sees(self._descriptor)

    def _poll(self) -> list[tuple[int, int]]:
        poller = self._poller
        if poller is None:
            if self._socket.fileno() < 0:  # closed: a read tells
                return [(-1, system.HANGUP)]
            poller = self._poller = system.poller()
            poller.register(self._socket, system.READABLE)
        return poller.poll(0)

    def peek(self) -> Readiness:
        """Tells what a read would find, by one system call while there is nothing."""
        events = self._poll()
        if not events:
            return Readiness.QUIET
        if self._failure is not None:
            return Readiness.ENDED
        if events[0][1] & system.HANGUP:
            try:
                if not self._socket.recv(1, socket.MSG_PEEK):
                    return Readiness.ENDED
            except BlockingIOError:  # woken for nothing
                return Readiness.QUIET
            except OSError as error:
                self._failure = error.errno, error.strerror or ""  # told once; a read shall tell it too
                return Readiness.ENDED
        return Readiness.DATA

    def read_into(self, buffer: memoryview) -> int:
        """Reads what has come. Gives its size, 0 at the end, WOULD_BLOCK if there is nothing."""
        if self._failure is not None:
            raise _failure("cannot receive", OSError(*self._failure)) from None
        try:
            return self._socket.recv_into(buffer)
        except BlockingIOError:
            return WOULD_BLOCK
        except OSError as error:
            raise _failure("cannot receive", error) from None

    def write(self, buffers: Sequence[bytes | memoryview]) -> int:
        """Writes as much as the kernel takes, within bounds, and gives its size."""
        try:
            if len(buffers) == 1 and len(buffers[0]) <= _MOST_WRITTEN:
                return self._socket.send(buffers[0], _NO_SIGNAL)
            return system.gather(self._socket)(_first(buffers), (), _NO_SIGNAL)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise _failure("cannot send", error) from None

    def wait(self, *, write: bool, timeout: float) -> bool:
        """Sleeps until it can read, or write if asked. False: `timeout` seconds passed."""
        events = system.poller()
        events.register(self._socket, system.READABLE | (system.WRITABLE if write else 0))
        return bool(events.poll(timeout * 1000))

    def watch(self, watcher: Watcher, *, write: bool) -> None:
        """Tells what `wait` would wait for."""
        watcher.descriptor(self._socket.fileno(), read=True, write=write)

    def available(self) -> int:
        """Tells how many bytes wait in the kernel."""
        return system.available(self._socket)

    def fileno(self) -> int:
        """The socket's file descriptor."""
        return self._socket.fileno()

    def close(self) -> None:
        """Closes the socket. Whoever waits for it in another thread wakes: closing alone does not do that."""
        try:  # noqa: SIM105 - a context manager would take as long as the system call
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:  # it is disconnected already
            pass
        self._socket.close()


def _failure(what: str, error: OSError) -> NetworkError:
    return NetworkError(f"{what}: {error.strerror or error}")


def _first(buffers: Sequence[bytes | memoryview]) -> Sequence[bytes | memoryview]:
    """As much of some buffers as one call writes."""
    room = _MOST_WRITTEN
    for number, buffer in enumerate(buffers):
        room -= len(buffer)
        if room < 0:
            return [*buffers[:number], memoryview(buffer)[:room]]
    return buffers
