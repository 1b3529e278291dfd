from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from devkit import debian, engine, releases
from devkit.cache import Need
from devkit.console import Failure
from devkit.environment import Environment

from .conftest import MakeGodot

SYSTEM = "/usr/bin:/bin"


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return Environment(tmp_path / "environment")


@pytest.fixture(autouse=True)
def path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An empty folder before the system's on PATH, and no fetching."""
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:{SYSTEM}")
    monkeypatch.setattr(debian, "unsupported", lambda: "of a test")
    monkeypatch.setattr(releases, "here", lambda: None)
    monkeypatch.setattr(engine, "NAMES", ("test-godot4", "test-godot"))  # whatever the system has
    return tmp_path / "path"


@pytest.mark.parametrize(
    ("version", "number"),
    [
        ("4.6.3.stable.debian4.6.3+ds-2", (4, 6)),
        ("4.2.stable.official.46dc27791", (4, 2)),
        ("10.11.dev", (10, 11)),
        ("hello", (0, 0)),
        ("", (0, 0)),
    ],
)
def test_versions_are_read(version: str, number: tuple[int, int]) -> None:
    assert engine.Engine(Path("godot"), version).number == number


def test_the_option_goes_before_the_variable(
    tmp_path: Path, environment: Environment, monkeypatch: pytest.MonkeyPatch, make_godot: MakeGodot
) -> None:
    one, other = make_godot(tmp_path / "one", "4.2.stable"), make_godot(tmp_path / "other", "4.3.stable")
    monkeypatch.setenv("GODOT", str(other))
    assert engine.ensure(str(one), environment).path == one
    assert engine.ensure(None, environment).path == other


@pytest.mark.parametrize(
    ("version", "what"),
    [("3.6.stable", "answers '3.6.stable'"), ("", "cannot be run"), (None, "cannot be run")],
)
def test_a_named_engine_that_does_not_do_is_never_replaced(
    tmp_path: Path,
    path: Path,
    environment: Environment,
    monkeypatch: pytest.MonkeyPatch,
    make_godot: MakeGodot,
    version: str | None,
    what: str,
) -> None:
    make_godot(path / "test-godot4", "4.6.stable")
    named = tmp_path / "named"
    if version is not None:
        make_godot(named, version)
    with pytest.raises(Failure, match=f"--godot names {named}, which {what}"):
        engine.ensure(str(named), environment)
    monkeypatch.setenv("GODOT", str(named))
    with pytest.raises(Failure, match=rf"\$GODOT names {named}, which {what}"):
        engine.ensure(None, environment)


def test_an_empty_option_is_no_engine_and_an_empty_variable_is_none(
    path: Path, environment: Environment, monkeypatch: pytest.MonkeyPatch, make_godot: MakeGodot
) -> None:
    fitting = make_godot(path / "test-godot", "4.6.stable")
    monkeypatch.setenv("GODOT", "")
    assert engine.ensure(None, environment).path == fitting
    with pytest.raises(Failure, match=r"^--godot is given no path: give the path of a Godot 4.2 or newer$"):
        engine.ensure("", environment)


def test_what_is_there_takes_nothing(
    path: Path, make_godot: MakeGodot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Failure, match="because of a test"):  # said before anything else is fetched
        engine.need(None)
    monkeypatch.setattr(debian, "unsupported", lambda: None)
    assert engine.need(None) == engine.NEED
    make_godot(path / "test-godot", "4.6.stable")
    assert engine.need(None) == Need()


def test_an_engine_of_debians_gets_its_fonts_where_the_system_has_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make_godot: MakeGodot
) -> None:
    for name in ("FONTCONFIG_FILE", "FONTCONFIG_PATH"):
        monkeypatch.delenv(name, raising=False)
    system = tmp_path / "fonts.conf"
    monkeypatch.setattr(engine, "SYSTEM_FONTS", system)
    found = engine.Engine(
        make_godot(tmp_path / "prefix" / "usr" / "bin" / "godot", "4.6.stable"), "4.6.stable"
    )
    assert engine.variables(found) == {}  # one of one's own, without Debian's packages around it
    fonts = tmp_path / "prefix" / "etc" / "fonts" / "fonts.conf"
    fonts.parent.mkdir(parents=True)
    fonts.touch()
    assert engine.variables(found) == {"FONTCONFIG_FILE": str(fonts)}
    monkeypatch.setenv("FONTCONFIG_PATH", "/mine")
    assert engine.variables(found) == {}
    monkeypatch.delenv("FONTCONFIG_PATH")
    system.touch()
    assert engine.variables(found) == {}
    assert engine.variables(engine.Engine(Path("/godot"), "4.6.stable")) == {}


def test_an_engine_gets_folders_of_its_own_where_the_user_has_none(
    tmp_path: Path, empty_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "SYSTEM_FONTS", Path(__file__))
    for name in engine.USER_FOLDERS:
        monkeypatch.delenv(name, raising=False)
    found = engine.Engine(Path("/godot"), "4.6.stable")
    ours = {
        "XDG_DATA_HOME": str(empty_cache / "home" / ".local" / "share"),
        "XDG_CONFIG_HOME": str(empty_cache / "home" / ".config"),
    }
    (tmp_path / "file").touch()
    monkeypatch.chdir(tmp_path)
    for home in ("", "relative", "/proc", str(tmp_path / "file")):
        monkeypatch.setenv("HOME", home)
        assert engine.variables(found) == ours
    monkeypatch.delenv("HOME")
    assert engine.variables(found) == ours
    assert [path.name for path in tmp_path.iterdir()] == ["file"]

    monkeypatch.setenv("XDG_CONFIG_HOME", "/mine")
    assert engine.variables(found) == {"XDG_DATA_HOME": ours["XDG_DATA_HOME"]}
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert engine.variables(found) == {}


def test_an_old_engine_on_path_is_passed_over(
    path: Path, empty_cache: Path, environment: Environment, make_godot: MakeGodot
) -> None:
    make_godot(path / "test-godot4", "4.1.stable")
    fitting = make_godot(path / "test-godot", "4.2.stable")
    make_godot(empty_cache / "engines" / "godot-4.6" / "usr" / "bin" / "godot", "4.6.stable")
    assert engine.ensure(None, environment).path == fitting


def test_the_newest_cached_engine_that_answers_is_kept(
    empty_cache: Path, environment: Environment, make_godot: MakeGodot
) -> None:
    for age, version in enumerate(["", "4.6.stable", "4.5.stable"]):
        cached = make_godot(empty_cache / "engines" / f"godot-{age}" / "usr" / "bin" / "godot", version)
        os.utime(cached, (1000 - age, 1000 - age))
    assert engine.ensure(None, environment).version == "4.6.stable"


def test_without_any_engine_one_sentence_says_what_to_do(environment: Environment) -> None:
    with pytest.raises(
        Failure, match=r"because of a test: name an engine of your own with --godot PATH or \$GODOT"
    ):
        engine.ensure(None, environment)


def test_a_fetched_engine_is_patched_for_its_place(
    empty_cache: Path,
    environment: Environment,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    make_godot: MakeGodot,
) -> None:
    """Plays a package whose patchelf notes what it is asked."""

    def unpack(packages: Sequence[str], into: Path) -> list[str]:
        assert packages == ["godot"]
        make_godot(into / "usr" / "bin" / "godot", "4.6.stable")
        for name in ("ld-linux-x86-64.so.2", "libpulse.so.0.24", "libm.so.6", "pulseaudio/libpulsecommon.so"):
            file = into / "usr" / "lib" / "x86_64-linux-gnu" / name
            file.parent.mkdir(exist_ok=True, parents=True)
            file.touch()
        return ["libc6_2.43_amd64.deb", "godot_4.6+ds_amd64.deb"]

    log = tmp_path / "log"
    patchelf = environment.tool("patchelf")
    patchelf.parent.mkdir(parents=True)
    patchelf.write_text(f'#!/bin/sh\necho "$*" >> {log}\n', encoding="utf-8")
    patchelf.chmod(0o755)
    monkeypatch.setattr(debian, "unsupported", lambda: None)
    monkeypatch.setattr(debian, "unpack", unpack)

    found = engine.ensure(None, environment)

    prefix = found.path.parents[2]
    assert prefix.parent == empty_cache / "engines"
    assert prefix.name.startswith("godot-4.6+ds-")
    asked = log.read_text(encoding="utf-8")
    assert f"--set-interpreter {prefix}/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 " in asked
    assert [line.split("/")[-1] for line in asked.splitlines()] == [
        *("godot", "godot", "libpulse.so.0.24", "libpulsecommon.so")
    ]
    assert not list((empty_cache / "tmp").iterdir())

    monkeypatch.setattr(debian, "unpack", lambda *_: pytest.fail("fetched again"))
    assert engine.ensure(None, environment) == found
    shutil.rmtree(prefix)
    with pytest.raises(pytest.fail.Exception):
        engine.ensure(None, environment)
