"""Connections that are kept for the next request: few to a host, not for long, and none that is dead.

Who finds none free waits in line: whoever came first is served first, whatever the host, but nobody waits for
a host that is out of connections because others want one too.

A slot is one exchange on a connection. HTTP/1.1 has one at a time.
"""

import heapq
import itertools
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final, NamedTuple

from pythonscript_http.config import Limits, Timeouts
from pythonscript_http.exceptions import LocalError
from pythonscript_http.http1.connection import Phase
from pythonscript_http.http1.request import RequestHead
from pythonscript_http.http11 import HTTP11Connection
from pythonscript_http.timing import NEVER, Timing
from pythonscript_http.tracing import Trace
from pythonscript_http.transport.connector import Connector, Route
from pythonscript_http.transport.stream import HandshakeError, Network, NetworkError
from pythonscript_http.workers import Workers

from .failures import Failure, SessionError
from .loop import LINGER, Future, Loop, Task, TimedOutError, Watch, sleep
from .stage import Stage

MOST_OF_ROUTE: Final = 6
"""Connections by one route at a time, as browsers have."""
MOST_CONNECTIONS: Final = 64
"""Connections in all."""
IDLE_TIME: Final = 30.0
"""Seconds that a connection is kept without a request. Usual servers keep theirs for 5 to 75."""

_IDLE: Final = Phase.IDLE
_decoders: Final = Workers(4, LINGER, "HTTP decoding")


class Terms(NamedTuple):
    """How a connection is made, but for where to."""

    timeout: float = 0.0
    """Seconds that it may take; 0: no limit."""
    user_agent: str = ""
    """What to tell a proxy that asks who wants a tunnel."""
    limits: Limits = Limits()
    """header_size is that of a proxy's answer too."""
    trace: Trace | None = None
    """Reports it; None: it is not observed."""
    tell: Callable[[Stage], object] | None = None
    """Is told whether it is resolving or connecting, again and again; None: nobody wants to know."""


class Pooled:
    """A connection of a pool."""

    __slots__ = ("head", "http", "idle_since", "route", "timing", "used")

    def __init__(self, route: Route, http: HTTP11Connection, timing: Timing) -> None:
        self.route: Final = route
        self.http: Final = http
        self.timing: Final = timing
        self.used = 0
        """Requests that it has served."""
        self.idle_since = 0.0
        self.head: tuple[object, RequestHead] | None = None
        """The head of the last request, and what it was made of: games ask for the same again and again."""


class Slot:
    """The right to one exchange. Give it back, once, by `release` or `discard`."""

    __slots__ = ("_pool", "connection")

    def __init__(self, pool: "Pool", connection: Pooled) -> None:
        self._pool: Pool | None = pool
        self.connection: Final = connection

    @property
    def reused(self) -> bool:
        """The connection has served another request: the server may have closed it meanwhile."""
        return self.connection.used > 0

    def release(self) -> None:
        """Gives it back: the connection is kept if it may be used again, and is not in the middle of one."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.give_back(self.connection, keep=True)

    def discard(self) -> None:
        """Gives it back, and ends the connection."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.give_back(self.connection, keep=False)


class _Waiter:
    """Somebody who waits in line: for a connection, or for the right to make one (None)."""

    __slots__ = ("fresh", "future", "number", "route")

    def __init__(self, number: int, route: Route, *, fresh: bool) -> None:
        self.number = number
        self.route = route
        self.fresh = fresh
        self.future: Future[Pooled | None] = Future()


class Pool:
    """Connections of a session. All of it belongs to the loop's thread.

    Args:
        loop: runs whoever waits.
        network: makes the connections.
        most: connections in all.
        most_of_route: connections by one route.
        idle_time: seconds that one is kept without a request.
    """

    def __init__(
        self,
        loop: Loop,
        network: Network,
        *,
        most: int = MOST_CONNECTIONS,
        most_of_route: int = MOST_OF_ROUTE,
        idle_time: float = IDLE_TIME,
    ) -> None:
        self._loop = loop
        self._network = network
        self.most = most
        self.most_of_route = most_of_route
        self.idle_time = idle_time
        self._counts: dict[Route, int] = {}  # of connections, those being made too
        self._total = 0
        self._idle: dict[Route, list[Pooled]] = {}  # the one that was used last at the end
        self._by_age: OrderedDict[Pooled, None] = OrderedDict()  # all that are idle, the oldest first
        self._lines: dict[Route, deque[_Waiter]] = {}
        self._heads: list[tuple[int, Route]] = []  # a heap: the first of each line, and some who have left
        self._numbers = itertools.count()
        self._sweeper: Task[None] | None = None
        self.closed = False

    @property
    def size(self) -> int:
        """How many connections there are, those being made too."""
        return self._total

    @property
    def idle(self) -> int:
        """How many of them wait for a request."""
        return len(self._by_age)

    async def acquire(self, route: Route, terms: Terms, *, fresh: bool = False) -> Slot:
        """Waits for a connection that stands.

        Args:
            route: the way to the host.
            terms: how one is made, if it must.
            fresh: none that has served a request: one of those has just turned out to be dead.

        Raises:
            SessionError: no connection can be made.
        """
        connection = None
        if not self._lines:
            connection = self._take(route, fresh=fresh)
            if connection is None and not self._reserve(route):
                connection = await self._wait_in_line(route, fresh=fresh)
        else:
            connection = await self._wait_in_line(route, fresh=fresh)
        if connection is None:
            try:
                connection = await self._connect(route, terms)
            except BaseException:
                self._free(route)
                self._serve()
                raise
        return Slot(self, connection)

    def give_back(self, connection: Pooled, *, keep: bool) -> None:
        """Takes a connection back. The business of slots."""
        http = connection.http
        connection.used += 1
        if keep and not self.closed and http.core.phase is _IDLE and self.idle_time > 0:
            connection.idle_since = self._loop.clock()
            self._idle.setdefault(connection.route, []).append(connection)
            self._by_age[connection] = None
            if self._sweeper is None:
                self._sweeper = self._loop.spawn(self._sweep())
        else:
            http.close()
            self._free(connection.route)
        if self._lines:
            self._serve()

    def close(self) -> None:
        """Ends all connections that are idle, and further ones when they are given back."""
        self.closed = True
        for connection in list(self._by_age):
            self._drop(connection)
        if self._sweeper is not None:
            self._sweeper.cancel()

    # ---- inside

    def _take(self, route: Route, *, fresh: bool) -> Pooled | None:
        """Takes a connection that is idle; those that turn out to be dead are ended on the way."""
        idle = self._idle.get(route)
        while idle:
            connection = idle[-1]
            if fresh or self._expired(connection) or not _stands(connection.http):
                self._drop(connection)
                continue
            self._forget_idle(connection)
            return connection
        return None

    def _expired(self, connection: Pooled) -> bool:
        return self._loop.clock() >= connection.idle_since + self.idle_time

    def _forget_idle(self, connection: Pooled) -> None:
        del self._by_age[connection]
        idle = self._idle[connection.route]
        idle.remove(connection)
        if not idle:
            del self._idle[connection.route]

    def _drop(self, connection: Pooled) -> None:
        """Ends a connection that is idle."""
        self._forget_idle(connection)
        connection.http.close()
        self._free(connection.route)

    def _free(self, route: Route) -> None:
        """There is one connection less."""
        self._total -= 1
        count = self._counts[route] - 1
        if count:
            self._counts[route] = count
        else:
            del self._counts[route]

    def _reserve(self, route: Route) -> bool:
        """Makes room for one more connection. False: there is none."""
        if self._counts.get(route, 0) >= self.most_of_route:
            return False
        if self._total >= self.most:
            if not self._by_age:
                return False
            self._drop(next(iter(self._by_age)))  # of another route: one of this would have been taken
        self._counts[route] = self._counts.get(route, 0) + 1
        self._total += 1
        return True

    async def _wait_in_line(self, route: Route, *, fresh: bool) -> Pooled | None:
        waiter = _Waiter(next(self._numbers), route, fresh=fresh)
        line = self._lines.setdefault(route, deque())
        line.append(waiter)
        if len(line) == 1:
            heapq.heappush(self._heads, (waiter.number, route))
        self._serve()
        try:
            return await waiter.future
        except BaseException:
            self._leave(waiter)
            raise

    def _leave(self, waiter: _Waiter) -> None:
        """Somebody waits no longer. What was given already goes to the next."""
        if not waiter.future.done:
            line = self._lines[waiter.route]
            if line[0] is waiter:
                self._leave_head(waiter.route, line)
            else:
                line.remove(waiter)
            if len(self._heads) > 2 * len(self._lines) + _MOST_LEFT:
                self._heads = [(line[0].number, route) for route, line in self._lines.items()]
                heapq.heapify(self._heads)
            return
        connection = waiter.future.result()
        if connection is None:
            self._free(waiter.route)
            self._serve()
        else:
            connection.used -= 1  # it has not been
            self.give_back(connection, keep=True)

    def _serve(self) -> None:
        """Gives what there is to those who wait, the first first."""
        heads, full = self._heads, []  # of routes that have all the connections they may have: few
        while heads and (self._by_age or self._total < self.most):
            number, route = head = heapq.heappop(heads)
            line = self._lines.get(route)
            if line is None or line[0].number != number:
                continue  # who has left
            waiter = line[0]
            connection = self._take(route, fresh=waiter.fresh)
            if connection is None and not self._reserve(route):
                full.append(head)
                continue
            self._leave_head(route, line)
            waiter.future.set(connection)
        for head in full:
            heapq.heappush(heads, head)

    def _leave_head(self, route: Route, line: "deque[_Waiter]") -> None:
        line.popleft()
        if line:
            heapq.heappush(self._heads, (line[0].number, route))
        else:
            del self._lines[route]

    async def _connect(self, route: Route, terms: Terms) -> Pooled:
        """Makes a connection."""
        clock = self._loop.clock
        timing = Timing(clock, Timeouts())
        timing.begin()
        until = timing.began + terms.timeout if terms.timeout else NEVER
        connector = Connector(self._network, clock=clock, timeouts=Timeouts())
        try:
            connecting = connector.connect(
                route, user_agent=terms.user_agent, limits=terms.limits, trace=terms.trace
            )
        except LocalError as error:
            raise SessionError(Failure.INVALID_REQUEST, str(error)) from None
        except NetworkError as error:
            raise SessionError(Failure.CANT_RESOLVE, str(error)) from None
        stream = None
        try:
            while True:
                resolving = connecting.resolving
                if terms.tell is not None:
                    terms.tell(Stage.RESOLVING if resolving else Stage.CONNECTING)
                stream = connecting.poll()
                if stream is not None:
                    break
                if resolving and not connecting.resolving:
                    continue  # a poll that ends the look-up does nothing more
                left = until - clock()
                if left <= 0:
                    raise TimedOutError(f"no connection within {terms.timeout:g} s (connect_timeout)")
                await Watch(connecting.watch, left)
        except TimedOutError as error:
            reason = str(connecting.late(str(error)))  # it says what it still waits for
            connecting.close(reason)
            raise SessionError(Failure.TIMEOUT, reason) from None
        except HandshakeError as error:
            raise SessionError(Failure.TLS, str(error)) from None
        except NetworkError as error:
            kind = Failure.CANT_RESOLVE if resolving else Failure.CANT_CONNECT
            raise SessionError(kind, str(error)) from None
        except BaseException:  # such as Cancelled
            connecting.close()
            raise
        timing.resolved, timing.connected = connecting.resolved, connecting.connected
        timing.secured = connecting.secured
        http = HTTP11Connection(timing, Timeouts(), stream, _decoders.start, connecting.trace)
        return Pooled(route, http, timing)

    async def _sweep(self) -> None:
        """Ends connections that nobody has wanted for long, or that the server has ended."""
        try:
            while self._by_age and not self.closed:
                oldest = next(iter(self._by_age))
                left = oldest.idle_since + self.idle_time - self._loop.clock()
                if left > 0:
                    await sleep(min(left, _SWEEP))
                for connection in list(self._by_age):
                    if self._expired(connection) or not _stands(connection.http):
                        self._drop(connection)
        finally:  # also where the loop stops
            self._sweeper = None
            for connection in list(self._by_age):
                self._drop(connection)


_MOST_LEFT: Final = 64
"""Heads of lines who have left and are kept, besides as many as there are lines."""

_SWEEP: Final = 5.0
"""Seconds between looks at whether the connections that are idle stand."""


def _stands(http: HTTP11Connection) -> bool:
    """Whether a connection that is idle may take a request."""
    http.look()
    return http.core.phase is _IDLE
