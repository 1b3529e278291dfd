"""What a caller names as the host: a name or an address, perhaps with a scheme and a port (RFC 3986)."""

import re
from collections.abc import Sequence
from ipaddress import IPv6Address
from typing import Final, NamedTuple

from .exceptions import LocalProtocolError, UnavailableError

PORT_HTTP: Final = 80
PORT_HTTPS: Final = 443

UNIX: Final = "unix:"
"""What the name of a host begins with that is a Unix domain socket; its path follows."""

_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.\-]*)://", re.IGNORECASE)
# [IPv6]:port, a bare IPv6 address (two colons or more), or anything else with one colon at most. None of
# them can split a long text in many ways: that would take the time of all of them.
_HOST: Final = re.compile(
    r"\[(?P<six>[^\[\]]*)\](?::(?P<six_port>0*\d{0,9}))?"
    r"|(?P<bare>[^:\[\]]*(?::[^:\[\]]*){2,})"
    r"|(?P<name>[^:\[\]]+)(?::(?P<port>0*\d{0,9}))?",
    re.ASCII,
)
_PLAIN: Final = re.compile(
    r"(?:http(s?)://)?([a-z0-9_\-]{1,63}(?:\.[a-z0-9_\-]{1,63})*)", re.IGNORECASE | re.ASCII
)
"""What most give: names and IPv4 addresses, which need no further look; and `s` of a scheme before them."""
_NEVER: Final = re.compile(r"[\0-\x20\x7f/?#\\<>^|]")
_NOT_IN_NAME: Final = re.compile(r"[\0-\x20\x7f/?#@\\<>^|%:\[\]]")
_JOINER: Final = re.compile("[\u200c\u200d]")

_LONGEST_UNMAPPED: Final = 1000
"""Characters of an international name before it is written in ASCII, where some of them may vanish."""


class Host(NamedTuple):
    """Where a connection leads to."""

    name: str
    """A name in ASCII, an address without brackets, or `unix:/path`."""
    port: int
    """1 to 65535."""
    tls: bool
    """TLS is spoken there."""

    @property
    def unix(self) -> bool:
        """It is a Unix domain socket, which no proxy leads to."""
        return self.name.startswith(UNIX)


def parse_host(text: str, port: int = -1, *, tls: bool = False) -> Host:
    """Reads a host as `connect_to_host` takes it.

    Args:
        text: `name`, `192.0.2.1`, `2001:db8::1`, `[fe80::1%eth0]`; before it perhaps `http://` or `https://`,
            behind it perhaps `:port`. Or `unix:/path/to.sock` (`unix:///path/to.sock`).
        port: the port given apart. Below 0, none was: then it is the one in the text, else the scheme's.
        tls: the scheme is https where there is none.

    Raises:
        LocalProtocolError: there is no host in it, or two ports that differ, or a path, or a user; or TLS is
            to be spoken over a Unix domain socket.
        UnavailableError: it is an international name, and the package for those is missing.

    Source: class reference, `HTTPClient.connect_to_host`; RFC 3986 section 3.2.2, RFC 6874 (zones).
    """
    plain = _PLAIN.fullmatch(text) if len(text) <= 253 and port and port <= 65535 else None
    if plain is not None:
        tls = tls if plain[1] is None else plain[1] != ""
        return Host(plain[2], port if port > 0 else PORT_HTTPS if tls else PORT_HTTP, tls)
    named = _named(text)
    if is_path(text):
        if tls:
            raise LocalProtocolError(f"TLS over Unix domain sockets is not supported: {text!a}")
        return parse_path(text, port, named)
    scheme, rest = split_scheme(text, ("http", "https"))
    if "@" in rest:
        raise LocalProtocolError(
            f"{named} contains a user or a password: send them in an Authorization header"
        )
    tls = scheme == "https" if scheme else tls
    return parse_authority(rest, port, named, standard=PORT_HTTPS if tls else PORT_HTTP, tls=tls)


def authority(name: str, port: int, standard: int | None = None) -> str:
    """Writes a host and its port as URLs and Host headers have it: IPv6 in brackets, without its zone.

    A Unix domain socket is `localhost` there, as in URLs for curl's --unix-socket.

    Args:
        standard: the default port, which is left out.
    """
    host = name
    if ":" in name:
        host = "localhost" if name.startswith(UNIX) else f"[{name.partition('%')[0]}]"
    return host if port == standard else f"{host}:{port}"


def split_scheme(text: str, known: Sequence[str]) -> tuple[str, str]:
    """Parts a scheme, in lower case, from the rest; it is empty where there is none.

    Raises:
        LocalProtocolError: it is none of those known.
    """
    match = _SCHEME.match(text)
    if match is None:
        return "", text
    scheme = match[1].lower()
    if scheme not in known:
        raise LocalProtocolError(
            f"the host has the scheme {scheme!a}; "
            f"known are {', '.join(known[:-1])} and {known[-1]}, and unix:/path"
        )
    return scheme, text[match.end() :]


def _named(text: str) -> str:
    """What to call a host in the text of errors. What stands before an `@` is nothing to repeat."""
    return f"the host {text.rpartition('@')[2]!a}"


def parse_authority(rest: str, port: int, named: str, *, standard: int, tls: bool) -> Host:
    """Reads what comes behind the scheme and the user.

    Args:
        rest: a name or an address, perhaps with a port.
        port: as for `parse_host`.
        named: what to call the host in the text of errors.
        standard: the scheme's port.
        tls: whether it is spoken TLS to.

    Raises:
        LocalProtocolError: as by `parse_host`.
    """
    bad = _NEVER.search(rest)
    if bad is not None:
        raise LocalProtocolError(f"{named} holds {bad[0]!a}: give a name or an address, not a URL")
    match = _HOST.fullmatch(rest)
    if match is None:
        raise LocalProtocolError(f"{named} is neither a name nor an address")
    inner = match["six_port"] or match["port"]
    if inner:
        inner_port = int(inner.lstrip("0") or "0")  # int() refuses very many digits, even of 0
        if 0 <= port != inner_port:
            raise LocalProtocolError(f"{named} has another port than {port}, which is given too")
        port = inner_port
    port = _checked_port(port, standard)
    name = match["name"]
    if name is None:
        return Host(_address(match["six"] or match["bare"] or "", named), port, tls)
    return Host(_name(name, named), port, tls)


def _checked_port(port: int, standard: int) -> int:
    if port < 0:
        return standard
    if not 1 <= port <= 65535:
        raise LocalProtocolError(f"the port {port} is not within 1 to 65535")
    return port


def is_path(text: str) -> bool:
    """Tells whether it is a Unix domain socket, and not a host `unix` with its port."""
    return text.startswith(UNIX) and not text[len(UNIX) :].isdigit()


def parse_path(text: str, port: int, named: str) -> Host:
    """Reads a Unix domain socket; see `parse_authority`."""
    path = text.removeprefix(UNIX)
    path = path[2:] if path.startswith("//") else path
    if not path.startswith("/"):
        raise LocalProtocolError(
            f"{named} has no path that begins with '/', as that of a Unix domain socket must"
        )
    if "\0" in path:
        raise LocalProtocolError(f"{named} has a path that holds a NUL")
    return Host(UNIX + path, _checked_port(port, PORT_HTTP), False)


def check_name(text: str) -> str:
    """Checks a name or an address, and writes it in ASCII.

    Raises:
        LocalProtocolError: it is neither.
    """
    return (_address if ":" in text else _name)(text, _named(text))


def _address(text: str, named: str) -> str:
    """Checks an IPv6 address, and writes its zone as the system takes it (`%25` in URLs is `%`)."""
    address, mark, zone = text.partition("%")
    if len(zone) > 2:
        zone = zone.removeprefix("25")
    if mark and (not zone or _NOT_IN_NAME.search(zone)):
        raise LocalProtocolError(f"{named} has a zone that is not the name of an interface")
    try:
        IPv6Address(address)
    except ValueError:
        raise LocalProtocolError(f"{named} is neither a name nor an address") from None
    return address + mark + zone


def _name(text: str, named: str) -> str:
    """Checks a name, and writes it in ASCII. Its trailing dot, which has a meaning to resolvers, stays."""
    name = text if text.isascii() else _ascii(text, named)
    bad = _NOT_IN_NAME.search(name)
    if bad is not None:
        raise LocalProtocolError(f"{named} holds {bad[0]!a}, which no name may have")
    bare = name.removesuffix(".")
    labels = bare.split(".")
    if not all(labels):
        raise LocalProtocolError(f"{named} has an empty part before, between or after its dots")
    if len(bare) > 253 or max(map(len, labels)) > 63:
        raise _too_long(named)
    return name


def _ascii(text: str, named: str) -> str:
    """Writes an international name in ASCII, as browsers and curl do (UTS #46, non-transitional)."""
    if len(text) > _LONGEST_UNMAPPED:
        raise _too_long(named)
    try:
        import idna  # late: few need it, and its tables take as long as all else here
    except (ImportError, OSError) as error:  # such as no file descriptor left
        text = (
            f"{named} is an international domain name, for which the package idna cannot be loaded: {error}"
        )
        raise UnavailableError(text) from None
    try:
        labels = idna.uts46_remap(text, std3_rules=False, transitional=False).split(".")
        return ".".join(label if label.isascii() else _punycode(label) for label in labels)
    except UnicodeError:
        raise LocalProtocolError(f"{named} is not a valid international domain name") from None


def _punycode(label: str) -> str:
    import idna

    idna.check_initial_combiner(label)
    idna.check_bidi(label)
    for joiner in _JOINER.finditer(label):
        if not idna.valid_contextj(label, joiner.start()):
            raise UnicodeError("a joiner that joins nothing")
    return f"xn--{label.encode('punycode').decode('ascii')}"


def _too_long(named: str) -> LocalProtocolError:
    return LocalProtocolError(f"{named} is too long: a name has 253 characters at most, each part of it 63")
