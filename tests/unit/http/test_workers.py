"""Threads for calls that block."""

import threading

import pytest
from tests.loopback.network import until

from pythonscript_http.workers import JobError, Workers


def names() -> list[str]:
    return [thread.name for thread in threading.enumerate()]


def test_jobs_run_at_the_same_time_up_to_the_limit() -> None:
    workers = Workers(3, 0.05, "together")
    go = threading.Event()
    begun: list[int] = []

    def job(number: int) -> None:
        begun.append(number)
        go.wait(10)

    assert workers.spare() == 3
    for number in range(10):
        workers.submit(lambda number=number: job(number))  # type: ignore[misc]
    until(lambda: len(begun) == 3)
    assert workers.spare() == 0
    assert names().count("together") == 3
    go.set()
    until(lambda: len(begun) == 10)
    assert sorted(begun[:3]) == [0, 1, 2]
    until(lambda: workers.spare() == 3)
    until(lambda: "together" not in names())  # they go when there is nothing to do


def test_a_job_with_a_result() -> None:
    workers = Workers(1, 0.05, "result")
    go = threading.Event()
    result = workers.start(lambda: "done" if go.wait(10) else None)
    assert result(0.001) is None
    go.set()
    assert result(10) == "done"
    assert result(0) == "done"


def test_a_job_that_raises_does_so_where_its_result_is_wanted() -> None:
    def job() -> None:
        raise ValueError("no")

    result = Workers(1, 0.05, "raises").start(job)
    with pytest.raises(JobError, match=r"^no$"):
        result(10)


def test_who_waits_for_a_job_is_woken() -> None:
    go, woken = threading.Event(), threading.Event()
    work = Workers(1, 0.05, "wakes").start(lambda: go.wait(10))
    work.wake(lambda: pytest.fail("another has come since"))
    work.wake(woken.set)
    assert not woken.is_set()
    go.set()
    assert woken.wait(10)
    assert work(0.0) is True
    woken.clear()
    work.wake(woken.set)
    assert woken.is_set()  # at once, when it is over


def test_without_a_thread_a_job_is_done_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refused)
    assert Workers(1, 0.05, "none").start(lambda: "done")(0) == "done"


def test_a_thread_is_used_again() -> None:
    workers = Workers(5, 5.0, "again")
    seen: list[int] = []
    for count in range(1, 20):
        workers.submit(lambda: seen.append(threading.get_ident()))
        until(lambda count=count: len(seen) == count)  # type: ignore[misc]
        until(lambda: workers.spare() == 5)
    assert len(set(seen)) == 1


def test_a_job_comes_while_a_thread_is_about_to_go(often: None) -> None:
    workers = Workers(2, 0.0, "brief")
    done: list[int] = []
    for number in range(300):
        workers.submit(lambda: done.append(1))
        if number % 3 == 0:
            until(lambda number=number: len(done) > number)  # type: ignore[misc]
    until(lambda: len(done) == 300)
    until(lambda: "brief" not in names())


def test_no_thread_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any thread a job is refused; with one it waits for that."""
    start, none_left = threading.Thread.start, [True]

    def maybe(thread: threading.Thread) -> None:
        if none_left[0]:
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", maybe)
    workers = Workers(2, 0.05, "scarce")
    done: list[str] = []
    with pytest.raises(RuntimeError, match="can't start new thread"):
        workers.submit(lambda: done.append("refused"))
    none_left[0] = False
    go = threading.Event()

    def first() -> None:
        go.wait(10)
        done.append("first")

    workers.submit(first)
    until(lambda: workers.spare() == 1)
    none_left[0] = True
    workers.submit(lambda: done.append("second"))
    go.set()
    until(lambda: done == ["first", "second"])


def test_what_is_under_way_is_waited_for_and_the_rest_forgotten() -> None:
    workers = Workers(1, 0.05, "last")
    begun, go = threading.Event(), threading.Event()
    done: list[int] = []

    def job() -> None:
        begun.set()
        go.wait(10)
        done.append(1)

    workers.submit(job)
    workers.submit(lambda: done.append(2))
    begun.wait(10)
    workers.finish(0.01)  # it gives up
    assert not done
    threading.Timer(0.05, go.set).start()
    workers.finish(10)
    assert done == [1]
    until(lambda: "last" not in names())
    assert done == [1]


def test_a_result_is_waited_for() -> None:
    workers = Workers(1, 0.05, "result")
    go = threading.Event()
    result = workers.start(lambda: go.wait(10))
    assert result(0.001) is None
    go.set()
    assert result(10) is True
    assert result(0) is True
    failed = workers.start(lambda: 1 // 0)
    with pytest.raises(JobError, match="division"):
        failed(10)
