"""How large an image is, by its header alone: a few bytes can claim more pixels than there is memory."""

import struct
from collections.abc import Callable
from typing import Final

MOST_PIXELS: Final = 16 << 20
"""Of an image that is shown: 64 MiB of memory."""
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""Markers of a JPEG (ITU T.81, table B.1) behind which its size is."""


def size_of(kind: str, data: bytes) -> tuple[int, int] | None:
    """The width and the height of an image; None: it is none that can be shown, or has no pixels.

    Args:
        kind: as `pretty.kind_of` tells it.
    """
    try:
        width, height = _SIZES[kind](data)
    except (KeyError, ValueError, IndexError, struct.error):
        return None
    return (width, height) if width > 0 and height > 0 else None


def _png(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from(">4x4s2I", data, 8)[1:] if data[12:16] == b"IHDR" else (0, 0)
    return width, height


def _bmp(data: bytes) -> tuple[int, int]:
    (header,) = struct.unpack_from("<I", data, 14)
    width, height = struct.unpack_from("<2H" if header == 12 else "<2i", data, 18)
    return width, abs(height)


def _webp(data: bytes) -> tuple[int, int]:
    match data[12:16]:
        case b"VP8X":
            low, mid, high, low_, mid_, high_ = struct.unpack_from("<6B", data, 24)
            return 1 + (low | mid << 8 | high << 16), 1 + (low_ | mid_ << 8 | high_ << 16)
        case b"VP8L":
            (bits,) = struct.unpack_from("<I", data, 21)
            return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
        case b"VP8 ":
            width, height = struct.unpack_from("<2H", data, 26)
            return width & 0x3FFF, height & 0x3FFF
    raise ValueError("no chunk of an image")


def _jpg(data: bytes) -> tuple[int, int]:
    at = 2
    while data[at] == 0xFF:
        marker = data[at + 1]
        if marker in _FRAMES:
            height, width = struct.unpack_from(">2H", data, at + 5)
            return width, height
        at += 1 if marker == 0xFF else 2 + max(2, int.from_bytes(data[at + 2 : at + 4]))
    raise ValueError("no frame")


_SIZES: Final[dict[str, Callable[[bytes], tuple[int, int]]]] = {
    "png": _png,
    "bmp": _bmp,
    "webp": _webp,
    "jpg": _jpg,
}
