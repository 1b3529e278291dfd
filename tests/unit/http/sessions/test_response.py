"""What a call ends with."""

import pytest

from pythonscript_http.exceptions import LocalError
from pythonscript_http.http1.response import parse_head
from pythonscript_http.sessions.failures import Failure
from pythonscript_http.sessions.headers import Headers
from pythonscript_http.sessions.response import Response


def response(head: bytes = b"", body: bytes = b"", status: bytes = b"200 OK") -> Response:
    made = Response("GET", "http://a/")
    made.set_head(parse_head(b"HTTP/1.1 " + status + b"\r\n" + head + b"\r\n"))
    made.body = body
    return made


def test_its_head() -> None:
    made = response(b"Content-Type: text/plain\r\nX: 1\r\nx: 2\r\n", status=b"404 Not  Found")
    assert (made.status, made.status_text, made.ok) == (404, "Not  Found", False)
    assert (made.headers.get("content-TYPE"), made.headers.get("X")) == ("text/plain", "1, 2")
    assert response(status=b"200").status_text == response(status=b"200 ").status_text == ""
    assert response(status=b"200 Gr\xfc\xdfe").status_text == "Grüße"


def test_without_one() -> None:
    made = Response("GET", "http://a/")
    assert (made.status, made.status_text, list(made.headers), made.ok) == (0, "", [], False)
    assert (bytes(made.body), made.text(), made.mentions(b"x")) == (b"", "", False)


@pytest.mark.parametrize(
    ("status", "ok"), [(b"199 x", False), (b"200 x", True), (b"299 x", True), (b"300 x", False)]
)
def test_ok(status: bytes, ok: bool) -> None:
    made = response(status=status)
    assert made.ok is ok
    made.failed(Failure.CONNECTION_LOST, "gone")
    assert (made.ok, made.failure, made.failure_reason) == (False, Failure.CONNECTION_LOST, "gone")


def test_what_it_mentions() -> None:
    made = response(b"Set-Cookie: a=b\r\n")
    assert (made.mentions(b"set-cookie"), made.mentions(b"location")) == (True, False)
    made.headers = Headers({"Location": "/"})
    assert (made.mentions(b"set-cookie"), made.mentions(b"location")) == (False, True)
    made.status_text = "Fine"
    assert made.status_text == "Fine"


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        (b"text/plain", "ü€".encode(), "ü€"),
        (b"text/plain; charset=iso-8859-1", b"\xfc", "ü"),
        (b'text/plain; charset="windows-1252"', b"\x80", "€"),
        (b"text/plain", b"\xef\xbb\xbfx", "x"),
        (b"application/octet-stream", b"\xff", "\ufffd"),
    ],
)
def test_its_text(kind: bytes, body: bytes, text: str) -> None:
    assert response(b"Content-Type: " + kind + b"\r\n", body).text() == text


def test_its_json() -> None:
    body = '{"id": 9223372036854775807, "name": "ü", "big": 123456789012345678901234567890}'
    assert response(b"", body.encode()).json() == {
        "id": 2**63 - 1,
        "name": "ü",
        "big": 123456789012345678901234567890,
    }


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "Expecting value, line 1, column 1"),
        (b'{"a": 1,\n "b": }', "Expecting value, line 2, column 7"),
        (b"[" * 100_000, "nested too deeply"),
        (b"1" * 10_000, "no JSON that can be read"),
    ],
)
def test_what_is_no_json(body: bytes, reason: str) -> None:
    with pytest.raises(LocalError, match=reason):
        response(b"", body).json()
