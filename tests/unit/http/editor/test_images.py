"""How large images say they are."""

import struct

import pytest

from pythonscript_http.editor.images import size_of
from pythonscript_http.editor.pretty import kind_of

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s2I", 13, b"IHDR", 20000, 3)
RIFF = b"RIFF" + bytes(4) + b"WEBP"
JPEG = (
    b"\xff\xd8\xff\xe0\0\x04ab\xff\xff" + b"\xc4\0\x02" + struct.pack(">2sHB2H", b"\xff\xc2", 9, 8, 3, 20000)
)
IMAGES = {
    "png": PNG,
    "bmp": b"BM" + bytes(12) + struct.pack("<I2i", 40, 20000, -3),
    "jpg": JPEG,
    "webp": RIFF + b"VP8X" + bytes(8) + (19999).to_bytes(3, "little") + (2).to_bytes(3, "little"),
}
SMALL = {
    "bmp": b"BM" + bytes(12) + struct.pack("<I2H", 12, 200, 3),
    "webp": RIFF + b"VP8L" + bytes(5) + struct.pack("<I", 199 | 2 << 14),
    "webp ": RIFF + b"VP8 " + bytes(10) + struct.pack("<2H", 200 | 1 << 14, 3),
}


@pytest.mark.parametrize("kind", IMAGES)
def test_sizes(kind: str) -> None:
    assert kind_of("", IMAGES[kind]) == kind
    assert size_of(kind, IMAGES[kind]) == (20000, 3)


@pytest.mark.parametrize("kind", SMALL)
def test_other_forms(kind: str) -> None:
    assert size_of(kind.strip(), SMALL[kind]) == (200, 3)


@pytest.mark.parametrize("kind", IMAGES)
def test_what_is_cut_off_has_none(kind: str) -> None:
    for size in range(len(IMAGES[kind])):
        assert size_of(kind, IMAGES[kind][:size]) is None


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("text", b"hi"),
        ("png", PNG.replace(b"IHDR", b"IDAT")),
        ("png", PNG[:16] + bytes(8)),
        ("webp", RIFF + b"ALPH" + bytes(20)),
        ("jpg", b"\xff\xd8" + b"\xff\xe0\0\0" * 9 + b"\0" * 9),
    ],
)
def test_what_is_none(kind: str, data: bytes) -> None:
    assert size_of(kind, data) is None


def test_many_segments_take_no_time() -> None:
    assert size_of("jpg", b"\xff\xd8" + b"\xff" * 1_000_000) is None
