"""How many system calls a work takes, as strace sees them: between two marks that the work makes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

_CALL = re.compile(r"^(\d+) +(\w+)\(")
_SLEEPS = ("clock_nanosleep", "nanosleep", "restart_syscall")
"""Threads of the engine's that have nothing to do with a client sleep again and again."""


def command(log: Path) -> Sequence[str] | None:
    """What a program runs under to be seen; None: strace is not there."""
    strace = shutil.which("strace")
    return [strace, "-f", "-qq", "-s", "16", "-o", str(log)] if strace else None


def counts(log: Iterable[str]) -> list[int]:
    """The calls between each `/bench/begin` and the `/bench/end` behind it, in the order of the log.

    Those of all threads count; of sleeps, those of the thread that made the marks.
    """
    found: list[int] = []
    inside = ""
    for line in log:
        call = _CALL.match(line)
        if "/bench/begin" in line and call:
            inside = call[1]
            found.append(0)
        elif "/bench/end" in line:
            inside = ""
        elif inside and call and (call[2] not in _SLEEPS or call[1] == inside):
            found[-1] += 1
    return found
