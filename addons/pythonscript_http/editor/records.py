"""What is known of a request: a record.

A record begins with the connection that is made for a request, if one is, so that a failed connection has a
record too. Times are those at which the game's calls noticed things, so waiting includes the game's frames.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from pythonscript_http.trace import Moment, Outcome

from .request import Headers

_HEADS: Final = 512
"""Heads whose headers are known: a list asks for a few of each, again and again."""
PHASES: Final = ("dns", "connect", "proxy", "tls", "blocked", "send", "wait", "receive")
"""In their order. `blocked`: the connection stands, and the game has not sent its request yet."""


class Phase(NamedTuple):
    """A part of the time that a record took."""

    name: str
    begin: float
    """Seconds since the record's begin."""
    seconds: float


@dataclass
class Line:
    """A connection of a game."""

    target: str
    proxy: str = ""
    address: str = ""
    tls_version: str = ""
    cipher: str = ""
    alpn: str = ""
    certificate: str = ""
    """The peer's, in PEM."""
    started: float = 0.0
    marks: dict[str, float] = field(default_factory=dict)
    """When the phases `dns` to `tls` ended, by the game's clock."""
    attempts: list[tuple[str, str]] = field(default_factory=list)
    """Addresses that were tried, each with why it did not work, or nothing."""


@dataclass
class Call:
    """A session's call: the records of its requests have it in common."""

    number: int
    method: str
    url: str
    """What was asked for first."""
    source: str
    """Who asked; empty: not known."""
    place: str
    """What is asked for now: behind redirects that is another URL."""
    reason: str = ""
    """Why it failed as a whole; empty: it did not, or is under way."""


@dataclass
class Record:
    """A request and its response, a connection for which no request came, or a call for which none was sent.

    Attributes:
        id: unlike any other's of this log.
        run: which run of the game, from 1 on.
        begun: when its connection began to be made, or it did.
        line: its connection, if that was observed.
        connects: the connection was made for it.
        call: the session's call that it is a part of, if it is of one.
        asked: the URL of a call for which no request was sent; else empty.
    """

    id: int
    run: int
    begun: Moment
    line: Line | None = None
    connects: bool = False
    connection: int = 0
    method: str = ""
    request_head: bytes = b""
    request_body: bytearray = field(default_factory=bytearray)
    request_length: int = 0
    code: int = 0
    response_head: bytes = b""
    response_body: bytearray = field(default_factory=bytearray)
    interim: list[bytes] = field(default_factory=list)
    requested: float | None = None
    sent_at: float | None = None
    head_at: float | None = None
    ended: float | None = None
    sent: int = 0
    received: int = 0
    decoded: int = 0
    outcome: Outcome | None = None
    """None: it is under way."""
    reason: str = ""
    trailers: Headers = ()
    forgotten: bool = False
    """Its bodies had to make room."""
    call: Call | None = None
    asked: str = ""
    mark: str = ""
    """What came of it in its call: `redirect` or `retry`, where another request followed; `hit`, `validated`
    or `stale`, where the response was the cache's; empty: it is the call's end, or of none."""
    note: str = ""
    """The same in words."""

    # ---- what it says

    @property
    def failed(self) -> bool:
        """It failed, or the server said so."""
        return self.outcome is Outcome.FAILED or self.code >= 400

    @property
    def request_headers(self) -> Headers:
        return headers_of(self.request_head)

    @property
    def response_headers(self) -> Headers:
        return headers_of(self.response_head)

    @property
    def scheme(self) -> str:
        secure = self.line is not None and (self.line.tls_version or "tls" in self.line.marks)
        return "https" if secure else "http"

    @property
    def host(self) -> str:
        """The host that the request names, or else the one that is connected to, with its port."""
        if self.asked:
            return re.split("[/?#]", self.asked.partition("://")[2], maxsplit=1)[0]
        named = value_of(self.request_headers, "Host")
        if named:
            return named
        return self.line.target if self.line is not None else ""

    @property
    def target(self) -> str:
        """What the request line names."""
        return self.request_head.partition(b"\r\n")[0].decode("latin-1").partition(" ")[2].rpartition(" ")[0]

    @property
    def path(self) -> str:
        """The target without scheme and host, which it has where a proxy passes it on."""
        target = self.asked or self.target
        return "/" + target.partition("://")[2].partition("/")[2] if "://" in target else target

    @property
    def url(self) -> str:
        if self.asked:
            return self.asked
        return self.target if "://" in self.target else f"{self.scheme}://{self.host}{self.target}"

    @property
    def media(self) -> str:
        """The response's media type, in small letters, without parameters."""
        return value_of(self.response_headers, "Content-Type").partition(";")[0].strip().lower()

    @property
    def status(self) -> str:
        """Its status code, or a word: pending, failed, closed, connected."""
        if self.code:
            return str(self.code)
        if self.outcome is None:
            return "pending"
        return {Outcome.FAILED: "failed", Outcome.CLOSED: "closed", Outcome.COMPLETE: "connected"}[
            self.outcome
        ]

    # ---- times

    def phases(self, now: float) -> list[Phase]:
        """What it spent its time with; the last phase of one that is under way goes on.

        Args:
            now: the game's clock.
        """
        marks: list[tuple[str, float | None]] = []
        if self.connects and self.line is not None:
            own = self.line.marks
            needed = ["connect", *(["proxy"] if self.line.proxy else [])]
            marks = [(name, own.get(name)) for name in PHASES[:4] if name in own or name in needed]
            if self.requested is not None and self.requested > self.line.started:
                marks.append(("blocked", self.requested))
        if self.requested is not None:
            marks += [("send", self.sent_at), ("wait", self.head_at), ("receive", self.ended)]
        phases: list[Phase] = []
        last = begin = self.begun.monotonic
        for name, mark in marks:
            if mark is not None and mark > last:
                phases.append(Phase(name, last - begin, mark - last))
                last = mark
        end = now if self.ended is None else self.ended
        if end > last:
            under_way = next((name for name, mark in marks if mark is None), "receive")
            phases.append(Phase(under_way, last - begin, end - last))
        return phases

    def seconds(self, now: float) -> float:
        """How long it took, or takes until `now`."""
        return max(0.0, (now if self.ended is None else self.ended) - self.begun.monotonic)


@lru_cache(_HEADS)
def headers_of(head: bytes) -> Headers:
    """The headers of a raw head, in order; lines that go on are joined."""
    lines: list[str] = []
    for line in head.decode("latin-1").replace("\r\n", "\n").split("\n")[1:]:
        if line[:1] in (" ", "\t") and lines:
            lines[-1] += " " + line.strip()
        elif line:
            lines.append(line)
    return tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))


def value_of(headers: Headers, name: str) -> str:
    """The first value of a header, in any case of letters; empty: there is none."""
    return next((value for known, value in headers if known.lower() == name.lower()), "")
