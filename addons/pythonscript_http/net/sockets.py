"""TCP by the operating system's sockets, without blocking."""

import os
import select
import socket
import time
from collections import deque
from collections.abc import Sequence
from typing import Final

from pythonscript_http.core.host import authority

from . import resolver
from .stream import WOULD_BLOCK, Address, Lookup, NetworkError, Readiness

CONNECT_TIMEOUT: Final = 30.0
"""Seconds for each address, as the engine's default (`network/limits/tcp/connect_timeout_seconds`)."""

# Linux alone tells that the peer has closed while bytes wait before that end.
_HANGUP: Final = getattr(select, "POLLRDHUP", 0) | select.POLLHUP | select.POLLERR | select.POLLNVAL
# An embedded Python leaves SIGPIPE as its host has it, and that may be deadly.
_NO_SIGNAL: Final = getattr(socket, "MSG_NOSIGNAL", 0)


class TcpStream:
    """A TCP connection."""

    __slots__ = ("_events", "_poll", "_recv_into", "_send", "_sendmsg", "_socket")

    def __init__(self, connected: socket.socket) -> None:
        """Takes over a connected, non-blocking socket."""
        self._socket = connected
        self._recv_into = connected.recv_into
        self._send = connected.send
        self._sendmsg = connected.sendmsg
        events = select.poll()
        events.register(connected, select.POLLIN | getattr(select, "POLLRDHUP", 0))
        self._poll = events.poll

    def peek(self) -> Readiness:
        """Tells what a read would find, by one system call while there is nothing."""
        events = self._poll(0)
        if not events:
            return Readiness.QUIET
        if events[0][1] & _HANGUP:
            try:
                if not self._socket.recv(1, socket.MSG_PEEK):
                    return Readiness.ENDED
            except OSError:
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
        return _wait(self._socket, select.POLLIN | (select.POLLOUT if write else 0), timeout)

    def fileno(self) -> int:
        """The socket's file descriptor."""
        return self._socket.fileno()

    def close(self) -> None:
        """Closes the socket."""
        self._socket.close()


class TcpPending:
    """A connection that is being made: to one address after the other, until one takes it.

    Which address is tried when is decided here alone.
    """

    __slots__ = ("_addresses", "_deadline", "_failures", "_port", "_socket", "_timeout")

    def __init__(self, addresses: Sequence[Address], port: int, timeout: float) -> None:
        self._addresses = deque(addresses)
        self._port = port
        self._timeout = timeout
        self._failures: list[str] = []
        self._socket: socket.socket | None = None
        self._deadline = 0.0
        self._try_next()

    def poll(self) -> TcpStream | None:
        """Gives the connection once it stands. Raises NetworkError when no address took it."""
        candidate = self._socket
        if candidate is None:
            raise NetworkError("cannot connect to " + "; ".join(self._failures))
        if _wait(candidate, select.POLLOUT, 0):
            number = candidate.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if number == 0:
                self._socket = None
                return TcpStream(candidate)
            self._failed(os.strerror(number))
        elif time.monotonic() >= self._deadline:
            self._failed(f"no answer within {self._timeout:g} s")
        return None

    def wait(self, timeout: float) -> None:
        """Sleeps until `poll` has something to do; `timeout` seconds at most."""
        if self._socket is not None:
            _wait(self._socket, select.POLLOUT, min(timeout, max(0.0, self._deadline - time.monotonic())))

    def close(self) -> None:
        """Gives all attempts up."""
        self._addresses.clear()
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _try_next(self) -> None:
        """Begins with the next address; those that fail at once are passed over."""
        while self._addresses:
            address = self._addresses[0]
            sockaddr = (address.sockaddr[0], self._port, *address.sockaddr[2:])
            try:
                candidate = socket.socket(address.family, socket.SOCK_STREAM)
                self._socket = candidate
                candidate.setblocking(False)
                # Requests go out whole: waiting for more to send would only delay them.
                candidate.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                candidate.connect(sockaddr)
            except BlockingIOError:
                pass
            except OSError as error:
                self._drop(error.strerror or str(error))
                continue
            self._deadline = time.monotonic() + self._timeout
            return

    def _failed(self, why: str) -> None:
        self._drop(why)
        self._try_next()

    def _drop(self, why: str) -> None:
        address = self._addresses.popleft()
        self._failures.append(f"{authority(str(address.sockaddr[0]), self._port)}: {why}")
        if self._socket is not None:
            self._socket.close()
            self._socket = None


class TcpNetwork:
    """The network as the operating system gives it.

    Args:
        connect_timeout: seconds for each address.
    """

    def __init__(self, connect_timeout: float = CONNECT_TIMEOUT) -> None:
        self._connect_timeout = connect_timeout

    def literal(self, host: str) -> Address | None:
        """Reads a literal address. None: this is a name."""
        return resolver.literal(host)

    def look_up(self, host: str) -> Lookup:
        """Begins to resolve a name."""
        return resolver.look_up(host)

    def connect(self, addresses: Sequence[Address], port: int) -> TcpPending:
        """Begins to connect to one of the addresses of a host."""
        return TcpPending(addresses, port, self._connect_timeout)


def _wait(waited: socket.socket, events: int, timeout: float) -> bool:
    poll = select.poll()
    poll.register(waited, events)
    return bool(poll.poll(timeout * 1000))


def _failure(what: str, error: OSError) -> NetworkError:
    return NetworkError(f"{what}: {error.strerror or error}")
