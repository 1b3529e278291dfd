"""Responses of a server and what a right client makes of them: one table for tests at every level.

Rules named R1 to R31 are rows of the project's conformance page.
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

OK: Final = b"HTTP/1.1 200 OK\r\n"
CHUNKED: Final = OK + b"Transfer-Encoding: chunked\r\n\r\n"

After = Literal["CONNECTED", "DISCONNECTED", "CONNECTION_ERROR"]


@dataclass(frozen=True)
class Scenario:
    """One response."""

    name: str
    data: bytes
    """What the server sends."""
    after: After
    """The state when the body was read, or when it failed."""
    body: bytes = b""
    code: int = 200
    method: str = "GET"
    closes: bool = False
    """The server then closes the connection."""
    surplus: int = 0
    """Number of last bytes, those beyond the end among them, that come together with the byte before them."""
    skips_body: bool = False
    """The state BODY is never seen."""
    length: int | None = None
    """What `get_response_body_length()` gives; None: not looked at."""
    reason: str = ""
    """A part of the text that tells why it failed."""
    headers: list[str] | None = None
    """The header lines; None: not looked at."""

    def cut(self, places: Iterable[int]) -> list[bytes]:
        """Cuts the data at the places given, but for the surplus and what it comes with."""
        end = len(self.data) - self.surplus - bool(self.surplus)
        edges = [0, *sorted(place for place in places if place <= end), len(self.data)]
        return [self.data[start:stop] for start, stop in itertools.pairwise(edges)]


def _bad(
    name: str, data: bytes, reason: str, *, code: int = 0, body: bytes = b"", closes: bool = False
) -> Scenario:
    return Scenario(name, data, "CONNECTION_ERROR", body, code, reason=reason, closes=closes)


GOOD: Final = [
    Scenario("length", OK + b"Content-Length: 5\r\n\r\nhello", "CONNECTED", b"hello", length=5),
    Scenario("length 0", OK + b"Content-Length: 0\r\n\r\n", "CONNECTED", length=0),
    Scenario("leading zeros", OK + b"Content-Length: 005\r\n\r\nhello", "CONNECTED", b"hello", length=5),
    Scenario(
        "headers as they came",
        OK + b"X-Empty:\r\nCONTENT-length:5  \r\nX:  a b \t\r\nx: \xc3\xbc\r\nY: \xfc\r\n\r\nhello",
        "CONNECTED",
        b"hello",
        headers=["X-Empty:", "CONTENT-length:5", "X:  a b", "x: \u00fc", "Y: \u00fc"],
    ),
    Scenario("no reason phrase", b"HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n", "CONNECTED", code=404),
    Scenario("unknown status", b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n", "CONNECTED", code=999),
    Scenario("bare LF", b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello", "CONNECTED", b"hello"),
    Scenario("mixed line ends", b"HTTP/1.1 200 OK\r\nContent-Length: 5\n\r\nhello", "CONNECTED", b"hello"),
    Scenario("mixed line ends 2", b"HTTP/1.1 200 OK\nContent-Length: 5\r\n\nhello", "CONNECTED", b"hello"),
    Scenario(
        "body of line ends", OK + b"Content-Length: 6\r\n\r\n\n\n\r\n\r\n", "CONNECTED", b"\n\n\r\n\r\n"
    ),
    # R1
    Scenario(
        "100", b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nhi", "CONNECTED", b"hi"
    ),
    Scenario(
        "several interim",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        "CONNECTED",
        code=204,
        skips_body=True,
        headers=[],
    ),
    Scenario(
        "101 is final",
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nraw",
        "CONNECTED",
        code=101,
        skips_body=True,
    ),
    # R2
    Scenario(
        "204 with length",
        b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
        "CONNECTED",
        code=204,
        skips_body=True,
        length=0,
    ),
    Scenario(
        "304 with length",
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
        "CONNECTED",
        code=304,
        skips_body=True,
    ),
    Scenario(
        "204 chunked",
        b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
        "CONNECTED",
        code=204,
        skips_body=True,
    ),
    Scenario("HEAD chunked", CHUNKED, "CONNECTED", method="HEAD", skips_body=True, length=0),
    Scenario("HEAD with length", OK + b"Content-Length: 5\r\n\r\n", "CONNECTED", method="HEAD", length=0),
    Scenario("HEAD without length", OK + b"X: y\r\n\r\n", "CONNECTED", method="HEAD", length=0),
    Scenario("CONNECT accepted", OK + b"\r\n", "CONNECTED", method="CONNECT", skips_body=True),
    Scenario(
        "CONNECT refused",
        b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno",
        "CONNECTED",
        b"no",
        407,
        method="CONNECT",
    ),
    # R4, R5
    Scenario(
        "close", OK + b"Connection: close\r\n\r\nhello", "DISCONNECTED", b"hello", closes=True, length=-1
    ),
    Scenario("close, no header says so", OK + b"\r\nhello", "DISCONNECTED", b"hello", closes=True, length=-1),
    Scenario("close, empty", OK + b"X: y\r\n\r\n", "DISCONNECTED", closes=True),
    Scenario("HTTP/1.0", b"HTTP/1.0 200 OK\r\n\r\nhello", "DISCONNECTED", b"hello", closes=True),
    Scenario(
        "HTTP/1.0 with length", b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello", "DISCONNECTED", b"hello"
    ),
    Scenario(
        "HTTP/1.0 keep-alive",
        b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 5\r\n\r\nhello",
        "CONNECTED",
        b"hello",
    ),
    Scenario(
        "identity", OK + b"Transfer-Encoding: identity\r\n\r\nhello", "DISCONNECTED", b"hello", closes=True
    ),
    # R6
    Scenario("chunked", CHUNKED + b"5\r\nhello\r\n0\r\n\r\n", "CONNECTED", b"hello", length=-1),
    Scenario("chunked, empty", CHUNKED + b"0\r\n\r\n", "CONNECTED"),
    Scenario("Chunked", OK + b"Transfer-Encoding: Chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", "CONNECTED", b"hi"),
    Scenario(
        "TE list",
        OK + b"Transfer-Encoding: identity, , CHUNKED\t\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        "CONNECTED",
        b"hi",
    ),
    Scenario(
        "TE lines",
        OK + b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        "CONNECTED",
        b"hi",
    ),
    Scenario(
        "chunked in HTTP/1.0",
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"2\r\nhi\r\n0\r\n\r\n",
        "DISCONNECTED",
        b"hi",
    ),
    # R7, R8
    Scenario("extensions", CHUNKED + b'2;a=b\r\nhi\r\n1;c;d="e; f"\r\n!\r\n0;x\r\n\r\n', "CONNECTED", b"hi!"),
    Scenario("blanks after sizes", CHUNKED + b"2  \r\nhi\r\n0 \r\n\r\n", "CONNECTED", b"hi"),
    Scenario(
        "sizes in any case",
        CHUNKED + b"000a\r\n0123456789\r\nA\r\n0123456789\r\n00\r\n\r\n",
        "CONNECTED",
        b"0123456789" * 2,
    ),
    Scenario("trailers", CHUNKED + b"2\r\nhi\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n", "CONNECTED", b"hi"),
    Scenario("many chunks", CHUNKED + b"1\r\nx\r\n" * 300 + b"0\r\n\r\n", "CONNECTED", b"x" * 300),
    # R14
    Scenario("byte after a length", OK + b"Content-Length: 2\r\n\r\nhi!", "DISCONNECTED", b"hi", surplus=3),
    Scenario(
        "response after chunks",
        CHUNKED + b"2\r\nhi\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad",
        "DISCONNECTED",
        b"hi",
        surplus=41,
    ),
    Scenario("bytes after chunks", CHUNKED + b"2\r\nhi\r\n0\r\n\r\nJUNK", "DISCONNECTED", b"hi", surplus=4),
    Scenario(
        "bytes after 204",
        b"HTTP/1.1 204 No Content\r\n\r\nJUNK",
        "DISCONNECTED",
        code=204,
        surplus=4,
        skips_body=True,
    ),
    # R17
    Scenario(
        "Connection: close", OK + b"Connection:Close\r\nContent-Length: 2\r\n\r\nhi", "DISCONNECTED", b"hi"
    ),
    Scenario("close in a list", OK + b"Connection: x, close\r\nContent-Length: 0\r\n\r\n", "DISCONNECTED"),
    Scenario(
        "204 and close",
        b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
        "DISCONNECTED",
        code=204,
        skips_body=True,
    ),
]
"""Responses that a client takes."""

BAD: Final = [
    # R3
    _bad("SSH banner", b"SSH-2.0-OpenSSH_9.2\r\n", "begins with b'S"),
    _bad("HTTP/0.9", b"<html>hello</html>", "no HTTP/1.x response"),
    _bad("HTTP/2", b"HTTP/2 200\r\n\r\n", "no HTTP/1.x response"),
    _bad("RTSP", b"RTSP/1.0 200 OK\r\n\r\n", "no HTTP/1.x response"),
    _bad("empty line first", b"\r\nHTTP/1.1 200 OK\r\n\r\n", "no HTTP/1.x response"),
    _bad(
        "status of two digits", b"HTTP/1.1 20 OK\r\n\r\n", "line 1 (b'HTTP/1.1 20 OK'): Invalid status code"
    ),
    _bad("status of four digits", b"HTTP/1.1 2000 OK\r\n\r\n", "Invalid response status"),
    _bad("negative status", b"HTTP/1.1 -20 OK\r\n\r\n", "Invalid status code"),
    _bad("status 099", b"HTTP/1.1 099 OK\r\n\r\n", "status code 099 is below 100"),
    _bad("two blanks", b"HTTP/1.1  200 OK\r\n\r\n", "Invalid status code"),
    # R9
    _bad("length -5", OK + b"Content-Length: -5\r\n\r\n", "line 2 (b'Content-Length: -5')"),
    _bad("length +5", OK + b"Content-Length: +5\r\n\r\nhello", "Content-Length"),
    _bad("length abc", OK + b"X: y\r\nContent-Length: abc\r\n\r\n", "line 3 (b'Content-Length: abc')"),
    _bad("length empty", OK + b"Content-Length:\r\n\r\n", "Content-Length"),
    _bad("length hexadecimal", OK + b"Content-Length: 0x5\r\n\r\nhello", "Content-Length"),
    _bad(
        "two lengths", OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "Duplicate Content-Length"
    ),
    _bad("length list", OK + b"Content-Length: 5, 6\r\n\r\nhello", "Content-Length"),
    _bad("length 2^63", OK + b"Content-Length: 9223372036854775808\r\n\r\n", "over 2^63 - 1"),
    _bad("length 2^64", OK + b"Content-Length: 18446744073709551616\r\n\r\n", "overflow"),
    _bad(
        "length and chunked",
        OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding can't be present with Content-Length",
    ),
    _bad(
        "chunked and length",
        OK + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "Content-Length can't be present",
    ),
    _bad("unknown coding", OK + b"Transfer-Encoding: xchunked\r\n\r\n", "unknown transfer coding 'xchunked'"),
    _bad("quoted coding", OK + b'Transfer-Encoding: "chunked"\r\n\r\n', "unknown transfer coding"),
    _bad("chunked not last", OK + b"Transfer-Encoding: chunked, gzip\r\n\r\n", "chunked must come last"),
    _bad("chunked twice", OK + b"Transfer-Encoding: chunked, chunked\r\n\r\n", "and once"),
    # R10
    _bad("endless headers", OK + b"X: y\r\n" * 11000, "over the limit of 65536 bytes"),
    _bad(
        "endless interim",
        b"HTTP/1.1 103 X\r\nX: " + b"y" * 30000 + b"\r\n\r\n" + b"HTTP/1.1 103 X\r\nX: " + b"y" * 40000,
        "over the limit",
    ),
    # R12 and its neighbours
    _bad("folded line", OK + b"X: a\r\n b\r\nContent-Length: 0\r\n\r\n", "line 3"),
    _bad("folded length", OK + b"Content-Length: 1\r\n 0\r\n\r\n0123456789", "line 3"),
    _bad("blank before colon", OK + b"Content-Length : 5\r\n\r\nhello", "(b'Content-Length : 5')"),
    _bad("no colon", OK + b"Content-Length\r\nX: y\r\n\r\n", "line 2"),
    _bad("no name", OK + b": 5\r\n\r\n", "line 2"),
    _bad("CR in a value", OK + b"X: a\rContent-Length: 0\r\n\r\n", "line 2"),
    _bad("NUL in a value", OK + b"X: a\0b\r\n\r\n", "line 2"),
    # chunks
    _bad("chunk size empty", CHUNKED + b"\r\nhi\r\n0\r\n\r\n", "Invalid character in chunk size", code=200),
    _bad("chunk size 0x2", CHUNKED + b"0x2\r\nhi\r\n0\r\n\r\n", "chunk size", code=200),
    _bad("chunk size -2", CHUNKED + b"-2\r\nhi\r\n0\r\n\r\n", "chunk size", code=200),
    _bad("chunk size of 68 bits", CHUNKED + b"f" * 17 + b"\r\nhi", "Chunk size overflow", code=200),
    _bad("chunk longer than told", CHUNKED + b"2\r\nhi!\r\n0\r\n\r\n", "chunk data", code=200, body=b"hi"),
    _bad(
        "endless extension", CHUNKED + b"2;" + b"x" * 70000, "over 65536 bytes of chunk extensions", code=200
    ),
    _bad("endless trailers", CHUNKED + b"0\r\n" + b"X: y\r\n" * 14000, "or trailers", code=200),
    # R11
    _bad("nothing", b"", "closed the connection before it answered", closes=True),
    _bad("cut in the head", OK + b"Content-", "in the middle of the header block", closes=True),
    _bad(
        "cut in the body",
        OK + b"Content-Length: 5\r\n\r\nhel",
        "2 of 5 bytes are missing",
        code=200,
        body=b"hel",
        closes=True,
    ),
    _bad(
        "cut in a chunk", CHUNKED + b"5\r\nhel", "before its last chunk", code=200, body=b"hel", closes=True
    ),
    _bad("cut between chunks", CHUNKED + b"2\r\nhi\r\n", "last chunk", code=200, body=b"hi", closes=True),
    _bad("cut in the trailers", CHUNKED + b"0\r\nX: y\r\n", "last chunk", code=200, closes=True),
]
"""Responses that a client must refuse, with a reason; what came of the body before the fault is read."""

ALL: Final = [*GOOD, *BAD]
