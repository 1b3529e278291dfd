"""What a session's cache does for its calls."""

import gzip
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.loopback.responses import answer
from tests.unit.http.sessions.driving import CUT, Served

from pythonscript_http.sessions.cache import Cache
from pythonscript_http.sessions.cache_store import MemoryStore
from pythonscript_http.sessions.failures import Failure
from pythonscript_http.sessions.response import Response
from pythonscript_http.sessions.transfer import Hop, Listener
from pythonscript_http.transport.policy import TlsPolicy
from pythonscript_http.transport.stream import NetworkError

FRESH = answer(b"one", "Cache-Control: max-age=60", 'ETag: "1"', "X: old")


class Told(Listener):
    def __init__(self) -> None:
        self.events: list[str] = []

    def head(self, response: Response) -> None:
        self.events.append(f"head {response.status}")

    def received(self, size: int, total: int) -> None:
        self.events.append(f"received {size} of {total}")


class Caching(Served):
    def __init__(self) -> None:
        super().__init__(self._answer)
        self.answers: list[Sequence[bytes | NetworkError]] = [[FRESH]]
        self.session.cache = Cache(MemoryStore())
        self.told = Told()

    def _answer(self, _: bytes) -> Sequence[bytes | NetworkError]:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def next(self, *answers: bytes | Sequence[bytes | NetworkError]) -> None:
        self.answers = [[one] if isinstance(one, bytes) else one for one in answers]

    def call(
        self, method: str = "GET", url: str = "/", listener: Listener | None = None, **options: object
    ) -> Response:
        self.told = Told()
        return super().call(method, url, listener or self.told, **options)

    @property
    def asked(self) -> int:
        return len(self.peers.requests)


@pytest.fixture
def caching() -> Iterator[Caching]:
    made = Caching()
    yield made
    made.session.close()
    made.loop.end()


def test_what_is_fresh_is_asked_for_once(caching: Caching) -> None:
    first = caching.call()
    assert (first.from_cache, first.attempts) == (False, 1)
    caching.loop.advance(10)
    second = caching.call()
    assert (second.ok, second.from_cache, second.attempts) == (True, True, 0)
    assert (bytes(second.body), second.status_text, second.headers.get("age")) == (b"one", "OK", "10")
    assert (second.url, caching.asked) == ("http://a/", 1)
    assert caching.told.events == ["head 200", "received 3 of 3"]
    assert caching.call("HEAD").from_cache


def test_what_is_stale_is_asked_about(caching: Caching) -> None:
    caching.call()
    caching.loop.advance(100)
    caching.next(answer(b"", "X: new", "Cache-Control: max-age=60", status="304 Not Modified"))
    response = caching.call()
    assert (response.status, bytes(response.body), response.from_cache) == (200, b"one", True)
    assert (response.attempts, response.headers.get("x")) == (1, "new")
    assert b'\r\nIf-None-Match: "1"\r\n' in caching.peers.requests[-1]
    assert caching.told.events == ["head 200", "received 3 of 3"]
    assert caching.call().attempts == 0  # it is fresh again


def test_what_has_changed(caching: Caching) -> None:
    caching.call()
    caching.loop.advance(100)
    caching.next(answer(b"two", "Cache-Control: max-age=60"))
    assert [(bytes(one.body), one.from_cache) for one in (caching.call(), caching.call())] == [
        (b"two", False),
        (b"two", True),
    ]


def test_a_304_about_something_else(caching: Caching) -> None:
    caching.call()
    caching.loop.advance(100)
    caching.next(answer(b"", 'ETag: "9"', status="304 Not Modified"), answer(b"two"))
    response = caching.call()
    assert (response.status, bytes(response.body), response.attempts) == (200, b"two", 2)
    assert b"If-None-Match" not in caching.peers.requests[-1]


def test_conditions_of_the_callers_own(caching: Caching) -> None:
    """Who asks whether gets what the server says."""
    caching.call()
    caching.next(answer(b"", status="304 Not Modified"))
    response = caching.call(headers={"If-None-Match": '"1"'})
    assert (response.status, response.from_cache) == (304, False)


@pytest.mark.parametrize(
    ("mode", "asked", "kept", "control"),
    [
        ("default", False, True, b""),
        ("no-store", True, False, b""),
        ("reload", True, True, b"no-cache"),
        ("no-cache", True, True, b"max-age=0"),
        ("force-cache", False, True, b""),
        ("only-if-cached", False, True, b""),
    ],
)
def test_modes_with_something_fresh(
    caching: Caching, mode: str, asked: bool, kept: bool, control: bytes
) -> None:
    caching.call()
    caching.next(answer(b"two", "Cache-Control: max-age=60"))
    response = caching.call(cache=mode)
    assert bytes(response.body) == (b"two" if asked else b"one")
    if control:
        assert b"\r\nCache-Control: " + control + b"\r\n" in caching.peers.requests[-1]
    assert bytes(caching.call().body) == (b"two" if asked and kept else b"one")


@pytest.mark.parametrize(
    ("mode", "body"), [("default", b"two"), ("force-cache", b"one"), ("only-if-cached", b"one")]
)
def test_modes_with_something_stale(caching: Caching, mode: str, body: bytes) -> None:
    caching.call()
    caching.loop.advance(1000)
    caching.next(answer(b"two"))
    assert bytes(caching.call(cache=mode).body) == body


@pytest.mark.parametrize("cached", [True, False])
def test_only_what_is_cached(caching: Caching, cached: bool) -> None:
    if not cached:
        caching.session.cache = None
    response = caching.call(cache="only-if-cached")
    assert (response.failure, response.attempts, caching.asked) == (Failure.NOT_CACHED, 0, 0)


def test_a_stale_one_stands_in(caching: Caching) -> None:
    caching.next(answer(b"one", "Cache-Control: max-age=1, stale-if-error=100", 'ETag: "1"'))
    caching.call()
    caching.loop.advance(50)
    for failing in ([CUT], [answer(b"oops", status="503 Busy")]):
        caching.next(failing)
        response = caching.call()
        assert (response.ok, response.from_cache, bytes(response.body)) == (True, True, b"one")
        assert caching.told.events == ["head 200", "received 3 of 3"]
    caching.loop.advance(100)
    caching.next(answer(b"oops", status="503 Busy"))
    response = caching.call()
    assert (response.status, bytes(response.body), caching.told.events[0]) == (503, b"oops", "head 503")
    caching.next([CUT])
    assert caching.call().failure is Failure.CONNECTION_LOST


def test_retries_come_before_that(caching: Caching) -> None:
    caching.next(answer(b"one", "Cache-Control: max-age=1, stale-if-error=100", 'ETag: "1"'))
    caching.call()
    caching.loop.advance(50)
    caching.next(answer(b"oops", status="503 Busy"), answer(b"two"))
    response = caching.call(retries=1)
    assert (bytes(response.body), response.attempts) == (b"two", 2)


def test_what_changes_something_makes_it_forgotten(caching: Caching) -> None:
    caching.call()
    caching.call("POST", body=b"x")
    assert not caching.call().from_cache


def test_a_redirect_is_kept_too(caching: Caching) -> None:
    caching.next(answer(b"", "Location: /2", "Cache-Control: max-age=60", status="301 Moved"), answer(b"two"))
    caching.call()
    response = caching.call()
    assert (bytes(response.body), response.attempts, response.url) == (b"two", 1, "http://a/2")
    assert caching.told.events[0] == "head 200"


@pytest.mark.parametrize("status", [b"200 OK", b"200 OK\r\nContent-Length: 9"])
def test_what_was_cut_short_is_not_kept(caching: Caching, status: bytes) -> None:
    caching.next([b"HTTP/1.1 " + status + b"\r\nCache-Control: max-age=60\r\n\r\none", CUT])
    caching.call()
    caching.next(FRESH)
    assert not caching.call().from_cache


def test_one_player_does_not_see_what_is_anothers(caching: Caching) -> None:
    caching.call(headers={"Authorization": "Ada"})
    assert not caching.call(headers={"Authorization": "Bob"}).from_cache
    assert caching.call(headers={"Authorization": "Ada"}).from_cache


@pytest.mark.parametrize("options", [{"stream_response": True}, {"download_to": "x"}])
def test_what_does_not_stay_in_memory_is_not_kept(
    caching: Caching, options: dict[str, Any], tmp_path: Path
) -> None:
    if "download_to" in options:
        options = {"download_to": f"{tmp_path}/x"}
    caching.call(**options)
    assert not caching.call().from_cache
    assert not caching.call(**options).from_cache


def test_a_body_that_was_not_decoded_is_no_answer_for_one_that_shall_be(caching: Caching) -> None:
    coded = gzip.compress(b"hello")
    caching.next(answer(coded, "Content-Encoding: gzip", "Cache-Control: max-age=60"))
    assert bytes(caching.call(decode_body=False).body) == coded
    assert bytes(caching.call().body) == b"hello"
    assert bytes(caching.call(decode_body=False).body) == coded
    assert caching.call().from_cache


@pytest.mark.parametrize("status", [304, 503])
def test_a_cached_body_is_within_the_limit_of_its_call(caching: Caching, status: int) -> None:
    caching.next(answer(b"one", "Cache-Control: max-age=60, stale-if-error=60", 'ETag: "1"'))
    caching.call()
    for _ in range(2):  # while it is fresh, and when it is not
        assert caching.call(max_body_size=3).from_cache
        response = caching.call(max_body_size=2)
        assert (response.failure, bytes(response.body)) == (Failure.BODY_TOO_LARGE, b"")
        assert (response.status, response.from_cache) == (200, True)
        assert response.failure_reason == "the body is over the limit of 2 bytes"
        assert caching.told.events == ["head 200"]
        caching.loop.advance(70)
        caching.next(answer(b"", 'ETag: "1"', status=f"{status} X"))


def test_a_cached_redirect_has_no_body_that_counts(caching: Caching) -> None:
    fields = "Location: /2", "Cache-Control: max-age=60"
    caching.next(answer(b"moved", *fields, status="301 Moved"), answer(b"2"))
    caching.call()
    assert caching.call(max_body_size=2).ok
    assert caching.asked == 3


def test_an_answer_of_anybody_is_no_answer_of_the_host(caching: Caching) -> None:
    unsafe = TlsPolicy(unsafe=True)
    caching.call()
    assert caching.call(tls=unsafe).from_cache  # without TLS nobody is verified anyway
    session = caching.session
    for policy in (unsafe, None):
        request = session._prepare("GET", "https://a/", {"tls": policy})
        hop = Hop(session.start("GET", "/"), session, request, Listener(), None)
        assert (hop._cache() is None) == (policy is unsafe)
