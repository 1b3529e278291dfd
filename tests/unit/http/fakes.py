"""A network in memory, whose peers play what a test gives them, and clients over it."""

import ssl
import threading
from collections.abc import Sequence
from typing import cast

from tests.loopback.clock import Clock
from tests.unit.http.driving import GET, POST, STATED, poll

from pythonscript_http import Error, HTTPClient, NetworkError, Status
from pythonscript_http.tracing import ConnectionTrace
from pythonscript_http.transport.stream import WOULD_BLOCK, Address, Readiness, TlsInfo, Watcher
from pythonscript_http.transport.trust import TlsObject


class Watching:
    """Keeps what it is told of a wait, and whether it was woken."""

    def __init__(self) -> None:
        self.descriptors: list[int] = []
        self.seconds: list[float] = []
        self.woken = threading.Event()

    def descriptor(self, number: int, *, read: bool, write: bool) -> None:
        self.descriptors.append(number)

    def after(self, seconds: float) -> None:
        self.seconds.append(seconds)

    def wake(self) -> None:
        self.woken.set()


class FakeStream:
    """A connection that plays what a peer does: bytes it sends, an end (b""), a failure."""

    def __init__(self, *events: bytes | NetworkError, room: int = 1 << 30) -> None:
        self.events = list(events)
        self.room = room
        self.sent = b""
        self.closed = False
        self.calls = 0
        self.views: list[int] = []

    peekable = True
    truncated = False
    tls: TlsInfo | None = None
    peer_address = "192.0.2.1:80"

    def flowed(self) -> bool:
        return False

    def quiet(self) -> bool:
        return self.peek() is Readiness.QUIET

    def still(self) -> bool:
        return self.peek() is Readiness.QUIET

    def peek(self) -> Readiness:
        self.calls += 1
        if not self.events:
            return Readiness.QUIET
        return Readiness.DATA if self.events[0] else Readiness.ENDED

    def read_into(self, buffer: memoryview) -> int:
        self.calls += 1
        self.views.append(len(buffer))
        if not self.events:
            return WOULD_BLOCK
        event = self.events.pop(0)
        if isinstance(event, NetworkError):
            raise event
        size = min(len(event), len(buffer))
        buffer[:size] = event[:size]
        if event[size:]:
            self.events.insert(0, event[size:])
        return size

    def write(self, buffers: Sequence[bytes | memoryview]) -> int:
        self.calls += 1
        data = b"".join(buffers)[: self.room]
        self.sent += data
        self.room -= len(data)
        return len(data)

    def wait(self, *, write: bool, timeout: float) -> bool:
        return bool(self.events) or (write and self.room > 0)

    def watch(self, watcher: Watcher, *, write: bool) -> None:
        if self.wait(write=write, timeout=0.0):
            watcher.after(0.0)

    def available(self) -> int:
        return sum(len(event) for event in self.events if isinstance(event, bytes))

    def fileno(self) -> int:
        return -1

    def close(self) -> None:
        self.closed = True


class FakeNetwork:
    """A network that answers look-ups and connections when a test lets it."""

    def __init__(self, stream: FakeStream) -> None:
        self.stream = stream
        self.addresses: list[Address] | None = None
        self.known: dict[str, list[Address]] = {}
        """Of names that have others, or have them before."""
        self.up = False
        self.failure = ""
        self.asked: list[object] = []

    def literal(self, host: str) -> Address | None:
        return Address(2, (host, 0)) if host[0].isdigit() else None

    def look_up(self, host: str) -> "FakeLookup":
        self.asked.append(host)
        return FakeLookup(self, host)

    def connect(
        self,
        addresses: Sequence[Address],
        port: int,
        lookup: object = None,
        trace: ConnectionTrace | None = None,
    ) -> "FakePending":
        self.asked.append(([address.sockaddr[0] for address in addresses], port))
        return FakePending(self)


class FakeLookup:
    complete = True

    def __init__(self, network: FakeNetwork, host: str) -> None:
        self.network = network
        self.host = host

    def poll(self) -> list[Address] | None:
        if self.network.failure:
            raise NetworkError(self.network.failure)
        return self.network.known.get(self.host, self.network.addresses)

    def wait(self, timeout: float) -> None:
        self.network.addresses = [Address(2, ("192.0.2.1", 0))]

    def watch(self, watcher: Watcher, known: object = None) -> None:
        self.wait(0.0)
        watcher.after(0.0)


class GrowingLookup:
    """A look-up that has found some addresses and may find more."""

    def __init__(self, *addresses: Address) -> None:
        self.host = "name.example"
        self.complete = False
        self.addresses = list(addresses)

    def poll(self) -> list[Address]:
        return self.addresses

    def wait(self, timeout: float) -> None:
        raise AssertionError("a race waits for its sockets")

    def watch(self, watcher: Watcher, known: Sequence[Address] | None = None) -> None:
        """Tells nothing: nobody waits for it."""

    def find(self, *addresses: Address) -> None:
        self.addresses = [*addresses, *self.addresses]
        self.complete = True


class FakePending:
    def __init__(self, network: FakeNetwork) -> None:
        self.network = network

    def poll(self) -> FakeStream | None:
        if self.network.failure:
            raise NetworkError(self.network.failure)
        return self.network.stream if self.network.up else None

    def wait(self, timeout: float) -> None:
        self.network.up = True

    def watch(self, watcher: Watcher) -> None:
        self.wait(0.0)
        watcher.after(0.0)

    def close(self) -> None:
        self.network.asked.append("given up")


def fake(*events: bytes | NetworkError, room: int = 1 << 30) -> tuple[HTTPClient, FakeStream]:
    """A connected client, and the stream under it, which then plays the events."""
    stream = FakeStream(room=room)
    network = FakeNetwork(stream)
    network.up = True
    client = HTTPClient(network)
    client.connect_to_host("192.0.2.1")
    client.poll()
    client.poll()  # finds it quiet

    def answer(buffers: Sequence[bytes | memoryview]) -> int:
        stream.events += events
        stream.write = plain  # type: ignore[method-assign]
        return plain(buffers)

    plain = stream.write
    stream.write = answer  # type: ignore[method-assign]
    return client, stream


class PacedStream(FakeStream):
    """A connection whose peer sends each event so many seconds after the one before; to wait moves the clock.

    The first event counts from the request, as a peer's that answers.
    """

    def __init__(self, clock: Clock, *events: tuple[float, bytes]) -> None:
        super().__init__()
        self._clock = clock
        self._later = list(events)
        self._next = float("inf")
        self.writes: list[tuple[float, bytes]] = []
        """When the client wrote what."""

    def _arrive(self) -> None:
        while self._later and self._clock.now >= self._next:
            self.events.append(self._later.pop(0)[1])
            self._next += self._later[0][0] if self._later else 0.0

    def peek(self) -> Readiness:
        self._arrive()
        return super().peek()

    def read_into(self, buffer: memoryview) -> int:
        self._arrive()
        return super().read_into(buffer)

    def write(self, buffers: Sequence[bytes | memoryview]) -> int:
        if self._later and not self.sent:
            self._next = self._clock.now + self._later[0][0]
        before = len(self.sent)
        size = super().write(buffers)
        self.writes.append((self._clock.now, self.sent[before:]))
        return size

    def wait(self, *, write: bool, timeout: float) -> bool:
        self._arrive()
        if not super().wait(write=write, timeout=timeout):
            until = self._next if self._later else float("inf")
            self._clock.now = max(self._clock.now, min(until, self._clock.now + timeout))
            self._arrive()
        return super().wait(write=write, timeout=timeout)

    def watch(self, watcher: Watcher, *, write: bool) -> None:
        self._arrive()
        if self._later:
            watcher.after(self._next - self._clock.now)
        if FakeStream.wait(self, write=write, timeout=0.0):
            watcher.after(0.0)


def attached(stream: FakeStream, clock: Clock) -> HTTPClient:
    """A client of a clock that is connected by a stream."""
    network = FakeNetwork(stream)
    network.up = True
    client = HTTPClient(network, clock=clock, timeouts=STATED)
    client.connect_to_host("192.0.2.1")
    client.poll()
    client.poll()  # finds it quiet
    return client


class Clocked:
    """A client whose clock is set by hand, over a network of our own."""

    def __init__(self) -> None:
        self.stream = FakeStream()
        self.network = FakeNetwork(self.stream)
        self.clock = Clock()
        self.client = HTTPClient(self.network, clock=self.clock, timeouts=STATED)

    def at(self, seconds: float, *events: bytes | NetworkError) -> Error:
        """Polls at a time, counted from the beginning; what comes from the server has come by then."""
        self.clock.now = 100.0 + seconds
        self.stream.events += events
        return self.client.poll()

    def read_at(self, seconds: float, *events: bytes | NetworkError) -> bytes:
        self.clock.now = 100.0 + seconds
        self.stream.events += events
        return self.client.read_response_body_chunk()

    def connected(self) -> None:
        self.network.up = True
        self.client.connect_to_host("192.0.2.1")
        self.client.poll()
        assert self.client.get_status() is Status.STATUS_CONNECTED

    def request(self, body: bytes = b"", *, sends: bool = True) -> None:
        """Begins a request, and has it sent at once unless `sends` is false."""
        self.client.request_raw(POST if body else GET, "/", [], body)
        if sends:
            self.client.poll()


class Memory(str):
    """A text of which is known who still has it."""

    __slots__ = ("__weakref__",)


def asking(*events: bytes, headers: Sequence[str] = (), **settings: object) -> HTTPClient:
    """A client that decodes, whose request was answered."""
    stream = FakeStream()
    network = FakeNetwork(stream)
    network.up = True
    client = HTTPClient(network)
    client.decode_body = True
    for name, value in settings.items():
        setattr(client, name, value)
    client.connect_to_host("192.0.2.1")
    client.poll()
    client.request(GET, "/", headers)
    client.poll()
    stream.events += events
    poll(client)
    return client


class Plain(TlsObject):
    """OpenSSL as CPython before 3.11.3 hands it on: an end without close_notify is a plain SSLError."""

    def read(self, size: int = 1024, buffer: bytearray | None = None) -> int | bytes:  # type: ignore[override]
        try:
            return cast("int | bytes", super().read(size, buffer))
        except ssl.SSLEOFError as error:
            if error.reason is None:
                raise
            plain = ssl.SSLError(1, str(error).replace("EOF occurred", "unexpected eof"))
            plain.library, plain.reason = error.library, error.reason
            raise plain from None
