"""The parts of a bundle and their licences."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest

from devkit import parts
from devkit.console import Failure
from devkit.parts import KNOWN, TEXTS, Part


def test_every_known_part_has_its_licence_and_no_text_is_left_over() -> None:
    assert {path.stem for path in TEXTS.iterdir()} == {*KNOWN, "CPython"}
    assert all(len(path.read_text(encoding="utf-8")) > 500 for path in TEXTS.iterdir())
    assert not [name for name, known in KNOWN.items() if "GPL" in known.license]


def test_the_parts_are_those_of_the_modules_that_go_along() -> None:
    told = {"OpenSSL": "OpenSSL 3.0.19 27 Jan 2026", "bzip2": "1.0.8, 13-Jul-2019", "Expat": "expat_2.5.0"}
    found = {part.name: part for part in parts.of_modules(["_ssl", "_bz2", "pyexpat", "math"], told, {})}
    assert {name: part.version for name, part in found.items()} == {
        "OpenSSL": "3.0.19",
        "bzip2": "1.0.8",
        "Expat": "2.5.0",
    }
    assert found["OpenSSL"].license == "Apache-2.0"
    assert b"Apache License" in found["OpenSSL"].texts["OpenSSL.txt"]


def test_a_library_goes_along_with_its_licence_or_not_at_all() -> None:
    (found,) = parts.of_modules([], {"zlib": "1.3"}, {"libz.so.1": Path("/lib/libz.so.1.3")})
    assert (found.name, found.version) == ("zlib", "1.3")
    with pytest.raises(Failure, match=r"/lib/libdb-5\.3\.so would go along, and .*parts.py does not know"):
        list(parts.of_modules([], {}, {"libdb-5.3.so": Path("/lib/libdb-5.3.so")}))


def test_a_version_that_nobody_tells_is_that_of_debians_package(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(command: list[str], **_: object) -> str:
        return (
            "3.4.4" if "--show" in command else "libffi8:amd64: /usr/lib/x86_64-linux-gnu/libffi.so.8.1.2\n"
        )

    monkeypatch.setattr(parts, "run", run)
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/dpkg-query")
    library = Path("/usr/lib/x86_64-linux-gnu/libffi.so.8.1.2")
    (found,) = parts.of_modules(["_ctypes"], {}, {"libffi.so.8": library})
    assert found.version == "3.4.4"
    monkeypatch.setattr(shutil, "which", lambda _: None)
    (found,) = parts.of_modules(["_ctypes"], {}, {"libffi.so.8": library})
    assert found.version == ""


def wheel(folder: Path, files: dict[str, str]) -> Path:
    path = folder / "thing-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as file:
        for name, text in files.items():
            file.writestr(name, text)
    return path


METADATA = "Metadata-Version: 2.4\nName: thing\nVersion: 1.0\nLicense-Expression: MIT\n\nText\n"


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("licenses/LICENSE", "LICENSE"),
        ("licenses/vendor/llhttp/LICENSE", "vendor/llhttp/LICENSE"),
        ("LICENSE.md", "LICENSE.md"),
        ("LICENCE", "LICENCE"),
        ("COPYING", "COPYING"),
    ],
)
def test_a_package_brings_its_licences(name: str, kept: str, tmp_path: Path) -> None:
    path = wheel(tmp_path, {"thing-1.0.dist-info/METADATA": METADATA, f"thing-1.0.dist-info/{name}": "text"})
    assert parts.of_wheel(path) == Part("thing", "1.0", "MIT", {kept: b"text"})


def test_a_package_without_a_licence_is_told(tmp_path: Path) -> None:
    path = wheel(tmp_path, {"thing-1.0.dist-info/METADATA": METADATA, "thing/LICENSE": "no metadata"})
    with pytest.raises(Failure, match=r"thing-1\.0-py3-none-any\.whl comes without its licence"):
        parts.of_wheel(path)


def test_what_is_written_is_what_is_told(tmp_path: Path) -> None:
    part = Part("a", "1", "MIT", {"LICENSE": b"x", "vendor/b/LICENSE": b"y"})
    parts.write([part], tmp_path / "licenses")
    assert part.told() == {
        "name": "a",
        "version": "1",
        "license": "MIT",
        "texts": ["licenses/a/LICENSE", "licenses/a/vendor/b/LICENSE"],
    }
    assert all((tmp_path / text).is_file() for text in part.told()["texts"])
