"""All tests, in two runs at once."""

from __future__ import annotations

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
beside = not sys.argv[1].startswith("--ignore")
print("beside" if beside else "engine", Path.cwd(), *sys.argv[1:])
sys.exit(int({codes!r}[beside]))
"""
"""In the place of pytest."""


@pytest.mark.parametrize(("codes", "code"), [("00", 0), ("10", 1), ("05", 5), ("12", 1)])
def test_both_run_and_report(codes: str, code: int, capfd: pytest.CaptureFixture[str]) -> None:
    assert testing.run_all([sys.executable, "-c", PLAYED.format(codes=codes)]) == code
    engine, beside, _ = capfd.readouterr().out.split("\n", 2)
    ignored = [f"--ignore={folder}" for folder in testing.BESIDE]
    assert engine.split() == ["engine", str(ROOT), *ignored]
    assert beside.split() == ["beside", str(ROOT), "-p", "no:cacheprovider", *testing.BESIDE]


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
