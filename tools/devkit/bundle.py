"""The zip that a game developer unpacks into a project: both addons, compiled, and a Python home for one platform."""

from __future__ import annotations

import argparse
import os
import shutil
import time
import tomllib
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from . import build, cache, elf, home, interpreter, network, zig
from .console import CommandFailed, Failure, run, say, step
from .environment import Environment
from .interpreter import Interpreter
from .project import HOST, ROOT, SOURCES

ADDONS = ("pythonscript", "pythonscript_http")
PAGES = ("README.md", "LICENSE", "icon.svg", "pythonscript.gdextension")
"""What an addon has beside its modules."""

NEED = cache.Need(disk=60, download=3)

EARLIEST = 315532800
"""The first second that a zip can tell, in 1980."""


class Options(argparse.Namespace):
    """What `dev.py bundle` was asked for."""

    python: Path | None
    source: str | None
    out: Path


def options(arguments: Sequence[str]) -> Options:
    """Reads the command's arguments."""
    parser = argparse.ArgumentParser(prog="tools/dev.py bundle", description=__doc__)
    parser.add_argument("--python", type=Path, metavar="PATH", help="the Python that goes along; this one by default")
    parser.add_argument(
        "--source", metavar="pbs:FILE", help="a python-build-standalone archive (install_only), in its place"
    )
    parser.add_argument("--out", type=Path, metavar="DIR", default=ROOT / "dist", help="where to write it; dist/")
    found = parser.parse_args(arguments, namespace=Options())
    if found.python and found.source:
        parser.error("--python and --source exclude each other")
    return found


def need() -> cache.Need:
    """What `make` takes besides the compiler."""
    return NEED


def chosen(asked: Options, env: Environment) -> Interpreter:
    """The interpreter that was asked for.

    Raises:
        Failure: there is none, or no bundle can be made from it.
    """
    if asked.source is None:
        return interpreter.at(asked.python.absolute() if asked.python else env.python)
    kind, _, file = asked.source.partition(":")
    if kind != "pbs" or not file:
        raise Failure(f"--source takes pbs:FILE, and not {asked.source}")
    return interpreter.unpacked(Path(file))


def version() -> str:
    """The project's."""
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(content["project"]["version"])


def make(python: Interpreter, env: Environment, out: Path) -> Path:
    """Writes the zip.

    Args:
        python: the interpreter that goes along.
        env: has the tools, and the packages in the versions that go along.
        out: the folder that gets it.

    Raises:
        Failure: something cannot be compiled or fetched, or would not run on a player's machine.
    """
    tools = zig.Toolchain(env, zig.ensure(env), python)
    host = build.made(SOURCES, tools)
    place = home.ensure(python, _wheels(python, env), env)
    _check(host, place)
    out.mkdir(parents=True, exist_ok=True)
    target = out / f"pythonscript-{version()}-{python.platform}.zip"
    with step("bundle", target.name) as current, cache.workshop() as folder:
        _addons(python, host, folder)
        files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
        into = f"addons/pythonscript/python/{python.platform}"
        files |= {f"{into}/{path.relative_to(place).as_posix()}": path for path in place.rglob("*") if path.is_file()}
        _write(target, files)
        unpacked = sum(path.stat().st_size for path in files.values())
        current.note = f"{target.stat().st_size / 1e6:.1f} MB, {unpacked / 1e6:.1f} MB unpacked"
    return target


def _addons(python: Interpreter, host: dict[str, Path], folder: Path) -> None:
    """Copies our own modules, and compiles them."""
    for name, path in host.items():
        target = folder / "addons" / "pythonscript" / "bin" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    for name in ADDONS:
        source, target = ROOT / "addons" / name, folder / "addons" / name
        for path in _modules(source):
            (target / path.relative_to(source)).parent.mkdir(parents=True, exist_ok=True)
            (target / path.relative_to(source)).write_bytes(path.read_bytes())
        for page in PAGES:
            if (source / page).is_file():
                (target / page).write_bytes((source / page).read_bytes())
    (folder / "addons" / "pythonscript" / "python").mkdir()
    (folder / "addons" / "pythonscript" / "python" / ".gdignore").touch()
    home.compile_all(python, folder, "CHECKED_HASH")


def _modules(addon: Path) -> Iterator[Path]:
    for path in sorted(addon.rglob("*")):
        parts = path.relative_to(addon).parts
        if parts[0] not in ("src", "bin", "python") and path.suffix in (".py", ".typed"):
            yield path


def _write(target: Path, files: dict[str, Path]) -> None:
    moment = time.gmtime(max(EARLIEST, _moment()))[:6]
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for name, path in sorted(files.items()):
            entry = zipfile.ZipInfo(name, moment)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            file.writestr(entry, path.read_bytes())
    beside.replace(target)


def _moment() -> int:
    """When this was made, for everyone: $SOURCE_DATE_EPOCH, or the commit's time."""
    if told := os.environ.get("SOURCE_DATE_EPOCH"):
        return int(told)
    try:
        return int(run(["git", "-C", ROOT, "log", "-1", "--format=%ct"], timeout=30))
    except (Failure, ValueError):
        return EARLIEST


def _check(host: dict[str, Path], place: Path) -> None:
    """Says which glibc the bundle needs.

    Raises:
        Failure: what is compiled here needs one that Godot's own builds do not.
    """
    for name, path in host.items():
        data = path.read_bytes()
        if elf.is_elf(data) and (found := elf.read(data).glibc) > zig.GLIBC:
            raise Failure(f"{name} needs glibc {_dotted(found)}, and is to run with {_dotted(zig.GLIBC)}")
    ours = max(elf.read(data).glibc for path in host.values() if elf.is_elf(data := path.read_bytes()))
    found = {path: elf.read(data).glibc for path in place.rglob("*.so*") if elf.is_elf(data := path.read_bytes())}
    newest = max(found, key=lambda path: found[path])
    say("glibc", f"{_dotted(ours)} for the host, {_dotted(found[newest])} for the Python ({newest.name})")


def _dotted(number: tuple[int, ...]) -> str:
    return ".".join(map(str, number))


def _wheels(python: Interpreter, env: Environment) -> list[Path]:
    """The packages that go along, for an interpreter: in the versions of the environment."""
    wanted = [package.replace("-", "==", 1) for package in (env.version_of(name).removesuffix(".dist-info") for name in PACKAGES)]
    place = cache.root() / "wheels" / cache.key(python.series, python.platform, *wanted)
    if not place.is_dir():
        with step("packages", ", ".join(wanted)), cache.workshop() as folder:
            made = folder / "made"
            machine = {"x86_64": "x86_64", "arm64": "aarch64"}[python.machine]
            platforms = [f"manylinux_2_{minor}_{machine}" for minor in range(zig.GLIBC[1], 16, -1)]
            series = python.series.replace(".", "")
            command = [
                *(env.python, "-m", "pip", "--disable-pip-version-check", "--no-input", "download", "--quiet"),
                *("--no-deps", "--only-binary", ":all:", "--python-version", python.series),
                *("--implementation", "cp", "--abi", f"cp{series}", "--abi", "abi3", "--abi", "none"),
                *(argument for name in (*platforms, f"manylinux2014_{machine}") for argument in ("--platform", name)),
                *("--dest", made, *wanted),
            ]
            try:
                run(command, scratch=folder, timeout=900)
            except CommandFailed as failure:
                network.require(failure.output, "the packages for the bundle")
                raise
            cache.publish(made, place)
    return sorted(place.glob("*.whl"))


PACKAGES = ("certifi", "httptools", "idna")
