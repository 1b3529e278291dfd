"""Bundles for the engine's tests, laid out as `tools/dev.py bundle` does it: links to the Python at hand."""

from __future__ import annotations

import shutil
import sys
import sysconfig
from pathlib import Path
from typing import Final

from tests.engine.harness import HOST, Project

from devkit import platforms
from devkit.build import ENTRY

VERSION: Final = f"{sys.version_info[0]}.{sys.version_info[1]}"
LIBPYTHON: Final = f"libpython{VERSION}.so.1.0"
STDLIB: Final = Path("lib", f"python{VERSION}")
PLATFORM: Final = ".".join(ENTRY.split(".")[1:3])
"""As in the library's name: `linux.x86_64`."""
PACKAGES: Final = ("certifi", "httptools", "idna")
"""What the client needs."""


def make_bundle(home: Path) -> Path:
    """Makes a home without an executable, which may be damaged: nothing of the Python at hand is written to.

    Args:
        home: the folder to make; returned.
    """
    stdlib, packages = Path(sysconfig.get_path("stdlib")), Path(sysconfig.get_path("purelib"))
    own = home / STDLIB
    for folder, names in (
        (own, [path for path in stdlib.iterdir() if path.name not in ("site-packages", "dist-packages")]),
        (own / "site-packages", [packages / name for name in PACKAGES]),
        (home / "lib", [platforms.shared_library()]),
    ):
        folder.mkdir(parents=True, exist_ok=True)
        for path in names:
            (folder / path.name).symlink_to(path)
    if platforms.shared_library().name != LIBPYTHON:
        raise RuntimeError(f"the Python at hand has no {LIBPYTHON}")
    (home / "bin").mkdir()
    (home / "bin" / "python3").touch()
    return home


def own(path: Path) -> Path:
    """Puts a copy in the place of what is linked, up to the last name of a path, which is to be changed."""
    for place in reversed([path, *path.parents]):
        if place.is_symlink():
            source = place.resolve()
            place.unlink()
            if source.is_dir():
                place.mkdir()
                for entry in source.iterdir():
                    (place / entry.name).symlink_to(entry)
            else:
                shutil.copy(source, place)
    return path


def own_host(project: Project) -> Path:
    """Gives the project a host of its own, to be changed; without a Python home of its own."""
    place = project.addons / HOST.name
    place.unlink()
    shutil.copytree(HOST, place, ignore=shutil.ignore_patterns("src", "__pycache__", "python"), symlinks=True)
    (place / "bin" / "python_home").unlink()
    return place
