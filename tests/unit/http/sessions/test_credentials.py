"""Who gets credentials."""

import pytest

from pythonscript_http.exceptions import LocalProtocolError
from pythonscript_http.sessions.credentials import authorization, for_hop
from pythonscript_http.sessions.headers import Headers
from pythonscript_http.sessions.options import Options
from pythonscript_http.sessions.urls import parse_url

HOME = "https://api.example.org"


@pytest.mark.parametrize(
    ("url", "theirs"),
    [
        ("https://api.example.org/x", True),
        ("https://API.example.org:443/x", True),
        ("https://api.example.org:8443/x", False),
        ("http://api.example.org/x", False),
        ("https://example.org/x", False),
        ("https://api.example.org.evil/x", False),
        ("https://evil.api.example.org/x", False),
    ],
)
def test_only_their_origin_gets_them(url: str, theirs: bool) -> None:
    fields = {"AUTHORIZATION": "a", "Cookie": "b", "Proxy-Authorization": "c", "Host": "x", "Accept": "d"}
    headers = Headers(fields)
    kept = for_hop(headers, parse_url(url).url, HOME)
    assert dict(kept) == (fields if theirs else {"Accept": "d"})
    assert dict(headers) == fields


def test_what_holds_none_goes_anywhere() -> None:
    headers = Headers({"Accept": "d"})
    assert for_hop(headers, parse_url("http://b/").url, HOME) is headers


@pytest.mark.parametrize(
    ("auth", "url", "value", "origin"),
    [
        (None, "https://a/", "", ""),
        ("token", "https://a/", "Bearer token", ""),
        (["Aladdin", "open sesame"], "https://a/", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", ""),  # RFC 7617
        (["test", "123£"], "https://a/", "Basic dGVzdDoxMjPCow==", ""),
        (None, "https://Aladdin:open%20sesame@a/", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "https://a"),
        ("token", "https://user@a/", "Basic dXNlcjo=", "https://a"),
    ],
)
def test_what_a_call_asks_for(auth: object, url: str, value: str, origin: str) -> None:
    options = Options().merged({"auth": auth})
    assert authorization(options, parse_url(url)) == (value, origin)
    assert authorization(options, parse_url(url), "Basic base") == (value or "Basic base", origin)


@pytest.mark.parametrize(
    ("auth", "url", "reason"),
    [
        (["a:b", "c"], "http://a/", "the user has a colon"),
        (None, "http://a%3Ab:c@a/", "the user has a colon"),
        (["\ud800", "c"], "http://a/", "lone surrogate"),
        (["a", "\ud800"], "http://a/", "lone surrogate"),
    ],
)
def test_what_no_server_could_read(auth: object, url: str, reason: str) -> None:
    options = Options().merged({"auth": auth})
    with pytest.raises(LocalProtocolError, match=reason):
        authorization(options, parse_url(url))
