"""The engine's own release, from a server that plays the place."""

from __future__ import annotations

import hashlib
import io
import os
import platform
import shutil
import socket
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from devkit import debian, engine, releases
from devkit.cache import Need
from devkit.console import Failure
from devkit.environment import Environment

ARCHIVE = releases.ARCHIVES["linux.x86_64"]
ENVIRONMENT = Environment(Path("unused"))


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder."""

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of the release, on a machine that is not Debian and has no engine."""
    folder = tmp_path / "release"
    folder.mkdir()
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as packed:
        packed.writestr(ARCHIVE.program, "#!/bin/sh\necho 4.6.3.stable.official\n")
    (folder / ARCHIVE.file).write_bytes(content.getvalue())
    (folder / releases.CHECKSUMS).write_text(
        f"{hashlib.sha512(b'').hexdigest()}  another.zip\n"
        f"{hashlib.sha512(content.getvalue()).hexdigest()}  {ARCHIVE.file}\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(debian, "unsupported", lambda: "of a test")
    monkeypatch.setattr(engine, "NAMES", ())
    monkeypatch.setattr(engine, "MACOS", tmp_path / "no such")
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder)) as server:
        monkeypatch.setattr(releases, "ADDRESS", f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield folder
        server.shutdown()
        thread.join()


def test_it_is_fetched_once_and_kept(place: Path, empty_cache: Path) -> None:
    assert engine.need(None) == engine.RELEASED
    found = engine.ensure(None, ENVIRONMENT)
    assert found.version == "4.6.3.stable.official"
    assert found.path == empty_cache / "engines" / f"godot-{releases.VERSION}" / ARCHIVE.program
    shutil.rmtree(place)
    assert engine.ensure(None, ENVIRONMENT) == found
    assert engine.need(None) == Need()
    assert list((empty_cache / "tmp").iterdir()) == []


def test_one_that_is_there_and_does_not_answer_is_fetched_anew(empty_cache: Path) -> None:
    broken = empty_cache / "engines" / f"godot-{releases.VERSION}" / ARCHIVE.program
    broken.parent.mkdir(parents=True)
    broken.touch()
    assert engine.ensure(None, ENVIRONMENT).path == broken


@pytest.mark.parametrize("file", [ARCHIVE.file, releases.CHECKSUMS])
def test_what_came_damaged_is_not_unpacked(place: Path, empty_cache: Path, file: str) -> None:
    with (place / file).open("r+b") as damaged:
        damaged.seek(-100, os.SEEK_END)
        damaged.write(b"?")
    with pytest.raises(Failure, match=rf"^{ARCHIVE.file} came damaged: SHA512-SUMS.txt of its release has"):
        engine.ensure(None, ENVIRONMENT)
    assert not (empty_cache / "engines").exists()


@pytest.mark.parametrize("file", [ARCHIVE.file, releases.CHECKSUMS])
def test_what_is_not_there_is_said(place: Path, file: str) -> None:
    (place / file).unlink()
    with pytest.raises(
        Failure, match=r"^the engine cannot be fetched from http://127.0.0.1:\d+: File not found$"
    ):
        engine.ensure(None, ENVIRONMENT)


def test_a_server_that_is_not_reached_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setattr(releases, "ADDRESS", f"http://127.0.0.1:{taken.getsockname()[1]}")
        with pytest.raises(Failure, match=r"cannot be fetched from .*: .*Connection refused"):
            engine.ensure(None, ENVIRONMENT)
