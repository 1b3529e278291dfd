"""Other processes and event loops, in a game."""

from __future__ import annotations

import asyncio
import multiprocessing
import subprocess
import sys
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

from godot import Callable, Engine, Node, RefCounted, Resource, Signal, gdclass

from .waiting import square

SECONDS = 60.0


@gdclass
class PyHelpers(RefCounted):
    """Uses them, and tells what came of it."""

    @staticmethod
    def subprocesses() -> list:  # type: ignore[type-arg]
        """The output of a few processes."""
        script = "import sys; print(sys.stdin.read().upper())"
        command = [sys.executable, "-c", script]
        return [
            subprocess.run(
                command, input=text, capture_output=True, text=True, check=True, timeout=SECONDS
            ).stdout.strip()
            for text in ("one", "two")
        ]

    @staticmethod
    def processes(method: str) -> list:  # type: ignore[type-arg]
        """Squares, made by other processes that are started in the way that `method` names."""
        with multiprocessing.get_context(method).Pool(2) as pool:
            return pool.map_async(square, range(5)).get(SECONDS)

    @staticmethod
    def futures(method: str) -> list:  # type: ignore[type-arg]
        """The same by an executor."""
        with ProcessPoolExecutor(2, multiprocessing.get_context(method)) as pool:
            return list(pool.map(square, range(5), timeout=SECONDS))

    @staticmethod
    def threads(function: Callable) -> list:  # type: ignore[type-arg]
        """What a GDScript function gives, called by an executor's threads."""
        with ThreadPoolExecutor(4) as pool:
            return list(pool.map(function, range(20), timeout=SECONDS))

    @staticmethod
    def event_loop(function: Callable) -> list:  # type: ignore[type-arg]
        """What a GDScript function gives, called by the tasks of an event loop in a thread."""

        async def call(number: int) -> Any:
            await asyncio.sleep(0)
            result = function.call(number)
            await asyncio.sleep(0.001)
            return result

        async def main() -> list[Any]:
            return await asyncio.wait_for(asyncio.gather(*(call(number) for number in range(20))), SECONDS)

        results: list[Any] = []
        thread = threading.Thread(target=lambda: results.extend(asyncio.run(main())))
        thread.start()
        thread.join(SECONDS)
        return results


@gdclass
class PyStepper(Node):
    """Runs an event loop of its own, a step each frame."""

    done = Signal(results=list)

    def _enter_tree(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._task = self._loop.create_task(self._work())

    def _process(self, delta: float) -> None:
        self._loop.call_soon(self._loop.stop)
        self._loop.run_forever()

    def _exit_tree(self) -> None:
        self._task.cancel()
        self._loop.run_until_complete(asyncio.gather(self._task, return_exceptions=True))
        self._loop.close()

    async def _work(self) -> None:
        results = []
        for number in range(5):
            resource = Resource()
            resource.resource_name = str(number)
            await asyncio.sleep(0)
            results.append(int(resource.resource_name))
        frame = Engine.get_process_frames()
        while Engine.get_process_frames() == frame:
            await asyncio.sleep(0)
        self.done.emit(results)
