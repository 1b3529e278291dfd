"""Why a call has no response."""

from pythonscript_http.exceptions import TEXT_LIMIT
from pythonscript_http.sessions.failures import Failure, SessionError


def test_an_error_says_what_and_why() -> None:
    error = SessionError(Failure.TIMEOUT, "not complete within 5 s (timeout)")
    assert (error.failure, error.reason) == (Failure.TIMEOUT, "not complete within 5 s (timeout)")
    assert len(SessionError(Failure.TIMEOUT, "x" * 10_000).reason) <= TEXT_LIMIT


def test_only_nothing_is_false() -> None:
    assert [failure for failure in Failure if not failure] == [Failure.NONE]
    assert [failure.value for failure in Failure] == list(range(len(Failure)))
