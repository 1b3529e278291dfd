"""Every link of a page leads somewhere, and what each addon's folder must hold is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.docs.blocks import ROOT, pages
from tests.docs.links import Link, anchors, links, slug

ADDONS = sorted(path.parent for path in ROOT.glob("addons/*/*.gdextension")) + [
    path.parent for path in sorted(ROOT.glob("addons/*/register_types.py"))
]

PAGE = """\
# A `code` heading: with, marks!

[one](other.md) and [`two`](other.md#part-1), [an [inner] one](https://example.org/a_(b))
`[code](none.md)`

```sh
# [comment](none.md)
```

## Part
## Part
<a id="own"></a>![figure](figure.svg)
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.md"
    path.write_text(PAGE)
    (tmp_path / "other.md").write_text(PAGE)
    (tmp_path / "figure.svg").write_text("")
    return path


def test_links_are_found(page: Path) -> None:
    found = {"other.md": 3, "other.md#part-1": 3, "https://example.org/a_(b)": 3, "figure.svg": 12}
    assert links(page) == [Link(page, line, target) for target, line in found.items()]
    assert [link.complaint() for link in links(page)] == [""] * len(found)


def test_anchors_are_those_of_github() -> None:
    assert anchors(PAGE) == {"a-code-heading-with-marks", "part", "part-1", "own"}
    assert slug("TLS: versions, keys and [sessions](x.md)") == "tls-versions-keys-and-sessions"


@pytest.mark.parametrize(
    ("target", "complaint"),
    [
        ("none.md", "there is no none.md"),
        ("other.md#none", "other.md has no heading #none"),
        ("#none", "page.md has no heading #none"),
        ("http://example.org/", "an address begins with https://"),
        ("https:///x", "an address begins with https://"),
    ],
)
def test_a_link_that_leads_nowhere_is_told(page: Path, target: str, complaint: str) -> None:
    assert Link(page, 1, target).complaint() == complaint


@pytest.mark.parametrize("name", pages())
def test_every_link_leads_somewhere(name: str) -> None:
    wrong = [(link, complaint) for link in links(ROOT / name) if (complaint := link.complaint())]
    assert [f"{name}:{link.line}: {complaint}" for link, complaint in wrong] == []


def test_every_page_is_reached_from_the_readme() -> None:
    reached, new = set[Path](), {ROOT / "README.md"}
    while new:
        reached |= new
        targets = {
            (link.page.parent / link.target.partition("#")[0]).resolve()
            for path in new
            for link in links(path)
            if link.target.partition("#")[0].endswith(".md")
        }
        new = targets - reached
    assert [name for name in pages() if ROOT / name not in reached] == []


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) < 120


@pytest.mark.parametrize("addon", ADDONS, ids=[addon.name for addon in ADDONS])
def test_an_addon_stands_by_itself(addon: Path) -> None:
    """Who unpacks it into a project has its page and the licence, and no link that leads out of it."""
    assert (addon / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    page = addon / "README.md"
    inside = [(page.parent / link.target).resolve().is_relative_to(addon) for link in links(page)]
    assert all(inside)
    assert re.match(r"# \w+\n", page.read_text(encoding="utf-8"))
