"""Cases of the packed arrays."""

from __future__ import annotations

import collections.abc
import copy
import struct
from typing import Any

from godot import (
    Color,
    PackedByteArray,
    PackedColorArray,
    PackedFloat32Array,
    PackedFloat64Array,
    PackedInt32Array,
    PackedInt64Array,
    PackedStringArray,
    PackedVector2Array,
    PackedVector3Array,
    PackedVector4Array,
    Vector2,
    Vector3,
    Vector4,
)

from .checks import case, crossed, raises, same

PACKED: list[tuple[type[Any], list[Any]]] = [
    (PackedInt32Array, [1, -2, 3]),
    (PackedInt64Array, [1 << 40, -2, 3]),
    (PackedFloat32Array, [0.5, -2.0, 3.0]),
    (PackedFloat64Array, [0.1, -2.0, 3.0]),
    (PackedStringArray, ["a", "ü", ""]),
    (PackedVector2Array, [Vector2(1, 2), Vector2(3, 4), Vector2()]),
    (PackedVector3Array, [Vector3(1, 2, 3), Vector3(4, 5, 6), Vector3()]),
    (PackedColorArray, [Color(1, 0, 0), Color(0, 1, 0), Color()]),
    (PackedVector4Array, [Vector4(1, 2, 3, 4), Vector4(x=5), Vector4()]),
    (PackedByteArray, [1, 255, 3]),
]


@case()
def packed_arrays_are_sequences() -> None:
    for cls, items in PACKED:
        made = cls(bytes(items)) if cls is PackedByteArray else cls(items)
        name = cls.__name__
        assert len(made) == 3, name
        assert list(made) == items, name
        assert (made[0], made[-1]) == (items[0], items[2]), name
        assert items[1] in made, name
        for index in (slice(0, 2), slice(None, None, -1), slice(5, 9)):
            same(made[index], cls(bytes(items[index]) if cls is PackedByteArray else items[index]))
        same(
            made + made[:1], cls(bytes([*items, items[0]]) if cls is PackedByteArray else [*items, items[0]])
        )
        assert made == made[:], name
        assert made != made[:1], name
        made.append(items[0])
        made.insert(0, items[1])
        made.extend(made[:1])
        made.reverse()
        wanted = [items[1], *items, items[0], items[1]][::-1]
        assert list(made) == wanted, f"{name}: {made!r}"
        same([made.pop(), made.index(items[2]), made.count(items[0])], [items[1], wanted.index(items[2]), 2])
        made.remove(items[2])
        del made[0]
        made[0] = items[2]
        made[1:2] = made[:0]
        wanted = [items[2], items[0]]
        assert list(made) == wanted, f"{name}: {made!r}"
        made += made[:1]
        assert len(made) == 3, name
        for other in (copy.copy(made), copy.deepcopy(made)):
            same(other, made)
        with raises(IndexError):
            made[5]


@case()
def packed_arrays_have_the_engines_methods() -> None:
    for cls, items in PACKED:
        made = cls(bytes(items)) if cls is PackedByteArray else cls(items)
        name = cls.__name__
        assert (made.size(), made.is_empty(), made.has(items[1]), made.find(items[2])) == (
            3,
            False,
            True,
            2,
        ), name
        assert made.get(1) == items[1], name
        made.push_back(items[0])
        made.append_array(made[:1])
        assert list(made) == [*items, items[0], items[0]], f"{name}: {made!r}"
        same(made.slice(1, 3), made[1:3])
        same(made.duplicate(), made)
        made.set(0, items[1])
        made.remove_at(1)
        assert len(made) == 4, name
        assert list(made) == [items[1], items[2], items[0], items[0]], f"{name}: {made!r}"
        same(made.erase(items[0]), True)
        made.resize(2)
        made.fill(items[0])
        assert list(made) == [items[0], items[0]], f"{name}: {made!r}"
        made.clear()
        assert made.is_empty(), name
        for wrong in ("no_such_method", "_private"):
            with raises(AttributeError, wrong):
                getattr(made, wrong)
    same(PackedInt32Array([1, 2]).to_byte_array(), struct.pack("<2i", 1, 2))
    same(PackedVector2Array([Vector2(1, 2)]).to_byte_array(), struct.pack("<2f", 1, 2))
    same(PackedFloat32Array([3, 1, 2]).bsearch(2.5), 3)


@case()
def bytes_have_the_engines_methods() -> None:
    made = PackedByteArray("aü".encode())
    same([made.get_string_from_utf8(), made.hex_encode(), made.decode_u16(0)], ["aü", "61c3bc", 0xC361])
    made.append_array(b"xyz")
    made.append_array(PackedByteArray(b"!"))
    same(bytes(made), "aüxyz!".encode())
    made.encode_u32(0, 0x01020304)
    same(bytes(made[:4]), b"\x04\x03\x02\x01")
    made.resize(8)
    made.fill(7)
    same(bytes(made), b"\x07" * 8)
    same(made.to_int32_array(), PackedInt32Array([0x07070707, 0x07070707]))
    other = crossed(made)
    made.push_back(1)
    same([len(made), len(other)], [9, 8])
    big = PackedByteArray(1000)
    big.fill(5)
    same(big.compress(3).decompress(1000, 3), big)
    with memoryview(made) as view:
        for change, *arguments in (
            *(("append", 1), ("push_back", 1), ("append_array", b"1"), ("extend", b"12"), ("insert", 0, 1)),
            *(("pop",), ("clear",), ("remove", 7), ("__delitem__", 0), ("__setitem__", slice(0, 2), b"x")),
            *(("__iadd__", b"x"), ("resize", 3), ("fill", 3), ("encode_u8", 0, 1)),
        ):
            with raises(BufferError, "while a memoryview of it is in use"):
                getattr(made, change)(*arguments)
        made[0] = 42
        same([view[0], len(view)], [42, 9])
    made[0:2] = b"\x00"
    same(len(made), 8)


@case()
def bytes_take_only_bytes() -> None:
    made: Any = PackedByteArray(b"ab")
    for value in (256, -1):
        for way, *arguments in (
            *(("append", value), ("push_back", value), ("insert", 0, value)),
            *(("__setitem__", 0, value), ("extend", [1, value])),
        ):
            with raises(ValueError, "byte must be in range(0, 256)"):
                getattr(made, way)(*arguments)
    for wrong in ("x", 1.5, None):
        with raises(TypeError):
            made.append(wrong)
        with raises(TypeError):
            made[0] = wrong
    with raises(TypeError):
        made.extend("text")
    with raises(TypeError):
        _ = made + 3
    with raises(IndexError):
        made[2] = 1
    with raises(IndexError, "pop from empty"):
        PackedByteArray().pop()
    with raises(ValueError, "is not in"):
        made.remove(5)
    same([bytes(made), bytes(made + b"c"), bytes(made + PackedByteArray(b"d"))], [b"ab", b"abc", b"abd"])
    same([97 in made, 98 in made, 5 in made, b"ab" in made], [True, True, False, True])
    made.extend([1, 2])
    made.extend(range(2))
    same(bytes(made), b"ab\x01\x02\x00\x01")
    made.sort()
    same(bytes(made), b"\x00\x01\x01\x02ab")
    assert isinstance(made, collections.abc.MutableSequence)
