"""Regular expressions mean the same to every Python that runs them."""

import ast
import re
from collections.abc import Iterator
from re import _constants, _parser  # type: ignore[attr-defined]

import pytest
from tests.unit.http.modules import modules

from devkit.project import ROOT

_SINGLE = (_constants.LITERAL, _constants.NOT_LITERAL, _constants.IN, _constants.ANY)


def written() -> Iterator[tuple[str, str | bytes]]:
    """Finds the patterns that stand in the sources as a literal, with their places."""
    for folder in ("addons", "tools"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                match node:
                    case ast.Call(
                        func=ast.Attribute(value=ast.Name(id="re")),
                        args=[ast.Constant(value=str() | bytes() as pattern), *_],
                    ):
                        yield f"{path.relative_to(ROOT)}:{node.lineno}", pattern


def compiled() -> Iterator[tuple[str, str | bytes]]:
    """Finds those that modules have made, perhaps of several pieces."""
    for module in modules():
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                yield f"{module.__name__}.{name}", value.pattern


def possessive_groups(pattern: str | bytes) -> int:
    """Counts the possessive quantifiers over anything but one character or set."""

    def count(node: object) -> int:
        if not isinstance(node, _parser.SubPattern | tuple | list):
            return 0
        found = sum(count(part) for part in node)
        match node:
            case (_constants.POSSESSIVE_REPEAT, (_, _, repeated)):
                found += len(repeated) != 1 or repeated[0][0] not in _SINGLE
        return found

    return count(_parser.parse(pattern))


@pytest.mark.parametrize(
    ("pattern", "number"),
    [
        ("a*+[bc]++.?+[^d]{2,3}+", 0),
        ("(a|b)*", 0),
        (b"(?:ab)?+", 1),
        ("((?:[ab]|cd)*+|x(y)++)", 2),
        ("(?=(?:a|bc)*+)", 1),
    ],
)
def test_possessive_groups_are_found(pattern: str | bytes, number: int) -> None:
    assert possessive_groups(pattern) == number


def test_only_single_characters_are_possessive() -> None:
    """Quirk: CPython 3.11.0 to 3.11.4 match possessive groups wrongly - Debian 12 has 3.11.2 -
    https://github.com/python/cpython/issues/106052 - drop with 3.11.5 as the oldest Python."""
    patterns = [*written(), *compiled()]
    assert len(patterns) > 150
    assert [place for place, pattern in patterns if possessive_groups(pattern)] == []
