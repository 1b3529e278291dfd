"""Tunnels through HTTP proxies, by CONNECT (RFC 9110 section 9.3.6).

The answer is read by HTTP's own reader of heads, as strictly as any. What fails here is the proxy's doing,
and the text says so: what fails later, over the tunnel, is the host's.
"""

import re
from binascii import b2a_base64
from typing import Final

from pythonscript_http import buffers
from pythonscript_http.exceptions import RemoteProtocolError
from pythonscript_http.http1.head import HeadReader
from pythonscript_http.http1.request import build_head
from pythonscript_http.http1.response import ResponseHead
from pythonscript_http.url import authority

from .stream import WOULD_BLOCK, NetworkError, Step, Stream, Watcher
from .tunnel import Tunnel, TunnelRequest

_CONTROL: Final = re.compile(rb"[\0-\x1f\x7f]")
_READS: Final = 2
"""Reads of one call: an answer that is over the usual limit shows by the first. More are for the next."""


def objection(user: bytes, password: bytes) -> str:
    """Says why a user and a password can't be sent to an HTTP proxy (RFC 7617 section 2); empty: they can."""
    if b":" in user:
        return "the proxy's user holds ':', which Basic authentication can't tell from the password"
    if _CONTROL.search(user + password):
        return "the proxy's user or password holds a control character"
    return ""


def basic(user: bytes, password: bytes) -> str:
    """Makes the value of Proxy-Authorization (RFC 7617, in UTF-8); empty: there is no user."""
    return (
        f"Basic {b2a_base64(user + b':' + password, newline=False).decode('ascii')}"
        if user or password
        else ""
    )


class ConnectTunnel(Tunnel):
    """A tunnel asked for by CONNECT.

    Args:
        stream: the connection to the proxy, which this takes over.
        head: the request.
        request: the same, in parts.
    """

    __slots__ = ("_data", "_heads", "_limit")

    def __init__(self, stream: Stream, head: bytes, request: TunnelRequest) -> None:
        super().__init__(stream, request, head)
        self._data = bytearray()
        self._limit = request.header_limit
        self._heads = HeadReader("CONNECT")

    def wait(self, timeout: float) -> None:
        """Sleeps until `poll` has something to do; `timeout` seconds at most."""
        if not self._heads.behind:
            super().wait(timeout)

    def watch(self, watcher: Watcher) -> None:
        """Tells what `wait` would wait for."""
        if self._heads.behind:
            watcher.after(0.0)
        else:
            super().watch(watcher)

    def _awaited(self) -> str:
        said = "an incomplete answer" if self._data else "no answer"
        return f"{said} to CONNECT {self._target}"

    def _advance(self) -> bool:
        """Sends what is left of the request, and reads what has come of the answer. True: it is a yes."""
        try:
            self._send()
        except NetworkError:
            if self._answered(gone=True):
                return True
            raise
        return self._answered()

    def _answered(self, *, gone: bool = False) -> bool:
        """Reads what has come of the answer. True: the proxy has agreed.

        Args:
            gone: the proxy takes no more. Why is known, and the reason unless it said more before.
        """
        if self._heads.behind:
            return self._take_heads()
        scratch = buffers.take()
        try:
            for _ in range(_READS):
                with memoryview(scratch) as view:
                    size = self._stream.read_into(view)
                if size == WOULD_BLOCK or (size == 0 and gone):
                    break
                if size == 0:
                    where = "in the middle of its answer to" if self._data else "instead of answering"
                    raise NetworkError(f"it closed the connection {where} CONNECT {self._target}")
                self._data += memoryview(scratch)[:size]
                if self._take_heads():
                    return True
                if self._heads.behind:
                    break
        finally:
            buffers.give_back(scratch)
        return False

    def _take_heads(self) -> bool:
        """Takes the heads that have come in full. True: the last of them agrees, and nothing is behind it."""
        data = self._data
        head = self._heads.read(data, 0, len(data), self._limit)
        del data[: self._heads.at]
        if head is not None:
            self._judge(head, len(data))
        return head is not None

    def _judge(self, head: ResponseHead, surplus: int) -> None:
        """Refuses all but a plain yes. Framing fields in it mean nothing (RFC 9110 section 9.3.6)."""
        if not 200 <= head.code < 300:
            status = head.block.partition(b"\n")[0].partition(b" ")[2].strip().decode("latin-1")
            raise RemoteProtocolError(f"it refused CONNECT {self._target}: {status!a}")
        if surplus:  # no host speaks before it is spoken to, in HTTP and in TLS
            raise RemoteProtocolError(f"it sent {surplus} bytes after its answer to CONNECT {self._target}")


def tunnel_to(request: TunnelRequest) -> Step:
    """Gives the step from a connection to a proxy to a tunnel through it.

    Raises:
        LocalProtocolError: the user agent can't be sent.
    """
    authorization = basic(request.user, request.password)
    headers = [(b"Proxy-Authorization", authorization.encode())] if authorization else []
    target = authority(request.name, request.port)
    head = build_head("CONNECT", target, headers, 0, host=target, user_agent=request.user_agent).data
    return lambda stream: ConnectTunnel(stream, head, request)
