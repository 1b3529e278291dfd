"""TLS connections: bytes both ways, ends, tickets, sessions, and handshakes in pieces."""

import contextlib
import ctypes
import gc
import hashlib
import itertools
import select
import socket
import ssl
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.x509.oid import ExtensionOID
from tests.loopback.certificates import DAY, NOW, Authority, Identity, Key, der_item, self_signed
from tests.loopback.clock import Clock
from tests.loopback.network import SECONDS, descriptors, established, until
from tests.loopback.tls_server import OpenSslServer, TlsServer, garble, server_context, speak
from tests.unit.http.fakes import FakeStream, Plain, Watching
from tests.unit.programs import run

from pythonscript_http.config import Limits, Timeouts
from pythonscript_http.exceptions import LocalError
from pythonscript_http.transport import certificate, trust
from pythonscript_http.transport.connector import Connector, Route
from pythonscript_http.transport.late import context_for
from pythonscript_http.transport.network import TcpNetwork
from pythonscript_http.transport.policy import TlsPolicy
from pythonscript_http.transport.records import Records
from pythonscript_http.transport.stream import (
    WOULD_BLOCK,
    HandshakeError,
    NetworkError,
    Readiness,
    Stream,
    TlsError,
)
from pythonscript_http.transport.tcp import SocketStream
from pythonscript_http.transport.tls import Handshake, TlsStream, tls_to
from pythonscript_http.transport.trust import TlsObject
from pythonscript_http.url import Host

ROOT = Authority()
GOOD = ROOT.issue("localhost")
POLICY = TlsPolicy(roots=ROOT.pem)
VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]
MIB = 1 << 20


class Narrow:
    """A connection that moves a few bytes a call, and can be cut after some."""

    peekable, truncated, tls = True, False, None

    def __init__(self, connected: socket.socket, size: int, cut: int = 1 << 60) -> None:
        self._below = below = SocketStream(connected)
        self.size = size
        self.left = cut
        self.flowed, self.quiet, self.still, self.peek = below.flowed, below.quiet, below.still, below.peek
        self.wait, self.watch = below.wait, below.watch
        self.available, self.fileno, self.close = below.available, below.fileno, below.close

    @property
    def peer_address(self) -> str:
        return self._below.peer_address

    def read_into(self, buffer: memoryview) -> int:
        if not self.left:
            return 0
        got = self._below.read_into(buffer[: min(self.size, self.left)])
        self.left -= max(0, got)
        return got

    def write(self, buffers: Sequence[bytes | memoryview]) -> int:
        return self._below.write([buffers[0][: self.size]])


def connected(port: int, buffer: int = 0) -> socket.socket:
    made = socket.socket()
    if buffer:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer)
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    made.settimeout(SECONDS)
    made.connect(("127.0.0.1", port))
    made.setblocking(False)
    return made


def secure(port: int, policy: TlsPolicy = POLICY, stream: Stream | None = None) -> TlsStream:
    step = tls_to("localhost", context_for(policy), port=port)
    made = established(step(stream or SocketStream(connected(port))))
    assert isinstance(made, TlsStream)
    return made


def received(stream: TlsStream, size: int) -> bytes:
    """Reads so many bytes. What wakes a reader may be a part of a record, or no data at all."""
    end = time.monotonic() + SECONDS
    data = bytearray()
    view = memoryview(bytearray(size))
    while len(data) < size and time.monotonic() < end:
        stream.wait(write=False, timeout=0.1)
        got = stream.read_into(view[: size - len(data)])
        assert got
        data += view[: max(0, got)]
    return bytes(data)


def send(stream: TlsStream, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[stream.write([view]) :]
        if view:
            assert stream.wait(write=True, timeout=SECONDS)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("buffer", [0, 4096])
@pytest.mark.parametrize("certificate", [False, True])
def test_large_transfers_both_ways(version: ssl.TLSVersion, buffer: int, certificate: bool) -> None:
    data = bytes(range(256)) * (4096 * (8 if not buffer else 1))

    def echo(connection: ssl.SSLSocket) -> None:
        got = bytearray()
        while len(got) < len(data):
            got += connection.recv(65536)
        connection.sendall(got)

    with TlsServer(GOOD, echo, buffer=buffer) as server:
        own = (GOOD.pem, GOOD.key_pem) if certificate else ("", "")
        policy = TlsPolicy(roots=ROOT.pem, maximum=version, certificate=own[0], key=own[1])
        stream = secure(server.port, policy, SocketStream(connected(server.port, buffer)))
        send(stream, data)
        assert received(stream, len(data)) == data
        stream.close()


def test_writing_keeps_the_backpressure() -> None:
    """A peer that does not read stops the writer, which learns of no more than a batch."""
    go, digests = threading.Event(), []

    def late(connection: ssl.SSLSocket) -> None:
        go.wait(SECONDS)
        digest = hashlib.sha256()
        while data := connection.recv(MIB):
            digest.update(data)
        digests.append(digest.digest())

    data = memoryview(bytes(range(251)) * 80000)
    with TlsServer(GOOD, late) as server:
        stream = secure(server.port)
        size = 0
        while more := stream.write([data[size:]]):
            assert more <= MIB
            size += more
        assert 0 < size < len(data)
        assert not stream.wait(write=True, timeout=0)
        go.set()
        send(stream, bytes(data[size:]))
        until(lambda: [stream.peek(), stream._transport.unsent][1] == b"")
        stream.close()
        until(lambda: digests)
    assert digests == [hashlib.sha256(data).digest()]


def test_a_write_encrypts_no_more_than_a_poll_has_time_for() -> None:
    peer = Severed(server_context(GOOD), 1 << 20)
    stream = established(tls_to("localhost", context_for(POLICY))(peer))
    assert stream.write([bytes(5 * MIB)]) == MIB


def test_many_pieces_in_one_write() -> None:
    pieces = [b"head", b"x" * 40000, b"", b"\r\n", *[b"%d," % number for number in range(9000)], b"y" * 16384]
    whole, got = b"".join(pieces), bytearray()

    def take(connection: ssl.SSLSocket) -> None:
        while len(got) < len(whole):
            got.extend(connection.recv(65536))

    with TlsServer(GOOD, take) as server:
        stream = secure(server.port)
        assert stream.write(pieces) == len(whole)
        until(lambda: [stream.peek(), len(got)][1] == len(whole))
        stream.close()
    assert got == whole


def test_one_read_takes_many_records() -> None:
    with TlsServer(GOOD, speak(b"z" * 60000)) as server:
        ground = SocketStream(connected(server.port))
        stream = secure(server.port, stream=ground)
        stream.write([b"x"])
        until(lambda: ground.available() > 60000)
        view = memoryview(bytearray(65536))
        assert stream.read_into(view) == 60000
        stream.close()


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("clean", [True, False])
@pytest.mark.parametrize("made", [TlsObject, Plain])
def test_ends(version: ssl.TLSVersion, clean: bool, made: type[TlsObject]) -> None:
    policy = TlsPolicy(roots=ROOT.pem, maximum=version, alpn=(made.__name__,))
    context_for(policy).ssl.sslobject_class = made
    with TlsServer(GOOD, speak(b"hello", clean=clean)) as server:
        stream = secure(server.port, policy)
        stream.write([b"x"])
        assert received(stream, 5) == b"hello"
        assert stream.peer_address == f"127.0.0.1:{server.port}"
        until(lambda: stream.peek() is Readiness.ENDED)
        assert stream.truncated is not clean
        for _ in range(2):
            assert stream.read_into(memoryview(bytearray(5))) == 0
            assert stream.wait(write=False, timeout=SECONDS)
        stream.close()


def test_the_end_shows_behind_the_last_bytes() -> None:
    with TlsServer(GOOD, speak(b"hello")) as server:
        stream = secure(server.port)
        stream.write([b"x"])
        until(lambda: stream.peek() is Readiness.DATA)
        assert stream.available() == 5
        view = memoryview(bytearray(3))
        assert stream.read_into(view) == 3
        assert stream.wait(write=False, timeout=0)
        assert stream.peek() is Readiness.DATA
        assert stream.available() == 2
        assert (stream.read_into(view), bytes(view)) == (2, b"lol")
        until(lambda: stream.peek() is Readiness.ENDED)
        assert stream.available() == 0
        stream.close()


def test_tickets_are_no_data() -> None:
    with TlsServer(GOOD, speak(b"hello")) as server:
        stream = secure(server.port)
        assert select.select([stream.fileno()], [], [], SECONDS)[0]  # they come without being asked for
        for _ in range(5):
            assert stream.peek() is Readiness.QUIET
            assert stream.read_into(memoryview(bytearray(5))) == WOULD_BLOCK
        until(lambda: stream.peek() is Readiness.QUIET and not stream.wait(write=False, timeout=0.01))
        stream.close()


class _Allocated(ctypes.Structure):
    """What glibc's `mallinfo2` gives."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            *("arena", "ordblks", "smblks", "hblks", "hblkhd"),
            *("usmblks", "fsmblks", "uordblks", "fordblks", "keepcost"),
        )
    )


def allocated() -> int:
    """Bytes that C code has."""
    mallinfo2 = ctypes.CDLL(None).mallinfo2
    mallinfo2.restype = _Allocated
    return int(mallinfo2().uordblks)


def test_tickets_leave_no_buffers_behind() -> None:
    """OpenSSL's has 16 KiB, which each idle connection would keep."""
    peers = [Severed(server_context(GOOD), 1 << 20) for _ in range(20)]
    streams = [established(tls_to("localhost", context_for(POLICY))(peer)) for peer in peers]
    before = allocated()
    assert {stream.peek() for stream in streams} == {Readiness.QUIET}
    assert not any(peer.outgoing.pending for peer in peers)
    assert allocated() - before < len(streams) * 4096
    for peer, stream in zip(peers, streams, strict=True):
        stream.write([b"hello"])
        assert peer.server.read(100) == b"hello"


@pytest.mark.parametrize("version", VERSIONS)
def test_sessions_are_resumed_by_host_port_and_policy(version: ssl.TLSVersion) -> None:
    policy = TlsPolicy(roots=ROOT.pem, maximum=version, pins=(ROOT.pin,))
    other = TlsPolicy(roots=ROOT.pem, maximum=version)

    def visit(port: int, policy: TlsPolicy) -> bool:
        stream = secure(port, policy)
        stream.write([b"x"])
        assert received(stream, 5) == b"hello"
        resumed = stream.tls.resumed
        assert stream.tls.certificate == GOOD.pem
        assert stream.tls.pins == ((GOOD.pin,) if resumed else (GOOD.pin, ROOT.pin))
        stream.close()
        return resumed

    context = server_context(GOOD)  # of both: either would go on with the other's sessions
    with TlsServer(context, speak(b"hello")) as server, TlsServer(context, speak(b"hello")) as another:
        seen = [visit(server.port, one) for one in (policy, policy, policy, other)]
        assert not visit(another.port, policy)
    assert seen == server.seen.resumed == [False, True, True, False]


def test_sessions_are_not_resumed_when_they_are_over(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time
    with TlsServer(GOOD, speak(b"hello")) as server:
        for later in (0.0, 0.0, 1e6):
            monkeypatch.setattr(time, "time", lambda later=later: now() + later)
            stream = secure(server.port, TlsPolicy(roots=ROOT.pem, minimum=VERSIONS[1]))
            stream.write([b"x"])
            assert received(stream, 5) == b"hello"
            stream.close()
    assert server.seen.resumed == [False, True, False]


def visits(server: TlsServer, policy: TlsPolicy, number: int) -> list[bool]:
    """Connects so often; tells which times a session was resumed."""
    seen = []
    for _ in range(number):
        stream = secure(server.port, policy)
        stream.write([b"x"])
        assert received(stream, 5) == b"hello"
        seen.append(stream.tls.resumed)
        stream.close()
    return seen


@pytest.mark.parametrize("version", VERSIONS)
def test_sessions_are_verified_again_in_the_end(
    version: ssl.TLSVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session that follows from another ends with it: TLS 1.3 gives a new one with each connection."""
    now, seen = time.time, []
    monkeypatch.setattr(trust, "_SESSION_LIFETIME", 1000.0)
    with TlsServer(GOOD, speak(b"hello")) as server:
        for later in (0.0, 400.0, 800.0, 1200.0, 1600.0):
            monkeypatch.setattr(time, "time", lambda later=later: now() + later)
            seen += visits(server, TlsPolicy(roots=ROOT.pem, maximum=version, alpn=("anew",)), 1)
    assert seen == [False, True, True, False, True]


def test_sessions_end_with_the_certificates() -> None:
    end = NOW + 3600 * (DAY / 86400)
    brief = ROOT.issue("localhost", end=end)
    ders = [ssl.PEM_cert_to_DER_cert(one.pem) for one in (brief, ROOT)]
    assert trust.session_end(ders) == end.timestamp()
    assert time.time() < trust.session_end([]) <= time.time() + 7200
    assert trust.session_end([b"0\0"]) == 0.0


def test_sessions_are_not_resumed_past_revocation_lists() -> None:
    policy = TlsPolicy(roots=ROOT.pem, revocation_lists=(ROOT.revoke(),))
    with TlsServer(GOOD, speak(b"hello")) as server:
        assert visits(server, policy, 2) == [False, False]


@pytest.mark.parametrize("version", VERSIONS)
def test_a_session_is_resumed_once(version: ssl.TLSVersion) -> None:
    """Of connections made at the same time, one goes on (RFC 8446 appendix C.4)."""
    policy = TlsPolicy(roots=ROOT.pem, maximum=version, alpn=("once",))
    with TlsServer(GOOD, speak(b"hello")) as server:
        visits(server, policy, 1)
        streams = [secure(server.port, policy) for _ in range(3)]
        assert [stream.tls.resumed for stream in streams] == [True, False, False]
        for stream in streams:
            stream.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_what_a_client_offers(version: ssl.TLSVersion) -> None:
    """No tickets of TLS 1.2, no early data, also when it resumes a session."""
    hellos: list[bytes] = []

    def look(connection: socket.socket) -> None:
        hellos.append(connection.recv(65536, socket.MSG_PEEK))

    policy = TlsPolicy(roots=ROOT.pem, maximum=version)
    with TlsServer(GOOD, speak(b"hello"), before=look) as server:
        for _ in range(2):
            stream = secure(server.port, policy)
            stream.write([b"x"])
            assert received(stream, 5) == b"hello"
            stream.close()
    assert server.seen.resumed == [False, True]
    for hello in hellos:
        offered = extensions(hello)
        assert 16 in offered  # ALPN
        assert not {35, 42} & offered  # session_ticket, early_data
    assert (41 in extensions(hellos[1])) == (version is VERSIONS[1])  # pre_shared_key


def extensions(record: bytes) -> set[int]:
    """The types of the extensions of a ClientHello (RFC 8446 section 4.1.2)."""
    at = 5 + 4 + 2 + 32
    at += 1 + record[at]  # session id
    at += 2 + int.from_bytes(record[at : at + 2])  # cipher suites
    at += 1 + record[at] + 2  # compression methods
    found = set()
    while at < len(record):
        found.add(int.from_bytes(record[at : at + 2]))
        at += 4 + int.from_bytes(record[at + 2 : at + 4])
    return found


def test_renegotiation_is_refused() -> None:
    """The server may go on without, or end the connection; ours ends it."""
    with OpenSslServer(GOOD, "-tls1_2", www=False) as server:
        stream = secure(server.port)
        server.wait_for("^Secure Renegotiation IS supported")
        server.type("x")
        assert received(stream, 2) == b"x\n"
        server.type("r")
        until(lambda: stream.peek() is Readiness.ENDED)
        with pytest.raises(TlsError, match="the peer ended the connection by an alert"):
            stream.read_into(memoryview(bytearray(10)))
        stream.close()
        server.wait_for("no renegotiation")


@pytest.mark.parametrize("version", VERSIONS)
def test_a_handshake_byte_by_byte(version: ssl.TLSVersion) -> None:
    with TlsServer(GOOD, speak(b"hello")) as server:
        policy = TlsPolicy(roots=ROOT.pem, maximum=version)
        stream = secure(server.port, policy, Narrow(connected(server.port), 1))
        send(stream, b"x")
        assert received(stream, 5) == b"hello"
        stream.close()


@pytest.mark.parametrize("version", VERSIONS)
def test_a_handshake_cut_anywhere(version: ssl.TLSVersion) -> None:
    before = descriptors()
    with TlsServer(GOOD, speak(b"hello")) as server:
        policy = TlsPolicy(roots=ROOT.pem, maximum=version)
        for cut in [*range(6), *range(8, 500, 131)]:
            with pytest.raises(TlsError, match=r"it closed the connection (before it|in the middle)"):
                secure(server.port, policy, Narrow(connected(server.port), 1000, cut))
    assert descriptors() <= before


class Severed(FakeStream):
    """A connection to a server in memory, which is reset after so many bytes of what the server says."""

    def __init__(self, context: ssl.SSLContext, left: int) -> None:
        super().__init__()
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.server = context.wrap_bio(self.incoming, self.outgoing, server_side=True)
        self.left = left

    def write(self, buffers: Sequence[bytes | memoryview]) -> int:
        size = self.incoming.write(buffers[0])
        with contextlib.suppress(ssl.SSLWantReadError):
            self.server.do_handshake()
        return size

    def read_into(self, buffer: memoryview) -> int:
        if not self.left:
            raise NetworkError("cannot receive: Connection reset by peer")
        data = self.outgoing.read(min(len(buffer), self.left))
        self.left -= len(data)
        buffer[: len(data)] = data
        return len(data) or WOULD_BLOCK


@pytest.mark.parametrize("version", VERSIONS)
def test_a_handshake_reset_at_each_byte(version: ssl.TLSVersion) -> None:
    server = server_context(GOOD)
    server.num_tickets = 0  # they come when the handshake is over
    step = tls_to("localhost", context_for(TlsPolicy(roots=ROOT.pem, maximum=version)))
    for cut in itertools.count():
        handshake = step(Severed(server, cut))
        where = "in the middle of the handshake" if cut else "before it sent anything"
        reason = f"TLS with 'localhost': cannot receive: Connection reset by peer, {where}"
        with (
            contextlib.suppress(HandshakeError) if cut > 500 else pytest.raises(HandshakeError, match=reason)
        ):
            established(handshake)
            break


class Flood(Severed):
    """A peer that asks for another handshake before the first has begun, without end."""

    def __init__(self) -> None:
        super().__init__(server_context(GOOD), 0)
        self.read = 0

    def read_into(self, buffer: memoryview) -> int:
        record = b"\x16\x03\x03\x40\x00" + bytes(16384)
        size = min(len(buffer), len(record))
        buffer[:size] = record[:size]
        self.read += size
        return size


class Poor(TlsObject):
    """OpenSSL without memory."""

    def do_handshake(self) -> None:
        raise MemoryError


def test_no_memory_is_a_failure_like_others() -> None:
    policy = TlsPolicy(roots=ROOT.pem, alpn=("poor",))
    context_for(policy).ssl.sslobject_class = Poor
    handshake = tls_to("localhost", context_for(policy))(Flood())
    with pytest.raises(HandshakeError, match="TLS with 'localhost': memoryerror"):
        until(lambda: handshake.poll() is not None)


class Quick(TlsObject):
    """OpenSSL that never has enough, and says so at once."""

    def do_handshake(self) -> None:
        raise ssl.SSLWantReadError


@pytest.mark.parametrize("made", [TlsObject, Quick])
def test_a_handshake_without_end(made: type[TlsObject]) -> None:
    flood, policy = Flood(), TlsPolicy(roots=ROOT.pem, alpn=(f"flood-{made.__name__}",))
    context_for(policy).ssl.sslobject_class = made
    handshake = tls_to("localhost", context_for(policy))(flood)
    read = [0]

    def poll() -> bool:
        handshake.wait(SECONDS)
        before = flood.read
        try:
            return handshake.poll() is not None
        finally:
            read.append(flood.read - before)

    with pytest.raises(HandshakeError, match="its handshake is over the limit of 1048576 bytes"):
        until(poll)
    assert max(read) <= 1 << 18  # one call takes no more, whatever there is
    assert flood.read <= (1 << 20) + (1 << 16)


class Slow(TlsObject):
    """OpenSSL, for which each step that answers the peer takes until it is let go."""

    go: threading.Event
    threads: list[int]

    def do_handshake(self) -> None:
        begun = bool(self.threads)
        self.threads.append(threading.get_ident())
        if begun:
            self.go.wait(SECONDS)
        super().do_handshake()


@pytest.fixture(params=VERSIONS)
def slow(request: pytest.FixtureRequest) -> Iterator[tuple[TlsPolicy, type[Slow]]]:
    made = cast("type[Slow]", type("Slow", (Slow,), {"go": threading.Event(), "threads": []}))
    policy = TlsPolicy(roots=ROOT.pem, maximum=request.param, alpn=(f"slow-{time.monotonic_ns()}",))
    context_for(policy).ssl.sslobject_class = made
    yield policy, made
    made.go.set()


def under_way(server: TlsServer, policy: TlsPolicy, made: type[Slow]) -> Handshake:
    """A handshake in the middle of a step."""
    step = tls_to("localhost", context_for(policy))
    handshake = step(SocketStream(connected(server.port)))
    assert isinstance(handshake, Handshake)
    until(lambda: [handshake.poll(), len(made.threads) == 2][1])
    return handshake


def test_what_answers_the_peer_is_worked_out_by_other_threads(slow: tuple[TlsPolicy, type[Slow]]) -> None:
    """How long it takes is the peer's choice: a poll waits a few milliseconds for it, and not longer."""
    policy, made = slow
    with TlsServer(GOOD, speak(b"hello")) as server:
        handshake = under_way(server, policy, made)
        for _ in range(3):
            assert handshake.poll() is None
            handshake.wait(0.001)
        assert len(made.threads) == 2  # it is not begun again meanwhile
        threading.Timer(0.05, made.go.set).start()
        before = time.monotonic()
        handshake.wait(SECONDS)  # it wakes when the step is done
        assert made.go.is_set()
        assert time.monotonic() - before < SECONDS / 2
        stream = established(handshake)
        assert made.threads[0] == threading.get_ident()  # nothing has come that could make the first one slow
        assert threading.get_ident() not in made.threads[1:]
        stream.write([b"x"])
        assert received(cast("TlsStream", stream), 5) == b"hello"
        stream.close()


def test_who_watches_a_step_is_woken(slow: tuple[TlsPolicy, type[Slow]]) -> None:
    """When it is done, and by no clock; and its polls wait for nothing."""
    policy, made = slow
    with TlsServer(GOOD, speak(b"hello")) as server:
        handshake = under_way(server, policy, made)
        watching = Watching()
        handshake.watch(watching)
        assert handshake.poll() is None
        assert (watching.seconds, watching.woken.is_set()) == ([], False)
        made.go.set()
        assert watching.woken.wait(SECONDS)
        late = Watching()
        handshake.watch(late)  # it was over before
        assert late.woken.is_set()
        established(handshake).close()


def test_a_deadline_holds_while_a_step_is_under_way(slow: tuple[TlsPolicy, type[Slow]]) -> None:
    (policy, made), clock = slow, Clock()
    with TlsServer(GOOD, speak(b"hello")) as server:
        connector = Connector(TcpNetwork(clock=clock), clock=clock, timeouts=Timeouts(layer=30.0))
        connecting = connector.connect(
            Route(Host("localhost", server.port, True), tls=policy), limits=Limits()
        )
        until(lambda: [connecting.poll(), len(made.threads) == 2][1])
        clock.advance(29.9)
        assert connecting.poll() is None
        clock.advance(0.1)
        reason = "TLS with 'localhost': no handshake within 30 s: it answered, and that takes long to verify"
        with pytest.raises(HandshakeError, match=reason):
            connecting.poll()
        assert not made.go.is_set()


def test_giving_up_while_a_step_is_under_way(slow: tuple[TlsPolicy, type[Slow]]) -> None:
    """It does not wait, and the step ends by itself: what it works with lasts as long as it does."""
    policy, made = slow
    before = descriptors()
    with TlsServer(GOOD, speak(b"hello")) as server:
        handshake = under_way(server, policy, made)
        handshake.close()
        assert not made.go.is_set()
        used = weakref.ref(handshake._transport.object)
        del handshake
        gc.collect()
        assert used() is not None
        made.go.set()
        until(lambda: used() is None)
    assert descriptors() <= before


class SlowReader(TlsObject):
    """OpenSSL, for which each read takes until it is let go."""

    go: threading.Event
    threads: list[int]

    def read(self, size: int = 1024, buffer: bytearray | None = None) -> int | bytes:  # type: ignore[override]
        self.threads.append(threading.get_ident())
        self.go.wait(SECONDS)
        return super().read(size) if buffer is None else cast("int", super().read(size, buffer))

    def unwrap(self) -> None:
        assert self.go.is_set(), "OpenSSL is at work"
        super().unwrap()


@contextlib.contextmanager
def reading(serve: Callable[[ssl.SSLSocket], object]) -> Iterator[tuple[TlsStream, type[SlowReader]]]:
    """A connection whose peer may ask for a certificate, in the middle of a read."""
    made = cast(
        "type[SlowReader]", type("SlowReader", (SlowReader,), {"go": threading.Event(), "threads": []})
    )
    policy = TlsPolicy(
        roots=ROOT.pem, certificate=GOOD.pem, key=GOOD.key_pem, alpn=(f"slow-{time.monotonic_ns()}",)
    )
    context_for(policy).ssl.sslobject_class = made
    with TlsServer(GOOD, serve) as server:
        ground = SocketStream(connected(server.port))
        stream = secure(server.port, policy, ground)
        stream.write([b"x"])
        until(lambda: [stream.peek(), made.threads][1])
        try:
            yield stream, made
        finally:
            made.go.set()
            stream.close()


def test_who_watches_such_a_read_is_woken() -> None:
    with reading(speak(b"hello")) as (stream, made):
        watching = Watching()
        stream.watch(watching, write=False)
        assert (watching.seconds, watching.woken.is_set()) == ([], False)
        made.go.set()
        assert watching.woken.wait(SECONDS)
        assert received(stream, 5) == b"hello"


def test_reads_that_may_have_to_sign_are_done_by_other_threads() -> None:
    """A peer that may ask for a certificate may ask a thousand times: each costs a signature."""
    with reading(speak(b"hello")) as (stream, made):
        view = memoryview(bytearray(2))
        assert stream.read_into(view) == WOULD_BLOCK
        assert stream.peek() is Readiness.QUIET
        assert not stream.quiet()
        assert not stream.wait(write=False, timeout=0.001)
        assert stream.available() == 0
        assert stream.write([b"y"]) == 0  # it would use what the read uses
        assert len(made.threads) == 1
        threading.Timer(0.05, made.go.set).start()
        assert stream.wait(write=True, timeout=SECONDS)
        assert made.go.is_set()
        until(lambda: stream.peek() is Readiness.DATA)
        assert stream.available() == 5
        got = bytearray()
        while got != b"hello":
            size = stream.read_into(view)  # what is at hand: a worker may have to see that there is more
            assert size in (1, 2)
            got += view[:size]
            until(lambda: stream.peek() is not Readiness.QUIET)
            assert stream.available() == 5 - len(got)
        assert stream.peek() is Readiness.ENDED
        assert not stream.truncated
        assert threading.get_ident() not in made.threads


def test_such_a_read_ends_in_a_larger_buffer_than_it_began_in() -> None:
    left: list[bool] = []

    def serve(connection: ssl.SSLSocket) -> None:
        connection.recv(1)
        connection.sendall(b"hello")
        with contextlib.suppress(OSError):  # it takes too long
            connection.recv(1)
        left.append(True)

    with reading(serve) as (stream, made):
        view, got = memoryview(bytearray(100)), bytearray()

        def read(most: int) -> int:
            got.extend(view[: max(0, stream.read_into(view[:most]))])
            return len(got)

        made.go.set()
        until(lambda: stream.peek() is Readiness.DATA)
        made.go.clear()
        assert read(2) == 1
        made.go.set()
        until(lambda: read(100) == 5)
        assert got == b"hello"
        assert not left, "the end was not waited for"


def test_closing_in_the_middle_of_such_a_read() -> None:
    with reading(speak(b"hello")) as (stream, made):
        stream.close()
        assert not made.go.is_set()
        with pytest.raises(NetworkError, match="Bad file descriptor"):
            stream._transport.stream.write([b"x"])


LAST = """
import atexit, threading
begun, ending = threading.Event(), threading.Event()
from pythonscript_http.transport import tls
atexit.register(ending.set)  # is called before what was registered by then
tls._workers.submit(lambda: [begun.set(), ending.wait(), print("its end", flush=True)])
begun.wait()
"""


def test_a_process_ends_after_the_step_that_is_under_way() -> None:
    """OpenSSL frees what it has when a process ends, and would crash one that is at work."""
    assert run(LAST) == "its end\n"


class Noisy(Severed):
    """A peer that sends thousands of tickets."""

    def __init__(self) -> None:
        context = server_context(GOOD)
        context.minimum_version = VERSIONS[1]
        context.num_tickets = 4000
        super().__init__(context, 1 << 30)

    def quiet(self) -> bool:
        return not self.outgoing.pending


class Noted(Records):
    """Notes what is handed to OpenSSL: bytes and records."""

    def __init__(self, stream: TlsStream) -> None:
        super().__init__(bytes(stream._records._data))
        self.taken: list[tuple[int, int]] = []
        stream._records = self

    def take(self) -> tuple[bytes | bytearray | memoryview, int]:
        data, count = super().take()
        self.taken.append((len(data), count))
        return data, count

    def count(self) -> int:
        """How many records were taken since this was asked."""
        taken, self.taken = self.taken, []
        return sum(count for _, count in taken)


@pytest.mark.interpreted
def test_a_read_takes_no_more_noise_than_fits() -> None:
    """Tickets are no data: whoever sends them without end would hold who looks for data."""
    peer = Noisy()
    stream = established(tls_to("localhost", context_for(POLICY))(peer))
    assert isinstance(stream, TlsStream)
    assert peer.outgoing.pending > 1 << 19
    noted = Noted(stream)
    view = memoryview(bytearray(100))
    for look in (lambda: stream.read_into(view), stream.peek):
        assert look() in (WOULD_BLOCK, Readiness.QUIET)
        assert 0 < noted.count() <= 16
        assert not stream.quiet()  # there is more, which no descriptor tells
        assert stream.wait(write=False, timeout=0)
        noted.count()
    until(lambda: [stream.read_into(view), peer.outgoing.pending == 0 and stream.quiet()][1])
    peer.server.write(b"hello")
    assert (stream.read_into(view), bytes(view[:5])) == (5, b"hello")


class Updating(Severed):
    """A peer that changes its keys (RFC 8446 section 4.6.3), and may say something in between."""

    def __init__(self, folder: Path) -> None:
        context = server_context(GOOD)
        context.minimum_version = VERSIONS[1]
        context.num_tickets = 0
        context.keylog_filename = str(folder / "keys")
        super().__init__(context, 1 << 30)
        self._log = folder / "keys"
        self._secret = b""
        self._number = 0

    def quiet(self) -> bool:
        return not self.outgoing.pending

    def update(self) -> None:
        """Sends a KeyUpdate."""
        self.send(b"\x18\0\0\1\0", 22)
        self._secret = self._expand(b"traffic upd", 48)
        self._number = 0

    def send(self, content: bytes, kind: int) -> None:
        """Sends a record."""
        if not self._secret:
            (line,) = (one for one in self._log.read_text().splitlines() if "SERVER_TRAFFIC_SECRET_0" in one)
            self._secret = bytes.fromhex(line.split()[2])
        header = b"\x17\3\3" + (len(content) + 17).to_bytes(2, "big")
        nonce = int.from_bytes(self._expand(b"iv", 12), "big") ^ self._number
        sealed = AESGCM(self._expand(b"key", 32)).encrypt(
            nonce.to_bytes(12, "big"), content + bytes([kind]), header
        )
        self._number += 1
        self.outgoing.write(header + sealed)

    def _expand(self, label: bytes, size: int) -> bytes:
        label = b"tls13 " + label
        info = size.to_bytes(2, "big") + bytes([len(label)]) + label + b"\0"
        return HKDFExpand(hashes.SHA384(), size, info).derive(self._secret)


def updating(folder: Path) -> tuple[Updating, TlsStream]:
    peer = Updating(folder)
    stream = established(tls_to("localhost", context_for(POLICY))(peer))
    assert isinstance(stream, TlsStream)
    assert stream.tls.cipher == "TLS_AES_256_GCM_SHA384"
    return peer, stream


@pytest.mark.interpreted
def test_a_flood_of_new_keys(tmp_path: Path) -> None:
    """Each costs as much as to decrypt tens of thousands of bytes: one call takes a few."""
    peer, stream = updating(tmp_path)
    noted = Noted(stream)
    for _ in range(500):
        peer.update()
    peer.send(b"hello", 23)
    view = memoryview(bytearray(65536))
    calls = 0
    while (size := stream.read_into(view)) == WOULD_BLOCK:
        calls += 1
        assert 0 < noted.count() <= 16
        assert stream.wait(write=False, timeout=0)
        noted.count()
    assert bytes(view[:size]) == b"hello"
    assert calls > 10


class Early(Updating):
    """A peer that changes its keys before it knows whether the client agrees."""

    early = 500

    def write(self, buffers: Sequence[bytes | memoryview]) -> int:
        size = super().write(buffers)
        while self.early:
            self.early -= 1
            self.update()
        return size


@pytest.mark.interpreted
def test_a_flood_that_comes_with_the_handshake(tmp_path: Path) -> None:
    stream = established(tls_to("localhost", context_for(POLICY))(Early(tmp_path)))
    assert isinstance(stream, TlsStream)
    assert not stream._transport.incoming.pending
    noted = Noted(stream)
    assert stream.read_into(memoryview(bytearray(10))) == WOULD_BLOCK
    assert 0 < noted.count() <= 16
    until(lambda: [stream.read_into(memoryview(bytearray(10))), stream.quiet()][1])


@pytest.mark.interpreted
def test_long_records_of_tickets(tmp_path: Path) -> None:
    """One holds hundreds: a read takes one."""
    peer, stream = updating(tmp_path)
    noted = Noted(stream)
    body = bytes([0, 0, 0, 100, 0, 0, 0, 0, 0, 0, 1, 120, 0, 0])
    ticket = b"\4" + len(body).to_bytes(3, "big") + body
    for _ in range(3):
        peer.send(ticket * (16384 // len(ticket)), 22)
    for count in (1, 1, 1, 0):
        assert stream.read_into(memoryview(bytearray(10))) == WOULD_BLOCK
        assert noted.count() == count


@pytest.mark.interpreted
def test_new_keys_among_data(tmp_path: Path) -> None:
    """Data do not pay for them: a peer that sends a byte between them holds no call either."""
    peer, stream = updating(tmp_path)
    noted = Noted(stream)
    for number in range(400):
        peer.update()
        peer.send(bytes([number % 256]), 23)
    view = memoryview(bytearray(65536))
    data = b""
    while len(data) < 400:
        size = stream.read_into(view)
        assert noted.count() < 64
        data += view[: max(size, 0)]
    assert data == bytes(number % 256 for number in range(400))


def test_small_records_of_data_are_read_together(tmp_path: Path) -> None:
    peer, stream = updating(tmp_path)
    for size in (1, 40, 500, 600):
        for _ in range(100):
            peer.send(bytes(size), 23)
        assert stream.read_into(memoryview(bytearray(65536))) == 100 * size


@pytest.mark.interpreted
def test_many_records_of_a_byte(tmp_path: Path) -> None:
    """They cost what a call has no time for: it takes some hundreds."""
    peer, stream = updating(tmp_path)
    noted = Noted(stream)
    for _ in range(2000):
        peer.send(b"x", 23)
    view = memoryview(bytearray(65536))
    size = 0
    while size < 2000:
        got = stream.read_into(view)
        assert 0 < got <= 500
        assert noted.count() <= 500
        size += got
        assert stream.wait(write=False, timeout=0) or size == 2000


class Deaf(Severed):
    """A peer that takes nothing more once it is full."""

    deaf = False

    def write(self, buffers: Sequence[bytes | memoryview]) -> int:
        return 0 if self.deaf else super().write(buffers)


def test_a_peer_that_asks_and_takes_no_answers() -> None:
    peer = Deaf(server_context(GOOD), 1 << 20)
    stream = established(tls_to("localhost", context_for(POLICY))(peer))
    assert isinstance(stream, TlsStream)
    peer.deaf = True
    view = memoryview(bytearray(5))
    for size in (100, 70000):  # as if so many refusals to begin anew had been written
        stream._transport.outgoing.write(bytes(size))
        peer.server.write(b"x")
        if size == 100:
            assert stream.read_into(view) == 1
    for _ in range(2):
        with pytest.raises(TlsError, match="it keeps asking for replies and reads none"):
            stream.read_into(view)


def test_a_certificate_with_an_extension_that_nobody_can_read() -> None:
    """OpenSSL takes it; its key can be pinned all the same."""
    names = b"\x82\x09localhost\x87\x08" + bytes(8)  # an address of 8 bytes
    extra = x509.UnrecognizedExtension(ExtensionOID.SUBJECT_ALTERNATIVE_NAME, b"0%c%b" % (len(names), names))
    odd = ROOT.issue(extra=extra)
    with TlsServer(odd, speak(b"hello")) as server:
        stream = secure(server.port, TlsPolicy(roots=ROOT.pem, pins=(odd.pin,)))
        assert stream.tls.pins == (odd.pin, ROOT.pin)
        stream.close()


class Forged:
    """A certificate in any form of BER."""

    def __init__(self, der: bytes) -> None:
        self.der = der

    def public_bytes(self, _: object) -> bytes:
        return ssl.DER_cert_to_PEM_cert(self.der).encode()


def forged(identity: Identity, signer: Key, begin: bytes, hidden: bytes, end: bytes) -> Identity:
    """A certificate, signed anew, with something hidden in the parameters of its signature's algorithm."""
    der = identity.certificate.public_bytes(serialization.Encoding.DER)
    version, serial, algorithm, *rest = certificate._items(
        certificate._first(certificate._first(der).content).content
    )
    named = certificate._first(algorithm.content).whole
    sneaky = begin + named + begin + b"\x05\x00" + hidden + end + end
    tbs = der_item(0x30, version.whole + serial.whole + sneaky + b"".join(one.whole for one in rest))
    assert isinstance(signer, ec.EllipticCurvePrivateKey)
    signature = signer.sign(tbs, ec.ECDSA(hashes.SHA256()))
    whole = Forged(der_item(0x30, tbs + sneaky + der_item(3, b"\0" + signature)))
    return Identity(cast("x509.Certificate", whole), identity.key)


@pytest.mark.parametrize("unsafe", [False, True])
@pytest.mark.parametrize("victims", [False, True])
def test_a_pin_that_is_only_seen_by_a_careless_reader(unsafe: bool, victims: bool) -> None:
    """In BER, items may end where a mark says so. Who does not know takes what is in them for fields."""
    victim, mine = self_signed("localhost"), self_signed("localhost") if unsafe else ROOT.issue("localhost")
    key = victim.key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    sneaky = forged(mine, mine.key if unsafe else ROOT.key, b"\x30\x80", key, b"\0\0")
    pins = (victim.pin,) if victims else (mine.pin,)
    policy = TlsPolicy(unsafe=True, pins=pins) if unsafe else TlsPolicy(roots=ROOT.pem, pins=pins)
    with TlsServer(sneaky, speak(b"hello")) as server, pytest.raises(HandshakeError, match="pin mismatch"):
        secure(server.port, policy)
    stream_pins = () if unsafe else (ROOT.pin,)
    with TlsServer(sneaky, speak(b"hello")) as server:
        stream = secure(server.port, TlsPolicy(unsafe=True) if unsafe else POLICY)
        assert stream.tls.pins == stream_pins
        stream.close()


def test_giving_up_at_any_moment() -> None:
    with TlsServer(GOOD, speak(b"hello")) as server:
        before = descriptors()
        for polls in range(6):
            step = tls_to("localhost", context_for(POLICY), port=server.port)
            pending = step(Narrow(connected(server.port), 300))
            for _ in range(polls):
                pending.poll()
                pending.wait(0.05)
            pending.close()
        until(lambda: descriptors() <= before + len(server.seen.errors))


def test_closing_tells_the_peer() -> None:
    ends: list[bytes] = []

    def wait(connection: ssl.SSLSocket) -> None:
        # An end without close_notify is an error.
        connection.suppress_ragged_eofs = False  # type: ignore[attr-defined]
        ends.append(connection.recv(10))

    with TlsServer(GOOD, wait) as server:
        server.context.options &= ~0x80  # the same to OpenSSL
        secure(server.port).close()
        until(lambda: ends or server.seen.errors)
    assert (ends, server.seen.errors) == ([b""], [])


def test_contexts_are_shared() -> None:
    assert context_for(TlsPolicy(roots=ROOT.pem)) is context_for(POLICY)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("", "TLS needs the name of the server"),
        (".example", "has an empty part"),
        ("a" * 64 + ".example", "is too long"),
        ("a.b" * 100, "is too long"),
        ("a\0b", "holds"),
    ],
)
def test_names_that_can_not_be_verified(name: str, text: str) -> None:
    for server, policy in ((name, POLICY), ("localhost", TlsPolicy(roots=ROOT.pem, common_name=name))):
        if name or server == name:
            with pytest.raises(LocalError, match=text):
                tls_to(server, context_for(policy))


def test_names_are_written_in_ascii_as_those_of_hosts_are() -> None:
    """By UTS #46, in which `ß` is a letter; by Python's older rules it would be another's name."""
    policy = TlsPolicy(roots=ROOT.pem, common_name="faß.example")
    with TlsServer(ROOT.issue("xn--fa-hia.example"), speak(b"hello")) as server:
        secure(server.port, policy).close()
    assert server.seen.names == ["xn--fa-hia.example"]
    with TlsServer(ROOT.issue("fass.example"), speak(b"")) as server, pytest.raises(HandshakeError):
        secure(server.port, policy)


def test_certifi_by_default() -> None:
    stats: Callable[[], dict[str, int]] = context_for(TlsPolicy()).ssl.cert_store_stats
    assert stats()["x509_ca"] > 50


def test_a_broken_record() -> None:
    """It ends the connection, and every read says so."""

    def handler(connection: ssl.SSLSocket) -> None:
        connection.recv(10)
        garble(connection)

    with TlsServer(server_context(GOOD), handler) as server:
        stream = secure(server.port)
        stream.write([b"x"])
        until(lambda: stream.peek() is Readiness.ENDED)
        for _ in range(2):
            with pytest.raises(TlsError, match="what it sent is damaged"):
                stream.read_into(memoryview(bytearray(5)))
        stream.close()
