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
        rate: whether it tells how fast a work is, whose system calls say something then.
        cpu: the unit of the CPU that one of the amount takes, and how much of it a microsecond is.
    """

    text: str
    value: Callable[[Sample, float], float]
    more: bool = False
    rate: bool = False
    cpu: tuple[str, float] = ("µs", 1.0)


def _speed(sample: Sample, amount: float) -> float:
    return amount * 1e6 / sample.usec


_BY_SIZE: Final = ("s/GiB", 1024 / 1e6)

UNITS: Final[Mapping[str, Unit]] = {
    "/s": Unit("/s", _speed, more=True, rate=True),
    "MiB/s": Unit("MiB/s", _speed, more=True, rate=True, cpu=_BY_SIZE),
    "us of CPU": Unit("µs", lambda sample, amount: sample.cpu / amount, rate=True),
    "s of CPU": Unit(
        "s/GiB", lambda sample, amount: sample.cpu / amount * _BY_SIZE[1], rate=True, cpu=_BY_SIZE
    ),
    "us a frame": Unit("µs", lambda sample, amount: sample.usec / amount, rate=True),
    "ms a frame": Unit("ms", lambda sample, amount: sample.usec / amount / 1e3, rate=True),
    "s": Unit("s", lambda sample, _: sample.usec / 1e6),
    "ms": Unit("ms", lambda sample, amount: sample.usec / amount / 1e3, cpu=("ms", 1 / 1e3)),
    "us": Unit("µs", lambda sample, amount: sample.usec / amount),
    "ns": Unit("ns", lambda sample, amount: sample.usec / amount * 1e3),
    "longest": Unit("ms", lambda sample, _: sample.worst / 1e3),
    "memory": Unit("MiB", lambda sample, _: sample.memory / 1024),
    "frames": Unit("frames", lambda sample, amount: sample.frames / amount),
}
"""By name. A longest call and memory are those of the whole amount, the others of one of it."""
