"""TCP connections by Happy Eyeballs (RFC 8305): attempts at several addresses, and the first to stand wins.

A dead address, or a dead IPv6, costs a quarter of a second and not the connect timeout. Attempts take turns
between the families, within each in the system's order (RFC 6724). The next one begins when the last has
failed, or has not succeeded for the connection attempt delay; those under way go on. Addresses that a look-up
finds meanwhile join in.
"""

import errno
import socket
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from pythonscript_http.tracing import ConnectionTrace
from pythonscript_http.url import authority

from . import system
from .stream import Address, Lookup, NetworkError, Watcher
from .tcp import SocketStream

ATTEMPT_DELAY: Final = 0.25
"""Seconds (RFC 8305 section 8)."""

_MOST_BEGUN: Final = 16
"""Attempts that one call begins at most: a name may have thousands of addresses that all fail at once."""

_MOST_SHOWN: Final = 8
"""Failures that the text names; further ones are counted."""

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
        (socket.IPPROTO_TCP, "TCP_KEEPALIVE", 60),  # the same on macOS
        (socket.IPPROTO_TCP, "TCP_KEEPINTVL", 15),
    )
    if hasattr(socket, name)
]


_UNDER_WAY: Final = frozenset((0, errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EALREADY))
"""What a system says of a connection that it has begun."""


class _Attempt:
    __slots__ = ("address", "deadline", "socket")

    def __init__(self, address: Address, candidate: socket.socket, deadline: float) -> None:
        self.address: Final = address
        self.socket: Final = candidate
        self.deadline: Final = deadline


class Race:
    """A TCP connection that is being made.

    Args:
        addresses: where to, best first.
        port: the port.
        timeout: seconds for each address.
        lookup: where the addresses are from, and more may come from.
        clock: tells the time in seconds.
        trace: reports each attempt.
    """

    __slots__ = (
        "_addresses",
        "_attempts",
        "_clock",
        "_events",
        "_failed",
        "_failures",
        "_family",
        "_host",
        "_known",
        "_lookup",
        "_next",
        "_port",
        "_timeout",
        "_trace",
        "_untried",
    )

    def __init__(
        self,
        addresses: Sequence[Address],
        port: int,
        timeout: float,
        lookup: Lookup | None = None,
        *,
        clock: Callable[[], float],
        trace: ConnectionTrace | None = None,
    ) -> None:
        self._clock = clock
        self._trace = trace
        self._port = port
        self._timeout = timeout
        self._lookup = lookup
        self._host = "" if lookup is None else f"{lookup.host!a}: "
        self._addresses: Sequence[Address] = ()  # as they came last
        self._known: set[Address] = set()
        self._untried: dict[int, deque[Address]] = {}  # by their families
        self._attempts: dict[int, _Attempt] = {}
        self._failures: list[tuple[Address, str]] = []  # the first of them
        self._failed = 0
        self._events = system.poller()
        self._family = 0  # of the last attempt
        self._next = 0.0  # when the next one is due
        self._add(addresses)
        self._begin()

    def poll(self) -> SocketStream | None:
        """Gives the connection once it stands. Raises NetworkError when no address took it."""
        if self._lookup is not None:
            self._join()
        for descriptor, event in self._events.poll(0):
            attempt = self._attempts[descriptor].socket
            number = 0 if event == system.WRITABLE else attempt.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if number == 0:
                return self._won(descriptor)
            self._lost(descriptor, system.reason(number))
        now = self._clock()
        for descriptor in [key for key, attempt in self._attempts.items() if now >= attempt.deadline]:
            self._lost(descriptor, f"no answer within {self._timeout:g} s")
        if self._untried and now >= self._next:
            self._begin()
        if not self._attempts and not self._untried and self._lookup is None:
            raise NetworkError(f"cannot connect to {self._host}{self._listed()}")
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

    def watch(self, watcher: Watcher) -> None:
        """Tells what `wait` would wait for."""
        now = self._clock()
        for descriptor, attempt in self._attempts.items():
            watcher.descriptor(descriptor, read=False, write=True)
            watcher.after(attempt.deadline - now)
        if self._untried:
            watcher.after(self._next - now)
        if self._lookup is not None:
            self._lookup.watch(watcher, self._addresses)
        elif not self._attempts:
            watcher.after(0.0)

    def close(self) -> None:
        """Gives all attempts up."""
        self._lookup = None
        self._untried.clear()
        for descriptor in list(self._attempts):
            attempt = self._drop(descriptor)
            attempt.socket.close()
            if self._trace is not None:
                self._trace.cancelled(self._place(attempt.address))

    def _join(self) -> None:
        """Takes what the look-up has found since."""
        lookup = self._lookup
        assert lookup is not None
        if lookup.complete:  # asked before: what it then gives is all
            self._lookup = None
        addresses = lookup.poll()
        if addresses is not None and addresses is not self._addresses:
            self._add(addresses)

    def _add(self, addresses: Sequence[Address]) -> None:
        """Takes those of some addresses that are new."""
        self._addresses = addresses
        for address in addresses:
            if address not in self._known:
                self._known.add(address)
                self._untried.setdefault(address.family, deque()).append(address)

    def _begin(self) -> None:
        """Begins with the next address; those that fail at once are passed over."""
        for _ in range(_MOST_BEGUN):
            if not self._untried:
                return
            address = self._choose()
            if self._trace is not None:
                self._trace.trying(self._place(address))
            try:
                candidate = self._dial(address)
            except OSError as error:
                self._fail(address, error.strerror or str(error))
                continue
            now = self._clock()
            self._events.register(candidate, system.WRITABLE)
            self._attempts[candidate.fileno()] = _Attempt(address, candidate, now + self._timeout)
            self._next = now + ATTEMPT_DELAY
            return

    def _dial(self, address: Address) -> socket.socket:
        candidate = socket.socket(address.family, socket.SOCK_STREAM)
        try:
            candidate.setblocking(False)
            number = candidate.connect_ex((address.sockaddr[0], self._port, *address.sockaddr[2:]))
            if number not in _UNDER_WAY:
                raise OSError(number, system.reason(number))
        except OSError:
            candidate.close()
            raise
        return candidate

    def _choose(self) -> Address:
        """Takes the next address: the first of another family than the last attempt's, or else the first."""
        untried = self._untried
        families = iter(untried)
        first = next(families)
        family = next(families, first) if first == self._family else first
        address = untried[family].popleft()
        if not untried[family]:
            del untried[family]
        self._family = family
        return address

    def _won(self, descriptor: int) -> SocketStream:
        winner = self._drop(descriptor).socket
        self.close()
        for level, option, value in _OPTIONS:
            try:  # noqa: SIM105 - a context manager would take longer than the call
                winner.setsockopt(level, option, value)
            except OSError:  # macOS refuses them once the peer has reset it, which a read will tell
                pass
        return SocketStream(winner)

    def _lost(self, descriptor: int, why: str) -> None:
        attempt = self._drop(descriptor)
        attempt.socket.close()
        self._fail(attempt.address, why)
        self._next = 0.0

    def _fail(self, address: Address, why: str) -> None:
        self._failed += 1
        if self._failed <= _MOST_SHOWN:
            self._failures.append((address, why))
        if self._trace is not None:
            self._trace.refused(self._place(address), why)

    def _place(self, address: Address) -> str:
        return authority(str(address.sockaddr[0]), self._port)

    def _listed(self) -> str:
        more = self._failed - len(self._failures)
        told = [f"{self._place(address)}: {why}" for address, why in self._failures]
        return "; ".join(told) + (f"; and {more} other addresses failed" if more else "")

    def _drop(self, descriptor: int) -> _Attempt:
        self._events.unregister(descriptor)
        return self._attempts.pop(descriptor)
