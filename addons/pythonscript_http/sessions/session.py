"""Sessions: what calls to one service have in common.

    session = Session(Loop(), base_url="http://localhost:8000")
    session.headers.set("Authorization", "Bearer abc")
    response = session.request_sync("POST", "/scores", {"json": {"player": "Ada"}})
    session.close()
    session.loop.stop()

Nothing of a call raises: what goes wrong is its response's `failure`.
"""

import threading
from collections.abc import Awaitable, Callable, Mapping
from time import time
from typing import TYPE_CHECKING, Any, Final

from pythonscript_http.exceptions import LocalError
from pythonscript_http.http1.request import encoded
from pythonscript_http.query import engine_text, query_string_from_dict
from pythonscript_http.tracing import CallTrace, Trace, default_trace
from pythonscript_http.transport.network import TcpNetwork
from pythonscript_http.transport.stream import Network

from . import credentials
from .bodies import Body, BytesBody, FileBody, IteratorBody, form_body, json_body
from .cookies import CookieJar
from .failures import Failure
from .files import DiskFiles, Files
from .headers import Headers
from .loop import Loop
from .media import type_of_name
from .options import ABSENT, Options
from .pool import Pool
from .request import Request
from .response import Response
from .retries import Backoff
from .sender import PoolSender, Sender
from .transfer import Listener, Transfer
from .urls import ParsedUrl, Url, parse_url, without_user

if TYPE_CHECKING:  # late, as in `transfer`: few sessions have all of these
    from .cache import Cache

MOST_CALLS: Final = 10_000
"""Calls of a session under way at a time, those in line too."""
_KEPT: Final = 64
"""URLs that are kept parsed."""


class Hooks:
    """What a session asks around its calls. What it raises ends the call."""

    __slots__ = ("after", "before")

    def __init__(self) -> None:
        self.before: Callable[[Request], Awaitable[Request]] | None = None
        """Gets each request before it is sent, and gives what is sent."""
        self.after: Callable[[Request, Response], Awaitable[Request | None]] | None = None
        """Gets each last response with its request; gives another request to be sent, or None to keep it."""


class Session:
    """Calls over kept connections, with what they have in common. Any thread may use it.

    Args:
        loop: runs the calls.
        base_url: see the property.
        network: what makes connections; None: the operating system.
        files: opens files for bodies and downloads.
        wall_clock: tells the time in seconds since 1970.
        jitter: gives numbers from 0 to 1, for retries; None: any.
        text: makes text of the names and values of queries and forms.
        trace: reports calls and requests; None: as `trace.observe` has it.

    Raises:
        LocalError: `base_url` is none.
    """

    def __init__(
        self,
        loop: Loop,
        *,
        base_url: str = "",
        network: Network | None = None,
        files: Files | None = None,
        wall_clock: Callable[[], float] = time,
        jitter: Callable[[], float] | None = None,
        text: Callable[[object], str] = engine_text,
        trace: Trace | None = None,
    ) -> None:
        self.loop: Final = loop
        self.headers = Headers()
        """Those that each request has, unless its call brings its own of that name."""
        self.options = Options()
        """The settings of its calls, each unless the call brings its own."""
        self.hooks: Final = Hooks()
        self.files: Files = files or DiskFiles()
        self.wall_clock: Final = wall_clock
        self.backoff: Final = Backoff(jitter, wall_clock)
        self.jar = CookieJar()
        """The cookies; under `jar_lock`, as it is not for several threads."""
        self.unverified_jar = CookieJar()
        """Those of hosts that were not verified, as the TLS policy was unsafe. Nobody else gets them, and
        they are not saved. Under `jar_lock`, too."""
        self.jar_lock: Final = threading.Lock()
        self.cache: Cache | None = None
        """Keeps responses; None: nothing does."""
        self.pool: Final = Pool(loop, network or TcpNetwork(clock=loop.clock))
        self.trace: Final = trace or default_trace(loop.clock, wall_clock)
        """Reports what happens; None: nobody wants to know."""
        self._network: Final = PoolSender(loop, self.pool, trace=self.trace)
        self.sender: Sender = self._network
        """What sends the requests: over the network, unless a mock was put here."""
        self._text = text
        self._base_url = ""
        self._base: Url | None = None
        self._login = ""  # the Authorization by its user and password
        self._below: Url | None = None  # the base as a folder
        self._urls: dict[str, ParsedUrl] = {}
        self._transfers: set[Transfer] = set()
        self._closed = False
        self.base_url = base_url

    @property
    def base_url(self) -> str:
        """What stands before relative URLs, and the origin that credentials are for; empty: none.

        `/scores` is below the path of the base, as with axios and httpx: with `https://example.org/api` it is
        `https://example.org/api/scores`. A user and a password in it are sent as Basic authentication to
        its origin, where a call has no other.

        Raises:
            LocalError: it is no URL.
        """
        return self._base_url

    @base_url.setter
    def base_url(self, text: str) -> None:
        parsed = parse_url(text) if text else None
        self._login = credentials.of_url(parsed) if parsed else ""
        self._base_url = text
        self._base = base = parsed.url if parsed else None
        if base is not None:
            path = base.path if base.path.endswith("/") else f"{base.path}/"
            self._below = base._replace(target=path)
        self._urls = {}

    @property
    def user_agent(self) -> str:
        """Value of the User-Agent header, unless a call brings its own.

        Raises:
            LocalError: it can't be sent.
        """
        return self._network.user_agent

    @user_agent.setter
    def user_agent(self, value: str) -> None:
        encoded("User-Agent", value)
        self._network.user_agent = value

    @property
    def calls(self) -> int:
        """How many calls are under way."""
        return len(self._transfers)

    def start(
        self,
        method: str,
        url: str,
        options: Mapping[Any, object] | None = None,
        listener: Listener | None = None,
        source: str = "",
    ) -> Transfer:
        """Begins a call. What is wrong with it is its response's failure.

        Args:
            method: its token; empty: GET, or POST where there is a body. An option `method` goes before it.
            url: absolute, or relative to `base_url`.
            options: see `Options`.
            listener: is told how it goes on.
            source: who asks, for who observes; empty: not known.
        """
        listener = listener or Listener()
        try:
            request = self._prepare(method, url, options)
        except LocalError as error:
            return self.refuse(method, url, str(error), listener, source)
        trace = None if self.trace is None else CallTrace(self.trace)
        if trace is not None:
            trace.started(request.method, str(request.url), source)
        if self._closed or len(self._transfers) >= MOST_CALLS:
            why = "the session is closed" if self._closed else f"{MOST_CALLS} calls are under way"
            return self._refused(listener, trace, request.method, str(request.url), Failure.BUSY, why)
        transfer = Transfer(self, request, listener, trace)
        self._transfers.add(transfer)
        try:
            transfer.begin()
        except (OSError, RuntimeError) as error:
            self._transfers.discard(transfer)
            why = f"no thread can be started: {error}"
            return self._refused(listener, trace, request.method, str(request.url), Failure.BUSY, why)
        if self._closed:  # since it was asked for
            transfer.cancel()
        return transfer

    def refuse(
        self, method: str, url: str, why: str, listener: Listener | None = None, source: str = ""
    ) -> Transfer:
        """Has a call fail that cannot begin, of INVALID_REQUEST.

        Args:
            method, url, listener, source: see `start`.
            why: in words.
        """
        url = without_user(url)
        trace = None if self.trace is None else CallTrace(self.trace)
        if trace is not None:
            trace.started(method or "GET", url, source)
        return self._refused(listener or Listener(), trace, method, url, Failure.INVALID_REQUEST, why)

    def request_sync(
        self,
        method: str,
        url: str,
        options: Mapping[Any, object] | None = None,
        listener: Listener | None = None,
        source: str = "",
    ) -> Response:
        """Makes a call, and waits for its end; not on the loop's thread.

        Args: see `start`.
        """
        if self.loop.inside:
            response = Response(method, without_user(url))
            response.failed(Failure.INVALID_REQUEST, "request_sync() would wait for its own thread")
            return response
        transfer = self.start(method, url, options, listener, source)
        while not transfer.response.wait(_SYNC_NAP):
            pass
        return transfer.response.result()

    def close(self) -> None:
        """Cancels all calls, and ends the connections. Further calls fail."""
        self._closed = True
        for transfer in list(self._transfers):
            transfer.cancel()
        if self.pool.size:
            try:
                self.loop.spawn(self._close_pool())
            except (OSError, RuntimeError):  # then nothing else uses it
                self.pool.close()

    async def _close_pool(self) -> None:
        self.pool.close()

    def add_cookies(self, request: Request) -> None:
        """Adds the cookies that are for a request which has none of its own. The business of transfers."""
        if not request.options.cookies or "cookie" in request.headers:
            return
        jar = self._jar(request)
        with self.jar_lock:
            value = jar.header(request.url, now=self.wall_clock()) if len(jar) else ""
        if value:
            request.headers.add_returned("Cookie", value)

    def keep_cookies(self, request: Request, response: Response) -> None:
        """Takes the cookies that the response to a request sets. The business of transfers."""
        if request.options.cookies and response.mentions(b"set-cookie"):
            values = response.set_cookies()
            with self.jar_lock:
                self._jar(request).store(request.url, values, now=self.wall_clock())

    def clear_cookies(self, domain: str = "") -> None:
        """Forgets cookies, as by `CookieJar.clear`."""
        with self.jar_lock:
            self.jar.clear(domain)
            self.unverified_jar.clear(domain)

    def _jar(self, request: Request) -> CookieJar:
        return self.unverified_jar if request.unverified else self.jar

    def ended(self, transfer: Transfer) -> None:
        """Forgets a call. The business of transfers."""
        self._transfers.discard(transfer)

    # ---- inside

    def _refused(
        self, listener: Listener, trace: CallTrace | None, method: str, url: str, failure: Failure, why: str
    ) -> Transfer:
        response = Response(method or "GET", url)
        response.failed(failure, why)
        transfer = Transfer(self, None, listener, trace)
        try:
            self.loop.spawn(_finish(transfer, response))
        except (OSError, RuntimeError):
            transfer.finish(response)
        return transfer

    def _prepare(self, method: str, url: str, options: Mapping[Any, object] | None) -> Request:
        """Makes the request of a call.

        Raises:
            LocalError: something of it can't be.
        """
        merged = self.options.merged(options)
        parsed = self._parse(url)
        target = parsed.url
        if merged.query is not ABSENT:
            query = merged.query
            added = query if isinstance(query, str) else query_string_from_dict(query, self._text)  # type: ignore[arg-type]
            target = target.with_query(added)
        headers = self.headers
        if merged.headers is not ABSENT:
            headers = headers.merged(Headers(merged.headers))  # type: ignore[arg-type]
        else:
            headers = Headers(headers)
        home = target.origin if self._base is None else self._base.origin
        login, origin = credentials.authorization(merged, parsed, self._login)
        if origin:  # what the URL brings is for its origin, and all else is not
            headers, home = credentials.for_hop(headers, target, home), origin
        if login and "authorization" not in headers:
            headers.set("Authorization", login)
        body = self._body(merged)
        method = merged.method or method or ("GET" if body is None else "POST")
        return Request(method, target, headers, body, merged, home)

    def _parse(self, url: str) -> ParsedUrl:
        urls = self._urls  # first: another thread may set another base
        parsed = urls.get(url)
        if parsed is None:
            base, text = self._base, url
            if base is not None and text[:1] not in ("", "?", "#"):
                base = self._below
                if text[0] == "/" and text[:2] != "//":
                    text = f".{text}"
            parsed = parse_url(text, base)
            if len(urls) >= _KEPT:
                urls.clear()
            urls[url] = parsed
        return parsed

    def _body(self, options: Options) -> Body | None:
        if options.json is not ABSENT:
            return json_body(options.json)
        if options.form is not ABSENT:
            return form_body(options.form, self._text)  # type: ignore[arg-type]
        if options.multipart is not ABSENT:
            from .multipart import MultipartBody, form_parts

            return MultipartBody(form_parts(options.multipart, self.files, self._text))  # type: ignore[arg-type]
        if options.body is not ABSENT:
            return _plain_body(options.body)
        if options.stream is not ABSENT:
            if isinstance(options.stream, str):
                return FileBody(self.files, options.stream, type_of_name(options.stream))
            return IteratorBody(options.stream)  # type: ignore[arg-type]
        return None


_SYNC_NAP: Final = 3600.0


async def _finish(transfer: Transfer, response: Response) -> None:
    transfer.finish(response)


def _plain_body(body: object) -> BytesBody:
    if not isinstance(body, str):
        return BytesBody(body)  # type: ignore[arg-type]
    try:
        return BytesBody(body.encode(), "text/plain; charset=utf-8")
    except UnicodeEncodeError as error:
        text = f"the body holds a lone surrogate at {error.start}, which has no UTF-8 form"
        raise LocalError(text) from None
