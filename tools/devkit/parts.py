"""The parts by others that a Python home is made of, and the licences that go along with them.

The texts are in `licenses/`, as their authors publish them: a machine may have none, and where everything is
linked statically there are no packages.
"""

from __future__ import annotations

import email
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from .console import CommandFailed, Failure, run

TEXTS = Path(__file__).with_name("licenses")


@dataclass(frozen=True)
class Part:
    """A piece of software.

    Attributes:
        name: as it calls itself.
        version: as it says it; empty if it does not.
        license: its licence's name (SPDX).
        texts: the licence, and what else has to go along, by file name.
    """

    name: str
    version: str
    license: str
    texts: Mapping[str, bytes]

    def told(self) -> dict[str, Any]:
        """What the manifest says of it."""
        texts = [f"licenses/{self.name}/{name}" for name in sorted(self.texts)]
        return {"name": self.name, "version": self.version, "license": self.license, "texts": texts}


class Known(NamedTuple):
    """What Python's compiled modules are made with, be it linked statically or a file of its own."""

    license: str
    modules: tuple[str, ...]
    """Those that use it."""
    libraries: tuple[str, ...]
    """Its files, without their endings."""
    version: str
    """What gives its version: a name in the first of the modules, or a function of its own."""


KNOWN = {
    "bzip2": Known("bzip2-1.0.6", ("_bz2",), ("libbz2",), "BZ2_bzlibVersion"),
    "Expat": Known("MIT", ("pyexpat",), ("libexpat",), "EXPAT_VERSION"),
    "libedit": Known("BSD-3-Clause", ("readline",), (), ""),
    "libffi": Known("MIT", ("_ctypes",), ("libffi",), "ffi_get_version"),
    "libuuid": Known("BSD-3-Clause", ("_uuid",), ("libuuid",), ""),
    "mpdecimal": Known("BSD-2-Clause", ("_decimal",), ("libmpdec",), "__libmpdec_version__"),
    "ncurses": Known("X11-distribute-modifications-variant", ("_curses", "readline"), (), ""),
    "OpenSSL": Known("Apache-2.0", ("_ssl", "_hashlib"), ("libssl", "libcrypto"), "OPENSSL_VERSION"),
    "SQLite": Known("blessing", ("_sqlite3",), ("libsqlite3",), "sqlite_version"),
    "xz": Known("0BSD", ("_lzma",), ("liblzma",), "lzma_version_string"),
    "zlib": Known("Zlib", ("zlib", "binascii"), ("libz",), "ZLIB_RUNTIME_VERSION"),
    "Zstandard": Known("BSD-3-Clause", ("_zstd",), ("libzstd",), "zstd_version"),
}

QUESTION = """
import ctypes, importlib, json, sys
versions = {}
for part, (name, version) in json.loads(sys.argv[1]).items():
    try:
        module = importlib.import_module(name)
        told = getattr(module, version, None)
        if told is None:  # a module's handle finds the functions of the libraries that it needs
            function = ctypes.CDLL(getattr(module, "__file__", None))[version]
            function.restype = ctypes.c_char_p
            told = function().decode()
    except (AttributeError, ImportError, OSError):
        continue
    versions[part] = told
print(json.dumps(versions))
"""


def questions() -> dict[str, tuple[str, str]]:
    """What `QUESTION` takes: of each part, a module that has it and what gives its version."""
    return {name: (known.modules[0], known.version) for name, known in KNOWN.items() if known.version}


def of_cpython(version: str, stdlib: Path) -> Part:
    """CPython itself, with what its sources incorporate.

    Args:
        version: its version.
        stdlib: its standard library, which may have its licence in the words of that version.
    """
    texts = {"CPython.txt": (TEXTS / "CPython.txt").read_bytes()}
    if (own := stdlib / "LICENSE.txt").is_file():
        texts["LICENSE.txt"] = own.read_bytes()
    return Part("CPython", version, "Python-2.0", texts)


def of_modules(
    modules: Iterable[str], told: Mapping[str, str], libraries: Mapping[str, Path]
) -> Iterator[Part]:
    """The parts that compiled modules are made with.

    Args:
        modules: those that go along.
        told: versions, as the parts say them, by name.
        libraries: the libraries that go along, by soname.

    Raises:
        Failure: nobody knows the licence of a library.
    """
    files: dict[str, Path] = {}
    for soname, path in libraries.items():
        stem = soname.partition(".so")[0]
        owner = next((name for name, known in KNOWN.items() if stem in known.libraries), None)
        if owner is None:
            raise Failure(f"{path} would go along, and tools/devkit/parts.py does not know its licence")
        files[owner] = path
    present = set(modules)
    for name, known in KNOWN.items():
        if name in files or present & set(known.modules):
            number = re.search(r"\d[\w.]*", told.get(name) or _packaged(files.get(name)))
            text = (TEXTS / f"{name}.txt").read_bytes()
            yield Part(name, number[0] if number else "", known.license, {f"{name}.txt": text})


def _packaged(library: Path | None) -> str:
    """The version of the Debian package that has a library; empty if none has."""
    if library is None or not shutil.which("dpkg-query"):
        return ""
    try:
        package = run(["dpkg-query", "--search", f"*/{library.name}"], timeout=30).split(":")[0]
        return run(
            ["dpkg-query", "--show", "--showformat", "${source:Upstream-Version}", package], timeout=30
        )
    except CommandFailed:
        return ""


def of_wheel(wheel: Path) -> Part:
    """A package.

    Raises:
        Failure: it comes without its licence.
    """
    texts: dict[str, bytes] = {}
    metadata = b""
    with zipfile.ZipFile(wheel) as file:
        for name in file.namelist():
            folder, *inner = PurePosixPath(name).parts
            if not folder.endswith(".dist-info") or name.endswith("/"):
                continue
            if inner == ["METADATA"]:
                metadata = file.read(name)
            elif inner[0] == "licenses" or inner[-1].upper().startswith(("LICEN", "COPYING", "NOTICE")):
                texts["/".join(inner[inner[0] == "licenses" :])] = file.read(name)
    told = email.message_from_bytes(metadata)
    if not texts:
        raise Failure(f"{wheel.name} comes without its licence")
    return Part(told["Name"], told["Version"], told["License-Expression"] or told["License"] or "", texts)


def write(parts: Iterable[Part], into: Path) -> None:
    """Writes the licences, each part's into a folder of its own."""
    for part in parts:
        for name, text in part.texts.items():
            place = into / part.name / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text)
