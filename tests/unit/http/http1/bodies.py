"""Bodies, what codes them, and codings that cost much or mean nothing."""

import gzip
import json
import random
import zlib
from collections.abc import Callable
from importlib import import_module

import pytest

from pythonscript_http.http1 import codings
from pythonscript_http.http1.codings import (
    available,
)


def bare(data: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(data) + stream.flush()


ENCODERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda data: import_module("brotli").compress(data, quality=5),
    "zstd": lambda data: codings._module("compression.zstd", "backports.zstd").compress(data),
}
HERE = sorted(available())


def records(count: int) -> bytes:
    """A text as games get it."""
    chance = random.Random(count)
    rows = [
        {
            "id": row,
            "name": chance.choice(["knight", "rook", "pawn"]) * chance.randint(1, 5),
            "x": chance.random(),
        }
        for row in range(count)
    ]
    return json.dumps(rows).encode()


def zeros(name: str, megabytes: int) -> bytes:
    """Some MiB of zeros, coded without ever being there."""
    if name == "gzip":
        stream = zlib.compressobj(wbits=31)
        return b"".join([stream.compress(bytes(1 << 20)) for _ in range(megabytes)]) + stream.flush()
    return ENCODERS[name](bytes(megabytes << 20))


def tables() -> bytes:
    """Blocks of bare deflate: 11 bytes each, Huffman tables with nothing behind them."""
    bits, count = 0, 0

    def put(value: int, size: int) -> None:
        nonlocal bits, count
        bits |= value << count
        count += size

    order = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1)
    put(0b100, 3)  # not the last one; with tables of its own
    put(0, 10)  # 257 literals and lengths, 1 distance
    put(len(order) - 4, 4)
    for symbol in order:
        put(int(symbol in {1, 18}), 3)
    for value, size in ((0, 1), (1, 1), (138 - 11, 7), (1, 1), (117 - 11, 7), (0, 1), (0, 1)):
        put(value, size)  # a literal, 255 that do not occur, the block's end, a distance
    put(1, 1)  # the block's end
    return sum(bits << (index * count) for index in range(8)).to_bytes(count, "little")


def repeated(data: bytes, begin: bytes = b"") -> Callable[[int], bytes]:
    return lambda size: begin + data * (size // len(data))


def members_in_members(size: int) -> bytes:
    return gzip.compress(gzip.compress(b"") * (1 << 12)) * (size // 100)


def frames_in_members(size: int) -> bytes:
    return gzip.compress(EMPTY_FRAME * (1 << 12)) * (size // 100)


def deflated(size: int) -> bytes:
    return zlib.compress(members_in_members(size), level=0)


def deflated_zeros(size: int) -> bytes:
    return zlib.compress(bytes(size << 6), wbits=-15)  # no more than a processor's cache holds


EMPTY_FRAME = b"\x28\xb5\x2f\xfd\x20\x00\x01\x00\x00"
HOSTILE: list[tuple[str, list[str], Callable[[int], bytes]]] = [
    ("empty members", ["gzip"], repeated(gzip.compress(b""))),
    ("zeros behind a member", ["gzip"], repeated(b"\0", gzip.compress(b""))),
    ("junk behind a member", ["gzip"], repeated(b"x", gzip.compress(b""))),
    ("stored blocks of nothing", ["deflate"], repeated(b"\0\0\0\xff\xff")),
    ("tables of nothing", ["deflate"], repeated(tables())),
    ("zeros", ["deflate"], deflated_zeros),
    ("junk behind the end", ["deflate"], repeated(b"x", zlib.compress(b""))),
    ("empty frames", ["zstd"], repeated(EMPTY_FRAME)),
    ("skippable frames", ["zstd"], repeated(b"\x50\x2a\x4d\x18\0\0\0\0")),
    ("metadata", ["br"], repeated(b"\x06", b"\x0c")),
    ("members in members", ["gzip", "gzip"], members_in_members),
    ("members in members in members", ["gzip", "gzip", "deflate"], deflated),
    ("frames in members", ["zstd", "gzip"], frames_in_members),
]
hostile = pytest.mark.parametrize(
    ("stack", "make"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE]
)


def window() -> bytes:
    """14 bytes of br that become 16 MiB, all of them in the decoder before it gives the first."""
    bits, count = 0, 0
    for value, size in (
        (0b1111, 4),  # a window of 16 MiB
        (0b100, 3),  # not the last block; its length has 6 digits
        ((1 << 24) - 1, 24),
        (0, 1),
        (0, 3),  # one type of literals, commands, distances each
        (0, 6),
        (0, 2),
        (0, 2),
        *((0b01, 2), (0, 2), (ord("A"), 8)),  # the one literal
        *((0b01, 2), (0, 2), (448 + 7 * 8, 10)),  # the one command: very many literals
        *((0b01, 2), (0, 2), (0, 6)),
        ((1 << 24) - 22594, 24),
        (0b11, 2),  # the last block, empty
    ):
        bits |= value << count
        count += size
    return bits.to_bytes((count + 7) // 8, "little")
