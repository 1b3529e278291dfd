"""A self-contained Python home: what of an interpreter goes into a game, with the packages that the addons need.

Standard library, compiled modules, and every library that they need which is not glibc's own, found beside them. No
programs: `bin/python3` is an empty file that says "a home" (stores refuse programs).
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from functools import reduce
from pathlib import Path

from . import cache, children, elf, licences
from .console import Failure, run, step
from .environment import Environment
from .interpreter import Interpreter

LEFT_OUT = (
    # for developers
    "test", "tests", "idlelib", "idle_test", "tkinter", "turtle.py", "turtledemo", "lib2to3", "pydoc_data", "venv",
    "ensurepip", "distutils", "site-packages", "dist-packages", "config-*", "__phello__", "msilib", "__pycache__",
    # for Debian's own
    "sitecustomize.py", "EXTERNALLY-MANAGED",
    # of build machines
    "build-details.json", "_sysconfig_vars_*",
    # of what is left out below
    "curses", "crypt.py", "nturl2path.py",
)  # fmt: skip
"""Names of files and folders of the standard library."""

EXTENSIONS_LEFT_OUT = {
    "_test*": "for CPython's own tests",
    "_ctypes_test": "for CPython's own tests",
    "_xxtestfuzz": "for CPython's own tests",
    "xxlimited*": "for CPython's own tests",
    "xxsubtype": "for CPython's own tests",
    "_tkinter": "windows of its own",
    "readline": "its library is under the GPL, and a game has no terminal",
    "_gdbm": "its library is under the GPL",
    "_dbm": "its library may be under the AGPL",
    "_curses*": "a game has no terminal",
    "nis": "gone in Python 3.13; its libraries are under the LGPL",
    "_crypt": "gone in Python 3.13; its library is under the LGPL",
    "spwd": "gone in Python 3.13",
    "ossaudiodev": "gone in Python 3.13",
}
"""Compiled modules, by pattern, with the reason."""

GLIBC = frozenset(
    f"{name}.so.{number}"
    for name, number in (
        ("libc", 6), ("libm", 6), ("libpthread", 0), ("libdl", 2), ("librt", 1), ("libutil", 1), ("libresolv", 2),
        ("ld-linux-x86-64", 2), ("ld-linux-aarch64", 1),
    )
)  # fmt: skip
"""Every Linux has these; no program works with two of them."""

COMPILE = """
import py_compile, sys
from importlib.util import cache_from_source
for line in sys.stdin.read().splitlines():
    py_compile.compile(line, cache_from_source(line), line, doraise=True,
                       invalidation_mode=getattr(py_compile.PycInvalidationMode, sys.argv[1]))
"""


def ensure(python: Interpreter, wheels: Iterable[Path], env: Environment) -> Path:
    """Makes the home of an interpreter, or finds it made.

    Args:
        python: the interpreter.
        wheels: packages that go along.
        env: has `patchelf`.

    Returns:
        Its folder, which nothing changes.
    """
    wheels = sorted(wheels)
    place = cache.root() / "homes" / _key(python, wheels, env)
    if not place.is_dir():
        with cache.lock("home"):
            if not place.is_dir():
                with step("home", f"Python {python.version} for {python.platform}"), cache.workshop() as folder:
                    made = folder / "home"
                    _make(python, wheels, env, made)
                    cache.publish(made, place)
    return place


def _key(python: Interpreter, wheels: Iterable[Path], env: Environment) -> str:
    parts: list[str | bytes] = [repr(python), env.version_of("patchelf")]
    parts += [path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")) if path.stem in _RECIPE]
    parts += [path.name for path in wheels]
    for path in sorted((python.library, *_standard(python), *_extensions(python))):
        status = path.stat()
        parts.append(f"{path} {status.st_size} {status.st_mtime_ns}")
    return cache.key(*parts)


_RECIPE = ("home", "elf", "licences")


def _make(python: Interpreter, wheels: Iterable[Path], env: Environment, home: Path) -> None:
    stdlib = home / "lib" / f"python{python.series}"
    for path in _standard(python):
        _copy(path, stdlib / path.relative_to(python.stdlib))
    for path in _extensions(python):
        _copy(path, stdlib / "lib-dynload" / path.name)
    _copy(python.library, home / "lib" / python.library.name)
    parts = [licences.Part("CPython", python.version, _python_licence(python))]
    for wheel in wheels:
        parts.append(_unpack(wheel, stdlib / "site-packages"))
    libraries = _bring_libraries(python, home)
    parts += licences.parts_of(libraries, python.parts)
    (home / "bin").mkdir()
    (home / "bin" / "python3").touch()
    for path in sorted(home.rglob("*.so*")):
        _patch(path, home, env.tool("patchelf"))
    for path in stdlib.glob("_sysconfigdata_*.py"):
        path.write_text(_without_paths(path.read_text(encoding="utf-8")), encoding="utf-8")
    _forget(python, home)
    compile_all(python, home, "UNCHECKED_HASH")
    licences.write(parts, home / "licenses")
    write_manifest(python, parts, home)


def _standard(python: Interpreter) -> Iterator[Path]:
    """The files of the standard library that are wanted."""
    for folder, folders, files in os.walk(python.stdlib):
        folders[:] = sorted(name for name in folders if not _left_out(name) and name != "lib-dynload")
        for name in sorted(files):
            if not _left_out(name) and not name.endswith((".pyc", ".exe", ".so", ".a", ".bat")):
                yield Path(folder) / name


def _left_out(name: str) -> bool:
    return any(fnmatch(name, pattern) for pattern in LEFT_OUT)


def _extensions(python: Interpreter) -> list[Path]:
    """The compiled modules that are wanted."""
    return [
        path
        for path in sorted(python.extensions.glob("*.so"))
        if not any(fnmatch(path.name.split(".")[0], pattern) for pattern in EXTENSIONS_LEFT_OUT)
    ]


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _unpack(wheel: Path, into: Path) -> licences.Part:
    """Unpacks a package, without its tests and what only installers read."""
    name, version = wheel.name.split("-")[:2]
    texts: dict[str, bytes] = {}
    with zipfile.ZipFile(wheel) as file:
        for entry in file.infolist():
            path = Path(entry.filename)
            if entry.is_dir() or {"tests", "test"} & set(path.parts) or path.suffix in (".pyx", ".pxd"):
                continue
            data = file.read(entry)
            if path.parts[0].endswith(".dist-info"):
                if "license" in entry.filename.lower() or "copying" in entry.filename.lower():
                    texts[path.relative_to(path.parts[0]).as_posix().removeprefix("licenses/")] = data
                if path.name != "METADATA":
                    continue
            (into / path).parent.mkdir(parents=True, exist_ok=True)
            (into / path).write_bytes(data)
    return licences.Part(name, version, texts)


def _python_licence(python: Interpreter) -> dict[str, bytes]:
    """CPython's own licence, which a Debian package keeps elsewhere."""
    places = (python.stdlib / "LICENSE.txt", Path(f"/usr/share/doc/libpython{python.series}-stdlib/copyright"),
              Path(f"/usr/share/doc/python{python.series}/copyright"))  # fmt: skip
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        raise Failure(f"{python.path} comes without its licence: {places[0]} is not there")
    return {"LICENSE.txt": found.read_bytes()}


def _bring_libraries(python: Interpreter, home: Path) -> dict[str, Path]:
    """Copies the libraries that the home's files need and that are not every system's into `lib/`.

    Returns:
        Where they come from, by soname.
    """
    found: dict[str, Path] = {}
    queue = [python.library, *_extensions(python)]
    while queue:
        source = queue.pop()
        lacking = set(elf.read(source.read_bytes()).needed) - GLIBC - found.keys() - {python.library.name}
        if not lacking:
            continue
        resolved = dict(re.findall(r"(\S+) => (/.+) \(0x", run(["ldd", source], timeout=60)))
        for name in sorted(lacking):
            place = Path(resolved.get(name, python.library.parent / name))
            if not place.is_file():
                raise Failure(f"{source} needs {name}, which is not found")
            found[name] = place.resolve()
            queue.append(found[name])
    for name, place in sorted(found.items()):
        _copy(place, home / "lib" / name)
    return found


def _patch(path: Path, home: Path, patchelf: Path) -> None:
    """Strips a library, and lets it find those that it needs in the home and nowhere else."""
    data = path.read_bytes()
    if not elf.is_elf(data):
        return
    path.write_bytes(elf.strip(data))
    path.chmod(0o755)  # for patchelf
    binary = elf.read(data)
    if any((home / "lib" / name).is_file() for name in binary.needed):
        rpath = Path("$ORIGIN") / os.path.relpath(home / "lib", path.parent)
        run([patchelf, "--page-size", "4096", "--set-rpath", rpath, path], timeout=60)
    elif binary.rpath:
        run([patchelf, "--page-size", "4096", "--remove-rpath", path], timeout=60)


def _without_paths(text: str) -> str:
    """The variables of CPython's build without those that hold paths and compilers' flags: nothing is built here."""
    tree = ast.parse(text)
    values = next(ast.literal_eval(node.value) for node in tree.body if isinstance(node, ast.Assign))
    plain = {name: value for name, value in sorted(values.items()) if not re.search(r"/|^-| -", str(value))}
    return "build_time_vars = {\n" + "".join(f"{name!r}: {value!r},\n" for name, value in plain.items()) + "}\n"


def _forget(python: Interpreter, home: Path) -> None:
    """Overwrites, in what is compiled, the paths where it was compiled and installed, with others as long that are nowhere.

    Their last names stay: linkers let a string be the end of another, and a version is the end of some prefixes.
    """
    paths = {}
    for path in (python.prefix, python.built):
        if not path.is_relative_to("/usr"):  # as on every machine
            old, parent = os.fsencode(path), os.fsencode(path.parent)
            paths[old] = (b"/nowhere" * len(parent))[: len(parent)] + old[len(parent) :]
    for path in sorted(home.rglob("*.so*")):
        data = path.read_bytes()
        changed = reduce(lambda text, pair: text.replace(*pair), paths.items(), data)
        if changed != data:
            path.write_bytes(changed)


def compile_all(python: Interpreter, folder: Path, mode: str) -> None:
    """Compiles every module below a folder, with no path outside it in the result.

    Args:
        python: the interpreter that is to run them.
        folder: the modules'.
        mode: of `py_compile.PycInvalidationMode`.
    """
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.py"))
    for part in (files,):
        done = children.run(
            [python.path, "-I", "-S", "-c", COMPILE, mode],
            cwd=folder,
            input="\n".join(part),
            text=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": "0"},
            timeout=300,
        )
        if done.returncode:
            raise Failure(f"{python.path} cannot compile all modules:\n{done.stderr}")


def write_manifest(python: Interpreter, parts: Iterable[licences.Part], home: Path) -> None:
    """Writes what the home is made of, and the hash of each of its files."""
    files = sorted(path for path in home.rglob("*") if path.is_file())
    manifest = {
        "python": python.version,
        "platform": python.platform,
        "parts": [part.told() for part in parts],
        "files": {path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
    }
    (home / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n", encoding="utf-8")
