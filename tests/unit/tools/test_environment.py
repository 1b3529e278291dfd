from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from devkit import environment, platforms, zig
from devkit.cache import Need
from devkit.console import Failure
from devkit.project import ROOT

DEBIAN, OTHER = Path("/usr/bin/python3.13"), Path("/home/ada/.pyenv/versions/3.13.5/bin/python3.13")


@contextmanager
def closed_port() -> Iterator[int]:
    """A port at which nobody listens, and which nobody else is given meanwhile."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield taken.getsockname()[1]


def test_dependencies_of_all_groups_but_that_of_bundles_count(tmp_path: Path) -> None:
    pyproject = tmp_path / "pyproject.toml"
    pyproject.write_text(
        '[project]\ndependencies = ["c"]\n[dependency-groups]\ndev = ["b>=1"]\nbuild = ["a"]\n'
        'bundle = ["only for bundles"]\n',
        encoding="utf-8",
    )
    assert environment.requirements(pyproject) == ["a", "b>=1", "c"]


def test_every_dependency_is_bounded_and_has_its_reason_written_down() -> None:
    reasons = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for requirement in (*environment.requirements(ROOT / "pyproject.toml"), zig.requirement()):
        name, bounds = requirement.split(">=")
        assert ",<" in bounds
        assert f"| {name} " in reasons


def test_this_python_has_what_is_needed() -> None:
    assert platforms.shared_library().is_file()
    assert environment.missing() == {}


def test_a_missing_compiler_is_named_with_its_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CC", str(tmp_path / "absent"))
    for origin in (DEBIAN, OTHER):
        monkeypatch.setattr(environment, "base", lambda origin=origin: origin)
        with pytest.raises(Failure, match=r"lacks a C compiler: on Debian, sudo apt install gcc libc6-dev$"):
            environment.require(environment.missing())
    monkeypatch.setenv("CC", "")
    assert environment.compiler() in (shutil.which("cc"), shutil.which("gcc"))


@pytest.fixture
def poor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A Python that lacks what it can, at 3.13."""
    monkeypatch.setattr(sys, "version_info", (3, 13, 5))
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(sysconfig, "get_path", lambda _: str(tmp_path))
    monkeypatch.setattr(platforms, "shared_library", lambda: tmp_path / "libpython3.13.a")


@pytest.mark.usefixtures("poor")
def test_all_that_debians_python_lacks_is_in_one_line_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "base", lambda: DEBIAN)
    with pytest.raises(Failure) as caught:
        environment.require(environment.missing())
    assert str(caught.value) == (
        f"{sys.executable} lacks the module ssl, the module ensurepip, its C headers, its shared library:"
        " on Debian, sudo apt install libpython3.13-stdlib python3.13-venv python3.13-dev libpython3.13"
    )


@pytest.mark.usefixtures("poor")
def test_the_readme_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "compiler", lambda: None)
    wanted = " ".join(environment.missing().values()).replace("3.13", "3").split()
    come_along = {"libpython3", "libpython3-stdlib", "libc6-dev"}  # python3-dev depends on them
    line = f"`sudo apt install {' '.join(name for name in wanted if name not in come_along)}`"
    assert line in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.usefixtures("poor")
def test_debians_packages_are_no_help_for_a_python_of_another_origin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "base", lambda: OTHER)
    lacking = environment.missing()
    ending = ": run this with Debian's Python or with one built with --enable-shared"
    with pytest.raises(Failure, match=f"its shared library{ending}$"):
        environment.require(lacking)
    with pytest.raises(Failure, match=f": on Debian, sudo apt install gcc libc6-dev; {ending[2:]}$"):
        environment.require(lacking | {environment.COMPILER: "gcc libc6-dev"})


def test_a_python_without_its_lock_is_not_for_us(monkeypatch: pytest.MonkeyPatch) -> None:
    variables = {**sysconfig.get_config_vars(), "Py_GIL_DISABLED": 1}
    monkeypatch.setattr(sysconfig, "get_config_var", variables.get)
    assert list(environment.missing()) == ["its GIL"]


def test_an_environment_is_made_once_and_again_when_half_made(
    monkeypatch: pytest.MonkeyPatch, empty_cache: Path
) -> None:
    """Plays venv and pip, the first pip breaking off."""
    pips: list[list[str]] = []

    def run(command: Sequence[str | Path], *, scratch: Path, timeout: float) -> None:
        assert scratch.parent == empty_cache / "tmp"
        assert timeout
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
    assert environment.need() == environment.NEED
    with pytest.raises(Failure, match="no route"):
        environment.ensure()
    other = empty_cache / "environments" / "python-3.9.9-of-another-checkout"
    other.mkdir()  # which was killed while it made this
    made = environment.ensure()
    assert environment.need() == Need()
    assert not other.exists()
    assert made.home.parent == empty_cache / "environments"
    assert (pips[1][0], pips[1][-1]) == (str(made.python), "a>=1,<2")
    assert environment.ensure() == made
    assert len(pips) == 2

    monkeypatch.setattr(environment, "requirements", lambda _: ["a>=2,<3"])
    assert environment.ensure() != made
    assert len(pips) == 3
    assert made.complete


def test_environments_that_nobody_has_used_for_long_go(
    monkeypatch: pytest.MonkeyPatch, empty_cache: Path
) -> None:
    monkeypatch.setattr(environment, "_make", lambda made: _complete(made.home))
    environments = empty_cache / "environments"
    for number in range(environment.KEPT):
        _complete(environments / f"python-3.11.2-{number}")
        os.utime(environments / f"python-3.11.2-{number}", times=(0, number))
    monkeypatch.setattr(environment, "requirements", lambda _: ["a>=1,<2"])
    first = environment.ensure()
    assert not (environments / "python-3.11.2-0").exists()
    assert len(list(environments.iterdir())) == environment.KEPT

    os.utime(first.home, times=(0, 0))
    assert environment.ensure() == first  # so it is no longer the one that was used longest ago
    monkeypatch.setattr(environment, "requirements", lambda _: ["a>=2,<3"])
    second = environment.ensure()
    left = {f"python-3.11.2-{number}" for number in range(2, environment.KEPT)}
    assert {path.name for path in environments.iterdir()} == left | {first.home.name, second.home.name}


def _complete(home: Path) -> None:
    home.mkdir(parents=True)
    (home / environment.COMPLETE).touch()


def test_pip_that_reaches_nobody_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs the real pip, against a port that nobody listens at."""
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    with closed_port() as port:
        settings = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": f"http://127.0.0.1:{port}/simple"}
        for name, value in {**settings, "PIP_NO_PROXY": "*", "PIP_RETRIES": "1", "NO_PROXY": "*"}.items():
            monkeypatch.setenv(name, value)
        sentence = "^the Python packages cannot be fetched: the network or the server is not reachable$"
        with pytest.raises(Failure, match=sentence):
            environment.ensure()
    assert environment.need() == environment.NEED
