"""Coroutines on the engine's loop: `async def` methods and callbacks, and what they await.

A coroutine that crosses over to the engine, as the result of a method or of a callback, is started there.
What it awaits are signals: it goes on when the signal is emitted, on the thread that emits it; and futures of
other threads, after which it goes on on the main thread. If it ends at once, the engine gets its result; else
it gets a signal, `completed`, which a script awaits as a function of its own.

As a function of a script's, the coroutine of a method ends where its object has been freed, whatever it
awaits: it is closed instead of going on, so its `finally` runs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Coroutine, Generator
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakSet

from _pythonscript import errors
from _pythonscript.objects import is_instance_valid

from ._classes import BoundSignal, Callable, engine_class, singleton

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")

ONE_SHOT = 4
"""Object.CONNECT_ONE_SHOT."""
PATIENCE = 600
"""Frames for which a result waits for who awaits it, as a script may await something else first."""

_running: WeakSet[_Task] = WeakSet()


def start(coroutine: Coroutine[Any, Any, Any], owner: object) -> Any:
    """Runs a coroutine until it awaits something; returns its result, or the signal that will bring it.

    Args:
        owner: the object of whose method it is; None if it is of none.

    Raises:
        Exception: the coroutine raises before it awaits anything.
    """
    return _Task(coroutine, owner).begin()


def close() -> None:
    """Ends all coroutines, the game quits: what they await will not come."""
    for task in list(_running):
        task.close()


def wrap_future(future: Future[T]) -> Awaitable[T]:
    """What a coroutine on the engine's loop awaits, to get the result of a future of `concurrent.futures`.

    `await wrap_future(executor.submit(work))`, or of asyncio, whose loop runs in a thread of its own,
    `await wrap_future(asyncio.run_coroutine_threadsafe(coroutine, loop))`. The coroutine goes on on the main
    thread. If it is closed meanwhile, as the game quits, the future is cancelled.

    Raises:
        TypeError: it is no such future.
    """
    from concurrent.futures import Future  # late: whoever has one has imported it

    if not isinstance(future, Future):
        raise TypeError(
            "wrap_future takes a concurrent.futures.Future, as executors and "
            f"asyncio.run_coroutine_threadsafe return, not a {type(future).__name__}"
        )
    return _Wrapped(future)


class _Wrapped(Awaitable[T]):
    """A future, as tasks know it."""

    def __init__(self, future: Future[T]) -> None:
        self.future = future

    def __await__(self) -> Generator[_Wrapped[T], None, T]:
        if not self.future.done():
            try:
                yield self
            except GeneratorExit:
                self.future.cancel()
                raise
        return self.future.result()


class _Task:
    """A coroutine that has been started."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], owner: object) -> None:
        self._coroutine = coroutine
        self._owner = owner
        self._name = getattr(coroutine, "__qualname__", type(coroutine).__name__)
        self._sender: Any = None  # of the signal `completed`
        self._result: Any = None
        self._frames = PATIENCE

    def begin(self) -> Any:
        try:
            awaited = self._coroutine.send(None)
            self._sender = engine_class("RefCounted")()  # first: another thread may go on at once
            self._sender.add_user_signal("completed", [{"name": "result", "type": 0}])
            self._wait(awaited)
        except StopIteration as end:
            return end.value
        return BoundSignal(self._sender, "completed")

    def __del__(self) -> None:
        self._close()  # the object has been freed whose signal would have let it go on

    def close(self) -> None:
        _running.discard(self)
        self._close()

    def _close(self) -> None:
        try:
            self._coroutine.close()
        except BaseException:  # of its own `finally`
            errors.report_exception(self._name)

    def _wait(self, awaited: Any) -> None:
        """Lets the coroutine go on when what it awaits comes; tells it at once of what cannot be awaited."""
        while True:
            _running.add(self)
            try:
                if isinstance(awaited, BoundSignal):
                    if awaited.get_object() is None:
                        raise ReferenceError(
                            f"the object of the signal that {self._name} awaits has been freed"
                        )
                    awaited.connect(lambda *values: self._resume(values), ONE_SHOT)
                elif isinstance(awaited, _Wrapped):
                    self._wait_for(awaited.future)
                else:
                    raise TypeError(
                        f"{self._name} awaits a {type(awaited).__name__}; on the engine's loop there are "
                        "signals, coroutines that await them, and what wrap_future makes of a future of "
                        "concurrent.futures"
                    )
            except Exception as error:
                _running.discard(self)
                awaited = self._coroutine.throw(error)
            else:
                return

    def _wait_for(self, future: Future[Any]) -> None:
        go_on = Callable(lambda: self._resume(()))

        def done(_: Future[Any]) -> None:  # on whatever thread, perhaps once the engine has ended
            if self in _running:
                go_on.call_deferred()

        future.add_done_callback(done)

    def _resume(self, values: tuple[Any, ...]) -> None:
        if self not in _running:  # it was closed meanwhile
            return
        if self._owner is not None and not is_instance_valid(self._owner):
            self.close()
            return
        _running.discard(self)
        try:
            self._wait(self._coroutine.send(values[0] if len(values) == 1 else list(values) or None))
            return
        except StopIteration as end:
            self._result = end.value
        except BaseException:
            errors.report_exception(self._name)
        self._deliver()

    def _deliver(self) -> None:
        """Emits `completed` once somebody awaits it."""
        signal = BoundSignal(self._sender, "completed")
        if signal.has_connections():
            try:
                signal.emit(self._result)
            except Exception:  # the result has no counterpart in the engine
                errors.report_exception(self._name)
                signal.emit(None)
            return
        tree = singleton("Engine").get_main_loop()
        self._frames -= 1
        if self._frames and tree is not None and tree.has_signal("process_frame"):
            tree.process_frame.connect(self._deliver, ONE_SHOT)
