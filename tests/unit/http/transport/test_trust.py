"""Contexts: what they have, whom they trust, and which sessions they keep."""

import ssl
import time
from pathlib import Path
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.loopback.certificates import Authority
from tests.loopback.clock import Clock
from tests.loopback.tls_server import TlsServer, speak
from tests.unit.http.driving import poll
from tests.unit.programs import run

from pythonscript_http import HTTPClient, Status
from pythonscript_http.exceptions import LocalError, UnavailableError
from pythonscript_http.transport.late import context_for
from pythonscript_http.transport.policy import Roots, TlsPolicy
from pythonscript_http.transport.trust import TlsContext

ROOT = Authority()
CLIENT, OTHER = ROOT.issue(common_name="client"), ROOT.issue(common_name="other")
WRONG = "-----BEGIN {0}-----\nMAA=\n-----END {0}-----"
"""A sequence, whole and empty."""
RSA = ROOT.issue(common_name="other", key=rsa.generate_private_key(65537, 2048))


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"key_log": "/nowhere/keys"}, "can't be logged to '/nowhere/keys': No such file or directory"),
        ({"roots": WRONG.format("CERTIFICATE")}, "the trusted roots can't be read: "),
        ({"revocation_lists": (WRONG.format("X509 CRL"),)}, "the revocation lists can't be read: "),
        ({"certificate": WRONG.format("CERTIFICATE"), "key": CLIENT.key_pem}, "can't be used: "),
        ({"certificate": CLIENT.pem, "key": OTHER.key_pem}, "can't be used: key values mismatch"),
        ({"certificate": CLIENT.pem, "key": RSA.key_pem}, "can't be used: key values mismatch"),
    ],
)
def test_what_openssl_alone_can_judge(fields: dict[str, Any], text: str) -> None:
    with pytest.raises(LocalError) as caught:
        TlsContext(TlsPolicy(**fields))
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
    names = [cipher["name"] for cipher in made.get_ciphers()]
    assert all(name.startswith(("TLS_", "ECDHE-")) for name in names)
    assert not [name for name in names if name.endswith(("-SHA", "CCM", "CCM8"))]
    assert made.options & ssl.OP_NO_RENEGOTIATION
    assert made.options & ssl.OP_NO_COMPRESSION
    assert made.options & ssl.OP_NO_TICKET
    assert not made.options & getattr(ssl, "OP_IGNORE_UNEXPECTED_EOF", 0x80)
    assert not made.hostname_checks_common_name


SYSTEM = """
openssl_conf = begin
[begin]
ssl_conf = ssl
[ssl]
system_default = lax
[lax]
MinProtocol = TLSv1
MaxProtocol = TLSv1.2
CipherString = ALL:@SECLEVEL=0
Options = UnsafeLegacyServerConnect, UnsafeLegacyRenegotiation, Compression
"""
PROGRAM = """
import ssl
from pythonscript_http.transport.late import context_for
from pythonscript_http.transport.policy import TlsPolicy
made, lax = context_for(TlsPolicy()).ssl, ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
assert lax.options & 4, "OpenSSL has not read its settings"
assert not made.options & 4, "it speaks to servers open to renegotiation attacks (RFC 5746)"
assert made.options & ssl.OP_NO_COMPRESSION
assert made.options & ssl.OP_NO_RENEGOTIATION
assert (made.minimum_version, made.maximum_version) == (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
assert made.security_level == 2
assert all(cipher["name"].startswith(("TLS_", "ECDHE-")) for cipher in made.get_ciphers())
"""


def test_terms_that_a_system_can_not_make_lax(tmp_path: Path) -> None:
    settings = tmp_path / "openssl.cnf"
    settings.write_text(SYSTEM)
    assert run(PROGRAM, OPENSSL_CONF=str(settings)) == ""


# ---- sessions


class Session:
    """What is known of one."""

    def __init__(self, begun: float, timeout: float) -> None:
        self.time, self.timeout = begun, timeout


def session(begun: float, timeout: float = 7200.0) -> ssl.SSLSession:
    return cast("ssl.SSLSession", Session(begun, timeout))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock(1000.0)
    monkeypatch.setattr(time, "time", clock)
    return clock


def kept(context: TlsContext, name: str = "h", port: int = 443) -> bool:
    return context.take_session(name, port)[0] is not None


def test_a_session_is_handed_out_once() -> None:
    context = TlsContext(TlsPolicy(roots=ROOT.pem))
    one = session(time.time())
    context.keep_session("h", 443, one, time.time() + 100)
    assert context.take_session("h", 443)[0] is one
    assert context.take_session("h", 443) == (None, 0.0)


def test_a_session_is_of_one_host_and_port() -> None:
    context = TlsContext(TlsPolicy(roots=ROOT.pem))
    context.keep_session("h", 443, session(time.time()), time.time() + 100)
    assert [kept(context, "h", 444), kept(context, "i", 443), kept(context)] == [False, False, True]


@pytest.mark.parametrize(
    ("until", "timeout", "end"), [(1100.0, 7200.0, 1100.0), (5000.0, 300.0, 1300.0)], ids=["ours", "its own"]
)
def test_a_session_ends(clock: Clock, until: float, timeout: float, end: float) -> None:
    """By what the peer said of it, or by when the certificates are to be verified anew."""
    context = TlsContext(TlsPolicy(roots=ROOT.pem))
    for now, there in ((end - 0.5, True), (end, False), (end + 1, False)):
        clock.now = 1000.0
        context.keep_session("h", 443, session(1000.0, timeout), until)
        clock.now = now
        assert kept(context) is there


def test_the_oldest_session_gives_way() -> None:
    context = TlsContext(TlsPolicy(roots=ROOT.pem))
    until = time.time() + 100
    for port in range(256):
        context.keep_session("h", port, session(time.time()), until)
    context.keep_session("h", 0, session(time.time()), until)  # no more of them, and the youngest now
    assert len(context._sessions) == 256
    context.keep_session("h", 256, session(time.time()), until)
    assert len(context._sessions) == 256
    assert [kept(context, "h", port) for port in (0, 1, 2, 256)] == [True, False, True, True]


def test_no_session_is_kept_past_revocation_lists() -> None:
    context = TlsContext(TlsPolicy(roots=ROOT.pem, revocation_lists=(ROOT.revoke(),)))
    context.keep_session("h", 443, session(time.time()), time.time() + 100)
    assert not kept(context)


@pytest.mark.parametrize("logs", [True, False])
def test_keys_of_connections_are_logged_only_if_told_to(
    logs: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "keys"
    monkeypatch.setenv("SSLKEYLOGFILE", str(file))
    client, policy = HTTPClient(), TlsPolicy(roots=ROOT.pem, key_log=str(file) if logs else "")
    with TlsServer(ROOT.issue("127.0.0.1"), speak(b"")) as server:
        client.connect_to_host("https://127.0.0.1", server.port, policy)
        poll(client)
        assert client.get_status() is Status.STATUS_CONNECTED
        client.close()
    assert (file.exists() and "CLIENT_TRAFFIC_SECRET_0" in file.read_text()) is logs


# ---- roots that need not be given

SYSTEM_ROOT = Authority("System Root")


@pytest.fixture
def system_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that has the system's roots, where OpenSSL looks for them."""
    file = tmp_path / "system.crt"
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "absent"))
    return file


def roots_of(policy: TlsPolicy) -> tuple[bool, bool]:
    """Whether the roots of a policy are Mozilla's, and the system's."""
    ders = TlsContext(policy).ssl.get_ca_certs(binary_form=True)
    system = ssl.PEM_cert_to_DER_cert(SYSTEM_ROOT.pem)
    return len(ders) > 50, system in ders


@pytest.mark.parametrize(
    ("roots", "found"),
    [(Roots.BOTH, (True, True)), (Roots.CERTIFI, (True, False)), (Roots.SYSTEM, (False, True))],
)
def test_mozillas_roots_and_the_systems(system_file: Path, roots: Roots, found: tuple[bool, bool]) -> None:
    system_file.write_text(SYSTEM_ROOT.pem)
    assert roots_of(TlsPolicy(roots=roots)) == found
    assert TlsPolicy().roots is Roots.BOTH


def test_a_system_without_roots(system_file: Path) -> None:
    assert not system_file.exists()
    assert roots_of(TlsPolicy()) == (True, False)
    with pytest.raises(UnavailableError, match="the system has no trusted roots where OpenSSL looks"):
        roots_of(TlsPolicy(roots=Roots.SYSTEM))


@pytest.mark.parametrize("roots", [Roots.BOTH, Roots.SYSTEM])
def test_the_systems_roots_as_another_knows_them(monkeypatch: pytest.MonkeyPatch, roots: Roots) -> None:
    """One that is damaged keeps nobody from the others."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    damaged = CLIENT.pem.replace("MII", "MMM", 1)
    known = f"# Wurzeln für alle\n{damaged}{SYSTEM_ROOT.pem}{OTHER.pem}"
    policy = TlsPolicy(roots=roots, system_roots=lambda: known)
    assert roots_of(policy) == (roots is Roots.BOTH, True)
    assert roots_of(TlsPolicy(roots=Roots.CERTIFI, system_roots=lambda: known)) == (True, False)
    with monkeypatch.context() as environment:
        environment.setenv("SSL_CERT_FILE", "/absent")
        environment.setenv("SSL_CERT_DIR", "/absent")
        assert roots_of(TlsPolicy(system_roots=lambda: known)) == (True, False)
