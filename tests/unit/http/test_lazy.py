"""What is done once modules are imported, in order, by a thread."""

import threading
from collections.abc import Callable

import pytest
from tests.loopback.network import until

from pythonscript_http.lazy import LazyImports


class Loads:
    """Imports of modules that are not there: each ends when the test says so."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, threading.Thread]] = []
        self.may_end = threading.Event()
        self.failures = 0

    def __call__(self, name: str) -> object:
        self.asked.append((name, threading.current_thread()))
        assert self.may_end.wait(10)
        if self.failures:
            self.failures -= 1
            raise ImportError(f"no {name} yet")
        return None

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.asked]


@pytest.fixture
def loads() -> Loads:
    return Loads()


@pytest.fixture
def imports(loads: Loads) -> LazyImports:
    return LazyImports("lazy", loads)


def test_who_needs_a_module_does_not_wait_for_it(loads: Loads, imports: LazyImports) -> None:
    done: list[threading.Thread] = []
    imports.soon(["a", "b"], lambda: done.append(threading.current_thread()))
    until(lambda: loads.names == ["a"])
    assert done == []
    loads.may_end.set()
    until(lambda: len(done) == 1)
    assert loads.names == ["a", "b"]
    assert threading.current_thread() not in (done[0], loads.asked[0][1], loads.asked[1][1])
    until(lambda: "lazy" not in [thread.name for thread in threading.enumerate()])


def test_what_is_there_is_used_at_once(loads: Loads, imports: LazyImports) -> None:
    loads.may_end.set()
    done: list[int] = []
    imports.soon(["a"], lambda: done.append(1))
    until(lambda: imports._pending == 0)
    imports.soon(["a"], lambda: done.append(2))
    assert done == [1, 2]
    assert loads.names == ["a"]


def test_the_order_stays(loads: Loads, imports: LazyImports) -> None:
    """Also of one that needs nothing more, behind one that waits."""
    loads.may_end.set()
    imports.soon(["a"], lambda: None)
    until(lambda: imports._pending == 0)
    loads.may_end.clear()
    done: list[int] = []
    imports.soon(["a", "b"], lambda: done.append(1))
    until(lambda: loads.names[-1] == "b")
    imports.soon(["a"], lambda: done.append(2))
    assert done == []
    loads.may_end.set()
    until(lambda: done == [1, 2])


def test_who_must_wait_does_so_behind_the_others(loads: Loads, imports: LazyImports) -> None:
    done: list[int] = []
    imports.soon(["a"], lambda: done.append(1))
    until(lambda: loads.names == ["a"])

    def work() -> None:
        imports.now(["c"])
        done.append(2)

    waiter = threading.Thread(target=work)
    waiter.start()
    until(lambda: imports._pending == 2)
    loads.may_end.set()
    waiter.join(10)
    assert done == [1, 2]
    assert loads.asked[-1] == ("c", waiter)


def test_a_module_is_tried_again(
    loads: Loads, imports: LazyImports, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("pythonscript_http.lazy._RETRY", 0.001)
    loads.failures = 3
    loads.may_end.set()
    done: list[int] = []
    imports.soon(["a"], lambda: done.append(1))
    until(lambda: done == [1])
    assert loads.names == ["a"] * 4
    (told,) = caplog.records
    assert told.getMessage() == "a can't be imported yet"


def test_a_job_that_raises_is_told_of(
    loads: Loads, imports: LazyImports, caplog: pytest.LogCaptureFixture
) -> None:
    loads.may_end.set()
    imports.soon(["a"], lambda: 1 // 0)
    done: list[int] = []
    imports.soon(["a"], lambda: done.append(1))
    until(lambda: done == [1])
    assert "ZeroDivisionError" in caplog.text


def test_without_a_thread_a_job_is_done_at_once(
    loads: Loads, imports: LazyImports, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    done: list[int] = []
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refused)
        imports.soon(["a"], lambda: done.append(1))
        assert done == [1]
    loads.may_end.set()
    imports.soon(["a"], lambda: done.append(2))
    until(lambda: done == [1, 2])


@pytest.mark.parametrize("wait", [lambda imports: imports.now(["a"]), lambda imports: None])
def test_the_end(loads: Loads, imports: LazyImports, wait: Callable[[LazyImports], object]) -> None:
    """Nothing begins any more, and nobody waits for ever."""
    done: list[int] = []
    imports.soon(["a"], lambda: done.append(1))
    imports.soon(["b"], lambda: done.append(2))
    until(lambda: loads.names == ["a"])
    waiter = threading.Thread(target=wait, args=(imports,))
    waiter.start()
    until(lambda: imports._pending == 3 or not waiter.is_alive())
    imports.stop(0.001)
    loads.may_end.set()
    imports.stop(10)
    waiter.join(10)
    assert not waiter.is_alive()
    assert done == []
    assert "b" not in loads.names
