"""Before Python stops: what is done while the engine and its scripts still stand.

The order is: the functions given to `before_stop`; child processes; threads; Python's own exit handlers; all
that Python holds of the engine's. But for the functions, each has a time of its own, whatever others took.
"""

from __future__ import annotations

import atexit
import gc
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from .hooks import stopping

PATIENCE = 0.25
"""Seconds that a quitting game waits for child processes, then for threads, then for exit handlers."""
_AT_ONCE = 10_000
"""Handles that are emptied between two looks at the clock."""

last: list[Callable[[], object]] = []
"""What is done when Python has let go of all, before the engine ends the rest of itself."""
_done: list[bool] = []
_stuck: list[str] = []
"""The threads that go on."""


def run() -> None:
    """Does all of it, the first time that it is called. The engine may enter Python until `stop`."""
    if _done:
        return
    _done.append(True)
    from _pythonscript import errors, handles, objects

    from . import _classes

    while stopping:
        function = stopping.pop()
        try:
            function()
        except BaseException:
            errors.report_exception(getattr(function, "__qualname__", repr(function)))
    if tasks := sys.modules.get("godot._tasks"):  # imported by the first of them
        tasks.close()
    ended = end_processes(time.monotonic() + PATIENCE)
    _stuck.extend(end_threads(time.monotonic() + PATIENCE))
    _stuck.extend(run_handlers(time.monotonic() + PATIENCE))
    for names, fate in ((ended, "processes have been ended"), (_stuck, "threads still run")):
        if names:
            errors.push_warning(
                f"Python {fate} as the game quits: {', '.join(names)}; make them daemons, or end them before"
            )
    _classes.forget()
    gc.collect()
    objects.free_orphans()
    deadline = time.monotonic() + PATIENCE
    while not handles.let_go(_AT_ONCE) and time.monotonic() < deadline:
        pass
    while last:
        last.pop()()
    sys.stdout.flush()
    sys.stderr.flush()


def watch_main_loop(function: Callable[[], object]) -> None:
    """Has `function` called when the main loop is freed, for engines that don't tell (before Godot 4.5)."""
    from ._classes import Callable as EngineCallable
    from ._classes import singleton

    def attach() -> None:
        singleton("Engine").get_main_loop().set_meta("_pythonscript", EngineCallable(_Farewell(function)))

    EngineCallable(attach).call_deferred()  # there is no main loop yet


class _Farewell:
    """Calls a function when it is dropped; the engine keeps it as a Callable."""

    def __init__(self, function: Callable[[], object]) -> None:
        self._function = function

    def __call__(self) -> None:
        """Does nothing: the engine never calls it."""

    def __del__(self) -> None:
        self._function()


def is_stuck() -> bool:
    """Whether a thread goes on, so that `Py_FinalizeEx` would wait for it without a bound."""
    return bool(_stuck)


def end_processes(deadline: float) -> list[str]:
    """Ends the children of `multiprocessing`, whose own exit handler would wait for them without a bound.

    Args:
        deadline: when those still running are ended by force, by `time.monotonic`.

    Returns:
        The names of those, daemons left out, which always end so.
    """
    multiprocessing = sys.modules.get("multiprocessing.process")
    if multiprocessing is None:
        return []
    late = []
    for child in multiprocessing.active_children():
        child.join(0.0 if child.daemon else max(0.0, deadline - time.monotonic()))
        if child.is_alive():
            late += [] if child.daemon else [child.name]
            child.kill()
            child.join(PATIENCE)
    return late


def end_threads(deadline: float) -> list[str]:
    """Ends the threads that `Py_FinalizeEx` would wait for without a bound.

    Args:
        deadline: how long they are waited for, by `time.monotonic`.

    Returns:
        The names of threads that go on.
    """
    # Executors' workers end only when their module's hooks run, which wait for them.
    hooks: list[Any] = list(getattr(threading, "_threading_atexits", ()))
    alive = _call_apart("executors", lambda: [hook() for hook in reversed(hooks)], deadline) if hooks else []
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not thread.daemon:
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                alive.append(thread.name)
    return alive


def run_handlers(deadline: float) -> list[str]:
    """Runs what `atexit` was given, while the engine still stands.

    Args:
        deadline: how long it is waited for, by `time.monotonic`.

    Returns:
        The name of the thread that they run in, if it goes on.
    """
    return _call_apart("exit handlers", atexit._run_exitfuncs, deadline) if atexit._ncallbacks() else []


def _call_apart(name: str, function: Callable[[], object], deadline: float) -> list[str]:
    """Calls what may block in a thread, and waits for it; returns the thread's name if it goes on."""
    helper = threading.Thread(target=function, name=name, daemon=True)
    helper.start()
    helper.join(max(0.0, deadline - time.monotonic()))
    return [name] if helper.is_alive() else []
