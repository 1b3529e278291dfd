"""Heads, by llhttp."""

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.loopback.responses import OK

from pythonscript_http.exceptions import RemoteProtocolError
from pythonscript_http.http1.fields import Verdict, fields
from pythonscript_http.http1.response import check_prefix, parse_head


class TestHead:
    def test_fields(self) -> None:
        head = parse_head(OK + b"content-Length: 7 \r\nX: Content-Length: 9\r\nTrailer: x\r\n\r\n")
        assert (head.code, head.length, head.codings, head.keep_alive) == (200, 7, [], True)
        assert head.lines() == [b"content-Length: 7", b"X: Content-Length: 9", b"Trailer: x"]

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
        with pytest.raises(
            RemoteProtocolError, match=r"malformed response, line 4 \(b'X: a\\x00'\): Invalid"
        ):
            parse_head(OK + b"A: b\r\nBad Name: x\r\nX: a\0\r\nC: d\r\n\r\n")

    @pytest.mark.parametrize("blanks", [b"\t", b" ", b" \t "])
    def test_nothing_behind_a_line_of_blanks_is_unjudged(self, blanks: bytes) -> None:
        """llhttp takes such a line behind the status line for the end of the block."""
        for lines in (b"Content-Length: 5, 5\r\n", b"X: \0\r\n", b""):
            with pytest.raises(RemoteProtocolError, match="malformed response"):
                parse_head(OK + blanks + b"\r\n" + lines + b"\r\n")

    def test_101_must_say_to_what(self) -> None:
        with pytest.raises(RemoteProtocolError, match="has no Upgrade header"):
            parse_head(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")

    def test_a_prefix_is_judged_as_it_grows(self) -> None:
        for size in range(8):
            check_prefix(b"HTTP/1."[:size])
        for wrong in (b"h", b"HTTP/2", b"SSH-", b"\r", b"ICY 200"):
            with pytest.raises(RemoteProtocolError, match=r"not an HTTP/1\.x response"):
                check_prefix(wrong)

    def test_folds_are_blanks(self) -> None:
        head = parse_head(OK + b"X: a \t\r\n\t b\r\n c\r\n \r\nConnection:\n close\r\n\r\n")
        assert head.lines() == [b"X: a b c", b"Connection: close"]
        assert not head.keep_alive

    def test_folds_are_unfolded_before_lengths_are_compared(self) -> None:
        assert parse_head(OK + b"Content-Length:\r\n 5\r\nContent-Length: 5\r\n\r\n").length == 5
        with pytest.raises(RemoteProtocolError, match="Duplicate Content-Length"):
            parse_head(OK + b"Content-Length:\r\n 5\r\nContent-Length: 6\r\n\r\n")

    @pytest.mark.parametrize("value", [b"5, 6", b"5,", b",5", b"5, 05", b"5 5", b"-5, -5", b"5x, 5x"])
    def test_only_equal_numbers_are_one(self, value: bytes) -> None:
        with pytest.raises(RemoteProtocolError, match="Content-Length"):
            parse_head(OK + b"Content-Length: %b\r\n\r\n" % value)

    @pytest.mark.parametrize(
        "bad", [b"X: a\0b", b"X: a\rb", b": x", b"x", b"Content-Length : 5", b"Transfer-Encoding: \x0bx"]
    )
    def test_a_repair_hides_nothing(self, bad: bytes) -> None:
        """What is malformed besides is refused in the repaired block too."""
        with pytest.raises(RemoteProtocolError, match="malformed response, line 4 "):
            parse_head(OK + b"Content-Length: 5\r\nContent-Length: 5\r\n%b\r\nZ: a\r\n b\r\n\r\n" % bad)

    @given(
        st.lists(
            st.sampled_from([b"X", b":", b" ", b"a", b"\x01", b"\0", b"\r", b"Content-Length", b"[", b"\t"]),
            max_size=8,
        ).map(b"".join)
    )
    def test_llhttp_refuses_all_that_is_malformed(self, line: bytes) -> None:
        """So that a repair, which leaves malformed lines to llhttp, never lets one pass."""
        if line.strip(b"\r") and fields([line])[0].verdict is Verdict.MALFORMED:
            with pytest.raises(RemoteProtocolError):
                parse_head(OK + line + b"\r\n\r\n")

    @given(
        st.lists(
            st.sampled_from(
                [
                    b"Content-Length",
                    b"Transfer-Encoding",
                    b"X",
                    b":",
                    b" ",
                    b"5",
                    b"chunked",
                    b"\x01",
                    b"[",
                    b"\r\n",
                    b"\r\n ",
                ]
            ),
            max_size=14,
        ).map(b"".join)
    )
    def test_an_odd_head_frames_as_a_plain_one(self, lines: bytes) -> None:
        """Where h11 reads a length or chunked coding too, it reads the same."""
        block = OK + lines + b"\r\n\r\n"
        if b"\r\n\r\n" in block[:-4]:
            return
        try:
            head = parse_head(block)
        except RemoteProtocolError:
            return
        client = h11.Connection(h11.CLIENT)
        client.send(h11.Request(method="GET", target="/", headers=[("Host", "h")]))
        client.receive_data(block)
        try:
            event = client.next_event()
        except h11.RemoteProtocolError:
            return
        assert isinstance(event, h11.Response)
        seen = dict(event.headers)
        if b"transfer-encoding" not in seen and not head.codings:
            assert head.length == (int(seen[b"content-length"]) if b"content-length" in seen else None)

    def test_lengths_of_thousands_of_digits(self) -> None:
        assert parse_head(OK + b"Content-Length: %b5\r\n\r\n" % (b"0" * 5000)).length == 5
        with pytest.raises(RemoteProtocolError, match="line 2"):
            parse_head(OK + b"Content-Length: %b\r\n\r\n" % (b"9" * 5000))

    def test_fields_are_kept_as_they_came(self) -> None:
        head = parse_head(OK + b"A: b, c\r\nX:\xff:y\r\na:d \r\nE:\r\n\r\n")
        assert head.lines() == [b"A: b, c", b"X:\xff:y", b"a:d", b"E:"]
        assert head.fields() == [(b"A", b"b, c"), (b"X", b"\xff:y"), (b"a", b"d"), (b"E", b"")]
