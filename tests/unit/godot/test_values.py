"""The value types, as far as they go without an engine."""

import copy
import pickle
from typing import Any

import pytest

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


def test_every_type_is_known_by_its_variant_type() -> None:
    named = VALUES | NUMBER_ARRAYS | LIST_ARRAYS
    assert {kind: cls.__name__.upper() for kind, cls in named.items()} == {
        kind: kind.name.replace("_", "") for kind in named
    }
    assert set(VALUES.values()) == set(WIDTHS)
    assert {kind for kind in VariantType if kind > VariantType.PACKED_BYTE_ARRAY} == set(named) - set(VALUES)


@pytest.mark.parametrize("cls", WIDTHS)
def test_numbers_and_back(cls: Any) -> None:
    numbers = [float(number) for number in range(WIDTHS[cls])]
    value = cls._from_numbers(numbers)
    assert list(value._numbers()) == numbers
    assert cls(*value) == value
    assert hash(cls(*value)) == hash(value)


def test_a_basis_has_columns_and_crosses_over_by_rows() -> None:
    basis: Any = Basis(Vector3(1, 2, 3), Vector3(4, 5, 6), Vector3(7, 8, 9))
    assert list(basis._numbers()) == [1, 4, 7, 2, 5, 8, 3, 6, 9]
    assert list(Transform3D(basis, Vector3())._numbers())[:3] == [1, 4, 7]  # type: ignore[attr-defined]


def test_the_engines_own_defaults() -> None:
    assert Color() == (0.0, 0.0, 0.0, 1.0)
    assert Quaternion() == (0.0, 0.0, 0.0, 1.0)
    assert Rect2().size == Vector2(0.0, 0.0)
    assert Transform3D().basis.y == Vector3(y=1.0)
    assert Transform2D().y == Vector2(y=1.0)
    assert Projection().w == Vector4(w=1.0)


def test_they_are_immutable_tuples() -> None:
    x, y = vector = Vector2(1.0, 2.0)
    assert (x, y) == vector == (1.0, 2.0)
    assert repr(vector) == "Vector2(x=1.0, y=2.0)"
    with pytest.raises(AttributeError):
        vector.x = 3.0  # type: ignore[misc]
    assert vector._replace(x=3.0) == Vector2(3.0, 2.0)


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
