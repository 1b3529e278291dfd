"""The heads of the response to one request: interim ones are passed over, the final one is returned.

A head that comes in pieces is searched for its end once, and one call parses a bounded number of them.
"""

from typing import Final

from pythonscript_http.exceptions import RemoteProtocolError

from .response import END_OF_HEAD, HEADS_WORK, ResponseHead, check_prefix, head_work, parse_head

MOST_INTERIM: Final = 1000
"""Interim responses to one request. They may all come at once, which takes several calls to parse."""


class HeadReader:
    """Reads the heads of one response.

    Args:
        method: the request's.
    """

    __slots__ = (
        "_interims",
        "_method",
        "_scanned",
        "_skipped",
        "at",
        "behind",
        "continued",
        "kept",
        "odd",
    )

    def __init__(self, method: str) -> None:
        self._method = method
        self._interims = 0
        self._skipped = 0  # bytes of interim responses
        self._scanned = 0  # bytes of the head under way in which it does not end
        self.at = 0
        """Where the last call stopped in its buffer."""
        self.behind = False
        """The last call parsed enough, and there is more: call again before more is read."""
        self.continued = False
        """`100 Continue` has come."""
        self.odd = False
        """An interim head was wrong in a way that is taken nevertheless."""
        self.kept: list[tuple[int, bytes]] | None = None
        """Where to put each head, its status code and its bytes as they came; None: nowhere."""

    def read(self, buffer: bytearray, start: int, end: int, limit: int) -> ResponseHead | None:
        """Reads on.

        Args:
            buffer: what has come, in `buffer[start:end]`; it begins where the last call stopped.
            limit: most bytes that all heads of the response may have together.

        Returns:
            The head of the final response (101 is final too); None while it has not all come.

        Raises:
            RemoteProtocolError: this is not HTTP/1.x, or over a limit.
        """
        self.behind = False
        self.at, work = start, 0
        while self.at < end:
            begin = self.at
            block = self._next_block(buffer, begin, end, limit)
            if block is None:
                return None
            if begin > start and work + head_work(block) > HEADS_WORK:
                self.at = begin
                self.behind = True
                return None
            head = parse_head(block, self._method)
            if self.kept is not None:
                self.kept.append((head.code, block))
            if head.code >= 200 or head.code == 101:
                return head
            work += head_work(block)
            self._skipped += len(block)
            self._interims += 1
            if self._interims > MOST_INTERIM:
                raise RemoteProtocolError(f"over {MOST_INTERIM} interim responses to one request")
            self.continued |= head.code == 100
            self.odd |= head.odd
        return None

    def _next_block(self, buffer: bytearray, start: int, end: int, limit: int) -> bytes | None:
        """Cuts the next head off the buffer; None while its end has not come."""
        search = start + self._scanned
        if self._interims:  # linear also in a thousand that end in bare LF
            match = END_OF_HEAD.search(buffer, search, end)
            stop = match.end() if match else 0
        else:  # the faster way
            crlf = buffer.find(b"\n\r\n", search, end)
            lf = buffer.find(b"\n\n", search, end if crlf < 0 else crlf + 1)
            stop = lf + 2 if lf >= 0 else crlf + 3 if crlf >= 0 else 0
        block = bytes(buffer[start : stop or min(end, start + 7)])
        check_prefix(block[:7])
        if self._skipped + (stop or end) - start > limit:
            raise RemoteProtocolError(f"the header block is over the limit of {limit} bytes")
        if not stop:
            self._scanned = max(0, end - start - 2)
            return None
        self._scanned = 0
        self.at = stop
        return block
