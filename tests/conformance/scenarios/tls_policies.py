"""What to agree on: versions, ciphers, pins, client certificates, sessions; and TLS through proxies."""

from typing import Final

from cryptography.hazmat.primitives.asymmetric import rsa
from tests.conformance.model import Answer, Call, Connect, Fetch, OpenSsl, Scenario, Server, TlsSettings
from tests.loopback.certificates import Authority, Identity
from tests.loopback.kinds import Kind
from tests.loopback.nginx import Site
from tests.loopback.responses import OK
from tests.loopback.scripted import ReadRequest, Secure, Step

from .heads import HELLO
from .tls import BUNDLE, FAILS, GOOD, HOST, MIDDLE, ROOT, STRANGER, TRUSTING, asking, greeted, refused

_KIND: Final = Kind.TERMS
_VERSIONS: Final = "RFC 9325 §3.1.1"
_PINS: Final = "RFC 7469 §2.4"
_CLIENTS: Final = "RFC 8446 §4.4.2"
_LEAF: Final = MIDDLE.issue("localhost")
_WRONG: Final = f"sha256//{'A' * 43}="
_CLIENT: Final = ROOT.issue(common_name="client")
_WANTS: Final = ("-Verify", "1", "-verify_return_error")


def _speaks(*directives: str, answer: str = "$ssl_protocol") -> Site:
    return Site(GOOD, answer, directives)


def _old(version: str, option: str) -> Scenario:
    server = OpenSsl(GOOD, (option, "-cipher", "ALL:@SECLEVEL=0"))
    title, says = f"TLS {version} only", "no common version of TLS"
    return refused(f"tls/{version}", _KIND, title, _VERSIONS, server, says)


def _pinned(
    name: str, title: str, pins: list[str], says: str = "", settings: TlsSettings | None = None
) -> Scenario:
    settings = settings or asking({"pins": pins}, "pin")
    if says:
        return refused(f"tls/pin-{name}", _KIND, title, _PINS, _LEAF, says, settings=settings)
    return greeted(f"tls/pin-{name}", _KIND, title, _PINS, _LEAF, settings=settings)


def _presenting(identity: Identity) -> TlsSettings:
    certificate = {"client_certificate": identity.pem, "client_key": identity.key_pem}
    return asking(certificate, "present a client certificate")


def _wanting(version: str) -> OpenSsl:
    """A server that refuses, in the handshake, who presents no certificate of somebody it knows."""
    return OpenSsl(GOOD, (version, *_WANTS))


def _early(name: str, title: str, settings: TlsSettings, says: str) -> Scenario:
    """With TLS 1.2 the server judges within the handshake."""
    server = _wanting("-tls1_2")
    return refused(f"tls/{name}", _KIND, title, "RFC 5246 §7.4.6", server, says, settings=settings)


def _late(name: str, title: str, settings: TlsSettings, right: str) -> Scenario:
    """With TLS 1.3 the server judges when the client is done."""
    acts = (Connect(HOST, settings=settings), Fetch(Answer(0, b"", "TLS_HANDSHAKE_ERROR")))
    return Scenario(f"tls/{name}", _KIND, title, _CLIENTS, _wanting("-tls1_3"), acts, right=right)


def _twice(name: str, title: str, source: str, site: Site, bodies: tuple[bytes, bytes]) -> Scenario:
    """Two connections, one after the other."""
    acts = [act for body in bodies for act in (Connect(HOST, settings=TRUSTING), Fetch(Answer(200, body)))]
    return Scenario(f"tls/{name}", _KIND, title, source, site, acts, "the server tells it")


def _through(
    name: str, title: str, script: list[Step], *acts: Connect | Fetch, proxy: str = "127.0.0.1"
) -> Scenario:
    """A host behind a proxy's tunnel."""
    server: Server = (script,)
    before = Call("set_https_proxy", (proxy, "PORT"))
    return Scenario(f"tls/{name}", _KIND, title, "RFC 9110 §9.3.6", server, (before, *acts))


_AGREES: Final = (ReadRequest(), b"HTTP/1.1 200 Yes\r\n\r\n")
_ANSWERS: Final = (Secure(GOOD), ReadRequest(), OK + HELLO)

SCENARIOS: Final = (
    _old("1.0", "-tls1"),
    _old("1.1", "-tls1_1"),
    greeted("tls/1.2", _KIND, "TLS 1.2 only", _VERSIONS, _speaks("ssl_protocols TLSv1.2"), body=b"TLSv1.2"),
    greeted("tls/1.3", _KIND, "TLS 1.3 only", _VERSIONS, _speaks("ssl_protocols TLSv1.3"), body=b"TLSv1.3"),
    greeted(
        "tls/1.2-and-1.3",
        _KIND,
        "TLS 1.2 and 1.3",
        _VERSIONS,
        _speaks("ssl_protocols TLSv1.2 TLSv1.3"),
        body=b"TLSv1.3",
        why="the newest is taken",
    ),
    refused(
        "tls/minimum",
        _KIND,
        "A minimum of TLS 1.3, and a server of TLS 1.2",
        "RFC 8446 §4.2.1",
        _speaks("ssl_protocols TLSv1.2"),
        "no common version of TLS",
        settings=asking({"minimum_version": 0x0304}, "set a minimum version"),
    ),
    greeted(
        "tls/maximum",
        _KIND,
        "A maximum of TLS 1.2, and a server of both",
        "RFC 8446 §4.2.1",
        _speaks("ssl_protocols TLSv1.2 TLSv1.3"),
        settings=asking({"maximum_version": 0x0303}, "set a maximum version"),
        body=b"TLSv1.2",
    ),
    refused(
        "tls/null-cipher",
        _KIND,
        "No encryption",
        "RFC 9325 §4.1",
        _speaks("ssl_protocols TLSv1.2", "ssl_ciphers NULL-SHA256:ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0"),
        "no common cipher",
    ),
    refused(
        "tls/static-rsa",
        _KIND,
        "Ciphers without forward secrecy only",
        "RFC 9325 §4.1",
        Site(
            ROOT.issue("localhost", key=rsa.generate_private_key(65537, 2048)),
            directives=("ssl_protocols TLSv1.2", "ssl_ciphers AES128-GCM-SHA256:AES256-GCM-SHA384"),
        ),
        "no common cipher",
    ),
    _pinned("leaf", "A pin of the server's key", [_WRONG, _LEAF.pin]),
    _pinned("intermediate", "A pin of the intermediate's", [MIDDLE.pin]),
    _pinned("root", "A pin of the root's", [ROOT.pin]),
    _pinned("wrong", "A pin of another key", [_WRONG], "pin mismatch"),
    _pinned(
        "unsafe",
        "A pin of another key, and `TLSOptions.client_unsafe()`",
        [],
        "pin mismatch",
        TlsSettings("client_unsafe", policy={"pins": [_WRONG]}, can="pin"),
    ),
    greeted(
        "tls/client",
        _KIND,
        "A client certificate is wanted, and given",
        _CLIENTS,
        Site(GOOD, "$ssl_client_s_dn", clients=ROOT.pem),
        settings=_presenting(_CLIENT),
        body=b"CN=client",
    ),
    Scenario(
        "tls/client-http",
        _KIND,
        "A client certificate is wanted, and missing: nginx says it by HTTP",
        _CLIENTS,
        Site(GOOD, clients=ROOT.pem),
        (Connect(HOST, settings=TRUSTING), Fetch(Answer(400, None))),
    ),
    _early(
        "client-missing-1.2",
        "A client certificate is wanted, and missing: TLS 1.2",
        TRUSTING,
        "it wants a client certificate",
    ),
    _late(
        "client-missing-1.3",
        "A client certificate is wanted, and missing: TLS 1.3",
        TRUSTING,
        "TLS_HANDSHAKE_ERROR",
    ),
    _early(
        "client-stranger-1.2",
        "A client certificate is wanted, and one of a stranger given: TLS 1.2",
        _presenting(STRANGER.issue(common_name="client")),
        "it refused the client certificate",
    ),
    _late(
        "client-stranger-1.3",
        "A client certificate is wanted, and one of a stranger given: TLS 1.3",
        _presenting(Authority("Somebody").issue(common_name="client")),
        "TLS_HANDSHAKE_ERROR",
    ),
    _twice(
        "resumed-1.3",
        "A second connection: TLS 1.3",
        "RFC 8446 §2.2",
        _speaks("ssl_protocols TLSv1.3", answer="resumed: $ssl_session_reused"),
        (b"resumed: .", b"resumed: r"),
    ),
    _twice(
        "resumed-1.2",
        "A second connection: TLS 1.2",
        "RFC 5246 §7.3",
        _speaks(
            "ssl_protocols TLSv1.2",
            "ssl_session_tickets off",
            "ssl_session_cache shared:sessions:1m",
            answer="resumed: $ssl_session_reused",
        ),
        (b"resumed: .", b"resumed: r"),
    ),
    _twice(
        "early-data",
        "A second connection to a server that would take early data",
        "RFC 8446 §8",
        _speaks("ssl_early_data on", answer="early: [$ssl_early_data]"),
        (b"early: []", b"early: []"),
    ),
    _through(
        "tunnel",
        "Through a proxy",
        [*_AGREES, *_ANSWERS],
        Connect(HOST, settings=TRUSTING),
        Fetch(Answer(200, b"hello")),
    ),
    _through(
        "tunnel-stranger",
        "Through a proxy, and the host is not trusted",
        [*_AGREES, Secure(STRANGER.issue("localhost"))],
        Connect(HOST, right=FAILS, settings=TRUSTING, says="TLS with 'localhost': unknown issuer 'Stranger'"),
    ),
    _through(
        "proxy",
        "Through a proxy that is spoken TLS to",
        [Secure(BUNDLE.issue("127.0.0.1")), *_AGREES, *_ANSWERS],
        Connect(HOST, settings=TRUSTING),
        Fetch(Answer(200, b"hello")),
        proxy="https://127.0.0.1",
    ),
    _through(
        "proxy-stranger",
        "Through a proxy that is spoken TLS to, and is not trusted",
        [Secure(STRANGER.issue("127.0.0.1"))],
        Connect(HOST, right=FAILS, settings=TRUSTING, says="TLS with the proxy 127.0.0.1:"),
        proxy="https://127.0.0.1",
    ),
)
