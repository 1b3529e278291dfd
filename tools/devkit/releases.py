"""The engine as its makers release it, for machines that are not Debian.

What is fetched is compared with the checksums of the same release: that finds what was damaged on the way,
and trusts the place, by HTTPS.
"""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from . import platforms
from .console import Failure

VERSION = "4.6.3-stable"
ADDRESS = f"https://github.com/godotengine/godot-builds/releases/download/{VERSION}"
CHECKSUMS = "SHA512-SUMS.txt"
SILENCE = 60
"""Seconds without a byte; as a whole it may take longer."""


class Archive(NamedTuple):
    """An archive of the release."""

    file: str
    program: str
    """The engine in it; on Windows the one that a console can wait for."""


_MACOS = Archive(f"Godot_v{VERSION}_macos.universal.zip", "Godot.app/Contents/MacOS/Godot")
ARCHIVES = {
    "linux.x86_64": Archive(f"Godot_v{VERSION}_linux.x86_64.zip", f"Godot_v{VERSION}_linux.x86_64"),
    "linux.arm64": Archive(f"Godot_v{VERSION}_linux.arm64.zip", f"Godot_v{VERSION}_linux.arm64"),
    "macos.x86_64": _MACOS,
    "macos.arm64": _MACOS,
    "windows.x86_64": Archive(f"Godot_v{VERSION}_win64.exe.zip", f"Godot_v{VERSION}_win64_console.exe"),
}
"""By platform."""


def here() -> Archive | None:
    """The one for this machine, if there is one."""
    return ARCHIVES.get(platforms.name())


def unpack(archive: Archive, folder: Path, into: Path) -> None:
    """Fetches an archive and unpacks it.

    Args:
        archive: one of `ARCHIVES`.
        folder: keeps it meanwhile.
        into: the folder that is made of it.

    Raises:
        Failure: it cannot be fetched, or is not what the release's checksums say.
    """
    packed = folder / archive.file
    digest = hashlib.sha512()
    with packed.open("wb") as file:
        for block in _fetched(archive.file):
            digest.update(block)
            file.write(block)
    lines = b"".join(_fetched(CHECKSUMS)).decode(errors="replace").splitlines()
    if [digest.hexdigest(), archive.file] not in map(str.split, lines):
        raise Failure(
            f"{archive.file} came damaged: {CHECKSUMS} of its release has another checksum; try again"
        )
    with zipfile.ZipFile(packed) as content:
        content.extractall(into)
    (into / archive.program).chmod(0o755)  # a zip's modes are not unpacked


def _fetched(name: str) -> Iterator[bytes]:
    """A file of the release, in blocks."""
    try:
        with urllib.request.urlopen(f"{ADDRESS}/{name}", timeout=SILENCE) as answer:
            while block := answer.read(1 << 20):
                yield block
    except OSError as error:  # urllib's errors are some
        if isinstance(error, urllib.error.HTTPError):
            error.close()
        raise Failure(
            f"the engine cannot be fetched from {ADDRESS}: {getattr(error, 'reason', error)}"
        ) from None
