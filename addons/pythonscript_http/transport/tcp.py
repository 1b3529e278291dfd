"""A connection by a socket of the operating system, without blocking: TCP, or a Unix domain socket."""

import contextlib
import socket
from collections.abc import Callable, Sequence
from typing import Final

from pythonscript_http.url import UNIX, authority

from . import system
from .stream import WOULD_BLOCK, NetworkError, Readiness, Watcher

_HANGUP: Final = system.HANGUP
_NO_SIGNAL: Final = system.NO_SIGNAL


class SocketStream:
    """A connection."""

    __slots__ = ("_poll", "_recv_into", "_send", "_sendmsg", "_socket")

    peekable: Final = True
    truncated: Final = False
    tls: Final = None

    def __init__(self, connected: socket.socket) -> None:
        """Takes over a connected, non-blocking socket."""
        self._socket = connected
        self._recv_into: Callable[[memoryview], int] = connected.recv_into
        self._send = connected.send
        self._sendmsg = system.gather(connected)
        events = system.poller()
        events.register(connected, system.READABLE)
        self._poll = events.poll

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
        return not self._poll(0)

    def peek(self) -> Readiness:
        """Tells what a read would find, by one system call while there is nothing."""
        events = self._poll(0)
        if not events:
            return Readiness.QUIET
        if events[0][1] & _HANGUP:
            try:
                if not self._socket.recv(1, socket.MSG_PEEK):
                    return Readiness.ENDED
            except BlockingIOError:  # woken for nothing
                return Readiness.QUIET
            except OSError as error:
                self._recv_into = _failing(error)  # the system tells it once; a read shall tell it too
                return Readiness.ENDED
        return Readiness.DATA

    def read_into(self, buffer: memoryview) -> int:
        """Reads what has come. Gives its size, 0 at the end, WOULD_BLOCK if there is nothing."""
        try:
            return self._recv_into(buffer)
        except BlockingIOError:
            return WOULD_BLOCK
        except OSError as error:
            raise _failure("cannot receive", error) from None

    def write(self, buffers: Sequence[bytes | memoryview]) -> int:
        """Writes as much as the kernel takes, and gives its size."""
        try:
            if len(buffers) == 1:
                return self._send(buffers[0], _NO_SIGNAL)
            return self._sendmsg(buffers, (), _NO_SIGNAL)
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
        with contextlib.suppress(OSError):  # it may be disconnected already
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


def _failing(error: OSError) -> Callable[[memoryview], int]:
    number, text = error.errno, error.strerror

    def recv_into(_: memoryview) -> int:
        raise OSError(number, text)  # one that is kept would keep the reader's memory, by its traceback

    return recv_into


def _failure(what: str, error: OSError) -> NetworkError:
    return NetworkError(f"{what}: {error.strerror or error}")
