"""Compiled files of Linux (ELF, 64 bits): what they need, and what is in them for debuggers only.

As much of the format as that takes: the System V ABI's generic part, chapters 4 and 5; for versions the Linux
Standard Base 5.0, core, section 10.7. The loader's own tables are read, since a file may lack sections.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from .console import Failure

MAGIC = b"\x7fELF\x02\x01"  # of 64 bits, little-endian

_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_SEGMENT = struct.Struct("<IIQQQQQQ")
_SECTION = struct.Struct("<IIQQQQIIQQ")
_ENTRY = struct.Struct("<qQ")
_NEED = struct.Struct("<HHIII")
_VERSION = struct.Struct("<IHHII")

_LOAD, _DYNAMIC = 1, 2
_NEEDED, _STRINGS, _SONAME, _RPATH, _RUNPATH, _VERSIONS = 1, 5, 14, 15, 29, 0x6FFFFFFE
_ALLOCATED = 2
_STRING_TABLE, _NOWHERE = 3, 8  # the latter takes no room in the file

_DAMAGE = (struct.error, IndexError, ValueError, OverflowError)
"""What is raised where a number of the file leads out of it."""

_ABI = {"GLIBC_ABI_DT_RELR": (2, 36)}
"""What no function's version says: the glibc that a file's format asks for."""


def is_elf(data: bytes) -> bool:
    """Whether a file's content begins as one of those that are read here."""
    return data.startswith(MAGIC)


@dataclass(frozen=True)
class Binary:
    """What the loader reads in a library or a program.

    Attributes:
        soname: its name as a library; empty if it has none.
        needed: the libraries that it needs, by their sonames.
        rpath: where it looks for them, as it says it; empty if it does not.
        glibc: the oldest glibc that has all functions that it calls, as (2, 28); (0, 0) if it calls none.
    """

    soname: str
    needed: tuple[str, ...]
    rpath: str
    glibc: tuple[int, ...]


def read(data: bytes) -> Binary:
    """Reads a file's content.

    Raises:
        Failure: it is no such file, or it is cut short.
    """
    try:
        return _read(data)
    except _DAMAGE as error:
        raise Failure(f"not a whole ELF file of 64 bits: {error}") from None


def _read(data: bytes) -> Binary:
    if not is_elf(data):
        raise ValueError(f"it begins with {data[:6]!r}")
    segments = _segments(data)

    def offset(address: int) -> int:
        for kind, _, start, virtual, _, size, _, _ in segments:
            if kind == _LOAD and virtual <= address < virtual + size:
                return start + address - virtual
        raise ValueError(f"nothing is loaded at {address:#x}")

    entries: list[tuple[int, int]] = []
    for kind, _, start, _, _, size, _, _ in segments:
        if kind == _DYNAMIC:
            entries = list(_ENTRY.iter_unpack(data[start : start + size // _ENTRY.size * _ENTRY.size]))
    tags = dict(entries)
    strings = offset(tags[_STRINGS]) if _STRINGS in tags else 0

    def text(at: int) -> str:
        return data[strings + at : data.index(b"\0", strings + at)].decode("ascii", "replace")

    def named(tag: int) -> str:
        return text(tags[tag]) if tag in tags else ""

    names = [text(name) for name in _versions(data, offset(tags[_VERSIONS]))] if _VERSIONS in tags else []
    return Binary(
        named(_SONAME),
        tuple(text(value) for tag, value in entries if tag == _NEEDED),
        named(_RUNPATH) or named(_RPATH),
        max(filter(None, map(_glibc, names)), default=(0, 0)),
    )


def _segments(data: bytes) -> list[tuple[int, ...]]:
    header = _HEADER.unpack_from(data)
    return [_SEGMENT.unpack_from(data, header[5] + number * header[9]) for number in range(header[10])]


def _versions(data: bytes, at: int) -> Iterator[int]:
    """Where the names are of all versions that are needed of any library."""
    more = 1
    while more:
        _, count, _, first, more = _NEED.unpack_from(data, at)
        inner = at + first
        for _ in range(count):
            _, _, _, name, following = _VERSION.unpack_from(data, inner)
            yield name
            inner += following
            if not following:
                break
        at += more


def _glibc(version: str) -> tuple[int, ...] | None:
    """(2, 28) for "GLIBC_2.28"; None for what is no version of glibc's functions."""
    if version in _ABI:
        return _ABI[version]
    name, _, number = version.partition("_")
    parts = number.split(".")
    return tuple(map(int, parts)) if name == "GLIBC" and all(part.isdigit() for part in parts) else None


def strip(data: bytes) -> bytes:
    """A library without what is not loaded: symbols and lines for debuggers.

    Those sections are behind all others, as linkers leave them. What is not so stays.

    Raises:
        Failure: it is no such file, or it is cut short.
    """
    try:
        return _strip(data)
    except _DAMAGE as error:
        raise Failure(f"not a whole ELF file of 64 bits: {error}") from None


def _strip(data: bytes) -> bytes:
    if not is_elf(data):
        raise ValueError(f"it begins with {data[:6]!r}")
    header = list(_HEADER.unpack_from(data))
    table, size, count, names = header[6], header[11], header[12], header[13]
    sections = [list(_SECTION.unpack_from(data, table + number * size)) for number in range(count)]
    loaded = [number for number, section in enumerate(sections) if section[2] & _ALLOCATED]
    if not loaded or loaded[-1] + 1 == count:
        return data
    kept = sections[: loaded[-1] + 1]
    end = max(
        header[5] + header[9] * header[10],
        *(segment[2] + segment[5] for segment in _segments(data)),
        *(section[4] + section[5] * (section[1] != _NOWHERE) for section in kept),
    )
    if end > len(data):
        raise ValueError("it is cut short")
    start = sections[names][4]
    texts = bytearray(1)
    for section in kept[1:]:
        name = data[start + section[0] : data.index(b"\0", start + section[0]) + 1]
        section[0] = len(texts)
        texts += name
    own = len(texts)
    texts += b".shstrtab\0"
    table = end + len(texts) + -(end + len(texts)) % 8
    rows = [*kept, [own, _STRING_TABLE, 0, 0, end, len(texts), 0, 0, 1, 0]]
    header[6], header[12], header[13] = table, len(rows), len(kept)
    head = _HEADER.pack(*header)
    body = head + data[len(head) : end] + bytes(texts)
    return body.ljust(table, b"\0") + b"".join(_SECTION.pack(*row) for row in rows)
