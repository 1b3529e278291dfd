"""The Pythons of this machine, and a command run with each of them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import children
from .console import Failure, run, say
from .environment import OLDEST

TOOLS = Path(__file__).resolve().parents[1]

NAME = re.compile(r"python3(\.\d+)?")

PROBE = f"""
import sys
print(sys.version.split()[0])
if sys.version_info >= {OLDEST}:
    from devkit import environment
    print(environment.base())
    print(*environment.missing(), sep="\\n")
"""
"""Asked of a Python in `TOOLS`: its version, where it is, and what it lacks."""


@dataclass(frozen=True)
class Python:
    """A Python that is new enough.

    Attributes:
        path: its executable; not that of a virtual environment, and no link.
        version: such as 3.11.7.
        lacking: what it has not got and the set-up needs.
    """

    path: Path
    version: str
    lacking: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.version} ({self.path})"

    @property
    def order(self) -> tuple[list[int], Path]:
        return [int(number) for number in re.findall(r"\d+", self.version)], self.path


def candidates() -> Iterator[Path]:
    """What may be one: ours, those on PATH, and all of pyenv's, whose shims on PATH run one of them."""
    yield Path(sys.executable)
    for folder in map(Path, os.get_exec_path()):
        if folder.is_dir():
            yield from (path for path in sorted(folder.iterdir()) if NAME.fullmatch(path.name))
        if folder.name == "shims":
            yield from sorted(folder.parent.glob("versions/*/bin/python3"))


def installed() -> list[Python]:
    """All that are new enough, each once, in the order of their versions."""
    found = {}
    for path in candidates():
        try:
            version, *rest = run([path, "-B", "-c", PROBE], cwd=TOOLS, timeout=60).splitlines()
        except Failure:  # a shim of a version that is not chosen
            continue
        if rest:
            base, *lacking = rest
            found[base] = Python(Path(base), version, tuple(filter(None, lacking)))
    return sorted(found.values(), key=lambda python: python.order)


def run_each(arguments: Sequence[str]) -> int:
    """Runs a command with each Python and says how each went.

    Args:
        arguments: the script and its arguments.

    Returns:
        0 if it ran with one at least, and ended with 0 with all of them.
    """
    results = []
    for python in installed():
        if python.lacking:
            results.append((python, f"skipped: it lacks {', '.join(python.lacking)}"))
            continue
        say("pythons", f"now with {python}")
        started = time.monotonic()
        code = children.run([python.path, *arguments], stdin=subprocess.DEVNULL).returncode
        outcome = f"failed ({code})" if code else "passed"
        results.append((python, f"{outcome} in {time.monotonic() - started:.0f} s"))
    for python, result in results:
        say("pythons", f"{python}: {result}")
    outcomes = [result.split()[0] for _, result in results]
    return 0 if "passed" in outcomes and "failed" not in outcomes else 1
