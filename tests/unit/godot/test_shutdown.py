"""What keeps a game that quits from waiting for Python's threads and processes. The rest needs an engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.programs import run

HOST = Path(__file__).resolve().parents[3] / "addons" / "pythonscript"
PATHS = [str(HOST), str(HOST / "bin")]

SCRIPT = """\
import os, sys, threading, time
sys.path[:0] = {paths!r}
from concurrent.futures import ThreadPoolExecutor
from godot import _shutdown
{setup}
print(_shutdown.end_threads(time.monotonic() + {patience}), flush=True)
os._exit(0)
"""
NAP = "threading.Thread(target=time.sleep, args=({},), name={!r}, daemon={}).start()"


@pytest.mark.parametrize(
    ("setup", "stuck"),
    [
        ("", []),
        (NAP.format(600, "worker", True), []),
        (NAP.format(0.1, "brief", False), []),
        (NAP.format(600, "worker", False), ["worker"]),
        ("\n".join([NAP.format(600, "one", False), NAP.format(600, "two", False)]), ["one", "two"]),
        ("pool = ThreadPoolExecutor(); pool.submit(int).result()", []),
        (
            "pool = ThreadPoolExecutor(thread_name_prefix='pool'); pool.submit(time.sleep, 600)",
            ["executors", "pool_0"],
        ),
    ],
    ids=["none", "daemon", "ends", "blocked", "two", "idle pool", "busy pool"],
)
def test_threads_are_waited_for_with_a_bound(setup: str, stuck: list[str]) -> None:
    patience = 0.4 if stuck else 300  # nobody waits that long: what can end ends the wait
    code = SCRIPT.format(paths=PATHS, setup=setup, patience=patience)
    assert run(code) == f"{stuck}\n"


HANDLERS = """\
import atexit, os, sys, time
sys.path[:0] = {paths!r}
from godot import _shutdown
atexit.register({handler})
print(_shutdown.run_handlers(time.monotonic() + {patience}), flush=True)
os._exit(0)
"""


@pytest.mark.parametrize(
    ("handler", "output"),
    [("print, 'handled'", "handled\n[]\n"), ("time.sleep, 600", "['exit handlers']\n")],
    ids=["ends", "blocks"],
)
def test_handlers_are_waited_for_with_a_bound(handler: str, output: str) -> None:
    patience = 0.4 if "sleep" in handler else 300
    code = HANDLERS.format(paths=PATHS, handler=handler, patience=patience)
    assert run(code) == output


PROCESSES = """\
import multiprocessing, os, sys, time
sys.path[:0] = {paths!r}
from godot import _shutdown
FORK = multiprocessing.get_context("fork")
{setup}
print(_shutdown.end_processes(time.monotonic() + {patience}), flush=True)
print([child.is_alive() for child in multiprocessing.active_children()], flush=True)
os._exit(0)
"""
CHILD = "FORK.Process(target=time.sleep, args=({},), name={!r}, daemon={}).start()"


@pytest.mark.parametrize(
    ("setup", "late"),
    [
        ("", []),
        (CHILD.format(0, "brief", False), []),
        (CHILD.format(600, "worker", False), ["worker"]),
        (CHILD.format(600, "worker", True), []),
    ],
    ids=["none", "ends", "late", "daemon"],
)
def test_processes_are_waited_for_with_a_bound(setup: str, late: list[str]) -> None:
    code = PROCESSES.format(paths=PATHS, setup=setup, patience=0.4 if late else 300)
    assert run(code) == f"{late}\n[]\n"
