"""URLs as users write them and servers send them in Location (RFC 3986; leniency as the URL Standard's).

    page = parse_url("https://example.org/a/b?c").url
    parse_url("../d", page).url  # https://example.org/d

What browsers mend is mended: blanks around, backslashes, characters that have to be percent-encoded.
"""

import re
from typing import Final, NamedTuple
from urllib.parse import quote, unquote_to_bytes

from pythonscript_http.exceptions import LocalProtocolError
from pythonscript_http.url import PORT_HTTP, PORT_HTTPS, Host, authority, parse_authority

LONGEST_URL: Final = 65536
"""Characters of a URL; servers take some 8000."""

_PORTS: Final = {"http": PORT_HTTP, "https": PORT_HTTPS}
_TRIMMED: Final = "".join(map(chr, range(0x21)))
_LINE_BREAKS: Final = re.compile(r"[\t\n\r]")
_SCHEME: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*):")
_CLEAN: Final = re.compile(r"(https?)://([a-z0-9.\-]+)(?::(\d{1,5}))?(/[!$&()*+,\-./0-9:;=?@A-Z_a-z~%]*)")
"""What needs no mending, unless it has dot segments: most URLs."""
_USER: Final = re.compile(r"((?:[A-Za-z][A-Za-z0-9+.\-]*:)?[/\\]{2,}|(?![/\\]))[^/\\?#]*@")
_DOTS: Final = re.compile(r"/\.|/%2e", re.IGNORECASE)
_DOT: Final = re.compile(r"(?:\.|%2e)", re.IGNORECASE)

# What stays as it is (URL Standard, "path" and "special-query" percent-encode sets). "%" too, so that nothing
# is encoded twice.
_IN_PATH: Final = "!$%&'()*+,-./:;=@[]_|~"
_IN_QUERY: Final = "!$%&()*+,-./:;=?@[]^_`{|}~\\"
_IN_FRAGMENT: Final = "!#$%&'()*+,-./:;=?@[]^_{|}~\\"


class Url(NamedTuple):
    """A URL of HTTP. What stands before an `@` of its host is no part of it: see `ParsedUrl`."""

    scheme: str
    """`http` or `https`."""
    host: Host
    target: str
    """Path and query, as they are sent."""
    origin: str
    """Scheme, host and port (RFC 6454), in one spelling: what credentials belong to."""
    fragment: str = ""
    """What stands behind `#`, which is not sent."""

    @property
    def path(self) -> str:
        """What stands before the query."""
        return self.target.partition("?")[0]

    def with_query(self, query: str) -> "Url":
        """Adds fields to the query, behind those that it has."""
        if not query:
            return self
        joint = "" if self.target[-1] in "?&" else "&" if "?" in self.target else "?"
        return self._replace(target=f"{self.target}{joint}{query}")

    def __str__(self) -> str:
        """The URL without its fragment, as `fetch` of browsers shows it."""
        return self.origin + self.target


class ParsedUrl(NamedTuple):
    """What a text names."""

    url: Url
    user: bytes = b""
    """As whom, decoded; empty: nobody in particular."""
    password: bytes = b""


def parse_url(text: str, base: Url | None = None) -> ParsedUrl:
    """Reads a URL, absolute or relative to another.

    Args:
        text: it may have a user and a password; blanks and characters beyond ASCII are encoded.
        base: what a relative one is relative to; None: it must be absolute.

    Raises:
        LocalProtocolError: it is none, or not of http or https. What stands before an `@` is not repeated.

    Source: RFC 3986 section 5.2; URL Standard, "basic URL parser", for what is wrong in the same way often.
    """
    clean = _CLEAN.fullmatch(text)
    if clean is not None and len(text) <= LONGEST_URL and not _DOTS.search(text):
        scheme, name, port, target = clean.groups()
        host = parse_authority(
            name, int(port or -1), _named(text), standard=_PORTS[scheme], tls=scheme == "https"
        )
        return ParsedUrl(Url(scheme, host, target, _origin(scheme, host)))
    if len(text) > LONGEST_URL:
        raise LocalProtocolError(f"the URL has {len(text)} characters; {LONGEST_URL} are the most")
    text = _LINE_BREAKS.sub("", text.strip(_TRIMMED))
    try:
        return _resolved(text, base)
    except UnicodeEncodeError:
        raise LocalProtocolError("the URL holds a lone surrogate, which has no UTF-8 form") from None


def _resolved(text: str, base: Url | None) -> ParsedUrl:
    rest, _, fragment = text.partition("#")
    fragment = quote(fragment, safe=_IN_FRAGMENT)
    scheme, rest = _split_scheme(rest, text, base)
    before, question, query = rest.partition("?")
    before = before.replace("\\", "/")
    if scheme and (base is None or scheme != base.scheme or before.startswith("//")):
        before = "//" + before.lstrip("/")  # http:example.org and http:///example.org, as browsers have it
    if question:
        question += quote(query, safe=_IN_QUERY)
    if before.startswith("//"):
        return _absolute(scheme or (base.scheme if base else ""), before[2:], question, fragment, text)
    if base is None:
        raise LocalProtocolError(f"{_named(text)} is relative, and there is nothing that it is relative to")
    if not before:
        target = base.path + question if question else base.target
        return ParsedUrl(base._replace(target=target, fragment=fragment))
    path = quote(before, safe=_IN_PATH)
    if not path.startswith("/"):
        path = base.path.rpartition("/")[0] + "/" + path
    return ParsedUrl(base._replace(target=_without_dots(path) + question, fragment=fragment))


def _split_scheme(rest: str, text: str, base: Url | None) -> tuple[str, str]:
    """Parts a scheme, in lower case, from the rest; it is empty where there is none."""
    match = _SCHEME.match(rest)
    if match is None:
        if base is None and text:
            raise LocalProtocolError(f"{_named(text)} has no scheme: write https:// or http:// before it")
        if base is None:
            raise LocalProtocolError("the URL is empty")
        return "", rest
    scheme = match[1].lower()
    if scheme not in _PORTS:
        known = "known are http and https"
        if base is None and re.match(r"\d+(?:[/?]|$)", rest[match.end() :]):
            known = "write https:// or http:// before the host"
        raise LocalProtocolError(f"{_named(text)} has the scheme {scheme!a}; {known}")
    return scheme, rest[match.end() :]


def _absolute(scheme: str, rest: str, query: str, fragment: str, text: str) -> ParsedUrl:
    before, slash, path = rest.partition("/")
    user, _, name = before.rpartition("@")
    named = _named(text)
    if not name:
        raise LocalProtocolError(f"{named} has no host")
    host = parse_authority(
        _decoded(name) if "%" in name and "[" not in name else name,
        -1,
        named,
        standard=_PORTS[scheme],
        tls=scheme == "https",
    )
    if not host.name.islower():
        address, mark, zone = host.name.partition("%")  # interfaces differ by case
        host = host._replace(name=address.lower() + mark + zone)
    target = _without_dots(quote(slash + path, safe=_IN_PATH) or "/") + query
    login, _, password = (unquote_to_bytes(part) for part in user.partition(":"))
    return ParsedUrl(Url(scheme, host, target, _origin(scheme, host), fragment), login, password)


def _origin(scheme: str, host: Host) -> str:
    written = authority(host.name, host.port, _PORTS[scheme])
    if "%" in host.name:  # one address in two networks is two hosts (RFC 6874)
        written = written.replace("]", f"%25{host.name.partition('%')[2]}]", 1)
    return f"{scheme}://{written}"


def _decoded(name: str) -> str:
    """A host's name whose characters are percent-encoded (RFC 3986 section 3.2.2)."""
    return unquote_to_bytes(name).decode("utf-8", "replace")


def _without_dots(path: str) -> str:
    """Removes dot segments (RFC 3986 section 5.2.4), encoded ones too."""
    if not _DOTS.search(path):
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    last = len(segments) - 1
    for index, segment in enumerate(segments):
        dots = len(_DOT.findall(segment)) if _DOT.sub("", segment) == "" else 0
        if dots == 2:
            if kept:
                kept.pop()
            if index == last:
                kept.append("")
        elif dots == 1:
            if index == last:
                kept.append("")
        else:
            kept.append(segment)
    return "/" + "/".join(kept)


def without_user(text: str) -> str:
    """What may be a URL, without what may be a user and a password."""
    match = _USER.match(text)
    return text if match is None else match[1] + text[match.end() :]


def _named(text: str) -> str:
    """What to call a URL in the text of errors: without a user and a query, which may hold secrets."""
    head, mark, _ = text.partition("?")
    _, at, rest = head.rpartition("@")
    return f"the URL {('...@' if at else '') + rest + ('?...' if mark else '')!a}"
