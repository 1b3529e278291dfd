"""The network as the operating system gives it: its resolver, and its TCP and Unix domain sockets."""

from collections.abc import Callable, Sequence

from pythonscript_http.config import Timeouts
from pythonscript_http.tracing import ConnectionTrace

from . import resolver, system
from .happy_eyeballs import Race
from .stream import Address, Lookup, Pending
from .unix import UnixPending


class TcpNetwork:
    """The network as the operating system gives it.

    Args:
        connect_timeout: seconds for each address.
        clock: tells the time in seconds.
    """

    def __init__(self, connect_timeout: float = Timeouts().address, *, clock: Callable[[], float]) -> None:
        self._connect_timeout = connect_timeout
        self._clock = clock

    def literal(self, host: str) -> Address | None:
        """Reads a literal address, or `unix:/path`. None: this is a name."""
        return resolver.literal(host)

    def look_up(self, host: str) -> Lookup:
        """Begins to resolve a name."""
        return resolver.look_up(host, self._clock)

    def connect(
        self,
        addresses: Sequence[Address],
        port: int,
        lookup: Lookup | None = None,
        trace: ConnectionTrace | None = None,
    ) -> Pending:
        """Begins to connect to the addresses of a host; the port does not count for a Unix domain socket."""
        if addresses[0].family == system.UNIX:
            return UnixPending(addresses[0], self._connect_timeout, self._clock, trace)
        return Race(addresses, port, self._connect_timeout, lookup, clock=self._clock, trace=trace)
