"""The host under AddressSanitizer: a read or write of memory that is freed or not its own ends the engine.

The host's modules are compiled with checks, into a folder of their own, and Python takes its memory from the
checked `malloc` too (pythonscript.c). The engine is as it is: what it does with its own memory is not seen.
Leaks are not looked for: the tests count objects, and measure the process. Those that measure are left out,
as freed memory is not given back here for a while.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from . import build, cache
from .console import Failure, run
from .environment import Environment
from .project import HOST, SOURCES

SHIM = Path(__file__).with_suffix(".c")
LIBRARY = "libasan.so"
TESTS = ("tests/engine", "-k", "not (memory or leak or hours or idle)")
"""What is run unless something else is named."""
OPTIONS = {
    "allocator_may_return_null": 1,  # a test asks for more than there is
    "detect_leaks": 0,  # an engine that ends leaves a lot to the system
    "alloc_dealloc_mismatch": 0,  # the engine's own, and its libraries'
    "allow_user_segv_handler": 0,  # the engine's handler tells less
    "verify_asan_link_order": 0,  # ours is before it
    "abort_on_error": 1,  # by a signal, and not by the exit code 1, which a test may expect
}


@contextmanager
def checked(env: Environment, engine: Path) -> Iterator[Mapping[str, str]]:
    """Makes the checked host, and an engine's command that loads it.

    Args:
        env: has the compilers.
        engine: the engine's own.

    Returns:
        The environment variables by which the tests find both.

    Raises:
        Failure: the compiler has no AddressSanitizer.
    """
    tools = build.Toolchain(env, checked=True)
    variables = preloaded(tools)
    with TemporaryDirectory() as folder:
        host = Path(folder) / HOST.name
        build.ensure(env, SOURCES, host / "bin", tools)
        for path in HOST.iterdir():
            if path.name not in ("bin", "src"):
                (host / path.name).symlink_to(path)
        command = Path(folder) / "godot"
        settings = " ".join(f"{name}={shlex.quote(value)}" for name, value in variables.items())
        command.write_text(f'#!/bin/sh\n{settings} exec {shlex.quote(str(engine))} "$@"\n', encoding="utf-8")
        command.chmod(0o755)
        yield {"GODOT": str(command), "PYTHONSCRIPT_ADDON": str(host)}


def preloaded(tools: build.Toolchain) -> dict[str, str]:
    """The environment variables of a program that is not compiled with checks and loads what is.

    Raises:
        Failure: the compiler has no AddressSanitizer.
    """
    library = Path(run([tools.cc, f"-print-file-name={LIBRARY}"], timeout=30).strip())
    if not library.is_absolute():
        raise Failure(f"{tools.cc} has no {LIBRARY}: on Debian, sudo apt install libgcc-12-dev")
    shim = build.Target("shim.so", cache.key(tools.identity, SHIM.read_bytes()), partial(_compile, tools))
    if not cache.find(shim.cached.parent):
        shim.build()
    options = ":".join(f"{name}={value}" for name, value in OPTIONS.items())
    return {"LD_PRELOAD": f"{shim.cached}:{library.resolve()}", "ASAN_OPTIONS": options}


def _compile(tools: build.Toolchain, out: Path) -> None:
    run([tools.cc, "-O1", "-fPIC", "-shared", SHIM, "-o", out, "-ldl"], scratch=out.parent, timeout=60)
