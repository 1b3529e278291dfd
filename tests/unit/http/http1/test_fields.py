"""Field lines: what is good, odd, or malformed."""

import pytest

from pythonscript_http.exceptions import RemoteProtocolError
from pythonscript_http.http1.fields import Field, Verdict, check_number, fields


@pytest.mark.parametrize(
    ("line", "name", "value"),
    [
        (b"X:y", b"x", b"y"),
        (b"Content-Length: \t5 \t\r", b"content-length", b"5"),
        (b"X:", b"x", b""),
        (b"a_b!#$%&'*+.^`|~0: a\tb:c\xe9", b"a_b!#$%&'*+.^`|~0", b"a\tb:c\xe9"),
    ],
)
def test_good(line: bytes, name: bytes, value: bytes) -> None:
    [field] = fields([line])
    assert (field.name, field.value, field.verdict, field.strict) == (name, value, Verdict.GOOD, field.line)


@pytest.mark.parametrize(
    ("line", "strict"),
    [
        (b"Bad Name: x", b"-:"),
        (b"X : x", b"-:"),
        (b"caf\xe9: x", b"-:"),
        (b"X-Content-Length : x", b"-:"),
        (b"X: a\x01b\x7f", b"x:a b "),
        (b"Bad Name: a\x01b", b"-:"),
    ],
)
def test_odd(line: bytes, strict: bytes) -> None:
    [field] = fields([line])
    assert (field.line, field.verdict, field.strict) == (line, Verdict.ODD, strict)


@pytest.mark.parametrize(
    "line",
    [
        *(b"", b"x", b":", b": x", b" X: y", b"\tX: y", b"X: a\0b", b"X\0: a", b"X: a\rb", b"X\r: y"),
        *(b"Content-Length : 5", b"[Content-Length: 5", b"Content -Length: 5", b"X Content-Length: 5"),
        *(
            b"Content-Length\x0b: 5",
            b"\xef\xbb\xbfTransfer-Encoding: chunked",
            b"(transfer-encoding): chunked",
        ),
        *(b"Content-Length: \x0b5", b"Transfer-Encoding: chunked\x01"),
    ],
)
def test_malformed(line: bytes) -> None:
    [field] = fields([line])
    assert (field.verdict, field.strict) == (Verdict.MALFORMED, field.line)


def test_folded_lines_are_one() -> None:
    lines = [b"X: a \t\r", b"\t b\r", b" c\r", b" \r", b"Y:z\r"]
    assert fields(lines) == [
        Field(b"X: a b c ", b"x", b"a b c", Verdict.GOOD),
        Field(b"Y:z", b"y", b"z", Verdict.GOOD),
    ]


def test_a_carriage_return_is_one_line_end_only() -> None:
    assert fields([b"X: y\r\r"])[0].verdict is Verdict.MALFORMED


def test_the_number_of_lines_has_a_limit() -> None:
    check_number(b"status\n" + b"X:y\n" * 1000 + b"\n")
    with pytest.raises(RemoteProtocolError, match="over 1000 field lines"):
        check_number(b"status\n" + b"X:y\n" * 1001 + b"\n")
