"""Imports from the pack of an exported game.

`sys.path` may name folders of `res://`. As `zipimport` does for zips, a path hook finds modules and packages
in them, by the engine's FileAccess: sources with unchecked bytecode beside them, bytecode alone, data by
`importlib.resources`, metadata of distributions. Only the engine can open the `__file__` of what is there.

What the exporter (`_export.py`) has put beside the game instead, as the system loads native modules from
files only, is listed in `LISTING`, file by file, and imported from there. Nothing else is imported from that
folder: it may hold what an earlier version of the game has left.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Collection, Iterable, Iterator
from functools import cache, lru_cache
from importlib.machinery import (
    BYTECODE_SUFFIXES,
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    ModuleSpec,
    SourceFileLoader,
    SourcelessFileLoader,
)
from importlib.util import spec_from_file_location, spec_from_loader
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.metadata import Distribution, DistributionFinder
    from importlib.resources.abc import TraversableResources
    from types import CodeType, ModuleType

    from _pythonscript.outgoing import StaticMethod

ADDONS = "res://addons"
SITE_PACKAGES = f"{ADDONS}/site-packages"
"""Where a project has the packages that it installs with pip."""
LISTING = f"{ADDONS}/pythonscript/on_disk.txt"
"""A file of the pack: the files beside the game, a path relative to `addons` a line."""

# Their hashes have been the same since Godot 4.1.
_METHODS = {
    "get_file_as_bytes": ("FileAccess", 659035735),
    "dir_exists_absolute": ("DirAccess", 2323990056),
    "get_directories_at": ("DirAccess", 3538744774),
    "get_files_at": ("DirAccess", 3538744774),
}


@cache
def _method(name: str) -> StaticMethod:
    from _pythonscript.outgoing import StaticMethod

    class_name, method_hash = _METHODS[name]
    return StaticMethod(class_name, name, method_hash)


@lru_cache(4096)
def _contents(folder: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names of the folders and of the files in a folder; none if there is no such folder."""
    if not is_folder(folder):
        return frozenset(), frozenset()
    return frozenset(_method("get_directories_at")(folder)), frozenset(_method("get_files_at")(folder))


def folders(folder: str) -> frozenset[str]:
    return _contents(folder)[0]


def files(folder: str) -> frozenset[str]:
    return _contents(folder)[1]


def is_folder(path: str) -> bool:
    return bool(_method("dir_exists_absolute")(path))


def is_file(path: str) -> bool:
    """Whether the pack has a file. FileAccess would also find what anybody has put beside the game."""
    folder, _, name = path.rpartition("/")
    return name in files(folder)


def read(path: str) -> bytes:
    """The contents of a file.

    Raises:
        FileNotFoundError: there is none.
    """
    path = path.replace("\\", "/")  # importlib joins paths as the system does
    if not is_file(path):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path)
    return bytes(_method("get_file_as_bytes")(path))


def _reader(folder: str) -> TraversableResources:
    from ._pack_resources import Reader

    return Reader(folder)


class SourceLoader(SourceFileLoader):
    """A module of source, which may have bytecode in `__pycache__` beside it."""

    def get_data(self, path: str) -> bytes:
        return read(path)

    def path_stats(self, path: str) -> dict[str, Any]:
        return {"mtime": 0, "size": 0}  # no bytecode counts that is checked by them

    def set_data(self, path: str, data: Any, *, _mode: int = 0o666) -> None:
        """Does nothing: a pack is not written to."""

    def get_resource_reader(self, name: str | None = None) -> Any:
        return _reader(_parent(self.path))


class BytecodeLoader(SourcelessFileLoader):
    """A module of bytecode alone."""

    def get_data(self, path: str) -> bytes:
        return read(path)

    def get_resource_reader(self, name: str | None = None) -> Any:
        return _reader(_parent(self.path))


class FolderLoader:
    """A package that is only a folder, without an `__init__`; its data can be had as any package's."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def create_module(self, spec: ModuleSpec) -> None:
        """Leaves it to importlib."""

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to execute."""

    def is_package(self, name: str) -> bool:
        return True

    def get_source(self, name: str) -> str:
        return ""

    def get_code(self, name: str) -> CodeType:
        return compile("", "<namespace>", "exec", dont_inherit=True)

    def get_resource_reader(self, name: str) -> TraversableResources:
        return _reader(self._folder)


_LOADERS = (
    *((suffix, SourceLoader) for suffix in SOURCE_SUFFIXES),
    *((suffix, BytecodeLoader) for suffix in BYTECODE_SUFFIXES),
)


_DISK_LOADERS = (
    *((suffix, ExtensionFileLoader) for suffix in EXTENSION_SUFFIXES),
    *((suffix, SourceFileLoader) for suffix in SOURCE_SUFFIXES),
)


class Beside:
    """What is beside the game, as it is listed.

    Args:
        place: the folder `addons` there.
        listed: the paths of the files, relative to it.
    """

    def __init__(self, place: str = "", listed: Iterable[str] = ()) -> None:
        self._place = place
        self._names: dict[str, set[str]] = {}
        for path in listed:
            folder = path
            while folder:
                folder, _, name = folder.rpartition("/")
                names = self._names.setdefault(folder, set())
                if name in names:  # and so are the folders that this one is in
                    break
                names.add(name)

    def names(self, folder: str) -> Collection[str]:
        """The names of files and folders in a folder, of which the path is relative."""
        return self._names.get(folder, ())

    def relative(self, path: str) -> str | None:
        """The relative path of a folder; None: it is elsewhere, or has nothing that is listed."""
        inside = path.removeprefix(f"{self._place}/")
        return inside if inside != path and inside in self._names else None

    def files(self, folder: str) -> Iterator[str]:
        """The paths of all files in a folder, and in its folders."""
        for name in sorted(self.names(folder)):
            path = f"{folder}/{name}"
            if path in self._names:
                yield from self.files(path)
            else:
                yield f"{self._place}/{path}"

    def find(self, fullname: str, folder: str) -> ModuleSpec | None:
        """Finds a module in a folder, or a portion of a namespace package."""
        if folder not in self._names:
            return None
        name = fullname.rpartition(".")[2]
        path = f"{folder}/{name}" if folder else name
        place = f"{self._place}/{path}"
        for suffix, loader in _DISK_LOADERS:
            if f"__init__{suffix}" in self.names(path):
                file = f"{place}/__init__{suffix}"
                return spec_from_file_location(
                    fullname, file, loader=loader(fullname, file), submodule_search_locations=[place]
                )
        for suffix, loader in _DISK_LOADERS:
            if f"{name}{suffix}" in self.names(folder):
                file = f"{place}{suffix}"
                return spec_from_file_location(fullname, file, loader=loader(fullname, file))
        if path not in self._names:
            return None
        spec = ModuleSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = [place]
        return spec

    def modules(self, folder: str) -> dict[str, bool]:
        """The names of the modules in a folder, and whether they are packages."""
        found = {}
        for name in self.names(folder):
            path = f"{folder}/{name}" if folder else name
            if any(f"__init__{suffix}" in self.names(path) for suffix, _ in _DISK_LOADERS):
                found[name] = True
                continue
            if module := _module_name(name, _DISK_LOADERS):
                found.setdefault(module, False)
        found.pop("__init__", None)
        return found


class BesideFinder:
    """Finds what is listed in one folder beside the game (`importlib.abc.PathEntryFinder`)."""

    beside = Beside()
    """The game's."""

    def __init__(self, path: str) -> None:
        folder = self.beside.relative(path)
        if folder is None:
            raise ImportError("only folders are handled that are listed", path=path)
        self._folder = folder

    def find_spec(self, fullname: str, target: ModuleType | None = None) -> ModuleSpec | None:
        return self.beside.find(fullname, self._folder)

    def iter_modules(self, prefix: str = "") -> Iterator[tuple[str, bool]]:
        """What `pkgutil.iter_modules` asks."""
        yield from ((prefix + name, package) for name, package in self.beside.modules(self._folder).items())


class PackFinder:
    """Finds modules in one folder of `res://` (`importlib.abc.PathEntryFinder`).

    What folders hold is read once; after `ProjectSettings.load_resource_pack` call
    `importlib.invalidate_caches`, as always where modules appear while a program runs.
    """

    def __init__(self, path: str) -> None:
        if not path.startswith("res://"):
            raise ImportError("only folders of res:// are handled", path=path)
        self._folder = path.rstrip("/")
        self._beside = self._folder.removeprefix(ADDONS).lstrip("/")
        """The same folder beside the game."""

    def __repr__(self) -> str:
        return f"PackFinder({self._folder!r})"

    def find_spec(self, fullname: str, target: ModuleType | None = None) -> ModuleSpec | None:
        """Finds a module, or a portion of a namespace package (PEP 420)."""
        name = fullname.rpartition(".")[2]
        beside = BesideFinder.beside.find(fullname, self._beside)
        if beside is not None and beside.loader is not None:
            return beside
        inner, modules = _contents(self._folder)
        path = f"{self._folder}/{name}"
        if name in inner:
            for suffix, loader in _LOADERS:
                if is_file(f"{path}/__init__{suffix}"):
                    return spec_from_loader(fullname, loader(fullname, f"{path}/__init__{suffix}"))
        for suffix, loader in _LOADERS:
            if f"{name}{suffix}" in modules:
                return spec_from_loader(fullname, loader(fullname, f"{path}{suffix}"))
        if name not in inner:
            return beside  # a folder, or nothing; of one that is here too, its finder looks there
        # An addon needs no `__init__`. Another folder on sys.path yields to a module of its name further on.
        package = "." in fullname or any(is_file(f"{path}/register_types{suffix}") for suffix, _ in _LOADERS)
        loader_of_folder: Any = FolderLoader(path) if package else None
        spec = ModuleSpec(fullname, loader_of_folder, is_package=True)
        spec.submodule_search_locations = [path]
        return spec

    def iter_modules(self, prefix: str = "") -> Iterator[tuple[str, bool]]:
        """What `pkgutil.iter_modules` asks."""
        inner, modules = _contents(self._folder)
        names = {name: False for module in modules if (name := _module_name(module, _LOADERS))}
        for name in inner:
            if any(is_file(f"{self._folder}/{name}/__init__{suffix}") for suffix, _ in _LOADERS):
                names[name] = True
        names |= BesideFinder.beside.modules(self._beside)
        names.pop("__init__", None)
        yield from ((prefix + name, package) for name, package in sorted(names.items()))


def _parent(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[0]


def _module_name(file: str, loaders: Iterable[tuple[str, Any]]) -> str:
    """The name of the module that a file is; empty: it is none."""
    name = next((file.removesuffix(suffix) for suffix, _ in loaders if file.endswith(suffix)), "")
    return name if name.isidentifier() else ""


def _normalized(name: str) -> str:
    """The name of a distribution as they are compared (PEP 503)."""
    return "-".join(filter(None, name.lower().replace("_", "-").replace(".", "-").split("-")))


class PackDistributions:
    """On `sys.meta_path`, for `importlib.metadata`: the distributions whose metadata is in the pack."""

    @staticmethod
    def find_spec(name: str, path: object = None, target: object = None) -> None:
        """Finds nothing: modules are found by the path hook."""

    @staticmethod
    def invalidate_caches() -> None:
        """For the finders of the path hook too, which `PathFinder` just drops: their paths are relative."""
        _contents.cache_clear()

    @staticmethod
    def find_distributions(context: DistributionFinder.Context | None = None) -> Iterator[Distribution]:
        from importlib.metadata import DistributionFinder

        from ._pack_resources import distribution

        context = context or DistributionFinder.Context()
        wanted = _normalized(context.name) if context.name else ""
        for folder in context.path:
            for name in folders(folder) if str(folder).startswith("res://") else ():
                stem, _, ending = name.rpartition(".")
                named = _normalized(stem.partition("-")[0])
                if ending in ("dist-info", "egg-info") and wanted in ("", named):
                    yield distribution(f"{folder}/{name}")


class PackedAddons:
    """The addons of an exported game, as `_addons` asks for them."""

    def names(self, module: str) -> list[str]:
        beside = BesideFinder.beside
        packed = [
            name
            for name in folders(ADDONS)
            if any(is_file(f"{ADDONS}/{name}/{module}{suffix}") for suffix, _ in _LOADERS)
        ]
        return sorted({*packed, *(name for name in beside.names("") if f"{module}.py" in beside.names(name))})

    def codes(self, addon: str) -> Iterator[str | CodeType]:
        """The sources of an addon's modules, or their code where the game has bytecode alone."""
        for path in BesideFinder.beside.files(addon):
            if path.endswith(tuple(SOURCE_SUFFIXES)):
                with open(path, encoding="utf-8", errors="replace") as file:  # noqa: PTH123
                    yield file.read()
        rest = [f"{ADDONS}/{addon}"]
        while rest:
            folder = rest.pop()
            rest += [f"{folder}/{name}" for name in sorted(folders(folder)) if name != "__pycache__"]
            for name in sorted(files(folder)):
                if name.endswith(tuple(SOURCE_SUFFIXES)):
                    yield read(f"{folder}/{name}").decode("utf-8", "replace")
                elif name.endswith(tuple(BYTECODE_SUFFIXES)):
                    code = BytecodeLoader(name, f"{folder}/{name}").get_code(name)
                    yield code or ""


def install(addons: str) -> PackedAddons:
    """Makes folders of the pack importable.

    Args:
        addons: the folder of that name which is beside the game.

    Returns:
        The game's addons.
    """
    listed = read(LISTING).decode().splitlines() if is_file(LISTING) else ()
    BesideFinder.beside = Beside(addons, listed)
    sys.path_hooks[:0] = [PackFinder, BesideFinder]
    sys.meta_path.append(PackDistributions)
    return PackedAddons()
