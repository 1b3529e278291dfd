"""The programs in C, compiled anew for each run: the fast server and the bare loop."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final, NamedTuple

from devkit import environment

HERE: Final = Path(__file__).resolve().parent
_FLAGS: Final = ("-std=c11", "-O2", "-Wall", "-Wextra", "-Werror")
_SECONDS: Final = 60.0


class Programs(NamedTuple):
    """The compiled programs.

    Attributes:
        loop, server: their paths.
        tls: whether the loop speaks TLS.
    """

    loop: Path
    server: Path
    tls: bool


def compiled(folder: Path) -> Programs:
    """Compiles both by the compiler of the host.

    Raises:
        RuntimeError: the compiler failed.
    """
    library = openssl()
    programs = Programs(folder / "loop", folder / "server", library is not None)
    linked = ["-Wl,--no-as-needed", library] if library else []  # needed though all of it is weak
    compiler = environment.compiler() or "cc"
    for program, more in ((programs.loop, linked), (programs.server, ["-pthread"])):
        command = [compiler, *_FLAGS, HERE / f"{program.name}.c", *more, "-o", program]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_SECONDS)
        if done.returncode:
            raise RuntimeError(f"{program.name}.c does not compile:\n{done.stderr}")
    return programs


def openssl() -> Path | None:
    """The library that Python's ssl module has loaded; None if it is part of another."""
    import ssl

    assert ssl.OPENSSL_VERSION
    lines = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    return next((Path(line.split()[-1]) for line in lines if "/libssl.so" in line), None)
