"""What one contender did in one round, and in which units that is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

ENGINE: Final = "engine"
OURS: Final = "ours"
BARE: Final = "bare"
CONTENDERS: Final = (ENGINE, OURS, BARE)
"""The engine's client (or what GDScript and C++ do), ours, and the bare loop in C."""


class Sample(NamedTuple):
    """A measurement of the whole amount of a row.

    Attributes:
        usec: microseconds.
        cpu: microseconds of CPU; negative: they were not measured.
        memory: KiB that the process grew by, at most.
        worst: microseconds of the longest call.
        frames: of the engine's main loop.
        what: the name of the longest call.
    """

    usec: float
    cpu: float = -1.0
    memory: float = 0.0
    worst: float = 0.0
    frames: float = 0.0
    what: str = ""


class Unit(NamedTuple):
    """How a sample is told.

    Attributes:
        text: behind the number.
        value: of a sample, and the amount that was done.
        more: whether more is better.
    """

    text: str
    value: Callable[[Sample, float], float]
    more: bool = False


UNITS: Final[Mapping[str, Unit]] = {
    "/s": Unit("/s", lambda sample, amount: amount * 1e6 / sample.usec, more=True),
    "MiB/s": Unit("MiB/s", lambda sample, amount: amount * 1e6 / sample.usec, more=True),
    "s": Unit("s", lambda sample, _: sample.usec / 1e6),
    "ms": Unit("ms", lambda sample, amount: sample.usec / amount / 1e3),
    "us": Unit("µs", lambda sample, amount: sample.usec / amount),
    "ns": Unit("ns", lambda sample, amount: sample.usec / amount * 1e3),
    "us of CPU": Unit("µs", lambda sample, amount: sample.cpu / amount),
    "s of CPU": Unit("s/GiB", lambda sample, amount: sample.cpu / amount * 1024 / 1e6),
    "longest": Unit("ms", lambda sample, _: sample.worst / 1e3),
    "memory": Unit("MiB", lambda sample, _: sample.memory / 1024),
    "frames": Unit("frames", lambda sample, amount: sample.frames / amount),
}
"""By name. A longest call and memory are those of the whole amount, the others of one of it."""
