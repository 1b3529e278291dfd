"""Responses, parsed by llhttp (through httptools): heads, and bodies in chunked coding.

llhttp parses what needs a parser and nothing else: a header block whose end we have found, and chunked
coding. How the body is framed, which depends on the request, is decided in `framing`. docs/parser.md tells
why.
"""

import re
from typing import Final, NamedTuple

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from .errors import RemoteError

_FRAMING: Final = re.compile(
    rb"\n(content-length|transfer-encoding|connection):[ \t]*([^\r\n]*)", re.IGNORECASE
)
"""Finds framing fields in a block that llhttp passed, hence without folded lines or blanks before a colon."""

_PREFIX: Final = b"HTTP/1."
_MINOR_0: Final = ord("0")
_CHUNKED_HEAD: Final = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


class ResponseHead(NamedTuple):
    """A response's status line and header block."""

    code: int
    """Status code, 100 to 999."""
    block: bytes
    """The bytes as they came, with the empty line."""
    length: int | None
    """Content-Length in bytes."""
    codings: list[bytes]
    """Transfer codings, in lower case and in order."""
    keep_alive: bool
    """The connection outlives the response (RFC 9112 section 9.3)."""

    def lines(self) -> list[str]:
        """Gives the header lines as they came, but for blanks around them."""
        return [_text(line.strip(b" \t\r")) for line in self.block.split(b"\n")[1:-2]]


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
    parser = HttpResponseParser(_NO_CALLBACKS)
    # A bare LF ends a line for curl, browsers and the engine too (RFC 9112 section 2.2 allows it).
    parser.set_dangerous_leniencies(lenient_optional_cr_before_lf=True)
    try:
        parser.feed_data(block)
    except HttpParserUpgrade:
        pass  # 101 Switching Protocols
    except HttpParserError as error:
        raise _malformed(block, error) from None
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


def _text(line: bytes) -> str:
    """UTF-8, as servers mean it today; or else ISO-8859-1, as they once did (RFC 9110 section 5.5)."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _malformed(block: bytes, error: HttpParserError) -> RemoteError:
    """Names the line that llhttp refuses: it tells no position, so the lines are given to it one by one."""
    if str(error).startswith("Pause on"):
        return RemoteError("101 Switching Protocols does not say to which: it has no Upgrade header")
    parser = HttpResponseParser(_NO_CALLBACKS)
    parser.set_dangerous_leniencies(lenient_optional_cr_before_lf=True)
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


class ChunkedDecoder:
    """Decodes one body in chunked coding (RFC 9112 section 7.1), a large buffer at a time.

    Its parser never saw the response's own head, so the two can't disagree over the framing.

    Args:
        limit: most bytes of chunk extensions or trailers that may come without a byte of the body.
    """

    __slots__ = ("_events", "_idle", "_limit", "_parser", "_pieces", "failure")

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._idle = 0
        self._pieces: list[bytes] = []
        self._events = _ChunkEvents(self._pieces)
        self._parser = HttpResponseParser(self._events)
        # Some servers pad the sizes with blanks; curl and browsers ignore them.
        self._parser.set_dangerous_leniencies(lenient_spaces_after_chunk_size=True)
        self._parser.feed_data(_CHUNKED_HEAD)
        self.failure = ""
        """What was wrong with the last bytes; the body ends there."""

    @property
    def done(self) -> bool:
        """The last chunk and the trailers have come."""
        return self._events.complete

    @property
    def surplus(self) -> bool:
        """More came after the end, which no request had asked for."""
        return self._events.surplus

    def feed(self, data: bytes | memoryview) -> bytes:
        """Decodes what came next.

        Returns:
            The bytes of the body in it: also those before a mistake, which `failure` then describes.
        """
        pieces, events = self._pieces, self._events
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            if events.complete:
                events.on_message_begin()  # of something that is no message
            else:
                self.failure = f"malformed chunked coding: {error}"
        if events.surplus:
            del pieces[events.end :]
        body = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        pieces.clear()
        self._idle = 0 if body else self._idle + len(data)
        if self._idle > self._limit and not events.complete:
            self.failure = f"over {self._limit} bytes of chunk extensions or trailers"
        return body


class _ChunkEvents:
    """What llhttp calls while it decodes; the pieces of the body go straight into a list."""

    __slots__ = ("_pieces", "complete", "end", "on_body", "surplus")

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = pieces
        self.on_body = pieces.append
        self.complete = False
        self.surplus = False
        self.end = 0

    def on_message_begin(self) -> None:
        if self.complete and not self.surplus:
            self.surplus = True
            self.end = len(self._pieces)

    def on_message_complete(self) -> None:
        self.complete = True
