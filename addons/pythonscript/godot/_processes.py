"""Where Python has no executable of its own, as in a bundle, `multiprocessing` says so and starts nothing.

It would start the executable with its code as arguments, or fork the engine with all that it has open.
"""

from __future__ import annotations

import os
import sys
from typing import NoReturn

_KINDS = ("fork", "forkserver", "spawn_posix", "spawn_win32")


class Popen:
    """What `multiprocessing` makes of a process that is to be started."""

    def __init__(self, process: object) -> NoReturn:
        raise RuntimeError(
            f"{process!r} cannot be started: the Python of a game has no executable of its own; "
            "use threads, or OS.create_process() for another program"
        )


def register(name: str, rtype: str) -> None:
    """Does nothing: the process that watches over the locks of `multiprocessing` cannot be started.

    Whoever makes them, or shared memory, cleans up all the same.
    """


unregister = register


def refuse() -> bool:
    """Takes the place of what starts processes if there is no executable, and of its name in `sys`.

    Returns:
        Whether there is none.
    """
    path = sys.executable
    if path and os.access(path, os.X_OK) and os.path.getsize(path):  # noqa: PTH202 - before pathlib is imported
        return False
    sys.executable = ""
    names = ("resource_tracker", *(f"popen_{kind}" for kind in _KINDS))
    sys.modules.update({f"multiprocessing.{name}": sys.modules[__name__] for name in names})
    return True
