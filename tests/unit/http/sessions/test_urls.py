"""URLs as users write them and servers send them."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pythonscript_http.exceptions import LocalProtocolError
from pythonscript_http.sessions.urls import LONGEST_URL, Url, parse_url, without_user
from pythonscript_http.url import Host

BASE = parse_url("http://a/b/c/d;p?q").url


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("http://example.org", "http://example.org/"),
        ("http://example.org/", "http://example.org/"),
        ("https://example.org/a/b?c=d", "https://example.org/a/b?c=d"),
        ("HTTPS://EXAMPLE.org:8443/A", "https://example.org:8443/A"),
        ("http://example.org:80/", "http://example.org/"),
        ("https://example.org:443/", "https://example.org/"),
        ("https://example.org:80/", "https://example.org:80/"),
        ("http://example.org?q", "http://example.org/?q"),
        ("http://example.org/?", "http://example.org/?"),
        ("http://[2001:db8::1]:8080/x", "http://[2001:db8::1]:8080/x"),
        ("http://192.0.2.1/", "http://192.0.2.1/"),
        ("http://müller.example/", "http://xn--mller-kva.example/"),
        ("http://m%C3%BCller.example/", "http://xn--mller-kva.example/"),
        ("http://example.org/ü ö?ä=ß&x y", "http://example.org/%C3%BC%20%C3%B6?%C3%A4=%C3%9F&x%20y"),
        ("http://example.org/%C3%BC%2f%zz?%20", "http://example.org/%C3%BC%2f%zz?%20"),
        ('http://example.org/<>"{}?<>"\'', "http://example.org/%3C%3E%22%7B%7D?%3C%3E%22%27"),
        ("  http://example.org/a b\n", "http://example.org/a%20b"),
        ("http://exam\nple.org/a\tb", "http://example.org/ab"),
        ("http:\\\\example.org\\a\\b", "http://example.org/a/b"),
        ("http://example.org\\@evil.example/", "http://example.org/@evil.example/"),
        ("http:example.org/x", "http://example.org/x"),
        ("http:/example.org/x", "http://example.org/x"),
        ("http:///example.org/x", "http://example.org/x"),
        ("http://example.org/a/./b/../c/", "http://example.org/a/c/"),
        ("http://example.org/../../x", "http://example.org/x"),
        ("http://example.org/a/%2e%2E/%2e/b", "http://example.org/b"),
        ("http://example.org/a/..", "http://example.org/"),
        ("http://example.org/a/.", "http://example.org/a/"),
        ("http://example.org/a//b", "http://example.org/a//b"),
        ("http://example.org/...", "http://example.org/..."),
        ("http://example.org/.hidden", "http://example.org/.hidden"),
        ("http://example.org/a?b/../c", "http://example.org/a?b/../c"),
        ("http://example.org/#there", "http://example.org/"),
    ],
)
def test_what_it_is(text: str, url: str) -> None:
    parsed = parse_url(text).url
    assert str(parsed) == url
    assert parse_url(url).url == parsed._replace(fragment="")  # and that is its own spelling


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        # RFC 3986 section 5.4.1
        ("g", "http://a/b/c/g"),
        ("./g", "http://a/b/c/g"),
        ("g/", "http://a/b/c/g/"),
        ("/g", "http://a/g"),
        ("//g", "http://g/"),
        ("?y", "http://a/b/c/d;p?y"),
        ("g?y", "http://a/b/c/g?y"),
        ("#s", "http://a/b/c/d;p?q"),
        ("g#s", "http://a/b/c/g"),
        (";x", "http://a/b/c/;x"),
        ("g;x?y#s", "http://a/b/c/g;x?y"),
        ("", "http://a/b/c/d;p?q"),
        (".", "http://a/b/c/"),
        ("./", "http://a/b/c/"),
        ("..", "http://a/b/"),
        ("../g", "http://a/b/g"),
        ("../..", "http://a/"),
        ("../../g", "http://a/g"),
        # section 5.4.2
        ("../../../g", "http://a/g"),
        ("/./g", "http://a/g"),
        ("/../g", "http://a/g"),
        ("g.", "http://a/b/c/g."),
        ("..g", "http://a/b/c/..g"),
        ("./../g", "http://a/b/g"),
        ("g;x=1/../y", "http://a/b/c/y"),
        ("g?y/./x", "http://a/b/c/g?y/./x"),
        ("http:g", "http://a/b/c/g"),
        # and as browsers have it
        ("https://other/x", "https://other/x"),
        ("https:x", "https://x/"),
        ("\\g", "http://a/g"),
        ("\\\\g\\h", "http://g/h"),
        (" /g\r\n", "http://a/g"),
        ("?", "http://a/b/c/d;p?"),
        ("/a:b", "http://a/a:b"),
        ("./a:b", "http://a/b/c/a:b"),
        ("ü", "http://a/b/c/%C3%BC"),
    ],
)
def test_what_it_is_relative_to_another(reference: str, url: str) -> None:
    assert str(parse_url(reference, BASE).url) == url


@pytest.mark.parametrize(
    ("text", "fragment"), [("/x#a b", "a%20b"), ("#", ""), ("", ""), ("?q", ""), ("x#a#b", "a#b")]
)
def test_fragments(text: str, fragment: str) -> None:
    assert parse_url(text, BASE._replace(fragment="old")).url.fragment == fragment


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the URL is empty"),
        ("  ", "the URL is empty"),
        ("example.org/x", "the URL 'example.org/x' has no scheme: write https:// or http:// before it"),
        ("/x", "the URL '/x' has no scheme"),
        ("localhost:8000/x", "has the scheme 'localhost'; write https:// or http:// before the host"),
        ("ftp://example.org/", "has the scheme 'ftp'; known are http and https"),
        ("file:///etc/passwd", "has the scheme 'file'"),
        ("data:text/plain,x", "has the scheme 'data'"),
        ("http://", "has no host"),
        ("http://?q", "has no host"),
        ("http://user@/", "has no host"),
        ("http://a b/", "holds ' '"),
        ("http://a:0/", "the port 0 is not within 1 to 65535"),
        ("http://a:99999/", "the port 99999"),
        ("http://a:b/", "is neither a name nor an address"),
        ("http://[::1/", "is neither a name nor an address"),
        ("http://a..b/", "empty part"),
        ("http://%00/", "holds"),
        ("http://a/\ud800", "a lone surrogate"),
        ("http://a/" + "x" * LONGEST_URL, f"{LONGEST_URL} are the most"),
    ],
)
def test_what_is_none(text: str, reason: str) -> None:
    with pytest.raises(LocalProtocolError) as caught:
        parse_url(text)
    assert reason in str(caught.value)


def test_secrets_are_not_repeated() -> None:
    for text in ("http://me:secret@a b/?token=secret", "ftp://me:secret@a/?secret"):
        with pytest.raises(LocalProtocolError) as caught:
            parse_url(text)
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://me:word@a/b@c", "https://a/b@c"),
        ("nope://me:word@a/", "nope://a/"),
        ("me:word@a/", "a/"),
        ("https://a/b@c", "https://a/b@c"),
        ("/x@y?z@", "/x@y?z@"),
        ("?a@b", "?a@b"),
        ("", ""),
    ],
)
def test_what_may_be_none_is_shown_without_a_user(text: str, shown: str) -> None:
    assert without_user(text) == shown


@pytest.mark.parametrize(
    ("text", "user", "password"),
    [
        ("https://me:se%40cret@example.org/", b"me", b"se@cret"),
        ("https://me@example.org/", b"me", b""),
        ("https://:key@example.org/", b"", b"key"),
        ("https://a@b:c@example.org/", b"a@b", b"c"),
        ("https://ü:ö@example.org/", "ü".encode(), "ö".encode()),
        ("https://example.org/", b"", b""),
    ],
)
def test_a_user_is_no_part_of_it(text: str, user: bytes, password: bytes) -> None:
    parsed = parse_url(text)
    assert (parsed.user, parsed.password) == (user, password)
    assert str(parsed.url) == "https://example.org/"


def test_its_parts() -> None:
    url = parse_url("https://Example.org:8443/a/b?c=d#e").url
    assert url == Url("https", Host("example.org", 8443, True), "/a/b?c=d", "https://example.org:8443", "e")
    assert url.path == "/a/b"
    assert parse_url("http://[fe80::1%25eth0]/").url.origin == "http://[fe80::1%25eth0]"


@pytest.mark.parametrize(
    ("url", "query", "target"),
    [("/", "a=b", "/?a=b"), ("/x?y", "a=b", "/x?y&a=b"), ("/x?", "a=b", "/x?a=b"), ("/x?y&", "a", "/x?y&a")],
)
def test_fields_are_added_to_the_query(url: str, query: str, target: str) -> None:
    parsed = parse_url(url, BASE).url
    assert (parsed.with_query(query).target, parsed.with_query("")) == (target, parsed)


@settings(max_examples=500)
@given(
    st.lists(
        st.sampled_from(
            [
                "http",
                "https",
                ":",
                "/",
                "//",
                "a",
                "..",
                ".",
                "%2e",
                "@",
                "?",
                "#",
                "\\",
                "ü",
                " ",
                "[",
                "]",
                "::1",
                "%",
                ":80",
            ]
        )
        | st.text(max_size=3),
        max_size=12,
    ).map("".join),
    st.booleans(),
)
def test_whatever_it_is_it_has_one_spelling(text: str, absolute: bool) -> None:
    """A text is a URL or an error, and what is written of a URL is that URL, which can be sent."""
    try:
        url = parse_url(f"http://{text}" if absolute else text, None if absolute else BASE).url
    except LocalProtocolError:
        return
    assert parse_url(str(url)).url == url._replace(fragment="")
    assert url.target.startswith("/")
    assert url.target.isascii()
    assert not re.search(r"[\0- \x7f#]", url.target)
    assert not re.search(r"/(?:\.|%2e){1,2}(?:/|$)", url.path, re.IGNORECASE)


def test_its_cost_is_linear() -> None:
    """Half a minute is what a quadratic way would take."""
    began = time.monotonic()
    for part in ("/..", "/.", "/%2e", "/a/..", "\\", "?", "#", "@", ":", "%", "ü", "[", "/a"):
        text = "http://a" + part * (60_000 // len(part))
        try:
            parse_url(text)
            parse_url(text[8:], BASE)
        except LocalProtocolError:
            pass
    assert time.monotonic() - began < 30


def test_one_address_in_two_networks_is_two_hosts() -> None:
    first, second = (parse_url(f"http://[FE80::1%25{zone}]:81/").url for zone in ("eth0", "Eth0"))
    assert (first.host.name, second.host.name) == ("fe80::1%eth0", "fe80::1%Eth0")
    assert str(first) == "http://[fe80::1%25eth0]:81/" != str(second)
    assert parse_url(str(first)).url == first
