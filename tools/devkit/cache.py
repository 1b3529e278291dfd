"""The folder that all checkouts of a user share: environments, engines, compiled files.

Everything in it is found by a key made of what it was made from, so that checkouts never disturb each other:
what is there is complete, and never changes. Of each kind, that used longest ago goes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from . import locks, platforms
from .console import Failure, say

IN_USE = 3600.0
"""Seconds: what was found so lately may still be read by who found it."""

KEPT = 3
"""So many of a kind stay."""

ELSEWHERE = "name another folder by $XDG_CACHE_HOME"


class Need(NamedTuple):
    """What a part of the set-up takes, in megabytes.

    Attributes:
        disk: in the cache, when it is done.
        download: from the network.
        passing: in the cache, until it is done.
    """

    disk: int = 0
    download: int = 0
    passing: int = 0


def root() -> Path:
    """`$XDG_CACHE_HOME/pythonscript`, or that folder where the system has caches: `~/.cache/pythonscript`.

    Raises:
        Failure: nothing says where the user's folders are.
    """
    base = os.environ.get("XDG_CACHE_HOME", "")
    # The specification: a relative path is invalid and to be ignored.
    return (Path(base) if os.path.isabs(base) else platforms.caches()) / "pythonscript"  # noqa: PTH117


def prepare() -> None:
    """Makes the cache, and removes what processes that were killed left in it.

    Raises:
        Failure: it cannot be written.
    """
    require_writable(root(), ELSEWHERE)
    parent = root() / "tmp"
    if not parent.is_dir():
        return
    with locks.opened(parent) as folder:
        if not locks.acquire(folder, wait=False):  # a workshop is open: another time
            return
        for left in parent.iterdir():
            shutil.rmtree(left, ignore_errors=True)


def require_writable(folder: Path, advice: str) -> None:
    """Makes `folder` unless it is there, and a file in it that is gone at once.

    Raises:
        Failure: the system refuses; with its reason and the advice.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise Failure(f"{folder} cannot be written ({error.strerror}): {advice}") from None


def announce(needs: Iterable[Need]) -> None:
    """Says what the set-up is about to take, before it begins; nothing when all is there.

    Raises:
        Failure: the disk has too little room.
    """
    parts = [need for need in needs if need.disk]
    if not parts:
        return
    disk, download = sum(need.disk for need in parts), sum(need.download for need in parts)
    wanted = disk + max(need.passing for need in parts)
    meanwhile = f" ({wanted} MB for a while)" if wanted > disk else ""
    say("setup", f"takes {disk} MB of disk in {root()}{meanwhile}, {download} MB of download")
    free = shutil.disk_usage(root()).free // 1_000_000
    if free < wanted:
        raise Failure(f"the set-up needs {wanted} MB of free disk, and {free} MB are left: {ELSEWHERE}")


def key(*parts: str | bytes) -> str:
    """A short name for whatever is made from `parts`; where one ends and the next begins counts."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(b"%d:%b" % (len(data), data))
    return digest.hexdigest()[:16]


@contextmanager
def lock(name: str, label: str | None = None) -> Iterator[None]:
    """Keeps other processes out of the same work. The system drops the lock when a process dies.

    Args:
        name: the work's.
        label: what the user sees while another process has it; the name by default.
    """
    folder = root() / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("w") as file:
        if not locks.acquire(file.fileno(), wait=False):
            say(label or name, "waiting for another checkout, which is at it")
            locks.acquire(file.fileno())
        yield


@contextmanager
def workshop() -> Iterator[Path]:
    """An empty folder on the cache's own file system, gone at the end unless it was renamed into place.

    While it is open, `prepare` of no process removes anything.
    """
    parent = root() / "tmp"
    parent.mkdir(parents=True, exist_ok=True)
    with locks.opened(parent) as shared:
        locks.acquire(shared, shared=True)
        folder = Path(tempfile.mkdtemp(dir=parent))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def publish(made: Path, place: Path) -> None:
    """Moves a finished folder to `place` in one step; when another process was first, its folder stays."""
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        made.rename(place)
    except OSError:
        if not place.is_dir():
            raise


def find(place: Path) -> bool:
    """Whether a folder is there; if so, it counts as used now."""
    try:
        os.utime(place)
    except FileNotFoundError:
        return False
    return True


def once(place: Path, make: Callable[[], None], kept: int = KEPT) -> Path:
    """Finds a folder that is made once; removes others of its kind, which are beside it, that are too many.

    Args:
        place: the folder; its parent's name is the kind's.
        make: makes it, while no other process makes one of this kind.
        kept: so many of the kind stay.

    Returns:
        The folder.
    """
    if not find(place):
        with lock(place.parent.name):
            if not find(place):  # another checkout may have made it while we waited
                make()
        trim(place.parent, kept)
    return place


def trim(parent: Path, most: int) -> None:
    """Removes the folders in one that were used longest ago.

    Args:
        parent: the folder that they are in.
        most: so many stay, and all that may be in use.
    """
    with lock(f"trim-{parent.name}", parent.name):
        used = {place: place.stat().st_mtime for place in parent.iterdir()}
        for place in sorted(used, key=used.__getitem__, reverse=True)[most:]:
            if time.time() - used[place] > IN_USE:
                with workshop() as folder:
                    place.rename(folder / place.name)  # in one step: nobody finds half of it


def copy(source: Path, target: Path) -> None:
    """Copies a file so that whoever has the old one open keeps it whole: an engine maps its libraries."""
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.copyfile(source, beside)
    beside.replace(target)


def write(target: Path, text: str) -> None:
    """Writes a small file in one step, and only when it changes."""
    if target.is_file() and target.read_text(encoding="utf-8") == text:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8")
    beside.replace(target)


def clear() -> None:
    """Removes the whole cache."""
    shutil.rmtree(root(), ignore_errors=True)
