"""All tests, in two runs at once."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.loopback.network import until

from devkit import children, testing
from devkit.project import ROOT

PLAYED = """
import sys
from pathlib import Path
report, *rest = sys.argv[1:]
beside = not rest[0].startswith("--ignore")
suite = '<testsuites><testsuite tests="%d" failures="1" errors="0" skipped="2"/></testsuites>'
if {codes!r}[beside] != "2":
    Path(report.removeprefix("--junit-xml=")).write_text(suite % (10 + beside))
print("beside" if beside else "engine", Path.cwd(), *rest)
sys.exit(int({codes!r}[beside]))
"""
"""In the place of pytest. It crashes with the code 2."""


@pytest.mark.parametrize(
    ("codes", "code", "told"),
    [
        ("00", 0, "2 failed, 15 passed, 4 skipped"),
        ("10", 1, "2 failed, 15 passed, 4 skipped"),
        ("05", 5, "2 failed, 15 passed, 4 skipped"),
        ("12", 1, "1 failed, 7 passed, 2 skipped, 1 errors"),
        ("22", 2, "2 errors"),
    ],
)
def test_both_run_and_report(codes: str, code: int, told: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert testing.run_all([sys.executable, "-c", PLAYED.format(codes=codes)]) == code
    engine, beside, _, summary = capfd.readouterr().out.splitlines()
    ignored = [f"--ignore={folder}" for folder in testing.BESIDE]
    assert engine.split() == ["engine", str(ROOT), *ignored]
    assert beside.split() == ["beside", str(ROOT), "-p", "no:cacheprovider", *testing.BESIDE]
    assert re.fullmatch(rf"=+ {told} in [0-9]+\.[0-9]{{2}}s =+", summary)


def test_there_are_such_folders() -> None:
    assert all((ROOT / folder).is_dir() for folder in testing.BESIDE)


def test_who_ends_it_ends_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run beside hangs, and the other one is interrupted."""
    begun = tmp_path / "begun"
    code = f"import pathlib, time; pathlib.Path({str(begun)!r}).touch(); time.sleep(600)"
    real = children.run

    def run(command: list[str], **options: Any) -> object:
        if command[-1].startswith("--ignore"):
            until(begun.is_file)
            raise KeyboardInterrupt
        return real(command, **options)

    monkeypatch.setattr(children, "run", run)
    with pytest.raises(KeyboardInterrupt):
        testing.run_all([sys.executable, "-c", code])
