"""The compiler for releases: zig's clang, from PyPI, with the headers and symbols of any glibc.

What the system's compiler makes runs on the system's glibc and newer; a release is for older ones too.
"""

from __future__ import annotations

import tomllib
from pathlib import Path

from . import build, cache, environment, network, platforms
from .cache import Need
from .console import CommandFailed, Failure, run, step
from .environment import Environment
from .interpreter import Interpreter
from .project import ROOT

GLIBC = (2, 28)
"""Godot's own builds for Linux need this one: no game that they run on has an older."""

TARGETS = {"linux.x86_64": "x86_64-linux-gnu", "linux.arm64": "aarch64-linux-gnu"}
"""The engine's names of what we compile for, and zig's."""

NEED = Need(disk=520, download=105, passing=105)
"""With what bundles take besides: a home, packages, and the standard C library compiled."""


def requirement() -> str:
    """The package, with its range."""
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    (found,) = content["dependency-groups"][environment.APART]
    return str(found)


def need() -> Need:
    """What `ensure` is going to take."""
    return Need() if _place().is_dir() else NEED


def ensure(env: Environment) -> Path:
    """The compiler, fetched if it is not there.

    Args:
        env: has pip.

    Raises:
        Failure: the package cannot be fetched.
    """
    place = _place()
    return cache.once(place, lambda: _fetch(env, place)) / "ziglang" / f"zig{platforms.system().program}"


def _place() -> Path:
    return cache.root() / "zig" / cache.key(requirement())


def _fetch(env: Environment, place: Path) -> None:
    with step("zig", f"installing {requirement()}"), cache.workshop() as folder:
        made = folder / "made"
        pip = (*environment.PIP, "install", "--quiet", "--no-compile", "--no-deps", f"--target={made}")
        try:
            run([env.python, *pip, requirement()], scratch=folder, timeout=900)
        except CommandFailed as failure:
            network.require(failure.output, "the compiler zig")
            raise
        cache.publish(made, place)


class Toolchain(build.Toolchain):
    """Compiles the host with zig, for an interpreter and glibc 2.28.

    Args:
        env: has Cython.
        compiler: zig.
        python: the interpreter that the host is for.
    """

    def __init__(self, env: Environment, compiler: Path, python: Interpreter) -> None:
        target = TARGETS.get(python.platform)
        if target is None:
            raise Failure(f"no bundle is made for {python.platform} here: {', '.join(TARGETS)}")
        super().__init__(env)
        number = ".".join(map(str, GLIBC))
        self.compiler = (str(compiler), "cc", "-target", f"{target}.{number}")
        # gcc has said what is to be said of the sources.
        flags = ("-O2", "-fPIC", "-shared", "-fvisibility=hidden", "-s", "-w", "-fno-sanitize=all")
        self.c_flags = ("-std=c11", *flags)
        self.cython_c_flags = flags
        self.includes = _includes(python)
        self.suffix = python.suffix
        store = cache.root() / "zig-compiled"
        self.variables = {"ZIG_GLOBAL_CACHE_DIR": str(store), "ZIG_LOCAL_CACHE_DIR": str(store)}
        # By what is in the headers: archives are unpacked to a new place each.
        headers = cache.key(*build.contents(python.include, "*.h"))
        version = run([compiler, "version"], timeout=30)
        self.identity = self.identify(version, *self.compiler[1:], python.version, headers)


def _includes(python: Interpreter) -> tuple[Path, ...]:
    """The folders of an interpreter's headers. Debian has another one for each architecture, beside it."""
    for folder in python.include.parent.glob(f"*-linux-gnu/{python.include.name}"):
        links = cache.root() / "includes" / cache.key(str(folder))
        link = links / folder.parent.name / folder.name
        if not link.is_symlink():
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(folder)
        return (python.include, links)
    return (python.include,)
