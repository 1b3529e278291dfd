"""What a game may leave behind when it quits."""

from __future__ import annotations

import asyncio
import atexit
import multiprocessing
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable as Function
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

from godot import (
    OS,
    Array,
    Callable,
    Dictionary,
    Engine,
    Node,
    PackedByteArray,
    RefCounted,
    Resource,
    Signal,
    Timer,
    gdclass,
)

from .counted import PyCounted
from .waiting import sleep

LONG = 20.0
"""Seconds that what is left behind would go on."""

_left: list[Any] = []


@gdclass
class PyLeaver(RefCounted):
    """Leaves something under way, or in this module."""

    happened = Signal()

    @staticmethod
    def leave(what: str) -> bool:
        """Begins what is named by `what`, and tells whether it is under way."""
        return _KINDS[what]()

    @staticmethod
    def keep(thing: Any) -> None:
        """Keeps it in the module."""
        _left.append(thing)

    @staticmethod
    def forget() -> None:
        """Lets go of what the module has."""
        _left.clear()


def _process(method: str, daemon: bool) -> bool:
    context: Any = multiprocessing.get_context(method)
    child = context.Process(target=sleep, args=(LONG,), daemon=daemon)
    child.start()
    print("CHILD", child.pid)
    _left.append(child)
    return bool(child.is_alive())


def _process_pool() -> bool:
    pool = ProcessPoolExecutor(1, multiprocessing.get_context("spawn"))
    _left.append((pool, pool.submit(sleep, LONG)))
    return True


def _subprocess() -> bool:
    child = subprocess.Popen(
        [sys.executable, "-c", f"import time; time.sleep({LONG})"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _left.append(child)
    return child.poll() is None


def _thread(work: Function[[], Any], daemon: bool) -> bool:
    begun = threading.Event()

    def run() -> None:
        begun.set()
        work()

    threading.Thread(target=run, name="left behind", daemon=daemon).start()
    return begun.wait(60)


def _call_the_engine() -> None:
    end = time.monotonic() + LONG
    while time.monotonic() < end:  # it has no object of the engine's, which would be a leak of its own
        Engine.get_process_frames()
        OS.get_name()


def _run_a_loop() -> None:
    asyncio.run(asyncio.sleep(LONG))


def _pool() -> bool:
    pool = ThreadPoolExecutor(2, "left behind")
    begun = threading.Event()

    def work() -> None:
        begun.set()
        time.sleep(LONG)

    for _ in range(4):
        pool.submit(work)
    _left.append(pool)
    return begun.wait(60)


def _handlers() -> bool:
    atexit.register(lambda: print("HANDLER engine", Engine.get_version_info()["major"]))
    atexit.register(_make_objects)
    atexit.register(time.sleep, 0.05)  # it runs first
    return True


def _make_objects() -> None:
    node = Node()
    node.add_child(Timer())
    counted = PyCounted()
    print("HANDLER objects", node.get_child_count(), counted.get_class())
    node.free()


def _globals() -> bool:
    counted, resource = PyCounted(), Resource()
    resource.set_meta("counted", counted)
    root: Any = Engine.get_main_loop()
    leaver = PyLeaver()
    leaver.happened.connect(leaver.keep)
    leaver.happened.connect(lambda: leaver)
    _left.extend(
        [
            *(counted, resource, root, root.root, leaver, leaver.happened, OS),
            *(Callable(resource, "get_name"), Callable(_handlers), Callable(leaver.keep)),
            *(Array([PyCounted(), leaver]), Dictionary({"it": [Resource(), leaver]})),
            *(PackedByteArray(b"left"), {"of": [Resource(), [PyCounted()]]}, root.quit, resource.changed),
        ]
    )
    cycle: list[Any] = [PyCounted(), Resource()]
    cycle.append(cycle)
    resource.changed.connect(lambda: (cycle, resource))
    return True


def _ignore_pipes() -> bool:
    """Writes to what nobody reads: the process must live on."""
    reader, writer = os.pipe()
    os.close(reader)
    one, other = socket.socketpair()
    other.close()
    done = []
    for write in (lambda: os.write(writer, b"x"), lambda: one.send(b"x"), lambda: one.sendall(b"x")):
        try:
            write()
        except BrokenPipeError:
            done.append(True)
    os.close(writer)
    one.close()
    return len(done) == 3


_KINDS: dict[str, Function[[], bool]] = {
    "a forked process": lambda: _process("fork", False),
    "a spawned process": lambda: _process("spawn", False),
    "a daemonic process": lambda: _process("spawn", True),
    "a pool of processes": _process_pool,
    "a subprocess": _subprocess,
    "a sleeping thread": lambda: _thread(lambda: time.sleep(LONG), False),
    "a sleeping daemon": lambda: _thread(lambda: time.sleep(LONG), True),
    "a thread that calls": lambda: _thread(_call_the_engine, False),
    "a daemon that calls": lambda: _thread(_call_the_engine, True),
    "an event loop": lambda: _thread(_run_a_loop, False),
    "a daemon's event loop": lambda: _thread(_run_a_loop, True),
    "a pool": _pool,
    "handlers": _handlers,
    "a process and handlers": lambda: _process("spawn", False) and _handlers(),
    "a pool and handlers": lambda: _pool() and _handlers(),
    "globals": _globals,
    "broken pipes": _ignore_pipes,
}
