"""The calls of `PyHTTPRequest` nodes, over one session for all of them, without cookies and a cache."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from pythonscript_http.sessions.failures import Failure
from pythonscript_http.sessions.redirects import is_redirect
from pythonscript_http.sessions.response import Response
from pythonscript_http.sessions.session import Session

from . import network, service
from .calls import Progress
from .request_node import PyHTTPRequest, _Request
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


def begin(
    kept: Callable[[], PyHTTPRequest | None],
    request: _Request,
    method: str,
    url: str,
    options: Mapping[object, object],
    source: str,
) -> None:
    """Begins the call of a node's request, unless that was cancelled or the node is gone.

    Args:
        kept: gives the node; None: it was freed.
        request: what it waits for.
        source: who asks; empty: not known.
    """
    node = kept()
    if node is None or request.cancelled:
        return
    request.call = node._last = call = NodeCall(kept, request)
    del node  # it is its users'
    call.begin(method, url, options, source)
    if request.cancelled:  # since then
        call.cancel()


class NodeCall(Progress):
    """A call of a node, which may be freed meanwhile."""

    def __init__(self, node: Callable[[], PyHTTPRequest | None], request: _Request) -> None:
        super().__init__()
        self._node = node
        self._request = request
        self._transfer: Transfer | None = None

    def begin(self, method: str, url: str, options: Mapping[object, object], source: str) -> None:
        """Begins it."""
        self._transfer = _session().start(method, url, options, self, source)

    def cancel(self) -> None:
        """Ends it."""
        if self._transfer is not None:
            self._transfer.cancel()

    def done(self, response: Response) -> None:
        """See `Listener`."""
        network.delivery.post(partial(self._finish, response))

    def _finish(self, response: Response) -> None:
        self._transfer = None
        node = self._node()
        if node is not None:
            node._finish(self._request, made(response), self._result(response), response.status)

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
