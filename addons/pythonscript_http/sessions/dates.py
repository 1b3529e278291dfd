"""Dates as HTTP writes them (RFC 9110 section 5.6.7)."""

import re
from typing import Final

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS: Final = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_BEFORE_1970: Final = 719162
"""Days from the first of the year 1."""

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

    Without `datetime` and `calendar`, whose import takes as long as that of the rest of a session.

    Args:
        year: up to 9999; of two digits, it is one from 1970 to 2069.
    """
    if year < 100:
        year += 1900 if year >= 70 else 2000
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not (1 <= month <= 12 and 1 <= day <= _DAYS[month - 1] + (leap and month == 2)):
        return None
    if not (year <= 9999 and 0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60):
        return None
    past = year - 1
    days = past * 365 + past // 4 - past // 100 + past // 400 - _BEFORE_1970
    days += sum(_DAYS[: month - 1]) + (leap and month > 2) + day - 1
    return days * 86400.0 + hour * 3600 + minute * 60 + second
