"""What a caller names as the host: a name or an address, perhaps with a scheme and a port (RFC 3986)."""

import re
from typing import Final, NamedTuple

from .enums import Error
from .errors import LocalError

PORT_HTTP: Final = 80
PORT_HTTPS: Final = 443

_SCHEME: Final = re.compile(r"(https?)://", re.IGNORECASE)
# [IPv6]:port, a bare IPv6 address (two colons or more), or anything else with one colon at most.
_HOST: Final = re.compile(
    r"\[(?P<six>[^\[\]]*:[^\[\]]*)\](?::(?P<six_port>\d+))?"
    r"|(?P<bare>[^:\[\]]*(?::[^:\[\]]*){2,})"
    r"|(?P<name>[^:\[\]]+)(?::(?P<port>\d+))?",
    re.ASCII,
)
_NEVER: Final = re.compile(r"[\0-\x20\x7f/?#@\\<>^|]")


class Host(NamedTuple):
    """Where a connection leads to."""

    name: str
    """A name in ASCII, or an address without brackets."""
    port: int
    """1 to 65535."""
    tls: bool
    """The scheme was https."""


def parse_host(text: str, port: int = -1) -> Host:
    """Reads a host as `connect_to_host` takes it.

    Args:
        text: `name`, `192.0.2.1`, `2001:db8::1`, `[2001:db8::1]`; before it perhaps `http://` or `https://`,
            behind it perhaps `:port`.
        port: the port given apart. Below 0, none was: then it is the one in the text, else the scheme's.

    Raises:
        LocalError: there is no host in it, or two ports that differ, or a path.

    Source: class reference, `HTTPClient.connect_to_host`.
    """
    scheme = _SCHEME.match(text)
    tls = scheme is not None and scheme[1].lower() == "https"
    rest = text[scheme.end() :] if scheme else text
    bad = _NEVER.search(rest)
    if bad is not None:
        raise _wrong(f"the host {text!a} holds {bad[0]!a}: give a name or an address, not a URL")
    match = _HOST.fullmatch(rest)
    if match is None:
        raise _wrong(f"the host {text!a} is neither a name nor an address")
    inner = match["six_port"] or match["port"]
    if inner is not None:
        if 0 <= port != int(inner):
            raise _wrong(f"the host {text!a} names another port than the {port} given apart")
        port = int(inner)
    if port < 0:
        port = PORT_HTTPS if tls else PORT_HTTP
    if not 1 <= port <= 65535:
        raise _wrong(f"the port {port} is not within 1 to 65535")
    return Host(match["six"] or match["bare"] or _ascii(match["name"]), port, tls)


def authority(name: str, port: int, standard: int | None = None) -> str:
    """Writes a host and its port as URLs and Host headers have it: IPv6 in brackets, without its zone.

    Args:
        standard: a port that need not be told.
    """
    host = f"[{name.partition('%')[0]}]" if ":" in name else name
    return host if port == standard else f"{host}:{port}"


def _ascii(name: str) -> str:
    if name.isascii():
        return name
    try:
        return name.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise _wrong(f"the host {name!a} is no international domain name: {error}") from None


def _wrong(text: str) -> LocalError:
    return LocalError(Error.ERR_INVALID_PARAMETER, text)
