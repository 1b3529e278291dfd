"""The calls of `PyHTTPRequest` nodes, over one session for all of them, without cookies and a cache."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Final
from weakref import ref

from pythonscript_http.sessions.failures import Failure
from pythonscript_http.sessions.redirects import is_redirect
from pythonscript_http.sessions.response import Response
from pythonscript_http.sessions.session import Session
from pythonscript_http.sessions.urls import parse_url

from . import network, service
from .calls import Progress
from .request_node import PyHTTPRequest
from .response import made

if TYPE_CHECKING:
    from pythonscript_http.sessions.transfer import Transfer

_Result = PyHTTPRequest.Result
_RESULTS: Final[Mapping[Failure, PyHTTPRequest.Result]] = {
    Failure.NONE: _Result.RESULT_SUCCESS,
    Failure.INVALID_REQUEST: _Result.RESULT_CONNECTION_ERROR,
    Failure.BUSY: _Result.RESULT_CANT_CONNECT,
    Failure.CANT_RESOLVE: _Result.RESULT_CANT_RESOLVE,
    Failure.CANT_CONNECT: _Result.RESULT_CANT_CONNECT,
    Failure.TLS: _Result.RESULT_TLS_HANDSHAKE_ERROR,
    Failure.TIMEOUT: _Result.RESULT_TIMEOUT,
    Failure.CONNECTION_LOST: _Result.RESULT_CONNECTION_ERROR,
    Failure.PROTOCOL: _Result.RESULT_NO_RESPONSE,
    Failure.DECODING: _Result.RESULT_BODY_DECOMPRESS_FAILED,
    Failure.TOO_MANY_REDIRECTS: _Result.RESULT_REDIRECT_LIMIT_REACHED,
    Failure.BODY_TOO_LARGE: _Result.RESULT_BODY_SIZE_LIMIT_EXCEEDED,
}
"""What a failure is to the engine; all others are RESULT_REQUEST_FAILED."""


@functools.cache
def _session() -> Session:
    session = service.session()
    session.options = session.options.merged(
        {"cookies": False, "cache": "no-store", "connect_timeout": 0, "idle_timeout": 0}
    )
    return session


def scheme_of(url: str) -> str:
    """Which proxy a URL is for: `http` or `https`.

    Raises:
        LocalError: it is none.
    """
    return parse_url(url).url.scheme


class NodeCall(Progress):
    """A request of a node, which may be freed meanwhile."""

    def __init__(self, node: PyHTTPRequest) -> None:
        super().__init__()
        self._node = ref(node)
        self._transfer: Transfer | None = None
        self.receiving = False
        """A response has begun."""

    def begin(self, method: str, url: str, options: Mapping[object, object]) -> None:
        """Begins it."""
        session, node = _session(), self._node()
        source = ""
        if session.trace is not None and node is not None and node.is_inside_tree():
            source = str(node.get_path())
        self._transfer = session.start(method, url, options, self, source)

    def cancel(self) -> None:
        """Ends it."""
        if self._transfer is not None:
            self._transfer.cancel()

    def head(self, response: Response) -> None:
        """See `Listener`."""
        self.receiving = True

    def done(self, response: Response) -> None:
        """See `Listener`."""
        network.delivery.post(partial(self._finish, response))

    def _finish(self, response: Response) -> None:
        self._transfer = None
        node = self._node()
        if node is not None:
            node._finish(self, made(response), self._result(response), _code(response))

    def _result(self, response: Response) -> PyHTTPRequest.Result:
        if response.failure is Failure.FILE:
            written = self.received_bytes > 0
            return (
                _Result.RESULT_DOWNLOAD_FILE_WRITE_ERROR
                if written
                else _Result.RESULT_DOWNLOAD_FILE_CANT_OPEN
            )
        if not response.failure and is_redirect(response):  # which is handed out where none is followed
            return _Result.RESULT_REDIRECT_LIMIT_REACHED
        return _RESULTS.get(response.failure, _Result.RESULT_REQUEST_FAILED)


def _code(response: Response) -> int:
    if response.failure is Failure.TOO_MANY_REDIRECTS and response.redirects:
        return response.redirects[-1].status
    return response.status
