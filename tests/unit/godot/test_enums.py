"""The engine's enums are those of the engine that the stubs were made from."""

from __future__ import annotations

import ast
from pathlib import Path

from godot import Error, enums


def test_error_codes_have_no_gaps() -> None:
    assert [code.value for code in Error] == list(range(49))
    assert (Error(31).name, Error(48).name) == ("ERR_INVALID_PARAMETER", "ERR_PRINTER_ON_FIRE")


def test_every_enum_is_documented() -> None:
    tree = ast.parse(Path(enums.__file__).read_text(encoding="utf-8"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    assert [node.name for node in classes if not ast.get_docstring(node)] == []
    assert len(classes) == 5
