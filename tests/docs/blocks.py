"""The code blocks of the project's pages: fenced ones, each with its language and where it stands."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
GUIDE = "docs/guide.md"
"""The page whose blocks make one project, in their order: tests/bundle/test_guide.py follows it."""

_FENCE = re.compile(r" {0,3}(```+|~~~+)\s*([\w+-]*)")
_UNFENCED = re.compile(r"    |\t|\s*<pre\b")
_FILE = re.compile(r"# (addons/\w+/\w+\.py|\w+\.gd)\n")
_HEADING = re.compile(r"#+ (.+)")


@dataclass(frozen=True)
class Block:
    """One code block.

    Attributes:
        page: the file, relative to the top of the repository.
        line: its first line in the page.
        section: the heading above it.
        language: as the fence has it; empty: it has none.
        text: the code, without the indentation of the list item that it stands in.
        name: the page and the section in one word, unique among the blocks of one language.
    """

    page: str
    line: int
    section: str
    language: str
    text: str
    name: str

    @property
    def place(self) -> str:
        """Where an editor finds it."""
        return f"{self.page}:{self.line}"

    @property
    def file(self) -> str:
        """The file of a project that it is, where its first line says so; else empty."""
        said = _FILE.match(self.text)
        return said[1] if said else ""


def pages(root: Path = ROOT) -> list[str]:
    """All pages, relative to the top of the repository."""
    patterns = ("*.md", "addons/*/*.md", "docs/**/*.md")
    return sorted(str(path.relative_to(root)) for pattern in patterns for path in root.glob(pattern))


def blocks(*languages: str) -> list[Block]:
    """The blocks of all pages, in these languages if any are named."""
    found = (block for page in pages() for block in read(page, (ROOT / page).read_text(encoding="utf-8")))
    return [block for block in found if not languages or block.language in languages]


def read(page: str, text: str) -> Iterator[Block]:
    """Finds the blocks of a page.

    Raises:
        ValueError: a block does not end, or is marked by something other than a fence and so has no language.
    """
    section, fence, language, begin = "", "", "", 0
    code: list[str] = []
    names: Counter[tuple[str, str]] = Counter()
    for number, line in enumerate(text.splitlines(), start=1):
        opening = _FENCE.match(line)
        if not fence:
            if opening:
                fence, language = opening.groups()
                begin, code = number + 1, []
            elif _UNFENCED.match(line):
                raise ValueError(f"{page}:{number}: code stands in a fence that names its language")
            elif heading := _HEADING.match(line):
                section = heading[1]
        elif opening and opening[1].startswith(fence) and not opening[2]:
            name = _name(page, section)
            names[name, language] += 1
            if (count := names[name, language]) > 1:
                name = f"{name}_{count}"
            yield Block(page, begin, section, language, textwrap.dedent("\n".join([*code, ""])), name)
            fence = ""
        else:
            code.append(line)
    if fence:
        raise ValueError(f"{page}:{begin - 1}: this block does not end")


def _name(page: str, section: str) -> str:
    """`docs/tls.md`, "To pin a key": docs_tls_to_pin_a_key."""
    return re.sub(r"\W+", "_", f"{page.removesuffix('.md')} {section}".lower()).strip("_")
