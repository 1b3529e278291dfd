"""A server that plays a script on raw sockets: bytes, pauses, half-closes, resets, TLS.

with ScriptedServer([ReadRequest(), b"HTTP/1.1 204 No Content\\r\\n\\r\\n"]) as server:
    ...  # talk to 127.0.0.1, server.port
assert server.received[0].startswith(b"GET / ")
"""

import asyncio
import contextlib
import re
import socket
import ssl
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Final, Self, TypeVar

from .certificates import Identity
from .loop import SECONDS, LoopThread
from .tls_server import server_context

T = TypeVar("T")

LONGEST: Final = 120.0
"""Seconds that a connection may last; a client that hangs fails its test and not the machine."""
PIECE: Final = 1 << 20
"""Bytes that one call reads at most."""


# ---- the steps of a script


@dataclass(frozen=True)
class ReadRequest:
    """Reads one request, or to the end of the connection; after one without `body`, the body that it left."""

    body: bool = True
    """With its body, as Content-Length or chunked coding tell. False: to the end of the header block."""


@dataclass(frozen=True)
class Reply:
    """Sends what is made of the last request."""

    make: Callable[[bytes], bytes]


@dataclass(frozen=True)
class Drip:
    """Sends bytes in pieces, each in a packet of its own."""

    data: bytes
    size: int = 1
    pause: float = 0.0
    """Seconds between pieces."""


@dataclass(frozen=True)
class Pause:
    """Does nothing for a while; the end of the server cuts it short."""

    seconds: float = 0.4
    """Long enough for a client that polls every frame to see what came before."""


@dataclass(frozen=True)
class Await:
    """Does nothing until something is so, or the server ends."""

    condition: Callable[[], object]


@dataclass(frozen=True)
class Secure:
    """Speaks TLS from here on; within TLS, once more."""

    identity: Identity
    versions: tuple[ssl.TLSVersion, ssl.TLSVersion] = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
    cut: int | None = None
    """Resets the connection after so many bytes of its own."""


@dataclass(frozen=True)
class HalfClose:
    """Ends the sending side (FIN), in one packet with the bytes before it; goes on reading."""

    notify: bool = True
    """Under TLS: says so before, by close_notify."""


@dataclass(frozen=True)
class ReadSome:
    """Reads what comes next, in whatever protocol."""


@dataclass(frozen=True)
class ReadOn:
    """Reads what more the client sends, until it closes."""


@dataclass(frozen=True)
class Reset:
    """Ends the connection with a RST."""


Step = bytes | Reply | ReadRequest | ReadSome | Drip | Pause | Await | Secure | HalfClose | ReadOn | Reset
"""At the end of a script the connection is closed."""


# ---- playing one


@dataclass
class Seen:
    """What a server saw of its clients."""

    received: list[bytearray] = field(default_factory=list)
    """What each connection brought by the steps that read, in the order of the connections."""
    requests: list[bytes] = field(default_factory=list)
    """Each request, in their order."""
    closed: int = 0
    """How many connections the client has closed."""


class Player:
    """Plays scripts to one connection.

    Args:
        connection: a socket that does not block.
        seen: where it says what the client does.
        over: set when the server ends, which cuts pauses short.
    """

    def __init__(self, connection: socket.socket, seen: Seen, over: asyncio.Event) -> None:
        self._socket, self._seen, self._over = connection, seen, over
        self._number = len(seen.received)
        seen.received.append(bytearray())
        self._bytes: _Socket | _Tls = _Socket(connection)
        self._unread = bytearray()
        self._request = b""
        self._bodiless = False  # the last request's body was not read yet
        self._tcp = connection.family != socket.AF_UNIX
        if self._tcp:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def play(self, script: Sequence[Step]) -> None:
        """Plays a script to its end, to the client's, or for `LONGEST`; the socket is closed then."""
        # The client may leave at any time; ssl.SSLError is an OSError.
        with self._socket, contextlib.suppress(OSError, TimeoutError):
            try:
                async with asyncio.timeout(LONGEST):
                    for step, following in zip(script, [*script[1:], None], strict=True):
                        await self._do(step, following)
            except _CutError:
                linger = struct.pack("ii", 1, 0)
                self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            finally:
                self.end()

    def end(self) -> None:
        """Is called at the end, however far the script was, while the socket is still open."""

    async def pause(self, seconds: float) -> None:
        """Does nothing for so long, or until the server ends."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._over.wait(), seconds)

    async def _do(self, step: Step, following: Step | None) -> None:
        match step:
            case bytes():
                if isinstance(following, HalfClose) and self._tcp:  # then the FIN travels with the data
                    self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
                await self._bytes.send(step)
            case Reply(make):
                await self._bytes.send(make(self._request))
            case Drip(data, size, pause):
                for start in range(0, len(data), size):
                    await self._bytes.send(data[start : start + size])
                    await asyncio.sleep(0 if self._over.is_set() else pause)
            case ReadRequest(body):
                await self._read_request(body=body)
            case Pause(seconds):
                await self.pause(seconds)
            case Await(condition):
                while not condition() and not self._over.is_set():
                    await asyncio.sleep(0.001)
            case Secure():
                self._bytes = _Tls(self._bytes, step)
                await self._bytes.handshake()
            case HalfClose(notify):
                if notify:
                    await self._bytes.notify()
                self._socket.shutdown(socket.SHUT_WR)
            case ReadSome():
                self._unread += await self._receive()
            case ReadOn():
                while more := await self._receive():
                    self._unread += more
            case Reset():
                raise _CutError

    async def _read_request(self, *, body: bool) -> None:
        """Reads a request, or only its head, or the body that such a reading left."""
        if self._bodiless:
            self._unread[:0] = self._seen.requests.pop()
            self._bodiless = False
        while (end := _request_end(self._unread, body=body)) < 0:
            more = await self._receive()
            if not more:
                end = len(self._unread)
                break
            self._unread += more
        self._request = bytes(self._unread[:end])
        if self._request:
            self._seen.requests.append(self._request)
            self._bodiless = not body
        del self._unread[:end]

    async def _receive(self) -> bytes:
        data = await self._bytes.receive()
        self._seen.received[self._number] += data
        if not data:
            self._seen.closed += 1
        return data

    def take_the_rest(self) -> None:
        """Counts as a request what the client had sent when the script ended, and nobody read."""
        if isinstance(self._bytes, _Socket) and not self._bodiless:
            with contextlib.suppress(OSError):
                while more := self._socket.recv(PIECE):
                    self._unread += more
            if self._unread:
                self._seen.requests.append(bytes(self._unread))


class _CutError(Exception):
    """The connection is to be reset."""


class _Socket:
    """Bytes over a socket."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection

    async def send(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self._socket, data)

    async def receive(self) -> bytes:
        """Returns what has come; nothing at the end."""
        return await asyncio.get_running_loop().sock_recv(self._socket, PIECE)

    async def notify(self) -> None:
        """Says that this is the end: a FIN does."""


class _Tls:
    """Bytes by TLS over something below."""

    def __init__(self, below: "_Socket | _Tls", step: Secure) -> None:
        context = _context(step.identity, *step.versions)
        self._below = below
        self._left = step.cut
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._object = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    async def handshake(self) -> None:
        await self._do(self._object.do_handshake)

    async def send(self, data: bytes) -> None:
        self._object.write(data)
        await self._flush()

    async def receive(self) -> bytes:
        """Returns what has come; nothing at the end."""
        try:
            return await self._do(partial(self._object.read, PIECE))
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return b""

    async def notify(self) -> None:
        """Says that this is the end."""
        with contextlib.suppress(ssl.SSLWantReadError):
            self._object.unwrap()
        await self._flush()

    async def _do(self, function: Callable[[], T]) -> T:
        while True:
            try:
                return function()
            except ssl.SSLWantReadError:
                await self._flush()
                data = await self._below.receive()
                if data:
                    self._incoming.write(data)
                else:
                    self._incoming.write_eof()
            finally:
                await self._flush()

    async def _flush(self) -> None:
        data = self._outgoing.read()
        if self._left is None:
            await self._below.send(data)
        elif data:
            await self._below.send(data[: self._left])
            self._left -= len(data)
            if self._left <= 0:
                raise _CutError


@lru_cache
def _context(identity: Identity, oldest: ssl.TLSVersion, newest: ssl.TLSVersion) -> ssl.SSLContext:
    context = server_context(identity)
    context.minimum_version, context.maximum_version = oldest, newest
    return context


def _request_end(data: bytes | bytearray, *, body: bool) -> int:
    """Where the first request ends; -1: it has not all come."""
    head_end = data.find(b"\r\n\r\n") + 4
    if head_end < 4:
        return -1
    if not body:
        return head_end
    head = data[:head_end].lower()
    if re.search(rb"\ntransfer-encoding:[^\r\n]*chunked", head):
        last = data.find(b"\r\n0\r\n\r\n", head_end - 2)
        return last + 7 if last >= 0 else -1
    length = re.search(rb"\ncontent-length: *(\d+)", head)
    end = head_end + (int(length[1]) if length else 0)
    return end if len(data) >= end else -1


# ---- servers


class Listener:
    """Plays scripts to whoever connects to a socket. All of it happens in one event loop's thread.

    Args:
        listener: a listening socket; closed at the end.
        scripts: steps for the first connection, the second, and so on; the last one for all that follow.
        player: makes what plays them.
    """

    def __init__(
        self,
        listener: socket.socket,
        scripts: Sequence[Sequence[Step]],
        player: Callable[[socket.socket, Seen, asyncio.Event], Player] = Player,
    ) -> None:
        self.seen = Seen()
        self._listener, self._scripts, self._player = listener, scripts, player
        self._over = asyncio.Event()
        self._playing: list[asyncio.Task[None]] = []
        listener.setblocking(False)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        """Serves in a loop that does not run yet."""
        loop.add_reader(self._listener, self._accept, loop)

    def stop(self) -> None:
        """Takes no more connections, and cuts short what scripts wait for."""
        asyncio.get_running_loop().remove_reader(self._listener)
        self._listener.close()
        self._over.set()

    async def wait(self, seconds: float) -> None:
        """Waits until the scripts are played, but no longer than so many seconds.

        Raises:
            Exception: what a condition of a script raised.
        """
        if self._playing:
            over, _ = await asyncio.wait(self._playing, timeout=seconds)
            for task in over:
                task.result()

    def _accept(self, loop: asyncio.AbstractEventLoop) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:  # it has left before it was taken
            return
        connection.setblocking(False)
        script = self._scripts[min(len(self.seen.received), len(self._scripts) - 1)]
        player = self._player(connection, self.seen, self._over)
        self._playing.append(loop.create_task(player.play(script)))


class ScriptedServer:
    """Plays a script to each connection.

    Args:
        script: steps for every connection.
        scripts: steps for the first connection, the second, and so on; the last one for all that follow.
        host: an address of the loopback interface.
        path: of a Unix domain socket, which the server makes and listens at instead.

    Attributes:
        port: where it listens; 0 for a Unix domain socket.
    """

    def __init__(
        self,
        script: Sequence[Step] = (),
        *,
        scripts: Sequence[Sequence[Step]] = (),
        host: str = "127.0.0.1",
        path: Path | None = None,
    ) -> None:
        if path is not None:
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(str(path))
            listener.listen()
        else:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            listener = socket.create_server((host, 0), family=family)
        self._listener = Listener(listener, scripts or [script])
        self._thread = LoopThread()
        self._closed = False
        self.port: int = 0 if path is not None else listener.getsockname()[1]

    @property
    def received(self) -> list[bytes]:
        """What each connection brought, in the order of the connections."""
        return [bytes(data) for data in self._listener.seen.received]

    def __enter__(self) -> Self:
        self._listener.start(self._thread.loop)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stops, and waits for what is under way.

        Raises:
            Exception: what a condition of a script raised.
        """
        if not self._closed:
            self._closed = True
            try:
                self._thread.run(self._end())
            finally:
                self._thread.close()

    async def _end(self) -> None:
        self._listener.stop()
        await self._listener.wait(0.9 * SECONDS)
