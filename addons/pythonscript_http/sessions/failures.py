"""Why a call of a session has no response, or not all of one."""

from enum import IntEnum

from pythonscript_http.exceptions import shortened


class Failure(IntEnum):
    """What went wrong, for programs; a response's `failure_reason` says it in words."""

    NONE = 0
    """Nothing: the response is whole, whatever its status."""
    INVALID_REQUEST = 1
    """The call asks for what can't be done: an invalid URL, header, option or body. Nothing was sent."""
    BUSY = 2
    """Too many calls are under way, or the session is closed. Nothing was sent."""
    CANT_RESOLVE = 3
    """The host's name, or its proxy's, has no address."""
    CANT_CONNECT = 4
    """No connection to the host, or to its proxy or through it."""
    TLS = 5
    """TLS failed: the certificate is not trusted, or there is no agreement."""
    TIMEOUT = 6
    """A timeout has passed; the reason names it."""
    CONNECTION_LOST = 7
    """The connection ended before the response was complete."""
    PROTOCOL = 8
    """What the server sent is no HTTP."""
    DECODING = 9
    """The body's coding can't be undone."""
    TOO_MANY_REDIRECTS = 10
    """More redirects than `max_redirects`."""
    INVALID_REDIRECT = 11
    """A redirect to what is no URL of HTTP."""
    INSECURE_REDIRECT = 12
    """A redirect from https to http, without `allow_downgrade`."""
    BODY_NOT_REPLAYABLE = 13
    """The request's body would have to be sent once more, and can't be read again."""
    BODY_TOO_LARGE = 14
    """The response's body is over `max_body_size`."""
    REQUEST_BODY = 15
    """The request's body can't be read, or is not as long as was said."""
    FILE = 16
    """The file of a download can't be written."""
    DIGEST = 17
    """The body of a download has another digest."""
    NOT_CACHED = 18
    """Only a cached response was wanted, and there is none."""
    CANCELLED = 19
    """The call was cancelled."""
    MOCK_UNMATCHED = 20
    """No rule of the mock is for this request."""
    HOOK = 21
    """A hook failed, or the call's listener."""
    UNEXPECTED = 22
    """A defect of this library's; the log has the traceback."""


class SessionError(Exception):
    """A call failed.

    Args:
        failure: what went wrong.
        reason: the same in words, naming the offending thing. A long text is shortened.
    """

    def __init__(self, failure: Failure, reason: str) -> None:
        super().__init__(shortened(reason))
        self.failure = failure

    @property
    def reason(self) -> str:
        """What went wrong, in words."""
        return str(self)
