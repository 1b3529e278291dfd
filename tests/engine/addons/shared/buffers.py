"""Cases of numbers and memory that others lend: numpy, ctypes, array.array, memoryview."""

from __future__ import annotations

import array
import ctypes
import importlib
from collections.abc import Callable as Function
from decimal import Decimal
from fractions import Fraction
from typing import Any

from godot import PackedFloat32Array, PackedFloat64Array, PackedInt32Array, PackedInt64Array

from .checks import case, crossed, raises, same


class Index:
    def __index__(self) -> int:
        return 7


@case()
def what_stands_for_a_number_is_one() -> None:
    for value, wanted in (
        (Index(), 7),
        (Decimal("1.5"), 1.5),
        (Fraction(1, 4), 0.25),
        (ctypes.c_int(-3), -3),
        (ctypes.c_uint8(200), 200),
        (ctypes.c_double(0.5), 0.5),
        (ctypes.c_bool(True), True),
        (ctypes.c_long(1 << 40), 1 << 40),
    ):
        same(crossed(value), wanted)
    with raises(TypeError, "complex has no counterpart"):
        crossed(1j)
    with raises(OverflowError):
        crossed(ctypes.c_uint64(1 << 63))


BUFFERS: list[tuple[Any, Any]] = [
    (array.array("i", [1, -2]), PackedInt32Array([1, -2])),
    (array.array("q", [1 << 40]), PackedInt64Array([1 << 40])),
    (array.array("l", [1 << 40]), PackedInt64Array([1 << 40])),
    (array.array("f", [0.5]), PackedFloat32Array([0.5])),
    (array.array("d", [0.1]), PackedFloat64Array([0.1])),
    (array.array("B", b"ab"), b"ab"),
    ((ctypes.c_int32 * 2)(1, -2), PackedInt32Array([1, -2])),
    ((ctypes.c_int64 * 1)(1 << 40), PackedInt64Array([1 << 40])),
    ((ctypes.c_long * 1)(1 << 40), PackedInt64Array([1 << 40])),
    ((ctypes.c_float * 2)(0.5, 1), PackedFloat32Array([0.5, 1])),
    ((ctypes.c_double * 1)(0.1), PackedFloat64Array([0.1])),
    ((ctypes.c_uint8 * 2)(97, 98), b"ab"),
    (memoryview(b"abcd")[::2], b"ac"),
    (memoryview(array.array("i", range(6)))[::-2], PackedInt32Array([5, 3, 1])),
    (memoryview(b"ab").cast("c"), b"ab"),
    (bytearray(b"ab"), b"ab"),
    (array.array("f"), PackedFloat32Array()),
]


@case()
def buffers_cross_over_by_their_format() -> None:
    for data, wanted in BUFFERS:
        same(crossed(data), wanted)
    for data, shown in (
        (array.array("h", [1]), "format 'h' and shape (1,)"),
        (array.array("I", [1]), "format 'I' and shape (1,)"),
        (array.array("b", [1]), "format 'b' and shape (1,)"),
        (((ctypes.c_float * 3) * 2)(), "shape (2, 3)"),
        ((ctypes.c_int.__ctype_be__ * 2)(1, 2), "format '>i' and shape (2,)"),
        ((ctypes.c_bool * 2)(), "format '<?' and shape (2,)"),
        (memoryview(bytes(4)).cast("B", (2, 2)), "format 'B' and shape (2, 2)"),
        (memoryview(bytes(8)).cast("P"), "format 'P' and shape (1,)"),
    ):
        with raises(TypeError, "cannot become a packed array"):
            crossed(data)
        with raises(TypeError, shown):
            crossed(data)
    released = memoryview(b"ab")
    released.release()
    with raises(TypeError, "released memoryview"):
        crossed(released)


@case()
def numpy_crosses_over() -> None:
    np: Any = importlib.import_module("numpy")
    for value, wanted in (
        (np.int64(3), 3),
        (np.int8(-3), -3),
        (np.uint16(65535), 65535),
        (np.float32(1.5), 1.5),
        (np.float16(0.5), 0.5),
        (np.float64(0.1), 0.1),
        (np.longdouble(0.5), 0.5),
        (np.bool_(True), True),
        (np.array(3), 3),
        (np.array(0.5, np.float32), 0.5),
        (np.array(False), False),
        (np.str_("x"), "x"),
        (np.array([1, 2], np.int32), PackedInt32Array([1, 2])),
        (np.array([1, 2]), PackedInt64Array([1, 2])),
        (np.array([0.5, 2], np.float32), PackedFloat32Array([0.5, 2])),
        (np.array([0.5, 2]), PackedFloat64Array([0.5, 2])),
        (np.array([1, 255], np.uint8), b"\x01\xff"),
        (np.arange(6)[::2], PackedInt64Array([0, 2, 4])),
        (np.arange(6).reshape(2, 3)[:, 1], PackedInt64Array([1, 4])),
        (np.zeros(0, np.float32), PackedFloat32Array()),
        ([np.int64(1), {"a": np.float32(0.5)}], [1, {"a": 0.5}]),
    ):
        same(crossed(value), wanted)
    for value, text in (
        (np.zeros((2, 2), np.float32), "format 'f' and shape (2, 2)"),
        (np.zeros(2, np.float16), "format 'e'"),
        (np.zeros(2, bool), "format '?'"),
        (np.zeros(2, ">i4"), "format '>i'"),
        (np.zeros(2, complex), "format 'Zd'"),
        (np.complex64(1), "format 'Zf' and shape ()"),
        (np.array([1, "x"], object), "format 'O'"),
        (np.zeros(2, [("a", "i4"), ("b", "f4")]), "format 'T{"),
        (np.array(["2026-01-01"], "datetime64[D]"), "ndarray has no counterpart"),
    ):
        with raises(TypeError, text):
            crossed(value)
    with raises(OverflowError):
        crossed(np.uint64(1 << 63))


def rows(row: Any, *items: Any) -> Any:
    return (row * len(items))(*items)


def numpy(expression: str) -> Function[[], Any]:
    return lambda: eval(expression, {"np": importlib.import_module("numpy")})


DECLARED: dict[str, Function[[], Any]] = {
    "array f": lambda: array.array("f", [0.5, 2]),
    "array d": lambda: array.array("d", [0.5, 2]),
    "array h": lambda: array.array("h", [1, -2]),
    "array B": lambda: array.array("B", [1, 2]),
    "array I": lambda: array.array("I", [1 << 31]),
    "ctypes big-endian": lambda: (ctypes.c_int.__ctype_be__ * 2)(1, -2),
    "ctypes pairs": lambda: rows(ctypes.c_float * 2, (1, 2), (3, 4), (5, 6)),
    "ctypes triples": lambda: rows(ctypes.c_double * 3, (1, 2, 3)),
    "ctypes quads": lambda: rows(ctypes.c_float * 4, (1, 0.5, 0, 1)),
    "numpy float32": numpy("np.array([0.5, 2], np.float32)"),
    "numpy float16": numpy("np.array([0.5, 2], np.float16)"),
    "numpy int64": numpy("np.array([1, -2])"),
    "numpy bool": numpy("np.array([True, False])"),
    "numpy pairs": numpy("np.arange(1, 7, dtype=np.float32).reshape(3, 2)"),
    "numpy strided pairs": numpy("np.arange(1, 13, dtype=np.float32).reshape(3, 4)[:, :2]"),
    "numpy int pairs": numpy("np.arange(1, 5).reshape(2, 2)"),
    "numpy quads": numpy("np.array([[1, 0.5, 0, 1]], np.float32)"),
    "np.int64": numpy("np.int64(3)"),
    "np.float32": numpy("np.float32(1.5)"),
    "np.bool_": numpy("np.bool_(True)"),
}
