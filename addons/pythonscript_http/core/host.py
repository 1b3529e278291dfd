"""What a caller names as the host: a name or an address, perhaps with a scheme and a port (RFC 3986)."""

import re
from base64 import b64encode
from ipaddress import IPv6Address
from typing import Final, NamedTuple
from urllib.parse import unquote_to_bytes

from .enums import Error
from .errors import LocalError

PORT_HTTP: Final = 80
PORT_HTTPS: Final = 443

UNIX: Final = "unix:"
"""What the name of a host begins with that is a Unix domain socket; its path follows."""

_SCHEME: Final = re.compile(r"([a-z][a-z0-9+.\-]*)://", re.IGNORECASE)
# [IPv6]:port, a bare IPv6 address (two colons or more), or anything else with one colon at most.
_HOST: Final = re.compile(
    r"\[(?P<six>[^\[\]]*:[^\[\]]*)\](?::(?P<six_port>0*\d{0,9}))?"
    r"|(?P<bare>[^:\[\]]*(?::[^:\[\]]*){2,})"
    r"|(?P<name>[^:\[\]]+)(?::(?P<port>0*\d{0,9}))?",
    re.ASCII,
)
_PLAIN: Final = re.compile(r"[a-z0-9_\-]{1,63}(?:\.[a-z0-9_\-]{1,63})*", re.IGNORECASE | re.ASCII)
"""What most give: names and IPv4 addresses, which need no further look."""
_NEVER: Final = re.compile(r"[\0-\x20\x7f/?#\\<>^|]")
_NOT_IN_NAME: Final = re.compile(r"[\0-\x20\x7f/?#@\\<>^|%:\[\]]")
_CONTROL: Final = re.compile(rb"[\0-\x1f\x7f]")
_JOINER: Final = re.compile("[\u200c\u200d]")


class Host(NamedTuple):
    """Where a connection leads to."""

    name: str
    """A name in ASCII, an address without brackets, or `unix:/path`."""
    port: int
    """1 to 65535."""
    tls: bool
    """The scheme was https."""
    authorization: str = ""
    """Of a proxy: value of Proxy-Authorization; empty: it has no user."""

    @property
    def unix(self) -> bool:
        """It is a Unix domain socket, which no proxy leads to."""
        return self.name.startswith(UNIX)


def parse_host(text: str, port: int = -1) -> Host:
    """Reads a host as `connect_to_host` takes it.

    Args:
        text: `name`, `192.0.2.1`, `2001:db8::1`, `[fe80::1%eth0]`; before it perhaps `http://` or `https://`,
            behind it perhaps `:port`. Or `unix:/path/to.sock` (`unix:///path/to.sock`).
        port: the port given apart. Below 0, none was: then it is the one in the text, else the scheme's.

    Raises:
        LocalError: there is no host in it, or two ports that differ, or a path, or a user.

    Source: class reference, `HTTPClient.connect_to_host`; RFC 3986 section 3.2.2, RFC 6874 (zones).
    """
    if 1 <= port <= 65535 and len(text) <= 253 and _PLAIN.fullmatch(text):
        return Host(text, port, False)
    if text.startswith(UNIX) and not text[len(UNIX) :].isdigit():
        return Host(UNIX + _path(text), _checked_port(port, PORT_HTTP), False)
    scheme, rest = _split(text)
    tls = scheme == "https"
    if "@" in rest:  # what comes before it is nothing to repeat
        host = rest.rpartition("@")[2]
        raise _wrong(f"the host {host!a} comes with a user or a password, which only a proxy may have")
    bad = _NEVER.search(rest)
    if bad is not None:
        raise _wrong(f"the host {text!a} holds {bad[0]!a}: give a name or an address, not a URL")
    match = _HOST.fullmatch(rest)
    if match is None:
        raise _wrong(f"the host {text!a} is neither a name nor an address")
    inner = match["six_port"] or match["port"]
    if inner:
        named = int(inner.lstrip("0") or "0")  # int() refuses very many digits, even of 0
        if 0 <= port != named:
            raise _wrong(f"the host {text!a} names another port than the {port} given apart")
        port = named
    port = _checked_port(port, PORT_HTTPS if tls else PORT_HTTP)
    address = match["six"] or match["bare"]
    return Host(_address(address) if address else _name(match["name"]), port, tls)


def parse_proxy(text: str, port: int = -1) -> Host:
    """Reads a proxy's host: as `parse_host`, but a user and a password may stand before it.

    Args:
        text: as for `parse_host`, perhaps with `user:password@` before the host, both percent-encoded where
            they hold characters that mean something in a URL.
        port: as for `parse_host`.

    Raises:
        LocalError: as for `parse_host`; or the user can't be told to a proxy. The password is never repeated.

    Source: class reference, `HTTPClient.set_http_proxy`; RFC 7617 (Basic, in UTF-8).
    """
    if text.startswith(UNIX):
        return parse_host(text, port)
    scheme, rest = _split(text)
    user, _, host = rest.rpartition("@")
    parsed = parse_host(f"{scheme}://{host}" if scheme else host, port)
    return parsed._replace(authorization=_basic(user)) if user else parsed


def authority(name: str, port: int, standard: int | None = None) -> str:
    """Writes a host and its port as URLs and Host headers have it: IPv6 in brackets, without its zone.

    A Unix domain socket is `localhost` there, as in URLs for curl's --unix-socket.

    Args:
        standard: a port that need not be told.
    """
    host = name
    if ":" in name:
        host = "localhost" if name.startswith(UNIX) else f"[{name.partition('%')[0]}]"
    return host if port == standard else f"{host}:{port}"


def _split(text: str) -> tuple[str, str]:
    """Parts a scheme, in lower case, from the rest."""
    match = _SCHEME.match(text)
    if match is None:
        return "", text
    scheme = match[1].lower()
    if scheme not in ("http", "https"):
        raise _wrong(f"the host has the scheme {scheme!a}; known are http and https, and unix:/path")
    return scheme, text[match.end() :]


def _checked_port(port: int, standard: int) -> int:
    if port < 0:
        return standard
    if not 1 <= port <= 65535:
        raise _wrong(f"the port {port} is not within 1 to 65535")
    return port


def _path(text: str) -> str:
    path = text.removeprefix(UNIX)
    path = path[2:] if path.startswith("//") else path
    if not path.startswith("/"):
        raise _wrong(f"the path in {text!a} does not begin with '/', as that of a Unix domain socket must")
    if "\0" in path:
        raise _wrong(f"the path in {text!a} holds a NUL")
    return path


def check_name(text: str) -> str:
    """Checks a name or an address, and writes it in ASCII.

    Raises:
        LocalError: it is neither.
    """
    return _address(text) if ":" in text else _name(text)


def _address(text: str) -> str:
    """Checks an IPv6 address, and writes its zone as the system takes it (`%25` in URLs is `%`)."""
    address, mark, zone = text.partition("%")
    if len(zone) > 2:
        zone = zone.removeprefix("25")
    if mark and (not zone or _NOT_IN_NAME.search(zone)):
        raise _wrong(f"the zone {zone!a} of the address {text!a} is no name of an interface")
    try:
        IPv6Address(address)
    except ValueError as error:
        raise _wrong(f"the host {text!a} is neither a name nor an address: {error}") from None
    return address + mark + zone


def _name(text: str) -> str:
    """Checks a name, and writes it in ASCII. Its trailing dot, which has a meaning to resolvers, stays."""
    name = text if text.isascii() else _ascii(text)
    bad = _NOT_IN_NAME.search(name)
    if bad is not None:
        raise _wrong(f"the host {text!a} holds {bad[0]!a}, which no name may have")
    bare = name.removesuffix(".")
    labels = bare.split(".")
    if not all(labels):
        raise _wrong(f"the host {text!a} has an empty part before, between or after its dots")
    if len(bare) > 253 or max(map(len, labels)) > 63:
        raise _wrong(f"the host {text!a} is too long: a name has 253 characters at most, each part of it 63")
    return name


def _ascii(text: str) -> str:
    """Writes an international name in ASCII, as browsers and curl do (UTS #46, non-transitional)."""
    import idna  # late: few need it, and its tables take as long as all else here

    try:
        labels = idna.uts46_remap(text, std3_rules=False, transitional=False).split(".")
        return ".".join(label if label.isascii() else _punycode(label) for label in labels)
    except UnicodeError as error:
        raise _wrong(f"the host {text!a} is no international domain name: {error}") from None


def _punycode(label: str) -> str:
    import idna

    idna.check_initial_combiner(label)
    idna.check_bidi(label)
    for joiner in _JOINER.finditer(label):
        if not idna.valid_contextj(label, joiner.start()):
            raise UnicodeError(f"{joiner[0]!a} joins nothing there")
    return f"xn--{label.encode('punycode').decode('ascii')}"


def _basic(user: str) -> str:
    try:
        name, _, password = (unquote_to_bytes(part) for part in user.partition(":"))
    except UnicodeEncodeError:
        raise _wrong("the proxy's user or password holds a lone surrogate, which has no UTF-8 form") from None
    if b":" in name:
        raise _wrong("the proxy's user holds ':', which Basic authentication can't tell from the password")
    if _CONTROL.search(name + password):
        raise _wrong("the proxy's user or password holds a control character")
    return f"Basic {b64encode(name + b':' + password).decode('ascii')}"


def _wrong(text: str) -> LocalError:
    return LocalError(Error.ERR_INVALID_PARAMETER, text)
