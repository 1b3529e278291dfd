"""Coded bodies: those of the transfer, which a client undoes unasked, and those of the content."""

import gzip
import zlib
from typing import Final

from tests.conformance.model import Answer, Call, Connect, Fetch, Scenario, answered, broken
from tests.loopback.kinds import Kind
from tests.loopback.responses import OK
from tests.loopback.scripted import ReadRequest

_HELLO: Final = gzip.compress(b"hello", mtime=0)
_NONE: Final = gzip.compress(b"", mtime=0)
_TRANSFER: Final = "RFC 9112 §7.2"
_CONTENT: Final = "RFC 9110 §8.4"


def _chunked(names: str, coded: bytes) -> bytes:
    head = OK + f"Transfer-Encoding: {names}, chunked\r\n\r\n".encode()
    return head + b"%x\r\n%b\r\n0\r\n\r\n" % (len(coded), coded)


def _transfer(name: str, title: str, data: bytes, right: Answer, why: str = "") -> Scenario:
    return answered(f"codings/{name}", Kind.CODINGS, title, _TRANSFER, data, right, why=why)


def _content(
    name: str, title: str, field: str, body: bytes, right: Answer, why: str, status: bytes = b"200 OK"
) -> Scenario:
    """Where a client can decode, it is asked to."""
    head = b"HTTP/1.1 %b\r\nContent-Encoding: %b\r\nContent-Length: %d\r\n\r\n"
    script = (ReadRequest(), head % (status, field.encode(), len(body)) + body)
    acts = (Connect(), Call("set_decode_body", (True,)), Fetch(right))
    return Scenario(f"codings/{name}", Kind.CODINGS, title, _CONTENT, (script,), acts, why)


def _members_in_members() -> bytes:
    """Some 600 bytes: gzip three times around half a million empty members."""
    once = gzip.compress(_NONE * 500_000, 9, mtime=0)
    return gzip.compress(gzip.compress(once, 9, mtime=0), 9, mtime=0)


_BARE: Final = zlib.compress(b"hello", wbits=-zlib.MAX_WBITS)

SCENARIOS: Final = (
    _transfer(
        "members",
        "gzip in two members, an empty one between them",
        _chunked("gzip", gzip.compress(b"hel", mtime=0) + _NONE + gzip.compress(b"lo", mtime=0)),
        Answer(200, b"hello"),
        "RFC 1952 §2.2",
    ),
    _transfer(
        "gzip-junk",
        "gzip with a line end behind it",
        _chunked("gzip", _HELLO + b"\r\n"),
        Answer(200, b"hello"),
        "all of the body came; what follows is no part of it",
    ),
    _transfer(
        "deflate-junk",
        "deflate, bare, with 4 bytes behind it",
        _chunked("deflate", _BARE + b"\1\2\3\4"),
        Answer(200, b"hello"),
        "all of the body came; what follows is no part of it",
    ),
    _transfer(
        "second-member-cut",
        "a second member of gzip that is cut short",
        _chunked("gzip", _HELLO + _HELLO[:9]),
        broken(b"hello"),
    ),
    _transfer(
        "zeros",
        "gzip with zeros behind it",
        _chunked("gzip", _HELLO + bytes(9)),
        Answer(200, b"hello"),
        "padding, as on tapes",
    ),
    Scenario(
        "codings/bomb",
        Kind.CODINGS,
        "Blocking mode: 600 bytes, gzip four times around half a million empty members",
        _TRANSFER,
        ((ReadRequest(), _chunked("gzip, gzip, gzip, gzip", _members_in_members())),),
        (
            Connect(),
            Call("set_blocking_mode", (True,)),
            Fetch(Answer(200, b"", "CONNECTION_ERROR", cpu=1.0)),
        ),
        "what each coding gives counts, also where nothing comes out in the end",
        alone=True,
    ),
    _content(
        "part",
        "a part (206) of a body in gzip, decoding on",
        "gzip",
        _HELLO[5:15],
        Answer(206, _HELLO[5:15], length=10),
        "a part of a coded whole cannot be decoded: it is handed out as it came",
        b"206 Partial Content",
    ),
    _content(
        "unknown",
        "`Content-Encoding: none`, decoding on",
        "none",
        b"hello",
        Answer(200, b"hello", length=5),
        "handed out as it came: the headers say what it is",
    ),
    _content(
        "unknown-outer",
        "`Content-Encoding: gzip, aws-chunked`, decoding on",
        "gzip, aws-chunked",
        _HELLO,
        Answer(200, _HELLO, length=len(_HELLO)),
        "as it came, and not in part",
    ),
)
