"""The events that an observer gets: over a network and by clocks of our own, and over sockets."""

import gzip
import logging
import socket
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

import pytest
from tests.loopback.certificates import Authority
from tests.loopback.clock import Clock
from tests.loopback.network import blackholes, closed_port, established, listening
from tests.loopback.responses import CHUNKED, HELLO, OK
from tests.loopback.scripted import ReadRequest, ScriptedServer
from tests.loopback.tls_server import TlsServer, speak
from tests.unit.http.driving import GET, POST, get, poll, read
from tests.unit.http.fakes import FakeNetwork, FakeStream, fake

from pythonscript_http import trace, tracing
from pythonscript_http.client import HTTPClient
from pythonscript_http.config import Limits, Timeouts
from pythonscript_http.enums import Error, Method, Status
from pythonscript_http.exceptions import LocalError
from pythonscript_http.http11 import HTTP11Connection
from pythonscript_http.timing import Timing
from pythonscript_http.trace import (
    AttemptFailed,
    AttemptStarted,
    CallEvent,
    Connected,
    ConnectFailed,
    ConnectionClosed,
    ConnectionEvent,
    ConnectStarted,
    Event,
    ExchangeEnded,
    ExchangeEvent,
    HeadReceived,
    LayerEstablished,
    LayerKind,
    Moment,
    NameResolved,
    Observer,
    Outcome,
    Progress,
    RequestBody,
    RequestSent,
    RequestStarted,
    ResponseBody,
)
from pythonscript_http.transport.connector import Connector, Route
from pythonscript_http.transport.happy_eyeballs import ATTEMPT_DELAY, Race
from pythonscript_http.transport.network import TcpNetwork
from pythonscript_http.transport.policy import TlsPolicy
from pythonscript_http.transport.stream import Address, NetworkError
from pythonscript_http.url import parse_host

FOUND = [Address(2, ("192.0.2.1", 0)), Address(2, ("192.0.2.2", 0))]
LAST = OK + b"Connection: close\r\nContent-Length: 5\r\n\r\nhello"
EPOCH = 1_700_000_000.0


E = TypeVar("E")


def connections(events: Iterable[Event]) -> set[int]:
    """The numbers of the connections that events of clients tell of."""
    return {event.connection for event in events if not isinstance(event, CallEvent)}


class Seen(list[Event]):
    """An observer that keeps its events."""

    def __call__(self, event: Event) -> None:
        self.append(event)

    @property
    def facts(self) -> list[tuple[object, ...]]:
        """The events by name with their fields but for times and numbers, which it checks."""
        facts = []
        for event in self:
            assert isinstance(event, ConnectionEvent | ExchangeEvent)
            own = [slot for slot in type(event).__slots__ if slot not in ("at", "connection", "exchange")]
            facts.append((type(event).__name__, *(getattr(event, slot) for slot in own)))
        return facts

    @property
    def names(self) -> list[str]:
        return [type(event).__name__ for event in self]

    def only(self, kind: type[E]) -> E:
        """The one event of a kind."""
        (event,) = (event for event in self if isinstance(event, kind))
        return event


class Observed:
    """A client that is observed, over a network and by clocks of our own."""

    def __init__(self, *, host: str = "192.0.2.1", connects: bool = True) -> None:
        self.seen = Seen()
        self.stream = FakeStream()
        self.network = FakeNetwork(self.stream)
        self.clock, self.wall_clock = Clock(), Clock(EPOCH)
        self.client = HTTPClient(
            self.network, clock=self.clock, wall_clock=self.wall_clock, user_agent="test", timeouts=Timeouts()
        )
        self.client.observer = self.seen
        self.network.up = connects
        self.client.connect_to_host(host)
        if connects:
            poll(self.client)
            assert self.client.get_status() is Status.STATUS_CONNECTED
            self.seen.clear()

    def sends(self, method: Method = GET, body: bytes = b"", headers: tuple[str, ...] = ()) -> None:
        assert self.client.request_raw(method, "/", headers, body) is Error.OK
        self.client.poll()

    def gets(self, *events: bytes | NetworkError) -> bytes:
        """A request, and its answer to the end."""
        self.sends()
        self.stream.events += events
        poll(self.client)
        return read(self.client)


@pytest.fixture
def observed() -> Observed:
    return Observed()


class TestConnecting:
    def test_an_address(self) -> None:
        one = Observed(connects=False)
        one.clock.advance(2.0)
        one.wall_clock.advance(3.0)
        one.network.up = True
        poll(one.client)
        assert one.seen.facts == [
            ("ConnectStarted", "192.0.2.1:80", ""),
            ("LayerEstablished", LayerKind.SOCKET),
            ("Connected", "192.0.2.1:80", "", "", "", ""),
        ]
        assert [event.at for event in one.seen] == [
            Moment(EPOCH, 100.0),
            Moment(EPOCH + 3.0, 102.0),
            Moment(EPOCH + 3.0, 102.0),
        ]
        assert len(connections(one.seen)) == 1
        assert one.seen.only(ConnectStarted).exchange == 0

    def test_a_name(self) -> None:
        one = Observed(host="example.org", connects=False)
        one.client.poll()
        one.network.addresses, one.network.up = FOUND, True
        poll(one.client)
        assert one.seen.facts[:2] == [
            ("ConnectStarted", "example.org:80", ""),
            ("NameResolved", "example.org", ("192.0.2.1", "192.0.2.2")),
        ]
        assert one.seen.names[2:] == ["LayerEstablished", "Connected"]

    def test_a_name_that_has_no_address(self) -> None:
        one = Observed(host="example.org", connects=False)
        one.network.failure = "no such name"
        assert poll(one.client) is Error.ERR_CANT_RESOLVE
        one.client.close()  # which ends nothing any more
        assert one.seen.facts[1:] == [("ConnectFailed", Outcome.FAILED, "no such name")]

    def test_a_look_up_that_cannot_begin(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def look_up(_: FakeNetwork, name: str) -> None:
            raise NetworkError("no thread left")

        monkeypatch.setattr(FakeNetwork, "look_up", look_up)
        one = Observed(host="example.org", connects=False)
        assert one.client.get_status() is Status.STATUS_CANT_RESOLVE
        assert one.seen.facts[1:] == [("ConnectFailed", Outcome.FAILED, "no thread left")]

    def test_two_names_are_told_once_each(self) -> None:
        """By `socks5://` both are looked up here, and the second takes longer."""
        one = Observed(connects=False)
        one.client.set_https_proxy("socks5://proxy.example", 1080)
        one.client.set_http_proxy("socks5://proxy.example", 1080)
        lookups = {"proxy.example": FOUND[:1], "example.org": None}

        class Slow:
            complete = True

            def __init__(self, host: str) -> None:
                self.host = host

            def poll(self) -> list[Address] | None:
                return lookups[self.host]

            def wait(self, timeout: float) -> None:
                raise AssertionError(timeout)

        one.network.look_up = Slow  # type: ignore[method-assign,assignment]
        one.client.connect_to_host("example.org")
        one.seen.clear()
        for _ in range(3):
            one.client.poll()
        lookups["example.org"] = FOUND[1:]
        one.client.poll()
        assert one.seen.facts == [
            ("NameResolved", "proxy.example", ("192.0.2.1",)),
            ("NameResolved", "example.org", ("192.0.2.2",)),
        ]

    @pytest.mark.parametrize("again", [False, True])
    def test_the_user_gives_it_up(self, again: bool) -> None:
        one = Observed(connects=False)
        one.client.poll()
        if again:
            one.client.connect_to_host("192.0.2.7")
        else:
            one.client.close()
        assert one.seen.facts[1:2] == [("ConnectFailed", Outcome.CLOSED, "")]
        assert one.seen.names[2:] == ["ConnectStarted"] * again
        assert len(connections(one.seen)) == 1 + again

    def test_it_takes_too_long(self) -> None:
        one = Observed(connects=False)
        one.client.connect_timeout = 5
        one.clock.advance(5.0)
        assert one.client.poll() is Error.ERR_CANT_CONNECT
        assert one.seen.facts[1:] == [("ConnectFailed", Outcome.FAILED, one.client.get_error_reason())]
        assert "connect_timeout" in one.client.get_error_reason()

    def test_a_proxy_refuses(self) -> None:
        one = Observed(connects=False)
        one.client.set_https_proxy("user:secret@192.0.2.9", 3128)
        one.seen.clear()
        one.network.up = True
        one.stream.events.append(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")
        one.client.connect_to_host("https://example.org")
        assert poll(one.client) is Error.ERR_CANT_CONNECT
        assert one.seen.facts[1:] == [
            ("ConnectStarted", "example.org:443", "192.0.2.9:3128"),
            ("LayerEstablished", LayerKind.SOCKET),
            ("ConnectFailed", Outcome.FAILED, one.client.get_error_reason()),
        ]
        assert "refused CONNECT" in one.client.get_error_reason()
        assert "secret" not in str(one.seen)

    def test_a_tunnel_and_tls_in_it(self) -> None:
        root = Authority()
        identity = root.issue("127.0.0.1")
        with TlsServer(identity, speak(LAST), before=grant) as server:
            client, seen = HTTPClient(), Seen()
            client.observer = seen
            client.set_https_proxy("127.0.0.1", server.port)
            client.connect_to_host("https://127.0.0.1", 1, TlsPolicy(roots=root.pem))
            poll(client)
            assert client.get_status() is Status.STATUS_CONNECTED, client.get_error_reason()
            client.close()
        layers = [event.kind for event in seen if isinstance(event, LayerEstablished)]
        assert layers == [LayerKind.SOCKET, LayerKind.TUNNEL, LayerKind.TLS]
        assert seen.only(ConnectStarted).target == "127.0.0.1:1"
        assert seen.only(Connected).tls_version == "TLSv1.3"
        assert seen.only(Connected).cipher
        assert seen.only(Connected).certificate == identity.pem
        assert seen.only(Connected).address == f"127.0.0.1:{server.port}"

    def test_tls_fails(self) -> None:
        with TlsServer(Authority().issue("127.0.0.1"), speak(LAST)) as server:
            client, seen = HTTPClient(), Seen()
            client.observer = seen
            client.connect_to_host("https://127.0.0.1", server.port, TlsPolicy(roots=Authority().pem))
            poll(client)
        assert client.get_status() is Status.STATUS_TLS_HANDSHAKE_ERROR
        assert seen.only(ConnectFailed).reason == client.get_error_reason()
        assert [event.kind for event in seen if isinstance(event, LayerEstablished)] == [LayerKind.SOCKET]

    def test_a_connection_that_is_handed_in(self, observed: Observed) -> None:
        observed.client.attach(FakeStream())
        assert observed.seen.facts == [
            ("ConnectionClosed", ""),
            ("Connected", "192.0.2.1:80", "", "", "", ""),
        ]
        assert len(connections(observed.seen)) == 2


def grant(connection: socket.socket) -> None:
    """Plays a proxy that agrees to all."""
    request = b""
    while not request.endswith(b"\r\n\r\n"):
        request += connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 Fine\r\n\r\n")


class TestAttempts:
    """Each address that is tried, over sockets."""

    def test_one_refuses_and_one_takes_it(self) -> None:
        with listening("127.0.0.2", closed=["127.0.0.1"]) as (port, _):
            addresses = [Address(socket.AF_INET, (f"127.0.0.{last}", 0)) for last in (1, 2)]
            seen = self.raced(addresses, port)
        assert seen.facts == [
            ("AttemptStarted", f"127.0.0.1:{port}"),
            ("AttemptFailed", f"127.0.0.1:{port}", "Connection refused"),
            ("AttemptStarted", f"127.0.0.2:{port}"),
        ]

    def test_one_that_fails_at_once(self) -> None:
        seen, port = Seen(), closed_port()
        race = Race(
            [Address(socket.AF_INET, ("255.255.255.255", 0))],
            port,
            10.0,
            clock=Clock(),
            trace=tracing.ConnectionTrace(tracing.Trace(seen, Clock(), Clock())),
        )
        with pytest.raises(NetworkError):
            race.poll()
        assert seen.names == ["AttemptStarted", "AttemptFailed"]

    def test_one_that_never_answers(self) -> None:
        clock, seen = Clock(), Seen()
        with blackholes("127.0.0.1") as port:
            race = Race(
                [Address(socket.AF_INET, ("127.0.0.1", 0))],
                port,
                5.0,
                clock=clock,
                trace=tracing.ConnectionTrace(tracing.Trace(seen, clock, Clock())),
            )
            clock.advance(5.0)
            with pytest.raises(NetworkError):
                race.poll()
        assert seen.only(AttemptFailed).reason == "no answer within 5 s"
        assert seen.only(AttemptFailed).at.monotonic == 105.0

    def test_a_loser_is_cancelled(self) -> None:
        """It began first, and has not answered when the other is connected."""
        clock, seen = Clock(), Seen()
        with blackholes("127.0.0.1", answering=["127.0.0.2"]) as port:
            addresses = [Address(socket.AF_INET, (f"127.0.0.{last}", 0)) for last in (1, 2)]
            connection = tracing.ConnectionTrace(tracing.Trace(seen, clock, Clock()))
            race = Race(addresses, port, 5.0, clock=clock, trace=connection)
            clock.advance(ATTEMPT_DELAY)
            established(race).close()
            race.close()
        assert seen.facts == [
            ("AttemptStarted", f"127.0.0.1:{port}"),
            ("AttemptStarted", f"127.0.0.2:{port}"),
            ("AttemptCancelled", f"127.0.0.1:{port}"),
        ]

    @pytest.mark.parametrize("kind", ["TCP", "Unix"])
    def test_those_under_way_are_cancelled_by_who_gives_up(
        self, kind: str, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        """Before the end of the connection is reported, which is the last of its events."""
        path, client, seen = tmp_path_factory.mktemp("s") / "s", HTTPClient(), Seen()
        client.observer = seen
        with socket.socket(socket.AF_UNIX) as listener, socket.socket(socket.AF_UNIX) as first:
            listener.bind(str(path))
            listener.listen(0)
            first.connect(str(path))  # nobody takes it, so there is no room for another
            with blackholes("127.0.0.1") as port:
                client.connect_to_host("127.0.0.1" if kind == "TCP" else f"unix:{path}", port)
                client.poll()
                client.close()
        place = f"127.0.0.1:{port}" if kind == "TCP" else f"unix:{path}"
        assert seen.facts == [
            ("ConnectStarted", place, ""),
            ("AttemptStarted", place),
            ("AttemptCancelled", place),
            ("ConnectFailed", Outcome.CLOSED, ""),
        ]

    @pytest.mark.parametrize("there", [False, True])
    def test_a_unix_domain_socket(self, there: bool, tmp_path_factory: pytest.TempPathFactory) -> None:
        path = tmp_path_factory.mktemp("s") / "s"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            if there:
                listener.listen()
            client, seen = HTTPClient(), Seen()
            client.observer = seen
            client.connect_to_host(f"unix:{path}")
            poll(client)
            client.close()
        place = f"unix:{path}"
        assert seen.facts[:2] == [("ConnectStarted", place, ""), ("AttemptStarted", place)]
        assert "AttemptCancelled" not in seen.names
        if there:
            assert seen.only(Connected).address == place
        else:
            assert seen.only(AttemptFailed).reason == "Connection refused"
            assert seen.names[-1] == "ConnectFailed"

    def raced(self, addresses: list[Address], port: int) -> Seen:
        seen = Seen()
        connection = tracing.ConnectionTrace(tracing.Trace(seen, Clock(), Clock()))
        established(Race(addresses, port, 10.0, clock=Clock(), trace=connection)).close()
        return seen


class TestExchanges:
    def test_a_small_one(self, observed: Observed) -> None:
        observed.sends()
        observed.clock.advance(1.0)
        observed.stream.events.append(HELLO)
        poll(observed.client)
        observed.clock.advance(1.0)
        assert read(observed.client) == b"hello"
        head = observed.stream.sent
        begun, size = len(HELLO) - 5, len(head)
        assert observed.seen.facts == [
            ("RequestStarted", "GET", head, 0, 0),
            ("Progress", size, 0, 0),
            ("RequestSent", size),
            ("Progress", size, len(HELLO), 0),
            ("HeadReceived", 200, False, HELLO[:begun]),
            ("Progress", size, len(HELLO), 5),
            ("ExchangeEnded", Outcome.COMPLETE, "", size, len(HELLO), 5, ()),
        ]
        assert [event.at.monotonic for event in observed.seen] == [100.0] * 3 + [101.0] * 2 + [102.0] * 2
        assert all(isinstance(event, ExchangeEvent) for event in observed.seen)

    def test_numbers(self) -> None:
        """Two exchanges over one connection, and one by another client: nobody has the number of another."""
        exchanges, connections = set(), set()
        for client in (Observed(), Observed()):
            for _ in range(2):
                client.gets(HELLO)
                event = client.seen[-1]
                assert isinstance(event, ExchangeEnded)
                exchanges.add(event.exchange)
                connections.add(event.connection)
        assert (len(exchanges), len(connections)) == (4, 2)
        assert 0 not in exchanges | connections

    def test_an_upload(self, observed: Observed) -> None:
        """It goes out in three pieces; the sizes count from the begin."""
        observed.stream.room = 10
        observed.client.request_raw(POST, "/", [], b"0123456789")
        observed.client.poll()
        started = observed.seen.only(RequestStarted)
        observed.stream.room = len(started.head) - 10
        observed.client.poll()
        observed.stream.room = 1000
        observed.client.poll()
        whole = len(started.head) + 10
        sizes = [event.sent for event in observed.seen if isinstance(event, Progress)]
        assert sizes == [10, len(started.head), whole]
        assert started.body_length == 10
        assert observed.seen.only(RequestSent).sent == whole

    def test_a_streamed_body_that_ends_without_another_byte(self, observed: Observed) -> None:
        client = observed.client
        client.request_stream(POST, "/", [], 4)
        client.poll()
        assert "RequestSent" not in observed.seen.names
        client.send_body_chunk(b"body")
        client.poll()
        client.end_body()
        assert observed.seen.names.count("RequestSent") == 1
        assert observed.seen.only(RequestStarted).body_length == 4

    def test_a_streamed_body_of_nothing(self, observed: Observed) -> None:
        """What tells that it is all is no byte."""
        observed.client.request_stream(POST, "/", [], 0)
        observed.client.poll()
        assert "RequestSent" not in observed.seen.names
        observed.client.end_body()
        assert observed.seen.only(RequestSent).sent == len(observed.seen.only(RequestStarted).head)

    def test_interim_heads(self, observed: Observed) -> None:
        early = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
        folded = OK + b"A: b\r\n c\r\nContent-Length: 0\r\n\r\n"
        observed.gets(early[:9], early[9:] + early + folded)
        heads = [event for event in observed.seen.facts if event[0] == "HeadReceived"]
        assert heads == [
            ("HeadReceived", 103, True, early),
            ("HeadReceived", 103, True, early),
            ("HeadReceived", 200, False, folded),
        ]

    def test_chunks_and_trailers(self, observed: Observed) -> None:
        body = b"5\r\nhello\r\n1\r\n!\r\n0\r\nA: b\r\n\r\n"
        assert observed.gets(CHUNKED, body) == b"hello!"
        ended = observed.seen.only(ExchangeEnded)
        heads = len(observed.seen.only(HeadReceived).head)
        assert (ended.received, ended.decoded, ended.trailers) == (heads + len(body), 6, ((b"A", b"b"),))

    def test_gzip(self, observed: Observed) -> None:
        body = gzip.compress(bytes(100_000))
        observed.client.decode_body = True
        answer = OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body)
        assert observed.gets(answer, body) == bytes(100_000)
        ended = observed.seen.only(ExchangeEnded)
        assert (ended.received, ended.decoded) == (len(answer) + len(body), 100_000)
        assert ended.outcome is Outcome.COMPLETE

    @pytest.mark.parametrize("code", [b"204 No", b"304 No"])
    def test_no_body(self, observed: Observed, code: bytes) -> None:
        answer = b"HTTP/1.1 " + code + b"\r\n\r\n"
        observed.gets(answer)
        assert observed.seen.names[-2:] == ["HeadReceived", "ExchangeEnded"]
        assert observed.seen.only(ExchangeEnded).received == len(answer)

    def test_the_end_of_the_connection_ends_the_body(self, observed: Observed) -> None:
        assert observed.gets(OK + b"\r\nhello", b"") == b"hello"
        assert observed.seen.only(ExchangeEnded).outcome is Outcome.COMPLETE
        assert observed.seen.facts[-1] == ("ConnectionClosed", "")

    @pytest.mark.parametrize("begun", [b"", OK, OK + b"Content-Length: 9\r\n\r\nhello"])
    def test_the_server_leaves_early(self, observed: Observed, begun: bytes) -> None:
        observed.gets(*filter(None, [begun]), b"")
        reason = observed.client.get_error_reason()
        assert reason.startswith("the server closed the connection")
        assert observed.seen.only(ExchangeEnded).reason == reason
        assert observed.seen.only(ExchangeEnded).outcome is Outcome.FAILED
        assert observed.seen.only(ExchangeEnded).received == len(begun)
        assert observed.seen.facts[-1] == ("ConnectionClosed", reason)

    def test_it_leaves_before_the_request_is_sent(self, observed: Observed) -> None:
        observed.client.request(GET, "/", [])
        observed.stream.events.append(b"")
        observed.client.poll()
        assert observed.seen.names == ["RequestStarted", "ExchangeEnded", "ConnectionClosed"]
        assert observed.seen.only(ExchangeEnded).outcome is Outcome.FAILED

    def test_what_comes_is_no_http(self, observed: Observed) -> None:
        observed.gets(b"SSH-2.0\r\n")
        assert observed.seen.only(ExchangeEnded).outcome is Outcome.FAILED
        assert "not an HTTP/1.x response" in observed.seen.only(ExchangeEnded).reason

    @pytest.mark.parametrize("name", ["first_byte_timeout", "idle_timeout", "total_timeout"])
    def test_a_deadline_passes(self, observed: Observed, name: str) -> None:
        setattr(observed.client, name, 5)
        observed.sends()
        observed.clock.advance(5.0)
        observed.client.poll()
        assert observed.seen.only(ExchangeEnded).outcome is Outcome.FAILED
        assert name in observed.seen.only(ExchangeEnded).reason

    @pytest.mark.parametrize("answer", [(), (OK + b"Content-Length: 9\r\n\r\nhello",)])
    @pytest.mark.parametrize("leaves", ["close", "detach"])
    def test_the_user_leaves(self, observed: Observed, answer: tuple[bytes, ...], leaves: str) -> None:
        observed.sends()
        observed.stream.events += answer
        observed.client.poll()
        if answer:
            assert observed.client.read_response_body_chunk() == b"hello"
        getattr(observed.client, leaves)()
        sent, received = len(observed.stream.sent), sum(map(len, answer))
        assert observed.seen.facts[-2:] == [
            ("ExchangeEnded", Outcome.CLOSED, "", sent, received, 5 if answer else 0, ()),
            ("ConnectionClosed", ""),
        ]
        observed.client.close()
        assert observed.seen.names.count("ExchangeEnded") == 1

    def test_a_silent_connection_is_lost(self, observed: Observed) -> None:
        observed.stream.events.append(b"")
        observed.client.poll()
        assert observed.seen.facts == [("ConnectionClosed", observed.client.get_error_reason())]

    def test_a_tunnel_of_ones_own(self, observed: Observed) -> None:
        observed.client.request(Method.METHOD_CONNECT, "example.org:80", [])
        observed.client.poll()
        observed.stream.events.append(OK + b"\r\nmore")
        observed.client.poll()
        assert observed.seen.only(ExchangeEnded).outcome is Outcome.COMPLETE
        observed.client.close()
        assert observed.seen.names[-1] == "ConnectionClosed"

    def test_switching_protocols_is_final(self, observed: Observed) -> None:
        observed.gets(b"HTTP/1.1 101 Go\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n")
        assert not observed.seen.only(HeadReceived).interim


class TestConnectingAnew:
    @pytest.fixture
    def spent(self, observed: Observed) -> Observed:
        observed.gets(LAST)
        assert observed.seen.names[-2:] == ["ExchangeEnded", "ConnectionClosed"]
        observed.seen.clear()
        observed.network.stream = observed.stream = FakeStream()
        return observed

    def test_it_belongs_to_the_request(self, spent: Observed) -> None:
        assert spent.gets(HELLO) == b"hello"
        assert spent.seen.names[:6] == [
            "RequestStarted",
            "ConnectStarted",
            "LayerEstablished",
            "Connected",
            "Progress",
            "RequestSent",
        ]
        started, connecting = spent.seen.only(RequestStarted), spent.seen.only(ConnectStarted)
        assert (started.connection, connecting.exchange) == (0, started.exchange)
        ended = spent.seen.only(ExchangeEnded)
        assert (ended.connection, ended.exchange) == (connecting.connection, started.exchange)

    def test_it_fails(self, spent: Observed) -> None:
        spent.network.failure = "refused"
        spent.sends()
        assert spent.seen.facts[1:] == [
            ("ConnectStarted", "192.0.2.1:80", ""),
            ("ConnectFailed", Outcome.FAILED, "refused"),
            ("ExchangeEnded", Outcome.FAILED, "refused, before it answered", 0, 0, 0, ()),
        ]

    def test_a_deadline_of_the_request_passes(self, spent: Observed) -> None:
        spent.network.up = False
        spent.client.total_timeout = 5
        spent.sends()
        spent.clock.advance(5.0)
        spent.client.poll()
        assert spent.seen.only(ConnectFailed).outcome is Outcome.FAILED
        assert "total_timeout" in spent.seen.only(ConnectFailed).reason
        assert spent.seen.names[-2:] == ["ConnectFailed", "ExchangeEnded"]

    def test_the_user_closes(self, spent: Observed) -> None:
        spent.network.up = False
        spent.sends()
        spent.client.close()
        assert spent.seen.only(ConnectFailed).outcome is Outcome.CLOSED
        assert spent.seen.only(ExchangeEnded).outcome is Outcome.CLOSED


class TestObservers:
    def test_nobody_is_told_without_one(self, observed: Observed) -> None:
        observed.client.observer = None
        assert observed.gets(HELLO) == b"hello"
        assert observed.seen == []

    def test_one_that_comes_late(self, observed: Observed) -> None:
        """It learns of the next request, though not of the connection below."""
        late = Seen()
        client, stream = HTTPClient(observed.network), observed.stream
        client.connect_to_host("192.0.2.1")
        poll(client)
        client.observer = late
        client.request(GET, "/", [])
        client.poll()
        stream.events.append(HELLO)
        poll(client)
        assert read(client) == b"hello"
        client.close()
        assert (late.names[0], late.names[-1]) == ("RequestStarted", "ExchangeEnded")
        assert connections(late) == {0}

    def test_one_that_is_replaced_hears_the_end_of_what_it_knows(self, observed: Observed) -> None:
        other = Seen()
        observed.sends()
        observed.client.observer = other
        assert observed.client.observer is other
        observed.stream.events.append(HELLO)
        poll(observed.client)
        read(observed.client)
        assert observed.seen.names[-1] == "ExchangeEnded"
        assert other == []
        observed.gets(HELLO)
        assert other.names[-1] == "ExchangeEnded"

    def test_one_that_raises_is_told_no_more(self, caplog: pytest.LogCaptureFixture) -> None:
        events: list[Event] = []

        def raises(event: Event) -> None:
            events.append(event)
            raise ValueError("broken")

        one = Observed()
        one.client.observer = raises
        for _ in range(2):
            assert one.gets(HELLO) == b"hello"
        assert len(events) == 1
        assert one.client.observer is None
        (record,) = caplog.records
        assert (record.levelno, "observer" in record.message) == (logging.ERROR, True)
        assert record.exc_info is not None
        assert str(record.exc_info[1]) == "broken"

    def test_one_may_close_the_client(self) -> None:
        one = Observed()

        def closes(event: Event) -> None:
            one.seen(event)
            if isinstance(event, HeadReceived):
                one.client.close()

        one.client.observer = closes
        one.gets(HELLO)
        assert one.client.get_status() is Status.STATUS_DISCONNECTED
        assert one.seen.only(ExchangeEnded).outcome is Outcome.CLOSED


class TestBodies:
    """Observers are shown the begin of each body where they were promised it, as readers get it."""

    def pieces(self, kind: type[RequestBody] | type[ResponseBody], seen: Seen) -> list[bytes]:
        return [event.data for event in seen if isinstance(event, kind)]

    def test_the_begin_of_each(self) -> None:
        seen = Seen()
        client, _ = fake(CHUNKED + b"3\r\nabc\r\n", b"3\r\ndef\r\n0\r\n\r\n")
        client._trace = tracing.Trace(seen, Clock(), Clock(), 4)
        client.request_stream(POST, "/", [])
        for piece in (b"12", b"", b"3456", b"7"):
            assert client.send_body_chunk(piece) is Error.OK
        client.end_body()
        poll(client)
        assert read(client) == b"abcdef"
        assert self.pieces(RequestBody, seen) == [b"12", b"34"]
        assert b"".join(self.pieces(ResponseBody, seen)) == b"abcd"
        assert seen.names[-1] == "ExchangeEnded"

    def test_of_several_reads_only_as_much(self) -> None:
        seen = Seen()
        client, _ = fake(OK + b"Content-Length: 600\r\n\r\n" + bytes(600))
        client._trace = tracing.Trace(seen, Clock(), Clock(), 300)
        client.set_read_chunk_size(256)
        assert get(client) == bytes(600)
        assert [len(piece) for piece in self.pieces(ResponseBody, seen)] == [256, 44]

    def test_what_is_refused_is_not_shown(self) -> None:
        seen = Seen()
        client, _ = fake()
        client._trace = tracing.Trace(seen, Clock(), Clock(), 100)
        client.request_stream(POST, "/", [], 2)
        with pytest.raises(LocalError):
            client.send_body_chunk(b"123")
        assert self.pieces(RequestBody, seen) == []

    def test_decoded(self) -> None:
        seen = Seen()
        body = gzip.compress(b"hello")
        client, _ = fake(OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
        client._trace = tracing.Trace(seen, Clock(), Clock(), 100)
        client.set_decode_body(True)
        assert get(client) == b"hello"
        assert b"".join(self.pieces(ResponseBody, seen)) == b"hello"


@pytest.fixture
def by_default() -> Iterator[Callable[[Callable[[], Observer | None] | None], None]]:
    yield trace.observe
    trace.observe(None)


Observe = Callable[[Callable[[], Observer | None] | None], None]


class TestByDefault:
    def test_all_clients_from_now_on(self, by_default: Observe) -> None:
        before, seen = HTTPClient(), Seen()
        by_default(lambda: seen)
        one = HTTPClient()
        by_default(None)
        assert (before.observer, one.observer, HTTPClient().observer) == (None, seen, None)

    @pytest.mark.parametrize(("bodies", "shown"), [(0, []), (3, [b"hel"])])
    def test_bodies_are_shown_where_that_is_asked_for(self, bodies: int, shown: list[bytes]) -> None:
        seen = Seen()
        trace.observe(lambda: seen, bodies=bodies)
        try:
            client, _ = fake(HELLO)
        finally:
            trace.observe(None)
        assert get(client) == b"hello"
        assert [event.data for event in seen if isinstance(event, ResponseBody)] == shown

    def test_a_factory_may_want_none(self, by_default: Observe) -> None:
        by_default(lambda: None)
        assert HTTPClient().observer is None

    def test_a_factory_that_raises_is_asked_no_more(
        self, by_default: Observe, caplog: pytest.LogCaptureFixture
    ) -> None:
        asked = []

        def factory() -> Observer:
            asked.append(1)
            raise ValueError("broken")

        by_default(factory)
        assert [HTTPClient().observer for _ in range(2)] == [None, None]
        assert (len(asked), len(caplog.records)) == (1, 1)

    def test_over_sockets(self, by_default: Observe) -> None:
        seen = Seen()
        by_default(lambda: seen)
        with ScriptedServer([ReadRequest(), HELLO]) as server:
            client = HTTPClient()
            client.connect_to_host("localhost", server.port)
            poll(client)
            assert get(client) == b"hello"
            client.close()
        tried = [event.address for event in seen if isinstance(event, AttemptStarted)]
        assert seen.only(Connected).address == f"127.0.0.1:{server.port}"
        assert seen.only(Connected).address in tried
        assert seen.only(NameResolved).name == "localhost"
        assert seen.only(RequestStarted).head == server.received[0]
        assert seen.only(ConnectionClosed).reason == ""


def test_without_a_client() -> None:
    """As a pool uses it."""
    clock, seen, stream = Clock(), Seen(), FakeStream(HELLO)
    network = FakeNetwork(stream)
    network.up = True
    reporter = tracing.Trace(seen, clock, Clock())
    connector = Connector(network, clock=clock, timeouts=Timeouts())
    connecting = connector.connect(Route(parse_host("192.0.2.1")), limits=Limits(), trace=reporter)
    connected = connecting.poll()
    assert connected is stream
    http = HTTP11Connection(Timing(clock, Timeouts()), Timeouts(), stream, None, connecting.trace)
    http.close()
    assert seen.names == ["ConnectStarted", "LayerEstablished", "Connected", "ConnectionClosed"]


def test_the_network_passes_it_on() -> None:
    seen = Seen()
    connection = tracing.ConnectionTrace(tracing.Trace(seen, Clock(), Clock()))
    network = TcpNetwork(clock=Clock())
    pending = network.connect([Address(socket.AF_INET, ("127.0.0.1", 0))], closed_port(), None, connection)
    pending.close()
    assert seen.names[0] == "AttemptStarted"
