"""RFC 6265bis, case by case; section numbers are those of draft-ietf-httpbis-rfc6265bis-22."""

import json
import random
import sys
import time

import pytest

from pythonscript_http.exceptions import LocalError
from pythonscript_http.sessions import cookies
from pythonscript_http.sessions.cookies import (
    LONGEST,
    MOST_COOKIES,
    MOST_OF_DOMAIN,
    MOST_SENT,
    MOST_SET,
    CookieJar,
    _suffix_list,
    default_path,
    domain_matches,
    is_address,
    is_public_suffix,
    parse_date,
    path_matches,
)
from pythonscript_http.sessions.urls import Url, parse_url
from pythonscript_http.url import parse_host

NOW = 1_800_000_000.0


def url(text: str) -> Url:
    return parse_url(text).url


def jar_of(address: str, *values: str, jar: CookieJar | None = None) -> CookieJar:
    jar = CookieJar() if jar is None else jar
    jar.store(url(address), values, now=NOW)
    return jar


def sent(jar: CookieJar, address: str, now: float = NOW) -> str:
    return jar.header(url(address), now=now)


# What is set at http://www.example.com/a/b, and what goes back there.
HERE = "http://www.example.com/a/b"


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        # names and values (section 5.6)
        (["a=b"], "a=b"),
        (["a=b", "c=d"], "a=b; c=d"),
        (["a=b", "c=d", "a=e"], "a=e; c=d"),
        (["a=b; c=d"], "a=b"),
        (["a=b;"], "a=b"),
        ([" a = b c "], "a=b c"),
        (["\ta\t=\tb\t"], "a=b"),
        (["a=b=c"], "a=b=c"),
        (["a=="], "a=="),
        (['a="b c"'], 'a="b c"'),
        (['a="b;c"'], 'a="b'),
        (["a="], "a="),
        (["=b"], "b"),
        (["b"], "b"),
        (["==b"], "=b"),
        (["=", "", ";", " ; a=b", "=;"], ""),
        (["a=b", "A=c"], "a=b; A=c"),
        (["a=b,c=d"], "a=b,c=d"),
        (["a=ü€"], "a=ü€"),
        (["ü=b"], "ü=b"),
        (["a=b\tc"], "a=b\tc"),
        (["a=b\x01", "c=d\x7f", "e\n=f", "g=h\0", "i=j; Path=/\r"], ""),
        (["a[]=b", "c d=e"], "a[]=b; c d=e"),
        # sizes
        (["a=" + "b" * 4095], "a=" + "b" * 4095),
        (["a=" + "b" * 4096], ""),
        (["a" * 4096 + "="], "a" * 4096 + "="),
        (["a" * 4097], ""),
        (["a=" + "ü" * 2048], ""),
        (["a=b; Path=/" + "x" * 1024], "a=b"),  # the attribute is ignored
        (["a=b; Domain=" + "x" * 1025], "a=b"),
        (["a=b; x=" + "y" * 100_000], "a=b"),
        # Max-Age and Expires
        (["a=b; Max-Age=1"], "a=b"),
        (["a=b; Max-Age=0"], ""),
        (["a=b; Max-Age=-1"], ""),
        (["a=b; max-age=-"], "a=b"),
        (["a=b; Max-Age="], "a=b"),
        (["a=b; Max-Age=+0"], "a=b"),
        (["a=b; Max-Age=0x"], "a=b"),
        (["a=b; Max-Age=1.0"], "a=b"),
        (["a=b; Max-Age=" + "9" * 1000], "a=b"),
        (["a=b; Max-Age=" + "0" * 1000], ""),
        (["a=b; Max-Age=" + "0" * 900 + "9"], "a=b"),
        (["a=b; Max-Age=0; Max-Age=1"], "a=b"),
        (["a=b; Max-Age=1; Max-Age=0"], ""),
        (["a=b; Max-Age=0; Max-Age=x"], ""),
        (["a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], ""),
        (["a=b; Expires=Thu, 01 Jan 2099 00:00:00 GMT"], "a=b"),
        (["a=b; Expires=rubbish"], "a=b"),
        (["a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Expires=rubbish"], ""),
        (["a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=1"], "a=b"),
        (["a=b; Max-Age=0; Expires=Thu, 01 Jan 2099 00:00:00 GMT"], ""),
        (["a=b", "a=c; Max-Age=0"], ""),
        (["a=b", "a=c; Expires=Thu, 01 Jan 1970 00:00:00 GMT"], ""),
        (["a=b", "d=c; Max-Age=0"], "a=b"),
        # Domain
        (["a=b; Domain=example.com"], "a=b"),
        (["a=b; Domain=.example.com"], "a=b"),
        (["a=b; Domain=EXAMPLE.com"], "a=b"),
        (["a=b; Domain=www.example.com"], "a=b"),
        (["a=b; Domain="], "a=b"),
        (["a=b; Domain=."], "a=b"),
        (["a=b; Domain"], "a=b"),
        (["a=b; Domain=other.com; Domain="], "a=b"),
        (["a=b; Domain=other.com; Domain=example.com"], "a=b"),
        (["a=b; Domain=example.com; Domain=other.com"], ""),
        (["a=b; Domain=other.com"], ""),
        (["a=b; Domain=ample.com"], ""),
        (["a=b; Domain=x.www.example.com"], ""),
        (["a=b; Domain=..example.com"], ""),
        (["a=b; Domain=example.com."], ""),
        (["a=b; Domain=com"], ""),
        (["a=b; Domain=.com"], ""),
        (["a=b; Domain=com."], ""),
        (["a=b; Domain=exämple.com"], ""),
        # Path
        (["a=b; Path=/"], "a=b"),
        (["a=b; Path=/a"], "a=b"),
        (["a=b; Path=/a/"], "a=b"),
        (["a=b; Path=/a/b"], "a=b"),
        (["a=b; Path=/a/b/"], ""),
        (["a=b; Path=/a/b/c"], ""),
        (["a=b; Path=/A"], ""),
        (["a=b; Path=/x"], ""),
        (["a=b; Path="], "a=b"),
        (["a=b; Path=x"], "a=b"),
        (["a=b; Path=/x; Path=/"], "a=b"),
        (["a=b; Path=/; Path=/x"], ""),
        (["a=1; Path=/", "b=2; Path=/a", "c=3; Path=/a/b", "d=4; Path=/a"], "c=3; b=2; d=4; a=1"),
        # Secure, HttpOnly, SameSite
        (["a=b; Secure"], ""),
        (["a=b; secure=no"], ""),
        (["a=b; HttpOnly"], "a=b"),
        (["a=b; SameSite=Strict", "c=d; SameSite=Lax", "e=f; SameSite=x"], "a=b; c=d; e=f"),
        (["a=b; SameSite=None"], ""),
        # prefixes
        (["__Secure-a=b", "__secure-c=d; Secure"], ""),
        (["__Host-a=b; Path=/", "__HOST-c=d; Secure; Path=/"], ""),
        (["__Hosta=b", "_Host-c=d"], "__Hosta=b; _Host-c=d"),
        (["=__Secure-a=b", "__Host-c"], ""),
        # what is unknown
        (["a=b; Unknown=1; Partitioned; ; =; x"], "a=b"),
        (["a=b; MAX-AGE = 0"], ""),
    ],
)
def test_set_cookie(values: list[str], expected: str) -> None:
    assert sent(jar_of(HERE, *values), HERE) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a=b; Secure", "a=b"),
        ("a=b; SameSite=None; Secure", "a=b"),
        ("a=b; SameSite=None", ""),
        ("__Secure-a=b; Secure", "__Secure-a=b"),
        ("__Secure-a=b", ""),
        ("__SeCuRe-a=b", ""),
        ("__Secure-a=b; Secure; Domain=example.com", "__Secure-a=b"),
        ("__Host-a=b; Secure; Path=/", "__Host-a=b"),
        ("__Host-a=b; Secure; Path=/; Domain=", "__Host-a=b"),
        ("__Host-a=b; Secure; Path=/; Domain=www.example.com", ""),
        ("__Host-a=b; Secure; Path=/a", ""),
        ("__Host-a=b; Secure", ""),
        ("__Host-a=b; Path=/", ""),
        ("__hOST-a=b; Path=/", ""),
        ("__Host-a; Secure; Path=/", ""),
        ("__Secure-", ""),
    ],
)
def test_set_over_tls(value: str, expected: str) -> None:
    assert sent(jar_of("https://www.example.com/a/b", value), "https://www.example.com/a/b") == expected


@pytest.mark.parametrize(
    ("origin", "value", "request_url", "expected"),
    [
        # the host alone, or those below a domain
        ("http://example.com/", "a=b", "http://example.com/", "a=b"),
        ("http://example.com/", "a=b", "http://www.example.com/", ""),
        ("http://example.com/", "a=b; Domain=example.com", "http://www.example.com/", "a=b"),
        ("http://example.com/", "a=b; Domain=example.com", "http://x.y.example.com/", "a=b"),
        ("http://example.com/", "a=b; Domain=example.com", "http://badexample.com/", ""),
        ("http://www.example.com/", "a=b; Domain=example.com", "http://example.com/", "a=b"),
        ("http://www.example.com/", "a=b; Domain=www.example.com", "http://example.com/", ""),
        ("http://EXAMPLE.com/", "a=b", "http://example.COM/", "a=b"),
        ("http://example.com./", "a=b", "http://example.com/", ""),
        ("http://bücher.example/", "a=b; Domain=xn--bcher-kva.example", "http://x.bücher.example/", "a=b"),
        # one name without a dot, which is a public suffix, but one's own
        ("http://localhost/", "a=b", "http://localhost/", "a=b"),
        ("http://localhost/", "a=b; Domain=localhost", "http://localhost/", "a=b"),
        ("http://localhost/", "a=b; Domain=localhost", "http://x.localhost/", ""),
        ("http://x.localhost/", "a=b; Domain=localhost", "http://localhost/", ""),
        # addresses are no domains
        ("http://127.0.0.1/", "a=b", "http://127.0.0.1/", "a=b"),
        ("http://127.0.0.1/", "a=b; Domain=127.0.0.1", "http://127.0.0.1/", "a=b"),
        ("http://127.0.0.1/", "a=b; Domain=0.0.1", "http://127.0.0.1/", ""),
        ("http://0.0.1/", "a=b; Domain=0.0.1", "http://127.0.0.1/", ""),
        ("http://[::1]/", "a=b", "http://[::1]/", "a=b"),
        ("http://[::1]/", "a=b; Domain=::1", "http://[::1]/", "a=b"),
        # ports and schemes do not count, but for Secure
        ("http://example.com:8080/", "a=b", "http://example.com/", "a=b"),
        ("http://example.com/", "a=b", "https://example.com/", "a=b"),
        ("https://example.com/", "a=b", "http://example.com/", "a=b"),
        ("https://example.com/", "a=b; Secure", "http://example.com/", ""),
        ("http://example.com/", "a=b; Secure", "https://example.com/", ""),
        ("http://example.com/", "__Secure-a=b; Secure", "https://example.com/", ""),
        ("https://example.com/", "a=b; Secure", "https://example.com:8443/", "a=b"),
        # paths
        ("http://example.com/a/b", "a=b", "http://example.com/a", "a=b"),
        ("http://example.com/a/b", "a=b", "http://example.com/a/x", "a=b"),
        ("http://example.com/a/b", "a=b", "http://example.com/ab", ""),
        ("http://example.com/a/b", "a=b", "http://example.com/", ""),
        ("http://example.com/a/b?/c/d", "a=b", "http://example.com/a?x", "a=b"),
        ("http://example.com/a", "a=b; Path=/a/", "http://example.com/a", ""),
        ("http://example.com/a", "a=b; Path=/a%2F", "http://example.com/a/", ""),
    ],
)
def test_who_gets_it(origin: str, value: str, request_url: str, expected: str) -> None:
    assert sent(jar_of(origin, value), request_url) == expected


def test_unix_domain_sockets_have_their_own() -> None:
    jar = CookieJar()
    here, there = (Url("http", parse_host(f"unix:/run/{name}.sock"), "/", name) for name in "ab")
    jar.store(here, ["a=b", "c=d; Domain=sock"], now=NOW)
    assert jar.header(here, now=NOW) == "a=b"
    assert jar.header(there, now=NOW) == ""


def test_cookies_of_a_domain_and_of_a_host_are_two() -> None:
    jar = jar_of("http://example.com/", "a=host", "a=domain; Domain=example.com", "a=path; Path=/x")
    assert sent(jar, "http://example.com/x") == "a=path; a=host; a=domain"
    assert sent(jar, "http://www.example.com/x") == "a=domain"


def test_an_update_keeps_its_place() -> None:
    jar = jar_of(HERE, "a=1", "b=2")
    jar.store(url(HERE), ["a=3"], now=NOW + 10)
    assert sent(jar, HERE) == "a=3; b=2"
    assert [cookie.created for cookie in jar] == [NOW, NOW]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("a=1; Secure; Path=/", "a=2; Path=/", "a=1"),
        ("a=1; Secure; Path=/", "a=2; Path=/a", "a=1"),
        ("a=1; Secure; Path=/a", "a=2; Path=/", "a=1; a=2"),  # it stands behind
        ("a=1; Secure; Path=/", "b=2; Path=/", "a=1; b=2"),
        ("a=1; Secure; Path=/", "a=2; Path=/; Domain=example.com", "a=1"),
        ("a=1; Secure; Path=/; Domain=example.com", "a=2; Path=/", "a=1"),
        ("a=1; Path=/", "a=2; Path=/", "a=2"),
        ("a=1; Secure; Path=/", "a=2; Path=/; Max-Age=0", "a=1"),
    ],
)
def test_plain_http_does_not_shadow_a_secure_cookie(first: str, second: str, expected: str) -> None:
    jar = jar_of("https://www.example.com/a/", first)
    jar_of("http://www.example.com/a/", second, jar=jar)
    assert sent(jar, "https://www.example.com/a/b") == expected


def test_plain_http_does_not_shadow_a_secure_cookie_of_a_host_below() -> None:
    jar = jar_of("https://x.example.com/", "a=1; Secure")
    jar_of("http://example.com/", "a=2; Domain=example.com", jar=jar)
    assert sent(jar, "http://example.com/") == ""
    jar_of("https://example.com/", "a=3; Domain=example.com", jar=jar)
    assert sent(jar, "http://example.com/") == "a=3"


def test_secure_cookies_of_other_hosts_are_not_in_the_way() -> None:
    jar = jar_of("https://y.example.com/", "a=1; Secure")
    for host in ("x.example.com", "ple.com", "y.example.com.ar"):
        jar_of(f"http://{host}/", "a=2", f"b=3; Domain={host}", jar=jar)
        assert sent(jar, f"http://{host}/") == "a=2; b=3"


def test_an_expired_cookie_is_not_in_the_way() -> None:
    jar = jar_of("https://example.com/", "a=1; Secure; Max-Age=5")
    jar.store(url("http://example.com/"), ["a=2"], now=NOW + 5)
    assert sent(jar, "http://example.com/", NOW + 5) == "a=2"


def test_time_passes() -> None:
    jar = jar_of(HERE, "a=1; Max-Age=10", "b=2; Expires=Fri, 15 Jan 2027 08:00:30 GMT", "c=3")
    assert sent(jar, HERE, NOW + 9) == "a=1; b=2; c=3"
    assert sent(jar, HERE, NOW + 10) == "b=2; c=3"
    assert len(jar) == 2
    assert sent(jar, HERE, NOW + 30) == "c=3"
    assert sent(jar, HERE, NOW + 1e9) == "c=3"


def test_no_cookie_lives_longer_than_400_days() -> None:
    jar = jar_of(HERE, "a=1; Max-Age=99999999999", "b=2; Expires=Thu, 01 Jan 2099 00:00:00 GMT")
    assert [cookie.expires for cookie in jar] == [NOW + LONGEST] * 2


def test_what_is_kept() -> None:
    jar = jar_of(
        "https://www.example.com/a/b",
        "a=b; HttpOnly; Secure; SameSite=strict; Domain=example.com; Max-Age=60",
    )
    (cookie,) = jar
    assert (cookie.name, cookie.value, cookie.domain, cookie.path) == ("a", "b", "example.com", "/a")
    assert (cookie.http_only, cookie.secure, cookie.host_only) == (True, True, False)
    assert (cookie.same_site, cookie.expires, cookie.created) == ("Strict", NOW + 60, NOW)


@pytest.mark.parametrize(
    ("value", "same_site"),
    [
        ("a=b", ""),
        ("a=b; SameSite", ""),
        ("a=b; SameSite=LAX", "Lax"),
        ("a=b; SameSite=Lax; SameSite=Strict", "Strict"),
        ("a=b; SameSite=Lax; SameSite=x", ""),
        ("a=b; SameSite=none; Secure", "None"),
    ],
)
def test_same_site(value: str, same_site: str) -> None:
    assert [cookie.same_site for cookie in jar_of("https://example.com/", value)] == [same_site]


# ---- dates, hosts and paths


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", 784111777),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 784111777),
        ("Sun Nov  6 08:49:37 1994", 784111777),
        ("06 Nov 94 08:49:37", 784111777),
        ("1994 6 november 8:49:37", 784111777),
        ("8:49:37 6 Novembre 1994", 784111777),
        ("Sun,06;Nov&1994/08:49:37", 784111777),
        ("6x nov 1994y 08:49:37z", 784111777),
        ("Sun, 06 Nov 1994 08:49:37 PST", 784111777),
        ("Sun, 06 Nov 1994 08:49:37 GMT, 07 Dec 1995 09:50:38", 784111777),
        ("06 Nov 69 08:49:37", 3150953377),
        ("06 Nov 70 08:49:37", 26729377),
        ("01 Jan 1601 00:00:00", -11644473600),
        ("01 Jan 9999 00:00:00", 253370764800),
        ("29 Feb 2000 00:00:00", 951782400),
        ("31 Dec 1600 23:59:59", None),
        ("06 Nov 160 08:49:37", None),
        ("06 Nov 19940 08:49:37", None),
        ("006 Nov 1994 08:49:37", None),
        ("00 Nov 1994 08:49:37", None),
        ("32 Nov 1994 08:49:37", None),
        ("31 Nov 1994 08:49:37", None),
        ("29 Feb 1900 00:00:00", None),
        ("06 Nov 1994 24:00:00", None),
        ("06 Nov 1994 08:60:00", None),
        ("06 Nov 1994 08:49:60", None),
        ("06 Nov 1994 08:49", None),
        ("06 Nov 1994 008:49:37", None),
        ("06 Nov 1994 08:49:370", None),
        ("06 Nov 1994", None),
        ("Nov 1994 08:49:37", None),
        ("06 1994 08:49:37", None),
        ("06 No 1994 08:49:37", None),
        ("٠٦ Nov 1994 08:49:37", None),
        ("", None),
        ("0", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
    ],
)
def test_dates(text: str, expected: int | None) -> None:
    assert parse_date(text) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("fe80::1%eth0", True),
        ("unix:/x.example", True),
        ("1", True),
        ("0x7f.1", True),
        ("a.0x7f", True),
        ("127.0.0.1.", True),
        ("example.com", False),
        ("1.example", False),
        ("a.b1", False),
        ("0xg", False),
    ],
)
def test_addresses(name: str, expected: bool) -> None:
    assert is_address(name) is expected


@pytest.mark.parametrize(
    ("name", "domain", "expected"),
    [
        ("example.com", "example.com", True),
        ("a.example.com", "example.com", True),
        ("aexample.com", "example.com", False),
        ("example.com", "a.example.com", False),
        ("1.2.3.4", "3.4", False),
        ("1.2.3.4", "1.2.3.4", True),
    ],
)
def test_domain_matches(name: str, domain: str, expected: bool) -> None:
    assert domain_matches(name, domain) is expected


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/", "/"),
        ("/a", "/"),
        ("/a/", "/a"),
        ("/a/b", "/a"),
        ("/a/b/?c/d", "/a/b"),
        ("", "/"),
        ("*", "/"),
        ("/?/", "/"),
    ],
)
def test_default_path(target: str, expected: str) -> None:
    assert default_path(target) == expected


@pytest.mark.parametrize(
    ("path", "of_cookie", "expected"),
    [
        ("/", "/", True),
        ("/a", "/", True),
        ("/a", "/a", True),
        ("/a/", "/a", True),
        ("/a/b", "/a", True),
        ("/ab", "/a", False),
        ("/a", "/a/", False),
        ("/A", "/a", False),
    ],
)
def test_path_matches(path: str, of_cookie: str, expected: bool) -> None:
    assert path_matches(path, of_cookie) is expected


# ---- public suffixes


def test_no_cookie_for_a_public_suffix() -> None:
    jar = CookieJar(public_suffix={"co.uk", "github.io", "uk"}.__contains__)
    jar_of("http://a.co.uk/", "a=1; Domain=co.uk", "b=2; Domain=a.co.uk", "c=3; Domain=uk", jar=jar)
    jar_of("http://github.io/", "d=4; Domain=github.io", jar=jar)
    assert sent(jar, "http://x.a.co.uk/") == "b=2"
    assert sent(jar, "http://github.io/") == "d=4"
    assert sent(jar, "http://x.github.io/") == ""


def test_the_list_is_asked_for_no_addresses() -> None:
    asked: list[str] = []

    def is_public(domain: str) -> bool:
        asked.append(domain)
        return False

    jar = CookieJar(is_public)
    jar_of("http://127.0.0.1/", "a=1; Domain=127.0.0.1", jar=jar)
    jar_of("http://[::1]/", "a=1; Domain=::1", jar=jar)
    jar_of("http://www.example.com/", "a=1; Domain=Example.com", jar=jar)
    assert asked == ["example.com"]


def test_mozillas_list() -> None:
    expected = {
        "com": True,
        "co.uk": True,
        "github.io": True,
        "example.com": False,
        "a.ck": True,
        "www.ck": False,
    }
    assert {domain: is_public_suffix(domain) for domain in expected} == expected


@pytest.mark.parametrize("there", [True, False])
def test_the_list_is_used_where_it_is_there(monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    if not there:
        monkeypatch.setitem(sys.modules, "publicsuffixlist", None)
    _suffix_list.cache_clear()
    jar = jar_of("http://a.co.uk/", "a=1; Domain=co.uk", "b=2; Domain=uk", "c=3; Domain=a.co.uk")
    assert sent(jar, "http://x.a.co.uk/") == ("c=3" if there else "a=1; c=3")
    _suffix_list.cache_clear()


# ---- bounds


def test_cookies_of_a_domain_are_bounded() -> None:
    jar = CookieJar()
    for number in range(MOST_OF_DOMAIN):
        jar_of("https://example.com/", f"n{number}=x" + ("; Secure" if number == 1 else ""), jar=jar)
    jar.header(url("http://example.com/"), now=NOW)  # uses all but the secure one
    jar_of("https://example.com/", "new=x", jar=jar)
    names = [cookie.name for cookie in jar]
    assert len(jar) == MOST_OF_DOMAIN
    assert "n0" not in names
    assert {"n1", "n2", "new"} <= set(names)
    for number in range(MOST_OF_DOMAIN):
        jar_of("https://example.com/", f"s{number}=x; Secure", jar=jar)
    assert {cookie.secure for cookie in jar} == {True}


def test_expired_cookies_go_first() -> None:
    jar = jar_of("http://example.com/", "last=x; Max-Age=5")
    jar.store(
        url("http://example.com/"), [f"n{number}=x" for number in range(MOST_OF_DOMAIN - 1)], now=NOW - 10
    )
    jar_of("http://example.com/", "last=y; Max-Age=5", jar=jar)
    jar.store(url("http://example.com/"), ["new=x"], now=NOW + 6)
    names = {cookie.name for cookie in jar}
    assert names == {"new", *(f"n{number}" for number in range(MOST_OF_DOMAIN - 1))}


def test_a_jar_is_bounded() -> None:
    jar = CookieJar()
    for number in range(MOST_COOKIES * 2):
        jar_of(f"http://h{number}.example/", "a=b", jar=jar)
        assert len(jar) <= MOST_COOKIES
    assert len(list(jar)) == len(jar)
    assert sent(jar, f"http://h{MOST_COOKIES * 2 - 1}.example/") == "a=b"
    assert sent(jar, "http://h0.example/") == ""


def test_cookies_of_one_response_are_bounded() -> None:
    values = [f"n{number}=x; Path=/{number}" for number in range(MOST_SET * 2)]
    jar = CookieJar()
    jar.store(url("http://example.com/"), values, now=NOW)
    assert {cookie.name for cookie in jar} == {
        f"n{number}" for number in range(MOST_SET - MOST_OF_DOMAIN, MOST_SET)
    }


def test_a_header_is_bounded() -> None:
    jar = CookieJar()
    for number in range(40):
        jar_of("http://example.com/", f"n{number}=" + "x" * 4000, jar=jar)
    header = sent(jar, "http://example.com/")
    assert MOST_SENT - 4100 < len(header) <= MOST_SENT
    assert header.startswith("n0=x")


@pytest.mark.parametrize(
    "value",
    [
        ";" * 100_000,
        "a=b" + "; Path=/" * 20_000,
        "a=b; Expires=" + "1 " * 500 + ";",
        "=" * 100_000,
        "a=b;" + " " * 100_000,
    ],
    ids=lambda value: value[:8],
)
def test_a_long_value_is_read_soon(value: str) -> None:
    begun = time.thread_time()
    jar_of("http://a.example.com/", *[value] * 20)
    assert time.thread_time() - begun < 10  # a guard against hangs


def test_many_cookies_are_looked_through_soon() -> None:
    jar = CookieJar()
    for number in range(MOST_COOKIES // 50):
        jar_of(f"https://h{number}.example.com/", *[f"n{one}=x; Secure" for one in range(50)], jar=jar)
    begun = time.thread_time()
    for _ in range(10):
        jar_of("http://example.com/", *[f"x{one}=y; Domain=example.com" for one in range(MOST_SET)], jar=jar)
        sent(jar, f"http://{'a.' * 100}example.com/")
    assert time.thread_time() - begun < 20  # a guard against hangs


# ---- as a text


def saved(jar: CookieJar, now: float = NOW) -> str:
    lines: list[str] = []
    jar.save(lines.append, now=now)
    return "".join(lines)


def test_save_and_load() -> None:
    jar = jar_of(
        "https://www.example.com/a/",
        "a=ü; Max-Age=60",
        "b=2; Max-Age=60; Domain=example.com; Secure; SameSite=Lax",
    )
    jar_of("https://www.example.com/a/", "session=1", "c=3; Max-Age=5; HttpOnly", jar=jar)
    text = saved(jar, NOW + 5)
    assert text.isascii()
    assert text.startswith("# pythonscript cookies 1\n")
    again = CookieJar()
    again.load(text, now=NOW + 6)
    assert saved(again, NOW + 6) == text
    assert sent(again, "https://www.example.com/a/", NOW + 6) == "a=ü; b=2"
    again = CookieJar()
    again.load(text.replace("\n", "\r\n"), now=NOW + 61)
    assert len(again) == 0


@pytest.mark.parametrize(
    "text", ["", "rubbish", "# pythonscript cookies 2\n", "\0", "[]", "# Netscape HTTP Cookie File\n"]
)
def test_what_is_no_jar_is_refused(text: str) -> None:
    jar = jar_of(HERE, "a=b")
    with pytest.raises(LocalError, match="no cookies that can be read"):
        jar.load(text, now=NOW)
    assert len(jar) == 1


def test_a_long_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cookies, "LARGEST_FILE", 10)
    with pytest.raises(LocalError, match="10 at most"):
        CookieJar().load("# pythonscript cookies 1\n", now=NOW)


GOOD = ["a", "b", "example.com", True, "/", False, False, "", NOW + 60, NOW]


@pytest.mark.parametrize(
    "change",
    [
        {0: "a=b"},
        {0: "a;"},
        {0: "", 1: ""},
        {0: 1},
        {0: "__Host-a"},
        {1: "b\n"},
        {1: "b; c"},
        {1: "b" * 4097},
        {1: None},
        {2: ""},
        {2: "x" * 2000},
        {3: 1},
        {4: "x"},
        {4: "/;"},
        {5: "true"},
        {7: "x"},
        {8: None},
        {8: NOW},
        {8: float("nan")},
        {8: True},
        {8: "1"},
        {9: None},
    ],
)
def test_damaged_lines_are_passed_over(change: dict[int, object]) -> None:
    row = [change.get(index, value) for index, value in enumerate(GOOD)]
    lines = [
        "# pythonscript cookies 1",
        json.dumps(row),
        "{",
        "[" * 100_000,
        "[1]",
        "null",
        json.dumps([*GOOD, 1]),
        json.dumps(GOOD),
    ]
    jar = CookieJar()
    jar.load("\n".join(lines), now=NOW)
    assert [cookie.name for cookie in jar] == ["a"]
    assert sent(jar, "http://example.com/") == "a=b"


def test_a_saved_cookie_lives_no_longer_than_a_set_one() -> None:
    row = [10**400 if index == 8 else value for index, value in enumerate(GOOD)]
    jar = CookieJar()
    jar.load(f"# pythonscript cookies 1\n{json.dumps(row)}", now=NOW)
    assert [cookie.expires for cookie in jar] == [NOW + LONGEST]


def test_clear() -> None:
    jar = jar_of("http://www.example.com/", "a=1", "b=2; Domain=example.com")
    jar_of("http://badexample.com/", "c=3", jar=jar)
    jar.clear("Example.com")
    assert [cookie.name for cookie in jar] == ["c"]
    assert len(jar) == 1
    jar.clear()
    assert len(jar) == len(list(jar)) == 0


def test_random_values_and_urls() -> None:
    """Whatever comes, a jar keeps its count, and sends nothing that ends a line or a cookie."""
    chance = random.Random(6265)
    pieces = [
        "a",
        "=",
        ";",
        " ",
        "\t",
        "__Host-",
        "__Secure-",
        "Path=",
        "/",
        "Domain=",
        ".",
        "example.com",
        "com",
    ]
    pieces += [
        "Secure",
        "Max-Age=",
        "-",
        "0",
        "9",
        "Expires=",
        "06 Nov 2099 08:49:37",
        "SameSite=None",
        "ü",
        "\0",
        '"',
    ]
    hosts = ["example.com", "www.example.com", "127.0.0.1", "[::1]", "localhost", "com", "a.b.c.example.com."]
    jar, now = CookieJar(), NOW
    for _ in range(4000):
        scheme = chance.choice(["http", "https"])
        address = url(
            f"{scheme}://{chance.choice(hosts)}/{'/'.join(chance.choices('ab', k=chance.randint(0, 3)))}"
        )
        jar.store(address, ["".join(chance.choices(pieces, k=chance.randint(0, 12)))], now=now)
        header = jar.header(address, now=now)
        assert "\0" not in header
        assert all(part.strip(" \t") == part and part for part in header.split("; ")) or not header
        assert len(jar) == len(list(jar))
        now += chance.choice([0, 1, 100])
        if chance.random() < 0.01:
            again = CookieJar()
            again.load(saved(jar, now), now=now)
            assert saved(again, now) == saved(jar, now)
