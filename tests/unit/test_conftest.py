"""How the tests report their own failures."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]

LEAKS = """\
import socket

class Holder:
    def __init__(self):
        self.socket = socket.socket()
        self.circle = self

def fail(holder):
    try:
        raise KeyError
    except KeyError:
        assert holder is None

def test_that_fails():
    fail(Holder())

def test_of_an_innocent():
    import gc
    gc.collect()
"""

THREAD = """\
import socket, threading

class Thread(threading.Thread):
    def __init__(self):
        super().__init__(daemon=True)
        self.waited_for = threading.Event()

    def run(self):
        one = socket.socket()
        self.waited_for.wait()

    def join(self, timeout):
        self.waited_for.set()
        super().join(timeout)

def test_that_fails():
    Thread().start()
    assert False

def test_of_an_innocent():
    assert threading.active_count() == 1
"""

SHARED = """\
import pytest

@pytest.fixture(scope="module")
def shared():
    raise OSError("no port is free")

@pytest.mark.parametrize("row", range(60))
def test_row(shared, row):
    pass

@pytest.fixture
def own():
    raise OSError("another")

@pytest.mark.parametrize("row", range(2))
def test_with_one_of_its_own(own, row):
    pass

def test_that_needs_none():
    pass
"""


@pytest.mark.parametrize(
    ("text", "tally"),
    [
        (LEAKS, "1 failed, 1 passed"),
        (THREAD, "1 failed, 1 passed"),
        (SHARED, "1 passed, 59 skipped, 3 errors"),
    ],
    ids=["sockets left open", "sockets of a thread", "a shared fixture"],
)
def test_one_fault_is_one_failure(text: str, tally: str, tmp_path: Path) -> None:
    shutil.copyfile(TESTS / "conftest.py", tmp_path / "conftest.py")
    (tmp_path / "test_it.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith(tally), done.stdout[-3000:]
