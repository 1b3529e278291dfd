"""What all calls share: the network's thread, the way from it to the main thread, and the end of both.

It is imported with the first call, as `sessions` is (`loading.py`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable as Function
from typing import TYPE_CHECKING, TypeVar
from weakref import WeakSet

from godot import OS, Callable, before_stop, push_warning
from pythonscript_http.sessions.delivery import Delivery, Job, Unclaimed
from pythonscript_http.sessions.loop import Future, Loop, sleep_through

from . import loading

if TYPE_CHECKING:
    from .service import Service

T = TypeVar("T")

loop = Loop()
services: WeakSet[Service] = WeakSet()
"""Those whose cookies are to be kept at the end."""


def _defer(job: Job) -> None:
    if not _State.stopped:
        Callable(job).call_deferred()


def _later(seconds: float, job: Job) -> None:
    """By way of the network's thread: what others defer they may call themselves, by a queue of their own."""
    if _State.stopped:
        return
    try:
        loop.spawn(_defer_later(seconds, job))
    except (OSError, RuntimeError):  # no thread is to be had: early is better than never
        _defer(job)


async def _defer_later(seconds: float, job: Job) -> None:
    await sleep_through(loop, seconds)
    _defer(job)


def _dropped(url: str) -> None:
    if not _State.warned:
        _State.warned = True
        text = f"nobody has awaited the response of {url}; what is not awaited is begun by start()"
        push_warning(f"{text}. Further ones are dropped without a word.")


class _State:
    lock = threading.Lock()
    threads = 0
    """Engine's threads that sleep here."""
    stopped = False
    warned = False


delivery = Delivery(_defer, _later, loop.clock)
unclaimed = Unclaimed(_later, loop.clock, _dropped)


def waited_for(start: Function[[], Future[T]]) -> T:
    """Sleeps until a result is there, and gives it. On the main thread hooks go on meanwhile."""
    if OS.get_thread_caller_id() == OS.get_main_thread_id():
        future = start()
        delivery.wait(future)
        return future.result()
    with _State.lock:
        _State.threads += 1
    try:
        future = start()
        while not future.wait(3600.0):
            pass
        return future.result()
    finally:
        with _State.lock:
            _State.threads -= 1


@before_stop
def _stop() -> None:
    _State.stopped = True
    loading.imports.stop(0.5)  # before the loop: what began later would outlive it
    delivery.stop()
    for service in list(services):
        service.save_cookies()
    unclaimed.clear()
    loop.stop(0.5)
    end = time.monotonic() + 0.25
    while _State.threads and time.monotonic() < end:  # they are woken, and have to leave
        time.sleep(0.001)
