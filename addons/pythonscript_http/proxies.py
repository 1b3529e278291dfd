"""Which proxy leads to a host: one that was set, or that of the environment if it is asked for."""

import os
import re
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Final

from .exceptions import LocalError
from .transport.proxy import Proxy, parse_proxy
from .url import Host

Environment = Callable[[str], str]
"""Gives the value of a variable of the environment, empty if there is none."""

_VARIABLES: Final = {
    # HTTP_PROXY is left out, as by curl: a visitor can set it, by a header, to what a web server starts.
    False: ("http_proxy", "all_proxy", "ALL_PROXY"),
    True: ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"),
}
"""By whether TLS is spoken to the host; the first that is set counts."""

_EXEMPTIONS: Final = ("no_proxy", "NO_PROXY")
_SEPARATORS: Final = re.compile(r"[,\s]+")
_PORT: Final = re.compile(r"(\[[^\[\]]*\]|[^:]*):(\d{1,5})")


def process_environment(name: str) -> str:
    """Gives the value of a variable of this process's environment, empty if there is none."""
    return os.environ.get(name, "")


def environment_proxy(target: Host, environment: Environment) -> Proxy | None:
    """Chooses the proxy that the environment names for a host; None: there is none, or the host is exempt.

    Args:
        target: the host.
        environment: where `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` come from.

    Raises:
        LocalError: what it names is not a valid proxy; the text says by which variable.

    Source: curl's manual, "Environment"; `no_proxy` as there.
    """
    name = next((name for name in _VARIABLES[target.tls] if environment(name)), None)
    if name is None or is_exempt(target, next(filter(None, map(environment, _EXEMPTIONS)), "")):
        return None
    try:
        return parse_proxy(environment(name))
    except LocalError as error:
        raise type(error)(f"the environment variable {name} is not a valid proxy: {error}") from None


def is_exempt(target: Host, exemptions: str) -> bool:
    """Tells whether a host is among those that are reached without a proxy.

    Args:
        target: the host.
        exemptions: a list by commas or blanks: `*` for all; a name, for itself and those below it, with a dot
            before it or without; an address; a network such as `10.0.0.0/8`. Each but `*` may have a port.
    """
    host = target.name.removesuffix(".").lower()
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        address = None
    for entry in filter(None, _SEPARATORS.split(exemptions.lower())):
        if entry == "*":
            return True
        match = _PORT.fullmatch(entry)
        if match is not None and int(match[2]) != target.port:
            continue
        bare = (match[1] if match else entry).strip("[]")
        if address is None:
            name = bare.strip(".")
            if name and (host == name or host.endswith(f".{name}")):
                return True
        else:
            try:
                if address in ip_network(bare, strict=False):
                    return True
            except ValueError:
                continue
    return False


class Proxies:
    """The proxies that a client connects through.

    An invalid one is kept, and refuses connections: to connect without a proxy would betray who has set it.
    """

    __slots__ = ("_plain", "_tls", "environment", "use_environment")

    def __init__(self) -> None:
        self._plain: Proxy | LocalError | None = None
        self._tls: Proxy | LocalError | None = None
        self.use_environment = False
        """Where none is set, that of the environment is used."""
        self.environment: Environment = process_environment

    def set(self, host: str, port: int, *, tls: bool) -> None:
        """Sets the proxy for hosts that are spoken TLS to, or for the others.

        Args:
            host: as `parse_proxy` takes it; empty: none.
            port: -1: none.

        Raises:
            LocalError: this is not a valid proxy.
        """
        proxy: Proxy | LocalError | None = None
        if host and port != -1:
            try:
                proxy = parse_proxy(host, port)
            except LocalError as error:
                proxy = type(error)(f"not a valid proxy: {error}")
        if tls:
            self._tls = proxy
        else:
            self._plain = proxy
        self._usable(tls)

    def to(self, target: Host) -> Proxy | None:
        """Chooses the proxy for a host. None leads to a Unix domain socket.

        Raises:
            LocalError: the one that is set, or is in the environment, can be none.
        """
        if target.unix:
            return None
        proxy = self._usable(target.tls)
        if proxy is None and self.use_environment:
            proxy = environment_proxy(target, self.environment)
        return proxy

    def _usable(self, tls: bool) -> Proxy | None:
        proxy = self._tls if tls else self._plain
        if isinstance(proxy, LocalError):
            # Not that one, which is kept: by its traceback it would keep whoever gets it.
            raise type(proxy)(str(proxy))
        return proxy
