"""A copy of the checkout, in which mutants are tried one after the other; the checkout stays as it is."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final

from devkit.client import PURE

ROOT: Final = Path(__file__).resolve().parents[2]
SECONDS: Final = 600.0
"""A run of tests that takes longer hangs; a mutant that makes them hang is noticed."""


class Verdict(StrEnum):
    """What became of a mutant."""

    KILLED = "killed"
    SURVIVED = "survived"


class Unusable(Exception):  # noqa: N818 - the mutant is at fault, not the program
    """A mutant that says nothing: it does not compile, or there are no such tests."""


class Workplace:
    """One copy.

    Args:
        folder: where it is made; it must not exist.
    """

    def __init__(self, folder: Path) -> None:
        self.root = folder
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )
        for name in filter(None, listed.stdout.split("\0")):
            if (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)

    def try_out(self, path: str, mutated: str, stages: Sequence[Sequence[str]]) -> Verdict:
        """Runs tests against a mutated file, and puts the file back.

        Args:
            path: the file, relative to the top.
            mutated: its new contents.
            stages: arguments for pytest, for one run after the other; the first failure ends it.

        Raises:
            Unusable: the mutant does not compile, or a stage names no tests.
        """
        file = self.root / path
        original = file.read_text(encoding="utf-8")
        file.write_text(mutated, encoding="utf-8")
        try:
            killed = any(not self.passes(stage) for stage in stages)
        finally:
            file.write_text(original, encoding="utf-8")
        return Verdict.KILLED if killed else Verdict.SURVIVED

    def passes(self, tests: Sequence[str]) -> bool:
        """Runs tests by the one door; returns whether all pass."""
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        environment[PURE] = "1"  # to compile each would take a minute
        command = [sys.executable, "tools/dev.py", "test", "-x", "-q", "-p", "no:cacheprovider", *tests]
        with subprocess.Popen(
            command,
            cwd=self.root,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=environment,
            start_new_session=True,
        ) as process:
            try:
                output, _ = process.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                return False
            finally:
                with_children(process)
        if process.returncode == 0:
            return True
        last = output.rstrip().rpartition("\n")[2]
        # pytest: 1 is a test that failed, 2 a module that cannot be imported. A signal is a crash.
        if process.returncode < 0 or (process.returncode in (1, 2) and "tools/dev.py:" not in output):
            return False
        raise Unusable(f"{' '.join(tests)} ended with {process.returncode}: {last or output[-500:]}")


def with_children(process: "subprocess.Popen[str]") -> None:
    """Ends a process with all that it started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
