"""Names to addresses, by the system's resolver, in threads that nobody waits for.

`getaddrinfo` can take half a minute and can't be interrupted. So it runs in a daemon thread of its own: a
poll never blocks on it, a look-up is given up by forgetting it, and the end of the process does not wait.
"""

import socket
import threading

from .stream import Address, NetworkError

_SHARED: dict[str, "Lookup"] = {}
_LOCK = threading.Lock()


def literal(host: str) -> Address | None:
    """Reads an IPv4 or IPv6 address (the latter perhaps with a zone: `fe80::1%eth0`). None: it is a name."""
    if ":" in host:
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


def look_up(host: str) -> "Lookup":
    """Begins a look-up, or joins one for the same name that is under way: a thousand clients cost one thread.

    Raises:
        NetworkError: the system has no thread left.
    """
    with _LOCK:
        lookup = _SHARED.get(host)
        if lookup is None:
            lookup = Lookup(host)
            try:
                threading.Thread(target=lookup.run, name=f"look-up of {host}", daemon=True).start()
            except RuntimeError as error:
                raise NetworkError(f"cannot resolve {host!a}: {error}") from None
            _SHARED[host] = lookup
        return lookup


class Lookup:
    """A name that is being resolved."""

    __slots__ = ("_addresses", "_done", "_failure", "_host")

    def __init__(self, host: str) -> None:
        self._host = host
        self._addresses: list[Address] = []
        self._failure = ""
        self._done = threading.Event()

    def run(self) -> None:
        """Does the work, in the thread."""
        try:
            found = socket.getaddrinfo(self._host, 0, type=socket.SOCK_STREAM)
            self._addresses = [Address(entry[0], entry[4]) for entry in found]
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else error
            self._failure = f"cannot resolve {self._host!a}: {why}"
        finally:
            with _LOCK:
                _SHARED.pop(self._host, None)
            self._done.set()

    def poll(self) -> list[Address] | None:
        """Gives the addresses once they are known. Raises NetworkError if there are none."""
        if not self._done.is_set():
            return None
        if self._failure:
            raise NetworkError(self._failure)
        return self._addresses

    def wait(self, timeout: float) -> None:
        """Sleeps until the look-up is done; `timeout` seconds at most."""
        self._done.wait(timeout)
