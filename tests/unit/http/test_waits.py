"""Waiting in blocking mode."""

import pytest
from tests.loopback.clock import Clock
from tests.unit.http.test_client import FakeStream, PacedStream

from pythonscript_http.config import Timeouts
from pythonscript_http.timing import Timing
from pythonscript_http.turn import Turn
from pythonscript_http.waits import Waits


class Waiting:
    """Waits by a clock of our own."""

    def __init__(self, timeouts: Timeouts) -> None:
        self.clock = Clock()
        self.turn = Turn()
        self.timing = Timing(self.clock, timeouts)
        self.waits = Waits(self.turn, self.timing, timeouts)

    def seconds(self, until: float = 0.0) -> float:
        begun = self.clock.now
        for nap in self.waits.naps(until):
            self.clock.advance(nap)
        return self.clock.now - begun


@pytest.mark.parametrize(
    ("timeouts", "until", "seconds"),
    [
        (Timeouts(blocking=30.0), 0.0, 30.0),
        (Timeouts(), 107.0, 7.0),
        (Timeouts(), 99.0, 0.0),
        (Timeouts(blocking=4.0), 107.0, 4.0),
        (Timeouts(total=5.0), 0.0, 5.0),
        (Timeouts(total=5.0), 102.0, 2.0),
    ],
)
def test_how_long(timeouts: Timeouts, until: float, seconds: float) -> None:
    waiting = Waiting(timeouts)
    waiting.timing.request()
    waiting.timing.overdue(connecting=False, requesting=True, awaited=True)
    assert waiting.seconds(until) == pytest.approx(seconds)


def test_a_close_ends_it() -> None:
    waiting = Waiting(Timeouts())
    naps = waiting.waits.naps()
    assert next(naps) < 0.1
    waiting.turn.wanted = True
    assert list(naps) == []
    assert waiting.waits.closing


def test_for_a_stream() -> None:
    waiting = Waiting(Timeouts())
    assert waiting.waits.wait(FakeStream(b"x"), write=False)
    stream = PacedStream(waiting.clock)
    assert not waiting.waits.wait(stream, write=False, until=101.0)
    assert waiting.clock.now == 101.0
