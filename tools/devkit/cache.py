"""The folder that all checkouts of a user share: environments, engines, compiled files.

Everything in it is found by a key made of what it was made from, so that checkouts never disturb each other:
what is there is complete, and never changes.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .console import say


def root() -> Path:
    """`$XDG_CACHE_HOME/pythonscript`, or `~/.cache/pythonscript` (XDG Base Directory Specification)."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    # The specification: a relative path is invalid and to be ignored.
    return (Path(base) if os.path.isabs(base) else Path.home() / ".cache") / "pythonscript"  # noqa: PTH117


def key(*parts: str | bytes) -> str:
    """A short name for whatever is made from `parts`; where one ends and the next begins counts."""
    digest = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(b"%d:%b" % (len(data), data))
    return digest.hexdigest()[:16]


@contextmanager
def lock(name: str) -> Iterator[None]:
    """Keeps other processes out of the same work. The system drops the lock when a process dies."""
    folder = root() / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(name, "waiting for another checkout, which is at it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def workshop() -> Iterator[Path]:
    """An empty folder on the cache's own file system, gone at the end unless it was renamed into place."""
    parent = root() / "tmp"
    parent.mkdir(parents=True, exist_ok=True)
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
