"""What sends one request of a call, over a network in memory."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.loopback.responses import HELLO
from tests.unit.http.sessions.driving import CUT, Served

from pythonscript_http.sessions.bodies import BytesBody, IteratorBody
from pythonscript_http.sessions.exchange import Sink
from pythonscript_http.sessions.failures import Failure
from pythonscript_http.sessions.headers import Headers
from pythonscript_http.sessions.options import Options
from pythonscript_http.sessions.request import Request
from pythonscript_http.sessions.response import Response
from pythonscript_http.sessions.sender import PoolSender
from pythonscript_http.sessions.sinks import MemorySink, NoSink
from pythonscript_http.sessions.urls import parse_url


class Sending:
    """Sends requests over a pool."""

    def __init__(self) -> None:
        self.served = Served()
        self.sink: MemorySink | NoSink | None = None
        self.environment: dict[str, str] = {}
        self.sender = PoolSender(
            self.served.loop,
            self.served.session.pool,
            environment=lambda name: self.environment.get(name, ""),
        )

    async def _open(self, response: Response, length: int) -> Sink:
        if self.sink is None:
            self.sink = MemorySink(length)
        return self.sink

    def request(self, method: str = "GET", url: str = "http://a/x", **options: object) -> Request:
        return Request(method, parse_url(url).url, Headers(), None, Options().merged(options))

    def send(self, request: Request) -> Response:
        response = self.served.loop.run(self.sender.send(request, self._open, None))
        if isinstance(self.sink, MemorySink):
            response.body = self.sink.body()
        self.sink = None
        return response


@pytest.fixture
def sending() -> Iterator[Sending]:
    made = Sending()
    yield made
    made.served.loop.end()


def test_a_request(sending: Sending) -> None:
    request = sending.request("PUT", "http://a:8080/x?y", max_header_size=2048)
    request.headers.add("X", "ü")
    request.body = BytesBody(b"abc", "text/plain")
    response = sending.send(request)
    assert (response.status, bytes(response.body), response.method) == (200, b"hello", "PUT")
    assert sending.served.peers.requests[0].decode() == (
        "PUT /x?y HTTP/1.1\r\nHost: a:8080\r\nX: ü\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n"
        f"User-Agent: {sending.sender.user_agent}\r\nAccept: */*\r\nAccept-Encoding: "
        + sending.served.peers.requests[0].decode().partition("Accept-Encoding: ")[2].partition("\r\n")[0]
        + "\r\n\r\nabc"
    )


def test_a_head_is_made_once_for_the_same(sending: Sending) -> None:
    for _ in range(2):
        sending.send(sending.request())
    first, second = sending.served.peers.requests
    assert first == second
    (pooled,) = sending.served.session.pool._by_age
    kept = pooled.head
    assert kept is not None
    sending.send(sending.request())
    assert pooled.head is kept
    for request in (
        sending.request("HEAD"),
        sending.request(url="http://a/y"),
        sending.request(decode_body=False),
    ):
        before = pooled.head
        sending.served.peers.all[0]._answering = lambda _: [b"HTTP/1.1 204 x\r\n\r\n"]
        sending.send(request)
        assert pooled.head is not before
    assert b"Accept-Encoding" not in sending.served.peers.requests[-1]


@pytest.mark.parametrize(
    ("method", "again"), [("GET", True), ("PUT", True), ("DELETE", True), ("POST", False)]
)
def test_a_kept_connection_that_is_dead(sending: Sending, method: str, again: bool) -> None:
    """The request is sent anew where that is safe, once, over a connection that is new."""
    sending.send(sending.request())
    dying = sending.served.peers.all[0]
    dying._answering = lambda _: [CUT]
    response = sending.send(sending.request(method))
    assert response.ok is again
    assert len(sending.served.peers.requests) == (3 if again else 2)
    if not again:
        assert (response.failure, response.status) == (Failure.CONNECTION_LOST, 0)
        assert response.failure_reason == "cannot receive: reset, before it answered"


def test_where_one_is_dead_no_other_kept_one_is_tried(sending: Sending) -> None:
    served = sending.served
    served.peers.seconds = 1
    for transfer in [served.session.start("GET", "http://a/x") for _ in range(3)]:
        served.loop.finish(transfer.response)
    assert served.session.pool.idle == 3
    for peer in served.peers.all:
        peer._answering = lambda _: [CUT]
    assert sending.send(sending.request()).ok
    assert len(served.peers.requests) == 3 + 2


def test_a_server_that_only_cuts_is_asked_twice(sending: Sending) -> None:
    sending.send(sending.request())
    for peer in sending.served.peers.all:
        peer._answering = lambda _: [CUT]
    sending.served.peers.answering = lambda _: [CUT]
    assert sending.send(sending.request()).failure is Failure.CONNECTION_LOST
    assert len(sending.served.peers.requests) == 3


def test_what_can_be_read_once_goes_over_a_new_connection(sending: Sending) -> None:
    sending.send(sending.request())
    request = sending.request("PUT")
    request.body = IteratorBody([b"abc"])
    assert sending.send(request).ok
    assert len(sending.served.peers.all) == 2


@pytest.mark.parametrize("size", [100, 1_000_000])
def test_a_body_that_nobody_wants(sending: Sending, size: int) -> None:
    """A small one is read, and the connection kept; a large one ends it."""
    body = bytes(size)
    sending.served.peers.answering = lambda _: [
        b"HTTP/1.1 302 x\r\nContent-Length: %d\r\n\r\n" % size,
        body,
    ]
    sending.sink = NoSink()
    response = sending.send(sending.request())
    assert (response.status, response.failure) == (302, Failure.NONE)
    assert sending.served.session.pool.idle == (1 if size < 1000 else 0)


def test_what_came_of_a_response_that_is_cut(sending: Sending) -> None:
    sending.served.peers.answering = lambda _: [HELLO[:-2], b""]
    response = sending.send(sending.request())
    assert (response.status, bytes(response.body)) == (200, b"hel")
    assert (response.failure, response.ok) == (Failure.CONNECTION_LOST, False)
    assert response.timings["first_byte"] >= 0.0


def test_memory_has_a_bound(sending: Sending, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless the call says more, or the body does not stay there."""
    monkeypatch.setattr("pythonscript_http.sessions.sender.LARGEST_IN_MEMORY", 4)
    options: list[dict[str, Any]] = [
        {},
        {"max_body_size": 5},
        {"max_body_size": 4},
        {"stream_response": True},
    ]
    responses = [sending.send(sending.request(**one)) for one in options]
    large = Failure.BODY_TOO_LARGE
    assert [response.failure for response in responses] == [large, Failure.NONE, large, Failure.NONE]
    assert [response.status for response in responses] == [200] * 4
    assert responses[0].headers.get("content-length") == "5"


@pytest.mark.parametrize(
    ("proxy", "environment", "line"),
    [
        ("", {"http_proxy": "http://p:8080"}, b"GET /x HTTP/1.1"),
        ("http://p:8080", {}, b"GET http://a/x HTTP/1.1"),
        ("environment", {}, b"GET /x HTTP/1.1"),
        ("environment", {"http_proxy": "http://p:8080"}, b"GET http://a/x HTTP/1.1"),
        ("environment", {"http_proxy": "http://p:8080", "no_proxy": "a"}, b"GET /x HTTP/1.1"),
    ],
)
def test_proxies(sending: Sending, proxy: str, environment: dict[str, str], line: bytes) -> None:
    sending.environment = environment
    assert sending.send(sending.request(proxy=proxy)).ok
    assert sending.served.peers.requests[0].startswith(line + b"\r\n")


def test_a_proxy_wants_to_know_who_we_are(sending: Sending) -> None:
    assert sending.send(sending.request(proxy="http://me:word@p:8080")).ok
    assert b"\r\nProxy-Authorization: Basic bWU6d29yZA==\r\n" in sending.served.peers.requests[0]


@pytest.mark.parametrize("proxy", ["nope://p:1", "environment"])
def test_a_wrong_proxy_is_not_passed_by(sending: Sending, proxy: str) -> None:
    sending.environment = {"http_proxy": "nope://p:1"}
    response = sending.send(sending.request(proxy=proxy))
    assert response.failure is Failure.INVALID_REQUEST
    assert sending.served.peers.requests == []


def test_routes_are_kept_but_not_all(sending: Sending) -> None:
    for number in range(600):
        sending.sender._route(parse_url(f"http://h{number}/").url, Options())
    assert len(sending.sender._routes) <= 256


def test_what_cannot_be_said_in_http(sending: Sending) -> None:
    response = sending.send(sending.request("G T"))
    assert response.failure is Failure.INVALID_REQUEST
    assert sending.served.session.pool.size == 0
