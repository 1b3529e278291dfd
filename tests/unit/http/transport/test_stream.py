"""Whoever waits by what `watch` tells, and by nothing else, sees all that `wait` would wait for."""

import contextlib
import socket
import ssl
from collections.abc import Callable, Iterator
from time import monotonic

import pytest
from tests.loopback.certificates import Authority
from tests.loopback.network import SECONDS, closed_port, listening
from tests.loopback.proxies import SocksProxy, proxy_py
from tests.loopback.scripted import Drip, ReadRequest, ScriptedServer, Secure

from pythonscript_http.config import Limits, Timeouts
from pythonscript_http.transport import resolver, system
from pythonscript_http.transport.connector import Connector, Route
from pythonscript_http.transport.network import TcpNetwork
from pythonscript_http.transport.policy import TlsPolicy
from pythonscript_http.transport.prefixed import PrefixedStream
from pythonscript_http.transport.proxy import parse_proxy
from pythonscript_http.transport.stream import Address, NetworkError, Pending, Readiness, Stream, Watcher
from pythonscript_http.transport.tcp import SocketStream
from pythonscript_http.transport.wakeup import Wakeup
from pythonscript_http.url import Host

AUTHORITY = Authority()


class Sleeper:
    """Sleeps until what it was told happens."""

    def __init__(self) -> None:
        self._wakeup = Wakeup()
        self._poller = system.poller()
        self._poller.register(self._wakeup.fileno(), system.READABLE)
        self._due = SECONDS
        self._descriptors: list[int] = []

    def descriptor(self, number: int, *, read: bool, write: bool) -> None:
        self._descriptors.append(number)
        self._poller.register(number, (system.READABLE if read else 0) | (system.WRITABLE if write else 0))

    def after(self, seconds: float) -> None:
        self._due = min(self._due, max(0.0, seconds))

    def wake(self) -> None:
        self._wakeup.wake()

    def sleep(self, tell: Callable[[Watcher], None]) -> None:
        tell(self)
        woken = self._poller.poll(self._due * 1000)
        assert woken or self._due < SECONDS, "it would have slept for ever"
        self._wakeup.rest()
        for number in self._descriptors:
            self._poller.unregister(number)
        self._descriptors.clear()
        self._due = SECONDS

    def close(self) -> None:
        self._wakeup.close()


@pytest.fixture
def sleeper() -> Iterator[Sleeper]:
    with contextlib.closing(Sleeper()) as made:
        yield made


def watched(sleeper: Sleeper, pending: Pending) -> Stream:
    """Waits for a connection."""
    end = monotonic() + SECONDS
    while (stream := pending.poll()) is None:
        assert monotonic() < end
        sleeper.sleep(pending.watch)
    return stream


def received(sleeper: Sleeper, stream: Stream) -> bytes:
    """Reads to the end."""
    data = b""
    view = memoryview(bytearray(10))
    end = monotonic() + SECONDS
    while (size := stream.read_into(view)) != 0:
        assert monotonic() < end
        if size > 0:
            data += view[:size]
        else:
            sleeper.sleep(lambda watcher: stream.watch(watcher, write=False))
    stream.close()
    return data


def connecting(host: Host, proxy: str = "") -> Pending:
    connector = Connector(TcpNetwork(clock=monotonic), clock=monotonic, timeouts=Timeouts(connect=SECONDS))
    policy = TlsPolicy(roots=AUTHORITY.pem) if host.tls else None
    route = Route(host, parse_proxy(proxy) if proxy else None, policy)
    return connector.connect(route, limits=Limits())


TEXT = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello" * 20


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
@pytest.mark.parametrize("version", [None, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_connection(sleeper: Sleeper, name: str, version: ssl.TLSVersion | None) -> None:
    identity = AUTHORITY.issue("localhost", "127.0.0.1")
    secure = [] if version is None else [Secure(identity, (version, version))]
    with ScriptedServer([*secure, ReadRequest(), Drip(TEXT, 30)]) as server:
        stream = watched(sleeper, connecting(Host(name, server.port, bool(secure))))
        assert stream.write([b"GET / HTTP/1.1\r\n\r\n"]) == 18
        assert received(sleeper, stream) == TEXT


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_through_socks(sleeper: Sleeper, scheme: str) -> None:
    with ScriptedServer([ReadRequest(), Drip(TEXT, 30)]) as server, SocksProxy() as proxy:
        stream = watched(
            sleeper, connecting(Host("127.0.0.1", server.port, False), f"{scheme}://127.0.0.1:{proxy.port}")
        )
        assert stream.write([b"GET / HTTP/1.1\r\n\r\n"]) == 18
        assert received(sleeper, stream) == TEXT


def test_through_a_tunnel(sleeper: Sleeper) -> None:
    secure = Secure(AUTHORITY.issue("127.0.0.1"))
    with ScriptedServer([secure, ReadRequest(), Drip(TEXT, 30)]) as server, proxy_py("me", "secret") as port:
        stream = watched(
            sleeper, connecting(Host("127.0.0.1", server.port, True), f"http://me:secret@127.0.0.1:{port}")
        )
        assert stream.write([b"GET / HTTP/1.1\r\n\r\n"]) == 18
        assert received(sleeper, stream) == TEXT


def test_a_failure(sleeper: Sleeper) -> None:
    with pytest.raises(NetworkError, match="cannot connect"):
        watched(sleeper, connecting(Host("localhost", closed_port(), False)))


def test_a_look_up_that_takes_long(sleeper: Sleeper, monkeypatch: pytest.MonkeyPatch) -> None:
    """It wakes by its answer."""
    answers = iter([lambda: None])

    def ask(lookup: resolver.Lookup, family: int) -> None:
        next(answers, None)

    monkeypatch.setattr(resolver.Lookup, "ask", ask)
    lookup = resolver.look_up("name.example", monotonic)
    assert isinstance(lookup, resolver.Lookup)
    lookup._patience = float("inf")
    assert lookup.poll() is None
    address = Address(socket.AF_INET, ("192.0.2.1", 0))

    def tell(watcher: Watcher) -> None:
        lookup.watch(watcher)
        lookup.answer(socket.AF_UNSPEC, [address], "")

    sleeper.sleep(tell)
    assert lookup.poll() == [address]


def test_addresses_that_come_late(sleeper: Sleeper) -> None:
    """A race wakes by those that its look-up still finds, and by nothing that it knows."""
    lookup = resolver.Lookup("name.example", monotonic)
    first, second = (Address(socket.AF_INET, (f"127.0.0.{number}", 0)) for number in (1, 2))
    lookup._apart, lookup._patience = 2, float("inf")
    lookup.answer(socket.AF_INET, [first], "")
    known = lookup.poll()
    assert known is not None

    def tell(watcher: Watcher) -> None:
        lookup.watch(watcher, known)
        lookup.answer(socket.AF_INET6, [second], "")

    sleeper.sleep(tell)
    with listening("127.0.0.1") as (port, _):
        race = TcpNetwork(clock=monotonic).connect([first], port, lookup)
        watched(sleeper, race).close()


def test_what_was_read_too_far(sleeper: Sleeper) -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with theirs:
        stream = PrefixedStream(SocketStream(ours), b"before, ")
        theirs.send(b"behind")
        theirs.shutdown(socket.SHUT_WR)
        assert received(sleeper, stream) == b"before, behind"
        assert stream.peek() is not Readiness.DATA
