"""`PyHTTPRequest`: the engine's HTTPRequest by another name, over the sessions."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any
from weakref import ref

from godot import (
    Node,
    PackedByteArray,
    PackedStringArray,
    Signal,
    TLSOptions,
    const,
    export,
    gdclass,
    push_error,
)
from pythonscript_http.enums import Error, Method, Status
from pythonscript_http.exceptions import LocalError

from . import loading
from .response import PyHTTPResponse
from .source import node_path

if TYPE_CHECKING:
    from .node_calls import NodeCall


class _Request:
    """A request under way, from `request` on; its call may begin later."""

    __slots__ = ("call", "cancelled")

    def __init__(self) -> None:
        self.call: NodeCall | None = None
        self.cancelled = False

    def cancel(self) -> None:
        """Ends it. A call that has not begun yet will look."""
        self.cancelled = True
        if self.call is not None:
            self.call.cancel()


_FILE_PATH = 44
"""PROPERTY_HINT_FILE_PATH, of Godot 4.5: a path, and no uid in its place."""
_UNLIMITED_REDIRECTS = 100
_UNLIMITED_SIZE = 2**31 - 1


@gdclass(tool=True)
class PyHTTPRequest(Node):
    """A node for HTTP requests, the engine's `HTTPRequest` by another name.

    Every member of `HTTPRequest` is here with the same meaning, so scripts and scenes change over by the
    class's name. Connections are kept, of all such nodes together; the network's work is never done on the
    main thread; `get_response` has more than `request_completed` tells.

    What differs is what is wrong there: 303, 307 and 308 are redirects too; credentials do not go along to
    another host, nor from https to http; compressed bodies of any form are decoded, br and zstd too; a
    silent server holds up nobody; a download has its name only when it is whole, and can be resumed.
    """

    class Result(IntEnum):
        RESULT_SUCCESS = 0
        """A response came, whatever its status."""
        RESULT_CHUNKED_BODY_SIZE_MISMATCH = 1
        """Not used: a body that is cut short is `RESULT_CONNECTION_ERROR`."""
        RESULT_CANT_CONNECT = 2
        """No connection to the host or its proxy."""
        RESULT_CANT_RESOLVE = 3
        """The host's name has no address."""
        RESULT_CONNECTION_ERROR = 4
        """The connection was lost, or the request can't be sent."""
        RESULT_TLS_HANDSHAKE_ERROR = 5
        """TLS failed."""
        RESULT_NO_RESPONSE = 6
        """What came is no HTTP."""
        RESULT_BODY_SIZE_LIMIT_EXCEEDED = 7
        """The body is over `body_size_limit`."""
        RESULT_BODY_DECOMPRESS_FAILED = 8
        """The body's coding can't be undone."""
        RESULT_REQUEST_FAILED = 9
        """Something else: `get_error_reason` tells."""
        RESULT_DOWNLOAD_FILE_CANT_OPEN = 10
        """`download_file` can't be opened."""
        RESULT_DOWNLOAD_FILE_WRITE_ERROR = 11
        """`download_file` can't be written."""
        RESULT_REDIRECT_LIMIT_REACHED = 12
        """There are more redirects than `max_redirects`."""
        RESULT_TIMEOUT = 13
        """It took longer than `timeout`."""

    request_completed = Signal(result=int, response_code=int, headers=PackedStringArray, body=PackedByteArray)
    """Emitted when a request is over; the next one may be made at once."""

    download_file: str = export("", hint=_FILE_PATH, getter="get_download_file", setter="set_download_file")
    """The file that gets the body of a successful response; empty: `request_completed` has the body."""
    download_chunk_size: int = export(
        65536,
        range=(256, 16777216),
        suffix="B",
        getter="get_download_chunk_size",
        setter="set_download_chunk_size",
    )
    """Kept for scripts that set it: what is read at once does not depend on it."""
    use_threads: bool = export(False, getter="is_using_threads", setter="set_use_threads")
    """Kept for scripts that set it: requests are always made on another thread."""
    accept_gzip: bool = export(True, getter="is_accepting_gzip", setter="set_accept_gzip")
    """If `true`, compressed bodies are asked for, and handed out decompressed."""
    body_size_limit: int = export(
        -1, range=(-1, 2000000000), suffix="B", getter="get_body_size_limit", setter="set_body_size_limit"
    )
    """Bytes of a response's body, coded or not; -1: no limit but 2 GiB."""
    max_redirects: int = export(8, range=(-1, 64), getter="get_max_redirects", setter="set_max_redirects")
    """How many redirects are followed; -1: no limit but 100."""
    timeout: float = export(
        0.0, range=(0, 3600, 0.1), or_greater=True, suffix="s", getter="get_timeout", setter="set_timeout"
    )
    """Seconds for all of a request; 0: no limit."""
    resume_download: bool = export(False)
    """If `true`, a download into `download_file` goes on where an earlier one ended."""

    def __init__(self) -> None:
        self._download_file = ""
        self._download_chunk_size = 65536
        self._use_threads = False
        self._accept_gzip = True
        self._body_size_limit = -1
        self._max_redirects = 8
        self._timeout = 0.0
        self._tls: TLSOptions | None = None
        self._proxies = {"http": "", "https": ""}
        self._request: _Request | None = None
        self._last: NodeCall | None = None
        self._response: PyHTTPResponse | None = None

    def request(
        self,
        url: str,
        custom_headers: PackedStringArray = PackedStringArray(),  # noqa: B008 - it is not changed
        method: int = 0,
        request_data: str = "",
    ) -> Error:
        """Begins a request with a text as its body; `request_completed` follows if it returns `OK`.

        Returns `ERR_UNCONFIGURED` outside the tree, `ERR_BUSY` while another is under way, and
        `ERR_INVALID_PARAMETER` for what is no URL of HTTP.
        """
        return self._begin(url, custom_headers, method, request_data.encode("utf-8", "surrogatepass"))

    def request_raw(
        self,
        url: str,
        custom_headers: PackedStringArray = PackedStringArray(),  # noqa: B008
        method: int = 0,
        request_data_raw: PackedByteArray = PackedByteArray(),  # noqa: B008
    ) -> Error:
        """Begins a request with bytes as its body, as `request` does with a text."""
        return self._begin(url, custom_headers, method, bytes(request_data_raw))

    def cancel_request(self) -> None:
        """Ends the request under way, without `request_completed`."""
        request, self._request = self._request, None
        if request is not None:
            request.cancel()

    def set_tls_options(self, client_options: TLSOptions | None) -> None:
        """Sets what TLS is to be like, as of the next request."""
        self._tls = client_options

    @const
    def get_http_client_status(self) -> int:
        """Returns one of `HTTPClient.Status`: `STATUS_DISCONNECTED` while there is nothing to do, whatever
        connections are kept; `STATUS_RESOLVING` and `STATUS_CONNECTING` where a connection is made;
        `STATUS_REQUESTING` until a response begins, and `STATUS_BODY` until it ends."""
        if self._request is None:
            return Status.STATUS_DISCONNECTED
        call = self._request.call
        return Status.STATUS_REQUESTING if call is None else call.connection

    def set_use_threads(self, enable: bool) -> None:
        """Sets `use_threads`."""
        if self._idle("use_threads"):
            self._use_threads = enable

    @const
    def is_using_threads(self) -> bool:
        """Returns `use_threads`."""
        return self._use_threads

    def set_accept_gzip(self, enable: bool) -> None:
        """Sets `accept_gzip`."""
        self._accept_gzip = enable

    @const
    def is_accepting_gzip(self) -> bool:
        """Returns `accept_gzip`."""
        return self._accept_gzip

    def set_body_size_limit(self, bytes: int) -> None:  # noqa: A002 - the engine's name for it
        """Sets `body_size_limit`."""
        if self._idle("body_size_limit"):
            self._body_size_limit = bytes

    @const
    def get_body_size_limit(self) -> int:
        """Returns `body_size_limit`."""
        return self._body_size_limit

    def set_max_redirects(self, amount: int) -> None:
        """Sets `max_redirects`."""
        self._max_redirects = amount

    @const
    def get_max_redirects(self) -> int:
        """Returns `max_redirects`."""
        return self._max_redirects

    def set_download_file(self, path: str) -> None:
        """Sets `download_file`."""
        if self._idle("download_file"):
            self._download_file = path

    @const
    def get_download_file(self) -> str:
        """Returns `download_file`."""
        return self._download_file

    @const
    def get_downloaded_bytes(self) -> int:
        """Returns how many bytes of the body have come."""
        return 0 if self._last is None else self._last.received_bytes

    @const
    def get_body_size(self) -> int:
        """Returns the length of the response's body; -1 if it is not known."""
        return -1 if self._last is None else self._last.total_bytes

    def set_timeout(self, timeout: float) -> None:
        """Sets `timeout`; a negative one is an error and changes nothing."""
        if timeout < 0:
            push_error(f"timeout: {timeout} is negative")
        else:
            self._timeout = timeout

    def get_timeout(self) -> float:
        """Returns `timeout`."""
        return self._timeout

    def set_download_chunk_size(self, chunk_size: int) -> None:
        """Sets `download_chunk_size`."""
        if self._idle("download_chunk_size"):
            self._download_chunk_size = chunk_size

    @const
    def get_download_chunk_size(self) -> int:
        """Returns `download_chunk_size`."""
        return self._download_chunk_size

    def set_http_proxy(self, host: str, port: int) -> None:
        """Sets the proxy for `http://`; an empty host or a port of -1 unsets it."""
        self._set_proxy("http", host, port)

    def set_https_proxy(self, host: str, port: int) -> None:
        """Sets the proxy for `https://`, as `set_http_proxy` does for `http://`."""
        self._set_proxy("https", host, port)

    # What follows are additions to the engine's HTTPRequest.

    @const
    def get_response(self) -> PyHTTPResponse | None:
        """Returns what came of the last request; `null` before its end."""
        return self._response

    @const
    def get_error_reason(self) -> str:
        """Returns in words why the last request failed; empty if it did not."""
        return "" if self._response is None else self._response.error_reason

    @const
    def get_uploaded_bytes(self) -> int:
        """Returns how many bytes of the request's body are out."""
        return 0 if self._last is None else self._last.sent_bytes

    def _notification(self, what: int) -> None:
        if what == Node.NOTIFICATION_EXIT_TREE:
            self.cancel_request()

    def _idle(self, what: str) -> bool:
        if self._request is not None:
            push_error(f"{what} cannot be set while a request is under way")
        return self._request is None

    def _set_proxy(self, scheme: str, host: str, port: int) -> None:
        unset = not host or port == -1
        self._proxies[scheme] = "" if unset else f"{'' if '://' in host else 'http://'}{host}:{port}"

    def _begin(self, url: str, headers: PackedStringArray, method: int, body: bytes) -> Error:
        from pythonscript_http.sessions.urls import parse_url

        if not self.is_inside_tree():
            push_error("a PyHTTPRequest makes requests inside the tree only")
            return Error.ERR_UNCONFIGURED
        if self._request is not None:
            push_error("a request is under way: wait for request_completed, or cancel it before the next one")
            return Error.ERR_BUSY
        try:
            options = self._options(parse_url(url).url.scheme, headers, body)
        except LocalError as error:
            push_error(str(error))
            return Error.ERR_INVALID_PARAMETER
        if not 0 <= method < len(Method):
            push_error(f"{method} is no method of HTTPClient")
            return Error.ERR_INVALID_PARAMETER
        self._response = self._last = None
        self._request = request = _Request()
        token, node, source = Method(method).name.removeprefix("METHOD_"), ref(self), node_path(self)

        def begin() -> None:
            from .node_calls import begin

            begin(node, request, token, url, options, source)

        loading.imports.soon([loading.NODES, *loading.of_options(options)], begin)
        return Error.OK

    def _options(self, scheme: str, headers: PackedStringArray, body: bytes) -> dict[Any, object]:
        from .policy import policy_of

        redirects, limit = self._max_redirects, self._body_size_limit
        options: dict[Any, object] = {
            "headers": list(headers),
            "timeout": self._timeout,
            "max_redirects": _UNLIMITED_REDIRECTS if redirects < 0 else min(redirects, _UNLIMITED_REDIRECTS),
            "max_body_size": _UNLIMITED_SIZE if limit < 0 else limit,
            "decode_body": self._accept_gzip,
            "tls": policy_of(self._tls, None),
            "proxy": self._proxies[scheme],
            "download_to": self._download_file,
            "resume": bool(self._download_file) and self.resume_download,
        }
        if body:
            options["body"] = body
        return options

    def _finish(self, request: _Request, response: PyHTTPResponse, result: Result, code: int) -> None:
        if self._request is not request:
            return  # cancelled
        self._request = None
        self._response = response
        body = response.body if result == PyHTTPRequest.Result.RESULT_SUCCESS else PackedByteArray()
        self.request_completed.emit(int(result), code, response.headers, body)
