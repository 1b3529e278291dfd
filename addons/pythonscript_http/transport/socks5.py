"""Tunnels through SOCKS proxies of version 5 (RFC 1928), with or without a user and a password (RFC 1929).

The proxy says nothing before it is asked, and its answers say themselves how long they are. So no byte is
read that is not its own: what follows the last one is the host's.
"""

from collections.abc import Generator, Mapping
from ipaddress import ip_address
from typing import Final

from pythonscript_http.exceptions import RemoteProtocolError
from pythonscript_http.url import authority

from .stream import WOULD_BLOCK, NetworkError, Step, Stream
from .tunnel import Tunnel, TunnelRequest

_VERSION: Final = 5
_LOGIN_VERSION: Final = 1
_NO_LOGIN: Final = 0
_LOGIN: Final = 2
_NONE_OF_THEM: Final = 0xFF
_CONNECT: Final = 1
_IPV4: Final = 1
_NAME: Final = 3
_IPV6: Final = 4
_LONGEST: Final = 255

_REFUSALS: Final[Mapping[int, str]] = {
    1: "a failure of the proxy's own",
    2: "its rules do not allow it",
    3: "the network is unreachable",
    4: "the host is unreachable",
    5: "connection refused",
    6: "no answer came (TTL expired)",
    7: "it makes no connections",
    8: "it knows no addresses of this type",
}
"""What the replies mean (RFC 1928 section 6)."""

Dialogue = Generator[tuple[bytes, int], bytes, None]
"""Yields what to send next, and how many bytes of the answer to it to read; is sent these."""


def objection(user: bytes, password: bytes) -> str:
    """Says why a user and a password can't be sent to a SOCKS proxy (RFC 1929 section 2); empty: they can."""
    if 0 < len(user) <= _LONGEST and len(password) <= _LONGEST:
        return ""
    return f"the proxy's user or password is empty or has over {_LONGEST} bytes, which SOCKS cannot tell"


def dialogue(name: str, port: int, user: bytes = b"", password: bytes = b"") -> Dialogue:
    """Asks a proxy for a connection, without I/O.

    Args:
        name: the host: a name in ASCII, or an address.
        port: the host's.
        user: as whom; empty: without a login.
        password: the user's.

    Raises:
        RemoteProtocolError: the proxy refuses, or does not speak SOCKS; the text continues "the proxy ...: ".
    """
    target = authority(name, port)
    methods = bytes((_NO_LOGIN, _LOGIN) if user else (_NO_LOGIN,))
    version, method = yield bytes((_VERSION, len(methods))) + methods, 2
    _check_version(version)
    if method == _LOGIN and user:
        login = bytes((_LOGIN_VERSION, len(user))) + user + bytes((len(password),)) + password
        _, status = yield login, 2  # of the version, servers give either number
        if status:
            raise RemoteProtocolError("it does not accept the user or the password")
    elif method == _NONE_OF_THEM:
        raise RemoteProtocolError("it does not accept the login" if user else "it requires a login")
    elif method != _NO_LOGIN:
        raise RemoteProtocolError(f"it chose the authentication method {method}, which was not offered")
    version, reply = yield bytes((_VERSION, _CONNECT, 0)) + _address(name) + port.to_bytes(2, "big"), 2
    _check_version(version)
    if reply:  # with it, some send no address
        why = _REFUSALS.get(reply, "for a reason that RFC 1928 does not know")
        raise RemoteProtocolError(f"it refused a connection to {target}: {why} (SOCKS reply {reply})")
    _, kind = yield b"", 2
    sizes = {_IPV4: 4, _IPV6: 16}
    if kind == _NAME:
        (size,) = yield b"", 1
    elif kind in sizes:
        size = sizes[kind]
    else:
        raise RemoteProtocolError(f"its answer has an address of the unknown type {kind}")
    yield b"", size + 2  # whence it connected, which is nothing to us


def _check_version(version: int) -> None:
    if version != _VERSION:
        raise RemoteProtocolError(f"it does not speak SOCKS 5: its answer begins with the byte {version}")


def _address(name: str) -> bytes:
    """Writes a host as requests have it (RFC 1928 section 5)."""
    try:
        packed = ip_address(name.partition("%")[0]).packed
    except ValueError:
        data = name.encode("ascii")
        return bytes((_NAME, len(data))) + data
    return bytes((_IPV4 if len(packed) == 4 else _IPV6,)) + packed


class SocksTunnel(Tunnel):
    """A tunnel asked for by SOCKS 5.

    Args:
        stream: the connection to the proxy, which this takes over.
        request: where to, and as whom.
    """

    __slots__ = ("_data", "_dialogue", "_wanted")

    def __init__(self, stream: Stream, request: TunnelRequest) -> None:
        self._dialogue = dialogue(request.name, request.port, request.user, request.password)
        data, self._wanted = next(self._dialogue)
        super().__init__(stream, request, data)
        self._data = b""  # of the answer

    def _awaited(self) -> str:
        return f"no answer when asked by SOCKS for {self._target}"

    def _advance(self) -> bool:
        """Goes on as far as what has come allows. True: to the end."""
        view = memoryview(bytearray(_LONGEST + 2))
        while True:
            self._send()
            if self._unsent:
                return False  # an answer to it would be to nothing
            size = self._stream.read_into(view[: self._wanted - len(self._data)])
            if size == WOULD_BLOCK:
                return False
            if size == 0:
                raise NetworkError(f"it closed the connection when asked by SOCKS for {self._target}")
            self._data += view[:size]
            if len(self._data) < self._wanted:
                continue
            try:
                data, self._wanted = self._dialogue.send(self._data)
            except StopIteration:
                return True
            self._unsent, self._data = memoryview(data), b""


def tunnel_to(request: TunnelRequest) -> Step:
    """Gives the step from a connection to a proxy to a tunnel through it."""
    return lambda stream: SocksTunnel(stream, request)
