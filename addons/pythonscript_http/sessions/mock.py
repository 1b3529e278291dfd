"""Answers without a network, by rules, for the tests of games: what a session sends its requests to instead.

    mock = Mock(Loop())
    mock.on("GET", "https://example.org/scores/*").answer(b'{"points": 31}')
    mock.on("POST").fail(Failure.TIMEOUT).answer(status=201)  # the first time, and from then on

Redirects, retries, cookies, the cache and hooks work as over a network: they are above it.
"""

import json
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from pythonscript_http.exceptions import LocalError

from .exchange import Progress, Sink
from .failures import Failure, SessionError
from .headers import Fields, Headers
from .loop import Loop, sleep_through
from .request import Request
from .response import Response
from .retries import BEFORE_SENDING
from .sender import OpenSink, Sender
from .sinks import Enough
from .stage import Stage

MOST_RULES: Final = 10_000
"""Rules of a mock."""

MOST_RECORDED: Final = 1000
"""Requests that a mock keeps; the oldest go."""

MOST_OF_BODY: Final = 16 << 20
"""Bytes that are kept of the body of a request."""

_PIECE: Final = 65536


class Recorded(NamedTuple):
    """A request that came."""

    method: str
    url: str
    headers: Headers
    body: bytes
    matched: bool
    """A rule was for it."""

    def json(self) -> object:
        """The body as JSON.

        Raises:
            ValueError: it is none.
        """
        return json.loads(self.body)


class Answer(NamedTuple):
    """What a rule answers with."""

    status: int
    """Status code; 0: nothing comes but the failure."""
    status_text: str
    headers: Headers
    pieces: tuple[bytes, ...]
    """The body, as it comes."""
    failure: Failure
    """What the answer ends with; NONE: it is whole."""
    reason: str
    delay: float
    """Seconds before the head comes, or the failure in place of it."""
    pause: float
    """Seconds between the pieces."""


class Rule:
    """Which requests are answered, and how. Make it by `Mock.on`."""

    def __init__(
        self, method: str, url: str, headers: Headers, body: Callable[[bytes], bool] | None, limit: int
    ) -> None:
        self._method, self._url, self._headers, self._body, self._limit = method, url, headers, body, limit
        self._answers: list[Answer] = []
        self.calls = 0
        """How many requests it has answered."""

    def answer(
        self,
        body: bytes | str | Sequence[bytes] = b"",
        *,
        status: int = 200,
        headers: Fields | Headers = (),
        delay: float = 0.0,
        pause: float = 0.0,
        status_text: str = "",
    ) -> "Rule":
        """Has it answer: the first such call for the first request, and so on; the last one for all further.

        Args:
            body: bytes, a text, or pieces, which come one after the other and have no known length.
            status: status code.
            headers: those of the response. Content-Length is added where it is known.
            delay: seconds before the head comes.
            pause: seconds between the pieces.
            status_text: what stands behind the status code; empty: what is usual.

        Returns:
            The rule.

        Raises:
            LocalError: something of it can't be.
        """
        if not 200 <= status <= 999:
            raise LocalError(f"the status {status} is not within 200 to 999")
        _check_seconds(delay, pause)
        fields = Headers(headers)
        if isinstance(body, str | bytes | bytearray | memoryview):
            pieces: tuple[bytes, ...] = (body.encode() if isinstance(body, str) else bytes(body),)
            if "content-length" not in fields:
                fields.set("Content-Length", str(len(pieces[0])))
        else:
            pieces = tuple(bytes(piece) for piece in body)
        text = status_text or _usual_text(status)
        self._answers.append(Answer(status, text, fields, pieces, Failure.NONE, "", delay, pause))
        return self

    def fail(
        self, failure: Failure = Failure.CONNECTION_LOST, reason: str = "", *, delay: float = 0.0
    ) -> "Rule":
        """Has it fail, as `answer` has it answer.

        Args:
            failure: what goes wrong.
            reason: the same in words; empty: that it is the mock's.
            delay: seconds before it does.

        Raises:
            LocalError: this is no failure.
        """
        if failure is Failure.NONE:
            raise LocalError("NONE is no failure")
        _check_seconds(delay)
        reason = reason or f"{failure.name}, as the mock has it"
        self._answers.append(Answer(0, "", Headers(), (), failure, reason, delay, 0.0))
        return self

    def break_off(self, failure: Failure = Failure.CONNECTION_LOST, reason: str = "") -> "Rule":
        """Has the answer that was given last end with a failure, behind the body that it has.

        Raises:
            LocalError: there is none, or this is no failure.
        """
        if not self._answers or failure is Failure.NONE:
            raise LocalError("break_off() needs an answer() before it, and a failure")
        reason = reason or f"{failure.name}, as the mock has it"
        self._answers[-1] = self._answers[-1]._replace(failure=failure, reason=reason)
        return self

    def matches(self, request: Recorded) -> bool:
        """Tells whether it is for a request."""
        if self._limit and self.calls >= self._limit:
            return False
        if self._method not in ("", request.method) or not _url_matches(self._url, request.url):
            return False
        if any(
            name not in request.headers or not _like(value, request.headers.get(name))
            for name, value in self._headers
        ):
            return False
        return self._body is None or self._body(request.body)

    def take(self) -> Answer:
        """The answer to the next request."""
        self.calls += 1
        if not self._answers:
            self.answer()
        return self._answers[min(self.calls, len(self._answers)) - 1]


class Mock:
    """Sends requests nowhere, and answers them. Rules may be added on any thread.

    Args:
        loop: the session's.
        fallback: gets what no rule is for; None: that fails.
    """

    def __init__(self, loop: Loop, fallback: Sender | None = None) -> None:
        self._loop = loop
        self._fallback = fallback
        self._rules: list[Rule] = []
        self._recorded: deque[Recorded] = deque(maxlen=MOST_RECORDED)

    @property
    def requests(self) -> list[Recorded]:
        """The requests that came, the oldest first."""
        return list(self._recorded)

    def clear(self) -> None:
        """Forgets rules and requests."""
        self._rules = []
        self._recorded.clear()

    def on(
        self,
        method: str = "",
        url: str = "*",
        *,
        headers: Fields | Headers = (),
        body: bytes | str | Callable[[bytes], bool] | None = None,
        limit: int = 0,
    ) -> Rule:
        """Adds a rule. Of those that are for a request the first one answers it, 200 unless it has an answer.

        Args:
            method: its token; empty: any.
            url: `*` stands for anything. One that begins with `/` is for all hosts; one without `?` is for
                all queries.
            headers: what the request must have; in their values too `*` stands for anything.
            body: what its body must be, or what says so; None: anything.
            limit: how many requests it answers; 0: all.

        Raises:
            LocalError: there are too many rules, or `limit` is negative.
        """
        if len(self._rules) >= MOST_RULES:
            raise LocalError(f"a mock has {MOST_RULES} rules at most")
        if limit < 0:
            raise LocalError(f"the limit {limit} is negative; 0 is none")
        rule = Rule(method, url, Headers(headers), _body_check(body), limit)
        self._rules.append(rule)
        return rule

    async def send(self, request: Request, open_sink: OpenSink, progress: Progress | None) -> Response:
        """See `Sender`."""
        response = Response(request.method, str(request.url))
        try:
            if progress is not None:
                progress.stage(Stage.REQUESTING)
            recorded = self._read(request, progress)
            rule = next((rule for rule in list(self._rules) if rule.matches(recorded)), None)
            self._recorded.append(recorded._replace(matched=rule is not None))
            if rule is not None:
                answer = rule.take()
                response.sent = answer.failure not in BEFORE_SENDING
                await self._answer(answer, request, response, open_sink, progress)
                return response
            if self._fallback is None:
                text = f"no rule of the mock is for {request.method} {request.url}"
                raise SessionError(Failure.MOCK_UNMATCHED, text)
        except SessionError as error:
            response.failed(error.failure, error.reason)
            return response
        return await self._fallback.send(request, open_sink, progress)

    def _read(self, request: Request, progress: Progress | None) -> Recorded:
        """Takes a request, with the begin of its body."""
        headers, body = Headers.received(request.headers.encoded()), request.body
        pieces: list[bytes] = []
        size = 0
        if body is not None:
            if body.content_type and "content-type" not in headers:
                headers.set("Content-Type", body.content_type)
            try:
                reader = body.open()
                try:
                    while size < MOST_OF_BODY and (piece := bytes(reader.read(_PIECE))):
                        pieces.append(piece)
                        size += len(piece)
                finally:
                    reader.close()
            except Exception as error:  # whatever makes pieces may raise anything
                raise SessionError(Failure.REQUEST_BODY, f"the body can't be read: {error}") from None
            if progress is not None and size:
                progress.sent(size, body.length)
        return Recorded(request.method, str(request.url), headers, b"".join(pieces), False)

    async def _answer(
        self,
        answer: Answer,
        request: Request,
        response: Response,
        open_sink: OpenSink,
        progress: Progress | None,
    ) -> None:
        limit = request.options.first_byte_timeout
        if limit and answer.delay > limit:
            await sleep_through(self._loop, limit)
            raise SessionError(Failure.TIMEOUT, f"no answer within {limit:g} s (first_byte_timeout)")
        await sleep_through(self._loop, answer.delay)
        if answer.status:
            response.status, response.status_text = answer.status, answer.status_text
            response.headers = Headers(answer.headers)
            await self._deliver(answer, request, response, open_sink, progress)
        if answer.failure:
            raise SessionError(answer.failure, answer.reason)

    async def _deliver(
        self,
        answer: Answer,
        request: Request,
        response: Response,
        open_sink: OpenSink,
        progress: Progress | None,
    ) -> None:
        bodiless = request.method == "HEAD" or answer.status in (204, 304)
        known = "content-length" in answer.headers and not bodiless
        total = sum(map(len, answer.pieces)) if known else 0 if bodiless else -1
        sink = await open_sink(response, total)
        most, came = request.options.max_body_size, 0
        for index, piece in enumerate(() if bodiless else answer.pieces):
            if index:
                await sleep_through(self._loop, answer.pause)
            if 0 <= most < came + len(piece):
                raise SessionError(Failure.BODY_TOO_LARGE, f"the body is over the limit of {most} bytes")
            try:
                await _put(sink, piece)
            except Enough:
                return
            came += len(piece)
            if progress is not None:
                progress.received(came, total)


async def _put(sink: Sink, piece: bytes) -> None:
    """Puts a piece where a body goes."""
    while piece:
        with sink.room() as room:
            size = min(len(room), len(piece))
            room[:size] = piece[:size]
        piece = piece[size:]
        taken = sink.took(size)
        if taken is not None:
            await taken


def _check_seconds(*numbers: float) -> None:
    for seconds in numbers:
        if not 0 <= seconds < 1e9:
            raise LocalError(f"{seconds} is no number of seconds")


def _body_check(body: bytes | str | Callable[[bytes], bool] | None) -> Callable[[bytes], bool] | None:
    if body is None or callable(body):
        return body
    return (body.encode() if isinstance(body, str) else bytes(body)).__eq__


def _url_matches(pattern: str, url: str) -> bool:
    if pattern.startswith("/"):
        url = "/" + url.partition("://")[2].partition("/")[2]
    return _like(pattern, url if "?" in pattern else url.partition("?")[0])


def _like(pattern: str, text: str) -> bool:
    """Whether a text is as a pattern says, in which `*` stands for anything: at a cost linear in both."""
    first, *rest = pattern.split("*")
    if not rest:
        return pattern == text
    *middle, last = rest
    if not text.startswith(first) or len(text) < len(first) + len(last) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _usual_text(status: int) -> str:
    from http import HTTPStatus  # late: for tests alone

    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
