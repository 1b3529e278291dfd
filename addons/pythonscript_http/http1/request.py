"""Request heads: what the caller asked for, checked, completed and put into bytes (RFC 9112 section 3)."""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from pythonscript_http.exceptions import LocalProtocolError

Header = tuple[bytes, bytes]
"""A header field as it is sent: its name, and its value without blanks around it."""

_EXPECT_A_BODY: Final = frozenset(("POST", "PUT", "PATCH"))
"""With these, a body of no bytes is announced too (RFC 9110 section 8.6), or servers answer 411."""

TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
"""What names of methods and fields consist of (RFC 9110 section 5.6.2)."""
_NAME: Final = re.compile(TOKEN.pattern.encode())
_BREAKS: Final = re.compile(r"[\r\n\0]")
_BREAKS_IN_VALUE: Final = re.compile(rb"[\r\n\0]")
"""Nothing may end the line, or the string of one who reads it in C."""
_AUTHORITY: Final = re.compile(r"[^/?]*")
# An authority (RFC 9112 section 3.2.3): a registered name or IPv4 address, or an IP literal; and a port.
_HOST_AND_PORT: Final = re.compile(r"([\w.~!$&'()*+,;=%-]+|\[[0-9A-Fa-fv:.%]+\]):[0-9]+", re.ASCII)

# What browsers leave as it is, in a path and in a query (URL Standard, "path" and "special-query"
# percent-encode sets). "%" stays, so that nothing is encoded twice.
_PLAIN_URL: Final = re.compile(r"[!$%&()*+,\-./0-9:;=?@A-Z\[\\\]_a-z|~]+")
_NOT_IN_PATH: Final = re.compile(r"[^!$%&'()*+,\-./0-9:;=?@A-Z\[\\\]_a-z|~]")
_NOT_IN_QUERY: Final = re.compile(r"[^!$%&()*+,\-./0-9:;=?@A-Z\[\\\]^_`a-z{|}~]")


class RequestHead:
    """A request's start line and header block, and what they promise."""

    __slots__ = ("chunked", "close", "data", "expect")

    def __init__(self, data: bytes, chunked: bool, close: bool, expect: bool) -> None:
        self.data: Final = data
        """All up to and with the empty line."""
        self.chunked: Final = chunked
        """The body goes out in chunked coding."""
        self.close: Final = close
        """The caller asked to close the connection after the answer."""
        self.expect: Final = expect
        """The caller asked for 100 Continue before the body is sent (RFC 9110 section 10.1.1)."""


def build_head(
    method: str,
    url: str,
    headers: Sequence[Header],
    body_size: int,
    *,
    host: str,
    user_agent: str,
    proxied: bool = False,
    proxy_authorization: str = "",
    accept_encoding: str = "",
) -> RequestHead:
    """Makes a request's head.

    Args:
        method: its token, such as `GET` or `PROPFIND`.
        url: an absolute path, an absolute URL (for proxies), `*` for OPTIONS, `host:port` for CONNECT.
        headers: Host, Content-Length, User-Agent and Accept are added unless given.
        body_size: size of the body in bytes; below 0: not known, so that it goes chunked.
        host: value of the Host header, that is the authority that the connection was made to. A URL that
            names an authority itself has that one (RFC 9112 section 3.2).
        user_agent: value of the User-Agent header.
        proxied: the connection leads to a proxy, which wants absolute URLs (RFC 9112 section 3.2.2).
        proxy_authorization: value of the Proxy-Authorization header for such a proxy; empty: it has none.
        accept_encoding: value of the Accept-Encoding header; empty: it has none. A request for a range gets
            none: a part of a coded whole could not be decoded.

    Raises:
        LocalProtocolError: something here can't be sent; the text names it.

    Source: class reference, `HTTPClient.request`; RFC 9112 section 3.
    """
    if not TOKEN.fullmatch(method):
        raise LocalProtocolError(f"the method {_shown(method)} is not a token (RFC 9110 section 9.1)")
    if method == "TRACE" and body_size:
        raise LocalProtocolError("TRACE takes no body (RFC 9110 section 9.3.8)")
    host_value, agent = encoded("Host", host), encoded("User-Agent", user_agent)
    target = _target(method, url)
    if proxied and method != "CONNECT" and target[0] in "/*":
        target = f"http://{host}" + ("" if target == "*" else target)

    given: dict[bytes, bytes] = {}
    for index, (name, value) in enumerate(headers):
        _check_field(index, name, value)
        key = name.lower()
        if key == b"host" and key in given:
            raise LocalProtocolError(f"header {index} is a second Host, which a server must refuse")
        given[key] = given[key] + b", " + value if key in given else value

    fields = [*headers]
    if b"host" not in given:
        fields.insert(0, (b"Host", _authority(method, target).encode() or host_value))
    chunked = _check_framing(given, body_size)
    if chunked:
        if b"transfer-encoding" not in given:
            fields.append((b"Transfer-Encoding", b"chunked"))
    elif b"content-length" not in given and (body_size or method in _EXPECT_A_BODY):
        fields.append((b"Content-Length", b"%d" % body_size))
    if b"user-agent" not in given:
        fields.append((b"User-Agent", agent))
    if b"accept" not in given:
        fields.append((b"Accept", b"*/*"))
    if accept_encoding and b"accept-encoding" not in given and b"range" not in given:
        fields.append((b"Accept-Encoding", accept_encoding.encode()))
    if proxied and proxy_authorization and b"proxy-authorization" not in given:
        fields.append((b"Proxy-Authorization", proxy_authorization.encode()))
    lines = [f"{method} {target} HTTP/1.1".encode()]
    lines += [name + b": " + value for name, value in fields]
    close = b"connection" in given and b"close" in _tokens(given[b"connection"])
    expect = b"expect" in given and body_size != 0 and b"100-continue" in _tokens(given[b"expect"])
    return RequestHead(b"\r\n".join([*lines, b"", b""]), chunked, close, expect)


def encoded(name: str, value: str) -> bytes:
    """Gives a header's value as it is sent.

    Raises:
        LocalProtocolError: it would end its line, or has no UTF-8 form. The value is not repeated: it may be
            a secret.
    """
    if value.isprintable():  # the cheapest look; most are, and no break is
        return value.encode()
    if _BREAKS.search(value):
        raise LocalProtocolError(f"the value for the header {name!a} holds a line break or a NUL")
    try:
        return value.encode()
    except UnicodeEncodeError:
        text = f"the header {name!a} holds a lone surrogate, which has no UTF-8 form"
        raise LocalProtocolError(text) from None


def named_header(index: int, name: bytes) -> str:
    """What to call a header in the text of errors: no more of its name is repeated than can be a name."""
    begin = _NAME.match(name)
    return f"header {index}" + (f", which begins with {begin[0].decode()!a}," if begin else "")


def _check_field(index: int, name: bytes, value: bytes) -> None:
    """Refuses a field that can't be sent. Its value is not repeated: it may be a secret."""
    whole = _NAME.fullmatch(name) is not None
    if whole and not _BREAKS_IN_VALUE.search(value):
        return
    named = named_header(index, name)
    if whole or _BREAKS_IN_VALUE.search(name):
        raise LocalProtocolError(f"{named} holds a line break or a NUL")
    raise LocalProtocolError(f"{named} has a name with characters that no name may have")


def _target(method: str, url: str) -> str:
    """Checks a URL by the engine's rules and encodes what may not stand in a request line."""
    if _BREAKS.search(url):
        raise LocalProtocolError(f"the URL {_shown(url)} holds a line break or a NUL")
    if method == "CONNECT":
        if not _HOST_AND_PORT.fullmatch(url):
            raise LocalProtocolError(f"the URL {_shown(url)} is not host:port, which CONNECT needs")
        return url
    if not url.startswith(("/", "http://", "https://")) and (url != "*" or method != "OPTIONS"):
        text = "is neither an absolute path (/...) nor an absolute URL (http://...)"
        raise LocalProtocolError(f"the URL {_shown(url)} {text}")
    if _PLAIN_URL.fullmatch(url):
        return url
    url = url.partition("#")[0]
    path, mark, query = url.partition("?")
    return _NOT_IN_PATH.sub(_percent, path) + mark + _NOT_IN_QUERY.sub(_percent, query)


def _authority(method: str, target: str) -> str:
    """The authority that a request's target names: host and port without a user; empty if it names none."""
    if method == "CONNECT":
        return target
    if target[0] in "/*":
        return ""
    return _AUTHORITY.match(target.partition("://")[2])[0].rpartition("@")[2]  # type: ignore[index]


def _shown(url: str) -> str:
    """A URL as the text of an error shows it: without a user and a query, which may hold secrets."""
    _, at, rest = url.rpartition("@")
    path, mark, _ = rest.partition("?")
    return ascii(("...@" if at else "") + path + ("?..." if mark else ""))


def _percent(match: re.Match[str]) -> str:
    return quote(match[0], errors="replace")


def _check_framing(given: dict[bytes, bytes], body_size: int) -> bool:
    """Sees that the caller's framing headers tell the truth about the body, and whether it goes chunked."""
    length, coding = given.get(b"content-length"), given.get(b"transfer-encoding")
    if coding is not None:
        if length is not None:
            text = "both Content-Length and Transfer-Encoding were given; a body has one framing"
            raise LocalProtocolError(text)
        codings = _tokens(coding)
        if codings[-1] != b"chunked" or codings.count(b"chunked") > 1:
            text = f"Transfer-Encoding {_quoted(coding)} must end in chunked, once, or the body has no end"
            raise LocalProtocolError(text)
        return True
    if length is not None and (body_size < 0 or length != b"%d" % body_size):
        has = (
            "the body's length is declared as unknown" if body_size < 0 else f"the body has {body_size} bytes"
        )
        raise LocalProtocolError(f"the Content-Length given is {_quoted(length)}, {has}")
    return body_size < 0


def _tokens(value: bytes) -> list[bytes]:
    """The elements of a list, in lower case."""
    return [token.strip(b" \t") for token in value.lower().split(b",")]


def _quoted(value: bytes) -> str:
    return ascii(value.decode("utf-8", "replace"))
