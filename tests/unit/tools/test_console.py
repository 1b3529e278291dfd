from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from devkit import console


def test_a_step_is_one_line_with_its_time(capsys: pytest.CaptureFixture[str]) -> None:
    with console.step("engine", "fetching it") as current:
        assert capsys.readouterr().err == "engine       fetching it ... "
        current.note = "4.6"
    out, err = capsys.readouterr()
    assert err.startswith("4.6 (")
    assert err.endswith(" s)\n")
    assert out == ""


def test_a_failed_step_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt), console.step("engine", "fetching it"):
        raise KeyboardInterrupt
    assert capsys.readouterr().err == "engine       fetching it ... failed\n"


def test_run_gives_the_output() -> None:
    assert console.run([sys.executable, "-c", "print('yes')"], timeout=120) == "yes\n"


def test_a_failed_command_shows_both_ends_of_its_output() -> None:
    code = "import sys; print(*range(100), sep='\\n'); sys.exit(3)"
    with pytest.raises(console.Failure, match=r"failed \(3\)") as caught:
        console.run([sys.executable, "-c", code], timeout=120)
    lines = str(caught.value).splitlines()[1:]
    numbers, shown = [str(number) for number in range(100)], console.SHOWN
    assert lines == [*numbers[:shown], f"... {100 - 2 * shown} lines more ...", *numbers[-shown:]]


@pytest.mark.parametrize("what", ["No space left on device", "Disk quota exceeded"])
def test_a_full_disk_is_said_in_a_sentence(what: str) -> None:
    with pytest.raises(console.CommandFailed) as caught:
        console.run(["/bin/sh", "-c", f"echo 'cc1: error: {what}' >&2; exit 1"], timeout=20)
    assert str(caught.value).splitlines()[-1] == "the disk is full"
    assert caught.value.output == f"cc1: error: {what}"


def test_a_command_gets_its_variables_and_its_place_for_temporary_files(tmp_path: Path) -> None:
    command = ["/bin/sh", "-c", "echo $MINE $TMPDIR $HOME"]
    output = console.run(command, variables={"MINE": "yes"}, scratch=tmp_path, timeout=20)
    assert output.split() == ["yes", str(tmp_path), os.environ["HOME"]]


def test_output_in_any_encoding_is_shown() -> None:
    assert console.run(["/usr/bin/printf", r"\377"], timeout=20) == "\ufffd"


def test_a_refusal_of_the_systems_is_a_sentence() -> None:
    assert (
        console.sentence(OSError(errno.EROFS, "Read-only file system", "/x")) == "/x: Read-only file system"
    )
    full = OSError(errno.ENOSPC, "No space left on device", "/x")
    assert console.sentence(full) == "/x: No space left on device: the disk is full"
    assert console.sentence(OSError(errno.EMFILE, "Too many open files")) == "Too many open files"


def test_a_slow_command_is_ended() -> None:
    with pytest.raises(console.Failure, match=r"did not end within 0 s"):
        console.run([sys.executable, "-c", "import time; time.sleep(60)"], timeout=0.2)


def test_an_absent_command_is_named(tmp_path: Path) -> None:
    with pytest.raises(console.Failure, match=r"cannot run .*absent: No such file"):
        console.run([tmp_path / "absent"], timeout=120)
