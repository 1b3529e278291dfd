"""What a call of a session ends with, well or not."""

import json
from typing import Any, Final, NamedTuple, Protocol

from pythonscript_http.exceptions import LocalError

from .failures import Failure
from .headers import Headers
from .media import decode_text, parse_media_type

_NOTHING: Final = memoryview(b"")


class Redirect(NamedTuple):
    """A redirect that was followed."""

    status: int
    """The status that asked for it."""
    url: str
    """Where it came from."""


class Head(Protocol):
    """The head of a response as it came."""

    @property
    def code(self) -> int:
        """Status code."""

    @property
    def block(self) -> bytes:
        """The status line and the header block."""

    def fields(self) -> list[tuple[bytes, bytes]]:
        """Names and values."""


class Response:
    """A response, or why there is none.

    Args:
        method: the token of the request.
        url: what was asked for.
    """

    __slots__ = (
        "_head",
        "_headers",
        "_status_text",
        "attempts",
        "body",
        "failure",
        "failure_reason",
        "from_cache",
        "method",
        "redirects",
        "sent",
        "status",
        "timings",
        "url",
    )

    def __init__(self, method: str = "GET", url: str = "") -> None:
        self.url = url
        """What was asked for last, without a user, a password and a fragment."""
        self.method = method
        """The token of the request that was sent last."""
        self.status = 0
        """Status code; 0: no response came."""
        self._head: Head | None = None
        self._status_text: str | None = None
        self._headers: Headers | None = None
        self.body: memoryview | bytes = _NOTHING
        """The body; empty where it went to a file or was handed out as it came."""
        self.failure = Failure.NONE
        """What went wrong. A response may have come nevertheless, or a part of it."""
        self.failure_reason = ""
        """The same in words; empty: nothing."""
        self.redirects: list[Redirect] = []
        """Those that were followed, the first one first."""
        self.timings: dict[str, float] = {}
        """Seconds, of the last request: as `HTTPClient.get_timings`; `queue` is before that."""
        self.from_cache = False
        """The body is the cache's."""
        self.sent = False
        """Some of the last request may have been sent."""
        self.attempts = 0
        """Requests that were sent, with redirects and retries."""

    def set_head(self, head: Head) -> None:
        """Takes the head, which is read when somebody wants to know more than the status."""
        self._head = head
        self.status = head.code

    @property
    def ok(self) -> bool:
        """All went well: the status is 200 to 299, and the response is whole."""
        return 200 <= self.status < 300 and not self.failure

    @property
    def headers(self) -> Headers:
        """The header fields."""
        if self._headers is None:
            self._headers = Headers.received([] if self._head is None else self._head.fields())
        return self._headers

    @headers.setter
    def headers(self, headers: Headers) -> None:
        self._headers = headers

    def mentions(self, name: bytes) -> bool:
        """Whether its head may have a field of that name, in lower case: for those who need not know more."""
        if self._headers is not None or self._head is None:
            return name.decode() in self.headers
        return name in self._head.block.lower()

    def set_cookies(self) -> list[str]:
        """The values of its Set-Cookie fields. Bytes that are no UTF-8 are lone surrogates (PEP 383), so that
        a cookie goes back as it came."""
        if self._head is None:
            return self.headers.all("set-cookie")
        values = [value for name, value in self._head.fields() if name.lower() == b"set-cookie"]
        return [value.decode("utf-8", "surrogateescape") for value in values]

    @property
    def status_text(self) -> str:
        """What stands behind the status code; may be empty."""
        if self._status_text is None:
            line = b"" if self._head is None else self._head.block.partition(b"\n")[0]
            self._status_text = line.partition(b" ")[2].partition(b" ")[2].strip().decode("latin-1")
        return self._status_text

    @status_text.setter
    def status_text(self, text: str) -> None:
        self._status_text = text

    def failed(self, failure: Failure, reason: str) -> None:
        """Keeps what went wrong."""
        self.failure, self.failure_reason = failure, reason

    def text(self) -> str:
        """The body as text: by the charset of its Content-Type, a byte order mark, or as UTF-8."""
        return decode_text(self.body, parse_media_type(self.headers.get("content-type")).charset)

    def json(self) -> Any:
        """The body as JSON; integers stay exact.

        Raises:
            LocalError: it is none; the text says at which line and column.
        """
        try:
            return json.loads(self.text())
        except json.JSONDecodeError as error:
            text = f"the body is no JSON: {error.msg}, line {error.lineno}, column {error.colno}"
            raise LocalError(text) from None
        except RecursionError:
            raise LocalError("the body is no JSON that can be read: it is nested too deeply") from None
        except ValueError as error:  # such as a number of very many digits
            raise LocalError(f"the body is no JSON that can be read: {error}") from None
