"""What of a project's Python goes where in an exported game; plain file names, no engine.

- Addons of pure Python go into the pack, sources with unchecked bytecode (PEP 552), or bytecode alone.
- What has native modules goes beside the game, as the system loads them from files only; the pack lists it.
  Of an addon that has them in a folder `bin` alone, and imports them from there, that folder does.
- Files that the engine exports itself, such as scenes and imported images, are left to it.
"""

from __future__ import annotations

import fnmatch
import marshal
import os
import platform
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.machinery import BYTECODE_SUFFIXES
from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash
from pathlib import Path, PurePosixPath
from stat import S_ISREG

from ._addons import SITE_PACKAGES, files_below

HERE = ".".join(platform.python_version_tuple()[:2])
"""The Python that runs here, such as 3.11."""
HOST = "pythonscript"
"""The addon that is Python itself, which the extension's file sends beside the game."""
EXTENSION = f"addons/{HOST}/{HOST}.gdextension"
LISTING = f"addons/{HOST}/on_disk.txt"
BESIDE = tuple(f"addons/{HOST}/{name}/" for name in ("bin", "godot", "python"))
"""The folders of it that go there."""
MODULES = ("register_types.py", "__init__.py")
"""A folder of `addons` that has one of them is Python's."""

NATIVE = (".so", ".pyd", ".dll", ".dylib")
IMPORTED = (".so", ".pyd")
"""Those that Python imports; the others are what they need."""
TAG = re.compile(r"\.(?:cpython-|cp)(3\d+t?)[-.]")
"""In a native module's name: which Python it is for."""
REQUIRED = re.compile(rb"^Requires-Python:.*?>=\s*3\.(\d+)", re.MULTILINE)
SUFFIXES = {"linux": (".so",), "macos": (".so", ".dylib"), "windows": (".pyd", ".dll")}
"""Of native modules, by system."""
APART = "bin"
"""An addon's folder that may go beside the game without the rest of it, if it is these that are there:"""
MODULE = re.compile(r"\.(cpython-\d|cp\d|abi3\b).*\.(so|pyd)$")
"""The names of native modules that Python imports; a library of another name may be opened by its path."""
MACHINES = {
    b"\x3e\0": "x86_64",  # ELF
    b"\xb7\0": "arm64",
    b"\7\0\0\1": "x86_64",  # Mach-O
    b"\x0c\0\0\1": "arm64",
    b"\x64\x86": "x86_64",  # PE
    b"\x64\xaa": "arm64",
}
"""Processors, as the headers of native modules name them."""
ENGINES = (
    *(".gd", ".gdc", ".gdextension", ".gdshader", ".gdshaderinc", ".cs"),
    *(".import", ".remap", ".res", ".scn", ".tres", ".tscn", ".uid"),
)
"""Files that are the engine's own, which exports them."""
LEFT_OUT = (".pyc", ".pyi", ".pyo")
EDITORS = "register_editor_types.py"
UNCOMPILED = (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError)
"""What `compile` raises: not before the module is imported does it matter."""


@dataclass
class Plan:
    """What is to be exported.

    Attributes:
        packed: by path in the project, the contents.
        beside: folders and files that go beside the game, by path in `addons`, and what they consist of.
        taken: by path in the project, the files that are in one of both, be it as bytecode.
        warnings: sentences for the person who exports.
    """

    packed: dict[str, bytes] = field(default_factory=dict)
    beside: dict[str, list[Path]] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)


def patterns(exclude_filter: str) -> list[str]:
    """The patterns of a preset's exclude filter that hold for Python.

    One that would take the extension with it, such as `addons/*`, is meant for the engine's plugins and would
    leave a game that does not start.
    """
    given = [pattern.strip().removeprefix("res://") for pattern in exclude_filter.split(",")]
    return [pattern for pattern in given if pattern and not _matches(EXTENSION, [pattern])]


def takes(preset_filter: str, path: str) -> bool:
    """Whether a preset's filter, of what is included or excluded, takes a file of the project."""
    return _matches(path, [pattern.strip().removeprefix("res://") for pattern in preset_filter.split(",")])


def with_folders(path: str) -> list[str]:
    """A file of `res://`, and the folders that it is in as presets name them, the nearest first."""
    parts = path.removeprefix("res://").split("/")
    return [path, *(f"res://{'/'.join(parts[:depth])}/" for depth in range(len(parts) - 1, 0, -1)), "res://"]


def make(
    addons: Path,
    target: str,
    *,
    exclude: Sequence[str] = (),
    python: str = HERE,
    bytecode: bool = True,
    sources: bool = True,
) -> Plan:
    """Plans the export of a project's Python.

    Args:
        addons: the project's folder of that name.
        target: system and architecture of the game, such as linux.x86_64.
        exclude: patterns of files that are left out, of paths in the project.
        python: the game's, such as 3.11; by default the one that runs here.
        bytecode: the game has the Python that runs here, and reads its bytecode.
        sources: they go along; else modules are bytecode alone.
    """
    plan = Plan()
    for folder, entries in _units(addons, exclude, plan.warnings):
        for entry in entries:
            path = entry.relative_to(addons).as_posix()
            unread: list[OSError] = []
            files = list(_files(entry, addons, exclude, unread.append))
            plan.warnings += _unread(addons, unread, exclude)
            native = [file for file in files if file.suffix in NATIVE]
            apart = entry / APART
            if native and folder == path and all(_is_apart(file, apart) for file in native):
                beside = [file for file in files if file.parent == apart and _suits(file, target)]
                path = f"{path}/{APART}"
            else:
                beside = files if native else []
            if native:
                plan.warnings += _unfit(path, beside or native, target, python)
            if any(file.suffix in NATIVE for file in beside):
                plan.beside[path] = beside
            plan.taken.update(_named(file, addons) for file in (*beside, *native))
            for file in sorted({*files} - {*beside} - {*native}):
                if not (folder != SITE_PACKAGES and _is_imported(file)):
                    _pack(plan, file, _named(file, addons), bytecode, sources)
            if path.endswith(".dist-info"):
                plan.warnings += _too_new(path, files, python)
    if plan.beside:
        listed = sorted(_named(file, addons) for files in plan.beside.values() for file in files)
        plan.packed[LISTING] = "".join(f"{path.removeprefix('addons/')}\n" for path in listed).encode()
    return plan


def host_files(addons: Path) -> list[Path]:
    """The Python files of the host's own, and the modules that are compiled."""
    host = addons / HOST
    entries = (host / "godot", host / "bin" / "_pythonscript")
    return [file for entry in entries for file in _files(entry, addons)]


def _named(file: Path, addons: Path) -> str:
    """A file's path in the project."""
    return f"addons/{file.relative_to(addons).as_posix()}"


def _units(addons: Path, exclude: Sequence[str], warnings: list[str]) -> Iterator[tuple[str, list[Path]]]:
    """The folders of `addons`, each with what is looked at as a whole in it."""
    for path in sorted(addons.iterdir()):
        if path.name == HOST:
            continue
        try:
            names = sorted(os.listdir(path))  # noqa: PTH208 - as `files_below` does
        except NotADirectoryError:
            if path.suffix in (".py", *IMPORTED):
                yield "", [path]
            continue
        except OSError as error:
            warnings += _unread(addons, [error], exclude)
            continue
        if path.name == SITE_PACKAGES:
            yield path.name, [path / name for name in names if name != "bin"]
        elif not set(names).isdisjoint(MODULES):
            yield path.name, [path]


def _files(
    entry: Path,
    addons: Path,
    exclude: Sequence[str] = (),
    tell: Callable[[OSError], object] | None = None,
) -> Iterator[Path]:
    """The files of an addon or a package that are not the engine's, and can be read."""
    if entry.name.startswith(".") or entry.name == "__pycache__":
        return
    for path in map(Path, files_below(str(entry), tell)) if entry.is_dir() else [entry]:
        left_out = path.suffix in ENGINES + LEFT_OUT or path.name == EDITORS
        if left_out or _matches(_named(path, addons), exclude):
            continue
        try:
            if S_ISREG(path.stat().st_mode):
                with path.open("rb") as file:
                    file.read(1)
                yield path
        except OSError as error:
            error.filename = path  # which is not told of what fails when it is read
            if tell:
                tell(error)


def _unread(addons: Path, errors: Sequence[OSError], exclude: Sequence[str]) -> list[str]:
    """Says that something cannot be read, unless it is left out anyway: the first is enough."""
    told = [
        f"{path} cannot be read, and is not exported: {error.strerror}"
        for error in errors
        for path in [_named(Path(error.filename), addons)]
        if not _matches(f"{path}/{MODULES[0]}", exclude)
    ]
    return told[:1]


def _is_apart(file: Path, folder: Path) -> bool:
    return file.parent == folder and MODULE.search(file.name) is not None


def _suits(file: Path, target: str) -> bool:
    return file.suffix not in NATIVE or _fits(file, target)


def _is_imported(file: Path) -> bool:
    return file.with_name(f"{file.name}.import").is_file()


def _pack(plan: Plan, file: Path, path: str, bytecode: bool, sources: bool) -> None:
    data = file.read_bytes()
    plan.taken.add(path)
    if file.suffix != ".py" or not bytecode:
        plan.packed[path] = data
        return
    try:
        made = compiled(data, f"res://{path}")
    except UNCOMPILED as error:
        plan.warnings.append(f"{path} cannot be compiled, and is exported as it is: {error}")
        plan.packed[path] = data
        return
    if sources:
        plan.packed[path] = data
        plan.packed[cache_from_source(path).replace("\\", "/")] = made
    else:
        plan.packed[str(PurePosixPath(path).with_suffix(BYTECODE_SUFFIXES[0]))] = made


def compiled(source: bytes, path: str) -> bytes:
    """The bytecode of a module, which nobody checks against its source (PEP 552).

    Raises:
        Exception: it cannot be compiled, one of `UNCOMPILED`.
    """
    code = compile(source, path, "exec", dont_inherit=True, optimize=0)
    return MAGIC_NUMBER + (0b01).to_bytes(4, "little") + source_hash(source) + marshal.dumps(code)


def stage(files: Iterable[Path], addons: Path, into: Path, *, bytecode: bool = True) -> list[Path]:
    """Copies what goes beside the game to a folder, with bytecode, for the engine to take it from there.

    Returns:
        The files that were executable.
    """
    executable = []
    for file in files:
        copy = into / file.relative_to(addons)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
        if file.suffix not in NATIVE and file.stat().st_mode & 0o111:
            executable.append(copy)
        if bytecode and file.suffix == ".py":
            try:
                made = compiled(file.read_bytes(), _named(file, addons))
            except UNCOMPILED:  # Python says so if it is ever imported
                continue
            cached = Path(cache_from_source(str(copy)))
            cached.parent.mkdir(exist_ok=True)
            cached.write_bytes(made)
    return executable


def _unfit(path: str, files: Sequence[Path], target: str, python: str) -> Iterator[str]:
    """Says if native modules are for another system than the game's, or for another Python."""
    native = [file for file in files if file.suffix in NATIVE]
    strange = [file for file in native if not _fits(file, target)]
    if strange:
        yield f"addons/{path} has native modules for another system than {target}, such as {strange[0].name}"
        return
    tags: dict[str, set[str]] = {}
    for file in native:
        if found := TAG.search(file.name):
            tags.setdefault(str(file.with_name(file.name[: found.start()])), set()).add(found[1])
    wrong = [module for module, series in tags.items() if python.replace(".", "") not in series]
    if wrong:
        name = next(file.name for file in native if str(file).startswith(f"{wrong[0]}."))
        yield f"addons/{path} has native modules for another Python than {python}, such as {name}"


def _too_new(path: str, files: Sequence[Path], python: str) -> Iterator[str]:
    """Says if a package of pip needs a newer Python than the game's."""
    for file in files:
        head, _, _ = file.read_bytes().partition(b"\n\n")
        found = REQUIRED.search(head) if file.name == "METADATA" else None
        if found and int(found[1]) > int(python.partition(".")[2]):
            yield f"addons/{path} needs Python 3.{int(found[1])}, and the game has {python}"


def _fits(file: Path, target: str) -> bool:
    """Whether a native module is for the game's system, by its header; by its name where it has none."""
    system = target.partition(".")[0]
    with file.open("rb") as opened:
        head = opened.read(4096)
    pe = int.from_bytes(head[60:64], "little")  # where that header is, in a file of Windows
    built, machine = {
        b"\x7fELF": ("linux", head[18:20]),
        b"\xcf\xfa\xed\xfe": ("macos", head[4:8]),
        b"\xca\xfe\xba\xbe": ("macos", b""),  # for several processors
    }.get(head[:4], ("windows", head[pe + 4 : pe + 6]) if head[:2] == b"MZ" else ("", b""))
    if not built:
        return file.suffix in SUFFIXES.get(system, NATIVE)
    return system == built and MACHINES.get(machine, "") in target


def _matches(path: str, given: Sequence[str]) -> bool:
    """As the engine's filters do: whatever the case, by the path, or the name if the pattern has no slash."""
    return any(
        fnmatch.fnmatchcase(path.lower(), pattern.lower())
        or ("/" not in pattern and fnmatch.fnmatchcase(path.rpartition("/")[2].lower(), pattern.lower()))
        for pattern in given
    )
