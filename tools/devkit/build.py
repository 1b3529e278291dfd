"""Compiles the host: one C entry file and the Cython modules, each on its own, on all cores.

A compiled file is kept in the cache under a key made of everything that shapes it (source, declarations,
flags, compiler, Python), and copied into the tree's `bin/`.
"""

from __future__ import annotations

import filecmp
import os
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from . import cache, children, environment, platforms, project
from .console import Failure, run, step
from .environment import Environment

PACKAGE = "_pythonscript"
KEPT = 12
"""As many hosts stay in the cache: for five Pythons by two compilers each, and some that were before."""
ENTRY = platforms.library()
HOME = "python_home"
"""The file that tells the C entry which environment to start Python in."""


class Way(NamedTuple):
    """How an operating system's compiler makes libraries.

    Attributes:
        flags: what it is told of every one.
        entry: what the C entry is linked with; not libpython, which it finds and opens.
        modules: what Cython's modules are.
    """

    flags: tuple[str, ...]
    entry: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()


# gcc's warnings are looked at, on Linux. Cython's temporaries lose their const.
WAYS = {
    "linux": Way(
        ("-fPIC", "-shared", "-Wall", "-Wextra", "-Werror", "-Wno-discarded-qualifiers"), entry=("-ldl",)
    ),
    "macos": Way(("-fPIC", "-dynamiclib", "-undefined", "dynamic_lookup", "-w")),
    "windows": Way(
        ("-shared", "-DMS_WIN64", "-w"),  # PC/pyconfig.h defines it for Microsoft's compiler alone
        modules=(
            f"-L{Path(sys.base_prefix) / 'libs'}",
            f"-lpython{sys.version_info[0]}{sys.version_info[1]}",
        ),
    ),
}
# Every symbol but the entry is hidden: the engine loads us into one process with other extensions.
COMMON = ("-O2", "-fvisibility=hidden")
CHECKED = ("-O1", "-g", "-fno-omit-frame-pointer", "-fsanitize=address", "-Wno-maybe-uninitialized")
"""For a host that checks its own memory (memcheck.py)."""
# --warning-extra without maybe_uninitialized, which takes C's out-parameters for mistakes; gcc knows better.
CYTHON_FLAGS = ("-3", "-Xwarn.unused=True", "-Xwarn.unreachable=True", "--warning-errors")


class Toolchain:
    """The compilers, and everything about them and this Python that a result depends on.

    Args:
        env: has Cython.
        checked: the host that it makes checks its own memory.
        compiler: its command; empty: the system's.
    """

    def __init__(self, env: Environment, *, checked: bool = False, compiler: tuple[str, ...] = ()) -> None:
        self.python = env.python
        self.way = WAYS[platforms.system().name]
        flags = (*COMMON, *self.way.flags, *(CHECKED if checked else ()))
        self.c_flags = ("-std=c11", *flags)
        self.cython_c_flags = flags
        self.cython_flags = (*CYTHON_FLAGS, *(("--line-directives",) if checked else ()))
        self.cc = environment.compiler() or "cc"
        self.compiler = compiler or (self.cc,)
        self.variables: dict[str, str] = {}
        self.includes: tuple[Path, ...] = (Path(sysconfig.get_path("include")),)
        self.suffix = str(sysconfig.get_config_var("EXT_SUFFIX"))
        self.versions = (env.version_of("cython"), env.home.name)
        self.identity = self.identify(
            run([*self.compiler, "--version"], timeout=30), *map(str, self.includes)
        )

    def identify(self, *parts: str) -> str:
        """Stands for all that a result depends on besides the sources.

        Args:
            parts: the compiler and the headers.
        """
        flags = (*self.c_flags, *self.cython_c_flags, *self.cython_flags)
        return cache.key(*parts, *self.versions, self.suffix, *flags)

    def compile_c(self, sources: Path, out: Path) -> None:
        """Compiles all of `sources`/*.c."""
        files = sorted(sources.glob("*.c"))
        self._compile(out, *self.c_flags, *files, *self.way.entry)

    def compile_cython(self, sources: Path, module: Path, out: Path) -> None:
        """Compiles one module of the package, by way of a C file beside `out`."""
        generated = out.with_name(f"{module.stem}.c")
        # Run in the sources, with relative paths: tracebacks and cached files name no checkout.
        flags = (*self.cython_flags, "-I.", "--module-name", f"{PACKAGE}.{module.stem}")
        files = (module.relative_to(sources), "-o", generated)
        run([self.python, "-m", "cython", *flags, *files], cwd=sources, timeout=300)
        self._compile(out, *self.cython_c_flags, f"-I{sources}", generated, *self.way.modules)

    def compile_python(self, out: Path, *arguments: str | Path) -> None:
        """Compiles what mypyc has written, or links it: to objects if `-c` is among the arguments."""
        self._compile(out, *self.cython_c_flags, *arguments)

    def _compile(self, out: Path, *arguments: str | Path) -> None:
        includes = [f"-I{folder}" for folder in self.includes]
        command = [*self.compiler, *includes, *arguments, "-o", out]
        run(command, variables=self.variables, scratch=out.parent, timeout=300)


def usual(env: Environment) -> Toolchain:
    """The compilers of this machine. Windows has none, and gets zig."""
    if platforms.system().name != "windows":
        return Toolchain(env)
    from . import zig

    return Toolchain(env, compiler=(str(zig.ensure(env)), "cc", "-target", "x86_64-windows-gnu"))


@dataclass(frozen=True)
class Target:
    """One compiled file.

    Attributes:
        name: its path in `bin/`.
        key: stands for everything that it is made from.
        make: compiles it to the path given.
    """

    name: str
    key: str
    make: Callable[[Path], None]

    @property
    def cached(self) -> Path:
        return cache.root() / "builds" / self.key / Path(self.name).name

    def build(self) -> None:
        """Compiles the file into the cache."""
        with cache.workshop() as folder:
            made = folder / "made"
            made.mkdir()
            work = folder / self.cached.name
            self.make(work)
            work.rename(made / work.name)
            cache.publish(made, self.cached.parent)


def targets(sources: Path, tools: Toolchain) -> list[Target]:
    """All that is compiled from `sources`."""
    shared = cache.key(tools.identity, *contents(sources, "*.h", "*.pxd", "*.pxi"))
    entry = Target(ENTRY, cache.key(shared, *contents(sources, "*.c")), partial(tools.compile_c, sources))
    modules = [
        Target(
            f"{PACKAGE}/{module.stem}{tools.suffix}",
            cache.key(shared, module.name, module.read_bytes()),
            partial(tools.compile_cython, sources, module),
        )
        for module in sorted((sources / PACKAGE).glob("*.pyx"))
    ]
    return [entry, *modules]


def ensure(
    env: Environment,
    sources: Path = project.SOURCES,
    into: Path = project.BIN,
    tools: Toolchain | None = None,
) -> None:
    """Compiles what has changed, and makes `into` hold exactly what belongs to `sources` and this Python.

    Args:
        env: has the compilers, and is the Python that the host starts.
        sources: the host's.
        into: the folder that gets the compiled files.
        tools: compile in another way than usual.

    Raises:
        Failure: a compiler's message, warnings included.
    """
    place(made(sources, tools or usual(env)), into, keep=(HOME,))
    cache.write(into / HOME, f"{env.home}\n")


def made(sources: Path, tools: Toolchain) -> dict[str, Path]:
    """Compiles what has changed; returns all files of the compiled host, by their paths in `bin/`.

    Raises:
        Failure: a compiler's message, warnings included.
    """
    if not any(sources.glob("*.c")):
        raise Failure(f"{sources} holds no C file: this checkout is incomplete")
    wanted = targets(sources, tools)
    if _stale(wanted):
        with lock(cache.key(*(target.key for target in wanted))):
            if stale := _stale(wanted):  # another checkout may have compiled the same while we waited
                with step("build", f"compiling {len(stale)} of {len(wanted)} files"):
                    _build(stale)
        cache.trim(cache.root() / "builds", KEPT * len(wanted))
    uncompiled = [*(sources / PACKAGE).glob("*.py"), *(sources / PACKAGE).glob("*.pyi")]
    plain = {f"{PACKAGE}/{path.name}": path for path in uncompiled}
    return {**{target.name: target.cached for target in wanted}, **plain}


def lock(key: str) -> AbstractContextManager[None]:
    """Keeps other checkouts from compiling the same; a few others wait too, for the locks to stay few."""
    return cache.lock(f"build-{key[0]}", "build")


def _stale(wanted: Iterable[Target]) -> list[Target]:
    return [target for target in wanted if not cache.find(target.cached.parent)]


def _build(stale: list[Target]) -> None:
    each([target.build for target in stale])


def each(jobs: Iterable[Callable[[], None]]) -> None:
    """Does jobs that start compilers, on all cores.

    Raises:
        Failure: one of them did. The others were ended.
    """
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        begun = [pool.submit(job) for job in jobs]
        try:
            for job in as_completed(begun):
                job.result()
        except BaseException:  # the first failure, or Ctrl-C: the other compilers need not go on
            pool.shutdown(wait=False, cancel_futures=True)
            children.end()
            raise


def place(files: dict[str, Path], into: Path, keep: Iterable[str] = ()) -> None:
    """Copies files into the tree unless they are there, and removes what is of no use any more.

    Args:
        files: by their paths in the folder.
        into: the folder.
        keep: what else stays in it.
    """
    for name, source in files.items():
        if not (into / name).is_file() or not filecmp.cmp(source, into / name, shallow=False):
            cache.copy(source, into / name)
    kept = {into / name for name in (*files, *keep)}
    for path in [path for path in into.rglob("*") if path.is_file() and path not in kept]:
        path.unlink(missing_ok=True)


def contents(folder: Path, *patterns: str) -> Iterator[str | bytes]:
    """Names and contents of all files below `folder` that fit, in a fixed order."""
    for path in sorted(path for pattern in patterns for path in folder.rglob(pattern)):
        yield str(path.relative_to(folder))
        yield path.read_bytes()
