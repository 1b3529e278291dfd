"""The cases of the HTML Standard, and those that the Web Platform Tests think of, each in all splits."""

import random
import time
from itertools import pairwise

import pytest

from pythonscript_http.sessions.event_stream import LONGEST_RETRY, EventStreamParser, ServerSentEvent


def read(data: bytes, cuts: list[int] | None = None) -> tuple[list[ServerSentEvent], str, float | None]:
    """The events, last event ID and retry of a stream that comes in pieces."""
    parser, events = EventStreamParser(), []
    edges = [0, *(cuts or []), len(data)]
    for start, stop in pairwise(edges):
        events += parser.feed(data[start:stop])
    assert parser.failure == ""
    return events, parser.last_event_id, parser.retry


CASES: list[tuple[str, bytes, list[tuple[str, str, str]]]] = [
    ("data", b"data: a\n\n", [("message", "a", "")]),
    ("no blank", b"data:a\n\n", [("message", "a", "")]),
    ("one blank goes", b"data:  a\n\n", [("message", " a", "")]),
    ("a tab stays", b"data:\ta\n\n", [("message", "\ta", "")]),
    ("several lines", b"data: a\ndata: b\ndata\ndata:\n\n", [("message", "a\nb\n\n", "")]),
    (
        "empty data is an event",
        b"data:\n\ndata\ndata\n\ndata:test\n\n",
        [("message", "", ""), ("message", "\n", ""), ("message", "test", "")],
    ),
    ("no data is none", b"event: x\nid: 1\n\ndata: a\n\n", [("message", "a", "1")]),
    ("the end is no empty line", b"data: a\n\ndata: b\n", [("message", "a", "")]),
    ("the end within a line", b"data: a\n\ndata: b", [("message", "a", "")]),
    ("CR", b"data: a\rdata: b\r\r", [("message", "a\nb", "")]),
    ("CRLF", b"data: a\r\ndata: b\r\n\r\n", [("message", "a\nb", "")]),
    ("all line ends", b"data: a\r\ndata: b\ndata: c\r\r\n", [("message", "a\nb\nc", "")]),
    ("LF CR are two", b"data: a\n\rdata: b\n\n", [("message", "a", ""), ("message", "b", "")]),
    ("CR LF LF", b"data: a\r\n\ndata: b\r\n\n", [("message", "a", ""), ("message", "b", "")]),
    ("type", b"event: x\ndata: a\n\ndata: b\n\n", [("x", "a", ""), ("message", "b", "")]),
    ("the last type", b"event: x\nevent: y\ndata: a\n\n", [("y", "a", "")]),
    ("an empty type", b"event: x\nevent:\ndata: a\n\n", [("message", "a", "")]),
    ("the type of no event goes", b"event: x\n\ndata: a\n\n", [("message", "a", "")]),
    ("id", b"id: 1\ndata: a\n\ndata: b\n\n", [("message", "a", "1"), ("message", "b", "1")]),
    ("an empty id", b"id: 1\ndata: a\n\nid\ndata: b\n\n", [("message", "a", "1"), ("message", "b", "")]),
    ("a NUL in an id", b"id: 1\nid: 2\0\ndata: a\n\n", [("message", "a", "1")]),
    ("a NUL in data", b"data: a\0b\n\n", [("message", "a\0b", "")]),
    ("comments", b":\n: x\ndata: a\n:data: b\n\n", [("message", "a", "")]),
    ("names are exact", b"Data: a\ndata : b\n data: c\ndatas: d\ndata: e\n\n", [("message", "e", "")]),
    ("a name alone", b"data\n\n", [("message", "", "")]),
    ("no name", b"a line\ndata: b\n\n", [("message", "b", "")]),
    ("colons", b"data: a: b:c\n\n", [("message", "a: b:c", "")]),
    ("a byte order mark", b"\xef\xbb\xbfdata: a\n\n", [("message", "a", "")]),
    ("one alone goes", b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\ndata: b\n\n", [("message", "b", "")]),
    ("at the begin alone", b"\n\xef\xbb\xbfdata: a\n\ndata: b\n\n", [("message", "b", "")]),
    ("text in UTF-8", "data: ok… ü 😀\n\n".encode(), [("message", "ok… ü 😀", "")]),
    (
        "what is no UTF-8",
        b"data: \xe2\x80\ndata: \xff\xc0\x80\n\n",
        [("message", "\ufffd\n\ufffd\ufffd\ufffd", "")],
    ),
    ("a type in UTF-8", "event: ü\ndata: a\nid: ü\n\n".encode(), [("ü", "a", "ü")]),
]


@pytest.mark.parametrize(("data", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_events(data: bytes, expected: list[tuple[str, str, str]]) -> None:
    assert read(data)[0] == expected
    assert read(data, list(range(1, len(data))))[0] == expected  # byte by byte
    for cut in range(len(data)):
        assert read(data, [cut])[0] == expected, cut


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"id: 1\n\n", "1"),
        (b"id: 1\n", ""),  # it counts with the empty line
        (b"data: a\nid: 1\n\nid: 2\n\n", "2"),
        (b"id: 1\n\nid:\n\n", ""),
    ],
)
def test_last_event_id(data: bytes, expected: str) -> None:
    assert read(data)[1] == expected


def test_a_stream_goes_on_from_an_id() -> None:
    parser = EventStreamParser("7")
    assert parser.last_event_id == "7"
    assert parser.feed(b"data: a\n\n") == [("message", "a", "7")]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"retry: 1500", 1.5),
        (b"retry:0", 0.0),
        (b"retry: 000001500", 1.5),
        (b"retry", None),
        (b"retry: ", None),
        (b"retry: 1.5", None),
        (b"retry: -1", None),
        (b"retry: +1", None),
        (b"retry: 1000x", None),
        (b"retry:  1000", None),
        ("retry: ٣".encode(), None),
        (b"retry: " + b"9" * 10_000, LONGEST_RETRY),
        (b"retry: " + b"0" * 10_000 + b"1500", 1.5),
    ],
)
def test_retry(line: bytes, expected: float | None) -> None:
    assert read(line + b"\n")[2] == expected


def test_a_line_is_bounded() -> None:
    for data in (b"data: " + b"x" * 20, b"data: " + b"x" * 20 + b"\n\n", b":" * 21):
        parser = EventStreamParser(line_limit=20)
        assert parser.feed(b"data: a\n\n" + data) == [("message", "a", "")]
        assert "over 20 bytes in one line" in parser.failure
        assert parser.feed(b"\n\ndata: b\n\n") == []
    parser = EventStreamParser(line_limit=20)
    for byte in b"x" * 20:
        parser.feed(bytes([byte]))
        assert not parser.failure
    parser.feed(b"x")
    assert parser.failure


def test_an_event_is_bounded() -> None:
    parser = EventStreamParser(event_limit=9)
    assert parser.feed(b"data: abcd\ndata: efgh\n\n") == [("message", "abcd\nefgh", "")]
    assert parser.feed(b"data: abcd\ndata: efghi\n\n") == []
    assert "over 9 bytes in one event" in parser.failure
    parser = EventStreamParser(event_limit=9)
    parser.feed(b"data\n" * 10)
    assert not parser.failure
    parser.feed(b"data\n")
    assert parser.failure


def test_random_streams_in_random_splits() -> None:
    chance = random.Random(15)
    pieces = [
        b"\r",
        b"\n",
        b"\r\n",
        b"\n\n",
        b"data",
        b"event",
        b"id",
        b"retry",
        b":",
        b" ",
        b"a",
        b"12",
        b"\0",
    ]
    pieces += [b"\xef\xbb\xbf", b"\xe2", b"\x80\xa6", b"\xff", "😀".encode(), b"data: x\n", b"id: 3\n"]
    for _ in range(3000):
        data = b"".join(chance.choices(pieces, k=chance.randint(0, 40)))
        whole = read(data)
        assert read(data, sorted(chance.choices(range(len(data) + 1), k=chance.randint(1, 12)))) == whole
        assert read(data, list(range(1, len(data)))) == whole


@pytest.mark.parametrize(
    "data",
    [
        b"x" * 900_000,
        b"\r\n" * 400_000,
        b"data:\n" * 150_000,
        b":" * 900_000 + b"\n",
        b"id: 1\n\n" * 130_000,
        b"retry: " + b"1" * 900_000 + b"\n",
    ],
    ids=lambda data: ascii(data[:8]),
)
def test_the_cost_is_linear(data: bytes) -> None:
    for size in (1, 65536):
        end = min(len(data), 200_000 if size == 1 else len(data))
        parser = EventStreamParser()
        begun = time.thread_time()
        for start in range(0, end, size):
            parser.feed(data[start : start + size])
        assert time.thread_time() - begun < 10  # a guard against hangs


def test_lines_of_nothing_count() -> None:
    parser = EventStreamParser(event_limit=100)
    (event,) = parser.feed(b"data\n" * 101 + b"\n")
    assert event.data == "\n" * 100
    assert parser.feed(b"data\n" * 102 + b"\n") == []
    assert "over 100 bytes in one event" in parser.failure
