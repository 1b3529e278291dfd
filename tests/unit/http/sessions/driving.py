"""A loop without a thread, on a clock of our own, and sessions over a network in memory."""

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from tests.loopback.clock import Clock
from tests.loopback.responses import HELLO
from tests.unit.http.fakes import FakeStream

from pythonscript_http.sessions.loop import Future, Loop, Task
from pythonscript_http.sessions.response import Response
from pythonscript_http.sessions.session import Session
from pythonscript_http.sessions.transfer import Listener
from pythonscript_http.timing import NEVER
from pythonscript_http.tracing import ConnectionTrace
from pythonscript_http.transport.stream import Address, Lookup, NetworkError, Watcher

T = TypeVar("T")


class ClockedLoop(Loop):
    """A loop whose clock goes on when nobody has anything to do: to when somebody has."""

    def __init__(self) -> None:
        self.time = Clock()
        super().__init__(self.time, threaded=False)

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Runs a coroutine to its end, and gives its result."""
        return self.finish(self.spawn(coroutine))

    def finish(self, future: Future[T]) -> T:
        """Runs until a result is here, and gives it."""
        for _ in range(100_000):
            if future.done:
                return future.result()
            self.turn()
            if not self.busy and not future.done:
                assert self.due < NEVER, "everybody waits for nothing"
                self.time.now = max(self.time.now, self.due)
        raise AssertionError("no end")

    def settle(self) -> None:
        """Runs until nobody has anything to do at this time."""
        for _ in range(100_000):
            self.turn()
            if not self.busy:
                return
        raise AssertionError("no end")

    def advance(self, seconds: float) -> None:
        """Lets time pass, with all that happens meanwhile."""
        end = self.time.now + seconds
        self.settle()
        while self.due <= end:
            self.time.now = max(self.time.now, self.due)
            self.settle()
        self.time.now = end
        self.settle()

    def end(self) -> None:
        """Cancels all that is under way."""
        self.stop()
        self.settle()
        assert not self._tasks

    def begun(self, coroutine: Coroutine[Any, Any, T]) -> Task[T]:
        """Spawns a coroutine, and runs it until it waits."""
        task = self.spawn(coroutine)
        self.settle()
        return task


CUT = NetworkError("cannot receive: reset")
Answer = Callable[[bytes], Sequence[bytes | NetworkError]]
"""Makes what a peer sends for a request."""


class Peer(FakeStream):
    """A connection whose peer answers each write that ends a head."""

    def __init__(self, answering: Answer) -> None:
        super().__init__()
        self._answering = answering
        self.requests: list[bytes] = []
        self.watcher: Watcher | None = None

    def write(self, buffers: Sequence[bytes | memoryview]) -> int:
        data = b"".join(buffers)
        size = super().write(buffers)
        if b" HTTP/1.1\r\n" in data:
            self.requests.append(data)
            self.events += self._answering(data)
        return size

    def send(self, *events: bytes | NetworkError) -> None:
        """Has it send more, unasked."""
        self.events += events
        if self.watcher is not None:
            self.watcher.wake()

    def watch(self, watcher: Watcher, *, write: bool) -> None:
        self.watcher = watcher
        super().watch(watcher, write=write)


class Arriving:
    """A connection that takes some time."""

    def __init__(self, peers: "Peers") -> None:
        self._peers = peers
        self._until = peers.clock.now + peers.seconds

    def poll(self) -> Peer | None:
        if self._peers.failure:
            raise NetworkError(self._peers.failure)
        if self._peers.clock.now < self._until:
            return None
        peer = Peer(self._peers.answering)
        self._peers.all.append(peer)
        return peer

    def wait(self, timeout: float) -> None:
        raise AssertionError("nobody may sleep here")

    def watch(self, watcher: Watcher) -> None:
        if self._peers.watching is not None:
            raise self._peers.watching
        watcher.after(self._until - self._peers.clock.now)

    def close(self) -> None:
        self._peers.given_up += 1


class Peers:
    """A network whose every host takes connections, and answers in the same way."""

    def __init__(self, clock: Clock, answering: Answer = lambda _: [HELLO]) -> None:
        self.clock = clock
        self.answering = answering
        self.all: list[Peer] = []
        self.seconds = 0.0
        self.failure = ""
        self.given_up = 0
        self.watching: Exception | None = None
        """What waiting for a connection fails of."""

    @property
    def requests(self) -> list[bytes]:
        return [request for peer in self.all for request in peer.requests]

    def literal(self, host: str) -> Address:
        return Address(2, (host, 0))

    def look_up(self, host: str) -> Lookup:
        raise AssertionError("every name is an address here")

    def connect(
        self,
        addresses: Sequence[Address],
        port: int,
        lookup: object = None,
        trace: ConnectionTrace | None = None,
    ) -> Arriving:
        return Arriving(self)


class Served:
    """A session over such a network."""

    def __init__(self, answering: Answer = lambda _: [HELLO], base_url: str = "http://a") -> None:
        self.loop = ClockedLoop()
        self.peers = Peers(self.loop.time, answering)
        self.session = Session(
            self.loop,
            base_url=base_url,
            network=self.peers,
            wall_clock=lambda: 1_000_000_000.0 + self.loop.time.now,
            jitter=lambda: 0.5,
        )

    def call(
        self, method: str = "GET", url: str = "/", listener: Listener | None = None, **options: object
    ) -> Response:
        return self.loop.finish(self.session.start(method, url, options, listener).response)
