"""Programs in a Python of their own: one that has imported nothing yet, and that may end."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from devkit.project import ROOT

ADDONS: Final = ROOT / "addons"
SECONDS: Final = 120.0
"""No program takes longer, unless it hangs."""


def run(program: str, *arguments: str, folder: Path = ADDONS, **variables: str) -> str:
    """Runs a program, which must end well and complain of nothing; gives what it printed.

    Args:
        program: its text.
        arguments: its `sys.argv[1:]`.
        folder: where it runs, and imports from.
        variables: of its environment, beside those of the tests; an empty one is taken away.
    """
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=folder,
        env={name: value for name, value in {**os.environ, **variables}.items() if value},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout
