"""The compiler for releases: fetched once, and used for what it knows."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from devkit import environment, interpreter, zig
from devkit.cache import Need
from devkit.console import CommandFailed, Failure
from devkit.environment import Environment
from devkit.interpreter import Interpreter

ENVIRONMENT = Environment(Path(sys.prefix))


def test_it_is_fetched_once(monkeypatch: pytest.MonkeyPatch, empty_cache: Path) -> None:
    commands: list[list[str]] = []

    def run(command: list[object], **_: object) -> str:
        commands.append([str(word) for word in command])
        (target,) = (word for word in commands[-1] if word.startswith("--target="))
        (Path(target.removeprefix("--target=")) / "ziglang").mkdir(parents=True)
        return ""

    monkeypatch.setattr(zig, "run", run)
    assert zig.need() == zig.NEED
    path = zig.ensure(ENVIRONMENT)
    assert zig.ensure(ENVIRONMENT) == path
    assert zig.need() == Need()
    assert path.is_relative_to(empty_cache)
    (command,) = commands
    assert command[-1] == zig.requirement()
    assert command[-1].startswith("ziglang>=")
    assert "--no-deps" in command


def test_no_network_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_: object, **__: object) -> str:
        raise CommandFailed("pip failed", "NewConnectionError: refused")

    monkeypatch.setattr(zig, "run", run)
    with pytest.raises(Failure, match="the compiler zig cannot be fetched: the network"):
        zig.ensure(ENVIRONMENT)
    assert zig.need() == zig.NEED


def test_a_platform_that_it_does_not_compile_for_is_told() -> None:
    python = replace(interpreter.at(environment.base()), system="plan9")
    with pytest.raises(
        Failure, match=r"no bundle is made for plan9\.x86_64 here: linux\.x86_64, linux\.arm64"
    ):
        zig.Toolchain(ENVIRONMENT, Path("/zig"), python)


def test_a_result_depends_on_the_interpreter_and_the_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zig, "run", lambda command, **_: f"{command[0]} 1.0")
    python = interpreter.at(environment.base())

    def identity(compiler: str, python: Interpreter) -> str:
        return zig.Toolchain(ENVIRONMENT, Path(compiler), python).identity

    usual = identity("/zig", python)
    assert identity("/zig", python) == usual
    found = {usual, identity("/other", python)}
    others = [replace(python, version="3.99.1"), replace(python, machine="arm64")]
    found |= {identity("/zig", other) for other in [*others, replace(python, suffix=".x.so")]}
    monkeypatch.setattr(zig, "GLIBC", (2, 17))
    found.add(identity("/zig", python))
    assert len(found) == 6


def test_debians_headers_for_the_architecture_are_found(tmp_path: Path) -> None:
    """`pyconfig.h` includes `<x86_64-linux-gnu/python3.11/pyconfig.h>`; beside that is the system's libc."""
    include = tmp_path / "include" / "python3.11"
    inner = tmp_path / "include" / "x86_64-linux-gnu" / "python3.11"
    for folder in (include, inner):
        folder.mkdir(parents=True)
    (inner / "pyconfig.h").touch()
    python = replace(interpreter.at(environment.base()), include=include)
    own, links = zig._includes(python)
    assert own == include
    assert (links / "x86_64-linux-gnu" / "python3.11" / "pyconfig.h").is_file()
    assert [path.name for path in links.iterdir()] == ["x86_64-linux-gnu"]
    assert zig._includes(python) == (own, links)
