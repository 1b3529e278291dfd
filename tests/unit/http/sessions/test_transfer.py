"""One call, over a network in memory: redirects, retries, hooks, deadlines, and what a listener is told."""

import asyncio
import dataclasses
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from tests.loopback.responses import HELLO, answer
from tests.unit.http.sessions.driving import CUT, Served

from pythonscript_http.sessions.cache import Cache
from pythonscript_http.sessions.cache_store import MemoryStore
from pythonscript_http.sessions.failures import Failure
from pythonscript_http.sessions.files import DiskFiles
from pythonscript_http.sessions.headers import Headers
from pythonscript_http.sessions.loop import Future, sleep
from pythonscript_http.sessions.request import Request
from pythonscript_http.sessions.response import Redirect, Response
from pythonscript_http.sessions.retries import FIRST_DELAY
from pythonscript_http.sessions.sinks import DISCARDED_FOR
from pythonscript_http.sessions.stage import Stage
from pythonscript_http.sessions.transfer import MOST_REPEATS, Listener, Transfer
from pythonscript_http.trace import (
    CacheUse,
    CallCached,
    CallEvent,
    Event,
    Outcome,
    RequestStarted,
    observe,
)
from pythonscript_http.transport.policy import TlsPolicy
from pythonscript_http.transport.stream import NetworkError


class Calling(Served):
    """Calls to a server that answers by paths."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.answers: dict[str, list[Sequence[bytes | NetworkError]]] = {}
        self.seen: list[str] = []

    def _answer(self, request: bytes) -> Sequence[bytes | NetworkError]:
        line, _, _ = request.decode("latin-1").partition("\r\n")
        method, path, _ = line.split(" ")
        self.seen.append(f"{method} {path}")
        answers = self.answers.get(path)
        if not answers:
            return [HELLO]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def on(self, path: str, *answers: bytes | Sequence[bytes | NetworkError]) -> None:
        """What it answers the first time, the second and so on; the last one ever after."""
        self.answers[path] = [[one] if isinstance(one, bytes) else one for one in answers]


def moved(where: str, status: int = 302) -> bytes:
    return answer(b"see there", f"Location: {where}", status=f"{status} Moved")


def busy(status: int = 503, *fields: str) -> bytes:
    return answer(b"later", *fields, status=f"{status} Busy")


@pytest.fixture
def calling() -> Iterator[Calling]:
    made = Calling()
    yield made
    made.session.close()
    made.loop.end()
    assert made.session.pool.size == 0


# ---- redirects


def test_redirects(calling: Calling) -> None:
    calling.on("/1", moved("/2"))
    calling.on("/2", moved("3?x", 307))
    response = calling.call(url="/1")
    assert (response.ok, response.url, response.attempts) == (True, "http://a/3?x", 3)
    assert response.redirects == [Redirect(302, "http://a/1"), Redirect(307, "http://a/2")]
    assert len(calling.peers.all) == 1


def test_a_post_becomes_a_get(calling: Calling) -> None:
    calling.on("/1", moved("/2", 303))
    response = calling.call("POST", "/1", json={"a": 1})
    assert calling.seen == ["POST /1", "GET /2"]
    assert response.method == "GET"
    assert b"Content-" not in calling.peers.requests[1]
    calling.on("/1", moved("/2", 308))
    calling.call("POST", "/1", json={"a": 1})
    assert calling.peers.requests[3].endswith(b'{"a":1}')


@pytest.mark.parametrize("most", [1, 5])
def test_too_many(calling: Calling, most: int) -> None:
    calling.on("/", moved("/"))
    response = calling.call(max_redirects=most)
    assert (response.failure, response.attempts) == (Failure.TOO_MANY_REDIRECTS, most + 1)
    assert f"over {most} redirects" in response.failure_reason
    assert (response.status, response.headers.get("location")) == (302, "/")
    assert len(response.redirects) == most


def test_none_is_followed_if_so_asked(calling: Calling) -> None:
    calling.on("/", moved("/2"))
    response = calling.call(max_redirects=0)
    assert (response.status, response.headers.get("location")) == (302, "/2")
    assert (bytes(response.body), response.failure) == (b"see there", Failure.NONE)


@pytest.mark.parametrize("where", ["ftp://a/", "http://a b/"])
def test_where_it_must_not_go(calling: Calling, where: str) -> None:
    calling.on("/", moved(where))
    response = calling.call()
    assert response.failure is Failure.INVALID_REDIRECT
    assert (response.status, response.headers.get("location")) == (302, where)
    assert calling.seen == ["GET /"]


def test_credentials_stay_at_home(calling: Calling) -> None:
    calling.session.headers = Headers({"Authorization": "secret", "X": "1"})
    calling.on("/1", moved("http://b/2"))
    calling.on("/2", moved("http://a/3"))
    assert calling.call(url="/1").ok
    got = {request.split(b" ")[1]: b"secret" in request for request in calling.peers.requests}
    assert got == {b"/1": True, b"/2": False, b"/3": True}
    assert all(b"\r\nX: 1\r\n" in request for request in calling.peers.requests)


def test_a_url_with_a_user(calling: Calling) -> None:
    calling.on("/1", moved("/2"))
    calling.on("/2", moved("http://b/3"))
    response = calling.call(url="http://me:word@c/1")
    assert [b"Authorization: Basic " in request for request in calling.peers.requests] == [True, True, False]
    assert (response.url, response.redirects[0].url) == ("http://b/3", "http://c/1")


def test_a_body_that_can_be_read_once(calling: Calling) -> None:
    calling.on("/", moved("/2", 307))
    response = calling.call("POST", stream=[b"abc"])
    assert (response.failure, response.status) == (Failure.BODY_NOT_REPLAYABLE, 307)


# ---- cookies


def test_cookies(calling: Calling) -> None:
    """The jar answers for each hop, and hears of each."""
    calling.on("/1", answer(b"", "Location: http://b/2", "Set-Cookie: a=1", status="302 Found"))
    calling.on("/2", answer(b"", "Location: http://a/3", "Set-Cookie: b=2", status="302 Found"))
    calling.on("/3", answer(b"", "Set-Cookie: a=; Max-Age=0"))
    assert calling.call(url="/1").ok
    sent = {request.split(b" ")[1]: request for request in calling.peers.requests}
    assert b"Cookie" not in sent[b"/1"] + sent[b"/2"]
    assert b"\r\nCookie: a=1\r\n" in sent[b"/3"]
    assert [cookie.name for cookie in calling.session.jar] == ["b"]


@pytest.mark.parametrize("value", ["ü€".encode(), "ü".encode("latin-1"), b"\xff\xfe \x80", b'"\xc3"'])
def test_a_cookie_goes_back_as_it_came(calling: Calling, value: bytes) -> None:
    """Bytes beyond ASCII are the server's own business (RFC 6265 section 4.1.1)."""
    calling.on(
        "/1", b"HTTP/1.1 204 X\r\nSet-Cookie: a=" + value + b"; Max-Age=9\r\nSet-Cookie: b=\xc3\xbc\r\n\r\n"
    )
    calling.call(url="/1")
    calling.call(url="/2")
    sent = b"\r\nCookie: a=" + value + b"; b=\xc3\xbc\r\n"
    assert sent in calling.peers.requests[1]
    lines: list[str] = []
    calling.session.jar.save(lines.append, now=calling.session.wall_clock())
    calling.session.clear_cookies()
    calling.session.jar.load("".join(lines), now=calling.session.wall_clock())
    calling.call(url="/3")
    assert sent.replace(b"; b=\xc3\xbc", b"") in calling.peers.requests[2]


def test_cookies_of_ones_own_go_first(calling: Calling) -> None:
    calling.on("/1", answer(b"", "Set-Cookie: a=1"))
    calling.call(url="/1")
    calling.call(url="/2", headers={"Cookie": "own=1"})
    calling.call(url="/3", cookies=False)
    calling.call(url="/4")
    seen = [b"Cookie: own=1" in request for request in calling.peers.requests[1:]]
    assert seen == [True, False, False]
    assert [b"Cookie: a=1" in request for request in calling.peers.requests[1:]] == [False, False, True]


def test_none_are_kept_if_so_asked(calling: Calling) -> None:
    calling.on("/", answer(b"", "Set-Cookie: a=1"))
    calling.call(cookies=False)
    assert len(calling.session.jar) == 0


def test_cookies_of_hosts_that_nobody_verified_are_for_such_hosts_alone(calling: Calling) -> None:
    session, response = calling.session, Response()
    response.headers = Headers({"Set-Cookie": "a=1; Secure; Max-Age=60"})
    policies = TlsPolicy(unsafe=True), TlsPolicy()

    def sent(policy: TlsPolicy) -> bool:
        request = session._prepare("GET", "https://a/", {"tls": policy})
        session.add_cookies(request)
        return "cookie" in request.headers

    for learnt in policies:
        session.keep_cookies(session._prepare("GET", "https://a/", {"tls": learnt}), response)
        assert [policy for policy in policies if sent(policy)] == [learnt]
        assert len(session.jar) == (not learnt.unsafe)  # what is saved
        session.clear_cookies()
        assert not any(map(sent, policies))


# ---- retries


def test_retries(calling: Calling) -> None:
    calling.on("/", [CUT], busy(), busy(429, "Retry-After: 7"), HELLO)
    response = calling.call(retries=3)
    assert (response.ok, response.attempts, bytes(response.body)) == (True, 4, b"hello")
    assert calling.loop.time.now == pytest.approx(100 + 0.25 + 0.5 + 7)


def test_a_dead_connection_is_no_retry(calling: Calling) -> None:
    assert calling.call().ok
    calling.on("/", [CUT], HELLO)
    assert calling.call().ok
    assert calling.loop.time.now == 100.0


def test_it_gives_up(calling: Calling) -> None:
    calling.on("/", busy())
    response = calling.call(retries=2)
    assert (response.status, response.attempts, bytes(response.body)) == (503, 3, b"later")
    assert response.failure is Failure.NONE
    calling.on("/", [CUT])
    response = calling.call(retries=2)
    assert (response.failure, response.attempts) == (Failure.CONNECTION_LOST, 3)


def test_off_by_default(calling: Calling) -> None:
    calling.on("/", busy())
    assert calling.call().attempts == 1


def test_what_the_deadline_forbids_ends_at_once(calling: Calling) -> None:
    calling.on("/", busy(503, "Retry-After: 60"))
    response = calling.call(retries=5, timeout=30)
    assert (response.status, response.attempts, calling.loop.time.now) == (503, 1, 100.0)


def test_a_connection_that_cannot_be_made(calling: Calling) -> None:
    calling.peers.failure = "cannot connect: refused"
    response = calling.call("POST", retries=4)
    assert (response.failure, response.attempts) == (Failure.CANT_CONNECT, 5)


def test_a_connection_that_takes_too_long_is_tried_again(calling: Calling) -> None:
    calling.peers.seconds = 10
    response = calling.call("POST", retries=2, connect_timeout=5)
    assert (response.failure, response.attempts) == (Failure.TIMEOUT, 3)


def test_what_was_handed_out_does_not_come_again(calling: Calling) -> None:
    told = Told()
    calling.on("/", [HELLO[:-2], CUT], HELLO)
    response = calling.call("GET", "/", told, retries=3, stream_response=True)
    assert (response.failure, response.attempts) == (Failure.CONNECTION_LOST, 1)
    assert told.events[:2] == ["head 200", "chunk hel"]


@pytest.mark.parametrize("drips", [0, 2])
@pytest.mark.parametrize("following", [moved("/2"), busy()])
def test_a_body_that_nobody_wants_is_not_waited_for(calling: Calling, following: bytes, drips: int) -> None:
    head, end, _ = following.partition(b"\r\n\r\n")
    calling.on("/", [head + end], HELLO)
    transfer = calling.session.start("GET", "/", {"retries": 1})
    for _ in range(drips):
        calling.loop.advance(0.6 * DISCARDED_FOR)
        calling.peers.all[0].send(b"x")
    calling.loop.advance(DISCARDED_FOR + FIRST_DELAY)
    assert transfer.done
    assert transfer.response.result().ok
    assert len(calling.peers.all) == 2  # what may still come would come over the first one


@pytest.mark.parametrize("following", [moved("/2"), busy()])
def test_a_body_that_nobody_wants_may_be_cut_short(calling: Calling, following: bytes) -> None:
    calling.on("/", [following[:-2], CUT], HELLO)
    response = calling.call(retries=1, max_body_size=5)
    assert (response.ok, bytes(response.body)) == (True, b"hello")


# ---- hooks


def test_a_refreshed_token(calling: Calling) -> None:
    """The five lines of the issue."""
    calling.on("/data", answer(status="401 No"), HELLO)

    async def refresh(request: Request, response: Response) -> Request | None:
        if response.status == 401:
            await sleep(1)
            request.headers.set("Authorization", "Bearer new")
            return request
        return None

    calling.session.hooks.after = refresh
    response = calling.call(url="/data")
    assert (response.ok, response.attempts) == (True, 2)
    assert b"Authorization: Bearer new\r\n" in calling.peers.requests[1]


def test_a_call_is_not_repeated_for_ever(calling: Calling) -> None:
    async def again(request: Request, response: Response) -> Request:
        return request

    calling.session.hooks.after = again
    assert calling.call().attempts == 1 + MOST_REPEATS


def test_a_request_is_changed_before(calling: Calling) -> None:
    async def sign(request: Request) -> Request:
        request.headers.set("X-Signature", f"{request.method} {request.url.target}")
        return request

    calling.session.hooks.before = sign
    calling.on("/", moved("/2"))
    calling.call("PUT")
    assert [b"X-Signature: PUT /\r\n" in request for request in calling.peers.requests] == [True, True]


@pytest.mark.parametrize("which", ["before", "after"])
def test_a_hook_that_fails(calling: Calling, which: str) -> None:
    async def fail(*_: object) -> None:
        raise ValueError("no token")

    setattr(calling.session.hooks, which, fail)
    response = calling.call()
    said = f"the hook `{which}` failed: ValueError: no token"
    assert (response.failure, response.failure_reason) == (Failure.HOOK, said)


@pytest.mark.parametrize("which", ["before", "after"])
def test_a_hook_that_gives_no_request(calling: Calling, which: str) -> None:
    async def give(*_: object) -> str:
        return "x"

    setattr(calling.session.hooks, which, give)
    response = calling.call()
    said = f"the hook `{which}` gave a str, and no request"
    assert (response.failure, response.failure_reason) == (Failure.HOOK, said)


def test_a_hook_cannot_have_a_body_twice_that_comes_once(calling: Calling) -> None:
    async def again(request: Request, _: Response) -> Request:
        return request

    calling.session.hooks.after = again
    response = calling.call("PUT", stream=[b"abc"])
    assert (response.failure, response.attempts) == (Failure.BODY_NOT_REPLAYABLE, 1)


@pytest.mark.parametrize("which", ["before", "after"])
def test_a_hook_that_hangs(calling: Calling, which: str) -> None:
    async def hang(*_: object) -> None:
        await Future[None]()

    setattr(calling.session.hooks, which, hang)
    response = calling.call(timeout=5)
    assert (response.failure, calling.loop.time.now) == (Failure.TIMEOUT, 105.0)


# ---- ends


def test_the_deadline_is_that_of_the_whole_call(calling: Calling) -> None:
    calling.on("/", busy())
    response = calling.call(retries=100, timeout=3)
    assert calling.loop.time.now < 103.0  # the next would have come too late
    assert response.status == 503
    calling.on("/", [])
    response = calling.call(retries=100, timeout=3)
    assert (response.failure, response.failure_reason) == (
        Failure.TIMEOUT,
        "not complete within 3 s (timeout), before it answered",
    )


def test_the_deadline_holds_in_line(calling: Calling) -> None:
    calling.on("/", [])
    calling.session.pool.most = 1
    first = calling.session.start("GET", "/", {})
    response = calling.call(timeout=3)
    assert (response.failure, response.failure_reason) == (
        Failure.TIMEOUT,
        "not complete within 3 s (timeout)",
    )
    first.cancel()
    assert calling.loop.finish(first.response).failure is Failure.CANCELLED
    assert calling.session.pool.size == 0


@pytest.mark.parametrize("steps", range(12))
def test_cancelled_at_any_step(calling: Calling, steps: int) -> None:
    """A redirect, a retry and a body: wherever it is, it ends, once, and leaves no connection behind."""
    calling.on("/", moved("/2"))
    calling.on("/2", busy(), [HELLO[:-2], b"l", b"o"])
    calling.peers.seconds = 1
    ended: list[Response] = []
    listener = Listener()
    listener.done = ended.append  # type: ignore[assignment, method-assign]
    transfer = calling.session.start("GET", "/", {"retries": 1}, listener)
    for _ in range(steps):
        calling.loop.turn()
        if not calling.loop.busy and calling.loop.due < 1e9:
            calling.loop.time.now = max(calling.loop.time.now, calling.loop.due)
    transfer.cancel()
    response = calling.loop.finish(transfer.response)
    assert response.failure in (Failure.CANCELLED, Failure.NONE)
    assert ended == [response]
    assert calling.session.calls == 0
    assert calling.session.pool.size == calling.session.pool.idle


# ---- what a listener is told


class Told(Listener):
    def __init__(self) -> None:
        self.events: list[str] = []
        self.blocked: Callable[[], Future[None] | None] = lambda: None

    def head(self, response: Response) -> None:
        self.events.append(f"head {response.status}")

    def sent(self, size: int, total: int) -> None:
        self.events.append(f"sent {size} of {total}")

    def received(self, size: int, total: int) -> None:
        self.events.append(f"received {size} of {total}")

    def chunk(self, data: bytes) -> Future[None] | None:
        self.events.append(f"chunk {data.decode()}")
        return self.blocked()

    def done(self, response: Response) -> None:
        self.events.append(f"done {response.status} {response.failure.name}")


def test_what_it_is_told(calling: Calling) -> None:
    told = Told()
    calling.on("/", busy(), moved("/2", 307))
    calling.on("/2", [HELLO[:-3], HELLO[-3:]])
    calling.call("PUT", "/", told, body=b"abc", retries=1)
    assert told.events == [
        "sent 3 of 3",
        "sent 3 of 3",
        "sent 3 of 3",
        "head 200",
        "received 5 of 5",
        "done 200 NONE",
    ]


def test_chunks(calling: Calling) -> None:
    told = Told()
    calling.on("/", moved("/2"))
    calling.on("/2", HELLO)
    response = calling.call("GET", "/", told, stream_response=True)
    assert told.events == ["head 200", "chunk hello", "received 5 of 5", "done 200 NONE"]
    assert (response.ok, bytes(response.body)) == (True, b"")


def test_what_is_no_success_is_not_handed_out_in_chunks(calling: Calling) -> None:
    told = Told()
    calling.on("/", answer(b"gone", status="404 Not Found"))
    response = calling.call("GET", "/", told, stream_response=True)
    assert (bytes(response.body), told.events[-1]) == (b"gone", "done 404 NONE")


def test_a_listener_that_is_slow_holds_the_call_up(calling: Calling) -> None:
    told = Told()
    blocked: Future[None] = Future()
    told.blocked = lambda: blocked
    transfer = calling.session.start("GET", "/", {"stream_response": True, "idle_timeout": 5}, told)
    calling.loop.advance(1000)
    assert not transfer.done
    blocked.set(None)
    assert calling.loop.finish(transfer.response).ok


def test_it_is_told_how_far_the_connection_is(calling: Calling) -> None:
    class Following(Listener):
        def __init__(self) -> None:
            self.stages: list[str] = []

        def stage(self, stage: Stage) -> None:
            self.stages.append(stage.name)

    told = Following()
    calling.on("/1", moved("http://b/2"))
    calling.call("GET", "/1", told)
    made = ["CONNECTING", "REQUESTING"]
    assert told.stages == made * 2
    calling.peers.seconds = 3
    calling.call("GET", "http://c/", told)
    calling.call("GET", "/2", told)
    assert told.stages == [*made * 3, "REQUESTING"]  # for each once, and a kept one stands already


@pytest.mark.parametrize("method", ["stage", "head", "sent", "received", "chunk", "done"])
def test_a_listener_that_raises(calling: Calling, caplog: pytest.LogCaptureFixture, method: str) -> None:
    """The call ends, and nothing else does; it is no defect of the library's."""

    def fail(*_: object) -> None:
        raise ValueError("a defect")

    listener = Listener()
    setattr(listener, method, fail)
    response = calling.call("PUT", "/", listener, stream_response=True, body=b"abc")
    assert "a defect" in caplog.text
    assert "a listener raised" in caplog.text
    failed = Failure.HOOK, "the listener failed: ValueError: a defect"
    assert (response.failure, response.failure_reason) == ((0, "") if method == "done" else failed)
    assert calling.call().ok


# ---- all at once


@pytest.mark.parametrize("seed", range(10))
def test_whatever_happens_every_call_ends_and_nothing_is_left(seed: int, tmp_path: Path) -> None:
    """Servers that cut, are busy, redirect and fall silent; calls that are cancelled, or run out of time."""
    chance = random.Random(seed)
    calling = Calling()
    calling.session.cache = Cache(MemoryStore())
    calling.session.pool.most, calling.session.pool.most_of_route = 4, 2
    ended: list[Response] = []

    def answering(request: bytes) -> Sequence[bytes | NetworkError]:
        good = answer(b"x" * chance.choice([0, 10, 200_000]), 'ETag: "1"', "Set-Cookie: a=b")
        where = f"http://{chance.choice('abc')}/{chance.randrange(5)}"
        wholes = [good, good, good, moved(where, chance.choice([302, 307])), busy(), HELLO + b"more", b"junk"]
        whole = chance.choice(wholes)
        if chance.random() < 0.3:
            cut = chance.randrange(len(whole))
            end: bytes | NetworkError = CUT if chance.random() < 0.5 else b""
            return [whole[:cut], end] if chance.random() < 0.7 else [whole[:cut]]
        return [whole]

    calling.peers.answering = answering

    def begin() -> Transfer:
        calling.peers.seconds = chance.choice([0.0, 0.1, 9.0])
        calling.peers.failure = "cannot connect: refused" if chance.random() < 0.1 else ""
        options: dict[str, object] = {
            "retries": chance.randrange(3),
            "timeout": chance.choice([0, 2, 20]),
            "idle_timeout": 5,
            "connect_timeout": chance.choice([0, 3]),
            "cache": chance.choice(["default", "reload", "no-store"]),
            "stream_response": chance.random() < 0.2,
        }
        if chance.random() < 0.2:
            options["download_to"] = str(tmp_path / f"{chance.randrange(3)}")
            options["resume"] = chance.random() < 0.5
        bodies: list[dict[str, object]] = [{}, {}, {"json": 1}, {"stream": [b"a" * 1000]}]
        body = chance.choice(bodies)
        listener = Listener()
        listener.done = ended.append  # type: ignore[assignment, method-assign]
        url = f"http://{chance.choice('abc')}/{chance.randrange(5)}"
        return calling.session.start("", url, options | body, listener)

    transfers: list[Transfer] = []
    for _ in range(300):
        transfers.append(begin())
        if chance.random() < 0.2:
            chance.choice(transfers).cancel()
        if chance.random() < 0.5:
            calling.loop.advance(chance.choice([0.0, 0.01, 1.0]))
    for transfer in transfers:
        calling.loop.finish(transfer.response)
    assert len(ended) == len({id(response) for response in ended}) == len(transfers)
    assert {response.failure for response in ended} >= {Failure.NONE, Failure.CANCELLED, Failure.TIMEOUT}
    assert Failure.UNEXPECTED not in {response.failure for response in ended}
    pool = calling.session.pool
    assert (calling.session.calls, pool.size) == (0, pool.idle)
    assert sum(not peer.closed for peer in calling.peers.all) == pool.idle
    calling.session.close()
    calling.loop.end()
    assert all(peer.closed for peer in calling.peers.all)
    parts = {path.name for path in tmp_path.glob("*.part")}
    assert {path.name for path in tmp_path.glob("*.info")} == {f"{part}.info" for part in parts}


def test_a_hook_of_another_loop(calling: Calling) -> None:
    async def before(request: Request) -> Request:
        await asyncio.sleep(0)
        return request

    calling.session.hooks.before = before
    response = calling.call()
    assert (response.failure, calling.seen) == (Failure.HOOK, [])
    assert calling.session.calls == 0


def test_a_file_that_cannot_be_closed_ends_the_call(calling: Calling, tmp_path: Path) -> None:
    class Odd(DiskFiles):
        def remove(self, path: str) -> None:
            raise ValueError("odd")

    calling.session.files = Odd()
    calling.on("/", [HELLO[:-1], CUT])
    response = calling.call(download_to=str(tmp_path / "file"))
    assert (response.failure, "odd" in response.failure_reason) == (Failure.UNEXPECTED, True)
    assert calling.session.calls == 0


def test_a_server_that_would_have_us_wait_for_ever(calling: Calling) -> None:
    calling.on("/", busy(503, "Retry-After: 999999999"))
    response = calling.call(retries=5)
    assert (response.status, response.attempts, bytes(response.body)) == (503, 1, b"later")


# ---- what observers are told


class Observed(Calling):
    """Calls that are observed: what is told of them, without times and numbers."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        observe(lambda: self.events.append)
        try:
            super().__init__()
        finally:
            observe(None)

    def told(self) -> list[tuple[object, ...]]:
        calls = {event.call for event in self.events if isinstance(event, CallEvent)}
        assert {event.call for event in self.events if isinstance(event, RequestStarted)} <= calls
        assert len(calls) == 1
        return [
            (type(event).__name__, *[getattr(event, field.name) for field in dataclasses.fields(event)[2:]])
            for event in self.events
            if isinstance(event, CallEvent)
        ]


@pytest.fixture
def observed() -> Iterator[Observed]:
    made = Observed()
    yield made
    made.loop.end()


def test_an_observer_is_told_of_redirects_and_retries(observed: Observed) -> None:
    observed.on("/", busy(503, "Retry-After: 2"), moved("/b"))
    transfer = observed.session.start("GET", "http://u:p@host/", {"retries": 1}, source="me")
    observed.loop.finish(transfer.response)
    assert observed.told() == [
        ("CallStarted", "GET", "http://host/", "me"),
        ("CallRetried", 2.0, "status 503"),
        ("CallRedirected", "http://host/b"),
        ("CallEnded", Outcome.COMPLETE, 200, ""),
    ]
    assert sum(isinstance(event, RequestStarted) for event in observed.events) == 3


def test_an_observer_is_told_of_what_cannot_begin(observed: Observed) -> None:
    transfer = observed.session.refuse("", "http://u:p@host/", "no such thing", source="me")
    assert observed.loop.finish(transfer.response).url == "http://host/"
    assert observed.told() == [
        ("CallStarted", "GET", "http://host/", "me"),
        ("CallEnded", Outcome.FAILED, 0, "no such thing"),
    ]


def test_an_observer_is_told_of_the_cache(observed: Observed) -> None:
    observed.session.cache = Cache(MemoryStore())
    fresh = answer(b"hello", "Cache-Control: max-age=60", 'ETag: "a"')
    observed.on("/", fresh, b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n')
    assert observed.call().body == b"hello"
    for mode, use in (("default", CacheUse.HIT), ("no-cache", CacheUse.VALIDATED)):
        observed.events.clear()
        assert observed.call(cache=mode).from_cache
        cached = next(event for event in observed.events if isinstance(event, CallCached))
        assert (cached.use, cached.url, cached.code, cached.size) == (use, "http://a/", 200, 5)
        assert cached.head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b'ETag: "a"\r\n' in cached.head
        assert cached.head.endswith(b"\r\n\r\n")


def test_an_observer_is_told_that_a_stale_response_stands_in(observed: Observed) -> None:
    observed.session.cache = Cache(MemoryStore())
    fresh = answer(b"hello", "Cache-Control: max-age=0, stale-if-error=60", 'ETag: "a"')
    observed.on("/", fresh, busy(500))
    observed.call()
    assert observed.call().from_cache
    uses = [event.use for event in observed.events if isinstance(event, CallCached)]
    assert uses == [CacheUse.STALE]


@pytest.mark.parametrize(
    ("url", "outcome", "reason"),
    [
        ("ftp://host/", Outcome.FAILED, "scheme"),
        ("/cut", Outcome.FAILED, "reset"),
        ("/", Outcome.COMPLETE, ""),
    ],
)
def test_an_observer_is_told_how_a_call_ends(
    url: str, outcome: Outcome, reason: str, observed: Observed
) -> None:
    observed.on("/cut", [CUT])
    observed.call("GET", url)
    started, *_, ended = observed.told()
    assert started[0] == "CallStarted"
    assert ended[:2] == ("CallEnded", outcome)
    assert reason in str(ended[3])


def test_a_call_that_is_cancelled_was_closed(observed: Observed) -> None:
    observed.on("/", [])
    transfer = observed.session.start("GET", "/")
    observed.loop.settle()
    transfer.cancel()
    observed.loop.settle()
    assert observed.told()[-1][:2] == ("CallEnded", Outcome.CLOSED)
