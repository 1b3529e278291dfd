"""The reference's pages: from XML, from sources, into a folder."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from devkit import engine, reference
from devkit.console import Failure

XML = """\
<class name="Board" inherits="Node" version="4.2">
	<brief_description>Scores of the season.</brief_description>
	<description>Call [code]add[/code] for each [lb]score[rb].
One of:
- one item
- another
And so on.</description>
	<tutorials></tutorials>
	<methods>
		<method name="rank" qualifiers="const vararg">
			<return type="int" enum="Board.Order"></return>
			<param index="0" name="player" type="String"></param>
			<param index="1" name="limit" type="int" default="3"></param>
			<description>Returns the rank.</description>
		</method>
		<method name="best" qualifiers="static">
			<return type="void"></return>
			<description></description>
		</method>
	</methods>
	<members>
		<member name="limit" type="int" setter="set_limit" getter="get_limit" default="10">How many.</member>
		<member name="first" type="String" setter="" getter="get_first">The best.</member>
	</members>
	<signals>
		<signal name="added">
			<param index="0" name="player" type="String"></param>
			<description>Emitted for each score.</description>
		</signal>
	</signals>
	<constants>
		<constant name="UP" value="0" enum="Order">The lowest | first.</constant>
		<constant name="DOWN" value="1" enum="Order"></constant>
		<constant name="MARK" value="1" enum="Marks" is_bitfield="true"></constant>
		<constant name="MOST" value="100"></constant>
	</constants>
</class>
"""

PAGE = """\
# Board

Inherits `Node`.

Scores of the season.

Call `add` for each [score].

One of:

- one item
- another

And so on.

## Properties

| property | type | default |
|---|---|---|
| [first](#first) | `String` |  |
| [limit](#limit) | `int` | `10` |

### first

`first: String`, by `get_first()`, read-only

The best.

### limit

`limit: int = 10`, by `set_limit()` and `get_limit()`

How many.

## Methods

| method | returns |
|---|---|
| [best](#best) | `void` |
| [rank](#rank) | `Board.Order` |

### best

`static best() -> void`

### rank

`rank(player: String, limit: int = 3, ...) -> Board.Order`, const

Returns the rank.

## Signals

### added

`added(player: String)`

Emitted for each score.

## Constants

| constant | value |
|---|---|
| `MOST` | 100 |

## Enum Marks

Flags, which may be combined.

| constant | value |
|---|---|
| `MARK` | 1 |

## Enum Order

| constant | value |  |
|---|---|---|
| `UP` | 0 | The lowest \\| first. |
| `DOWN` | 1 |  |
"""

SOURCES = {
    "godot/__init__.py": '''\
"""The package."""

from .declare import Plain, function
from .values import Name, Vector
from .enums import Order
from ._hidden import nothing

_HOSTS = {"say": "_pythonscript.errors", "Box": "godot._classes"}
''',
    "godot/annotations.py": '''\
"""What types are.

| annotation | type |
|---|---|
| `X | None` | an object |
"""
''',
    "godot/declare.py": '''\
def unlisted(): ...

class Plain(_Base, dict):
    """Of which little
    is said."""

@overload
def function(first: int) -> int: ...
def function(first: int, /, second="a", *, third: str | None = None, **others: int) -> int:
    """Does it.

    At length: of
    course.

    Args:
        first: the one
            that counts.
        second, third: others.

    Returns:
        What it did.

    Raises:
        TypeError: it did not.
    """
''',
    "godot/enums.py": '''\
class Order(IntEnum):
    """How."""

    UP = 0
    DOWN = 1
''',
    "godot/values.py": '''\
class Name(str):
    """A name."""
class Vector(tuple): ...
''',
    "godot/_classes.py": '''\
class Box:
    """Holds it.

    Args:
        size: how much.
    """

    @overload
    def __init__(self, size: int, *more: int) -> None: ...
    @overload
    def __init__(self, /, **named: int) -> None: ...

    @overload
    def open(self, *, wide: bool = False) -> None:
        """Opens it."""
    @overload
    def open(self, key: int, /) -> int: ...

    def _close(self) -> None: ...
''',
    "src/_pythonscript/errors.pyi": '''\
def say(text: object) -> None:
    """Says it."""
''',
}

PACKAGE = """\
# The package godot

The package.

The engine's own classes and singletons are imported from it by their names, as in `from godot import Node`.\
 Their members are in the engine's class reference.

## Declarations

### function

`function(first: int, /, second='a', *, third: str | None = None, **others: int) -> int`

Does it.

At length: of course.

Args:

- `first`: the one that counts.
- `second, third`: others.

Returns:

- What it did.

Raises:

- `TypeError`: it did not.

| class |  |
|---|---|
| `Plain` | Of which little is said. |

## Annotations

What types are.

| annotation | type |
|---|---|
| `X \\| None` | an object |

## Quitting

## Values

Immutable, each with its fields. Operators, methods, static methods and constants are the engine's: `a + b`,
`v.length()`, `Color.html("#fff")`, `Vector2.ZERO`.

| value type |  |
|---|---|
| `Vector(x, y)` | Two numbers. |

| class |  |
|---|---|
| `Name` | A name. |

## In a running engine

### say

`say(text: object) -> None`

Says it.

### Box

`class Box(size: int, *more: int)`, `class Box(**named: int)`

Holds it.

Args:

- `size`: how much.

#### Box.open

`open(*, wide: bool = False) -> None`, `open(key: int, /) -> int`

Opens it.

## Enums

### Order

`class Order(IntEnum)`

How.

`UP` 0, `DOWN` 1

## Raw memory
"""


VALUES = [reference.ValueType("Vector", ["x", "y"], "Two\nnumbers.\n\nMore.")]


def made(page: str) -> str:
    """A page without the note that it is made."""
    note, _, text = page.partition("\n\n")
    assert note.startswith("<!-- ")
    return text


def test_a_class() -> None:
    page = reference.class_page(ElementTree.fromstring(XML))
    assert made(page).rstrip() + "\n" == PAGE


def test_a_class_without_members() -> None:
    root = ElementTree.fromstring(
        '<class name="A" inherits="B"><brief_description>C.</brief_description></class>'
    )
    assert made(reference.class_page(root)).rstrip() == "# A\n\nInherits `B`.\n\nC."


def sources(folder: Path, **changed: str) -> tuple[Path, Path]:
    """Writes the package of this file, with other contents where `changed` has them; its two folders."""
    for name, text in {**SOURCES, **{f"godot/{name}.py": text for name, text in changed.items()}}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "godot", folder / "src"


def test_the_package(tmp_path: Path) -> None:
    assert made(reference.package_page(*sources(tmp_path), VALUES)) == PACKAGE


@pytest.mark.parametrize(
    ("module", "text", "complaint"),
    [
        ("enums", "class Order(IntEnum):\n    UP = 0\n", "Order has no docstring to write a page from"),
        (
            "enums",
            'class Order(IntEnum):\n    """A."""\n    def up(self): ...\n',
            "Order.up has no docstring to write a page from",
        ),
        ("enums", "Order = None\n", "enums.py defines no Order"),
        (
            "declare",
            'class Plain:\n    """A."""\ndef function():\n    """B.\n\n        c()\n\n    D.\n    """\n',
            "shows no code",
        ),
        ("__init__", "from .other import Thing", "godot.other has no heading on the page"),
    ],
)
def test_what_cannot_be_shown_is_said(tmp_path: Path, module: str, text: str, complaint: str) -> None:
    with pytest.raises(Failure, match=complaint):
        reference.package_page(*sources(tmp_path, **{module: text}), VALUES)


def test_a_folder_holds_exactly_the_pages(tmp_path: Path) -> None:
    (tmp_path / "Old.md").write_text("old")
    (tmp_path / "New.md").write_text("old")
    (tmp_path / "figure.svg").write_text("kept")
    reference.write({"New.md": "new", "README.md": "index"}, tmp_path)
    found = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert found == {"New.md": "new", "README.md": "index", "figure.svg": "kept"}


def fake_engine(folder: Path, script: str) -> engine.Engine:
    path = folder / "godot"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return engine.Engine(path, "4.6")


@pytest.mark.parametrize(
    ("script", "seconds", "complaint"),
    [
        ("echo it cannot >&2", reference.SECONDS, r"the engine describes no class:\nit cannot$"),
        ("exec sleep 60", 0.01, r"the engine did not describe the classes within 0.01 s"),
    ],
)
def test_what_keeps_an_engine_from_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, seconds: float, complaint: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(reference, "SECONDS", seconds)
    with pytest.raises(Failure, match=complaint):
        reference.describe(fake_engine(tmp_path, script))
