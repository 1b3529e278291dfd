"""One call of a session, from its request to its response: redirects, retries, cookies, cache, hooks."""

import logging
from collections.abc import Awaitable
from typing import TYPE_CHECKING, Final, TypeVar

from pythonscript_http.exceptions import LocalError

from . import credentials, redirects
from .exchange import Sink
from .failures import Failure, SessionError
from .loop import NEVER, Cancelled, Future, Task, TimedOutError, deadline, sleep
from .request import Request
from .response import Redirect, Response
from .sender import OpenSink
from .sinks import ChunkSink, MemorySink, NoSink

if TYPE_CHECKING:
    from .session import Session

T = TypeVar("T")

MOST_REPEATS: Final = 3
"""How often `after_response` may have a call repeated: once is what a refreshed token takes."""


class Listener:
    """Is told how a call goes on. All of it is called on the loop's thread, and nothing before `start` began.

    What is called must be quick, as every call of the loop waits for it. What it raises ends the call.
    """

    def head(self, response: Response) -> None:
        """The head of the response has come: the last one's, behind redirects and retries. No body has."""

    def sent(self, size: int, total: int) -> None:
        """So many bytes of the request's body are out, of so many; -1: that is not known."""

    def received(self, size: int, total: int) -> None:
        """So many bytes of the response's body have come, of so many; -1: that is not known."""

    def chunk(self, data: bytes) -> Future[None] | None:
        """A piece of the body, with `stream_response`. What it returns is waited for before more is read."""

    def done(self, response: Response) -> None:
        """It is over. Called once, whatever happens."""


class Transfer:
    """A call under way. Make it by `Session.start`."""

    def __init__(self, session: "Session", request: Request | None, listener: Listener) -> None:
        self._session = session
        self._listener = listener
        self._task: Task[None] | None = None
        self._until = NEVER
        self._repeats = self._retries = 0
        self._redirects: list[Redirect] = []
        self._attempts = 0
        self._request = request
        self._delay: float | None = None  # before the hop under way is repeated
        self._memory: MemorySink | None = None  # what the body of the hop under way is kept in
        self._unwanted = False  # it is a redirect's or another's that is not the last
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
        try:
            self._listener.done(response)
        except Exception:
            _log.exception("a listener raised")
        self.response.set(response)

    # ---- the loop's thread

    async def _run(self) -> None:
        request, loop = self._request, self._session.loop
        assert request is not None
        seconds = request.options.timeout
        if seconds:
            self._until = loop.clock() + seconds
        response = Response(request.method, str(request.url))
        try:
            with deadline(loop, self._until, f"not complete within {seconds:g} s (timeout)"):
                response = await self._perform(request)
        except Cancelled:
            response.failed(Failure.CANCELLED, "the call was cancelled")
        except TimedOutError as error:
            response.failed(Failure.TIMEOUT, str(error))
        except SessionError as error:
            response.failed(error.failure, error.reason)
        except LocalError as error:
            response.failed(Failure.INVALID_REQUEST, str(error))
        except Exception as error:
            _log.exception("a call failed of a defect")
            response.failed(Failure.UNEXPECTED, f"{type(error).__name__}: {error}")
        response.redirects, response.attempts = self._redirects, self._attempts
        self._session.ended(self)
        self.finish(response)

    async def _perform(self, request: Request) -> Response:
        hooks = self._session.hooks
        if hooks.before is not None:
            request = await _hook("before", hooks.before(request.copy()))
        while True:
            response = await self._hop(request)
            if self._delay is not None:
                self._retries += 1
                await sleep_until(self._session.loop.clock() + self._delay, self._session)
                continue
            if response.failure:
                return response
            if redirects.is_redirect(response) and request.options.max_redirects:
                request = self._redirected(request, response)
                continue
            if hooks.after is not None:
                repeated = await _hook("after", hooks.after(request.copy(), response))
                if repeated is not None and self._repeats < MOST_REPEATS:
                    self._repeats += 1
                    request = repeated
                    continue
            return response

    def _redirected(self, request: Request, response: Response) -> Request:
        if len(self._redirects) >= request.options.max_redirects:
            text = f"over {request.options.max_redirects} redirects; the last one led away from {request.url}"
            raise SessionError(Failure.TOO_MANY_REDIRECTS, text)
        following = redirects.redirected(request, response)
        self._redirects.append(Redirect(response.status, str(request.url)))
        return following

    async def _hop(self, request: Request) -> Response:
        """Sends one request, and takes what belongs to its response."""
        session = self._session
        hop = request.copy()
        hop.headers = credentials.for_hop(hop.headers, hop.url, hop.home)
        self._attempts += 1
        self._memory, self._delay = None, None
        response = await session.sender.send(hop, self._open_sink_of(request), self)
        if self._memory is not None:
            response.body = self._memory.body()
        if self._delay is None and response.failure:
            self._delay = session.backoff.delay(request, response, self._retries, self._left())
        return response

    def _open_sink_of(self, request: Request) -> OpenSink:
        async def open_sink(response: Response, length: int) -> Sink:
            self._delay = self._session.backoff.delay(request, response, self._retries, self._left())
            followed = redirects.is_redirect(response) and request.options.max_redirects
            if self._delay is not None or followed:
                self._unwanted = True
                return NoSink()
            self._unwanted = False
            self._listener.head(response)
            if request.options.stream_response and response.ok:
                return ChunkSink(self._listener.chunk)
            self._memory = MemorySink(length)
            return self._memory

        return open_sink

    def _left(self) -> float:
        return self._until - self._session.loop.clock()

    def sent(self, size: int, total: int) -> None:
        """See `exchange.Progress`."""
        self._listener.sent(size, total)

    def received(self, size: int, total: int) -> None:
        """See `exchange.Progress`."""
        if not self._unwanted:
            self._listener.received(size, total)


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


_log: Final = logging.getLogger("pythonscript_http.sessions")


async def sleep_until(time: float, session: "Session") -> None:
    """Waits until a time of the session's loop."""
    while (left := time - session.loop.clock()) > 0:
        await sleep(left)
