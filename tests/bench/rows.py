"""What is measured: works, each over plain HTTP and over TLS."""

from dataclasses import dataclass
from typing import Final

MIB: Final = 1 << 20


@dataclass(frozen=True)
class Row:
    """One line of the page.

    Attributes:
        work: a function of `worker.gd`.
        title: what it does, for readers.
        unit: of the speed.
        amount: how much of it a round does.
        tls: over TLS.
        goal: the ratio to the engine's client that the design wants, through GDScript.
    """

    work: str
    title: str
    unit: str
    amount: int
    tls: bool
    goal: float

    @property
    def id(self) -> str:
        return f"{self.work}{'-tls' if self.tls else ''}"


def _both(
    work: str, title: str, unit: str, amounts: tuple[int, int], goals: tuple[float, float]
) -> list[Row]:
    return [Row(work, title, unit, amounts[tls], bool(tls), goals[tls]) for tls in (0, 1)]


ROWS: Final = (
    *_both("download", "a download of 128 MiB, 64 KiB a read", "MiB/s", (128, 128), (1.0, 3.0)),
    *_both("upload", "an upload of 64 MiB", "MiB/s", (64, 64), (4.5, 2.7)),
    *_both("get", "small GETs over one connection", "/s", (1000, 2000), (5.0, 1.2)),
    *_both("connect", "connect, GET, close", "/s", (500, 40), (3.3, 20.0)),
)
