"""Heads of responses, parsed by llhttp (through httptools).

llhttp gets a header block whose end we have found. How the body is framed, which depends on the request, is
decided in `framing`. docs/parser.md tells why.
"""

import re
from typing import Final, NamedTuple

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from .errors import RemoteError

_FRAMING: Final = re.compile(
    rb"\n(content-length|transfer-encoding|connection):[ \t]*([^\r\n]*)", re.IGNORECASE
)
"""Finds framing fields in a block that llhttp passed, hence without folded lines or blanks before a colon."""

_FOLD: Final = re.compile(rb"[ \t]*\r?\n[ \t]+")
_LENGTHS: Final = re.compile(rb"\ncontent-length:[ \t]*([0-9, \t]*?)[ \t]*\r?(?=\n)", re.IGNORECASE)

_PREFIX: Final = b"HTTP/1."
_MINOR_0: Final = ord("0")


class ResponseHead(NamedTuple):
    """A response's status line and header block."""

    code: int
    """Status code, 100 to 999."""
    block: bytes
    """The bytes as they came, with the empty line; folded lines are unfolded."""
    length: int | None
    """Content-Length in bytes."""
    codings: list[bytes]
    """Transfer codings, in lower case and in order."""
    keep_alive: bool
    """The connection outlives the response (RFC 9112 section 9.3)."""

    def lines(self) -> list[str]:
        """Gives the header lines as they came, but for blanks around them."""
        return [text(line.strip(b" \t\r")) for line in self.block.split(b"\n")[1:-2]]

    def values(self, name: str) -> list[str]:
        """Gives the values of a field, whatever the case of its name, in their order."""
        wanted = name.lower()
        pairs = (line.partition(":") for line in self.lines())
        return [value.strip(" \t") for found, _, value in pairs if found.lower() == wanted]


class _NoCallbacks:
    """The protocol of a parser that is there to check."""

    __slots__ = ()


_NO_CALLBACKS: Final = _NoCallbacks()


def check_prefix(start: bytes) -> None:
    """Refuses what can't become an HTTP/1.x response, as early as its first bytes show it.

    Args:
        start: the first bytes of the response, 7 or fewer.

    Raises:
        RemoteError: HTTP/0.9, HTTP/2, SSH, or anything else that does not begin with `HTTP/1.`.
    """
    if not _PREFIX.startswith(start):
        raise RemoteError(f"this is no HTTP/1.x response: it begins with {start!a}")


def parse_head(block: bytes) -> ResponseHead:
    """Parses a header block.

    Args:
        block: all up to and with the empty line; `check_prefix` passed it.

    Raises:
        RemoteError: RFC 9112 does not allow it; the text names the line.
    """
    parser = _parser()
    try:
        parser.feed_data(block)
    except HttpParserUpgrade:
        pass  # 101 Switching Protocols
    except HttpParserError as error:
        mended = _mended(block)
        if mended != block:
            return parse_head(mended)
        raise _malformed(block, error) from None
    if b"\0" in block:  # llhttp lets it pass in the reason phrase
        line = block[: block.index(b"\n")].rstrip()
        raise RemoteError(f"malformed response, line 1 ({line[:80]!a}): a NUL")
    code = parser.get_status_code()
    if code < 100:
        raise RemoteError(f"the status code {code:03} is below 100")

    length, codings, options = None, [], []
    for name, value in _FRAMING.findall(block):
        match len(name):
            case 14:
                length = int(value)
            case 17:
                codings += _tokens(value)
            case _:
                options += _tokens(value)
    if block[7] == _MINOR_0:  # where Transfer-Encoding did not exist yet (RFC 9112 section 6.1)
        keep_alive = b"keep-alive" in options and b"close" not in options and not codings
    else:
        keep_alive = b"close" not in options
    return ResponseHead(code, block, length, codings, keep_alive)


def text(line: bytes) -> str:
    """Reads a line as UTF-8, as servers mean it today, or else as ISO-8859-1 (RFC 9110 section 5.5)."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _parser() -> HttpResponseParser:
    parser = HttpResponseParser(_NO_CALLBACKS)
    # A bare LF ends a line for curl, browsers and the engine too (RFC 9112 section 2.2 allows it).
    parser.set_dangerous_leniencies(lenient_optional_cr_before_lf=True)
    return parser


def _mended(block: bytes) -> bytes:
    """Rewrites what llhttp refuses and the RFCs let a user agent take; llhttp then judges the result.

    - Folded lines become one (RFC 9112 section 5.2 demands it); not behind the status line (section 2.2).
    - Content-Length told several times, each time the same, is told once (RFC 9110 section 8.6).
    """
    start, end, fields = block.partition(b"\n")
    block = start + end + _FOLD.sub(b" ", fields)
    told = [value.strip(b" \t") for match in _LENGTHS.findall(block) for value in match.split(b",")]
    if len(told) > 1 and len(set(told)) == 1:
        lines = iter((b"\nContent-Length: %b\r" % told[0],))
        block = _LENGTHS.sub(lambda _: next(lines, b""), block)
    return block


def _malformed(block: bytes, error: HttpParserError) -> RemoteError:
    """Names the line that llhttp refuses: it tells no position, so the lines are given to it one by one."""
    if str(error).startswith("Pause on"):
        return RemoteError("101 Switching Protocols does not say to which: it has no Upgrade header")
    parser = _parser()
    number, line = 0, b""
    for number, line in enumerate(block.split(b"\n"), 1):  # noqa: B007
        try:
            parser.feed_data(line + b"\n")
        except HttpParserError:
            break
    return RemoteError(f"malformed response, line {number} ({line[:80].rstrip()!a}): {error}")


def _tokens(value: bytes) -> list[bytes]:
    """The elements of a comma-separated list in lower case, without empty ones (RFC 9110 section 5.6.1)."""
    return [token for part in value.lower().split(b",") if (token := part.strip(b" \t"))]
