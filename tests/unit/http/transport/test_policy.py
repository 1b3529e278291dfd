"""Policies: what contradicts itself or can't be honoured is refused, by name, and without OpenSSL."""

import ssl
from typing import Any

import pytest
from tests.loopback.certificates import Authority
from tests.unit.programs import run

from pythonscript_http.exceptions import PolicyError
from pythonscript_http.transport.policy import Roots, TlsPolicy, parse_pin

AUTHORITY = Authority()
CLIENT = AUTHORITY.issue(common_name="client")
TRADITIONAL = "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nAAAA\n-----END EC PRIVATE KEY-----"
EMPTY = "-----BEGIN {0}-----\n-----END {0}-----"
PIN = "nHq8yT4fIRdvkyYwiKrIZNbDZ0gKdWpXNSOYYWYE+iY="

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"minimum": ssl.TLSVersion.TLSv1_1}, "the minimum version TLSv1_1 is neither TLS 1.2 nor TLS 1.3"),
    ({"maximum": 0x0305}, "the maximum version 773 is neither TLS 1.2 nor TLS 1.3"),
    ({"maximum": "1.3"}, "the maximum version 1.3 is neither TLS 1.2 nor TLS 1.3"),
    (
        {"minimum": ssl.TLSVersion.TLSv1_3, "maximum": ssl.TLSVersion.TLSv1_2},
        "the minimum version of TLS is above the maximum",
    ),
    ({"certificate": CLIENT.pem}, "there is no key"),
    ({"key": CLIENT.key_pem}, "there is no certificate"),
    ({"unsafe": True, "common_name": "a"}, "so a common name has no effect"),
    ({"unsafe": True, "revocation_lists": ("x",)}, "so revocation lists have no effect"),
    ({"unsafe": True, "roots": Roots.SYSTEM}, "by the system's roots, so they have no effect"),
    ({"unsafe": True, "roots": Roots.CERTIFI}, "by Mozilla's roots, so they have no effect"),
    ({"alpn": ("h2",)}, "ALPN cannot offer 'h2', which is not spoken here"),
    ({"alpn": ("http/1.1", "")}, "ALPN cannot offer '': a protocol's name has 1 to 255 ASCII"),
    ({"alpn": ("x" * 256,)}, "a protocol's name has 1 to 255 ASCII characters"),
    ({"alpn": ("ü",)}, r"ALPN cannot offer '\xfc': a protocol's name has 1 to 255 ASCII characters"),
    ({"roots": ""}, "the trusted roots has no PEM block of the kind 'CERTIFICATE'"),
    ({"roots": "\0\ud800"}, "the trusted roots has no PEM block of the kind 'CERTIFICATE'"),
    ({"roots": CLIENT.pem[:-40]}, "the trusted roots has no PEM block of the kind 'CERTIFICATE'"),
    (
        {"roots": CLIENT.pem + CLIENT.pem.replace(" CERT", " TRUSTED CERT")},
        "a PEM block of the kind 'TRUSTED CERTIFICATE'; wanted is 'CERTIFICATE'",
    ),
    ({"roots": CLIENT.key_pem}, "a PEM block of the kind 'PRIVATE KEY'; wanted is 'CERTIFICATE'"),
    ({"revocation_lists": (CLIENT.pem,)}, "wanted is 'X509 CRL'"),
    ({"revocation_lists": (AUTHORITY.revoke(), "nothing")}, "has no PEM block of the kind 'X509 CRL'"),
    ({"certificate": CLIENT.pem, "key": CLIENT.pem}, "the client's key has a PEM block of the kind 'CERT"),
    ({"certificate": CLIENT.pem, "key": CLIENT.encrypted_key_pem}, "the client's key is encrypted"),
    ({"certificate": CLIENT.pem, "key": TRADITIONAL}, "the client's key is encrypted"),
    ({"roots": EMPTY.format("CERTIFICATE")}, "the trusted roots can't be read: it is empty or damaged"),
    ({"roots": CLIENT.pem.replace("MII", "MMM")}, "the trusted roots can't be read: it is empty or damaged"),
    ({"revocation_lists": (EMPTY.format("X509 CRL"),)}, "the revocation lists can't be read: it is empty"),
    (
        {"certificate": EMPTY.format("CERTIFICATE"), "key": CLIENT.key_pem},
        "the client's certificate and key can't be used: it is empty or damaged",
    ),
    (
        {"certificate": CLIENT.pem, "key": EMPTY.format("PRIVATE KEY")},
        "the client's certificate and key can't be used: it is empty or damaged",
    ),
    *(
        ({"pins": (pin,)}, f"the pin {pin!a} is not the base64 form of a SHA-256 digest")
        for pin in ("", "sha256//abc", PIN[:-1], PIN + "=", "x" + PIN, "sha1//" + PIN, PIN[:-2] + "==")
    ),
    *(({"pins": (PIN[:-2] + odd,)}, "the pin ") for odd in ("\0=", "ü=", "\ud800=", "-=")),
    ({"pins": (PIN, "x" * 100_000)}, "the pin 'xxx"),
    # of a wrong type
    ({"roots": 5}, "roots is to be a text, not int"),
    ({"common_name": b"a"}, "common_name is to be a text, not bytes"),
    ({"certificate": None}, "certificate is to be a text, not NoneType"),
    ({"key": 1.5}, "key is to be a text, not float"),
    ({"key_log": b"keys"}, "key_log is to be a text, not bytes"),
    ({"pins": PIN}, "pins are to be texts, not str"),
    ({"pins": (PIN, None)}, "one of pins is to be a text, not NoneType"),
    ({"alpn": "http/1.1"}, "alpn are to be texts, not str"),
    ({"alpn": 5}, "alpn are to be texts, not int"),
    ({"revocation_lists": AUTHORITY.revoke()}, "revocation_lists are to be texts, not str"),
    *(
        ({"key_log": path}, f"can't be logged to {path!a}, which no file can be called")
        for path in ("\0", "/tmp/a\0b", "\ud800")
    ),
]


@pytest.mark.parametrize(("fields", "text"), REFUSED)
def test_what_can_not_be_honoured(fields: dict[str, Any], text: str) -> None:
    with pytest.raises(PolicyError) as caught:
        TlsPolicy(**fields)
    assert text in str(caught.value)
    assert "PRIVATE KEY-----" not in str(caught.value)


@pytest.mark.parametrize("prefix", ["", "sha256/", "sha256//"])
def test_pins(prefix: str) -> None:
    assert parse_pin(prefix + PIN).hex().startswith("9c7abcc93e1f21")
    slashes = "/" * 43 + "="
    assert parse_pin(prefix + slashes) == bytes([255] * 32)


def test_equal_policies_are_one() -> None:
    pins, alpn, lists = [PIN], ["a"], [AUTHORITY.revoke()]
    made = [TlsPolicy(roots=AUTHORITY.pem, pins=pins, alpn=alpn, revocation_lists=lists) for _ in range(2)]
    alpn.append("changed")
    assert made[0] == made[1]
    assert len({*made, TlsPolicy(), TlsPolicy(minimum=ssl.TLSVersion.TLSv1_2)}) == 2
    assert made[0] != "another"
    assert TlsPolicy() != TlsPolicy(system_roots=lambda: "")


def test_no_policy_needs_openssl() -> None:
    program = (
        "import sys\nfrom pythonscript_http.transport.policy import TlsPolicy\n"
        f"TlsPolicy(roots={CLIENT.pem!r}, pins=({PIN!r},))\n"
        f"TlsPolicy(certificate={CLIENT.pem!r}, key={CLIENT.key_pem!r})\n"
        "print(sorted({'_ssl', 'ssl', 'certifi', 'dataclasses', 'inspect'} & sys.modules.keys()))"
    )
    assert run(program) == "[]\n"
