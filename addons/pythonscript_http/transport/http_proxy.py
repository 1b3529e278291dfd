"""Tunnels through HTTP proxies, by CONNECT (RFC 9110 section 9.3.6).

The answer is read by the core's parser, as strictly as any. What fails here is the proxy's doing, and the
text says so: what fails later, over the tunnel, is the host's.
"""

import time
from collections.abc import Callable
from typing import Final

from pythonscript_http.enums import Method
from pythonscript_http.errors import RemoteError
from pythonscript_http.http1.request import build_head
from pythonscript_http.http1.response import END_OF_HEAD, HEADS_WORK, check_prefix, head_work, parse_head
from pythonscript_http.http1.state import HEADER_LIMIT, MOST_INTERIM

from .layers import Step
from .stream import WOULD_BLOCK, NetworkError, Stream, TlsError

_READ: Final = 4096
_READS: Final = 17
"""Reads of one call: an answer that is over the usual limit shows by the first. More are for the next."""


class Tunnel:
    """A tunnel that a proxy was asked for. Once it stands, it is the proxy's connection itself.

    Args:
        stream: the connection to the proxy, which this takes over.
        head: the request.
        target: the host and its port, as in the request.
        proxy: what to call the proxy in the text of failures.
        timeout: seconds until the proxy must have answered.
        clock: tells the time in seconds.
        header_limit: most bytes that its answer may have, interim ones included.
    """

    __slots__ = (
        "_behind",
        "_clock",
        "_data",
        "_deadline",
        "_header_limit",
        "_interim",
        "_interims",
        "_proxy",
        "_searched",
        "_stream",
        "_target",
        "_timeout",
        "_unsent",
        "_work",
    )

    def __init__(
        self,
        stream: Stream,
        head: bytes,
        target: str,
        proxy: str,
        timeout: float,
        clock: Callable[[], float] = time.monotonic,
        header_limit: int = HEADER_LIMIT,
    ) -> None:
        self._clock = clock
        self._stream = stream
        self._target = target
        self._proxy = proxy
        self._timeout = timeout
        self._deadline = clock() + timeout
        self._unsent = memoryview(head)
        self._data = bytearray()
        self._header_limit = header_limit
        self._interim = 0  # bytes of interim answers
        self._interims = 0
        self._searched = 0  # bytes of the data in which no answer ends
        self._behind = False  # one call has not taken all that came
        self._work = 0  # of the call under way

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
        if self._behind:
            return
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
        self._work = 0
        if self._behind and self._take_heads(data):
            return True
        for _ in range(_READS):
            if self._behind:
                break
            size = self._stream.read_into(buffer)
            if size == WOULD_BLOCK:
                break
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
        self._behind = False
        while data:
            check_prefix(bytes(data[:7]))
            end = END_OF_HEAD.search(data, self._searched)
            size = end.end() if end else len(data)
            if self._interim + size > self._header_limit:
                raise RemoteError(f"the header block is over the limit of {self._header_limit} bytes")
            if end is None:
                self._searched = max(0, len(data) - 2)
                break
            block = bytes(data[:size])
            work = head_work(block)
            if self._work and self._work + work > HEADS_WORK:
                self._behind = True
                break
            self._work += work
            self._searched = 0
            del data[:size]
            code = parse_head(block, Method.METHOD_CONNECT).code
            if code >= 200 or code == 101:
                self._judge(code, block, len(data))
                return True
            self._interim += size
            self._interims += 1
            if self._interims > MOST_INTERIM:
                raise RemoteError(f"over {MOST_INTERIM} interim answers to CONNECT {self._target}")
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
    header_limit: int = HEADER_LIMIT,
) -> Step:
    """Gives the step from a connection to a proxy to a tunnel through it.

    Args:
        target: the host and its port, as `authority` writes them.
        proxy: what to call the proxy in the text of failures.
        authorization: value of Proxy-Authorization; empty: the proxy wants none.
        user_agent: value of User-Agent.
        timeout: seconds until the proxy must have answered.
        clock: tells the time in seconds.
        header_limit: most bytes that the proxy's answer may have.

    Raises:
        LocalError: there is no request with these.
    """
    headers = [f"Proxy-Authorization: {authorization}"] if authorization else []
    head = build_head(Method.METHOD_CONNECT, target, headers, 0, host=target, user_agent=user_agent).data
    return lambda stream: Tunnel(stream, head, target, proxy, timeout, clock, header_limit)
