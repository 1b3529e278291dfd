"""What a scenario is: a server's script, a client's acts, and beside each act what is right.

All of it is data. The steps are those of `tests/loopback/scripted.py`, played by `server.py`; the acts are
played by `player.gd`; `words.py` compares and tells.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.loopback.certificates import Identity
from tests.loopback.kinds import Kind
from tests.loopback.nginx import Site
from tests.loopback.scripted import Drip, ReadRequest, Step

from pythonscript_http.enums import Error


def constant(script: str, name: str) -> float:
    """The value of a constant in one of the scripts here."""
    text = Path(__file__).with_name(script).read_text(encoding="utf-8")
    found = re.search(rf"^const {name} := ([\d.]+)", text, re.MULTILINE)
    assert found, f"{script} has no {name}"
    return float(found[1])


# ---- the server's side


def piecemeal(data: bytes) -> Drip:
    """Sends a byte a packet, slowly enough for each to be read by itself."""
    return Drip(data, pause=0.002)


@dataclass(frozen=True)
class OpenSsl:
    """`openssl s_server`, with options."""

    identity: Identity
    options: Sequence[str] = ()


Server = Sequence[Sequence[Step]] | Site | OpenSsl
"""Scripts for the first connection, the second, and so on (the last one for all that follow), each with
`ReadOn` behind it; or a real server, which does not tell what it saw."""


# ---- what is right


@dataclass(frozen=True)
class Answer:
    """What a request comes to. What is None is not looked at."""

    code: int = 200
    """0: the script gets no answer."""
    body: bytes | None = b""
    after: str = "CONNECTED"
    """The status at the end."""
    headers: Sequence[str] | None = None
    fields: Mapping[str, str] | None = None
    length: int | None = None
    chunked: bool | None = None
    reads: int | None = None
    """Most calls of `read_response_body_chunk` that gave bytes."""
    largest: int | None = None
    """Most bytes that one call gave."""
    cpu: float | None = None
    """Most seconds of processor time that it took."""
    memory: int | None = None
    """Most bytes of memory that the process grew by."""


LOST: Final = Answer(0, after="CONNECTION_ERROR")
"""No answer, and an error that the script sees."""


def broken(body: bytes | None = b"", code: int = 200) -> Answer:
    """The answer begins well and fails; what came of the body is there."""
    return Answer(code, body, "CONNECTION_ERROR")


@dataclass(frozen=True)
class Refused:
    """The request is an error at once, and nothing of it reaches the wire."""

    leak: bytes = b""
    """What must not reach the wire, to be shown if it does."""
    error: Error = Error.ERR_INVALID_PARAMETER
    """What the call gives."""


@dataclass(frozen=True)
class Wire:
    """What the server sees of one request. What is None is not looked at."""

    line: str | None = None
    headers: Mapping[str, str | Sequence[str] | None] = field(default_factory=dict)
    """Values by name, all of them in their order; None: no such line. The server's port is `PORT`."""
    first: str | None = None
    """The name of the first header."""
    body: bytes | None = None


# ---- the client's side


@dataclass(frozen=True)
class TlsSettings:
    """How to speak TLS: TLSOptions, and more where the client has `tls_policy`. Texts are PEM."""

    options: str = "client"
    """`client`, `client_unsafe`, `server`, or empty: none."""
    roots: str = ""
    """Empty: none of one's own."""
    name: str = ""
    policy: Mapping[str, Any] = field(default_factory=dict)
    """Properties of a PyTLSPolicy."""
    can: str = ""
    """What one can who can do that: "pin"."""


@dataclass(frozen=True)
class Connect:
    """`connect_to_host`, then `poll` until RESOLVING and CONNECTING are over."""

    host: str = "127.0.0.1"
    port: int | None = None
    """None: the server's."""
    right: Sequence[str] = ("CONNECTED",)
    """Statuses, any of them; `refused`: an error at once."""
    states: Sequence[str] | None = None
    """All statuses on the way, that at the end with them."""
    polls: bool = True
    """False: leaves it under way."""
    settings: TlsSettings | None = None
    says: str = ""
    """A part of the reason that is given, where the client gives any."""
    timeout: float = 0.0
    """Seconds: the `connect_timeout`, where the client has one."""


@dataclass(frozen=True)
class Adopt:
    """`set_connection` with a stream of the script's own, connected to the server."""

    unix: bool = False
    right: Sequence[str] = ("CONNECTED",)


@dataclass(frozen=True)
class Fetch:
    """`request` (with `data` or `size`: `request_raw`), `poll` until it was answered, then reads the body."""

    right: Answer | Refused | Sequence[Answer | Refused] = Answer()
    """One of several, where the sources leave a choice."""
    url: str = "/"
    method: str = "GET"
    headers: Sequence[str] = ()
    body: str = ""
    data: bytes | None = None
    size: int = 0
    """Sends so many bytes `x`."""
    wire: Wire | None = None
    fields: bool = False
    """Asks for the headers as a dictionary."""
    reads: int | None = None
    """Leaves the body after so many reads that gave bytes; 0: leaves before the answer."""

    @property
    def rights(self) -> Sequence[Answer | Refused]:
        return self.right if isinstance(self.right, Sequence) else (self.right,)


@dataclass(frozen=True)
class Idle:
    """Polls until the status changes."""

    right: str = "CONNECTED"
    seconds: float = 0.6


@dataclass(frozen=True)
class Wait:
    """Leaves the client alone, without a poll."""

    seconds: float = 0.25


@dataclass(frozen=True)
class Call:
    """Calls a member."""

    name: str
    arguments: Sequence[Any] = ()
    right: Any = None
    """None: whatever it gives."""


@dataclass(frozen=True)
class Talk:
    """Writes and reads by `get_connection`."""

    send: bytes
    right: bytes


@dataclass(frozen=True)
class Whole:
    """What a request of a node comes to. What is None is not looked at."""

    result: str = "SUCCESS"
    """The end of a name of `HTTPRequest.Result`; empty: anything but success."""
    code: int | None = 200
    body: bytes | None = b""
    saved: bytes | None = None
    """What is in `download_file`."""
    unsaved: bool = False
    """There is no `download_file`."""


@dataclass(frozen=True)
class Request:
    """`request` of a node, until `request_completed`: an HTTPRequest, or a PyHTTPRequest; or of a session."""

    right: Whole | None = Whole()
    """None: whatever."""
    url: str = "/"
    """A path of the server, or a URL, with its port as `PORT`."""
    method: str = "GET"
    headers: Sequence[str] = ()
    body: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    """Of the node or the session, set before."""
    saves: bool = False
    """Sets `download_file`."""
    cancels: bool = False
    """Calls `cancel_request` instead of waiting for the end, which must not take `BLOCKED`."""
    lines: Sequence[str] | None = None
    """The first lines of all requests that the server gets, without the version."""
    last: Wire | None = None
    """What else it sees of the last one."""


@dataclass(frozen=True)
class Listen:
    """`open` of an event source, until so many events have come, or its end; or a request of a node, which
    knows no events."""

    right: Sequence[str]
    """The data of the events."""
    ends: bool = False
    """It is closed behind them."""
    body: str = ""
    """Makes it a POST."""
    lines: Sequence[str] | None = None
    """As of a `Request`."""
    last: Wire | None = None


BLOCKED: Final = 1.0
"""Seconds: a call that takes longer waits for the server."""
Act = Connect | Adopt | Fetch | Idle | Wait | Call | Talk | Request | Listen
CLOSE: Final = Call("close")


def reference(member: str) -> str:
    """Cites the class reference of HTTPClient."""
    return f"Class reference, `{member}`"


def engine(function: str) -> str:
    """Cites the engine's source, for what scripts rely on though no reference says it."""
    return f"Engine's source, `{function if '::' in function else f'HTTPClientTCP::{function}'}`"


@dataclass(frozen=True)
class Scenario:
    """One row of the page."""

    id: str
    kind: Kind
    title: str
    """What the server does, or the script."""
    source: str
    """What says what is right."""
    server: Server
    acts: Sequence[Act]
    why: str = ""
    """Where one could see it otherwise: the reason."""
    right: str = ""
    """What is right, where the acts do not tell it well."""
    listen: str = "127.0.0.1"
    """Where the server listens: an address; `unix`; `nowhere`, for a port that nobody listens at."""
    connections: int | None = None
    """How many connections the client makes."""
    closes: bool = False
    """The client closes the connection at the end by itself."""
    unplayed: str = ""
    """Why the engine's own is not played: what it does would end the run."""
    alone: bool = False
    """It blocks, or measures, so nothing runs beside it."""


def answered(
    name: str,
    kind: Kind,
    title: str,
    source: str,
    data: bytes | Sequence[Step],
    right: Answer | Sequence[Answer],
    *,
    why: str = "",
    **fetch: Any,
) -> Scenario:
    """The plainest of scenarios: one request, one answer."""
    steps = (data,) if isinstance(data, bytes) else tuple(data)
    acts = (Connect(), Fetch(right, **fetch))
    return Scenario(name, kind, title, source, ((ReadRequest(), *steps),), acts, why)


def sent(
    name: str,
    title: str,
    source: str,
    right: Wire | Refused | Sequence[Answer | Refused],
    *,
    kind: Kind = Kind.REQUESTS,
    why: str = "",
    **fetch: Any,
) -> Scenario:
    """One request, of which it matters what reaches the wire."""
    script = (ReadRequest(), b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    act = Fetch(wire=right, **fetch) if isinstance(right, Wire) else Fetch(right, **fetch)
    return Scenario(name, kind, title, source, (script,), (Connect(), act), why)
