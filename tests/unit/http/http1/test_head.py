"""The reader of heads: what it passes over, where it stops, and its bounds."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pythonscript_http.exceptions import RemoteProtocolError
from pythonscript_http.http1.head import MOST_INTERIM, HeadReader

FINAL = b"HTTP/1.1 200 OK\r\nX: y\r\n\r\n"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
GO_ON = b"HTTP/1.1 100 Continue\n\n"
LIMIT = 1000


def read(data: bytes, cuts: list[int] | None = None, limit: int = LIMIT) -> tuple[HeadReader, int, bytes]:
    """Reads heads that come in pieces: gives the reader, the final code (0: none), and what is left."""
    reader, buffer, code = HeadReader("GET"), bytearray(), 0
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts or []), len(data)]
    for begin, end in itertools.pairwise(edges):
        buffer += data[begin:end]
        while not code:
            head = reader.read(buffer, 0, len(buffer), limit)
            del buffer[: reader.at]
            code = 0 if head is None else head.code
            if not reader.behind:
                break
    return reader, code, bytes(buffer)


@given(st.lists(st.integers(0, 120), max_size=6))
def test_any_split(cuts: list[int]) -> None:
    reader, code, left = read(GO_ON + HINTS + FINAL + b"body", cuts)
    assert (code, left) == (200, b"body")
    assert (reader.continued, reader.odd) == (True, False)


def test_an_incomplete_head_stays_where_it_is() -> None:
    assert read(HINTS + FINAL[:-1])[1:] == (0, FINAL[:-1])


def test_101_is_final_and_102_is_not() -> None:
    switch = b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"
    assert read(b"HTTP/1.1 102 Processing\r\n\r\n" + switch + FINAL)[1:] == (101, FINAL)


def test_an_odd_interim_head_is_marked() -> None:
    reader, code, _ = read(b"HTTP/1.1 103 X\r\nA b: c\r\n\r\n" + FINAL)
    assert (reader.odd, code) == (True, 200)


@pytest.mark.parametrize("over", [0, 1])
def test_all_heads_together_have_a_limit(over: int) -> None:
    size = len(GO_ON + HINTS + FINAL)
    if over:
        with pytest.raises(RemoteProtocolError, match=f"over the limit of {size - 1} bytes"):
            read(GO_ON + HINTS + FINAL, limit=size - 1)
    else:
        assert read(GO_ON + HINTS + FINAL, limit=size)[1] == 200


@pytest.mark.parametrize("over", [0, 1])
def test_interim_ones_have_a_number(over: int) -> None:
    data = b"HTTP/1.1 103 X\r\n\r\n" * (MOST_INTERIM + over) + FINAL
    if over:
        with pytest.raises(RemoteProtocolError, match="over 1000 interim responses"):
            read(data, limit=10**6)
    else:
        assert read(data, limit=10**6)[1] == 200


def test_what_can_be_no_http_is_refused_at_once() -> None:
    with pytest.raises(RemoteProtocolError, match="begins with b'SSH-'"):
        read(b"SSH-")
