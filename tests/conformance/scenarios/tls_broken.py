"""Peers that speak TLS badly, or end it so. The servers are raw sockets, and nginx where it is said."""

from collections.abc import Sequence
from ssl import TLSVersion
from typing import Final

from tests.conformance.model import Answer, Connect, Fetch, Idle, Scenario, broken
from tests.loopback.kinds import Kind
from tests.loopback.nginx import Site
from tests.loopback.responses import CHUNKED, OK
from tests.loopback.scripted import HalfClose, Pause, ReadRequest, Reset, Secure, Step

from .heads import HELLO
from .tls import FAILS, GOOD, HOST, TRUSTING, asking, refused

_KIND: Final = Kind.BROKEN
_TLS: Final = "RFC 8446 §6"
_END: Final = "RFC 8446 §6.1; R25"
_LAST: Final = OK + b"Connection: close\r\n"
_CLOSE: Final = _LAST + b"\r\nhello"
_EITHER: Final = (*FAILS, "CANT_CONNECT")
_CUTS: Final = range(0, 600, 30)
_SPENT: Final = Answer(200, b"hello")
_CLOSED: Final = Answer(200, b"hello", "DISCONNECTED")


def _failing(name: str, title: str, script: Sequence[Step], says: str, *, timeout: float = 0.0) -> Scenario:
    """Whoever connects is answered so, in place of a handshake."""
    return refused(f"tls/{name}", _KIND, title, _TLS, (script,), says, timeout=timeout)


def _severed(name: str, version: TLSVersion) -> Scenario:
    """Each connection is reset after some more bytes."""
    scripts = [(Secure(GOOD, (version, version), cut),) for cut in _CUTS]
    act = Connect(HOST, right=_EITHER, settings=TRUSTING, says="Connection reset by peer")
    spoken = version.name.replace("v", " ").replace("_", ".")
    title = f"{spoken}: reset after {_CUTS[0]}, {_CUTS[1]} ... {_CUTS[-1]} bytes"
    return Scenario(f"tls/{name}", _KIND, title, _TLS, scripts, [act] * len(_CUTS))


def _ending(
    name: str, title: str, answer: bytes, right: Answer, *, notify: bool, policy: bool = False, why: str = ""
) -> Scenario:
    """An answer, and the end of the connection."""
    script = (Secure(GOOD), ReadRequest(), answer, HalfClose(notify))
    settings = asking({"ignore_unexpected_eof": True}, "accept such ends") if policy else TRUSTING
    acts = (Connect(HOST, settings=settings), Fetch(right))
    return Scenario(f"tls/{name}", _KIND, title, _END, (script,), acts, why)


SCENARIOS: Final = (
    refused(
        "tls/plain",
        _KIND,
        "A port of plain HTTP (nginx)",
        _TLS,
        Site(),
        "not TLS at all: it answered b'HTTP/1.1 400 Bad Request",
    ),
    _failing("ssh", "An SSH banner", (b"SSH-2.0-OpenSSH_9.2\r\n",), "not TLS at all: it answered b'SSH-2.0"),
    _failing(
        "garbage",
        "A record that is too long",
        (Pause(0.1), b"\x16\x03\x03\xff\xff" + bytes(70000)),
        "what it sent is damaged",
    ),
    _failing(
        "alert",
        "An alert: handshake_failure",
        (Pause(0.1), b"\x15\x03\x03\x00\x02\x02\x28"),
        "no common cipher",
    ),
    _failing("close", "A close at once", (HalfClose(),), "it closed the connection before it sent anything"),
    _failing(
        "close-inside",
        "A close in the middle of the handshake",
        (Pause(0.1), b"\x16\x03\x03", HalfClose()),
        "it closed the connection in the middle of the handshake",
    ),
    _failing(
        "reset", "A reset at once", (Pause(0.1), Reset()), "Connection reset by peer, before it sent anything"
    ),
    _severed("severed-1.2", TLSVersion.TLSv1_2),
    _severed("severed-1.3", TLSVersion.TLSv1_3),
    _failing(
        "stall",
        "It says nothing, and a `connect_timeout` of 1.5 s",
        (Pause(8),),
        "no connection within 1.5 s (connect_timeout): it sent nothing",
        timeout=1.5,
    ),
    _failing(
        "stall-inside",
        "It falls silent in the handshake, and a `connect_timeout` of 1.5 s",
        (Pause(0.1), b"\x16\x03\x03\x00\x7a", Pause(8)),
        "no connection within 1.5 s (connect_timeout): it answered, and then fell silent",
        timeout=1.5,
    ),
    _ending("end-length", "Content-Length, and no close_notify", _LAST + HELLO, _SPENT, notify=False),
    _ending(
        "end-chunked",
        "Chunked, and no close_notify",
        _LAST + CHUNKED.removeprefix(OK) + b"5\r\nhello\r\n0\r\n\r\n",
        _SPENT,
        notify=False,
    ),
    _ending("end-close", "A body until the close, and close_notify", _CLOSE, _CLOSED, notify=True),
    _ending(
        "end-cut",
        "A body until the close, and no close_notify",
        _CLOSE,
        broken(b"hello"),
        notify=False,
        why="anybody may have cut it short",
    ),
    _ending(
        "end-cut-ignored",
        "The same, and `ignore_unexpected_eof`",
        _CLOSE,
        _CLOSED,
        notify=False,
        policy=True,
    ),
    _ending("end-short", "A body cut short, and close_notify", OK + HELLO[:-2], broken(b"hel"), notify=True),
    Scenario(
        "tls/end-idle",
        _KIND,
        "The connection ends between requests",
        _END,
        ((Secure(GOOD), ReadRequest(), OK + HELLO, Pause(0.3), HalfClose()),),
        (Connect(HOST, settings=TRUSTING), Fetch(Answer(200, b"hello")), Idle("CONNECTION_ERROR", 2.0)),
    ),
)
