"""Codings of bodies."""

import gzip
import itertools
import subprocess
import sys
import zlib
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pythonscript_http.core import codings
from pythonscript_http.core.codings import Decoding, available
from pythonscript_http.core.errors import RemoteError


def bare(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda data: import_module("brotli").compress(data),
    "zstd": lambda data: codings._module("compression.zstd", "backports.zstd").compress(data),
}
HERE = sorted(available())


def decode(names: list[str], pieces: list[bytes], limit: int = 1000, transfer: Sequence[str] = ()) -> bytes:
    """Decodes pieces to the end."""
    decoding = Decoding(names, transfer)
    body = b""
    for piece in pieces:
        decoding.feed(piece)
        while out := decoding.read(limit):
            assert len(out) <= limit
            body += out
        assert decoding.hungry
    decoding.end()
    return body


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
        with pytest.raises(RemoteError, match=f"the body's {name} coding is cut short"):
            decode([name], [coded[:end]])


@pytest.mark.parametrize("name", HERE)
def test_no_bytes_are_no_body(name: str) -> None:
    assert decode([name], []) == b""


@pytest.mark.parametrize("name", HERE)
def test_malformed(name: str) -> None:
    with pytest.raises(RemoteError, match=f"malformed {name} coding: "):
        decode([name], [b"\xff\xff\xff\xff this is not compressed at all" * 3])


def test_members_of_gzip() -> None:
    coded = gzip.compress(b"one ") + gzip.compress(b"") + gzip.compress(b"two")
    for size in (1, 7, 1000):
        pieces = [coded[start : start + size] for start in range(0, len(coded), size)]
        assert decode(["gzip"], pieces) == b"one two"
        assert decode(["gzip"], [*pieces, bytes(5), bytes(5)]) == b"one two"  # padded, as tapes are
    with pytest.raises(RemoteError, match="malformed gzip coding"):
        decode(["gzip"], [coded + b"junk"])


def test_a_checksum_that_is_wrong() -> None:
    coded = bytearray(gzip.compress(b"hello"))
    coded[-8] ^= 1
    with pytest.raises(RemoteError, match=r"malformed gzip coding: .*incorrect data check"):
        decode(["gzip"], [bytes(coded)])


def test_deflate_of_either_kind() -> None:
    for coded in (zlib.compress(b"hello"), bare(b"hello")):
        assert decode(["deflate"], [coded]) == b"hello"
        assert decode(["deflate"], [coded[index : index + 1] for index in range(len(coded))]) == b"hello"
        with pytest.raises(RemoteError, match="malformed deflate coding: bytes follow its end"):
            decode(["deflate"], [coded + b"x"])


def test_frames_of_zstd() -> None:
    encode = ENCODERS["zstd"]
    assert decode(["zstd"], [encode(b"one ") + encode(b"two"), encode(b" three")]) == b"one two three"


@pytest.mark.parametrize(("exponent", "fits"), [(23, True), (24, False)])
def test_the_window_of_zstd(exponent: int, fits: bool) -> None:
    """8 MiB, and no more (RFC 9659): the frame's header tells how much memory it takes."""
    frame = bytes.fromhex("28b52ffd 00") + bytes([exponent - 10 << 3]) + bytes.fromhex("290000") + b"hello"
    if fits:
        assert decode(["zstd"], [frame]) == b"hello"
    else:
        with pytest.raises(RemoteError, match="malformed zstd coding: "):
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
    with pytest.raises(RemoteError, match="the body's chunked coding is cut short"):
        decode([], [gzip.compress(CHUNKS[:-1])], transfer=["chunked", "gzip"])
    decoding = Decoding([], ["chunked", "identity"])
    decoding.feed(b"2\r\nhe\r\nllo")
    assert decoding.read(100) == b"he"  # what came before the fault
    assert not decoding.hungry
    with pytest.raises(RemoteError, match=r"^malformed chunked coding: b'llo' is no chunk size$"):
        decoding.read(100)


def test_chunked_is_no_coding_of_contents() -> None:
    with pytest.raises(RemoteError, match="the coding 'chunked' is none of those known here"):
        Decoding(["chunked"])


def test_unknown_and_too_many() -> None:
    with pytest.raises(RemoteError, match="the coding 'compress' is none of those known here: gzip, deflate"):
        Decoding(["compress"])
    with pytest.raises(RemoteError, match="6 codings of one body are over the limit of 5"):
        Decoding(["gzip"] * 6)
    coded = b"hello"
    for _ in range(5):
        coded = gzip.compress(coded)
    assert decode(["gzip"] * 5, [coded]) == b"hello"
    with pytest.raises(RemoteError, match="6 codings of one body"):
        Decoding(["gzip"] * 3, ["gzip", "chunked", "gzip"])


def test_a_bomb() -> None:
    once = gzip.compress(bytes(20_000_000))
    assert len(decode(["gzip"], [once], 65536)) == 20_000_000  # the most that deflate can do is no bomb
    with pytest.raises(RemoteError, match=r"the body's gzip, gzip coding is a bomb: .* became 1100 times"):
        decode(["gzip", "gzip"], [gzip.compress(once)], 65536)


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
            with pytest.raises(RemoteError, match=f"a bomb: {coded} bytes became 1100 times that"):
                decode(["gzip", "gzip"], [twice], 1 << 24)


def test_what_is_not_installed_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> object:
        raise ImportError(name)

    monkeypatch.setattr(codings, "import_module", missing)
    available.cache_clear()
    try:
        assert list(available()) == ["gzip", "deflate"]
        with pytest.raises(RemoteError, match="the coding 'br' is none"):
            Decoding(["br"])
    finally:
        available.cache_clear()


def test_libraries_are_imported_when_they_are_needed() -> None:
    program = (
        "import sys, pythonscript_http\n"
        "pythonscript_http.HTTPClient()\n"
        "assert not {'brotli', 'backports.zstd', 'compression.zstd', 'idna'} & set(sys.modules)\n"
    )
    folder = Path(codings.__file__).parents[2]
    subprocess.run([sys.executable, "-c", program], cwd=folder, check=True, timeout=120)
