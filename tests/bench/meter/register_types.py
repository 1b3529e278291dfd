"""`PyMeter`: the process's CPU and memory, and statements in Python; `PyCaller`: calls in each frame."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from godot import Node, RefCounted, gdclass

_STATUS = Path("/proc/self/status")


def _kibibytes(name: str) -> int:
    return next(int(line.split()[1]) for line in _STATUS.read_text().splitlines() if line.startswith(name))


@gdclass
class PyMeter(RefCounted):
    """Measures this process."""

    @staticmethod
    def cpu() -> float:
        """Returns the microseconds of CPU of all its threads."""
        return time.process_time() * 1e6

    @staticmethod
    def resident() -> int:
        """Returns the KiB of memory that it has, and begins to look for the most of it anew."""
        Path("/proc/self/clear_refs").write_text("5")
        return _kibibytes("VmRSS:")

    @staticmethod
    def most() -> int:
        """Returns the most KiB of memory that it had since `resident`."""
        return _kibibytes("VmHWM:")

    @staticmethod
    def measure(statement: str, target: Any, value: Any, times: int) -> float:
        """Returns the microseconds that a statement about `target` and `value` takes in a loop."""
        names: dict[str, Any] = {"Node": Node}
        exec(f"def work(target, value):\n    for _ in range({times}):\n        {statement}\n", names)
        begun = time.perf_counter()
        names["work"](target, value)
        return (time.perf_counter() - begun) * 1e6


@gdclass
class PyCaller(Node):
    """A node that calls the engine in each frame, and measures that."""

    def __init__(self) -> None:
        self._work: Callable[[PyCaller], None] = lambda _: None
        self._spent = 0.0

    def prepare(self, statement: str) -> None:
        """Sets what a thousand times a frame is done with `node`, this one."""
        names: dict[str, Any] = {}
        exec(f"def work(node):\n    for _ in range(1000):\n        {statement}\n", names)
        self._work = names["work"]

    def spent(self) -> float:
        """Returns the microseconds that the calls of all frames have taken."""
        return self._spent

    def _process(self, _delta: float) -> None:
        begun = time.perf_counter()
        self._work(self)
        self._spent += (time.perf_counter() - begun) * 1e6
