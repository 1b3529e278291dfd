"""What is started for a test ends with the tests, in a namespace of its own too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.exports.games import isolation
from tests.loopback.network import until
from tests.loopback.processes import FAMILY, runs

CODE = """
import os, sys
from pathlib import Path
from tests.engine.harness import run_engine
run_engine(sys.argv[1:], cwd=Path("/"), variables=os.environ)
"""


@pytest.mark.parametrize("command", [(), isolation() or ()], ids=["here", "isolated"])
def test_a_game_ends_with_the_tests(command: tuple[str, ...], tmp_path: Path) -> None:
    file = tmp_path / "family"
    tests = subprocess.Popen(
        [sys.executable, "-c", CODE, *command, "sh", "-c", FAMILY.format(file=file)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    with tests:
        until(file.is_file)
        members = [int(number) for number in file.read_text(encoding="utf-8").split()]
        assert all(map(runs, members))
        tests.kill()
    for member in members:
        until(lambda member=member: not runs(member))  # type: ignore[misc]
