"""`PyHTTPClient`: the client as an engine class. The one module of this addon that knows the engine.

It is a thin layer: it turns `LocalError` into an error message and an error code, hands bodies over in the
engine's own memory, and adds what only the engine knows (its version, for the User-Agent).
"""

from __future__ import annotations

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

from .client import HTTPClient
from .core import enums
from .core.enums import Error
from .core.errors import LocalError
from .core.query import query_string_from_dict


def user_agent() -> str:
    """The User-Agent of the engine's own client: `GodotEngine/<version> (<system>)`."""
    version = Engine.get_version_info()
    parts = [str(version["major"]), str(version["minor"])]
    if version["patch"]:
        parts.append(str(version["patch"]))
    return f"GodotEngine/{'.'.join([*parts, version['status'], version['build']])} ({OS.get_name()})"


_USER_AGENT = user_agent()
_NO_BYTES = PackedByteArray()


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

    def __init__(self) -> None:
        self._client = HTTPClient(user_agent=_USER_AGENT)

    def connect_to_host(self, host: str, port: int = -1, tls_options: TLSOptions | None = None) -> Error:
        """Begins to connect to a host; `poll` goes on with it. What was connected before is closed.

        `host` is a name or an address, perhaps with `http://` before it and a port behind it. With a `port`
        of -1 it is 80, or 443 for HTTPS.
        """
        try:
            if tls_options is not None:
                raise LocalError(Error.ERR_UNAVAILABLE, f"TLS was asked for {host!a}, which is not there yet")
            return self._client.connect_to_host(host, port)
        except LocalError as error:
            self._client.close()
            return _fail(error)

    def set_connection(self, connection: StreamPeer | None) -> None:
        """Sets the connection to use. Not there yet: an error says so, and nothing changes."""
        push_error("PyHTTPClient.set_connection() is not there yet")

    @const
    def get_connection(self) -> StreamPeer | None:
        """Returns the connection in use. Not there yet: it is always `null`."""
        return None

    def request_raw(self, method: int, url: str, headers: PackedStringArray, body: PackedByteArray) -> Error:
        """Sends a request with `body` as it is, whatever the method. The status must be `STATUS_CONNECTED`.

        `url` is what follows the host, such as `/index.html`; `headers` are lines such as
        `Accept: text/html`. The body's memory is shared, not copied.
        """
        try:
            return self._client.request_raw(method, url, headers, memoryview(body))
        except LocalError as error:
            return _fail(error)

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
        try:
            self._client.set_read_chunk_size(bytes)
        except LocalError as error:
            _fail(error)

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
        """Sets the proxy for HTTP connections; an empty host or a port of -1 unsets it."""
        try:
            self._client.set_http_proxy(host, port)
        except LocalError as error:
            _fail(error)

    def set_https_proxy(self, host: str, port: int) -> None:
        """Sets the proxy for HTTPS connections; an empty host or a port of -1 unsets it."""
        try:
            self._client.set_https_proxy(host, port)
        except LocalError as error:
            _fail(error)

    def query_string_from_dict(self, fields: dict[str, object]) -> str:
        """Makes a query string such as `user=me&tags=a&tags=b` from a dictionary."""
        return query_string_from_dict(fields, stringify)

    @const
    def get_error_reason(self) -> str:
        """Returns in words why the connection or the last request failed; empty if it did not.

        An addition to the engine's `HTTPClient`.
        """
        return self._client.get_error_reason()


def _fail(error: LocalError) -> Error:
    """A wrong use as the engine tells it: a message in the output and an error code."""
    push_error(f"{error}")
    return error.code
