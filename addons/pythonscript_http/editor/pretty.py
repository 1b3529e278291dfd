"""Bodies to look at: JSON by its tokens, so that nothing of it is lost, and bytes in hexadecimal."""

import re
from collections.abc import Iterator
from typing import Final

from .request import FormatError

SHOWN: Final = 256 << 10
"""Bytes of a body, and characters of a text, that are shown. More would hold the editor up."""
LINES: Final = 10_000
"""Lines of it: they cost an editor's field more than their characters do."""
_DEEPEST: Final = 50
"""Levels that are indented; deeper ones stay in one column."""

_TOKEN: Final = r"""(?P<blank>[ \t\r\n]+)
    |(?P<string>"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*")
    |(?P<number>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
    |(?P<word>true|false|null)
    |(?P<open>[\[{])
    |(?P<close>[\]}])
    |(?P<colon>:)
    |(?P<comma>,)
    |(?P<wrong>.)"""
_TOKENS: Final = re.compile(_TOKEN, re.VERBOSE | re.DOTALL)
_TOKENS_AND_VARIABLES: Final = re.compile(r'(?P<variable>\{\{[^{}"]*\}\})|' + _TOKEN, re.VERBOSE | re.DOTALL)
_CHARSET: Final = re.compile(r";\s*charset\s*=\s*\"?([\w.:\-]+)", re.IGNORECASE)
_UNSHOWABLE: Final = re.compile("[\0\ud800-\udfff]")
_MAGIC: Final = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"RIFF", "webp"),
    (b"BM", "bmp"),
)
_TEXTUAL: Final = re.compile(
    r"text/|application/(?:[\w.\-]+\+)?(?:json|xml|javascript|ecmascript|x-www-form-urlencoded|graphql|x-ndjson|yaml)",
    re.IGNORECASE,
)


def json_problem(text: str) -> str:
    """Tells what is wrong with a request's JSON (RFC 8259), with line and column; empty: nothing is.

    A `{{variable}}` may stand for a value.
    """
    try:
        for _ in _checked(text, _TOKENS_AND_VARIABLES):
            pass
    except FormatError as error:
        return str(error)
    return ""


def pretty_json(text: str, indent: str = "  ", *, variables: bool = False) -> str:
    """Writes JSON with one value a line. Numbers, their spelling, order and repeated names stay.

    Args:
        variables: a `{{variable}}` may stand for a value.

    Raises:
        FormatError: it is no JSON; the message has line and column.
    """
    parts: list[str] = []
    depth, opened = 0, False
    for kind, token in _checked(text, _TOKENS_AND_VARIABLES if variables else _TOKENS):
        if kind == "close":
            depth -= 1
            if not opened:
                parts.append("\n" + indent * min(depth, _DEEPEST))
        elif opened:
            parts.append("\n" + indent * min(depth, _DEEPEST))
        opened = kind == "open"
        depth += opened
        parts.append(token)
        if kind == "comma":
            parts.append("\n" + indent * min(depth, _DEEPEST))
        elif kind == "colon":
            parts.append(" ")
    return "".join(parts)


def _checked(text: str, tokens: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """The tokens of a JSON text, checked by a stack of what is open; no depth is too much for it."""
    stack: list[str] = []
    wanted = "value"  # or: first, name, colon, after, end
    for found in tokens.finditer(text):
        kind, token = found.lastgroup or "", found[0]
        if kind == "blank":
            continue
        value = kind in ("string", "number", "word", "open", "variable")
        inside = stack[-1] if stack else ""
        if value and wanted in ("value", "first"):
            wanted = "after" if stack else "end"
            if kind == "open":
                stack.append(token)
                wanted = "first" if token == "[" else "first name"
        elif kind == "string" and wanted in ("name", "first name"):
            wanted = "colon"
        elif kind == "colon" and wanted == "colon":
            wanted = "value"
        elif kind == "comma" and wanted == "after":
            wanted = "value" if inside == "[" else "name"
        elif kind == "close" and wanted.startswith(("after", "first")) and inside + token in ("[]", "{}"):
            stack.pop()
            wanted = "after" if stack else "end"
        else:
            raise _unexpected(text, found.start(), token, wanted)
        yield kind, token
    if wanted != "end":
        raise _unexpected(text, len(text), "", wanted)


_WANTED: Final = {
    "value": "a value",
    "first": "a value or ]",
    "name": "a name in quotes",
    "first name": "a name in quotes or }",
    "colon": "a colon",
    "after": "a comma, or the end of what is open",
    "end": "nothing more",
}


def _unexpected(text: str, at: int, token: str, wanted: str) -> FormatError:
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    got = f"{token[:20]!r}" if token else "the end"
    return FormatError(f"line {line}, column {column}: {got} where {_WANTED[wanted]} should be")


def hex_dump(data: bytes) -> str:
    """Bytes as offset, hexadecimal and text, sixteen a line."""
    lines = []
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        text = "".join(chr(byte) if 0x20 <= byte < 0x7F else "." for byte in row)
        lines.append(f"{at:08x}  {row[:8].hex(' '):<23}  {row[8:].hex(' '):<23}  {text}")
    return "\n".join(lines)


def kind_of(content_type: str, data: bytes) -> str:
    """What a body is: `json`, `text`, `png`, `jpg`, `webp`, `bmp`, `svg`, `binary`, or `empty`.

    Images are known by their first bytes, whatever the server calls them.
    """
    media = content_type.partition(";")[0].strip().lower()
    if not data:
        return "empty"
    for magic, kind in _MAGIC:
        if data.startswith(magic) and (kind != "webp" or data[8:12] == b"WEBP"):
            return kind
    if media == "image/svg+xml":
        return "svg"
    if media.endswith(("/json", "+json")):
        return "json"
    if _TEXTUAL.match(media):
        return "text"
    sample = data[:4096]
    if b"\0" in sample:
        return "binary"
    try:
        sample.decode()
    except UnicodeDecodeError as error:
        if error.start < len(sample) - 4 or len(data) <= len(sample):
            return "binary"
    return "json" if not media and sample.lstrip()[:1] in (b"{", b"[") else "text"


def text_of(content_type: str, data: bytes) -> str:
    """A body as text, in its charset or else UTF-8. What is no text becomes U+FFFD, a NUL U+2400."""
    charset = _CHARSET.search(content_type)
    try:
        text = data.decode(charset[1] if charset else "utf-8-sig", "replace")
    except (LookupError, UnicodeError):  # Python has codecs too that are none for texts, such as `undefined`
        text = data.decode("utf-8", "replace")
    return _UNSHOWABLE.sub(lambda found: "\u2400" if found[0] == "\0" else "\ufffd", text)


def shown(content_type: str, data: bytes, view: str = "") -> tuple[str, str]:
    """A body to be shown: pretty if it is JSON, else as it is, cut where it is long.

    Args:
        view: `text` or `hex`, if it is to be that, whatever the body is.

    Returns:
        The text, and a note on it for the user, or nothing.
    """
    kind = kind_of(content_type, data)
    if view == "hex" or (not view and kind in ("binary", "png", "jpg", "webp", "bmp")):
        cut = data[: SHOWN // 5]
        note = f"the first {len(cut)} of {len(data)} bytes" if len(cut) < len(data) else ""
        return hex_dump(cut), note
    text, note = text_of(content_type, data[:SHOWN]), ""
    if len(data) > SHOWN:
        note = f"the first {SHOWN >> 10} KiB of {len(data) >> 10}; save it to see all"
    elif kind == "json" and not view:
        try:
            pretty = pretty_json(text)
        except FormatError as error:
            note = f"not valid JSON: {error}"
        else:
            text, note = (
                (pretty, "") if len(pretty) <= 2 * SHOWN else (text, "not indented: it would be too long")
            )
    lines = text.splitlines(keepends=True)
    if len(lines) > LINES:
        return "".join(lines[:LINES]), f"the first {LINES} of {len(lines)} lines; save it to see all"
    return text, note
