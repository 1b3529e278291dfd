"""Coroutines on one background thread, which waits for all of them at once.

    async def work() -> float:
        with deadline(loop, loop.clock() + 3.0):  # raises TimedOutError in here
            await sleep(0.01)
        return loop.clock()

    loop = Loop()
    task = loop.spawn(work())  # from any thread
    task.wait(5.0)
    loop.stop()

A task runs until it waits, so what it does between two waits must be short: whoever has more to do gives the
others their turn by `pause`. Every wait may end early, for nothing; whoever waits looks again.

asyncio does more, and its import takes 55 ms, which a game would lose at its first request.
"""

import heapq
import itertools
import threading
import time
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from time import monotonic
from types import TracebackType
from typing import Any, Final, Generic, Protocol, TypeVar

from pythonscript_http.timing import NEVER
from pythonscript_http.transport import system
from pythonscript_http.transport.stream import Watcher
from pythonscript_http.transport.wakeup import Wakeup

T = TypeVar("T")

LINGER: Final = 5.0
"""Seconds that the thread lives on without a task; to start one takes as long as a request."""
_BLIND: Final = 0.005
"""Seconds between looks at what has no descriptor."""
_LONGEST: Final = 3600.0
"""Seconds of one sleep: the system counts them in milliseconds, in 32 bits."""

_MOST_STALE: Final = 64
"""Timers that may be out of date before they are thrown away, besides as many as there are tasks."""


class Cancelled(BaseException):
    """Raised in a task that somebody cancels. It may clean up, and shall end."""


class TimedOutError(Exception):
    """Raised in a task whose `deadline` has passed."""


class Trap(Protocol):
    """What a coroutine yields to its loop: it waits for this."""

    def park(self, task: "Task[Any]", /) -> None:
        """Tells the task what wakes it."""


class Future(Generic[T]):
    """A result that is to come, once. Any thread may set it, and any may wait for it."""

    __slots__ = ("_error", "_value", "_waiting", "done")

    def __init__(self) -> None:
        self.done = False
        """It has come."""
        self._value: T | None = None
        self._error: BaseException | None = None
        self._waiting: list[Callable[[], object]] = []

    def set(self, value: T) -> None:
        """Gives the result. Only the first counts."""
        if not self.done:
            self._value = value
            self._finish()

    def fail(self, error: BaseException) -> None:
        """Has `result` raise. Only the first counts."""
        if not self.done:
            self._error = error
            self._finish()

    def _finish(self) -> None:
        self.done = True
        waiting, self._waiting = self._waiting, []
        for wake in waiting:
            wake()

    def result(self) -> T:
        """Gives the result, which must have come, or raises what it failed of."""
        assert self.done
        if self._error is not None:
            raise self._error
        return self._value  # type: ignore[return-value]

    def call(self, wake: Callable[[], object]) -> None:
        """Has something called when the result comes, or now, in the thread that knows first."""
        self._waiting.append(wake)
        if self.done:  # perhaps since before it stood in the list
            wake()

    def wait(self, seconds: float) -> bool:
        """Sleeps until the result is here; not on a loop's thread. False: `seconds` passed."""
        if not self.done:
            came = threading.Event()
            self.call(came.set)
            came.wait(seconds)
        return self.done

    def park(self, task: "Task[Any]") -> None:
        """See `Trap`."""
        self.call(task.wake)

    def __await__(self) -> Generator[Trap, None, T]:
        """Waits in a coroutine."""
        if not self.done:
            yield self
            while not self.done:  # woken for something else
                yield _IDLE
        return self.result()


class _Idle:
    """Waits for whatever the task has been told before."""

    def park(self, task: "Task[Any]") -> None:
        """See `Trap`."""


_IDLE: Final = _Idle()


class Task(Future[T]):
    """A coroutine that a loop runs; its result is what that returns or raises. Make it by `Loop.spawn`.

    It is what a `stream.Watcher` is to whom it waits for.
    """

    __slots__ = (
        "__weakref__",
        "_begun",
        "_cancelled",
        "_coroutine",
        "_descriptors",
        "_due",
        "_loop",
        "_queued",
        "_refusal",
        "limit",
        "limited_by",
        "timer",
    )

    def __init__(self, loop: "Loop", coroutine: Coroutine[Trap, None, T]) -> None:
        super().__init__()
        self._loop = loop
        self._coroutine = coroutine
        self._begun = self._queued = self._cancelled = False
        self._descriptors: list[int] = []
        self._refusal: Exception | None = None  # what the wait failed of that was to begin
        self._due = NEVER  # when the wait under way ends
        self.limit = NEVER
        """The deadline of what is under way (see `deadline`)."""
        self.limited_by = ""
        """What TimedOutError says of it."""
        self.timer = NEVER
        """When the loop looks at both, or earlier."""

    @property
    def due(self) -> float:
        """When it is to be woken if nothing else does."""
        return min(self._due, self.limit)

    def cancel(self) -> None:
        """Raises `Cancelled` where the coroutine waits, from any thread. One that has ended does not mind."""
        self._cancelled = True
        self.wake()

    def wake(self) -> None:
        """Ends the wait under way, from any thread."""
        if not self._queued and not self.done:
            self._queued = True
            self._loop.queue(self)

    def descriptor(self, number: int, *, read: bool, write: bool) -> None:
        """Ends the next wait when a descriptor can be read or written."""
        if number < 0:
            self.after(_BLIND)
        else:
            self._loop.register(number, self, read=read, write=write)
            self._descriptors.append(number)

    def after(self, seconds: float) -> None:
        """Ends the next wait when so much time has passed."""
        if seconds <= 0:
            self.wake()
        else:
            self._due = min(self._due, self._loop.clock() + seconds)

    def step(self) -> None:
        """Runs the coroutine until it waits. The loop's business."""
        self._queued = False
        if self.done:
            return
        if self._descriptors:
            self._loop.unregister(self._descriptors)
        self._due = NEVER
        try:
            trap = self._resume()
        except StopIteration as stop:
            self.set(stop.value)
        except BaseException as error:
            if not isinstance(error, Cancelled):
                log_exception("a task raised: %r", self._coroutine)
            self._coroutine.close()
            self.fail(error.with_traceback(None))  # or it would keep what the coroutine had
        else:
            try:
                trap.park(self)
            except Exception as error:  # is for the one who waits, who has things to give back
                self._refusal = error.with_traceback(None)
            if self._cancelled or self._refusal is not None:
                self.wake()
            return
        self._loop.ended(self)

    def _resume(self) -> Trap:
        coroutine = self._coroutine
        refusal, self._refusal = self._refusal, None
        if not self._begun:  # what was not begun could not tell of its end
            self._begun = True
        elif self._cancelled:
            self._cancelled = False
            return coroutine.throw(Cancelled())
        elif refusal is not None:
            return coroutine.throw(refusal)
        elif self.limit < NEVER and self._loop.clock() >= self.limit:
            self.limit = NEVER
            return coroutine.throw(TimedOutError(self.limited_by))
        return coroutine.send(None)


class deadline:  # noqa: N801 - it reads as a verb
    """Limits the time of what a task does within its block, which raises TimedOutError then.

    Args:
        loop: the task's.
        until: the time, by the loop's clock; `NEVER`: there is no limit.
        text: what TimedOutError says.
    """

    __slots__ = ("_outer", "_task", "_text", "_until")

    def __init__(self, loop: "Loop", until: float, text: str = "") -> None:
        assert loop.current is not None
        self._task = loop.current
        self._until = until
        self._text = text
        self._outer = NEVER, ""

    def __enter__(self) -> None:
        task = self._task
        self._outer = task.limit, task.limited_by
        if self._until < task.limit:
            task.limit, task.limited_by = self._until, self._text

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._task.limit, self._task.limited_by = self._outer


class _Sleep:
    """Waits for a time."""

    __slots__ = ("_seconds",)

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def park(self, task: Task[Any]) -> None:
        """See `Trap`."""
        task.after(self._seconds)

    def __await__(self) -> Generator[Trap, None, None]:
        yield self


class Watch:
    """Waits for what somebody tells who has a `watch` method.

    Args:
        tell: tells it a `Watcher`.
        seconds: how long at most.
    """

    __slots__ = ("_seconds", "_tell")

    def __init__(self, tell: Callable[[Watcher], None], seconds: float = NEVER) -> None:
        self._tell = tell
        self._seconds = seconds

    def park(self, task: Task[Any]) -> None:
        """See `Trap`."""
        self._tell(task)
        if self._seconds < NEVER:
            task.after(self._seconds)

    def __await__(self) -> Generator[Trap, None, None]:
        """Waits in a coroutine."""
        yield self


def sleep(seconds: float) -> _Sleep:
    """Waits for so long, or shorter."""
    return _Sleep(seconds)


async def sleep_through(loop: "Loop", seconds: float) -> None:
    """Waits for so long, and no shorter."""
    until = loop.clock() + seconds
    while (left := until - loop.clock()) > 0:
        await sleep(left)


def pause() -> _Sleep:
    """Gives all others that have something to do their turn."""
    return _Sleep(0.0)


class Loop:
    """Runs coroutines on a daemon thread of its own, which comes with the first and goes after the last.

    Args:
        clock: tells the time in seconds; one that never goes back.
        name: of the thread, for those who look at it.
        threaded: there is a thread. False: somebody calls `turn`, as tests do.
    """

    def __init__(
        self, clock: Callable[[], float] = monotonic, *, name: str = "HTTP sessions", threaded: bool = True
    ) -> None:
        self.clock: Final = clock
        self.current: Task[Any] | None = None
        """The task that runs now; on the loop's thread alone."""
        self._name = name
        self.threaded: Final = threaded
        """It has a thread of its own."""
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._tasks: set[Task[Any]] = set()
        self._queue: deque[Task[Any]] = deque()
        self._timers: list[tuple[float, int, Task[Any]]] = []
        self._numbers = itertools.count()
        self._poller = system.poller()
        self._watched: dict[int, Task[Any]] = {}
        self._wakeup: Wakeup | None = None
        self._asleep = False
        self._lingers = True

    # ---- any thread

    def spawn(self, coroutine: Coroutine[Trap, None, T]) -> Task[T]:
        """Begins to run a coroutine.

        Raises:
            OSError, RuntimeError: there is no thread yet, and the system gives no descriptor or none.
        """
        task = Task(self, coroutine)
        with self._lock:
            try:
                if self.threaded and self._thread is None:
                    self._start()
            except (OSError, RuntimeError):
                coroutine.close()
                raise
            self._tasks.add(task)
        task.wake()
        return task

    @property
    def inside(self) -> bool:
        """The caller is on the loop's thread, which must wait for nothing."""
        return self._thread is threading.current_thread()

    def stop(self, seconds: float = 1.0) -> bool:
        """Cancels all tasks, and waits for their end and that of the thread. The loop may be used again.

        Args:
            seconds: how long at most.

        Returns:
            Whether they have ended.
        """
        with self._lock:
            thread, tasks = self._thread, list(self._tasks)
            self._lingers = False
            if self._wakeup is not None:
                self._wakeup.wake()
        for task in tasks:
            task.cancel()
        if thread is None or thread is threading.current_thread():
            return not tasks
        thread.join(seconds)
        return all(task.done for task in tasks)

    def queue(self, task: Task[Any]) -> None:
        """Has a task run next. The business of tasks."""
        self._queue.append(task)
        if self._asleep and self._wakeup is not None:
            self._wakeup.wake()

    # ---- the loop's thread

    def register(self, number: int, task: Task[Any], *, read: bool, write: bool) -> None:
        """Wakes a task by a descriptor. The business of tasks."""
        assert number not in self._watched, "two tasks wait for one descriptor"
        self._poller.register(number, (system.READABLE if read else 0) | (system.WRITABLE if write else 0))
        self._watched[number] = task

    def unregister(self, numbers: list[int]) -> None:
        """Forgets some descriptors, and empties their list. The business of tasks."""
        for number in numbers:
            del self._watched[number]
            self._poller.unregister(number)
        numbers.clear()

    def ended(self, task: Task[Any]) -> None:
        """Forgets a task. The business of tasks."""
        self._tasks.discard(task)

    @property
    def due(self) -> float:
        """When the next task wakes by itself, or earlier; `NEVER`: none does."""
        return self._timers[0][0] if self._timers else NEVER

    @property
    def busy(self) -> bool:
        """A task has something to do."""
        return bool(self._queue)

    def turn(self, longest: float = 0.0) -> None:
        """Waits until there is something to do, and lets every task that has it do a step.

        Args:
            longest: seconds to wait.
        """
        timers, queue = self._timers, self._queue
        if timers:
            longest = min(longest, max(0.0, timers[0][0] - self.clock()))
        self._asleep = True  # first: whoever queues a task from now on wakes us
        events = self._poller.poll(0 if queue else min(longest, _LONGEST) * 1000)
        self._asleep = False
        for number, _ in events:
            task = self._watched.get(number)
            if task is not None:
                task.wake()
            elif self._wakeup is not None:
                self._wakeup.rest()
        if timers:
            self._wake_the_due(self.clock())
        for _ in range(len(queue)):
            task = self.current = queue.popleft()
            task.step()
            due = task.due
            if due < task.timer and not task.done:
                task.timer = due
                heapq.heappush(timers, (due, next(self._numbers), task))
        self.current = None
        if len(timers) > 2 * len(self._tasks) + _MOST_STALE:
            timers[:] = [timer for timer in timers if timer[0] == timer[2].timer and not timer[2].done]
            heapq.heapify(timers)

    def _wake_the_due(self, now: float) -> None:
        """Looks at the tasks whose time has come. A task has one timer, though its waits come and go."""
        timers = self._timers
        while timers and timers[0][0] <= now:
            at, _, task = heapq.heappop(timers)
            if at > task.timer or task.done:
                continue  # an earlier one was set since
            due = task.due
            if due <= now:
                task.timer = NEVER
                task.wake()
            elif due < NEVER:
                task.timer = due
                heapq.heappush(timers, (due, next(self._numbers), task))
            else:
                task.timer = NEVER

    def _start(self) -> None:
        if self._wakeup is None:
            wakeup = Wakeup()
            self._poller.register(wakeup.fileno(), system.READABLE)
            self._wakeup = wakeup
        self._lingers = True
        thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        thread.start()
        self._thread = thread

    def _run(self) -> None:
        while True:
            self._survive(LINGER)
            if not self._tasks and not self._queue:
                self._survive(LINGER if self._lingers else 0.0)
                with self._lock:
                    if not self._tasks and not self._queue:
                        self._end()
                        return

    def _survive(self, longest: float) -> None:
        """Takes a turn, whatever comes of it: without the thread, all would hang."""
        try:
            self.turn(longest)
        except Exception:  # such as memory that is not to be had
            log_exception("the loop %r failed, and goes on", self)
            time.sleep(_BLIND)

    def _end(self) -> None:
        self._timers.clear()
        self._thread = None
        if self._wakeup is not None:
            self._poller.unregister(self._wakeup.fileno())
            self._wakeup.close()
            self._wakeup = None


def log_exception(text: str, culprit: object) -> None:
    """Logs the exception that is being handled, and whose doing it is."""
    import logging  # late: hardly anybody needs it

    logging.getLogger("pythonscript_http.sessions").exception(text, culprit)
