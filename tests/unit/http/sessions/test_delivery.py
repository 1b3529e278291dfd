"""Results for a thread that has little time, on a clock of the test's own."""

import threading
from collections.abc import Callable
from functools import partial

import pytest

from pythonscript_http.sessions.delivery import (
    BUDGET,
    GRACE,
    LOOKED_AT,
    MOST_UNCLAIMED,
    PAUSE,
    Delivery,
    Job,
    Unclaimed,
)
from pythonscript_http.sessions.loop import Future


class Thread:
    """The thread that gets the results: its queue of deferred calls, and what comes later."""

    def __init__(self) -> None:
        self.now = 0.0
        self.deferred: list[Job] = []
        self.later: list[tuple[float, Job]] = []
        self.delivery = Delivery(self.deferred.append, self.wait, self.clock)

    def clock(self) -> float:
        return self.now

    def wait(self, seconds: float, job: Job) -> None:
        self.later.append((seconds, job))

    def flush(self) -> None:
        """What a frame does: works off the queue, and what is put there meanwhile."""
        while self.deferred:
            self.deferred.pop(0)()

    def pass_time(self) -> None:
        """Lets the first of what comes later come."""
        seconds, job = self.later.pop(0)
        self.now += seconds
        job()

    def takes(self, seconds: float, done: list[int], number: int) -> Job:
        def job() -> None:
            self.now += seconds
            done.append(number)

        return job


def test_jobs_are_done_in_their_order_by_one_deferred_call() -> None:
    thread, done = Thread(), list[int]()
    for number in range(3):
        thread.delivery.post(thread.takes(0.0, done, number))
    assert len(thread.deferred) == 1
    thread.flush()
    assert (done, thread.later) == ([0, 1, 2], [])


def test_a_burst_takes_a_bounded_time_of_a_frame() -> None:
    thread, done = Thread(), list[int]()
    for number in range(100):
        thread.delivery.post(thread.takes(BUDGET / 4, done, number))
    thread.flush()
    assert done == [0, 1, 2, 3]
    assert [seconds for seconds, _ in thread.later] == [PAUSE]
    while thread.later:
        thread.pass_time()
    assert done == list(range(100))


def test_what_is_posted_meanwhile_waits_too() -> None:
    thread, done = Thread(), list[int]()

    def again() -> None:
        thread.now += BUDGET / 2
        done.append(len(done))
        thread.delivery.post(again)

    thread.delivery.post(again)
    thread.flush()
    assert len(done) == 2


def test_a_job_that_raises_is_logged_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    thread, done = Thread(), list[int]()
    thread.delivery.post(lambda: 1 / 0)
    thread.delivery.post(thread.takes(0.0, done, 1))
    thread.flush()
    assert done == [1]
    assert "ZeroDivisionError" in caplog.text


def test_urgent_jobs_are_done_first_and_while_the_thread_sleeps() -> None:
    thread, done = Thread(), list[int]()
    thread.delivery.post(thread.takes(0.0, done, 1))
    thread.delivery.post_urgent(thread.takes(0.0, done, 2))
    future: Future[object] = Future()
    seen: list[bool] = []

    def other() -> None:
        thread.delivery.post_urgent(lambda: seen.append(thread.delivery.sleeping))
        thread.delivery.post_urgent(lambda: future.set(None))

    helper = threading.Thread(target=other)
    helper.start()
    thread.delivery.wait(future)
    helper.join()
    assert (done, seen, thread.delivery.sleeping) == ([2], [True], False)
    thread.flush()
    assert done == [2, 1]


def test_nothing_is_done_once_it_is_stopped() -> None:
    thread, done = Thread(), list[int]()
    thread.delivery.post(thread.takes(0.0, done, 1))
    thread.delivery.stop()
    thread.delivery.post(thread.takes(0.0, done, 2))
    thread.flush()
    assert done == []


def unclaimed(thread: Thread) -> tuple[Unclaimed, list[str]]:
    dropped: list[str] = []
    return Unclaimed(thread.wait, thread.clock, dropped.append), dropped


def claimed_after(looks: int) -> Callable[[], bool]:
    left = iter(range(looks, -1, -1))
    return lambda: next(left) == 0


def test_a_result_waits_until_somebody_wants_it() -> None:
    thread = Thread()
    results, dropped = unclaimed(thread)
    results.add(claimed_after(5), "a")
    for _ in range(6):
        assert len(results) == 1
        thread.pass_time()
    assert (len(results), dropped, thread.later) == (0, [], [])


def test_a_result_that_nobody_wants_is_dropped_and_named() -> None:
    thread = Thread()
    results, dropped = unclaimed(thread)
    results.add(lambda: False, "a")
    results.add(lambda: False, "")
    while thread.later:
        thread.pass_time()
    assert dropped == ["a"]
    assert thread.now >= GRACE


def test_their_number_is_bounded_and_the_oldest_go() -> None:
    thread = Thread()
    results, dropped = unclaimed(thread)
    for number in range(MOST_UNCLAIMED + 2):
        results.add(lambda: False, str(number))
    assert (len(results), dropped) == (MOST_UNCLAIMED, ["0", "1"])
    results.clear()
    assert len(results) == 0


def test_a_look_at_many_takes_no_more_than_at_a_few() -> None:
    thread, looked = Thread(), list[int]()
    results, _ = unclaimed(thread)

    def look(number: int) -> bool:
        looked.append(number)
        return False

    for number in range(200):
        results.add(partial(look, number), "")
    thread.pass_time()
    assert looked == list(range(LOOKED_AT))
    thread.pass_time()
    assert looked == list(range(2 * LOOKED_AT))
