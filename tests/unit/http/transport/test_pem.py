"""Blocks of PEM texts."""

import base64
import ssl

import pytest
from tests.loopback.certificates import Authority

from pythonscript_http.transport.pem import Block, blocks, certificate_text, certificates

PEM = Authority("Wurzel").pem
DER = ssl.PEM_cert_to_DER_cert(PEM)
KEY = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("# nothing", []),
        (KEY, [KEY]),
        (f"für\n{KEY}\nfür {KEY}-----", [KEY, KEY]),
        (f"-----BEGIN X-----\nAAAA\n{KEY}", [KEY]),
        (f"-----END X-----\n{KEY}", [KEY]),
        (KEY.replace("END PRIVATE", "END PUBLIC") + KEY, [KEY]),
        (KEY.replace("AAAA", "ÄÄÄÄ") + KEY, [KEY]),
        (KEY[:-1] + KEY, [KEY]),
        (KEY[:-1], []),
        ("-----BEGIN ----------END -----", []),
        ("-----BEGIN -----END -----", []),
    ],
)
def test_blocks(text: str, found: list[str]) -> None:
    assert list(blocks(text)) == [Block("PRIVATE KEY", block) for block in found]


def test_certificates() -> None:
    broken = PEM.replace("MII", "MI", 1)  # which no padding makes whole
    assert certificates(f"# Für alle\n{PEM}{KEY}{broken}{PEM}") == [DER, DER]


@pytest.mark.parametrize(
    ("content", "whole"),
    [
        (b"", False),
        (b"0", False),
        (b"0\0", True),
        (b"1\0", False),
        (b"0\1", False),
        (b"0\1\0", True),
        (b"0\x81", False),
        (b"0\x81\1", False),
        (b"0\x82\0\1\0", True),
        (DER, True),
        (DER[:-1], False),
        (DER + b"\0", True),
    ],
)
def test_a_block_that_is_cut_short(content: bytes, whole: bool) -> None:
    text = base64.b64encode(content).decode()
    (block,) = blocks(f"-----BEGIN X-----\n{text}\n-----END X-----")
    assert block.content() == content
    assert block.is_whole() is whole


def test_a_certificate_is_written_as_openssl_does() -> None:
    assert certificate_text(DER) == ssl.DER_cert_to_PEM_cert(DER)
    assert certificates(certificate_text(DER)) == [DER]


@pytest.mark.parametrize(
    "part", ["-----BEGIN A-----", "-----END A-----", "-----", "-----BEGIN A-----\n-----END B-----"]
)
def test_a_text_that_is_made_for_it_holds_nobody_up(part: str) -> None:
    """In quadratic time this would take hours."""
    assert list(blocks(part * (4_000_000 // len(part)))) == []
