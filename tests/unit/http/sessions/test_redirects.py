"""Redirects as browsers follow them."""

import pytest

from pythonscript_http.sessions.bodies import BytesBody, IteratorBody
from pythonscript_http.sessions.failures import Failure, SessionError
from pythonscript_http.sessions.headers import Headers
from pythonscript_http.sessions.options import Options
from pythonscript_http.sessions.redirects import is_redirect, redirected
from pythonscript_http.sessions.request import Request
from pythonscript_http.sessions.response import Response
from pythonscript_http.sessions.urls import parse_url


def request(method: str = "GET", url: str = "https://a/b/c", **options: object) -> Request:
    body = BytesBody(b"x", "text/plain") if method in ("POST", "PUT", "PATCH") else None
    headers = Headers({"Content-Type": "text/plain", "Content-Encoding": "x", "Accept": "y"})
    return Request(method, parse_url(url).url, headers, body, Options().merged(options), "https://a")


def response(status: int, location: str | None = "/d") -> Response:
    made = Response()
    made.status = status
    made.headers = Headers({} if location is None else {"Location": location})
    return made


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_what_is_one(status: int) -> None:
    assert is_redirect(response(status))
    assert not is_redirect(response(status, None))


@pytest.mark.parametrize("status", [200, 201, 300, 304, 305, 306, 400, 0])
def test_what_is_none(status: int) -> None:
    assert not is_redirect(response(status))


@pytest.mark.parametrize(
    ("status", "method", "following"),
    [
        *((status, "GET", "GET") for status in (301, 302, 303, 307, 308)),
        *((status, "HEAD", "HEAD") for status in (301, 302, 303, 307, 308)),
        (301, "POST", "GET"),
        (302, "POST", "GET"),
        (303, "POST", "GET"),
        (307, "POST", "POST"),
        (308, "POST", "POST"),
        (301, "PUT", "PUT"),
        (302, "PATCH", "PATCH"),
        (303, "PUT", "GET"),
        (303, "DELETE", "GET"),
        (302, "DELETE", "DELETE"),
    ],
)
def test_the_method(status: int, method: str, following: str) -> None:
    before = request(method)
    after = redirected(before, response(status))
    assert (after.method, str(after.url)) == (following, "https://a/d")
    kept = following == method
    assert after.body is (before.body if kept else None)
    assert dict(after.headers) == (dict(before.headers) if kept else {"Accept": "y"})
    assert before.method == method


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("d", "https://a/b/d"),
        ("?q", "https://a/b/c?q"),
        ("//other/x", "https://other/x"),
        ("https://other:8443/ü", "https://other:8443/%C3%BC"),
        ("", "https://a/b/c"),
        ("https://me:secret@other/", "https://other/"),
    ],
)
def test_where_to(location: str, url: str) -> None:
    assert str(redirected(request(), response(302, location)).url) == url


def test_the_fragment_goes_along() -> None:
    """Fetch Standard, and RFC 9110 section 10.2.2."""
    before = request(url="https://a/b#here")
    assert redirected(before, response(302, "/d")).url.fragment == "here"
    assert redirected(before, response(302, "/d#there")).url.fragment == "there"


def test_of_several_locations_the_first_counts() -> None:
    made = response(302)
    made.headers.add("Location", "/e")
    assert str(redirected(request(), made).url) == "https://a/d"


@pytest.mark.parametrize(
    ("location", "failure", "reason"),
    [
        ("http://a/", Failure.INSECURE_REDIRECT, "from https://a to http://a, without TLS"),
        ("ftp://a/", Failure.INVALID_REDIRECT, "has the scheme 'ftp'"),
        ("file:///etc/passwd", Failure.INVALID_REDIRECT, "has the scheme 'file'"),
        ("http://a b/", Failure.INVALID_REDIRECT, "leads nowhere"),
    ],
)
def test_where_it_must_not_go(location: str, failure: Failure, reason: str) -> None:
    with pytest.raises(SessionError) as caught:
        redirected(request(), response(302, location))
    assert caught.value.failure is failure
    assert reason in caught.value.reason


def test_without_tls_if_that_is_allowed() -> None:
    assert redirected(request(allow_downgrade=True), response(302, "http://a/")).url.scheme == "http"
    assert redirected(request(url="http://a/"), response(302, "http://b/")).url.scheme == "http"


def test_a_body_that_cannot_be_sent_again() -> None:
    before = request("POST")
    before.body = IteratorBody([b"x"])
    with pytest.raises(SessionError, match="read only once") as caught:
        redirected(before, response(307))
    assert caught.value.failure is Failure.BODY_NOT_REPLAYABLE
    assert redirected(before, response(303)).body is None
