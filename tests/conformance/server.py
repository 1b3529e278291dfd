"""The server's side of all scenarios at once: raw sockets, one thread."""

import asyncio
import contextlib
import re
import socket
import struct
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from .model import Drip, End, Pause, Read, Reset, Scenario, Step

LONGEST: Final = 20.0
"""Seconds that one connection may last."""


@dataclass
class Part:
    """One scenario as one client meets it, and what the server saw of that."""

    scenario: Scenario
    listener: socket.socket
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
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        tasks = [self._loop.create_task(self._accept(part)) for part in self.parts]
        self._loop.run_forever()
        tasks = list(asyncio.all_tasks(self._loop))
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()
        for part in self.parts:
            part.listener.close()

    async def _accept(self, part: Part) -> None:
        playing = set()
        while part.scenario.listen != "nowhere":
            connection, _ = await self._loop.sock_accept(part.listener)
            scripts = part.scenario.server
            script = scripts[min(part.connections, len(scripts) - 1)]
            part.connections += 1
            playing.add(self._loop.create_task(self._play(part, connection, script)))

    async def _play(self, part: Part, connection: socket.socket, script: Sequence[Step]) -> None:
        connection.setblocking(False)
        if connection.family != socket.AF_UNIX:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # The client may leave at any time.
        with connection, contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(LONGEST):
                await _Connection(self._loop, part, connection).play(script)


class _Connection:
    """One connection, and the script played to it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, part: Part, connection: socket.socket) -> None:
        self._loop, self._part, self._socket = loop, part, connection
        self._unread = b""
        self._bodiless = False  # the last request's body was not read yet

    async def play(self, script: Sequence[Step]) -> None:
        for step, following in zip(script, [*script[1:], None], strict=True):
            match step:
                case bytes():
                    if isinstance(following, End):  # then the FIN travels with the data
                        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
                    await self._loop.sock_sendall(self._socket, step)
                case Drip(data, size, pause):
                    for start in range(0, len(data), size):
                        await self._loop.sock_sendall(self._socket, data[start : start + size])
                        await asyncio.sleep(pause)
                case Read(body):
                    await self._read(body)
                case Pause(seconds):
                    await asyncio.sleep(seconds)
                case End():
                    self._socket.shutdown(socket.SHUT_WR)
                case Reset():
                    linger = struct.pack("ii", 1, 0)
                    self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    return
        await self._drain()

    async def _read(self, body: bool) -> None:
        """Reads a request, or only its head, or the body that such a reading left."""
        known = self._part.requests.pop() if self._bodiless else b""
        self._bodiless = not body
        data = known + self._unread
        while (end := _request_end(data, body=body)) < 0:
            more = await self._receive()
            if not more:
                break
            data += more
        if end < 0:
            end = len(data)
        if data:
            self._part.requests.append(data[:end])
        self._unread = data[end:]

    async def _drain(self) -> None:
        """Reads what more the client sends, until it closes."""
        data = self._unread
        while more := await self._receive():
            data += more
        if data and not self._bodiless:
            self._part.requests.append(data)

    async def _receive(self) -> bytes:
        data = await self._loop.sock_recv(self._socket, 1 << 20)
        if not data:
            self._part.closed += 1
        return data


def _part(scenario: Scenario, path: Path) -> Part:
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


def _request_end(data: bytes, *, body: bool) -> int:
    """Where the first request ends; -1: it has not all come."""
    head, mark, _ = data.partition(b"\r\n\r\n")
    start = len(head) + len(mark)
    if not mark or not body:
        return start if mark else -1
    if re.search(rb"\ntransfer-encoding:[^\r\n]*chunked", head, re.IGNORECASE):
        last = data.find(b"0\r\n\r\n", start)
        return last + 5 if last >= 0 else -1
    length = re.search(rb"\ncontent-length: *(\d+)", head, re.IGNORECASE)
    end = start + (int(length[1]) if length else 0)
    return end if len(data) >= end else -1
