import random
from datetime import UTC, datetime

import pytest

from pythonscript_http.sessions.dates import parse_http_date, timestamp

BOUNDS = ((100, 10_000), (0, 13), (0, 32), (0, 24), (0, 60), (0, 60))
WHEN = 784111777.0  # the example of RFC 9110


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", WHEN),
        ("Sunday, 06-Nov-94 08:49:37 GMT", WHEN),
        ("Sun Nov  6 08:49:37 1994", WHEN),
        ("sun, 06 NOV 1994 08:49:37 gmt", WHEN),
        (" Sun, 06 Nov 1994 08:49:37 GMT\t", WHEN),
        ("Sun 06 Nov 1994 08:49:37 GMT", WHEN),
        ("Sun, 6  Nov 1994 8:49:37 UTC", WHEN),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0.0),
        ("Wed, 31 Dec 1969 23:59:59 GMT", -1.0),
        ("Fri, 01 Jan 9999 00:00:00 GMT", 253370764800.0),
        ("Tue, 29 Feb 2000 00:00:00 GMT", 951782400.0),
        ("0", None),
        ("-1", None),
        ("", None),
        ("Sun, 06 Nov 1994 08:49:37", None),
        ("Sun, 06 Nov 1994 08:49:37 EST", None),
        ("Sun, 06 Nov 1994 08:49:37 +0000", None),
        ("Sun, 06 Nov 1994 08.49.37 GMT", None),
        ("Sun, 06 Abc 1994 08:49:37 GMT", None),
        ("Sun, 31 Feb 1994 08:49:37 GMT", None),
        ("Sun, 06 Nov 1994 24:00:00 GMT", None),
        ("1994-11-06T08:49:37Z", None),
        ("Sun, ٠٦ Nov 1994 08:49:37 GMT", None),
        ("Sun, 06 Nov 1994 08:49:37 GMT" + " " * 100_000, WHEN),
    ],
)
def test_dates(text: str, expected: float | None) -> None:
    assert parse_http_date(text) == expected


def test_every_time_is_that_of_the_calendar() -> None:
    randomly = random.Random(5)
    for _ in range(20_000):
        year, month, day, hour, minute, second = (randomly.randint(*bounds) for bounds in BOUNDS)
        try:
            when = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
            expected: float | None = when.timestamp()
        except ValueError:
            expected = None
        assert timestamp(year, month, day, hour, minute, second) == expected, (year, month, day)


def test_years_of_two_digits() -> None:
    assert timestamp(69, 1, 1, 0, 0, 0) == timestamp(2069, 1, 1, 0, 0, 0)
    assert timestamp(70, 1, 1, 0, 0, 0) == 0.0
