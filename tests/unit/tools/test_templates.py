from __future__ import annotations

from pathlib import Path

import pytest

from devkit import cache, debian, templates
from devkit.cache import Need
from devkit.console import Failure
from devkit.environment import Environment

NOWHERE = Environment(Path("nowhere"))
RELEASE, DEBUG = templates.PACKAGES


@pytest.fixture(autouse=True)
def _nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in templates.PACKAGES:
        monkeypatch.delenv(variable, raising=False)


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(0o755)
    return path


def test_those_that_are_named_are_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for variable in templates.PACKAGES:
        monkeypatch.setenv(variable, str(program(tmp_path / variable)))
    assert templates.ensure(NOWHERE) == {name: str(tmp_path / name) for name in templates.PACKAGES}
    assert templates.need() == Need()
    monkeypatch.setenv(DEBUG, str(tmp_path / "absent"))
    with pytest.raises(Failure, match=rf"\${DEBUG} names .*absent, which cannot be run"):
        templates.ensure(NOWHERE)


def test_debians_are_fetched_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fetched: list[object] = []
    commands: list[list[str]] = []
    foreign = tmp_path / "libpulse.so.0.24.3"
    foreign.write_text("pulse")

    def unpack(packages: list[str], into: Path) -> list[str]:
        fetched.append(packages)
        for package in packages:
            program(into / "usr" / "bin" / package)
        for name in ("ld-linux-x86-64.so.2", *templates.LIBC.split()):
            program(into / "usr" / "lib" / "x86_64-linux-gnu" / name)
        return ["libc6_2.0_amd64.deb", "godot-template-release_1.0_amd64.deb"]

    def run(command: list[object], **_: object) -> str:
        commands.append([str(part) for part in command])
        if "--list" in command:
            return f"\tlinux-vdso.so.1 (0x1)\n\tlibpulse.so.0 => {foreign} (0x2)\n\t/lib/ld.so (0x3)\n"
        return "/usr/lib/pulseaudio\n" if "--print-rpath" in command else ""

    monkeypatch.setattr(debian, "unsupported", lambda: None)
    monkeypatch.setattr(debian, "unpack", unpack)
    monkeypatch.setattr(templates, "run", run)
    own = program(tmp_path / "own")
    assert templates.need() == templates.NEED
    for _ in range(2):
        paths = templates.ensure(NOWHERE)
        assert Path(paths[RELEASE]).is_file()
        assert Path(paths[RELEASE]).is_relative_to(cache.root())
    assert templates.need() == Need()
    assert fetched == [[*templates.PACKAGES.values()]]
    place = Path(paths[RELEASE]).parents[1]
    assert (place / "lib" / "libpulse.so.0").read_text() == "pulse"
    assert [command[2] for command in commands if "--set-interpreter" in command] == [
        f"{place}/lib/ld-linux-x86-64.so.2"
    ] * 2
    rpaths = [command[command.index("--set-rpath") + 1] for command in commands if "--set-rpath" in command]
    assert sorted(rpaths) == ["$ORIGIN", f"{place}/lib", f"{place}/lib"]
    monkeypatch.setenv(DEBUG, str(own))
    assert templates.ensure(NOWHERE) == {RELEASE: paths[RELEASE], DEBUG: str(own)}


def test_where_there_are_none_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(RELEASE, str(program(tmp_path / "own")))
    monkeypatch.setattr(debian, "unsupported", lambda: "this is elsewhere")
    with pytest.raises(Failure, match=rf"because this is elsewhere: name your engine's by \${DEBUG}$"):
        templates.ensure(NOWHERE)
