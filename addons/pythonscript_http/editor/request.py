"""A request as the tools of the editor exchange it: curl commands, `.http` files and the console's fields."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from urllib.parse import quote, unquote_plus

LARGEST: Final = 16 << 20
"""Bytes that a command, a file of requests, or a body may have."""

_URL: Final = re.compile(
    r"(?:([A-Za-z][A-Za-z0-9+.\-]*)://)?([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.DOTALL
)
_TARGET_KEPT: Final = "!$&'()*+,;=:@/?%[]~-._|^`\\{}\""
"""What a path and a query are sent with as they are; blanks, controls and what is not ASCII are encoded."""
_FORM_KEPT: Final = "~-._"
_PLACEHOLDER: Final = re.compile(r"(\{\{[^{}]*\}\})")
_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


class FormatError(ValueError):
    """A text is not what it should be; the message says where and why, for the user."""


class File(NamedTuple):
    """A part of a body that is the content of a file."""

    path: str


Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Request:
    """A request, perhaps with `{{variables}}`.

    Attributes:
        method: its token.
        url: with scheme and query.
        headers: names and values, in order.
        body: texts, which are sent in UTF-8, and files, one after the other.
        name: what it is called in a `.http` file.
        insecure: certificates are not verified.
        proxy: as `PyHTTPClient.set_http_proxy` takes it, with its port; empty: none.
        ca: the file of the certificates that are trusted, in the place of those that are known; empty: none.
        certificate: the file of the client's certificate; empty: none.
        key: the file of its key; empty: that is in the same file.
        pins: as `PyTLSPolicy.pins`, parted by blanks.
    """

    method: str = "GET"
    url: str = ""
    headers: Headers = ()
    body: tuple[str | File, ...] = ()
    name: str = ""
    insecure: bool = False
    proxy: str = ""
    ca: str = ""
    certificate: str = ""
    key: str = ""
    pins: str = ""

    def header(self, name: str) -> str | None:
        """The value of the first header of that name, in any case of letters; None: there is none."""
        return next((value for known, value in self.headers if known.lower() == name.lower()), None)


OPTIONS: Final = ("proxy", "ca", "certificate", "key", "pins")
"""Fields of a request that say how it is sent, all of them texts; `insecure` is one more."""


def plain(request: Request, body: object) -> dict[str, Any]:
    """A request as texts and lists, for JSON and for panels.

    Args:
        body: the body in the form that the reader takes.
    """
    return {
        "method": request.method,
        "url": request.url,
        "headers": [list(header) for header in request.headers],
        "body": body,
        "name": request.name,
        "insecure": request.insecure,
        **{option: getattr(request, option) for option in OPTIONS},
    }


class Address(NamedTuple):
    """A URL, taken apart for `HTTPClient`."""

    host: str
    """With its scheme and, if it has one, its port."""
    target: str
    """Path and query, encoded."""
    authorization: str
    """What a user and a password in the URL are as the value of that header; empty: there is none."""


def split_url(url: str) -> Address:
    """Takes a URL apart. Without a scheme it is `http`, as for curl; a fragment is dropped.

    Raises:
        FormatError: it names no host, or another scheme.
    """
    match = _URL.fullmatch(url.strip())
    assert match is not None  # every text does
    scheme, authority, path, query = (part or "" for part in match.groups())
    user, at, host = authority.rpartition("@")
    if scheme.lower() not in ("", "http", "https"):
        raise FormatError(f"the URL has the scheme {scheme!a}; http and https are known")
    if not host:
        raise FormatError("the URL has no host" if url.strip() else "there is no URL")
    target = quote(path or "/", safe=_TARGET_KEPT) + (f"?{quote(query, safe=_TARGET_KEPT)}" if query else "")
    authorization = (
        basic(*(unquote_plus(part.replace("+", "%2B")) for part in user.split(":", 1))) if at else ""
    )
    return Address(f"{scheme.lower() or 'http'}://{host}", target, authorization)


def proxy_of(proxy: str) -> tuple[str, int]:
    """The name and the port of a proxy.

    Raises:
        FormatError: it has no port.
    """
    name, _, port = proxy.rpartition(":")
    if not re.fullmatch("[0-9]{1,5}", port):
        raise FormatError(f"the proxy {name or proxy!r} has no port: write host:port")
    return name, int(port)


def basic(user: str, password: str = "") -> str:
    """The value of an Authorization header (RFC 7617)."""
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


def query_of(url: str) -> list[tuple[str, str]]:
    """The fields of a URL's query, decoded; `{{variables}}` as they are."""
    query = url.partition("#")[0].partition("?")[2]
    fields = (field.partition("=") for field in query.split("&") if field)
    return [(unquote_plus(name), unquote_plus(value)) for name, _, value in fields]


def with_query(url: str, fields: Iterable[tuple[str, str]]) -> str:
    """A URL with another query; values are encoded, but for `{{variables}}`."""
    base, mark, fragment = url.partition("#")
    query = form_encoded(fields)
    return base.partition("?")[0] + (f"?{query}" if query else "") + mark + fragment


def form_encoded(fields: Iterable[tuple[str, str]]) -> str:
    """Fields in application/x-www-form-urlencoded; `{{variables}}` stay as they are."""
    return "&".join(f"{_encoded(name)}={_encoded(value)}" for name, value in fields)


def _encoded(text: str) -> str:
    parts = _PLACEHOLDER.split(text)  # every other one is a variable
    return "".join(part if index % 2 else quote(part, safe=_FORM_KEPT) for index, part in enumerate(parts))


def parse_headers(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Reads lines of `name: value`.

    Raises:
        FormatError: a line is none; the message has it.
    """
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not _TOKEN.fullmatch(_PLACEHOLDER.sub("x", name)):
            raise FormatError(f"{line[:80]!r} is not a header: write `name: value`")
        yield name, value.strip()


def check_method(method: str) -> str:
    """Checks a method's token.

    Raises:
        FormatError: it is none.
    """
    if not _TOKEN.fullmatch(method):
        raise FormatError(f"{method[:40]!r} is not a method")
    return method


def pieces_of(request: Request) -> list[str | File]:
    """The body. Lines of a multipart one end with CRLF, however they were written (RFC 2046, 4.1.1)."""
    crlf = (request.header("Content-Type") or "").lower().startswith("multipart/")
    return [
        re.sub(r"\r?\n", "\r\n", piece) if crlf and isinstance(piece, str) else piece
        for piece in request.body
    ]


def content_of(request: Request, read: Callable[[str], bytes]) -> bytes:
    """The bytes of a request's body.

    Args:
        read: gives the content of a file of the body.

    Raises:
        FormatError: the body is too large.
        OSError: a file cannot be read.
    """
    pieces = [
        read(piece.path) if isinstance(piece, File) else piece.encode("utf-8", "surrogateescape")
        for piece in pieces_of(request)
    ]
    if sum(map(len, pieces)) > LARGEST:
        raise FormatError(f"the body is larger than {LARGEST >> 20} MiB, the most that the console sends")
    return b"".join(pieces)
