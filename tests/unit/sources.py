"""The client's tests with its sources, in a process of its own that runs beside all other tests of units."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final

import pytest

from devkit.project import ROOT
from pythonscript_http.compiled import PURE

RUN: Final = pytest.StashKey[Future[tuple[int, str]]]()
"""The exit code of the process, and what it printed."""
_SECONDS: Final = 1800


def begin(config: pytest.Config) -> None:
    """Begins it: it takes as long as the others."""
    pool = ThreadPoolExecutor(1)
    config.stash[RUN] = pool.submit(_run)
    pool.shutdown(wait=False)


def _run() -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/unit/http"],
        cwd=ROOT,
        env={**os.environ, PURE: "1"},
        check=False,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
    )
    return done.returncode, done.stdout + done.stderr
