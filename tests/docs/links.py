"""The links of the project's pages, and what they may point to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

_CODE = re.compile(
    r"^ {0,3}(```+|~~~+).*?^ {0,3}\1|(?<!`)(`+)(?!`).+?(?<!`)\2(?!`)", re.MULTILINE | re.DOTALL
)
_LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^()\s]*(?:\([^()]*\))?[^()\s]*)\)")
_HEADING = re.compile(r"#+ +(.+?)\s*$")
_ANCHOR = re.compile(r'<a id="([^"]+)">')


@dataclass(frozen=True)
class Link:
    """One link.

    Attributes:
        page: the file that it is in.
        line: where.
        target: as it is written.
    """

    page: Path
    line: int
    target: str

    def complaint(self) -> str:
        """What is wrong with it; nothing if it leads somewhere. Addresses are not visited."""
        parts = urlsplit(self.target)
        if parts.scheme or parts.netloc:
            return "" if parts.scheme == "https" and parts.netloc else "an address begins with https://"
        path = self.page if not parts.path else self.page.parent / parts.path
        if not path.exists():
            return f"there is no {parts.path}"
        if parts.fragment and parts.fragment not in anchors(path.read_text(encoding="utf-8")):
            return f"{path.name} has no heading #{parts.fragment}"
        return ""


def links(page: Path) -> list[Link]:
    """All links of a page, but for what looks like one in code."""
    text = _CODE.sub(lambda code: "\n" * code[0].count("\n"), page.read_text(encoding="utf-8"))
    return [Link(page, text.count("\n", 0, found.start()) + 1, found[1]) for found in _LINK.finditer(text)]


def anchors(text: str) -> set[str]:
    """What a link to a page may name: its headings, as GitHub names them, and marks of its own."""
    return {*_ANCHOR.findall(text), *_headings(text)}


def _headings(text: str) -> Iterator[str]:
    seen: Counter[str] = Counter()
    for line in re.sub(
        r"^ {0,3}(```+|~~~+).*?^ {0,3}\1", "", text, flags=re.MULTILINE | re.DOTALL
    ).splitlines():
        if heading := _HEADING.match(line):
            name = slug(heading[1])
            yield name if not seen[name] else f"{name}-{seen[name]}"
            seen[name] += 1


def slug(heading: str) -> str:
    """A heading's name in links: small letters, hyphens for blanks, no punctuation, no markup."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w -]", "", plain.lower()).replace(" ", "-")
