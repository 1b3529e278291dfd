"""The commands that the pages show: the door knows its own, and the others do what the page says."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs.blocks import GUIDE, ROOT, Block, blocks
from tests.loopback.certificates import Authority

import dev

SECONDS = 120.0
"""No command takes longer."""

DOOR = ["python3", "tools/dev.py"]


def commands(block: Block) -> list[list[str]]:
    """The words of each line, without the comment behind them."""
    return [words for line in block.text.splitlines() if (words := shlex.split(line, comments=True))]


SHOWN = {
    f"{block.place}: {' '.join(words)}": words[len(DOOR) :]
    for block in blocks("sh")
    for words in commands(block)
    if words[: len(DOOR)] == DOOR
}
"""The arguments of the door's commands, by where they stand."""

OTHERS = {
    block.name: block
    for block in blocks("sh")
    if block.page != GUIDE and any(words[: len(DOOR)] != DOOR for words in commands(block))
}
"""Blocks with other commands."""


# The door's own


@pytest.mark.parametrize("arguments", SHOWN.values(), ids=SHOWN)
def test_the_door_knows_the_command(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    command, *options = arguments
    assert command in list(dev.COMMANDS)
    monkeypatch.setitem(dev.COMMANDS, command, lambda _: 7)
    assert dev.main(arguments) == 7
    match command:
        case "test":
            tests = [option for option in options if option.startswith("tests/")]
            assert [path for path in tests if not (ROOT / path).exists()] == []
            if others := [option for option in options if option not in tests]:
                # It reads its options, and runs nothing.
                look = [sys.executable, "-m", "pytest", "--markers", *others]
                subprocess.run(look, cwd=ROOT, check=True, stdout=subprocess.DEVNULL, timeout=SECONDS)
        case "godot":
            known = subprocess.check_output([os.environ["GODOT"], "--help"], text=True, timeout=SECONDS)
            assert [option for option in options if option.startswith("-") and option not in known] == []
        case "bundle":
            assert [option for option in options if option.startswith("-")] in ([], ["--source"])
        case "release":
            assert options == ["--check"]
        case _:
            assert options == [], "this test does not know whether the command has these options"


def test_the_readme_begins_with_what_ci_runs() -> None:
    (first,) = (block for block in blocks("sh") if block.page == "README.md" and block.line < 20)
    assert commands(first) == [[*DOOR, "demo"], [*DOOR, "test"]]
    assert f"exec {' '.join(DOOR)} test" in (ROOT / ".ci" / "run").read_text().splitlines()


def test_the_demo_runs() -> None:
    command = [sys.executable, "tools/dev.py", "demo"]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, errors="replace", check=False, timeout=SECONDS
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith("All answers agree.")


def test_the_door_opens_another_project(tmp_path: Path) -> None:
    assert ["godot", "--editor", "--path", "/path/to/your/project"] in SHOWN.values()
    (tmp_path / "project.godot").write_text('config_version=5\n[application]\nconfig/name="another"\n')
    (tmp_path / "say.gd").write_text(SAY)
    options = ["--headless", "--path", str(tmp_path), "--script", "res://say.gd"]
    command = [sys.executable, "tools/dev.py", "godot", *options]
    assert "this is another\n" in subprocess.check_output(command, cwd=ROOT, text=True, timeout=SECONDS)


SAY = """\
extends SceneTree


func _initialize() -> void:
\tprint("this is ", ProjectSettings.get_setting("application/config/name"))
\tquit()
"""


# Others


def run(name: str, folder: Path) -> str:
    """Runs a block in a folder; returns its output."""
    block = OTHERS[name]
    command = ["/bin/sh", "-e", "-c", block.text]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=SECONDS)
    assert done.returncode == 0, f"{block.place}: {done.stderr}"
    return done.stdout


def the_engine_runs_it(name: str, folder: Path) -> None:
    """An editor's first start: test_9_pages.py runs it, in a project that needs it."""
    assert commands(OTHERS[name]) == [["godot", "--headless", "--import"]]


def a_package_is_installed(name: str, folder: Path) -> None:
    """Without the network: by the names of the options, which pip checks before all else."""
    ((_, _, pip, *arguments),) = commands(OTHERS[name])
    assert pip == "pip"
    command = [sys.executable, "-m", "pip", *arguments, "--no-index", "--dry-run"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=SECONDS)
    assert "No matching distribution found for h11" in done.stderr


def the_pin_is_printed(name: str, folder: Path) -> None:
    identity = Authority().issue("localhost")
    (folder / "server.crt").write_text(identity.chain_pem)
    assert f"sha256//{run(name, folder)}" == f"{identity.pin}\n"


CHECKS = {
    "readme_in_a_project_of_your_own": the_engine_runs_it,
    "addons_pythonscript_http_readme_what_it_needs": the_engine_runs_it,
    "docs_exporting_packages_from_pip": a_package_is_installed,
    "docs_exporting_without_a_window": the_engine_runs_it,
    "docs_tls_to_pin_a_key": the_pin_is_printed,
}


@pytest.mark.parametrize("name", OTHERS, ids=[block.place for block in OTHERS.values()])
def test_other_commands_work(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert name in CHECKS, f"write a check of {name} here, and add it to CHECKS"
    monkeypatch.setenv("PATH", f"{Path(os.environ['OPENSSL']).parent}{os.pathsep}{os.environ['PATH']}")
    CHECKS[name](name, tmp_path)


def test_every_check_has_its_block() -> None:
    assert set(CHECKS) == set(OTHERS)
