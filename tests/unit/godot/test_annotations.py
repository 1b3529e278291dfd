"""Annotations as the engine's types."""

import collections.abc
import types
import typing
from enum import Enum, IntEnum, IntFlag
from typing import Annotated, Any, Generic, Literal, NewType, Optional, TypeVar, Union

import pytest
from tests.unit.godot.fakes import Node

from godot import (
    Color,
    Error,
    NodePath,
    PackedInt32Array,
    PackedStringArray,
    PropertyUsage,
    StringName,
    VariantType,
    Vector2,
    annotations,
)
from godot.annotations import (
    ANY,
    check_default,
    default_of,
    is_container,
    is_shared,
    resolve,
    type_name,
)
from godot.enums import PropertyHint
from godot.spec import ValueSpec


class Heir(Node):
    """Not declared, so to the engine it is a Node."""


class Order(IntEnum):
    UP = 1


class Side(IntFlag):
    LEFT = 1


NAMES = {
    bool: "bool",
    int: "int",
    float: "float",
    str: "String",
    StringName: "StringName",
    NodePath: "NodePath",
    Vector2: "Vector2",
    Color: "Color",
    bytes: "PackedByteArray",
    PackedInt32Array: "PackedInt32Array",
    PackedStringArray: "PackedStringArray",
    list: "Array",
    list[Any]: "Array",
    list[int]: "int[]",
    list[Node]: "Node[]",
    list[list[int]]: "Array[]",
    list[Order]: "int[]",
    dict: "Dictionary",
    dict[str, int]: "Dictionary",
    collections.abc.Callable: "Callable",
    collections.abc.Callable[[int], str]: "Callable",
    typing.Callable[..., Any]: "Callable",
    Node: "Node",
    Heir: "Node",
    Order: "int",
    Error: "int",
    Any: "Variant",
    object: "Variant",
    int | str: "Variant",
    int | None: "Variant",
}


@pytest.mark.parametrize("annotation", NAMES, ids=str)
def test_the_name_in_the_class_reference(annotation: Any) -> None:
    assert type_name(resolve(annotation)) == NAMES[annotation]


@pytest.mark.parametrize("annotation", [Node | None, Optional[Node], Union[None, Node]])  # noqa: UP007, UP045
def test_an_object_may_be_null_anyway(annotation: Any) -> None:
    assert resolve(annotation) == resolve(Node) == ValueSpec(VariantType.OBJECT, Node, class_name="Node")


def test_enums_and_flags() -> None:
    assert resolve(Error).class_name == "Error"
    assert resolve(Order).class_name.endswith("Order")
    assert (resolve(Order).python, resolve(Order).usage) == (
        Order,
        PropertyUsage.DEFAULT | PropertyUsage.CLASS_IS_ENUM,
    )
    assert resolve(Side).usage == PropertyUsage.DEFAULT | PropertyUsage.CLASS_IS_BITFIELD


def test_an_enum_of_several_classes_is_named_by_the_first() -> None:
    class Shared(IntEnum):
        ONE = 1

    annotations.add_enum(Shared, "First.Shared")
    annotations.add_enum(Shared, "Second.Shared")
    assert resolve(Shared).class_name == "First.Shared"


def test_typed_arrays() -> None:
    value = resolve(list[Node])
    assert value.element == resolve(Node)
    assert (value.hint, value.hint_string) == (PropertyHint.ARRAY_TYPE, "Node")
    assert resolve(list[Order]).hint_string == "int"
    assert resolve(list[Any]) == resolve(list)


def test_a_type_that_only_a_host_brings(monkeypatch: pytest.MonkeyPatch) -> None:
    class RID: ...

    monkeypatch.setattr(annotations, "_TYPES", dict(annotations._TYPES))
    with pytest.raises(TypeError, match="the annotation RID has no counterpart"):
        resolve(RID)
    annotations.add_type(RID, VariantType.RID, python=RID)
    assert resolve(RID) == ValueSpec(VariantType.RID, RID)
    assert isinstance(default_of(resolve(RID)), RID)


T = TypeVar("T")
K = TypeVar("K")


class Array(Generic[T]):
    """Stands for the host's."""


class Dictionary(Generic[K, T]):
    """Stands for the host's."""


@pytest.fixture
def shared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(annotations, "_TYPES", dict(annotations._TYPES))
    annotations.add_type(Array, VariantType.ARRAY, python=Array)
    annotations.add_type(Dictionary, VariantType.DICTIONARY, python=Dictionary)


@pytest.mark.usefixtures("shared")
@pytest.mark.parametrize(
    ("annotation", "name", "hint"),
    [
        (Array, "Array", ""),
        (Array[Any], "Array", ""),
        (Array[int], "int[]", "int"),
        (Array[Node], "Node[]", "Node"),
        (Array[Array[int]], "Array[]", "Array"),
        (Array[list[int]], "Array[]", "Array"),
        (Dictionary, "Dictionary", ""),
        (Dictionary[Any, Any], "Dictionary", ""),
        (Dictionary[str, Node], "Dictionary[String, Node]", "String;Node"),
        (Dictionary[Any, int], "Dictionary[Variant, int]", "Variant;int"),
        (Dictionary[int, Array[int]], "Dictionary[int, Array]", "int;Array"),
    ],
    ids=str,
)
def test_containers_that_are_shared(annotation: Any, name: str, hint: str) -> None:
    value = resolve(annotation)
    assert (type_name(value), value.hint_string) == (name, hint)
    assert value.python in (Array, Dictionary)
    assert is_container(value)
    assert is_shared(value)
    assert default_of(value) in ([], {})
    check_default(value, default_of(value))
    check_default(value, value.python and value.python())


@pytest.mark.usefixtures("shared")
def test_a_union_with_a_shared_container_shares_it() -> None:
    for union, python in (
        (Array[int] | None, Array),
        (Dictionary[str, int] | int, Dictionary),
        (None | (Array[int] | Node), Array),
        (list[int] | None, None),
        (int | str, None),
    ):
        value = resolve(union)
        assert (value.type, value.python) == (VariantType.NIL, python)
        assert is_shared(value) == (python is not None)
        assert not is_container(value)
        assert default_of(value) is None


@pytest.mark.usefixtures("shared")
def test_a_list_is_not_shared() -> None:
    for annotation in (list, list[int], dict, bytes, Node, Order):
        assert not is_container(resolve(annotation))
        assert not is_shared(resolve(annotation))


@pytest.mark.usefixtures("shared")
def test_a_container_of_what_has_no_counterpart() -> None:
    with pytest.raises(TypeError, match="the annotation complex has no counterpart"):
        resolve(Dictionary[str, complex])
    with pytest.raises(TypeError, match="has the wrong number of types"):
        resolve(types.GenericAlias(Array, (int, str)))


class Text(Enum):
    ONE = "one"


Player = NewType("Player", int)


def test_types_that_stand_for_others() -> None:
    assert resolve(Player) == resolve(int)
    assert resolve(Literal["red", "blue"]) == resolve(str)
    assert resolve(Literal[Order.UP]) == resolve(Order)
    assert resolve(Literal["red", 1]) == ANY
    assert resolve(Literal["red", None]) == ANY


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        (set, "the annotation set .*; write list"),
        (tuple[int, str], "the annotation tuple .*; write list"),
        (collections.abc.Sequence[int], "the annotation Sequence .*; write list"),
        (collections.abc.Mapping[str, int], "the annotation Mapping .*; write dict"),
        (bytearray, "; write bytes or PackedByteArray"),
        (Text, "the enum Text must be an IntEnum or IntFlag"),
        (complex, "the annotation complex has no counterpart in the engine$"),
        (None, "the annotation None has no"),
        (3, "the annotation 3 has no"),
        ([int], "has no counterpart"),
        (int | set[int], "the annotation set"),
        (list[complex], "the annotation complex"),
        (Annotated[int, "metres"], "has no counterpart"),
    ],
    ids=str,
)
def test_what_has_no_counterpart(annotation: Any, text: str) -> None:
    with pytest.raises(TypeError, match=text):
        resolve(annotation)


DEFAULTS: dict[Any, tuple[list[Any], list[Any]]] = {
    bool: ([True], [1, None]),
    int: ([3, True, Order.UP], [1.0, "1", None]),
    float: ([1.5, 1], ["1"]),
    str: (["x", StringName("x")], [b"x", 1]),
    StringName: (["x"], [1]),
    bytes: ([b"x", bytearray(b"x"), memoryview(b"x")], ["x", 3]),
    list: ([[1], (1,)], [{1}, "x", None]),
    dict: ([{}], [[]]),
    Vector2: ([Vector2()], [(0, 0)]),
    PackedInt32Array: ([PackedInt32Array([1]), [1]], [b"x"]),
    PackedStringArray: ([["x"], ("x",)], ["x"]),
    Node: ([None], [Node()]),
    Order: ([Order.UP, 1], ["UP"]),
    Any: ([None, 1, "x"], []),
}


@pytest.mark.parametrize("annotation", DEFAULTS, ids=str)
def test_what_may_be_a_default(annotation: Any) -> None:
    fitting, others = DEFAULTS[annotation]
    for default in fitting:
        check_default(resolve(annotation), default)
    for default in others:
        with pytest.raises(TypeError, match="its default must be"):
            check_default(resolve(annotation), default)


def test_the_engines_own_defaults_fit() -> None:
    for annotation in DEFAULTS:
        check_default(resolve(annotation), default_of(resolve(annotation)))
    assert default_of(resolve(Order)) is Order.UP
    assert default_of(ANY) is None
