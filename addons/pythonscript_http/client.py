"""The engine's HTTPClient in pure Python: drives the state machine of `core` over the network of `net`.

Names, arguments, states and return values are the engine's (class reference, `HTTPClient`), so that an
engine class is a thin layer over it. Wrong use raises `LocalError`, which holds the engine's error code;
what the network or the server do wrong never raises: it shows in `poll()`'s return value, in the status,
and as text in `get_error_reason()`.
"""

import sys
from collections.abc import Mapping, Sequence
from typing import Any, Final

from .core import buffers
from .core.enums import Error, Method, Status
from .core.errors import LocalError
from .core.host import PORT_HTTP, Host, authority, parse_host
from .core.query import query_string_from_dict
from .core.request import build_head, check_method
from .core.state import HEADER_LIMIT, Event, Machine
from .net.sockets import TcpNetwork
from .net.stream import Lookup, Network, NetworkError, Pending, Readiness, Stream

BLOCKING_LIMIT: Final = 30.0
"""Seconds. In blocking mode a call that waited so long without a byte moving returns, and may be repeated."""

READ_CHUNK_SIZES: Final = range(256, 16777216 + 1)
"""Bytes: what `read_chunk_size` may be."""

_TCP: Final = TcpNetwork()
_USER_AGENT: Final = f"pythonscript_http ({sys.platform})"

_CONNECTED: Final = Status.STATUS_CONNECTED
_REQUESTING: Final = Status.STATUS_REQUESTING
_BODY: Final = Status.STATUS_BODY
_QUIET: Final = Readiness.QUIET

_RESULTS: Final = {
    Status.STATUS_DISCONNECTED: Error.ERR_UNCONFIGURED,
    Status.STATUS_CANT_RESOLVE: Error.ERR_CANT_RESOLVE,
    Status.STATUS_CANT_CONNECT: Error.ERR_CANT_CONNECT,
    Status.STATUS_CONNECTION_ERROR: Error.ERR_CONNECTION_ERROR,
    Status.STATUS_TLS_HANDSHAKE_ERROR: Error.ERR_CONNECTION_ERROR,
}
"""What `poll()` gives in states that it can't leave."""


class HTTPClient:
    """A connection to a host, and one request after the other over it.

    Args:
        network: what makes connections.
        header_limit: most bytes that the header blocks of one response may have.
        user_agent: value of the User-Agent header, unless a request brings its own.
    """

    __slots__ = (
        "__weakref__",
        "_blocking",
        "_headers_taken",
        "_host",
        "_host_header",
        "_http_proxy",
        "_https_proxy",
        "_lookup",
        "_machine",
        "_network",
        "_pending",
        "_port",
        "_proxied",
        "_read_chunk_size",
        "_send_failure",
        "_stream",
        "_unsent",
        "_untouched",
        "user_agent",
        "warning",
    )

    def __init__(
        self, network: Network = _TCP, *, header_limit: int = HEADER_LIMIT, user_agent: str = _USER_AGENT
    ) -> None:
        self.user_agent = user_agent
        self.warning = ""
        """What the last `request()` took but did not do, in words; empty if it did all."""
        self._network = network
        self._machine = Machine(header_limit)
        self._blocking = False
        self._read_chunk_size = 65536
        self._http_proxy: Host | None = None
        self._https_proxy: Host | None = None
        self._lookup: Lookup | None = None
        self._pending: Pending | None = None
        self._stream: Stream | None = None
        self._port = 0  # of the peer: the host or its proxy
        self._proxied = False
        self._host_header = ""
        self._unsent: list[bytes | memoryview] = []
        self._untouched = False  # nothing of the request was sent
        self._send_failure = ""
        self._headers_taken = False

    # ---- connecting

    def connect_to_host(self, host: str, port: int = -1) -> Error:
        """Begins to connect; `poll()` goes on with it. What was connected before is closed.

        Args:
            host: a name or an address, perhaps with `http://` before it or `:port` behind it.
            port: -1 for the one in `host`, or else the scheme's.

        Raises:
            LocalError: this is no host, or it asks for TLS, which is not there yet.
        """
        self.close()
        target = parse_host(host, port)
        peer = self._http_proxy or target
        for name, leads_to in ((host, target), ("the HTTP proxy", peer)):
            if leads_to.tls:
                raise LocalError(Error.ERR_UNAVAILABLE, f"{name!a} asks for TLS, which is not there yet")
        self._host_header = authority(target.name, target.port, PORT_HTTP)
        self._proxied = self._http_proxy is not None
        self._port = peer.port
        address = self._network.literal(peer.name)
        if address is not None:
            self._machine.fire(Event.DIAL)
            self._pending = self._network.connect((address,), peer.port)
            return Error.OK
        self._machine.fire(Event.LOOK_UP)
        try:
            self._lookup = self._network.look_up(peer.name)
        except NetworkError as error:
            return self._fail(Event.NOT_RESOLVED, error)
        return Error.OK

    def set_http_proxy(self, host: str, port: int) -> None:
        """Sets the proxy for plain requests, as of the next `connect_to_host()`; empty or port -1 unsets it.

        Raises:
            LocalError: this is no host.
        """
        self._http_proxy = parse_host(host, port) if host and port != -1 else None

    def set_https_proxy(self, host: str, port: int) -> None:
        """Sets the proxy for TLS requests, as of the next `connect_to_host()`; empty or port -1 unsets it.

        Raises:
            LocalError: this is no host.
        """
        self._https_proxy = parse_host(host, port) if host and port != -1 else None

    def close(self) -> None:
        """Closes the connection, whatever is under way, and forgets the last response."""
        self._lookup = None
        if self._pending is not None:
            self._pending.close()
            self._pending = None
        self._hang_up()
        self._headers_taken = False
        self._machine.reset()

    # ---- requests

    def request(self, method: int, url: str, headers: Sequence[str], body: str = "") -> Error:
        """Sends a request with a text, in UTF-8, as its body; `poll()` does the sending.

        Args:
            method: one of `Method`. GET takes no body: it is ignored, and `warning` tells.
            url: an absolute path, an absolute URL, `*` for OPTIONS, `host:port` for CONNECT.
            headers: lines of `name: value`.
            body: the text.

        Raises:
            LocalError: the state is not CONNECTED, or something here can't be sent.
        """
        check_method(method)
        warning = ""
        if body and method == Method.METHOD_GET:
            body = ""
            warning = "request() ignores the body of a GET request; request_raw() sends it"
        try:
            data = body.encode()
        except UnicodeEncodeError as error:
            text = f"the body holds a lone surrogate at {error.start}, which has no UTF-8 form"
            raise LocalError(Error.ERR_INVALID_PARAMETER, text) from None
        result = self.request_raw(method, url, headers, data)
        self.warning = warning
        return result

    def request_raw(
        self, method: int, url: str, headers: Sequence[str], body: bytes | bytearray | memoryview
    ) -> Error:
        """Sends a request with bytes as its body; `poll()` does the sending.

        Args:
            method: one of `Method`.
            url: as for `request()`.
            headers: lines of `name: value`.
            body: anything that holds contiguous bytes. It is not copied: leave it as it is until it was sent.

        Raises:
            LocalError: the state is not CONNECTED, or something here can't be sent.
        """
        view = memoryview(body).cast("B")
        size = len(view)
        head = build_head(
            method,
            url,
            headers,
            size,
            host=self._host_header,
            user_agent=self.user_agent,
            proxied=self._proxied,
        )
        self._machine.request(method, close=head.close)
        unsent: list[bytes | memoryview] = [head.data]
        if size:
            unsent += (b"%x\r\n" % size, view, b"\r\n0\r\n\r\n") if head.chunked else (view,)
        elif head.chunked:
            unsent.append(b"0\r\n\r\n")
        self._unsent = unsent
        self._untouched = True
        self._send_failure = ""
        self._headers_taken = False
        self.warning = ""
        return Error.OK

    # ---- polling

    def poll(self) -> Error:
        """Goes on with what is under way: one step, without waiting unless in blocking mode.

        Returns:
            OK; or why the state is one of failure; or ERR_UNCONFIGURED when disconnected.
        """
        status = self._machine.status
        if status is _REQUESTING:
            return self._poll_requesting()
        if status is _CONNECTED:
            return self._poll_connected()
        if status is _BODY:
            return self._poll_body()
        if status is Status.STATUS_CONNECTING:
            return self._poll_connecting()
        if status is Status.STATUS_RESOLVING:
            return self._poll_resolving()
        return _RESULTS[status]

    def _poll_resolving(self) -> Error:
        lookup = self._lookup
        assert lookup is not None
        if self._blocking:
            lookup.wait(BLOCKING_LIMIT)
        try:
            addresses = lookup.poll()
        except NetworkError as error:
            self._lookup = None
            return self._fail(Event.NOT_RESOLVED, error)
        if addresses is not None:
            self._lookup = None
            self._machine.fire(Event.RESOLVED)
            self._pending = self._network.connect(addresses, self._port)
        return Error.OK

    def _poll_connecting(self) -> Error:
        pending = self._pending
        assert pending is not None
        if self._blocking:
            pending.wait(BLOCKING_LIMIT)
        try:
            self._stream = pending.poll()
        except NetworkError as error:
            self._pending = None
            return self._fail(Event.REFUSED, error)
        if self._stream is not None:
            self._pending = None
            self._machine.fire(Event.ESTABLISHED)
        return Error.OK

    def _poll_connected(self) -> Error:
        """Sees that the connection stands, and that the server keeps silent until it is asked."""
        assert self._stream is not None
        readiness = self._stream.peek()
        if readiness is _QUIET:
            return Error.OK
        if readiness is Readiness.ENDED:
            self._machine.ended()
        elif not self._machine.tunnel:
            self._machine.lost("the server sent data that no request had asked for")
        return self._settle()

    def _poll_body(self) -> Error:
        """Sees that the connection stands. What has come waits for its reader."""
        assert self._stream is not None
        if self._machine.vulnerable and self._stream.peek() is Readiness.ENDED:
            self._machine.ended()
            return self._settle()
        return Error.OK

    def _poll_requesting(self) -> Error:
        stream, machine = self._stream, self._machine
        assert stream is not None
        while True:
            if self._unsent:
                self._send(stream)
            if machine.status is _REQUESTING:
                self._receive_head(stream)
            if machine.status is not _REQUESTING:
                return self._settle()
            if not self._blocking or not stream.wait(write=bool(self._unsent), timeout=BLOCKING_LIMIT):
                return Error.OK

    def _send(self, stream: Stream) -> None:
        """Sends what the connection takes at once."""
        unsent, machine = self._unsent, self._machine
        if self._untouched:
            self._untouched = False
            if stream.peek() is not _QUIET:
                machine.lost(
                    "the server had closed the connection, or sent data unasked, before this request"
                )
                return
        try:
            size = stream.write(unsent)
        except NetworkError as error:
            # It may have answered before it closed: that answer tells more than this failure.
            self._send_failure = str(error)
            unsent.clear()
            return
        while unsent and size >= len(unsent[0]):
            size -= len(unsent.pop(0))
        if not unsent:
            machine.sent()
        elif size:
            unsent[0] = memoryview(unsent[0])[size:]

    def _receive_head(self, stream: Stream) -> None:
        """Takes what has come, also while sending: a server may refuse a body before it has it all."""
        machine = self._machine
        try:
            if stream.peek() is _QUIET:
                if self._send_failure:
                    machine.failed(self._send_failure)
                return
            size = stream.read_into(machine.space())
        except NetworkError as error:
            machine.failed(self._send_failure or str(error))
            return
        if size > 0:
            machine.received(size)
        elif size == 0:
            machine.ended()

    # ---- responses

    def has_response(self) -> bool:
        """A response has come, and its headers were not handed out yet."""
        return self._machine.head is not None and not self._headers_taken

    def get_response_code(self) -> int:
        """Gives the response's status code, 0 if there is none."""
        head = self._machine.head
        return 0 if head is None else head.code

    def get_response_headers(self) -> list[str]:
        """Hands out the response's header lines, as they came; a second time there are none."""
        head = self._machine.head
        if head is None or self._headers_taken:
            return []
        self._headers_taken = True
        return head.lines()

    def get_response_headers_as_dictionary(self) -> dict[str, str]:
        """Hands out the response's headers by name; a second time there are none.

        Values of repeated names are joined by `"; "`, under the first spelling of the name.
        """
        fields: dict[str, str] = {}
        spellings: dict[str, str] = {}
        for line in self.get_response_headers():
            name, _, value = line.partition(":")
            value = value.strip(" \t")
            name = spellings.setdefault(name.lower(), name)
            fields[name] = f"{fields[name]}; {value}" if name in fields else value
        return fields

    def is_response_chunked(self) -> bool:
        """The response has chunked coding."""
        return self._machine.chunked

    def get_response_body_length(self) -> int:
        """Gives the body's length in bytes, -1 if it is not known beforehand."""
        return self._machine.body_length

    def read_response_body_chunk(self) -> bytes:
        """Reads what has come of the body: `read_chunk_size` bytes at most. The last one ends the state BODY.

        Raises:
            LocalError: the state is not BODY.
        """
        limit = self._read_chunk_size
        scratch = buffers.take() if limit <= buffers.BUFFER_SIZE else bytearray(limit)
        view = memoryview(scratch)[:limit]
        try:
            return bytes(view[: self.read_body_into(view)])
        finally:
            buffers.give_back(scratch)

    def body_limit(self) -> int:
        """Tells how many bytes the next read of the body gives at most: how large a buffer it needs."""
        return min(self._read_chunk_size, self._machine.body_limit)

    def read_body_into(self, view: memoryview) -> int:
        """Reads what has come of the body into the caller's memory, straight from the kernel where possible.

        In blocking mode it waits until the memory is full or the body ends.

        Args:
            view: writable bytes.

        Returns:
            Number of bytes read.

        Raises:
            LocalError: the state is not BODY.
        """
        machine, stream = self._machine, self._stream
        size, room = machine.take(view), len(view)
        assert stream is not None
        while size < room and machine.status is _BODY:
            limit = machine.direct_limit
            target = view[size : size + limit] if limit else machine.space()
            try:
                got = stream.read_into(target)
            except NetworkError as error:
                machine.failed(str(error))
                break
            if got > 0:
                if limit:
                    machine.received_directly(got)
                    size += got
                else:
                    machine.received(got)
                    size += machine.take(view[size:])
                if got < len(target) and not self._blocking:
                    break  # that was all there is
            elif got == 0:
                machine.ended()
            elif not self._blocking or not stream.wait(write=False, timeout=BLOCKING_LIMIT):
                break
        if machine.status is not _BODY:
            self._settle()
        return size

    # ---- the rest of the engine's surface

    def get_status(self) -> Status:
        """Gives the state, as the last call left it."""
        return self._machine.status

    def get_error_reason(self) -> str:
        """Tells why the state is one of failure, in words; empty if it is not."""
        return self._machine.reason

    def set_blocking_mode(self, enabled: bool) -> None:
        """Lets `poll()` and reads wait in the operating system until there is something to do."""
        self._blocking = enabled

    def is_blocking_mode_enabled(self) -> bool:
        """Tells whether calls wait."""
        return self._blocking

    def set_read_chunk_size(self, size: int) -> None:
        """Sets how many bytes one read gives at most.

        Raises:
            LocalError: it is not within 256 to 16777216.
        """
        if size not in READ_CHUNK_SIZES:
            raise LocalError(
                Error.ERR_INVALID_PARAMETER,
                f"read_chunk_size {size} is not within 256 to {READ_CHUNK_SIZES[-1]}",
            )
        self._read_chunk_size = size

    def get_read_chunk_size(self) -> int:
        """Gives how many bytes one read gives at most."""
        return self._read_chunk_size

    blocking_mode_enabled = property(is_blocking_mode_enabled, set_blocking_mode)
    read_chunk_size = property(get_read_chunk_size, set_read_chunk_size)

    @staticmethod
    def query_string_from_dict(fields: Mapping[Any, object]) -> str:
        """Makes a query string: see `core.query`."""
        return query_string_from_dict(fields)

    # ---- inside

    def _settle(self) -> Error:
        """Closes the connection if the state has no more use for it; gives what `poll()` returns."""
        status = self._machine.status
        if status is _BODY or status is _CONNECTED:
            self._unsent.clear()
            return Error.OK
        self._hang_up()
        return Error.OK if status is Status.STATUS_DISCONNECTED else _RESULTS[status]

    def _fail(self, event: Event, error: NetworkError) -> Error:
        self._machine.fire(event, str(error))
        return _RESULTS[self._machine.status]

    def _hang_up(self) -> None:
        self._unsent.clear()
        if self._stream is not None:
            self._stream.close()
            self._stream = None
