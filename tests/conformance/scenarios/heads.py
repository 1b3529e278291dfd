"""Status lines, header blocks, interim answers (RFC 9112 sections 2, 4, 5; RFC 9110 sections 5, 15)."""

from typing import Final

from tests.conformance.model import LOST, Answer, Connect, Fetch, Scenario, answered, piecemeal, reference
from tests.loopback.kinds import Kind
from tests.loopback.responses import OK
from tests.loopback.scripted import HalfClose, Pause, ReadRequest

EMPTY: Final = b"Content-Length: 0\r\n\r\n"
HELLO: Final = b"Content-Length: 5\r\n\r\nhello"

_GOOD: Final = Answer(200, b"hello")
_LINE: Final = "RFC 9112 §4"
_VERSION: Final = "RFC 9112 §2.3; R3"
_FIELD: Final = "RFC 9110 §5.5"
_OWN_LIMIT: Final = "no RFC sets a limit: curl's is 300 KB for all, browsers' 256 KB, PyHTTPClient's 64 KiB"

_STATUS_LINES: Final = (
    answered(
        "heads/long-reason",
        Kind.HEADS,
        "A reason phrase of 10,000 bytes",
        _LINE,
        b"HTTP/1.1 200 " + b"x" * 10000 + b"\r\n" + HELLO,
        _GOOD,
    ),
    answered(
        "heads/utf8-reason",
        Kind.HEADS,
        "A reason phrase in UTF-8: `200 Très bien`",
        _LINE,
        "HTTP/1.1 200 Très bien\r\n".encode() + HELLO,
        _GOOD,
    ),
    answered(
        "heads/latin1-reason",
        Kind.HEADS,
        "A reason phrase in ISO-8859-1",
        _LINE,
        b"HTTP/1.1 200 Tr\xe8s bien\r\n" + HELLO,
        _GOOD,
    ),
    answered(
        "heads/digits-reason",
        Kind.HEADS,
        "A reason phrase of digits: `200 404`",
        _LINE,
        b"HTTP/1.1 200 404\r\n" + HELLO,
        _GOOD,
    ),
    answered(
        "heads/600",
        Kind.HEADS,
        "A code beyond 5xx: 600",
        "RFC 9110 §15",
        b"HTTP/1.1 600 Odd\r\n" + HELLO,
        Answer(600, b"hello"),
        why="a script can tell it from success; curl takes it too",
    ),
    answered(
        "heads/icy",
        Kind.HEADS,
        "`ICY 200 OK`, as old radio streams have it",
        _VERSION,
        b"ICY 200 OK\r\n\r\naudio",
        LOST,
        why="curl refuses it too",
    ),
    answered("heads/01.1", Kind.HEADS, "`HTTP/01.1 200 OK`", _VERSION, b"HTTP/01.1 200 OK\r\n" + HELLO, LOST),
    answered("heads/1", Kind.HEADS, "`HTTP/1 200 OK`", _VERSION, b"HTTP/1 200 OK\r\n" + HELLO, LOST),
    answered("heads/3", Kind.HEADS, "`HTTP/3 200`", _VERSION, b"HTTP/3 200\r\n\r\n", LOST),
    answered("heads/no-blank", Kind.HEADS, "`HTTP/1.1 200OK`", _LINE, b"HTTP/1.1 200OK\r\n" + HELLO, LOST),
    answered("heads/no-blank-2", Kind.HEADS, "`HTTP/1.1200 OK`", _LINE, b"HTTP/1.1200 OK\r\n" + HELLO, LOST),
    answered(
        "heads/tab",
        Kind.HEADS,
        "A tab instead of the blank before the code",
        _LINE,
        b"HTTP/1.1\t200 OK\r\n" + HELLO,
        (LOST, _GOOD),
        why="the RFC lets a client take any whitespace for the blank, or refuse",
    ),
    answered("heads/no-code", Kind.HEADS, "`HTTP/1.1 OK`", _LINE, b"HTTP/1.1 OK\r\n" + HELLO, LOST),
    answered("heads/only-version", Kind.HEADS, "`HTTP/1.1`", _LINE, b"HTTP/1.1\r\n" + HELLO, LOST),
    answered(
        "heads/plus-code", Kind.HEADS, "`HTTP/1.1 +200 OK`", _LINE, b"HTTP/1.1 +200 OK\r\n" + HELLO, LOST
    ),
    answered(
        "heads/float-code", Kind.HEADS, "`HTTP/1.1 2e2 OK`", _LINE, b"HTTP/1.1 2e2 OK\r\n" + HELLO, LOST
    ),
    answered(
        "heads/nul-in-line",
        Kind.HEADS,
        "A NUL in the reason phrase",
        _LINE,
        b"HTTP/1.1 200 O\0K\r\n" + HELLO,
        LOST,
    ),
    answered(
        "heads/redis",
        Kind.HEADS,
        "A Redis server's `-ERR unknown command`",
        _VERSION,
        (b"-ERR unknown command\r\n\r\n", HalfClose()),
        LOST,
    ),
    answered(
        "heads/smtp",
        Kind.HEADS,
        "A mail server's `220 mail ESMTP`",
        _VERSION,
        b"220 mail ESMTP\r\n\r\n",
        LOST,
    ),
    answered(
        "heads/tls-alert",
        Kind.HEADS,
        "A TLS alert: this port wants TLS",
        _VERSION,
        (b"\x15\x03\x01\x00\x02\x02\x46\n\n", Pause(), HalfClose()),
        LOST,
    ),
    answered(
        "heads/json",
        Kind.HEADS,
        "JSON without any head",
        _VERSION,
        (b'{"ok": true}\n\n', Pause(), HalfClose()),
        LOST,
    ),
)

_FIELDS: Final = (
    answered(
        "heads/blank-first",
        Kind.HEADS,
        "A blank before the first header line",
        "RFC 9112 §2.2",
        OK + b" X: y\r\n" + HELLO,
        LOST,
        why="the RFC: reject the message, or drop the lines unread; rejecting is plain",
    ),
    answered(
        "heads/colon-in-value",
        Kind.HEADS,
        "A value with colons and slashes",
        _FIELD,
        OK + b"Location: http://h.invalid:80/a?b=c:d\r\n" + EMPTY,
        Answer(headers=("Location: http://h.invalid:80/a?b=c:d", "Content-Length: 0")),
    ),
    answered(
        "heads/repeated",
        Kind.HEADS,
        "Two `Set-Cookie` lines",
        "RFC 9110 §5.3",
        OK + b"Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n" + EMPTY,
        Answer(headers=("Set-Cookie: a=1", "Set-Cookie: b=2", "Content-Length: 0")),
    ),
    answered(
        "heads/repeated-dictionary",
        Kind.HEADS,
        "Two `Set-Cookie` lines, asked for as a dictionary",
        reference("get_response_headers_as_dictionary") + "; R13, gp#4734",
        OK + b"Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n" + EMPTY,
        Answer(fields={"Set-Cookie": "a=1; b=2", "Content-Length": "0"}),
        fields=True,
    ),
    answered(
        "heads/cases-dictionary",
        Kind.HEADS,
        "`X-A: 1` and `x-a: 2`, asked for as a dictionary",
        "RFC 9110 §5.1; R13",
        OK + b"X-A: 1\r\nx-a: 2\r\n" + EMPTY,
        Answer(fields={"X-A": "1; 2", "Content-Length": "0"}),
        fields=True,
        why="names are one in any case; the first spelling stays",
    ),
    answered(
        "heads/dictionary",
        Kind.HEADS,
        "Values with blanks around them, as a dictionary",
        "RFC 9112 §5.1",
        OK + b"X:\t a b \t\r\nY:\r\n" + EMPTY,
        Answer(fields={"X": "a b", "Y": "", "Content-Length": "0"}),
        fields=True,
    ),
    answered(
        "heads/latin1",
        Kind.HEADS,
        "A value in ISO-8859-1: `caf\u00e9`",
        _FIELD,
        OK + b"X: caf\xe9\r\n" + EMPTY,
        Answer(headers=("X: caf\u00e9", "Content-Length: 0")),
    ),
    answered(
        "heads/utf8",
        Kind.HEADS,
        "A value in UTF-8: `日本`",
        _FIELD,
        OK + "X: 日本\r\n".encode() + EMPTY,
        Answer(headers=("X: 日本", "Content-Length: 0")),
        why="what servers send today",
    ),
    answered(
        "heads/100-lines",
        Kind.HEADS,
        "A hundred header lines",
        "RFC 9110 §5.4",
        OK + b"".join(b"X-%d: y\r\n" % number for number in range(100)) + HELLO,
        _GOOD,
    ),
    answered(
        "heads/long-value",
        Kind.HEADS,
        "A value of 60,000 bytes",
        "RFC 9110 §5.4",
        OK + b"X: " + b"y" * 60000 + b"\r\n" + HELLO,
        _GOOD,
        why="within the limit of 64 KiB",
    ),
    answered(
        "heads/one-long-line",
        Kind.HEADS,
        "A header line of 100,000 bytes",
        "RFC 9110 §5.4; R10",
        OK + b"X: " + b"y" * 100000 + b"\r\n" + HELLO,
        (LOST, _GOOD),
        why=_OWN_LIMIT,
    ),
    answered(
        "heads/20000-lines",
        Kind.HEADS,
        "20,000 header lines",
        "RFC 9110 §5.4; R10",
        OK + b"X: y\r\n" * 20000 + HELLO,
        (LOST, _GOOD),
        why=_OWN_LIMIT,
    ),
    Scenario(
        "heads/endless",
        Kind.HEADS,
        "Header lines without an end, 600 KB",
        "RFC 9110 §17.5; R10",
        ((ReadRequest(), OK + b"X: y\r\n" * 100000),),
        (Connect(), Fetch(LOST)),
        "there must be some limit, or a server fills the memory: curl's is 300 KB, browsers' 256 KB",
        alone=True,
    ),
    answered(
        "heads/cr-in-name",
        Kind.HEADS,
        "A bare CR in a name",
        "RFC 9112 §2.2",
        OK + b"X\rY: z\r\n" + HELLO,
        LOST,
    ),
    answered(
        "heads/nul-in-name", Kind.HEADS, "A NUL in a name", "RFC 9110 §5.1", OK + b"X\0Y: z\r\n" + HELLO, LOST
    ),
    answered(
        "heads/nul-before-length",
        Kind.HEADS,
        "A NUL before `Content-Length`",
        "RFC 9110 §5.5",
        OK + b"\0Content-Length: 2\r\n" + HELLO,
        LOST,
    ),
    answered(
        "heads/drip",
        Kind.HEADS,
        "Head and body, a byte a packet",
        "RFC 9112 §2.2",
        (piecemeal(OK + b"X: y\r\n" + HELLO),),
        Answer(200, b"hello", headers=("X: y", "Content-Length: 5")),
    ),
    answered(
        "heads/pause-in-crlf",
        Kind.HEADS,
        "A pause between the CR and LF that end the head",
        "RFC 9112 §2.2",
        (OK + HELLO[:-6], Pause(), HELLO[-6:]),
        _GOOD,
    ),
    answered(
        "heads/bare-lf-drip",
        Kind.HEADS,
        "Lines that end in a bare LF, a byte a packet",
        "RFC 9112 §2.2",
        (piecemeal((OK + HELLO).replace(b"\r", b"")),),
        _GOOD,
    ),
)

_CONTINUE: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


def _interim(
    name: str, title: str, source: str, data: bytes, right: Answer = _GOOD, why: str = ""
) -> Scenario:
    return answered(f"interim/{name}", Kind.INTERIM, title, source, data, right, why=why)


_INTERIM: Final = (
    Scenario(
        "interim/next",
        Kind.INTERIM,
        "`100 Continue` before an answer, then a second request",
        "RFC 9110 §15.2; R1",
        (
            (
                ReadRequest(),
                _CONTINUE + OK + b"Content-Length: 5\r\n\r\nfirst",
                ReadRequest(),
                OK + b"Content-Length: 6\r\n\r\nsecond",
            ),
        ),
        (Connect(), Fetch(Answer(200, b"first")), Fetch(Answer(200, b"second"))),
    ),
    Scenario(
        "interim/later",
        Kind.INTERIM,
        "`103 Early Hints`, a pause, then the answer",
        "RFC 8297 §2; R1",
        (
            (
                ReadRequest(),
                b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n",
                Pause(),
                OK + HELLO,
            ),
        ),
        (Connect(), Fetch(Answer(200, b"hello", headers=("Content-Length: 5",)))),
    ),
    _interim(
        "102",
        "`102 Processing`, then `500`",
        "RFC 9110 §15.2; R1",
        b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 500 Sorry\r\n" + HELLO,
        Answer(500, b"hello"),
    ),
    _interim(
        "many", "A thousand times `100 Continue`, 25 KB", "RFC 9110 §15.2; R1", _CONTINUE * 1000 + OK + HELLO
    ),
    _interim(
        "flood",
        "`100 Continue` without an end, 1 MB",
        "RFC 9110 §17.5; R10",
        _CONTINUE * 40000,
        LOST,
        "the limit of the header block holds for all of them",
    ),
    _interim(
        "bare-lf",
        "An interim answer with bare LFs",
        "RFC 9112 §2.2; R1",
        _CONTINUE.replace(b"\r", b"") + OK + HELLO,
    ),
    answered(
        "interim/drip",
        Kind.INTERIM,
        "An interim answer and the final one, a byte a packet",
        "RFC 9110 §15.2; R1",
        (piecemeal(_CONTINUE + OK + HELLO),),
        _GOOD,
    ),
    answered(
        "interim/malformed",
        Kind.INTERIM,
        "`100 Continue`, then no HTTP",
        "RFC 9112 §4; R3",
        _CONTINUE + b"oops\r\n\r\n",
        LOST,
    ),
    answered(
        "interim/head",
        Kind.INTERIM,
        "`100 Continue` before the answer to HEAD",
        "RFC 9110 §15.2; R1",
        _CONTINUE + OK + b"X: y\r\nContent-Length: 5\r\n\r\n",
        Answer(headers=("X: y", "Content-Length: 5")),
        method="HEAD",
    ),
    answered(
        "interim/204",
        Kind.INTERIM,
        "`100 Continue`, then `204`",
        "RFC 9110 §15.2; R1, R2",
        _CONTINUE + b"HTTP/1.1 204 No Content\r\n\r\n",
        Answer(204),
    ),
)

SCENARIOS: Final = (*_STATUS_LINES, *_FIELDS, *_INTERIM)
