"""multipart/form-data, written as it is sent: no file of it is ever held in memory (RFC 7578).

    body = MultipartBody([Part("title", b"A turret"), Part("picture", b"...", "turret.png")])
    body.content_type  # multipart/form-data; boundary=...

Names are quoted as browsers do it, which is what servers read (HTML Standard section 4.10.22.8).
"""

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from pythonscript_http.exceptions import LocalError
from pythonscript_http.query import engine_text

from .bodies import Body, FileBody, Reader
from .files import Files
from .media import type_of_name

MOST_PARTS: Final = 10_000
"""Parts of one form. Servers take some 1000."""

_BOUNDARY: Final = re.compile(
    r"[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]"
)  # RFC 2046 section 5.1.1
_BREAKS: Final = re.compile(r"[\r\n\0]")
_QUOTED: Final = {ord('"'): "%22", ord("\r"): "%0D", ord("\n"): "%0A"}


class Part(NamedTuple):
    """A field of a form."""

    name: str
    content: bytes | Body
    filename: str | None = None
    """What it is called as a file; None: it is none."""
    content_type: str = ""
    """Empty: a file's is that of its name, and another field has none, which means text in UTF-8."""


class MultipartBody:
    """A form as the body of a request.

    Args:
        parts: its fields, in order.
        boundary: what stands between them; empty: 128 random bits, which are in no file.

    Raises:
        LocalError: a part can't be sent, or there are too many of them; the text names it.
    """

    def __init__(self, parts: Sequence[Part], boundary: str = "") -> None:
        if len(parts) > MOST_PARTS:
            raise LocalError(f"the form has {len(parts)} parts; {MOST_PARTS} at most can be sent")
        if boundary and not _BOUNDARY.fullmatch(boundary):
            raise LocalError(f"the boundary {boundary!a} is none (RFC 2046 section 5.1.1)")
        boundary = boundary or f"----form-{secrets.token_hex(16)}"
        quoted = boundary if re.fullmatch("[0-9A-Za-z_.+-]+", boundary) else f'"{boundary}"'
        self.content_type: Final = f"multipart/form-data; boundary={quoted}"
        self._pieces: Final[list[bytes | tuple[str, Body]]] = []  # a source with its part's name
        self.replayable = True
        """It may be sent again."""
        self.length = 0
        """In bytes; -1: that of a part is not known."""
        gap = b""
        for index, part in enumerate(parts):
            self._put(gap + _head(index, part, boundary))
            self._put_content(part)
            gap = b"\r\n"
        self._put(gap + f"--{boundary}--\r\n".encode())

    def _put(self, data: bytes) -> None:
        self._pieces.append(data)
        if self.length >= 0:
            self.length += len(data)

    def _put_content(self, part: Part) -> None:
        content = part.content
        if isinstance(content, bytes):
            self._put(content)
            return
        self._pieces.append((part.name, content))
        self.replayable = self.replayable and content.replayable
        self.length = self.length + content.length if self.length >= 0 <= content.length else -1

    def open(self) -> "MultipartReader":
        """Begins to read it. Its files are opened one after the other, as their turn comes."""
        return MultipartReader(iter(self._pieces))


class MultipartReader:
    """Reads a `MultipartBody`."""

    def __init__(self, pieces: Iterator[bytes | tuple[str, Body]]) -> None:
        self._pieces = pieces
        self._data = memoryview(b"")
        self._reader: Reader | None = None
        self._name = ""  # of the part that the reader reads
        self._left = 0  # bytes that it has to give; below 0: nobody knows

    def read(self, size: int, /) -> bytes | memoryview:
        """Up to so many bytes; none: that was all.

        Raises:
            LocalError: a part has not as many bytes as it had when the form was made.
        """
        while size > 0:
            if self._data:
                piece, self._data = self._data[:size], self._data[size:]
                return piece
            if self._reader is not None:
                got = self._reader.read(size)
                if got:
                    return self._counted(got)
                self.close()
                if self._left > 0:
                    raise LocalError(f"the part {self._name!a} has become shorter since its length was told")
                continue
            following = next(self._pieces, None)
            if following is None:
                break
            if isinstance(following, bytes):
                self._data = memoryview(following)
            else:
                self._name, source = following
                self._left = source.length
                self._reader = source.open()
        return b""

    def _counted(self, got: bytes | memoryview) -> bytes | memoryview:
        if self._left >= 0:
            self._left -= len(got)
            if self._left < 0:
                self.close()
                raise LocalError(f"the part {self._name!a} has become longer since its length was told")
        return got

    def close(self) -> None:
        """Lets go of the file that is open."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None


def _head(index: int, part: Part, boundary: str) -> bytes:
    """What stands before a part's content."""
    kind = part.content_type or ("" if part.filename is None else type_of_name(part.filename))
    if _BREAKS.search(kind):
        raise LocalError(f"the content type of part {index} holds a line break or a NUL")
    filename = "" if part.filename is None else f'; filename="{part.filename.translate(_QUOTED)}"'
    lines = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{part.name.translate(_QUOTED)}"{filename}\r\n'
    ]
    if kind:
        lines.append(f"Content-Type: {kind}\r\n")
    try:
        return "".join([*lines, "\r\n"]).encode()
    except UnicodeEncodeError:
        raise LocalError(f"part {index} has a lone surrogate in its name, which has no UTF-8 form") from None


# ---- parts, as the option `multipart` has them

_KEYS: Final = ("data", "file", "filename", "content_type")
_BLOB: Final = "blob"
"""What bytes are called as a file that have no name, as in browsers."""


def form_parts(
    fields: Mapping[Any, object] | Iterable[object], files: Files, text: Callable[[object], str] = engine_text
) -> list[Part]:
    """Makes the parts of a form of what a user gives.

    Args:
        fields: by name, a text, a number, bytes, a list of such, or a dictionary that says more: `data` (a
            text or bytes) or `file` (a path), `filename`, `content_type`. Or a list of such dictionaries,
            each with its `name`.
        files: opens files.
        text: makes text of names and values.

    Raises:
        LocalError: a field is none of that, or its file can't be read; the text names the field.
    """
    if isinstance(fields, Mapping):
        return [
            _part(text(name), one, files, text)
            for name, value in fields.items()
            for one in (value if isinstance(value, list | tuple) else (value,))
        ]
    parts = []
    for index, field in enumerate(fields):
        if not isinstance(field, Mapping) or "name" not in field:
            raise LocalError(f"part {index} of the form is no dictionary with a name")
        rest = {key: value for key, value in field.items() if key != "name"}
        parts.append(_part(text(field["name"]), rest, files, text))
    return parts


def _part(name: str, value: object, files: Files, text: Callable[[object], str]) -> Part:
    if not isinstance(value, Mapping):
        content = _content(name, value, text)
        return Part(name, content, None if isinstance(value, str | int | float) else _BLOB)
    for key in value:
        if key not in _KEYS:
            raise LocalError(f"the field {name!a} has a {str(key)[:40]!a}; known are {', '.join(_KEYS)}")
    for key in ("file", "filename", "content_type"):
        if not isinstance(value.get(key, ""), str):
            raise LocalError(f"the field {name!a} has a {key} that is no text")
    if ("data" in value) == ("file" in value):
        raise LocalError(f"the field {name!a} must have either data or a file")
    content_type = value.get("content_type", "")
    if "file" in value:
        path = value["file"]
        filename = value.get("filename", re.split(r"[/\\]", path)[-1])
        return Part(name, FileBody(files, path), filename, content_type)
    data = value["data"]
    filename = value.get("filename", None if isinstance(data, str) else _BLOB)
    return Part(name, _content(name, data, text), filename, content_type)


def _content(name: str, value: object, text: Callable[[object], str]) -> bytes:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if not isinstance(value, str | int | float):
        kind = "null" if value is None else f"a {type(value).__name__}"
        raise LocalError(f"the field {name!a} is {kind}; it must be a text, a number, bytes or a dictionary")
    try:
        return text(value).encode()
    except UnicodeEncodeError:
        raise LocalError(f"the field {name!a} holds a lone surrogate, which has no UTF-8 form") from None
