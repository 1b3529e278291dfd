"""Games are exported once a run, when a test first asks for them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from zipfile import ZipFile

import pytest
from tests.exports import games
from tests.exports.games import Machine
from tests.loopback.certificates import Authority
from tests.loopback.server import Server
from tests.loopback.tls_server import TlsServer, speak

GameOf = Callable[[str], Path]

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecret"


@pytest.fixture(scope="session")
def authority() -> Authority:
    """Whom the game trusts."""
    return Authority()


@pytest.fixture(scope="session")
def project(bundle: Path, authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The game's project, with presets, which no engine has seen yet."""
    root = games.make_project(bundle, tmp_path_factory.mktemp("voyage") / "project", authority.pem)
    games.write_presets(root)
    return root


@pytest.fixture(scope="session")
def game_of(project: Path, tmp_path_factory: pytest.TempPathFactory) -> GameOf:
    """The folder of the game, exported by a preset."""

    @cache
    def make(preset: str) -> Path:
        folder = tmp_path_factory.mktemp("game") / "game"
        target = folder.with_name("voyage.zip") if preset == "stripped" else folder / games.PROGRAM
        games.export(project, preset, target, "debug" if preset == "debug" else "release").assert_clean()
        if target.suffix == ".zip":
            unpack(target, folder)
        return folder

    return make


def unpack(archive: Path, folder: Path) -> None:
    """Unpacks a zip with the modes of its files, as a player's program does."""
    with ZipFile(archive) as file:
        for entry in file.infolist():
            made = Path(file.extract(entry, folder))
            if mode := entry.external_attr >> 16:
                made.chmod(mode & 0o777)
    (folder / archive.stem).rename(folder / games.PROGRAM)  # in a zip it is named after that


@pytest.fixture(scope="session")
def servers(authority: Authority) -> Iterator[list[str]]:
    """The addresses of a server each for http and https, for the game's command line."""
    identity = authority.issue("127.0.0.1")
    with Server() as plain, TlsServer(identity, speak(ANSWER)) as secured:
        yield [f"http://127.0.0.1:{plain.port}/hello", f"https://127.0.0.1:{secured.port}/"]


@pytest.fixture(scope="session")
def machine(
    game_of: GameOf, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Machine:
    """A machine with nothing but the engine's libraries.

    Where the system lets us make none, the game runs beside all else that is here. That proves less, so it is
    said; on a machine for tests, which has `$CI`, it fails.
    """
    made = games.make_machine(tmp_path_factory.mktemp("root"), game_of("release") / games.PROGRAM)
    if made.isolates is None:
        said = "tests/exports: no namespace can be made here: games run beside all else on this machine"
        assert not os.environ.get("CI"), said
        request.config.get_terminal_writer().line(f"\n{said}")
    return made
