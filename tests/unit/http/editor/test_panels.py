"""The scripts of the panels, as texts."""

import re
from pathlib import Path

import pytest

from pythonscript_http import editor

FOLDER = Path(editor.__file__).parent
SCRIPTS = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*.gd"))

LITERAL = r'"(?:[^"\\]|\\.)*"'
TRANSLATED = re.compile(rf"\b(?:tr|translate)\(\s*{LITERAL}\s*\)")
NOT_SHOWN = re.compile(rf'##?[^\n"]*$|[&^]{LITERAL}|\bconst [\s\S]*?\n(?=\S|\n)', re.MULTILINE)
PROSE = re.compile(r"[A-Z“][a-z]|[a-z] [a-z]")
FORMAT = re.compile(r"%[.\d]*[a-z]")

NAMES = {
    '"HTTP"',
    '"Editor"',
    '"EditorFonts"',
    '"EditorIcons"',
    '"Record"',
    '"Save"',
    '"Search"',
    '"Content-Type"',
    '"Authorization"',
    '"Basic "',
    '"Bearer "',
    "\"curl 'https://example.org' -H 'Accept: application/json'\"",
}
"""What is not for people, or the same in all languages."""


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_is_shown_can_be_translated(name: str) -> None:
    text = TRANSLATED.sub("", NOT_SHOWN.sub("", (FOLDER / name).read_text(encoding="utf-8")))
    literals = set(re.findall(LITERAL, text)) - NAMES
    assert [found for found in literals if PROSE.search(FORMAT.sub("", found))] == []


def test_there_are_such_texts() -> None:
    found = [text for name in SCRIPTS for text in TRANSLATED.findall((FOLDER / name).read_text("utf-8"))]
    assert len(found) > 100
