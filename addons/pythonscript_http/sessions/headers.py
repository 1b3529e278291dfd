"""Header fields as sessions have them: texts, in order, with names in any case (RFC 9110 section 5).

headers = Headers({"Accept": "application/json"})
headers.add("Accept", "text/plain")
headers.get("accept")  # application/json, text/plain
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from pythonscript_http.exceptions import LocalProtocolError
from pythonscript_http.http1.fields import text
from pythonscript_http.http1.request import TOKEN, encoded

Fields = Mapping[str, str | Sequence[str]] | Iterable[tuple[str, str] | str]
"""What headers are made of: a dictionary, whose values may be lists; pairs; or lines of `name: value`."""


class Headers:
    """A multi-map of header fields.

    Args:
        fields: what it begins with.

    Raises:
        LocalProtocolError: a name or a value can't be sent. No value is repeated: it may be a secret.
    """

    __slots__ = ("_fields",)

    def __init__(self, fields: "Fields | Headers" = ()) -> None:
        self._fields: list[tuple[str, str, str]] = []  # the name in lower case, the name, the value
        if isinstance(fields, Headers):
            self._fields += fields._fields
        elif isinstance(fields, Mapping):
            for name, value in fields.items():
                for one in value if isinstance(value, list | tuple) else (value,):
                    self.add(name, one)
        else:
            for field in fields:
                self.add(*(_of_line(field) if isinstance(field, str) else _of_pair(field)))

    @classmethod
    def received(cls, fields: Sequence[tuple[bytes, bytes]]) -> "Headers":
        """Headers as a peer sent them: odd names too, in UTF-8 or else ISO-8859-1 (RFC 9110 section 5.5).

        Args:
            fields: names and values, none of which holds a NUL (see `http1.fields`).
        """
        headers = cls()
        parts = [part for field in fields for part in field]
        try:
            texts = b"\0".join(parts).decode().split("\0") if parts else []  # at once, as all is in ASCII
        except UnicodeDecodeError:
            texts = [text(part) for part in parts]
        names = texts[::2]
        headers._fields = list(zip([name.lower() for name in names], names, texts[1::2], strict=True))
        return headers

    # ---- reading

    def get(self, name: str, default: str = "") -> str:
        """The value of a field; values of several are joined by `", "` (RFC 9110 section 5.3), but those of
        Set-Cookie, which may hold commas, by a line feed.

        Args:
            default: what is returned where there is none.
        """
        values = self.all(name)
        if len(values) < 2:
            return values[0] if values else default
        return ("\n" if name.lower() == "set-cookie" else ", ").join(values)

    def all(self, name: str) -> list[str]:
        """The values of all fields of a name, in order."""
        wanted = name.lower()
        return [value for key, _, value in self._fields if key == wanted]

    def names(self) -> list[str]:
        """Every name once, in lower case, in the order in which they first stand."""
        return list(dict.fromkeys(key for key, _, _ in self._fields))

    def __contains__(self, name: str) -> bool:
        if not self._fields:
            return False
        wanted = name.lower()
        return any(key == wanted for key, _, _ in self._fields)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter([(name, value) for _, name, value in self._fields])

    def __len__(self) -> int:
        return len(self._fields)

    def __eq__(self, other: object) -> bool:
        """Whether both have the same fields in the same order; the case of names does not count."""
        if not isinstance(other, Headers):
            return NotImplemented
        return [(key, value) for key, _, value in self._fields] == [
            (key, value) for key, _, value in other._fields
        ]

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        """Names only: values may be secrets."""
        return f"Headers({[name for _, name, _ in self._fields]})"

    def lines(self) -> list[str]:
        """The fields as lines of `name: value`."""
        return [f"{name}: {value}" for _, name, value in self._fields]

    def encoded(self) -> list[tuple[bytes, bytes]]:
        """The fields as they are sent."""
        return [(name.encode(), value.encode("utf-8", "surrogateescape")) for _, name, value in self._fields]

    # ---- changing

    def add(self, name: str, value: str) -> None:
        """Adds a field behind the others.

        Raises:
            LocalProtocolError: the name is no token, or the value can't be sent.
        """
        self._fields.append(_checked(name, value))

    def set(self, name: str, value: str) -> None:
        """Puts a field in the place of the first one of its name, and removes further ones.

        Raises:
            LocalProtocolError: as by `add`.
        """
        field = _checked(name, value)
        places = [place for place, (key, _, _) in enumerate(self._fields) if key == field[0]]
        if not places:
            self._fields.append(field)
            return
        self._fields[places[0]] = field
        if len(places) > 1:
            first, wanted = places[0] + 1, field[0]
            self._fields[first:] = [other for other in self._fields[first:] if other[0] != wanted]

    def add_returned(self, name: str, value: str) -> None:
        """Adds a field with what a peer sent, which goes back as it came.

        Args:
            name: a token.
            value: without control characters; lone surrogates are bytes that are no UTF-8 (PEP 383).
        """
        self._fields.append((name.lower(), name, value))

    def remove(self, name: str) -> None:
        """Removes all fields of a name; there need be none."""
        wanted = name.lower()
        self._fields = [field for field in self._fields if field[0] != wanted]

    def merged(self, others: "Headers") -> "Headers":
        """These headers, those of them replaced that the others have, too."""
        headers = self.without({key for key, _, _ in others._fields})
        headers._fields += others._fields
        return headers

    def without(self, names: Collection[str]) -> "Headers":
        """These headers without those of some names, which are given in lower case."""
        headers = Headers()
        headers._fields = [field for field in self._fields if field[0] not in names]
        return headers


def _of_pair(pair: object) -> tuple[str, str]:
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        what = "a list" if isinstance(pair, list | tuple) else f"a {type(pair).__name__}"
        raise LocalProtocolError(f"a header is {what}; it must be a line, or a list of name and value")
    return pair[0], pair[1]


def _of_line(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon:
        begin = TOKEN.match(line.lstrip(" \t"))
        named = f"a header line that begins with {begin[0]!a}" if begin else "a header line"
        raise LocalProtocolError(f"{named} is not of the form 'name: value'")
    return name.strip(" \t"), value


def _checked(name: str, value: str) -> tuple[str, str, str]:
    if not isinstance(name, str) or TOKEN.fullmatch(name) is None:
        begin = TOKEN.match(name) if isinstance(name, str) else None
        named = f"a header whose name begins with {begin[0]!a}" if begin else "a header's name"
        raise LocalProtocolError(f"{named} has characters that no name may have, or none at all")
    if not isinstance(value, str):
        raise LocalProtocolError(f"the header {name!a} has a {type(value).__name__} as its value, not a text")
    value = value.strip(" \t")
    encoded(name, value)
    return name.lower(), name, value
