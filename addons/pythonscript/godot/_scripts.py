"""What is asked of the engine's scripts."""

import threading

from _pythonscript.interface import engine_version

from ._classes import singleton


def is_waiting() -> bool:
    """Whether a script on this thread waits for a call into Python, and looks at the call's error.

    Scripts of release builds don't look. Nor does the engine's own code, which calls with no script below it
    on the thread's stack, as a Thread does whose method is written in Python.
    """
    if not singleton("OS").is_debug_build():
        return False
    if engine_version() >= (4, 5, 0):
        return any(not trace.is_empty() for trace in singleton("Engine").capture_script_backtraces())
    return threading.current_thread() is threading.main_thread()
