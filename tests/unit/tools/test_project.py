from __future__ import annotations

import configparser
import itertools
import json
import platform
import shutil
import sys
from pathlib import Path

import pytest

from devkit import platforms, project
from devkit.console import Failure

BIN = "res://addons/pythonscript/bin"


def test_the_extension_is_listed_once_and_others_stay(tmp_path: Path) -> None:
    listing = tmp_path / ".godot" / "extension_list.cfg"
    project.register_extension(tmp_path)
    assert listing.read_text(encoding="utf-8") == f"{project.EXTENSION}\n"
    listing.write_text("res://other.gdextension\n", encoding="utf-8")
    for _ in range(2):
        project.register_extension(tmp_path)
    assert listing.read_text(encoding="utf-8").split() == ["res://other.gdextension", project.EXTENSION]


def test_clean_removes_what_was_made_and_nothing_else(tmp_path: Path) -> None:
    project.register_extension(tmp_path)
    for folder in ("addons/pythonscript/bin", "tools/devkit/__pycache__"):
        (tmp_path / folder).mkdir(parents=True)
    stubs = tmp_path / project.STUBS.relative_to(project.ROOT)
    for kept in ("addons/pythonscript/README.md", "tools/devkit/cache.py", stubs):
        (tmp_path / kept).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / kept).touch()
    project.clean(tmp_path)
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()) == [
        "addons/pythonscript/README.md",
        "tools/devkit/cache.py",
    ]


def test_a_checkout_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    project.require_writable(tmp_path)
    shutil.rmtree(tmp_path / "addons")
    (tmp_path / "addons").touch()
    with pytest.raises(
        Failure, match=r"addons/pythonscript cannot be written \(.*\): the set-up makes files there"
    ):
        project.require_writable(tmp_path)
    with pytest.raises(Failure, match="/proc/self cannot be written"):
        project.require_writable(Path("/proc/self"))


def section(name: str) -> dict[str, str]:
    """A section of the extension's file."""
    file = configparser.ConfigParser()
    file.read(project.ROOT / project.EXTENSION.removeprefix("res://"), encoding="utf-8")
    return dict(file[name])


def test_the_extension_file_names_the_library_of_each_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = {}
    for system, machine in itertools.product(platforms.SYSTEMS, platforms.ARCHITECTURES):
        monkeypatch.setattr(sys, "platform", system)
        monkeypatch.setattr(platform, "machine", lambda machine=machine: machine)
        expected[platforms.name()] = f'"{BIN}/{platforms.library()}"'
    del expected["windows.arm64"]  # there is no host for it
    assert section("libraries") == expected
    assert section("configuration")["reloadable"] == "false"


def test_the_extension_file_names_what_each_platform_takes_along() -> None:
    dependencies = section("dependencies")
    assert list(dependencies) == list(section("libraries"))
    for name, listed in dependencies.items():
        assert json.loads(listed) == {
            f"res://addons/pythonscript/python/{name}": "addons/pythonscript/python",
            "res://addons/pythonscript/godot": "addons/pythonscript",
            f"{BIN}/_pythonscript": "addons/pythonscript/bin",
        }
