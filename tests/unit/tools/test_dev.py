"""The door itself: what it makes of a command line."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

import dev
from devkit import (
    build,
    cache,
    children,
    client,
    engine,
    environment,
    project,
    pythons,
    servers,
    stubs,
    templates,
    tested,
    testing,
    zig,
)

DOOR = project.ROOT / "tools" / "dev.py"


@pytest.fixture
def became(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """What the door would have become, with a set-up that is all done."""
    commands: list[list[str]] = []

    def ready(_: dev.Door, *needs: object) -> tuple[environment.Environment, engine.Engine]:
        return environment.Environment(Path("/env")), engine.Engine(Path("/godot"), "4.6")

    def become(command: list[str]) -> int:
        commands.append(command)
        return 7

    monkeypatch.setattr(dev.Door, "_ready", ready)
    monkeypatch.setattr(children, "become", become)
    monkeypatch.setattr(servers, "ensure", lambda _: {})
    monkeypatch.setattr(templates, "ensure", lambda _: {})
    monkeypatch.setattr(zig, "ensure", lambda _: Path("/zig"))
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
    run = ["/godot", "--path", str(project.ROOT), *arguments]
    assert became == [run, run]


def test_arguments_of_tests_go_to_pytest(became: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    command = ["/env/bin/python", "-m", "pytest"]
    monkeypatch.setattr(testing, "run_all", lambda pytest: 8 if pytest == command else 1)
    assert dev.main(["test", "-k", "name"]) == 7
    assert became == [[*command, "-k", "name"]]
    assert dev.main(["test"]) == 8


@pytest.mark.parametrize(
    "place", [["--godot", "{}", "setup"], ["setup", "--godot", "{}"], ["setup", "--godot={}"]]
)
def test_a_named_engine_is_asked_for(
    place: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environment, "ensure", lambda: pytest.fail("the engine comes first"))
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
    code = "import sys; from devkit import children; children.become(sys.argv[1:])"
    command = [sys.executable, "-c", code, "/bin/sh", "-c", "echo out; echo err >&2; exit 9"]
    done = subprocess.run(command, cwd=DOOR.parent, capture_output=True, check=False, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (9, b"out\n", b"err\n")


ELSEWHERE = "name another folder by $XDG_CACHE_HOME"

CASES: dict[str, tuple[dict[str, str], list[str], str]] = {
    "the cache in /proc": (
        {"XDG_CACHE_HOME": "/proc"},
        [],
        f"/proc/pythonscript cannot be written (No such file or directory): {ELSEWHERE}",
    ),
    "the cache in a file": (
        {"XDG_CACHE_HOME": "{tmp}/file"},
        [],
        f"{{tmp}}/file/pythonscript cannot be written (Not a directory): {ELSEWHERE}",
    ),
    "a home in a file": (
        {"XDG_CACHE_HOME": "", "HOME": "{tmp}/file"},
        [],
        f"{{tmp}}/file/.cache/pythonscript cannot be written (Not a directory): {ELSEWHERE}",
    ),
    "no engine": ({}, ["--godot", ""], "--godot is given no path: give the path of a Godot 4.2 or newer"),
    "no such engine": (
        {"GODOT": "{tmp}/file"},
        [],
        "$GODOT names {tmp}/file, which cannot be run: give the path of a Godot 4.2 or newer",
    ),
    "no compiler": (
        {"CC": "{tmp}/absent"},
        [],
        f"{sys.executable} lacks a C compiler: on Debian, sudo apt install gcc libc6-dev",
    ),
}


@pytest.mark.parametrize("command", ["setup", "lint"])
@pytest.mark.parametrize("case", CASES)
def test_what_keeps_the_set_up_from_its_end_is_one_sentence(case: str, command: str, tmp_path: Path) -> None:
    """Runs the real door, on a machine where something is odd."""
    (tmp_path / "file").touch()
    variables, arguments, sentence = CASES[case]
    known = {name: value.format(tmp=tmp_path) for name, value in variables.items()}
    done = subprocess.run(
        [sys.executable, str(DOOR), *arguments, command],
        env={**os.environ, **known},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"tools/dev.py: {sentence.format(tmp=tmp_path)}\n"


def test_a_checkout_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    """Runs the door of a copy of the tree that has a file where a folder of ours is to be."""
    shutil.copytree(project.ROOT / "tools", tmp_path / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "addons").touch()
    command = [sys.executable, str(tmp_path / "tools" / "dev.py"), "setup"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (
        1,
        f"tools/dev.py: {tmp_path}/addons/pythonscript cannot be written (Not a directory):"
        " the set-up makes files there, so use a checkout of your own\n",
    )


def test_what_nobody_foresaw_is_a_sentence_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full() -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "/x")

    monkeypatch.setattr(environment, "ensure", full)
    monkeypatch.setattr(engine, "need", lambda _: cache.Need())
    assert dev.main(["setup"]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == (
        "tools/dev.py: /x: No space left on device: the disk is full"
    )


def test_the_readme_says_what_the_set_up_takes() -> None:
    readme = (project.ROOT / "README.md").read_text(encoding="utf-8")
    needs = (environment.NEED, engine.NEED)
    disk, download = sum(need.disk for need in needs), sum(need.download for need in needs)
    text = " ".join(readme.split())
    assert f"{disk} MB of disk, {download} MB of download" in text
    more = (servers.NEED, templates.NEED, zig.NEED)
    disk, download = sum(need.disk for need in more), sum(need.download for need in more)
    assert f"The tests take {disk} MB of disk and {download} MB of download more" in text


def test_every_python_gets_the_arguments_and_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[str]] = []

    def run_each(arguments: list[str]) -> int:
        commands.append(arguments)
        return 7

    monkeypatch.setattr(pythons, "run_each", run_each)
    monkeypatch.setattr(engine, "need", lambda _: cache.Need())
    assert dev.main(["pythons", "-k", "name"]) == 7
    assert dev.main(["pythons", "--godot", "godot", "-x"]) == 7
    assert commands == [
        [str(DOOR), "test", "-k", "name"],
        [str(DOOR), "--godot", "godot", "test", "-x"],
    ]


def test_the_set_up_says_what_it_takes_and_what_it_has_got(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], empty_cache: Path
) -> None:
    """With all parts played: the engine's variables are there before it runs for the first time."""
    found = engine.Engine(Path("/godot"), "4.6.3.stable")
    monkeypatch.setattr(environment, "ensure", lambda: environment.Environment(Path("/env")))
    monkeypatch.setattr(engine, "need", lambda _: engine.NEED)
    monkeypatch.setattr(engine, "ensure", lambda *_: found)
    monkeypatch.setattr(engine, "variables", lambda _: {"PLAYED": "yes"})
    monkeypatch.setattr(build, "ensure", lambda _: None)
    monkeypatch.setattr(client, "ensure", lambda _: None)
    monkeypatch.setattr(stubs, "ensure", lambda _: says.append(os.environ["PLAYED"]))
    monkeypatch.setattr(project, "register_extension", lambda: None)
    monkeypatch.setenv("PLAYED", "no")
    says: list[str] = []
    assert dev.main(["setup"]) == 0
    assert says == ["yes"]
    lines = capsys.readouterr().err.splitlines()
    assert [line.split()[0] for line in lines] == ["setup", "engine", "versions"]
    assert lines[0].startswith(f"setup        takes 790 MB of disk in {empty_cache} ")
    assert lines[2] == f"versions     {tested.describe(found.version)}"


def test_the_demo_ends_with_us(became: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[object], **_: object) -> subprocess.CompletedProcess[str]:
        became.append([str(word) for word in command])
        return subprocess.CompletedProcess([], 3)

    monkeypatch.setattr(children, "run", run)
    assert dev.main(["demo"]) == 3
    assert became[0][:2] == ["/godot", "--headless"]


def test_the_demos_editor_knows_the_server(monkeypatch: pytest.MonkeyPatch, became: list[list[str]]) -> None:
    ports = []

    def run(command: list[object], *, env: dict[str, str], **_: object) -> subprocess.CompletedProcess[str]:
        became.append([str(word) for word in command])
        port = env["PYTHONSCRIPT_DEMO_PORT"]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as response:
            ports.append(response.status)
        return subprocess.CompletedProcess([], 4)

    monkeypatch.setattr(children, "run", run)
    assert dev.main(["demo", "--editor"]) == 4
    assert became[0][:3] == ["/godot", "--editor", "--path"]
    assert ports == [200]


def test_what_the_door_becomes_has_no_children_of_ours() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import dev; from devkit import children\n"
        "children.run(['/bin/true'])\nguard = children._group.number()\n"
        "children.become(['/bin/sh', '-c', f'test ! -d /proc/{guard}'])"
    )
    subprocess.run([sys.executable, "-c", code, str(DOOR.parent)], check=True, timeout=60)


def test_ctrl_c_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cache, "prepare", interrupted)
    assert dev.main(["setup"]) == 130
    assert capsys.readouterr().err == "\ntools/dev.py: stopped\n"


def test_help_lists_every_command() -> None:
    text = subprocess.check_output([sys.executable, DOOR, "--help"], text=True, timeout=120)
    for name, function in dev.COMMANDS.items():
        assert f"  {name:<11} {function.__doc__}" in text
