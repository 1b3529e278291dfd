"""What a certificate says (RFC 5280), as far as texts and pins need it; OpenSSL is who decides on trust.

Python's `ssl` reads certificates only after a handshake that succeeded, and the reason why one failed is in
the certificate.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Final, NamedTuple

_SUBJECT_ALT_NAME: Final = bytes.fromhex("551d11")
_COMMON_NAME: Final = bytes.fromhex("550403")
_ORGANISATION: Final = bytes.fromhex("55040a")
_UTC_TIME: Final = 0x17
_TIME: Final = re.compile(r"[0-9]{14}Z")
_BMP_STRING: Final = 0x1E
_VERSION: Final = 0xA0
_EXTENSIONS: Final = 0xA3
_SEQUENCE: Final = 0x30
_BEFORE_KEY: Final = (0x02, _SEQUENCE, _SEQUENCE, _SEQUENCE, _SEQUENCE)
"""Tags of serial number, signature algorithm, issuer, validity, subject."""
_LONG_TAG: Final = 0x1F
_DNS: Final = 0x82
_IP: Final = 0x87


class Certificate(NamedTuple):
    """A certificate's content. Its texts are the peer's: escape them before they are shown."""

    subject: str
    issuer: str
    self_issued: bool
    """Subject and issuer are one."""
    not_before: datetime
    not_after: datetime
    names: tuple[str, ...]
    """DNS names and addresses of the subject alternative name."""


class _Item(NamedTuple):
    tag: int
    content: bytes
    whole: bytes


def parse_certificate(der: bytes) -> Certificate:
    """Reads a certificate.

    Raises:
        ValueError: it is malformed.
    """
    fields = [*_items(_first(_first(der).content).content)]
    if fields and fields[0].tag == _VERSION:
        del fields[0]
    if len(fields) < 6:
        raise ValueError("the certificate lacks fields")
    _serial, _algorithm, issuer, validity, subject, _key, *rest = fields
    begin, end = _items(validity.content)
    return Certificate(
        _name(subject.content),
        _name(issuer.content),
        subject.content == issuer.content,
        _time(begin),
        _time(end),
        tuple(_alternative_names(rest)),
    )


def public_key(der: bytes) -> bytes:
    """Takes SubjectPublicKeyInfo out of a certificate, of which nothing else need be known.

    A certificate that could be read in two ways is not read at all: OpenSSL might take another key out of it.

    Raises:
        ValueError: it is malformed, or not in DER.
    """
    fields = [*_items(_first(_first(der).content).content)]
    if fields and fields[0].tag == _VERSION:
        del fields[0]
    if [field.tag for field in fields[: len(_BEFORE_KEY) + 1]] != [*_BEFORE_KEY, _SEQUENCE]:
        raise ValueError("the certificate lacks fields")
    return fields[len(_BEFORE_KEY)].whole


def parse_message(message: bytes, *, is_1_3: bool) -> list[bytes]:
    """Takes the certificates, the peer's own first, out of a handshake message Certificate.

    Raises:
        ValueError: it is malformed.

    Source: RFC 8446 section 4.4.2; RFC 5246 section 7.4.2.
    """
    start = 4 + (1 + message[4] if is_1_3 else 0) + 3  # its header, request context, length of the list
    found = []
    while start < len(message):
        size = int.from_bytes(message[start : start + 3])
        start += 3
        if not size or start + size > len(message):
            raise ValueError("the message is cut short")
        found.append(message[start : start + size])
        start += size
        if is_1_3:
            start += 2 + int.from_bytes(message[start : start + 2])
    return found


def _items(data: bytes) -> Iterator[_Item]:
    """Parts a sequence in DER, and takes no other form of BER (X.690 section 10.1): its parts end where any
    reader must see their ends."""
    start = 0
    while start < len(data):
        if start + 2 > len(data):
            raise ValueError("an item is cut short")
        size, begin = data[start + 1], start + 2
        if size >= 0x80:
            begin += size & 0x7F
            digits = data[start + 2 : begin]
            size = int.from_bytes(digits)
            if size < 0x80 or digits[0] == 0:  # of indefinite length, or of one that takes less
                raise ValueError("an item is not in DER")
        if data[start] == 0 or data[start] & _LONG_TAG == _LONG_TAG:
            raise ValueError("an item is not in DER")
        end = begin + size
        if end > len(data):
            raise ValueError("an item is cut short")
        yield _Item(data[start], data[begin:end], data[start:end])
        start = end


def _first(data: bytes) -> _Item:
    for item in _items(data):
        return item
    raise ValueError("an item is missing")


def _name(data: bytes) -> str:
    """The common name, or else the organisation, or else nothing."""
    known: dict[bytes, str] = {}
    for part in _items(data):
        for attribute in _items(part.content):
            kind, value = _items(attribute.content)
            encoding = "utf-16-be" if value.tag == _BMP_STRING else "utf-8"
            known[kind.content] = value.content.decode(encoding, "replace")
    return known.get(_COMMON_NAME) or known.get(_ORGANISATION) or ""


def _time(item: _Item) -> datetime:
    text = item.content.decode("ascii")
    if item.tag == _UTC_TIME:  # RFC 5280 section 4.1.2.5.1: years from 1950 to 2049
        text = ("19" if text >= "5" else "20") + text
    if not _TIME.fullmatch(text):  # by hand: `strptime` imports for 4 ms, when a game's first answer comes
        raise ValueError("a time is malformed")
    month, day, hour, minute, second = (int(text[at : at + 2]) for at in range(4, 14, 2))
    return datetime(int(text[:4]), month, day, hour, minute, second, tzinfo=UTC)


def _alternative_names(fields: list[_Item]) -> Iterator[str]:
    for field in fields:
        if field.tag != _EXTENSIONS:
            continue
        for extension in _items(_first(field.content).content):
            kind, *_, value = _items(extension.content)
            if kind.content == _SUBJECT_ALT_NAME:
                for name in _items(_first(value.content).content):
                    if name.tag == _DNS:
                        yield name.content.decode("latin-1")
                    elif name.tag == _IP:
                        yield str(ip_address(name.content))
