"""Codings of bodies."""

import gzip
import itertools
import random
import time
import zlib
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.http.http1.bodies import ENCODERS, HERE, bare, hostile, records, window, zeros
from tests.unit.programs import run

from pythonscript_http.exceptions import RemoteProtocolError
from pythonscript_http.http1 import codings
from pythonscript_http.http1.codings import (
    CALL,
    DENSE,
    PIECE,
    SPARSE,
    WORK,
    Decoding,
    Result,
    available,
)


def decode(names: list[str], pieces: list[bytes], limit: int = 1000, transfer: Sequence[str] = ()) -> bytes:
    """Decodes pieces to the end."""
    decoding = Decoding(names, transfer)
    body = b"".join([feed(decoding, piece, limit) for piece in pieces])
    decoding.end()
    return body


def feed(decoding: Decoding, piece: bytes, limit: int = 65536) -> bytes:
    """Decodes a piece, in as many calls as that takes."""
    decoding.feed(piece)
    body = bytearray()
    while True:
        decoding.renew(limit)
        while out := decoding.read(limit):
            assert len(out) <= limit
            body += out
        if decoding.hungry:
            return bytes(body)


@pytest.mark.parametrize("name", HERE)
@given(
    data=st.binary(max_size=3000), cuts=st.lists(st.integers(0, 3000), max_size=6), limit=st.integers(1, 5000)
)
@settings(max_examples=40)
def test_any_body_in_any_split(name: str, data: bytes, cuts: list[int], limit: int) -> None:
    coded = ENCODERS[name](data * 3)
    edges = [0, *sorted(min(cut, len(coded)) for cut in cuts), len(coded)]
    assert decode([name], [coded[a:b] for a, b in itertools.pairwise(edges) if a < b], limit) == data * 3


@pytest.mark.parametrize("name", HERE)
def test_no_read_gives_more_than_was_asked_for(name: str) -> None:
    decoding = Decoding([name])
    decoding.feed(ENCODERS[name](bytes(5_000) + bytes(range(256)) * 3000))
    sizes = [len(decoding.read(700)) for _ in range(20)]
    assert max(sizes) == 700
    assert not decoding.hungry


@pytest.mark.parametrize("name", HERE)
def test_a_coding_cut_short(name: str) -> None:
    coded = ENCODERS[name](b"hello" * 100)
    for end in range(1, len(coded)):
        with pytest.raises(RemoteProtocolError, match=f"the body's {name} coding is cut short"):
            decode([name], [coded[:end]])


@pytest.mark.parametrize("name", HERE)
def test_no_bytes_are_no_body(name: str) -> None:
    assert decode([name], []) == b""


@pytest.mark.parametrize("name", HERE)
def test_malformed(name: str) -> None:
    with pytest.raises(RemoteProtocolError, match=f"malformed {name} coding: "):
        decode([name], [b"\xff\xff\xff\xff this is not compressed at all" * 3])


def test_members_of_gzip() -> None:
    coded = gzip.compress(b"one ") + gzip.compress(b"") + gzip.compress(b"two")
    for size in (1, 7, 1000):
        pieces = [coded[start : start + size] for start in range(0, len(coded), size)]
        assert decode(["gzip"], pieces) == b"one two"
        assert decode(["gzip"], [*pieces, bytes(5), bytes(5)]) == b"one two"  # padded, as tapes are
    assert decode(["gzip"], [coded + bytes(5) + coded]) == b"one two" * 2
    with pytest.raises(RemoteProtocolError, match="malformed gzip coding"):  # what begins as one must be one
        decode(["gzip"], [coded + b"\x1f\x8b\x08junk"])


JUNK = [b"x", b"\r\n", b"\0" * 9, b"\x1fx", b"\x1f\x8bx", b"\x28\xb5x", b"-- end of body"]
LONG_JUNK = [
    *(junk * 5000 for junk in JUNK),
    b"x" + gzip.compress(b"no more"),
    b"x" + zlib.compress(b"no more"),
]
TRAILING = [
    *((name, junk) for name in HERE for junk in JUNK),
    *((name, junk) for name in HERE if name != "br" for junk in LONG_JUNK),
]


@pytest.mark.parametrize(("name", "junk"), TRAILING, ids=lambda value: f"{value[:20]!a}")
@pytest.mark.parametrize("size", [1, 3, 7, PIECE + 1, 1 << 20])
def test_bytes_behind_the_end_are_ignored(name: str, junk: bytes, size: int) -> None:
    """Servers put line ends, padding and warnings there. Of br, whose package hides its end, 16 bytes are."""
    body = b"hello" * 100
    for encode in (ENCODERS[name], bare) if name == "deflate" else (ENCODERS[name],):
        coded = encode(body) + junk
        assert decode([name], [coded[at : at + size] for at in range(0, len(coded), size)]) == body
        outer = gzip.compress(coded)
        assert decode([name, "gzip"], [outer[at : at + size] for at in range(0, len(outer), size)]) == body


def test_a_checksum_that_is_wrong() -> None:
    coded = bytearray(gzip.compress(b"hello"))
    coded[-8] ^= 1
    with pytest.raises(RemoteProtocolError, match=r"malformed gzip coding: .*incorrect data check"):
        decode(["gzip"], [bytes(coded)])


def test_deflate_of_either_kind() -> None:
    for coded in (zlib.compress(b"hello"), bare(b"hello")):
        assert decode(["deflate"], [coded]) == b"hello"
        assert decode(["deflate"], [coded[index : index + 1] for index in range(len(coded))]) == b"hello"


SKIPPABLE = b"\x5e\x2a\x4d\x18\x03\0\0\0abc"


def test_frames_of_zstd() -> None:
    encode = ENCODERS["zstd"]
    coded = SKIPPABLE + encode(b"one ") + SKIPPABLE * 2 + encode(b"two") + encode(b"") + encode(b" three")
    for size in (1, 7, 1000):
        pieces = [coded[start : start + size] for start in range(0, len(coded), size)]
        assert decode(["zstd"], pieces) == b"one two three"


@pytest.mark.parametrize(
    ("name", "begin"),
    [("gzip", gzip.compress(b"")), ("zstd", SKIPPABLE), ("zstd", ENCODERS["zstd"](b""))],
    ids=["gzip", "zstd skippable", "zstd"],
)
def test_a_further_member_cut_short(name: str, begin: bytes) -> None:
    first = ENCODERS[name](b"hello")
    for end in range(1, len(begin)):
        with pytest.raises(RemoteProtocolError, match=f"the body's {name} coding is cut short"):
            decode([name], [first + begin[:end]])


def test_the_window_of_br() -> None:
    """16 MiB, and no more (RFC 7932 section 9.1)."""
    with pytest.raises(RemoteProtocolError, match="malformed br coding"):
        decode(["br"], [b"\x11" + ENCODERS["br"](b"hello")])  # 0010001: a "large window"


@pytest.mark.parametrize("count", [500, 2400, 2500, 9000])
@pytest.mark.parametrize("limit", [1000, 65536])
@pytest.mark.parametrize("stack", [["br"], ["br", "gzip"], ["gzip", "br"], ["br", "br"], ["zstd", "br"]])
def test_br_gives_all_that_it_holds(stack: list[str], count: int, limit: int) -> None:
    """Its decoder says that it takes more while it holds back what it decoded: 133 KB of JSON and more."""
    body = records(count)
    coded = body
    for name in stack:
        coded = ENCODERS[name](coded)
    assert decode(stack, [coded], limit) == body


@pytest.mark.parametrize(("exponent", "fits"), [(23, True), (24, False)])
def test_the_window_of_zstd(exponent: int, fits: bool) -> None:
    """8 MiB, and no more (RFC 9659): the frame's header tells how much memory it takes."""
    frame = bytes.fromhex("28b52ffd 00") + bytes([exponent - 10 << 3]) + bytes.fromhex("290000") + b"hello"
    if fits:
        assert decode(["zstd"], [frame]) == b"hello"
    else:
        with pytest.raises(RemoteProtocolError, match="malformed zstd coding: "):
            decode(["zstd"], [frame])


def test_several_are_undone_from_the_last() -> None:
    coded = zlib.compress(gzip.compress(b"hello"))
    assert decode(["gzip", "identity", "deflate"], [coded[:9], coded[9:]], 2) == b"hello"
    assert decode(["x-gzip"], [gzip.compress(b"hello")]) == b"hello"


CHUNKS = b"2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nX: y\r\n\r\n"


@given(cuts=st.lists(st.integers(0, 60), max_size=5), limit=st.integers(1, 10))
def test_chunked_below_another_transfer_coding(cuts: list[int], limit: int) -> None:
    """RFC 9112 section 6.3, rule 4: it does not end the message there, but it is undone."""
    for coded, transfer in ((CHUNKS, ["chunked", "identity"]), (gzip.compress(CHUNKS), ["chunked", "gzip"])):
        edges = [0, *sorted(min(cut, len(coded)) for cut in cuts), len(coded)]
        pieces = [coded[a:b] for a, b in itertools.pairwise(edges) if a < b]
        assert decode([], pieces, limit, transfer) == b"hello"


def test_chunked_below_another_transfer_coding_that_is_faulty() -> None:
    with pytest.raises(RemoteProtocolError, match="the body's chunked coding is cut short"):
        decode([], [gzip.compress(CHUNKS[:-1])], transfer=["chunked", "gzip"])
    decoding = Decoding([], ["chunked", "identity"])
    decoding.feed(b"2\r\nhe\r\nllo")
    assert decoding.read(100) == b"he"  # what came before the fault
    assert not decoding.hungry
    with pytest.raises(RemoteProtocolError, match=r"^malformed chunked coding: b'llo' is not a chunk size$"):
        decoding.read(100)


def test_chunked_is_no_coding_of_contents() -> None:
    with pytest.raises(RemoteProtocolError, match="the coding 'chunked' is unknown"):
        Decoding(["chunked"])


def test_unknown_and_too_many() -> None:
    with pytest.raises(
        RemoteProtocolError, match="the coding 'compress' is unknown; known are gzip, deflate"
    ):
        Decoding(["compress"])
    with pytest.raises(RemoteProtocolError, match="the body has 6 codings, over the limit of 5"):
        Decoding(["gzip"] * 6)
    coded = b"hello"
    for _ in range(5):
        coded = gzip.compress(coded)
    assert decode(["gzip"] * 5, [coded]) == b"hello"
    with pytest.raises(RemoteProtocolError, match="the body has 6 codings"):
        Decoding(["gzip"] * 3, ["gzip", "chunked", "gzip"])


def decoded_size(decoding: Decoding, coded: bytes) -> int:
    """The size of what was coded."""
    decoding.feed(coded)
    size = 0
    while not decoding.hungry:
        decoding.renew(65536)
        while out := decoding.read(65536):
            size += len(out)
    return size


class TestBombs:
    def test_the_most_that_deflate_can_do_is_none(self) -> None:
        assert decoded_size(Decoding(["gzip"]), zeros("gzip", 20)) == 20 << 20

    def test_deflate_of_deflate(self) -> None:
        coded = gzip.compress(zeros("gzip", 20))
        with pytest.raises(RemoteProtocolError, match=r"the body is a gzip, gzip bomb: .* became 1100 times"):
            decoded_size(Decoding(["gzip", "gzip"]), coded)

    @pytest.mark.parametrize("name", ["br", "zstd"])
    def test_br_and_zstd_of_little_are_none(self, name: str) -> None:
        coded = zeros(name, 60)
        assert decoded_size(Decoding([name]), coded) == 60 << 20
        assert len(coded) * SPARSE.ratio < 60 << 20

    @pytest.mark.parametrize("name", ["br", "zstd"])
    def test_br_and_zstd_of_much(self, name: str) -> None:
        coded = zeros(name, 70)
        with pytest.raises(RemoteProtocolError, match=f"the body is a {name} bomb: .* became 10000 times"):
            decoded_size(Decoding([name]), coded)

    @pytest.mark.parametrize("stack", [["br"], ["zstd"], ["gzip", "gzip"]])
    def test_a_limit_of_the_reader_replaces_that(self, stack: list[str]) -> None:
        coded = zeros(stack[0], 70)
        for name in stack[1:]:
            coded = ENCODERS[name](coded)
        assert decoded_size(Decoding(stack, limited=True), coded) == 70 << 20

    @pytest.mark.parametrize("outer", HERE)
    @pytest.mark.parametrize("limited", [False, True])
    def test_what_is_decoded_further_counts(self, outer: str, limited: bool) -> None:
        """The reader gets nothing at all, and the peer sent next to nothing."""
        coded = ENCODERS[outer](gzip.compress(b"") * 200_000)
        if outer in {"gzip", "deflate"}:
            coded, stack = gzip.compress(coded), ["gzip", outer, "gzip"]
        else:
            stack = ["gzip", outer]
        with pytest.raises(
            RemoteProtocolError, match=f" bomb: {len(coded)} bytes became {DENSE.ratio} times"
        ):
            decoded_size(Decoding(stack, limited=limited), coded)


class Counted:
    """A stage that counts what it does."""

    def __init__(self, stage: codings._Stage) -> None:
        self.stage = stage
        self.calls = self.taken = self.given = 0

    def decode(self, data: bytes, limit: int) -> bytes | None:
        out = self.stage.decode(data, limit)
        self.calls += 1
        self.taken += len(data)
        self.given += len(out or b"")
        return out

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stage, name)


def counted(stack: list[str]) -> tuple[Decoding, list[Counted]]:
    decoding = Decoding(stack, limited=True)
    stages = [Counted(layer.stage) for layer in decoding._layers]
    for layer, stage in zip(decoding._layers, stages, strict=True):
        layer.stage = stage
        layer.bomb = None  # they are refused soon: what is meant here is the way there
    return decoding, stages


@hostile
def test_one_call_does_a_bounded_amount_of_work(stack: list[str], make: Callable[[int], bytes]) -> None:
    """Whatever it holds. A byte that was given counts an eighth; the last step of a layer may exceed it."""
    decoding, stages = counted(stack)
    decoding.feed(make(65536))
    for calls in itertools.count():
        if decoding.hungry or calls > 500:
            break
        for stage in stages:
            stage.calls = stage.taken = stage.given = 0
        began = time.thread_time()
        decoding.renew(65536)
        size = 0
        while size < 65536 and (out := decoding.read(65536 - size)):
            size += len(out)
        assert time.thread_time() - began < 1
        assert sum(stage.calls for stage in stages) <= WORK // CALL + len(stages)
        assert sum(stage.taken for stage in stages) <= WORK + sum(stage.piece for stage in stages)
        assert sum(stage.given for stage in stages) <= 8 * WORK
        assert max(stage.calls for stage in stages) > 0  # it goes on
    assert calls > 0


@hostile
def test_the_cost_is_linear(stack: list[str], make: Callable[[int], bytes]) -> None:
    def cost(coded: bytes) -> float:
        decoding, _ = counted(stack)
        began = time.thread_time()
        feed(decoding, coded)
        return time.thread_time() - began

    size = 16384 if len(stack) == 1 else 400
    once, twice = make(size), make(2 * size)
    assert any(min(cost(twice) for _ in range(3)) < 3 * min(cost(once) for _ in range(3)) for _ in range(5))


def test_a_call_for_more_than_a_page_may_do_more() -> None:
    decoding = Decoding(["gzip"])
    decoding.feed(gzip.compress(random.Random(1).randbytes(1 << 20)))
    sizes = []
    for room in (65536, 1 << 20, 256):
        decoding.renew(room)
        sizes.append(sum(len(out) for out in iter(lambda: decoding.read(65536), b"")))
    assert WORK // 2 < sizes[0] <= WORK
    assert sizes[1] > 8 * sizes[0]
    assert WORK // 2 < sizes[2] <= WORK  # the least is for coded bytes, of which a small read may need many


def test_chunked_coding_is_work_too() -> None:
    decoding = Decoding(["gzip"])
    decoding.feed(gzip.compress(b"hello"))
    decoding.renew(65536)
    decoding.spend(WORK)
    assert (decoding.read(100), decoding.hungry) == (b"", False)
    decoding.renew(65536)
    assert decoding.read(100) == b"hello"


# ---- br, which no piece bounds


class Aside:
    """Another thread, which does a job when a test wants it."""

    def __init__(self) -> None:
        self.jobs: list[Callable[[], bytes | None]] = []
        self.waited: list[float] = []
        self.works = False

    def start(self, job: Callable[[], bytes | None]) -> Result:
        self.jobs.append(job)

        def result(seconds: float) -> bytes | None:
            self.waited.append(seconds)
            return job() if self.works else None

        return result


class TestAside:
    def test_the_caller_does_not_wait_for_it(self) -> None:
        aside = Aside()
        decoding = Decoding(["br"], start=aside.start)
        decoding.feed(window())
        for _ in range(3):
            decoding.renew(65536)
            assert decoding.read(65536) == b""
            assert not decoding.hungry
            with pytest.raises(RemoteProtocolError, match="cut short"):
                decoding.end()
        assert len(aside.jobs) == 1
        assert aside.waited == [codings.PATIENCE] * 3
        aside.works = True
        size = 0
        while not decoding.hungry:
            decoding.renew(65536)
            size += len(decoding.read(65536))
        assert size == 1 << 24
        decoding.end()

    def test_below_and_above_others(self) -> None:
        body = records(2400)
        coded = gzip.compress(ENCODERS["br"](zlib.compress(body)))
        aside = Aside()
        decoding = Decoding(["deflate", "br", "gzip"], start=aside.start)
        decoding.feed(coded)
        got = b""
        while not decoding.hungry:
            aside.works = not aside.works
            decoding.renew(65536)
            while out := decoding.read(1000):
                got += out
        decoding.end()
        assert got == body

    def test_what_is_malformed(self) -> None:
        aside = Aside()
        decoding = Decoding(["br"], start=aside.start)
        decoding.feed(b"\xff" * 9)
        assert decoding.read(9) == b""
        aside.works = True
        decoding.renew(9)
        with pytest.raises(RemoteProtocolError, match="malformed br coding"):
            decoding.read(9)

    @pytest.mark.parametrize("name", ["gzip", "deflate", "zstd"])
    def test_others_need_none(self, name: str) -> None:
        aside = Aside()
        decoding = Decoding([name], start=aside.start)
        decoding.feed(ENCODERS[name](b"hello"))
        assert decoding.read(9) == b"hello"
        assert not aside.jobs


def padded(data: bytes, size: int) -> bytes:
    """gzip of a certain size: a file's name in its header fills it."""
    coded = gzip.compress(data)
    assert coded[3] == 0
    return coded[:3] + b"\x08" + coded[4:10] + b"x" * (size - len(coded) - 1) + b"\0" + coded[10:]


@pytest.mark.parametrize(("coded", "most"), [(1000, 1_100_000), (500, 1_048_576)])
def test_where_a_bomb_begins(coded: int, most: int) -> None:
    """At 1100 times the coded body, but for the first MiB."""
    for size in (most, most + 1):
        twice = padded(gzip.compress(bytes(size)), coded)
        assert len(twice) == coded
        if size == most:
            assert len(decode(["gzip", "gzip"], [twice], 1 << 24)) == size
        else:
            with pytest.raises(RemoteProtocolError, match=f" bomb: {coded} bytes became 1100 times as many"):
                decode(["gzip", "gzip"], [twice], 1 << 24)


def test_what_is_not_installed_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(codings, "import_module", missing)
    available.cache_clear()
    try:
        assert list(available()) == ["gzip", "deflate"]
        with pytest.raises(RemoteProtocolError, match="the coding 'br' is unknown"):
            Decoding(["br"])
    finally:
        available.cache_clear()


def test_libraries_are_imported_when_they_are_needed() -> None:
    program = (
        "import sys, pythonscript_http\n"
        "pythonscript_http.HTTPClient()\n"
        "assert not {'brotli', 'backports.zstd', 'compression.zstd', 'idna'} & set(sys.modules)\n"
    )
    assert run(program) == ""
