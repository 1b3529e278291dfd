"""The checks of style and types, each one a command."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from . import children
from .console import say
from .project import ROOT

FOLDERS = ("addons", "tests", "tools")
SHIPPED = ("addons", "tools")
"""What is for every operating system; the tests are for Linux."""
MYPY = ".mypy_cache"
"""Each system has a cache below, or each would throw away the other's."""

CHECKS: dict[str, Sequence[str]] = {
    "ruff": ("ruff", "check", "--quiet", "."),
    "ruff format": ("ruff", "format", "--check", "--quiet", "."),
    "mypy": ("mypy", "--no-error-summary", "--platform=linux"),
    **{
        f"mypy, for {name} and Python {version}": (
            "mypy",
            "--no-error-summary",
            f"--platform={name}",
            f"--python-version={version}",
            f"--cache-dir={MYPY}/{name}",
            *SHIPPED,
        )
        for name, version in (("win32", "3.12"), ("darwin", "3.14"))  # users check theirs by what they have
    },
    "cython-lint": ("cython-lint", "--max-line-length=140", "addons/pythonscript/src/_pythonscript"),
    "gdformat": ("gdformat", "--check"),
    "gdlint": ("gdlint",),
}
"""The commands by name; those of GDScript (gd...) are followed by its files."""


def scripts(root: Path = ROOT) -> list[str]:
    """All GDScript files of the tree."""
    files = (path for folder in FOLDERS for path in (root / folder).rglob("*.gd"))
    return sorted(str(path.relative_to(root)) for path in files)


def complaints(name: str, tools: Path) -> str:
    """Runs one check.

    Args:
        name: which of `CHECKS`.
        tools: the folder of the environment's commands.

    Returns:
        What it complains about; nothing when all is well.
    """
    program, *arguments = CHECKS[name]
    command = [str(tools / program), *arguments, *(scripts() if program.startswith("gd") else ())]
    path = f"{tools}{os.pathsep}{os.environ.get('PATH', '')}"  # cython-lint calls pycodestyle by its name
    done = children.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PATH": path},
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    output = (done.stdout + done.stderr).rstrip()
    return (output or f"{program} failed ({done.returncode})") if done.returncode else ""


def failures(tools: Path) -> list[str]:
    """Runs all checks and prints their complaints; returns the names of those that complain."""
    failed = []
    for name in CHECKS:
        complaint = complaints(name, tools)
        say("lint", f"{name}: {'failed' if complaint else 'ok'}")
        if complaint:
            print(complaint, flush=True)
            failed.append(name)
    return failed
