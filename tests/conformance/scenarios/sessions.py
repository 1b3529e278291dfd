"""What calls of a session have in common: cookies, a cache, retries; and server-sent events."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from tests.conformance.model import Listen, Request, Scenario, Server, Whole, Wire
from tests.loopback.kinds import Kind
from tests.loopback.responses import OK, answer
from tests.loopback.scripted import Drip, HalfClose, Pause, ReadRequest, Reply, Reset, Step

from .whole import in_turn, moved, site

_ANY: Final = Request(None)
_HELLO: Final = Whole(body=b"hello")

# ---- cookies


def _sets(*cookies: str) -> bytes:
    return answer(b"hello", *(f"Set-Cookie: {cookie}" for cookie in cookies))


def _cookies(
    name: str,
    title: str,
    section: str,
    cookies: Sequence[str],
    sent: str | None,
    url: str = "/a/c",
    headers: Sequence[str] = (),
    **more: Any,
) -> Scenario:
    """A response to `/a/b` that sets cookies, and what the next request sends."""
    acts = (
        Request(None, "/a/b"),
        Request(_HELLO, url, headers=headers, last=Wire(headers={"Cookie": sent})),
    )
    server = site({"/a/b": _sets(*cookies)})
    return Scenario(f"cookies/{name}", Kind.COOKIES, title, f"RFC 6265bis §{section}", server, acts, **more)


# ---- caches


def _cache(name: str, title: str, source: str, server: Server, *acts: Request) -> Scenario:
    kept = [replace(act, properties={"cache_storage": 1}) for act in acts]
    return Scenario(f"cache/{name}", Kind.CACHE, title, source, server, kept)


def _fresh(*fields: str) -> bytes:
    return answer(b"hello", "Cache-Control: max-age=60", *fields)


def _validated(request: bytes) -> bytes:
    """304 for who asks whether, and all of it for others."""
    fields = "Cache-Control: max-age=0", 'ETag: "1"'
    if b'\r\nIf-None-Match: "1"\r\n' in request:
        return "\r\n".join(["HTTP/1.1 304 Not Modified", *fields, "", ""]).encode()
    return answer(b"hello", *fields)


# ---- retries


def _retries(
    name: str,
    title: str,
    steps: Sequence[Step],
    right: Whole,
    lines: Sequence[str],
    *,
    method: str = "GET",
    retries: int = 1,
    source: str = "RFC 9110 §15.6.4, §9.2.2",
    **more: Any,
) -> Scenario:
    act = Request(right, method=method, properties={"retries": retries}, lines=lines)
    return Scenario(f"retries/{name}", Kind.RETRIES, title, source, in_turn(*steps), (act,), **more)


def _busy(status: str, *fields: str) -> bytes:
    return answer(b"later", *fields, status=status)


_ONCE: Final = ("GET /",)
_TWICE: Final = ("GET /", "GET /")

# ---- events

_STREAM: Final = OK + b"Content-Type: text/event-stream\r\n\r\n"
_OPEN: Final = Pause(6.0)
"""Longer than anybody waits."""


def _events(
    name: str, title: str, section: str, scripts: Sequence[Sequence[Step]], act: Listen, **more: Any
) -> Scenario:
    server = [[ReadRequest(), *steps, HalfClose()] for steps in scripts]
    source = f"HTML Standard §{section}"
    return Scenario(f"events/{name}", Kind.EVENTS, title, source, server, (act,), **more)


SCENARIOS: Final = (
    _cookies("kept", "A cookie, and the next request", "5.8.3", ["a=1"], "a=1"),
    Scenario(
        "cookies/redirect",
        Kind.COOKIES,
        "A cookie that a redirect sets",
        "RFC 6265bis §5.7",
        site({"/": moved("/end").replace(b"Location", b"Set-Cookie: a=1\r\nLocation")}),
        (Request(_HELLO, lines=("GET /", "GET /end"), last=Wire(headers={"Cookie": "a=1"})),),
    ),
    _cookies("path", "One for another path: `Path=/x`", "5.1.4", ["a=1; Path=/x", "b=2"], "b=2"),
    _cookies("default-path", "The path of one that names none", "5.1.4", ["a=1"], None, "/c"),
    _cookies("order", "The longer path first", "5.8.3", ["a=1; Path=/", "b=2; Path=/a"], "b=2; a=1"),
    _cookies("secure", "`Secure`, over plain HTTP", "5.7", ["a=1; Secure", "b=2"], "b=2"),
    _cookies("prefix", "`__Host-` without what it promises", "5.7", ["__Host-a=1; Path=/", "b=2"], "b=2"),
    _cookies("domain", "One for a host that is not there", "5.7", ["a=1; Domain=example.com", "b=2"], "b=2"),
    _cookies("gone", "One that goes: `Max-Age=0`", "5.7", ["a=1", "b=2", "a=; Max-Age=0"], "b=2"),
    _cookies("past", "One of yesterday", "5.7", ["a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "b=2"], "b=2"),
    _cookies(
        "another-host",
        "A cookie, and a request to another host",
        "5.8.3",
        ["a=1"],
        None,
        "http://127.0.0.2:PORT/a/c",
        listen="0.0.0.0",
    ),
    _cookies(
        "own",
        "A request with a Cookie header of its own",
        "5.8.3",
        ["a=1"],
        "mine=2",
        headers=("Cookie: mine=2",),
        why="what the script says goes first",
    ),
    _cache(
        "fresh",
        "`max-age=60`, asked for twice",
        "RFC 9111 §4.2",
        in_turn(_fresh(), _fresh()),
        _ANY,
        Request(_HELLO, lines=_ONCE),
    ),
    _cache(
        "age",
        "The same, with `Age: 60`",
        "RFC 9111 §4.2.3",
        in_turn(_fresh("Age: 60"), _fresh()),
        _ANY,
        Request(_HELLO, lines=_TWICE),
    ),
    _cache(
        "no-store",
        "`no-store`",
        "RFC 9111 §5.2.2.5",
        in_turn(*[answer(b"hello", "Cache-Control: no-store, max-age=60")] * 2),
        _ANY,
        Request(_HELLO, lines=_TWICE),
    ),
    _cache(
        "validated",
        "A stale response with an ETag, which is right still",
        "RFC 9111 §4.3",
        ([ReadRequest(), Reply(_validated)] * 2,),
        _ANY,
        Request(_HELLO, lines=_TWICE, last=Wire(headers={"If-None-Match": '"1"'})),
    ),
    _cache(
        "changed",
        "The same, which has changed",
        "RFC 9111 §4.3.3",
        in_turn(
            answer(b"hello", "Cache-Control: max-age=0", 'ETag: "1"'),
            answer(b"other", 'ETag: "2"'),
        ),
        _ANY,
        Request(Whole(body=b"other"), last=Wire(headers={"If-None-Match": '"1"'})),
    ),
    _cache(
        "vary",
        "`Vary: Accept-Language`, and another language",
        "RFC 9111 §4.1",
        in_turn(_fresh("Vary: Accept-Language"), answer(b"hallo")),
        Request(None, headers=("Accept-Language: en",)),
        Request(Whole(body=b"hallo"), headers=("Accept-Language: de",), lines=_TWICE),
    ),
    _cache(
        "authorization",
        "What one player got, and another player",
        "RFC 9111 §3.5",
        in_turn(_fresh(), answer(b"other")),
        Request(None, headers=("Authorization: Bearer ada",)),
        Request(Whole(body=b"other"), headers=("Authorization: Bearer bob",), lines=_TWICE),
    ),
    _cache(
        "invalidated",
        "A POST to what is kept",
        "RFC 9111 §4.4",
        in_turn(_fresh(), answer(b"done"), answer(b"other")),
        _ANY,
        Request(None, method="POST", body="x"),
        Request(Whole(body=b"other"), lines=("GET /", "POST /", "GET /")),
    ),
    _cache(
        "stale-if-error",
        "503, and what is kept has `stale-if-error`",
        "RFC 5861 §4",
        in_turn(answer(b"hello", "Cache-Control: max-age=0, stale-if-error=60"), _busy("503 Busy")),
        _ANY,
        Request(_HELLO, lines=_TWICE),
    ),
    _retries("503", "503 once: `retries` of 1", [_busy("503 Busy"), answer(b"hello")], _HELLO, _TWICE),
    _retries(
        "429", "429 once", [_busy("429 Slow Down"), answer(b"hello")], _HELLO, _TWICE, source="RFC 6585 §4"
    ),
    _retries(
        "for-ever",
        "503 for ever: `retries` of 2",
        [_busy("503 Busy")] * 3,
        Whole(code=503, body=b"later"),
        ("GET /",) * 3,
        retries=2,
    ),
    _retries(
        "off", "503, and no `retries`", [_busy("503 Busy")], Whole(code=503, body=b"later"), _ONCE, retries=0
    ),
    _retries(
        "500",
        "500",
        [_busy("500 Broken")],
        Whole(code=500, body=b"later"),
        _ONCE,
        source="RFC 9110 §15.6.1",
        why="nothing says that it will pass",
    ),
    _retries(
        "post",
        "502 for POST",
        [_busy("502 Bad Gateway")],
        Whole(code=502, body=b"later"),
        ("POST /",),
        method="POST",
        why="it may have been done",
    ),
    _retries(
        "post-503",
        "503 for POST",
        [_busy("503 Busy"), answer(b"hello")],
        _HELLO,
        ("POST /", "POST /"),
        method="POST",
        why="the server says that it was not done",
    ),
    _retries(
        "cut", "A connection that is reset without an answer", [Reset(), answer(b"hello")], _HELLO, _TWICE
    ),
    _retries(
        "later",
        "`Retry-After` of a day",
        [_busy("503 Busy", "Retry-After: 86400")],
        Whole(code=503, body=b"later"),
        _ONCE,
        source="RFC 9110 §10.2.3",
        why="who would have to wait so long is told at once",
    ),
    _events(
        "live",
        "An event, and the stream goes on",
        "9.2",
        [[_STREAM + b"data: one\n\n", _OPEN]],
        Listen(["one"]),
    ),
    _events(
        "lines",
        "Comments, two lines of data, any line end",
        "9.2.6",
        [[_STREAM + b":hi\r\nevent: x\rdata: one\r\ndata:two\n\ndata\r\r", _OPEN]],
        Listen(["one\ntwo", ""]),
    ),
    _events(
        "utf-8",
        "UTF-8 that is split between packets",
        "9.2.6",
        [[_STREAM, Drip("data: 5 €, grün\n\n".encode(), pause=0.002), _OPEN]],
        Listen(["5 €, grün"]),
    ),
    _events(
        "again",
        "A stream that ends, and the next one goes on behind its last event",
        "9.2.3",
        [[_STREAM + b"retry: 50\nid: 7\ndata: one\n\n"], [_STREAM + b"data: two\n\n", _OPEN]],
        Listen(["one", "two"], lines=_TWICE, last=Wire(headers={"Last-Event-ID": "7"})),
    ),
    _events(
        "cut",
        "An event that the end cuts off",
        "9.2.6",
        [[_STREAM + b"retry: 50\n\ndata: one"], [_STREAM + b"data: two\n\n", _OPEN]],
        Listen(["two"]),
    ),
    _events(
        "busy",
        "503 between two streams",
        "9.2.3",
        [[_STREAM + b"retry: 50\ndata: one\n\n"], [_busy("503 Busy")], [_STREAM + b"data: two\n\n", _OPEN]],
        Listen(["one", "two"], lines=("GET /",) * 3),
        why="browsers end there, and games are left without their events",
    ),
    _events(
        "204",
        "204 behind a stream",
        "9.2.3",
        [[_STREAM + b"retry: 50\ndata: one\n\n"], [b"HTTP/1.1 204 No Content\r\n\r\n"]],
        Listen(["one"], ends=True, lines=_TWICE),
    ),
    _events(
        "html",
        "What is no event stream",
        "9.2.3",
        [[answer(b"data: one\n\n", "Content-Type: text/html")]],
        Listen([], ends=True, lines=_ONCE),
    ),
    _events(
        "post",
        "The answer to a POST, as language models give it",
        "9.2.6",
        [[_STREAM + b"data: one\n\ndata: two\n\n"]],
        Listen(["one", "two"], ends=True, body='{"prompt":"Hello"}', lines=("POST /",)),
    ),
)
