"""Request heads."""

from urllib.parse import unquote_to_bytes

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pythonscript_http.exceptions import LocalProtocolError
from pythonscript_http.http1.request import Header, RequestHead, build_head

GET, POST, OPTIONS, CONNECT = "GET", "POST", "OPTIONS", "CONNECT"


def pairs(lines: list[str]) -> list[Header]:
    """Headers that are written here as `name: value`; the rest of the text is the value, blanks and all."""
    found = [line.encode("utf-8", "surrogatepass").partition(b": ") for line in lines]
    return [(name, value) for name, _, value in found]


def build(
    method: str = GET,
    url: str = "/",
    headers: list[str] | None = None,
    size: int = 0,
    *,
    proxied: bool = False,
) -> RequestHead:
    fields = pairs(headers or [])
    return build_head(method, url, fields, size, host="h:81", user_agent="UA/1", proxied=proxied)


def lines(head: RequestHead) -> list[str]:
    text = head.data.decode()
    assert text.endswith("\r\n\r\n")
    return text[:-4].split("\r\n")


def test_what_is_added() -> None:
    assert lines(build()) == ["GET / HTTP/1.1", "Host: h:81", "User-Agent: UA/1", "Accept: */*"]
    assert "Content-Length: 3" in lines(build(GET, "/", [], 3))


def test_what_is_given_is_not_added() -> None:
    headers = ["hOST: other", "USER-agent: mine", "accept: text/plain", "content-LENGTH: 3", "X: y"]
    assert lines(build(POST, "/", headers, 3)) == ["POST / HTTP/1.1", *headers]


@pytest.mark.parametrize("method", ["PROPFIND", "M-SEARCH", "get", "1"])
def test_a_method_may_be_a_token(method: str) -> None:
    assert lines(build(method))[0] == f"{method} / HTTP/1.1"
    assert "Content-Length: 3" in lines(build(method, size=3))


def test_bytes_are_kept() -> None:
    for name, value in ((b"X", b"\xff\xfe"), (b"x-Y", b"a\tb"), (b"E", b"")):
        head = build_head(GET, "/", [(name, value)], 0, host="h", user_agent="UA/1")
        assert b"\r\n%b: %b\r\n" % (name, value) in head.data


@pytest.mark.parametrize(
    "method", ["", " ", " GET", "GET ", "PROP FIND", "GET / HTTP/1.1\r\nA: b", "GÉT", "A\0", "A:"]
)
def test_a_method_that_is_no_token_is_refused(method: str) -> None:
    with pytest.raises(LocalProtocolError, match="is not a token"):
        build(method)


def test_empty_bodies_are_announced_where_one_is_expected() -> None:
    """R19."""
    for method in ("POST", "PUT", "PATCH"):
        assert "Content-Length: 0" in lines(build(method))
    for method in (GET, "HEAD", "DELETE", OPTIONS):
        assert b"Content-Length" not in build(method).data


@pytest.mark.parametrize(
    ("method", "url"),
    [
        (GET, "/a/b?c=d&e"),
        (GET, "http://h/"),
        (GET, "https://h/"),
        (GET, "//h"),
        (OPTIONS, "*"),
        (OPTIONS, "/"),
        (CONNECT, "h:443"),
        (CONNECT, "[::1]:443"),
    ],
)
def test_urls_taken(method: str, url: str) -> None:
    assert lines(build(method, url))[0].split(" ")[1] == url


@pytest.mark.parametrize(
    ("method", "url"),
    [
        (GET, ""),
        (GET, "a"),
        (GET, "*"),
        (GET, "?a"),
        (GET, "ftp://h/"),
        (GET, " /"),
        (OPTIONS, "**"),
        (CONNECT, "/"),
        (CONNECT, "h"),
        (CONNECT, "h:"),
        (CONNECT, ":443"),
        (CONNECT, "http://h:80"),
        (CONNECT, "http://h:80/"),
        (CONNECT, "h i:443"),
        (CONNECT, "ü:443"),
        (CONNECT, "a@h:443"),
        (CONNECT, "::1:443"),
        (CONNECT, "h:https"),
    ],
)
def test_urls_refused(method: str, url: str) -> None:
    shown = {"?a": "?...", "a@h:443": "...@h:443"}.get(url, url)
    with pytest.raises(LocalProtocolError) as caught:
        build(method, url)
    assert ascii(shown) in str(caught.value)


@pytest.mark.parametrize(
    ("url", "sent"),
    [
        ("/a b", "/a%20b"),
        ("/ü?ü=ß", "/%C3%BC?%C3%BC=%C3%9F"),
        ("/😀", "/%F0%9F%98%80"),
        ("/a%20b%", "/a%20b%"),  # never twice
        ("/a#b c", "/a"),
        ("/a?b#c?d", "/a?b"),
        ('/<">`{}^', "/%3C%22%3E%60%7B%7D%5E"),
        ("/?<\">`{}^'", "/?%3C%22%3E`{}^%27"),
        ("/a'|[\\]~?|[\\]", "/a'|[\\]~?|[\\]"),
        ("/\t\x01\x7f", "/%09%01%7F"),
        ("/\ud800", "/%3F"),
        ("http://h/a b", "http://h/a%20b"),
    ],
)
def test_urls_encoded(url: str, sent: str) -> None:
    """R18."""
    assert lines(build(GET, url))[0] == f"GET {sent} HTTP/1.1"


@pytest.mark.parametrize("bad", ["\r", "\n", "\0", "\r\nX: y"])
def test_nothing_that_ends_a_line_passes(bad: str) -> None:
    """R18."""
    for url in (f"/a{bad}", f"/a?{bad}b", f"/#{bad}"):
        with pytest.raises(LocalProtocolError, match=r"URL .* holds a line break or a NUL"):
            build(GET, url)
    for header in (f"X: y{bad}", f"X{bad}: y", f"{bad}X: y"):
        with pytest.raises(LocalProtocolError, match=r"header 1.* holds a line break or a NUL"):
            build(GET, "/", ["A: b", header])
    for host, user_agent, name in ((f"h{bad}", "UA/1", "Host"), ("h", f"UA/1{bad}", "User-Agent")):
        with pytest.raises(LocalProtocolError, match=f"header '{name}' holds a line break or a NUL"):
            build_head(GET, "/", [], 0, host=host, user_agent=user_agent)


@pytest.mark.parametrize(
    ("url", "header"),
    [
        ("http://user:secret@h/\n", "A: b"),
        ("http://user:se?secret@h/\n", "A: b"),
        ("secret@h:443", "A: b"),
        ("/?key=secret\0", "A: b"),
        ("key?secret", "A: b"),
        ("/", "Authorization: Bearer secret\r\n"),
        ("/", "Author ization: Bearer secret"),
        ("/", "Bearer secret: secret"),
        ("/", "\n: secret"),
    ],
)
def test_secrets_are_not_repeated(url: str, header: str) -> None:
    with pytest.raises(LocalProtocolError) as caught:
        build(CONNECT if url[0] == "s" else GET, url, [header])
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("header", "complaint"),
    [
        (": no name", "header 0 has a name with characters that no name may have"),
        (
            "Content-Length : 5",
            "0, which begins with 'Content-Length', has a name with characters that no name may have",
        ),
        ("Na me: x", "no name may have"),
        ("Nämé: x", "no name may have"),
    ],
)
def test_headers_refused(header: str, complaint: str) -> None:
    with pytest.raises(LocalProtocolError, match=complaint):
        build(GET, "/", [header])


@pytest.mark.parametrize("name", ["Host", "User-Agent"])
def test_what_has_no_utf_8_form_is_refused(name: str) -> None:
    host, user_agent = ("h\ud800", "UA/1") if name == "Host" else ("h", "UA/1\ud800")
    with pytest.raises(LocalProtocolError, match=f"the header '{name}' holds a lone surrogate"):
        build_head(GET, "/", [], 0, host=host, user_agent=user_agent)


def test_one_host_is_enough() -> None:
    """RFC 9112 section 3.2: a server must refuse two."""
    with pytest.raises(LocalProtocolError, match="header 1 is a second Host"):
        build(GET, "/", ["Host: a", "host: b"])


@pytest.mark.parametrize(
    ("headers", "complaint"),
    [
        (["Content-Length: 5"], "is '5', the body has 3 bytes"),
        (["Content-Length: 3", "content-length: 3"], "is '3, 3'"),
        (["Content-Length: 3", "Transfer-Encoding: chunked"], "both"),
        (["Transfer-Encoding: gzip"], "must end in chunked"),
        (["Transfer-Encoding: chunked, gzip"], "must end in chunked"),
        (["Transfer-Encoding: chun\u212aed"], "must end in chunked"),  # a k to str.lower()
        (["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"], "once"),
    ],
)
def test_framing_tells_the_truth(headers: list[str], complaint: str) -> None:
    with pytest.raises(LocalProtocolError, match=complaint):
        build(POST, "/", headers, 3)


def test_chunked_bodies() -> None:
    """R20."""
    head = build(POST, "/", ["Transfer-encoding: gzip, Chunked"], 3)
    assert head.chunked
    assert b"Content-Length" not in head.data
    assert not build(POST, "/", [], 3).chunked


def test_the_wish_to_close_is_seen() -> None:
    assert build(GET, "/", ["Connection: x, Close"]).close
    assert not build(GET, "/", ["Connection: keep-alive"]).close


def test_proxies_get_absolute_urls() -> None:
    for method, url, sent in (
        (GET, "/a?b", "http://h:81/a?b"),
        (GET, "http://other/", "http://other/"),
        (OPTIONS, "*", "http://h:81"),
        (CONNECT, "o:443", "o:443"),
    ):
        assert lines(build(method, url, proxied=True))[0].split(" ")[1] == sent


@pytest.mark.parametrize(
    ("method", "url", "host"),
    [
        (GET, "/", "h:81"),
        (OPTIONS, "*", "h:81"),
        (GET, "http://other/a?b", "other"),
        (GET, "http://user:pass@other:8080?a@b", "other:8080"),
        (GET, "https://[::1]:8443/", "[::1]:8443"),
        (CONNECT, "other:443", "other:443"),
    ],
)
@pytest.mark.parametrize("proxied", [False, True])
def test_host_is_the_authority_of_the_target(method: str, url: str, host: str, proxied: bool) -> None:
    """RFC 9112 section 3.2."""
    assert lines(build(method, url, proxied=proxied))[1] == f"Host: {host}"


def test_host_may_be_empty() -> None:
    """RFC 9112 section 3.2: where there is no authority the field is sent nevertheless."""
    assert b"\r\nHost: \r\n" in build_head(GET, "/", [], 0, host="", user_agent="UA/1").data


def test_bodies_of_unknown_length_go_chunked() -> None:
    head = build(POST, "/", [], -1)
    assert head.chunked
    assert lines(head)[2] == "Transfer-Encoding: chunked"
    given = build(POST, "/", ["transfer-encoding: chunked"], -1)
    assert given.chunked
    assert given.data.lower().count(b"transfer-encoding") == 1
    for length in ("5", "-1"):
        with pytest.raises(LocalProtocolError, match=f"'{length}', the body's length is declared as unknown"):
            build(POST, "/", [f"Content-Length: {length}"], -1)


def test_trace_has_no_body() -> None:
    """RFC 9110 section 9.3.8."""
    assert build("TRACE").data.startswith(b"TRACE / ")
    with pytest.raises(LocalProtocolError, match="TRACE takes no body"):
        build("TRACE", "/", [], 1)


def test_the_wish_to_be_told_to_go_on_is_seen() -> None:
    """RFC 9110 section 10.1.1: not without a body."""
    for size, expect in ((0, False), (1, True), (-1, True)):
        assert build(POST, "/", ["Expect: 100-Continue"], size).expect is expect
    assert not build(POST, "/", [], 1).expect


def test_accept_encoding() -> None:
    for headers, sent in (([], True), (["accept-encoding: br"], False), (["Range: bytes=5-"], False)):
        head = build_head(GET, "/", pairs(headers), 0, host="h", user_agent="UA/1", accept_encoding="gzip")
        assert (b"\r\nAccept-Encoding: gzip\r\n" in head.data) is sent


def test_proxies_get_who_asks() -> None:
    for proxied, headers, sent in (
        (True, [], True),
        (False, [], False),
        (True, ["Proxy-Authorization: Basic mine"], False),
    ):
        head = build_head(
            GET,
            "/",
            pairs(headers),
            0,
            host="h",
            user_agent="UA/1",
            proxied=proxied,
            proxy_authorization="Basic eA==",
        )
        assert (b"Proxy-Authorization: Basic eA==" in head.data) is sent


@given(st.text())
def test_a_server_reads_the_url_that_was_meant(path: str) -> None:
    """Whatever the caller writes: h11's strict server side reads one request and the same path."""
    try:
        head = build(GET, "/" + path)
    except LocalProtocolError:
        assert set(path) & set("\r\n\0")
        return
    server = h11.Connection(h11.SERVER)
    server.receive_data(head.data)
    event = server.next_event()
    assert isinstance(event, h11.Request)
    meant = ("/" + path.partition("#")[0]).encode(errors="replace")
    assert unquote_to_bytes(event.target) == unquote_to_bytes(meant)
    assert isinstance(server.next_event(), h11.EndOfMessage)
