"""What sends one request of a call: over the network here, and by rules in a mock."""

from collections.abc import Awaitable, Callable
from typing import Final, Protocol

from pythonscript_http.config import UNLIMITED, USER_AGENT, Limits, Timeouts
from pythonscript_http.exceptions import LocalError
from pythonscript_http.http1.codings import available
from pythonscript_http.http1.request import RequestHead, build_head
from pythonscript_http.proxies import Environment, environment_proxy, process_environment
from pythonscript_http.tracing import Trace
from pythonscript_http.transport.connector import Route
from pythonscript_http.transport.proxy import parse_proxy
from pythonscript_http.url import PORT_HTTP, PORT_HTTPS, authority

from .exchange import Exchange, Progress, Sink, StaleError
from .failures import Failure, SessionError
from .loop import Loop, deadline
from .options import LARGEST_IN_MEMORY, Options
from .pool import Pool, Pooled, Slot, Terms
from .request import IDEMPOTENT, Request
from .response import Response
from .sinks import DISCARDED_FOR, Enough, NoSink
from .stage import Stage
from .urls import Url

OpenSink = Callable[[Response, int], Awaitable[Sink]]
"""Says where the body of a response goes whose head has come, and which has so many bytes; -1: not known."""


class Sender(Protocol):
    """Sends requests."""

    async def send(self, request: Request, open_sink: OpenSink, progress: Progress | None) -> Response:
        """Sends a request as it is, and has the body of its response put where `open_sink` says.

        It raises nothing but what others raise in it to end it: what goes wrong is the response's failure.
        """


class PoolSender:
    """Sends over the connections of a pool.

    Args:
        loop: the one that runs the calls.
        pool: its connections.
        trace: reports what happens; None: nobody wants to know.
        environment: where proxies come from that are asked for by `environment`.
    """

    def __init__(
        self,
        loop: Loop,
        pool: Pool,
        *,
        trace: Trace | None = None,
        environment: Environment = process_environment,
    ) -> None:
        self._loop = loop
        self._pool = pool
        self._trace = trace
        self._environment = environment
        self.user_agent = USER_AGENT
        """Value of the User-Agent header, unless a request brings its own."""
        self._routes: dict[tuple[object, ...], Route] = {}

    async def send(self, request: Request, open_sink: OpenSink, progress: Progress | None) -> Response:
        """See `Sender`."""
        response = Response(request.method, str(request.url))
        try:
            await self._send(request, response, open_sink, progress)
        except SessionError as error:
            response.failed(error.failure, error.reason)
        return response

    async def _send(
        self, request: Request, response: Response, open_sink: OpenSink, progress: Progress | None
    ) -> None:
        options = request.options
        route = self._route(request.url, options)
        limits = _limits(options)
        tell = None if progress is None else progress.stage
        terms = Terms(options.connect_timeout, self.user_agent, limits, self._trace, tell)
        began = self._loop.clock()
        fresh = not request.repeatable  # it could not be sent once more if a kept one is dead
        while True:
            slot = await self._pool.acquire(route, terms, fresh=fresh)
            response.timings["queue"] = self._loop.clock() - began
            response.sent = True
            try:
                if tell is not None:
                    tell(Stage.REQUESTING)
                await self._exchange(request, response, slot, limits, open_sink, progress)
            except StaleError as error:
                slot.discard()
                if fresh or not (error.unsent or request.method in IDEMPOTENT):
                    raise
                fresh, response.sent = True, not error.unsent
            except Enough:
                slot.discard()
                return
            except BaseException:
                slot.discard()
                raise
            else:
                slot.release()
                return

    async def _exchange(
        self,
        request: Request,
        response: Response,
        slot: Slot,
        limits: Limits,
        open_sink: OpenSink,
        progress: Progress | None,
    ) -> None:
        options, connection = request.options, slot.connection
        try:
            head = self._head(request, connection)
        except LocalError as error:
            raise SessionError(Failure.INVALID_REQUEST, str(error)) from None
        core = connection.http.core
        exchange = Exchange(self._loop, slot, progress)
        try:
            response.set_head(
                await exchange.send(
                    request.method,
                    head,
                    request.body,
                    limits=limits,
                    timeouts=Timeouts(first_byte=options.first_byte_timeout, idle=options.idle_timeout),
                    decode=options.decode_body,
                    trace=self._trace,
                    call=request.call,
                )
            )
            sink = await open_sink(response, core.body_length)
            if isinstance(sink, NoSink):
                await self._discard(exchange, sink)
            else:
                await exchange.receive(sink)
        finally:
            connection.timing.end()
            response.timings.update(connection.timing.durations())

    async def _discard(self, exchange: Exchange, sink: NoSink) -> None:
        """Reads a body that nobody wants, so that the connection can be kept.

        Raises:
            Enough: it is not worth it, or not all of it came; nobody minds.
        """
        with deadline(self._loop, self._loop.clock() + DISCARDED_FOR):
            try:
                await exchange.receive(sink)
            except SessionError:
                raise Enough from None

    def _route(self, url: Url, options: Options) -> Route:
        """The way to a host.

        Raises:
            SessionError: the proxy is none, or TLS is not to be had.
        """
        key = (url.host, options.proxy, options.tls)
        route = self._routes.get(key)
        if route is None:
            try:
                route = self._make_route(url, options)
            except LocalError as error:
                raise SessionError(Failure.INVALID_REQUEST, str(error)) from None
            if options.proxy != "environment":
                if len(self._routes) >= _MOST_ROUTES:
                    self._routes.clear()
                self._routes[key] = route
        return route

    def _make_route(self, url: Url, options: Options) -> Route:
        target = url.host
        proxy = None
        if options.proxy == "environment":
            proxy = environment_proxy(target, self._environment)
        elif options.proxy:
            proxy = parse_proxy(options.proxy)
        return Route(target, proxy, options.tls if target.tls else None)

    def _head(self, request: Request, connection: Pooled) -> RequestHead:
        """Makes a head, unless the last request over this connection had the same."""
        route, body = connection.route, request.body
        size = 0 if body is None else body.length
        fields = request.headers.encoded()
        if body is not None and body.content_type and "content-type" not in request.headers:
            fields.append((b"Content-Type", body.content_type.encode()))
        decode = request.options.decode_body
        parts = (request.method, request.url.target, fields, size, decode, self.user_agent)
        if connection.head is None or connection.head[0] != parts:
            host, proxy = route.target, route.proxy if route.forwarded else None
            head = build_head(
                request.method,
                request.url.target,
                fields,
                size,
                host=authority(host.name, host.port, PORT_HTTPS if host.tls else PORT_HTTP),
                user_agent=self.user_agent,
                proxied=proxy is not None,
                proxy_authorization="" if proxy is None else proxy.authorization,
                accept_encoding=", ".join(available()) if decode else "",
            )
            connection.head = parts, head
        return connection.head[1]


_MOST_ROUTES: Final = 256
"""Routes that are kept, so that none is made anew for each request."""


def _limits(options: Options) -> Limits:
    most = options.max_body_size
    if most < 0:
        kept = not (options.download_to or options.stream_response)
        most = LARGEST_IN_MEMORY if kept else UNLIMITED
    return Limits(header_size=options.max_header_size, body_size=most)
