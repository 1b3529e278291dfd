"""Request heads: what the caller asked for, checked, completed and put into bytes (RFC 9112 section 3)."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple
from urllib.parse import quote

from pythonscript_http.enums import Error, Method
from pythonscript_http.errors import LocalError

_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PATCH")

_CONNECT: Final = Method.METHOD_CONNECT
_TRACE: Final = Method.METHOD_TRACE
_EXPECT_A_BODY: Final = frozenset((Method.METHOD_POST, Method.METHOD_PUT, Method.METHOD_PATCH))
"""With these, a body of no bytes is announced too (RFC 9110 section 8.6), or servers answer 411."""

# `name: value`, name a token (RFC 9110 section 5.6.2), nothing anywhere that could end the line or string.
_HEADER: Final = re.compile(r"[ \t]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+):([^\r\n\0]*)")
_TOKEN: Final = re.compile(r"[ \t]*[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_AUTHORITY: Final = re.compile(r"[^/?]*")
# An authority (RFC 9112 section 3.2.3): a registered name or IPv4 address, or an IP literal; and a port.
_HOST_AND_PORT: Final = re.compile(r"([\w.~!$&'()*+,;=%-]+|\[[0-9A-Fa-fv:.%]+\]):[0-9]+", re.ASCII)
_BREAKS: Final = re.compile(r"[\r\n\0]")

# What browsers leave as it is, in a path and in a query (URL Standard, "path" and "special-query"
# percent-encode sets). "%" stays, so that nothing is encoded twice.
_PLAIN_URL: Final = re.compile(r"[!$%&()*+,\-./0-9:;=?@A-Z\[\\\]_a-z|~]+")
_NOT_IN_PATH: Final = re.compile(r"[^!$%&'()*+,\-./0-9:;=?@A-Z\[\\\]_a-z|~]")
_NOT_IN_QUERY: Final = re.compile(r"[^!$%&()*+,\-./0-9:;=?@A-Z\[\\\]^_`a-z{|}~]")


class RequestHead(NamedTuple):
    """A request's start line and header block, and what they promise."""

    data: bytes
    """All up to and with the empty line."""
    chunked: bool
    """The body goes out in chunked coding."""
    close: bool
    """The caller asked to close the connection after the answer."""
    expect: bool
    """The caller asked for 100 Continue before the body is sent (RFC 9110 section 10.1.1)."""


def build_head(
    method: int | str,
    url: str,
    headers: Sequence[str],
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
        method: one of `Method`, or the token of another: `"PROPFIND"`.
        url: an absolute path, an absolute URL (for proxies), `*` for OPTIONS, `host:port` for CONNECT.
        headers: lines of `name: value`. Host, Content-Length, User-Agent and Accept are added unless given.
        body_size: size of the body in bytes; below 0: not known, so that it goes chunked.
        host: value of the Host header, that is the authority that the connection was made to. A URL that
            names an authority itself has that one (RFC 9112 section 3.2).
        user_agent: value of the User-Agent header.
        proxied: the connection leads to a proxy, which wants absolute URLs (RFC 9112 section 3.2.2).
        proxy_authorization: value of the Proxy-Authorization header for such a proxy; empty: it has none.
        accept_encoding: value of the Accept-Encoding header; empty: it has none. A request for a range gets
            none: a part of a coded whole could not be decoded.

    Raises:
        LocalError: something here can't be sent; the text names it.

    Source: class reference, `HTTPClient.request`; RFC 9112 section 3.
    """
    method = method_of(method)
    if method == _TRACE and body_size:
        raise _wrong("TRACE takes no body (RFC 9110 section 9.3.8)")
    target = _target(method, url)
    if proxied and method != _CONNECT and target[0] in "/*":
        target = f"http://{host}" + ("" if target == "*" else target)

    for name, value in (("Host", host), ("User-Agent", user_agent)):
        check_value(name, value)

    lines = [f"{method if isinstance(method, str) else _METHODS[method]} {target} HTTP/1.1"]
    given: dict[str, str] = {}
    for index, header in enumerate(headers):
        match = _HEADER.fullmatch(header)
        if match is None:
            raise _bad_header(index, header)
        name, value = match[1].lower(), match[2].strip(" \t")
        if name == "host" and name in given:
            raise _wrong(f"header {index} is a second Host, which a server must refuse")
        given[name] = f"{given[name]}, {value}" if name in given else value
        lines.append(header.strip(" \t"))

    if "host" not in given:
        lines.insert(1, f"Host: {_authority(method, target) or host}")
    chunked = _check_framing(given, body_size)
    if chunked:
        if "transfer-encoding" not in given:
            lines.append("Transfer-Encoding: chunked")
    elif "content-length" not in given and (body_size or method in _EXPECT_A_BODY):
        lines.append(f"Content-Length: {body_size}")
    if "user-agent" not in given:
        lines.append(f"User-Agent: {user_agent}")
    if "accept" not in given:
        lines.append("Accept: */*")
    if accept_encoding and "accept-encoding" not in given and "range" not in given:
        lines.append(f"Accept-Encoding: {accept_encoding}")
    if proxied and proxy_authorization and "proxy-authorization" not in given:
        lines.append(f"Proxy-Authorization: {proxy_authorization}")
    lines.append("\r\n")
    try:
        data = "\r\n".join(lines).encode()
    except UnicodeEncodeError as error:
        line = error.object.count("\r\n", 0, error.start)
        where = "URL" if line == 0 else f"header {lines[line].partition(':')[0]!a}"
        raise _wrong(f"the {where} holds a lone surrogate, which has no UTF-8 form") from None
    close = "connection" in given and b"close" in _tokens(given["connection"])
    expect = "expect" in given and body_size != 0 and b"100-continue" in _tokens(given["expect"])
    return RequestHead(data, chunked, close, expect)


def method_of(method: int | str) -> int | str:
    """The method that was asked for: a number where `Method` has one, for its rules apply; otherwise a token.

    Raises:
        LocalError: the number is not below METHOD_MAX, or the text is no token (RFC 9110 section 9.1).
    """
    if isinstance(method, str):
        if method in _METHODS:
            return _METHODS.index(method)
        if not _TOKEN.fullmatch(method) or method[0] in " \t":
            raise _wrong(f"the method {_shown(method)} is not a token (RFC 9110 section 9.1)")
        return method
    if not 0 <= method < len(_METHODS):
        raise _wrong(f"no such method: {method} (METHOD_GET is 0, METHOD_MAX is {len(_METHODS)})")
    return method


def check_value(name: str, value: str) -> None:
    """Refuses a value of a header that would end its line.

    Raises:
        LocalError: it holds CR, LF or NUL. The value is not repeated: it may be a secret.
    """
    if _BREAKS.search(value):
        raise _wrong(f"the value for the header {name!a} holds a line break or a NUL")


def _target(method: int | str, url: str) -> str:
    """Checks a URL by the engine's rules and encodes what may not stand in a request line."""
    if _BREAKS.search(url):
        raise _wrong(f"the URL {_shown(url)} holds a line break or a NUL")
    if method == _CONNECT:
        if not _HOST_AND_PORT.fullmatch(url):
            raise _wrong(f"the URL {_shown(url)} is not host:port, which CONNECT needs")
        return url
    if not url.startswith(("/", "http://", "https://")) and (url != "*" or method != Method.METHOD_OPTIONS):
        text = "is neither an absolute path (/...) nor an absolute URL (http://...)"
        raise _wrong(f"the URL {_shown(url)} {text}")
    if _PLAIN_URL.fullmatch(url):
        return url
    url = url.partition("#")[0]
    path, mark, query = url.partition("?")
    return _NOT_IN_PATH.sub(_percent, path) + mark + _NOT_IN_QUERY.sub(_percent, query)


def _authority(method: int | str, target: str) -> str:
    """The authority that a request's target names: host and port without a user; empty if it names none."""
    if method == _CONNECT:
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


def _check_framing(given: dict[str, str], body_size: int) -> bool:
    """Sees that the caller's framing headers tell the truth about the body, and whether it goes chunked."""
    length, coding = given.get("content-length"), given.get("transfer-encoding")
    if coding is not None:
        if length is not None:
            raise _wrong("both Content-Length and Transfer-Encoding were given; a body has one framing")
        codings = _tokens(coding)
        if codings[-1] != b"chunked" or codings.count(b"chunked") > 1:
            raise _wrong(
                f"Transfer-Encoding {coding!a} must end in chunked, once, or the body would have no end"
            )
        return True
    if body_size < 0:
        if length is not None:
            raise _wrong(f"the Content-Length given is {length!a}, the body's length is declared as unknown")
        return True
    if length is not None and length != str(body_size):
        raise _wrong(f"the Content-Length given is {length!a}, the body has {body_size} bytes")
    return False


def _tokens(value: str) -> list[bytes]:
    """The elements of a list in lower case, as their reader has them: to `str`, a Kelvin sign is a K too."""
    return [token.strip(b" \t") for token in value.encode("utf-8", "surrogatepass").lower().split(b",")]


def _bad_header(index: int, header: str) -> LocalError:
    """Tells what is wrong with a header. Its value is not repeated: it may be a secret."""
    named = f"header {index}"
    begin = _TOKEN.match(header)
    if begin and ":" in header:
        named += f", which begins with {begin[0].strip()!a},"
    if _BREAKS.search(header):
        return _wrong(f"{named} holds a line break or a NUL")
    if not header.strip():
        return _wrong(f"{named} is empty")
    if header.strip().find(":") < 1:
        return _wrong(f"{named} is not of the form 'name: value'")
    return _wrong(f"{named} has a name with characters that no name may have")


def _wrong(text: str) -> LocalError:
    return LocalError(Error.ERR_INVALID_PARAMETER, text)
