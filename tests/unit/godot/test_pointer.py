"""Raw memory by its address."""

import ctypes

from godot import Pointer


def test_memory_is_read_and_written() -> None:
    block = (ctypes.c_ubyte * 4)(1, 2, 3, 4)
    memory = Pointer(ctypes.addressof(block)).memory(3)
    assert bytes(memory) == b"\1\2\3"
    memory[1:] = b"\7\x08"
    assert bytes(block) == b"\1\7\x08\4"


def test_an_int32_is_written() -> None:
    number = ctypes.c_int32(0)
    Pointer(ctypes.addressof(number)).write_int32(-5)
    assert number.value == -5
