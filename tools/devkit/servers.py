"""Real servers for the tests, by others than us: those on PATH, or Debian's, unpacked."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NamedTuple

from . import cache, debian
from .cache import Need
from .console import Failure, step
from .environment import Environment

RECIPE = "1"
"""Part of the cached prefix's key: changes when the way of unpacking and patching does."""
NEED = Need(disk=30, download=10, passing=10)


class Server(NamedTuple):
    """A program that the tests start."""

    package: str
    """Debian's."""
    path: str
    """In the package."""

    @property
    def name(self) -> str:
        return Path(self.path).name

    @property
    def variable(self) -> str:
        """The environment variable that names one's own, and by which the tests find it."""
        return self.name.upper()


SERVERS = (
    Server("tinyproxy-bin", "usr/bin/tinyproxy"),
    Server("nginx", "usr/sbin/nginx"),
    Server("openssl", "usr/bin/openssl"),
    Server("curl", "usr/bin/curl"),
)
PACKAGES = [server.package for server in SERVERS]


def need() -> Need:
    """What `ensure` is going to take."""
    lacking = not all(map(_installed, SERVERS)) and not _place().is_dir()
    return NEED if lacking else Need()


def ensure(environment: Environment) -> dict[str, str]:
    """Finds the programs, or fetches Debian's.

    Args:
        environment: has `patchelf`.

    Returns:
        Their paths, by variable.

    Raises:
        Failure: there is none for this machine, or a variable names one that cannot be run.
    """
    found = {server: _installed(server) for server in SERVERS}
    lacking = [server.name for server, path in found.items() if path is None]
    place = _fetched(lacking, environment) if lacking else Path()
    return {server.variable: str(path or place / server.path) for server, path in found.items()}


def _installed(server: Server) -> Path | None:
    named = os.environ.get(server.variable)
    if path := shutil.which(named or server.name):
        return Path(path)
    if named:
        raise Failure(f"${server.variable} names {named}, which cannot be run")
    return None


def _fetched(lacking: list[str], environment: Environment) -> Path:
    """The folder with all of Debian's."""
    place = _place()
    return cache.once(place, lambda: _fetch(place, environment.tool("patchelf"), lacking))


def _place() -> Path:
    return cache.root() / "servers" / cache.key(RECIPE, debian.SUITE, *PACKAGES)


def _fetch(place: Path, patchelf: Path, lacking: list[str]) -> None:
    if reason := debian.unsupported():
        names = " and ".join(lacking)
        raise Failure(f"no {names} on PATH, and Debian's cannot be fetched because {reason}: install it")
    what = f"fetching Debian's packages {', '.join(PACKAGES)} ({debian.SUITE})"
    with step("servers", what) as current, cache.workshop() as folder:
        made = folder / "prefix"
        files = debian.unpack(PACKAGES, made)
        for server in SERVERS:
            debian.relocate(server.path, made, place, patchelf)
        cache.publish(made, place)
        ours = tuple(f"{package}_" for package in PACKAGES)
        current.note = ", ".join(file.rpartition("_")[0] for file in files if file.startswith(ours))
