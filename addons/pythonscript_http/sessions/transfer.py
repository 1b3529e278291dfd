"""One call of a session, from its request to its response: redirects, retries, cookies, cache, hooks."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

from pythonscript_http.exceptions import LocalError
from pythonscript_http.timing import NEVER
from pythonscript_http.tracing import CacheUse, CallTrace, Outcome

from . import credentials, redirects
from .exchange import Sink
from .failures import Failure, SessionError
from .loop import Cancelled, Future, Task, TimedOutError, deadline, log_exception, sleep_through
from .request import Request
from .response import Redirect, Response
from .sinks import ChunkSink, MemorySink, NoSink
from .stage import Stage

if TYPE_CHECKING:
    from .caching import Caching
    from .downloads import Download
    from .session import Session

P = ParamSpec("P")
T = TypeVar("T")

MOST_REPEATS: Final = 3
"""How often `after_response` may have a call repeated: once is what a refreshed token takes."""


_OF_BODIES: Final = frozenset(
    (Failure.CONNECTION_LOST, Failure.PROTOCOL, Failure.DECODING, Failure.BODY_TOO_LARGE)
)
"""What may be wrong with a body."""


class Listener:
    """Is told how a call goes on. All of it is called on the loop's thread, and nothing before `start` began.

    What is called must be quick, as every call of the loop waits for it. What it raises is logged, and ends
    the call with the failure HOOK.
    """

    def stage(self, stage: Stage) -> None:
        """The connection is another: RESOLVING, CONNECTING, REQUESTING; a kept one is the last at once. With
        redirects and retries it begins anew; what follows is told by `head` and `done`."""

    def head(self, response: Response) -> None:
        """The head of the response has come: the last one's, behind redirects and retries. No body has.

        It is told again if the body was cut short and the call is repeated.
        """

    def sent(self, size: int, total: int) -> None:
        """So many bytes of the request's body are out, of so many; -1: that is not known."""

    def received(self, size: int, total: int) -> None:
        """So many bytes of the response's body have come, of so many; -1: that is not known.

        Those of a download that were there already count too.
        """

    def chunk(self, data: bytes) -> Future[None] | None:
        """A piece of the body, with `stream_response`. What it returns is waited for before more is read."""

    def done(self, response: Response) -> None:
        """It is over. Called once, whatever happens."""


class Transfer:
    """A call under way. Make it by `Session.start`."""

    def __init__(
        self,
        session: "Session",
        request: Request | None,
        listener: Listener,
        trace: CallTrace | None = None,
    ) -> None:
        self._session = session
        self.trace: Final = trace
        """Reports it; None: nobody wants to know."""
        self._listener = listener
        self._request = request
        self._task: Task[None] | None = None
        self._until = NEVER
        self.attempts = self.retries = 0
        """Requests that were sent; how often one was repeated for a failure."""
        self._repeats = 0  # as a hook wanted it
        self._redirects: list[Redirect] = []
        self._download: Download | None = None
        self.response: Future[Response] = Future()
        """How it ended."""

    def cancel(self) -> None:
        """Ends it, from any thread: its response has the failure CANCELLED, unless it was over before."""
        if self._task is not None:
            self._task.cancel()

    @property
    def done(self) -> bool:
        """It is over."""
        return self.response.done

    def begin(self) -> None:
        """Has the loop run it. The session's business."""
        self._task = self._session.loop.spawn(self._run())

    def finish(self, response: Response) -> None:
        """Ends it. The session's business, where it has not begun."""
        if self.trace is not None:
            failed = Outcome.CLOSED if response.failure is Failure.CANCELLED else Outcome.FAILED
            outcome = failed if response.failure else Outcome.COMPLETE
            self.trace.ended(outcome, response.status, response.failure_reason)
        try:
            self._listener.done(response)
        except Exception:
            log_exception("a listener raised: %r", self._listener)
        self.response.set(response)

    # ---- the loop's thread

    async def _run(self) -> None:
        request, loop = self._request, self._session.loop
        assert request is not None
        options = request.options
        if options.timeout:
            self._until = loop.clock() + options.timeout
        response, failure, reason = None, Failure.NONE, ""
        try:
            if options.download_to and request.method != "HEAD":
                from .downloads import Download

                self._download = Download(
                    loop,
                    self._session.files,
                    options.download_to,
                    resume=options.resume and request.method == "GET",
                    digest=options.digest,
                )
            with deadline(loop, self._until, f"not complete within {options.timeout:g} s (timeout)"):
                response = await self._perform(request)
        except Cancelled:
            failure, reason = Failure.CANCELLED, "the call was cancelled"
        except TimedOutError as error:
            failure, reason = Failure.TIMEOUT, str(error)
        except SessionError as error:
            failure, reason = error.failure, error.reason
        except LocalError as error:
            failure, reason = Failure.INVALID_REQUEST, str(error)
        except Exception as error:
            log_exception("a call failed of a defect: %s", request.url)
            failure, reason = Failure.UNEXPECTED, f"{type(error).__name__}: {error}"
        if response is None:
            response = Response(request.method, str(request.url))
            response.failed(failure, reason)
        try:
            if self._download is not None:
                await self._download.close()
        except Cancelled:  # once more, while it was being closed
            pass
        except Exception as error:  # the call ends nevertheless
            log_exception("a call failed of a defect: %s", request.url)
            response.failed(Failure.UNEXPECTED, f"{type(error).__name__}: {error}")
        response.redirects, response.attempts = self._redirects, self.attempts
        self._session.ended(self)
        self.finish(response)

    async def _perform(self, request: Request) -> Response:
        hooks = self._session.hooks
        if hooks.before is not None:
            request = await _hook("before", hooks.before(request.copy()))
            _check_request("before", request)
        while True:
            hop = Hop(self, self._session, request, self._listener, self._download)
            response = await hop.run()
            if hop.delay is not None:
                self.retries += 1
                self._report_repeated(hop.delay, response.failure_reason or f"status {response.status}")
                await sleep_through(self._session.loop, hop.delay)
            elif response.failure:
                return response
            elif hop.leads_elsewhere(response):
                try:
                    request = self._redirected(request, response)
                except SessionError as error:  # of the last response, which is known
                    response.failed(error.failure, error.reason)
                    return response
            else:
                repeated = None
                if hooks.after is not None:
                    repeated = await _hook("after", hooks.after(request.copy(), response))
                if repeated is None or self._repeats >= MOST_REPEATS:
                    return response
                self._repeats += 1
                _check_request("after", repeated)
                if repeated.body is request.body and not request.repeatable:
                    text = "the hook `after` wants the request again, whose body can be read only once"
                    raise SessionError(Failure.BODY_NOT_REPLAYABLE, text)
                self._report_repeated(0.0, "the hook `after` wants it")
                request = repeated

    def _report_repeated(self, delay: float, reason: str) -> None:
        if self.trace is not None:
            self.trace.retried(delay, reason)

    def _redirected(self, request: Request, response: Response) -> Request:
        if len(self._redirects) >= request.options.max_redirects:
            text = f"over {request.options.max_redirects} redirects; the last one led away from {request.url}"
            raise SessionError(Failure.TOO_MANY_REDIRECTS, text)
        following = redirects.redirected(request, response)
        self._redirects.append(Redirect(response.status, str(request.url)))
        if self.trace is not None:
            self.trace.redirected(str(following.url))
        return following

    @property
    def left(self) -> float:
        """Seconds until the deadline."""
        return self._until - self._session.loop.clock()


class Hop:
    """One request of a call, and what belongs to its response: cookies, the cache, where the body goes.

    Args:
        transfer: the call.
        session: its session.
        request: what is asked for; credentials among its headers go along if they are for that origin.
        listener: hears of the response, if that is the last one.
        download: the file that its body becomes; None: it becomes none.
    """

    def __init__(
        self,
        transfer: Transfer,
        session: "Session",
        request: Request,
        listener: Listener,
        download: "Download | None",
    ) -> None:
        self._transfer = transfer
        self._session = session
        self._listener = listener
        self._download = download
        self._request = request.copy()
        self._request.headers = credentials.for_hop(self._request.headers, request.url, request.home)
        if transfer.trace is not None:
            self._request.call = transfer.trace.id
        self.delay: float | None = None
        """Seconds before it is to be repeated; None: it is not."""
        self._caching: Caching | None = None
        self._memory: MemorySink | None = None
        self._last = False  # the response under way is the last one
        self._again = False  # what it was asked on condition of is gone
        self._told = False  # the listener knows the head
        self._offset = 0  # bytes of the body that were there already
        self._stage: Stage | None = None

    async def run(self) -> Response:
        """Sends it, unless the cache answers, and gives the response.

        Raises:
            SessionError: the cache alone was to answer, and cannot; or a file can't be read or written.
        """
        self._session.add_cookies(self._request)
        caching = self._caching = self._cache()
        if caching is not None and (cached := caching.answer()) is not None:
            self._deliver(cached, CacheUse.HIT)
            return cached
        response = await self._send()
        if self._again:
            response = await self._send()
            if self._again:
                text = "the server sends parts of the file that were not asked for"
                response.failed(Failure.PROTOCOL, text)
        if caching is not None and self.delay is None:
            settled = caching.settle(response)
            if settled is None:
                settled = caching.settle(await self._send())
            confirmed = response.status == 304 and not response.failure
            response = settled or response
            if response.from_cache:
                self._deliver(response, CacheUse.VALIDATED if confirmed else CacheUse.STALE)
        return response

    def leads_elsewhere(self, response: Response) -> bool:
        """Whether it is a redirect to be followed."""
        return self._request.options.max_redirects > 0 and redirects.is_redirect(response)

    async def _send(self) -> Response:
        session, transfer, download = self._session, self._transfer, self._download
        request = self._request
        if self._caching is not None or download is not None:
            request = request.copy()
            request.call = self._request.call
        if self._caching is not None:
            self._caching.condition(request.headers)
        if download is not None:
            await download.prepare(str(request.url), request.headers)
        transfer.attempts += 1
        self._memory, self._last, self._again, self._offset = None, False, False, 0
        response = await session.sender.send(request, self._open_sink, self)
        if self._memory is not None:
            response.body = self._memory.body()
        if response.status and not self._last and response.failure in _OF_BODIES:
            response.failed(Failure.NONE, "")  # of a body that nobody wants
        if response.failure:
            handed_out = self._last and request.options.stream_response
            if not handed_out:
                self.delay = session.backoff.delay(request, response, transfer.retries, transfer.left)
        elif download is not None and self._last and self._memory is None:
            await download.complete()
        return response

    async def _open_sink(self, response: Response, length: int) -> Sink:
        """Takes the head of a response, and says where its body goes."""
        session, transfer = self._session, self._transfer
        session.keep_cookies(self._request, response)
        self.delay = session.backoff.delay(self._request, response, transfer.retries, transfer.left)
        if self.delay is not None or self.leads_elsewhere(response):
            return NoSink()
        if self._caching is not None and self._caching.stands_in(response):
            return NoSink()
        taker: Sink | None = None
        if self._download is not None and (response.ok or response.status == 416):
            taker = await self._open_file(response, self._download)
            if self._again:
                return NoSink()
        elif response.ok and self._request.options.stream_response:
            taker = ChunkSink(lambda data: self._tell(self._listener.chunk, data))
        self._last = True
        self._tell_head(response)
        if taker is None:
            taker = self._memory = MemorySink(length)
        return taker

    async def _open_file(self, response: Response, download: "Download") -> Sink | None:
        """Says what takes the body of a download; None: nothing of its own does."""
        if response.status == 416:
            if not download.offset:
                return None
            self._again = not await download.unsatisfied(response)
            response.status, response.status_text = 206, "Partial Content"
            return NoSink()
        taker = await download.open(response)
        self._again = taker is None
        self._offset = download.offset
        return taker

    def _tell_head(self, response: Response) -> None:
        if not self._told:
            self._told = True
            self._tell(self._listener.head, response)

    def _tell(self, method: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Tells the listener.

        Raises:
            SessionError: it raises anything.
        """
        try:
            return method(*args, **kwargs)
        except Exception as error:
            log_exception("a listener raised: %r", self._listener)
            text = f"the listener failed: {type(error).__name__}: {error}"
            raise SessionError(Failure.HOOK, text) from None

    # ---- the cache

    def _cache(self) -> "Caching | None":
        """The cache's part: bodies that stay in memory, decoded, are kept, and others are not looked for."""
        cache, options = self._session.cache, self._request.options
        elsewhere = options.download_to or options.stream_response or not options.decode_body
        if self._request.method in ("GET", "HEAD") and (elsewhere or self._request.body is not None):
            cache = None
        if self._request.unverified:
            cache = None  # whoever answered would answer calls that trust the host
        if cache is None:
            if options.cache == "only-if-cached":
                raise SessionError(
                    Failure.NOT_CACHED, "only a cached response is wanted, and there is no cache"
                )
            return None
        from .caching import Caching

        return Caching(cache, self._request, self._session.wall_clock)

    def _deliver(self, response: Response, use: CacheUse) -> None:
        """Hands out a response of the cache's as if it had come."""
        if self._transfer.trace is not None:
            url, status, text = str(self._request.url), response.status, response.status_text
            lines = [f"HTTP/1.1 {status} {text}".encode("latin-1", "replace")]
            lines += [name + b": " + value for name, value in response.headers.encoded()]
            head = b"\r\n".join((*lines, b"", b""))
            self._transfer.trace.cached(use, url, status, head, len(response.body))
        if self.leads_elsewhere(response):
            return
        self._tell_head(response)
        size, most = len(response.body), self._request.options.max_body_size
        if 0 <= most < size:
            response.failed(Failure.BODY_TOO_LARGE, f"the body is over the limit of {most} bytes")
            response.body = b""
        elif size:
            self._tell(self._listener.received, size, size)

    # ---- progress

    def stage(self, stage: Stage) -> None:
        """See `exchange.Progress`."""
        if stage is not self._stage:
            self._stage = stage
            self._tell(self._listener.stage, stage)

    def sent(self, size: int, total: int) -> None:
        """See `exchange.Progress`."""
        self._tell(self._listener.sent, size, total)

    def received(self, size: int, total: int) -> None:
        """See `exchange.Progress`."""
        if self._last:
            whole = self._offset + total if total >= 0 else -1
            self._tell(self._listener.received, self._offset + size, whole)


def _check_request(name: str, given: object) -> None:
    if not isinstance(given, Request):
        text = f"the hook `{name}` gave a {type(given).__name__}, and no request"
        raise SessionError(Failure.HOOK, text)


async def _hook(name: str, asked: Awaitable[T]) -> T:
    """Waits for a hook.

    Raises:
        SessionError: it raises anything.
    """
    try:
        return await asked
    except (SessionError, TimedOutError):
        raise
    except Exception as error:
        why = f"the hook `{name}` failed: {type(error).__name__}: {error}"
        raise SessionError(Failure.HOOK, why) from None
