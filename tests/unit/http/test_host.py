"""What callers name as the host."""

import pytest

from pythonscript_http.core.enums import Error
from pythonscript_http.core.errors import LocalError
from pythonscript_http.core.host import Host, authority, parse_host


@pytest.mark.parametrize(
    ("text", "port", "expected"),
    [
        ("example.org", -1, Host("example.org", 80, False)),
        ("example.org", 8080, Host("example.org", 8080, False)),
        ("example.org:8080", -1, Host("example.org", 8080, False)),
        ("example.org:8080", 8080, Host("example.org", 8080, False)),
        ("http://example.org", -1, Host("example.org", 80, False)),
        ("HTTP://example.org:81", -1, Host("example.org", 81, False)),
        ("https://example.org", -1, Host("example.org", 443, True)),
        ("https://example.org:444", -5, Host("example.org", 444, True)),
        ("db", -1, Host("db", 80, False)),
        ("127.0.0.1", 1, Host("127.0.0.1", 1, False)),
        ("::1", -1, Host("::1", 80, False)),
        ("[::1]", -1, Host("::1", 80, False)),
        ("http://[::1]:8080", -1, Host("::1", 8080, False)),
        ("fe80::1%eth0", 80, Host("fe80::1%eth0", 80, False)),
        ("bücher.example", -1, Host("xn--bcher-kva.example", 80, False)),
    ],
)
def test_readable(text: str, port: int, expected: Host) -> None:
    assert parse_host(text, port) == expected


@pytest.mark.parametrize(
    ("text", "port", "complaint"),
    [
        ("", -1, "neither a name nor an address"),
        ("http://", -1, "neither a name nor an address"),
        ("[::1", -1, "neither a name nor an address"),
        ("[name]", -1, "neither a name nor an address"),
        ("a:b", -1, "neither a name nor an address"),
        ("http://example.org/path", -1, "holds '/'"),
        ("ftp://example.org", -1, "holds '/'"),
        ("user@example.org", -1, "holds '@'"),
        ("exa mple.org", -1, "holds ' '"),
        ("example.org\r\nX: y", -1, "holds '\\\\r'"),
        ("example.org\0", -1, "holds '\\\\x00'"),
        ("example.org:80", 81, "another port than the 81"),
        ("example.org", 0, "port 0"),
        ("example.org", 65536, "port 65536"),
        ("ü" * 64, -1, "no international domain name"),
    ],
)
def test_unreadable(text: str, port: int, complaint: str) -> None:
    with pytest.raises(LocalError, match=complaint) as caught:
        parse_host(text, port)
    assert caught.value.code is Error.ERR_INVALID_PARAMETER


def test_authority() -> None:
    assert authority("example.org", 8080) == "example.org:8080"
    assert authority("example.org", 80, 80) == "example.org"
    assert authority("::1", 80, 80) == "[::1]"
    assert authority("fe80::1%eth0", 8080, 80) == "[fe80::1]:8080"
