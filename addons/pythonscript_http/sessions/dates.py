"""Dates as HTTP writes them (RFC 9110 section 5.6.7)."""

import re
from calendar import timegm
from datetime import datetime
from typing import Final

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

# The three forms; of what servers do otherwise, case, blanks and `UTC` are taken.
_DATE: Final = re.compile(
    r"[a-z]{3,9},?[ ]{1,2}(?P<day>[0-9]{1,2})[ -]{1,2}(?P<month>[a-z]{3})[ -]{1,2}(?P<year>[0-9]{4}|[0-9]{2})"
    r"[ ]{1,2}(?P<time>[0-9]{1,2}:[0-9]{2}:[0-9]{2})[ ]{1,2}(?:gmt|utc)",
)
_ASCTIME: Final = re.compile(
    r"[a-z]{3}[ ]{1,2}(?P<month>[a-z]{3})[ ]{1,2}(?P<day>[0-9]{1,2})"
    r"[ ]{1,2}(?P<time>[0-9]{1,2}:[0-9]{2}:[0-9]{2})[ ]{1,2}(?P<year>[0-9]{4})",
)


def parse_http_date(text: str) -> float | None:
    """Reads the value of a header such as Date, Expires or Retry-After.

    Returns:
        Seconds since 1970; None: it is no date.
    """
    text = text[:64].strip(" \t").lower()
    match = _DATE.fullmatch(text) or _ASCTIME.fullmatch(text)
    if match is None or match["month"] not in MONTHS:
        return None
    hour, minute, second = (int(part) for part in match["time"].split(":"))
    return timestamp(
        int(match["year"]), MONTHS.index(match["month"]) + 1, int(match["day"]), hour, minute, second
    )


def timestamp(year: int, month: int, day: int, hour: int, minute: int, second: int) -> float | None:
    """Seconds since 1970 at a time in UTC; None: there is no such day, or no such time.

    Args:
        year: of two digits, it is one from 1970 to 2069.
    """
    if year < 100:
        year += 1900 if year >= 70 else 2000
    try:
        return float(timegm(datetime(year, month, day, hour, minute, second).timetuple()))
    except ValueError:
        return None
