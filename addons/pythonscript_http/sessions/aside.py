"""What may block, such as files, on other threads: the loop's others go on meanwhile."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Final, TypeVar

from pythonscript_http.workers import Workers

from .loop import LINGER, Cancelled, Future, Loop, TimedOutError

T = TypeVar("T")

MOST_LANES: Final = 8
"""Threads, and so jobs at a time. More wait, as they would for a disk."""

_workers: Final = Workers(MOST_LANES, LINGER, "HTTP files")


class Lane:
    """Does jobs one after the other.

    Args:
        loop: the one that waits for them. Without a thread of its own, as in tests, all is done at once.
    """

    __slots__ = ("_busy", "_jobs", "_lock", "_threaded")

    def __init__(self, loop: Loop) -> None:
        self._threaded = loop.threaded
        self._lock = threading.Lock()
        self._jobs: deque[tuple[Callable[[], Any], Future[Any]]] = deque()
        self._busy = False

    def do(self, job: Callable[[], T]) -> Future[T]:
        """Has a job done behind those before it; gives what it returns, or raises."""
        future: Future[T] = Future()
        with self._lock:
            self._jobs.append((job, future))
            if self._busy:
                return future
            self._busy = True
        if self._threaded:
            _workers.start(self._work)  # or at once, where the system gives no thread
        else:
            self._work()
        return future

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._jobs:
                    self._busy = False
                    return
                job, future = self._jobs.popleft()
            try:
                future.set(job())
            except BaseException as error:
                future.fail(error.with_traceback(None))  # or it would keep what the job had
            del job, future


async def whole(future: Future[T]) -> T:
    """Waits for what can't be interrupted. What is raised here meanwhile is raised when it is over."""
    cancelled, late = False, ""
    while not future.done:
        try:
            await future
        except Cancelled:
            cancelled = True
        except TimedOutError as error:
            late = str(error) or "late"
        except BaseException:
            break  # it is the future's own
    if cancelled:
        raise Cancelled
    if late:
        raise TimedOutError(late)
    return future.result()
