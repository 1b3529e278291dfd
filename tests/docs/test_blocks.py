"""What counts as a code block of a page, and that none is overlooked."""

from __future__ import annotations

import pytest
from tests.docs.blocks import ROOT, Block, blocks, pages, read

LANGUAGES = {"gdscript", "python", "sh"}
"""Those that are run: by tests/engine/test_9_pages.py, test_shell.py here, and tests/bundle/test_guide.py."""
FIGURES = {"docs/architecture.md"}
"""The pages that may have blocks in `text`, which are no code."""

PAGE = """\
# A page

```sh
ls
```

## To do: this

1. In a list:

   ~~~~python
   if True:
       print("```")
   ~~~~

```python
pass
```
"""


def test_blocks_are_found_with_their_places() -> None:
    assert list(read("docs/page.md", PAGE)) == [
        Block("docs/page.md", 4, "A page", "sh", "ls\n", "docs_page_a_page"),
        Block(
            "docs/page.md",
            12,
            "To do: this",
            "python",
            'if True:\n    print("```")\n',
            "docs_page_to_do_this",
        ),
        Block("docs/page.md", 17, "To do: this", "python", "pass\n", "docs_page_to_do_this_2"),
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("a\n\n```sh\nls\n", "page.md:3: this block does not end"),
        ("```sh\nls\n~~~\n", "page.md:1: this block does not end"),
        ("a\n\n    ls\n", "page.md:3: code stands in a fence that names its language"),
        ("a\n\n\tls\n", "page.md:3: code stands in a fence that names its language"),
        ("<pre>\nls\n</pre>\n", "page.md:1: code stands in a fence that names its language"),
    ],
)
def test_a_block_that_could_be_overlooked_is_an_error(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        list(read("page.md", text))


def test_a_block_without_a_language_has_none() -> None:
    assert [block.language for block in read("page.md", "```\nls\n```\n")] == [""]


@pytest.mark.parametrize(
    ("first", "file"),
    [
        ("# addons/turret/register_types.py", "addons/turret/register_types.py"),
        ("# main.gd", "main.gd"),
        ("# the addons/turret/register_types.py", ""),
        ("", ""),
    ],
)
def test_a_block_may_say_which_file_it_is(first: str, file: str) -> None:
    (block,) = read("page.md", f"```python\n{first}\npass\n```\n")
    assert block.file == file


def test_every_page_is_read() -> None:
    assert {"README.md", "CONTRIBUTING.md", "addons/pythonscript/README.md", "docs/tls.md"} <= set(pages())


@pytest.mark.parametrize("page", pages())
def test_no_fence_is_left_over(page: str) -> None:
    lines = (ROOT / page).read_text(encoding="utf-8").splitlines()
    fences = sum(line.lstrip().startswith(("```", "~~~")) for line in lines)
    assert fences == 2 * sum(block.page == page for block in blocks())


def test_every_block_is_in_a_language_that_is_run() -> None:
    others = [
        block
        for block in blocks()
        if block.language not in LANGUAGES
        and (block.language, block.page) not in {("text", f) for f in FIGURES}
    ]
    assert [f"{block.place}: no test runs blocks in {block.language!r}" for block in others] == []


def test_there_are_blocks_in_each_language() -> None:
    assert {block.language for block in blocks()} >= LANGUAGES
