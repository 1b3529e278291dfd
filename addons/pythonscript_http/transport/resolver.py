"""Names to addresses, by the system's resolver, in threads that nobody waits for.

`getaddrinfo` can take half a minute and can't be interrupted. So it runs in a thread of its own: a poll never
blocks on it, a look-up is given up by forgetting it, and the end of the process does not wait.

It is asked for all addresses of a name first: that is one thread, it knows the system's files, and it orders
the families as RFC 6724 wants it. The system asks for A and AAAA records at the same time, but it answers
when it has both. So if it takes longer than the resolution delay of RFC 8305 section 3, each family is asked
for by itself too, and what comes first is used: a server that drops one of the questions costs that delay.

There is a thread for each name that is being looked up, up to a limit: a thousand dead names do not make a
thousand threads. Names beyond it wait for their turn, and lose it when their clients give up. Questions for
one family leave half of the threads to other names, so that it takes that many dead names to hold up a live
one. Neither answers nor failures are kept: to cache is the system's business, which knows how long.

`localhost` and the names below it are this machine, and nobody is asked (RFC 6761 section 6.3).
"""

import math
import socket
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from pythonscript_http.url import UNIX
from pythonscript_http.workers import Workers

from . import system
from .stream import Address, NetworkError, Watcher

RESOLUTION_DELAY: Final = 0.05
"""Seconds (RFC 8305 section 8)."""

MOST_THREADS: Final = 256
"""A dead name keeps one for 10 to 30 s. Memory: some 50 KiB each."""

_LINGER: Final = 10.0
_LOCALHOST: Final = [
    Address(socket.AF_INET6, ("::1", 0, 0, 0)),
    Address(socket.AF_INET, ("127.0.0.1", 0)),
]
_FAMILIES: "Final[dict[int, str]]" = {socket.AF_INET6: "IPv6", socket.AF_INET: "IPv4"}

_workers = Workers(MOST_THREADS, _LINGER, "look-up")
_under_way: "Final[weakref.WeakValueDictionary[str, Lookup]]" = weakref.WeakValueDictionary()
_lock: Final = threading.Lock()


def literal(host: str) -> Address | None:
    """Reads what needs no look-up: an IPv4 or IPv6 address, or `unix:/path`. None: it is a name.

    An IPv6 address may have a zone: `fe80::1%eth0`.
    """
    if ":" in host:
        if host.startswith(UNIX):
            return Address(system.UNIX, (host.removeprefix(UNIX),))
        try:
            found = socket.getaddrinfo(host, 0, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
        except (OSError, ValueError):
            return None
        return Address(found[0][0], found[0][4])
    try:
        socket.inet_pton(socket.AF_INET, host)
    except (OSError, ValueError):
        return None
    return Address(socket.AF_INET, (host, 0))


def look_up(host: str, clock: Callable[[], float]) -> "Lookup | Known":
    """Begins a look-up, or joins one for the same name that is under way: a thousand clients cost one thread.

    Args:
        host: the name.
        clock: tells the time in seconds, for the resolution delay.

    Raises:
        NetworkError: the system has no thread left.
    """
    if _is_localhost(host):
        return Known(host, _LOCALHOST)
    with _lock:
        lookup = _under_way.get(host)
        if lookup is None or lookup.complete:
            lookup = _under_way[host] = Lookup(host, clock)
            try:
                lookup.ask(socket.AF_UNSPEC)
            except RuntimeError as error:
                del _under_way[host]
                raise NetworkError(f"cannot resolve {host!a}: {error}") from None
        return lookup


class Known:
    """A name of which nobody need be asked.

    Args:
        host: the name.
        addresses: what it stands for.
    """

    __slots__ = ("_addresses", "host")

    complete = True

    def __init__(self, host: str, addresses: list[Address]) -> None:
        self.host = host
        self._addresses = addresses

    def poll(self) -> list[Address]:
        """Gives the addresses."""
        return self._addresses

    def wait(self, timeout: float) -> None:
        """There is nothing to wait for."""

    def watch(self, watcher: Watcher, known: Sequence[Address] | None = None) -> None:
        """Tells that."""
        watcher.after(0.0)


class Lookup:
    """A name that is being resolved, and what is known of it so far."""

    __slots__ = (
        "__weakref__",
        "_addresses",
        "_apart",
        "_changed",
        "_clock",
        "_failures",
        "_patience",
        "_watchers",
        "complete",
        "host",
    )

    def __init__(self, host: str, clock: Callable[[], float]) -> None:
        self.host = host
        self.complete = False
        """No more addresses will come."""
        self._addresses: list[Address] = []
        self._failures: dict[int, str] = {}
        self._apart = 0  # families that were asked for by themselves and have not answered
        self._clock = clock
        self._patience = clock() + RESOLUTION_DELAY
        self._changed = threading.Condition()
        self._watchers: set[Watcher] = set()

    def poll(self) -> list[Address] | None:
        """Gives the addresses that are known, once there are any. Raises NetworkError if there are none."""
        complete = self.complete  # read first: what is known then is all
        if self._addresses:
            return self._addresses
        if complete:
            raise NetworkError(f"cannot resolve {self.host!a}: {self._failure()}")
        self._mind_the_delay()
        # A loop that only polls would keep the interpreter from the thread that has the answer.
        time.sleep(0)
        return None

    def wait(self, timeout: float) -> None:
        """Sleeps until an address is known or it is clear that there is none; `timeout` seconds at most."""
        end = self._clock() + timeout
        with self._changed:
            while not (self._addresses or self.complete) and (now := self._clock()) < end:
                self._mind_the_delay()
                self._changed.wait(min(end, self._patience) - now)

    def watch(self, watcher: Watcher, known: Sequence[Address] | None = None) -> None:
        """Tells what `wait` would wait for (see `stream.Lookup`)."""
        with self._changed:
            if self.complete or len(self._addresses) != len(known or ()):
                watcher.after(0.0)
                return
            self._watchers.add(watcher)
        if self._patience < math.inf:
            watcher.after(self._patience - self._clock())

    def ask(self, family: int) -> None:
        """Has the system asked, in a thread.

        Args:
            family: AF_UNSPEC for all.

        Raises:
            RuntimeError: the system has no thread left.
        """
        _workers.submit(partial(_resolve, weakref.ref(self), family))

    def answer(self, family: int, addresses: list[Address], failure: str) -> None:
        """Takes an answer; called by the thread that has it."""
        with self._changed:
            if self.complete:
                return
            if failure:
                self._failures[family] = failure
            known = self._addresses
            if family == socket.AF_UNSPEC:
                self._addresses = addresses or known
                self.complete = True
            else:
                self._addresses = addresses + known if family == socket.AF_INET6 else known + addresses
                self._apart -= 1
                self.complete = self._apart == 0
            self._changed.notify_all()
            watchers, self._watchers = self._watchers, set()
        for watcher in watchers:
            watcher.wake()

    def _mind_the_delay(self) -> None:
        """Asks for each family once the delay is over, if threads are to spare: other names come first."""
        if self._clock() < self._patience:
            return
        with self._changed:
            if self._patience < math.inf and _workers.spare() * 2 >= _workers.most + len(_FAMILIES):
                self._apart = len(_FAMILIES)
                for family in _FAMILIES:
                    self.ask(family)
            self._patience = math.inf

    def _failure(self) -> str:
        joint = self._failures.get(socket.AF_UNSPEC)
        if joint or len(set(self._failures.values())) == 1:
            return joint or next(iter(self._failures.values()))
        return ", ".join(f"{why} ({_FAMILIES[family]})" for family, why in self._failures.items())


def _is_localhost(host: str) -> bool:
    name = host.removesuffix(".").lower()
    return name == "localhost" or name.endswith(".localhost")


def _resolve(asking: "weakref.ref[Lookup]", family: int) -> None:
    """Asks the system, unless all who wanted to know have given up while this waited for a thread."""
    lookup = asking()
    if lookup is None or lookup.complete:
        return
    addresses, failure = [], ""
    try:
        # As bytes, or Python would check and encode the name by rules of its own.
        found = socket.getaddrinfo(lookup.host.encode(), 0, family, socket.SOCK_STREAM)
        addresses = [Address(entry[0], entry[4]) for entry in found]
    except OSError as error:
        failure = error.strerror or str(error)
    except Exception as error:  # whatever it is: without an answer somebody would wait for ever
        failure = str(error) or type(error).__name__
    lookup.answer(family, addresses, failure)
