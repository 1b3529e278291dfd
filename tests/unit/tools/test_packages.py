"""The packages that go along in a bundle."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from devkit import environment, interpreter, packages
from devkit.console import CommandFailed, Failure
from devkit.environment import Environment
from devkit.interpreter import Interpreter

ENVIRONMENT = Environment(Path(sys.prefix))


@pytest.fixture
def python() -> Interpreter:
    return replace(interpreter.at(environment.base()), version="3.12.4", machine="arm64")


def test_they_are_the_projects_dependencies() -> None:
    assert packages.names() == ["certifi", "httptools", "idna"]


def test_they_are_for_the_interpreter_in_the_environments_versions(
    monkeypatch: pytest.MonkeyPatch, python: Interpreter
) -> None:
    commands: list[list[str]] = []

    def run(command: list[object], **_: object) -> str:
        commands.append([str(word) for word in command])
        (dest,) = (word.removeprefix("--dest=") for word in commands[-1] if word.startswith("--dest="))
        Path(dest).mkdir()
        (Path(dest) / "b.whl").touch()
        (Path(dest) / "a.whl").touch()
        return ""

    monkeypatch.setattr(packages, "run", run)
    found = packages.ensure(python, (2, 28), ENVIRONMENT)
    assert [path.name for path in found] == ["a.whl", "b.whl"]
    assert packages.ensure(python, (2, 28), ENVIRONMENT) == found
    (command,) = commands
    names = [word.partition("==")[0] for word in command if "==" in word]
    assert names == packages.names()
    for word in ("--no-deps", "--only-binary=:all:", "--python-version=3.12", "--abi=cp312", "--abi=abi3"):
        assert word in command
    platforms = [word.removeprefix("--platform=") for word in command if word.startswith("--platform=")]
    assert platforms[0] == "manylinux_2_28_aarch64"
    assert {"manylinux_2_17_aarch64", "manylinux2014_aarch64"} <= set(platforms)
    assert not [name for name in platforms if "_2_29" in name or "x86_64" in name]


def test_no_network_is_told(monkeypatch: pytest.MonkeyPatch, python: Interpreter) -> None:
    def run(*_: object, **__: object) -> str:
        raise CommandFailed("pip failed", "NameResolutionError")

    monkeypatch.setattr(packages, "run", run)
    with pytest.raises(Failure, match="the packages for the bundle cannot be fetched: the network"):
        packages.ensure(python, (2, 28), ENVIRONMENT)
