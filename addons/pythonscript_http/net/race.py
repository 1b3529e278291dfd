"""TCP connections by Happy Eyeballs (RFC 8305): attempts at several addresses, and the first to stand wins.

A dead address, or a dead IPv6, costs a quarter of a second and not the connect timeout. Attempts take turns
between the families, within each in the system's order (RFC 6724). The next one begins when the last has
failed, or has not succeeded for the connection attempt delay; those under way go on. Addresses that a look-up
finds meanwhile join in.
"""

import os
import select
import socket
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from pythonscript_http.core.host import authority

from .connection import SocketStream
from .stream import Address, Lookup, NetworkError

ATTEMPT_DELAY: Final = 0.25
"""Seconds (RFC 8305 section 8)."""

_NAP: Final = 0.02
"""Seconds between looks for late addresses, for which no descriptor can be waited for."""

_OPTIONS: Final = [
    (level, getattr(socket, name), value)
    for level, name, value in (
        # Requests go out whole: waiting for more to send would only delay them.
        (socket.IPPROTO_TCP, "TCP_NODELAY", 1),
        # A peer that vanished without a word is noticed in three minutes, also by those who only listen (an
        # event stream); and a router in between does not forget the connection.
        (socket.SOL_SOCKET, "SO_KEEPALIVE", 1),
        (socket.IPPROTO_TCP, "TCP_KEEPIDLE", 60),
        (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 15),
    )
    if hasattr(socket, name)
]


class _Attempt(NamedTuple):
    address: Address
    socket: socket.socket
    deadline: float


class Race:
    """A TCP connection that is being made.

    Args:
        addresses: where to, best first.
        port: the port.
        timeout: seconds for each address.
        lookup: where the addresses are from, and more may come from.
        clock: tells the time in seconds.
    """

    __slots__ = (
        "_addresses",
        "_attempts",
        "_clock",
        "_events",
        "_failures",
        "_family",
        "_host",
        "_lookup",
        "_next",
        "_port",
        "_timeout",
        "_untried",
    )

    def __init__(
        self,
        addresses: Sequence[Address],
        port: int,
        timeout: float,
        lookup: Lookup | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._port = port
        self._timeout = timeout
        self._lookup = lookup
        self._host = "" if lookup is None else f"{lookup.host!a}: "
        self._addresses = addresses  # all that are known
        self._untried = deque(addresses)
        self._attempts: dict[int, _Attempt] = {}
        self._failures: list[str] = []
        self._events = select.poll()
        self._family = 0  # of the last attempt
        self._next = 0.0  # when the next one is due
        self._begin()

    def poll(self) -> SocketStream | None:
        """Gives the connection once it stands. Raises NetworkError when no address took it."""
        if self._lookup is not None:
            self._join()
        for descriptor, event in self._events.poll(0):
            attempt = self._attempts[descriptor].socket
            number = 0 if event == select.POLLOUT else attempt.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if number == 0:
                return self._won(descriptor)
            self._lost(descriptor, os.strerror(number))
        now = self._clock()
        for descriptor in [key for key, attempt in self._attempts.items() if now >= attempt.deadline]:
            self._lost(descriptor, f"no answer within {self._timeout:g} s")
        if self._untried and now >= self._next:
            self._begin()
        if not self._attempts and self._lookup is None:
            raise NetworkError(f"cannot connect to {self._host}" + "; ".join(self._failures))
        return None

    def wait(self, timeout: float) -> None:
        """Sleeps until `poll` has something to do; `timeout` seconds at most."""
        due = [attempt.deadline for attempt in self._attempts.values()]
        if self._untried:
            due.append(self._next)
        if due:
            timeout = min(timeout, max(0.0, min(due) - self._clock()))
        if self._lookup is not None:
            timeout = min(timeout, _NAP)
        self._events.poll(timeout * 1000)

    def close(self) -> None:
        """Gives all attempts up."""
        self._lookup = None
        self._untried.clear()
        for descriptor in list(self._attempts):
            self._drop(descriptor).socket.close()

    def _join(self) -> None:
        """Takes what the look-up has found since."""
        lookup = self._lookup
        assert lookup is not None
        if lookup.complete:  # asked before: what it then gives is all
            self._lookup = None
        addresses = lookup.poll()
        if addresses is not None and addresses is not self._addresses:
            self._untried += [address for address in addresses if address not in self._addresses]
            self._addresses = addresses

    def _begin(self) -> None:
        """Begins with the next address; those that fail at once are passed over."""
        while self._untried:
            address = self._choose()
            try:
                candidate = self._dial(address)
            except OSError as error:
                self._failed(address, error.strerror or str(error))
                continue
            now = self._clock()
            self._events.register(candidate, select.POLLOUT)
            self._attempts[candidate.fileno()] = _Attempt(address, candidate, now + self._timeout)
            self._next = now + ATTEMPT_DELAY
            return

    def _dial(self, address: Address) -> socket.socket:
        candidate = socket.socket(address.family, socket.SOCK_STREAM)
        try:
            candidate.setblocking(False)
            for level, option, value in _OPTIONS:
                candidate.setsockopt(level, option, value)
            candidate.connect((address.sockaddr[0], self._port, *address.sockaddr[2:]))
        except BlockingIOError:
            pass
        except OSError:
            candidate.close()
            raise
        return candidate

    def _choose(self) -> Address:
        """Takes the next address: the first of another family than the last attempt's, or else the first."""
        untried, index = self._untried, 0
        if untried[0].family == self._family:
            others = (index for index, one in enumerate(untried) if one.family != self._family)
            index = next(others, 0)
        address = untried[index]
        del untried[index]
        self._family = address.family
        return address

    def _won(self, descriptor: int) -> SocketStream:
        winner = self._drop(descriptor).socket
        self.close()
        return SocketStream(winner)

    def _lost(self, descriptor: int, why: str) -> None:
        attempt = self._drop(descriptor)
        attempt.socket.close()
        self._failed(attempt.address, why)
        self._next = 0.0

    def _failed(self, address: Address, why: str) -> None:
        self._failures.append(f"{authority(str(address.sockaddr[0]), self._port)}: {why}")

    def _drop(self, descriptor: int) -> _Attempt:
        self._events.unregister(descriptor)
        return self._attempts.pop(descriptor)
