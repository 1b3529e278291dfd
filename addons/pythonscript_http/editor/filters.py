"""What is typed into the inspector's filter: `method:post status:4xx host:api -type:image scores`.

All words must fit; `-` before a word turns it round. Words without a key look into method, URL, status, type
and the reason of a failure. The keys are:
    method:GET          the method
    status:404 4xx      the status code, its class, or pending, failed, closed
    type:json           a part of the response's media type
    host:example        a part of the host
    is:retry            what came of it in its call: redirect, retry; of the cache: hit, validated, stale
    from:player.gd      a part of who asked, script or node
"""

import re
from collections.abc import Callable
from typing import Final

from .records import Record

LONGEST: Final = 1000
"""Characters of a filter; what is beyond is not read."""

_WORD: Final = re.compile(r'(-?)(?:(method|status|type|host|is|from):)?("[^"]*"|\S+)', re.IGNORECASE)

Filter = Callable[[Record], bool]


def parse(text: str, *, errors: bool = False) -> Filter:
    """Reads a filter.

    Args:
        text: what was typed; empty: all fit.
        errors: only what failed, or has a status code of 400 and above, fits.
    """
    tests: list[Filter] = [lambda record: record.failed] if errors else []
    for minus, key, value in _WORD.findall(text[:LONGEST]):
        wanted = value.strip('"').lower()
        if wanted:
            test = _TESTS[key.lower()](wanted)
            tests.append(_not(test) if minus else test)
    return lambda record: all(test(record) for test in tests)


def _not(test: Filter) -> Filter:
    return lambda record: not test(record)


def _status(wanted: str) -> Filter:
    if re.fullmatch(r"[1-9]xx", wanted):
        return lambda record: record.code // 100 == int(wanted[0])
    return lambda record: record.status.startswith(wanted)


def _any(wanted: str) -> Filter:
    def test(record: Record) -> bool:
        texts = (record.method, record.url, record.status, record.media, record.reason)
        return any(wanted in text.lower() for text in texts)

    return test


_TESTS: Final[dict[str, Callable[[str], Filter]]] = {
    "": _any,
    "method": lambda wanted: lambda record: record.method.lower() == wanted,
    "status": _status,
    "type": lambda wanted: lambda record: wanted in record.media,
    "host": lambda wanted: lambda record: wanted in record.host.lower(),
    "is": lambda wanted: lambda record: record.mark == wanted,
    "from": lambda wanted: lambda record: record.call is not None and wanted in record.call.source.lower(),
}

SORTS: Final[dict[str, Callable[[Record, float], object]]] = {
    "": lambda record, now: record.id,
    "method": lambda record, now: record.method,
    "host": lambda record, now: record.host.lower(),
    "path": lambda record, now: record.path,
    "status": lambda record, now: (record.code, record.status),
    "type": lambda record, now: record.media,
    "size": lambda record, now: record.received,
    "time": lambda record, now: record.seconds(now),
}
"""What records are sorted by, by the name of the column; the empty name is the order in which they came."""
