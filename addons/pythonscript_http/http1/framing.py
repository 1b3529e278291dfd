"""How a response's body is delimited (RFC 9112 section 6.3): decided here, once, with the request in view."""

from enum import Enum, auto
from typing import Final

from pythonscript_http.exceptions import RemoteProtocolError

from .response import ResponseHead

_LONGEST: Final = 2**63 - 1
"""The engine's integers are signed: a script could not be given a greater length."""

_NEVER_A_BODY: Final = frozenset((204, 304))
_OTHER_CODINGS: Final = frozenset((b"identity", b"gzip", b"x-gzip", b"deflate"))
"""Known besides chunked. We announce none; where one comes nevertheless it is undone, as curl does: a
transfer coding belongs to the connection and not to what was asked for (RFC 9112 section 7)."""


class Framing(Enum):
    """What ends a response."""

    HEAD = auto()
    """Its header block: no body, and whoever asked expects none."""
    LENGTH = auto()
    """A number of bytes."""
    CHUNKED = auto()
    """The last chunk."""
    CLOSE = auto()
    """The end of the connection."""
    TUNNEL = auto()
    """Its header block: what follows is no HTTP (101 Switching Protocols, an accepted CONNECT)."""


def body_framing(method: str, head: ResponseHead) -> tuple[Framing, int]:
    """Tells how a final response's body is delimited, and its length in bytes (-1: not known beforehand).

    The answer to HEAD has a length of 0, as in the engine, so that a script may read its empty body; one that
    would be chunked ends with its head (the engine's client would wait for chunks).

    Args:
        method: the request's.
        head: the response's head; llhttp passed it, hence Content-Length is one number and stands without
            Transfer-Encoding.

    Raises:
        RemoteProtocolError: no safe reading exists; the text names the field.

    Source: RFC 9112 section 6.3, rules in its order.
    """
    code, codings, length = head.code, head.codings, head.length
    if method == "HEAD":
        return (Framing.HEAD if b"chunked" in codings else Framing.LENGTH), 0
    if code in _NEVER_A_BODY:
        return Framing.HEAD, 0
    if code == 101 or (method == "CONNECT" and 200 <= code < 300):
        return Framing.TUNNEL, 0
    for coding in codings:
        if coding not in _OTHER_CODINGS and coding != b"chunked":
            raise RemoteProtocolError(f"unknown transfer coding {coding.decode('latin-1')!a}")
    if codings.count(b"chunked") > 1:
        listed = b", ".join(codings).decode("latin-1")
        raise RemoteProtocolError(f"Transfer-Encoding {listed!a}: chunked may be applied only once")
    if codings[-1:] == [b"chunked"]:
        return Framing.CHUNKED, -1
    if codings or length is None:  # chunked below another coding does not end the message
        return Framing.CLOSE, -1
    if length > _LONGEST:
        raise RemoteProtocolError(f"Content-Length {length} is over 2^63 - 1")
    return Framing.LENGTH, length
