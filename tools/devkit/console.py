"""What the person at the keyboard sees: one line a step, on standard error, and failures in a sentence.

Standard output belongs to what is run (the engine, pytest).
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from . import children

SHOWN = 20
"""How many lines of a failed command's output are shown, of its start (compilers) and of its end (pip)."""

FULL = (errno.ENOSPC, errno.EDQUOT)
"""What the system says when there is no room left."""


class Failure(Exception):  # noqa: N818 - not a mistake in the program
    """Something the person at the keyboard can mend; its text is one sentence that says how."""


class CommandFailed(Failure):
    """A command that ended with an exit code other than 0.

    Attributes:
        output: all that it printed.
    """

    def __init__(self, text: str, output: str) -> None:
        super().__init__(text)
        self.output = output


class Step:
    """A line of progress: `label ... note (time)`."""

    note = "done"


def say(label: str, text: str) -> None:
    """Prints one line that is not a step."""
    print(f"{label:<12} {text}", file=sys.stderr, flush=True)


def sentence(error: OSError) -> str:
    """Says what the system refused, and where."""
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror}{': the disk is full' * (error.errno in FULL)}"


@contextmanager
def step(label: str, doing: str) -> Iterator[Step]:
    """Announces a piece of work at once and how long it took at the end of the same line."""
    started = time.monotonic()
    print(f"{label:<12} {doing} ... ", end="", file=sys.stderr, flush=True)
    current = Step()
    try:
        yield current
    except BaseException:
        print("failed", file=sys.stderr, flush=True)
        raise
    print(f"{current.note} ({time.monotonic() - started:.1f} s)", file=sys.stderr, flush=True)


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path | None = None,
    variables: Mapping[str, str] | None = None,
    scratch: Path | None = None,
    timeout: float,
) -> str:
    """Runs a command quietly; it ends with us.

    Args:
        command: the program and its arguments.
        cwd: its working directory.
        variables: of its environment, besides ours.
        scratch: where it may leave temporary files.
        timeout: seconds after which it is ended.

    Returns:
        Its standard output.

    Raises:
        CommandFailed: it failed; with both ends of its output.
        Failure: it cannot be started or takes too long.
    """
    name = Path(command[0]).name
    try:
        done = children.run(
            command,
            cwd=cwd,
            env={**os.environ, **(variables or {}), **({"TMPDIR": str(scratch)} if scratch else {})},
            timeout=timeout,
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise Failure(f"cannot run {command[0]}: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise Failure(f"{name} did not end within {timeout:.0f} s") from None
    if done.returncode:
        output: str = (done.stdout + done.stderr).rstrip()
        lines = output.splitlines()
        if len(lines) > 2 * SHOWN:
            lines[SHOWN:-SHOWN] = [f"... {len(lines) - 2 * SHOWN} lines more ..."]
        arguments = " ".join(str(argument) for argument in command[1:3])
        if any(os.strerror(number) in output for number in FULL):
            lines.append("the disk is full")
        raise CommandFailed("\n".join([f"{name} {arguments} failed ({done.returncode}):", *lines]), output)
    return str(done.stdout)
