"""Event streams that go on over several connections, from a mock and from a server."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from tests.loopback.scripted import ReadRequest, ScriptedServer, Step
from tests.unit.http.sessions.driving import Served

from pythonscript_http.exceptions import LocalError
from pythonscript_http.sessions.event_source import (
    IDLE,
    LEAST_DELAY,
    LONGEST_DELAY,
    RECONNECTION_TIME,
    SHORT,
    EventListener,
    EventSource,
    State,
)
from pythonscript_http.sessions.event_stream import LONGEST_RETRY, ServerSentEvent
from pythonscript_http.sessions.failures import Failure
from pythonscript_http.sessions.loop import Future, Loop
from pythonscript_http.sessions.mock import Mock
from pythonscript_http.sessions.response import Response
from pythonscript_http.sessions.session import Session
from pythonscript_http.trace import CallStarted, Event
from pythonscript_http.tracing import observe

STREAM = {"Content-Type": "text/event-stream"}


class Told(EventListener):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.log: list[object] = []
        self.data: list[str] = []
        self.delays: list[float] = []
        self.last: Response | None = None
        self.blocked: Future[None] | None = None

    def opened(self, response: Response) -> None:
        self.log.append(f"opened {response.status}")

    def events(self, events: list[ServerSentEvent]) -> Future[None] | None:
        self.data += [event.data for event in events]
        self.log.append([event.data for event in events])
        return self.blocked

    def disconnected(self, reason: str, delay: float) -> None:
        self.log.append(reason)
        self.delays.append(delay)

    def closed(self, response: Response) -> None:
        assert self.last is None
        self.last = response
        self.log.append("closed")


class Listening(Served):
    """A source whose session has a mock."""

    def __init__(self) -> None:
        super().__init__()
        self.mock = Mock(self.loop)
        self.session.sender = self.mock
        self.told = Told()
        self.source = self.make()

    def make(self, url: str = "/events", **rest: Any) -> EventSource:
        return EventSource(self.session, url, self.told, jitter=lambda: 1.0, **rest)

    def run(self) -> Response:
        """Runs it to its end."""
        self.source.open()
        for _ in range(1000):
            self.loop.settle()
            if self.told.last is not None:
                return self.told.last
            self.loop.advance(1.0)
        raise AssertionError("no end")

    def headers(self, name: str) -> list[str]:
        """Those of the requests, one after the other."""
        return [request.headers.get(name, "-") for request in self.mock.requests]


@pytest.fixture
def listening() -> Iterator[Listening]:
    made = Listening()
    yield made
    made.source.close()
    made.session.close()
    made.loop.end()
    assert made.session.calls == 0


def test_a_stream(listening: Listening) -> None:
    rule = listening.mock.on("GET", "/events").answer(
        [b"data: a\n\nda", b"ta: b\n\n", b"data: c"], headers=STREAM
    )
    rule.answer(status=204)
    assert listening.source.state is State.CLOSED
    assert listening.run().status == 204
    assert listening.told.log == ["opened 200", ["a"], ["b"], "the stream ended", "closed"]
    assert listening.told.delays == [RECONNECTION_TIME]
    assert listening.source.state is State.CLOSED
    assert listening.headers("Accept") == ["text/event-stream"] * 2
    assert listening.headers("Cache-Control") == ["no-cache"] * 2


def test_who_asks(listening: Listening) -> None:
    """It is told of every connection; of a user and a password nobody is."""
    events: list[Event] = []
    observe(lambda: events.append)
    try:
        session = Session(listening.loop)
    finally:
        observe(None)
    session.sender = listening.mock
    listening.mock.on().answer(b"data: a\n\n", headers=STREAM).answer(status=204)
    listening.source = EventSource(session, "http://u:p@a/", listening.told, source="me")
    listening.run()
    started = [event for event in events if isinstance(event, CallStarted)]
    assert [(event.url, event.source) for event in started] == [("http://a/", "me")] * 2
    listening.told.last = None
    listening.source.open()
    listening.source.close()
    listening.loop.settle()
    assert listening.told.last is not None
    assert listening.told.last.url == "http://a/"


def test_it_goes_on_from_the_last_id(listening: Listening) -> None:
    rule = listening.mock.on().answer([b"id: 1\ndata: a\n\nid: 2\ndata: b"], headers=STREAM)
    rule.answer(b"data: c\n\nid: \xc3\xbc\n\n", headers=STREAM).answer(b"id\n\n", headers=STREAM).answer(
        status=204
    )
    listening.run()
    assert listening.told.data == ["a", "c"]
    assert listening.headers("Last-Event-ID") == ["-", "1", "ü", "-"]


def test_the_server_says_how_long_to_wait(listening: Listening) -> None:
    rule = listening.mock.on()
    for stream in (b"retry: 500\ndata: a\n\n", b"data: b\n\n", b"retry: 0\ndata: c\n\n"):
        rule.answer(stream, headers=STREAM)
    rule.answer(status=204)
    listening.run()
    assert listening.told.delays == [0.5, 0.5, LEAST_DELAY]


def test_delays_grow_while_no_connection_comes_about(listening: Listening) -> None:
    rule = listening.mock.on()
    for _ in range(8):
        rule.fail(Failure.CANT_CONNECT, "refused")
    rule.answer(b"data: a\n\n", headers=STREAM).fail(Failure.CANT_RESOLVE).answer(status=204)
    listening.run()
    assert listening.told.delays[:8] == [3.0, 6.0, 12.0, 24.0, 48.0, 60.0, 60.0, LONGEST_DELAY]
    assert listening.told.delays[8:] == [RECONNECTION_TIME] * 2  # the stream stood in between
    assert listening.told.log[:2] == ["refused"] * 2


@pytest.mark.parametrize("body", [b"retry: 0\n\n", b": a comment\n\n", b""])
def test_delays_grow_while_no_connection_brings_anything(listening: Listening, body: bytes) -> None:
    rule = listening.mock.on().answer(b"retry: 0\n\ndata: a\n\n", headers=STREAM)
    for _ in range(12):
        rule.answer(body, headers=STREAM)
    rule.answer(b"data: a\n\n", headers=STREAM).answer(status=204)
    listening.run()
    grown = [min(LEAST_DELAY * 2.0**number, LONGEST_DELAY) for number in range(12)]
    assert listening.told.delays == [LEAST_DELAY, *grown, LEAST_DELAY]


def test_a_connection_that_stands_long_is_of_use_without_events(listening: Listening) -> None:
    rule = listening.mock.on()
    for pause in (SHORT, SHORT - 1, SHORT, SHORT - 1, SHORT - 1):
        rule.answer([b": still\n", b": here\n"], headers=STREAM, pause=pause)
    rule.answer(status=204)
    listening.run()
    assert listening.told.delays == [RECONNECTION_TIME] * 4 + [2 * RECONNECTION_TIME]


def test_jitter_parts_those_who_were_parted_at_once(listening: Listening) -> None:
    listening.source = EventSource(listening.session, "/", listening.told, jitter=lambda: 0.0)
    rule = listening.mock.on()
    for _ in range(3):
        rule.fail(Failure.CANT_CONNECT)
    rule.answer(status=204)
    listening.run()
    assert listening.told.delays == [3.0, 4.5, 9.0]


@pytest.mark.parametrize("failure", [Failure.CONNECTION_LOST, Failure.TIMEOUT])
def test_a_stream_that_breaks_off(listening: Listening, failure: Failure) -> None:
    rule = listening.mock.on().answer([b"data: a\n\n"], headers=STREAM).break_off(failure, "reset")
    rule.answer(status=204)
    listening.run()
    assert listening.told.log == ["opened 200", ["a"], "reset", "closed"]


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(listening: Listening, status: int) -> None:
    listening.mock.on().answer(b"later", status=status).answer(status=204)
    assert listening.run().status == 204
    assert listening.told.log == [f"the server answered {status}", "closed"]


@pytest.mark.parametrize(
    ("asked", "delay"), [("10", 10.0), ("1", RECONNECTION_TIME), ("x", RECONNECTION_TIME)]
)
def test_retry_after(listening: Listening, asked: str, delay: float) -> None:
    listening.mock.on().answer(status=503, headers={"Retry-After": asked}).answer(status=204)
    listening.run()
    assert listening.told.delays == [delay]


def test_a_server_that_would_have_us_wait_for_ever(listening: Listening) -> None:
    listening.mock.on().answer(status=503, headers={"Retry-After": "9" * 30})
    listening.source.open()
    listening.loop.settle()
    assert listening.told.delays == [LONGEST_RETRY]


@pytest.mark.parametrize("status", [204, 201, 400, 401, 404, 501])
def test_any_other_status_ends_it(listening: Listening, status: int) -> None:
    body = b"" if status == 204 else b'{"error": "why"}'
    listening.mock.on().answer(body, status=status, headers=STREAM)
    response = listening.run()
    assert (response.status, response.failure) == (status, Failure.NONE)
    assert listening.told.log == ["closed"]
    if status >= 400:
        assert response.json() == {"error": "why"}


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ({"Content-Type": "text/html"}, "text/html"),
        ({}, "of no media type"),
        ({"Content-Type": "text/event-streams"}, "text/event-streams"),
    ],
)
def test_what_is_no_event_stream_ends_it(listening: Listening, headers: dict[str, str], found: str) -> None:
    listening.mock.on().answer([b"data: a\n\n"] * 3, headers=headers, pause=1.0)
    response = listening.run()
    assert response.failure is Failure.PROTOCOL
    assert response.failure_reason == f"the response is {found}, not text/event-stream"
    assert listening.told.data == []


@pytest.mark.parametrize("kind", ["text/event-stream;charset=utf-8", "Text/Event-Stream ; x=y"])
def test_parameters_of_the_type_do_not_count(listening: Listening, kind: str) -> None:
    listening.mock.on().answer(b"data: a\n\n", headers={"Content-Type": kind}).answer(status=204)
    listening.run()
    assert listening.told.data == ["a"]


def test_a_stream_over_a_limit_ends_it(listening: Listening) -> None:
    listening.mock.on().answer([b"data: a\n\n", b"x" * (1 << 20), b"x", b"\n\ndata: b\n\n"], headers=STREAM)
    response = listening.run()
    assert response.failure is Failure.PROTOCOL
    assert "bytes in one line" in response.failure_reason
    assert listening.told.data == ["a"]


@pytest.mark.parametrize(
    "failure", [Failure.TLS, Failure.PROTOCOL, Failure.INVALID_REQUEST, Failure.HOOK, Failure.UNEXPECTED]
)
def test_failures_that_no_patience_mends_end_it(listening: Listening, failure: Failure) -> None:
    listening.mock.on().fail(failure)
    assert listening.run().failure is failure
    assert listening.told.log == ["closed"]


def test_a_url_that_is_none(listening: Listening) -> None:
    listening.source = listening.make("ftp://a")
    assert listening.run().failure is Failure.INVALID_REQUEST


def test_a_stream_goes_into_no_file(listening: Listening) -> None:
    listening.source = listening.make(options={"download_to": "x"})
    response = listening.run()
    assert response.failure is Failure.INVALID_REQUEST
    assert "a body goes into a file" in response.failure_reason
    assert listening.mock.requests == []


def test_headers_that_are_none(listening: Listening) -> None:
    for headers in ({"A": "b\n"}, "A: b"):
        with pytest.raises(LocalError):
            listening.make(options={"headers": headers})


def test_options_go_along(listening: Listening) -> None:
    options = {"headers": {"authorization": "Bearer x", "ACCEPT": "text/*"}, "query": {"a": 1}}
    listening.source = listening.make(options=options)
    listening.mock.on().answer(status=204)
    listening.run()
    (request,) = listening.mock.requests
    assert request.url == "http://a/events?a=1"
    assert (request.headers.get("Authorization"), request.headers.get("Accept")) == ("Bearer x", "text/*")


def test_redirects_are_followed_each_time(listening: Listening) -> None:
    listening.mock.on(url="/events").answer(status=307, headers={"Location": "/moved"})
    listening.mock.on(url="/moved").answer(b"data: a\n\n", headers=STREAM).answer(status=204)
    assert listening.run().url == "http://a/moved"
    assert listening.told.data == ["a"]


# ---- streams that are asked for once


def test_a_post_is_not_sent_again(listening: Listening) -> None:
    listening.source = listening.make(options={"method": "POST", "json": {"ask": 1}})
    rule = listening.mock.on("POST", body='{"ask":1}').answer(
        [b"data: a\n\n", b"data: [DONE]\n\n"], headers=STREAM
    )
    response = listening.run()
    assert (response.ok, rule.calls) == (True, 1)
    assert listening.told.log == ["opened 200", ["a"], ["[DONE]"], "closed"]


def test_a_post_is_not_sent_again_behind_a_redirect(listening: Listening) -> None:
    listening.source = listening.make(options={"json": {}})
    rule = listening.mock.on("POST").answer(status=303, headers={"Location": "/stream"})
    listening.mock.on("GET", "/stream").answer([b"data: a\n\n"], headers=STREAM)
    assert listening.run().ok
    assert rule.calls == 1


def test_a_body_alone_makes_a_post(listening: Listening) -> None:
    listening.source = listening.make(options={"json": {}})
    listening.mock.on("POST").answer([b"data: a\n\n"], headers=STREAM).break_off()
    assert listening.run().failure is Failure.CONNECTION_LOST


@pytest.mark.parametrize(("reconnect", "calls"), [(True, 2), (False, 1)])
def test_reconnecting_is_a_choice(listening: Listening, reconnect: bool, calls: int) -> None:
    listening.source = listening.make(reconnect=reconnect, options={"method": "POST" if reconnect else "GET"})
    rule = listening.mock.on().answer(b"", headers=STREAM).answer(status=204)
    listening.run()
    assert rule.calls == calls


# ---- its end


def test_closing_while_it_is_open(listening: Listening) -> None:
    listening.mock.on().answer([b"data: a\n\n", b"data: b\n\n"], headers=STREAM, pause=100.0)
    listening.source.open()
    listening.loop.settle()
    assert listening.source.state is State.OPEN
    listening.source.close()
    listening.loop.settle()
    assert listening.told.log == ["opened 200", ["a"], "closed"]
    assert listening.told.last is not None
    assert listening.told.last.failure is Failure.CANCELLED
    assert listening.session.calls == 0


def test_closing_while_it_waits(listening: Listening) -> None:
    listening.mock.on().fail()
    listening.source.open()
    listening.loop.settle()
    assert listening.source.state is State.CONNECTING
    listening.source.close()
    listening.source.close()
    listening.loop.settle()
    assert listening.told.log[-1] == "closed"
    assert len(listening.mock.requests) == 1


def test_closing_before_it_began(listening: Listening) -> None:
    listening.source.close()
    listening.mock.on().answer(status=204)
    assert listening.run().status == 204


def test_it_may_be_opened_anew(listening: Listening) -> None:
    listening.mock.on().answer(b"id: 7\ndata: a\n\n", headers=STREAM).answer(status=204)
    listening.run()
    listening.told.last = None
    listening.run()
    assert listening.headers("Last-Event-ID") == ["-", "7", "7"]


def test_opening_twice_is_opening_once(listening: Listening) -> None:
    listening.mock.on().answer([b""], headers=STREAM)
    listening.source.open()
    listening.source.open()
    listening.loop.settle()
    assert len(listening.mock.requests) == 1


def test_a_session_that_closes_ends_it(listening: Listening) -> None:
    listening.mock.on().answer([b"data: a\n\n", b"data: b\n\n"], headers=STREAM, pause=100.0)
    listening.source.open()
    listening.loop.settle()
    listening.session.close()
    listening.loop.settle()
    assert listening.told.last is not None
    assert listening.told.last.failure is Failure.CANCELLED
    assert listening.source.state is State.CLOSED


def test_a_listener_that_raises(listening: Listening, caplog: pytest.LogCaptureFixture) -> None:
    class Raising(EventListener):
        def disconnected(self, reason: str, delay: float) -> None:
            raise ValueError("in disconnected")

        def closed(self, response: Response) -> None:
            raise ValueError("in closed")

    listening.source = EventSource(listening.session, "/", Raising())
    listening.mock.on().fail().answer(status=204)
    listening.source.open()
    listening.loop.advance(10.0)
    assert listening.source.state is State.CLOSED
    assert [str(record.exc_info[1]) for record in caplog.records if record.exc_info] == [
        "in disconnected",
        "in closed",
    ]


def test_more_is_read_when_the_listener_is_ready(listening: Listening) -> None:
    listening.told.blocked = Future()
    listening.mock.on().answer([b"data: a\n\n", b"data: b\n\n"], headers=STREAM).answer(status=204)
    listening.source.open()
    listening.loop.settle()
    assert listening.told.data == ["a"]
    listening.told.blocked.set(None)
    listening.loop.settle()
    assert listening.told.data == ["a", "b"]


# ---- over connections


def test_a_silent_connection_counts_as_lost() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
    served, told = Served(lambda _: [head + b"data: a\n\n"]), Told()
    source = EventSource(served.session, "/", told)
    source.open()
    served.loop.advance(IDLE - 1)
    assert told.log == ["opened 200", ["a"]]
    served.loop.advance(2)
    assert len(told.delays) == 1
    assert "idle" in str(told.log[2])
    source.close()
    served.session.close()
    served.loop.end()


def test_over_a_real_connection() -> None:
    """UTF-8 is split between reads, the connection ends, and the next one goes on."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
    first: list[Step] = [ReadRequest(), head + b"retry: 1\nid: 5\ndata: \xe2\x82", b"\xac\r", b"\n\r\n"]
    second: list[Step] = [ReadRequest(), b"HTTP/1.1 204 No Content\r\n\r\n"]
    ended = threading.Event()

    class Waiting(Told):
        def closed(self, response: Response) -> None:
            super().closed(response)
            ended.set()

    told = Waiting()
    with ScriptedServer(scripts=[first, second]) as server:
        session = Session(Loop(), base_url=f"http://127.0.0.1:{server.port}")
        EventSource(session, "/", told).open()
        assert ended.wait(30)
        session.close()
    assert told.data == ["€"]
    assert b"\r\nLast-Event-ID: 5\r\n" in server.received[1]
