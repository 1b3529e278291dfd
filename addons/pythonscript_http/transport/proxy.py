"""Proxies: how users name them, and what the kinds of them differ in.

A kind is a file that makes its tunnels (`http_proxy`, `socks5`) and the rows of its schemes in `KINDS`.
"""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple
from urllib.parse import unquote_to_bytes

from pythonscript_http.exceptions import LocalProtocolError
from pythonscript_http.url import UNIX, Host, is_path, parse_authority, parse_path, split_scheme

from . import http_proxy, socks5
from .stream import Step
from .tunnel import TunnelRequest


class Kind(NamedTuple):
    """How the proxies of a scheme work."""

    port: int
    """The default port."""
    tls: bool
    """The connection to the proxy itself uses TLS."""
    forwards: bool
    """Requests for `http://` are passed to it in absolute form. False: they go through a tunnel too."""
    resolves: bool
    """The proxy resolves the names of hosts. False: they are looked up here."""
    objection: Callable[[bytes, bytes], str]
    """Says why it can't be sent a user and a password; empty: it can."""
    tunnel: Callable[[TunnelRequest], Step]
    """Makes the step from a connection to the proxy to a tunnel through it."""


KINDS: Final[Mapping[str, Kind]] = {
    "http": Kind(80, False, True, True, http_proxy.objection, http_proxy.tunnel_to),
    "https": Kind(443, True, True, True, http_proxy.objection, http_proxy.tunnel_to),
    "socks5": Kind(1080, False, False, False, socks5.objection, socks5.tunnel_to),
    "socks5h": Kind(1080, False, False, True, socks5.objection, socks5.tunnel_to),
}
"""By schemes, which mean what they mean to curl."""


class Proxy(NamedTuple):
    """A proxy, and as whom to use it."""

    host: Host
    scheme: str = "http"
    user: bytes = b""
    password: bytes = b""

    @property
    def kind(self) -> Kind:
        """What is peculiar to it."""
        return KINDS[self.scheme]

    @property
    def authorization(self) -> str:
        """Value of Proxy-Authorization for requests that it passes on; empty: it has none, or takes none."""
        return http_proxy.basic(self.user, self.password) if self.kind.forwards else ""


def parse_proxy(text: str, port: int = -1) -> Proxy:
    """Reads a proxy as users name it.

    Args:
        text: a host as `parse_host` takes it. Before it perhaps one of the schemes of `KINDS` (without one it
            is http) and `user:password@`, both percent-encoded where they hold characters that mean something
            in a URL; behind it perhaps `/`, as in the environment variable `http_proxy`.
        port: as for `parse_host`.

    Raises:
        LocalProtocolError: as by `parse_host`; or the proxy can't be sent the user. Nothing of `text` is
            repeated, as a password may stand anywhere in one that can't be read.

    Source: class reference, `HTTPClient.set_http_proxy`; curl's manual, `--proxy`.
    """
    named = "the proxy's host"
    if is_path(text) and (text.startswith("/", len(UNIX)) or "@" not in text):
        return Proxy(parse_path(text, port, named))
    scheme, rest = split_scheme(text, tuple(KINDS))
    user, _, host = rest.rpartition("@")
    kind = KINDS[scheme or "http"]
    parsed = parse_authority(host.removesuffix("/"), port, named, standard=kind.port, tls=kind.tls)
    try:
        name, _, password = (unquote_to_bytes(part) for part in user.partition(":"))
    except UnicodeEncodeError:
        raise LocalProtocolError(
            "the proxy's user or password holds a lone surrogate, which has no UTF-8 form"
        ) from None
    if user and (objection := kind.objection(name, password)):
        raise LocalProtocolError(objection)
    return Proxy(parsed, scheme or "http", name, password)
