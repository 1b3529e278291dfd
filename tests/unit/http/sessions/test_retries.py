"""Whether and when a call is repeated."""

import pytest

from pythonscript_http.sessions.bodies import IteratorBody
from pythonscript_http.sessions.failures import Failure
from pythonscript_http.sessions.headers import Headers
from pythonscript_http.sessions.options import Options
from pythonscript_http.sessions.request import Request
from pythonscript_http.sessions.response import Response
from pythonscript_http.sessions.retries import FIRST_DELAY, LONGEST_DELAY, Backoff, retry_after
from pythonscript_http.sessions.urls import parse_url
from pythonscript_http.timing import NEVER

NOW = 1_445_412_480.0  # Wed, 21 Oct 2015 07:28:00 GMT


def request(method: str = "GET", retries: int = 3) -> Request:
    return Request(method, parse_url("http://a/").url, Headers(), None, Options(retries=retries))


def response(status: int = 0, failure: Failure = Failure.NONE, after: str = "") -> Response:
    made = Response()
    made.status = status
    made.headers = Headers({"Retry-After": after} if after else {})
    if failure:
        made.failed(failure, "x")
    return made


def delay(
    made: Response, method: str = "GET", *, repeated: int = 0, left: float = NEVER, chance: float = 0.5
) -> float | None:
    return Backoff(lambda: chance, lambda: NOW).delay(request(method), made, repeated, left)


IDEMPOTENT = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]


@pytest.mark.parametrize("method", IDEMPOTENT)
@pytest.mark.parametrize("status", [408, 429, 502, 503, 504])
def test_statuses(method: str, status: int) -> None:
    assert delay(response(status), method) == FIRST_DELAY / 2


@pytest.mark.parametrize("status", [200, 204, 301, 304, 400, 401, 403, 404, 500, 501, 505])
def test_other_statuses(status: int) -> None:
    assert delay(response(status)) is None


@pytest.mark.parametrize(
    ("status", "repeated"), [(408, True), (429, True), (503, True), (502, False), (504, False)]
)
@pytest.mark.parametrize("method", ["POST", "PATCH", "BREW"])
def test_what_may_have_been_done_is_not_done_twice(method: str, status: int, repeated: bool) -> None:
    assert (delay(response(status), method) is not None) is repeated


RETRIED = {Failure.CANT_RESOLVE, Failure.CANT_CONNECT, Failure.CONNECTION_LOST, Failure.TIMEOUT}


@pytest.mark.parametrize("failure", [failure for failure in Failure if failure])
def test_failures(failure: Failure) -> None:
    made = response(0, failure)
    assert (delay(made) is not None) is (delay(made, "POST") is not None) is (failure in RETRIED)
    made.sent = True
    assert (delay(made) is not None) is (failure in RETRIED)
    unsent = failure in (Failure.CANT_RESOLVE, Failure.CANT_CONNECT)
    assert (delay(made, "POST") is not None) is unsent


def test_a_body_that_can_be_read_once() -> None:
    once = request()
    once.body = IteratorBody([b"x"])
    assert Backoff(lambda: 0.5, lambda: NOW).delay(once, response(503), 0, NEVER) is None


def test_off_by_default() -> None:
    assert Options().retries == 0
    assert Backoff(lambda: 0.5, lambda: NOW).delay(request(retries=0), response(503), 0, NEVER) is None


def test_it_grows_and_has_an_end() -> None:
    backoff = Backoff(lambda: 0.999999, lambda: NOW)
    delays = [backoff.delay(request(retries=100), response(503), repeated, NEVER) for repeated in range(101)]
    assert delays[100] is None
    assert delays[:4] == pytest.approx([0.5, 1.0, 2.0, 4.0], rel=1e-3)
    assert delays[99] == pytest.approx(LONGEST_DELAY, rel=1e-3)
    assert delay(response(503), chance=0.0) == 0.0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("Wed, 21 Oct 2015 07:28:30 GMT", 30.0),
        ("Wed, 21 Oct 2015 07:27:00 GMT", 0.0),
        ("Wednesday, 21-Oct-15 07:28:30 GMT", 30.0),
        ("", None),
        ("1.5", None),
        ("-1", None),
        ("soon", None),
        ("1" * 50, float("1" * 50)),
        ("Wed, 99 Oct 99999 07:28:30 GMT", None),
    ],
)
def test_what_the_server_asks_for(value: str, seconds: float | None) -> None:
    assert retry_after(response(503, after=value), NOW) == seconds


def test_the_server_is_heard() -> None:
    assert delay(response(429, after="7")) == 7.0
    assert delay(response(429, after="0")) == 0.25  # nothing is asked for
    assert delay(response(429, after="nonsense")) == 0.25


def test_what_would_come_too_late_is_not_waited_for() -> None:
    assert delay(response(429, after="7"), left=7.0) is None
    assert delay(response(429, after="7"), left=7.1) == 7.0
    assert delay(response(503), left=0.25) is None


@pytest.mark.parametrize("value", ["3601", "1000000000", "9" * 400, "Fri, 01 Jan 2100 00:00:00 GMT"])
def test_nobody_waits_for_ever(value: str) -> None:
    assert delay(response(503, after="3600")) == 3600.0
    assert delay(response(503, after=value)) is None
