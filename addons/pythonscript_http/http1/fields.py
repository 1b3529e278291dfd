"""Field lines of heads and trailers (RFC 9112 section 5), read at a cost linear in their bytes.

Some of what peers send is wrong and harmless: a name that is no token, a control character in a value.
Browsers and curl take such a line, and so do we: scripts see it as it came, nothing that frames a message is
read from it, and the connection is not used again. What could hide a framing field from one of two readers is
malformed.
"""

import re
from collections.abc import Iterable
from enum import Enum, auto
from typing import Final, NamedTuple

from pythonscript_http.exceptions import RemoteProtocolError

FRAMING: Final = (b"content-length", b"transfer-encoding")
"""The names of the fields that delimit a body."""

MOST_FIELDS: Final = 1000
"""Lines of one section. Node takes 2000, http.client 100. To repair one and hand it out costs 3 us."""

_TOKEN: Final = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]++")
_GOOD: Final = re.compile(_TOKEN.pattern + rb":[^\x00-\x08\x0a-\x1f\x7f]*+")
_CONTROL: Final = re.compile(rb"[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""All but TAB, which is a blank, and CR, LF and NUL, which are never taken."""


class Verdict(Enum):
    """What becomes of a field line."""

    GOOD = auto()
    ODD = auto()
    """It is wrong and taken nevertheless."""
    MALFORMED = auto()
    """There is no safe way to read it."""


class Field(NamedTuple):
    """A field line."""

    line: bytes
    """As it came, without its line end; folded lines are one."""
    name: bytes
    """In lower case."""
    value: bytes
    """Without the blanks around it."""
    verdict: Verdict

    @property
    def strict(self) -> bytes:
        """What a strict parser may be shown in place of an odd line; any other line itself."""
        if self.verdict is not Verdict.ODD:
            return self.line
        if _TOKEN.fullmatch(self.name) is None:
            return b"-:"
        return self.name + b":" + _CONTROL.sub(b" ", self.value)


def check_number(section: bytes) -> None:
    """Refuses a section with too many lines.

    Raises:
        RemoteProtocolError: it has more than `MOST_FIELDS`.
    """
    if len(section) < 2 * MOST_FIELDS:  # each line has a byte besides its line end, or it would be the last
        return
    if section.count(b"\n") > MOST_FIELDS + 2:  # the status line and the empty line
        raise RemoteProtocolError(f"over {MOST_FIELDS} field lines")


def fields(lines: Iterable[bytes]) -> list[Field]:
    """Reads the lines of a header or trailer section.

    Folded lines become one, with a blank for each fold, as RFC 9112 section 5.2 demands of user agents.

    Args:
        lines: without their LF; the CR before it may be there.
    """
    unfolded: list[list[bytes]] = []
    for line in (line.removesuffix(b"\r") for line in lines):
        if unfolded and line.startswith((b" ", b"\t")):
            unfolded[-1].append(line.strip(b" \t"))
        else:
            unfolded.append([line.rstrip(b" \t")])
    return [_field(b" ".join(parts)) for parts in unfolded]


def _field(line: bytes) -> Field:
    name, colon, value = line.partition(b":")
    field = Field(line, name.lower(), value.strip(b" \t"), Verdict.GOOD)
    if _GOOD.fullmatch(line) is not None:
        return field
    if not (name and colon) or b"\0" in line or b"\r" in line or line.startswith((b" ", b"\t")):
        return field._replace(verdict=Verdict.MALFORMED)
    if _TOKEN.fullmatch(name) is None:
        return field._replace(verdict=Verdict.MALFORMED if _hides_framing(field.name) else Verdict.ODD)
    return field._replace(verdict=Verdict.MALFORMED if field.name in FRAMING else Verdict.ODD)


def _hides_framing(name: bytes) -> bool:
    """Tells whether another reader may take a name that is no token for that of a framing field."""
    tokens = _TOKEN.findall(name)
    return b"".join(tokens) in FRAMING or any(token in FRAMING for token in tokens)


def text(line: bytes) -> str:
    """Reads a line as UTF-8, as servers mean it today, or else as ISO-8859-1 (RFC 9110 section 5.5)."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")
