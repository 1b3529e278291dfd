"""Certificates, against what another library says of them; and cut ones."""

import contextlib
import ssl
from ipaddress import ip_address

import pytest
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.loopback.certificates import DAY, NOW, Authority

from pythonscript_http.net.certificate import parse_certificate, parse_message, public_key

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
        b"\x30\x80\x30\x00\x00\x00",  # of a length that is not told
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


def test_a_cut_message() -> None:
    body = len(DER).to_bytes(3) + DER
    message = b"\x0b" + (len(body) + 3).to_bytes(3) + len(body).to_bytes(3) + body
    assert parse_message(message, is_1_3=False) == [DER]
    with pytest.raises(ValueError, match="cut short"):
        parse_message(message[:-1], is_1_3=False)


@settings(deadline=None)
@given(st.binary(max_size=200) | st.tuples(st.integers(0, len(DER) - 1), st.binary(max_size=9)))
def test_anything_is_read_or_refused(data: bytes | tuple[int, bytes]) -> None:
    """Whatever a peer sends: bytes of any kind, or a certificate with some of them put over its own."""
    if isinstance(data, tuple):
        at, other = data
        data = DER[:at] + other + DER[at + len(other) :]
    for read in (parse_certificate, public_key):
        with contextlib.suppress(ValueError):
            read(data)
