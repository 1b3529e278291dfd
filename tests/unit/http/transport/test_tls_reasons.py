"""Why a handshake failed: a matrix like badssl.com's, each row with what it says."""

import contextlib
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.loopback.certificates import DAY, NOW, Authority, Identity, self_signed
from tests.loopback.clock import Clock
from tests.loopback.network import closed_port, established, until
from tests.loopback.scripted import ReadSome, Reset, ScriptedServer, Step
from tests.loopback.tls_server import OpenSslServer, TlsServer, server_context, speak
from tests.unit.http.fakes import FakeNetwork, PacedStream

from pythonscript_http.config import Limits, Timeouts
from pythonscript_http.transport import resolver
from pythonscript_http.transport.connector import Connector, Route
from pythonscript_http.transport.happy_eyeballs import Race
from pythonscript_http.transport.late import context_for
from pythonscript_http.transport.policy import Roots, TlsPolicy
from pythonscript_http.transport.stream import HandshakeError, NetworkError, Stream, TlsError
from pythonscript_http.transport.tls import TlsStream, tls_to
from pythonscript_http.transport.tls_reasons import end_reason, is_end, pin_of
from pythonscript_http.url import Host

ROOT = Authority()
MIDDLE = Authority("Test Intermediate", ROOT)
GOOD = ROOT.issue("localhost")
TRUSTING = TlsPolicy(roots=ROOT.pem)
HELLO = speak(b"hello")


def dial(port: int, policy: TlsPolicy, name: str = "localhost", *, peer: str = "") -> Stream:
    """Makes a TLS connection to a port of the loopback interface."""
    address = resolver.literal("127.0.0.1")
    assert address is not None
    step = tls_to(name, context_for(policy), port=port, peer=peer)
    return established(step(established(Race((address,), port, 30.0, clock=time.monotonic))))


def failure(port: int, policy: TlsPolicy, name: str = "localhost") -> str:
    """Tells why there is none."""
    with pytest.raises(TlsError) as caught:
        dial(port, policy, name)
    return str(caught.value)


def failure_with(identity: Identity | ssl.SSLContext, policy: TlsPolicy = TRUSTING) -> str:
    with TlsServer(identity, HELLO) as server:
        return failure(server.port, policy)


def date(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")


def sending_root(authority: Authority) -> Identity:
    made = authority.issue("localhost")
    return Identity(made.certificate, made.key, (authority.certificate,))


def read_failure(stream: Stream) -> str:
    """Tells why a first read fails."""

    def read() -> None:
        for _ in range(100):
            stream.wait(write=False, timeout=0.1)
            assert stream.read_into(memoryview(bytearray(10))) < 0

    with pytest.raises(NetworkError) as caught:
        read()
    stream.close()
    return str(caught.value)


@contextlib.contextmanager
def limited(*, highest: ssl.TLSVersion, ciphers: str = "") -> Iterator[int]:
    context = server_context(GOOD)
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.maximum_version = highest
    if ciphers:
        context.set_ciphers(ciphers)
    with TlsServer(context, HELLO) as server:
        yield server.port


EXPIRED = NOW - DAY / 2
TOO_EARLY = NOW + DAY

Maker = Callable[[], Identity]
UNTRUSTED: dict[str, tuple[Maker, str]] = {
    "expired": (
        lambda: ROOT.issue("localhost", end=EXPIRED),
        f"TLS with 'localhost': its certificate expired on {date(EXPIRED)}",
    ),
    "expired intermediate": (
        lambda: Authority("Old", ROOT, end=EXPIRED).issue("localhost"),
        f"the certificate of its issuer 'Old' expired on {date(EXPIRED)}",
    ),
    "not yet valid": (
        lambda: ROOT.issue("localhost", begin=TOO_EARLY),
        f"its certificate is not valid before {date(TOO_EARLY)}",
    ),
    "wrong host": (
        lambda: ROOT.issue("a.example", "*.b.example", "192.0.2.1"),
        "its certificate is for other names: wanted 'localhost', "
        "found 'a.example', '*.b.example', '192.0.2.1'",
    ),
    "common name only": (
        lambda: ROOT.issue(common_name="localhost"),
        "wanted 'localhost', found no names at all",
    ),
    "many names": (
        lambda: ROOT.issue(*(f"{number}.example" for number in range(20))),
        "'7.example' and 12 more",
    ),
    "self-signed": (
        lambda: self_signed("localhost"),
        "its certificate is self-signed, by 'server', and not trusted",
    ),
    "untrusted root": (
        lambda: Authority("Stranger").issue("localhost"),
        "unknown issuer 'Stranger': not a trusted root, or an intermediate certificate that",
    ),
    "missing intermediate": (
        lambda: Identity((made := MIDDLE.issue("localhost")).certificate, made.key),
        "unknown issuer 'Test Intermediate': not a trusted root, or an intermediate",
    ),
    "untrusted root, with an intermediate": (
        lambda: Authority("Between", Authority("Stranger")).issue("localhost"),
        "unknown issuer 'Stranger' of the last of the 2 certificates that it sent",
    ),
    "untrusted root, which is sent": (
        lambda: sending_root(Authority("Stranger")),
        "unknown issuer 'Stranger': the root that it sent is not trusted",
    ),
    "weak key": (
        lambda: ROOT.issue("localhost", key=rsa.generate_private_key(65537, 1024)),
        "weak key in its certificate (its certificate: 'server')",
    ),
    "SHA-1": (
        lambda: ROOT.issue_by_sha1("localhost"),
        "weak digest in a signature of its chain",
    ),
    "line feeds in a name": (
        lambda: Authority("a\nb").issue("localhost"),
        r"unknown issuer 'a\nb'",
    ),
}


@pytest.mark.parametrize("kind", UNTRUSTED)
def test_certificates_that_nobody_should_trust(kind: str) -> None:
    make, text = UNTRUSTED[kind]
    assert text in failure_with(make())


def test_the_peer_is_told_that_it_is_not_trusted() -> None:
    with TlsServer(self_signed("localhost"), HELLO) as server:
        failure(server.port, TRUSTING)
        until(lambda: server.seen.errors)
    assert "unknown ca" in server.seen.errors[0]


@pytest.mark.parametrize(
    ("named", "wanted", "fits"),
    [
        ("localhost", "localhost", True),
        ("a.example", "A.Example", True),
        ("a.example", "a.example.", True),
        ("*.example.org", "a.example.org", True),
        ("*.example.org", "a.b.example.org", False),
        ("*.example.org", "example.org", False),
        ("a*.example.org", "ab.example.org", False),
        ("*a.example.org", "ba.example.org", False),
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.2", "127.0.0.1", False),
        ("::1", "::1", True),
        ("fe80::1", "fe80::1%lo", True),
        ("*.0.0.1", "127.0.0.1", False),
        ("xn--bcher-kva.example", "xn--bcher-kva.example", True),
    ],
)
def test_names(named: str, wanted: str, fits: bool) -> None:
    with TlsServer(ROOT.issue(named), HELLO) as server:
        if fits:
            dial(server.port, TRUSTING, wanted).close()
        else:
            assert f"found '{named}'" in failure(server.port, TRUSTING, wanted)


def test_names_are_told_to_the_server_and_addresses_are_not() -> None:
    with TlsServer(ROOT.issue("a.example", "127.0.0.1"), HELLO) as server:
        for name in ("a.example.", "127.0.0.1"):
            dial(server.port, TRUSTING, name).close()
    assert server.seen.names == ["a.example", None]


def test_an_intermediate_certificate_that_is_sent() -> None:
    with TlsServer(MIDDLE.issue("localhost"), HELLO) as server:
        dial(server.port, TRUSTING).close()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_versions_only(version: ssl.TLSVersion) -> None:
    with pytest.warns(DeprecationWarning, match="deprecated"), limited(highest=version) as port:
        assert "no common version of TLS" in failure(port, TRUSTING)


def test_versions_that_the_policy_does_not_take() -> None:
    with limited(highest=ssl.TLSVersion.TLSv1_2) as port:
        policy = TlsPolicy(roots=ROOT.pem, minimum=ssl.TLSVersion.TLSv1_3)
        assert "no common version of TLS" in failure(port, policy)
    context = server_context(GOOD)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    policy = TlsPolicy(roots=ROOT.pem, maximum=ssl.TLSVersion.TLSv1_2)
    assert "no common version of TLS" in failure_with(context, policy)


@pytest.mark.parametrize(
    ("highest", "version"), [(ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")]
)
def test_what_is_told_about_the_peer(highest: ssl.TLSVersion, version: str) -> None:
    with limited(highest=highest) as port:
        stream = dial(port, TRUSTING)
        assert isinstance(stream, TlsStream)
        assert stream.tls.version == version
        assert stream.tls.certificate == GOOD.pem
        assert "AES" in stream.tls.cipher or "CHACHA" in stream.tls.cipher
        assert not stream.tls.resumed
        stream.close()


def test_no_common_cipher() -> None:
    with limited(highest=ssl.TLSVersion.TLSv1_2, ciphers="NULL-SHA256:@SECLEVEL=0") as port:
        assert "no common cipher" in failure(port, TRUSTING)


@pytest.mark.parametrize("option", ["-tls1", "-tls1_1", "-tls1_2", "-tls1_3"])
def test_another_server(option: str) -> None:
    """OpenSSL's own, whose versions are as the option says."""
    with OpenSslServer(GOOD, option, "-cipher", "ALL:@SECLEVEL=0") as server:
        if option in ("-tls1", "-tls1_1"):
            assert "no common version of TLS" in failure(server.port, TRUSTING)
        else:
            dial(server.port, TRUSTING).close()


@pytest.mark.parametrize("alpn", ["http/1.1", "h2"])
def test_alpn(alpn: str) -> None:
    """A server that knows none of ours may go on without, or refuse; Python's goes on."""
    context = server_context(GOOD)
    context.set_alpn_protocols([alpn])
    with TlsServer(context, HELLO) as server:
        stream = dial(server.port, TRUSTING)
        assert isinstance(stream, TlsStream)
        assert stream.tls.alpn == ("http/1.1" if alpn == "http/1.1" else "")
        stream.close()


WITHOUT_RENEGOTIATION_INFO = bytes.fromhex("160303002a020000260303" + "00" * 32 + "00c02b00")
"""A ServerHello of TLS 1.2 without any extension: ECDHE-ECDSA-AES128-GCM-SHA256, no compression."""


@pytest.mark.parametrize(
    ("script", "text"),
    [
        (
            [b"HTTP/1.1 400 Bad Request\r\n\r\n"],
            r"not TLS at all: it answered b'HTTP/1.1 400 Bad Request\r\n\r\n'",
        ),
        ([b"SSH-2.0-OpenSSH_9\r\n"], "not TLS at all: it answered b'SSH"),
        ([b"\x15\x03\x03\x00\x02\x01\x00"], "it ended the connection by close_notify, in the middle of"),
        ([b"\x15\x03\x03\x00\x02\x02\xf0"], "the peer refused the connection by the alert 240"),
        ([], "it closed the connection before it sent anything"),
        ([b"\x16\x03\x03"], "it closed the connection in the middle of the handshake"),
        ([WITHOUT_RENEGOTIATION_INFO], "it is open to renegotiation attacks (RFC 5746) (unsafe legacy"),
        ([Reset()], "Connection reset by peer, before it sent anything"),
        ([b"\x15\x03\x03\x00\x02\x02\x28"], "no common cipher"),
        ([b"\x15\x03\x03\x00\x02\x02\x46"], "no common version of TLS"),
        ([b"\x15\x03\x03\x00\x02\x02\x70"], "it does not know this host name"),
        ([b"\x15\x03\x03\x00\x02\x02\x78"], "it does not speak HTTP/1.1 there (ALPN)"),
        ([b"\x15\x03\x03\x00\x02\x02\x16"], "the peer refused the connection (tlsv1 alert record overflow)"),
    ],
)
def test_peers_that_do_not_go_on(script: list[Step], text: str) -> None:
    """They have read the greeting, or their leaving would be a reset."""
    with ScriptedServer([ReadSome(), *script]) as server:
        assert text in failure(server.port, TRUSTING)


@pytest.mark.parametrize(
    ("events", "seconds", "text"),
    [
        ([], 30, "no handshake within 30 s: it sent nothing"),
        ([(1, b"\x16\x03\x03")], 30, "no handshake within 30 s: it answered, and then fell silent"),
        ([(1, b"H"), (2, b"TTP/1.0 400 \r\n\r\n")], 3, "not TLS at all: it answered b'HTTP"),
    ],
)
def test_peers_that_are_slow(events: list[tuple[float, bytes]], seconds: float, text: str) -> None:
    clock = Clock()
    network = FakeNetwork(PacedStream(clock, *events))
    network.up = True
    route = Route(Host("192.0.2.1", 443, True), tls=TRUSTING)
    pending = Connector(network, clock=clock, timeouts=Timeouts(layer=30.0)).connect(route, limits=Limits())
    begun = clock.now
    with pytest.raises(HandshakeError, match=text):
        clock.established(pending)
    assert clock.now == begun + seconds


def ssl_error(text: str, kind: type[ssl.SSLError] = ssl.SSLError) -> ssl.SSLError:
    """An error of Python's; the reason that it knows stands in the brackets of its text."""
    error = kind(1, f"{text} (_ssl.c:1006)")
    inside = text.partition("]")[0].partition("[")[2]
    error.library, _, reason = inside.partition(": ")
    error.reason = reason or None  # type: ignore[assignment]
    return error


EOF = "[SSL: UNEXPECTED_EOF_WHILE_READING] unexpected eof while reading"


@pytest.mark.parametrize(
    ("error", "is_the_end"),
    [
        (ssl_error(EOF), True),  # CPython 3.11.2
        (ssl_error("[SSL] unexpected eof while reading"), True),  # a Python that knows no name for it
        (ssl_error(EOF, ssl.SSLEOFError), True),
        (
            ssl_error("EOF occurred in violation of protocol", ssl.SSLEOFError),
            False,
        ),  # what follows any failure
        (ssl_error("Some I/O error occurred", ssl.SSLSyscallError), False),
        (ssl_error("[SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC] decryption failed or bad record mac"), False),
    ],
)
def test_an_end_without_close_notify_is_told_by_its_reason(error: ssl.SSLError, is_the_end: bool) -> None:
    assert is_end(error) is is_the_end


def test_an_end_without_close_notify_before_openssl_3(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssl, "OPENSSL_VERSION_INFO", (1, 1, 1, 23, 15))
    assert is_end(ssl_error("EOF occurred in violation of protocol", ssl.SSLEOFError))
    assert not is_end(ssl_error("[SSL: WRONG_VERSION_NUMBER] wrong version number"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "[SSL: RECORD_LAYER_FAILURE] record layer failure",
            "what it sent is damaged (record layer failure)",
        ),
        ("[SSL] record layer failure", "what it sent is damaged (record layer failure)"),
        (
            "[SSL: DECRYPTION_FAILED_OR_BAD_RECORD_MAC] decryption failed or bad record mac",
            "what it sent is damaged (decryption failed or bad record mac)",
        ),
        (
            "[SSL: WRONG_VERSION_NUMBER] wrong version number",
            "what it sent is damaged (wrong version number)",
        ),
        (
            "[SSL: TLSV1_ALERT_INTERNAL_ERROR] tlsv1 alert internal error",
            "the peer ended the connection by an alert (tlsv1 alert internal error)",
        ),
        ("[SSL: OF_THE_YEAR_3000] of the year 3000", "of the year 3000"),
        ("[SSL] of the year 3000", "of the year 3000"),
        ("[QUIC: OF_THE_YEAR_3000] of the year 3000", "of the year 3000"),
        ("Some I/O error occurred", "some i/o error occurred"),
    ],
)
def test_why_a_connection_that_stood_has_failed(text: str, reason: str) -> None:
    """Whatever version of OpenSSL says it; what is not known is shown as it came."""
    assert end_reason(ssl_error(text)) == reason


def test_failures_below_are_no_failures_of_tls() -> None:
    with pytest.raises(NetworkError) as caught:
        dial(closed_port(), TRUSTING)
    assert not isinstance(caught.value, TlsError)


def test_the_peer_can_have_a_name_of_ones_own() -> None:
    with (
        TlsServer(self_signed("localhost"), HELLO) as server,
        pytest.raises(TlsError, match=r"^TLS with the proxy p:3128: its certificate is self-signed"),
    ):
        dial(server.port, TRUSTING, peer="the proxy p:3128")


# ---- client certificates

CLIENT = ROOT.issue(common_name="client")
STRANGER = Authority("Stranger").issue(common_name="client")


def presenting(identity: Identity | None, highest: ssl.TLSVersion) -> TlsPolicy:
    if identity is None:
        return TlsPolicy(roots=ROOT.pem, maximum=highest)
    return TlsPolicy(roots=ROOT.pem, maximum=highest, certificate=identity.chain_pem, key=identity.key_pem)


@pytest.mark.parametrize("highest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize(
    ("identity", "text"),
    [
        (CLIENT, ""),
        (None, "it wants a client certificate"),
        (STRANGER, "it refused the client certificate"),
    ],
    ids=["right", "none", "unknown issuer"],
)
def test_client_certificates(highest: ssl.TLSVersion, identity: Identity | None, text: str) -> None:
    """With TLS 1.3 the server judges after the client is done: a read tells."""
    with TlsServer(server_context(GOOD, trusted=ROOT.pem), HELLO) as server:
        if not text:
            stream = dial(server.port, presenting(identity, highest))
            stream.write([b"x"])
            view = memoryview(bytearray(5))
            while stream.read_into(view) < 5:
                stream.wait(write=False, timeout=1)
            stream.close()
            assert server.seen.clients == [ssl.PEM_cert_to_DER_cert(CLIENT.pem)]
        elif highest == ssl.TLSVersion.TLSv1_2:
            assert text in failure(server.port, presenting(identity, highest))
        else:
            assert text in read_failure(dial(server.port, presenting(identity, highest)))


# ---- pins and revocation

WRONG_PIN = pin_of(bytes(32))
LEAF = MIDDLE.issue("localhost")


@pytest.mark.parametrize("pin", [LEAF.pin, MIDDLE.pin, ROOT.pin, LEAF.pin.removeprefix("sha256//")])
def test_a_pin_of_the_chain(pin: str) -> None:
    with TlsServer(LEAF, HELLO) as server:
        dial(server.port, TlsPolicy(roots=ROOT.pem, pins=(WRONG_PIN, pin))).close()


@pytest.mark.parametrize("unsafe", [False, True])
def test_a_wrong_pin(unsafe: bool) -> None:
    policy = TlsPolicy(pins=(WRONG_PIN,), unsafe=unsafe, roots=Roots.BOTH if unsafe else ROOT.pem)
    text = failure_with(LEAF, policy)
    assert f"pin mismatch: wanted {WRONG_PIN}; found {LEAF.pin}" in text
    assert (ROOT.pin in text) is not unsafe


def test_pins_of_a_chain_that_was_not_verified_count_for_nothing() -> None:
    """Anyone may send any certificate; only the own key was proven."""
    policy = TlsPolicy(unsafe=True, pins=(MIDDLE.pin,))
    assert "pin mismatch" in failure_with(LEAF, policy)
    with TlsServer(LEAF, HELLO) as server:
        dial(server.port, TlsPolicy(unsafe=True, pins=(LEAF.pin,))).close()


def test_revocation() -> None:
    revoked, valid = ROOT.issue("localhost"), ROOT.issue("localhost")
    policy = TlsPolicy(roots=ROOT.pem, revocation_lists=(ROOT.revoke(revoked),))
    assert "a certificate of its chain is revoked" in failure_with(revoked, policy)
    with TlsServer(valid, HELLO) as server:
        dial(server.port, policy).close()


def test_a_revoked_intermediate() -> None:
    """Each certificate of the chain is looked up, not only the server's own."""
    middle = Authority("Revoked", ROOT)
    leaf = middle.issue("localhost")
    revoked = ROOT.revoke(Identity(middle.certificate, middle.key))
    policy = TlsPolicy(roots=ROOT.pem, revocation_lists=(revoked, middle.revoke()))
    assert "a certificate of its chain is revoked" in failure_with(leaf, policy)
    with TlsServer(leaf, HELLO) as server:
        policy = TlsPolicy(roots=ROOT.pem, revocation_lists=(ROOT.revoke(), middle.revoke()))
        dial(server.port, policy).close()


@pytest.mark.parametrize(
    ("identity", "lists", "text"),
    [
        (LEAF, (ROOT.revoke(),), "no revocation list was given for a certificate of its chain"),
        (LEAF, (MIDDLE.revoke(),), "no revocation list was given for a certificate of its chain"),
        (GOOD, (ROOT.revoke(end=NOW - DAY),), "a revocation list has expired"),
    ],
)
def test_revocation_that_nobody_knows_of(identity: Identity, lists: tuple[str, ...], text: str) -> None:
    assert text in failure_with(identity, TlsPolicy(roots=ROOT.pem, revocation_lists=lists))


# ---- unsafe, and names of one's own


def test_unsafe_takes_anyone() -> None:
    with TlsServer(self_signed("other.example"), HELLO) as server:
        dial(server.port, TlsPolicy(unsafe=True)).close()


def test_unsafe_with_roots_verifies_the_chain_and_no_name() -> None:
    policy = TlsPolicy(unsafe=True, roots=ROOT.pem)
    with TlsServer(ROOT.issue("other.example"), HELLO) as server:
        dial(server.port, policy).close()
    assert "self-signed" in failure_with(self_signed("localhost"), policy)


def test_another_name() -> None:
    with TlsServer(ROOT.issue("other.example"), HELLO) as server:
        dial(server.port, TlsPolicy(roots=ROOT.pem, common_name="other.example")).close()
    assert server.seen.names == ["other.example"]
    with TlsServer(GOOD, HELLO) as server:
        text = failure(server.port, TlsPolicy(roots=ROOT.pem, common_name="other.example"))
    assert "wanted 'other.example', found 'localhost'" in text


def test_a_certificate_that_is_trusted_by_itself() -> None:
    alone = self_signed("localhost")
    with TlsServer(alone, HELLO) as server:
        dial(server.port, TlsPolicy(roots=alone.pem)).close()


def test_an_intermediate_as_a_root() -> None:
    """Who is trusted need not vouch for itself; the chain ends there, and so does what can be pinned."""
    with TlsServer(LEAF, HELLO) as server:
        stream = dial(server.port, TlsPolicy(roots=MIDDLE.pem))
        assert isinstance(stream, TlsStream)
        assert stream.tls.pins == (LEAF.pin, MIDDLE.pin)
        stream.close()
        dial(server.port, TlsPolicy(roots=LEAF.pem)).close()
        assert "unknown issuer" in failure(server.port, TlsPolicy(roots=Authority("Stranger").pem))


def test_writing_to_a_peer_that_reset() -> None:
    def leave(connection: ssl.SSLSocket) -> None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    with TlsServer(GOOD, leave) as server:
        stream = dial(server.port, TRUSTING)
        assert read_failure(stream).startswith(("cannot send: ", "cannot receive: "))
