"""What was sent from the console: bounded, and without credentials, as it is kept in a file."""

import json
from dataclasses import dataclass, replace
from typing import Any, Final

from .masking import masked
from .request import OPTIONS, File, FormatError, Request, plain

MOST: Final = 100
"""Entries."""
_LONGEST_BODY: Final = 16 << 10
"""Characters of a body; a longer one is left out."""
_LONGEST_URL: Final = 8 << 10


@dataclass(frozen=True)
class Entry:
    """A request that was sent, masked.

    Attributes:
        at: when, in seconds since 1970.
        request: without credentials.
        status: the status code of its response; 0: it failed.
        seconds: how long it took.
    """

    at: float
    request: Request
    status: int
    seconds: float


class History:
    """The last requests, the latest first."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def add(self, at: float, request: Request, status: int, seconds: float) -> None:
        """Keeps a request, masked, in the place of the same one; the oldest goes where there are too many."""
        kept = masked(request)
        if sum(len(piece) for piece in kept.body if isinstance(piece, str)) > _LONGEST_BODY:
            kept = replace(kept, body=())
        if len(kept.url) > _LONGEST_URL:
            kept = replace(kept, url=kept.url[:_LONGEST_URL])
        others = [entry for entry in self.entries if entry.request != kept]
        self.entries = [Entry(at, kept, status, seconds), *others][:MOST]

    def dump(self) -> str:
        """What `load` reads."""
        rows = [
            {
                "at": entry.at,
                "status": entry.status,
                "seconds": entry.seconds,
                "request": to_json(entry.request),
            }
            for entry in self.entries
        ]
        return json.dumps({"version": 1, "entries": rows}, indent=1, ensure_ascii=False)

    def load(self, text: str) -> None:
        """Takes what `dump` gave; a file that is something else is as good as none.

        Raises:
            FormatError: it is something else.
        """
        self.entries = []
        try:
            self.entries = [
                Entry(float(row["at"]), from_json(row["request"]), int(row["status"]), float(row["seconds"]))
                for row in json.loads(text)["entries"][:MOST]
            ]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise FormatError(f"the history cannot be read: {error!r}") from None


def to_json(request: Request) -> dict[str, Any]:
    """A request as JSON has it."""
    return plain(
        request, [{"file": piece.path} if isinstance(piece, File) else piece for piece in request.body]
    )


def from_json(found: dict[str, Any]) -> Request:
    """Reads what `to_json` gave.

    Raises:
        KeyError, TypeError, ValueError: it is something else.
    """
    return Request(
        method=str(found["method"]),
        url=str(found["url"]),
        headers=tuple((str(name), str(value)) for name, value in found["headers"]),
        body=tuple(
            File(str(piece["file"])) if isinstance(piece, dict) else str(piece) for piece in found["body"]
        ),
        name=str(found["name"]),
        insecure=bool(found["insecure"]),
        **{option: str(found[option]) for option in OPTIONS},
    )
