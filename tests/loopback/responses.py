"""Responses of a server and what a right client makes of them: one table for tests at every level.

Each row tells what it is, by which rule, and what is right. R1 to R31 are the faults of the engine's client
(docs/engine-client.md). Where the RFCs leave a choice, or curl differs, `about` says what was chosen and why.
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from pythonscript_http.config import Limits

from .kinds import Kind
from .scripted import HalfClose, Pause, ReadRequest, Step

LIMIT: Final = Limits().header_size

OK: Final = b"HTTP/1.1 200 OK\r\n"
HELLO: Final = OK + b"Content-Length: 5\r\n\r\nhello"
CHUNKED: Final = OK + b"Transfer-Encoding: chunked\r\n\r\n"

After = Literal["CONNECTED", "SPENT", "DISCONNECTED", "CONNECTION_ERROR"]
"""SPENT: CONNECTED, but the connection is not used again, and DISCONNECTED at the next poll."""


def answer(body: bytes = b"", *fields: str, status: str = "200 OK") -> bytes:
    """A response with a Content-Length."""
    lines = [f"HTTP/1.1 {status}", *fields, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


@dataclass(frozen=True)
class Scenario:
    """One response."""

    name: str
    kind: Kind
    """What it is about."""
    about: str
    """What it shows, in a line."""
    source: str
    """The rule."""
    data: bytes
    """What the server sends."""
    after: After = "CONNECTED"
    """The state when the body was read, or when it failed."""
    body: bytes = b""
    code: int = 200
    method: str = "GET"
    closes: bool = False
    """The server then closes the connection."""
    pause: float = 0.0
    """Seconds before it closes."""
    half: bool = False
    """It closes its side only, and would go on reading."""
    surplus: int = 0
    """Number of last bytes, those beyond the end among them, that come together with the byte before them."""
    skips_body: bool = False
    """The state BODY is never seen."""
    length: int | None = None
    """What `get_response_body_length()` gives; None: not looked at."""
    reason: str = ""
    """A part of the text that tells why it failed."""
    headers: list[str] | None = None
    """The header lines; None: not looked at."""
    trailers: tuple[str, ...] = ()
    """The trailer lines."""
    our_choice: bool = False
    """The sources let other clients differ: it is a limit of ours, or an oddity that may be taken or not."""

    @property
    def good(self) -> bool:
        """A client takes it."""
        return self.after != "CONNECTION_ERROR"

    def cut(self, places: Iterable[int]) -> list[bytes]:
        """Cuts the data at the places given, but for the surplus and what it comes with."""
        end = len(self.data) - self.surplus - bool(self.surplus)
        edges = [0, *sorted(place for place in places if place <= end), len(self.data)]
        return [self.data[start:stop] for start, stop in itertools.pairwise(edges)]

    def steps(self, send: Step | None = None) -> list[Step]:
        """What a `ScriptedServer` plays: it reads the request, sends, and closes if it is to.

        Args:
            send: how it sends the data; None: at once.
        """
        steps: list[Step] = [ReadRequest(), self.data if send is None else send, Pause(self.pause)]
        if self.half:
            steps.append(HalfClose())
        if self.half or not self.closes:
            steps.append(Pause(10))
        return steps


def _bad(
    name: str,
    kind: Kind,
    about: str,
    source: str,
    data: bytes,
    reason: str,
    *,
    code: int = 0,
    body: bytes = b"",
    closes: bool = False,
    method: str = "GET",
    our_choice: bool = False,
) -> Scenario:
    return Scenario(
        name,
        kind,
        about,
        source,
        data,
        "CONNECTION_ERROR",
        body,
        code,
        method,
        reason=reason,
        closes=closes,
        our_choice=our_choice,
    )


_LENGTH: Final = [
    Scenario(
        "length",
        Kind.FRAMING,
        "a body of a declared length",
        "RFC 9112 6.2",
        OK + b"Content-Length: 5\r\n\r\nhello",
        body=b"hello",
        length=5,
    ),
    Scenario(
        "length 0",
        Kind.FRAMING,
        "a body of no bytes",
        "RFC 9112 6.3",
        OK + b"Content-Length: 0\r\n\r\n",
        length=0,
    ),
    Scenario(
        "leading zeros",
        Kind.FRAMING,
        "the grammar is digits; 005 is 5",
        "RFC 9110 8.6",
        OK + b"Content-Length: 005\r\n\r\nhello",
        body=b"hello",
        length=5,
    ),
    Scenario(
        "two equal lengths",
        Kind.FRAMING,
        "may be taken once or refused; taken, as curl does, and the connection is not used again",
        "RFC 9110 8.6",
        OK + b"Content-Length: 5\r\nX: y\r\ncontent-length:5 \r\n\r\nhello",
        "SPENT",
        body=b"hello",
        length=5,
        headers=["Content-Length: 5", "X: y", "content-length:5"],
    ),
    Scenario(
        "equal lengths in a list",
        Kind.FRAMING,
        "some proxies join repeated headers so",
        "RFC 9110 8.6",
        OK + b"Content-Length: 5, 5\r\n\r\nhello",
        "SPENT",
        body=b"hello",
        length=5,
        headers=["Content-Length: 5, 5"],
    ),
    Scenario(
        "body of line ends",
        Kind.FRAMING,
        "what looks like a header block's end in a body is body",
        "RFC 9112 6.3",
        OK + b"Content-Length: 6\r\n\r\n\n\n\r\n\r\n",
        body=b"\n\n\r\n\r\n",
    ),
    Scenario(
        "205 with a body",
        Kind.FRAMING,
        "the server must not send one; where it tells a length, curl reads it, and so nothing is left over",
        "RFC 9110 15.3.6",
        b"HTTP/1.1 205 Reset Content\r\nContent-Length: 2\r\n\r\nhi",
        body=b"hi",
        code=205,
    ),
    Scenario(
        "length and identity",
        Kind.FRAMING,
        "Transfer-Encoding overrides; where chunked is not its last coding, the body lasts until close",
        "RFC 9112 6.3",
        OK + b"Content-Length: 2\r\nTransfer-Encoding: identity\r\n\r\nhello",
        "DISCONNECTED",
        body=b"hello",
        closes=True,
    ),
    Scenario(
        "length and chunked",
        Kind.FRAMING,
        "chunked overrides; it may smuggle, so the connection is not used again",
        "RFC 9112 6.3",
        OK + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        "SPENT",
        body=b"hi",
        length=-1,
    ),
    Scenario(
        "chunked and lengths",
        Kind.FRAMING,
        "in either order, and whatever the length says",
        "RFC 9112 6.3",
        OK + b"Transfer-Encoding: chunked\r\nContent-Length: -5, 6\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        "SPENT",
        body=b"hi",
    ),
]

_ODD_LINES: Final = (
    b"Bad Name: x",
    b"X : y",
    b"a[0]: y",
    b"a@b: y",
    b"(a): y",
    b"a/b: y",
    b'"a": y',
    b"caf\xe9: y",
    b"X: a\x01b",
    b"X: a\x7f",
    b"Connection: \x0bkeep-alive",
)

_HEADS: Final = [
    *(
        Scenario(
            f"odd line {number}",
            Kind.HEADS,
            "browsers and curl take it, and so do we; the connection is not used again",
            "RFC 9112 5; RFC 9110 5.5",
            OK + line + b"\r\nContent-Length: 2\r\n\r\nhi",
            "SPENT",
            body=b"hi",
            headers=[line.decode("latin-1"), "Content-Length: 2"],
        )
        for number, line in enumerate(_ODD_LINES)
    ),
    Scenario(
        "a thousand lines",
        Kind.HEADS,
        "a limit of ours, and within it",
        "RFC 9110 5.4",
        OK + b"X:y\r\n" * 999 + b"Content-Length: 2\r\n\r\nhi",
        body=b"hi",
    ),
    Scenario(
        "headers as they came",
        Kind.HEADS,
        "names keep their case, values lose the blanks around them, bytes are UTF-8 or else ISO-8859-1",
        "RFC 9112 5; RFC 9110 5.5",
        OK + b"X-Empty:\r\nCONTENT-length:5  \r\nX:  a b \t\r\nx: \xc3\xbc\r\nY: \xfc\r\n\r\nhello",
        body=b"hello",
        headers=["X-Empty:", "CONTENT-length:5", "X:  a b", "x: \u00fc", "Y: \u00fc"],
    ),
    Scenario(
        "no reason phrase",
        Kind.HEADS,
        "it may be empty, and servers drop the blank before it too",
        "RFC 9112 4",
        b"HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n",
        code=404,
    ),
    Scenario(
        "empty reason phrase",
        Kind.HEADS,
        "a blank and nothing",
        "RFC 9112 4",
        b"HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n",
        code=404,
    ),
    Scenario(
        "reason phrase of any bytes",
        Kind.HEADS,
        "blanks, tabs and bytes above 127 may stand in it",
        "RFC 9112 4",
        b"HTTP/1.1 200 \xfcber\t all \xe2\x82\xac\r\nContent-Length: 0\r\n\r\n",
    ),
    Scenario(
        "unknown status",
        Kind.HEADS,
        "any code of three digits is taken; by its class, if it is unknown",
        "RFC 9110 15",
        b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n",
        code=999,
    ),
    Scenario(
        "unknown status of a class",
        Kind.HEADS,
        "299 is as 200",
        "RFC 9110 15",
        b"HTTP/1.1 299 Odd\r\nContent-Length: 2\r\n\r\nhi",
        body=b"hi",
        code=299,
    ),
    Scenario(
        "bare LF",
        Kind.HEADS,
        "a single LF may end a line; curl, browsers and the engine take it",
        "RFC 9112 2.2",
        b"HTTP/1.1 200 OK\nContent-Length: 5\n\nhello",
        body=b"hello",
    ),
    Scenario(
        "mixed line ends",
        Kind.HEADS,
        "LF, then CRLF",
        "RFC 9112 2.2",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\n\r\nhello",
        body=b"hello",
    ),
    Scenario(
        "mixed line ends 2",
        Kind.HEADS,
        "CRLF, then LF",
        "RFC 9112 2.2",
        b"HTTP/1.1 200 OK\nContent-Length: 5\r\n\nhello",
        body=b"hello",
    ),
    Scenario(
        "folded line",
        Kind.HEADS,
        "a user agent must replace each fold by blanks",
        "R12; RFC 9112 5.2",
        OK + b"X: a  \r\n b\r\n\t c\r\nContent-Length: 0\r\n\r\n",
        headers=["X: a b c", "Content-Length: 0"],
    ),
    Scenario(
        "folded line with bare LF",
        Kind.HEADS,
        "the same where lines end in LF",
        "R12; RFC 9112 5.2",
        b"HTTP/1.1 200 OK\nX: a\n b\nContent-Length: 0\n\n",
        headers=["X: a b", "Content-Length: 0"],
    ),
    Scenario(
        "folded framing",
        Kind.HEADS,
        "unfolded before it is interpreted, unlike in old curl, which missed the coding",
        "R12; RFC 9112 5.2",
        OK + b"Transfer-Encoding:\r\n chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        body=b"hi",
    ),
    Scenario(
        "both kinds of empty line",
        Kind.HEADS,
        "the block ends at the first one, LF alone, whatever follows",
        "RFC 9112 2.2",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\n\r\nhi",
        body=b"\r\nhi",
    ),
    Scenario(
        "header of an odd name",
        Kind.HEADS,
        "any token is a name",
        "RFC 9110 5.1",
        OK + b"!#$%&'*+-.^_`|~09aZ: x\r\nContent-Length: 0\r\n\r\n",
        headers=["!#$%&'*+-.^_`|~09aZ: x", "Content-Length: 0"],
    ),
    Scenario(
        "header block just under the limit",
        Kind.HEADS,
        "those of usual servers have 8 KiB at most",
        "R10",
        OK + b"X: " + b"y" * (LIMIT - 100) + b"\r\nContent-Length: 2\r\n\r\nhi",
        body=b"hi",
    ),
]

_INTERIM: Final = [
    Scenario(
        "100",
        Kind.INTERIM,
        "100 is skipped, asked for or not",
        "R1; RFC 9110 15.2.1",
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nhi",
        body=b"hi",
    ),
    Scenario(
        "100 with framing",
        Kind.INTERIM,
        "an interim response ends with its head, whatever that says",
        "R1; RFC 9112 6.3",
        b"HTTP/1.1 100 Continue\r\nContent-Length: 3\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nhi",
        body=b"hi",
    ),
    Scenario(
        "100 and close",
        Kind.INTERIM,
        "an interim response does not end the connection",
        "R1; RFC 9112 9.3",
        b"HTTP/1.1 100 Continue\r\nConnection: close\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nhi",
        body=b"hi",
    ),
    Scenario(
        "several interim",
        Kind.INTERIM,
        "any number of them, and a final response without a body",
        "R1; RFC 9110 15.2",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
        b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        code=204,
        skips_body=True,
        headers=[],
    ),
    Scenario(
        "unknown interim",
        Kind.INTERIM,
        "199 is as 100",
        "R1; RFC 9110 15",
        b"HTTP/1.1 199 Odd\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\nhi",
        body=b"hi",
    ),
    Scenario(
        "101 is final",
        Kind.INTERIM,
        "what follows is another protocol's",
        "R1; RFC 9110 15.2.2",
        b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nraw",
        code=101,
        skips_body=True,
    ),
]

_BODILESS: Final = [
    Scenario(
        "204 with length",
        Kind.FRAMING,
        "204 ends with its head; who promises a body may send it, so the connection is not used again",
        "R2; RFC 9112 6.3",
        b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
        "SPENT",
        code=204,
        skips_body=True,
        length=0,
    ),
    Scenario(
        "304 with length",
        Kind.FRAMING,
        "the length is that of the answer to a plain GET",
        "R2; RFC 9110 8.6",
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
        code=304,
        skips_body=True,
    ),
    Scenario(
        "204 chunked",
        Kind.FRAMING,
        "204 ends with its head",
        "R2; RFC 9112 6.3",
        b"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
        "SPENT",
        code=204,
        skips_body=True,
    ),
    Scenario(
        "204 with length 0",
        Kind.FRAMING,
        "no body is promised",
        "RFC 9112 6.3",
        b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
        code=204,
        skips_body=True,
    ),
    *(
        Scenario(
            f"{code} with {number}",
            Kind.FRAMING,
            "there is no body whatever the fields say; the connection is not used again",
            "RFC 9112 6.3",
            b"HTTP/1.1 %d X\r\n%b\r\n" % (code, fields),
            "SPENT",
            code=code,
            method="HEAD" if code == 200 else "GET",
            skips_body=code != 200,
        )
        for code in (200, 204, 304)
        for number, fields in (
            ("two lengths", b"Content-Length: 5\r\nContent-Length: 6\r\n"),
            ("a list of lengths", b"Content-Length: 5, 6\r\n"),
            ("a negative length", b"Content-Length: -5\r\n"),
            ("an empty length", b"Content-Length:\r\n"),
            ("both framings", b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
        )
    ),
    Scenario(
        "an interim answer with two lengths",
        Kind.FRAMING,
        "it has no body either",
        "RFC 9112 6.3",
        b"HTTP/1.1 103 Hints\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"
        + OK
        + b"Content-Length: 2\r\n\r\nhi",
        "SPENT",
        body=b"hi",
    ),
    Scenario(
        "HEAD chunked",
        Kind.FRAMING,
        "the answer to HEAD ends with its head",
        "R2; RFC 9110 9.3.2",
        CHUNKED,
        method="HEAD",
        skips_body=True,
        length=0,
    ),
    Scenario(
        "HEAD with length",
        Kind.FRAMING,
        "as in the engine, there is an empty body to read",
        "RFC 9110 9.3.2",
        OK + b"Content-Length: 5\r\n\r\n",
        method="HEAD",
        length=0,
    ),
    Scenario(
        "HEAD without length",
        Kind.FRAMING,
        "no wait for the end of the connection",
        "RFC 9110 9.3.2",
        OK + b"X: y\r\n\r\n",
        method="HEAD",
        length=0,
    ),
    Scenario(
        "HEAD refused",
        Kind.FRAMING,
        "so with any status",
        "RFC 9110 9.3.2",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 50\r\n\r\n",
        code=404,
        method="HEAD",
        length=0,
    ),
    Scenario(
        "CONNECT accepted",
        Kind.FRAMING,
        "a tunnel begins behind the head",
        "RFC 9112 6.3",
        OK + b"\r\n",
        method="CONNECT",
        skips_body=True,
    ),
    Scenario(
        "CONNECT accepted, with framing",
        Kind.FRAMING,
        "framing in that answer must be ignored",
        "RFC 9110 9.3.6",
        CHUNKED + b"raw",
        method="CONNECT",
        skips_body=True,
    ),
    Scenario(
        "CONNECT answered 300",
        Kind.FRAMING,
        "only 2xx makes a tunnel",
        "RFC 9110 9.3.6",
        b"HTTP/1.1 300 Choose\r\nContent-Length: 2\r\n\r\nno",
        body=b"no",
        code=300,
        method="CONNECT",
    ),
    Scenario(
        "CONNECT refused",
        Kind.FRAMING,
        "an answer as any other",
        "RFC 9110 9.3.6",
        b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno",
        body=b"no",
        code=407,
        method="CONNECT",
    ),
]

_CLOSE: Final = [
    Scenario(
        "close",
        Kind.FRAMING,
        "no length: until the connection ends",
        "R4; RFC 9112 6.3",
        OK + b"Connection: close\r\n\r\nhello",
        "DISCONNECTED",
        b"hello",
        closes=True,
        length=-1,
    ),
    Scenario(
        "close, no header says so",
        Kind.FRAMING,
        "the same without Connection",
        "R4; RFC 9112 6.3",
        OK + b"\r\nhello",
        "DISCONNECTED",
        b"hello",
        closes=True,
        length=-1,
    ),
    Scenario(
        "close, though it says keep-alive",
        Kind.FRAMING,
        "a header can't give a body a length",
        "R4; RFC 9112 6.3",
        OK + b"Connection: keep-alive\r\n\r\nhello",
        "DISCONNECTED",
        b"hello",
        closes=True,
        length=-1,
    ),
    Scenario(
        "close, empty",
        Kind.FRAMING,
        "a body of no bytes",
        "R4; RFC 9112 6.3",
        OK + b"X: y\r\n\r\n",
        "DISCONNECTED",
        closes=True,
    ),
    Scenario(
        "close, later",
        Kind.FRAMING,
        "the end comes later than the last byte",
        "R5; RFC 9112 6.3",
        OK + b"Connection: close\r\n\r\nhello",
        "DISCONNECTED",
        b"hello",
        closes=True,
        pause=0.2,
    ),
    Scenario(
        "half-close",
        Kind.FRAMING,
        "the server's FIN ends the body, though it would go on reading",
        "R5; RFC 9112 9.6",
        OK + b"Connection: close\r\n\r\nhello",
        "DISCONNECTED",
        b"hello",
        closes=True,
        half=True,
    ),
    Scenario(
        "HTTP/1.0",
        Kind.FRAMING,
        "no length, no keep-alive",
        "R4; RFC 9112 9.3",
        b"HTTP/1.0 200 OK\r\n\r\nhello",
        "DISCONNECTED",
        b"hello",
        closes=True,
    ),
    Scenario(
        "HTTP/1.0 with length",
        Kind.CONNECTIONS,
        "the connection is not used again",
        "RFC 9112 9.3",
        b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
        "SPENT",
        b"hello",
    ),
    Scenario(
        "HTTP/1.0 keep-alive",
        Kind.CONNECTIONS,
        "unless it says so",
        "RFC 9112 C.2.2",
        b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 5\r\n\r\nhello",
        body=b"hello",
    ),
    Scenario(
        "Keep-Alive header alone",
        Kind.CONNECTIONS,
        "its parameters change nothing; 1.1 persists anyway",
        "RFC 9112 C.2.2",
        OK + b"Keep-Alive: timeout=5, max=100\r\nContent-Length: 2\r\n\r\nhi",
        body=b"hi",
    ),
    Scenario(
        "Connection: close",
        Kind.CONNECTIONS,
        "after this answer the connection is of no use",
        "R17; RFC 9112 9.6",
        OK + b"Connection:Close\r\nContent-Length: 2\r\n\r\nhi",
        "SPENT",
        b"hi",
    ),
    Scenario(
        "close in a list",
        Kind.CONNECTIONS,
        "Connection is a list of tokens in any case",
        "R17; RFC 9110 7.6.1",
        OK + b"Connection: x, close\r\nContent-Length: 0\r\n\r\n",
        "SPENT",
    ),
    Scenario(
        "close on a second line",
        Kind.CONNECTIONS,
        "and may come in several lines",
        "R17; RFC 9110 5.3",
        OK + b"Connection: keep-alive\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        "SPENT",
    ),
    Scenario(
        "no close in a longer word",
        Kind.CONNECTIONS,
        "closed is another token",
        "RFC 9110 7.6.1",
        OK + b"Connection: closed\r\nContent-Length: 0\r\n\r\n",
    ),
    Scenario(
        "204 and close",
        Kind.CONNECTIONS,
        "close counts without a body too",
        "R17; RFC 9112 9.6",
        b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n",
        "SPENT",
        code=204,
        skips_body=True,
    ),
    Scenario(
        "identity",
        Kind.FRAMING,
        "no coding and no length: until the end",
        "RFC 9112 6.3",
        OK + b"Transfer-Encoding: identity\r\n\r\nhello",
        "DISCONNECTED",
        b"hello",
        closes=True,
    ),
]

_GZIPPED: Final = bytes.fromhex("1f8b0800000000000203cb48cdc9c9070086a6103605000000")  # hello
_DEFLATED: Final = bytes.fromhex("789ccb48cdc9c90700062c0215")
_GZIPPED_CHUNKS: Final = bytes.fromhex(  # hello as one chunk, then the last one
    "1f8b080000000000020333e5e5ca48cdc9c9e7e532e0e5e2e502006d3e27190f000000"
)

_CHUNKED: Final = [
    Scenario(
        "chunked",
        Kind.CHUNKED,
        "a chunk and the last one",
        "R6; RFC 9112 7.1",
        CHUNKED + b"5\r\nhello\r\n0\r\n\r\n",
        body=b"hello",
        length=-1,
    ),
    Scenario(
        "bare LF after a chunk size",
        Kind.CHUNKED,
        "taken, as curl does; it may smuggle, so the connection is not used again",
        "RFC 9112 7.1",
        CHUNKED + b"2\nhi\n1;a\r\n!\r\n0\n\n",
        "SPENT",
        body=b"hi!",
    ),
    Scenario(
        "odd trailers",
        Kind.CHUNKED,
        "as odd header lines",
        "RFC 9112 7.1.2",
        CHUNKED + b"2\r\nhi\r\n0\r\nBad Name: x\r\nX: a\x01b\r\n\r\n",
        "SPENT",
        body=b"hi",
        trailers=("Bad Name: x", "X: a\x01b"),
    ),
    Scenario("chunked, empty", Kind.CHUNKED, "the last chunk alone", "RFC 9112 7.1", CHUNKED + b"0\r\n\r\n"),
    Scenario(
        "Chunked",
        Kind.FRAMING,
        "codings are compared in any case",
        "R6; RFC 9112 7",
        OK + b"Transfer-Encoding: Chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        body=b"hi",
    ),
    Scenario(
        "TE list",
        Kind.FRAMING,
        "empty elements of a list are ignored",
        "R6; RFC 9110 5.6.1",
        OK + b"Transfer-Encoding: identity, , CHUNKED\t\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        body=b"hi",
    ),
    Scenario(
        "TE gzip, chunked",
        Kind.CODINGS,
        "a transfer coding is undone by who receives it, as curl does; nobody asked for one",
        "R6; RFC 9112 7.2",
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n19\r\n" + _GZIPPED + b"\r\n0\r\n\r\n",
        body=b"hello",
        length=-1,
    ),
    Scenario(
        "TE gzip in members",
        Kind.CODINGS,
        "one after the other, as they came",
        "RFC 1952 2.2",
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n32\r\n" + _GZIPPED * 2 + b"\r\n0\r\n\r\n",
        body=b"hellohello",
    ),
    Scenario(
        "TE gzip with bytes behind",
        Kind.CODINGS,
        "ignored: all of the body has come",
        "RFC 9112 7.2",
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n1b\r\n" + _GZIPPED + b"\r\n\r\n0\r\n\r\n",
        body=b"hello",
    ),
    Scenario(
        "TE lines",
        Kind.FRAMING,
        "the list in two lines",
        "R6; RFC 9110 5.3",
        OK
        + b"Transfer-Encoding: x-gzip\r\nTransfer-Encoding: chunked\r\n\r\n19\r\n"
        + _GZIPPED
        + b"\r\n0\r\n\r\n",
        body=b"hello",
    ),
    Scenario(
        "TE deflate until the end",
        Kind.CODINGS,
        "without chunked the end of the connection ends it",
        "RFC 9112 6.3",
        OK + b"Transfer-Encoding: deflate\r\n\r\n" + _DEFLATED,
        "DISCONNECTED",
        b"hello",
        closes=True,
    ),
    Scenario(
        "TE chunked, gzip",
        Kind.CODINGS,
        "chunked is not the last coding: the end of the connection ends the body, and both are undone",
        "RFC 9112 6.3",
        OK + b"Transfer-Encoding: chunked, gzip\r\n\r\n" + _GZIPPED_CHUNKS,
        "DISCONNECTED",
        b"hello",
        closes=True,
        length=-1,
    ),
    Scenario(
        "TE chunked, identity",
        Kind.FRAMING,
        "the same with a coding that changes nothing",
        "RFC 9112 6.3",
        OK + b"Transfer-Encoding: chunked, identity\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "DISCONNECTED",
        b"hello",
        closes=True,
        length=-1,
    ),
    Scenario(
        "chunked in HTTP/1.0",
        Kind.FRAMING,
        "decoded, but such a connection is not trusted again",
        "RFC 9112 6.1",
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"2\r\nhi\r\n0\r\n\r\n",
        "SPENT",
        b"hi",
    ),
    Scenario(
        "extensions",
        Kind.CHUNKED,
        "unknown extensions must be ignored",
        "R7; RFC 9112 7.1.1",
        CHUNKED + b'2;a=b\r\nhi\r\n1;c;d="e; f"\r\n!\r\n0;x\r\n\r\n',
        body=b"hi!",
    ),
    Scenario(
        "blanks in extensions",
        Kind.CHUNKED,
        "the grammar allows blanks around ; and =",
        "R7; RFC 9112 7.1.1",
        CHUNKED + b'2 ; a = b\t; "c"\r\nhi\r\n1\r\n!\r\n0 ;  x\r\n\r\n',
        body=b"hi!",
    ),
    Scenario(
        "empty extension",
        Kind.CHUNKED,
        "curl ignores all behind the size",
        "R7",
        CHUNKED + b"2;\r\nhi\r\n0;;\r\n\r\n",
        body=b"hi",
    ),
    Scenario(
        "blanks after sizes",
        Kind.CHUNKED,
        "some servers pad the size",
        "R7",
        CHUNKED + b"2  \r\nhi\r\n0 \r\n\r\n",
        body=b"hi",
    ),
    Scenario(
        "sizes in any case",
        Kind.CHUNKED,
        "leading zeros, capital and small digits",
        "RFC 9112 7.1",
        CHUNKED + b"000a\r\n0123456789\r\nA\r\n0123456789\r\n00\r\n\r\n",
        body=b"0123456789" * 2,
    ),
    Scenario(
        "size of many zeros",
        Kind.CHUNKED,
        "the grammar sets no limit to digits",
        "RFC 9112 7.1",
        CHUNKED + b"0" * 40 + b"2\r\nhi\r\n" + b"0" * 40 + b"\r\n\r\n",
        body=b"hi",
    ),
    Scenario(
        "trailers",
        Kind.CHUNKED,
        "read, kept apart from the headers",
        "RFC 9112 7.1.2",
        CHUNKED + b"2\r\nhi\r\n0\r\nX-Sum: 1\r\nY:2 \r\n\r\n",
        body=b"hi",
        headers=["Transfer-Encoding: chunked"],
        trailers=("X-Sum: 1", "Y: 2"),
    ),
    Scenario(
        "framing in trailers",
        Kind.CHUNKED,
        "a field that frames means nothing in a trailer section",
        "RFC 9110 6.5.1",
        CHUNKED + b"2\r\nhi\r\n0\r\nContent-Length: 5\r\nTransfer-Encoding: x\r\nConnection: close\r\n\r\n",
        body=b"hi",
        trailers=("Content-Length: 5", "Transfer-Encoding: x", "Connection: close"),
    ),
    Scenario(
        "folded trailer",
        Kind.CHUNKED,
        "unfolded as headers are",
        "RFC 9112 5.2",
        CHUNKED + b"0\r\nX: a\r\n b\r\n\r\n",
        trailers=("X: a b",),
    ),
    Scenario(
        "trailers with bare LF",
        Kind.CHUNKED,
        "lines of fields may end in LF",
        "RFC 9112 2.2",
        CHUNKED + b"2\r\nhi\r\n0\r\nX: a\nY: b\n\n",
        body=b"hi",
        trailers=("X: a", "Y: b"),
    ),
    Scenario(
        "many chunks",
        Kind.CHUNKED,
        "they are gathered",
        "R8; RFC 9112 7.1",
        CHUNKED + b"1\r\nx\r\n" * 300 + b"0\r\n\r\n",
        body=b"x" * 300,
    ),
    Scenario(
        "body that looks like chunks",
        Kind.CHUNKED,
        "a chunk's bytes are counted, not looked at",
        "RFC 9112 7.1",
        CHUNKED + b"d\r\n\r\n0\r\n\r\n5\r\na\r\n\r\n0\r\n\r\n",
        body=b"\r\n0\r\n\r\n5\r\na\r\n",
    ),
]

_SURPLUS: Final = [
    Scenario(
        "byte after a length",
        Kind.CONNECTIONS,
        "not body, and not the begin of the next answer",
        "R14; RFC 9112 6.3",
        OK + b"Content-Length: 2\r\n\r\nhi!",
        "SPENT",
        b"hi",
        surplus=3,
    ),
    Scenario(
        "response after chunks",
        Kind.CONNECTIONS,
        "an answer that no request asked for",
        "R14; RFC 9112 9.2",
        CHUNKED + b"2\r\nhi\r\n0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad",
        "SPENT",
        b"hi",
        surplus=41,
    ),
    Scenario(
        "bytes after chunks",
        Kind.CONNECTIONS,
        "not body",
        "R14; RFC 9112 9.2",
        CHUNKED + b"2\r\nhi\r\n0\r\n\r\nJUNK",
        "SPENT",
        b"hi",
        surplus=4,
    ),
    Scenario(
        "bytes after 204",
        Kind.CONNECTIONS,
        "not body",
        "R14; RFC 9112 6.3",
        b"HTTP/1.1 204 No Content\r\n\r\nJUNK",
        "SPENT",
        code=204,
        surplus=4,
        skips_body=True,
    ),
    Scenario(
        "body after the answer to HEAD",
        Kind.CONNECTIONS,
        "what the server must not have sent is not the next answer",
        "R14; RFC 9110 9.3.2",
        OK + b"Content-Length: 5\r\n\r\nhello",
        "SPENT",
        method="HEAD",
        surplus=5,
    ),
]

_BAD_START: Final = [
    _bad(
        "SSH banner",
        Kind.HEADS,
        "no HTTP at all",
        "R3; RFC 9112 4",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        "begins with b'S",
    ),
    _bad(
        "HTTP/0.9",
        Kind.HEADS,
        "a body without a head",
        "RFC 9112 2.3",
        b"<html>hello</html>",
        "not an HTTP/1.x response",
    ),
    _bad(
        "HTTP/2",
        Kind.HEADS,
        "another version",
        "RFC 9112 2.3",
        b"HTTP/2 200\r\n\r\n",
        "not an HTTP/1.x response",
    ),
    _bad(
        "RTSP",
        Kind.HEADS,
        "another protocol",
        "RFC 9112 2.3",
        b"RTSP/1.0 200 OK\r\n\r\n",
        "not an HTTP/1.x response",
    ),
    _bad(
        "http/1.1",
        Kind.HEADS,
        "the name is case-sensitive",
        "RFC 9112 2.3",
        b"http/1.1 200 OK\r\n\r\n",
        "not an HTTP/1.x",
    ),
    _bad(
        "HTTP/1.2",
        Kind.HEADS,
        "might be processed as 1.1; there is none, and curl refuses it",
        "RFC 9110 2.5",
        b"HTTP/1.2 200 OK\r\n\r\n",
        "Invalid HTTP version",
        our_choice=True,
    ),
    _bad(
        "HTTP/1.10",
        Kind.HEADS,
        "a version is a digit, a dot and a digit",
        "RFC 9112 2.3",
        b"HTTP/1.10 200 OK\r\n\r\n",
        "malformed response, line 1",
    ),
    _bad(
        "empty line first",
        Kind.HEADS,
        "servers may skip one before a request; no client does before an answer",
        "RFC 9112 2.2",
        b"\r\nHTTP/1.1 200 OK\r\n\r\n",
        "not an HTTP/1.x response",
    ),
    _bad(
        "status of two digits",
        Kind.HEADS,
        "it has three",
        "R3; RFC 9112 4",
        b"HTTP/1.1 20 OK\r\n\r\n",
        "line 1 (b'HTTP/1.1 20 OK'): Invalid status code",
    ),
    _bad(
        "status of four digits",
        Kind.HEADS,
        "it has three",
        "R3; RFC 9112 4",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        "Invalid response status",
    ),
    _bad(
        "negative status",
        Kind.HEADS,
        "digits only",
        "RFC 9112 4",
        b"HTTP/1.1 -20 OK\r\n\r\n",
        "Invalid status code",
    ),
    _bad(
        "NUL in the reason phrase",
        Kind.HEADS,
        "curl refuses it too",
        "RFC 9112 4",
        b"HTTP/1.1 200 O\0K\r\nContent-Length: 0\r\n\r\n",
        "line 1 (b'HTTP/1.1 200 O\\x00K'): a NUL",
    ),
    _bad(
        "no status",
        Kind.HEADS,
        "it is not optional",
        "R3; RFC 9112 4",
        b"HTTP/1.1 OK\r\n\r\n",
        "Invalid status code",
    ),
    _bad(
        "status 099",
        Kind.HEADS,
        "codes begin at 100",
        "RFC 9110 15",
        b"HTTP/1.1 099 OK\r\n\r\n",
        "code 099 is below 100",
    ),
    _bad(
        "status 000",
        Kind.HEADS,
        "codes begin at 100",
        "RFC 9110 15",
        b"HTTP/1.1 000 OK\r\n\r\n",
        "000 is below 100",
    ),
    _bad(
        "two blanks",
        Kind.HEADS,
        "may be taken or refused; refused, as curl does",
        "RFC 9112 4",
        b"HTTP/1.1  200 OK\r\n\r\n",
        "Invalid status code",
        our_choice=True,
    ),
    _bad(
        "101 without Upgrade",
        Kind.INTERIM,
        "a server must say to what it switches",
        "RFC 9110 15.2.2",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "it has no Upgrade header",
    ),
    _bad("nothing", Kind.CUT, "closed unasked", "RFC 9112 8", b"", "before it answered", closes=True),
    _bad(
        "interim and nothing",
        Kind.INTERIM,
        "an interim response is no answer",
        "RFC 9110 15.2",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        "closed the connection before it answered",
        closes=True,
    ),
    _bad(
        "cut in the head",
        Kind.CUT,
        "a head that does not end is no answer",
        "R11; RFC 9112 8",
        OK + b"Content-",
        "in the middle of the header block",
        closes=True,
    ),
]

_BAD_LENGTH: Final = [
    _bad(
        "length -5",
        Kind.FRAMING,
        "digits only",
        "R9; RFC 9110 8.6",
        OK + b"Content-Length: -5\r\n\r\n",
        "line 2 (b'Content-Length: -5')",
    ),
    _bad(
        "length +5",
        Kind.FRAMING,
        "digits only (curl takes it)",
        "R9; RFC 9110 8.6",
        OK + b"Content-Length: +5\r\n\r\nhello",
        "Content-Length",
    ),
    _bad(
        "length abc",
        Kind.FRAMING,
        "digits only",
        "R9; RFC 9110 8.6",
        OK + b"X: y\r\nContent-Length: abc\r\n\r\n",
        "line 3 (b'Content-Length: abc')",
    ),
    _bad(
        "length 5x",
        Kind.FRAMING,
        "digits only (curl takes it)",
        "R9; RFC 9110 8.6",
        OK + b"Content-Length: 5x\r\n\r\nhello",
        "Content-Length",
    ),
    _bad(
        "length 5 6",
        Kind.FRAMING,
        "one number (curl takes the first)",
        "R9; RFC 9110 8.6",
        OK + b"Content-Length: 5 6\r\n\r\nhello!",
        "Content-Length",
    ),
    _bad(
        "length empty",
        Kind.FRAMING,
        "a digit at least",
        "R9; RFC 9110 8.6",
        OK + b"Content-Length:\r\n\r\n",
        "Content-Length",
    ),
    _bad(
        "length hexadecimal",
        Kind.FRAMING,
        "decimal digits",
        "R9; RFC 9110 8.6",
        OK + b"Content-Length: 0x5\r\n\r\nhello",
        "Content-Length",
    ),
    _bad(
        "two lengths",
        Kind.FRAMING,
        "which one holds is anybody's guess, and an attacker's chance (curl takes the last)",
        "R9; RFC 9112 6.3",
        OK + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "Duplicate Content-Length",
    ),
    _bad(
        "length list",
        Kind.FRAMING,
        "the same in one line",
        "R9; RFC 9112 6.3",
        OK + b"Content-Length: 5, 6\r\n\r\nhello",
        "Content-Length",
    ),
    _bad(
        "length with a comma",
        Kind.FRAMING,
        "an empty element is no number",
        "R9; RFC 9110 8.6",
        OK + b"Content-Length: 5,\r\n\r\nhello",
        "Content-Length",
    ),
    _bad(
        "length 2^63",
        Kind.FRAMING,
        "more than a script's integer holds",
        "R31; RFC 9110 8.6",
        OK + b"Content-Length: 9223372036854775808\r\n\r\n",
        "over 2^63 - 1",
    ),
    _bad(
        "length 2^64",
        Kind.FRAMING,
        "must not overflow",
        "RFC 9110 8.6",
        OK + b"Content-Length: 18446744073709551616\r\n\r\n",
        "overflow",
    ),
    _bad(
        "folded length",
        Kind.FRAMING,
        "unfolded it is two numbers",
        "R12; RFC 9112 5.2",
        OK + b"Content-Length: 1\r\n 0\r\n\r\n0123456789",
        "(b'Content-Length: 1 0')",
    ),
    _bad(
        "cut in the body",
        Kind.CUT,
        "what came is read, and then it fails",
        "R11; RFC 9112 8",
        OK + b"Content-Length: 5\r\n\r\nhel",
        "2 of 5 bytes are missing",
        code=200,
        body=b"hel",
        closes=True,
    ),
    _bad(
        "cut before the body",
        Kind.CUT,
        "not a byte of it came",
        "R11; RFC 9112 8",
        OK + b"Content-Length: 5\r\n\r\n",
        "5 of 5 bytes are missing",
        code=200,
        closes=True,
    ),
]

_BAD_FIELDS: Final = [
    _bad(
        "unknown coding",
        Kind.FRAMING,
        "the close would end it, but nobody can undo it",
        "RFC 9112 6.3",
        OK + b"Transfer-Encoding: xchunked\r\n\r\n",
        "unknown transfer coding 'xchunked'",
    ),
    _bad(
        "quoted coding",
        Kind.FRAMING,
        "a coding is a token",
        "RFC 9112 6.1",
        OK + b'Transfer-Encoding: "chunked"\r\n\r\n',
        "unknown transfer coding",
    ),
    _bad(
        "chunked twice",
        Kind.FRAMING,
        "must not be applied twice (curl takes it)",
        "RFC 9112 6.1",
        OK + b"Transfer-Encoding: chunked, chunked\r\n\r\n",
        "only once",
    ),
    _bad(
        "endless headers",
        Kind.HEADS,
        "refused at the limit",
        "R10; RFC 9110 17.5",
        OK + b"X: y\r\n" * (LIMIT // 6 + 1),
        f"over the limit of {LIMIT} bytes",
        our_choice=True,
    ),
    _bad(
        "endless interim",
        Kind.INTERIM,
        "the limit is for all heads before the answer",
        "R10; RFC 9110 17.5",
        b"HTTP/1.1 103 X\r\nX: " + b"y" * 30000 + b"\r\n\r\n" + b"HTTP/1.1 103 X\r\nX: " + b"y" * 40000,
        "over the limit",
        our_choice=True,
    ),
    _bad(
        "blank line start after the status line",
        Kind.HEADS,
        "must be refused, or the line dropped",
        "RFC 9112 2.2",
        OK + b" X: a\r\nContent-Length: 5\r\n\r\nhello",
        "line 2 (b' X: a')",
    ),
    _bad(
        "blank before colon",
        Kind.HEADS,
        "proxies must remove it, so a value may be seen or not (curl takes it)",
        "RFC 9112 5.1",
        OK + b"Content-Length : 5\r\n\r\nhello",
        "(b'Content-Length : 5')",
    ),
    _bad("no colon", Kind.HEADS, "no field", "RFC 9112 5", OK + b"Content-Length\r\nX: y\r\n\r\n", "line 2"),
    _bad("no name", Kind.HEADS, "no field (curl takes it)", "RFC 9110 5.1", OK + b": 5\r\n\r\n", "line 2"),
    _bad(
        "CR in a value",
        Kind.HEADS,
        "must be refused or replaced",
        "RFC 9110 5.5",
        OK + b"X: a\rContent-Length: 0\r\n\r\n",
        "line 2",
    ),
    _bad(
        "NUL in a value",
        Kind.HEADS,
        "must be refused or replaced",
        "RFC 9110 5.5",
        OK + b"X: a\0b\r\n\r\n",
        "line 2",
    ),
    _bad(
        "control character in a framing field",
        Kind.HEADS,
        "others may read it differently",
        "RFC 9110 5.5",
        OK + b"Content-Length: \x0b5\r\n\r\nhello",
        "line 2",
    ),
    _bad(
        "a framing field in disguise",
        Kind.HEADS,
        "others may read it",
        "RFC 9112 5.1",
        OK + b"[Content-Length: 2\r\nContent-Length: 5\r\n\r\nhello",
        "line 2",
    ),
    _bad(
        "a line without a colon", Kind.HEADS, "it is no field", "RFC 9112 5", OK + b"oops\r\n\r\n", "line 2"
    ),
    _bad(
        "over a thousand lines",
        Kind.HEADS,
        "a limit of ours",
        "RFC 9110 5.4",
        OK + b"X:y\r\n" * 1001 + b"\r\n",
        "over 1000",
        our_choice=True,
    ),
    _bad(
        "CR in the reason phrase",
        Kind.HEADS,
        "invalid (curl takes it)",
        "RFC 9112 4",
        b"HTTP/1.1 200 O\rK\r\nContent-Length: 0\r\n\r\n",
        "line 1",
    ),
]

_BAD_CHUNKS: Final = [
    _bad(
        "chunk size empty",
        Kind.CHUNKED,
        "a digit at least",
        "RFC 9112 7.1",
        CHUNKED + b"\r\nhi\r\n0\r\n\r\n",
        "b'\\r' is not a chunk size",
        code=200,
    ),
    _bad(
        "chunk size 0x2",
        Kind.CHUNKED,
        "digits only",
        "RFC 9112 7.1",
        CHUNKED + b"0x2\r\nhi\r\n0\r\n\r\n",
        "malformed chunked coding: b'0x",
        code=200,
    ),
    _bad(
        "chunk size -2",
        Kind.CHUNKED,
        "digits only",
        "RFC 9112 7.1",
        CHUNKED + b"-2\r\nhi\r\n0\r\n\r\n",
        "is not a chunk size",
        code=200,
    ),
    _bad(
        "blank before a chunk size",
        Kind.CHUNKED,
        "digits first",
        "RFC 9112 7.1",
        CHUNKED + b" 2\r\nhi\r\n0\r\n\r\n",
        "is not a chunk size",
        code=200,
    ),
    _bad(
        "junk after a chunk size",
        Kind.CHUNKED,
        "no extension without ; (curl ignores it)",
        "RFC 9112 7.1.1",
        CHUNKED + b"2 junk\r\nhi\r\n0\r\n\r\n",
        "is not a chunk size",
        code=200,
    ),
    _bad(
        "bare LF after a chunk",
        Kind.CHUNKED,
        "its size line ended in CRLF, so the chunk is one byte longer than its size",
        "RFC 9112 7.1",
        CHUNKED + b"2\r\nhi\n0\n\n",
        "longer than its size",
        code=200,
        body=b"hi",
    ),
    _bad(
        "CR in a chunk extension",
        Kind.CHUNKED,
        "the same trick",
        "RFC 9112 7.1.1",
        CHUNKED + b"2;a\rb\r\nhi\r\n0\r\n\r\n",
        "is not a chunk size",
        code=200,
    ),
    _bad(
        "chunk size of 68 bits",
        Kind.CHUNKED,
        "must not overflow",
        "RFC 9112 7.1",
        CHUNKED + b"f" * 17 + b"\r\nhi",
        "is not a chunk size",
        code=200,
    ),
    _bad(
        "chunk longer than its size",
        Kind.CHUNKED,
        "a chunk ends in CRLF",
        "RFC 9112 7.1",
        CHUNKED + b"2\r\nhi!\r\n0\r\n\r\n",
        "longer than its size (b'!",
        code=200,
        body=b"hi",
    ),
    _bad(
        "chunk without an end",
        Kind.CHUNKED,
        "a chunk ends in CRLF",
        "RFC 9112 7.1",
        CHUNKED + b"2\r\nhi0\r\n\r\n",
        "longer than its size",
        code=200,
        body=b"hi",
    ),
    _bad(
        "endless extension",
        Kind.CHUNKED,
        "refused at the limit",
        "RFC 9110 17.5",
        CHUNKED + b"2;" + b"x" * 70000,
        "over 16384 bytes of chunk extensions",
        code=200,
        our_choice=True,
    ),
    _bad(
        "endless trailers",
        Kind.CHUNKED,
        "the limit of headers holds for them",
        "R10; RFC 9110 17.5",
        CHUNKED + b"0\r\n" + b"X: y\r\n" * (LIMIT // 6 + 1),
        f"the trailers are over the limit of {LIMIT} bytes",
        code=200,
        our_choice=True,
    ),
    _bad(
        "malformed trailer",
        Kind.CHUNKED,
        "no field",
        "RFC 9112 7.1.2",
        CHUNKED + b"2\r\nhi\r\n0\r\nno trailer\r\n\r\n",
        "malformed trailer b'no trailer'",
        code=200,
        body=b"hi",
    ),
    _bad(
        "cut in a chunk",
        Kind.CUT,
        "what came is read, and then it fails",
        "R11; RFC 9112 8",
        CHUNKED + b"5\r\nhel",
        "before its last chunk",
        code=200,
        body=b"hel",
        closes=True,
    ),
    _bad(
        "cut between chunks",
        Kind.CUT,
        "only the last chunk ends a body",
        "R11; RFC 9112 8",
        CHUNKED + b"2\r\nhi\r\n",
        "last chunk",
        code=200,
        body=b"hi",
        closes=True,
    ),
    _bad(
        "cut in the trailers",
        Kind.CUT,
        "only the empty line ends it",
        "R11; RFC 9112 8",
        CHUNKED + b"0\r\nX: y\r\n",
        "last chunk",
        code=200,
        closes=True,
    ),
    _bad(
        "TE gzip cut short",
        Kind.CUT,
        "a coding has an end of its own",
        "R11; RFC 9112 8",
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n11\r\n" + _GZIPPED[:17] + b"\r\n0\r\n\r\n",
        "the body's gzip coding is cut short",
        code=200,
        body=b"hello",
    ),
    _bad(
        "TE gzip with a second member cut short",
        Kind.CUT,
        "what begins as a member must be one",
        "RFC 9112 8",
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n20\r\n" + (_GZIPPED * 2)[:32] + b"\r\n0\r\n\r\n",
        "the body's gzip coding is cut short",
        code=200,
        body=b"hello",
    ),
    _bad(
        "TE gzip that is none",
        Kind.CODINGS,
        "refused, as curl does",
        "RFC 9112 7.2",
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        "malformed gzip coding",
        code=200,
    ),
]

ALL: Final = [
    *_LENGTH,
    *_HEADS,
    *_INTERIM,
    *_BODILESS,
    *_CLOSE,
    *_CHUNKED,
    *_SURPLUS,
    *_BAD_START,
    *_BAD_LENGTH,
    *_BAD_FIELDS,
    *_BAD_CHUNKS,
]
"""Every row, by concern."""

GOOD: Final = [scenario for scenario in ALL if scenario.good]
"""Responses that a client takes."""
