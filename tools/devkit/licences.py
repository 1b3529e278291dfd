"""The parts that a bundle is made of besides our own, and the licences that go along with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .console import Failure


@dataclass(frozen=True)
class Part:
    """A piece of software by others.

    Attributes:
        name: as it calls itself.
        version: as it says it.
        texts: its licence, and what else has to go along, by file name.
    """

    name: str
    version: str
    texts: Mapping[str, bytes] = field(repr=False)

    def told(self) -> dict[str, Any]:
        """What the manifest says of it."""
        return {
            "name": self.name,
            "version": self.version,
            "licenses": [f"licenses/{self.name}/{name}" for name in sorted(self.texts)],
        }


LIBRARIES = {
    "libssl": "OpenSSL",
    "libcrypto": "OpenSSL",
    "libffi": "libffi",
    "libz": "zlib",
    "libbz2": "bzip2",
    "liblzma": "XZ Utils",
    "libuuid": "libuuid",
    "libexpat": "Expat",
    "libmpdec": "mpdecimal",
    "libsqlite3": "SQLite",
    "libzstd": "Zstandard",
}
"""The libraries that may come along: the part that each belongs to."""


def parts_of(libraries: Mapping[str, Path], known: Mapping[str, str]) -> Iterator[Part]:
    """The parts that libraries belong to.

    Args:
        libraries: where each comes from, by soname.
        known: versions that are known by name.

    Raises:
        Failure: nobody knows under which licence one of them is.
    """
    found: dict[str, Part] = {}
    for soname, path in sorted(libraries.items()):
        name = LIBRARIES.get(soname.split(".")[0])
        if name is None:
            raise Failure(f"{path} would come along, and its licence is not known: see tools/devkit/licences.py")
        version = known.get(name.lower()) or path.name.partition(".so.")[2]
        found[name] = Part(name, version, _texts(path))
    yield from found.values()


def _texts(path: Path) -> dict[str, bytes]:
    import subprocess

    for candidate in (path, Path("/usr") / path.relative_to("/")):
        done = subprocess.run(["dpkg", "-S", candidate], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            package = done.stdout.split(":")[0]
            return {"copyright": Path(f"/usr/share/doc/{package}/copyright").read_bytes()}
    return {}


def write(parts: Iterable[Part], into: Path) -> None:
    """Writes the licences of parts, each part's into a folder of its own."""
    for part in parts:
        for name, text in part.texts.items():
            place = into / part.name / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text)
