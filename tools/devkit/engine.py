"""The engine: one's own, one on PATH, one from the cache, or one that is fetched.

On Debian that is Debian's package, in a private prefix; elsewhere the engine's own release.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import cache, children, debian, releases
from .cache import Need
from .console import Failure, run, step
from .environment import Environment

OLDEST = (4, 2)
NAMES = ("godot4", "godot")
MACOS = Path("/Applications/Godot.app/Contents/MacOS/Godot")
CACHED = ("usr/bin/godot", *(archive.program for archive in releases.ARCHIVES.values()))
"""Engines, in their folders of the cache."""
EXPECTED = "give the path of a Godot 4.2 or newer"
OWN = "name an engine of your own with --godot PATH or $GODOT"
RECIPE = "1"
"""Part of a cached engine's key: changes when the way of unpacking and patching does."""
NEED = Need(disk=520, download=160, passing=160)
RELEASED = Need(disk=190, download=80, passing=80)

USER_FOLDERS = {"XDG_DATA_HOME": ".local/share", "XDG_CONFIG_HOME": ".config"}
SYSTEM_FONTS = Path("/etc/fonts/fonts.conf")


@dataclass(frozen=True)
class Engine:
    """An engine that answered.

    Attributes:
        path: its executable.
        version: what `--version` printed.
    """

    path: Path
    version: str

    def __str__(self) -> str:
        return f"Godot {self.version} ({self.path})"

    @property
    def number(self) -> tuple[int, int]:
        """Major and minor version; (0, 0) for what is no Godot."""
        match = re.match(r"(\d+)\.(\d+)", self.version)
        return (int(match[1]), int(match[2])) if match else (0, 0)


def probe(path: Path) -> Engine | None:
    """Asks an executable for its version; None when it does not answer."""
    try:
        done = children.run(
            [path, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=20,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    lines = done.stdout.split()
    return Engine(path, lines[-1] if lines else "")


def named(explicit: str | None) -> Engine | None:
    """The engine that the user named, by `--godot` or `$GODOT`; never another in its place."""
    if explicit == "":
        raise Failure(f"--godot is given no path: {EXPECTED}")
    for origin, name in (("--godot", explicit), ("$GODOT", os.environ.get("GODOT"))):
        if not name:
            continue
        found = shutil.which(name)
        engine = probe(Path(found).absolute()) if found else None
        if engine is None or engine.number < OLDEST:
            what = f"answers {engine.version!r}" if engine else "cannot be run"
            raise Failure(f"{origin} names {name}, which {what}: {EXPECTED}")
        return engine
    return None


def installed() -> Iterator[Engine]:
    """Those on PATH and in the cache that answer and are new enough, in the order of preference."""
    paths = [Path(found) for name in NAMES if (found := shutil.which(name))]
    paths += [MACOS] if MACOS.is_file() else []
    cached = [path for name in CACHED for path in _prefixes().glob(f"*/{name}")]
    cached.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in [*paths, *cached]:
        engine = probe(path)
        if engine and engine.number >= OLDEST:
            yield engine


def need(explicit: str | None) -> Need:
    """What `ensure` is going to take.

    Args:
        explicit: what `--godot` named.

    Raises:
        Failure: the named one does not do, or there is none for this machine.
    """
    if _found(explicit):
        return Need()
    return RELEASED if debian.unsupported() else NEED


def ensure(explicit: str | None, environment: Environment) -> Engine:
    """Finds the engine, or fetches it.

    Args:
        explicit: what `--godot` named.
        environment: has `patchelf`.

    Raises:
        Failure: the named one does not do, there is none for this machine, or it cannot be fetched.
    """
    if engine := _found(explicit):
        return engine
    with cache.lock("engine"):
        if engine := next(installed(), None):
            return engine
        return _fetch_release() if debian.unsupported() else _fetch(environment.tool("patchelf"))


def variables(engine: Engine) -> dict[str, str]:
    """What an engine needs in its environment, on a machine that lacks what it takes for granted.

    quirk - Godot 4.6.3 - it crashes at its start if it cannot make its folders below `$HOME`, and where there
    is no `$HOME` it makes them in the project - drop when it says so in a sentence.
    """
    if sys.platform != "linux":
        return {}
    found = {}
    for name, folder in USER_FOLDERS.items():
        if not os.path.isabs(os.environ.get(name, "")) and not _writable(folder):  # noqa: PTH117
            found[name] = str(cache.root() / "home" / folder)
    # Without a configuration, Fontconfig prints an error at each start. Debian's engine is unpacked with one.
    fonts = engine.path.parent.parent.parent / "etc" / "fonts" / "fonts.conf"
    configured = SYSTEM_FONTS.is_file() or {"FONTCONFIG_FILE", "FONTCONFIG_PATH"} & os.environ.keys()
    if fonts.is_file() and not configured:
        found["FONTCONFIG_FILE"] = str(fonts)
    return found


def _writable(folder: str) -> bool:
    """Whether a folder in `$HOME` is there, or made."""
    home = os.environ.get("HOME", "")
    if not os.path.isabs(home):  # noqa: PTH117
        return False
    try:
        cache.require_writable(Path(home) / folder, "")
    except Failure:
        return False
    return True


def _found(explicit: str | None) -> Engine | None:
    """One that is there; raises Failure when there is none and none can be fetched either."""
    engine = named(explicit) or next(installed(), None)
    if engine is None and releases.here() is None and (reason := debian.unsupported()):
        raise Failure(f"no Godot 4.2 or newer on PATH, and it cannot be fetched because {reason}: {OWN}")
    return engine


def _prefixes() -> Path:
    return cache.root() / "engines"


def _fetch(patchelf: Path) -> Engine:
    with step("engine", f"fetching Debian's package godot ({debian.SUITE})") as current:
        with cache.workshop() as folder:
            made = folder / "prefix"
            files = debian.unpack(["godot"], made)
            version = next(file.split("_")[1] for file in files if file.startswith("godot_"))
            place = _prefixes() / f"godot-{version}-{cache.key(RECIPE, *files)}"
            shutil.rmtree(place, ignore_errors=True)  # there, but it did not answer
            patch(made, place, patchelf)
            cache.publish(made, place)
        engine = probe(place / "usr" / "bin" / "godot")
        if engine is None:
            raise Failure(f"the engine unpacked to {place} does not start: {OWN}")
        current.note = engine.version
    return engine


def _fetch_release() -> Engine:
    archive = releases.here()
    assert archive is not None  # or `_found` had failed
    with step("engine", f"fetching Godot's release {releases.VERSION}") as current:
        place = _prefixes() / f"godot-{releases.VERSION}"
        with cache.workshop() as folder:
            releases.unpack(archive, folder, folder / "made")
            shutil.rmtree(place, ignore_errors=True)  # there, but it did not answer
            cache.publish(folder / "made", place)
        engine = probe(place / archive.program)
        if engine is None:
            raise Failure(f"the engine unpacked to {place} does not start: {OWN}")
        current.note = engine.version
    return engine


def patch(made: Path, place: Path, patchelf: Path) -> None:
    """Lets the unpacked engine find its libraries and its own libc in the prefix, which will be at `place`.

    The executable itself is changed, rather than started through the prefix's loader, so that
    `OS.get_executable_path()` is right: the editor starts games with it.
    """
    libraries = debian.relocate("usr/bin/godot", made, place, patchelf, "pulseaudio")
    # libpulse carries an absolute path to its private folder, which is the system's and not ours.
    for pattern, rpath in (
        ("libpulse*.so.0.*", "$ORIGIN/pulseaudio:$ORIGIN"),
        ("pulseaudio/*.so", "$ORIGIN/..:$ORIGIN"),
    ):
        for library in libraries.glob(pattern):
            run([patchelf, "--set-rpath", rpath, library], timeout=60)
