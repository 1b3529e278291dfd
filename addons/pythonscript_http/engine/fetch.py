"""`PyHTTP`: calls in one line, over a session that all scripts share."""

from __future__ import annotations

import threading
from typing import Any

from godot import BoundSignal, RefCounted, gdclass

from .response import PyHTTPResponse
from .session import PyHTTPSession
from .transfer import PyHTTPTransfer


@gdclass(tool=True, abstract=True)
class PyHTTP(RefCounted):
    """HTTP in one line: `var response: PyHTTPResponse = await PyHTTP.fetch("https://example.org")`.

    All of it is static, and over one session that all scripts share (`default_session`). Options are those of
    `PyHTTPSession`.
    """

    @staticmethod
    def default_session() -> PyHTTPSession:
        """Returns the session of these calls. What is set there counts for all scripts."""
        if _shared.session is None:
            with _shared.lock:
                _shared.session = _shared.session or PyHTTPSession()
        return _shared.session

    @staticmethod
    def fetch(url: str, options: dict[Any, Any] = {}) -> BoundSignal:  # noqa: B006 - it is copied
        """Begins a GET, or a POST with a body, and returns a signal that gives its `PyHTTPResponse`."""
        return PyHTTP.default_session().fetch(url, options)

    @staticmethod
    def request(method: str, url: str, options: dict[Any, Any] = {}) -> BoundSignal:  # noqa: B006
        """Begins a call with any method, and returns a signal that gives its `PyHTTPResponse`."""
        return PyHTTP.default_session().request(method, url, options)

    @staticmethod
    def start(method: str, url: str, options: dict[Any, Any] = {}) -> PyHTTPTransfer:  # noqa: B006
        """Begins a call, to be followed and cancelled. Nobody need wait for its response."""
        return PyHTTP.default_session().start(method, url, options)

    @staticmethod
    def request_sync(method: str, url: str, options: dict[Any, Any] = {}) -> PyHTTPResponse:  # noqa: B006
        """Makes a call, and returns when it is over. On the main thread the game stands still meanwhile."""
        return PyHTTP.default_session().request_sync(method, url, options)

    @staticmethod
    def get(url: str, options: dict[Any, Any] = {}) -> BoundSignal:  # noqa: B006
        """Begins a GET, and returns a signal that gives its `PyHTTPResponse`."""
        return PyHTTP.request("GET", url, options)

    @staticmethod
    def post(url: str, options: dict[Any, Any] = {}) -> BoundSignal:  # noqa: B006
        """Begins a POST, and returns a signal that gives its `PyHTTPResponse`."""
        return PyHTTP.request("POST", url, options)

    @staticmethod
    def put(url: str, options: dict[Any, Any] = {}) -> BoundSignal:  # noqa: B006
        """Begins a PUT, and returns a signal that gives its `PyHTTPResponse`."""
        return PyHTTP.request("PUT", url, options)

    @staticmethod
    def patch(url: str, options: dict[Any, Any] = {}) -> BoundSignal:  # noqa: B006
        """Begins a PATCH, and returns a signal that gives its `PyHTTPResponse`."""
        return PyHTTP.request("PATCH", url, options)

    @staticmethod
    def delete(url: str, options: dict[Any, Any] = {}) -> BoundSignal:  # noqa: B006
        """Begins a DELETE, and returns a signal that gives its `PyHTTPResponse`."""
        return PyHTTP.request("DELETE", url, options)

    @staticmethod
    def head(url: str, options: dict[Any, Any] = {}) -> BoundSignal:  # noqa: B006
        """Begins a HEAD, and returns a signal that gives its `PyHTTPResponse`."""
        return PyHTTP.request("HEAD", url, options)

    @staticmethod
    def options(url: str, options: dict[Any, Any] = {}) -> BoundSignal:  # noqa: B006
        """Begins an OPTIONS, and returns a signal that gives its `PyHTTPResponse`."""
        return PyHTTP.request("OPTIONS", url, options)


class _Shared:
    lock = threading.Lock()
    session: PyHTTPSession | None = None


_shared = _Shared()
