"""What is in the zip: everything that is needed, nothing that is not, and no trace of where it was made."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import struct
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from devkit import build, cache, client, elf, environment, home, interpreter, packages, parts, project, zig
from devkit.bundle import ADDONS
from devkit.bundle import make as make_bundle
from devkit.console import Failure
from devkit.environment import Environment
from devkit.interpreter import Interpreter

ENVIRONMENT = Environment(Path(sys.prefix))


@pytest.fixture(scope="module")
def python() -> Interpreter:
    return interpreter.at(environment.base())


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_name_has_the_version_and_the_platform(bundle: Path, python: Interpreter) -> None:
    assert bundle.name == f"pythonscript-{project.version()}-{python.platform}.zip"


def test_it_is_small(bundle: Path, unpacked: Path) -> None:
    """More would be a burden on every game."""
    assert bundle.stat().st_size <= 16_000_000
    assert sum(map(len, files(unpacked).values())) <= 45_000_000


def test_every_addon_stands_by_itself(bundle: Path) -> None:
    with ZipFile(bundle) as file:
        names = file.namelist()
    assert {tuple(name.split("/")[:2]) for name in names} == {("addons", addon) for addon in ADDONS}
    for addon in ADDONS:
        pages = ("README.md", "LICENSE", "VERSION", "icon.svg")
        assert {f"addons/{addon}/{name}" for name in pages} <= set(names)
    assert not [name for name in names if "/src/" in name or "python_home" in name or name.endswith(".pyx")]


def test_nothing_is_a_program(bundle: Path, unpacked: Path) -> None:
    with ZipFile(bundle) as file:
        assert {entry.external_attr >> 16 for entry in file.infolist()} == {0o100644}
    for path in unpacked.rglob("*"):
        data = path.read_bytes() if path.is_file() else b""
        assert not data.startswith(b"#!") or path.suffix == ".py", path
        if elf.is_elf(data):
            interpreters = [at for at in range(data[56]) if data[64 + 56 * at] == 3]  # PT_INTERP
            assert not interpreters, path


def test_no_path_of_this_machine_is_in_it(unpacked: Path, python: Interpreter) -> None:
    places = [Path.home(), project.ROOT, cache.root(), *python.places, Path(sys.prefix)]
    wanted = {os.fsencode(place) + b"/" for place in places if not place.is_relative_to("/usr")}
    found = {(name, place) for name, data in files(unpacked).items() for place in wanted if place in data}
    assert found == set()


def test_two_are_the_same(bundle: Path, python: Interpreter, tmp_path: Path) -> None:
    assert make_bundle(python, ENVIRONMENT, tmp_path).read_bytes() == bundle.read_bytes()


def test_a_home_that_is_made_anew_is_the_same(
    bundle: Path, python: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheels = packages.ensure(python, zig.GLIBC, ENVIRONMENT)
    cached = home.ensure(python, wheels, ENVIRONMENT)
    monkeypatch.setattr(cache, "root", lambda: tmp_path)
    anew = home.ensure(python, wheels, ENVIRONMENT)
    assert anew != cached
    assert files(anew) == files(cached)


def test_what_zig_compiles_anew_is_the_same(
    bundle: Path, python: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools = zig.Toolchain(ENVIRONMENT, zig.ensure(ENVIRONMENT), python)
    targets = {
        target.name.rpartition("/")[2].split(".")[0]: target
        for target in build.targets(project.SOURCES, tools)
    }
    for name in ("libpythonscript", "handles"):
        place = tmp_path / "elsewhere" / name
        place.parent.mkdir(exist_ok=True)
        targets[name].make(place)
        assert place.read_bytes() == targets[name].cached.read_bytes()


# Bytecode


def compiled(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every module with what its bytecode begins with (PEP 552)."""
    modules = sorted(folder.rglob("*.py"))
    assert len(modules) > 10
    for path in modules:
        yield path, Path(importlib.util.cache_from_source(str(path))).read_bytes()[:16]


def test_the_addons_bytecode_is_checked_against_their_sources(unpacked: Path) -> None:
    for addon in ADDONS:
        for path, head in compiled(unpacked / "addons" / addon):
            if "python" not in path.relative_to(unpacked / "addons" / addon).parts:
                flags = struct.pack("<I", 0b11)
                assert head == importlib.util.MAGIC_NUMBER + flags + importlib.util.source_hash(
                    path.read_bytes()
                )


def test_the_standard_librarys_is_taken_as_it_is(home: Path) -> None:
    bytecode = list(home.rglob("*.pyc"))
    assert len(bytecode) > 400
    for path in bytecode:
        assert path.read_bytes()[4:8] == struct.pack("<I", 0b01), path


# The home


def test_the_manifest_is_true(home: Path, manifest: Mapping[str, Any], python: Interpreter) -> None:
    assert manifest["python"] == python.version
    assert manifest["platform"] == python.platform == home.name
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files(home).items()}
    del hashes["manifest.json"]
    assert manifest["files"] == hashes


def test_every_part_comes_with_its_version_and_its_licence(home: Path, manifest: Mapping[str, Any]) -> None:
    names = {part["name"] for part in manifest["parts"]}
    assert {"CPython", "OpenSSL", "libffi", "zlib", "bzip2", "xz", "certifi", "httptools", "idna"} <= names
    for part in manifest["parts"]:
        assert part["version"], part
        assert part["license"], part
        assert part["texts"], part
        assert all(len((home / text).read_bytes()) > 500 for text in part["texts"]), part
    texts = {text for part in manifest["parts"] for text in part["texts"]}
    assert texts == {name for name in manifest["files"] if name.startswith("licenses/")}
    known = {library for name, known in parts.KNOWN.items() if name in names for library in known.libraries}
    libraries = {path.name.partition(".so")[0] for path in (home / "lib").glob("*.so*")}
    assert {name for name in libraries if not name.startswith("libpython")} <= known


@pytest.mark.parametrize(
    "name", ["test", "idlelib", "tkinter", "turtle.py", "lib2to3", "ensurepip", "distutils", "curses", "venv"]
)
def test_what_no_game_needs_is_not_there(name: str, home: Path, python: Interpreter) -> None:
    stdlib = home / "lib" / f"python{python.series}"
    assert list(stdlib.glob("json/decoder.py*"))
    assert not (stdlib / name).exists()
    assert not [path for path in stdlib.rglob("*") if path.name in ("tests", "test", "pip", "__main__.exe")]


def test_modules_with_a_licence_that_binds_the_game_are_not_there(home: Path) -> None:
    extensions = {path.name.split(".")[0] for path in home.rglob("lib-dynload/*.so")}
    assert "_ssl" in extensions or "_ctypes" in extensions
    assert extensions & {"readline", "_gdbm", "_dbm", "nis", "_crypt", "_curses", "_tkinter"} == set()
    libraries = {path.name for path in (home / "lib").iterdir()}
    assert not [name for name in libraries if name.startswith(("libreadline", "libgdbm", "libdb"))]


def test_the_addons_run_on_any_glibc_that_godot_runs_on(unpacked: Path, home: Path) -> None:
    paths = [path for path in unpacked.rglob("*.so*") if path.is_file() and elf.is_elf(path.read_bytes())]
    ours = [path for path in paths if home not in path.parents or "site-packages" in path.parts]
    assert len(ours) > 15
    for path in ours:
        assert (2, 0) < elf.read(path.read_bytes()).glibc <= (2, 28), path


def test_nothing_is_for_debuggers(unpacked: Path) -> None:
    for path in unpacked.rglob("*.so*"):
        data = path.read_bytes() if path.is_file() else b""
        if elf.is_elf(data):
            assert b".symtab\0" not in data, path
            assert b".debug_info\0" not in data, path


def test_what_would_need_a_newer_glibc_is_not_bundled(
    bundle: Path, python: Interpreter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devkit.bundle.zig.GLIBC", (2, 3))
    monkeypatch.setattr(zig.Toolchain, "__init__", lambda *_: None)
    wheels = packages.ensure(python, (2, 28), ENVIRONMENT)
    monkeypatch.setattr(packages, "ensure", lambda *_: wheels)
    with ZipFile(bundle) as file:
        names = [name for name in file.namelist() if "/bin/" in name and name.endswith(".so")]
        host = {name: Path(file.extract(name, tmp_path)) for name in names}
    monkeypatch.setattr(build, "made", lambda *_: host)
    monkeypatch.setattr(client, "made", lambda *_: {})
    with pytest.raises(Failure, match=r"needs glibc 2\.\d+, and is to run with 2\.28"):
        make_bundle(python, ENVIRONMENT, tmp_path / "out")
    assert not [*(tmp_path / "out").glob("*")]
