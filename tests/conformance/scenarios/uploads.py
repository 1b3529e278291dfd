"""Bodies of requests, and answers before their end (RFC 9112 section 6; RFC 9110 sections 8.6, 10.1.1)."""

from typing import Final

from tests.conformance.model import LOST, Answer, Connect, Fetch, Idle, Scenario, Wire, reference, sent
from tests.loopback.kinds import Kind
from tests.loopback.responses import OK
from tests.loopback.scripted import HalfClose, Pause, ReadRequest, Reset, Step

from .heads import EMPTY, HELLO

_MIB: Final = 1 << 20
_LARGE: Final = 24 * _MIB
"""More than the kernel takes without a reader."""
_TOO_LARGE: Final = b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig"
_ONCE: Final = "RFC 9112 §9.3; the connection can't be used again"


def _sent(name: str, title: str, source: str, wire: Wire, **fetch: object) -> Scenario:
    return sent(f"uploads/{name}", title, source, wire, kind=Kind.UPLOADS, **fetch)  # type: ignore[arg-type]


def _early(
    name: str,
    title: str,
    script: tuple[Step, ...],
    right: Answer | tuple[Answer, ...],
    why: str = "",
    source: str = "RFC 9112 §9.5; R15",
    **fetch: object,
) -> Scenario:
    request = Fetch(right, method="POST", **({"size": _LARGE} | fetch))  # type: ignore[arg-type]
    return Scenario(f"uploads/{name}", Kind.UPLOADS, title, source, (script,), (Connect(), request), why)


def _early_right(code: int = 413, body: bytes = b"big") -> Answer:
    return Answer(code, body)


SCENARIOS: Final = (
    _sent(
        "text",
        "A text, in UTF-8: `ü€`",
        "RFC 9110 §8.6",
        Wire(headers={"Content-Length": "5"}, body="ü€".encode()),
        method="POST",
        body="ü€",
    ),
    _sent(
        "bytes",
        "Bytes with NULs and line ends, by `request_raw`",
        reference("request_raw"),
        Wire(headers={"Content-Length": "6"}, body=b"\0\r\n\r\n\xff"),
        method="PUT",
        data=b"\0\r\n\r\n\xff",
    ),
    _sent(
        "length-given",
        "The script's own `content-length`, which is right",
        "RFC 9110 §8.6",
        Wire(headers={"Content-Length": "5"}, body=b"hello"),
        method="POST",
        body="hello",
        headers=("content-length: 5",),
    ),
    _sent(
        "mib",
        "1 MiB",
        "RFC 9110 §8.6",
        Wire(headers={"Content-Length": "1048576"}, body=b"x" * _MIB),
        method="POST",
        size=_MIB,
    ),
    _sent(
        "empty-post",
        "An empty POST",
        "RFC 9110 §8.6; R19",
        Wire(headers={"Content-Length": "0"}, body=b""),
        method="POST",
    ),
    _sent(
        "empty-put",
        "An empty PUT",
        "RFC 9110 §8.6; R19",
        Wire(headers={"Content-Length": "0"}, body=b""),
        method="PUT",
    ),
    _sent(
        "empty-patch",
        "An empty PATCH",
        "RFC 9110 §8.6; R19",
        Wire(headers={"Content-Length": "0"}, body=b""),
        method="PATCH",
    ),
    _sent(
        "empty-raw",
        "An empty POST by `request_raw`",
        "RFC 9110 §8.6; R19",
        Wire(headers={"Content-Length": "0"}, body=b""),
        method="POST",
        data=b"",
    ),
    _sent(
        "delete",
        "DELETE with a body, by `request_raw`",
        "RFC 9110 §9.3.5",
        Wire("DELETE / HTTP/1.1", {"Content-Length": "3"}, body=b"abc"),
        method="DELETE",
        data=b"abc",
    ),
    _sent(
        "get-body",
        "GET with a body, by `request`: it is ignored",
        reference("request") + "; R28",
        Wire("GET / HTTP/1.1", {"Content-Length": None}, body=b""),
        body="abc",
    ),
    _sent(
        "get-body-raw",
        "GET with a body, by `request_raw`: it is sent",
        reference("request_raw") + "; R28",
        Wire("GET / HTTP/1.1", {"Content-Length": "3"}, body=b"abc"),
        data=b"abc",
    ),
    _sent(
        "chunked",
        "The script's own `Transfer-Encoding: chunked`",
        "RFC 9112 §6.2, §7.1; R20",
        Wire(
            headers={"Content-Length": None, "Transfer-Encoding": "chunked"}, body=b"5\r\nhello\r\n0\r\n\r\n"
        ),
        method="POST",
        body="hello",
        headers=("Transfer-Encoding: chunked",),
    ),
    _sent(
        "chunked-empty",
        "The same without a body",
        "RFC 9112 §6.2, §7.1; R20",
        Wire(headers={"Content-Length": None, "Transfer-Encoding": "chunked"}, body=b"0\r\n\r\n"),
        method="POST",
        headers=("Transfer-Encoding: chunked",),
    ),
    _early(
        "slow",
        "24 MiB to a server that begins to read late",
        (ReadRequest(body=False), Pause(0.5), ReadRequest(), OK + EMPTY),
        Answer(),
        source="RFC 9112 §6",
        wire=Wire(body=b"x" * _LARGE),
    ),
    _early(
        "early-413",
        "`413` when 24 MiB have just begun; the server reads no more",
        (ReadRequest(body=False), _TOO_LARGE, Pause(6)),
        _early_right(),
        _ONCE,
    ),
    _early(
        "early-413-close",
        "`413` with `Connection: close`, and the server reads no more",
        (
            ReadRequest(body=False),
            b"HTTP/1.1 413 No\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig",
            Pause(6),
        ),
        _early_right(),
        _ONCE,
    ),
    _early(
        "early-401-end",
        "`401`, a FIN, and the server reads on",
        (
            ReadRequest(body=False),
            b"HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nno",
            HalfClose(),
            Pause(0.2),
            ReadRequest(),
        ),
        _early_right(401, b"no"),
        _ONCE,
    ),
    _early(
        "early-reset",
        "`413`, a pause, a reset",
        (ReadRequest(body=False), _TOO_LARGE, Pause(0.5), Reset()),
        _early_right(),
        _ONCE,
    ),
    _early(
        "early-nothing",
        "A reset in the middle, without an answer",
        (ReadRequest(body=False), Pause(), Reset()),
        LOST,
        source="RFC 9112 §8",
    ),
    _early(
        "early-close-delimited",
        "`400` without a length, when 24 MiB have just begun",
        (
            ReadRequest(body=False),
            b"HTTP/1.1 400 No\r\nConnection: close\r\n\r\nbad",
            HalfClose(),
            Pause(0.2),
            ReadRequest(),
        ),
        Answer(400, b"bad", "DISCONNECTED"),
        _ONCE,
    ),
    _early(
        "continue",
        "`Expect: 100-continue`, and the server says so",
        (ReadRequest(body=False), b"HTTP/1.1 100 Continue\r\n\r\n", ReadRequest(), OK + HELLO),
        Answer(200, b"hello"),
        source="RFC 9110 §10.1.1; R1",
        headers=("Expect: 100-continue",),
        size=5,
        wire=Wire(body=b"xxxxx"),
    ),
    _early(
        "continue-interim",
        "`100 Continue` unasked, while 24 MiB go out",
        (ReadRequest(body=False), b"HTTP/1.1 100 Continue\r\n\r\n", ReadRequest(), OK + HELLO),
        Answer(200, b"hello"),
        source="RFC 9110 §15.2.1; R1",
        wire=Wire(body=b"x" * _LARGE),
    ),
    _early(
        "expect-417",
        "`Expect: 100-continue`, and `417`",
        (ReadRequest(body=False), b"HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n", Pause(6)),
        Answer(417),
        source="RFC 9110 §10.1.1",
        headers=("Expect: 100-continue",),
        size=5,
        why="the body may have gone out already",
    ),
    Scenario(
        "uploads/early-200-next",
        Kind.UPLOADS,
        "`200` before 24 MiB have gone out: the next request goes over another connection",
        "RFC 9112 §9.3; R15, R17",
        ((ReadRequest(body=False), OK + HELLO, Pause(6)), (ReadRequest(), OK + HELLO)),
        (
            Connect(),
            Fetch(Answer(200, b"hello"), method="POST", size=_LARGE),
            Fetch(Answer(200, b"hello")),
        ),
        connections=2,
    ),
    Scenario(
        "uploads/twice",
        Kind.UPLOADS,
        "Two uploads over one connection",
        "RFC 9112 §9.3",
        ((ReadRequest(), OK + EMPTY, ReadRequest(), OK + EMPTY),),
        (
            Connect(),
            Fetch(method="POST", body="one", wire=Wire(body=b"one")),
            Idle(seconds=0.1),
            Fetch(method="POST", body="two", wire=Wire(body=b"two")),
        ),
        connections=1,
    ),
)
