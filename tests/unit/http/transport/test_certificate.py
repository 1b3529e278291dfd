"""Certificates, against what another library says of them; and cut ones."""

import contextlib
import itertools
import ssl
from datetime import UTC, datetime
from ipaddress import ip_address

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st
from tests.loopback.certificates import DAY, NOW, Authority, der_item

from pythonscript_http.transport import certificate
from pythonscript_http.transport.certificate import parse_certificate, parse_message, public_key

ROOT = Authority("Wurzel für Prüfungen")
LEAF = ROOT.issue("a.example", "*.b.example", "192.0.2.1", "2001:db8::1", end=NOW + 20000 * DAY)
DER = ssl.PEM_cert_to_DER_cert(LEAF.pem)


def test_what_is_read() -> None:
    """Years after 2049 have another form."""
    read = parse_certificate(DER)
    other = x509.load_der_x509_certificate(DER)
    names = other.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = [str(ip_address(str(one))) for one in names.get_values_for_type(x509.IPAddress)]
    assert (read.subject, read.issuer, read.self_issued) == ("server", "Wurzel für Prüfungen", False)
    assert read.not_before == other.not_valid_before_utc
    assert read.not_after == other.not_valid_after_utc
    assert list(read.names) == names.get_values_for_type(x509.DNSName) + addresses
    assert parse_certificate(ssl.PEM_cert_to_DER_cert(ROOT.pem)).self_issued


@pytest.mark.parametrize("size", range(0, len(DER), 7))
def test_a_cut_certificate(size: int) -> None:
    with pytest.raises(ValueError, match=r"cut short|missing"):
        parse_certificate(DER[:size])


@pytest.mark.parametrize(
    "der",
    [
        b"\x30\x80\x30\x00\x00\x00",  # of indefinite length
        b"\x30\x81\x02\x30\x00",  # of a length that takes less
        b"\x30\x82\x00\x80" + bytes(128),
        b"\x3f\x10\x02\x30\x00",  # with a tag of two bytes
        b"\x30\x02\x00\x00",  # a mark of the end
    ],
)
def test_forms_that_are_no_der(der: bytes) -> None:
    for read in (parse_certificate, public_key):
        with pytest.raises(ValueError, match=r"not in DER"):
            read(der)


@pytest.mark.parametrize(("year", "text"), [(1950, "50"), (1999, "99"), (2000, "00"), (2049, "49")])
def test_years_of_two_digits(year: int, text: str) -> None:
    """RFC 5280 section 4.1.2.5.1."""
    time = certificate._Item(0x17, f"{text}0102030405Z".encode(), b"")
    assert certificate._time(time) == datetime(year, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "2", "500102030405", "5001020304Z", "50010203040xZ", "501302030405Z"])
def test_times_that_are_none(text: str) -> None:
    with pytest.raises(ValueError, match=r"malformed|month"):
        certificate._time(certificate._Item(0x17, text.encode(), b""))


def test_a_certificate_with_fields_in_another_order() -> None:
    """Who counts fields, and does not look at them, takes another for the key."""
    tbs = certificate._first(certificate._first(DER).content)
    version, *fields = (field.whole for field in certificate._items(tbs.content))
    for at, other in itertools.product(range(6), repeat=2):
        moved = [*fields]
        moved.insert(other, moved.pop(at))
        if moved[0] != fields[0]:
            odd = der_item(0x30, der_item(0x30, version + b"".join(moved)))
            with pytest.raises(ValueError, match="lacks fields"):
                public_key(odd)


def message(*certificates: bytes, extensions: bytes | None = None) -> bytes:
    """A handshake message Certificate; of TLS 1.3 with extensions."""
    tail = b"" if extensions is None else len(extensions).to_bytes(2) + extensions
    body = b"".join(len(one).to_bytes(3) + one + tail for one in certificates)
    head = b"" if extensions is None else b"\0"
    return b"\x0b" + (len(head + body) + 3).to_bytes(3) + head + len(body).to_bytes(3) + body


def test_a_message() -> None:
    other = ssl.PEM_cert_to_DER_cert(ROOT.pem)
    assert parse_message(message(DER, other), is_1_3=False) == [DER, other]
    for extensions in (b"", b"\0\x05\0\x01x"):
        assert parse_message(message(DER, other, extensions=extensions), is_1_3=True) == [DER, other]


def test_a_message_with_a_request_context() -> None:
    """As of a client that is asked later (RFC 8446 section 4.4.2)."""
    plain = message(DER, extensions=b"")
    answer = plain[:4] + b"\3abc" + plain[5:]
    assert parse_message(answer, is_1_3=True) == [DER]


def test_a_cut_message() -> None:
    whole = message(DER)
    with pytest.raises(ValueError, match="cut short"):
        parse_message(whole[:-1], is_1_3=False)


@given(st.binary(max_size=200) | st.tuples(st.integers(0, len(DER) - 1), st.binary(max_size=9)))
def test_anything_is_read_or_refused(data: bytes | tuple[int, bytes]) -> None:
    """Whatever a peer sends: bytes of any kind, or a certificate with some of them put over its own."""
    if isinstance(data, tuple):
        at, other = data
        data = DER[:at] + other + DER[at + len(other) :]
    for read in (parse_certificate, public_key):
        with contextlib.suppress(ValueError):
            read(data)
