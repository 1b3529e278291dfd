"""Policies: what contradicts itself or can't be honoured is refused, by name."""

import ssl
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.loopback.certificates import Authority
from tests.loopback.tls_server import TlsServer, speak
from tests.unit.http.test_tls import secure

from pythonscript_http.core.errors import LocalError
from pythonscript_http.net.trust import Roots, TlsPolicy, context_for

ROOT = Authority()
CLIENT, OTHER = ROOT.issue(common_name="client"), ROOT.issue(common_name="other")
RSA = ROOT.issue(common_name="other", key=rsa.generate_private_key(65537, 2048))


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"minimum": ssl.TLSVersion.TLSv1_1}, "the minimum version TLSv1_1 is none of TLS 1.2 and 1.3"),
        (
            {"minimum": ssl.TLSVersion.TLSv1_3, "maximum": ssl.TLSVersion.TLSv1_2},
            "the minimum version of TLS is above the maximum",
        ),
        ({"certificate": CLIENT.pem}, "there is no key"),
        ({"key": CLIENT.key_pem}, "there is no certificate"),
        ({"unsafe": True, "common_name": "a"}, "so a common name has no use"),
        ({"unsafe": True, "revocation_lists": ("x",)}, "so revocation lists have no use"),
        ({"unsafe": True, "roots": Roots.SYSTEM}, "by the system's roots, so they have no use"),
        ({"alpn": ("h2",)}, "ALPN cannot offer 'h2', which is not spoken here"),
        ({"alpn": ("http/1.1", "")}, "ALPN cannot offer '': a protocol's name has 1 to 255 ASCII"),
        ({"alpn": ("x" * 256,)}, "a protocol's name has 1 to 255 ASCII characters"),
        ({"alpn": ("ü",)}, r"ALPN cannot offer '\xfc': a protocol's name has 1 to 255 ASCII characters"),
        ({"key_log": "/nowhere/keys"}, "can't be logged to '/nowhere/keys': No such file or directory"),
        ({"roots": ""}, "the trusted roots has no PEM block of the kind 'CERTIFICATE'"),
        (
            {"roots": CLIENT.pem + CLIENT.pem.replace(" CERT", " TRUSTED CERT")},
            "a PEM block of the kind 'TRUSTED CERTIFICATE'; wanted is 'CERTIFICATE'",
        ),
        ({"roots": "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----"}, "it is empty or damaged"),
        ({"roots": CLIENT.key_pem}, "a PEM block of the kind 'PRIVATE KEY'; wanted is 'CERTIFICATE'"),
        ({"roots": CLIENT.pem.replace("MII", "MMM")}, "the trusted roots can't be read: "),
        ({"revocation_lists": (CLIENT.pem,)}, "wanted is 'X509 CRL'"),
        ({"revocation_lists": (ROOT.revoke().replace("MI", "AA"),)}, "the revocation lists can't be read: "),
        ({"certificate": CLIENT.pem, "key": OTHER.key_pem}, "can't be used: key values mismatch"),
        ({"certificate": CLIENT.pem, "key": RSA.key_pem}, "can't be used: key values mismatch"),
        ({"certificate": CLIENT.pem, "key": CLIENT.encrypted_key_pem}, "the client's key is encrypted"),
        ({"pins": ("sha256//abc",)}, "the pin 'sha256//abc' is not the base64 form of a SHA-256 digest"),
    ],
)
def test_what_can_not_be_honoured(fields: dict[str, Any], text: str) -> None:
    with pytest.raises(LocalError) as caught:
        context_for(TlsPolicy(**fields))
    assert text in str(caught.value)
    assert "PRIVATE KEY-----" not in str(caught.value)


def test_comments_between_roots() -> None:
    context = context_for(TlsPolicy(roots=f"# Wurzel für Prüfungen\n{ROOT.pem}\nend"))
    assert context.ssl.cert_store_stats()["x509_ca"] == 1


def test_the_systems_roots() -> None:
    assert context_for(TlsPolicy(roots=Roots.SYSTEM)).ssl.verify_mode == ssl.CERT_REQUIRED


def test_terms_that_are_never_left_out() -> None:
    made = context_for(TlsPolicy()).ssl
    assert made.minimum_version == ssl.TLSVersion.TLSv1_2
    assert made.security_level == 2
    assert all(cipher["name"].startswith(("TLS_", "ECDHE-", "DHE-")) for cipher in made.get_ciphers())
    assert made.options & ssl.OP_NO_RENEGOTIATION
    assert made.options & ssl.OP_NO_COMPRESSION
    assert made.options & ssl.OP_NO_TICKET
    assert not made.options & getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0x80)
    assert not made.hostname_checks_common_name


def test_keys_are_not_shown() -> None:
    policy = TlsPolicy(certificate=CLIENT.pem, key=CLIENT.key_pem)
    assert "PRIVATE KEY" not in repr(policy)


@pytest.mark.parametrize("logs", [True, False])
def test_keys_of_connections_are_logged_only_if_told_to(
    logs: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "keys"
    monkeypatch.setenv("SSLKEYLOGFILE", str(file))
    with TlsServer(ROOT.issue("localhost"), speak(b"")) as server:
        secure(server.port, TlsPolicy(roots=ROOT.pem, key_log=str(file) if logs else "")).close()
    assert (file.exists() and "CLIENT_TRAFFIC_SECRET_0" in file.read_text()) is logs
