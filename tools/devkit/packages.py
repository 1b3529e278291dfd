"""The packages from PyPI that go along in a bundle: those that the addons need at run time."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from . import cache, environment, network
from .console import CommandFailed, run, step
from .environment import Environment
from .interpreter import Interpreter
from .project import ROOT

MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}
"""The engine's names, and those of PyPI's files for Linux."""


def names() -> list[str]:
    """The project's dependencies at run time."""
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [re.split(r"[<>=!~;\[ ]", wanted)[0] for wanted in content["project"]["dependencies"]]


def ensure(python: Interpreter, glibc: tuple[int, int], env: Environment) -> list[Path]:
    """The packages' files for an interpreter, in the versions of the environment.

    Args:
        python: the interpreter.
        glibc: the newest that they may need.
        env: has pip.

    Raises:
        Failure: they cannot be fetched, or there are none for that interpreter.
    """
    wanted = [env.version_of(name).removesuffix(".dist-info").replace("-", "==", 1) for name in names()]
    major, minor = glibc
    machine = MACHINES[python.machine]
    platforms = [f"manylinux_{major}_{number}_{machine}" for number in range(minor, 4, -1)]
    platforms += [f"manylinux{year}_{machine}" for year in (2014, 2010, 1)]
    place = cache.root() / "packages" / cache.key(python.series, *platforms, *wanted)
    abis = (f"cp{python.series.replace('.', '')}", "abi3", "none")
    tags = [f"--platform={name}" for name in platforms] + [f"--abi={name}" for name in abis]
    tags += ["--implementation=cp", f"--python-version={python.series}", "--only-binary=:all:"]
    return sorted(cache.once(place, lambda: _fetch(env, tags, wanted, place)).glob("*.whl"))


def _fetch(env: Environment, tags: list[str], wanted: list[str], place: Path) -> None:
    with step("packages", f"fetching {', '.join(wanted)}"), cache.workshop() as folder:
        made = folder / "made"
        pip = (*environment.PIP, "download", "--quiet", "--no-deps", *tags, f"--dest={made}")
        try:
            run([env.python, *pip, *wanted], scratch=folder, timeout=900)
        except CommandFailed as failure:
            network.require(failure.output, "the packages for the bundle")
            raise
        cache.publish(made, place)
