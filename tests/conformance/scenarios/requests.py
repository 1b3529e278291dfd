"""What reaches the wire, and what must not (RFC 9112 sections 2, 3, 5; RFC 9110 sections 5, 7, 9)."""

from typing import Final

from tests.conformance.model import Answer, Connect, Fetch, Refused, Scenario, Wire, engine, reference, sent
from tests.loopback.kinds import Kind
from tests.loopback.responses import OK
from tests.loopback.scripted import ReadRequest

from .heads import EMPTY

_TARGET: Final = "RFC 9112 §3.2; R18"
_INJECT: Final = "RFC 9112 §2.2, RFC 9110 §5.5; R18"
_FIELD_LINE: Final = f"RFC 9112 §5; {engine('HTTPClient::verify_headers')}"
_BROWSERS: Final = "RFC 3986 §2; R18"


def _url(name: str, title: str, url: str, target: str, why: str = "") -> Scenario:
    return sent(f"requests/{name}", title, _BROWSERS, Wire(f"GET {target} HTTP/1.1"), url=url, why=why)


def _bad_url(
    name: str, title: str, url: str, method: str = "GET", leak: str = "", source: str = _TARGET, why: str = ""
) -> Scenario:
    return sent(f"requests/{name}", title, source, Refused(leak.encode()), url=url, method=method, why=why)


def _bad_header(
    name: str, title: str, *headers: str, leak: str = "", source: str = _INJECT, why: str = "", body: str = ""
) -> Scenario:
    method = "POST" if body else "GET"
    return sent(
        f"requests/{name}",
        title,
        source,
        Refused(leak.encode()),
        headers=headers,
        why=why,
        body=body,
        method=method,
    )


_LINES: Final = (
    sent(
        "requests/get",
        "GET",
        "RFC 9112 §3",
        Wire(
            "GET / HTTP/1.1",
            {"Host": "127.0.0.1:PORT", "Accept": "*/*", "Content-Length": None, "Transfer-Encoding": None},
            body=b"",
        ),
    ),
    sent(
        "requests/head",
        "HEAD",
        "RFC 9112 §3.1",
        Wire("HEAD /a HTTP/1.1", {"Content-Length": None}, body=b""),
        method="HEAD",
        url="/a",
    ),
    sent(
        "requests/delete",
        "DELETE",
        "RFC 9112 §3.1",
        Wire("DELETE /a HTTP/1.1", {"Content-Length": None}, body=b""),
        method="DELETE",
        url="/a",
    ),
    sent(
        "requests/trace",
        "TRACE",
        "RFC 9110 §9.3.8",
        Wire("TRACE /a HTTP/1.1", {"Content-Length": None}, body=b""),
        method="TRACE",
        url="/a",
    ),
    sent(
        "requests/options",
        "OPTIONS for the whole server",
        "RFC 9112 §3.2.4",
        Wire("OPTIONS * HTTP/1.1"),
        method="OPTIONS",
        url="*",
    ),
    sent(
        "requests/connect",
        "CONNECT",
        "RFC 9112 §3.2.3",
        Wire("CONNECT host.invalid:443 HTTP/1.1", {"Content-Length": None}, body=b""),
        method="CONNECT",
        url="host.invalid:443",
    ),
    sent(
        "requests/patch",
        "PATCH with a text",
        "RFC 5789 §2",
        Wire("PATCH /a HTTP/1.1", {"Content-Length": "3"}, body=b"abc"),
        method="PATCH",
        url="/a",
        body="abc",
    ),
    sent(
        "requests/absolute",
        "An absolute URL",
        "RFC 9112 §3.2.2",
        Wire("GET http://h.invalid/a?b HTTP/1.1"),
        url="http://h.invalid/a?b",
    ),
    sent(
        "requests/host-first",
        "`Host` stands first, before the script's own headers",
        "RFC 9110 §7.2",
        Wire(headers={"X-A": "1", "Host": "127.0.0.1:PORT"}, first="Host"),
        headers=("X-A: 1",),
    ),
    sent(
        "requests/host-given",
        "The script's own `Host`",
        "RFC 9112 §3.2",
        Wire(headers={"Host": "h.invalid"}),
        headers=("Host: h.invalid",),
    ),
    sent(
        "requests/host-given-lower",
        "The same, as `host:`",
        "RFC 9110 §5.1",
        Wire(headers={"Host": "h.invalid"}),
        headers=("host: h.invalid",),
    ),
    sent(
        "requests/agent-given",
        "The script's own `user-agent` and `ACCEPT`",
        "RFC 9110 §5.1",
        Wire(headers={"User-Agent": "me", "Accept": "text/html"}),
        headers=("user-agent: me", "ACCEPT: text/html"),
    ),
    sent(
        "requests/header-utf8",
        "A header value in UTF-8",
        "RFC 9110 §5.5",
        Wire(headers={"X": "日本"}),
        headers=("X: 日本",),
    ),
    sent(
        "requests/header-blanks",
        "A header with a blank before its name",
        "RFC 9112 §5.2",
        Wire(headers={"X": "y"}, first="Host"),
        headers=(" X: y",),
        why="it would be taken for a folded line of the header before",
    ),
    sent(
        "requests/header-empty",
        "A header with an empty value",
        "RFC 9110 §5.5",
        Wire(headers={"X": ""}),
        headers=("X:",),
    ),
    sent(
        "requests/header-twice",
        "A header given twice",
        "RFC 9110 §5.3",
        Wire(headers={"X": ("1", "2")}),
        headers=("X: 1", "X: 2"),
    ),
    sent(
        "requests/long",
        "A URL of 8,000 characters",
        "RFC 9112 §3",
        Wire(f"GET /{'x' * 8000} HTTP/1.1"),
        url="/" + "x" * 8000,
    ),
)

_URLS: Final = (
    _url("space", "A blank in a path", "/a b", "/a%20b"),
    _url("space-query", "A blank in a query", "/?a b", "/?a%20b"),
    _url("utf8", "`/ü` in a path", "/ü", "/%C3%BC"),
    _url("utf8-query", "`?q=日本` in a query", "/?q=日本", "/?q=%E6%97%A5%E6%9C%AC"),
    _url("emoji", "An emoji in a path", "/😀", "/%F0%9F%98%80"),
    _url(
        "encoded",
        "A path that is encoded already",
        "/%20%C3%BC%2F",
        "/%20%C3%BC%2F",
        "nothing is encoded twice",
    ),
    _url("percent", "A percent sign that encodes nothing", "/100%", "/100%", "as browsers and curl leave it"),
    _url("fragment", "A fragment", "/a#b", "/a", "a fragment is never sent (RFC 9112 §3.2, RFC 9110 §7.1)"),
    _url("fragment-query", "A fragment after a query", "/a?b#c d", "/a?b"),
    _url("quote", "Quotes and angle brackets", '/"<a>"', "/%22%3Ca%3E%22"),
    _url("braces", "Braces in a path", "/{a}", "/%7Ba%7D"),
    _url("reserved", "All that may stand in a path", "/-._~!$&'()*+,;=:@", "/-._~!$&'()*+,;=:@"),
    _url("tab", "A tab in a path", "/a\tb", "/a%09b"),
    _url("absolute-space", "A blank in an absolute URL", "http://h.invalid/a b", "http://h.invalid/a%20b"),
    _url("question", "A second question mark", "/?a?b", "/?a?b"),
    _url("slashes", "A path of two slashes", "//a", "//a"),
)

_BAD: Final = (
    _bad_url(
        "url-crlf",
        "CR LF in a URL, with a header behind",
        "/ HTTP/1.1\r\nEvil: 1\r\nX: y",
        leak="Evil: 1",
        source=_INJECT,
    ),
    _bad_url("url-lf", "LF in a URL", "/a\nb", source=_INJECT),
    _bad_url("url-cr", "CR in a URL", "/a\rb", source=_INJECT),
    _bad_url(
        "url-second",
        "A whole second request in a URL",
        "/ HTTP/1.1\r\nHost: h\r\n\r\nGET /evil HTTP/1.1\r\nX: y",
        leak="GET /evil",
        source=_INJECT,
    ),
    _bad_url(
        "connect-crlf",
        "CR LF in the authority of CONNECT",
        "h:1 HTTP/1.1\r\nEvil: 1\r\nX:y",
        "CONNECT",
        "Evil: 1",
        _INJECT,
    ),
    _bad_url("url-relative", "A relative URL", "index.html"),
    _bad_url("url-empty", "An empty URL", ""),
    _bad_url("url-star", "`*` with GET", "*", source="RFC 9112 §3.2.4"),
    _bad_url("url-ftp", "`ftp://`", "ftp://h.invalid/"),
    _bad_url("connect-no-port", "CONNECT without a port", "h.invalid", "CONNECT", source="RFC 9112 §3.2.3"),
    _bad_url("connect-path", "CONNECT with a path", "/", "CONNECT", source="RFC 9112 §3.2.3"),
    _bad_url(
        "connect-url", "CONNECT with a URL", "http://h.invalid:80/", "CONNECT", source="RFC 9112 §3.2.3"
    ),
    _bad_url(
        "connect-space",
        "CONNECT with a blank in the authority",
        "h invalid:80",
        "CONNECT",
        "h invalid",
        "RFC 9112 §3.2.3",
    ),
    _bad_header("header-crlf", "CR LF in a header's value", "X: a\r\nEvil: 1", leak="Evil: 1"),
    _bad_header("header-lf", "LF in a header's value", "X: a\nEvil: 1", leak="Evil: 1"),
    _bad_header("header-cr", "CR in a header's value", "X: a\rEvil: 1"),
    _bad_header("header-crlf-end", "CR LF at a header's end", "X: a\r\n"),
    _bad_header(
        "header-body",
        "An empty line and a second request in a header",
        "X: a\r\n\r\nGET /evil HTTP/1.1\r\nHost: h",
        leak="GET /evil",
    ),
    _bad_header("header-fold", "A folded line in a header", "X: a\r\n b", source="RFC 9112 §5.2"),
    _bad_header(
        "header-name-space", "A blank in a header's name", "X Y: z", leak="X Y: z", source="RFC 9110 §5.1"
    ),
    _bad_header(
        "header-blank-colon", "A blank before the colon", "X : y", leak="X : y", source="RFC 9112 §5.1"
    ),
    _bad_header("header-utf8-name", "A header's name in UTF-8", "Ü: y", leak="Ü: y", source="RFC 9110 §5.1"),
    _bad_header("header-no-colon", "A header without a colon", "X", source=_FIELD_LINE),
    _bad_header("header-no-name", "A header without a name", ": y", source=_FIELD_LINE),
    _bad_header("header-nothing", "An empty header", "", source=_FIELD_LINE),
    _bad_header(
        "two-hosts",
        "Two `Host` headers",
        "Host: a.invalid",
        "Host: b.invalid",
        leak="Host: b.invalid",
        source="RFC 9112 §3.2, RFC 9110 §5.3",
        why="every server has to answer 400",
    ),
    _bad_header(
        "length-lies",
        "A `Content-Length` smaller than the body",
        "Content-Length: 2",
        body="hello",
        leak="Content-Length: 2",
        source="RFC 9110 §8.6",
        why="the rest would be read as the next request",
    ),
    _bad_header(
        "length-lies-more",
        "A `Content-Length` greater than the body",
        "Content-Length: 9",
        body="hello",
        leak="Content-Length: 9",
        source="RFC 9110 §8.6",
        why="the server would wait for ever",
    ),
    _bad_header(
        "length-junk",
        "`Content-Length: five`",
        "Content-Length: five",
        body="hello",
        leak="Content-Length: five",
        source="RFC 9110 §8.6",
    ),
    _bad_header(
        "length-twice",
        "`Content-Length: 5`, then `Content-Length: 2`",
        "Content-Length: 5",
        "Content-Length: 2",
        body="hello",
        leak="Content-Length: 2",
        source="RFC 9110 §8.6",
    ),
    _bad_header(
        "both-framings",
        "`Content-Length` and `Transfer-Encoding` at once",
        "Content-Length: 5",
        "Transfer-Encoding: chunked",
        body="hello",
        leak="Transfer-Encoding: chunked",
        source="RFC 9112 §6.2",
    ),
    _bad_header(
        "te-not-chunked",
        "`Transfer-Encoding: gzip`, without chunked",
        "Transfer-Encoding: gzip",
        body="hello",
        leak="Transfer-Encoding: gzip",
        source="RFC 9112 §6.3",
    ),
    _bad_header(
        "te-twice",
        "`Transfer-Encoding: chunked, chunked`",
        "Transfer-Encoding: chunked, chunked",
        body="hello",
        leak="Transfer-Encoding: chunked, chunked",
        source="RFC 9112 §7",
    ),
    sent(
        "requests/method",
        "A method number that names none: 99",
        engine("request"),
        Refused(),
        method="99",
    ),
    sent(
        "requests/method-negative",
        "A method number of -1",
        engine("request"),
        Refused(),
        method="-1",
    ),
    Scenario(
        "requests/unconnected",
        Kind.REQUESTS,
        "A request before `connect_to_host`",
        reference("connect_to_host"),
        ((),),
        (Fetch(Refused()),),
    ),
    Scenario(
        "requests/while-requesting",
        Kind.REQUESTS,
        "A second request before the answer to the first",
        "RFC 9112 §9.3.2",
        ((ReadRequest(),),),
        (Connect(), Fetch(reads=0), Fetch(Refused())),
    ),
    Scenario(
        "requests/refused-then-good",
        Kind.REQUESTS,
        "A refused request does no harm to the next",
        engine("request") + "; R18",
        ((ReadRequest(), OK + EMPTY),),
        (Connect(), Fetch(Refused(b"Evil"), headers=("X: a\r\nEvil: 1",)), Fetch(Answer())),
    ),
)

SCENARIOS: Final = (*_LINES, *_URLS, *_BAD)
