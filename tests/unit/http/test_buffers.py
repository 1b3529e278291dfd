"""The shared buffers."""

from pythonscript_http.core import buffers


def test_a_buffer_comes_back() -> None:
    buffer = buffers.take()
    buffers.give_back(buffer)
    assert buffers.take() is buffer
    buffers.give_back(buffer)


def test_no_two_hold_the_same() -> None:
    taken = [buffers.take() for _ in range(100)]
    assert len({id(buffer) for buffer in taken}) == 100
    assert {len(buffer) for buffer in taken} == {buffers.BUFFER_SIZE}
    for buffer in taken:
        buffers.give_back(buffer)
    assert buffers.take() not in taken[32:]  # most were let go


def test_one_that_grew_is_let_go() -> None:
    grown = bytearray(2 * buffers.BUFFER_SIZE)
    buffers.give_back(grown)
    assert buffers.take() is not grown
