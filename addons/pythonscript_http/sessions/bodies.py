"""Bodies of requests: where their bytes come from, piece by piece, and whether they can come twice."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, Protocol

from pythonscript_http.exceptions import LocalError
from pythonscript_http.query import engine_text, query_string_from_dict

from .files import Files, Readable


class Reader(Protocol):
    """Gives the bytes of a body, from its begin."""

    def read(self, size: int, /) -> bytes | memoryview:
        """Gives so many bytes or fewer; none at the end. Raises OSError."""

    def close(self) -> None:
        """Nothing more is wanted."""


class Body(Protocol):
    """What a request sends."""

    @property
    def length(self) -> int:
        """Bytes; -1: not known."""

    @property
    def content_type(self) -> str:
        """The Content-Type that it has unless the request's headers name another; empty: none."""

    @property
    def replayable(self) -> bool:
        """It can be opened again."""

    def open(self) -> Reader:
        """Begins it. Raises OSError, or LocalError if it was begun before and cannot again."""


class BytesBody:
    """Bytes that are there.

    Args:
        data: they are not copied.
        content_type: see `Body`.
    """

    __slots__ = ("content_type", "data", "length")

    replayable: Final = True

    def __init__(self, data: bytes | bytearray | memoryview, content_type: str = "") -> None:
        self.data = memoryview(data).cast("B")
        self.length = len(self.data)
        self.content_type = content_type

    def open(self) -> Reader:
        """See `Body`."""
        return _Pieces(iter([self.data]))


class FileBody:
    """A file, as it is when it is opened.

    Args:
        files: opens it.
        path: where it is.
        content_type: see `Body`.

    Raises:
        LocalError: there is none.
    """

    __slots__ = ("_files", "content_type", "length", "path")

    replayable: Final = True

    def __init__(self, files: Files, path: str, content_type: str = "application/octet-stream") -> None:
        self._files = files
        self.path = path
        self.content_type = content_type
        try:
            self.length = files.size(path)
        except OSError as error:
            raise LocalError(f"the file {path!a} can't be read: {error.strerror or error}") from None
        if self.length < 0:
            raise LocalError(f"the file {path!a} can't be read: there is none")

    def open(self) -> Readable:
        """See `Body`."""
        return self._files.read(self.path)


class IteratorBody:
    """Pieces that somebody makes, once.

    Args:
        pieces: bytes, one piece after the other. It is asked on the loop's thread.
        length: bytes in all; -1: not known.
        content_type: see `Body`.
    """

    __slots__ = ("_pieces", "content_type", "length")

    replayable: Final = False

    def __init__(
        self, pieces: Iterable[bytes], length: int = -1, content_type: str = "application/octet-stream"
    ) -> None:
        self._pieces: Iterator[bytes] | None = iter(pieces)
        self.length = length
        self.content_type = content_type

    def open(self) -> Reader:
        """See `Body`."""
        pieces, self._pieces = self._pieces, None
        if pieces is None:
            raise LocalError("the body was sent before, and its pieces come only once")
        return _Pieces(map(memoryview, pieces))


MOST_EMPTY: Final = 1000
"""Pieces in a row that may be empty: whoever makes them has the loop's thread meanwhile."""


class _Pieces:
    """Reads from pieces, without copying them."""

    __slots__ = ("_left", "_pieces")

    def __init__(self, pieces: Iterator[memoryview]) -> None:
        self._pieces = pieces
        self._left = memoryview(b"")

    def read(self, size: int) -> memoryview:
        empty = -1
        while not self._left:
            empty += 1
            if empty > MOST_EMPTY:
                raise LocalError(f"over {MOST_EMPTY} of its pieces in a row are empty")
            following = next(self._pieces, None)
            if following is None:
                return self._left
            self._left = following.cast("B")
        piece, self._left = self._left[:size], self._left[size:]
        return piece

    def close(self) -> None:
        self._pieces = iter(())


def json_body(value: object) -> BytesBody:
    """A value as JSON (RFC 8259): integers exact, in UTF-8.

    Raises:
        LocalError: it has no form in JSON: NaN, an infinity, a circle, or something that is no data.
    """
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return BytesBody(text.encode(), "application/json")
    except UnicodeEncodeError:
        raise LocalError("the JSON holds a lone surrogate, which has no UTF-8 form") from None
    except RecursionError:
        raise LocalError("the value is nested too deeply for JSON, or holds itself") from None
    except (TypeError, ValueError) as error:
        raise LocalError(f"the value has no form in JSON: {error}") from None


def form_body(fields: Mapping[Any, object], text: Callable[[object], str] = engine_text) -> BytesBody:
    """Fields as application/x-www-form-urlencoded: as `query.query_string_from_dict` writes them.

    Args:
        text: makes text of names and values.
    """
    encoded = query_string_from_dict(fields, text)
    return BytesBody(encoded.encode(), "application/x-www-form-urlencoded")
