"""Jobs on other threads, and tasks that wait for them."""

import threading
from collections.abc import Iterator

import pytest
from tests.loopback.network import SECONDS, until
from tests.unit.http.sessions.driving import ClockedLoop

from pythonscript_http.sessions.aside import Lane, whole
from pythonscript_http.sessions.loop import Cancelled, Future, Loop, TimedOutError, deadline, sleep


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop(name="the loop")
    yield made
    assert made.stop(SECONDS)


def test_the_loop_goes_on_while_a_job_blocks(loop: Loop) -> None:
    lane, go = Lane(loop), threading.Event()
    seen: list[object] = []

    async def wait() -> None:
        seen.append(await whole(lane.do(lambda: go.wait(SECONDS))))

    async def other() -> None:
        await sleep(0.001)
        seen.append("other")

    task = loop.spawn(wait())
    assert loop.spawn(other()).wait(SECONDS)
    assert seen == ["other"]
    go.set()
    assert task.wait(SECONDS)
    assert seen == ["other", True]


def test_the_order_stays(loop: Loop, often: None) -> None:
    lanes = [Lane(loop) for _ in range(4)]
    done: list[list[int]] = [[], [], [], []]
    for number in range(1000):
        for index, lane in enumerate(lanes):
            future = lane.do(lambda index=index, number=number: done[index].append(number))  # type: ignore[misc]
    until(lambda: future.done)
    until(lambda: all(len(numbers) == 1000 for numbers in done))
    assert done == [list(range(1000))] * 4


def test_what_a_job_raises(loop: Loop) -> None:
    lane = Lane(loop)

    async def wait() -> str:
        with pytest.raises(ZeroDivisionError):
            await whole(lane.do(lambda: 1 // 0))
        return await whole(lane.do(lambda: "next"))

    task = loop.spawn(wait())
    assert task.wait(SECONDS)
    assert task.result() == "next"


def test_without_a_thread_it_is_done_at_once(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: object) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr("pythonscript_http.sessions.aside._workers.submit", refused)
    assert Lane(loop).do(lambda: 5).result() == 5


def test_who_is_cancelled_waits_for_the_end() -> None:
    loop = ClockedLoop()
    future: Future[int] = Future()
    seen: list[str] = []

    async def wait() -> None:
        try:
            await whole(future)
        finally:
            seen.append("over")

    task = loop.begun(wait())
    for _ in range(2):
        task.cancel()
        loop.settle()
    assert seen == []
    future.set(1)
    loop.settle()
    assert seen == ["over"]
    with pytest.raises(Cancelled):
        task.result()


def test_who_is_late_waits_for_the_end() -> None:
    loop = ClockedLoop()
    future: Future[int] = Future()

    async def wait() -> None:
        with pytest.raises(TimedOutError), deadline(loop, loop.clock() + 1, "late"):
            await whole(future)

    task = loop.begun(wait())
    loop.advance(2)
    assert not task.done
    future.set(1)
    loop.finish(task)
