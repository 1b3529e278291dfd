"""The kinds of failure."""

from pythonscript_http.core.enums import Error
from pythonscript_http.core.errors import LocalError, RemoteError


def test_ours_tells_what_the_engines_method_returns() -> None:
    error = LocalError(Error.ERR_INVALID_PARAMETER, "the URL is bad")
    assert (error.code, str(error)) == (Error.ERR_INVALID_PARAMETER, "the URL is bad")


def test_neither_is_taken_for_the_other() -> None:
    assert not issubclass(LocalError, RemoteError)
    assert not issubclass(RemoteError, LocalError)
