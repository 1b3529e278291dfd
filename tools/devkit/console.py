"""What the person at the keyboard sees: one line a step, on standard error, and failures in a sentence.

Standard output belongs to what is run (the engine, pytest).
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

SHOWN = 20
"""How many lines of a failed command's output are shown, of its start (compilers) and of its end (pip)."""


class Failure(Exception):  # noqa: N818 - not a mistake in the program
    """Something the person at the keyboard can mend; its text is one sentence that says how."""


class Step:
    """A line of progress: `label ... note (time)`."""

    note = "done"


def say(label: str, text: str) -> None:
    """Prints one line that is not a step."""
    print(f"{label:<12} {text}", file=sys.stderr, flush=True)


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
    env: Mapping[str, str] | None = None,
    timeout: float,
) -> str:
    """Runs a command quietly.

    Args:
        command: the program and its arguments.
        cwd: its working directory.
        env: its environment, ours by default.
        timeout: seconds after which it is ended.

    Returns:
        Its standard output.

    Raises:
        Failure: it cannot be started, takes too long or fails; with the end of its output.
    """
    name = Path(command[0]).name
    try:
        done = subprocess.run(
            command,
            cwd=cwd,
            env=env,
            timeout=timeout,
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
    except OSError as error:
        raise Failure(f"cannot run {command[0]}: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise Failure(f"{name} did not end within {timeout:.0f} s") from None
    if done.returncode:
        output = (done.stdout + done.stderr).rstrip().splitlines()
        if len(output) > 2 * SHOWN:
            output[SHOWN:-SHOWN] = [f"... {len(output) - 2 * SHOWN} lines more ..."]
        arguments = " ".join(str(argument) for argument in command[1:3])
        raise Failure("\n".join([f"{name} {arguments} failed ({done.returncode}):", *output]))
    return done.stdout
