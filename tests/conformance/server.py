"""The server's side of all scenarios at once: raw sockets in one thread, and real servers beside it."""

import asyncio
import contextlib
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Final, Self, TypeVar

from tests.loopback.certificates import Identity
from tests.loopback.nginx import Nginx, Site
from tests.loopback.tls_server import OpenSslServer, server_context

from .model import Drip, End, OpenSsl, Pause, Read, Reset, Scenario, Secure, Step

T = TypeVar("T")

LONGEST: Final = 120.0
"""Seconds that one connection may last."""
BEAT: Final = 0.05
"""Seconds: BEAT_MSEC of pulse.gd."""


@dataclass
class Part:
    """One scenario as one client meets it, and what the server saw of that."""

    scenario: Scenario
    listener: socket.socket | None = None
    """None: a real server listens."""
    port: int = 0
    path: str = ""
    connections: int = 0
    closed: int = 0
    """How many connections the client has closed."""
    requests: list[bytes] = field(default_factory=list)


class Stage:
    """Plays the scenarios to whoever connects.

    Args:
        scenarios: each gets a server of its own.
        folder: for Unix domain sockets.
    """

    def __init__(self, scenarios: Sequence[Scenario], folder: Path) -> None:
        self.parts = [_part(scenario, folder / f"{number}") for number, scenario in enumerate(scenarios)]
        self._loop = asyncio.new_event_loop()
        self._stack = contextlib.ExitStack()
        self._pulse = _Pulse(self._loop)
        self.pulse: int = self._pulse.port
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            stack.callback(self._close)
            self._start_real_servers(stack)
            self._thread.start()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._stack.close()

    def _start_real_servers(self, stack: contextlib.ExitStack) -> None:
        sites = []
        for part in self.parts:
            match part.scenario.server:
                case Site() as site:
                    sites.append((part, site))
                case OpenSsl(identity, options):
                    part.port = stack.enter_context(OpenSslServer(identity, *options)).port
        if sites:
            nginx = stack.enter_context(Nginx([site for _, site in sites]))
            for (part, _), port in zip(sites, nginx.ports, strict=True):
                part.port = port

    def _run(self) -> None:
        tasks = [self._loop.create_task(self._accept(part)) for part in self.parts if part.listener]
        tasks.append(self._loop.create_task(self._pulse.run()))
        self._loop.run_forever()
        tasks = list(asyncio.all_tasks(self._loop))
        for task in tasks:
            task.cancel()
        if tasks:  # or gather() would look for a loop that this thread has set
            self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))

    def _close(self) -> None:
        self._loop.close()
        self._pulse.close()
        for part in self.parts:
            if part.listener is not None:
                part.listener.close()

    async def _accept(self, part: Part) -> None:
        playing = set()
        scripts = part.scenario.server
        assert part.listener is not None
        assert isinstance(scripts, Sequence)
        while part.scenario.listen != "nowhere":
            connection, _ = await self._loop.sock_accept(part.listener)
            script = scripts[min(part.connections, len(scripts) - 1)]
            part.connections += 1
            playing.add(self._loop.create_task(self._play(part, connection, script)))

    async def _play(self, part: Part, connection: socket.socket, script: Sequence[Step]) -> None:
        connection.setblocking(False)
        if connection.family != socket.AF_UNIX:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # The client may leave at any time.
        with connection, contextlib.suppress(OSError, TimeoutError):  # ssl.SSLError is an OSError
            async with asyncio.timeout(LONGEST):
                await _Connection(self._loop, part, connection, self._pulse).play(script)


class _Pulse:
    """The server's side of `pulse.gd`: answers each beat, and counts them."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self.port: int = self._listener.getsockname()[1]
        self._beats = 0
        self._beat = asyncio.Condition()

    async def run(self) -> None:
        """Serves the engine."""
        connection, _ = await self._loop.sock_accept(self._listener)
        with connection, contextlib.suppress(OSError):
            while beat := await self._loop.sock_recv(connection, 1):
                self._beats += 1
                async with self._beat:
                    self._beat.notify_all()
                await self._loop.sock_sendall(connection, beat)

    async def wait(self, seconds: float) -> None:
        """Waits until so many beats have passed as there are in that time."""
        end = self._beats + seconds / BEAT
        async with self._beat:
            await self._beat.wait_for(lambda: self._beats >= end)

    def close(self) -> None:
        """Listens no more."""
        self._listener.close()


class _Socket:
    """Bytes over a socket."""

    def __init__(self, loop: asyncio.AbstractEventLoop, connection: socket.socket) -> None:
        self._loop, self._socket = loop, connection

    async def send(self, data: bytes) -> None:
        await self._loop.sock_sendall(self._socket, data)

    async def receive(self) -> bytes:
        """Gives what has come; nothing at the end."""
        return await self._loop.sock_recv(self._socket, 1 << 20)

    async def notify(self) -> None:
        """Says that this is the end: a FIN does."""


class _CutError(Exception):
    """The connection is to be reset."""


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
        """Gives what has come; nothing at the end."""
        try:
            return await self._do(partial(self._object.read, 1 << 20))
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


class _Connection:
    """One connection, and the script played to it."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, part: Part, connection: socket.socket, pulse: _Pulse
    ) -> None:
        self._part, self._socket, self._pulse = part, connection, pulse
        self._bytes: _Socket | _Tls = _Socket(loop, connection)
        self._unread = bytearray()
        self._bodiless = False  # the last request's body was not read yet

    async def play(self, script: Sequence[Step]) -> None:
        try:
            await self._play(script)
        except _CutError:
            self._reset()
        finally:
            self._take_the_rest()

    def _take_the_rest(self) -> None:
        """Reads what the client had sent when the stage was closed, however far the script was."""
        if isinstance(self._bytes, _Socket) and not self._bodiless:
            with contextlib.suppress(OSError):
                while more := self._socket.recv(1 << 20):
                    self._unread += more
            if self._unread:
                self._part.requests.append(bytes(self._unread))

    async def _play(self, script: Sequence[Step]) -> None:
        for step, following in zip(script, [*script[1:], None], strict=True):
            match step:
                case bytes():
                    if isinstance(following, End):  # then the FIN travels with the data
                        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
                    await self._bytes.send(step)
                case Drip(data, size, pause):
                    for start in range(0, len(data), size):
                        await self._bytes.send(data[start : start + size])
                        await asyncio.sleep(pause)
                case Read(body):
                    await self._read(body)
                case Pause(seconds):
                    await asyncio.sleep(seconds)
                    if not self._part.scenario.alone:
                        await self._pulse.wait(seconds)
                case Secure():
                    self._bytes = _Tls(self._bytes, step)
                    await self._bytes.handshake()
                case End(notify):
                    if notify:
                        await self._bytes.notify()
                    self._socket.shutdown(socket.SHUT_WR)
                case Reset():
                    self._reset()
                    return
        await self._drain()

    def _reset(self) -> None:
        """Lets the closing of the socket be a RST."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    async def _read(self, body: bool) -> None:
        """Reads a request, or only its head, or the body that such a reading left."""
        if self._bodiless:
            self._unread[:0] = self._part.requests.pop()
            self._bodiless = False
        while (end := _request_end(self._unread, body=body)) < 0:
            more = await self._receive()
            if not more:
                end = len(self._unread)
                break
            self._unread += more
        if self._unread:
            self._part.requests.append(bytes(self._unread[:end]))
            self._bodiless = not body
        del self._unread[:end]

    async def _drain(self) -> None:
        """Reads what more the client sends, until it closes."""
        while more := await self._receive():
            self._unread += more

    async def _receive(self) -> bytes:
        data = await self._bytes.receive()
        if not data:
            self._part.closed += 1
        return data


def _part(scenario: Scenario, path: Path) -> Part:
    if not isinstance(scenario.server, Sequence):
        return Part(scenario)
    if scenario.listen == "unix":
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
        part = Part(scenario, listener, path=str(path))
    else:
        family = socket.AF_INET6 if ":" in scenario.listen else socket.AF_INET
        listener = socket.socket(family)
        address = "127.0.0.1" if scenario.listen == "nowhere" else scenario.listen
        try:
            listener.bind((address, 0))
        except OSError as error:
            raise RuntimeError(f"{scenario.id} needs a server at {address}: {error}") from error
        part = Part(scenario, listener, listener.getsockname()[1])
    if scenario.listen != "nowhere":
        listener.listen()
    listener.setblocking(False)
    return part


def _request_end(data: bytearray, *, body: bool) -> int:
    """Where the first request ends; -1: it has not all come."""
    start = data.find(b"\r\n\r\n") + 4
    if start < 4 or not body:
        return start if start >= 4 else -1
    head = data[:start]
    if re.search(rb"\ntransfer-encoding:[^\r\n]*chunked", head, re.IGNORECASE):
        last = data.find(b"0\r\n\r\n", start)
        return last + 5 if last >= 0 else -1
    length = re.search(rb"\ncontent-length: *(\d+)", head, re.IGNORECASE)
    end = start + (int(length[1]) if length else 0)
    return end if len(data) >= end else -1
