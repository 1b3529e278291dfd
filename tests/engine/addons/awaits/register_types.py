"""Coroutines on the engine's loop."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Any

from godot import Engine, Node, RefCounted, SceneTree, Signal, Timer, gdclass, wrap_future


@gdclass
class PyAwaiting(Node):
    """Awaits signals."""

    fired = Signal(by=str, times=int)
    alone = Signal()

    def __init__(self) -> None:
        self.log: list[str] = []

    def get_log(self) -> list[str]:
        return list(self.log)

    async def _ready(self) -> None:
        self.log.append("ready")
        await self.alone
        self.log.append("no more alone")

    async def at_once(self, number: int) -> int:
        return number + 1

    async def next_frame(self, number: int) -> int:
        await self.get_tree().process_frame
        return number + 1

    async def several(self) -> list[Any]:
        """Awaits coroutines, signals of all kinds of arguments, and a timer."""
        seen: list[Any] = [await self.next_frame(1), await self.at_once(5)]
        seen.append(await self.fired)
        seen.append(await self.alone)
        await self.get_tree().create_timer(0.01).timeout
        return [*seen, await self.next_frame(10)]

    async def of_a_script(self, script: Node) -> Any:
        """Awaits a function of GDScript's."""
        return await script.call("wait_and_double", 4)

    async def of_an_object(self, other: RefCounted) -> str:
        awaited: Any = other
        try:
            await awaited
        except TypeError as error:
            return str(error)
        return "went on"

    async def raises(self, when: str) -> int:
        if when == "at once":
            raise ValueError("raised at once")
        await self.get_tree().process_frame
        raise ValueError("raised later")

    async def strange(self, what: str) -> str:
        try:
            await Strange(what)
        except TypeError as error:
            return str(error)
        return "went on"

    async def result_without_counterpart(self) -> Any:
        await self.get_tree().process_frame
        return object()

    async def cleans_up(self) -> None:
        try:
            await self.fired
        finally:
            CLEANED.append("cleaned")

    async def of_an_executor(self, number: int) -> list[Any]:
        def work() -> int:
            assert threading.current_thread() is not threading.main_thread()
            return 10 // number

        with ThreadPoolExecutor(1) as executor:
            try:
                result: Any = await wrap_future(executor.submit(work))
            except ZeroDivisionError as error:
                result = type(error).__name__
        return [result, threading.current_thread() is threading.main_thread()]

    async def of_a_future(self, what: str) -> Any:
        given: Any = (
            Future() if what == "cancelled" else loop().create_future() if what == "asyncio" else what
        )
        if what == "cancelled":
            given.cancel()
        try:
            return await (given if what == "asyncio" else wrap_future(given))
        except Exception as error:
            return f"{type(error).__name__}: {error}"

    async def of_a_future_that_is_over(self) -> int:
        future: Future[int] = Future()
        future.set_result(7)
        return await wrap_future(future)

    async def of_asyncio(self, number: int) -> int:
        return await wrap_future(asyncio.run_coroutine_threadsafe(self._in_asyncio(number), loop()))

    async def _in_asyncio(self, number: int) -> int:
        await asyncio.sleep(0.001)
        return number * 2

    async def of_a_future_that_never_comes(self) -> None:
        future: Future[None] = Future()
        FUTURES.append(future)
        try:
            await wrap_future(future)
        finally:
            CLEANED.append("cleaned")
            print("CANCELLED", future.cancelled())

    async def outlives_itself(self) -> None:
        """What it awaits is another object's, and comes after its own has been freed."""
        try:
            while True:
                await self.get_tree().process_frame
        finally:
            CLEANED.append("outlived")

    async def frees_itself_later(self) -> None:
        await self.get_tree().process_frame
        self.queue_free()
        await self.get_tree().process_frame
        CLEANED.append("not reached")

    async def of_a_freed_object(self) -> str:
        node = Node()
        renamed = node.renamed
        node.free()
        try:
            await renamed
        except ReferenceError as error:
            return str(error)
        return "went on"

    async def raises_in_cleanup(self) -> None:
        try:
            await self.fired
        finally:
            raise ValueError("raised in cleanup")

    def connect_coroutines(self, timer: Timer) -> None:
        """As callbacks: a method, a private one, a lambda's."""
        timer.timeout.connect(self.on_timeout)
        timer.timeout.connect(self._on_timeout)

    async def on_timeout(self) -> None:
        await self.get_tree().process_frame
        self.log.append("method")
        if self.is_queued_for_deletion():
            CLEANED.append("not reached")

    async def _on_timeout(self) -> None:
        await self.get_tree().process_frame
        self.log.append("private")
        if self.is_queued_for_deletion():  # raises if it goes on though it has been freed
            CLEANED.append("not reached")

    @staticmethod
    async def by_class() -> str:
        tree = Engine.get_main_loop()
        assert isinstance(tree, SceneTree)
        await tree.process_frame
        return "static"

    @staticmethod
    def cleaned() -> int:
        return len(CLEANED)


@gdclass
class PyAwaitingCounted(RefCounted):
    """Lives as long as its coroutine."""

    async def wait(self, tree: SceneTree) -> str:
        await tree.process_frame
        return self.get_class()


class Strange:
    """Something that yields what is no signal."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __await__(self) -> Any:
        yield self.what


@cache
def loop() -> asyncio.AbstractEventLoop:
    """asyncio's, in a thread."""
    made = asyncio.new_event_loop()
    threading.Thread(target=made.run_forever, daemon=True).start()
    return made


CLEANED: list[str] = []
FUTURES: list[Future[None]] = []
