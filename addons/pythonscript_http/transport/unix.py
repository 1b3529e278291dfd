"""Connections to Unix domain sockets, which stand at once or not at all, unless their listener is busy."""

import socket
import time
from collections.abc import Callable
from typing import Final

from pythonscript_http.tracing import ConnectionTrace

from . import system
from .stream import Address, NetworkError, Watcher
from .tcp import SocketStream

_NAP: Final = 0.005
"""Seconds until a busy listener is asked again."""


class UnixPending:
    """A connection to a Unix domain socket that is being made.

    Args:
        address: where it is.
        timeout: seconds that the listener may be busy.
        clock: tells the time in seconds.
        trace: reports the attempt.
    """

    __slots__ = ("_clock", "_path", "_socket", "_timeout", "_trace", "_until")

    def __init__(
        self,
        address: Address,
        timeout: float,
        clock: Callable[[], float],
        trace: ConnectionTrace | None = None,
    ) -> None:
        (self._path,) = address.sockaddr
        self._clock = clock
        self._timeout = timeout
        self._until = clock() + timeout
        self._socket: socket.socket | None = None
        self._trace = trace
        if trace is not None:
            trace.trying(f"unix:{self._path}")

    def poll(self) -> SocketStream | None:
        """Gives the connection once it stands. Raises NetworkError if it can't."""
        if not hasattr(socket, "AF_UNIX"):
            import platform  # late: its import takes as long as all of the network's

            raise self._failure(f"Python has no Unix domain sockets on {platform.system()}")
        try:
            if self._socket is None:
                self._socket = socket.socket(system.UNIX, socket.SOCK_STREAM)
                self._socket.setblocking(False)
            self._socket.connect(self._path)
        except BlockingIOError:  # its queue is full: unlike with TCP, nothing is under way
            if self._clock() < self._until:
                return None
            raise self._failure(f"its listener was busy for {self._timeout:g} s") from None
        except OSError as error:
            raise self._failure(error.strerror or str(error)) from None
        except ValueError as error:  # a lone surrogate
            raise self._failure(str(error)) from None
        connected, self._socket = self._socket, None
        self._trace = None
        return SocketStream(connected)

    def wait(self, timeout: float) -> None:
        """Sleeps a little: the system tells nobody when a listener has room."""
        if self._socket is not None:
            time.sleep(min(timeout, _NAP))

    def watch(self, watcher: Watcher) -> None:
        """Tells what `wait` would wait for."""
        watcher.after(0.0 if self._socket is None else _NAP)

    def close(self) -> None:
        """Gives it up."""
        trace, self._trace = self._trace, None
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        if trace is not None:
            trace.cancelled(f"unix:{self._path}")

    def _failure(self, why: str) -> NetworkError:
        trace, self._trace = self._trace, None
        if trace is not None:
            trace.refused(f"unix:{self._path}", why)
        self.close()
        return NetworkError(f"cannot connect to {f'unix:{self._path}'!a}: {why}")
