"""The tree itself passes its checks: what `tools/dev.py lint` runs is part of the tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from devkit import lint


@pytest.mark.parametrize("check", lint.CHECKS)
def test_the_tree_passes(check: str) -> None:
    if complaint := lint.complaints(check, Path(sys.prefix) / "bin"):
        pytest.fail(complaint, pytrace=False)


def test_gdscript_is_found() -> None:
    assert "tools/demo/fetch.gd" in lint.scripts()


def test_a_check_that_fails_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, script in (("fine", "exit 0"), ("loud", "echo line 3; exit 1"), ("mute", "exit 2")):
        (tmp_path / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setattr(lint, "CHECKS", {name: (name,) for name in ("fine", "loud", "mute")})
    assert lint.failures(tmp_path) == ["loud", "mute"]
    assert capsys.readouterr().out == "line 3\nmute failed (2)\n"
