"""The history is bounded, and never has credentials."""

import pytest

from pythonscript_http.editor.history import MOST, Entry, History
from pythonscript_http.editor.request import File, FormatError, Request

REQUEST = Request(
    "POST", "http://a/?token=s3cret", (("Cookie", "s3cret"),), ('{"password":"s3cret"}', File("f"))
)


def test_it_comes_back_from_its_file_without_credentials() -> None:
    history, again = History(), History()
    history.add(1.5, REQUEST, 201, 0.25)
    text = history.dump()
    assert "s3cret" not in text
    again.load(text)
    assert again.entries == history.entries
    (entry,) = again.entries
    assert (entry.at, entry.status, entry.seconds) == (1.5, 201, 0.25)
    assert entry.request.body[1] == File("f")


def test_it_is_bounded_and_the_latest_is_first() -> None:
    history = History()
    for number in range(MOST + 5):
        history.add(float(number), Request(url=f"http://a/{number}"), 200, 0.0)
    assert len(history.entries) == MOST
    assert history.entries[0].request.url == f"http://a/{MOST + 4}"
    history.add(999.0, Request(url="http://a/50"), 404, 0.0)
    assert len(history.entries) == MOST
    assert [entry.status for entry in history.entries if entry.request.url == "http://a/50"] == [404]


def test_what_is_long_is_cut() -> None:
    history = History()
    history.add(0.0, Request(url="http://a/" + "x" * 10_000, body=("y" * 20_000,)), 200, 0.0)
    assert history.entries == [Entry(0.0, Request(url=("http://a/" + "x" * 10_000)[:8192]), 200, 0.0)]


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"entries": [{"at": 1}]}', pytest.param("[" * 100_000, id="deep")]
)
def test_a_file_that_is_something_else(text: str) -> None:
    history = History()
    history.add(0.0, REQUEST, 200, 0.0)
    with pytest.raises(FormatError, match="history"):
        history.load(text)
    assert history.entries == []
