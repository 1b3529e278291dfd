"""What an exported game does with Python, wherever it is and however it was exported."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests.exports.conftest import GameOf
from tests.exports.games import PROGRAM, SECONDS, Machine, answers, run_game, tree
from tests.loopback.network import listening

HOST = "addons/pythonscript"
PLATFORM = "linux.x86_64"


@pytest.mark.parametrize("preset", ["release", "debug", "stripped"])
def test_a_game_on_a_machine_that_has_nothing(
    preset: str, game_of: GameOf, machine: Machine, servers: list[str]
) -> None:
    run = machine.run(game_of(preset), *servers)
    got = answers(run)
    place = "/game" if machine.isolates else str(game_of(preset))
    bytecode = preset == "stripped"
    ending = ".pyc" if bytecode else ".py"

    where = got["where"]
    assert where["file"] == f"res://addons/voyager/register_types{ending}"
    assert where["prefix"] == f"{place}/{HOST}/python/{PLATFORM}"
    assert [
        entry for entry in where["path"] if not entry.startswith(("res://addons", f"{place}/{HOST}"))
    ] == []
    assert not where["writes_bytecode"]
    assert where["client"].startswith(f"{place}/addons/pythonscript_http/bin/client__mypyc.")

    assert got["early"] == 7
    assert got["data"] == [
        *("hello, wörld\n", "hello, wörld\n", {"levels": [1, 2]}),
        *(["greeting.txt", "levels.json"], True, False),
    ]
    assert got["packages"]["h11"][1] == f"res://addons/site-packages/h11/__init__{ending}"
    assert got["packages"]["brotli"][1] == f"res://addons/site-packages/brotli{ending}"
    assert got["packages"]["_brotli"][1].startswith(f"{place}/addons/site-packages/_brotli.")
    assert got["packages"]["gadget"][1] == f"{place}/addons/site-packages/gadget/__init__.py"
    assert os.access(game_of(preset) / "addons" / "site-packages" / "gadget" / "tool", os.X_OK)
    assert got["modules"] == [
        f"voyager.{name}" for name in ("deep", "deep.well", "preload", "register_types", "trouble")
    ]
    assert got["threads"] == [7] * 8
    assert got["opened"].startswith(
        "FileNotFoundError: [Errno 2] No such file or directory: 'res://addons/voyager/"
    )
    assert got["heir"] == "PyVoyager"

    for text in (got["failure"], run.output):
        assert 'File "res://addons/voyager/trouble.py", line 5, in make' in text
        assert ('raise ValueError("trouble in space")' in text) is not bytecode

    assert "cannot be started: the Python of a game has no executable" in got["child"]
    assert got["roots"] > 100
    assert got["observed"] == [False, False, []]
    no_code = "Control._get_tooltip() is a virtual method, for which super() has no code"
    assert got["engine"] == [True, no_code, "MOUSE_FILTER_PASS", "MOUSE_FILTER_PASS", "OK"]
    assert got["https"] == "secret"
    assert got["http"] == "hello, world\n"


def at_place(game: Path, place: Path) -> list[str | Path]:
    """Moves the game, as far as the system can tell."""
    shutil.copytree(game, place)
    return [place / PROGRAM]


def test_a_game_that_was_moved(game_of: GameOf, tmp_path: Path) -> None:
    command = at_place(game_of("release"), tmp_path / "My Games" / "Vöyage – 旅")
    got = answers(run_game(command, cwd=tmp_path, variables={"HOME": str(tmp_path / "home")}))
    assert got["where"]["prefix"].startswith(str(tmp_path / "My Games" / "Vöyage – 旅" / HOST))


def test_a_game_started_by_a_link(game_of: GameOf, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "voyage").symlink_to(game_of("release") / PROGRAM)
    got = answers(run_game([tmp_path / "bin" / "voyage"], variables={"HOME": str(tmp_path / "home")}))
    assert got["threads"] == [7] * 8


def test_a_players_environment_does_not_matter(game_of: GameOf, tmp_path: Path) -> None:
    """Whatever it names: a Python of the player's is none of the game's business."""
    variables = {
        "HOME": str(tmp_path / "home"),
        "PYTHONSCRIPT_HOME": sys.prefix,
        "PYTHONHOME": "/nowhere",
        "PYTHONPATH": str(tmp_path),
        "PYTHONUTF8": "0",
        "LC_ALL": "C",
        "LD_LIBRARY_PATH": str(tmp_path),
        "PATH": os.environ["PATH"],
    }
    (tmp_path / "json.py").write_text("raise SystemExit('got in')\n", encoding="utf-8")
    game = game_of("release")
    for library in (game / HOST / "python" / PLATFORM / "lib").glob("*.so*"):
        (tmp_path / library.name).write_text("no library\n", encoding="utf-8")
    got = answers(run_game([game / PROGRAM], variables=variables))
    assert got["where"]["prefix"].startswith(str(game))
    assert got["roots"] > 100


def test_a_folder_that_cannot_be_written(game_of: GameOf, machine: Machine, tmp_path: Path) -> None:
    game = tmp_path / "game"
    shutil.copytree(game_of("release"), game)
    before = tree(game)
    if machine.isolates is None:
        for path in (game, *game.rglob("*")):
            path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    home = "/home" if machine.isolates else str(tmp_path / "home")
    got = answers(machine.run(game, variables=[f"HOME={home}"], writable=False))
    assert got["threads"] == [7] * 8
    assert tree(game) == before


def test_what_an_earlier_version_left_is_not_imported(game_of: GameOf, tmp_path: Path) -> None:
    """Targets of exports are never cleaned."""
    game = tmp_path / "game"
    shutil.copytree(game_of("release"), game)
    for name in ("voyager", "removed"):
        left = game / "addons" / name
        left.mkdir()
        (left / "register_types.py").write_text("raise SystemExit('it is alive')\n", encoding="utf-8")
    packages = game / "addons" / "site-packages"
    for name in ("h11.py", "gadget/left.py"):
        (packages / name).write_text("1 / 0\n", encoding="utf-8")
    got = answers(run_game([game / PROGRAM], variables={"HOME": str(tmp_path / "home")}))
    assert got["heir"] == "PyVoyager"
    assert not got["left"]


@pytest.mark.parametrize("preset", ["release", "debug", "stripped"])
def test_no_bytecode_of_a_game_is_checked(preset: str, game_of: GameOf) -> None:
    """Nothing changes there, and each check reads the source (PEP 552)."""
    modes = {path: path.read_bytes()[4] for path in (game_of(preset) / "addons").rglob("*.pyc")}
    assert any(path.parts[-3:-1] == ("godot", "__pycache__") for path in modes)
    assert [path for path, mode in modes.items() if mode != 1] == []


@pytest.mark.parametrize("preset", ["release", "stripped"])
def test_what_was_put_beside_a_game_is_not_imported(preset: str, game_of: GameOf, tmp_path: Path) -> None:
    """By the names of what is imported, and where the pack has none: the engine looks there on the disk."""
    game = tmp_path / "game"
    shutil.copytree(game_of(preset), game)
    names = ["socket.py", "threading.py", "httptools.py", "alpha/__init__.py"]
    names += ["voyager/__init__.py", "voyager/register_types.py", "voyager/deep/__init__.py"]
    for name in names:
        planted = game / "addons" / name
        planted.parent.mkdir(parents=True, exist_ok=True)
        planted.write_text("raise SystemExit('it got in')\n", encoding="utf-8")
    run = run_game([game / PROGRAM], variables={"HOME": str(tmp_path / "home")})
    assert answers(run)["heir"] == "PyVoyager"


def test_only_a_debug_build_tells_a_debugger_of_its_requests(game_of: GameOf, tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path / "home")}
    with listening("127.0.0.1") as (port, _):
        options = "--remote-debug", f"tcp://127.0.0.1:{port}"
        got = answers(run_game([game_of("debug") / PROGRAM, *options], variables=home))
        command = [str(game_of("release") / PROGRAM), "--headless", *options]
        refused = subprocess.run(
            command, env=home, capture_output=True, text=True, check=False, timeout=SECONDS
        )
    assert got["observed"][:2] == [True, True]
    assert refused.returncode == 1
    assert "compiled without debug" in refused.stderr
