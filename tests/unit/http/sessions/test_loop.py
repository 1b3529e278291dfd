"""Coroutines on one thread, on a clock of our own, and with a thread of its own."""

import contextlib
import socket
import threading
import time
from collections.abc import Generator
from functools import partial
from typing import Any

import pytest
from tests.loopback.network import SECONDS, descriptors, until
from tests.unit.http.fakes import FakeStream
from tests.unit.http.sessions.driving import ClockedLoop

from pythonscript_http.sessions.loop import (
    LINGER,
    Cancelled,
    Future,
    Loop,
    TimedOutError,
    Watch,
    deadline,
    pause,
    sleep,
)
from pythonscript_http.timing import NEVER
from pythonscript_http.transport import portable, system
from pythonscript_http.transport.stream import Watcher
from pythonscript_http.transport.tcp import SocketStream


@pytest.fixture(params=[None, portable.Poller], ids=["here", "no-poll"], autouse=True)
def _poller(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on this system, and as on Windows, which has no poll."""
    if request.param is not None:
        monkeypatch.setattr(system, "poller", request.param)


@pytest.fixture
def loop() -> ClockedLoop:
    return ClockedLoop()


async def after(seconds: float, loop: Loop) -> float:
    end = loop.clock() + seconds
    while loop.clock() < end:
        await sleep(end - loop.clock())
    return loop.clock()


def test_time_passes_for_all_at_once(loop: ClockedLoop) -> None:
    tasks = [loop.spawn(after(seconds, loop)) for seconds in (3, 1, 2)]
    assert [loop.finish(task) for task in tasks] == [103.0, 101.0, 102.0]


def test_a_future_wakes_all_who_wait(loop: ClockedLoop) -> None:
    future: Future[int] = Future()

    async def wait() -> int:
        return await future

    tasks = [loop.begun(wait()) for _ in range(3)]
    assert not any(task.done for task in tasks)
    future.set(7)
    future.set(8)
    future.fail(ValueError())
    assert [loop.finish(task) for task in tasks] == [7, 7, 7]
    assert loop.run(wait()) == 7  # afterwards too


def test_a_failure_is_raised_where_it_is_awaited(loop: ClockedLoop) -> None:
    future: Future[int] = Future()

    async def wait() -> str:
        try:
            await future
        except ValueError as error:
            return str(error)
        return ""

    task = loop.begun(wait())
    future.fail(ValueError("bad"))
    assert loop.finish(task) == "bad"


def test_a_task_can_be_awaited(loop: ClockedLoop) -> None:
    async def outer() -> float:
        return await loop.spawn(after(5, loop))

    assert loop.run(outer()) == 105.0


def test_what_a_task_raises_is_logged(loop: ClockedLoop, caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise ValueError("a defect")

    task = loop.begun(fail())
    with pytest.raises(ValueError, match="a defect"):
        task.result()
    assert "a task raised" in caplog.text


def test_waiting_for_what_cannot_be_waited_for_ends_the_task(
    loop: ClockedLoop, caplog: pytest.LogCaptureFixture
) -> None:
    cleaned = []

    async def wait() -> None:
        def refuse(_: Watcher) -> None:
            raise ValueError("closed")

        try:
            await Watch(refuse)
        finally:
            cleaned.append(True)

    with pytest.raises(ValueError, match="closed"):
        loop.run(wait())
    assert (cleaned, "a task raised" in caplog.text) == ([True], True)


# ---- ends


def test_cancelling_raises_where_it_waits(loop: ClockedLoop, caplog: pytest.LogCaptureFixture) -> None:
    steps: list[str] = []

    async def work() -> None:
        try:
            await sleep(NEVER)
        finally:
            steps.append("cleaned")

    task = loop.begun(work())
    task.cancel()
    loop.settle()
    with pytest.raises(Cancelled):
        task.result()
    task.cancel()  # it does not mind
    assert steps == ["cleaned"]
    assert not caplog.records


def test_what_was_not_begun_is_begun_before_it_is_cancelled(loop: ClockedLoop) -> None:
    """It could not tell anybody of its end otherwise."""
    steps: list[str] = []

    async def work() -> None:
        try:
            await sleep(1)
        except Cancelled:
            steps.append("told")

    task = loop.spawn(work())
    task.cancel()
    loop.finish(task)
    assert steps == ["told"]


def test_a_deadline(loop: ClockedLoop) -> None:
    async def work() -> tuple[str, float, float]:
        why = ""
        try:
            with deadline(loop, loop.clock() + 3, "three seconds"):
                await after(10, loop)
        except TimedOutError as error:
            why = str(error)
        late = loop.clock()
        return why, late, await after(10, loop)  # it holds no longer

    assert loop.run(work()) == ("three seconds", 103.0, 113.0)


def test_the_nearer_deadline_counts(loop: ClockedLoop) -> None:
    async def work(outer: float, inner: float) -> tuple[str, float]:
        try:
            with deadline(loop, loop.clock() + outer, "outer"):
                try:
                    with deadline(loop, loop.clock() + inner, "inner"):
                        await after(10, loop)
                except TimedOutError as error:
                    if str(error) == "outer":
                        raise
                await after(10, loop)
        except TimedOutError as error:
            return str(error), loop.clock()
        return "", loop.clock()

    assert loop.run(work(5, 2)) == ("outer", 105.0)
    assert loop.run(work(2, 5)) == ("outer", 107.0)
    assert loop.run(work(50, 5)) == ("", 122.0)


def test_a_deadline_that_was_met_leaves_nothing(loop: ClockedLoop) -> None:
    async def work() -> float:
        with deadline(loop, loop.clock() + 3):
            await after(1, loop)
        return await after(10, loop)

    assert loop.run(work()) == 111.0


# ---- fairness and bounds


def test_everybody_has_a_turn(loop: ClockedLoop) -> None:
    turns: list[str] = []

    async def work(name: str) -> None:
        for _ in range(3):
            turns.append(name)
            await pause()

    for name in "abc":
        loop.spawn(work(name))
    loop.settle()
    assert turns == list("abc" * 3)


def test_who_goes_on_and_on_does_not_keep_the_network_waiting(loop: ClockedLoop) -> None:
    """A turn is a step of each, and then a look at all descriptors and timers."""
    steps = 0

    async def work() -> None:
        nonlocal steps
        for _ in range(1000):
            steps += 1
            await pause()

    loop.spawn(work())
    loop.turn()
    assert steps == 1


def test_waits_that_end_early_leave_no_timers(loop: ClockedLoop) -> None:
    """A thousand waits of a minute, each woken after a moment, by turns with short ones."""

    async def work() -> None:
        for step in range(1000):
            await sleep(0.001 if step % 2 else 60.0)

    task = loop.begun(work())
    for _ in range(10_000):
        if task.done:
            break
        task.wake()
        loop.advance(0.0005)
    assert task.done
    assert len(loop._timers) < 200


def test_a_timer_of_a_task_that_has_ended_wakes_nobody(loop: ClockedLoop) -> None:
    task = loop.begun(after(60, loop))
    task.cancel()
    loop.settle()
    loop.advance(100)
    assert loop.due == NEVER


# ---- what it waits for


def pair() -> tuple[SocketStream, socket.socket]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    return SocketStream(ours), theirs


def test_a_stream_wakes_it() -> None:
    loop = Loop(threaded=False)
    stream, peer = pair()

    async def read() -> bytes:
        view = memoryview(bytearray(10))
        while (size := stream.read_into(view)) < 0:
            await Watch(partial(stream.watch, write=False))
        return bytes(view)[:size]

    with peer:
        task = loop.spawn(read())
        loop.turn()
        assert not task.done
        peer.send(b"hello")

        def over() -> bool:
            loop.turn(0.1)
            return task.done

        until(over)
        assert task.result() == b"hello"
        stream.close()


def test_a_stream_that_can_be_written_wakes_it() -> None:
    loop = Loop(threaded=False)
    stream, peer = pair()

    async def write() -> int:
        sent = 0
        while size := stream.write([bytes(1 << 20)]):
            sent += size
        await Watch(partial(stream.watch, write=True))
        return stream.write([b"more"])

    with peer:
        task = loop.spawn(write())
        loop.turn()
        assert not task.done
        peer.setblocking(False)

        def over() -> bool:
            with contextlib.suppress(BlockingIOError):
                peer.recv(1 << 20)
            loop.turn(0.1)
            return task.done

        until(over)
        assert task.result() == 4
        stream.close()


def test_a_wait_has_an_end(loop: ClockedLoop) -> None:
    async def wait() -> float:
        await Watch(partial(FakeStream().watch, write=False), 3)
        await Watch(lambda _: None, 4)
        return loop.clock()

    assert loop.run(wait()) == 107.0


def test_without_a_descriptor_it_looks_often(loop: ClockedLoop) -> None:
    async def wait() -> float:
        await Watch(lambda watcher: watcher.descriptor(-1, read=True, write=False))
        return loop.clock()

    assert 100.0 < loop.run(wait()) < 100.1


# ---- its thread


def test_the_thread_comes_with_the_first_task_and_goes_after_the_last(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pythonscript_http.sessions.loop.LINGER", 0.01)
    loop = Loop(name="a loop that ends")

    def threads() -> int:
        return sum(thread.name == "a loop that ends" for thread in threading.enumerate())

    before = descriptors()
    for _ in range(3):
        assert threads() == 0
        assert loop.spawn(after(0.001, loop)).wait(SECONDS)
        until(lambda: threads() == 0)
    assert descriptors() <= before
    assert LINGER > 0.1


def test_any_thread_may_ask(often: None) -> None:
    loop = Loop()
    results: list[int] = []

    async def work(number: int) -> int:
        await pause()
        return number

    def ask(numbers: range) -> None:
        for number in numbers:
            task = loop.spawn(work(number))
            assert task.wait(SECONDS)
            results.append(task.result())

    threads = [threading.Thread(target=ask, args=(range(start, 400, 4),)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert sorted(results) == list(range(400))
    assert loop.stop()


def test_it_sleeps_while_nothing_happens() -> None:
    loop = Loop()
    future: Future[None] = Future()

    async def wait() -> None:
        await future

    turns: list[float] = []
    turn = loop.turn

    def counted(longest: float = 0.0) -> None:
        turns.append(longest)
        turn(longest)

    loop.turn = counted  # type: ignore[method-assign]
    task = loop.spawn(wait())
    until(lambda: loop._asleep and not loop.busy)
    assert not task.wait(0.1)
    assert len(turns) < 5
    future.set(None)
    assert task.wait(SECONDS)
    assert loop.stop()


def test_stopping_cancels_what_is_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pythonscript_http.sessions.loop.LINGER", 1000.0)
    loop = Loop()
    tasks = [loop.spawn(after(1000, loop)) for _ in range(10)]
    began = time.monotonic()
    assert loop.stop(SECONDS)
    assert time.monotonic() - began < 1.0 * 50
    assert all(task.done for task in tasks)
    assert loop._thread is None  # nor does it linger
    assert loop.spawn(after(0.001, loop)).wait(SECONDS)  # it may be used again
    assert loop.stop()


def test_stopping_waits_no_longer_than_it_may() -> None:
    loop = Loop()
    release = threading.Event()

    async def stubborn() -> None:
        release.wait(SECONDS)

    loop.spawn(stubborn())
    assert not loop.stop(0.05)
    release.set()
    assert loop.stop(SECONDS)


def test_where_there_is_no_thread_nothing_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    loop = Loop()
    with pytest.raises(RuntimeError):
        loop.spawn(after(1, loop))
    monkeypatch.undo()
    assert loop.spawn(after(0.001, loop)).wait(SECONDS)
    assert loop.stop()


def test_the_thread_survives_what_it_cannot_do(caplog: pytest.LogCaptureFixture) -> None:
    loop = Loop()
    turn, failures = loop.turn, [MemoryError(), MemoryError()]

    def failing(longest: float = 0.0) -> None:
        if failures:
            raise failures.pop()
        turn(longest)

    loop.turn = failing  # type: ignore[method-assign]
    assert loop.spawn(after(0.001, loop)).wait(SECONDS)
    assert loop.stop()
    assert "failed, and goes on" in caplog.text


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_it_survives_that_while_it_has_nothing_to_do() -> None:
    loop = Loop()
    turn, ended, failed = loop.turn, threading.Event(), threading.Event()

    async def job() -> None:
        ended.set()

    def failing(longest: float = 0.0) -> None:
        if ended.is_set() and not loop._tasks and not loop._queue and not failed.is_set():
            failed.set()
            raise MemoryError
        turn(longest)

    loop.turn = failing  # type: ignore[method-assign]
    loop.spawn(job())
    assert failed.wait(SECONDS)
    assert loop.spawn(after(0.001, loop)).wait(SECONDS)
    assert loop.stop()


def test_the_thread_knows_itself() -> None:
    loop = Loop()

    async def inside() -> bool:
        return loop.inside

    task = loop.spawn(inside())
    assert task.wait(SECONDS)
    assert (task.result(), loop.inside) == (True, False)
    assert loop.stop()


def test_who_cannot_wait_cleans_up_and_may_go_on(loop: ClockedLoop) -> None:
    """What cannot be watched, and what is no trap of this loop's: as if the wait had raised."""

    def refuse(watcher: Watcher) -> None:
        raise OSError("no more descriptors")

    class Foreign:
        def __await__(self) -> Generator[Any, None, None]:
            yield None

    async def work() -> list[str]:
        raised = []
        for wait in (Watch(refuse), Foreign()):
            try:
                await wait
            except (OSError, AttributeError) as error:
                raised.append(type(error).__name__)
        await sleep(1.0)
        return raised

    assert loop.run(work()) == ["OSError", "AttributeError"]


def test_who_is_cancelled_and_cannot_wait_is_cancelled(loop: ClockedLoop) -> None:
    async def work() -> None:
        def refuse(watcher: Watcher) -> None:
            task.cancel()
            raise OSError("no more descriptors")

        await Watch(refuse)

    task = loop.spawn(work())
    loop.settle()
    with pytest.raises(Cancelled):
        task.result()
