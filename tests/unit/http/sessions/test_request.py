"""What a call asks for."""

from pythonscript_http.sessions.bodies import BytesBody, IteratorBody
from pythonscript_http.sessions.headers import Headers
from pythonscript_http.sessions.options import Options
from pythonscript_http.sessions.request import Request
from pythonscript_http.sessions.urls import parse_url


def test_a_copy_is_its_own() -> None:
    request = Request("GET", parse_url("http://a/").url, Headers({"A": "1"}), None, Options())
    other = request.copy()
    other.headers.set("A", "2")
    other.method = "PUT"
    assert (request.method, request.headers.get("a")) == ("GET", "1")


def test_whether_it_can_be_sent_twice() -> None:
    request = Request("PUT", parse_url("http://a/").url, Headers(), None, Options())
    assert request.repeatable
    request.body = BytesBody(b"x")
    assert request.repeatable
    request.body = IteratorBody([b"x"])
    assert not request.repeatable
