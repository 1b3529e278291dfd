"""Docstrings as the engine's class reference."""

import re
from collections.abc import Iterator
from enum import IntEnum, IntFlag
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest
from tests.unit.godot.fakes import Node

from godot import (
    Color,
    DeclarationError,
    Error,
    NodePath,
    PackedFloat32Array,
    PackedStringArray,
    Rect2,
    Signal,
    StringName,
    Transform3D,
    Vector2,
    Vector2i,
    const,
    documentation,
    export,
    gdclass,
)
from godot.annotations import resolve

TEXT = {"name", "enum", "type", "default", "setter", "getter", "value", "inherits", "version", "qualifiers"}
CHILDREN = {
    "class": {"brief_description", "description", "tutorials", "methods", "members", "signals", "constants"},
    "methods": {"method"},
    "method": {"return", "param", "description"},
    "members": {"member"},
    "signals": {"signal"},
    "signal": {"param", "description"},
    "constants": {"constant"},
}
"""The elements of doc/class.xsd, as far as a class in Python has them."""
REQUIRED = {
    "class": {"name"},
    "method": {"name"},
    "return": {"type"},
    "param": {"index", "name", "type"},
    "member": {"name", "type", "setter", "getter"},
    "signal": {"name"},
    "constant": {"name", "value"},
}
OPTIONAL = {
    "class": {"inherits", "version"},
    "method": {"qualifiers"},
    "return": {"enum", "is_bitfield"},
    "param": {"enum", "is_bitfield", "default"},
    "member": {"enum", "is_bitfield", "default"},
    "constant": {"enum", "is_bitfield"},
}
TAGS = re.compile(r"\[([^\]]*)\]")


class Shared(IntEnum):
    """Of another module."""

    ONE = 1
    """The first."""


@gdclass
class Board(Node):
    """Scores of the
    current season.

    Call `add` for each score; see [url] and ``rank``.

    - one item
    - another, that is
      wrapped
    """

    class Order(IntEnum):
        """How it sorts."""

        UP = 0
        """The lowest first."""
        DOWN = 1

    class Marks(IntFlag):
        LEFT = 1
        """On the left."""

    Shared = Shared

    MOST = 100
    """As many as are kept."""

    added = Signal(player=str, order=Order)
    """Emitted for
    every score."""
    silent = Signal()

    limit: int = export(10)
    """How many are `kept`."""
    order: Order = export(Order.DOWN)
    mark: Marks = export()
    node: Node | None = export()
    undocumented: float = export(1)

    @const
    def rank(self, player: str, order: Order = Order.DOWN, *more: Any) -> Order:
        """Returns the order.

        As it says.
        """
        return order

    def add(self, player: str, marks: "Marks", tags: list[str] = [], note: Any = None) -> None: ...  # noqa: B006

    @staticmethod
    def make() -> "Board | None": ...

    @property
    def best(self) -> int:
        """The highest."""
        return 1


@pytest.fixture
def root() -> Element:
    return ElementTree.fromstring(documentation.to_xml(Board))


def find(root: Element, tag: str, name: str) -> Element:
    return next(node for node in root.iter(tag) if node.get("name") == name)


def text(root: Element, tag: str, name: str) -> str:
    node = find(root, tag, name)
    return (node.findtext("description") if tag in ("method", "signal") else node.text) or ""


def all_nodes(node: Element) -> Iterator[Element]:
    return node.iter()


def test_the_schema(root: Element) -> None:
    for node in all_nodes(root):
        assert {child.tag for child in node} <= CHILDREN.get(node.tag, set())
        required = REQUIRED.get(node.tag, set())
        assert required <= set(node.attrib) <= required | OPTIONAL.get(node.tag, set()), node.tag
        for child in ("brief_description", "description", "tutorials"):
            assert len(node.findall(child)) == (node.tag == "class" or child in CHILDREN.get(node.tag, ()))
        assert node.get("is_bitfield") in (None, "true")
        assert set(node.attrib) <= TEXT | {"index", "is_bitfield"}


def test_arguments_are_numbered(root: Element) -> None:
    for node in (*root.iter("method"), *root.iter("signal")):
        assert [param.get("index") for param in node.findall("param")] == [
            str(index) for index in range(len(node.findall("param")))
        ]
    assert len(find(root, "method", "add").findall("param")) == 4


def test_no_element_is_written_short() -> None:
    assert "/>" not in documentation.to_xml(Board)


def test_the_class(root: Element) -> None:
    assert root.attrib == {"name": "Board", "inherits": "Node", "version": "4.2"}
    assert root.findtext("brief_description") == "Scores of the current season."
    assert (root.findtext("description") or "").splitlines() == [
        "Call [code]add[/code] for each score; see [lb]url[rb] and [code]rank[/code].",
        "- one item",
        "- another, that is",
        "wrapped",
    ]


def test_methods(root: Element) -> None:
    methods = {node.get("name"): node for node in root.iter("method")}
    assert set(methods) == {"rank", "add", "make"}  # the engine's reference has no accessors either
    rank = methods["rank"]
    assert rank.get("qualifiers") == "const vararg"
    assert rank.findtext("description") == "Returns the order.\nAs it says."
    assert [node.attrib for node in rank if node.tag != "description"] == [
        {"type": "int", "enum": "Board.Order"},
        {"index": "0", "name": "player", "type": "String"},
        {"index": "1", "name": "order", "type": "int", "enum": "Board.Order", "default": "1"},
    ]
    assert [node.attrib for node in methods["add"] if node.tag != "description"] == [
        {"type": "void"},
        {"index": "0", "name": "player", "type": "String"},
        {"index": "1", "name": "marks", "type": "int", "enum": "Board.Marks", "is_bitfield": "true"},
        {"index": "2", "name": "tags", "type": "String[]", "default": "Array[String]([])"},
        {"index": "3", "name": "note", "type": "Variant", "default": "null"},
    ]
    assert methods["make"].get("qualifiers") == "static"
    assert methods["make"][0].attrib == {"type": "Board"}


def test_members(root: Element) -> None:
    members = {node.attrib.pop("name"): node.attrib for node in root.iter("member")}
    assert members == {
        "limit": {"type": "int", "setter": "set_limit", "getter": "get_limit", "default": "10"},
        "order": {
            "type": "int",
            "enum": "Board.Order",
            "setter": "set_order",
            "getter": "get_order",
            "default": "1",
        },
        "mark": {
            "type": "int",
            "enum": "Board.Marks",
            "is_bitfield": "true",
            "setter": "set_mark",
            "getter": "get_mark",
            "default": "0",
        },
        "node": {"type": "Node", "setter": "set_node", "getter": "get_node", "default": "null"},
        "undocumented": {
            "type": "float",
            "setter": "set_undocumented",
            "getter": "get_undocumented",
            "default": "1.0",
        },
        "best": {"type": "int", "setter": "", "getter": "get_best"},
    }


def test_docs_of_what_has_no_docstring_follow_it(root: Element) -> None:
    assert text(root, "member", "limit") == "How many are [code]kept[/code]."
    assert text(root, "member", "best") == "The highest."
    assert text(root, "member", "undocumented") == ""
    assert text(root, "signal", "added") == "Emitted for every score."
    assert text(root, "signal", "silent") == ""
    assert text(root, "constant", "MOST") == "As many as are kept."
    assert text(root, "constant", "UP") == "The lowest first."
    assert text(root, "constant", "DOWN") == ""
    assert text(root, "constant", "ONE") == "The first."


def test_constants(root: Element) -> None:
    constants = {node.attrib.pop("name"): node.attrib for node in root.iter("constant")}
    assert constants == {
        "UP": {"value": "0", "enum": "Order"},
        "DOWN": {"value": "1", "enum": "Order"},
        "LEFT": {"value": "1", "enum": "Marks", "is_bitfield": "true"},
        "ONE": {"value": "1", "enum": "Shared"},
        "MOST": {"value": "100"},
    }


def test_without_a_source_there_are_no_such_docs() -> None:
    scope: dict[str, Any] = {}
    exec("class Made:\n    ONE = 1\n    'doc'\n", scope)
    assert documentation.attribute_docstrings(scope["Made"]) == {}


DOCS = {
    "": "",
    "One line.": "One line.",
    "Wrapped\nline.": "Wrapped line.",
    "One.\n\nTwo\nlines.": "One.\nTwo lines.",
    "Args:\n    a: one\n    b: two": "Args:\na: one\nb: two",
    "`code` and `[brackets]`": "[code]code[/code] and [code][brackets][/code]",
    "[b]not bold[/b]": "[lb]b[rb]not bold[lb]/b[rb]",
    "a ` alone": "a ` alone",
    "a < b & c": "a < b & c",
}


@pytest.mark.parametrize("doc", DOCS)
def test_markup(doc: str) -> None:
    marked = documentation._text(doc)
    assert marked == DOCS[doc]
    outside = re.sub(r"\[code\].*?\[/code\]", "", marked)
    assert set(TAGS.findall(outside)) <= {"lb", "rb"}


LITERALS: list[tuple[Any, Any, str]] = [
    (Any, None, "null"),
    (bool, True, "true"),
    (bool, False, "false"),
    (int, -3, "-3"),
    (int, True, "true"),
    (Error, Error.ERR_BUG, "47"),
    (float, 1, "1.0"),
    (float, 0.5, "0.5"),
    (float, float("inf"), "inf"),
    (str, "", '""'),
    (str, 'say "a\\b"\n\t', '"say \\"a\\\\b\\"\\n\\t"'),
    (str, StringName("a"), '"a"'),
    (StringName, "a", '&"a"'),
    (NodePath, "../a", 'NodePath("../a")'),
    (Any, StringName("a"), '&"a"'),
    (Any, NodePath("a"), 'NodePath("a")'),
    (list, [], "[]"),
    (list, [1, "a", None, [True]], '[1, "a", null, [true]]'),
    (list[int], [], "Array[int]([])"),
    (list[float], [1], "Array[float]([1.0])"),
    (list[list[int]], [[1]], "Array[Array]([Array[int]([1])])"),
    (list[StringName], ["a"], 'Array[StringName]([&"a"])'),
    (dict, {}, "{}"),
    (dict, {"a": 1, 2: None}, '{"a": 1, 2: null}'),
    (bytes, b"", "PackedByteArray()"),
    (bytes, b"ab", "PackedByteArray(97, 98)"),
    (PackedStringArray, ["a"], 'PackedStringArray("a")'),
    (PackedFloat32Array, [1], "PackedFloat32Array(1)"),
    (Any, PackedFloat32Array([0.5]), "PackedFloat32Array(0.5)"),
    (Any, b"a", "PackedByteArray(97)"),
    (Vector2, Vector2(), "Vector2(0, 0)"),
    (Vector2, Vector2(0.5, -1.0), "Vector2(0.5, -1)"),
    (Vector2i, Vector2i(1, 2), "Vector2i(1, 2)"),
    (Rect2, Rect2(), "Rect2(0, 0, 0, 0)"),
    (Color, Color(1.0, 0.25, 0.1), "Color(1, 0.25, 0.1, 1)"),
    (Vector2i, Vector2i(2147483647, -10), "Vector2i(2147483647, -10)"),
    (Transform3D, Transform3D(), "Transform3D(1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0)"),
]


@pytest.mark.parametrize(("annotation", "value", "spelled"), LITERALS)
def test_defaults_are_spelled_as_in_gdscript(annotation: Any, value: Any, spelled: str) -> None:
    assert documentation.literal(value, resolve(annotation)) == spelled


def test_only_declared_classes_have_documentation() -> None:
    class Plain(Node): ...

    with pytest.raises(DeclarationError, match="Plain was not declared by gdclass"):
        documentation.to_xml(Plain)
