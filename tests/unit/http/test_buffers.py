"""The shared buffers."""

from pythonscript_http import buffers


def test_a_buffer_comes_back() -> None:
    buffer = buffers.take()
    buffers.give_back(buffer)
    assert buffers.take() is buffer
    buffers.give_back(buffer)


def test_no_two_hold_the_same() -> None:
    taken = [buffers.take() for _ in range(100)]
    assert len({id(buffer) for buffer in taken}) == 100
    assert {len(buffer) for buffer in taken} == {buffers.BUFFER_SIZE}


def test_only_some_are_kept() -> None:
    taken = [buffers.take() for _ in range(100)]
    for buffer in taken:
        buffers.give_back(buffer)
    known = {id(buffer) for buffer in taken}
    again = [buffers.take() for _ in range(100)]
    assert sum(id(buffer) in known for buffer in again) == 32


def test_one_that_grew_is_let_go() -> None:
    grown = bytearray(2 * buffers.BUFFER_SIZE)
    buffers.give_back(grown)
    assert buffers.take() is not grown
