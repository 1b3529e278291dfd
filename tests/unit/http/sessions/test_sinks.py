"""Where bodies go."""

import pytest

from pythonscript_http import buffers
from pythonscript_http.sessions.loop import Future
from pythonscript_http.sessions.sinks import DISCARDED, ChunkSink, Enough, MemorySink, NoSink


def put(sink: MemorySink | ChunkSink | NoSink, data: bytes, most: int = 1 << 30) -> None:
    while data:
        with sink.room() as room:
            size = min(len(room), len(data), most)
            assert size
            room[:size] = data[:size]
        sink.took(size)
        data = data[size:]


@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 1 << 20, (9 << 20) + 1])
@pytest.mark.parametrize("known", [True, False])
def test_memory(size: int, known: bool) -> None:
    data = (bytes(range(251)) * (size // 251 + 1))[:size]
    sink = MemorySink(size if known else -1)
    put(sink, data)
    body = sink.body()
    assert body == data
    assert isinstance(body, bytes) or body.readonly


def test_a_promise_takes_no_memory() -> None:
    sink = MemorySink(1 << 40)
    assert len(sink.room()) <= 1 << 20
    put(sink, b"x")
    assert sink.body() == b"x"


def test_a_shared_buffer_is_given_back() -> None:
    free = len(buffers._free)
    for size in (10, 100_000):
        sink = MemorySink()
        put(sink, bytes(size))
        sink.body()
        assert len(buffers._free) >= free


def test_chunks() -> None:
    pieces: list[bytes] = []
    blocked: Future[None] = Future()

    def take(piece: bytes) -> Future[None]:
        pieces.append(piece)
        return blocked

    sink = ChunkSink(take)
    with sink.room() as room:
        room[:3] = b"abc"
    assert sink.took(3) is blocked
    put(sink, b"defgh", 2)
    assert pieces == [b"abc", b"de", b"fg", b"h"]


def test_what_nobody_wants_is_not_read_for_long() -> None:
    put(NoSink(), bytes(DISCARDED))
    with pytest.raises(Enough):
        put(NoSink(), bytes(3 * DISCARDED))
    with pytest.raises(Enough):
        put(NoSink(10), bytes(30), 9)
