from __future__ import annotations

from pathlib import Path

import pytest

from devkit import cache, debian, display, engine
from devkit.cache import Need
from devkit.console import Failure
from devkit.environment import Environment

NOWHERE = Environment(Path("nowhere"))
SERVER = b"ELF\0/usr/bin\0more"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(cache, "root", lambda: tmp_path / "cache")


def test_the_packages_are_fetched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    fetched: list[object] = []
    commands: list[str] = []

    def unpack(packages: list[str], into: Path) -> list[str]:
        fetched.append(packages)
        libraries = into / "usr" / "lib" / "x86_64-linux-gnu"
        for path in (
            libraries / "ld-linux-x86-64.so.2",
            libraries / "libLLVM.so.21.1",
            into / "usr/bin/Xvfb",
        ):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(SERVER)
        return []

    monkeypatch.setattr(debian, "unsupported", lambda: None)
    monkeypatch.setattr(debian, "unpack", unpack)
    for module in (debian, display, engine):
        monkeypatch.setattr(module, "run", lambda command, **_: commands.append(" ".join(map(str, command))))
    assert display.need() == display.NEED
    places = {display.ensure(NOWHERE) for _ in range(2)}
    assert fetched == [display.PACKAGES]
    assert display.need() == Need()
    (place,) = places
    assert (place / "usr/bin/Xvfb").read_bytes() == display.beside_itself(SERVER)
    for name in ("godot", "Xvfb", "xkbcomp", "libLLVM.so.21.1"):
        assert any(command.endswith(f"/{name}") for command in commands)


def test_where_there_is_no_debian_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "unsupported", lambda: "this is elsewhere")
    with pytest.raises(Failure, match="because this is elsewhere"):
        display.ensure(NOWHERE)


def test_the_server_looks_for_its_compiler_beside_itself() -> None:
    assert display.beside_itself(SERVER) == b"ELF\0.\0\0\0\0\0\0\0\0more"
    assert len(display.beside_itself(SERVER)) == len(SERVER)
    for other in (b"", SERVER * 2):
        with pytest.raises(Failure, match="does not name /usr/bin once"):
            display.beside_itself(other)


def test_a_server_that_does_not_start(tmp_path: Path) -> None:
    (tmp_path / "usr/lib/x/dri").mkdir(parents=True)
    server = tmp_path / "usr/bin/Xvfb"
    server.parent.mkdir(parents=True)
    server.write_text("#!/bin/sh\nexit 1\n")
    server.chmod(0o755)
    with pytest.raises(Failure, match="does not start"), display.showing(tmp_path, display.Size(1, 1)):
        pass


def test_a_server_that_runs_is_ended(tmp_path: Path) -> None:
    (tmp_path / "usr/lib/x/dri").mkdir(parents=True)
    server = tmp_path / "usr/bin/Xvfb"
    server.parent.mkdir(parents=True)
    server.write_text("#!/bin/sh\necho 42\nexec sleep 1000\n")
    server.chmod(0o755)
    with display.showing(tmp_path, display.Size(1, 1)) as variables:
        assert variables["DISPLAY"] == ":42"
        assert variables["LIBGL_DRIVERS_PATH"].endswith("/dri")
