"""Processes that we start end with us, however we end: a `kill -9` too.

They are in a process group of their own, and so is whatever they start, and a guard: a shell that waits for
the end of a pipe whose other end only we have open. The kernel closes it when we die; then the guard kills
the group, itself included. Windows has no process groups: there a child goes on when we are killed.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

GUARD = ("/bin/sh", "-c", "read _; kill -KILL 0")


class Group:
    """A process group that ends with us; it is made when it is first needed."""

    def __init__(self) -> None:
        self._guard: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def number(self) -> int:
        """The group's id, for `process_group` of `subprocess.Popen`."""
        with self._lock:
            if self._guard and self._guard.poll() is not None:  # somebody killed it
                self._close()
            if self._guard is None:
                self._guard = subprocess.Popen(
                    GUARD,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    process_group=0,
                )
            return self._guard.pid

    def end(self) -> None:
        """Kills all that still runs in the group."""
        with self._lock:
            self._close()

    def _close(self) -> None:
        if self._guard:
            self._guard.communicate()  # which closes the pipe, and waits
            self._guard = None


_group = Group()
end = _group.end
atexit.register(end)


def run(
    command: Sequence[str | Path], *, check: bool = False, **options: Any
) -> subprocess.CompletedProcess[Any]:
    """`subprocess.run`, of a command that ends with us. The terminal's Ctrl-C comes to us alone."""
    if sys.platform != "win32":
        options["process_group"] = _group.number()
    return subprocess.run(command, check=check, **options)


def become(command: list[str]) -> int:
    """Ends as `command`: its output, its signals and its exit code are ours.

    Returns:
        The exit code, on Windows, where no process becomes another.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    end()
    if sys.platform != "win32":
        os.execv(command[0], command)
    return subprocess.call(command)
