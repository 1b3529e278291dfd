from __future__ import annotations

import itertools
import platform
import re
import shutil
import sys
from pathlib import Path

import pytest

from devkit import build, platforms, project
from devkit.console import Failure


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


def libraries() -> dict[str, str]:
    """Those of the extension's file, by platform."""
    text = (project.ROOT / project.EXTENSION.removeprefix("res://")).read_text(encoding="utf-8")
    assert "reloadable = false" in text
    return dict(re.findall(r'^([\w.]+) = "res://addons/pythonscript/bin/(.+)"$', text, re.MULTILINE))


def test_the_extension_file_names_the_library_that_is_built() -> None:
    assert libraries()[platforms.name()] == build.ENTRY


def test_the_extension_file_names_the_library_of_each_platform(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = {}
    for system, machine in itertools.product(platforms.SYSTEMS, platforms.ARCHITECTURES):
        monkeypatch.setattr(sys, "platform", system)
        monkeypatch.setattr(platform, "machine", lambda machine=machine: machine)
        expected[platforms.name()] = platforms.library()
    del expected["windows.arm64"]  # there is no host for it
    assert libraries() == expected
