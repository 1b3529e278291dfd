"""Where bodies end, chunked coding, and answers that break off (RFC 9112 sections 6, 7 and 8)."""

from collections.abc import Sequence
from typing import Final

from tests.conformance.model import LOST, Answer, Connect, Fetch, Scenario, answered, broken, piecemeal
from tests.loopback.kinds import Kind
from tests.loopback.responses import CHUNKED, OK
from tests.loopback.scripted import HalfClose, Pause, ReadRequest, Reset, Step

from .heads import HELLO

CLOSE: Final = OK + b"Connection: close\r\n\r\n"

_GOOD: Final = Answer(200, b"hello")
_CLOSED: Final = Answer(200, b"hello", "DISCONNECTED")
_LENGTH: Final = "RFC 9112 §6.3 rule 5; R9"
_UNTIL_CLOSE: Final = "RFC 9112 §6.3 rule 8"
_CODING: Final = "RFC 9112 §6.1"
_RULE_4: Final = "RFC 9112 §6.3 rule 4"
_CHUNK: Final = "RFC 9112 §7.1"
_HELLO_CHUNK: Final = b"5\r\nhello\r\n0\r\n\r\n"


def _after(name: str, title: str, source: str, head: bytes, right: Answer, method: str = "GET") -> Scenario:
    """An answer without a body, then another, over the same connection if the client takes it for sound."""
    scripts = ((ReadRequest(), head, ReadRequest(), OK + HELLO), (ReadRequest(), OK + HELLO))
    acts = (Connect(), Fetch(right, method=method), Fetch(_GOOD))
    return Scenario(f"framing/{name}", Kind.FRAMING, title, source, scripts, acts)


_BODILESS: Final = (
    _after(
        "204-next",
        "`204` with `Content-Length: 5`, then a second request",
        "RFC 9112 §6.3 rule 1; R2",
        b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
        Answer(204),
    ),
    _after(
        "304-next",
        "`304` with `Content-Length: 5`, then a second request",
        "RFC 9112 §6.3 rule 1; R2",
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
        Answer(304),
    ),
    _after(
        "304-chunked-next",
        "`304` with `Transfer-Encoding: chunked`, then a second request",
        "RFC 9112 §6.3 rule 1; R2",
        b"HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n",
        Answer(304),
    ),
    _after(
        "204-plain-next",
        "`204` alone, then a second request",
        "RFC 9112 §6.3 rule 1",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        Answer(204),
    ),
    _after(
        "head-next",
        "HEAD answered with `Content-Length: 5`, then a GET",
        "RFC 9112 §6.3 rule 1",
        OK + b"Content-Length: 5\r\n\r\n",
        Answer(),
        "HEAD",
    ),
    _after(
        "head-chunked-next",
        "HEAD answered with `Transfer-Encoding: chunked`, then a GET",
        "RFC 9112 §6.3 rule 1; R2",
        CHUNKED,
        Answer(),
        "HEAD",
    ),
    _after(
        "head-404-next",
        "HEAD answered with `404` and a length, then a GET",
        "RFC 9112 §6.3 rule 1",
        b"HTTP/1.1 404 No\r\nContent-Length: 5\r\n\r\n",
        Answer(404),
        "HEAD",
    ),
    answered(
        "framing/head-with-body",
        Kind.FRAMING,
        "HEAD answered with a body against the rules",
        "RFC 9110 §9.3.2; R14",
        OK + HELLO,
        Answer(),
        method="HEAD",
        why="those bytes must not become the next answer",
    ),
    answered(
        "framing/302",
        Kind.FRAMING,
        "`302` with a body: nothing is followed by itself",
        "RFC 9110 §15.4",
        b"HTTP/1.1 302 Found\r\nLocation: /x\r\n" + HELLO,
        Answer(302, b"hello"),
    ),
    answered(
        "framing/401",
        Kind.FRAMING,
        "`401` with a body",
        "RFC 9110 §15.5.2",
        b"HTTP/1.1 401 No\r\nWWW-Authenticate: Basic\r\n" + HELLO,
        Answer(401, b"hello"),
    ),
)


def _length(name: str, value: bytes, right: Answer | tuple[Answer, ...] = LOST, why: str = "") -> Scenario:
    title = f"`Content-Length: {value.decode('utf-8').replace(chr(11), chr(92) + 'v')}`"
    return answered(
        f"framing/{name}",
        Kind.FRAMING,
        title,
        _LENGTH,
        OK + b"Content-Length: " + value + b"\r\n\r\nhello",
        right,
        why=why,
    )


_LENGTHS: Final = (
    _length("blank", b"5 5"),
    _length("semicolon", b"5;"),
    _length("point", b"5.0"),
    _length("exponent", b"5e0"),
    _length("underscore", b"1_0"),
    _length("arabic", "٥".encode(), why="a digit to Unicode, not to HTTP"),
    _length("quoted", b'"5"'),
    _length("unit", b"5 bytes"),
    _length("vertical-tab", b"\x0b5"),
    _length("zeros", b"0" * 30 + b"5", _GOOD),
    answered(
        "framing/long-length",
        Kind.FRAMING,
        "A length of 100 digits",
        _LENGTH,
        OK + b"Content-Length: " + b"9" * 100 + b"\r\n\r\nhello",
        LOST,
    ),
    answered(
        "framing/length-and-negative",
        Kind.FRAMING,
        "`Content-Length: 5`, then `Content-Length: -5`",
        _LENGTH,
        OK + b"Content-Length: 5\r\nContent-Length: -5\r\n\r\nhello",
        LOST,
    ),
    answered(
        "framing/length-blank-colon",
        Kind.FRAMING,
        "`Content-Length : 2`, then `Content-Length: 5`",
        "RFC 9112 §5.1",
        OK + b"Content-Length : 2\r\n" + HELLO,
        LOST,
        why="a proxy may have read the other one",
    ),
    answered(
        "framing/underscored",
        Kind.FRAMING,
        "`Content_Length: 2` is another field than `Content-Length: 5`",
        "RFC 9110 §5.1",
        OK + b"Content_Length: 2\r\n" + HELLO,
        _GOOD,
    ),
    answered(
        "framing/5-gib",
        Kind.FRAMING,
        "`Content-Length: 5368709120`, 5 GiB",
        "RFC 9110 §8.6; R31",
        OK + b"Content-Length: 5368709120\r\n\r\nhello",
        Answer(200, b"hello", "BODY", length=5368709120),
        reads=1,
    ),
    answered(
        "framing/over-2^53",
        Kind.FRAMING,
        "`Content-Length: 9007199254740995`, over 2^53",
        "RFC 9110 §8.6; R31",
        OK + b"Content-Length: 9007199254740995\r\n\r\nhello",
        Answer(200, b"hello", "BODY"),
        reads=1,
    ),
    answered(
        "framing/large",
        Kind.FRAMING,
        "A body of 1,000,000 bytes",
        "RFC 9112 §6.3 rule 6",
        OK + b"Content-Length: 1000000\r\n\r\n" + b"0123456789" * 100000,
        Answer(200, b"0123456789" * 100000, length=1000000),
    ),
    answered(
        "framing/length-drip",
        Kind.FRAMING,
        "A body of 100 bytes, a byte a packet",
        "RFC 9112 §6.3 rule 6",
        (OK + b"Content-Length: 100\r\n\r\n", piecemeal(b"0123456789" * 10)),
        Answer(200, b"0123456789" * 10),
    ),
    answered(
        "framing/body-later",
        Kind.FRAMING,
        "A pause between head and body",
        "RFC 9112 §6.3 rule 6",
        (OK + HELLO[:-5], Pause(), b"hello"),
        _GOOD,
    ),
)


def _smuggled(
    name: str, title: str, source: str, field: bytes, right: Answer = LOST, why: str = ""
) -> Scenario:
    """Transfer-Encoding in a form that some read and others do not."""
    steps: list[Step] = [OK + field + b"\r\n\r\n" + _HELLO_CHUNK]
    if right is _CLOSED:
        steps.append(HalfClose())
    return answered(f"framing/{name}", Kind.FRAMING, title, f"{source}; R6", steps, right, why=why)


_CODINGS: Final = (
    _smuggled(
        "te-blank-colon",
        "`Transfer-Encoding : chunked`",
        "RFC 9112 §5.1",
        b"Transfer-Encoding : chunked",
        why="no blank may stand there, and a proxy removes it: the two would read different bodies",
    ),
    _smuggled(
        "te-vertical-tab",
        "`Transfer-Encoding: \\vchunked`",
        "RFC 9110 §5.6.2",
        b"Transfer-Encoding: \x0bchunked",
        why="a coding is a token, and this is none",
    ),
    _smuggled("te-nul", "`Transfer-Encoding: chunked\\0`", "RFC 9110 §5.5", b"Transfer-Encoding: chunked\0"),
    _smuggled(
        "te-tab",
        "`Transfer-Encoding:⇥chunked⇥`",
        "RFC 9112 §5.1, RFC 9110 §5.6.3",
        b"Transfer-Encoding:\tchunked\t",
        _GOOD,
    ),
    _smuggled(
        "te-upper",
        "`TRANSFER-ENCODING: CHUNKED`",
        "RFC 9110 §5.1, RFC 9112 §7",
        b"TRANSFER-ENCODING: CHUNKED",
        _GOOD,
    ),
    _smuggled(
        "te-parameter",
        "`Transfer-Encoding: chunked;x=y`",
        "RFC 9112 §7.1",
        b"Transfer-Encoding: chunked;x=y",
        why="parameters of chunked should be an error",
    ),
    _smuggled(
        "te-two-lines",
        "`Transfer-Encoding: chunked`, twice",
        _CODING,
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
        why="it must not be applied twice",
    ),
    _smuggled(
        "te-identity-last",
        "`Transfer-Encoding: chunked`, then `identity`",
        _RULE_4,
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        _CLOSED,
        "chunked is not the last coding: the close ends the body, whose codings are then undone",
    ),
    _smuggled(
        "te-cow",
        "`Transfer-Encoding: chunked`, then `cow`",
        _RULE_4,
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: cow",
        why="the close would end the body, but nobody can undo it",
    ),
    _smuggled(
        "te-bare-lf",
        "`X: y`, a bare LF, `Transfer-Encoding: chunked`",
        "RFC 9112 §2.2",
        b"X: y\nTransfer-Encoding: chunked",
        _GOOD,
        "a bare LF ends a line",
    ),
    answered(
        "framing/te-underscore",
        Kind.FRAMING,
        "`Transfer_Encoding: chunked` is another field",
        "RFC 9110 §5.1",
        OK + b"Transfer_Encoding: chunked\r\n" + HELLO,
        _GOOD,
    ),
    answered(
        "framing/x-te",
        Kind.FRAMING,
        "`X-Transfer-Encoding: chunked` is another field",
        "RFC 9110 §5.1",
        OK + b"X-Transfer-Encoding: chunked\r\n" + HELLO,
        _GOOD,
    ),
    answered(
        "framing/content-encoding",
        Kind.FRAMING,
        "`Content-Encoding: chunked` is no framing",
        "RFC 9110 §8.4",
        OK + b"Content-Encoding: chunked\r\n" + HELLO,
        _GOOD,
    ),
)


def _closed(
    name: str,
    title: str,
    steps: Sequence[Step],
    right: Answer = _CLOSED,
    source: str = _UNTIL_CLOSE,
) -> Scenario:
    return answered(f"framing/{name}", Kind.FRAMING, title, source, steps, right)


_CLOSES: Final = (
    _closed(
        "close-no-blank",
        "A body ended by a close that comes later, with `Connection:close`",
        (OK + b"Connection:close\r\n\r\nhello", Pause(), HalfClose()),
        source=f"{_UNTIL_CLOSE}; R4",
    ),
    _closed(
        "close-upper",
        "The same with `CONNECTION: CLOSE`",
        (OK + b"CONNECTION: CLOSE\r\n\r\nhello", Pause(), HalfClose()),
        source=f"{_UNTIL_CLOSE}; R4",
    ),
    _closed(
        "close-list",
        "The same with `Connection: x, close`",
        (OK + b"Connection: x, close\r\n\r\nhello", Pause(), HalfClose()),
        source=f"{_UNTIL_CLOSE}; R4",
    ),
    _closed(
        "close-untold",
        "The same without a `Connection` header",
        (OK + b"X: y\r\n\r\nhello", Pause(), HalfClose()),
        source=f"{_UNTIL_CLOSE}; R4",
    ),
    _closed(
        "close-1.0",
        "The same with HTTP/1.0",
        (b"HTTP/1.0 200 OK\r\n\r\nhello", Pause(), HalfClose()),
        source=f"{_UNTIL_CLOSE}; R4",
    ),
    _closed(
        "close-500",
        "`500` with a body ended by the close",
        (b"HTTP/1.1 500 No\r\n\r\nhello", Pause(), HalfClose()),
        Answer(500, b"hello", "DISCONNECTED"),
        f"{_UNTIL_CLOSE}; R4",
    ),
    _closed(
        "close-parts",
        "A body in three parts, then the close",
        (CLOSE + b"he", Pause(), b"ll", Pause(), b"o", Pause(), HalfClose()),
        source=f"{_UNTIL_CLOSE}; R5",
    ),
    _closed(
        "close-drip",
        "A body a byte a packet, the close at once",
        (CLOSE, piecemeal(b"hell"), b"o", HalfClose()),
    ),
    _closed(
        "close-empty-later",
        "No body, a close that comes later",
        (CLOSE, Pause(), HalfClose()),
        Answer(after="DISCONNECTED"),
        f"{_UNTIL_CLOSE}; R5",
    ),
    _closed(
        "close-large",
        "300,000 bytes, then the close",
        (CLOSE + b"0123456789" * 30000, HalfClose()),
        Answer(200, b"0123456789" * 30000, "DISCONNECTED", length=-1),
    ),
    _closed(
        "close-reset",
        "A body without a length, then a reset",
        (CLOSE + b"hello", Pause(), Reset()),
        broken(b"hello"),
        "RFC 9112 §8; R11",
    ),
)


def _chunks(
    name: str,
    title: str,
    data: bytes,
    right: Answer | tuple[Answer, ...] = _GOOD,
    source: str = _CHUNK,
    why: str = "",
) -> Scenario:
    return answered(f"chunked/{name}", Kind.CHUNKED, title, source, CHUNKED + data, right, why=why)


_ODD: Final = broken(b"")
_CHUNKS: Final = (
    answered(
        "chunked/drip",
        Kind.CHUNKED,
        "Chunks, a byte a packet",
        _CHUNK,
        (CHUNKED, piecemeal(b"2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nX-Sum: 1\r\n\r\n")),
        _GOOD,
    ),
    answered(
        "chunked/pauses",
        Kind.CHUNKED,
        "A pause within a size line, a chunk, and before the end",
        _CHUNK,
        (
            CHUNKED + b"0",
            Pause(0.1),
            b"5\r\nhe",
            Pause(0.1),
            b"llo\r",
            Pause(0.1),
            b"\n0\r\n",
            Pause(0.1),
            b"\r\n",
        ),
        _GOOD,
    ),
    Scenario(
        "chunked/next",
        Kind.CHUNKED,
        "Trailers, then a second request",
        "RFC 9112 §7.1.2",
        ((ReadRequest(), CHUNKED + b"5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n", ReadRequest(), OK + HELLO),),
        (Connect(), Fetch(_GOOD), Fetch(_GOOD)),
        connections=1,
    ),
    answered(
        "chunked/trailer-header",
        Kind.CHUNKED,
        "A trailer does not become a header",
        "RFC 9110 §6.5.1",
        CHUNKED + b"5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n",
        Answer(200, b"hello", headers=("Transfer-Encoding: chunked",), chunked=True),
    ),
    _chunks("zeros", "A last chunk of `00000000`", b"5\r\nhello\r\n00000000\r\n\r\n"),
    _chunks("long-size", "`0000000000000000000000000005` as a size", b"0" * 27 + b"5\r\nhello\r\n0\r\n\r\n"),
    _chunks(
        "extension-no-value",
        '`2;a`, `2;a=b;c=d`, `1;e="f"` as size lines',
        b'2;a\r\nhe\r\n2;a=b;c=d\r\nll\r\n1;e="f"\r\no\r\n0\r\n\r\n',
        source=f"{_CHUNK}.1; R7",
    ),
    _chunks(
        "extension-long",
        "An extension of 10,000 bytes",
        b"5;a=" + b"x" * 10000 + b"\r\nhello\r\n0\r\n\r\n",
        source=f"{_CHUNK}.1; R7",
    ),
    _chunks("cr-after-size", "A bare CR after a size", b"5\rhello\r\n0\r\n\r\n", _ODD),
    _chunks("plus", "`+5` as a size", b"+5\r\nhello\r\n0\r\n\r\n", _ODD),
    _chunks("underscore", "`0_5` as a size", b"0_5\r\nhello\r\n0\r\n\r\n", _ODD),
    _chunks("decimal", "`5.0` as a size", b"5.0\r\nhello\r\n0\r\n\r\n", _ODD),
    _chunks("g", "`5g` as a size", b"5g\r\nhello\r\n0\r\n\r\n", _ODD),
    _chunks("empty-size", "A size line with an extension only", b";a=b\r\nhello\r\n0\r\n\r\n", _ODD),
    _chunks("short", "A chunk shorter than its size", b"6\r\nhello\r\n0\r\n\r\n", broken(None)),
    answered(
        "chunked/2^32",
        Kind.CHUNKED,
        "`100000005` as a size, and 5 bytes of it",
        _CHUNK,
        CHUNKED + b"100000005\r\nhello",
        Answer(200, b"hello", "BODY"),
        reads=1,
    ),
    _chunks("2^64", "A size of 2^64 + 5", b"10000000000000005\r\nhello\r\n0\r\n\r\n", _ODD),
    Scenario(
        "chunked/17-mib",
        Kind.CHUNKED,
        "A chunk of 17 MiB",
        f"{_CHUNK}; R7, g#41882",
        ((ReadRequest(), CHUNKED + b"1100000\r\n", b"x" * 0x1100000, b"\r\n0\r\n\r\n"),),
        (Connect(), Fetch(Answer(200, b"x" * 0x1100000))),
    ),
)


def _cut(
    name: str,
    title: str,
    steps: Sequence[Step],
    right: Answer,
    why: str = "",
    **fetch: object,
) -> Scenario:
    return answered(f"cut/{name}", Kind.CUT, title, "RFC 9112 §8; R11", steps, right, why=why, **fetch)


_CUTS: Final = (
    _cut("later", "A FIN before the answer, after a pause", (Pause(), HalfClose()), LOST),
    _cut("reset", "A reset before the answer", (Pause(), Reset()), LOST),
    _cut("status-line", "A FIN in the status line", (b"HTTP/1.1 2", Pause(), HalfClose()), LOST),
    _cut("reset-head", "A reset in the header block", (OK + b"X: y", Pause(), Reset()), LOST),
    _cut(
        "before-empty-line",
        "A FIN before the empty line",
        (OK + b"Content-Length: 5\r\n", Pause(), HalfClose()),
        LOST,
    ),
    _cut(
        "body-later",
        "A FIN after 3 of 5 bytes, later",
        (OK + HELLO[:-2], Pause(), HalfClose()),
        broken(b"hel"),
    ),
    _cut("body-reset", "A reset after 3 of 5 bytes", (OK + HELLO[:-2], Pause(), Reset()), broken(b"hel")),
    _cut("body-none", "A FIN before the first of 5 bytes", (OK + HELLO[:-5], Pause(), HalfClose()), broken()),
    _cut(
        "chunk-later",
        "A FIN in a chunk, later",
        (CHUNKED + b"5\r\nhel", Pause(), HalfClose()),
        broken(b"hel"),
    ),
    _cut(
        "chunk-size",
        "A FIN in a size line",
        (CHUNKED + b"5\r\nhello\r\n1", Pause(), HalfClose()),
        broken(b"hello"),
    ),
    _cut(
        "chunk-reset",
        "A reset after a chunk",
        (CHUNKED + b"5\r\nhello\r\n", Pause(), Reset()),
        broken(b"hello"),
    ),
    _cut(
        "no-last-chunk",
        "A FIN instead of the last chunk",
        (CHUNKED + b"5\r\nhello\r\n", Pause(), HalfClose()),
        broken(b"hello"),
    ),
    _cut("204", "`204` and a FIN at once", (b"HTTP/1.1 204 No\r\n\r\n", HalfClose()), Answer(204)),
)

SCENARIOS: Final = (*_BODILESS, *_LENGTHS, *_CODINGS, *_CLOSES, *_CHUNKS, *_CUTS)
