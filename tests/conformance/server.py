"""The server's side of all scenarios at once: raw sockets in one thread, and real servers beside it."""

import asyncio
import contextlib
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

from tests.loopback.loop import LoopThread
from tests.loopback.nginx import Nginx, Site
from tests.loopback.scripted import Listener, Player, ReadOn, Seen
from tests.loopback.tls_server import OpenSslServer

from .model import OpenSsl, Scenario, constant

BEAT: Final = constant("pulse.gd", "BEAT_MSEC") / 1000
"""Seconds."""


@dataclass
class Part:
    """One scenario as one client meets it, and what the server saw of that."""

    scenario: Scenario
    port: int = 0
    path: str = ""
    seen: Seen = field(default_factory=Seen)


class Stage:
    """Plays the scenarios to whoever connects.

    Args:
        scenarios: each gets a server of its own.
        folder: for Unix domain sockets.
    """

    def __init__(self, scenarios: Sequence[Scenario], folder: Path) -> None:
        self._thread = LoopThread()
        self._stack = contextlib.ExitStack()
        self._pulse = _Pulse()
        self._listeners: list[Listener] = []
        self._nowhere: list[socket.socket] = []
        self.parts = [self._part(scenario, folder / f"{number}") for number, scenario in enumerate(scenarios)]
        self.pulse: int = self._pulse.port

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            for listener in self._listeners:
                listener.start(self._thread.loop)
            self._thread.loop.create_task(self._pulse.run())
            self._thread.start()
            stack.callback(self._close)
            self._start_real_servers(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def _part(self, scenario: Scenario, path: Path) -> Part:
        if not isinstance(scenario.server, Sequence):
            return Part(scenario)
        listener = _listener(scenario, path)
        port = 0 if scenario.listen == "unix" else listener.getsockname()[1]
        if scenario.listen == "nowhere":
            self._nowhere.append(listener)
            return Part(scenario, port)
        scripts = [[*script, ReadOn()] for script in scenario.server]
        player = partial(_Player, None if scenario.alone else self._pulse)
        self._listeners.append(Listener(listener, scripts, player))
        return Part(scenario, port, str(path), self._listeners[-1].seen)

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

    def _close(self) -> None:
        self._thread.run(self._stop())
        self._thread.close()
        self._pulse.close()
        for bound in self._nowhere:
            bound.close()

    async def _stop(self) -> None:
        for listener in self._listeners:
            listener.stop()


class _Player(Player):
    """Keeps step with the engine, and counts as a request what nobody read too."""

    def __init__(self, pulse: "_Pulse | None", connection: socket.socket, *others: Any) -> None:
        super().__init__(connection, *others)
        self._pulse = pulse

    async def pause(self, seconds: float) -> None:
        """Lets pass as many beats of the pulse as there are in that time, too."""
        await super().pause(seconds)
        if self._pulse is not None:
            await self._pulse.wait(seconds)

    def end(self) -> None:
        self.take_the_rest()


class _Pulse:
    """The server's side of `pulse.gd`: answers each beat, and counts them."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.setblocking(False)
        self.port: int = self._listener.getsockname()[1]
        self._beats = 0
        self._beat = asyncio.Condition()

    async def run(self) -> None:
        """Serves the engine."""
        loop = asyncio.get_running_loop()
        connection, _ = await loop.sock_accept(self._listener)
        with connection, contextlib.suppress(OSError):
            while beat := await loop.sock_recv(connection, 1):
                self._beats += 1
                async with self._beat:
                    self._beat.notify_all()
                await loop.sock_sendall(connection, beat)

    async def wait(self, seconds: float) -> None:
        """Waits until so many beats have passed as there are in that time."""
        end = self._beats + seconds / BEAT
        async with self._beat:
            await self._beat.wait_for(lambda: self._beats >= end)

    def close(self) -> None:
        """Listens no more."""
        self._listener.close()


def _listener(scenario: Scenario, path: Path) -> socket.socket:
    """A socket where a scenario is played; one that does not listen if it is to be nowhere."""
    if scenario.listen == "unix":
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(path))
    else:
        listener = socket.socket(socket.AF_INET6 if ":" in scenario.listen else socket.AF_INET)
        address = "127.0.0.1" if scenario.listen == "nowhere" else scenario.listen
        try:
            listener.bind((address, 0))
        except OSError as error:
            raise RuntimeError(f"{scenario.id} needs a server at {address}: {error}") from error
    if scenario.listen != "nowhere":
        listener.listen()
    return listener
