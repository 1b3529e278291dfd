"""Filters and orders of records."""

import pytest
from tests.unit.http.editor.fakes import at, called, connecting, log_of, refused, request, response

from pythonscript_http.editor.filters import SORTS, parse
from pythonscript_http.trace import CallRetried

LOG = log_of(
    connecting(),
    request(1, line="GET /scores HTTP/1.1"),
    response(1),
    request(2, line="POST /scores HTTP/1.1"),
    response(2, code=404, headers="Content-Type: text/html\r\n"),
    request(3, line="GET /logo.png HTTP/1.1"),
    response(3, code=301, headers="Content-Type: image/png\r\n", body=b""),
    request(4, line="GET /slow HTTP/1.1"),
    refused(2),
    called(source="res://Player.gd:3 (_ready)"),
    request(6, line="GET /again HTTP/1.1", call=1),
    iter([CallRetried(at(2.0), 1, 0.5, "status 503")]),
)
RECORDS = list(LOG.records)[:5]


def fitting(text: str, *, errors: bool = False) -> list[int]:
    fits = parse(text, errors=errors)
    return [record.id for record in LOG.records if fits(record)]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", [1, 2, 3, 4, 5, 6]),
        ("is:retry", [6]),
        ("-is:retry get", [1, 3, 4]),
        ("is:ret", []),
        ("from:player.gd", [6]),
        ("-from:player from:gd", []),
        ("scores", [1, 2]),
        ("SCORES post", [2]),
        ("method:get", [1, 3, 4, 6]),
        ("-method:GET", [2, 5]),
        ("status:404", [2]),
        ("status:2xx", [1]),
        ("status:pending", [4, 6]),
        ("status:failed", [5]),
        ("type:json", [1]),
        ("type:image -logo", []),
        ("host:example", [1, 2, 3, 4, 6]),
        ("host:localhost", [5]),
        ("refused", [5]),
        ('"connect to local"', [5]),
        ("-scores -slow", [3, 5, 6]),
        ("foo:bar", []),
        ('- "" :', []),
    ],
)
def test_filters(text: str, ids: list[int]) -> None:
    assert fitting(text) == ids


def test_errors_only() -> None:
    assert fitting("", errors=True) == [2, 5]
    assert fitting("scores", errors=True) == [2]


def test_a_filter_is_bounded() -> None:
    assert fitting("a" * 10**6) == []


def test_orders() -> None:
    def order(name: str) -> list[int]:
        key = SORTS[name]
        records = sorted(RECORDS, key=lambda record: key(record, LOG.now))  # type: ignore[arg-type,return-value]
        return [record.id for record in records]

    assert order("") == [1, 2, 3, 4, 5]
    assert order("path") == [5, 3, 1, 2, 4]
    assert order("status") == [5, 4, 1, 3, 2]
    assert order("method") == [5, 1, 3, 4, 2]
    assert order("type") == [4, 5, 1, 3, 2]
    assert order("host")[-1] == 5
    assert order("size")[:2] == [4, 5]
    assert order("time")[0] == 5
