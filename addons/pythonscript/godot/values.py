"""The engine's names and packed arrays; vectors, colours and transforms are in `_pythonscript.values`."""

from array import array
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from _pythonscript.values import CLASSES, Color, Vector2, Vector3, Vector4

from .enums import VariantType


class StringName(str):
    """A name that the engine keeps once; in Python a `str` that crosses over as a StringName."""

    __slots__ = ()


class NodePath(str):
    """A path to a node; in Python a `str` that crosses over as a NodePath."""

    __slots__ = ()


class _Numbers(array):  # type: ignore[type-arg]
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


class PackedStringArray(list[str]):
    """Strings (class reference: PackedStringArray)."""


class PackedVector2Array(list[Vector2]):
    """Vector2s (class reference: PackedVector2Array)."""


class PackedVector3Array(list[Vector3]):
    """Vector3s (class reference: PackedVector3Array)."""


class PackedColorArray(list[Color]):
    """Colors (class reference: PackedColorArray)."""


class PackedVector4Array(list[Vector4]):
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
