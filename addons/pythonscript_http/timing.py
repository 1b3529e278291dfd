"""When what happened, and by when what must: the times of one connection and of the request under way.

The time is given by the caller, in seconds of any clock that never goes back.
"""

from collections.abc import Callable
from typing import Final

from .config import Timeouts

NEVER: Final = float("inf")


class Timing:
    """Marks and deadlines.

    Args:
        clock: tells the time.
        timeouts: the deadlines: first_byte, idle and total.

    Deadlines are durations in seconds; 0 is none. `due` is the earliest time at which one may have passed, so
    that a caller who waits compares one number. It is never late; where it is early, `overdue` corrects it.
    """

    __slots__ = (
        "_watching",
        "began",
        "connected",
        "due",
        "ended",
        "first_byte",
        "first_byte_came",
        "idle",
        "moved_last",
        "now",
        "requested",
        "resolved",
        "secured",
        "sent",
        "total",
    )

    def __init__(self, clock: Callable[[], float], timeouts: Timeouts) -> None:
        self.now = clock
        self.obey(timeouts)
        self.forget()

    def forget(self) -> None:
        """Nothing has happened yet. The deadlines' durations stay."""
        self.due = NEVER
        self.began = self.resolved = self.connected = self.secured = self.requested = 0.0
        self.sent = self.first_byte_came = self.ended = self.moved_last = 0.0

    def obey(self, timeouts: Timeouts) -> None:
        """Sets the durations of the deadlines, also of those that are running."""
        self.first_byte, self.idle, self.total = timeouts.first_byte, timeouts.idle, timeouts.total
        # Some deadline counts from the last byte that moved.
        self._watching = bool(self.first_byte or self.idle)
        self.due = 0.0

    # ---- marks

    def begin(self) -> None:
        """A connection is being made."""
        self.forget()
        self.began = self.now()

    def request(self) -> None:
        """A request begins: over the new connection, or over one that an earlier request has used."""
        now = self.now()
        if self.requested or not self.began:
            self.began, self.resolved, self.connected, self.secured = now, 0.0, 0.0, 0.0
        self.requested = self.moved_last = now
        self.sent = self.first_byte_came = self.ended = 0.0
        self.due = 0.0 if self.total or self._watching else NEVER

    def connected_anew(self) -> None:
        """The connection stands that a request has waited for."""
        self.moved_last = self.now()
        self.due = 0.0

    def move(self) -> None:
        """Bytes went out or came in."""
        if self._watching:
            self.moved_last = self.now()
            self.due = 0.0

    def end(self) -> None:
        """What was under way is over, well or not."""
        self.due = NEVER
        if not self.ended:
            self.ended = self.now()

    # ---- deadlines

    def overdue(self, *, connecting: bool, requesting: bool, awaited: bool) -> str:
        """Tells which deadline has passed, or sets `due` anew.

        A deadline that has passed is reported by every call, and nothing may be waited for any more, until
        `end`: whoever asks first need not be the one who acts on it.

        Args:
            connecting: the request under way waits for its connection.
            requesting: a request is under way.
            awaited: not a byte of an answer has come.
        """
        now = self.now()
        self.due = NEVER  # before they are looked at: what another thread sets meanwhile stays in it
        over = requesting and not connecting  # a connection that stands
        running = (
            ("total_timeout", requesting and self.total, self.requested, "not complete within"),
            ("first_byte_timeout", over and awaited and self.first_byte, self.moved_last, "no answer within"),
            ("idle_timeout", over and self.idle, self.moved_last, "not a byte moved for"),
        )
        due = NEVER
        for name, seconds, since, what in running:
            if seconds:
                if now >= since + seconds:
                    self.due = since + seconds
                    return f"{what} {seconds:g} s ({name})"
                due = min(due, since + seconds)
        if self.due == NEVER:
            self.due = due
        return ""

    def remaining(self, longest: float) -> float:
        """Gives how many seconds may be waited: until `due`, and `longest` at most."""
        return longest if self.due == NEVER else min(longest, max(0.0, self.due - self.now()))

    # ---- results

    def durations(self) -> dict[str, float]:
        """Gives the times of the marks in seconds since the beginning; 0.0: not reached, or not needed."""
        began = self.began
        marks = {
            "name_lookup": self.resolved,
            "connect": self.connected,
            "appconnect": self.secured,
            "pretransfer": self.requested,
            "posttransfer": self.sent,
            "first_byte": self.first_byte_came,
            "total": began and (self.ended or self.now()),
        }
        return {name: max(0.0, mark - began) if mark else 0.0 for name, mark in marks.items()}
