"""The door itself: what it makes of a command line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import dev
from devkit import engine, environment, project, servers

DOOR = project.ROOT / "tools" / "dev.py"


@pytest.fixture
def became(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """What the door would have become, with a set-up that is all done."""
    commands: list[list[str]] = []

    def ready(_: dev.Door) -> tuple[environment.Environment, engine.Engine]:
        return environment.Environment(Path("/env")), engine.Engine(Path("/godot"), "4.6")

    def become(command: list[str]) -> int:
        commands.append(command)
        return 7

    monkeypatch.setattr(dev.Door, "_ready", ready)
    monkeypatch.setattr(dev, "_become", become)
    monkeypatch.setattr(servers, "ensure", lambda _: {})
    return commands


@pytest.mark.parametrize(
    "arguments", [[], ["-k", "name"], ["--", "--mine"], ["--help"], ["a", "--version", "--", "b"]]
)
@pytest.mark.parametrize("before", [[], ["--godot", "godot"]])
def test_arguments_pass_through_untouched(
    became: list[list[str]], arguments: list[str], before: list[str]
) -> None:
    assert dev.main([*before, "godot", *arguments]) == 7
    assert dev.main(["godot", *before, *arguments]) == 7
    assert dev.main([*before, "test", *arguments]) == 7
    run = ["/godot", "--path", str(project.ROOT), *arguments]
    assert became == [run, run, ["/env/bin/python", "-m", "pytest", *arguments]]


@pytest.mark.parametrize(
    "place", [["--godot", "{}", "setup"], ["setup", "--godot", "{}"], ["setup", "--godot={}"]]
)
def test_a_named_engine_is_asked_for(
    place: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environment, "ensure", lambda: environment.Environment(tmp_path))
    assert dev.main([part.format(tmp_path / "absent") for part in place]) == 1
    assert f"--godot names {tmp_path / 'absent'}, which cannot be run" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["setup", "build", "demo", "lint", "interface", "clean"])
def test_an_unknown_argument_is_named_before_anything_is_done(
    command: str, capsys: pytest.CaptureFixture[str], empty_cache: Path
) -> None:
    assert dev.main([command, "--quick"]) == 1
    assert "--quick" in capsys.readouterr().err
    assert not empty_cache.exists()


def test_the_exit_code_and_the_output_are_those_of_what_runs() -> None:
    code = f"import sys; sys.path.insert(0, {str(DOOR.parent)!r}); import dev; dev._become(sys.argv[1:])"
    command = [sys.executable, "-c", code, "/bin/sh", "-c", "echo out; echo err >&2; exit 9"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (9, b"out\n", b"err\n")


def test_ctrl_c_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(environment, "ensure", interrupted)
    assert dev.main(["setup"]) == 130
    assert capsys.readouterr().err == "\ntools/dev.py: stopped\n"


def test_help_lists_every_command() -> None:
    text = subprocess.check_output([sys.executable, DOOR, "--help"], text=True, timeout=120)
    for name, function in dev.COMMANDS.items():
        assert f"  {name:<11} {function.__doc__}" in text
