"""Heads of responses, parsed by llhttp (through httptools).

llhttp gets a header block whose end we have found. How the body is framed, which depends on the request, is
decided in `framing`. docs/parser.md tells why.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from pythonscript_http.exceptions import RemoteProtocolError

from .fields import FRAMING, Verdict, check_number, fields

HEADS_WORK: Final = 1000
"""What the header blocks may cost that one call parses (see `head_work`), unless it is a single one: 3 ms."""

END_OF_HEAD: Final = re.compile(rb"\n\r?\n")
"""The line end and the empty line that end a header block."""

_FRAMING: Final = re.compile(
    rb"\n(?=[ct])(content-length|transfer-encoding|connection):[ \t]*+([^\r\n]*+)", re.IGNORECASE
)
"""Finds framing fields in a block that llhttp passed, hence without folded lines or blanks before a colon.

A look at the first letter is cheaper than the begin of three names.
"""

_STATUS: Final = re.compile(rb"HTTP/1\.[0-9] ([0-9]{3})")
_LENGTH: Final = re.compile(rb"(?=[0-9])0*+[0-9]{0,19}")
_PLACEHOLDER: Final = b"-:"
"""Stands for a line that llhttp is not to judge; the lines behind it keep their numbers."""

_PREFIX: Final = b"HTTP/1."
_MINOR_0: Final = ord("0")


class ResponseHead:
    """A response's status line and header block."""

    __slots__ = ("block", "code", "codings", "keep_alive", "length", "odd")

    def __init__(
        self, code: int, block: bytes, length: int | None, codings: list[bytes], keep_alive: bool, odd: bool
    ) -> None:
        self.code: Final = code
        """Status code, 100 to 999."""
        self.block: Final = block
        """The bytes as they came, with the empty line; folded lines are unfolded."""
        self.length: Final = length
        """Content-Length in bytes."""
        self.codings: Final = codings
        """Transfer codings, in lower case and in order."""
        self.keep_alive: Final = keep_alive
        """The connection outlives the response (RFC 9112 section 9.3)."""
        self.odd: Final = odd
        """The head is wrong in a way that is taken nevertheless; the connection is not used again."""

    def lines(self) -> list[bytes]:
        """Gives the field lines as they came, but for blanks around them."""
        return [line.strip(b" \t\r") for line in self.block.split(b"\n")[1:-2]]

    def fields(self) -> list[tuple[bytes, bytes]]:
        """Gives the fields as pairs of name and value, as they came, but for blanks around the values."""
        pairs = (line.partition(b":") for line in self.lines())
        return [(name, value.strip(b" \t")) for name, _, value in pairs]


class _End:
    """What a parser that is there to check calls when it has seen the end of the header block."""

    __slots__ = ("seen",)

    def __init__(self) -> None:
        self.seen = False

    def on_headers_complete(self) -> None:
        self.seen = True


def head_work(block: bytes) -> int:
    """Tells what it costs at worst to parse a header block, in lines that have to be repaired."""
    return 4 + block.count(b"\n")


def check_prefix(start: bytes) -> None:
    """Refuses what can't become an HTTP/1.x response, as early as its first bytes show it.

    Args:
        start: the first bytes of the response, 7 or fewer.

    Raises:
        RemoteProtocolError: HTTP/0.9, HTTP/2, SSH, or anything else that does not begin with `HTTP/1.`.
    """
    if not _PREFIX.startswith(start):
        raise RemoteProtocolError(f"not an HTTP/1.x response: it begins with {start!a}")


def parse_head(block: bytes, method: str = "GET") -> ResponseHead:
    """Parses a header block.

    Args:
        block: all up to and with the empty line; `check_prefix` passed it.
        method: the request's.

    Raises:
        RemoteProtocolError: there is no safe way to read it; the text names the line.
    """
    check_number(block)
    try:
        return _read(block, block, odd=False)
    except HttpParserError as error:
        shown, judged, odd = _repaired(block, method)
        if judged == block:
            raise _malformed(block, error) from None
    try:
        return _read(shown, judged, odd=odd)
    except HttpParserError as error:
        raise _malformed(judged, error) from None


def _read(shown: bytes, judged: bytes, *, odd: bool) -> ResponseHead:
    """Reads a header block that llhttp takes.

    Args:
        shown: the block as scripts see it.
        judged: what llhttp gets, and where the framing is read from.
        odd: they differ.

    Raises:
        HttpParserError: llhttp refuses it.
        RemoteProtocolError: llhttp takes it, and we do not.
    """
    end = _End()
    parser = _strict_parser(end)
    _feed(parser, judged[:-1])
    # A line of blanks behind the status line is the end to llhttp: what follows it would not be judged.
    if end.seen:
        raise RemoteProtocolError("malformed response: a line of blanks in the header block")
    _feed(parser, judged[-1:])
    if judged.find(b"\0") >= 0:  # llhttp lets it pass in the reason phrase
        line = judged[: judged.index(b"\n")].rstrip()
        raise RemoteProtocolError(f"malformed response, line 1 ({line[:80]!a}): a NUL")
    code = parser.get_status_code()
    if code < 100:
        raise RemoteProtocolError(f"the status code {code:03} is below 100")

    length, codings, options = None, [], []
    for name, value in _FRAMING.findall(judged):
        match len(name):
            case 14:
                length = int(value.lstrip(b"0") or b"0")  # int() refuses thousands of digits, zeros too
            case 17:
                codings += _tokens(value)
            case _:
                options += _tokens(value)
    if judged[7] == _MINOR_0:  # where Transfer-Encoding did not exist yet (RFC 9112 section 6.1)
        keep_alive = b"keep-alive" in options and b"close" not in options and not codings
    else:
        keep_alive = b"close" not in options
    return ResponseHead(code, shown, length, codings, keep_alive and not odd, odd)


def _strict_parser(end: _End) -> HttpResponseParser:
    parser = HttpResponseParser(end)
    # A bare LF ends a line for curl, browsers and the engine too (RFC 9112 section 2.2 allows it).
    parser.set_dangerous_leniencies(lenient_optional_cr_before_lf=True)
    return parser


def _feed(parser: HttpResponseParser, data: bytes) -> None:
    try:
        parser.feed_data(data)
    except HttpParserUpgrade:  # 101 Switching Protocols
        return


def _repaired(block: bytes, method: str) -> tuple[bytes, bytes, bool]:
    """Rewrites what llhttp refuses and a user agent may take; llhttp then judges the result.

    - Folded lines become one.
    - Odd lines (see `fields`) are not judged.
    - Where no body can follow, malformed framing fields mean nothing (RFC 9112 section 6.3, rules 1 and 2).
    - Transfer-Encoding overrides Content-Length (rule 3).
    - Content-Length that says the same several times says it once (rule 5).

    Returns:
        The block as scripts see it, the block for llhttp, and whether more than a fold is wrong.
    """
    status, *lines = block.split(b"\n")
    status = status.removesuffix(b"\r")
    found = fields(lines[:-2])
    lengths = [
        value.strip(b" \t")
        for field in found
        if field.name == b"content-length"
        for value in field.value.split(b",")
    ]
    coded = any(field.name == b"transfer-encoding" for field in found)
    ambiguous = len(lengths) + coded > 1
    ignored: Sequence[bytes] = ()
    length = _PLACEHOLDER
    if _is_bodiless(status, method) and (ambiguous or not all(map(_LENGTH.fullmatch, lengths))):
        ignored = FRAMING
    elif ambiguous and coded:
        ignored = (b"content-length",)
    elif ambiguous and len(set(lengths)) == 1:
        ignored, length = (b"content-length",), b"Content-Length:%b" % lengths[0]
    judged = [status]
    for field in found:
        if field.name in ignored:
            judged.append(length)
            length = _PLACEHOLDER
        else:
            judged.append(field.strict)
    odd = bool(ignored) or any(field.verdict is Verdict.ODD for field in found)
    return _block([status, *(field.line for field in found)]), _block(judged), odd


def _is_bodiless(status: bytes, method: str) -> bool:
    """Returns whether no body follows, whatever the fields say (RFC 9112 section 6.3, rules 1 and 2)."""
    match = _STATUS.match(status)
    code = int(match[1]) if match else 0
    if method == "CONNECT" and 200 <= code < 300:
        return True
    return method == "HEAD" or code in (204, 304) or 100 <= code < 200


def _block(lines: Iterable[bytes]) -> bytes:
    return b"\r\n".join([*lines, b"", b""])


def _malformed(block: bytes, error: HttpParserError) -> RemoteProtocolError:
    """Names the line that llhttp refuses: it tells no position, so the lines are given to it one by one."""
    if str(error).startswith("Pause on"):
        return RemoteProtocolError("101 Switching Protocols does not say to which: it has no Upgrade header")
    parser = _strict_parser(_End())
    number, line = 0, b""
    for number, line in enumerate(block.split(b"\n"), 1):  # noqa: B007
        try:
            parser.feed_data(line + b"\n")
        except HttpParserError:
            break
    return RemoteProtocolError(f"malformed response, line {number} ({line[:80].rstrip()!a}): {error}")


def _tokens(value: bytes) -> list[bytes]:
    """The elements of a comma-separated list in lower case, without empty ones (RFC 9110 section 5.6.1)."""
    return [token for part in value.lower().split(b",") if (token := part.strip(b" \t"))]
