"""`PyHTTPClient`: the client as an engine class.

It is a thin layer: it turns `LocalError` into an error message and an error code, hands bodies over in the
engine's own memory, and adds what only the engine knows (its version, for the User-Agent).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from godot import (
    OS,
    Engine,
    PackedByteArray,
    PackedStringArray,
    RefCounted,
    StreamPeer,
    TLSOptions,
    const,
    export,
    gdclass,
    push_error,
    push_warning,
    stringify,
)
from pythonscript_http import enums
from pythonscript_http.client import HTTPClient
from pythonscript_http.config import RANGES, Limits, Timeouts
from pythonscript_http.enums import Error
from pythonscript_http.errors import error_code
from pythonscript_http.exceptions import LocalError
from pythonscript_http.query import query_string_from_dict
from pythonscript_http.transport.policy import TlsPolicy

from .policy import PyTLSPolicy, policy_of, proxy_policy_of
from .streams import PeerStream, PyHTTPConnection


def user_agent() -> str:
    """The User-Agent of the engine's own client: `GodotEngine/<version> (<system>)`."""
    version = Engine.get_version_info()
    parts = [str(version["major"]), str(version["minor"])]
    if version["patch"]:
        parts.append(str(version["patch"]))
    return f"GodotEngine/{'.'.join([*parts, version['status'], version['build']])} ({OS.get_name()})"


def _variable(name: str) -> str:
    """A variable of the environment, as scripts set it too."""
    return OS.get_environment(name)


T = TypeVar("T")

_USER_AGENT = user_agent()
_NO_BYTES = PackedByteArray()
_LIMITS = Limits()
_TIMEOUTS = Timeouts()


def _policies(beyond: PyTLSPolicy | None) -> tuple[Callable[[], TlsPolicy], Callable[[], TlsPolicy]]:
    """What makes the policies for a host and for a proxy where no `TLSOptions` are given."""
    return partial(policy_of, None, beyond), partial(proxy_policy_of, beyond)


_POLICIES = _policies(None)


@gdclass(tool=True)
class PyHTTPClient(RefCounted):
    """An HTTP/1.1 client, the engine's `HTTPClient` by another name.

    Every member of `HTTPClient` is here with the same meaning, so a script changes over by changing the
    class's name. What differs is what is wrong there. `get_error_reason` tells in words why something failed.

    Connect with `connect_to_host`, call `poll` until `get_status` is `STATUS_CONNECTED`, send a `request`,
    `poll` until the status is `STATUS_BODY`, and call `read_response_body_chunk` until the status leaves it.

    Threads may share a client, but it serves one call at a time: one that comes while another is under way
    returns `ERR_BUSY` and changes nothing. `close` may be called at any time.
    """

    __slots__ = ("_client", "_connection")

    Method = enums.Method
    Status = enums.Status
    ResponseCode = enums.ResponseCode

    blocking_mode_enabled: bool = export(False, getter="is_blocking_mode_enabled", setter="set_blocking_mode")
    """If `true`, `poll` and `read_response_body_chunk` wait for something to do, without using the CPU.

    `close`, called from another thread, ends such a call.
    """
    connection: StreamPeer | None = export(None, getter="get_connection", setter="set_connection", usage=0)
    """The connection that the client uses."""
    read_chunk_size: int = export(
        _LIMITS.read_size,
        range=(RANGES["read_chunk_size"][0], RANGES["read_chunk_size"][-1]),
        getter="get_read_chunk_size",
        setter="set_read_chunk_size",
    )
    """The most bytes that one `read_response_body_chunk` gives, from 256 to 16777216."""

    # What follows are additions to the engine's HTTPClient.

    connect_timeout: float = export(
        _TIMEOUTS.connect, getter="get_connect_timeout", setter="set_connect_timeout"
    )
    """Seconds that finding the host and connecting to it may take; 0: no limit but the system's.

    The status tells what took too long: `STATUS_CANT_RESOLVE` the look-up of the name, `STATUS_CANT_CONNECT`
    the connection or a proxy's answer, `STATUS_TLS_HANDSHAKE_ERROR` a TLS handshake.
    """
    first_byte_timeout: float = export(
        _TIMEOUTS.first_byte, getter="get_first_byte_timeout", setter="set_first_byte_timeout"
    )
    """Seconds from the end of the request to the first byte of its answer; 0: no limit."""
    idle_timeout: float = export(_TIMEOUTS.idle, getter="get_idle_timeout", setter="set_idle_timeout")
    """Seconds that may pass without a byte moving while a request or its answer is under way; 0: no limit."""
    total_timeout: float = export(_TIMEOUTS.total, getter="get_total_timeout", setter="set_total_timeout")
    """Seconds from a request to the end of its answer's body; 0: no limit."""
    max_header_size: int = export(
        _LIMITS.header_size, getter="get_max_header_size", setter="set_max_header_size"
    )
    """The most bytes that the headers of one answer may have, from 1024 to 16777216."""
    max_body_size: int = export(-1, getter="get_max_body_size", setter="set_max_body_size")
    """The most bytes that the body of one answer may have, decoded; -1: no limit."""
    decode_body: bool = export(False, getter="is_decode_body", setter="set_decode_body")
    """If `true`, gzip, deflate and, where Python has them, br and zstd are asked for and decoded.

    Parts (206) and bodies of an unknown coding are handed out as they came. A read may return an empty array
    while the status stays `STATUS_BODY`: one call decodes a bounded amount, so that no frame is held up.
    """
    use_environment_proxies: bool = export(
        False, getter="is_using_environment_proxies", setter="set_use_environment_proxies"
    )
    """If `true`, hosts for which no proxy is set are reached through that of the environment, if it has one.

    Its variables are `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`, as for curl.
    """
    tls_policy: PyTLSPolicy | None = export(None)
    """What TLS is to be like beyond `TLSOptions`, as of the next `connect_to_host`: pins, versions ..."""

    def __init__(self) -> None:
        self._client = HTTPClient(user_agent=_USER_AGENT)
        self._client.proxies.environment = _variable
        self._connection: PyHTTPConnection | None = None

    def connect_to_host(self, host: str, port: int = -1, tls_options: TLSOptions | None = None) -> Error:
        """Begins to connect to a host; `poll` goes on with it. What was connected before is closed.

        `host` is a name or an address, perhaps with `http://` or `https://` before it and a port behind it.
        With a `port` of -1 it is 80, or 443 for HTTPS. Given `tls_options`, TLS needs no `https://`.
        """
        client, beyond = self._client, self.tls_policy
        client.default_policy, client.proxy_policy = _POLICIES if beyond is None else _policies(beyond)
        try:
            policy = None if tls_options is None else policy_of(tls_options, beyond)
        except LocalError as error:
            client.close()
            return _fail(client.refused(error))
        result = _try(client.connect_to_host, host, port, policy)
        self._warn()
        return result

    def set_connection(self, connection: StreamPeer | None) -> None:
        """Goes on over a connection that stands already: any StreamPeer. What was connected before is closed.

        The status is `STATUS_CONNECTED` then. `Host` is that of the host connected to last; if there was
        none, give it with the request's headers.
        """
        if connection is None:
            _fail(self._client.refused(LocalError("the connection to use is null")))
        elif connection != self.get_connection():
            _try(self._client.attach, PeerStream(connection))

    @const
    def get_connection(self) -> StreamPeer | None:
        """Returns the connection in use, or `null`. It reads and writes past the client.

        After `101 Switching Protocols` or an accepted CONNECT, that is how to go on: what came behind the
        answer's headers is read first.
        """
        stream = self._client.connection()
        if stream is None:
            return None
        if isinstance(stream, PeerStream):
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
        self._warn()
        return result

    def _warn(self) -> None:
        if self._client.warning:
            push_warning(self._client.warning)

    def close(self) -> None:
        """Closes the connection, whatever is under way, in any thread; the client may be used again."""
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
            room = client.body_limit()
            chunk = PackedByteArray(room)
            with memoryview(chunk) as view:
                size = client.read_body_into(view)
        except LocalError as error:
            _fail(error)
            return _NO_BYTES
        if not size:
            return _NO_BYTES
        if size < room:
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
    def get_status(self) -> int:
        """Returns the status, one of `Status`; `poll` updates it."""
        return self._client.get_status()

    def poll(self) -> Error:
        """Goes on with what is under way; its error code tells when that fails. Call it every frame."""
        return self._client.poll()

    def set_http_proxy(self, host: str, port: int) -> None:
        """Sets the proxy for HTTP connections; an empty host or a port of -1 unsets it.

        `host` may have `user:password@` before it, and before that `http://`, `https://` or `socks5h://`; or
        `socks5://`, for names to be looked up on this machine.
        """
        _try(self._client.set_http_proxy, host, port)

    def set_https_proxy(self, host: str, port: int) -> None:
        """Sets the proxy for HTTPS connections, as `set_http_proxy` does for HTTP."""
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

        The keys are `name_lookup`, `connect`, `appconnect` (TLS), `pretransfer`, `posttransfer`, `first_byte`
        and `total`.
        """
        return self._client.get_timings()

    @const
    def get_tls_info(self) -> dict[str, Any]:
        """Returns with whom and how the connection speaks TLS, or spoke it until it ended; or nothing.

        The keys are `version` (such as `TLSv1.3`), `cipher`, `alpn` (the protocol that was agreed on, if
        any), `resumed` (an earlier session goes on), `certificate` (the server's own, as a PEM text) and
        `pins` (what `PyTLSPolicy.pins` could have: of the server's key, then of those above it).
        """
        peer = self._client.get_tls_info()
        if peer is None:
            return {}
        return {
            "version": peer.version,
            "cipher": peer.cipher,
            "alpn": peer.alpn,
            "resumed": peer.resumed,
            "certificate": peer.certificate,
            "pins": PackedStringArray(peer.pins),
        }

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

    def set_use_environment_proxies(self, enabled: bool) -> None:
        """Sets `use_environment_proxies`, as of the next `connect_to_host`."""
        _try(self._client.set_use_environment_proxies, enabled)

    @const
    def is_using_environment_proxies(self) -> bool:
        """Returns `use_environment_proxies`."""
        return self._client.is_using_environment_proxies()

    @const
    def is_decode_body(self) -> bool:
        """Returns `decode_body`."""
        return self._client.is_decode_body()


def _try(function: Callable[..., T], *arguments: object) -> T | Error:
    try:
        return function(*arguments)
    except LocalError as error:
        return _fail(error)


def _fail(error: LocalError) -> Error:
    """A wrong use as the engine tells it: a message in the output and an error code."""
    push_error(f"{error}")
    return error_code(error)
