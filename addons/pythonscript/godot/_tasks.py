"""Coroutines on the engine's loop: `async def` methods and callbacks, and what they await.

A coroutine that crosses over to the engine, as the result of a method or of a callback, is started there.
What it awaits are signals: it goes on when the signal is emitted, on the thread that emits it. If it ends at
once, the engine gets its result; else it gets a signal, `completed`, which a script awaits as a function of
its own.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any
from weakref import WeakSet

from _pythonscript import errors

from ._classes import BoundSignal, engine_class, singleton

ONE_SHOT = 4
"""Object.CONNECT_ONE_SHOT."""
PATIENCE = 600
"""Frames for which a result waits for who awaits it, as a script may await something else first."""

_running: WeakSet[_Task] = WeakSet()


def start(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Runs a coroutine until it awaits something; returns its result, or the signal that will bring it.

    Raises:
        Exception: the coroutine raises before it awaits anything.
    """
    return _Task(coroutine).begin()


def close() -> None:
    """Ends all coroutines, the game quits: what they await will not come."""
    for task in list(_running):
        task.close()


class _Task:
    """A coroutine that has been started."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        self._coroutine = coroutine
        self._name = getattr(coroutine, "__qualname__", type(coroutine).__name__)
        self._owner: Any = None  # of the signal `completed`
        self._result: Any = None
        self._frames = PATIENCE

    def begin(self) -> Any:
        try:
            self._wait(self._coroutine.send(None))
        except StopIteration as end:
            return end.value
        self._owner = engine_class("RefCounted")()
        self._owner.add_user_signal("completed", [{"name": "result", "type": 0}])
        return BoundSignal(self._owner, "completed")

    def close(self) -> None:
        _running.discard(self)
        try:
            self._coroutine.close()
        except BaseException:  # of its own `finally`
            errors.report_exception(self._name)

    def _wait(self, awaited: Any) -> None:
        """Lets the coroutine go on when a signal is emitted; tells it at once of what cannot be awaited."""
        while True:
            try:
                if not isinstance(awaited, BoundSignal):
                    raise TypeError(
                        f"{self._name} awaits a {type(awaited).__name__}; on the engine's loop there are "
                        "signals and coroutines that await them"
                    )
                awaited.connect(lambda *values: self._resume(values), ONE_SHOT)
            except Exception as error:
                awaited = self._coroutine.throw(error)
            else:
                _running.add(self)
                return

    def _resume(self, values: tuple[Any, ...]) -> None:
        _running.discard(self)
        try:
            self._wait(self._coroutine.send(values[0] if len(values) == 1 else list(values) or None))
        except StopIteration as end:
            self._result = end.value
            self._deliver()
        except BaseException:
            errors.report_exception(self._name)
            self._deliver()

    def _deliver(self) -> None:
        """Emits `completed` once somebody awaits it."""
        signal = BoundSignal(self._owner, "completed")
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
