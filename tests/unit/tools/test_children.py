"""Processes that end with the one that started them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.loopback.network import SECONDS, until
from tests.loopback.processes import FAMILY, runs

from devkit import children

TOOLS = Path(children.__file__).parents[1]


def family(file: Path) -> list[int]:
    until(file.is_file)
    return [int(number) for number in file.read_text(encoding="utf-8").split()]


@pytest.fixture
def parent(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that runs a child, which has a child."""
    code = "import sys; from devkit import children; children.run(['/bin/sh', '-c', sys.argv[1]])"
    # Who runs the tests in the background may ignore some signals, and that is inherited.
    python = ("env", "--default-signal", sys.executable)
    command = [*python, "-c", code, FAMILY.format(file=tmp_path / "family")]
    with subprocess.Popen(command, cwd=TOOLS) as process:
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_all_die_with_us(parent: subprocess.Popen[bytes], tmp_path: Path, number: signal.Signals) -> None:
    members = family(tmp_path / "family")
    assert all(map(runs, members))
    parent.send_signal(number)
    for member in members:
        until(lambda member=member: not runs(member))  # type: ignore[misc]


def test_what_is_left_behind_ends_too(tmp_path: Path) -> None:
    """A child may end before its own child does."""
    code = "import sys; from devkit import children; children.run(['/bin/sh', '-c', sys.argv[1]])"
    script = f"sleep 1000 & echo $! > {tmp_path / 'left'}"
    subprocess.run([sys.executable, "-c", code, script], cwd=TOOLS, check=True, timeout=SECONDS)
    (left,) = family(tmp_path / "left")
    until(lambda: not runs(left))


def test_a_group_is_ended_and_made_anew() -> None:
    group = children.Group()
    command = ("/bin/sleep", "1000")
    first = subprocess.Popen(command, process_group=group.number())
    group.end()
    assert first.wait(SECONDS) == -signal.SIGKILL
    second = subprocess.Popen(command, process_group=group.number())
    assert os.getpgid(second.pid) == group.number() != os.getpgid(0)
    group.end()
    assert second.wait(SECONDS) == -signal.SIGKILL


def test_a_group_whose_guard_was_killed_is_made_anew() -> None:
    group = children.Group()
    os.kill(group.number(), signal.SIGKILL)
    until(lambda: group._guard is None or not runs(group._guard.pid))
    process = subprocess.Popen(("/bin/sleep", "1000"), process_group=group.number())
    group.end()
    assert process.wait(SECONDS) == -signal.SIGKILL


def test_output_and_exit_code_are_those_of_the_command() -> None:
    done = children.run(["/bin/sh", "-c", "echo out; exit 3"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (3, "out\n")
    with pytest.raises(subprocess.CalledProcessError):
        children.run(["/bin/false"], check=True)
