"""An event loop in a thread of its own, for servers that run beside a test."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, Final, TypeVar

T = TypeVar("T")

SECONDS: Final = 30.0
"""Nothing takes longer to end."""


class LoopThread:
    """Runs coroutines in a daemon thread.

    Attributes:
        loop: may be used before the thread runs, to make what belongs to it.
    """

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="loopback", daemon=True)

    def start(self) -> None:
        """Starts the thread."""
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Runs a coroutine in the thread, once that has started; returns its result.

        Raises:
            TimeoutError: it took over `SECONDS`.
        """
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(SECONDS)

    def close(self) -> None:
        """Cancels what still runs, waits for its end, and ends the thread if it has started."""
        if self._thread.is_alive():
            self.run(self._cancel())
            self.loop.call_soon_threadsafe(self.loop.stop)
            self._thread.join(SECONDS)
        self.loop.close()

    async def _cancel(self) -> None:
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
