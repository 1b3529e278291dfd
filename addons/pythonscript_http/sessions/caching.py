"""What a session's cache does for one request of a call: answers in the server's place, asks, keeps."""

from collections.abc import Callable
from typing import Final

from .cache import Cache, Fresh, Stale
from .failures import Failure, SessionError
from .headers import Headers
from .options import CACHE_MODES
from .request import Request
from .response import Response

_STALE_IF: Final = frozenset((500, 502, 503, 504))
"""Statuses in whose place a stale response may stand (RFC 5861 section 4)."""
_ASKED: Final = ("GET", "HEAD")


class Caching:
    """The cache's part in one request.

    Args:
        cache: the session's.
        request: what is to be sent.
        wall_clock: tells the time in seconds since 1970.
    """

    def __init__(self, cache: Cache, request: Request, wall_clock: Callable[[], float]) -> None:
        self._cache = cache
        self._request = request
        self._mode = request.options.cache
        self._url = str(request.url)
        self._wall_clock = wall_clock
        self._sent = 0.0
        self._stale: Stale | None = None

    def answer(self) -> Response | None:
        """Gives the response if it is there and fresh; None: the server is to be asked.

        Raises:
            SessionError: it must not be asked.
        """
        request = self._request
        if self._mode in ("no-store", "reload"):
            return None
        headers, (control, _) = request.headers, CACHE_MODES[self._mode]
        if control:
            headers = Headers(headers)
            headers.add("Cache-Control", control)
        found = self._cache.lookup(request.method, self._url, headers, now=self._wall_clock())
        if isinstance(found, Fresh):
            return self._response(found)
        if isinstance(found, Stale):
            self._stale = found
        elif found.forbidden:
            raise SessionError(Failure.NOT_CACHED, f"there is no cached response for {request.url.origin}")
        return None

    def condition(self, headers: Headers) -> None:
        """Makes a request that is about to be sent ask whether what is there is still right.

        Args:
            headers: the request's, which are changed.
        """
        self._sent = self._wall_clock()
        if self._stale is not None:
            for name, value in self._stale.validators:
                headers.set(name, value)
        control = CACHE_MODES[self._mode][1]
        if control and "cache-control" not in headers:
            headers.set("Cache-Control", control)

    def stands_in(self, response: Response) -> bool:
        """Whether what is there will be the response, and not what the server has begun to send."""
        if self._stale is None:
            return False
        return response.status == 304 or (response.status in _STALE_IF and self._on_error() is not None)

    def settle(self, response: Response) -> Response | None:
        """Takes what came.

        Returns:
            The response; None: the server spoke of another one, so it is to be asked again, and not whether.
        """
        stale, now = self._stale, self._wall_clock()
        if stale is not None:
            fresh: Fresh | None = None
            if response.status == 304 and not response.failure:
                fresh = self._cache.freshen(
                    stale, self._request.headers, response.headers, requested=self._sent, received=now
                )
                if fresh is None:
                    self._stale = None
                    return None
            elif response.failure or response.status in _STALE_IF:
                fresh = self._on_error()
            if fresh is not None:
                made = self._response(fresh)
                made.timings = response.timings
                return made
        if not response.failure:
            self._keep(response, now)
        return response

    # ---- inside

    def _on_error(self) -> Fresh | None:
        assert self._stale is not None
        return self._cache.on_error(self._stale, self._request.headers, now=self._wall_clock())

    def _keep(self, response: Response, now: float) -> None:
        request, cache = self._request, self._cache
        if request.method not in _ASKED:
            cache.invalidate(request.method, self._url, response.status, response.headers)
        elif self._mode != "no-store":
            cache.store(
                request.method,
                self._url,
                request.headers,
                response.status,
                response.status_text,
                response.headers,
                response.body,
                requested=self._sent,
                received=now,
            )

    def _response(self, fresh: Fresh) -> Response:
        made = Response(self._request.method, self._url)
        made.status, made.status_text = fresh.stored.status, fresh.stored.reason
        made.headers, made.body = fresh.headers, fresh.body
        made.from_cache = True
        return made
