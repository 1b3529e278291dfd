"""The kinds of failure."""

import pytest

from pythonscript_http import exceptions
from pythonscript_http.exceptions import TEXT_LIMIT, LocalError, RemoteProtocolError, shortened
from pythonscript_http.transport.stream import NetworkError

KINDS = [kind for kind in vars(exceptions).values() if isinstance(kind, type) and issubclass(kind, Exception)]


def test_none_is_both_ours_and_theirs() -> None:
    assert [
        kind for kind in KINDS if issubclass(kind, LocalError) == issubclass(kind, RemoteProtocolError)
    ] == []
    assert not issubclass(NetworkError, LocalError | RemoteProtocolError)


def test_the_docstring_names_them_all() -> None:
    listed = (exceptions.__doc__ or "").split()
    assert [kind.__name__ for kind in KINDS if kind.__name__ not in listed] == []


@pytest.mark.parametrize("kind", [*KINDS, NetworkError])
@pytest.mark.parametrize("size", [TEXT_LIMIT - 8, TEXT_LIMIT - 7, 100_000])
def test_a_text_has_a_limit(kind: type[Exception], size: int) -> None:
    text = "begin" + "x" * size + "end"
    said = str(kind(text))
    assert said == shortened(text)
    assert len(said) <= TEXT_LIMIT
    assert said.startswith("begin")
    assert said.endswith("end")


def test_only_what_is_over_the_limit_is_cut() -> None:
    assert shortened("x" * TEXT_LIMIT) == "x" * TEXT_LIMIT
    assert "[...]" in shortened("x" * (TEXT_LIMIT + 1))
