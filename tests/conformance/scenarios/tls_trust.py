"""Whom to trust: certificates, chains and names (RFC 5280, RFC 9525). The servers are nginx."""

from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from tests.conformance.model import Connect, Scenario, TlsSettings, engine
from tests.loopback.certificates import DAY, NOW, Authority, Identity, self_signed
from tests.loopback.kinds import Kind
from tests.loopback.nginx import Site

from .tls import BUNDLE, GOOD, HOST, MIDDLE, ROOT, STRANGER, asking, greeted, refused

_KIND: Final = Kind.TRUST
_PATH: Final = "RFC 5280 §6.1"
_NAME: Final = "RFC 9525 §6.3"
_ADDRESS: Final = "RFC 9525 §6.4"
_OPTIONS: Final = "Class reference, `TLSOptions`"
_LEAF: Final = MIDDLE.issue("localhost")
_REVOKED: Final = ROOT.issue("localhost")
_UNLAWFUL: Final = Authority("No Authority", ROOT, lawful=False)


def _untrusted(name: str, title: str, identity: Identity, says: str, source: str = _PATH) -> Scenario:
    """A server that presents something that nginx itself would rather not."""
    site = Site(identity, directives=("ssl_ciphers ALL:@SECLEVEL=0",))
    return refused(f"tls/{name}", _KIND, title, source, site, says)


def _named(name: str, certificate: str, wanted: str, *, fits: bool, why: str = "") -> Scenario:
    """A server whose certificate has one name, and who is to be another, or the same."""
    title = f"`{wanted}`, and the certificate has `{certificate}`"
    site, settings = Site(ROOT.issue(certificate)), TlsSettings(roots=ROOT.pem, name=wanted)
    if fits:
        return greeted(f"tls/name-{name}", _KIND, title, _NAME, site, settings=settings, why=why)
    says = f"wanted '{wanted}', found '{certificate}'"
    return refused(f"tls/name-{name}", _KIND, title, _NAME, site, says, settings=settings, why=why)


def _listed(name: str, title: str, identity: Identity, lists: str, says: str = "") -> Scenario:
    """A server, and revocation lists."""
    settings = asking({"revocation_lists": [lists]}, "take revocation lists")
    if says:
        return refused(f"tls/crl-{name}", _KIND, title, "RFC 5280 §6.3", identity, says, settings=settings)
    return greeted(f"tls/crl-{name}", _KIND, title, "RFC 5280 §6.3", identity, settings=settings)


SCENARIOS: Final = (
    greeted("tls/good", _KIND, "A certificate of a trusted root", _PATH, GOOD),
    greeted("tls/intermediate", _KIND, "One of an intermediate, which is sent", _PATH, _LEAF),
    _untrusted(
        "missing-intermediate",
        "One of an intermediate, which is not sent",
        Identity(_LEAF.certificate, _LEAF.key),
        "unknown issuer 'Intermediate'",
    ),
    _untrusted(
        "expired",
        "Expired",
        ROOT.issue("localhost", end=NOW - DAY / 2),
        "its certificate expired on",
    ),
    _untrusted(
        "expired-intermediate",
        "Expired is the intermediate",
        Authority("Old", ROOT, end=NOW - DAY / 2).issue("localhost"),
        "the certificate of its issuer 'Old' expired on",
    ),
    _untrusted(
        "early",
        "Not yet valid",
        ROOT.issue("localhost", begin=NOW + DAY),
        "its certificate is not valid before",
    ),
    _untrusted("self-signed", "Self-signed", self_signed("localhost"), "its certificate is self-signed"),
    _untrusted(
        "stranger",
        "An untrusted root",
        STRANGER.issue("localhost"),
        "unknown issuer 'Stranger'",
    ),
    _untrusted(
        "stranger-sent",
        "An untrusted root, which is sent",
        Identity((made := STRANGER.issue("localhost")).certificate, made.key, (STRANGER.certificate,)),
        "unknown issuer 'Stranger': the root that it sent is not trusted",
    ),
    _untrusted(
        "unlawful",
        "One issued by a server's certificate",
        _UNLAWFUL.issue("localhost"),
        "invalid CA certificate",
        "RFC 5280 §4.2.1.9",
    ),
    _untrusted(
        "purpose",
        "One for clients only",
        ROOT.issue("localhost", purpose=ExtendedKeyUsageOID.CLIENT_AUTH),
        "unsuitable certificate purpose",
        "RFC 5280 §4.2.1.12",
    ),
    _untrusted(
        "weak",
        "A key of RSA with 1024 bits",
        ROOT.issue("localhost", key=rsa.generate_private_key(65537, 1024)),
        "weak key in its certificate",
        "RFC 9325 §4.5",
    ),
    _untrusted(
        "sha1",
        "A signature by SHA-1",
        ROOT.issue_by_sha1("localhost"),
        "weak digest in a signature of its chain",
        "RFC 9325 §4.5",
    ),
    _listed("good", "A revocation list that does not name it", GOOD, ROOT.revoke(_REVOKED)),
    _listed("revoked", "Revoked", _REVOKED, ROOT.revoke(_REVOKED), "a certificate of its chain is revoked"),
    _listed(
        "missing",
        "A revocation list of the root's, but none of its issuer's",
        _LEAF,
        ROOT.revoke(),
        "no revocation list was given for a certificate of its chain",
    ),
    _listed(
        "expired",
        "A revocation list that has expired",
        GOOD,
        ROOT.revoke(end=NOW - DAY),
        "a revocation list has expired",
    ),
    refused(
        "tls/wrong-host",
        _KIND,
        "Another host's",
        _NAME,
        ROOT.issue("a.example", "*.b.example", "192.0.2.1"),
        "wanted 'localhost', found 'a.example', '*.b.example', '192.0.2.1'",
    ),
    refused(
        "tls/common-name",
        _KIND,
        "The name as common name only",
        "RFC 9525 §2",
        ROOT.issue(common_name="localhost"),
        "wanted 'localhost', found no names at all",
        why="names in subject fields are no longer looked at",
    ),
    greeted(
        "tls/ip",
        _KIND,
        "An address, by the address",
        _ADDRESS,
        ROOT.issue("127.0.0.1"),
        host="https://127.0.0.1",
    ),
    refused(
        "tls/ip-other",
        _KIND,
        "An address, by another address",
        _ADDRESS,
        ROOT.issue("127.0.0.2"),
        "wanted '127.0.0.1', found '127.0.0.2'",
        host="https://127.0.0.1",
    ),
    refused(
        "tls/ip-name",
        _KIND,
        "An address, by a name",
        _ADDRESS,
        ROOT.issue("localhost"),
        "wanted '127.0.0.1', found 'localhost'",
        host="https://127.0.0.1",
    ),
    _named("case", "a.example.org", "A.Example.org", fits=True, why="names have no case"),
    _named("wildcard", "*.example.org", "a.example.org", fits=True),
    _named("wildcard-deep", "*.example.org", "a.b.example.org", fits=False, why="it stands for one label"),
    _named("wildcard-none", "*.example.org", "example.org", fits=False, why="it stands for one label"),
    _named("wildcard-part", "a*.example.org", "ab.example.org", fits=False, why="it stands for a label"),
    _named("wildcard-inner", "a.*.example.org", "a.b.example.org", fits=False, why="it comes first"),
    _named("idn", "xn--bcher-kva.example", "xn--bcher-kva.example", fits=True),
    greeted(
        "tls/sni",
        _KIND,
        "The server gets the name",
        "RFC 6066 §3",
        Site(GOOD, "$ssl_server_name"),
        body=b"localhost",
    ),
    greeted(
        "tls/sni-ip",
        _KIND,
        "The server gets no address",
        "RFC 6066 §3",
        Site(ROOT.issue("127.0.0.1"), "[$ssl_server_name]"),
        host="https://127.0.0.1",
        body=b"[]",
        why="addresses are not permitted there",
    ),
    greeted(
        "tls/override",
        _KIND,
        "`TLSOptions.client(roots, name)` at an address",
        _OPTIONS,
        Site(GOOD, "$ssl_server_name"),
        settings=TlsSettings(roots=ROOT.pem, name="localhost"),
        host="https://127.0.0.1",
        body=b"localhost",
    ),
    refused(
        "tls/override-wrong",
        _KIND,
        "`TLSOptions.client(roots, name)`, and it is not the name",
        _OPTIONS,
        GOOD,
        "wanted 'a.example.org', found 'localhost'",
        settings=TlsSettings(roots=ROOT.pem, name="a.example.org"),
    ),
    greeted(
        "tls/unsafe",
        _KIND,
        "`TLSOptions.client_unsafe()`",
        _OPTIONS,
        self_signed("other.example"),
        settings=TlsSettings("client_unsafe"),
        why="the reference: certificate verification is skipped",
    ),
    greeted(
        "tls/unsafe-roots",
        _KIND,
        "`TLSOptions.client_unsafe(roots)`, another name",
        _OPTIONS,
        ROOT.issue("other.example"),
        settings=TlsSettings("client_unsafe", ROOT.pem),
        why="the reference: the name is not verified, the chain is",
    ),
    refused(
        "tls/unsafe-roots-stranger",
        _KIND,
        "`TLSOptions.client_unsafe(roots)`, another root",
        _OPTIONS,
        STRANGER.issue("localhost"),
        "unknown issuer 'Stranger'",
        settings=TlsSettings("client_unsafe", ROOT.pem),
    ),
    greeted(
        "tls/bundle",
        _KIND,
        "The project's `certificate_bundle_override`",
        "Project settings, `network/tls/certificate_bundle_override`",
        BUNDLE.issue("localhost"),
        settings=TlsSettings(""),
    ),
    refused(
        "tls/bundle-stranger",
        _KIND,
        "The project's `certificate_bundle_override`, another root",
        "Project settings, `network/tls/certificate_bundle_override`",
        GOOD,
        "unknown issuer 'Test Root'",
        settings=TlsSettings(""),
    ),
    refused(
        "tls/bundle-replaced",
        _KIND,
        "Roots of one's own replace the project's",
        _OPTIONS,
        BUNDLE.issue("localhost"),
        "unknown issuer 'Bundle Root'",
    ),
    Scenario(
        "tls/server-options",
        _KIND,
        "`TLSOptions.server(key, certificate)`",
        _OPTIONS,
        Site(GOOD),
        (Connect(HOST, right=("refused",), settings=TlsSettings("server", ROOT.pem)),),
    ),
    greeted(
        "tls/no-scheme",
        _KIND,
        "TLSOptions, and no scheme",
        engine("connect_to_host"),
        GOOD,
        host="localhost",
    ),
)
