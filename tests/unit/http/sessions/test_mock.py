"""Rules of a mock, asked through a session: what users' tests of their games do."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.unit.http.sessions.driving import Served

from pythonscript_http.exceptions import LocalError
from pythonscript_http.sessions import mock as mocking
from pythonscript_http.sessions.failures import Failure
from pythonscript_http.sessions.loop import Future
from pythonscript_http.sessions.mock import MOST_RECORDED, Mock
from pythonscript_http.sessions.response import Redirect, Response
from pythonscript_http.sessions.transfer import Listener
from pythonscript_http.sessions.urls import parse_url


class Mocked(Served):
    """A session whose requests go to a mock."""

    def __init__(self) -> None:
        super().__init__()
        self.network = self.session.sender
        self.mock = Mock(self.loop)
        self.session.sender = self.mock
        self._began = self.loop.time.now

    @property
    def seconds(self) -> float:
        """Since the begin."""
        return self.loop.time.now - self._began


@pytest.fixture
def mocked() -> Iterator[Mocked]:
    made = Mocked()
    yield made
    made.session.close()
    made.loop.end()
    assert made.peers.all == [] or made.session.sender is not made.mock


def test_an_answer(mocked: Mocked) -> None:
    mocked.mock.on("GET", "http://a/scores").answer(
        '{"points": 31}', headers={"Content-Type": "application/json"}
    )
    response = mocked.call(url="/scores")
    assert (response.ok, response.status, response.status_text, response.json()) == (
        True,
        200,
        "OK",
        {"points": 31},
    )
    assert list(response.headers) == [("Content-Type", "application/json"), ("Content-Length", "14")]
    assert response.url == "http://a/scores"
    assert response.attempts == 1


def test_a_rule_without_an_answer_says_200(mocked: Mocked) -> None:
    rule = mocked.mock.on()
    assert [mocked.call().status for _ in range(2)] == [200, 200]
    assert rule.calls == 2


def test_what_no_rule_is_for(mocked: Mocked) -> None:
    mocked.mock.on("POST")
    response = mocked.call("GET", "/a?b")
    assert response.failure is Failure.MOCK_UNMATCHED
    assert response.failure_reason == "no rule of the mock is for GET http://a/a?b"
    assert [request.matched for request in mocked.mock.requests] == [False]


def test_what_no_rule_is_for_may_go_out(mocked: Mocked) -> None:
    mocked.session.sender = mock = Mock(mocked.loop, fallback=mocked.network)
    mock.on(url="/mine").answer(b"mine")
    assert bytes(mocked.call(url="/mine").body) == b"mine"
    assert bytes(mocked.call(url="/theirs").body) == b"hello"
    assert [request.matched for request in mock.requests] == [True, False]


@pytest.mark.parametrize(
    ("pattern", "url", "expected"),
    [
        ("*", "http://a/b?c", True),
        ("http://a/b", "http://a/b", True),
        ("http://a/b", "http://a/b?c", True),
        ("http://a/b?c", "http://a/b?c", True),
        ("http://a/b?c", "http://a/b?d", False),
        ("http://a/b?*", "http://a/b?d", True),
        ("http://a/b", "http://a/bc", False),
        ("http://a/*", "http://a/", True),
        ("http://*/b", "http://x.y/b", True),
        ("http://a/b*b", "http://a/b", False),
        ("/b", "http://a/b", True),
        ("/b", "https://c:8443/b?d", True),
        ("/b", "http://a/c/b", False),
        ("/*/b", "http://a/c/d/b", True),
        ("*a*a", "http://a/", False),
        ("*/a*b*a", "http://x/aba", True),
        ("*/ab*ba", "http://x/aba", False),
        ("", "http://a/", False),
    ],
)
def test_urls(mocked: Mocked, pattern: str, url: str, expected: bool) -> None:
    mocked.mock.on(url=pattern)
    assert mocked.call(url=url).ok is expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"X-A": "b"}, True),
        ({"x-a": "*"}, True),
        ({"X-A": "c"}, False),
        ({"X-B": "*"}, False),
        ({"X-A": "b", "X-C": "d*"}, True),
        ({"X-A": "b", "X-C": "e*"}, False),
        ({"Content-Type": "application/json"}, True),
    ],
)
def test_headers(mocked: Mocked, headers: dict[str, str], expected: bool) -> None:
    mocked.mock.on(headers=headers)
    assert mocked.call("POST", headers={"X-A": "b", "X-C": "def"}, json={}).ok is expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a":1}', True),
        ('{"a":1}', True),
        (b"", False),
        (lambda body: b"a" in body, True),
        (lambda body: b"b" in body, False),
        (None, True),
    ],
)
def test_bodies(mocked: Mocked, body: bytes | str | Callable[[bytes], bool] | None, expected: bool) -> None:
    mocked.mock.on(body=body)
    assert mocked.call("POST", json={"a": 1}).ok is expected


def test_the_first_rule_answers_until_its_limit(mocked: Mocked) -> None:
    first = mocked.mock.on("GET", limit=2).answer(status=201)
    mocked.mock.on().answer(status=202)
    assert [mocked.call().status for _ in range(3)] == [201, 201, 202]
    assert mocked.call("DELETE").status == 202
    assert first.calls == 2


def test_answers_come_one_after_the_other(mocked: Mocked) -> None:
    mocked.mock.on().answer(status=500).fail().answer(b"at last")
    assert mocked.call().status == 500
    assert mocked.call().failure is Failure.CONNECTION_LOST
    assert [bytes(mocked.call().body) for _ in range(2)] == [b"at last"] * 2


@pytest.mark.parametrize("failure", [failure for failure in Failure if failure])
def test_every_failure(mocked: Mocked, failure: Failure) -> None:
    mocked.mock.on(url="/plain").fail(failure)
    mocked.mock.on(url="/words").fail(failure, "no luck", delay=2.0)
    response = mocked.call(url="/plain")
    assert (response.failure, response.status) == (failure, 0)
    assert response.failure_reason == f"{failure.name}, as the mock has it"
    assert mocked.call(url="/words").failure_reason == "no luck"
    assert mocked.seconds == 2.0


def test_an_answer_that_breaks_off(mocked: Mocked) -> None:
    mocked.mock.on().answer([b"half ", b"of it"]).break_off()
    response = mocked.call()
    assert (response.status, response.failure) == (200, Failure.CONNECTION_LOST)
    assert not response.ok


def test_requests_are_recorded(mocked: Mocked) -> None:
    mocked.mock.on()
    mocked.call("PUT", "/a?b#c", headers={"X": "y"}, json={"points": 31})
    mocked.call("GET", "/d")
    first, second = mocked.mock.requests
    assert (first.method, first.url, first.body, first.matched) == (
        "PUT",
        "http://a/a?b",
        b'{"points":31}',
        True,
    )
    assert first.json() == {"points": 31}
    assert list(first.headers) == [("X", "y"), ("Content-Type", "application/json")]
    assert (second.method, second.body, len(second.headers)) == ("GET", b"", 0)


def test_recorded_requests_are_bounded(mocked: Mocked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mocking, "MOST_OF_BODY", 100_000)
    mocked.mock.on()
    for number in range(MOST_RECORDED + 5):
        mocked.call(url=f"/{number}")
    assert len(mocked.mock.requests) == MOST_RECORDED
    assert mocked.mock.requests[0].url == "http://a/5"
    mocked.call("POST", stream=[b"x" * 50_000] * 10)
    assert 100_000 <= len(mocked.mock.requests[-1].body) < 200_000


def test_clear(mocked: Mocked) -> None:
    mocked.mock.on()
    mocked.call()
    mocked.mock.clear()
    assert mocked.mock.requests == []
    assert mocked.call().failure is Failure.MOCK_UNMATCHED


def test_redirects_and_retries_are_above(mocked: Mocked) -> None:
    mocked.mock.on(url="/old").answer(status=302, headers={"Location": "/new"})
    mocked.mock.on(url="/new").answer(status=503).fail().answer(b"here")
    response = mocked.call(url="/old", retries=2)
    assert bytes(response.body) == b"here"
    assert response.redirects == [Redirect(302, "http://a/old")]
    assert response.attempts == 4
    assert [request.url[-3:] for request in mocked.mock.requests] == ["old", "new", "new", "new"]


def test_delays(mocked: Mocked) -> None:
    mocked.mock.on().answer([b"a", b"b", b"c"], delay=2.0, pause=0.5)
    assert bytes(mocked.call().body) == b"abc"
    assert mocked.seconds == 3.0


@pytest.mark.parametrize(
    ("options", "at", "reason"),
    [
        ({"timeout": 1.5}, 1.5, "not complete within 1.5 s"),
        ({"first_byte_timeout": 1.5}, 1.5, "no answer within 1.5 s (first_byte_timeout)"),
    ],
)
def test_timeouts(mocked: Mocked, options: dict[str, Any], at: float, reason: str) -> None:
    mocked.mock.on().answer(delay=2.0)
    response = mocked.call(**options)
    assert response.failure is Failure.TIMEOUT
    assert reason in response.failure_reason
    assert mocked.seconds == at


def test_a_call_is_cancelled_while_it_waits(mocked: Mocked) -> None:
    mocked.mock.on().answer(delay=1000.0)
    transfer = mocked.session.start("GET", "/")
    mocked.loop.settle()
    transfer.cancel()
    assert mocked.loop.finish(transfer.response).failure is Failure.CANCELLED
    assert mocked.seconds == 0.0


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_what_has_no_body(mocked: Mocked, method: str, status: int) -> None:
    mocked.mock.on().answer(b"hello", status=status)
    response = mocked.call(method)
    assert (response.status, bytes(response.body), response.failure) == (status, b"", Failure.NONE)


def test_a_body_over_the_limit(mocked: Mocked) -> None:
    mocked.mock.on().answer(b"hello")
    assert mocked.call(max_body_size=4).failure is Failure.BODY_TOO_LARGE
    assert mocked.call(max_body_size=5).ok


def test_a_large_body_comes_whole(mocked: Mocked) -> None:
    body = bytes(range(256)) * 5000
    mocked.mock.on().answer(body)
    assert bytes(mocked.call().body) == body


def test_what_a_listener_is_told(mocked: Mocked) -> None:
    class Told(Listener):
        def __init__(self) -> None:
            self.events: list[object] = []

        def head(self, response: Response) -> None:
            self.events.append(("head", response.status))

        def sent(self, size: int, total: int) -> None:
            self.events.append(("sent", size, total))

        def received(self, size: int, total: int) -> None:
            self.events.append(("received", size, total))

        def chunk(self, data: bytes) -> Future[None] | None:
            self.events.append(data)
            return None

        def done(self, response: Response) -> None:
            self.events.append("done")

    told = Told()
    mocked.mock.on().answer([b"ab", b"c"])
    mocked.call("POST", listener=told, body=b"12345", stream_response=True)
    expected = [("sent", 5, 5), ("head", 200), b"ab", ("received", 2, -1), b"c", ("received", 3, -1), "done"]
    assert told.events == expected


def test_a_cookie_that_came_from_a_network_is_recorded_as_text(mocked: Mocked) -> None:
    mocked.mock.on()
    mocked.session.jar.store(parse_url("http://a/").url, ["a=\udcfc"], now=0.0)
    mocked.call()
    assert mocked.mock.requests[0].headers.get("cookie") == "a=ü"


@pytest.mark.parametrize(
    ("method", "failure", "attempts"),
    [
        ("GET", Failure.TIMEOUT, 2),
        ("POST", Failure.TIMEOUT, 1),
        ("POST", Failure.CONNECTION_LOST, 1),
        ("POST", Failure.CANT_CONNECT, 2),
        ("POST", Failure.CANT_RESOLVE, 2),
    ],
)
def test_retries_are_as_over_a_network(mocked: Mocked, method: str, failure: Failure, attempts: int) -> None:
    """What may have been done is not asked for again."""
    mocked.mock.on().fail(failure)
    assert mocked.call(method, retries=1).attempts == attempts


@pytest.mark.parametrize("error", [OSError, ValueError])
def test_a_body_that_cannot_be_read(mocked: Mocked, error: type[Exception]) -> None:
    mocked.mock.on()

    def broken() -> Iterator[bytes]:
        yield b"a"
        raise error("gone")

    response = mocked.call("POST", stream=broken())
    assert response.failure is Failure.REQUEST_BODY
    assert response.failure_reason == "the body can't be read: gone"


def test_what_can_be_no_rule(mocked: Mocked, monkeypatch: pytest.MonkeyPatch) -> None:
    rule = mocked.mock.on()
    attempts: list[tuple[Callable[[], object], str]] = [
        (lambda: mocked.mock.on(limit=-1), "the limit -1 is negative"),
        (lambda: mocked.mock.on(headers={"a b": "c"}), "no name may have"),
        (lambda: rule.answer(status=199), "the status 199 is not within 200 to 999"),
        (lambda: rule.answer(status=1000), "the status 1000"),
        (lambda: rule.answer(headers={"A": "b\n"}), "line break"),
        (lambda: rule.answer(delay=-1.0), "-1.0 is no number of seconds"),
        (lambda: rule.answer(pause=float("nan")), "nan is no number of seconds"),
        (lambda: rule.fail(Failure.NONE), "NONE is no failure"),
        (rule.break_off, "needs an answer"),
    ]
    for wrong, complaint in attempts:
        with pytest.raises(LocalError, match=complaint):
            wrong()
    assert mocked.call().status == 200  # nothing of it was kept
    monkeypatch.setattr(mocking, "MOST_RULES", 1)
    with pytest.raises(LocalError, match="1 rules at most"):
        mocked.mock.on()


def test_patterns_cost_what_they_are_long(mocked: Mocked) -> None:
    mocked.mock.on(url="*a" * 1000 + "b", headers={"X": "*a" * 1000 + "b"})
    begun = time.thread_time()
    assert not mocked.call(url="/" + "a" * 60_000, headers={"X": "a" * 60_000}).ok
    assert time.thread_time() - begun < 5  # a guard against hangs
