"""How bodies are delimited: RFC 9112 section 6.3."""

import pytest

from pythonscript_http.exceptions import RemoteProtocolError
from pythonscript_http.http1.framing import Framing, body_framing
from pythonscript_http.http1.response import parse_head

LENGTH, CHUNKED = b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n"


@pytest.mark.parametrize(
    ("method", "code", "fields", "expected"),
    [
        ("GET", 200, LENGTH, (Framing.LENGTH, 5)),
        ("GET", 200, CHUNKED, (Framing.CHUNKED, -1)),
        ("GET", 200, b"", (Framing.CLOSE, -1)),
        ("GET", 404, b"Transfer-Encoding: gzip\r\n", (Framing.CLOSE, -1)),
        ("GET", 200, b"Transfer-Encoding: chunked, gzip\r\n", (Framing.CLOSE, -1)),
        ("GET", 200, b"Transfer-Encoding: chunked, identity\r\n", (Framing.CLOSE, -1)),
        ("GET", 200, b"Transfer-Encoding: gzip, chunked\r\n", (Framing.CHUNKED, -1)),
        ("HEAD", 200, LENGTH, (Framing.LENGTH, 0)),
        ("HEAD", 200, b"", (Framing.LENGTH, 0)),
        ("HEAD", 200, CHUNKED, (Framing.HEAD, 0)),
        ("HEAD", 304, LENGTH, (Framing.LENGTH, 0)),
        ("GET", 204, LENGTH, (Framing.HEAD, 0)),
        ("GET", 304, CHUNKED, (Framing.HEAD, 0)),
        ("GET", 205, LENGTH, (Framing.LENGTH, 5)),
        ("CONNECT", 200, LENGTH, (Framing.TUNNEL, 0)),
        ("CONNECT", 299, CHUNKED, (Framing.TUNNEL, 0)),
        ("CONNECT", 300, LENGTH, (Framing.LENGTH, 5)),
        ("CONNECT", 407, LENGTH, (Framing.LENGTH, 5)),
        ("GET", 101, b"Connection: upgrade\r\nUpgrade: x\r\n", (Framing.TUNNEL, 0)),
    ],
)
def test_rules(method: str, code: int, fields: bytes, expected: tuple[Framing, int]) -> None:
    head = parse_head(b"HTTP/1.1 %d X\r\n%b\r\n" % (code, fields))
    assert body_framing(method, head) == expected


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        (b"Transfer-Encoding: br\r\n", "unknown transfer coding 'br'"),
        (b"Transfer-Encoding: compress, chunked\r\n", "unknown transfer coding 'compress'"),
        (b"Transfer-Encoding: br, chunked\r\n", "unknown transfer coding 'br'"),
        (b"Transfer-Encoding: chunked, br\r\n", "unknown transfer coding 'br'"),
        (b"Transfer-Encoding: chunked, chunked\r\n", "'chunked, chunked': chunked may be applied only once"),
        (b"Transfer-Encoding: chunked, gzip, chunked\r\n", "chunked may be applied only once"),
        (b"Content-Length: 9223372036854775808\r\n", "over 2\\^63 - 1"),
    ],
)
def test_no_safe_reading(fields: bytes, complaint: str) -> None:
    with pytest.raises(RemoteProtocolError, match=complaint):
        body_framing("GET", parse_head(b"HTTP/1.1 200 OK\r\n%b\r\n" % fields))
