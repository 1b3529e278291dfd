"""What of a project's Python goes where in an exported game; plain file names, no engine.

- Addons of pure Python go into the pack, sources with unchecked bytecode (PEP 552), or bytecode alone.
- What has native modules goes beside the game, as the system loads them from files only; the pack lists it.
- Files that the engine exports itself, such as scenes and imported images, are left to it.
"""

from __future__ import annotations

import fnmatch
import marshal
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.machinery import BYTECODE_SUFFIXES
from importlib.util import MAGIC_NUMBER, cache_from_source, source_hash
from pathlib import Path, PurePosixPath

from ._addons import SITE_PACKAGES

HOST = "pythonscript"
"""The addon that is Python itself, which the extension's file sends beside the game."""
EXTENSION = f"addons/{HOST}/{HOST}.gdextension"
LISTING = f"addons/{HOST}/on_disk.txt"
BESIDE = tuple(f"addons/{HOST}/{name}/" for name in ("bin", "godot", "python"))
"""The folders of it that go there."""
MODULES = ("register_types.py", "__init__.py")
"""A folder of `addons` that has one of them is Python's."""

NATIVE = (".so", ".pyd", ".dll", ".dylib")
SUFFIXES = {"linux": (".so",), "macos": (".so", ".dylib"), "windows": (".pyd", ".dll")}
"""Of native modules, by system."""
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


def names_extension(preset_filter: str) -> bool:
    """Whether a preset's filter, of what is included or excluded, takes the extension."""
    return _matches(
        EXTENSION, [pattern.strip().removeprefix("res://") for pattern in preset_filter.split(",")]
    )


def with_folders(path: str) -> list[str]:
    """A file of `res://`, and the folders that it is in as presets name them, the nearest first."""
    parts = path.removeprefix("res://").split("/")
    return [path, *(f"res://{'/'.join(parts[:depth])}/" for depth in range(len(parts) - 1, 0, -1)), "res://"]


def make(
    addons: Path, target: str, *, exclude: Sequence[str] = (), bytecode: bool = True, sources: bool = True
) -> Plan:
    """Plans the export of a project's Python.

    Args:
        addons: the project's folder of that name.
        target: system and architecture of the game, such as linux.x86_64.
        exclude: patterns of files that are left out, of paths in the project.
        bytecode: the game has the Python that runs here, and reads its bytecode.
        sources: they go along; else modules are bytecode alone.
    """
    plan = Plan()
    for folder, entries in _units(addons):
        for entry in entries:
            path = entry.relative_to(addons).as_posix()
            files = [
                file
                for file in _files(entry)
                if not _matches(f"addons/{file.relative_to(addons).as_posix()}", exclude)
            ]
            if any(file.suffix in NATIVE for file in files):
                plan.beside[path] = files
                plan.taken.update(f"addons/{file.relative_to(addons).as_posix()}" for file in files)
                plan.warnings += _unfit(path, files, target)
            else:
                for file in files:
                    if not (folder != SITE_PACKAGES and _is_imported(file)):
                        _pack(plan, file, f"addons/{file.relative_to(addons).as_posix()}", bytecode, sources)
    if plan.beside:
        plan.packed[LISTING] = "".join(f"{path}\n" for path in sorted(plan.beside)).encode()
    return plan


def _units(addons: Path) -> Iterator[tuple[str, list[Path]]]:
    """The folders of `addons`, each with what is looked at as a whole in it."""
    for folder in sorted(addons.iterdir()):
        if folder.name == SITE_PACKAGES and folder.is_dir():
            yield folder.name, [path for path in sorted(folder.iterdir()) if path.name != "bin"]
        elif folder.name != HOST and any((folder / module).is_file() for module in MODULES):
            yield folder.name, [folder]
        elif folder.suffix == ".py":
            yield "", [folder]


def _files(entry: Path) -> Iterator[Path]:
    """The files of an addon or a package that are not the engine's."""
    for path in [entry] if entry.is_file() else sorted(entry.rglob("*")):
        inside = path.relative_to(entry.parent).parts
        hidden = any(part.startswith(".") or part == "__pycache__" for part in inside)
        if hidden or path.suffix in ENGINES + LEFT_OUT or path.name == EDITORS or not path.is_file():
            continue
        yield path


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


def stage(plan: Plan, addons: Path, into: Path, *, bytecode: bool = True) -> list[Path]:
    """Copies what goes beside the game to a folder, with bytecode, for the engine to take it from there.

    Returns:
        The files that were executable.
    """
    executable = []
    for files in plan.beside.values():
        for file in files:
            copy = into / file.relative_to(addons)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
            if file.suffix not in NATIVE and file.stat().st_mode & 0o111:
                executable.append(copy)
            if bytecode and file.suffix == ".py":
                try:
                    made = compiled(file.read_bytes(), str(file.relative_to(addons.parent)))
                except UNCOMPILED:  # Python says so if it is ever imported
                    continue
                cached = Path(cache_from_source(str(copy)))
                cached.parent.mkdir(exist_ok=True)
                cached.write_bytes(made)
    return executable


def _unfit(path: str, files: Sequence[Path], target: str) -> Iterator[str]:
    """Says if native modules are for another system than the game's."""
    strange = [file for file in files if file.suffix in NATIVE and not _fits(file, target)]
    if strange:
        yield f"addons/{path} has native modules for another system than {target}, such as {strange[0].name}"


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
