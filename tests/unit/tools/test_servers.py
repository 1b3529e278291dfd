from __future__ import annotations

from pathlib import Path

import pytest

from devkit import cache, debian, servers
from devkit.cache import Need
from devkit.console import Failure
from devkit.environment import Environment

NOWHERE = Environment(Path("nowhere"))


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for server in servers.SERVERS:
        monkeypatch.delenv(server.variable, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(cache, "root", lambda: tmp_path / "cache")


def program(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(0o755)
    return path


def test_those_that_are_named_or_installed_are_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    installed = {server.variable: str(program(tmp_path / "bin" / server.name)) for server in servers.SERVERS}
    assert servers.ensure(NOWHERE) == installed
    assert servers.need() == Need()
    own = str(program(tmp_path / "own"))
    monkeypatch.setenv("NGINX", own)
    assert servers.ensure(NOWHERE) == installed | {"NGINX": own}
    monkeypatch.setenv("NGINX", str(tmp_path / "absent"))
    with pytest.raises(Failure, match=r"NGINX names .*absent, which cannot be run"):
        servers.ensure(NOWHERE)


def test_debians_are_fetched_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fetched: list[object] = []
    commands: list[list[str]] = []

    def unpack(packages: list[str], into: Path) -> list[str]:
        fetched.append(packages)
        for server in servers.SERVERS:
            program(into / server.path)
        program(into / "usr" / "lib" / "x86_64-linux-gnu" / "ld-linux-x86-64.so.2")
        return ["libc6_2.0_amd64.deb", "nginx_1.0_amd64.deb"]

    monkeypatch.setattr(debian, "unsupported", lambda: None)
    monkeypatch.setattr(debian, "unpack", unpack)
    monkeypatch.setattr(debian, "run", lambda command, **_: commands.append([str(part) for part in command]))
    installed = program(tmp_path / "bin" / "openssl")
    assert servers.need() == servers.NEED
    for _ in range(2):
        paths = servers.ensure(NOWHERE)
        assert all(Path(path).is_file() for path in paths.values())
        assert Path(paths["NGINX"]).is_relative_to(tmp_path / "cache")
        assert paths["OPENSSL"] == str(installed)
    assert servers.need() == Need()
    assert fetched == [["tinyproxy-bin", "nginx", "openssl", "curl"]]
    prefix = Path(paths["NGINX"]).parents[2]
    assert commands[0][1:3] == [
        "--set-interpreter",
        f"{prefix}/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2",
    ]
    assert "$ORIGIN/../lib/x86_64-linux-gnu" in commands[1]
    assert len(commands) == 2 * len(servers.SERVERS)


def test_where_there_are_none_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("openssl", "curl"):
        program(tmp_path / "bin" / name)
    monkeypatch.setattr(debian, "unsupported", lambda: "this is elsewhere")
    text = r"no tinyproxy and nginx on PATH, .* because this is elsewhere: install it"
    with pytest.raises(Failure, match=text):
        servers.ensure(NOWHERE)
