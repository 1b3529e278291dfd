"""A request's bytes on their way, over a connection that takes as much as a test lets it."""

from collections.abc import Sequence

import pytest

from pythonscript_http.exceptions import LocalProtocolError
from pythonscript_http.http1.writer import Given, RequestWriter

HEAD = b"POST / HTTP/1.1\r\n\r\n"


class Sink:
    """The writing half of a connection."""

    def __init__(self, room: int = 1 << 30) -> None:
        self.room = room
        self.data = b""

    def write(self, buffers: Sequence[bytes | memoryview]) -> int:
        data = b"".join(buffers)[: self.room]
        self.data += data
        return len(data)


def send(upload: RequestWriter, sink: Sink) -> bool:
    """Writes what a connection takes at once. False: it took nothing."""
    size = sink.write(upload.unsent)
    upload.wrote(size)
    return size > 0


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
    upload, sink, size = RequestWriter(HEAD, -1, chunked), Sink(room), sum(map(len, pieces))
    for piece in pieces:
        assert upload.give(memoryview(piece)) is Given.TAKEN
    assert (upload.end(), upload.length, upload.sent) == (True, size, 0)
    while not upload.done:
        assert send(upload, sink)
    assert (sink.data, upload.sent, upload.unsent) == (HEAD + body, size, [])


def test_the_body_is_not_copied() -> None:
    body = bytearray(b"hello")
    upload, sink = RequestWriter(HEAD, 5), Sink(len(HEAD) + 2)
    upload.give(memoryview(body))
    assert send(upload, sink)
    body[2:] = b"LLO"
    assert send(upload, sink)
    assert sink.data == HEAD + b"heLLO"


def test_it_is_done_when_it_is_ended_and_sent() -> None:
    upload, sink = RequestWriter(HEAD), Sink(0)
    assert not send(upload, sink)
    sink.room = 1 << 30
    assert send(upload, sink)
    assert (upload.unsent, upload.done, upload.streamed) == ([], False, True)
    upload.end()
    assert (upload.done, upload.streamed) == (True, False)


def test_a_declared_length_is_kept_to() -> None:
    upload = RequestWriter(HEAD, 5)
    upload.give(memoryview(b"hel"))
    with pytest.raises(LocalProtocolError, match="declared as 5, but 3 bytes came"):
        upload.end()
    with pytest.raises(LocalProtocolError, match="declared as 5, but 6 bytes are given"):
        upload.give(memoryview(b"lo!"))
    assert (upload.give(memoryview(b"lo")), upload.end()) == (Given.TAKEN, True)


@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize(("size", "most"), [(1 << 18, 5), (1, 300)])
def test_what_may_wait_has_bounds(size: int, most: int, held: bool) -> None:
    upload, piece, taken = RequestWriter(HEAD, held=held), memoryview(bytes(size)), 0
    while upload.give(piece) is Given.TAKEN:
        taken += 1
    assert 0 < taken < most
    upload.line_up(piece)  # unless it is asked for
    if held:
        upload.let_go()
    sink = Sink()
    send(upload, sink)
    assert (len(sink.data), upload.sent) == (len(HEAD) + (taken + 1) * size, (taken + 1) * size)
    assert upload.give(piece) is Given.TAKEN


def test_the_backlog_is_a_mebibyte() -> None:
    for waiting, taken in ((1048575, Given.TAKEN), (1048576, Given.FULL)):
        upload = RequestWriter(b"")
        upload.open = True
        upload.line_up(memoryview(bytes(waiting)))
        assert upload.give(memoryview(b"x")) is taken
        assert upload.sent == 0
        assert len(upload.unsent) == (2 if taken is Given.TAKEN else 1)


def test_256_pieces_may_wait() -> None:
    for waiting, taken in ((256, Given.TAKEN), (257, Given.FULL)):
        upload = RequestWriter(HEAD)
        for _ in range(waiting - 1):
            upload.line_up(memoryview(b"x"))
        assert upload.give(memoryview(b"x")) is taken


def test_a_body_is_held_back_until_let_go() -> None:
    upload, sink = RequestWriter(HEAD, 5, held=True), Sink()
    upload.give(memoryview(b"hello"))
    upload.end()
    assert send(upload, sink)
    assert (sink.data, upload.held, upload.sent, upload.done) == (HEAD, True, 0, False)
    upload.let_go()
    assert send(upload, sink)
    assert (sink.data, upload.held, upload.sent, upload.done) == (HEAD + b"hello", False, 5, True)


@pytest.mark.parametrize("held", [False, True])
def test_what_is_dropped_is_not_sent(held: bool) -> None:
    sent = 0 if held else 2
    upload, sink = RequestWriter(HEAD, 9, held=held), Sink(len(HEAD) + 2)
    upload.give(memoryview(b"hello"))
    send(upload, sink)
    upload.drop()
    assert (upload.unsent, upload.sent, upload.length, upload.held) == ([], sent, 9, False)
    assert (upload.give(memoryview(b"x")), upload.end()) == (Given.DROPPED, False)
    assert (upload.open, upload.streamed) == (False, True)
    assert upload.sent == sent


def test_a_length_that_is_reached_needs_no_end() -> None:
    upload, sink = RequestWriter(HEAD, 5), Sink()
    assert upload.give(memoryview(b"hello")) is Given.TAKEN
    send(upload, sink)
    assert upload.done
    with pytest.raises(LocalProtocolError, match="6 bytes are given"):
        upload.give(memoryview(b"!"))
    assert (upload.end(), upload.streamed) == (True, False)


def test_a_broken_connection_drops_the_rest() -> None:
    upload = RequestWriter(HEAD, 5)
    upload.give(memoryview(b"hello"))
    upload.failed("it broke")
    assert (upload.failure, upload.unsent, upload.sent) == ("it broke", [], 0)
    assert not upload.end()


def test_only_what_was_not_sent_is_dropped() -> None:
    for room, dropped in ((len(HEAD) + 5, False), (len(HEAD) + 4, True)):
        upload = RequestWriter(HEAD, 5)
        upload.give(memoryview(b"hello"))
        send(upload, Sink(room))
        upload.drop()
        assert (upload.dropped, upload.done) == (dropped, True)


def test_no_request() -> None:
    upload = RequestWriter()
    assert (upload.unsent, upload.sent, upload.length) == ([], 0, -1)
    assert (upload.open, upload.streamed, upload.failure) == (False, False, "")
