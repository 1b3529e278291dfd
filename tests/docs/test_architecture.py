"""docs/architecture.md names files that are there."""

from __future__ import annotations

import re

import pytest
from tests.docs.blocks import ROOT, blocks

PAGE = "docs/architecture.md"
TEXT = (ROOT / PAGE).read_text(encoding="utf-8")

FOLDERS = (
    "",
    "addons/pythonscript",
    "addons/pythonscript/godot",
    "addons/pythonscript/src/_pythonscript",
    "addons/pythonscript_http",
    "tools",
    "tests",
    "docs",
)
"""Where a path of the page may begin."""

ADDONS = {"register_types.py", "register_editor_types.py"}
"""What any addon may have."""

NAMED = sorted({*re.findall(r"`([\w./*-]+(?:/|\.(?:py|pyx|c|gd|md|toml)))`", TEXT)} - ADDONS)


@pytest.mark.parametrize("path", NAMED)
def test_a_path_that_is_named_exists(path: str) -> None:
    assert any(list((ROOT / folder).glob(path.rstrip("/"))) for folder in FOLDERS)


def test_paths_are_found() -> None:
    assert {"addons/pythonscript/", "incoming.pyx", "tools/dev.py", "reference/"} <= set(NAMED)
    assert len(NAMED) > 40


def test_the_figure_reads_in_a_terminal() -> None:
    (figure,) = (block for block in blocks("text") if block.page == PAGE)
    assert max(map(len, figure.text.splitlines())) <= 100
    missing = [
        name
        for name in re.findall(r"[\w/]+\.pyx?", figure.text)
        if not any(list(ROOT.glob(f"addons/pythonscript*/**/{name}")))
    ]
    assert missing == []


def bounds() -> dict[str, str]:
    """The file of each bound that the page lists."""
    section = TEXT.partition("## Bounds")[2].partition("\n## ")[0]
    rows = section.partition("|---|---|---|\n")[2].strip().splitlines()
    cells = [row.strip("| ").split(" | ") for row in rows]
    return {name: file.strip("`") for names, file, _ in cells for name in re.findall(r"`(\w+)`", names)}


def test_every_bound_is_listed_where_it_is() -> None:
    client = ROOT / "addons/pythonscript_http"
    found = {
        name: str(path.relative_to(client))
        for path in client.rglob("*.py")
        for name in re.findall(r"^(_?MOST_\w+|\w+_LIMIT): Final", path.read_text("utf-8"), re.MULTILINE)
    }
    assert found.items() <= bounds().items()
    for name, file in bounds().items():
        assert f"\n{name}: Final = " in (client / file).read_text("utf-8"), name


def test_every_task_names_its_files() -> None:
    rows = TEXT.partition("## Where to change what")[2].strip().splitlines()[2:]
    assert len(rows) == 15
    assert [row for row in rows if "`" not in row] == []
