"""PEM (RFC 7468): certificates, keys and lists as text. OpenSSL is not needed for it."""

import binascii
from collections.abc import Iterator
from typing import Final, NamedTuple

CERTIFICATE: Final = "CERTIFICATE"
_BEGIN: Final = "-----BEGIN "
_END: Final = "-----END "
_DASHES: Final = "-----"
_WIDTH: Final = 64
_SEQUENCE: Final = 0x30


class Block(NamedTuple):
    """A block of a PEM text."""

    kind: str
    """What is in it, such as `CERTIFICATE`."""
    text: str
    """All of it, from `-----BEGIN` on; in ASCII."""

    def content(self) -> bytes:
        """What is in it, mostly DER; nothing if it is no base64."""
        begin, end = f"{_BEGIN}{self.kind}{_DASHES}", f"{_END}{self.kind}{_DASHES}"
        try:
            return binascii.a2b_base64(self.text.removeprefix(begin).removesuffix(end))
        except ValueError:
            return b""

    def is_whole(self) -> bool:
        """Tells whether it holds a sequence in DER that is not cut short."""
        data = self.content()
        if len(data) < 2 or data[0] != _SEQUENCE:
            return False
        size, begin = data[1], 2
        if size >= 0x80:
            begin += size & 0x7F
            size = int.from_bytes(data[2:begin])
        return len(data) >= begin + size


def blocks(text: str) -> Iterator[Block]:
    """Finds the blocks of a text, without the comments between them. What is cut short is left out."""
    start = 0
    while (end := text.find(_END, start)) >= 0:
        # The last one before that end: one that came earlier has none.
        begin = text.rfind(_BEGIN, start, end)
        start = end + len(_END)
        if begin < 0:
            continue
        kind = text[begin + len(_BEGIN) : end].partition(_DASHES)[0]
        behind = f"{kind}{_DASHES}"
        if text.startswith(behind, start) and text.startswith(behind, begin + len(_BEGIN)):
            start += len(behind)
            block = text[begin:start]
            if kind and block.isascii():
                yield Block(kind, block)


def certificates(text: str) -> list[bytes]:
    """Gives the certificates of a text, in DER; those that are no base64 are left out."""
    return [der for block in blocks(text) if block.kind == CERTIFICATE and (der := block.content())]


def certificate_text(der: bytes) -> str:
    """Writes a certificate."""
    body = binascii.b2a_base64(der, newline=False).decode()
    lines = [body[start : start + _WIDTH] for start in range(0, len(body), _WIDTH)]
    return "\n".join([f"{_BEGIN}{CERTIFICATE}{_DASHES}", *lines, f"{_END}{CERTIFICATE}{_DASHES}", ""])
