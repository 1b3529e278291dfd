"""RFC 9111, case by case, with the questions that the cache-tests of the HTTP working group ask."""

import random
import time

import pytest

from pythonscript_http.sessions.cache import MOST_SECONDS, MOST_VARY, Cache, Fresh, Miss, Stale, cache_control
from pythonscript_http.sessions.cache_store import MemoryStore
from pythonscript_http.sessions.headers import Headers

NOW = 1_800_000_000.0
URL = "http://example.com/a?b"


def date(seconds: float) -> str:
    return time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(NOW + seconds))


def pairs(*lines: str) -> Headers:
    return Headers(lines)


class Play:
    """A cache, and a clock that begins at 0."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.cache = Cache(self.store)

    def keep(
        self,
        *answer: str,
        request: Headers | None = None,
        status: int = 200,
        body: bytes = b"body",
        at: float = 0.0,
        took: float = 0.0,
        url: str = URL,
    ) -> bool:
        return self.cache.store(
            "GET",
            url,
            request or Headers(),
            status,
            "OK",
            Headers(answer),
            body,
            requested=NOW + at - took,
            received=NOW + at,
        )

    def ask(self, *request: str, at: float = 1.0, method: str = "GET", url: str = URL) -> str:
        """What comes of a request, in a word."""
        found = self.cache.lookup(method, url, Headers(request), now=NOW + at)
        if isinstance(found, Miss):
            return "504" if found.forbidden else "miss"
        return type(found).__name__.lower()

    def found(self, *request: str, at: float = 1.0) -> Fresh | Stale:
        found = self.cache.lookup("GET", URL, Headers(request), now=NOW + at)
        assert not isinstance(found, Miss)
        return found


DATED = f"Date: {date(0)}"
FRESH = "Cache-Control: max-age=100"
TAG = 'ETag: "1"'


@pytest.mark.parametrize(
    ("answer", "at", "expected"),
    [
        # explicit freshness (section 4.2.1)
        ([FRESH], 99, "fresh"),
        ([FRESH], 100, "stale"),
        (["Cache-Control: max-age=0", TAG], 0, "stale"),
        ([FRESH, f"Expires: {date(-100)}"], 99, "fresh"),
        (["Cache-Control: max-age=0", f"Expires: {date(100)}", TAG], 1, "stale"),
        ([DATED, f"Expires: {date(100)}"], 99, "fresh"),
        ([DATED, f"Expires: {date(100)}"], 100, "stale"),
        ([f"Expires: {date(100)}"], 99, "fresh"),  # without a Date, when it came
        ([f"Date: {date(-50)}", f"Expires: {date(0)}", TAG], 0, "stale"),
        ([f"Date: {date(50)}", f"Expires: {date(60)}"], 9, "fresh"),  # its clock is ahead
        ([f"Date: {date(50)}", f"Expires: {date(60)}"], 10, "stale"),
        ([DATED, "Expires: 0", TAG], 0, "stale"),
        ([DATED, "Expires: 0"], 0, "miss"),  # neither fresh nor with a validator: not kept
        ([DATED, f"Expires: {date(-100)}", TAG], 0, "stale"),
        ([DATED, f"Expires: {date(100)}", f"Expires: {date(-100)}"], 1, "fresh"),
        (["Cache-Control: s-maxage=100"], 1, "miss"),  # for shared caches
        (["Cache-Control: max-age=1, s-maxage=100", TAG], 2, "stale"),
        # what is no number
        (["Cache-Control: max-age=a100", TAG], 0, "stale"),
        (["Cache-Control: max-age=100a", TAG], 0, "stale"),
        (["Cache-Control: max-age=-1", TAG], 0, "stale"),
        (["Cache-Control: max-age", TAG], 0, "stale"),
        (["Cache-Control: max-age=", TAG], 0, "stale"),
        (["Cache-Control: max-age= 100", TAG], 0, "stale"),
        (["Cache-Control: max-age =100", TAG], 0, "stale"),
        (["Cache-Control: max-age=1.5", TAG], 0, "stale"),
        (["Cache-Control: max-age='100'", TAG], 0, "stale"),
        (['Cache-Control: max-age="100"'], 1, "fresh"),
        (["Cache-Control: MAX-AGE=00100"], 99, "fresh"),
        ([f"Cache-Control: max-age={'9' * 5000}"], 1e9, "fresh"),
        ([f"Cache-Control: max-age={MOST_SECONDS * 10}"], MOST_SECONDS, "stale"),
        # lists
        (["Cache-Control: max-age=100, max-age=1"], 50, "fresh"),  # the first counts
        (["Cache-Control: max-age=1", FRESH], 50, "stale"),
        (['Cache-Control: x="max-age=100", max-age=1'], 50, "stale"),
        (['Cache-Control: max-age=1, x="max-age=100"'], 50, "stale"),
        (["Cache-Control: , ,max-age=100 ,"], 50, "fresh"),
        (['Cache-Control: "no-store", max-age=100'], 50, "fresh"),
        (["Cache-Control: no-store=x, max-age=100"], 50, "miss"),
        # guessed freshness (section 4.2.2)
        ([DATED, f"Last-Modified: {date(-1000)}"], 99, "fresh"),
        ([DATED, f"Last-Modified: {date(-1000)}"], 100, "stale"),
        ([DATED, f"Last-Modified: {date(1000)}"], 1, "stale"),
        ([f"Last-Modified: {date(-1000)}"], 99, "fresh"),
        ([DATED, f"Last-Modified: {date(-(10**8))}"], 86399, "fresh"),
        ([DATED, f"Last-Modified: {date(-(10**8))}"], 86400, "stale"),
        ([TAG], 0, "stale"),
        ([DATED, "Last-Modified: x", TAG], 0, "stale"),
        ([], 0, "miss"),
        # age (section 4.2.3)
        ([FRESH, "Age: 50"], 49, "fresh"),
        ([FRESH, "Age: 50"], 50, "stale"),
        ([FRESH, "Age: 100"], 0, "stale"),
        ([FRESH, "Age: -50"], 99, "fresh"),
        ([FRESH, "Age: x"], 99, "fresh"),
        ([FRESH, "Age: 100, 0"], 0, "stale"),
        ([FRESH, "Age: 100", "Age: 0"], 0, "stale"),
        ([FRESH, f"Date: {date(-50)}"], 49, "fresh"),
        ([FRESH, f"Date: {date(-50)}"], 50, "stale"),
        ([FRESH, f"Date: {date(-50)}", "Age: 20"], 49, "fresh"),
        ([FRESH, f"Date: {date(50)}"], 99, "fresh"),
        ([FRESH, f"Age: {'9' * 5000}"], 0, "stale"),
        # directives (section 5.2.2)
        (["Cache-Control: no-store, max-age=100", TAG], 1, "miss"),
        (["Cache-Control: no-cache, max-age=100", TAG], 1, "stale"),
        (['Cache-Control: no-cache="Set-Cookie", max-age=100', TAG], 1, "stale"),
        (["Cache-Control: private, max-age=100"], 1, "fresh"),
        (['Cache-Control: private="x", max-age=100'], 1, "fresh"),
        (["Cache-Control: public, max-age=100"], 1, "fresh"),
        (["Cache-Control: must-revalidate, max-age=100"], 1, "fresh"),
        (["Cache-Control: immutable, max-age=100"], 1, "fresh"),
        (["Cache-Control: unknown, max-age=100"], 1, "fresh"),
        (["Cache-Control: must-understand, no-store, max-age=100"], 1, "fresh"),
        (["Pragma: no-cache", FRESH], 1, "fresh"),  # it means nothing in a response
        (["Set-Cookie: a=b", FRESH], 1, "fresh"),
    ],
)
def test_a_response_is_fresh_or_stale(answer: list[str], at: float, expected: str) -> None:
    play = Play()
    assert play.keep(*answer) is (expected != "miss")
    assert play.ask(at=at) == expected


@pytest.mark.parametrize(
    ("status", "answer", "expected"),
    [
        *[
            (status, [FRESH], "fresh")
            for status in (200, 203, 204, 299, 302, 307, 308, 400, 404, 410, 500, 599)
        ],
        *[(status, [FRESH], "miss") for status in (100, 199, 206, 304)],
        *[(status, [DATED, f"Last-Modified: {date(-1000)}"], "fresh") for status in (200, 301, 404, 501)],
        *[(status, [DATED, f"Last-Modified: {date(-1000)}"], "miss") for status in (201, 302, 403, 500, 503)],
        (201, ["Cache-Control: public", DATED, f"Last-Modified: {date(-1000)}"], "fresh"),
        (299, ["Cache-Control: must-understand, max-age=100"], "miss"),
        (299, ["Cache-Control: must-understand, no-store, max-age=100"], "miss"),
    ],
)
def test_statuses(status: int, answer: list[str], expected: str) -> None:
    play = Play()
    play.keep(*answer, status=status)
    assert play.ask() == expected


@pytest.mark.parametrize(
    ("request_headers", "at", "expected"),
    [
        ([], 1, "fresh"),
        (["Cache-Control: no-cache"], 1, "stale"),
        (["Cache-Control: no-store"], 1, "miss"),
        (["Pragma: no-cache"], 1, "stale"),
        (["Pragma: no-cache", "Cache-Control: x"], 1, "fresh"),
        (["Cache-Control: max-age=0"], 1, "stale"),
        (["Cache-Control: max-age=10"], 9, "fresh"),
        (["Cache-Control: max-age=10"], 10, "stale"),
        (["Cache-Control: max-age=x"], 1, "stale"),
        (["Cache-Control: min-fresh=50"], 49, "fresh"),
        (["Cache-Control: min-fresh=50"], 50, "stale"),
        (["Cache-Control: max-stale"], 1000, "fresh"),
        (["Cache-Control: max-stale=50"], 150, "fresh"),
        (["Cache-Control: max-stale=50"], 151, "stale"),
        (["Cache-Control: max-stale=x"], 101, "stale"),
        (["Cache-Control: max-age=10, max-stale=5"], 15, "fresh"),
        (["Cache-Control: max-age=10, max-stale=5"], 16, "stale"),
        (["Cache-Control: only-if-cached"], 1, "fresh"),
        (["Cache-Control: only-if-cached"], 101, "504"),
        (["Cache-Control: only-if-cached, max-stale"], 101, "fresh"),
        (["Range: bytes=0-1"], 1, "miss"),
        (['If-None-Match: "2"'], 1, "miss"),
        ([f"If-Modified-Since: {date(0)}"], 1, "miss"),
        (["X: y"], 1, "fresh"),
    ],
)
def test_what_requests_want(request_headers: list[str], at: float, expected: str) -> None:
    play = Play()
    play.keep(FRESH, TAG)
    assert play.ask(*request_headers, at=at) == expected


def test_a_request_with_only_if_cached_finds_nothing() -> None:
    assert Play().ask("Cache-Control: only-if-cached") == "504"
    assert Play().ask("Cache-Control: only-if-cached", method="POST") == "504"


@pytest.mark.parametrize("directive", ["must-revalidate", "no-cache"])
def test_what_must_be_revalidated_is_never_used_stale(directive: str) -> None:
    play = Play()
    play.keep(f"Cache-Control: max-age=100, stale-if-error=1000, {directive}", TAG)
    assert play.ask("Cache-Control: max-stale", at=101) == "stale"
    stale = play.found(at=101)
    assert isinstance(stale, Stale)
    assert play.cache.on_error(stale, Headers(), now=NOW + 101) is None


def test_what_may_stand_in_is_kept_though_it_is_never_fresh() -> None:
    play = Play()
    play.keep("Cache-Control: max-age=0, stale-if-error=100")
    stale = play.found(at=50)
    assert isinstance(stale, Stale)
    assert len(stale.validators) == 0
    assert play.cache.on_error(stale, Headers(), now=NOW + 50) is not None


@pytest.mark.parametrize(
    ("method", "expected"),
    [("GET", "fresh"), ("HEAD", "fresh"), ("POST", "miss"), ("OPTIONS", "miss"), ("get", "miss")],
)
def test_methods(method: str, expected: str) -> None:
    play = Play()
    play.keep(FRESH)
    assert play.ask(method=method) == expected


def test_head_has_no_body_and_asks_nothing() -> None:
    play = Play()
    play.keep(FRESH, TAG)
    found = play.cache.lookup("HEAD", URL, Headers(), now=NOW)
    assert isinstance(found, Fresh)
    assert found.body == b""
    assert play.ask(method="HEAD", at=101) == "miss"


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "OPTIONS"])
def test_only_answers_to_get_are_kept(method: str) -> None:
    assert not Play().cache.may_store(method, Headers(), 200, pairs(FRESH))


def test_a_request_may_forbid_to_keep_the_answer() -> None:
    play = Play()
    assert not play.keep(FRESH, request=pairs("Cache-Control: no-store"))
    assert play.ask() == "miss"


def test_what_an_answer_is() -> None:
    play = Play()
    play.keep(FRESH, "Age: 7", "X: a", "X: b", status=404, body=b"hello", took=2)
    found = play.found(at=3)
    assert isinstance(found, Fresh)
    assert (found.stored.status, found.stored.reason, found.body) == (404, "OK", b"hello")
    assert found.headers.all("X") == ["a", "b"]
    assert found.headers.all("Age") == ["12"]


def test_fragments_do_not_count_and_queries_do() -> None:
    play = Play()
    play.keep(FRESH, url=f"{URL}#x")
    assert play.ask(url=f"{URL}#y") == "fresh"
    assert play.ask(url=f"{URL}&") == "miss"


def test_a_large_body_is_not_kept() -> None:
    play = Play()
    assert not play.keep(FRESH, body=bytes(play.store.largest + 1))
    assert play.keep(FRESH, body=bytes(play.store.largest))


def test_fields_of_the_connection_are_not_kept() -> None:
    play = Play()
    play.keep(
        FRESH, "Connection: close, X-Hop", "X-Hop: a", "Keep-Alive: b", "Transfer-Encoding: chunked", "X: c"
    )
    assert play.found().stored.headers.names() == ["cache-control", "x"]


# ---- Vary (section 4.1)


@pytest.mark.parametrize(
    ("vary", "first", "second", "expected"),
    [
        (["Vary: Foo"], ["Foo: 1"], ["Foo: 1"], "fresh"),
        (["Vary: Foo"], ["Foo: 1"], ["fOO: 1"], "fresh"),
        (["Vary: Foo"], ["Foo: 1"], ["Foo: 2"], "miss"),
        (["Vary: Foo"], ["Foo: 1"], [], "miss"),
        (["Vary: Foo"], [], ["Foo: 1"], "miss"),
        (["Vary: Foo"], [], ["Foo:"], "miss"),
        (["Vary: Foo"], [], [], "fresh"),
        (["Vary: Foo"], ["Foo: 1, 2"], ["Foo: 1,2"], "fresh"),
        (["Vary: Foo"], ["Foo: 1", "Foo: 2"], ["Foo: 1,  2"], "fresh"),
        (["Vary: Foo"], ["Foo: 1, 2"], ["Foo: 2, 1"], "miss"),
        (["Vary: Foo"], ["Foo: a"], ["Foo: A"], "miss"),
        (["Vary: Foo, Bar"], ["Foo: 1", "Bar: 2"], ["Bar: 2", "Foo: 1"], "fresh"),
        (["Vary: Foo", "Vary: Bar"], ["Foo: 1", "Bar: 2"], ["Foo: 1", "Bar: 3"], "miss"),
        (["Vary: , Foo ,,"], ["Foo: 1"], ["Foo: 2"], "miss"),
        (["Vary: *"], [], [], "miss"),
        (["Vary: *, *"], [], [], "miss"),
        (["Vary:", "Vary: *"], [], [], "miss"),
        (["Vary: Foo, *"], ["Foo: 1"], ["Foo: 1"], "miss"),
        ([], ["Foo: 1"], ["Foo: 2"], "fresh"),
        # whose answer it is
        ([], ["Authorization: a"], ["Authorization: a"], "fresh"),
        ([], ["Authorization: a"], ["Authorization: b"], "miss"),
        ([], ["Authorization: a"], [], "miss"),
    ],
)
def test_vary(vary: list[str], first: list[str], second: list[str], expected: str) -> None:
    play = Play()
    play.keep(FRESH, *vary, request=Headers(first))
    assert play.ask(*second) == expected


def test_variants_stand_beside_each_other() -> None:
    play = Play()
    for language in ("de", "fr"):
        play.keep(
            FRESH,
            "Vary: Accept-Language",
            request=pairs(f"Accept-Language: {language}"),
            body=language.encode(),
        )
    for language in ("de", "fr"):
        found = play.found(f"Accept-Language: {language}")
        assert isinstance(found, Fresh)
        assert found.body == language.encode()


def test_the_newest_one_that_matches_answers() -> None:
    play = Play()
    play.keep(FRESH, "Vary: Foo", body=b"old")
    play.keep(FRESH, "Vary: Bar", body=b"new", at=1)
    assert play.found(at=2).body == b"new"


def test_a_new_response_replaces_the_old_one() -> None:
    play = Play()
    play.keep(FRESH, body=b"old")
    play.keep(FRESH, body=b"new")
    assert play.found().body == b"new"
    assert len(play.store) == 1


# ---- validation (section 4.3)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ([TAG], {"If-None-Match": '"1"'}),
        (['ETag: W/"1"'], {"If-None-Match": 'W/"1"'}),
        ([TAG, f"Last-Modified: {date(-9)}"], {"If-None-Match": '"1"', "If-Modified-Since": date(-9)}),
        ([f"Last-Modified: {date(-9)}"], {"If-Modified-Since": date(-9)}),
        (["Last-Modified: x", FRESH], {}),
        ([FRESH], {}),
    ],
)
def test_validators(answer: list[str], expected: dict[str, str]) -> None:
    play = Play()
    play.keep(*answer)
    stale = play.found("Cache-Control: no-cache")
    assert isinstance(stale, Stale)
    assert dict(stale.validators) == expected


def freshened(play: Play, *answer: str, at: float = 200.0) -> Fresh | None:
    stale = play.found(at=at)
    assert isinstance(stale, Stale)
    return play.cache.freshen(stale, Headers(), Headers(answer), requested=NOW + at, received=NOW + at)


def test_a_304_makes_it_fresh() -> None:
    play = Play()
    play.keep(DATED, FRESH, TAG, "Age: 5", "X: old", "Y: kept", body=b"hello")
    fresh = freshened(play, f"Date: {date(200)}", "Cache-Control: max-age=50", TAG, "X: new", "Z: added")
    assert fresh is not None
    assert fresh.body == b"hello"
    assert {name: fresh.headers.get(name) for name in "XYZ"} == {"X": "new", "Y": "kept", "Z": "added"}
    assert fresh.headers.get("Age") == "0"
    assert play.ask(at=249) == "fresh"
    assert play.ask(at=250) == "stale"
    assert play.found(at=249).stored.headers.get("X") == "new"


def test_a_304_that_says_nothing_makes_it_fresh_again() -> None:
    play = Play()
    play.keep(DATED, FRESH, TAG, "Age: 50")
    assert freshened(play) is not None
    assert play.ask(at=299) == "fresh"
    assert play.ask(at=300) == "stale"


@pytest.mark.parametrize(
    "line",
    [
        "Content-Length: 0",
        "Content-Encoding: br",
        "Content-Range: bytes 0-1/2",
        "Transfer-Encoding: chunked",
        "Connection: close",
    ],
)
def test_a_304_does_not_say_what_the_body_is(line: str) -> None:
    play = Play()
    play.keep(FRESH, TAG, "Content-Length: 4", "Content-Encoding: gzip")
    fresh = freshened(play, line)
    assert fresh is not None
    kept = [name for name in fresh.headers.names() if name != "age"]
    assert kept == ["cache-control", "etag", "content-length", "content-encoding"]
    assert fresh.headers.get("Content-Length") == "4"


@pytest.mark.parametrize(
    ("tag", "answer", "same"),
    [
        ('"1"', '"1"', True),
        ('W/"1"', '"1"', True),
        ('"1"', 'W/"1"', True),
        ('"1"', "", True),
        ('"1"', '"2"', False),
        ('"1"', 'W/"2"', False),
        ('"1"', '"W/1"', False),
    ],
)
def test_a_304_is_about_one_response(tag: str, answer: str, same: bool) -> None:
    play = Play()
    play.keep(FRESH, f"ETag: {tag}")
    assert (freshened(play, *([f"ETag: {answer}"] if answer else [])) is not None) is same
    assert play.ask(at=201) == ("fresh" if same else "miss")


def test_a_304_may_end_the_keeping() -> None:
    play = Play()
    play.keep(FRESH, TAG)
    assert freshened(play, "Cache-Control: no-store") is not None
    assert play.ask(at=201) == "miss"


@pytest.mark.parametrize(
    ("vary", "german", "english", "kept"),
    [
        ("Accept-Language", "fresh", "miss", 1),
        ("Accept", "fresh", "fresh", 1),
        ("*", "miss", "miss", 0),
        (",".join(f"x-{number}" for number in range(MOST_VARY + 1)), "miss", "miss", 0),
    ],
)
def test_a_304_says_what_the_response_depends_on(vary: str, german: str, english: str, kept: int) -> None:
    """Vary is among the headers that a 304 renews (section 3.2)."""
    play, asked = Play(), Headers({"Accept-Language": "de"})
    play.keep(FRESH, TAG, "Vary: X")
    stale = play.found("Accept-Language: de", at=200)
    assert isinstance(stale, Stale)
    times = {"requested": NOW + 200, "received": NOW + 200}
    assert play.cache.freshen(stale, asked, Headers({"Vary": vary}), **times) is not None
    assert play.ask("Accept-Language: de", at=201) == german
    assert play.ask("Accept-Language: en", at=201) == english
    assert len(play.store) == kept


def test_a_304_comes_for_what_is_gone_by_then() -> None:
    play = Play()
    play.keep(FRESH, TAG, body=b"hello")
    stale = play.found(at=200)
    assert isinstance(stale, Stale)
    play.store.clear()
    fresh = play.cache.freshen(stale, Headers(), Headers(), requested=NOW + 200, received=NOW + 200)
    assert fresh is not None
    assert fresh.body == b"hello"


# ---- stale-if-error (RFC 5861)


@pytest.mark.parametrize(
    ("control", "request_headers", "at", "usable"),
    [
        ("max-age=100, stale-if-error=50", [], 150, True),
        ("max-age=100, stale-if-error=50", [], 151, False),
        ("max-age=100, stale-if-error=x", [], 101, False),
        ("max-age=100", [], 101, False),
        ("max-age=100", ["Cache-Control: stale-if-error=50"], 150, True),
        ("max-age=100", ["Cache-Control: stale-if-error=50"], 151, False),
    ],
)
def test_on_error(control: str, request_headers: list[str], at: float, usable: bool) -> None:
    play = Play()
    play.keep(f"Cache-Control: {control}", body=b"hello")
    stale = play.found(at=at)
    assert isinstance(stale, Stale)
    fresh = play.cache.on_error(stale, Headers(request_headers), now=NOW + at)
    assert (fresh is not None) is usable
    if fresh is not None:
        assert (fresh.body, fresh.headers.get("Age")) == (b"hello", str(at))


# ---- invalidation (section 4.4)


@pytest.mark.parametrize(
    ("method", "status", "expected"),
    [
        *[(method, 200, "miss") for method in ("POST", "PUT", "DELETE", "PATCH", "LOCK", "UNKNOWN")],
        *[(method, 200, "fresh") for method in ("GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND")],
        *[("POST", status, "miss") for status in (201, 204, 302, 303)],
        *[("POST", status, "fresh") for status in (400, 404, 500)],
    ],
)
def test_invalidation(method: str, status: int, expected: str) -> None:
    play = Play()
    play.keep(FRESH)
    play.cache.invalidate(method, f"{URL}#x", status, Headers())
    assert play.ask() == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Location: /a?b", "miss"),
        ("Location: a?b#c", "miss"),
        ("Location: http://example.com/a?b", "miss"),
        ("Content-Location: //example.com/a?b", "miss"),
        ("Location: https://example.com/a?b", "fresh"),
        ("Location: http://example.com:8080/a?b", "fresh"),
        ("Location: http://[x", "fresh"),
        ("X-Location: /a?b", "fresh"),
    ],
)
def test_invalidation_by_location(line: str, expected: str) -> None:
    play = Play()
    play.keep(FRESH)
    play.cache.invalidate("POST", "http://example.com/other", 201, pairs(line))
    assert play.ask() == expected


def test_an_answer_of_another_host_invalidates_nothing() -> None:
    play = Play()
    play.keep(FRESH)
    play.cache.invalidate("POST", "http://evil.example/", 201, pairs(f"Location: {URL}"))
    assert play.ask() == "fresh"


def test_all_variants_are_invalidated() -> None:
    play = Play()
    for value in "ab":
        play.keep(FRESH, "Vary: Foo", request=pairs(f"Foo: {value}"))
    play.cache.invalidate("POST", URL, 200, Headers())
    assert len(play.store) == 0


# ---- directives


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], {}),
        (["a"], {"a": ""}),
        (["A=B , c"], {"a": "B", "c": ""}),
        (['a="b, c=\\"d\\"", e'], {"a": 'b, c=\\"d\\"', "e": ""}),
        (['a="b'], {"a": "b"}),
        (['a="b"c, d'], {"a": "b", "d": ""}),
        (["=a, b"], {"b": ""}),
        (['"a", b'], {"b": ""}),
        (['x "a, b", c'], {"x": "", "c": ""}),
        (["a", "b=1", "a=2"], {"a": "", "b": "1"}),
        ([",,, "], {}),
    ],
)
def test_cache_control(values: list[str], expected: dict[str, str]) -> None:
    assert cache_control(Headers([("cache-control", value) for value in values])) == expected


@pytest.mark.parametrize("text", [",", '"', 'a="', "a,", "a=b\\", '"\\', "a ", "=", ' "'])
def test_a_long_value_is_read_soon(text: str) -> None:
    headers = Headers({"Cache-Control": text * 30_000, "Vary": text * 30_000, "Connection": text * 30_000})
    begun = time.thread_time()
    play = Play()
    play.cache.store("GET", URL, headers, 200, "", headers, b"", requested=NOW, received=NOW)
    play.cache.lookup("GET", URL, headers, now=NOW)
    assert time.thread_time() - begun < 10  # a guard against hangs


def test_random_headers() -> None:
    """Whatever servers and callers say: an answer, and what was kept is what is found."""
    chance = random.Random(9111)
    values = [
        "max-age=",
        "no-store",
        "no-cache",
        "0",
        "100",
        ",",
        '"',
        "=",
        " ",
        "*",
        "max-stale",
        "Foo",
        date(0),
        date(9),
        "W/",
        "x",
    ]
    names = [
        "Cache-Control",
        "Cache-Control",
        "Expires",
        "Date",
        "Age",
        "Vary",
        "ETag",
        "Last-Modified",
        "Pragma",
        "Foo",
        "Connection",
    ]

    def headers() -> Headers:
        return Headers(
            [
                (chance.choice(names), "".join(chance.choices(values, k=chance.randint(0, 5))))
                for _ in range(chance.randint(0, 6))
            ]
        )

    kinds = set()
    play = Play()
    for number in range(5000):
        url, body = f"http://example.com/{chance.randint(0, 5)}", b"%d" % number
        request, now = headers(), NOW + chance.randint(0, 200)
        kept = play.cache.store("GET", url, request, 200, "", headers(), body, requested=now, received=now)
        found = play.cache.lookup("GET", url, request, now=now)
        kinds.add(type(found))
        if kept and not isinstance(found, Miss):
            assert found.stored.received <= now + 200
        if isinstance(found, Stale) and chance.random() < 0.5:
            play.cache.freshen(found, request, headers(), requested=now, received=now)
        play.cache.invalidate(chance.choice(["POST", "GET"]), url, 200, headers())
    assert kinds == {Fresh, Stale, Miss}


def test_what_depends_on_very_much_is_not_kept() -> None:
    play = Play()
    for count in (MOST_VARY, MOST_VARY + 1):
        names = ",".join(f"x-{number}" for number in range(count))
        assert play.keep(FRESH, f"Vary: {names}") == (count == MOST_VARY)
