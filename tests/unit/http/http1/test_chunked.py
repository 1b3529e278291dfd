"""Chunked coding, by our own decoder; llhttp and h11 are asked what they think."""

import itertools

import h11
import httptools
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pythonscript_http.http1.chunked import ChunkedDecoder

UNLIMITED = 2**63 - 1


def encode(pieces: list[bytes]) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def decode(decoder: ChunkedDecoder, pieces: list[bytes], room: int = 100) -> tuple[bytes, int]:
    """Gives a decoder what comes, as the state machine does; gives the body, and how much is left."""
    source, at, body = bytearray(), 0, b""
    target = memoryview(bytearray(room))
    for piece in pieces:
        source = source[at:] + piece
        at = 0
        while True:
            at, size = decoder.decode(source, at, len(source), target)
            body += target[:size]
            if size < room:
                break
    return body, len(source) - at


def split(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(edges)]


@given(st.lists(st.binary(min_size=1)), st.lists(st.integers(0, 500)), st.integers(1, 300))
def test_any_chunks_in_any_split_read_by_any_size(pieces: list[bytes], cuts: list[int], room: int) -> None:
    decoder = ChunkedDecoder(1000, UNLIMITED)
    body, left = decode(decoder, split(encode(pieces), cuts), room)
    assert (body, left) == (b"".join(pieces), 0)
    assert (decoder.done, decoder.failure, decoder.left) == (True, "", 0)


@given(st.binary(min_size=1))
@example(b"X: y\r\n\r\n")
def test_what_comes_after_the_end_is_left(surplus: bytes) -> None:
    """With the end or later."""
    for pieces in ([encode([b"body"]) + surplus], [encode([b"body"]), surplus]):
        decoder = ChunkedDecoder(1000, UNLIMITED)
        assert decode(decoder, pieces) == (b"body", len(surplus))
        assert (decoder.done, decoder.failure, decoder.trailers) == (True, "", [])


class _Events:
    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.on_body = self.pieces.append
        self.complete = False

    def on_message_complete(self) -> None:
        self.complete = True


HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
LINES = st.sampled_from(
    (
        *(b"0\r\n\r\n", b"2\r\nhi\r\n", b"02;a=b\r\nhi\r\n", b"2 \r\nhi\r\n", b"A\r\n0123456789\r\n"),
        *(b"0\r\nX: y\r\n\r\n", b"2\nhi\r\n", b"2\r\nhi!\r\n", b"0", b"1", b"\r\n", b"\n", b"\r"),
        *(b";", b" ", b"a", b"x", b"\0"),
    )
)


@given(st.lists(LINES, max_size=12).map(b"".join))
@example(b"2\r\nhi\r\n0\r\n\r\n0")
def test_what_llhttp_takes_is_taken_alike(data: bytes) -> None:
    events = _Events()
    parser = httptools.HttpResponseParser(events)
    parser.feed_data(HEAD)
    for index in range(len(data)):
        try:
            parser.feed_data(data[index : index + 1])
        except httptools.HttpParserError:
            return
        if events.complete:
            break
    decoder = ChunkedDecoder(1000, UNLIMITED)
    body, _ = decode(decoder, [data])
    assert not decoder.failure
    assert (body, decoder.done) == (b"".join(events.pieces), events.complete)


@given(st.lists(LINES, max_size=12).map(b"".join))
def test_what_is_taken_h11_reads_alike(data: bytes) -> None:
    """Its other strictness apart: it refuses some of what we take, and never reads another body."""
    decoder = ChunkedDecoder(1000, UNLIMITED)
    body, _ = decode(decoder, [data])
    if not decoder.done:
        return
    client = h11.Connection(h11.CLIENT)
    client.send(h11.Request(method="GET", target="/", headers=[("Host", "h")]))
    client.send(h11.EndOfMessage())
    client.receive_data(HEAD + data)
    seen = b""
    try:
        while not isinstance(event := client.next_event(), h11.EndOfMessage):
            if isinstance(event, h11.Data):
                seen += event.data
    except h11.RemoteProtocolError:
        return
    assert seen == body


@given(st.binary(max_size=200), st.lists(st.integers(0, 200), max_size=5))
def test_any_bytes_end_in_body_or_failure_in_any_split(data: bytes, cuts: list[int]) -> None:
    whole, apart = ChunkedDecoder(100, UNLIMITED), ChunkedDecoder(100, UNLIMITED)
    body, _ = decode(whole, [data])
    assert decode(apart, split(data, cuts))[0] == body
    assert len(body) <= len(data)
    assert not (whole.done and whole.failure)
    assert (whole.done, bool(whole.failure)) == (apart.done, bool(apart.failure))


def test_bytes_before_a_fault_are_body() -> None:
    decoder = ChunkedDecoder(1000, UNLIMITED)
    assert decode(decoder, [b"5\r\nhello\r\nxyz\r\n"])[0] == b"hello"
    assert decoder.failure == "malformed chunked coding: b'xyz\\r' is not a chunk size"


@pytest.mark.parametrize(
    "junk", [b"x", b"0x", b"5x", b"5 x", b"-", b"5\rx", b"5;a\rx", b"5;\0", b"\n", b"\rx"]
)
def test_a_size_line_is_judged_as_it_grows(junk: bytes) -> None:
    for begin in (b"", b"1\r\na\r\n"):
        for end in (b"", b"\r\nhello\r\n"):
            decoder = ChunkedDecoder(1000, UNLIMITED)
            decode(decoder, [begin + junk + end])
            assert decoder.failure.startswith("malformed chunked coding: "), junk


def test_limits() -> None:
    decoder = ChunkedDecoder(1000, UNLIMITED)
    for _ in range(10):  # each line by itself
        assert decode(decoder, [b"1;" + b"x" * 16000, b"\r\na"])[0] == b"a"
        decode(decoder, [b"\r\n"])
        decoder = ChunkedDecoder(1000, UNLIMITED)
    for size, taken in ((16384, True), (16385, False)):
        decoder = ChunkedDecoder(1000, UNLIMITED)
        decode(decoder, [b"1;" + b"x" * (size - 2)])
        assert decoder.failure == (
            "" if taken else "malformed chunked coding: over 16384 bytes of chunk extensions"
        )

    for size, taken in ((1000, True), (1001, False)):
        for end in (b"\r\n", b""):  # an end that has not come yet changes nothing
            decoder = ChunkedDecoder(1000, UNLIMITED)
            decode(decoder, [b"0\r\nX: " + b"y" * (size - 5) + b"\r\n" + end])
            assert decoder.done is (taken and end != b"")
            assert (decoder.failure == "the trailers are over the limit of 1000 bytes") is not taken

    decoder = ChunkedDecoder(1000, 5)
    assert decode(decoder, [b"3\r\nabc\r\n3\r\n"])[0] == b"abc"  # refused before its bytes come
    assert decoder.failure == "the body is over the limit of 5 bytes"
    for body, taken in ((b"5\r\nhello\r\n", True), (b"3\r\nhel\r\n2\r\nlo\r\n", True), (b"6\r\n", False)):
        decoder = ChunkedDecoder(1000, 5)
        decode(decoder, [body + b"0\r\n\r\n"])
        assert decoder.done is taken


def test_trailers() -> None:
    decoder = ChunkedDecoder(1000, UNLIMITED)
    decode(decoder, split(b"0\r\nX:  a \r\n\tb\r\nY:\r\nZ: c\n\r\n", [3, 5, 9]))
    assert (decoder.done, decoder.trailers) == (True, [(b"X", b"a b"), (b"Y", b""), (b"Z", b"c")])


def test_a_large_chunk_may_be_taken_around_it() -> None:
    decoder = ChunkedDecoder(1000, UNLIMITED)
    assert decode(decoder, [b"fffff\r\nabc"])[0] == b"abc"
    decoder.left -= 0xFFFFF - 3
    assert decode(decoder, [b"\r\n0\r\n\r\n"]) == (b"", 0)
    assert decoder.done
