"""The Pythons of a machine, played by shell scripts."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

import pytest

from devkit import environment, pythons

RUN = """
case "$1" in
-B) printf '%s\\n' {answer} ;;
*) echo "{version} $*" >> {log}; exit {code} ;;
esac
"""


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture(autouse=True)
def path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The one folder on PATH, empty, and nothing of ours."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "absent"))
    return folder


def make(path: Path, version: str, *answer: str, log: Path, code: int = 0) -> Path:
    """A Python that answers the probe, and logs what else it is to run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    words = " ".join(f"'{word}'" for word in (version, *answer))
    script = RUN.format(answer=words, version=version, log=log, code=code)
    path.write_text(f"#!/bin/sh\n{script}", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_this_one_is_found_by_its_own_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the real machine
    (found,) = [python for python in pythons.installed() if python.path == environment.base()]
    assert found == pythons.Python(environment.base(), platform.python_version())


def test_those_new_enough_are_found_once_in_the_order_of_their_versions(path: Path, log: Path) -> None:
    for name, version in (("python3.9", "3.9.18"), ("python3.10", "3.10.13")):
        make(path / name, version, log=log)
    for minor, version in (("3.14", "3.14.0rc2"), ("3.11", "3.11.2"), ("3.9999", "3.9999.0")):
        make(path / f"python{minor}", version, f"/base/python{minor}", "", log=log)
    make(path / "python3", "3.11.2", "/base/python3.11", "", log=log)
    make(path / "python3.11-config", "3.11.2", "/base/config", "", log=log)
    make(path / "python2", "2.7.18", "/base/python2", "", log=log)
    versions = [python.version for python in pythons.installed()]
    assert versions == ["3.11.2", "3.14.0rc2", "3.9999.0"]


def test_pyenvs_are_found_behind_its_shims(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, path: Path, log: Path
) -> None:
    shims, home = tmp_path / "env" / "shims", tmp_path / "env" / "versions"
    make(shims / "python3.12", "", log=log).write_text("#!/bin/sh\nexit 127\n", encoding="utf-8")
    make(home / "3.12.1" / "bin" / "python3", "3.12.1", "/base/python3.12", "", log=log)
    monkeypatch.setenv("PATH", f"{shims}:{path}:{tmp_path / 'no such folder'}")
    assert pythons.installed() == [pythons.Python(Path("/base/python3.12"), "3.12.1")]


def test_what_one_lacks_is_said_and_it_is_not_run(
    path: Path, log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, poor = path / "python3.12", path / "python3.13"
    make(good, "3.12.1", str(good), "", log=log)
    make(poor, "3.13.0", str(poor), "its C headers", "its shared library", log=log)
    assert pythons.run_each(["dev.py", "test", "-x"]) == 0
    assert log.read_text(encoding="utf-8") == "3.12.1 dev.py test -x\n"
    lines = capsys.readouterr().err.splitlines()
    assert lines[-2].startswith(f"pythons      3.12.1 ({good}): passed in ")
    assert lines[-1] == (f"pythons      3.13.0 ({poor}): skipped: it lacks its C headers, its shared library")


def test_one_that_fails_fails_all_and_the_others_run(
    path: Path, log: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for minor, code in ((11, 0), (12, 5), (13, 0)):
        file = path / f"python3.{minor}"
        make(file, f"3.{minor}.0", str(file), "", log=log, code=code)
    assert pythons.run_each(["x"]) == 1
    assert log.read_text(encoding="utf-8") == "3.11.0 x\n3.12.0 x\n3.13.0 x\n"
    outcomes = [line.split("): ")[1].split(" in ")[0] for line in capsys.readouterr().err.splitlines()[-3:]]
    assert outcomes == ["passed", "failed (5)", "passed"]


def test_no_python_to_run_is_no_success(path: Path, log: Path) -> None:
    assert pythons.run_each(["x"]) == 1
    make(path / "python3.12", "3.12.1", "/base", "its C headers", log=log)
    assert pythons.run_each(["x"]) == 1
    assert not log.exists()
