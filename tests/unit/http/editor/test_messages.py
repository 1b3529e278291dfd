"""What goes from a game to the editor: every event comes back, what is none is refused, all is bounded."""

import dataclasses
import threading
from math import inf, nan
from typing import Any, get_args, get_origin

import pytest

from pythonscript_http.editor.messages import MESSAGE, Outbox, decode, encode, read_message
from pythonscript_http.trace import (
    CacheUse,
    ConnectStarted,
    Event,
    ExchangeEnded,
    LayerKind,
    Moment,
    Outcome,
    Progress,
    RequestStarted,
    ResponseBody,
)

AT = Moment(1_700_000_000.5, 12.25)


def example(kind: Any) -> Event:
    """An event of a kind, with something in each field."""
    values: dict[Any, Any] = {Moment: AT, int: 7, str: "text ü", bytes: b"\0\xff", bool: True}
    tuples: dict[Any, Any] = {str: ("a", "b"), tuple[bytes, bytes]: ((b"A", b"\xff"),)}
    values |= {LayerKind: LayerKind.TLS, Outcome: Outcome.FAILED, CacheUse: CacheUse.STALE, float: 0.5}
    fields = [
        values[field.type] if get_origin(field.type) is not tuple else tuples[get_args(field.type)[0]]
        for field in dataclasses.fields(kind)
    ]
    event: Event = kind(*fields)
    return event


@pytest.mark.parametrize("kind", get_args(Event), ids=lambda kind: kind.__name__)
def test_every_event_comes_back(kind: type[Event]) -> None:
    event = example(kind)
    row = encode(event)
    assert all(isinstance(value, str | int | float | bytes | list) for value in row)
    assert decode(row) == event
    assert decode([bytearray(value) if isinstance(value, bytes) else value for value in row]) == event


@pytest.mark.parametrize("kind", get_args(Event), ids=lambda kind: kind.__name__)
def test_a_row_that_does_not_fit_is_refused(kind: type[Event]) -> None:
    row = encode(example(kind))
    for wrong in (row[:-1], [*row, 1], *([*row[:i], None, *row[i + 1 :]] for i in range(len(row)))):
        with pytest.raises(ValueError, match=r"."):
            decode(wrong)


@pytest.mark.parametrize(
    "row",
    [
        [],
        [1],
        ["Nothing"],
        ["Moment", 1.0, 2.0],
        ["ExchangeEnded", 0.0, 0.0, 1, 1, "no"],
        ["ExchangeEnded", 0.0, 0.0, 1, 1, "failed", "", 1, 1, 1, [[b"a"]]],
        ["NameResolved", 0.0, 0.0, 1, "a", "b"],
        *(["AttemptStarted", wall, 0.0, 1, "a"] for wall in (nan, inf, -1.0, 253402300800.0)),
        *(["AttemptStarted", 0.0, clock, 1, "a"] for clock in (nan, -inf, -1.0, 1e308)),
        *(["AttemptStarted", 0.0, 0.0, number, "a"] for number in (-2, 1 << 53)),
    ],
)
def test_what_is_no_event(row: list[Any]) -> None:
    with pytest.raises(ValueError, match=r"."):
        decode(row)


def test_what_the_engine_cannot_hold_is_replaced() -> None:
    assert encode(ConnectStarted(AT, 1, 0, "a\0\ud800", ""))[-2] == "a\ufffd\ufffd"


def test_a_message_is_read_and_its_wrong_rows_are_counted() -> None:
    event = example(ConnectStarted)
    assert read_message([3, [encode(event), ["none"], "row", 7]]) == (3, [event], 3)
    for data in ([], [1], ["a", []], [True, []], [1, "rows"], [1, [], 2]):
        with pytest.raises(ValueError, match="list of two"):
            read_message(data)


def progress(exchange: int, received: int) -> Progress:
    return Progress(AT, 1, exchange, 0, received, 0)


def body(size: int, exchange: int = 1) -> ResponseBody:
    return ResponseBody(AT, 1, exchange, bytes(size))


def ended(exchange: int) -> ExchangeEnded:
    return ExchangeEnded(AT, 1, exchange, Outcome.COMPLETE, "", 1, 2, 3, ())


class TestOutbox:
    def events(self, outbox: Outbox) -> list[Event]:
        return read_message(outbox.take())[1]

    def test_the_first_wakes_who_sends(self) -> None:
        outbox = Outbox()
        assert [outbox.put(example(ConnectStarted)) for _ in range(2)] == [True, False]
        assert len(self.events(outbox)) == 2
        assert outbox.take() == [0, []]
        assert outbox.put(example(ConnectStarted))

    def test_of_progress_the_newest_waits(self) -> None:
        outbox = Outbox()
        for received in (1, 2, 3):
            outbox.put(progress(1, received))
            outbox.put(progress(2, 10 * received))
        assert self.events(outbox) == [progress(1, 3), progress(2, 30)]
        outbox.put(progress(1, 4))
        outbox.put(ended(1))
        outbox.put(progress(1, 5))
        assert self.events(outbox) == [progress(1, 4), ended(1), progress(1, 5)]

    def test_a_message_is_bounded_and_a_large_event_goes_alone(self) -> None:
        outbox = Outbox(most_bytes=8 * MESSAGE)
        sizes = [MESSAGE // 2, MESSAGE // 3, MESSAGE // 3, 2 * MESSAGE, 1]
        for size in sizes:
            outbox.put(body(size))
        taken = []
        while events := self.events(outbox):
            taken.append([len(event.data) for event in events if isinstance(event, ResponseBody)])
        assert taken == [sizes[:2], sizes[2:3], sizes[3:4], sizes[4:]]

    def test_bodies_leave_room_and_what_is_lost_is_counted(self) -> None:
        outbox = Outbox(most_bytes=10_000)
        for _ in range(10):
            outbox.put(body(1000))
        assert outbox.lost == 6
        for exchange in range(100):
            outbox.put(ended(exchange))
            outbox.put(progress(exchange, 1))
        lost, events, wrong = read_message(outbox.take())
        assert (lost, wrong) == (outbox.lost, 0)
        assert lost + len(events) == 210
        assert outbox.put(progress(99, 2))

    def test_what_is_forgotten_is_not_lost(self) -> None:
        outbox = Outbox()
        outbox.put(progress(1, 1))
        outbox.clear()
        assert outbox.take() == [0, []]
        assert outbox.put(progress(1, 2))

    def test_many_threads(self) -> None:
        outbox = Outbox()
        start = RequestStarted(AT, 1, 1, "GET", b"GET / HTTP/1.1\r\n\r\n", 0)
        threads = [threading.Thread(target=lambda: [outbox.put(start) for _ in range(500)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        seen = 0
        while any(thread.is_alive() for thread in threads):
            seen += len(self.events(outbox))
        while events := self.events(outbox):
            seen += len(events)
        assert (seen, outbox.lost) == (2000, 0)
