"""Chunked transfer coding, undone: RFC 9112 section 7.1.

This is the one piece of HTTP that we parse ourselves. llhttp refuses what the RFC's grammar allows (blanks
behind the `;` of an extension, a trailer named Content-Length) and tells no position, so nobody could go on
where it stopped. What is left to do is small: a line that begins with a number, that many bytes, and so on.
It is as strict as llhttp where it counts: a size is hexadecimal digits, and a size line ends in CRLF.

Bytes go from the receive buffer straight to the reader's memory; nothing is kept in between.
"""

import re
from typing import Final

from .errors import RemoteError

LINE_LIMIT: Final = 16384
"""Bytes of one size line with its extensions, which no known server fills and everybody ignores."""

# Extensions begin with a `;` and are ignored up to the line's end (section 7.1.1); some servers pad sizes.
_EXTENSION: Final = rb"[ \t]*(?:;[^\r\n\0]*)?"
_FIRST: Final = re.compile(rb"0*([0-9A-Fa-f]{1,15})" + _EXTENSION + rb"\r\n")
_NEXT: Final = re.compile(rb"\r\n" + _FIRST.pattern)
_FIRST_BEGUN: Final = re.compile(rb"(?:[0-9A-Fa-f]+" + _EXTENSION + rb"\r?)?")
_NEXT_BEGUN: Final = re.compile(rb"(?:\r(?:\n" + _FIRST_BEGUN.pattern + rb")?)?")

_FIELD: Final = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]+:)[ \t]*([^\r\n\0]*?)[ \t]*")
_FOLD: Final = re.compile(rb"[ \t]*\r?\n[ \t]+")


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
        "_size",
        "_trailer_limit",
        "done",
        "failure",
        "left",
        "trailers",
    )

    def __init__(self, trailer_limit: int, body_limit: int) -> None:
        self._trailer_limit = trailer_limit
        self._body_limit = self._allowed = body_limit
        self._again = b""  # the last size line, as most chunks are as long as the one before
        self._size = 0  # what it says
        self.left = 0
        """Bytes of the chunk under way that were not taken yet."""
        self.done = False
        """The last chunk and the trailers were seen."""
        self.failure = ""
        """What is wrong behind the bytes that were taken; the body ends there."""
        self.trailers: list[bytes] = []
        """The lines of the trailer section (section 7.1.2), once `done`."""

    def decode(self, source: bytearray, at: int, end: int, target: memoryview) -> tuple[int, int]:
        """Moves bytes of the body to their reader, and passes over all framing before the next one.

        Args:
            source: what has come, in `source[at:end]`; it begins where the last call stopped.
            target: where to write.

        Returns:
            Where it stopped in the source, and how many bytes it wrote.
        """
        if self.done or self.failure:
            return at, 0
        view, pieces, room = memoryview(source), [], len(target)
        left, allowed, again, size = self.left, self._allowed, self._again, self._size
        length = len(again)
        while True:
            if left:
                stop = at + left
                if stop > end or left > room:
                    stop = min(end, at + room)
                    pieces.append(view[at:stop])
                    left -= stop - at
                    at = stop
                    break
                pieces.append(view[at:stop])
                room -= left
                at = stop
            if size and source.startswith(again, at, end):
                at += length
                left = size
            elif again and not size:
                left, at = 0, self._take_trailers(source, at, end)
                break
            else:
                match = (_NEXT if again else _FIRST).match(source, at, end)
                if match is None:
                    left = 0
                    self._check_line(source, at, end)
                    break
                at, left = match.end(), int(match[1], 16)
                self._size = size = left
                self._again = again = b"\r\n" + match[0].removeprefix(b"\r\n")
                length = len(again)
            allowed -= left
            if allowed < 0:
                left = 0
                self.failure = f"the body is over the limit of {self._body_limit} bytes"
                break
        self.left, self._allowed = left, allowed
        body = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        target[: len(body)] = body
        return at, len(body)

    def _check_line(self, source: bytearray, at: int, end: int) -> None:
        """Sees whether a size line that is not complete can still become one."""
        begun = _NEXT_BEGUN if self._again else _FIRST_BEGUN
        if begun.fullmatch(source, at, end) is None:
            found = bytes(source[at : min(end, at + 40)])
            if self._again and not found.startswith(b"\r\n"):
                self.failure = (
                    f"malformed chunked coding: the chunk is longer than its size told ({found!a} follows)"
                )
            else:
                line = found.removeprefix(b"\r\n" if self._again else b"").partition(b"\n")[0]
                self.failure = f"malformed chunked coding: {line!a} is no chunk size"
        elif end - at > LINE_LIMIT:
            self.failure = f"malformed chunked coding: over {LINE_LIMIT} bytes of chunk extensions"

    def _take_trailers(self, source: bytearray, at: int, end: int) -> int:
        """Takes the trailer section once it has all come. Gives where it ends, or `at`."""
        if source.startswith((b"\r\n", b"\n"), at, end):
            stop = at
        else:
            stops = (source.find(mark, at, end) for mark in (b"\n\r\n", b"\n\n"))
            stop = min((one + 1 for one in stops if one >= 0), default=-1)
        if (end if stop < 0 else stop) - at > self._trailer_limit:
            self.failure = f"the trailers are over the limit of {self._trailer_limit} bytes"
        elif stop >= 0:
            try:
                self.trailers = _fields(bytes(source[at:stop]))
            except RemoteError as error:
                self.failure = str(error)
                return at
            self.done = True
            return source.index(b"\n", stop) + 1
        return at


def _fields(section: bytes) -> list[bytes]:
    """Cuts a trailer section into its lines; what is no field is refused."""
    lines = []
    for line in _FOLD.sub(b" ", section).split(b"\n")[:-1]:
        match = _FIELD.fullmatch(line.removesuffix(b"\r"))
        if match is None:
            raise RemoteError(f"malformed trailer {line[:80].rstrip()!a}")
        lines.append(b" ".join(match.groups()).rstrip())
    return lines
