"""`PyHTTPClient`: the client as an engine class. The one module of this addon that knows the engine.

It is a thin layer: it turns `LocalError` into an error message and an error code, hands bodies over in the
engine's own memory, and adds what only the engine knows (its version, for the User-Agent).
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeVar

from godot import (
    OS,
    Engine,
    FileAccess,
    PackedByteArray,
    PackedStringArray,
    Pointer,
    ProjectSettings,
    RefCounted,
    StreamPeer,
    StreamPeerExtension,
    TLSOptions,
    const,
    export,
    gdclass,
    push_error,
    push_warning,
    stringify,
)
from godot import Error as EngineError

from .client import BLOCKING_LIMIT, HTTPClient
from .core import enums
from .core.enums import Error
from .core.errors import LocalError
from .core.query import query_string_from_dict
from .net.stream import WOULD_BLOCK, NetworkError, Readiness, Stream


def user_agent() -> str:
    """The User-Agent of the engine's own client: `GodotEngine/<version> (<system>)`."""
    version = Engine.get_version_info()
    parts = [str(version["major"]), str(version["minor"])]
    if version["patch"]:
        parts.append(str(version["patch"]))
    return f"GodotEngine/{'.'.join([*parts, version['status'], version['build']])} ({OS.get_name()})"


if TYPE_CHECKING:
    from .net.trust import Roots, TlsPolicy

T = TypeVar("T")

_USER_AGENT = user_agent()
_NO_BYTES = PackedByteArray()
_PIECE = 65536
"""Bytes: how much a script's StreamPeer is given at once. It may copy all that it is given."""
_PEER_CONNECTED = 2
_PEER_STANDS = (1, _PEER_CONNECTED)
"""STATUS_CONNECTING or _HANDSHAKING, and STATUS_CONNECTED: the same for TCP, UDS and TLS."""


class _PeerStream:
    """A StreamPeer that a script handed over, as a connection of the client's (see `net.stream.Stream`)."""

    __slots__ = ("_poll", "_status", "blind", "peer")

    def __init__(self, peer: StreamPeer) -> None:
        self.peer = peer
        # A StreamPeer as such can only read and write; those with a network behind them are polled, and tell.
        self._poll: Callable[[], int] | None = getattr(peer, "poll", None)
        self._status: Callable[[], int] | None = getattr(peer, "get_status", None)
        self.blind = self._status is None

    def peek(self) -> Readiness:
        if self._poll is not None:
            self._poll()
        if self.available():
            return Readiness.DATA
        return Readiness.QUIET if self._stands() else Readiness.ENDED

    def _stands(self) -> bool:
        return self._status is None or self._status() in _PEER_STANDS

    def _open(self) -> bool:
        return self._status is None or self._status() == _PEER_CONNECTED

    def available(self) -> int:
        # Asked of one that is not open, the engine's streams print an error.
        return self.peer.get_available_bytes() if self._open() else 0

    def read_into(self, buffer: memoryview) -> int:
        if self._poll is not None:
            self._poll()
        if not self._open():
            return WOULD_BLOCK if self._stands() else 0
        error, data = self.peer.get_partial_data(len(buffer))
        if not data and error == EngineError.ERR_FILE_EOF:
            return 0
        if error not in (EngineError.OK, EngineError.ERR_FILE_EOF):
            raise NetworkError(f"cannot receive: the StreamPeer gives {EngineError(error).name}")
        buffer[: len(data)] = data
        return len(data) or WOULD_BLOCK

    def write(self, buffers: Sequence[bytes | memoryview]) -> int:
        total = 0
        for buffer in buffers:
            for start in range(0, len(buffer), _PIECE):
                piece = buffer[start : start + _PIECE]
                error, sent = self.peer.put_partial_data(piece)
                if error != EngineError.OK:
                    raise NetworkError(f"cannot send: the StreamPeer gives {EngineError(error).name}")
                total += int(sent)
                if sent < len(piece):
                    return total
        return total

    def wait(self, *, write: bool, timeout: float) -> bool:
        """Looks every millisecond: the engine lets nobody wait for a StreamPeer in the operating system."""
        deadline = time.monotonic() + timeout
        while self.peek() is Readiness.QUIET:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.001)
            if write:  # whether it takes more can only be tried
                break
        return True

    def fileno(self) -> int:
        return -1

    def close(self) -> None:
        for method in ("disconnect_from_stream", "disconnect_from_host"):
            if self.peer.has_method(method):
                getattr(self.peer, method)()
                return


@gdclass
class PyHTTPConnection(StreamPeerExtension):
    """The connection of a `PyHTTPClient`, as a StreamPeer that reads and writes it directly.

    What a script takes from it, the client does not see: use it after `101 Switching Protocols` or an
    accepted CONNECT, when the connection carries something else than HTTP. It ends with the client's.
    """

    def __init__(self, client: HTTPClient | None = None) -> None:
        self._client = client
        self._joined = None if client is None else client.connection()

    @property
    def _stream(self) -> Stream | None:
        """The client's connection, while it is the one that this was made for."""
        stream = None if self._client is None else self._client.connection()
        return stream if self._joined in (stream, getattr(stream, "stream", None)) else None

    def _missing(self) -> EngineError:
        return EngineError.ERR_UNCONFIGURED if self._client is None else EngineError.ERR_CONNECTION_ERROR

    def is_over(self) -> bool:
        """Returns whether the connection is gone."""
        return self._stream is None

    def _get_partial_data(self, r_buffer: Pointer, r_bytes: int, r_received: Pointer) -> EngineError:
        return self._receive(r_buffer.memory(r_bytes), r_received, whole=False)

    def _get_data(self, r_buffer: Pointer, r_bytes: int, r_received: Pointer) -> EngineError:
        return self._receive(r_buffer.memory(r_bytes), r_received, whole=True)

    def _put_partial_data(self, p_data: Pointer, p_bytes: int, r_sent: Pointer) -> EngineError:
        return self._send(p_data.memory(p_bytes), r_sent, whole=False)

    def _put_data(self, p_data: Pointer, p_bytes: int, r_sent: Pointer) -> EngineError:
        return self._send(p_data.memory(p_bytes), r_sent, whole=True)

    def _get_available_bytes(self) -> int:
        stream = self._stream
        return 0 if stream is None else stream.available()

    def _receive(self, buffer: memoryview, r_received: Pointer, *, whole: bool) -> EngineError:
        stream, size, error = self._stream, 0, EngineError.OK
        try:
            while size < len(buffer) and error == EngineError.OK:
                if stream is None:
                    error = self._missing()
                    break
                got = stream.read_into(buffer[size:])
                if got > 0:
                    size += got
                elif got == 0:
                    error = EngineError.ERR_FILE_EOF
                elif not whole:
                    break
                elif not stream.wait(write=False, timeout=BLOCKING_LIMIT):
                    error = EngineError.ERR_TIMEOUT
                if not whole:
                    break
        except NetworkError:
            error = EngineError.ERR_CONNECTION_ERROR
        r_received.write_int32(size)
        return error

    def _send(self, data: memoryview, r_sent: Pointer, *, whole: bool) -> EngineError:
        stream, size, error = self._stream, 0, EngineError.OK
        try:
            while size < len(data) and error == EngineError.OK:
                if stream is None:
                    error = self._missing()
                    break
                sent = stream.write([data[size:]])
                size += sent
                if not whole:
                    break
                if not sent and not stream.wait(write=True, timeout=BLOCKING_LIMIT):
                    error = EngineError.ERR_TIMEOUT
        except NetworkError:
            error = EngineError.ERR_CONNECTION_ERROR
        r_sent.write_int32(size)
        return error


@gdclass
class PyHTTPClient(RefCounted):
    """An HTTP/1.1 client, the engine's `HTTPClient` by another name.

    Every member of `HTTPClient` is here with the same meaning, so a script changes over by changing the
    class's name. What differs is what is wrong there. `get_error_reason` tells in words why something failed.

    Connect with `connect_to_host`, call `poll` until `get_status` is `STATUS_CONNECTED`, send a `request`,
    `poll` until the status is `STATUS_BODY`, and call `read_response_body_chunk` until the status leaves it.
    """

    Method = enums.Method
    Status = enums.Status
    ResponseCode = enums.ResponseCode

    blocking_mode_enabled: bool = export(False, getter="is_blocking_mode_enabled", setter="set_blocking_mode")
    """If `true`, `poll` and `read_response_body_chunk` wait for something to do, without using the CPU."""
    connection: StreamPeer | None = export(None, getter="get_connection", setter="set_connection", usage=0)
    """The connection that the client uses."""
    read_chunk_size: int = export(
        65536, range=(256, 16777216), getter="get_read_chunk_size", setter="set_read_chunk_size"
    )
    """The most bytes that one `read_response_body_chunk` gives, from 256 to 16777216."""

    # What follows are additions to the engine's HTTPClient.

    connect_timeout: float = export(0.0, getter="get_connect_timeout", setter="set_connect_timeout")
    """Seconds that finding the host and connecting to it may take; 0: no limit but the system's."""
    first_byte_timeout: float = export(0.0, getter="get_first_byte_timeout", setter="set_first_byte_timeout")
    """Seconds from the end of the request to the first byte of its answer; 0: no limit."""
    idle_timeout: float = export(0.0, getter="get_idle_timeout", setter="set_idle_timeout")
    """Seconds that may pass without a byte moving while a request or its answer is under way; 0: no limit."""
    total_timeout: float = export(0.0, getter="get_total_timeout", setter="set_total_timeout")
    """Seconds from a request to the end of its answer's body; 0: no limit."""
    max_header_size: int = export(65536, getter="get_max_header_size", setter="set_max_header_size")
    """The most bytes that the headers of one answer may have, from 1024 to 16777216."""
    max_body_size: int = export(-1, getter="get_max_body_size", setter="set_max_body_size")
    """The most bytes that the body of one answer may have, decoded; -1: no limit."""
    decode_body: bool = export(False, getter="is_decode_body", setter="set_decode_body")
    """If `true`, gzip, deflate and, where Python has them, br and zstd are asked for and decoded."""

    def __init__(self) -> None:
        self._client = HTTPClient(user_agent=_USER_AGENT)
        self._client.default_policy = _default_policy
        self._connection: PyHTTPConnection | None = None

    def connect_to_host(self, host: str, port: int = -1, tls_options: TLSOptions | None = None) -> Error:
        """Begins to connect to a host; `poll` goes on with it. What was connected before is closed.

        `host` is a name or an address, perhaps with `http://` or `https://` before it and a port behind it.
        With a `port` of -1 it is 80, or 443 for HTTPS. Given `tls_options`, TLS needs no `https://`.
        """
        client = self._client
        try:
            policy = None if tls_options is None else _policy_of(tls_options)
        except LocalError as error:
            client.close()
            return _fail(client.refused(error))
        return _try(client.connect_to_host, host, port, policy)

    def set_connection(self, connection: StreamPeer | None) -> None:
        """Goes on over a connection that stands already: any StreamPeer. What was connected before is closed.

        The status is `STATUS_CONNECTED` then. `Host` is that of the host connected to last; if there was
        none, give it with the request's headers.
        """
        if connection is None:
            _fail(
                self._client.refused(LocalError(Error.ERR_INVALID_PARAMETER, "the connection to use is null"))
            )
        elif connection != self.get_connection():
            self._client.attach(_PeerStream(connection))

    @const
    def get_connection(self) -> StreamPeer | None:
        """Returns the connection in use, or `null`. It reads and writes past the client.

        After `101 Switching Protocols` or an accepted CONNECT, that is how to go on: what came behind the
        answer's headers is read first.
        """
        stream = self._client.connection()
        if stream is None:
            return None
        if isinstance(stream, _PeerStream):
            return stream.peer
        if self._connection is None or self._connection.is_over():
            self._connection = PyHTTPConnection(self._client)
        return self._connection

    def request_raw(self, method: int, url: str, headers: PackedStringArray, body: PackedByteArray) -> Error:
        """Sends a request with `body` as it is, whatever the method. The status must be `STATUS_CONNECTED`.

        `url` is what follows the host, such as `/index.html`; `headers` are lines such as
        `Accept: text/html`. The body's memory is shared, not copied.
        """
        return _try(self._client.request_raw, method, url, headers, memoryview(body))

    def request(self, method: int, url: str, headers: PackedStringArray, body: str = "") -> Error:
        """Sends a request with `body` as UTF-8, which GET ignores. The status must be `STATUS_CONNECTED`."""
        try:
            result = self._client.request(method, url, headers, body)
        except LocalError as error:
            return _fail(error)
        if self._client.warning:
            push_warning(self._client.warning)
        return result

    def close(self) -> None:
        """Closes the connection, whatever is under way; the client may be used again."""
        self._client.close()

    @const
    def has_response(self) -> bool:
        """Returns whether a response has come whose headers were not handed out yet."""
        return self._client.has_response()

    @const
    def is_response_chunked(self) -> bool:
        """Returns whether the response is in chunked transfer coding."""
        return self._client.is_response_chunked()

    @const
    def get_response_code(self) -> int:
        """Returns the response's status code, 0 if there is none."""
        return self._client.get_response_code()

    def get_response_headers(self) -> PackedStringArray:
        """Hands out the response's header lines, as they came; a second time there are none."""
        return PackedStringArray(self._client.get_response_headers())

    def get_response_headers_as_dictionary(self) -> dict[str, str]:
        """Hands out the headers by name, repeated ones joined by `; `; a second time there are none."""
        return self._client.get_response_headers_as_dictionary()

    @const
    def get_response_body_length(self) -> int:
        """Returns the body's length in bytes, -1 if it is not known beforehand."""
        return self._client.get_response_body_length()

    def read_response_body_chunk(self) -> PackedByteArray:
        """Reads what has come of the body, `read_chunk_size` bytes at most; the last ends `STATUS_BODY`."""
        client = self._client
        try:
            chunk = PackedByteArray(client.body_limit())
            with memoryview(chunk) as view:
                size = client.read_body_into(view)
        except LocalError as error:
            _fail(error)
            return _NO_BYTES
        chunk.resize(size)
        return chunk

    def set_read_chunk_size(self, bytes: int) -> None:  # noqa: A002 - the engine's name for it
        """Sets `read_chunk_size`; a size that is out of range is an error and changes nothing."""
        _try(self._client.set_read_chunk_size, bytes)

    @const
    def get_read_chunk_size(self) -> int:
        """Returns `read_chunk_size`."""
        return self._client.get_read_chunk_size()

    def set_blocking_mode(self, enabled: bool) -> None:
        """Sets `blocking_mode_enabled`."""
        self._client.set_blocking_mode(enabled)

    @const
    def is_blocking_mode_enabled(self) -> bool:
        """Returns `blocking_mode_enabled`."""
        return self._client.is_blocking_mode_enabled()

    @const
    def get_status(self) -> enums.Status:
        """Returns the status, one of `Status`; `poll` updates it."""
        return self._client.get_status()

    def poll(self) -> Error:
        """Goes on with what is under way; its error code tells when that fails. Call it every frame."""
        return self._client.poll()

    def set_http_proxy(self, host: str, port: int) -> None:
        """Sets the proxy for HTTP connections; an empty host or a port of -1 unsets it."""
        _try(self._client.set_http_proxy, host, port)

    def set_https_proxy(self, host: str, port: int) -> None:
        """Sets the proxy for HTTPS connections; an empty host or a port of -1 unsets it."""
        _try(self._client.set_https_proxy, host, port)

    def query_string_from_dict(self, fields: dict[str, object]) -> str:
        """Makes a query string such as `user=me&tags=a&tags=b` from a dictionary."""
        return query_string_from_dict(fields, stringify)

    # Additions to the engine's HTTPClient

    @const
    def get_error_reason(self) -> str:
        """Returns in words why the connection, the last request or its answer failed; or nothing."""
        return self._client.get_error_reason()

    def request_stream(self, method: int, url: str, headers: PackedStringArray, length: int = -1) -> Error:
        """Begins a request whose body is given piece by piece, by `send_body_chunk` and at last `end_body`.

        With a `length`, in bytes, the body must have just that; without, it goes in chunked coding.
        """
        return _try(self._client.request_stream, method, url, headers, length)

    def send_body_chunk(self, data: PackedByteArray) -> Error:
        """Gives the next piece of a body begun by `request_stream`; `poll` sends it.

        Returns `ERR_BUSY`, and takes nothing, while too much waits to be sent: poll, and give it again.
        Returns `ERR_UNAVAILABLE` when the server has refused the body by its answer.
        """
        return _try(self._client.send_body_chunk, memoryview(data))

    def end_body(self) -> Error:
        """Ends a body begun by `request_stream`. `ERR_UNAVAILABLE` as from `send_body_chunk`."""
        return _try(self._client.end_body)

    @const
    def get_request_body_sent(self) -> int:
        """Returns how many bytes of the request's body have been sent."""
        return self._client.get_request_body_sent()

    @const
    def get_request_body_length(self) -> int:
        """Returns the length of the request's body in bytes, -1 if it is not known."""
        return self._client.get_request_body_length()

    @const
    def has_response_header(self, name: str) -> bool:
        """Returns whether the answer has a header `name`, in any case of letters. Takes nothing away."""
        return self._client.has_response_header(name)

    @const
    def get_response_header(self, name: str) -> str:
        """Returns the value of the answer's header `name`, in any case of letters. Takes nothing away.

        Values of a repeated header are joined by `, `, those of Set-Cookie by a line break.
        """
        return self._client.get_response_header(name)

    @const
    def get_response_trailers(self) -> PackedStringArray:
        """Returns the header lines that came behind a chunked body, once it has ended."""
        return PackedStringArray(self._client.get_response_trailers())

    @const
    def get_timings(self) -> dict[str, float]:
        """Returns the seconds from the start to the end of each phase of the last request, named as by curl.

        The keys are `name_lookup`, `connect`, `pretransfer`, `posttransfer`, `first_byte` and `total`.
        """
        return self._client.get_timings()

    def set_connect_timeout(self, seconds: float) -> None:
        """Sets `connect_timeout`; a value that is out of range is an error and changes nothing."""
        _try(self._client.set_connect_timeout, seconds)

    @const
    def get_connect_timeout(self) -> float:
        """Returns `connect_timeout`."""
        return self._client.get_connect_timeout()

    def set_first_byte_timeout(self, seconds: float) -> None:
        """Sets `first_byte_timeout`; a value that is out of range is an error and changes nothing."""
        _try(self._client.set_first_byte_timeout, seconds)

    @const
    def get_first_byte_timeout(self) -> float:
        """Returns `first_byte_timeout`."""
        return self._client.get_first_byte_timeout()

    def set_idle_timeout(self, seconds: float) -> None:
        """Sets `idle_timeout`; a value that is out of range is an error and changes nothing."""
        _try(self._client.set_idle_timeout, seconds)

    @const
    def get_idle_timeout(self) -> float:
        """Returns `idle_timeout`."""
        return self._client.get_idle_timeout()

    def set_total_timeout(self, seconds: float) -> None:
        """Sets `total_timeout`; a value that is out of range is an error and changes nothing."""
        _try(self._client.set_total_timeout, seconds)

    @const
    def get_total_timeout(self) -> float:
        """Returns `total_timeout`."""
        return self._client.get_total_timeout()

    def set_max_header_size(self, size: int) -> None:
        """Sets `max_header_size`; a value that is out of range is an error and changes nothing."""
        _try(self._client.set_max_header_size, size)

    @const
    def get_max_header_size(self) -> int:
        """Returns `max_header_size`."""
        return self._client.get_max_header_size()

    def set_max_body_size(self, size: int) -> None:
        """Sets `max_body_size`; a value that is out of range is an error and changes nothing."""
        _try(self._client.set_max_body_size, size)

    @const
    def get_max_body_size(self) -> int:
        """Returns `max_body_size`."""
        return self._client.get_max_body_size()

    def set_decode_body(self, enabled: bool) -> None:
        """Sets `decode_body`, as of the next request."""
        _try(self._client.set_decode_body, enabled)

    @const
    def is_decode_body(self) -> bool:
        """Returns `decode_body`."""
        return self._client.is_decode_body()


def _policy_of(options: TLSOptions) -> TlsPolicy:
    """What a script's TLSOptions ask for.

    Raises:
        LocalError: they are a server's, or this engine does not let them be read.
    """
    from .net.trust import TlsPolicy  # late: a game that speaks plain HTTP does not load OpenSSL

    if not options.has_method("is_server"):
        text = (
            "TLSOptions cannot be read before Godot 4.3, so nothing but the default terms of TLS can be had"
        )
        raise LocalError(Error.ERR_UNAVAILABLE, text)
    if options.is_server():
        raise LocalError(Error.ERR_INVALID_PARAMETER, "these TLSOptions are a server's")
    chain = options.get_trusted_ca_chain()
    roots: Roots | str = _default_roots() if chain is None else chain.save_to_string()
    name = options.get_common_name_override()
    return TlsPolicy(roots=roots, common_name=name, unsafe=options.is_unsafe_client(), key_log=_key_log())


@functools.cache
def _default_policy() -> TlsPolicy:
    from .net.trust import TlsPolicy

    return TlsPolicy(roots=_default_roots(), key_log=_key_log())


@functools.cache
def _default_roots() -> Roots | str:
    """The project's own bundle of roots if it has one, read once as by the engine; or else certifi's."""
    from .net.trust import Roots

    path = ProjectSettings.get_setting("network/tls/certificate_bundle_override", "")
    return FileAccess.get_file_as_string(path) if path else Roots.CERTIFI


def _key_log() -> str:
    """Where a debug build writes the keys of its connections, for those who debug what they carry."""
    return OS.get_environment("SSLKEYLOGFILE") if OS.is_debug_build() else ""


def _try(function: Callable[..., T], *arguments: object) -> T | Error:
    try:
        return function(*arguments)
    except LocalError as error:
        return _fail(error)


def _fail(error: LocalError) -> Error:
    """A wrong use as the engine tells it: a message in the output and an error code."""
    push_error(f"{error}")
    return error.code
