from __future__ import annotations

import shutil
import sysconfig
from collections.abc import Sequence
from pathlib import Path

import pytest

from devkit import environment
from devkit.console import Failure
from devkit.project import ROOT


def test_dependencies_of_all_groups_count(tmp_path: Path) -> None:
    pyproject = tmp_path / "pyproject.toml"
    pyproject.write_text(
        '[project]\ndependencies = ["c"]\n[dependency-groups]\ndev = ["b>=1"]\nbuild = ["a"]\n',
        encoding="utf-8",
    )
    assert environment.requirements(pyproject) == ["a", "b>=1", "c"]


def test_every_dependency_is_bounded_and_has_its_reason_written_down() -> None:
    reasons = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for requirement in environment.requirements(ROOT / "pyproject.toml"):
        name, bounds = requirement.split(">=")
        assert ",<" in bounds
        assert f"| {name} " in reasons


def test_this_python_has_what_is_needed() -> None:
    assert environment.shared_library().is_file()
    assert environment.missing() == {}


def test_a_missing_compiler_is_named_with_its_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CC", str(tmp_path / "absent"))
    with pytest.raises(Failure, match=r"lacks a C compiler: on Debian, sudo apt install gcc libc6-dev$"):
        environment.require(environment.missing())
    monkeypatch.setenv("CC", "")
    assert environment.compiler() in (shutil.which("cc"), shutil.which("gcc"))


def test_all_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(tmp_path))
    monkeypatch.setattr(environment, "shared_library", lambda: tmp_path / "libpython3.11.a")
    sentence = (
        r"headers, its shared library: .* install python3-dev libpython3\.\d+, or run this with a Python"
    )
    with pytest.raises(Failure, match=sentence):
        environment.require(environment.missing())


def test_an_environment_is_made_once_and_again_when_half_made(
    monkeypatch: pytest.MonkeyPatch, empty_cache: Path
) -> None:
    """Plays venv and pip, the first pip breaking off."""
    pips: list[list[str]] = []

    def run(command: Sequence[str | Path], **_: float) -> None:
        words = [str(word) for word in command]
        if "venv" in words:
            assert not Path(words[-1]).exists()
            Path(words[-1]).mkdir(parents=True)
        else:
            pips.append(words)
            if len(pips) == 1:
                raise Failure("no route")

    monkeypatch.setattr(environment, "run", run)
    monkeypatch.setattr(environment, "requirements", lambda _: ["a>=1,<2"])
    with pytest.raises(Failure, match="no route"):
        environment.ensure()
    made = environment.ensure()
    assert made.home.parent == empty_cache / "environments"
    assert (pips[1][0], pips[1][-1]) == (str(made.python), "a>=1,<2")
    assert environment.ensure() == made
    assert len(pips) == 2

    monkeypatch.setattr(environment, "requirements", lambda _: ["a>=2,<3"])
    assert environment.ensure() != made
    assert len(pips) == 3
