"""Whether and when a call that failed is repeated."""

import re
from collections.abc import Callable
from typing import Final

from .dates import parse_http_date
from .failures import Failure
from .request import IDEMPOTENT, Request
from .response import Response

FIRST_DELAY: Final = 0.5
"""Seconds before the first repetition, at most."""
LONGEST_DELAY: Final = 30.0
"""Seconds before any other, at most, unless the server asks for more."""
LONGEST_ASKED: Final = 3600.0
"""Seconds that a server may ask for. Who asks for more is not waited for, but is the answer."""

BEFORE_SENDING: Final = frozenset((Failure.CANT_RESOLVE, Failure.CANT_CONNECT))
"""Failures of requests of which nothing was sent."""
_NETWORK: Final = BEFORE_SENDING | {Failure.CONNECTION_LOST, Failure.TIMEOUT}
_UNDONE: Final = frozenset((408, 429, 503))
"""Statuses of requests that the server has not begun with."""
_STATUSES: Final = _UNDONE | {502, 504}
_SECONDS: Final = re.compile(r"[0-9]+")


def any_number() -> float:
    """A number from 0 to 1, without 1: so much of a delay is waited for by whom nobody gives another."""
    import random  # late: only who retries needs it

    return random.random()


class Backoff:
    """Decides on repetitions: exponential, with full jitter, so that many who failed at once come apart.

    Args:
        random: gives numbers from 0 to 1, without 1; None: any.
        wall_clock: tells the time in seconds since 1970, for dates in Retry-After.
    """

    def __init__(self, random: Callable[[], float] | None, wall_clock: Callable[[], float]) -> None:
        self._random = random or any_number
        self._wall_clock = wall_clock

    def delay(self, request: Request, response: Response, repeated: int, left: float) -> float | None:
        """Tells how many seconds to wait before the request is repeated; None: it is not.

        Args:
            request: what was sent.
            response: what came of it.
            repeated: how often it was repeated already.
            left: seconds until the deadline of the call; `NEVER`: it has none.
        """
        if repeated >= request.options.retries or not request.repeatable:
            return None
        if not _worth_it(request, response):
            return None
        delay = self._random() * min(FIRST_DELAY * 2.0 ** min(repeated, 30), LONGEST_DELAY)
        if response.status and (asked := retry_after(response, self._wall_clock())) is not None:
            if asked > LONGEST_ASKED:
                return None
            delay = max(asked, delay) if asked else delay
        return delay if delay < left else None


def _worth_it(request: Request, response: Response) -> bool:
    idempotent = request.method in IDEMPOTENT
    if response.failure:
        again = idempotent or not response.sent
        return response.failure in (_NETWORK if again else BEFORE_SENDING)
    return response.status in (_STATUSES if idempotent else _UNDONE)


def retry_after(response: Response, now: float) -> float | None:
    """How many seconds a server asks to wait for (RFC 9110 section 10.2.3); None: it does not say.

    Args:
        now: seconds since 1970.
    """
    value = response.headers.get("retry-after").strip()
    if _SECONDS.fullmatch(value):
        return float(value)
    date = parse_http_date(value)
    return None if date is None else max(0.0, date - now)
