"""Whole requests, as nodes make them: redirects, credentials, downloads, codings, cancelling."""

import gzip
import re
from collections.abc import Mapping
from typing import Any, Final

from tests.conformance.model import Request, Scenario, Server, Whole, Wire
from tests.loopback.kinds import Kind
from tests.loopback.responses import OK, answer
from tests.loopback.scripted import HalfClose, Pause, ReadRequest, Reply, Secure, Step

from .tls import BUNDLE

_REDIRECTS: Final = "Fetch Standard, “HTTP-redirect fetch”; RFC 9110 §15.4"
_DOWNLOADS: Final = "Class reference, `HTTPRequest.download_file`"
_CANCEL: Final = "Class reference, `HTTPRequest.cancel_request`"
_BODY: Final = "payload"
_HELLO: Final = gzip.compress(b"hello", mtime=0)
_WHOLE: Final = Whole(body=b"hello")


def moved(location: str, status: int = 302) -> bytes:
    """A redirect."""
    return answer(b"", f"Location: {location}", status=f"{status} Moved")


def _port(request: bytes) -> bytes:
    """The server's, as the Host header has it."""
    return request.partition(b"Host: ")[2].split(b"\r\n")[0].rpartition(b":")[2]


def _without_tls(request: bytes) -> bytes:
    return moved("http://127.0.0.1:PORT/end").replace(b"PORT", _port(request)) if request else b""


def site(pages: Mapping[str, bytes]) -> Server:
    """Answers each path as it is told, over whatever connections, and `hello` elsewhere."""

    def reply(request: bytes) -> bytes:
        if not request:  # the client has left
            return b""
        path = request.split(b" ")[1].decode()
        return pages.get(path, answer(b"hello")).replace(b"PORT", _port(request))

    return ([ReadRequest(), Reply(reply)] * 12,)


def in_turn(*steps: Step) -> Server:
    """Answers the first request with the first step, and so on, over whatever connections."""
    return [[step for left in steps[first:] for step in (ReadRequest(), left)] for first in range(len(steps))]


def _row(
    name: str, title: str, source: str, server: Server, act: Request, why: str = "", **more: Any
) -> Scenario:
    return Scenario(f"whole/{name}", Kind.WHOLE, title, source, server, (act,), why, **more)


def _redirect(status: int, method: str, then: str) -> Scenario:
    """A body goes along where the method stays."""
    body = "" if method in ("GET", "HEAD") else _BODY
    kept = body if then == method else ""
    act = Request(
        Whole(body=b"" if then == "HEAD" else b"hello"),
        "/",
        method,
        body=body,
        lines=(f"{method} /", f"{then} /end"),
        last=Wire(body=kept.encode()) if body else None,
    )
    server = in_turn(moved("/end", status), _end(then))
    return _row(f"{status}-{method.lower()}", f"{status} for {method}", _REDIRECTS, server, act)


def _end(method: str) -> bytes:
    return answer(b"hello").removesuffix(b"hello") if method == "HEAD" else answer(b"hello")


def _leads(
    name: str, title: str, location: str, url: str, end: str, source: str = "RFC 3986 §5.2"
) -> Scenario:
    act = Request(_WHOLE, url, lines=(f"GET {url}", f"GET {end}"))
    return _row(name, f"{title}: `Location: {location}`", source, site({url: moved(location)}), act)


def _credentials(name: str, title: str, header: str, host: str, *, kept: bool) -> Scenario:
    line, _, value = header.partition(": ")
    act = Request(
        _WHOLE,
        headers=(header,),
        lines=("GET /", "GET /end"),
        last=Wire(headers={line: value if kept else None}),
    )
    server = site({"/": moved(f"http://{host}:PORT/end")})
    return _row(name, title, _REDIRECTS, server, act, listen="0.0.0.0")


def _download(name: str, title: str, right: Whole, *steps: Step, why: str = "") -> Scenario:
    return _row(name, title, _DOWNLOADS, ((ReadRequest(), *steps),), Request(right, saves=True), why)


def _ranged(request: bytes) -> bytes:
    """All of `helloworld`, or what is asked for of it."""
    begin = re.search(rb"\r\nRange: bytes=(\d+)-\r\n", request)
    if not begin:
        return answer(b"helloworld", 'ETag: "1"')
    at = int(begin[1])
    fields = 'ETag: "1"', f"Content-Range: bytes {at}-9/10"
    return answer(b"helloworld"[at:], *fields, status="206 Partial Content")


def _resumed(name: str, title: str, begin: bytes, then: Step, wire: Wire, saved: bytes) -> Scenario:
    """A download that is cut short, and asked for once more."""
    settings = {"resume_download": True}
    acts = (
        Request(None, properties=settings, saves=True),
        Request(Whole(code=None, body=None, saved=saved), properties=settings, saves=True, last=wire),
    )
    server = ((ReadRequest(), begin, HalfClose()), (ReadRequest(), then))
    source = "RFC 9110 §14.2, §13.1.5"
    return Scenario(f"whole/{name}", Kind.WHOLE, title, source, server, acts)


def _coded(name: str, title: str, body: bytes, source: str = "RFC 9110 §8.4.1.3", **more: Any) -> Scenario:
    data = answer(body, "Content-Encoding: gzip")
    return _row(name, title, source, ((ReadRequest(), data),), Request(_WHOLE), **more)


def _cancelled(name: str, title: str, threads: bool, *steps: Step) -> Scenario:
    act = Request(cancels=True, properties={"use_threads": threads})
    return _row(name, title, _CANCEL, ((ReadRequest(), *steps, Pause(2.5), HalfClose()),), act, alone=True)


SCENARIOS: Final = (
    *(
        _redirect(status, method, then)
        for status, method, then in (
            (301, "GET", "GET"),
            (301, "POST", "GET"),
            (301, "HEAD", "HEAD"),
            (302, "POST", "GET"),
            (302, "PUT", "PUT"),
            (303, "GET", "GET"),
            (303, "POST", "GET"),
            (303, "PUT", "GET"),
            (303, "HEAD", "HEAD"),
            (307, "GET", "GET"),
            (307, "POST", "POST"),
            (308, "GET", "GET"),
            (308, "POST", "POST"),
        )
    ),
    _leads("absolute-path", "An absolute path", "/end", "/a/b", "/end"),
    _leads("relative", "A relative path", "c", "/a/b", "/a/c"),
    _leads("parent", "A relative path upwards", "../c", "/a/b/d", "/a/c"),
    _leads("query", "A query alone", "?x=1", "/a", "/a?x=1"),
    _leads("no-scheme", "A host without a scheme", "//127.0.0.1:PORT/end", "/a", "/end"),
    _leads("fragment", "A fragment, which is not sent", "/end#part", "/a", "/end"),
    _row(
        "no-location",
        "302 without `Location`",
        _REDIRECTS,
        site({"/": answer(b"hello", status="302 Found")}),
        Request(Whole(code=302, body=b"hello")),
    ),
    _row(
        "limit",
        "A redirect to itself, for ever",
        "Class reference, `HTTPRequest.max_redirects`",
        site({"/": moved("/")}),
        Request(Whole("REDIRECT_LIMIT_REACHED", 302), properties={"max_redirects": 3}, lines=("GET /",) * 4),
    ),
    _row(
        "limit-0",
        "`max_redirects` of 0",
        "Class reference, `HTTPRequest.max_redirects`",
        site({"/": moved("/end")}),
        Request(Whole("REDIRECT_LIMIT_REACHED", 302), properties={"max_redirects": 0}, lines=("GET /",)),
    ),
    _row(
        "downgrade",
        "From https to http",
        _REDIRECTS,
        (
            [Secure(BUNDLE.issue("127.0.0.1")), ReadRequest(), Reply(_without_tls)],
            [ReadRequest(), answer(b"hello")],
        ),
        Request(Whole("", None, None), "https://127.0.0.1:PORT/", lines=("GET /",)),
        "what was asked for with TLS is not asked for without",
    ),
    *(
        _credentials(
            f"{name}-{where}",
            f"{header.partition(':')[0]}, and a redirect to {words}",
            header,
            host,
            kept=kept,
        )
        for name, header in (
            ("authorization", "Authorization: Bearer secret"),
            ("cookie", "Cookie: token=secret"),
            ("proxy-authorization", "Proxy-Authorization: Basic c2VjcmV0"),
        )
        for where, words, host, kept in (
            ("elsewhere", "another host", "127.0.0.2", False),
            ("here", "the same origin", "127.0.0.1", True),
        )
    ),
    _download("saved", "A body", Whole(saved=b"hello"), answer(b"hello")),
    _download("saved-empty", "An empty body", Whole(saved=b""), answer(b"")),
    _download(
        "saved-cut",
        "A body that is cut short",
        Whole("CONNECTION_ERROR", None, None, unsaved=True),
        OK + b"Content-Length: 10\r\n\r\nhello",
        HalfClose(),
        why="half a file under its name would pass for the whole one",
    ),
    _download(
        "saved-404",
        "404 with a page",
        Whole(code=404, body=None, unsaved=True),
        answer(b"not found", status="404 Not Found"),
        why="an error's page is not the file",
    ),
    _download(
        "saved-gzip", "A body in gzip", Whole(saved=b"hello"), answer(_HELLO, "Content-Encoding: gzip")
    ),
    _resumed(
        "resumed",
        "A download that was cut short, and its rest: `resume_download`",
        OK + b'ETag: "1"\r\nContent-Length: 10\r\n\r\nhello',
        Reply(_ranged),
        Wire(headers={"Range": "bytes=5-", "If-Range": '"1"'}),
        b"helloworld",
    ),
    _resumed(
        "resumed-changed",
        "The same, of a file that has changed meanwhile",
        OK + b'ETag: "1"\r\nContent-Length: 10\r\n\r\nhello',
        answer(b"other", 'ETag: "2"'),
        Wire(headers={"If-Range": '"1"'}),
        b"other",
    ),
    _resumed(
        "resumed-weak",
        "The same, where nothing tells whether the file is the same",
        OK + b'ETag: W/"1"\r\nContent-Length: 10\r\n\r\nhello',
        Reply(_ranged),
        Wire(headers={"Range": None}),
        b"helloworld",
    ),
    _coded("gzip", "gzip", _HELLO),
    _coded(
        "gzip-members",
        "gzip in two members",
        gzip.compress(b"hel", mtime=0) + gzip.compress(b"lo", mtime=0),
        "RFC 1952 §2.2",
        unplayed="not played: it freezes the game for ever",
    ),
    _row(
        "204",
        "204",
        "RFC 9110 §15.3.5",
        ((ReadRequest(), b"HTTP/1.1 204 No Content\r\n\r\n"),),
        Request(Whole(code=204)),
    ),
    _row(
        "103",
        "103 before the answer",
        "RFC 9110 §15.2; RFC 8297",
        ((ReadRequest(), b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" + answer(b"hello")),),
        Request(_WHOLE),
    ),
    _cancelled("cancel", "A server that is silent", False),
    _cancelled("cancel-threads", "A server that is silent, `use_threads`", True),
    _cancelled(
        "cancel-body",
        "A server that is silent in the body, `use_threads`",
        True,
        OK + b"Content-Length: 9\r\n\r\nhello",
    ),
)
