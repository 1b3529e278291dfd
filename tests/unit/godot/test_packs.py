"""Imports from a pack, which is a folder here: the engine's methods are played."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.resources
import importlib.util
import inspect
import linecache
import os
import pkgutil
import py_compile
import sys
import traceback
from collections.abc import Callable, Iterator
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

from godot import _addons, _packs
from godot._addons import SITE_PACKAGES

Write = Callable[..., Path]


@pytest.fixture
def pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder that is `res://addons`; what was imported from it is forgotten afterwards."""
    root = tmp_path / "pack" / "addons"
    root.mkdir(parents=True)

    def place(path: str) -> Path:
        assert path.startswith("res://")
        return root.parent / path.removeprefix("res://")

    def names(path: str, kind: Callable[[Path], bool]) -> list[str]:
        return [child.name for child in place(path).iterdir() if kind(child)]

    methods: dict[str, Callable[[str], object]] = {
        "dir_exists_absolute": lambda path: place(path).is_dir(),
        "get_file_as_bytes": lambda path: place(path).read_bytes(),
        "get_directories_at": lambda path: names(path, Path.is_dir),
        "get_files_at": lambda path: names(path, Path.is_file),
    }
    assert methods.keys() == _packs._METHODS.keys()
    monkeypatch.setattr(_packs, "_method", methods.__getitem__)
    monkeypatch.setattr(_packs.BesideFinder, "beside", _packs.Beside())
    for name in ("path", "path_hooks", "meta_path"):
        monkeypatch.setattr(sys, name, [*getattr(sys, name)])
    monkeypatch.setattr(sys, "path_importer_cache", {})
    known = set(sys.modules)
    _packs._contents.cache_clear()
    yield root
    for name in sys.modules.keys() - known:
        del sys.modules[name]


@pytest.fixture
def write(pack: Path) -> Write:
    """Writes a file of the pack."""

    def write(name: str, text: str = "") -> Path:
        path = pack / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def install(tmp_path: Path) -> _packs.PackedAddons:
    found = _addons.installed(str(tmp_path / "disk"), exported=True)
    assert isinstance(found, _packs.PackedAddons)
    return found


def compiled(path: Path, into: Path, mode: py_compile.PycInvalidationMode) -> None:
    into.parent.mkdir(exist_ok=True)
    py_compile.compile(str(path), str(into), doraise=True, invalidation_mode=mode)


UNCHECKED = py_compile.PycInvalidationMode.UNCHECKED_HASH
TIMESTAMP = py_compile.PycInvalidationMode.TIMESTAMP


def test_packages_and_modules(write: Write, tmp_path: Path) -> None:
    write("tools/__init__.py", "from . import hammer")
    write("tools/hammer.py", "def hit():\n    raise ValueError('ouch')\n")
    install(tmp_path)
    tools = importlib.import_module("tools")
    assert tools.__file__ == "res://addons/tools/__init__.py"
    assert list(tools.__path__) == ["res://addons/tools"]
    spec = tools.hammer.__spec__
    assert (spec.name, spec.origin, spec.parent) == ("tools.hammer", "res://addons/tools/hammer.py", "tools")
    assert spec.has_location
    assert spec.loader.get_source("tools.hammer").startswith("def hit")
    assert not spec.loader.is_package("tools.hammer")
    assert importlib.util.find_spec("tools.saw") is None
    assert importlib.reload(tools.hammer) is tools.hammer


def test_tracebacks_have_their_lines(write: Write, tmp_path: Path) -> None:
    write("painful.py", "def hit():\n    raise ValueError('ouch')\n")
    install(tmp_path)
    linecache.clearcache()
    try:
        importlib.import_module("painful").hit()
    except ValueError:
        text = traceback.format_exc()
    assert 'File "res://addons/painful.py", line 2, in hit\n    raise ValueError' in text


def test_bytecode_beside_its_source_is_taken_unchecked(write: Write, tmp_path: Path) -> None:
    source = write("kept.py", "ORIGIN = 'bytecode'\n")
    cached = source.parent / "__pycache__" / f"kept.{sys.implementation.cache_tag}.pyc"
    compiled(source, cached, UNCHECKED)
    write("kept.py", "ORIGIN = 'a source that changed'\n")
    install(tmp_path)
    assert importlib.import_module("kept").ORIGIN == "bytecode"


def test_bytecode_with_a_time_does_not_count(write: Write, tmp_path: Path) -> None:
    """There are no times in a pack, and nothing is written."""
    source = write("timed.py", "ORIGIN = 'bytecode'\n")
    cached = source.parent / "__pycache__" / f"timed.{sys.implementation.cache_tag}.pyc"
    compiled(source, cached, TIMESTAMP)
    before = cached.read_bytes()
    write("timed.py", "ORIGIN = 'source'\n")
    install(tmp_path)
    assert importlib.import_module("timed").ORIGIN == "source"
    assert cached.read_bytes() == before


def test_bytecode_alone(write: Write, tmp_path: Path) -> None:
    source = write("bare/__init__.py", "ORIGIN = 'bytecode'\n")
    compiled(source, source.with_suffix(".pyc"), UNCHECKED)
    source.unlink()
    write("bad/__init__.pyc", "of some other Python, perhaps")
    install(tmp_path)
    bare = importlib.import_module("bare")
    assert (bare.ORIGIN, bare.__file__) == ("bytecode", "res://addons/bare/__init__.pyc")
    with pytest.raises(OSError, match="could not get source code"):
        inspect.getsource(bare)
    with pytest.raises(ImportError, match="bad magic number in 'bad'"):
        importlib.import_module("bad")


def test_an_addon_needs_no_init(write: Write, tmp_path: Path) -> None:
    write("plain/register_types.py", "NAME = __name__")
    write("plain/data/text.txt", "text")
    install(tmp_path)
    assert importlib.import_module("plain.register_types").NAME == "plain.register_types"
    assert importlib.resources.files("plain").joinpath("data", "text.txt").read_text("utf-8") == "text"
    assert importlib.resources.files("plain.data").joinpath("text.txt").is_file()


def test_another_folder_is_a_portion_of_a_namespace(write: Write, tmp_path: Path) -> None:
    """A GDScript addon of a module's name must not hide it (PEP 420)."""
    write("wave/plugin.gd", "extends Node")
    write("spread/near.py", "HERE = True")
    (tmp_path / "disk" / "spread").mkdir(parents=True)
    other = tmp_path / "other" / "spread"
    other.mkdir(parents=True)
    (other / "far.py").write_text("HERE = False")
    install(tmp_path)
    sys.path.append(str(other.parent))
    assert "res://" not in str(importlib.import_module("wave").__file__)
    assert importlib.import_module("spread.near").HERE
    assert not importlib.import_module("spread.far").HERE


def test_what_appears_later_is_found_once_the_caches_are_told(write: Write, tmp_path: Path) -> None:
    write("early.py")
    install(tmp_path)
    importlib.import_module("early")
    write("late.py", "HERE = True")
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("late")
    importlib.invalidate_caches()
    assert importlib.import_module("late").HERE


def test_modules_are_listed(write: Write, tmp_path: Path) -> None:
    for name in ("lot/__init__.py", "lot/one.py", "lot/two.pyc", "lot/inner/__init__.py", "lot/data/x.txt"):
        write(name)
    install(tmp_path)
    found = {(module.name, module.ispkg) for module in pkgutil.iter_modules(["res://addons/lot"], "lot.")}
    assert found == {("lot.one", False), ("lot.two", False), ("lot.inner", True)}


def test_what_is_no_pack_is_left_to_others(tmp_path: Path) -> None:
    with pytest.raises(ImportError, match="only folders of res://"):
        _packs.PackFinder(str(tmp_path))


# What lies beside the game


def test_what_is_listed_is_imported_from_disk_and_nothing_else(write: Write, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    for name in ("native/register_types.py", "stale/register_types.py", "voyager/register_types.py"):
        (disk / name).parent.mkdir(parents=True)
        (disk / name).write_text(f"WHERE = {name!r}\nclass PyNative:\n    pass\n")
    write("voyager/register_types.py", "WHERE = 'the pack'")
    write("pythonscript/on_disk.txt", "native/register_types.py\n")
    addons = install(tmp_path)
    assert addons.names("register_types") == ["native", "voyager"]
    assert importlib.import_module("native.register_types").__file__ == str(
        disk / "native" / "register_types.py"
    )
    assert importlib.import_module("voyager.register_types").WHERE == "the pack"
    assert importlib.util.find_spec("stale") is None
    assert "class PyNative" in "".join(map(str, addons.codes("native")))
    assert [*addons.codes("voyager")] == ["WHERE = 'the pack'"]


LEFT = {
    "native/__init__.py": "from . import deep",
    "native/deep/__init__.py": "from . import part",
    "native/deep/part.py": "HERE = True",
    "native/kind.py": "HERE = True",
    "native/space/inner.py": "HERE = True",
}
"""What an addon of native modules has."""


def test_modules_that_an_earlier_version_left_inside_a_package_are_not_imported(
    write: Write, tmp_path: Path
) -> None:
    stale = ("native/old.py", "native/deep/old.py", "native/kind/__init__.py", "native/gone/__init__.py")
    for name, text in (*LEFT.items(), *((name, "class PyOld:\n    pass") for name in stale)):
        path = tmp_path / "disk" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    write("pythonscript/on_disk.txt", "".join(f"{name}\n" for name in LEFT))
    addons = install(tmp_path)
    native = importlib.import_module("native")
    assert native.deep.part.HERE
    assert importlib.import_module("native.kind").HERE, "and not the package that it was"
    assert importlib.import_module("native.space.inner").HERE
    for gone in ("old", "deep.old", "gone"):
        assert importlib.util.find_spec(f"native.{gone}") is None
    found = {(module.name, module.ispkg) for module in pkgutil.iter_modules(native.__path__)}
    assert found == {("deep", True), ("kind", False)}
    assert (importlib.resources.files("native.deep") / "part.py").read_text() == "HERE = True"
    assert "class PyOld" not in "".join(map(str, addons.codes("native")))


def test_a_native_module_directly_among_the_addons(write: Write, tmp_path: Path) -> None:
    name = f"fast{EXTENSION_SUFFIXES[0]}"
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / name).touch()
    write("pythonscript/on_disk.txt", f"{name}\n")
    assert install(tmp_path).names("register_types") == []
    spec = importlib.util.find_spec("fast")
    assert spec is not None
    assert spec.origin == str(tmp_path / "disk" / name)


def test_the_folder_beside_the_game_is_not_on_the_path(write: Write, tmp_path: Path) -> None:
    install(tmp_path)
    assert _packs.ADDONS in sys.path
    assert str(tmp_path / "disk") not in sys.path


def test_a_native_module_of_a_package_of_pip(write: Write, tmp_path: Path) -> None:
    name = f"_native{EXTENSION_SUFFIXES[0]}"
    (tmp_path / "disk" / SITE_PACKAGES).mkdir(parents=True)
    (tmp_path / "disk" / SITE_PACKAGES / name).touch()
    write("pythonscript/on_disk.txt", f"site-packages/{name}\n")
    install(tmp_path)
    sys.path.append("res://addons/site-packages")
    spec = importlib.util.find_spec("_native")
    assert spec is not None
    assert spec.origin == str(tmp_path / "disk" / SITE_PACKAGES / name)
    assert ("_native", False) in _packs.PackFinder("res://addons/site-packages").iter_modules()


def test_native_modules_of_an_addon_that_is_in_the_pack(write: Write, tmp_path: Path) -> None:
    name = f"_native{EXTENSION_SUFFIXES[0]}"
    (tmp_path / "disk" / "fleet" / "bin").mkdir(parents=True)
    (tmp_path / "disk" / "fleet" / "bin" / name).touch()
    write("fleet/register_types.py", "WHERE = 'the pack'")
    write("pythonscript/on_disk.txt", f"fleet/bin/{name}\n")
    addons = install(tmp_path)
    assert addons.names("register_types") == ["fleet"]
    assert importlib.import_module("fleet.register_types").WHERE == "the pack"
    spec = importlib.util.find_spec("fleet.bin._native")
    assert spec is not None
    assert spec.origin == str(tmp_path / "disk" / "fleet" / "bin" / name)


def test_code_where_there_is_no_source(write: Write, tmp_path: Path) -> None:
    source = write("bare/register_types.py", "class PyBare:\n    pass\n")
    compiled(source, source.with_suffix(".pyc"), UNCHECKED)
    source.unlink()
    addons = install(tmp_path)
    assert addons.names("register_types") == ["bare"]
    (code,) = addons.codes("bare")
    assert not isinstance(code, str)
    assert "PyBare" in code.co_names


# Data and metadata


def test_resources(write: Write, tmp_path: Path) -> None:
    write("has/__init__.py")
    write("has/data/text.txt", "wörld\r\nand more")
    write("has/data/deep/er.txt")
    install(tmp_path)
    data = importlib.resources.files("has") / "data"
    assert data.name == "data"
    assert str(data) == "res://addons/has/data"
    assert data.is_dir()
    assert not data.is_file()
    assert sorted(child.name for child in data.iterdir()) == ["deep", "text.txt"]
    text = data.joinpath("text.txt")
    assert text.read_bytes() == "wörld\r\nand more".encode()
    with text.open(encoding="utf-8") as file:
        assert file.readline() == "wörld\n"
    with importlib.resources.as_file(text) as path:
        assert path.read_bytes() == text.read_bytes()
    with pytest.raises(ValueError, match="opened to read, by 'r' or 'rb', and not by 'w'"):
        text.open("w")  # type: ignore[call-overload]
    with pytest.raises(FileNotFoundError, match="res://addons/has/data/absent"):
        (data / "absent").read_text()
    with pytest.raises(NotADirectoryError, match="text"):
        list(text.iterdir())


def test_distributions(write: Write, tmp_path: Path) -> None:
    write(
        "site-packages/two_words-1.5.dist-info/METADATA",
        "Metadata-Version: 2.1\nName: two-words\nVersion: 1.5\n",
    )
    write("site-packages/two_words-1.5.dist-info/entry_points.txt", "[games]\nvoyage = two_words:main\n")
    write("site-packages/two_words-1.5.dist-info/RECORD", "two_words.py,,\nabsent.py,,\n")
    write("site-packages/two_words.py")
    write("site-packages/other-3.dist-info/METADATA", "Metadata-Version: 2.1\nName: other\nVersion: 3\n")
    install(tmp_path)
    sys.path.insert(0, "res://addons/site-packages")
    assert importlib.metadata.version("Two.Words") == "1.5"
    assert [point.value for point in importlib.metadata.entry_points(group="games")] == ["two_words:main"]
    listed = importlib.metadata.files("two_words") or []
    assert [file.locate().exists() for file in listed if file.name == "two_words.py"] == [True]  # type: ignore[attr-defined]
    assert {"two-words", "other"} <= {found.name for found in importlib.metadata.distributions()}
    with pytest.raises(importlib.metadata.PackageNotFoundError):
        importlib.metadata.version("two")


def test_separators_of_windows_are_the_engines(write: Write) -> None:
    write("some/file.txt", "text")
    assert _packs.read("res://addons\\some\\file.txt") == b"text"
    assert os.sep == "/" or _packs.is_file("res://addons/some/file.txt")
