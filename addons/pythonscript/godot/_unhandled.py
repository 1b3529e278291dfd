"""Exceptions that reach nobody as script errors: those of threads, and those that Python ignores."""

from __future__ import annotations

import sys
import threading
from typing import Any

from _pythonscript import errors


def begin() -> None:
    """From now on the engine is told of them."""
    sys.unraisablehook = _ignored
    threading.excepthook = _in_thread


def end() -> None:
    """The engine is about to go: from now on they are written to the process's own output."""
    sys.unraisablehook = sys.__unraisablehook__
    threading.excepthook = threading.__excepthook__


def _ignored(found: Any) -> None:
    where = getattr(found.object, "__qualname__", None)
    if where is None and found.exc_traceback is not None:  # Python 3.14 tells no object of a `__del__`
        where = found.exc_traceback.tb_frame.f_code.co_qualname
    errors.report_exception(where or type(found.object).__name__, found.exc_value)


def _in_thread(found: Any) -> None:
    if found.exc_type is not SystemExit:  # which ends the thread, as in every Python
        errors.report_exception("Thread" if found.thread is None else found.thread.name, found.exc_value)
