"""The kinds of failure."""

from pythonscript_http.enums import Error
from pythonscript_http.errors import TEXT_LIMIT, LocalError, RemoteError, shortened
from pythonscript_http.transport.stream import NetworkError


def test_ours_tells_what_the_engines_method_returns() -> None:
    error = LocalError(Error.ERR_INVALID_PARAMETER, "the URL is bad")
    assert (error.code, str(error)) == (Error.ERR_INVALID_PARAMETER, "the URL is bad")


def test_neither_is_taken_for_the_other() -> None:
    assert not issubclass(LocalError, RemoteError)
    assert not issubclass(RemoteError, LocalError)


def test_a_text_has_a_limit() -> None:
    for size in (TEXT_LIMIT - 6, TEXT_LIMIT - 5, 100_000):
        text = "begin" + "x" * size + "end"
        for error in (LocalError(Error.ERR_BUSY, text), RemoteError(text), NetworkError(text)):
            assert str(error) == shortened(text)
            assert len(str(error)) <= TEXT_LIMIT
            assert str(error).startswith("begin")
            assert str(error).endswith("end")
    assert shortened("x" * TEXT_LIMIT) == "x" * TEXT_LIMIT
    assert "[...]" in shortened("x" * (TEXT_LIMIT + 1))
