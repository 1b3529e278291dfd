"""One call at a time."""

import threading

import pytest
from tests.loopback.network import SECONDS, until

from pythonscript_http.turn import Turn


class Holder:
    """A thread that has the turn until it may leave."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn
        self._go = threading.Event()
        self.wanted: bool | None = None
        """What it learned on leaving."""
        taken = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(taken,))
        self._thread.start()
        assert taken.wait(SECONDS)

    def _run(self, taken: threading.Event) -> None:
        assert self._turn.take()
        taken.set()
        self._go.wait(SECONDS)
        self.wanted = self._turn.leave()

    def leave(self) -> None:
        self._go.set()
        self._thread.join(SECONDS)
        assert self.wanted is not None


def test_one_after_the_other() -> None:
    turn = Turn()
    for _ in range(3):
        assert turn.take()
        assert not turn.leave()


def test_no_call_within_a_call() -> None:
    turn = Turn()
    assert turn.take()
    assert not turn.take()
    assert not turn.take()
    assert not turn.leave()
    assert turn.take()


def test_no_call_beside_a_call_of_another_thread() -> None:
    turn = Turn()
    holder = Holder(turn)
    assert not turn.take()
    holder.leave()
    assert holder.wanted is False
    assert turn.take()


def test_what_nobody_has_is_taken_over_at_once() -> None:
    turn = Turn()
    assert turn.take_over(0.0)
    assert not turn.take()
    assert turn.wanted
    assert turn.leave()


@pytest.mark.parametrize("number", [1, 3])
def test_it_is_taken_over_when_the_call_has_ended(number: int) -> None:
    """Where several do so, each has its turn."""
    turn = Turn()
    holder = Holder(turn)
    taken: list[bool] = []

    def take_over() -> None:
        taken.append(turn.take_over(SECONDS))
        turn.leave()

    takers = [threading.Thread(target=take_over) for _ in range(number)]
    for taker in takers:
        taker.start()
    until(lambda: len(turn._waiting) == number)
    assert turn.wanted
    assert not taken
    holder.leave()
    for taker in takers:
        taker.join(SECONDS)
    assert taken == [True] * number
    assert holder.wanted
    assert turn.take()


def test_a_call_that_does_not_end_learns_that_it_should_have() -> None:
    turn = Turn()
    holder = Holder(turn)
    assert not turn.take_over(0.01)
    assert not turn.take()
    holder.leave()
    assert holder.wanted


def test_a_call_is_not_taken_over_from_within() -> None:
    """It would wait for itself."""
    turn = Turn()
    assert turn.take()
    assert not turn.take_over(1e6)
    assert turn.leave()
    assert turn.take()
