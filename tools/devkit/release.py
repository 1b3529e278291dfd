"""Whether a release may be made: version, changelog, pages, reference and bundles say the same.

The version is in `pyproject.toml` alone. What has it besides is made from there, or named here when it
disagrees.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path, PurePosixPath

from . import bundle, home, project

SECTIONS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")
"""What Keep a Changelog has, in a version or ahead of it."""

_NUMBER = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_NAMED = re.compile(r"pythonscript-(\d[\w.+]*?)-[a-z]+\.\w+\.zip")


def disagreements(
    expected: Mapping[str, str], root: Path = project.ROOT, bundles: Path = bundle.DIST
) -> Iterator[str]:
    """All that keeps a release from being made, a line each.

    Args:
        expected: the reference as it would be written now, by file name.
        root: the checkout.
        bundles: the folder of the bundles.
    """
    version = project.version(root)
    if not _NUMBER.fullmatch(version):
        yield f"pyproject.toml: version {version} is not of the form 1.2.3"
    changelog = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    yield from (f"CHANGELOG.md: {text}" for text in in_changelog(changelog, version, date.today()))
    for path in sorted((root / "docs" / "reference").glob("*.md")):
        if expected.get(path.name) != path.read_text(encoding="utf-8"):
            yield f"docs/reference/{path.name} is stale: write it anew by tools/dev.py reference"
    for name in sorted(expected.keys() - {path.name for path in (root / "docs" / "reference").glob("*.md")}):
        yield f"docs/reference/{name} is not there: write it by tools/dev.py reference"
    for path in sorted([*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("addons/*/*.md")]):
        for other in sorted(set(_NAMED.findall(path.read_text(encoding="utf-8"))) - {version}):
            yield f"{path.relative_to(root).as_posix()}: names version {other}, not {version}"
    for path in sorted(root.glob("addons/*/plugin.cfg")):
        if f'\nversion="{version}"\n' not in path.read_text(encoding="utf-8"):
            yield f"{path.relative_to(root).as_posix()}: its version is not {version}"
    found = sorted(bundles.glob("pythonscript-*.zip"))
    if not found:
        yield f"{bundles.name}/ holds no bundle: make it by tools/dev.py bundle"
    for path in found:
        yield from (f"{bundles.name}/{path.name}: {text}" for text in in_bundle(path, version, root))


def in_changelog(text: str, version: str, today: date) -> Iterator[str]:
    """What is wrong with a changelog, for a version that is about to be released.

    Args:
        text: the changelog.
        version: the version, which it must have.
        today: no date is later.
    """
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    heads = [head.replace("[", "").replace("]", "").strip() for head in parts[1::2]]
    bodies = dict(zip(heads, parts[2::2], strict=True))
    if heads[:1] != ["Unreleased"]:
        yield "the first section is not Unreleased"
    elif bodies["Unreleased"].strip():
        yield f"what is Unreleased belongs to version {version}, which is about to be released"
    released: list[tuple[int, ...]] = []
    last = today
    for head in (head for head in heads if head != "Unreleased"):
        match = re.fullmatch(rf"({_NUMBER.pattern}) - (\d{{4}}-\d\d-\d\d)", head)
        if match is None:
            yield f"the section {head!r} is not of the form 1.2.3 - 2026-01-31"
            continue
        number = tuple(map(int, match[1].split(".")))
        if released and number >= released[-1]:
            yield f"version {match[1]} is below an older one"
        released.append(number)
        try:
            day = date.fromisoformat(match[5])
        except ValueError:
            yield f"version {match[1]} has the date {match[5]}, which no calendar has"
            continue
        if day > last:
            yield f"version {match[1]} has the date {match[5]}, which is after {last}"
        last = day
    if ".".join(map(str, released[0] if released else ())) != version:
        yield f"the newest version is not {version}, which pyproject.toml has"
    for head, body in bodies.items():
        kinds = re.findall(r"^### (.+)$", body, re.MULTILINE)
        for kind in (kind for kind in kinds if kind not in SECTIONS):
            yield f"{head} has a section {kind!r}: there are {', '.join(SECTIONS)}"
        if head != "Unreleased" and not kinds:
            yield f"{head} says nothing"


def in_bundle(path: Path, version: str, root: Path = project.ROOT) -> Iterator[str]:
    """What is wrong with a bundle, for a version that is about to be released.

    Args:
        path: the zip.
        version: the version, which it must be of.
        root: the checkout, which it must be made from.
    """
    named = _NAMED.fullmatch(path.name)
    if named is None or named[1] != version:
        yield f"is not of version {version}: remove it"
        return
    try:
        with zipfile.ZipFile(path) as file:
            content = {name: file.read(name) for name in file.namelist()}
    except (OSError, zipfile.BadZipFile) as error:
        yield f"cannot be read: {error}"
        return
    for addon in bundle.ADDONS:
        told = content.get(f"addons/{addon}/VERSION", b"").decode()
        if told != f"{version}\n":
            yield f"addons/{addon}/VERSION is {told.strip() or 'not there'}, not {version}"
    for name, source in bundle.addons({}, root).items():
        if content.get(name) != source.read_bytes():
            yield f"{name} is not as in this checkout: make it anew by tools/dev.py bundle"
    manifests = [name for name in content if PurePosixPath(name).match(f"python/*/{home.MANIFEST}")]
    if len(manifests) != 1:
        yield f"has {len(manifests)} Python homes, not one"
        return
    folder = manifests[0].removesuffix(home.MANIFEST)
    manifest = json.loads(content[manifests[0]])
    if not path.name.endswith(f"-{manifest['platform']}.zip"):
        yield f"its Python is for {manifest['platform']}"
    inside = {name.removeprefix(folder) for name in content if name.startswith(folder)} - {home.MANIFEST}
    for name in sorted(inside ^ manifest["files"].keys()):
        yield f"{folder}{name} is {'only in' if name in manifest['files'] else 'not in'} the manifest"
    for name in sorted(inside & manifest["files"].keys()):
        if hashlib.sha256(content[folder + name]).hexdigest() != manifest["files"][name]:
            yield f"{folder}{name} is not what the manifest says"


def report(lines: Iterable[str]) -> int:
    """Prints the lines; returns the exit code, 1 if there are any."""
    found = list(lines)
    for line in found:
        print(line)
    if not found:
        print("version, changelog, pages, reference and bundles agree")
    return 1 if found else 0
