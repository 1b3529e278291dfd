"""A request's bytes on their way, over a connection that takes as much as it is told to."""

from collections.abc import Sequence
from typing import cast

import pytest

from pythonscript_http import Error, LocalError, NetworkError, Stream
from pythonscript_http.upload import Upload

HEAD = b"POST / HTTP/1.1\r\n\r\n"


class Sink:
    """The writing half of a connection."""

    def __init__(self, room: int = 1 << 30, failure: str = "") -> None:
        self.room = room
        self.failure = failure
        self.data = b""

    def write(self, buffers: Sequence[bytes | memoryview]) -> int:
        if self.failure:
            raise NetworkError(self.failure)
        data = b"".join(buffers)[: self.room]
        self.data += data
        return len(data)


def send(upload: Upload, sink: Sink) -> bool:
    return upload.send(cast(Stream, sink))


@pytest.mark.parametrize(
    ("chunked", "pieces", "body"),
    [
        (False, [b"hel", b"", b"lo"], b"hello"),
        (False, [], b""),
        (True, [b"hel", b"", b"l" * 16], b"3\r\nhel\r\n10\r\n" + b"l" * 16 + b"\r\n0\r\n\r\n"),
        (True, [], b"0\r\n\r\n"),
    ],
)
@pytest.mark.parametrize("room", [1, 3, 1 << 30])
def test_it_goes_out_in_order(chunked: bool, pieces: list[bytes], body: bytes, room: int) -> None:
    upload, sink, size = Upload(HEAD, -1, chunked), Sink(room), sum(map(len, pieces))
    for piece in pieces:
        assert upload.give(memoryview(piece)) is Error.OK
    assert (upload.end(), upload.length, upload.sent) == (Error.OK, size, 0)
    while not upload.done:
        assert send(upload, sink)
    assert (sink.data, upload.sent, upload.unsent) == (HEAD + body, size, [])


def test_the_body_is_not_copied() -> None:
    body = bytearray(b"hello")
    upload, sink = Upload(HEAD, 5), Sink(len(HEAD) + 2)
    upload.give(memoryview(body))
    assert send(upload, sink)
    body[2:] = b"LLO"
    assert send(upload, sink)
    assert sink.data == HEAD + b"heLLO"


def test_it_is_done_when_it_is_ended_and_sent() -> None:
    upload, sink = Upload(HEAD), Sink(0)
    assert not send(upload, sink)
    sink.room = 1 << 30
    assert send(upload, sink)
    assert (upload.unsent, upload.done, upload.streamed) == ([], False, True)
    upload.end()
    assert (upload.done, upload.streamed) == (True, False)


def test_whether_it_was_touched() -> None:
    upload = Upload(HEAD)
    assert upload.untouched
    assert not send(upload, Sink(0))
    assert not upload.untouched


def test_a_told_length_is_kept_to() -> None:
    upload = Upload(HEAD, 5)
    upload.give(memoryview(b"hel"))
    with pytest.raises(LocalError, match="told to be 5, and 3 bytes came"):
        upload.end()
    with pytest.raises(LocalError, match="told to be 5, and 6 bytes are given"):
        upload.give(memoryview(b"lo!"))
    assert (upload.give(memoryview(b"lo")), upload.end()) == (Error.OK, Error.OK)


@pytest.mark.parametrize("held_until", [0.0, 1.0])
@pytest.mark.parametrize(("size", "most"), [(1 << 18, 5), (1, 300)])
def test_what_may_wait_has_bounds(size: int, most: int, held_until: float) -> None:
    upload, piece, taken = Upload(HEAD, held_until=held_until), memoryview(bytes(size)), 0
    while upload.give(piece) is Error.OK:
        taken += 1
    assert 0 < taken < most
    upload.line_up(piece)  # unless it is asked for
    if held_until:
        upload.let_go()
    sink = Sink()
    send(upload, sink)
    assert (len(sink.data), upload.sent) == (len(HEAD) + (taken + 1) * size, (taken + 1) * size)
    assert upload.give(piece) is Error.OK


def test_the_backlog_is_a_mebibyte() -> None:
    for waiting, taken in ((1048575, Error.OK), (1048576, Error.ERR_BUSY)):
        upload = Upload(b"")
        upload.open = True
        upload.line_up(memoryview(bytes(waiting)))
        assert upload.give(memoryview(b"x")) is taken
        assert upload.sent == 0
        assert len(upload.unsent) == (2 if taken is Error.OK else 1)


def test_256_pieces_may_wait() -> None:
    for waiting, taken in ((256, Error.OK), (257, Error.ERR_BUSY)):
        upload = Upload(HEAD)
        for _ in range(waiting - 1):
            upload.line_up(memoryview(b"x"))
        assert upload.give(memoryview(b"x")) is taken


def test_a_body_is_held_back_until_let_go() -> None:
    upload, sink = Upload(HEAD, 5, held_until=7.0), Sink()
    upload.give(memoryview(b"hello"))
    upload.end()
    assert send(upload, sink)
    assert (sink.data, upload.held_until, upload.sent, upload.done) == (HEAD, 7.0, 0, False)
    upload.let_go()
    assert send(upload, sink)
    assert (sink.data, upload.held_until, upload.sent, upload.done) == (HEAD + b"hello", 0.0, 5, True)


@pytest.mark.parametrize("held_until", [0.0, 1.0])
def test_what_is_dropped_is_not_sent(held_until: float) -> None:
    sent = 0 if held_until else 2
    upload, sink = Upload(HEAD, 9, held_until=held_until), Sink(len(HEAD) + 2)
    upload.give(memoryview(b"hello"))
    send(upload, sink)
    upload.drop()
    assert (upload.unsent, upload.sent, upload.length, upload.held_until) == ([], sent, 9, 0.0)
    assert [upload.give(memoryview(b"x")), upload.end()] == [Error.ERR_UNAVAILABLE] * 2
    assert (upload.open, upload.streamed) == (False, True)
    assert upload.sent == sent


def test_a_length_that_is_reached_needs_no_end() -> None:
    upload, sink = Upload(HEAD, 5), Sink()
    assert upload.give(memoryview(b"hello")) is Error.OK
    send(upload, sink)
    assert upload.done
    with pytest.raises(LocalError, match="6 bytes are given"):
        upload.give(memoryview(b"!"))
    assert (upload.end(), upload.streamed) == (Error.OK, False)


def test_a_broken_connection_drops_the_rest() -> None:
    upload = Upload(HEAD, 5)
    upload.give(memoryview(b"hello"))
    assert not send(upload, Sink(failure="it broke"))
    assert (upload.failure, upload.unsent, upload.sent) == ("it broke", [], 0)
    assert upload.end() is Error.ERR_UNAVAILABLE


def test_no_request() -> None:
    upload = Upload()
    assert (upload.unsent, upload.sent, upload.length) == ([], 0, -1)
    assert (upload.open, upload.streamed, upload.failure) == (False, False, "")
