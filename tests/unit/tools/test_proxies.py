from __future__ import annotations

from pathlib import Path

import pytest

from devkit import cache, debian, proxies
from devkit.console import Failure
from devkit.environment import Environment

NOWHERE = Environment(Path("nowhere"))


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TINYPROXY", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(cache, "root", lambda: tmp_path / "cache")


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(0o755)
    return path


def test_one_that_is_named_or_installed_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed = program(tmp_path / "bin" / "tinyproxy")
    assert proxies.ensure(NOWHERE) == installed
    monkeypatch.setenv("TINYPROXY", str(program(tmp_path / "own")))
    assert proxies.ensure(NOWHERE) == tmp_path / "own"
    monkeypatch.setenv("TINYPROXY", str(tmp_path / "absent"))
    with pytest.raises(Failure, match=r"TINYPROXY names .*absent, which cannot be run"):
        proxies.ensure(NOWHERE)


def test_debians_is_fetched_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fetched: list[object] = []
    commands: list[list[str]] = []

    def unpack(packages: list[str], into: Path) -> list[str]:
        fetched.append(packages)
        program(into / "usr" / "bin" / "tinyproxy")
        program(into / "usr" / "lib" / "x86_64-linux-gnu" / "ld-linux-x86-64.so.2")
        return ["libc6_2.0_amd64.deb", "tinyproxy-bin_1.0_amd64.deb"]

    monkeypatch.setattr(debian, "unsupported", lambda: None)
    monkeypatch.setattr(debian, "unpack", unpack)
    monkeypatch.setattr(proxies, "run", lambda command, **_: commands.append([str(part) for part in command]))
    for _ in range(2):
        path = proxies.ensure(NOWHERE)
        assert path.is_file()
        assert path.is_relative_to(tmp_path / "cache")
    assert fetched == [["tinyproxy-bin"]]
    prefix = path.parents[2]
    assert commands[0][1:3] == [
        "--set-interpreter",
        f"{prefix}/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
    ]
    assert "$ORIGIN/../lib/x86_64-linux-gnu" in commands[1]


def test_where_there_is_none_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "unsupported", lambda: "this is elsewhere")
    with pytest.raises(Failure, match=r"no tinyproxy on PATH, .* because this is elsewhere: install it"):
        proxies.ensure(NOWHERE)
