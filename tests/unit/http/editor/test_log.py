"""Records: put together of events, whole or in part, in any order that clients can tell them."""

import pytest
from tests.unit.http.editor.fakes import at, called, connecting, log_of, refused, request, response

from pythonscript_http.editor import log as log_module
from pythonscript_http.editor.log import Log
from pythonscript_http.editor.records import Record
from pythonscript_http.trace import (
    CacheUse,
    CallCached,
    CallEnded,
    CallRedirected,
    CallRetried,
    Connected,
    ConnectionClosed,
    ConnectStarted,
    Event,
    ExchangeEnded,
    HeadReceived,
    LayerEstablished,
    LayerKind,
    Outcome,
    RequestStarted,
)


def only(log: Log) -> Record:
    (record,) = log.records
    return record


def phases(record: Record, now: float = 0.0) -> list[tuple[str, float, float]]:
    return [(name, round(begin, 3), round(seconds, 3)) for name, begin, seconds in record.phases(now)]


def test_a_request_with_its_connection() -> None:
    record = only(log_of(connecting(), request(body=b"xyz"), response()))
    assert (record.method, record.url) == ("GET", "https://example.org/a?b=c")
    assert (record.host, record.path, record.status, record.media) == (
        "example.org",
        "/a?b=c",
        "200",
        "application/json",
    )
    assert (bytes(record.request_body), bytes(record.response_body)) == (b"xyz", b'{"a":1}')
    assert record.outcome is Outcome.COMPLETE
    assert not record.failed
    assert phases(record) == [
        ("dns", 0.0, 0.1),
        ("connect", 0.1, 0.2),
        ("tls", 0.3, 0.3),
        ("blocked", 0.6, 0.4),
        ("send", 1.0, 0.1),
        ("wait", 1.1, 0.4),
        ("receive", 1.5, 0.5),
    ]
    assert record.seconds(0.0) == pytest.approx(2.0)
    assert record.line is not None
    assert (record.line.address, record.line.tls_version) == ("192.0.2.1:443", "TLSv1.3")


def test_it_is_there_from_its_first_event_on() -> None:
    log, begun = Log(), 0
    for count, event in enumerate([*connecting(), *request(), *response()], 1):
        log.apply([event])
        begun = only(log).id
        assert only(log).status == ("pending" if count < 9 else "200")
        assert log.take_changed() == [begun]
    assert log.take_changed() == []


def test_a_second_request_has_no_connecting() -> None:
    log = log_of(connecting(), request(), response(), request(2, since=3.0), response(2, since=3.1))
    first, second = log.records
    assert first.line is second.line
    assert phases(second) == [("send", 0.0, 0.1), ("wait", 0.1, 0.4), ("receive", 0.5, 0.5)]


def test_a_request_that_waits_for_its_connection() -> None:
    begin, *rest = request(connection=0, since=1.0)
    record = only(log_of(iter([begin]), connecting(exchange=1, since=1.0), iter(rest), response()))
    assert record.connects
    assert record.scheme == "https"
    assert [name for name, _, _ in phases(record)] == ["dns", "connect", "tls", "receive"] or phases(record)[
        0
    ][0] == "dns"
    assert sum(seconds for _, _, seconds in phases(record)) == pytest.approx(1.0)


def test_a_connection_that_fails() -> None:
    record = only(log_of(refused()))
    assert (record.status, record.method, record.host) == ("failed", "", "localhost:1")
    assert record.reason == "cannot connect to localhost:1: Connection refused"
    assert record.failed
    assert record.line is not None
    assert record.line.attempts == [("127.0.0.1:1", "Connection refused")]
    assert phases(record) == [("connect", 0.0, 0.2)]


def test_a_connection_for_which_no_request_came() -> None:
    log = log_of(connecting(), iter([ConnectionClosed(at(5.0), 1, "")]))
    assert only(log).status == "connected"
    log = log_of(connecting(), iter([ConnectionClosed(at(5.0), 1, "lost")]))
    assert (only(log).status, only(log).reason) == ("failed", "lost")


def test_phases_of_what_is_under_way() -> None:
    events = list(connecting())
    assert phases(only(log_of(iter(events[:1]))), 100.5) == [("connect", 0.0, 0.5)]
    assert phases(only(log_of(iter(events), request())), 103.0)[-1] == ("wait", 1.1, 1.9)
    sent = list(request())[:1]
    assert phases(only(log_of(iter(events), iter(sent))), 103.0)[-1] == ("send", 1.0, 2.0)


def test_through_a_proxy() -> None:
    events: list[Event] = [
        ConnectStarted(at(0.0), 1, 0, "example.org:443", "proxy:3128"),
        LayerEstablished(at(0.1), 1, LayerKind.SOCKET),
        LayerEstablished(at(0.2), 1, LayerKind.PROXY_TLS),
        LayerEstablished(at(0.4), 1, LayerKind.TUNNEL),
        LayerEstablished(at(0.5), 1, LayerKind.TLS),
    ]
    record = only(log_of(iter(events), request()))
    assert phases(record)[:3] == [("connect", 0.0, 0.1), ("proxy", 0.1, 0.3), ("tls", 0.4, 0.1)]


def test_an_answer_before_the_request_was_sent() -> None:
    started, _ = request()
    record = only(log_of(connecting(), iter([started]), response()))
    assert [name for name, _, _ in phases(record)[-2:]] == ["wait", "receive"]
    assert sum(seconds for _, _, seconds in phases(record)) == pytest.approx(2.0)


def test_interim_heads_and_errors() -> None:
    hint = HeadReceived(at(1.2), 1, 1, 103, True, b"HTTP/1.1 103 Early Hints\r\n\r\n")
    log = log_of(
        connecting(), request(), iter([hint] * 20), response(code=404, reason="x", outcome=Outcome.FAILED)
    )
    record = only(log)
    assert (record.status, record.reason, len(record.interim)) == ("404", "x", 10)
    log.apply(
        [
            *request(2, since=3.0),
            ExchangeEnded(at(4.0), 1, 2, Outcome.COMPLETE, "", 0, 0, 0, ((b"A", b"\xfc"),)),
        ]
    )
    assert log.records[-1].trailers == (("A", "ü"),)
    assert record.failed


def test_urls_of_proxies_and_plain_ones() -> None:
    plain = only(log_of(connecting(tls=False), request()))
    assert plain.url == "http://example.org/a?b=c"
    forwarded = only(log_of(connecting(tls=False), request(line="GET http://other.org/x HTTP/1.1")))
    assert (forwarded.url, forwarded.path) == ("http://other.org/x", "/x")


def test_what_began_before_anybody_listened_is_left_out() -> None:
    log = log_of(response(), iter(list(connecting())[1:5]))
    assert not log.records
    handed_in = Connected(at(0.0), 9, "", "", "", "", "")
    record = only(log_of(iter([handed_in]), request(connection=9), response(connection=9)))
    assert record.line is not None
    assert not record.connects


class TestRuns:
    def test_the_next_run_begins_anew_unless_records_are_kept(self) -> None:
        log = log_of(connecting(), request(), response())
        log.keep = True
        log.begin_run()
        log.apply([*connecting(), *request()])
        assert [record.run for record in log.records] == [1, 2]
        assert len({record.id for record in log.records}) == 2
        log.keep = False
        log.begin_run()
        assert not log.records

    def test_what_was_under_way_ends_with_the_game(self) -> None:
        log = log_of(connecting(), request())
        log.end_run()
        record = only(log)
        assert (record.outcome, record.reason) == (Outcome.CLOSED, "the game has ended")
        log.apply(response())
        assert record.code == 0

    def test_what_was_cleared_away_does_not_come_back(self) -> None:
        log = log_of(connecting(), request())
        number = only(log).id
        log.clear()
        log.apply(response())
        assert not log.records
        assert log.record(number) is None


class TestBounds:
    def test_records(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(log_module, "MOST", 3)
        log = log_of(connecting())
        for number in range(1, 6):
            log.apply([*request(number), *response(number)])
        assert [record.id for record in log.records] == [3, 4, 5]
        assert log.record(1) is None
        assert log._bodies == 3 * 7
        assert list(log._changed) == [3, 4, 5]

    def test_what_was_under_way_and_has_made_room(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(log_module, "MOST", 1)
        log = log_of(connecting(), request(1), request(2))
        log.apply(response(1))
        assert (log._bodies, list(log._changed), list(log._exchanges)) == (0, [2], [2])

    def test_ends_that_were_lost(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(log_module, "MOST_OPEN", 2)
        log = log_of(*(request(number) for number in range(1, 5)))
        assert sorted(log._exchanges) == [3, 4]
        log = log_of(*(connecting(number) for number in range(1, 5)))
        assert sorted(log._waiting) == [3, 4]

    def test_bodies_of_the_oldest_make_room(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(log_module, "MOST_BODIES", 16)
        log = log_of(connecting())
        for number in range(1, 4):
            log.apply([*request(number), *response(number)])
        assert [(len(record.response_body), record.forgotten) for record in log.records] == [
            (0, True),
            (7, False),
            (7, False),
        ]

    def test_connections(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(log_module, "MOST_OPEN", 2)
        log = log_of(*(connecting(number) for number in range(1, 5)))
        assert sorted(log._lines) == [3, 4]


def test_an_exchange_that_was_never_begun_here() -> None:
    log = log_of(iter([RequestStarted(at(0.0), 0, 5, "GET", b"GET / HTTP/1.1\r\n\r\n", 0)]))
    log.apply([ExchangeEnded(at(1.0), 0, 5, Outcome.FAILED, "why", 0, 0, 0, ())])
    assert (only(log).reason, only(log).host) == ("why", "")


def described(log: Log) -> list[tuple[str, str, str, str]]:
    return [(record.status, record.url, record.mark, record.note) for record in log.records]


def ended(call: int = 1, outcome: Outcome = Outcome.COMPLETE, code: int = 200, reason: str = "") -> CallEnded:
    return CallEnded(at(9.0), call, outcome, code, reason)


def test_the_requests_of_a_call() -> None:
    log = log_of(
        connecting(), called(), request(1, call=1), response(1, code=503),
        iter([CallRetried(at(2.1), 1, 0.25, "status 503")]),
        request(2, since=3.0, call=1), response(2, since=3.1, code=302),
        iter([CallRedirected(at(4.1), 1, "https://example.org/b")]),
        request(3, since=5.0, line="GET /b HTTP/1.1", call=1), response(3, since=5.1), iter([ended()]),
    )  # fmt: skip
    url = "https://example.org/a?b=c"
    assert described(log) == [
        ("503", url, "retry", "repeated after 0.25 s: status 503"),
        ("302", url, "redirect", "followed to https://example.org/b"),
        ("200", "https://example.org/b", "", ""),
    ]
    calls = [record.call for record in log.records]
    assert calls[0] is calls[1] is calls[2]
    assert calls[0] is not None
    assert (calls[0].number, calls[0].source) == (1, "res://a.gd:3 (_ready)")
    assert not log._calls
    assert not log._of_calls


def test_a_response_of_the_cache() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/css\r\n\r\n"
    url = "https://example.org/a?token=s3cret"
    log = log_of(called(), iter([CallCached(at(1.0), 1, CacheUse.HIT, url, 200, head, 7), ended()]))
    (record,) = log.records
    assert (record.method, record.host, record.path, record.media) == (
        "GET", "example.org", "/a?token=s3cret", "text/css"
    )  # fmt: skip
    assert (record.status, record.mark, record.decoded, record.outcome) == ("200", "hit", 7, Outcome.COMPLETE)
    log = log_of(connecting(), called(), request(call=1), response(code=304))
    log.apply([CallCached(at(2.0), 1, CacheUse.VALIDATED, url, 200, head, 7), ended()])
    assert [(record.status, record.mark, record.asked) for record in log.records] == [
        ("304", "validated", "")
    ]


def test_a_redirect_that_the_cache_had_leads_on() -> None:
    log = log_of(called(), iter([CallCached(at(1.0), 1, CacheUse.HIT, "https://a/", 301, b"", 0)]))
    log.apply([CallRedirected(at(1.0), 1, "https://b/"), ended(outcome=Outcome.FAILED, code=0, reason="no")])
    assert described(log) == [
        ("301", "https://a/", "hit", "the cache had it, and nobody was asked; followed to https://b/"),
        ("failed", "https://b/", "", ""),
    ]


def test_a_call_for_which_nothing_was_sent() -> None:
    log = log_of(called(), iter([CallRetried(at(1.0), 1, 1.0, "refused")]))
    log.apply([ended(outcome=Outcome.CLOSED, code=0, reason="cancelled")])
    assert [(record.status, record.mark, record.reason) for record in log.records] == [
        ("failed", "retry", "refused"),
        ("closed", "", "cancelled"),
    ]


def test_a_call_that_failed_though_its_response_came() -> None:
    log = log_of(
        connecting(), called(), request(call=1), response(), iter([ended(1, Outcome.FAILED, 200, "x")])
    )
    (record,) = log.records
    assert record.outcome is Outcome.COMPLETE
    assert record.call is not None
    assert record.call.reason == "x"


def test_calls_that_began_before_anybody_listened() -> None:
    log = log_of(iter([CallRetried(at(1.0), 7, 1.0, "refused"), ended(7)]), request(call=7))
    assert [record.call for record in log.records] == [None]


def test_calls_whose_end_was_lost_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_module, "MOST_OPEN", 2)
    log = log_of(*(called(number) for number in range(1, 6)))
    assert list(log._calls) == [4, 5]
    log.end_run()
    assert not log._calls
