"""`PyHTTPSession`: calls to one service, for scripts."""

from __future__ import annotations

import threading
from collections.abc import Callable as Function
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from godot import BoundSignal, Callable, Dictionary, RefCounted, export, gdclass

from . import loading
from .mock import PyHTTPMock
from .response import PyHTTPResponse
from .settings import settings_of
from .source import script_line
from .transfer import PyHTTPTransfer

if TYPE_CHECKING:
    from .service import Service

_lock = threading.Lock()


@gdclass(tool=True)
class PyHTTPSession(RefCounted):
    """Calls to a service: over kept connections, with headers, cookies and settings that they have in common.

    `await session.post("/scores", {"json": {"score": 1815}})` gives a `PyHTTPResponse`, whatever happens:
    what goes wrong is its `error`. `start` gives a `PyHTTPTransfer` instead, for progress, pieces of the body
    and cancelling. Each property is the default of the option of the same name, which a call's `options` may
    have; properties count from the next call on. Any thread may use a session; results come on the main
    thread. Calls under way go on when nobody keeps the session.

    Options of a call alone: `headers`, `query` (a Dictionary, or a text that is encoded already), one body of
    `json`, `form` (a Dictionary), `multipart` (a Dictionary, whose values may be `{"file": path}`), `body` (a
    PackedByteArray, or a String) and `stream` (the path of a file), `auth` (`[user, password]`, or a token),
    `download_to`, `resume`, `digest`, `stream_response`, `method`.
    """

    class CacheStorage(IntEnum):
        CACHE_OFF = 0
        """Responses are not kept."""
        CACHE_MEMORY = 1
        """Responses are kept while the session is there, up to 32 MiB."""
        CACHE_FOLDER = 2
        """Responses are kept in `cache_folder`, up to 256 MiB, for the next start too."""

    base_url: str = export("")
    """What URLs are relative to, and the origin that credentials among the `headers` are for.

    A user and a password in it are sent to that origin by Basic authentication.
    """
    headers: Dictionary = export()
    """Headers of each request, by name; a value may be an Array. A call's own go before them.

    Authorization, Cookie, Proxy-Authorization and Host go to the origin of `base_url` only, or without one,
    of each call's own URL.
    """
    user_agent: str = export("")
    """The User-Agent header; empty: that of the engine's own client."""
    timeout: float = export(0.0, suffix="s")
    """Seconds for all of a call, with redirects, retries and hooks; 0: no limit."""
    connect_timeout: float = export(30.0, suffix="s")
    """Seconds from the look-up of the host to the end of the last handshake, of a connection; 0: no limit."""
    first_byte_timeout: float = export(0.0, suffix="s")
    """Seconds from the end of a request to the first byte of its answer; 0: no limit of its own."""
    idle_timeout: float = export(60.0, suffix="s")
    """Seconds without a byte that moves, either way; 0: no limit."""
    retries: int = export(0)
    """How often a call is repeated that failed of the network, or with 408, 429, 502, 503 or 504.

    The pause before it doubles each time, with jitter, up to 30 seconds; a `Retry-After` is heeded.
    """
    max_redirects: int = export(10)
    """How many redirects are followed; 0: none is, and the redirect is the response."""
    allow_downgrade: bool = export(False)
    """If `true`, redirects from https to http are followed."""
    tls: RefCounted | None = export(None, usage=0)
    """What TLS is to be like: `TLSOptions` or a `PyTLSPolicy`; `null`: as the project has it."""
    proxy: str = export("")
    """The proxy, such as `http://user:password@host` or `socks5h://host`; or `environment`, for its own."""
    cookies: bool = export(True)
    """If `true`, cookies that servers set are kept, and sent to whom they are for."""
    cookie_file: str = export("")
    """Where cookies that outlive the session are kept, such as `user://cookies`; empty: nowhere.

    It is read with the next call, and written by `close`, `save_cookies` and when the game ends. Cookies of
    hosts that an unsafe TLS policy did not verify are not in it, and go to no verified ones.
    """
    cache: str = export("default")
    """How kept responses are used, as by `fetch` of browsers: `default`, `no-store`, `reload`, `no-cache`,
    `force-cache`, `only-if-cached`."""
    cache_storage: CacheStorage = export(CacheStorage.CACHE_OFF)
    """Whether and where responses are kept, as far as servers allow it."""
    cache_folder: str = export("user://http_cache")
    """The folder of `CACHE_FOLDER`."""
    max_body_size: int = export(-1)
    """Bytes of a response's body, coded or not; -1: no limit, but 256 MiB for what stays in memory."""
    max_header_size: int = export(65536)
    """Bytes of the headers of one response, from 1024 to 16777216."""
    decode_body: bool = export(True)
    """If `true`, compressed bodies are asked for, and handed out decompressed."""
    mock: PyHTTPMock | None = export(None, usage=0)
    """Answers in the network's place, for tests; `null`: the network does."""
    before_request: Callable = export(usage=0)
    """Called on the main thread before a request is sent, with a Dictionary of its `method`, `url`, `headers`
    (a Dictionary) and perhaps `body`, which it may change. It may be a coroutine."""
    after_response: Callable = export(usage=0)
    """Called on the main thread with the `PyHTTPResponse` of each call. If it returns `true`, the request is
    repeated with the session's `headers` as they are then, at most three times. It may be a coroutine."""

    def __init__(self) -> None:
        self._made: Service | None = None

    def __del__(self) -> None:
        if self._made is not None:
            self._made.save_cookies()

    @property
    def _service(self) -> Service:
        """What is behind it. Whoever asks first waits for what `loading` would import."""
        if self._made is None:
            from .service import Service

            with _lock:
                self._made = self._made or Service(self)
        return self._made

    def _ask(self, job: Function[[Service], object]) -> None:
        """Has something done behind the calls that were begun before."""
        loading.imports.soon([loading.SERVICE], lambda: job(self._service))

    def _start(self, method: str, url: str, options: dict[Any, Any], *, keep: bool) -> PyHTTPTransfer:
        """Begins a call, now or when what that takes is imported.

        Args:
            keep: see `calls.Call`.
        """
        transfer = PyHTTPTransfer()
        transfer._method, transfer._url = method.upper() or "GET", url
        settings, source = settings_of(self), script_line()

        def begin() -> None:
            from .calls import Call

            call = Call(transfer, keep=keep)
            call.begun(self._service.start(call, method, url, settings, options, source, streamed=not keep))

        loading.imports.soon([*settings.modules(), *loading.of_options(options)], begin)
        return transfer

    def fetch(self, url: str, options: dict[Any, Any] = {}) -> BoundSignal:  # noqa: B006 - it is copied
        """Begins a GET, or a POST if there is a body, and returns a signal that gives its `PyHTTPResponse`.

        Write `var response: PyHTTPResponse = await session.fetch(url)`.
        """
        return self._start("", url, options, keep=True).completed

    def request(self, method: str, url: str, options: dict[Any, Any] = {}) -> BoundSignal:  # noqa: B006
        """Begins a call with any method, and returns a signal that gives its `PyHTTPResponse`."""
        return self._start(method, url, options, keep=True).completed

    def start(self, method: str, url: str, options: dict[Any, Any] = {}) -> PyHTTPTransfer:  # noqa: B006
        """Begins a call, to be followed and cancelled. Nobody need wait for its response."""
        return self._start(method, url, options, keep=False)

    def request_sync(self, method: str, url: str, options: dict[Any, Any] = {}) -> PyHTTPResponse:  # noqa: B006
        """Makes a call, and returns when it is over. On the main thread the game stands still meanwhile.

        Hooks are called on the main thread, and if that is the one that waits, they must not `await`.
        """
        settings, source = settings_of(self), script_line()
        loading.imports.now(settings.modules())
        return self._service.request_sync(method, url, settings, options, source)

    def get(self, url: str, options: dict[Any, Any] = {}) -> BoundSignal:  # noqa: B006
        """Begins a GET, and returns a signal that gives its `PyHTTPResponse`. It hides `Object.get`."""
        return self.request("GET", url, options)

    def post(self, url: str, options: dict[Any, Any] = {}) -> BoundSignal:  # noqa: B006
        """Begins a POST, and returns a signal that gives its `PyHTTPResponse`."""
        return self.request("POST", url, options)

    def put(self, url: str, options: dict[Any, Any] = {}) -> BoundSignal:  # noqa: B006
        """Begins a PUT, and returns a signal that gives its `PyHTTPResponse`."""
        return self.request("PUT", url, options)

    def patch(self, url: str, options: dict[Any, Any] = {}) -> BoundSignal:  # noqa: B006
        """Begins a PATCH, and returns a signal that gives its `PyHTTPResponse`."""
        return self.request("PATCH", url, options)

    def delete(self, url: str, options: dict[Any, Any] = {}) -> BoundSignal:  # noqa: B006
        """Begins a DELETE, and returns a signal that gives its `PyHTTPResponse`."""
        return self.request("DELETE", url, options)

    def head(self, url: str, options: dict[Any, Any] = {}) -> BoundSignal:  # noqa: B006
        """Begins a HEAD, and returns a signal that gives its `PyHTTPResponse`."""
        return self.request("HEAD", url, options)

    def options(self, url: str, options: dict[Any, Any] = {}) -> BoundSignal:  # noqa: B006
        """Begins an OPTIONS, and returns a signal that gives its `PyHTTPResponse`."""
        return self.request("OPTIONS", url, options)

    def save_cookies(self) -> None:
        """Writes the cookies into `cookie_file`, if there is one."""
        self._ask(lambda service: service.save_cookies())

    def clear_cookies(self, domain: str = "") -> None:
        """Forgets the cookies of a domain, or all."""
        self._ask(lambda service: service.clear_cookies(domain))

    def clear_cache(self) -> None:
        """Forgets the responses that are kept."""
        self._ask(lambda service: service.clear_cache())

    def close(self) -> None:
        """Ends all calls, which are over with `ERROR_CANCELLED`, and all connections; further calls fail."""
        self._ask(lambda service: service.close())
