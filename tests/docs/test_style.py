"""What the pages show is styled and typed as the code is."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.docs.blocks import ROOT, blocks
from tests.docs.examples import examples

SECONDS = 120.0
"""No check takes longer."""

CHECKS = {
    "ruff check": ("python", ("ruff", "check", "--quiet", f"--config={ROOT / 'pyproject.toml'}")),
    "ruff format": ("python", ("ruff", "format", "--diff", f"--config={ROOT / 'pyproject.toml'}")),
    "mypy": ("python", ("mypy", "--no-error-summary", "--no-pretty", "--scripts-are-modules")),
    "gdformat": ("gdscript", ("gdformat", "--check")),
    "gdlint": ("gdscript", ("gdlint",)),
}
"""The language and the command of each."""


@pytest.mark.parametrize("name", CHECKS)
def test_blocks_pass(name: str, tmp_path: Path) -> None:
    language, command = CHECKS[name]
    suffix = {"python": "py", "gdscript": "gd"}[language]
    shown = [*blocks(language), *(examples("addons/pythonscript") if language == "python" else [])]
    assert shown
    files = []
    for block in shown:
        path = tmp_path / (block.file or f"{block.name}.{suffix}")  # the complaint names it
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")
        files.append(path)
    assert complaints(command, files, tmp_path / "addons") == ""


def complaints(command: Sequence[str], files: Sequence[Path], addons: Path) -> str:
    """What a tool says of files, among which there may be packages in `addons`; nothing if it is content."""
    program, *arguments = command
    done = subprocess.run(
        [Path(sys.executable).parent / program, *arguments, *files],
        cwd=ROOT,
        env={**os.environ, "MYPYPATH": str(addons)},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    return f"{program} returned {done.returncode}\n{done.stdout}{done.stderr}" if done.returncode else ""
