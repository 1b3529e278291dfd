"""Before Python stops: what is done while the engine and its scripts still stand.

The order is: the functions given to `before_stop`; child processes; Python's own exit handlers and threads;
all that Python holds of the engine's. But for the functions, it takes no longer than `PATIENCE`.
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

PATIENCE = 0.5
"""Seconds that a quitting game waits for processes, exit handlers and threads of Python's."""
_AT_ONCE = 10_000
"""Handles that are emptied between two looks at the clock."""

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
    deadline = time.monotonic() + PATIENCE
    ended = end_processes(deadline)
    _stuck.extend(end_threads(deadline))
    for names, fate in ((ended, "processes have been ended"), (_stuck, "threads still run")):
        if names:
            errors.push_warning(
                f"Python {fate} as the game quits: {', '.join(names)}; make them daemons or end them"
            )
    _classes.forget()
    gc.collect()
    objects.free_orphans()
    while not handles.let_go(_AT_ONCE) and time.monotonic() < deadline + PATIENCE:
        pass
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
    """Runs the exit handlers, and ends the threads that `Py_FinalizeEx` would wait for without a bound.

    Args:
        deadline: how long threads are waited for, by `time.monotonic`.

    Returns:
        The names of threads that go on.
    """
    # Executors' workers end only when their module's hooks run. Those may block, as exit handlers may.
    helper = threading.Thread(target=_run_handlers, name="exit handlers", daemon=True)
    helper.start()
    helper.join(max(0.0, deadline - time.monotonic()))
    alive = [helper.name] if helper.is_alive() else []
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not thread.daemon:
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                alive.append(thread.name)
    return alive


def _run_handlers() -> None:
    hooks: list[Any] = list(getattr(threading, "_threading_atexits", ()))
    for hook in reversed(hooks):
        hook()
    atexit._run_exitfuncs()
