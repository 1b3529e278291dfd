"""All tests, in two runs at once: those that run the engine, and the others."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from . import children
from .console import say
from .project import ROOT

BESIDE: Final = ("tests/docs", "tests/mutants", "tests/unit")
"""The folders of the others. They take about as long, and the engine's tests wait for much."""
_OUTCOMES: Final = ("failures", "errors", "skipped")


def run_all(pytest: Sequence[str]) -> int:
    """Runs all tests; shows what the engine's print, then what the others have printed, then the sum of both.

    Args:
        pytest: the command.

    Returns:
        The exit code of the first run that has failed; else 0.
    """
    say("tests", f"those of {', '.join(BESIDE)} run beside the others, and report at the end")
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(1) as pool:
        output, reports = Path(folder) / "output", [Path(folder) / name for name in ("engine", "beside")]
        commands = [[*pytest, f"--junit-xml={report}"] for report in reports]
        with output.open("wb") as written:
            beside = pool.submit(
                children.run,
                [*commands[1], "-p", "no:cacheprovider", *BESIDE],  # the cache is the other run's
                cwd=ROOT,
                stdout=written,
                stderr=subprocess.STDOUT,
            )
            try:
                ignored = [f"--ignore={folder}" for folder in BESIDE]
                code = children.run([*commands[0], *ignored], cwd=ROOT).returncode
                other = beside.result().returncode
            except BaseException:  # Ctrl-C: nobody waits for the others
                children.end()
                raise
        print(output.read_bytes().decode(errors="replace"))
        print(f"{_summary(reports, time.monotonic() - begun):=^100}", flush=True)
    return code or other


def _summary(reports: Iterable[Path], seconds: float) -> str:
    """Sums up runs as pytest does one; a run without a report is an error."""
    counts: Counter[str] = Counter()
    for report in reports:
        if not report.is_file():
            counts["errors"] += 1
            continue
        for suite in ElementTree.parse(report).iter("testsuite"):
            other = {name: int(suite.get(name, "0")) for name in _OUTCOMES}
            counts.update(other, passed=int(suite.get("tests", "0")) - sum(other.values()))
    words = (("failures", "failed"), ("passed", "passed"), ("skipped", "skipped"), ("errors", "errors"))
    told = ", ".join(f"{counts[name]} {word}" for name, word in words if counts[name])
    return f" {told or 'no tests ran'} in {seconds:.2f}s "
