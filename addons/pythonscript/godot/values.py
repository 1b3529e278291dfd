"""The engine's names and packed arrays; vectors, colours and transforms are in `_pythonscript.values`."""

from array import array
from collections.abc import Iterable
from functools import partial
from typing import Any, ClassVar, Self, TypeVar

from _pythonscript.values import CLASSES, Color, Vector2, Vector3, Vector4

from .enums import VariantType

T = TypeVar("T")


class StringName(str):
    """A name that the engine keeps once; in Python a `str` that crosses over as a StringName."""

    __slots__ = ()


class NodePath(str):
    """A path to a node; in Python a `str` that crosses over as a NodePath."""

    __slots__ = ()


_CHANGING = frozenset(
    (
        *("append", "append_array", "clear", "erase", "fill", "insert"),
        *("push_back", "remove_at", "resize", "reverse", "set", "sort"),
    )
)
"""The methods of the engine's that change a packed array."""


class _Packed:
    """What all packed arrays share that are copied: slices of their own type, and the engine's methods.

    A method of the engine's is called on a copy, and what it has changed is copied back.
    """

    __slots__ = ()

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)  # type: ignore[misc]
        return self._like(found) if isinstance(index, slice) else found

    def __add__(self, other: Any) -> Any:
        found = super().__add__(other)  # type: ignore[misc]
        return found if found is NotImplemented else self._like(found)

    def _like(self: Any, items: Any) -> Any:
        return type(self)(items)

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_"):
            from _pythonscript import outgoing

            if outgoing.has_method(type(self)(), name):
                return partial(_change if name in _CHANGING else outgoing.call_method, self, name)
        raise AttributeError(f"{type(self).__name__} has no attribute {name!r}", name=name, obj=self)


def _change(array: Any, name: str, *arguments: Any) -> Any:
    from _pythonscript import outgoing

    result, array[:] = outgoing.call_changing(array, name, *arguments)
    return result


class _Numbers(_Packed, array):  # type: ignore[type-arg]
    """An array.array of one type code, with a constructor that needs none."""

    _code: ClassVar[str]

    def __new__(cls, items: Iterable[float] = ()) -> Self:
        return super().__new__(cls, cls._code, items)

    def __copy__(self) -> Self:
        return type(self)(self)

    def __deepcopy__(self, memo: object) -> Self:
        return type(self)(self)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return type(self), (self.tolist(),)


class _Items(_Packed, list[T]):
    """What the packed arrays share that are lists."""

    def copy(self) -> Self:
        """Another one of the same items."""
        return type(self)(self)


class PackedInt32Array(_Numbers):
    """32-bit integers (class reference: PackedInt32Array)."""

    _code = "i"


class PackedInt64Array(_Numbers):
    """64-bit integers (class reference: PackedInt64Array)."""

    _code = "q"


class PackedFloat32Array(_Numbers):
    """32-bit floats (class reference: PackedFloat32Array)."""

    _code = "f"


class PackedFloat64Array(_Numbers):
    """64-bit floats (class reference: PackedFloat64Array)."""

    _code = "d"


class PackedStringArray(_Items[str]):
    """Strings (class reference: PackedStringArray)."""


class PackedVector2Array(_Items[Vector2]):
    """Vector2s (class reference: PackedVector2Array)."""


class PackedVector3Array(_Items[Vector3]):
    """Vector3s (class reference: PackedVector3Array)."""


class PackedColorArray(_Items[Color]):
    """Colors (class reference: PackedColorArray)."""


class PackedVector4Array(_Items[Vector4]):
    """Vector4s (class reference: PackedVector4Array); needs Godot 4.3."""


VALUES: dict[VariantType, type[Any]] = {VariantType(kind): cls for kind, cls in CLASSES.items()}
NUMBER_ARRAYS: dict[VariantType, type[Any]] = {
    VariantType.PACKED_INT32_ARRAY: PackedInt32Array,
    VariantType.PACKED_INT64_ARRAY: PackedInt64Array,
    VariantType.PACKED_FLOAT32_ARRAY: PackedFloat32Array,
    VariantType.PACKED_FLOAT64_ARRAY: PackedFloat64Array,
}
LIST_ARRAYS: dict[VariantType, type[Any]] = {
    VariantType.PACKED_STRING_ARRAY: PackedStringArray,
    VariantType.PACKED_VECTOR2_ARRAY: PackedVector2Array,
    VariantType.PACKED_VECTOR3_ARRAY: PackedVector3Array,
    VariantType.PACKED_COLOR_ARRAY: PackedColorArray,
    VariantType.PACKED_VECTOR4_ARRAY: PackedVector4Array,
}
