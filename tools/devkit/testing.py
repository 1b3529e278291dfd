"""All tests, in two runs at once: those that run the engine, and the others."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from . import children
from .console import say
from .project import ROOT

BESIDE: Final = ("tests/docs", "tests/mutants", "tests/unit")
"""The folders of the others. They take about as long, and the engine's tests wait for much."""


def run_all(pytest: Sequence[str]) -> int:
    """Runs all tests; shows what the engine's print, and then what the others have printed.

    Args:
        pytest: the command.

    Returns:
        The exit code of the first run that has failed; else 0.
    """
    say("tests", f"those of {', '.join(BESIDE)} run beside the others, and report at the end")
    with tempfile.TemporaryFile() as output, ThreadPoolExecutor(1) as pool:
        beside = pool.submit(
            children.run,
            [*pytest, "-p", "no:cacheprovider", *BESIDE],  # the cache is the other run's
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            code = children.run([*pytest, *(f"--ignore={folder}" for folder in BESIDE)], cwd=ROOT).returncode
            other = beside.result().returncode
        except BaseException:  # Ctrl-C: nobody waits for the others
            children.end()
            raise
        output.seek(0)
        print(output.read().decode(errors="replace"), flush=True)
    return code or other
