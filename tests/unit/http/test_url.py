"""What callers name as the host."""

import sys
import time

import pytest

from pythonscript_http.exceptions import LocalProtocolError, UnavailableError
from pythonscript_http.transport.proxy import parse_proxy
from pythonscript_http.url import Host, authority, parse_host


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
        ("example.org", 65535, Host("example.org", 65535, False)),
        ("example.org:1", -1, Host("example.org", 1, False)),
        ("http://example.org:65535", -1, Host("example.org", 65535, False)),
        ("[::1]:1", -1, Host("::1", 1, False)),
        ("[::1]:65535", -1, Host("::1", 65535, False)),
        ("::1", 65535, Host("::1", 65535, False)),
        ("::1", -1, Host("::1", 80, False)),
        ("[::1]", -1, Host("::1", 80, False)),
        ("http://[::1]:8080", -1, Host("::1", 8080, False)),
        ("fe80::1%eth0", 80, Host("fe80::1%eth0", 80, False)),
        ("fe80::1%25eth0", 80, Host("fe80::1%eth0", 80, False)),
        ("[fe80::1%eth0]:8080", -1, Host("fe80::1%eth0", 8080, False)),
        ("http://[fe80::1%25eth0.1]", -1, Host("fe80::1%eth0.1", 80, False)),
        ("fe80::1%25", 80, Host("fe80::1%25", 80, False)),
        ("fe80::1%2", 80, Host("fe80::1%2", 80, False)),
        ("::ffff:127.0.0.1", 80, Host("::ffff:127.0.0.1", 80, False)),
        ("example.org.", 80, Host("example.org.", 80, False)),
        ("my_host-1", 80, Host("my_host-1", 80, False)),
        ("example.org:", -1, Host("example.org", 80, False)),
        ("[::1]:", 81, Host("::1", 81, False)),
        ("example.org:00080", -1, Host("example.org", 80, False)),
        (f"example.org:{'0' * 5000}80", -1, Host("example.org", 80, False)),
        ("bücher.example", -1, Host("xn--bcher-kva.example", 80, False)),
        ("BÜCHER.example:81", -1, Host("xn--bcher-kva.example", 81, False)),
        ("straße.de", -1, Host("xn--strae-oqa.de", 80, False)),
        ("a_b.bücher。example", -1, Host("a_b.xn--bcher-kva.example", 80, False)),
        ("☃.net", -1, Host("xn--n3h.net", 80, False)),
        ("１２７.0.0.１", -1, Host("127.0.0.1", 80, False)),
        (f"{'a' * 63}.{'b' * 63}.{'c' * 63}.{'d' * 61}.", 80, None),
        ("unix:/run/x.sock", -1, Host("unix:/run/x.sock", 80, False)),
        ("unix:///run/x y@z.sock", 8080, Host("unix:/run/x y@z.sock", 8080, False)),
        ("unix:80", -1, Host("unix", 80, False)),
        ("unix", -1, Host("unix", 80, False)),
    ],
)
def test_readable(text: str, port: int, expected: Host | None) -> None:
    assert parse_host(text, port) == (expected or Host(text, port, False))
    assert parse_proxy(text, port).host == (expected or Host(text, port, False))


@pytest.mark.parametrize(
    ("text", "port", "complaint"),
    [
        ("", -1, "neither a name nor an address"),
        ("http://", -1, "neither a name nor an address"),
        ("[::1", -1, "neither a name nor an address"),
        ("[name]", -1, "neither a name nor an address"),
        ("a:b", -1, "neither a name nor an address"),
        ("http://example.org/path", -1, "holds '/'"),
        ("ftp://example.org", -1, "scheme 'ftp'; known are http and https"),
        ("socks5://u:secret@example.org", -1, "^the host has the scheme 'socks5'"),
        ("u:secret@example.org", -1, "^the host 'example.org' contains a user or a password"),
        ("http://u@example.org:81", -1, "^the host 'example.org:81' contains a user or a password"),
        ("[::g]", -1, "'\\[::g\\]' is neither a name nor an address$"),
        ("1::2::3", -1, "neither a name nor an address"),
        ("[]", -1, "neither a name nor an address"),
        ("fe80::1%", 80, "'fe80::1%' has a zone that is not the name of an interface"),
        ("fe80::1%eth0:8080", -1, "has a zone that is not the name"),
        ("fe80::1%a%b", -1, "has a zone that is not the name"),
        ("%65xample.org", -1, "holds '%', which no name may have"),
        ("a..b", -1, "an empty part"),
        (".b", -1, "an empty part"),
        (".", -1, "an empty part"),
        ("a" * 64 + ".org", -1, "too long"),
        ("a." * 126 + "ab", -1, "too long"),
        ("example.org:80a", -1, "neither a name nor an address"),
        ("example.org:1000000000", -1, "neither a name nor an address"),
        ("\u2100.example", -1, "holds '/', which no name may have"),
        ("a\uff1a80.ü", -1, "holds ':', which no name may have"),
        ("a\u200db", -1, "'a.u200db' is not a valid international domain name"),
        ("\u0301a", -1, "not a valid international domain name"),
        ("\u05d0a", -1, "not a valid international domain name"),
        ("\ud800", -1, "not a valid international domain name"),
        ("unix:x.sock", -1, "the host 'unix:x.sock' has no path that begins with '/'"),
        ("unix://host/x.sock", -1, "no path that begins with '/'"),
        ("unix:", -1, "no path that begins with '/'"),
        ("unix:/x\0", -1, "holds a NUL"),
        ("unix:/x", 65536, "port 65536"),
        ("exa mple.org", -1, "holds ' '"),
        ("example.org\r\nX: y", -1, "holds '\\\\r'"),
        ("example.org\0", -1, "holds '\\\\x00'"),
        ("example.org:80", 81, "another port than 81"),
        ("example.org", 0, "port 0"),
        ("example.org", 65536, "port 65536"),
        ("example.org:0", -1, "port 0"),
        ("example.org:" + "0" * 5000, -1, "port 0"),
        ("https://example.org:65536", -1, "port 65536"),
        ("[::1]:0", -1, "port 0"),
        ("[::1]:65536", -1, "port 65536"),
        ("::1", 0, "port 0"),
        ("unix:/x", 0, "port 0"),
        ("ü" * 64, -1, "too long"),
        ("\u00ad" * 1001, -1, "too long"),
    ],
)
def test_unreadable(text: str, port: int, complaint: str) -> None:
    with pytest.raises(LocalProtocolError, match=complaint):
        parse_host(text, port)


def test_authority() -> None:
    assert authority("example.org", 8080) == "example.org:8080"
    assert authority("example.org", 80, 80) == "example.org"
    assert authority("::1", 80, 80) == "[::1]"
    assert authority("fe80::1%eth0", 8080, 80) == "[fe80::1]:8080"
    assert authority("unix:/run/x.sock", 80, 80) == "localhost"
    assert authority("unix:/run/x.sock", 81, 80) == "localhost:81"


def test_which_is_a_unix_domain_socket() -> None:
    assert parse_host("unix:/run/x.sock").unix
    assert not parse_host("unix").unix


LONG = 100_000


@pytest.mark.parametrize(
    "text",
    [
        "[" + ":" * LONG,
        "[" + ":" * LONG + "]",
        "[::1]:" + "0" * LONG + "x",
        ":" * LONG,
        "a:" * LONG,
        "a." * LONG,
        "a" * LONG + ":x",
        "a:" + "0" * LONG + "x",
        "a" * LONG + "://",
        "@" * LONG,
        "%" * LONG,
        "::1%" + "a" * LONG + "%",
        "ü" * LONG,
        "a\u200d" * LONG,
        "unix:" + "/" * LONG + "\0",
    ],
    ids=lambda text: ascii(text[:8]),
)
def test_a_long_text_is_refused_soon_and_in_short(text: str) -> None:
    for parse in (parse_host, parse_proxy):
        begun = time.thread_time()
        with pytest.raises(LocalProtocolError) as caught:
            parse(text)
        assert time.thread_time() - begun < 1
        assert len(str(caught.value)) <= 1000


def test_the_package_for_international_names_may_be_out_of_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "idna", None)
    with pytest.raises(
        UnavailableError, match=r"the host 'b.xfccher' is an international domain name, for wh"
    ):
        parse_host("bücher")
