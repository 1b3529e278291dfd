from __future__ import annotations

import errno
import importlib.util
import marshal
import os
import sys
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path
from types import CodeType

import pytest

from godot import _export_plan
from godot._export_plan import EXTENSION, LISTING, Plan

TARGET = "linux.x86_64"
CACHED = f"__pycache__/{{}}.{sys.implementation.cache_tag}.pyc"


@pytest.fixture
def addons(tmp_path: Path) -> Path:
    folder = tmp_path / "addons"
    for name, text in {
        "ship/register_types.py": "import ship.hull\n",
        "ship/register_editor_types.py": "",
        "ship/hull.py": "PLATES = 7\n",
        "ship/hull.pyi": "",
        "ship/__pycache__/hull.cpython-39.pyc": "",
        "ship/.hidden/secret.py": "",
        "ship/data/levels.json": "{}",
        "ship/data/flag.png": "",
        "ship/data/flag.png.import": "",
        "ship/data/kept.csv": "",
        "ship/scene.tscn": "",
        "ship/script.gd": "",
        "plugin/plugin.gd": "",
        "plugin/build.py": "",
        "single.py": "ALONE = True\n",
        "pythonscript/godot/__init__.py": "",
        "site-packages/pure/__init__.py": "",
        "site-packages/pure/table.csv": "",
        "site-packages/pure/table.csv.import": "",
        "site-packages/pure-1.0.dist-info/METADATA": "",
        "site-packages/bin/tool": "",
        f"site-packages/_speed{EXTENSION_SUFFIXES[0]}": "",
        "site-packages/number/__init__.py": "",
        "site-packages/number/core.so": "",
        "site-packages/number/tool": "",
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def names(plan: Plan, folder: str) -> set[str]:
    start = f"addons/{folder}/"
    return {name.removeprefix(start) for name in plan.packed if name.startswith(start)}


def test_an_addon_goes_into_the_pack(addons: Path) -> None:
    plan = _export_plan.make(addons, TARGET)
    assert names(plan, "ship") == {
        *("register_types.py", CACHED.format("register_types"), "hull.py", CACHED.format("hull")),
        *("data/levels.json", "data/kept.csv"),
    }
    assert plan.packed["addons/ship/hull.py"] == b"PLATES = 7\n"
    assert "addons/single.py" in plan.packed
    assert not names(plan, "plugin")
    assert names(plan, "pythonscript") == {"on_disk.txt"}
    assert not plan.warnings


def test_bytecode_is_that_of_the_source_and_unchecked(addons: Path) -> None:
    made = _export_plan.make(addons, TARGET).packed[f"addons/ship/{CACHED.format('hull')}"]
    assert made[:4] == importlib.util.MAGIC_NUMBER
    assert made[4:8] == b"\x01\0\0\0"
    assert made[8:16] == importlib.util.source_hash(b"PLATES = 7\n")
    code = marshal.loads(made[16:])
    assert isinstance(code, CodeType)
    assert code.co_filename == "res://addons/ship/hull.py"


def test_bytecode_alone(addons: Path) -> None:
    plan = _export_plan.make(addons, TARGET, sources=False)
    assert names(plan, "ship") == {"register_types.pyc", "hull.pyc", "data/levels.json", "data/kept.csv"}
    assert "addons/single.pyc" in plan.packed


def test_no_bytecode_for_another_python(addons: Path) -> None:
    plan = _export_plan.make(addons, TARGET, bytecode=False, sources=False)
    assert names(plan, "ship") == {"register_types.py", "hull.py", "data/levels.json", "data/kept.csv"}


def test_packages_of_pip(addons: Path) -> None:
    plan = _export_plan.make(addons, TARGET)
    assert names(plan, "site-packages") == {
        *("pure/__init__.py", f"pure/{CACHED.format('__init__')}"),
        *("pure/table.csv", "pure-1.0.dist-info/METADATA"),
    }
    speed = f"site-packages/_speed{EXTENSION_SUFFIXES[0]}"
    assert plan.beside.keys() == {speed, "site-packages/number"}
    assert plan.packed[LISTING].decode().splitlines() == [
        *(speed, "site-packages/number/__init__.py", "site-packages/number/core.so"),
        "site-packages/number/tool",
    ]


def test_what_goes_beside_the_game_is_staged_with_bytecode(addons: Path, tmp_path: Path) -> None:
    (addons / "site-packages" / "number" / "tool").chmod(0o755)
    (addons / "site-packages" / "number" / "core.so").chmod(0o755)
    (addons / "site-packages" / "number" / "broken.py").write_text("def (\n")
    plan = _export_plan.make(addons, TARGET)
    executable = _export_plan.stage(plan.beside["site-packages/number"], addons, tmp_path / "stage")
    place = tmp_path / "stage" / "site-packages" / "number"
    assert executable == [place / "tool"]
    assert {path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()} == {
        *("__init__.py", CACHED.format("__init__"), "broken.py", "core.so", "tool"),
    }
    assert not (tmp_path / "stage" / "ship").exists()


def test_an_addon_without_native_modules_has_no_listing(addons: Path) -> None:
    for path in (addons / "site-packages").rglob("*.so"):
        path.unlink()
    assert LISTING not in _export_plan.make(addons, TARGET).packed


def library(addons: Path, name: str, built: str = TARGET) -> str:
    """Gives the addon `ship` a file of a library's name and header; returns its path in `addons`."""
    path = addons / "ship" / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(HEADERS[built])
    return f"ship/{name}"


MODULE = f"bin/speed{EXTENSION_SUFFIXES[0]}"


def test_native_modules_in_a_folder_of_their_own_leave_the_addon_in_the_pack(
    addons: Path, tmp_path: Path
) -> None:
    library(addons, MODULE)
    library(addons, "bin/speed.cp311-win_amd64.pyd", "windows.x86_64")
    (addons / "ship" / "bin" / "LICENSE").touch()
    plan = _export_plan.make(addons, TARGET, sources=False)
    assert names(plan, "ship") == {"register_types.pyc", "hull.pyc", "data/levels.json", "data/kept.csv"}
    assert {path.name for path in plan.beside["ship/bin"]} == {Path(MODULE).name, "LICENSE"}
    assert {f"ship/{MODULE}", "ship/bin/LICENSE"} <= {*plan.packed[LISTING].decode().splitlines()}
    assert not plan.warnings
    _export_plan.stage(plan.beside["ship/bin"], addons, tmp_path / "stage")
    assert sorted(path.name for path in (tmp_path / "stage" / "ship").rglob("*")) == [
        *("LICENSE", "bin", Path(MODULE).name)
    ]


def test_those_of_another_system_are_left_out_and_told(addons: Path) -> None:
    library(addons, MODULE)
    plan = _export_plan.make(addons, "windows.x86_64")
    assert "ship/bin" not in plan.beside
    assert "hull.py" in names(plan, "ship")
    assert not any("bin" in name for name in names(plan, "ship"))
    (told,) = [text for text in plan.warnings if "addons/ship" in text]
    assert told == (
        "addons/ship/bin has native modules for another system than windows.x86_64, "
        f"such as {Path(MODULE).name}"
    )


@pytest.mark.parametrize(
    "other", ["bin/libspeed.so", "speed.cpython-311-x86_64-linux-gnu.so", "bin/a/b.abi3.so"]
)
def test_what_may_be_looked_for_beside_its_addon_takes_it_along(addons: Path, other: str) -> None:
    library(addons, MODULE)
    (addons / "ship" / other).parent.mkdir(exist_ok=True)
    library(addons, other)
    plan = _export_plan.make(addons, TARGET)
    assert "ship" in plan.beside
    assert not names(plan, "ship")


@pytest.mark.parametrize(
    ("target", "name", "fits"),
    [
        ("linux.x86_64", "core.so", True),
        ("linux.x86_64", "core.pyd", False),
        ("windows.x86_64", "core.so", False),
        ("windows.x86_64", "core.pyd", True),
        ("windows.x86_64", "helper.dll", True),
        ("macos.arm64", "core.so", True),
        ("macos.arm64", "core.dylib", True),
        ("macos.arm64", "core.dll", False),
    ],
)
def test_native_modules_of_another_system_are_told(
    target: str, name: str, fits: bool, tmp_path: Path
) -> None:
    (tmp_path / "turret").mkdir()
    for file in ("register_types.py", name):
        (tmp_path / "turret" / file).touch()
    (told,) = _export_plan.make(tmp_path, target).warnings or [""]
    expected = f"addons/turret has native modules for another system than {target}, such as {name}"
    assert told == ("" if fits else expected)


ELF = b"\x7fELF".ljust(18, b"\0")
MACH_O = b"\xcf\xfa\xed\xfe"
PE = b"MZ".ljust(60, b"\0") + (64).to_bytes(4, "little") + b"PE\0\0"
HEADERS = {
    "linux.x86_64": ELF + b"\x3e\0",
    "linux.arm64": ELF + b"\xb7\0",
    "windows.x86_64": PE + b"\x64\x86",
    "macos.x86_64": MACH_O + b"\7\0\0\1",
    "macos.arm64": MACH_O + b"\x0c\0\0\1",
}
"""How the files of native modules begin."""


@pytest.mark.parametrize("target", HEADERS)
@pytest.mark.parametrize("built", [*HEADERS, "macos.universal"])
def test_native_modules_are_known_by_what_is_in_them(built: str, target: str, tmp_path: Path) -> None:
    """Their names do not tell: `pip` calls them `.so` on Linux and macOS, whatever the processor."""
    (tmp_path / "turret").mkdir()
    (tmp_path / "turret" / "register_types.py").touch()
    name = "core.pyd" if "windows" in (built.partition(".")[0], target.partition(".")[0]) else "core.so"
    (tmp_path / "turret" / name).write_bytes(HEADERS.get(built, b"\xca\xfe\xba\xbe\0\0\0\2"))
    fits = built == target or (built == "macos.universal" and target.startswith("macos."))
    assert len(_export_plan.make(tmp_path, target).warnings) == (not fits)


@pytest.mark.parametrize(
    "source",
    [b"def (\n", b"\0", b"# coding: none\n", b"'\xff'\n", b"-" * 200_000 + b"1\n", b"1+" * 200_000 + b"1\n"],
    ids=["syntax", "zero", "coding", "not UTF-8", "too deep", "too long"],
)
def test_a_module_that_cannot_be_compiled_is_told_and_goes_along(addons: Path, source: bytes) -> None:
    for sources in (True, False):
        (addons / "ship" / "hull.py").write_bytes(source)
        plan = _export_plan.make(addons, TARGET, sources=sources)
        assert plan.packed["addons/ship/hull.py"] == source
        (told,) = plan.warnings
        assert told.startswith("addons/ship/hull.py cannot be compiled, and is exported as it is: ")


@pytest.mark.parametrize(
    ("given", "applied", "drops"),
    [
        ("", [], False),
        ("addons/*", [], True),
        ("*", [], True),
        ("ADDONS/*", [], True),
        ("*.gdextension", [], True),
        ("addons/pythonscript/*", [], True),
        ("addons/ship/*, *.md", ["addons/ship/*", "*.md"], False),
        ("res://addons/ship/*,addons/*", ["addons/ship/*"], True),
    ],
)
def test_exclude_filters(given: str, applied: list[str], drops: bool) -> None:
    assert _export_plan.patterns(given) == applied
    assert _export_plan.takes(given, EXTENSION) is drops


def test_what_the_engine_is_not_to_export_too(addons: Path) -> None:
    taken = _export_plan.make(addons, TARGET, sources=False).taken
    assert {"addons/ship/hull.py", "addons/ship/data/levels.json", "addons/single.py"} <= taken
    assert any(name.startswith("addons/site-packages/") and name.endswith(".so") for name in taken)
    assert not {"addons/ship/data/flag.png", "addons/ship/register_editor_types.py"} & taken


def test_a_file_and_its_folders() -> None:
    found = _export_plan.with_folders("res://addons/ship/hull.py")
    assert found == ["res://addons/ship/hull.py", "res://addons/ship/", "res://addons/", "res://"]


def test_what_is_excluded_is_left_out(addons: Path) -> None:
    plan = _export_plan.make(addons, TARGET, exclude=["addons/ship/data/*", "HULL.PY"])
    assert names(plan, "ship") == {"register_types.py", CACHED.format("register_types")}


def test_a_folder_that_is_a_link_goes_along(addons: Path, tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "tools.py").write_text("HERE = True\n", encoding="utf-8")
    (shared / "back").symlink_to(addons / "ship")
    (addons / "ship" / "shared").symlink_to(shared)
    (addons / "ship" / "loop").symlink_to(addons / "ship")
    (addons / "linked").symlink_to(addons / "ship")
    plan = _export_plan.make(addons, TARGET)
    expected = {"shared/tools.py", f"shared/{CACHED.format('tools')}"}
    assert {name for name in names(plan, "ship") if "/tools." in name} == expected
    assert "loop/hull.py" not in names(plan, "ship")
    assert {"hull.py", *expected} <= names(plan, "linked")
    assert plan.warnings == []


def test_a_native_module_directly_among_the_addons(addons: Path) -> None:
    fast = f"fast{EXTENSION_SUFFIXES[0]}"
    for name in (fast, "libother.dll", "notes.txt"):
        (addons / name).touch()
    plan = _export_plan.make(addons, TARGET)
    assert plan.beside[fast] == [addons / fast]
    assert not {"libother.dll", "notes.txt"} & plan.beside.keys()
    assert fast in plan.packed[LISTING].decode().splitlines()


def refused(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    """Plays folders that may not be read; for root there are none."""
    real = os.listdir

    def listdir(path: Path | str) -> list[str]:
        if Path(path) in folders:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return real(path)

    monkeypatch.setattr(os, "listdir", listdir)


def test_folders_that_cannot_be_read_are_told(addons: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(monkeypatch, addons / "plugin", addons / "ship" / "data")
    plan = _export_plan.make(addons, TARGET)
    assert plan.warnings == [
        "addons/plugin cannot be read, and is not exported: Permission denied",
        "addons/ship/data cannot be read, and is not exported: Permission denied",
    ]
    assert "hull.py" in names(plan, "ship")
    assert not _export_plan.make(addons, TARGET, exclude=["addons/plugin/*", "addons/ship/*"]).warnings


def test_files_that_cannot_be_read_are_told(addons: Path) -> None:
    (addons / "ship" / "lost.py").symlink_to(addons / "nowhere.py")
    (addons / "site-packages" / "number" / "memory.py").symlink_to("/proc/self/mem")
    plan = _export_plan.make(addons, TARGET)
    assert plan.warnings == [
        "addons/ship/lost.py cannot be read, and is not exported: No such file or directory",
        "addons/site-packages/number/memory.py cannot be read, and is not exported: Input/output error",
    ]
    assert "hull.py" in names(plan, "ship")
    assert _export_plan.make(addons, TARGET, exclude=["lost.py", "memory.py"]).warnings == []


@pytest.mark.parametrize(
    ("files", "python", "told"),
    [
        (["core.cpython-311-x86_64-linux-gnu.so"], "3.11", ""),
        (["core.cpython-312-x86_64-linux-gnu.so"], "3.11", "core.cpython-312-x86_64-linux-gnu.so"),
        (["core.cpython-313t-x86_64-linux-gnu.so"], "3.13", "core.cpython-313t-x86_64-linux-gnu.so"),
        (["core.cpython-311-x86_64-linux-gnu.so", "core.cpython-312-x86_64-linux-gnu.so"], "3.12", ""),
        (["core.abi3.so", "other.so", "libcore-5b3f312.so"], "3.11", ""),
        (["core.cp312-win_amd64.pyd"], "3.11", "core.cp312-win_amd64.pyd"),
        (["core.cpython-312-darwin.so"], "3.12", ""),
    ],
)
def test_native_modules_for_another_python_are_told(
    files: list[str], python: str, told: str, tmp_path: Path
) -> None:
    target = "windows.x86_64" if files[0].endswith(".pyd") else TARGET
    (tmp_path / "turret").mkdir()
    for file in ("register_types.py", *files):
        (tmp_path / "turret" / file).touch()
    expected = f"addons/turret has native modules for another Python than {python}, such as {told}"
    assert _export_plan.make(tmp_path, target, python=python).warnings == ([expected] if told else [])


@pytest.mark.parametrize(
    ("required", "told"),
    [(">=3.12", True), (">= 3.12, <4", True), (">=3.8", False), ("<4,>=3.11", False), (">2.7", False)],
)
def test_packages_that_need_a_newer_python_are_told(required: str, told: bool, addons: Path) -> None:
    (addons / "site-packages" / f"_speed{EXTENSION_SUFFIXES[0]}").unlink()
    metadata = addons / "site-packages" / "pure-1.0.dist-info" / "METADATA"
    metadata.write_text(f"Name: pure\nRequires-Python: {required}\n\nRequires-Python: >=3.99\n")
    expected = "addons/site-packages/pure-1.0.dist-info needs Python 3.12, and the game has 3.11"
    assert _export_plan.make(addons, TARGET, python="3.11").warnings == ([expected] if told else [])


def test_the_hosts_own_files_are_staged_with_unchecked_bytecode(addons: Path, tmp_path: Path) -> None:
    host = addons / "pythonscript"
    (host / "bin" / "_pythonscript").mkdir(parents=True)
    for name in ("bin/_pythonscript/__init__.py", "bin/_pythonscript/members.so", "godot/_engine.pyi"):
        (host / name).touch()
    _export_plan.stage(_export_plan.host_files(addons), addons, tmp_path / "stage")
    staged = {
        path.relative_to(tmp_path / "stage" / "pythonscript").as_posix(): path
        for path in (tmp_path / "stage").rglob("*")
        if path.is_file()
    }
    cached = CACHED.format("__init__")
    assert staged.keys() == {
        *("godot/__init__.py", f"godot/{cached}"),
        *("bin/_pythonscript/__init__.py", f"bin/_pythonscript/{cached}", "bin/_pythonscript/members.so"),
    }
    assert staged[f"godot/{cached}"].read_bytes()[4:8] == b"\x01\0\0\0"
