"""Chunked transfer coding, undone: RFC 9112 section 7.1.

This is the one piece of HTTP that we parse ourselves. llhttp refuses what the RFC's grammar allows (blanks
behind the `;` of an extension, a trailer named Content-Length) and tells no position, so nobody could go on
where it stopped. What is left to do is small: a line that begins with a number, that many bytes, and so on.
It is as strict as llhttp where it counts: a size is hexadecimal digits, and a chunk ends where its size says.
A bare LF in place of CRLF is taken, as by curl, and the connection is not used again.

Bytes go from the receive buffer straight to the reader's memory; nothing is kept in between. A line that is
not complete is not read again when more of it comes.
"""

import re
from typing import Final

from pythonscript_http.exceptions import RemoteProtocolError

from .fields import Verdict, check_number, fields

LINE_LIMIT: Final = 16384
"""Bytes of one size line with its extensions, which no known server fills and everybody ignores."""

MOST_LINES: Final = 2048
"""Size lines that one call reads: 2 ms."""

_PADDING: Final = 128
"""Zeros before a size, and blanks behind it, which some servers fill up to a fixed width."""

# Nothing in these patterns matches in two ways, so their cost is linear.
_SIZE: Final = rb"(?=[0-9A-Fa-f])0{0,%d}+([0-9A-Fa-f]{0,15}+)[ \t]{0,%d}+" % (_PADDING, _PADDING)
_LINE: Final = _SIZE + rb"(?:;[^\r\n\0]*+)?\r?\n"  # extensions are ignored (section 7.1.1)
_FIRST: Final = re.compile(_LINE)
_NEXT: Final = re.compile(rb"\r\n" + _LINE)
_NEXT_ODD: Final = re.compile(rb"\r?\n" + _LINE)
"""Where a size line ended in a bare LF, chunks may."""

_BEGUN: Final = re.compile(_SIZE + rb"(;?)")
_CR: Final = ord("\r")
_EXTENSION_END: Final = re.compile(rb"[\r\n\0]")


class ChunkedDecoder:
    """Decodes one body.

    Args:
        trailer_limit: most bytes that the trailers may have.
        body_limit: most bytes that the body may have.
    """

    __slots__ = (
        "_again",
        "_allowed",
        "_body_limit",
        "_scanned",
        "_size",
        "_trailer_limit",
        "done",
        "failure",
        "left",
        "odd",
        "oversize",
        "paused",
        "trailers",
    )

    def __init__(self, trailer_limit: int, body_limit: int) -> None:
        self._trailer_limit = trailer_limit
        self._body_limit = self._allowed = body_limit
        self._again = b""  # the last size line, as most chunks are as long as the one before
        self._size = 0  # what it says
        self._scanned = 0  # bytes of an incomplete line, or of the trailers, that need not be read again
        self.left = 0
        """Bytes of the chunk under way that were not taken yet."""
        self.done = False
        """The last chunk and the trailers were seen."""
        self.failure = ""
        """What is wrong behind the bytes that were taken; the body ends there."""
        self.oversize = False
        """That is the body's size."""
        self.paused = False
        """The last call stopped though more can be decoded of what has come: it had read enough lines."""
        self.odd = False
        """Something is wrong and was taken nevertheless; the connection is not to be used again."""
        self.trailers: list[tuple[bytes, bytes]] = []
        """The fields of the trailer section (section 7.1.2), once `done`."""

    def decode(self, source: bytearray, at: int, end: int, target: memoryview) -> tuple[int, int]:
        """Moves bytes of the body to their reader, and passes over all framing before the next one.

        Args:
            source: what has come, in `source[at:end]`; it begins where the last call stopped.
            target: where to write.

        Returns:
            Where it stopped in the source, and how many bytes it wrote.
        """
        self.paused = False
        if self.done or self.failure:
            return at, 0
        pieces, room = [], len(target)  # copies: thousands of views would call for the garbage collector
        left, allowed, again, size = self.left, self._allowed, self._again, self._size
        length = len(again)
        for _ in range(MOST_LINES):
            if left:
                stop = at + left
                if stop > end or left > room:
                    stop = min(end, at + room)
                    pieces.append(source[at:stop])
                    left -= stop - at
                    at = stop
                    break
                pieces.append(source[at:stop])
                room -= left
                at = stop
            if size and source.startswith(again, at, end):
                at += length
                left = size
            elif again and not size:
                left, at = 0, self._take_trailers(source, at, end)
                break
            else:
                match = self._match_line(source, at, end)
                if match is None:
                    left = 0
                    break
                at, left = match.end(), int(match[1] or b"0", 16)
                self._size = size = left
                self._again = again = match[0] if again else b"\r\n" + match[0]
                length = len(again)
            allowed -= left
            if allowed < 0:
                left = 0
                self.failure = f"the body is over the limit of {self._body_limit} bytes"
                self.oversize = True
                break
        else:
            self.paused = True
        self.left, self._allowed = left, allowed
        body = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        target[: len(body)] = body
        return at, len(body)

    def _match_line(self, source: bytearray, at: int, end: int) -> re.Match[bytes] | None:
        """Matches a size line, with the line end of the chunk before it. None: it is incomplete, or wrong."""
        if self._scanned and source.find(b"\n", at + self._scanned, end) < 0:
            match = None
        else:
            pattern = _FIRST if not self._again else _NEXT_ODD if self.odd else _NEXT
            match = pattern.match(source, at, end)
        if (match.end() if match else end) - at > LINE_LIMIT:
            self.failure = f"malformed chunked coding: over {LINE_LIMIT} bytes of chunk extensions"
            return None
        if match is None:
            self._check_begun(source, at, end)
            return None
        self._scanned = 0
        self.odd |= not match[0].endswith(b"\r\n")
        return match

    def _check_begun(self, source: bytearray, at: int, end: int) -> None:
        """Checks that a size line that is not complete can still become one."""
        start = at
        if self._again:
            crlf = bytes(source[at : min(end, at + 2)])
            if b"\r\n".startswith(crlf):
                start += len(crlf)
            elif self.odd and crlf.startswith(b"\n"):
                start += 1
            else:
                found = bytes(source[at : min(end, at + 40)])
                self.failure = (
                    f"malformed chunked coding: the chunk is longer than its size ({found!a} follows)"
                )
                return
        begun = _BEGUN.match(source, start, end)
        stop = start if begun is None else begun.end()
        if begun is not None and begun[2]:
            line_end = _EXTENSION_END.search(source, max(stop, at + self._scanned), end)
            stop = line_end.start() if line_end else end
        if stop < end and not (begun and end - stop == 1 and source[stop] == _CR):
            line = bytes(source[start : min(end, start + 40)]).partition(b"\n")[0]
            self.failure = f"malformed chunked coding: {line!a} is not a chunk size"
        self._scanned = stop - at

    def _take_trailers(self, source: bytearray, at: int, end: int) -> int:
        """Takes the trailer section once it has all come. Returns where it ends, or `at`."""
        if source.startswith((b"\r\n", b"\n"), at, end):
            stop = at
        else:
            start = at + max(0, self._scanned - 2)
            stops = (source.find(mark, start, end) for mark in (b"\n\r\n", b"\n\n"))
            stop = min((one + 1 for one in stops if one >= 0), default=-1)
        if (end if stop < 0 else stop) - at > self._trailer_limit:
            self.failure = f"the trailers are over the limit of {self._trailer_limit} bytes"
            return at
        if stop < 0:
            self._scanned = end - at
            return at
        section = bytes(source[at:stop])
        try:
            check_number(section)
        except RemoteProtocolError as error:
            self.failure = f"the trailers: {error}"
            return at
        for field in fields(section.split(b"\n")[:-1]):
            if field.verdict is Verdict.MALFORMED:
                self.failure = f"malformed trailer {field.line[:80]!a}"
                return at
            self.odd |= field.verdict is Verdict.ODD
            self.trailers.append((field.line[: len(field.name)], field.value))
        self.done = True
        return source.index(b"\n", stop) + 1
