"""What `tools/dev.py release --check` compares, each with something that disagrees."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

import dev
from devkit import bundle, project, release

VERSION = "1.2.0"
TODAY = date(2026, 11, 26)
HEAD = "# Changelog\n\nThe format is that of Keep a Changelog.\n\n"
GOOD = (
    f"{HEAD}## Unreleased\n\n## [1.2.0] - 2026-11-26\n\n### Added\n\n- a\n\n"
    "## 1.1.9 - 2026-01-31\n\n### Fixed\n\n- b\n"
)

CHANGELOGS = {
    GOOD: "",
    GOOD.replace("## Unreleased\n\n", ""): "the first section is not Unreleased",
    GOOD.replace(
        "## Unreleased\n", "## Unreleased\n\n### Fixed\n\n- c\n"
    ): "what is Unreleased belongs to version 1.2.0",
    GOOD.replace("[1.2.0]", "1.3.0"): "the newest version is not 1.2.0",
    HEAD + "## Unreleased\n": "the newest version is not 1.2.0",
    GOOD.replace(" - 2026-01-31", ""): "the section '1.1.9' is not of the form 1.2.3 - 2026-01-31",
    GOOD.replace("2026-01-31", "2026-02-30"): "version 1.1.9 has the date 2026-02-30, which no calendar has",
    GOOD.replace(
        "2026-11-26", "2026-11-27"
    ): "version 1.2.0 has the date 2026-11-27, which is after 2026-11-26",
    GOOD.replace(
        "2026-01-31", "2026-11-27"
    ): "version 1.1.9 has the date 2026-11-27, which is after 2026-11-26",
    GOOD.replace("1.1.9", "1.10.0"): "version 1.10.0 is below an older one",
    GOOD.replace("### Added", "### New"): "[1.2.0] - 2026-11-26 has a section 'New'",
    GOOD.replace("### Fixed\n\n- b\n", ""): "1.1.9 - 2026-01-31 says nothing",
}


@pytest.mark.parametrize("text", CHANGELOGS)
def test_a_changelog(text: str) -> None:
    found = list(release.in_changelog(text, VERSION, TODAY))
    complaint = CHANGELOGS[text].replace("[", "").replace("]", "")
    assert len(found) == (1 if complaint else 0), found
    assert all(complaint in line for line in found)


FOLDER = "addons/pythonscript/python/linux.x86_64/"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout of which all agrees."""
    files = {
        "pyproject.toml": f'[project]\nversion = "{VERSION}"\n',
        "CHANGELOG.md": GOOD.replace("2026-11-26", str(date.today())).replace("2026-01-31", "2001-01-31"),
        "README.md": f"Unpack `pythonscript-{VERSION}-linux.x86_64.zip`.\n",
        "docs/reference/README.md": "Reference\n",
        "addons/pythonscript/README.md": "A\n",
        "addons/pythonscript/godot/__init__.py": "x = 1\n",
        "addons/pythonscript_http/LICENSE": "MIT\n",
        "tools/devkit/make_stubs.py": "y = 1\n",
        "addons/pythonscript_http/plugin.cfg": f'[plugin]\nversion="{VERSION}"\n',
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    content = {name: text.encode() for name, text in files.items() if name.startswith("addons/")}
    content["addons/pythonscript/make_stubs.py"] = b"y = 1\n"
    content |= {f"addons/{addon}/VERSION": f"{VERSION}\n".encode() for addon in bundle.ADDONS}
    content[f"{FOLDER}lib/os.py"] = b"import sys\n"
    hashes = {"lib/os.py": hashlib.sha256(b"import sys\n").hexdigest()}
    manifest = {"platform": "linux.x86_64", "files": hashes}
    content[f"{FOLDER}manifest.json"] = json.dumps(manifest).encode()
    (tmp_path / "dist").mkdir()
    pack(tmp_path, content)
    return tmp_path


def pack(
    root: Path, content: dict[str, bytes], name: str = f"pythonscript-{VERSION}-linux.x86_64.zip"
) -> None:
    with zipfile.ZipFile(root / "dist" / name, "w") as file:
        for path, data in content.items():
            file.writestr(path, data)


def repack(root: Path, change: dict[str, bytes | None]) -> None:
    """Changes files of the zip; None takes one out."""
    (path,) = (root / "dist").iterdir()
    with zipfile.ZipFile(path) as file:
        content = {name: file.read(name) for name in file.namelist()}
    pack(root, {name: data for name, data in {**content, **change}.items() if data is not None})


def found(root: Path) -> list[str]:
    return list(release.disagreements({"README.md": "Reference\n"}, root, root / "dist"))


def test_where_all_agrees_nothing_is_said(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert found(root) == []
    assert release.report([]) == 0
    assert capsys.readouterr().out == "version, changelog, pages, reference and bundles agree\n"


def write(name: str, text: str) -> Callable[[Path], object]:
    return lambda root: (root / name).write_text(text, encoding="utf-8")


def another_plugin(root: Path) -> None:
    text = '[plugin]\nversion="1.1.0"\n'
    write("addons/pythonscript_http/plugin.cfg", text)(root)
    repack(root, {"addons/pythonscript_http/plugin.cfg": text.encode()})


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "a version of two numbers": (
        write("pyproject.toml", '[project]\nversion = "1.2"\n'),
        "pyproject.toml: version 1.2 is not of the form 1.2.3",
    ),
    "a page of another version": (
        write("docs/install.md", "Unpack pythonscript-1.1.0-linux.x86_64.zip"),
        "docs/install.md: names version 1.1.0, not 1.2.0",
    ),
    "a plugin of another version": (
        another_plugin,
        f"addons/pythonscript_http/plugin.cfg: its version is not {VERSION}",
    ),
    "a stale reference": (
        write("docs/reference/README.md", "Old\n"),
        "docs/reference/README.md is stale: write it anew by tools/dev.py reference",
    ),
    "a page too many": (write("docs/reference/Gone.md", "Old\n"), "docs/reference/Gone.md is stale"),
    "a page that is not there": (
        lambda root: (root / "docs" / "reference" / "README.md").rename(root / "moved.md"),
        "docs/reference/README.md is not there",
    ),
    "no bundle": (
        lambda root: [path.rename(root / "moved.zip") for path in (root / "dist").iterdir()],
        "dist/ holds no bundle: make it by tools/dev.py bundle",
    ),
    "a bundle of another version": (
        lambda root: pack(root, {}, "pythonscript-1.1.0-linux.x86_64.zip"),
        "dist/pythonscript-1.1.0-linux.x86_64.zip: is not of version 1.2.0: remove it",
    ),
    "a damaged bundle": (
        lambda root: next((root / "dist").iterdir()).write_bytes(b"PK"),
        "cannot be read: File is not a zip file",
    ),
    "an addon of another version": (
        lambda root: repack(root, {"addons/pythonscript_http/VERSION": b"1.1.0\n"}),
        "addons/pythonscript_http/VERSION is 1.1.0, not 1.2.0",
    ),
    "an addon without a version": (
        lambda root: repack(root, {"addons/pythonscript_http/VERSION": None}),
        "addons/pythonscript_http/VERSION is not there, not 1.2.0",
    ),
    "a module that has changed since": (
        write("addons/pythonscript/godot/__init__.py", "x = 2\n"),
        "addons/pythonscript/godot/__init__.py is not as in this checkout",
    ),
    "a page that is not bundled": (
        write("addons/pythonscript_http/README.md", "B\n"),
        "addons/pythonscript_http/README.md is not as in this checkout",
    ),
    "no home": (lambda root: repack(root, {f"{FOLDER}manifest.json": None}), "has 0 Python homes, not one"),
    "a home of another platform": (
        lambda root: next((root / "dist").iterdir()).rename(
            root / "dist" / f"pythonscript-{VERSION}-linux.arm64.zip"
        ),
        "its Python is for linux.x86_64",
    ),
    "a file that nobody made": (
        lambda root: repack(root, {f"{FOLDER}lib/virus.py": b""}),
        f"{FOLDER}lib/virus.py is not in the manifest",
    ),
    "a file that is gone": (
        lambda root: repack(root, {f"{FOLDER}lib/os.py": None}),
        f"{FOLDER}lib/os.py is only in the manifest",
    ),
    "a file that was changed": (
        lambda root: repack(root, {f"{FOLDER}lib/os.py": b"import virus\n"}),
        f"{FOLDER}lib/os.py is not what the manifest says",
    ),
}


@pytest.mark.parametrize("kind", CHANGES)
def test_each_disagreement_is_a_line(kind: str, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change, complaint = CHANGES[kind]
    change(root)
    lines = found(root)
    assert complaint in "\n".join(lines)
    if kind != "a version of two numbers":  # which no other place agrees with either
        assert len(lines) == 1, lines
    assert release.report(lines) == 1
    assert capsys.readouterr().out.splitlines() == lines


def test_a_date_of_tomorrow_is_told(root: Path) -> None:
    path = root / "CHANGELOG.md"
    tomorrow = str(date.today() + timedelta(days=2))
    path.write_text(path.read_text().replace(str(date.today()), tomorrow))
    assert [line.partition(",")[0] for line in found(root)] == [
        f"CHANGELOG.md: version {VERSION} has the date {tomorrow}"
    ]


def test_this_changelog_is_one() -> None:
    """Between releases it has what is not released yet, and no section of the next version."""
    text = (project.ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    lines = list(release.in_changelog(text, project.version(), date.today()))
    allowed = ("what is Unreleased belongs to", "the newest version is not")
    assert [line for line in lines if not line.startswith(allowed)] == []


def test_it_checks_and_does_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["--make"]):
        assert dev.main(["release", *arguments]) == 1
        assert "release knows --check only" in capsys.readouterr().err
