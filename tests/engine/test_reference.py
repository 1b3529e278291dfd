"""docs/reference/ is what `tools/dev.py reference` writes, and what it shows is all that classes have."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.engine import harness

from devkit import engine, reference


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    found = engine.probe(Path(harness.engine()))
    assert found is not None
    return reference.pages(found)


def test_the_pages_are_fresh(pages: dict[str, str]) -> None:
    written = {path.name: path.read_text(encoding="utf-8") for path in reference.PAGES.glob("*.md")}
    stale = {name for name in pages | written if pages.get(name) != written.get(name)}
    assert not stale, "write them again: python3 tools/dev.py reference"


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("README.md", "- [PyHTTPClient](PyHTTPClient.md): An HTTP/1.1 client,"),
        ("PyHTTPClient.md", "`connect_timeout: float = 0.0`, by `set_connect_timeout()` and"),
        ("PyHTTPClient.md", "`request(method: int, url: String, headers: PackedStringArray, body: String = "),
        ("PyHTTPClient.md", "| `STATUS_BODY` | 7 | The answer's headers are there"),
        ("PyTLSPolicy.md", "| `ROOTS_MOZILLA` | 2 | Mozilla's alone"),
        ("PyHTTPConnection.md", "Inherits `StreamPeerExtension`."),
        ("godot.md", "### gdclass"),
        ("godot.md", "### before_stop"),
        ("godot.md", "| `Vector2(x, y)` | Two floats"),
    ],
)
def test_what_a_reader_looks_for_is_there(pages: dict[str, str], page: str, text: str) -> None:
    assert text in pages[page]


def test_every_member_says_what_it_is(pages: dict[str, str]) -> None:
    """A heading, what it takes and gives, and a text."""
    undocumented = [
        f"{name}: {entry.splitlines()[0]}"
        for name, page in pages.items()
        if name != reference.INDEX
        for entry in page.split("\n### ")[1:]
        if len(entry.partition("\n## ")[0].split("\n\n")) < 3
    ]
    assert undocumented == []
