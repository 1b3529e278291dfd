"""Tunnels through HTTP proxies, by CONNECT (RFC 9110 section 9.3.6).

The answer is read by the core's parser, as strictly as any. What fails here is the proxy's doing, and the
text says so: what fails later, over the tunnel, is the host's.
"""

import re
import time
from collections.abc import Callable
from typing import Final

from pythonscript_http.core.enums import Method
from pythonscript_http.core.errors import RemoteError
from pythonscript_http.core.request import build_head
from pythonscript_http.core.response import check_prefix, parse_head
from pythonscript_http.core.state import HEADER_LIMIT

from .layers import Step
from .stream import WOULD_BLOCK, NetworkError, Stream, TlsError

_END: Final = re.compile(rb"\n\r?\n")
_READ: Final = 4096


class Tunnel:
    """A tunnel that a proxy was asked for. Once it stands, it is the proxy's connection itself.

    Args:
        stream: the connection to the proxy, which this takes over.
        head: the request.
        target: the host and its port, as in the request.
        proxy: what to call the proxy in the text of failures.
        timeout: seconds until the proxy must have answered.
        clock: tells the time in seconds.
    """

    __slots__ = (
        "_clock",
        "_data",
        "_deadline",
        "_interim",
        "_proxy",
        "_stream",
        "_target",
        "_timeout",
        "_unsent",
    )

    def __init__(
        self,
        stream: Stream,
        head: bytes,
        target: str,
        proxy: str,
        timeout: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._stream = stream
        self._target = target
        self._proxy = proxy
        self._timeout = timeout
        self._deadline = clock() + timeout
        self._unsent = memoryview(head)
        self._data = bytearray()
        self._interim = 0  # bytes of interim answers

    def poll(self) -> Stream | None:
        """Gives the connection once it leads to the host. Raises NetworkError when the proxy fails to."""
        try:
            if self._advance():
                return self._stream
        except TlsError:  # which tells itself whose failure it is
            self._stream.close()
            raise
        except (NetworkError, RemoteError) as error:
            self._stream.close()
            raise NetworkError(f"the proxy {self._proxy}: {error}") from None
        if self._clock() >= self._deadline:
            self._stream.close()
            raise self.late(f"no tunnel within {self._timeout:g} s")
        return None

    def late(self, why: str) -> NetworkError:
        """Makes the failure of one who waits no longer (see `Layer.late`)."""
        said = "an incomplete answer" if self._data else "no answer"
        return NetworkError(f"the proxy {self._proxy}: {why}: {said} to CONNECT {self._target}")

    def wait(self, timeout: float) -> None:
        """Sleeps until `poll` has something to do; `timeout` seconds at most."""
        left = max(0.0, self._deadline - self._clock())
        self._stream.wait(write=bool(self._unsent), timeout=min(timeout, left))

    def close(self) -> None:
        """Gives it up, and the proxy's connection with it."""
        self._stream.close()

    def _advance(self) -> bool:
        """Sends what is left of the request, and reads what has come of the answer. True: it is a yes."""
        try:
            if self._unsent:
                self._unsent = self._unsent[self._stream.write([self._unsent]) :]
        except NetworkError:
            if self._answered(gone=True):
                return True
            raise
        return self._answered()

    def _answered(self, *, gone: bool = False) -> bool:
        """Reads what has come of the answer. True: the proxy has agreed.

        Args:
            gone: the proxy takes no more. Why, is known, and is told unless it said more before it left.
        """
        data, buffer = self._data, memoryview(bytearray(_READ))
        while (size := self._stream.read_into(buffer)) != WOULD_BLOCK:
            if size == 0:
                if gone:
                    break
                where = "in the middle of its answer to" if data else "instead of answering"
                raise NetworkError(f"it closed the connection {where} CONNECT {self._target}")
            data += buffer[:size]
            if self._take_heads(data):
                return True
        return False

    def _take_heads(self, data: bytearray) -> bool:
        """Takes the heads that have come in full. True: one of them agrees, and it was the last thing."""
        while data:
            check_prefix(bytes(data[:7]))
            end = _END.search(data)
            size = end.end() if end else len(data)
            if self._interim + size > HEADER_LIMIT:
                raise RemoteError(f"the header block is over the limit of {HEADER_LIMIT} bytes")
            if end is None:
                break
            block = bytes(data[:size])
            del data[:size]
            code = parse_head(block, Method.METHOD_CONNECT).code
            if code >= 200 or code == 101:
                self._judge(code, block, len(data))
                return True
            self._interim += size
        return False

    def _judge(self, code: int, block: bytes, surplus: int) -> None:
        """Refuses all but a plain yes. Framing fields in it mean nothing (RFC 9110 section 9.3.6)."""
        if not 200 <= code < 300:
            status = block.partition(b"\n")[0].partition(b" ")[2].strip().decode("latin-1")
            raise RemoteError(f"it refused CONNECT {self._target}: {status!a}")
        if surplus:  # no host speaks before it is spoken to, in HTTP and in TLS
            raise RemoteError(f"it sent {surplus} bytes after its answer to CONNECT {self._target}")


def tunnel_to(
    target: str,
    *,
    proxy: str,
    authorization: str,
    user_agent: str,
    timeout: float,
    clock: Callable[[], float] = time.monotonic,
) -> Step:
    """Gives the step from a connection to a proxy to a tunnel through it.

    Args:
        target: the host and its port, as `authority` writes them.
        proxy: what to call the proxy in the text of failures.
        authorization: value of Proxy-Authorization; empty: the proxy wants none.
        user_agent: value of User-Agent.
        timeout: seconds until the proxy must have answered.
        clock: tells the time in seconds.

    Raises:
        LocalError: there is no request with these.
    """
    headers = [f"Proxy-Authorization: {authorization}"] if authorization else []
    head = build_head(Method.METHOD_CONNECT, target, headers, 0, host=target, user_agent=user_agent).data
    return lambda stream: Tunnel(stream, head, target, proxy, timeout, clock)
