"""Words of a command, as a POSIX shell reads and quotes them.

Quoting is read, `$'...'` too, and nothing is run: `$NAME` becomes the variable `{{NAME}}`, and what only a
shell can do, such as pipes and `$(...)`, is an error.
"""

import re
from collections.abc import Callable
from typing import Final

from .request import FormatError

_PIECE: Final = re.compile(
    r"""(?P<blank>\s+(?:\\[ \t]{2,})*)
    |'(?P<single>[^']*)'
    |\$'(?P<ansi>(?:[^'\\]|\\.)*)'
    |"(?P<double>(?:[^"\\]|\\.)*)"
    |\\(?P<escaped>\r?\n|.)
    |\$(?:\{(?P<braced>\w+)\}|(?P<named>[A-Za-z_]\w*))
    |(?P<plain>[^\s'"\\$`|&;<>()]+)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_IN_DOUBLE: Final = re.compile(
    r"""\\(?P<escaped>[$`"\\\n])|\$(?:\{(?P<braced>\w+)\}|(?P<named>[A-Za-z_]\w*))|(?P<other>\$\(|`)""",
    re.DOTALL,
)
_ANSI: Final = re.compile(
    r"\\(?:(?P<octal>[0-7]{1,3})|x(?P<hex>[0-9A-Fa-f]{1,2})|u(?P<u>[0-9A-Fa-f]{1,4})|U(?P<U>[0-9A-Fa-f]{1,8})"
    r"|c(?P<control>.)|(?P<letter>.))",
    re.DOTALL,
)
_PAIR: Final = re.compile("[\ud800-\udbff][\udc00-\udfff]?")
_LETTERS: Final = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "E": "\x1b",
    "f": "\f",
    "v": "\v",
}


def words(command: str) -> list[str]:
    """Splits a command as a POSIX shell does.

    Lines may end with CRLF. A field of one line, into which a command of several is pasted, drops their ends:
    of a backslash, the end and the next line's indent the end is missing then, and the rest parts words here.

    Raises:
        FormatError: it needs a shell, or a quote is not closed.
    """
    found: list[str] = []
    current: list[str] | None = None
    for piece in _PIECE.finditer(command):
        kind, text = piece.lastgroup, piece[piece.lastgroup or 0]
        if kind == "blank":
            if current is not None:
                found.append("".join(current))
            current = None
            continue
        if kind == "other":
            raise FormatError(_why_not(text, command[piece.end() :]))
        if kind == "escaped" and text in ("\n", "\r\n"):
            continue
        current = [] if current is None else current
        current.append(_READERS.get(kind or "", str)(text))
    return found if current is None else [*found, "".join(current)]


def _why_not(text: str, rest: str) -> str:
    if text in "'\"":
        return f"a quote {text} is not closed"
    if text == "\\":
        return "the command ends with a backslash"
    if text == "$" and not rest.startswith("("):
        return "a $ without a name: put it into single quotes"
    return f"{text!r} needs a shell: only the curl command itself can be read"


def _double(text: str) -> str:
    def read(found: re.Match[str]) -> str:
        if found["other"]:
            raise FormatError(f"{found['other']!r} needs a shell: only the curl command itself can be read")
        name = found["braced"] or found["named"]
        return _variable(name) if name else found["escaped"].replace("\n", "")

    return _IN_DOUBLE.sub(read, text)


def _ansi(text: str) -> str:
    r"""What stands between `$'` and `'`. Bytes, as of `\xe9`, are UTF-8; others stay as surrogates."""

    def read(found: re.Match[str]) -> str:
        code = (found["octal"] and int(found["octal"], 8)) or (found["hex"] and int(found["hex"], 16))
        if found["octal"] or found["hex"]:
            return bytes([int(code or 0) & 0xFF]).decode("utf-8", "surrogateescape")
        if digits := found["u"] or found["U"]:
            number = int(digits, 16)
            return chr(number) if number <= 0x10FFFF else "\ufffd"
        if found["control"]:
            return chr(ord(found["control"]) & 0x1F)
        return _LETTERS.get(found["letter"], found["letter"])

    plain = _PAIR.sub(_paired, _ANSI.sub(read, text))
    return plain.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")


def _paired(found: re.Match[str]) -> str:
    """Chrome writes one code unit after the other."""
    return found[0].encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _variable(name: str) -> str:
    return f"{{{{{name}}}}}"


_READERS: Final[dict[str, Callable[[str], str]]] = {
    "double": _double,
    "ansi": _ansi,
    "braced": _variable,
    "named": _variable,
}


def quoted(text: str) -> str:
    """Quotes a word, so that `words` gives it back.

    Raises:
        FormatError: it has a NUL.
    """
    if "\0" in text:
        raise FormatError("there is a NUL in it, which no command can have")
    return "'" + text.replace("'", "'\\''") + "'"
