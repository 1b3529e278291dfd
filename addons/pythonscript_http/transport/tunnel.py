"""What tunnels through proxies share, whatever the proxy speaks: what they are made from, and their end."""

from abc import ABC, abstractmethod
from typing import NamedTuple

from pythonscript_http.exceptions import RemoteProtocolError
from pythonscript_http.url import authority

from .stream import NetworkError, Stream, TlsError, Watcher


class TunnelRequest(NamedTuple):
    """The target of a tunnel, and who asks for it."""

    name: str
    """The host: a name, or an address without brackets."""
    port: int
    proxy: str
    """What to call the proxy in the text of failures: `p.example:3128`."""
    user_agent: str
    """Value of the User-Agent header, where the protocol has one."""
    header_limit: int
    """Most bytes that the proxy's answer may have, interim ones included."""
    user: bytes = b""
    """As whom; empty: as nobody in particular."""
    password: bytes = b""


class Tunnel(ABC):
    """A tunnel that a proxy is asked for. Once it stands, it is the proxy's connection itself.

    Args:
        stream: the connection to the proxy, which this takes over.
        request: where to, and as whom.
        unsent: what is sent first.
    """

    __slots__ = ("_proxy", "_stream", "_target", "_unsent", "lacking")

    def __init__(self, stream: Stream, request: TunnelRequest, unsent: bytes) -> None:
        self._stream = stream
        self._target = authority(request.name, request.port)
        self._proxy = request.proxy
        self._unsent = memoryview(unsent)
        self.lacking = "no tunnel"

    def poll(self) -> Stream | None:
        """Gives the connection once it leads to the host. Raises NetworkError when the proxy fails to."""
        try:
            return self._stream if self._advance() else None
        except TlsError:  # which tells itself whose failure it is
            self._stream.close()
            raise
        except (NetworkError, RemoteProtocolError) as error:
            self._stream.close()
            raise NetworkError(f"the proxy {self._proxy}: {error}") from None

    def late(self, why: str) -> NetworkError:
        """Makes the failure of one who waits no longer (see `Layer.late`)."""
        return NetworkError(f"the proxy {self._proxy}: {why}: {self._awaited()}")

    def wait(self, timeout: float) -> None:
        """Sleeps until `poll` has something to do; `timeout` seconds at most."""
        self._stream.wait(write=bool(self._unsent), timeout=timeout)

    def watch(self, watcher: Watcher) -> None:
        """Tells what `wait` would wait for."""
        self._stream.watch(watcher, write=bool(self._unsent))

    def close(self) -> None:
        """Gives it up, and the proxy's connection with it."""
        self._stream.close()

    def _send(self) -> None:
        """Sends what is left to send, as far as the connection takes it."""
        if self._unsent:
            size = self._stream.write([self._unsent])
            self._unsent = self._unsent[size:]

    @abstractmethod
    def _advance(self) -> bool:
        """Sends and reads what can be. True: the proxy has agreed.

        Raises:
            NetworkError: the connection failed.
            RemoteProtocolError: the proxy refuses, or does not speak its protocol.
        """

    @abstractmethod
    def _awaited(self) -> str:
        """Says what the proxy has not done yet."""
