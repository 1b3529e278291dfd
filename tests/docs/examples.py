"""The examples in docstrings: what stands there indented, behind an empty line."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Iterator

from tests.docs.blocks import ROOT, Block

_EXAMPLE = re.compile(r"(?<=\n\n)(?! {4}.*\n[ -]+\n)(?: {4}.*\n|\n)+")
"""Neither what is indented right behind a line, as below `Args:`, nor a table, whose head is underlined."""


def examples(*folders: str) -> list[Block]:
    """Those of all modules below some folders; the name of each is the module's."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return [
        block
        for path in paths
        for block in read(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))
    ]


def read(page: str, text: str) -> Iterator[Block]:
    """Finds the examples of a module."""
    module = page.removesuffix(".py").removesuffix("/__init__").replace("/", "_")
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        docstring = f"{ast.get_docstring(node) or ''}\n"
        for found in _EXAMPLE.finditer(docstring):
            line = node.body[0].lineno + docstring.count("\n", 0, found.start())
            code = textwrap.dedent(found[0]).strip("\n") + "\n"
            yield Block(page, line, getattr(node, "name", ""), "python", code, module)
