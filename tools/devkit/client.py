"""Compiles the client: mypyc writes its modules as C, and a compiler makes one library of that.

The library is kept in the cache as the host's files are, and copied into the tree's `bin/`. Where it is, the
package imports its modules from there (`pythonscript_http/compiled.py`); the sources are the same.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Final

from . import build, cache, project
from .build import Target, Toolchain
from .console import run, step
from .environment import Environment

PYTHON: Final = f"{sys.version_info[0]}.{sys.version_info[1]}"
"""The version that mypyc compiles for: its own."""
PURE: Final = "PYTHONSCRIPT_HTTP_PURE"
"""The environment variable by which the sources serve, as `pythonscript_http/compiled.py` has it."""
GENERATOR: Final = Path(__file__).with_name("client_in_c.py")
PACKAGE: Final = "pythonscript_http"
LIBRARY: Final = "client__mypyc"
"""Its module, as mypyc names the library of the group `client`."""
LICENSE: Final = "LICENSE"
"""That of mypyc's runtime, which is part of the library."""

MODULES: Final = {
    ".": (
        *("buffers", "calls", "client", "connections", "http11", "options", "requests", "results", "status"),
        *("timing", "turn", "waits"),
    ),
    "http1": ("chunked", "connection", "fields", "framing", "head", "request", "response", "writer"),
    "transport": (
        *("connector", "happy_eyeballs", "network", "prefixed", "records", "lookout", "stream", "tcp", "tls"),
        "watched",
    ),
}
"""What is compiled, by folder: what runs for each request, connection and frame.

Not what looks for a module that may be missing: quirk - mypyc 2.4 - mypyc/lib-rt/misc_ops.c,
CPyImport_ImportNative - the second time it is not ImportError that is raised - drop when it is.
"""

# What CPython's own extensions are compiled with; it counts on wrapping integers.
FLAGS: Final = ("-fwrapv", "-DNDEBUG", "-w")


def modules(package: Path) -> list[Path]:
    """The sources of what is compiled."""
    return [package / folder / f"{name}.py" for folder, names in MODULES.items() for name in names]


def target(env: Environment, tools: Toolchain, package: Path = project.CLIENT) -> Target:
    """The library.

    Args:
        env: has mypyc.
        tools: the compiler, and the Python that it is for.
        package: the client's sources.
    """
    sources = modules(package)
    parts = [part for path in sources for part in (str(path.relative_to(package)), path.read_bytes())]
    key = cache.key(tools.identity, env.version_of("mypy"), GENERATOR.read_bytes(), *FLAGS, *parts)
    return Target(f"{LIBRARY}{tools.suffix}", key, partial(_compile, env, tools, sources, package))


def made(env: Environment, tools: Toolchain, package: Path = project.CLIENT) -> dict[str, Path]:
    """Compiles the client if it has changed; returns the files, by their paths in `bin/`.

    Raises:
        Failure: a compiler's message.
    """
    wanted = target(env, tools, package)
    if not cache.find(wanted.cached.parent):
        with build.lock(wanted.key):
            if not cache.find(wanted.cached.parent):
                with step("build", f"compiling the client, {len(modules(package))} modules"):
                    wanted.build()
    return {wanted.name: wanted.cached, LICENSE: _license(env)}


def ensure(env: Environment, package: Path = project.CLIENT, tools: Toolchain | None = None) -> None:
    """Compiles the client if it has changed, and makes its `bin/` hold exactly that.

    Args:
        env: has mypyc and the compiler, and is the Python that the client is for.
        package: the client's sources.
        tools: compile in another way than usual.

    Raises:
        Failure: a compiler's message.
    """
    build.place(made(env, tools or build.usual(env), package), package / "bin")


def _license(env: Environment) -> Path:
    return next(env.metadata_of("mypy").rglob("LICENSE"))


def _compile(env: Environment, tools: Toolchain, sources: list[Path], package: Path, out: Path) -> None:
    folder = out.parent / "c"
    folder.mkdir()
    # In the folder of the package, with relative paths: tracebacks and cached files name no checkout.
    names = [path.relative_to(package.parent) for path in sources]
    command: list[str | Path] = [
        env.python,
        "-P",
        GENERATOR,
        folder,
        f"{PACKAGE}.bin.{LIBRARY.partition('__')[0]}",
        *names,
    ]
    printed = run(command, cwd=package.parent, scratch=out.parent, timeout=600).splitlines()
    runtime = [Path(line) for line in printed if line.endswith(".c")]
    headers = next(path.parent for path in runtime if path.name == "init.c")
    includes = [f"-I{place}" for place in (folder / PACKAGE / "bin", headers)]
    objects = {folder / f"{path.stem}.o": path for path in (*folder.rglob("*.c"), *runtime)}
    build.each(
        [
            partial(tools.compile_python, made, "-c", *FLAGS, *includes, file)
            for made, file in sorted(objects.items())
        ]
    )
    tools.compile_python(out, *sorted(objects), *tools.way.modules)
