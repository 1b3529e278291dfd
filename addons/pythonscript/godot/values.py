"""The engine's value types: vectors, colours, transforms, names, packed arrays.

Each is an immutable NamedTuple with the engine's field names: it unpacks, compares and hashes as its numbers
do. Operators, methods, static methods and constants are the engine's own, reached by name: `a + b`,
`v.length()`, `Color.html("#fff")`, `Vector2.ZERO`; they need a running engine. Floats are rounded to 32 bits
when they cross over.
"""

from array import array
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, NamedTuple, Self

from .enums import VariantType


class StringName(str):
    """A name that the engine keeps once; in Python a `str` that crosses over as a StringName."""

    __slots__ = ()


class NodePath(str):
    """A path to a node; in Python a `str` that crosses over as a NodePath."""

    __slots__ = ()


class _ValueClass(type):
    """Finds a value type's constants and static methods in the engine."""

    _type: VariantType

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{cls.__name__} has no attribute {name!r}")
        from _pythonscript import outgoing, variant

        if name.isupper():
            constant = variant.constant(cls._type, name)
            if constant is None:
                raise AttributeError(f"{cls.__name__} has no constant {name!r}")
            return constant
        return lambda *arguments: outgoing.call_static(cls._type, name, *arguments)


class _Value(metaclass=_ValueClass):
    """What all value types share: the way across, and the engine's members and operators.

    Each value type inherits from this and from a NamedTuple that has its fields.
    """

    __slots__ = ()
    _type: ClassVar[VariantType]
    _parts: ClassVar[tuple[type[Any], ...]]  # of the fields: float, int, or a value type

    def __init_subclass__(cls) -> None:
        cls._parts = tuple(cls.__bases__[1].__annotations__.values())

    def _numbers(self) -> Iterator[float]:
        """All numbers of the value, in the engine's order in memory."""
        for part in self:  # type: ignore[attr-defined]
            if isinstance(part, _Value):
                yield from part._numbers()
            else:
                yield part

    @classmethod
    def _from_numbers(cls, numbers: list[float]) -> Self:
        """The value that `_numbers` gives `numbers` for."""
        fields: list[Any] = []
        at = 0
        for part in cls._parts:
            width = _width(part)
            fields.append(
                part._from_numbers(numbers[at : at + width]) if issubclass(part, _Value) else numbers[at]
            )
            at += width
        return cls(*fields)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
        from _pythonscript import outgoing

        return outgoing.get_member(self, name)

    # The numbers are those of Variant.Operator.

    def __lt__(self, other: Any) -> Any:
        return _evaluate(2, self, other)

    def __le__(self, other: Any) -> Any:
        return _evaluate(3, self, other)

    def __gt__(self, other: Any) -> Any:
        return _evaluate(4, self, other)

    def __ge__(self, other: Any) -> Any:
        return _evaluate(5, self, other)

    def __add__(self, other: Any) -> Any:
        return _evaluate(6, self, other)

    def __sub__(self, other: Any) -> Any:
        return _evaluate(7, self, other)

    def __mul__(self, other: Any) -> Any:
        return _evaluate(8, self, other)

    def __rmul__(self, other: Any) -> Any:
        return _evaluate(8, other, self)

    def __truediv__(self, other: Any) -> Any:
        return _evaluate(9, self, other)

    def __neg__(self) -> Any:
        return _evaluate(10, self, None)

    def __mod__(self, other: Any) -> Any:
        return _evaluate(12, self, other)


def _evaluate(operator: int, left: Any, right: Any) -> Any:
    from _pythonscript import variant

    return variant.evaluate(operator, left, right)


def _width(part: type[Any]) -> int:
    return sum(map(_width, part._parts)) if issubclass(part, _Value) else 1


class _Vector2(NamedTuple):
    x: float = 0.0
    y: float = 0.0


class Vector2(_Value, _Vector2):
    """Two floats (class reference: Vector2)."""

    __slots__ = ()
    _type = VariantType.VECTOR2


class _Vector2i(NamedTuple):
    x: int = 0
    y: int = 0


class Vector2i(_Value, _Vector2i):
    """Two 32-bit integers (class reference: Vector2i)."""

    __slots__ = ()
    _type = VariantType.VECTOR2I


class _Rect2(NamedTuple):
    position: Vector2 = Vector2()
    size: Vector2 = Vector2()


class Rect2(_Value, _Rect2):
    """A position and a size (class reference: Rect2)."""

    __slots__ = ()
    _type = VariantType.RECT2


class _Rect2i(NamedTuple):
    position: Vector2i = Vector2i()
    size: Vector2i = Vector2i()


class Rect2i(_Value, _Rect2i):
    """A position and a size in integers (class reference: Rect2i)."""

    __slots__ = ()
    _type = VariantType.RECT2I


class _Vector3(NamedTuple):
    x: float = 0.0
    y: float = 0.0
    z: float = 0.0


class Vector3(_Value, _Vector3):
    """Three floats (class reference: Vector3)."""

    __slots__ = ()
    _type = VariantType.VECTOR3


class _Vector3i(NamedTuple):
    x: int = 0
    y: int = 0
    z: int = 0


class Vector3i(_Value, _Vector3i):
    """Three 32-bit integers (class reference: Vector3i)."""

    __slots__ = ()
    _type = VariantType.VECTOR3I


class _Transform2D(NamedTuple):
    x: Vector2 = Vector2(1.0, 0.0)
    y: Vector2 = Vector2(0.0, 1.0)
    origin: Vector2 = Vector2()


class Transform2D(_Value, _Transform2D):
    """A 2D transformation by its columns (class reference: Transform2D)."""

    __slots__ = ()
    _type = VariantType.TRANSFORM2D


class _Vector4(NamedTuple):
    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    w: float = 0.0


class Vector4(_Value, _Vector4):
    """Four floats (class reference: Vector4)."""

    __slots__ = ()
    _type = VariantType.VECTOR4


class _Vector4i(NamedTuple):
    x: int = 0
    y: int = 0
    z: int = 0
    w: int = 0


class Vector4i(_Value, _Vector4i):
    """Four 32-bit integers (class reference: Vector4i)."""

    __slots__ = ()
    _type = VariantType.VECTOR4I


class _Plane(NamedTuple):
    normal: Vector3 = Vector3()
    d: float = 0.0


class Plane(_Value, _Plane):
    """A normal and a distance from the origin (class reference: Plane)."""

    __slots__ = ()
    _type = VariantType.PLANE


class _Quaternion(NamedTuple):
    x: float = 0.0
    y: float = 0.0
    z: float = 0.0
    w: float = 1.0


class Quaternion(_Value, _Quaternion):
    """A rotation (class reference: Quaternion)."""

    __slots__ = ()
    _type = VariantType.QUATERNION


class _AABB(NamedTuple):
    position: Vector3 = Vector3()
    size: Vector3 = Vector3()


class AABB(_Value, _AABB):
    """A position and a size in three dimensions (class reference: AABB)."""

    __slots__ = ()
    _type = VariantType.AABB


class _Basis(NamedTuple):
    x: Vector3 = Vector3(1.0, 0.0, 0.0)
    y: Vector3 = Vector3(0.0, 1.0, 0.0)
    z: Vector3 = Vector3(0.0, 0.0, 1.0)


class Basis(_Value, _Basis):
    """A 3D transformation without translation, by its columns (class reference: Basis)."""

    __slots__ = ()
    _type = VariantType.BASIS

    # The engine keeps a Basis by rows, though its fields are columns (core/math/basis.h).

    def _numbers(self) -> Iterator[float]:
        return iter(_transposed(super()._numbers()))

    @classmethod
    def _from_numbers(cls, numbers: list[float]) -> Self:
        return super()._from_numbers(_transposed(numbers))


def _transposed(numbers: Iterable[float]) -> list[float]:
    a = list(numbers)
    return [a[0], a[3], a[6], a[1], a[4], a[7], a[2], a[5], a[8]]


class _Transform3D(NamedTuple):
    basis: Basis = Basis()
    origin: Vector3 = Vector3()


class Transform3D(_Value, _Transform3D):
    """A 3D transformation (class reference: Transform3D)."""

    __slots__ = ()
    _type = VariantType.TRANSFORM3D


class _Projection(NamedTuple):
    x: Vector4 = Vector4(1.0, 0.0, 0.0, 0.0)
    y: Vector4 = Vector4(0.0, 1.0, 0.0, 0.0)
    z: Vector4 = Vector4(0.0, 0.0, 1.0, 0.0)
    w: Vector4 = Vector4(0.0, 0.0, 0.0, 1.0)


class Projection(_Value, _Projection):
    """A 4x4 matrix by its columns (class reference: Projection)."""

    __slots__ = ()
    _type = VariantType.PROJECTION


class _Color(NamedTuple):
    r: float = 0.0
    g: float = 0.0
    b: float = 0.0
    a: float = 1.0


class Color(_Value, _Color):
    """Red, green, blue and alpha (class reference: Color)."""

    __slots__ = ()
    _type = VariantType.COLOR


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


VALUES: dict[VariantType, type[Any]] = {cls._type: cls for cls in _Value.__subclasses__()}
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
