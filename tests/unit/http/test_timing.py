"""Marks and deadlines, with a clock of our own."""

import pytest
from tests.loopback.clock import Clock

from pythonscript_http.config import Timeouts
from pythonscript_http.timing import NEVER, Timing


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_without_deadlines_nothing_is_due(clock: Clock) -> None:
    timing = Timing(clock, Timeouts())
    assert timing.due is NEVER
    timing.begin()
    assert timing.overdue(connecting=True, requesting=False, awaited=False) == ""
    timing.request()
    clock.now = 1e9
    assert timing.overdue(connecting=False, requesting=True, awaited=True) == ""
    assert timing.due == NEVER


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("total", "not complete within 5 s (total_timeout)"),
        ("idle", "not a byte moved for 5 s (idle_timeout)"),
        ("first_byte", "no answer within 5 s (first_byte_timeout)"),
    ],
)
def test_deadlines_of_a_request(clock: Clock, name: str, text: str) -> None:
    timing = Timing(clock, Timeouts())
    timing.obey(Timeouts(**{name: 5.0}))
    timing.request()
    for now in (100.0, 104.9):
        clock.now = now
        assert timing.overdue(connecting=False, requesting=True, awaited=True) == ""
        assert timing.due == 105
    clock.now = 105.0
    assert timing.overdue(connecting=False, requesting=True, awaited=True) == text


@pytest.mark.parametrize("name", ["total", "idle", "first_byte"])
def test_a_deadline_that_has_passed_is_told_until_the_end(clock: Clock, name: str) -> None:
    """Whoever asks first need not be the one who acts on it; and nothing is waited for any more."""
    timing = Timing(clock, Timeouts())
    timing.obey(Timeouts(**{name: 5.0}))
    timing.request()
    clock.advance(6)
    for _ in range(3):
        assert timing.overdue(connecting=False, requesting=True, awaited=True) != ""
        assert timing.due <= clock.now
        assert timing.remaining(30) == 0
    timing.end()
    assert timing.due == NEVER


def test_a_byte_puts_off_what_counts_from_it(clock: Clock) -> None:
    for name, put_off in (("idle", True), ("first_byte", True), ("total", False)):
        clock.now = 100.0
        timing = Timing(clock, Timeouts())
        timing.obey(Timeouts(**{name: 5.0}))
        timing.request()
        clock.now = 104.0
        timing.move()
        clock.now = 106.0
        assert (timing.overdue(connecting=False, requesting=True, awaited=True) == "") is put_off


def test_an_answer_ends_the_wait_for_it(clock: Clock) -> None:
    timing = Timing(clock, Timeouts())
    timing.obey(Timeouts(first_byte=5))
    timing.request()
    clock.now += 6
    assert timing.overdue(connecting=False, requesting=True, awaited=False) == ""
    assert timing.due == NEVER


def test_a_deadline_set_late_counts_from_the_begin(clock: Clock) -> None:
    timing = Timing(clock, Timeouts())
    timing.request()
    clock.now += 6
    timing.obey(Timeouts(total=5))
    assert timing.due <= clock.now
    assert timing.overdue(connecting=False, requesting=True, awaited=False) != ""


def test_waits_are_bounded_by_the_nearest(clock: Clock) -> None:
    timing = Timing(clock, Timeouts())
    timing.obey(Timeouts(total=5, idle=3))
    timing.request()
    timing.overdue(connecting=False, requesting=True, awaited=True)
    assert (timing.remaining(30), timing.remaining(1)) == (3, 1)
    timing.end()
    assert timing.remaining(30) == 30


def test_durations(clock: Clock) -> None:
    timing = Timing(clock, Timeouts())
    assert set(timing.durations().values()) == {0.0}
    timing.begin()
    timing.resolved, timing.connected, timing.secured = 101.0, 103.0, 104.0
    clock.now = 110.0
    timing.request()
    timing.sent, timing.first_byte_came = 111.0, 112.0
    clock.now = 115.0
    assert timing.durations()["total"] == 15  # so far
    timing.end()
    clock.now = 120.0
    timing.end()
    assert timing.durations() == {
        "name_lookup": 1.0,
        "connect": 3.0,
        "appconnect": 4.0,
        "pretransfer": 10.0,
        "posttransfer": 11.0,
        "first_byte": 12.0,
        "total": 15.0,
    }
    timing.request()  # the connection is used again
    clock.now = 121.0
    timing.end()
    assert timing.durations() == dict.fromkeys(timing.durations(), 0.0) | {"total": 1.0}
    timing.forget()
    assert set(timing.durations().values()) == {0.0}


def test_a_deadline_that_is_set_meanwhile_is_seen_later() -> None:
    """By another thread, at any moment of the look at the others."""

    class Seconds(float):
        """A duration whose use is such a moment."""

        def __bool__(self) -> bool:
            if not timing.total:
                timing.total = 5  # so that this is no endless loop: limit() looks at all of them
                timing.obey(Timeouts(total=5))
            return True

    timing = Timing(Clock(), Timeouts())
    timing.obey(Timeouts(idle=1000))
    timing.request()
    timing.idle = Seconds(1000)
    assert timing.overdue(connecting=False, requesting=True, awaited=False) == ""
    assert timing.due == 0.0
    timing.idle = 0.0
    assert timing.overdue(connecting=False, requesting=True, awaited=False) == ""
    assert timing.due == 105
