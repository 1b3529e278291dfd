"""What keeps a game that quits from waiting for Python's threads. The rest needs an engine."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

FACADE = Path(__file__).resolve().parents[3] / "addons" / "pythonscript"

SCRIPT = """\
import os, sys, threading, time
sys.path.insert(0, {facade!r})
from concurrent.futures import ThreadPoolExecutor
from godot import _startup
{setup}
began = time.monotonic()
stuck = _startup._join_threads(began + {patience})
print(stuck, time.monotonic() - began < {patience} + 0.3, flush=True)
os._exit(0)
"""
NAP = "threading.Thread(target=time.sleep, args=({},), name={!r}, daemon={}).start()"


@pytest.mark.parametrize(
    ("setup", "stuck"),
    [
        ("", []),
        (NAP.format(60, "worker", True), []),
        (NAP.format(0.1, "brief", False), []),
        (NAP.format(60, "worker", False), ["worker"]),
        ("\n".join([NAP.format(60, "one", False), NAP.format(60, "two", False)]), ["one", "two"]),
        ("pool = ThreadPoolExecutor(); pool.submit(int).result()", []),
        ("pool = ThreadPoolExecutor(thread_name_prefix='pool'); pool.submit(time.sleep, 60)", ["pool_0"]),
    ],
    ids=["none", "daemon", "ends", "blocked", "two", "idle pool", "busy pool"],
)
def test_threads_are_waited_for_with_a_bound(setup: str, stuck: list[str]) -> None:
    code = SCRIPT.format(facade=str(FACADE), setup=setup, patience=0.4)
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=False
    )
    assert (done.stdout, done.stderr) == (f"{stuck} True\n", "")
    assert time.monotonic() - began < 10
