"""Heads and chunked coding, by llhttp."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pythonscript_http.core.errors import RemoteError
from pythonscript_http.core.response import ChunkedDecoder, check_prefix, parse_head

OK = b"HTTP/1.1 200 OK\r\n"


class TestHead:
    def test_fields(self) -> None:
        head = parse_head(OK + b"content-Length: 7 \r\nX: Content-Length: 9\r\nTrailer: x\r\n\r\n")
        assert (head.code, head.length, head.codings, head.keep_alive) == (200, 7, [], True)
        assert head.lines() == ["content-Length: 7", "X: Content-Length: 9", "Trailer: x"]

    def test_lists_span_lines(self) -> None:
        head = parse_head(OK + b"Transfer-Encoding: A,, b\r\nX: y\r\ntransfer-encoding:\tC\r\n\r\n")
        assert head.codings == [b"a", b"b", b"c"]

    @pytest.mark.parametrize(
        ("version", "lines", "keep_alive"),
        [
            (1, b"", True),
            (1, b"Connection: close\r\n", False),
            (1, b"Connection: keep-alive, CLOSE\r\n", False),
            (1, b"Connection: closed\r\n", True),
            (0, b"", False),
            (0, b"Connection: Keep-Alive\r\n", True),
            (0, b"Connection: keep-alive\r\nConnection: close\r\n", False),
            (0, b"Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n", False),
        ],
    )
    def test_keep_alive(self, version: int, lines: bytes, keep_alive: bool) -> None:
        assert parse_head(b"HTTP/1.%d 200 OK\r\n%b\r\n" % (version, lines)).keep_alive is keep_alive

    def test_the_faulty_line_is_named(self) -> None:
        with pytest.raises(RemoteError, match=r"malformed response, line 3 \(b'Bad Name: x'\): Invalid"):
            parse_head(OK + b"A: b\r\nBad Name: x\r\nC: d\r\n\r\n")

    def test_101_must_say_to_what(self) -> None:
        with pytest.raises(RemoteError, match="has no Upgrade header"):
            parse_head(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")

    def test_a_prefix_is_judged_as_it_grows(self) -> None:
        for size in range(8):
            check_prefix(b"HTTP/1."[:size])
        for wrong in (b"h", b"HTTP/2", b"SSH-", b"\r", b"ICY 200"):
            with pytest.raises(RemoteError, match=r"no HTTP/1\.x response"):
                check_prefix(wrong)


def encode(pieces: list[bytes]) -> bytes:
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


class TestChunked:
    @given(st.lists(st.binary(min_size=1)), st.lists(st.integers(0, 500)))
    def test_any_chunks_in_any_split(self, pieces: list[bytes], cuts: list[int]) -> None:
        data = encode(pieces)
        decoder = ChunkedDecoder(1000)
        edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
        body = b"".join(decoder.feed(data[a:b]) for a, b in itertools.pairwise(edges))
        assert body == b"".join(pieces)
        assert (decoder.done, decoder.surplus, decoder.failure) == (True, False, "")

    @given(st.binary(min_size=1))
    def test_what_comes_after_the_end_never_becomes_body(self, surplus: bytes) -> None:
        decoder = ChunkedDecoder(1000)
        assert decoder.feed(encode([b"body"]) + surplus) == b"body"
        assert decoder.done
        assert decoder.surplus or not surplus.strip(b"\r\n")

    @given(st.binary(max_size=200))
    def test_any_bytes_end_in_body_or_failure(self, data: bytes) -> None:
        decoder = ChunkedDecoder(100)
        body = decoder.feed(data)
        assert len(body) <= len(data)
        assert not (decoder.done and decoder.failure)

    def test_bytes_before_a_fault_are_body(self) -> None:
        decoder = ChunkedDecoder(1000)
        assert decoder.feed(b"5\r\nhello\r\nxyz\r\n") == b"hello"
        assert decoder.failure.startswith("malformed chunked coding: ")

    def test_the_limit_counts_from_the_last_byte_of_the_body(self) -> None:
        decoder = ChunkedDecoder(20)
        for _ in range(10):
            assert decoder.feed(b"1;abcdefgh=ijkl\r\nx\r\n") == b"x"
        decoder.feed(b"1;" + b"a" * 20)
        assert decoder.failure == "over 20 bytes of chunk extensions or trailers"

    def test_it_needs_no_garbage_collection(self) -> None:
        import gc
        import weakref

        class Watched(ChunkedDecoder):
            pass

        gc.disable()
        try:
            decoder = Watched(100)
            gone = weakref.ref(decoder)
            del decoder
            assert gone() is None
        finally:
            gc.enable()
