"""The zip that a game's developer unpacks into a project: both addons, compiled, and a Python home.

Two of the same sources, interpreter and packages are the same, byte for byte.
"""

from __future__ import annotations

import argparse
import os
import shutil
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from . import build, cache, client, elf, environment, home, interpreter, packages, project, zig
from .console import Failure, run, say, step
from .environment import Environment
from .interpreter import Interpreter

ADDONS = ("pythonscript", "pythonscript_http")
MADE = ("src", "bin", "python")
"""What an addon's folder has in a checkout and is made anew."""
SHIPPED = (".py", ".gd", ".cfg", ".typed", ".gdextension", ".svg", "README.md", "LICENSE")
"""How the names end of what is shipped of an addon's folder."""

ZIPPED, UNPACKED = 16_000_000, 45_000_000
"""Bytes: as large as a bundle may be with the sources of the standard library; else it goes without them."""

DIST = project.ROOT / "dist"

LEVEL = 7
"""Of compression: 9 takes three times as long, for half a percent."""

EARLIEST = 315532800
"""1980: zips know no time before."""


class Options(argparse.Namespace):
    """What `dev.py bundle` was asked for."""

    python: Path | None
    source: str | None
    out: Path


def options(arguments: Sequence[str]) -> Options:
    """Reads the command's arguments."""
    parser = argparse.ArgumentParser("tools/dev.py bundle", description=__doc__)
    archive = "take an archive of python-build-standalone, install_only or install_only_stripped"
    parser.add_argument(
        "--python", type=Path, metavar="PATH", help="take this Python; by default the one at hand"
    )
    parser.add_argument("--source", metavar="pbs:FILE", help=archive)
    parser.add_argument(
        "--out", type=Path, metavar="DIR", default=DIST, help="write there; by default to dist/"
    )
    found = parser.parse_args(arguments, namespace=Options())
    if found.python and found.source:
        parser.error("--python and --source exclude each other")
    if found.source is not None and found.source.removeprefix("pbs:") in ("", found.source):
        parser.error(f"--source takes pbs:FILE, not {found.source}")
    return found


def chosen(asked: Options) -> Interpreter:
    """The interpreter that was asked for.

    Raises:
        Failure: there is none, or no bundle can be made from it.
    """
    if asked.source:
        return interpreter.unpacked(Path(asked.source.removeprefix("pbs:")))
    if asked.python is None:
        return interpreter.at(environment.base())
    return interpreter.at(Path(shutil.which(asked.python) or asked.python).absolute())


def make(python: Interpreter, env: Environment, out: Path) -> Path:
    """Writes the zip.

    Args:
        python: the interpreter that goes along.
        env: has the tools, and the packages in the versions that go along.
        out: the folder for it.

    Raises:
        Failure: something cannot be compiled or fetched, or would not run on a player's machine.
    """
    out.mkdir(parents=True, exist_ok=True)  # before the minutes that a first build takes
    compiled = _compiled(python, env)
    wheels = packages.ensure(python, zig.GLIBC, env)
    place = home.ensure(python, wheels, env)
    _require_old_glibc(compiled.values(), place)
    target = out / f"pythonscript-{project.version()}-{python.platform}.zip"
    zipped, unpacked = _pack(python, compiled, place, target)
    if zipped > ZIPPED or unpacked > UNPACKED:
        say("bundle", "that is too large: the standard library goes without its sources")
        _pack(python, compiled, home.ensure(python, wheels, env, sources=False), target)
    return target


def _compiled(python: Interpreter, env: Environment) -> dict[str, Path]:
    """What is compiled of the addons, by its name in the zip."""
    tools = zig.Toolchain(env, zig.ensure(env), python)
    made = {project.BIN: build.made(project.SOURCES, tools)}
    if python.series == client.PYTHON:
        made[project.CLIENT / "bin"] = client.made(env, tools)
    else:
        say("client", f"stays Python: mypyc, which compiles it, does so for Python {client.PYTHON}, its own")
    return {
        (place.relative_to(project.ROOT) / name).as_posix(): path
        for place, files in made.items()
        for name, path in files.items()
    }


def _pack(python: Interpreter, compiled: Mapping[str, Path], place: Path, target: Path) -> tuple[int, int]:
    """Writes the zip, of what was compiled and a home; returns its size, zipped and unpacked, in bytes."""
    with step("bundle", target.name) as current, cache.workshop() as folder:
        for name, source in addons(compiled).items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, folder / name)
        for addon in ADDONS:
            (folder / "addons" / addon / "VERSION").write_text(f"{project.version()}\n", encoding="utf-8")
        (folder / "addons/pythonscript/python").mkdir()
        (folder / "addons/pythonscript/python/.gdignore").touch()  # else the editor looks through all of it
        home.compile_all(python, folder, "CHECKED_HASH")
        files = dict(_below(folder, ""))
        files |= _below(place, f"addons/pythonscript/python/{python.platform}/")
        write(target, files)
        zipped, unpacked = target.stat().st_size, sum(path.stat().st_size for path in files.values())
        current.note = f"{zipped / 1e6:.1f} MB, unpacked {unpacked / 1e6:.1f} MB"
    return zipped, unpacked


def addons(compiled: Mapping[str, Path], root: Path = project.ROOT) -> dict[str, Path]:
    """What is shipped of the addons, by its name in the zip.

    Args:
        compiled: what was compiled, by the same.
        root: the checkout.
    """
    found = dict(compiled)
    for addon in ADDONS:
        folder = root / "addons" / addon
        for path in folder.rglob("*"):
            inner = path.relative_to(folder)
            if inner.parts[0] not in MADE and path.name.endswith(SHIPPED):
                found[f"addons/{addon}/{inner.as_posix()}"] = path
    # Types are of the engine that a project has, and more than a zip would hold: users make them.
    found["addons/pythonscript/make_stubs.py"] = root / "tools" / "devkit" / "make_stubs.py"
    return found


def _below(folder: Path, into: str) -> Iterator[tuple[str, Path]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield into + path.relative_to(folder).as_posix(), path


def write(target: Path, files: Mapping[str, Path]) -> None:
    """Writes a zip in which nothing tells where or when it was made, or is a program.

    Args:
        target: the zip.
        files: what it holds, by name.
    """
    moment = time.gmtime(max(EARLIEST, _moment()))[:6]
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    with zipfile.ZipFile(beside, "w") as file:
        for name, path in sorted(files.items()):
            entry = zipfile.ZipInfo(name, moment)
            entry.create_system = 3  # Unix, whose modes these are
            entry.external_attr = 0o100644 << 16
            file.writestr(entry, path.read_bytes(), zipfile.ZIP_DEFLATED, LEVEL)
    beside.replace(target)


def _moment() -> int:
    """The time that everything in the zip has: `$SOURCE_DATE_EPOCH`, or that of the last commit.

    Raises:
        Failure: the variable is no number.
    """
    told = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        return int(told or run(["git", "log", "-1", "--format=%ct"], cwd=project.ROOT, timeout=30))
    except ValueError:
        raise Failure(f"$SOURCE_DATE_EPOCH is {told!r}, and not a number of seconds") from None
    except Failure:
        return EARLIEST  # no git, or no repository: an unpacked archive


def _require_old_glibc(compiled: Iterable[Path], place: Path) -> None:
    """Says which glibc the bundle needs.

    Args:
        compiled: what was compiled here.
        place: the home.

    Raises:
        Failure: the host or a package needs a newer one than Godot's own builds.
    """
    all_there = set(home.compiled(place))
    ours = {path for path in all_there if "site-packages" in path.parts}
    ours |= {path for path in compiled if elf.is_elf(path.read_bytes())}
    (oldest, culprit), (pythons, newest) = home.newest_glibc(ours), home.newest_glibc(all_there - ours)
    if oldest > zig.GLIBC:
        raise Failure(f"{culprit.name} needs glibc {_dotted(oldest)}, and is to run with {GODOTS}")
    say(
        "glibc",
        f"{_dotted(oldest)} suffices for the addons, {_dotted(pythons)} for the Python ({newest.name})",
    )
    if pythons > zig.GLIBC:
        say("glibc", f"games with it do not run where Godot's own builds do, which is from {GODOTS} on")


def _dotted(number: tuple[int, ...]) -> str:
    return ".".join(map(str, number))


GODOTS = _dotted(zig.GLIBC)
