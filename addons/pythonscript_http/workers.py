"""Threads for calls that block and can't be interrupted: few, reused, and nobody waits for their end."""

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final, Generic, TypeVar

T = TypeVar("T")
Job = Callable[[], None]


class JobError(Exception):
    """A job raised: the text of what it raised, which itself would keep what the job had."""


class Workers:
    """Runs jobs in threads, which come as they are needed and go when they are not.

    They are daemons: the end of the process does not wait for a job that hangs.

    Args:
        most: how many threads there are at a time. More jobs than that wait, the oldest first.
        linger: seconds that a thread without a job lives on. To start one costs as much as a request.
        name: of the threads, for those who look at them.
    """

    def __init__(self, most: int, linger: float, name: str) -> None:
        self.most: Final = most
        self._linger = linger
        self._name = name
        self._changed = threading.Condition(threading.Lock())
        self._jobs: deque[Job] = deque()
        self._threads = 0
        self._busy = 0

    def submit(self, job: Job) -> None:
        """Has a job done as soon as there is a thread for it. It must not raise.

        Raises:
            RuntimeError: there is no thread, and the system gives none.
        """
        with self._changed:
            self._jobs.append(job)
            if len(self._jobs) <= self._threads - self._busy or self._threads == self.most:
                self._changed.notify()
                return
            try:
                threading.Thread(target=self._work, name=self._name, daemon=True).start()
            except RuntimeError:
                if not self._threads:
                    self._jobs.remove(job)
                    raise
            else:
                self._threads += 1

    def start(self, job: Callable[[], T]) -> "Work[T]":
        """Has a job done whose result is wanted. Where the system gives no thread, it is done at once."""
        work = Work(job)
        try:
            self.submit(work.run)
        except RuntimeError:
            work.run()
        return work

    def spare(self) -> int:
        """How many more jobs could begin at once."""
        with self._changed:
            return max(0, self.most - self._busy - len(self._jobs))

    def finish(self, seconds: float) -> None:
        """Forgets the jobs that have not begun, and waits some seconds at most for those under way.

        For jobs in a library that must not be at work when the process ends.
        """
        with self._changed:
            self._jobs.clear()
        end = time.monotonic() + seconds
        while self._busy and time.monotonic() < end:
            time.sleep(0.001)

    def _work(self) -> None:
        changed, jobs = self._changed, self._jobs
        with changed:
            while jobs or changed.wait(self._linger) or jobs:
                while jobs:
                    job = jobs.popleft()
                    self._busy += 1
                    changed.release()
                    try:
                        job()
                    finally:
                        del job  # what it holds may be waited for
                        changed.acquire()
                        self._busy -= 1
            self._threads -= 1


class Work(Generic[T]):
    """A job with its result. Make it by `Workers.start`."""

    def __init__(self, job: Callable[[], T]) -> None:
        self._job = job
        self._ended = threading.Event()
        self._result: T | None = None
        self._failure: str | None = None
        self._wake: Callable[[], object] | None = None

    def run(self) -> None:
        """Does it. The workers' business."""
        try:
            self._result = self._job()
        except Exception as error:
            self._failure = str(error)
        self._ended.set()
        if self._wake is not None:
            self._wake()

    def wake(self, waiter: Callable[[], object]) -> None:
        """Has something called when it is over, or now: the last that was given, in the thread that knows."""
        self._wake = waiter
        if self._ended.is_set():  # perhaps since before that was given
            waiter()

    def __call__(self, seconds: float) -> T | None:
        """Waits some seconds at most for the result. None: not yet.

        Raises:
            JobError: the job raised.
        """
        if not self._ended.wait(seconds):
            return None
        if self._failure is not None:
            raise JobError(self._failure)
        return self._result
