"""The value types, as far as they go without an engine."""

import copy
import gc
import math
import pickle
import struct
import sys
import weakref
from collections.abc import Iterator
from typing import Any, cast

import pytest
from _pythonscript.values import Value, numbers, single
from hypothesis import given
from hypothesis import strategies as st

from godot import (
    AABB,
    Basis,
    Color,
    NodePath,
    PackedFloat32Array,
    PackedFloat64Array,
    PackedInt32Array,
    PackedInt64Array,
    PackedStringArray,
    PackedVector2Array,
    Plane,
    Projection,
    Quaternion,
    Rect2,
    Rect2i,
    StringName,
    Transform2D,
    Transform3D,
    VariantType,
    Vector2,
    Vector2i,
    Vector3,
    Vector3i,
    Vector4,
    Vector4i,
)
from godot.values import LIST_ARRAYS, NUMBER_ARRAYS, VALUES

WIDTHS = {
    Vector2: 2,
    Vector2i: 2,
    Rect2: 4,
    Rect2i: 4,
    Vector3: 3,
    Vector3i: 3,
    Transform2D: 6,
    Vector4: 4,
    Vector4i: 4,
    Plane: 4,
    Quaternion: 4,
    AABB: 6,
    Basis: 9,
    Transform3D: 12,
    Projection: 16,
    Color: 4,
}
"""All value types, with how many numbers each holds."""
INTEGRAL = (Vector2i, Vector3i, Vector4i, Rect2i)


def sample(cls: Any, first: int = 1) -> Any:
    """A value whose numbers are `first` and those that follow it, in the order of its fields."""
    numbers = iter(range(first, first + 16))
    return filled(cls, numbers)


def filled(cls: Any, numbers: Iterator[int]) -> Any:
    fields = [getattr(cls(), name) for name in cls.__match_args__]
    return cls(
        *(
            filled(type(field), numbers) if type(field) in WIDTHS else type(field)(next(numbers))
            for field in fields
        )
    )


def test_every_type_is_known_by_its_variant_type() -> None:
    named = VALUES | NUMBER_ARRAYS | LIST_ARRAYS
    assert {kind: cls.__name__.upper() for kind, cls in named.items()} == {
        kind: kind.name.replace("_", "") for kind in named
    }
    assert set(VALUES.values()) == set(WIDTHS)
    assert {kind for kind in VariantType if kind > VariantType.PACKED_BYTE_ARRAY} == set(named) - set(VALUES)


# Fields and memory


@pytest.mark.parametrize("cls", WIDTHS)
def test_it_is_made_of_its_fields(cls: Any) -> None:
    value = sample(cls)
    assert len(numbers(value)) == WIDTHS[cls]
    assert sorted(numbers(value)) == list(range(1, WIDTHS[cls] + 1))
    assert {type(number) for number in numbers(value)} == {int if cls in INTEGRAL else float}
    assert cls(*value) == value == cls(**dict(zip(cls.__match_args__, value, strict=True)))
    assert [getattr(value, name) for name in cls.__match_args__] == list(value)
    assert len(value) == len(cls.__match_args__) == len(list(value))


def test_a_basis_has_columns_and_is_kept_by_rows() -> None:
    basis = Basis(Vector3(1, 2, 3), Vector3(4, 5, 6), Vector3(7, 8, 9))
    assert numbers(basis) == (1, 4, 7, 2, 5, 8, 3, 6, 9)
    assert basis.y == Vector3(4, 5, 6)
    transform = Transform3D(basis, Vector3(10, 11, 12))
    assert numbers(transform) == (1, 4, 7, 2, 5, 8, 3, 6, 9, 10, 11, 12)
    assert (transform.basis, transform.basis.z) == (basis, Vector3(7, 8, 9))


def test_the_engines_own_defaults() -> None:
    assert Color() == Color(0, 0, 0, 1)
    assert Quaternion() == Quaternion(0, 0, 0, 1)
    assert Rect2().size == Vector2(0.0, 0.0)
    assert Transform3D().basis.y == Vector3(y=1.0)
    assert Transform2D().y == Vector2(y=1.0)
    assert Projection().w == Vector4(w=1.0)


def test_a_color_may_go_without_its_alpha() -> None:
    assert Color(1, 0.5, 0.25) == Color(1, 0.5, 0.25, 1)
    assert Color(r=1) == Color(1, 0, 0)


def test_numbers_are_of_32_bits() -> None:
    assert Vector2(1.1, 0.1).x == struct.unpack("f", struct.pack("f", 1.1))[0] != 1.1
    assert Vector2(1.1, 0.1) == Vector2(*Vector2(1.1, 0.1))
    assert Vector2(1e300, -1e300) == Vector2(math.inf, -math.inf)
    assert Vector2i(2**31 - 1, -(2**31)) == Vector2i(x=2147483647, y=-2147483648)
    for number in (2**31, -(2**31) - 1, 2**64, -(2**100)):
        with pytest.raises(OverflowError, match=f"{number} does not fit"):
            Vector2i(0, number)
        with pytest.raises(OverflowError, match=f"{number} does not fit"):
            Rect2i(0, 0, 0, number)  # type: ignore[call-arg, arg-type, unused-ignore]
    with pytest.raises(OverflowError):
        Vector2(10**400, 0)


class Index:
    """What numpy's integers have."""

    def __index__(self) -> int:
        return 3


class Float:
    """What numpy's floats have."""

    def __float__(self) -> float:
        return 2.5


def test_numbers_of_other_types() -> None:
    x: Any = Index()
    y: Any = Float()
    assert Vector2i(x, True) == Vector2i(3, 1)
    assert Vector2(x, y) == Vector2(3, 2.5)


REFUSED: list[tuple[Any, tuple[Any, ...], dict[str, Any], str]] = [
    (Vector2i, (1.5, 2), {}, r"Vector2i\(1.5, 2\): its numbers must be ints"),
    (Rect2i, (0, 0, 0.0, 1), {}, r"Rect2i\(0, 0, 0.0, 1\): its numbers must be ints"),
    (Vector2i, (), {"x": 1.0}, "Vector2i.x must be int, not float"),
    (Vector2, (), {"y": "1"}, "Vector2.y must be float, not str"),
    (Vector2, (1,), {"y": None}, "Vector2.y must be float, not NoneType"),
    (Vector2, (1j,), {"y": 1}, "must be real number, not complex"),
    (Rect2, (), {"size": Vector2i()}, "Rect2.size must be Vector2, not Vector2i"),
    (Rect2, (), {"size": (1, 2)}, "Rect2.size must be Vector2, not tuple"),
    (Vector2, (1, 2), {"z": 3}, "Vector2 has no field 'z'"),
    (Vector2, (1, 2), {"x": 3}, "Vector2.x was given twice"),
    (Vector2, (1, 2, 3), {"x": 3}, "Vector2 takes 2 positional arguments at most, 3 were given"),
    (Vector2, (Vector2(),), {"y": 3}, "Vector2.x must be float, not Vector2"),
]


@pytest.mark.parametrize(("cls", "arguments", "keywords", "text"), REFUSED)
def test_what_is_refused(cls: Any, arguments: tuple[Any, ...], keywords: dict[str, Any], text: str) -> None:
    with pytest.raises(TypeError, match=text):
        cls(*arguments, **keywords)


@pytest.mark.parametrize("cls", WIDTHS)
def test_a_copy_is_made_without_an_engine(cls: Any) -> None:
    value = sample(cls)
    assert cls(value) == value
    for other in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert (type(other), other) == (cls, value)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(value, protocol)) == value


@pytest.mark.parametrize("cls", WIDTHS)
def test_it_is_immutable(cls: Any) -> None:
    value = sample(cls)
    name = cls.__match_args__[0]
    with pytest.raises(AttributeError):
        setattr(value, name, getattr(value, name))
    with pytest.raises(AttributeError):
        value.other = 1
    with pytest.raises(TypeError):
        value[0] = value[0]
    changed = value._replace(**{name: getattr(cls(), name)})
    assert changed != value == sample(cls)
    assert getattr(changed, name) == getattr(cls(), name)
    assert changed[1:] == value[1:]
    assert value.__replace__(**{name: value[0]}) == value._replace() == value
    with pytest.raises(TypeError, match=f"{cls.__name__} has no field 'q'"):
        value._replace(q=1)


def test_a_field_is_read_of_its_own_type_only() -> None:
    field = vars(Projection)["w"]
    for other in (Vector2(), Color(), 1):
        with pytest.raises(TypeError, match="w is a field of Projection, not of"):
            field.__get__(other, type(other))


# As a sequence, in `match`, as a key


def test_it_is_a_sequence_of_its_fields() -> None:
    x, y = vector = Vector2(1.0, 2.0)
    assert (x, y) == (vector[0], vector[-1]) == vector[:] == (1.0, 2.0)
    assert Transform3D()[1:] == (Vector3(),)
    assert 2.0 in vector
    with pytest.raises(IndexError):
        vector[2]


def test_it_is_matched_by_its_fields() -> None:
    match Rect2(Vector2(1, 2), Vector2(3, 4)):
        case Rect2(Vector2(x=x), Vector2(width, 4.0)):
            assert (x, width) == (1.0, 3.0)
        case _:
            pytest.fail("it does not match")


def test_a_number_is_shown_as_short_as_it_can_be() -> None:
    assert repr(Vector2(1, 2)) == "Vector2(1.0, 2.0)"
    assert repr(Vector2i(1, -2)) == "Vector2i(1, -2)"
    assert repr(Color(1.1, 0.1, 1 / 3)) == "Color(1.1, 0.1, 0.33333334, 1.0)"
    assert repr(Plane(Vector3(0, 1, 0), math.inf)) == "Plane(Vector3(0.0, 1.0, 0.0), inf)"
    assert repr(Vector2(math.nan, -0.0)) == "Vector2(nan, -0.0)"


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_what_is_shown_is_the_number(number: float) -> None:
    assert float(single(number)) == pytest.approx(number)
    assert Vector2(float(single(number)), 0) == Vector2(number, 0)


@pytest.mark.parametrize("cls", WIDTHS)
def test_only_values_of_the_same_type_are_equal(cls: Any) -> None:
    value = sample(cls)
    assert value == sample(cls)
    assert (value != sample(cls)) is False
    assert value != tuple(value)
    assert value != list(value)
    assert [other for other in map(sample, WIDTHS) if other == value] == [value]
    assert hash(value) == hash(sample(cls))
    assert hash(value) != hash(sample(cls, 2))
    for name in cls.__match_args__:
        assert value._replace(**{name: getattr(sample(cls, 20), name)}) != value


def test_keys_of_a_dict_are_told_apart() -> None:
    keys: dict[Any, str] = {Vector2(1, 2): "a", (1, 2): "b", Vector2i(1, 2): "c", Vector2(1, 2.5): "d"}
    assert len(keys) == 4
    assert keys[Vector2(1.0, 2.0)] == "a"
    assert keys[1, 2] == "b"


def test_zeros_are_equal_and_what_is_no_number_is_not() -> None:
    assert Vector2(0.0, 1) == Vector2(-0.0, 1)
    assert hash(Vector2(0.0, 1)) == hash(Vector2(-0.0, 1))
    nothing = Vector2(math.nan, 0)
    assert nothing != Vector2(math.nan, 0)
    assert hash(nothing) == hash(Vector2(math.nan, 0))
    assert {nothing: 1}[nothing] == 1


@pytest.mark.parametrize("cls", WIDTHS)
def test_the_default_is_false(cls: Any) -> None:
    assert not cls()
    assert sample(cls, 2)


def test_the_garbage_collector_has_nothing_to_do_with_them() -> None:
    for cls in WIDTHS:
        assert not gc.is_tracked(sample(cls))
        count = sys.getrefcount(cls)
        values = [sample(cls) for _ in range(100)]
        del values
        assert sys.getrefcount(cls) == count


def test_a_subclass_is_equal_to_its_base() -> None:
    class Point(Vector2):
        """Has a name for it, and attributes of its own."""

    point: Any = Point(1, 2)
    point.itself = point
    reference = weakref.ref(point)
    del point
    gc.collect()
    assert reference() is None
    assert Point(1, 2) == Vector2(1, 2)
    assert hash(Point(1, 2)) == hash(Vector2(1, 2))
    assert repr(Point(1, 2)) == "Point(1.0, 2.0)"
    assert Point(1, 2).y == 2.0


def test_what_they_are_made_of_is_no_type() -> None:
    classes: list[Any] = [Value, *Value.__subclasses__()]
    for cls in classes:
        with pytest.raises(TypeError, match="is not a value type"):
            cls()


# What needs an engine


def test_what_is_the_engines_says_so() -> None:
    value = Vector2(1, 2)
    uses: list[tuple[type[Exception], str, Any]] = [
        (RuntimeError, "the operators of value types are the engine's", lambda: value + value),
        (RuntimeError, "the operators of value types are the engine's", lambda: -value),
        (RuntimeError, "the operators of value types are the engine's", lambda: value < Vector2()),
        (RuntimeError, r"Color\('red'\) needs the engine's constructor", lambda: Color("red")),
        (RuntimeError, r"Vector2\(1\) needs the engine's constructor", lambda: cast(Any, Vector2)(1)),
        (AttributeError, "Vector2.length is the engine's", lambda: value.length),
        (AttributeError, "Vector2.ZERO is the engine's", lambda: Vector2.ZERO),
        (AttributeError, "Rect2.end is the engine's", lambda: Rect2().end),
    ]
    for error, text, use in uses:
        with pytest.raises(error, match=f"{text}.*and this Python does not run inside one"):
            use()


# Packed arrays and names


@pytest.mark.parametrize(
    "value",
    [
        PackedInt32Array([1, -2]),
        PackedInt64Array([1 << 40]),
        PackedFloat32Array([0.5]),
        PackedFloat64Array([0.1]),
        PackedStringArray(["a"]),
        PackedVector2Array([Vector2()]),
        StringName("name"),
        NodePath("../node"),
        Vector2(1.0, 2.0),
    ],
    ids=lambda value: type(value).__name__,
)
def test_copies_are_of_the_same_type(value: Any) -> None:
    for other in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert type(other) is type(value)
        assert other == value


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_arrays_of_numbers_are_pickled_by_every_protocol(protocol: int) -> None:
    for cls in NUMBER_ARRAYS.values():
        back = pickle.loads(pickle.dumps(cls([1, 2]), protocol))
        assert (type(back), back) == (cls, cls([1, 2]))


def test_packed_arrays_are_as_wide_as_the_engines() -> None:
    assert [cls().itemsize for cls in NUMBER_ARRAYS.values()] == [4, 8, 4, 8]
    with pytest.raises(OverflowError):
        PackedInt32Array([1 << 31])
    assert PackedInt32Array().tolist() == []


def test_names_are_text() -> None:
    assert StringName("a") == "a"
    assert {NodePath("a"): 1}["a"] == 1  # type: ignore[index]


@pytest.mark.parametrize("name", ["_private", "__wrapped__"])
def test_private_names_are_not_asked_of_the_engine(name: str) -> None:
    for owner in (Vector2, Vector2()):
        with pytest.raises(AttributeError, match=f"Vector2 has no attribute '{name}'"):
            getattr(owner, name)
