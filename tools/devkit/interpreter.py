"""A Python that a bundle is made from: an installed one, or that of an archive of python-build-standalone."""

from __future__ import annotations

import json
import lzma
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from . import cache, parts
from .console import Failure, run, step
from .environment import OLDEST
from .platforms import ARCHITECTURES, SYSTEMS

QUESTION = """
import importlib, json, os, platform, sys, sysconfig
variables = sysconfig.get_config_vars()
print(json.dumps({
    "implementation": sys.implementation.name,
    "version": platform.python_version(),
    "system": sys.platform,
    "machine": platform.machine(),
    "gil": not variables.get("Py_GIL_DISABLED"),
    "builtin": sys.builtin_module_names,
    "readline": importlib.import_module("readline").__doc__ if "readline" in sys.builtin_module_names else "",
    "prefix": sys.base_prefix,
    "places": [variables.get("abs_builddir"), os.path.dirname(variables.get("LIBDIR") or "")],
    "stdlib": sysconfig.get_path("stdlib"),
    "extensions": [path for path in sys.path if path.endswith("lib-dynload")],
    "include": sysconfig.get_path("include"),
    "library": variables.get("INSTSONAME") or "",
    "folders": [sys.base_prefix + "/lib", variables.get("LIBDIR") or ""],
    "multiarch": variables.get("MULTIARCH") or "",
    "suffix": variables.get("EXT_SUFFIX") or "",
}))
"""

NOT_STATIC = {"_gdbm": "the GPL", "_dbm": "the AGPL", "_crypt": "the LGPL", "nis": "the LGPL"}
"""Modules that are left out of bundles, for the licence that their library is or may be under."""


@dataclass(frozen=True)
class Interpreter:
    """A Python that answered.

    Attributes:
        path: its executable.
        version: as "3.11.7".
        system, machine: what it runs on, in the engine's words: "linux", "x86_64".
        prefix: where it is.
        places: folders that its files may name: where it is, and where it was compiled and meant to be.
        stdlib: the folder of its standard library.
        extensions: the folder of its compiled modules.
        builtin: the compiled modules that are no files.
        include: the folder of its C headers.
        library: its shared library.
        suffix: the end of its compiled modules' names.
        parts: the versions of what it is made with, by name.
    """

    path: Path
    version: str
    system: str
    machine: str
    prefix: Path
    places: tuple[Path, ...]
    stdlib: Path
    extensions: Path
    builtin: frozenset[str] = field(repr=False)
    include: Path
    library: Path
    suffix: str
    parts: Mapping[str, str]

    @property
    def platform(self) -> str:
        """As in the `.gdextension`: "linux.x86_64"."""
        return f"{self.system}.{self.machine}"

    @property
    def series(self) -> str:
        """As "3.11": what is compiled for one is for all of its releases."""
        return ".".join(self.version.split(".")[:2])


def at(path: Path) -> Interpreter:
    """Asks a Python what it is.

    Raises:
        Failure: it does not answer, or no bundle can be made from it.
    """
    try:
        told = json.loads(run([path, "-I", "-c", QUESTION], timeout=60))
        asked = json.dumps(parts.questions())
        versions = json.loads(run([path, "-I", "-c", parts.QUESTION, asked], timeout=60))
    except (Failure, ValueError) as failure:
        raise Failure(f"{path} does not answer as a Python does: {failure}") from None
    if reason := unsuited(told):
        raise Failure(f"no bundle can be made from {path}, {reason}")
    return described(path, told, versions)


def unsuited(told: Mapping[str, Any]) -> str | None:
    """Why no bundle can be made from a Python, if so.

    Args:
        told: what `QUESTION` makes it print.
    """
    name = f"{told['implementation']} {told['version']}"
    if told["implementation"] != "cpython" or tuple(map(int, told["version"].split(".")[:2])) < OLDEST:
        return f"which is {name}: take CPython {'.'.join(map(str, OLDEST))} or newer"
    if not told["gil"]:
        return f"which is {name} without a GIL: take the usual build"
    if told["system"] not in SYSTEMS or told["machine"] not in ARCHITECTURES:
        return f"which is for {told['system']} on {told['machine']}"
    if ".so" not in told["library"] or _library(told) is None:
        return "which has no shared library: take one that is built with --enable-shared"
    if not (Path(told["include"]) / "Python.h").is_file():
        return f"which has no C headers in {told['include']}"
    if found := sorted(NOT_STATIC.keys() & told["builtin"]):
        return f"whose library has the module {found[0]} in it, which may be under {NOT_STATIC[found[0]]}"
    if told["readline"] and "libedit" not in told["readline"]:
        return "whose library has GNU readline in it, which is under the GPL"
    return None


def _library(told: Mapping[str, Any]) -> Path | None:
    """The shared library, which Debian keeps in a folder of the architecture."""
    places = [
        Path(folder) / inner / told["library"]
        for folder in told["folders"]
        for inner in ("", told["multiarch"])
    ]
    return next(filter(Path.is_file, places), None)


def described(path: Path, told: Mapping[str, Any], versions: Mapping[str, str]) -> Interpreter:
    """What is to be known of a Python that is not `unsuited`."""
    library = _library(told)
    assert library is not None
    stdlib = Path(told["stdlib"])
    return Interpreter(
        path=path,
        version=told["version"],
        system=SYSTEMS[told["system"]].name,
        machine=ARCHITECTURES[told["machine"]],
        prefix=Path(told["prefix"]),
        places=tuple({Path(place): None for place in (told["prefix"], *told["places"]) if place}),
        stdlib=stdlib,
        extensions=Path(next(iter(told["extensions"]), stdlib / "lib-dynload")),
        builtin=frozenset(told["builtin"]),
        include=Path(told["include"]),
        library=library,
        suffix=told["suffix"],
        parts=versions,
    )


def unpacked(archive: Path) -> Interpreter:
    """The Python of an archive of python-build-standalone, `install_only`, unpacked into the cache.

    Raises:
        Failure: it is no such archive, or one for another platform.
    """
    place = cache.root() / "archives" / cache.key(archive.read_bytes())
    cache.once(place, partial(_unpack, archive, place))
    found = sorted((place / "python" / "bin").glob("python3.[0-9]*[0-9]"))
    if not found:
        kind = "an archive install_only of python-build-standalone"
        raise Failure(f"{archive} holds no python/bin/python3.11 or the like: take {kind}")
    return at(found[0])


def _unpack(archive: Path, place: Path) -> None:
    with step("python", f"unpacking {archive.name}"), cache.workshop() as folder:
        made = folder / "made"
        try:
            with tarfile.open(archive) as file:
                # Debian's Python 3.11.2 has no filters yet.
                file.extraction_filter = getattr(tarfile, "tar_filter", None)
                file.extractall(made)
        except (tarfile.TarError, EOFError, OSError, lzma.LZMAError, zlib.error) as error:
            raise Failure(f"{archive} cannot be unpacked: {error}") from None
        cache.publish(made, place)
