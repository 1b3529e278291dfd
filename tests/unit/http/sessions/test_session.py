"""Sessions, over the loopback interface."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.loopback.network import SECONDS, closed_port, descriptors, until
from tests.loopback.server import PATTERN, Server

from pythonscript_http.exceptions import LocalError
from pythonscript_http.sessions import session as module
from pythonscript_http.sessions.failures import Failure
from pythonscript_http.sessions.headers import Headers
from pythonscript_http.sessions.loop import Loop
from pythonscript_http.sessions.options import Options
from pythonscript_http.sessions.response import Response
from pythonscript_http.sessions.session import Session
from pythonscript_http.sessions.stage import Stage
from pythonscript_http.sessions.transfer import Listener, Transfer


@pytest.fixture
def loop() -> Iterator[Loop]:
    made = Loop()
    yield made
    assert made.stop(SECONDS)


@pytest.fixture
def session(loop: Loop, server: Server) -> Iterator[Session]:
    made = Session(loop, base_url=f"http://127.0.0.1:{server.port}")
    yield made
    made.close()
    until(lambda: made.pool.size == 0)


def test_a_call(session: Session) -> None:
    response = session.request_sync("GET", "/hello")
    assert (response.status, response.status_text, response.ok) == (200, "OK", True)
    assert (response.text(), response.headers.get("etag")) == ("hello, world\n", '"69558c80-d"')
    assert response.url == f"{session.base_url}/hello"
    assert (response.attempts, response.redirects, response.from_cache) == (1, [], False)
    assert 0.0 < response.timings["first_byte"] <= response.timings["total"]
    assert (session.calls, session.pool.size) == (0, 1)


def test_a_connection_serves_one_after_the_other(session: Session) -> None:
    for _ in range(100):
        assert session.request_sync("GET", "/hello").ok
    assert session.pool.size == 1


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("HEAD", "/bytes/1000", {}),
        ("GET", "/status/204", {}),
        ("POST", "/echo", {"body": "x" * 1000}),
        ("POST", "/echo", {"stream": [b"x"] * 10}),
        ("GET", "/chunked/1000/10", {}),
        ("GET", "/status/404", {}),
    ],
)
def test_a_connection_goes_on_whatever_came_before(
    session: Session, server: Server, method: str, path: str, options: dict[str, object]
) -> None:
    """The next answer is the next request's."""
    for _ in range(2):
        assert session.request_sync(method, path, options).failure is Failure.NONE
        assert session.request_sync("GET", "/hello").text() == "hello, world\n"
    assert (session.pool.size, session.pool.idle) == (1, 1)


@pytest.mark.parametrize(
    ("path", "unit"), [("/bytes/{}", PATTERN), ("/chunked/{}/1000", PATTERN[:1000]), ("/close/{}", PATTERN)]
)
@pytest.mark.parametrize("size", [0, 1, 65536, 3_000_000])
def test_bodies(session: Session, path: str, unit: bytes, size: int) -> None:
    response = session.request_sync("GET", path.format(size))
    assert response.ok, response.failure_reason
    assert response.body == (unit * (size // len(unit) + 1))[:size]


@pytest.mark.parametrize(
    ("options", "kind", "body"),
    [
        ({"json": {"score": 1815}}, "application/json", b'{"score":1815}'),
        ({"form": {"a": "b c"}}, "application/x-www-form-urlencoded", b"a=b%20c"),
        ({"body": "ü"}, "text/plain; charset=utf-8", "ü".encode()),
        ({"body": b"\xff"}, "application/octet-stream", b"\xff"),
        ({"body": b"", "headers": {"content-type": "x/y"}}, "x/y", b""),
        ({"stream": [b"a", b"b" * 100_000]}, "application/octet-stream", b"a" + b"b" * 100_000),
    ],
)
def test_what_is_sent(session: Session, options: dict[str, object], kind: str, body: bytes) -> None:
    response = session.request_sync("", "/echo", options)
    assert (bytes(response.body), response.headers.get("content-type")) == (body, kind)
    assert response.method == "POST"


def test_a_form_with_a_file(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "turret.png"
    path.write_bytes(PATTERN * 10)
    form = {"title": "A turret", "picture": {"file": str(path)}}
    response = session.request_sync("", "/echo", {"multipart": form})
    assert response.headers.get("content-type").startswith("multipart/form-data; boundary=")
    body = bytes(response.body)
    assert PATTERN * 10 in body
    assert b'name="picture"; filename="turret.png"\r\nContent-Type: image/png\r\n' in body
    wrong = session.request_sync("", "/echo", {"multipart": {"a": {}}})
    assert wrong.failure is Failure.INVALID_REQUEST


def test_a_file_is_sent(session: Session, tmp_path: Path) -> None:
    path = tmp_path / "file.bin"
    path.write_bytes(PATTERN * 40)
    response = session.request_sync("PUT", "/echo", {"stream": str(path)})
    assert (response.method, bytes(response.body)) == ("PUT", PATTERN * 40)
    missing = session.request_sync("PUT", "/echo", {"stream": str(tmp_path / "none")})
    assert missing.failure is Failure.INVALID_REQUEST
    assert "there is none" in missing.failure_reason


def test_what_a_session_has_each_call_has(session: Session) -> None:
    session.headers = Headers({"X-One": "1", "X-Two": "2"})
    session.options = Options(method="PUT", query={"q": "ü"})
    sent = session.request_sync("GET", "/request?p", {"headers": {"x-two": "3"}}).text()
    assert sent.startswith("PUT /request?p&q=%C3%BC HTTP/1.1\r\n")
    assert "X-One: 1\r\nx-two: 3\r\n" in sent
    assert "X-Two" not in sent
    later = session.request_sync("GET", "/request", {"query": "raw=%20", "method": "GET"}).text()
    assert later.startswith("GET /request?raw=%20 HTTP/1.1\r\n")


def test_a_name_is_resolved_first(session: Session, server: Server) -> None:
    class Following(Listener):
        def __init__(self) -> None:
            self.stages: list[Stage] = []

        def stage(self, stage: Stage) -> None:
            self.stages.append(stage)

    told = Following()
    assert session.request_sync("GET", f"http://localhost:{server.port}/hello", listener=told).ok
    assert told.stages == [Stage.RESOLVING, Stage.CONNECTING, Stage.REQUESTING]


def test_credentials_go_to_their_origin_alone(session: Session, server: Server) -> None:
    session.headers = Headers({"Authorization": "secret", "Cookie": "secret"})
    assert session.request_sync("GET", "/request").text().count("secret") == 2
    other = f"localhost:{server.port}/request"
    assert "secret" not in session.request_sync("GET", f"http://{other}").text()
    assert "secret" not in session.request_sync("GET", f"http://{other}", {"auth": "secret"}).text()
    sent = session.request_sync("GET", f"http://me:word@{other}").text()
    assert "secret" not in sent
    assert "Authorization: Basic bWU6d29yZA==\r\n" in sent
    session.base_url = ""
    session.headers = Headers()
    sent = session.request_sync("GET", f"http://{other}", {"auth": "x"}).text()
    assert "Authorization: Bearer x\r\n" in sent


def test_a_base_with_a_user(session: Session, server: Server) -> None:
    """Its login is for its origin, where a call has no other."""
    login = "Authorization: Basic bWU6d29yZA==\r\n"
    session.base_url = f"http://me:word@127.0.0.1:{server.port}"
    home = session.request_sync("GET", "/request")
    assert login in home.text()
    assert "word" not in home.url
    assert login in session.request_sync("GET", f"http://127.0.0.1:{server.port}/request").text()
    assert (
        "Authorization" not in session.request_sync("GET", f"http://localhost:{server.port}/request").text()
    )
    for options in ({"auth": "x"}, {"headers": {"authorization": "Bearer x"}}):
        assert "uthorization: Bearer x\r\n" in session.request_sync("GET", "/request", options).text()
    own = session.request_sync("GET", f"http://you:word@127.0.0.1:{server.port}/request").text()
    assert "Authorization: Basic eW91OndvcmQ=\r\n" in own
    session.base_url = f"http://127.0.0.1:{server.port}"
    assert "Authorization" not in session.request_sync("GET", "/request").text()


@pytest.mark.parametrize(
    ("url", "options", "failure", "reason"),
    [
        ("", {}, Failure.INVALID_REQUEST, "the URL is empty"),
        ("/x", {}, Failure.INVALID_REQUEST, "has no scheme"),
        ("ftp://x/", {}, Failure.INVALID_REQUEST, "known are http and https"),
        ("http://x/", {"tmeout": 1}, Failure.INVALID_REQUEST, "did you mean 'timeout'?"),
        ("http://x/", {"timeout": -1}, Failure.INVALID_REQUEST, "0 or more"),
        ("http://x/", {"headers": {"a b": "c"}}, Failure.INVALID_REQUEST, "characters that no name may have"),
        ("http://x/", {"headers": {"a": "b\nc"}}, Failure.INVALID_REQUEST, "line break"),
        ("http://x/", {"json": float("nan")}, Failure.INVALID_REQUEST, "JSON"),
        ("http://x/", {"body": "\ud800"}, Failure.INVALID_REQUEST, "lone surrogate"),
        ("http://x/", {"proxy": "nope://p"}, Failure.INVALID_REQUEST, "scheme"),
        ("http://127.0.0.1:{}/", {"method": "TRACE", "body": "x"}, Failure.INVALID_REQUEST, "TRACE"),
        ("http://127.0.0.1:{}/", {"headers": {"Content-Length": "9"}}, Failure.INVALID_REQUEST, "body has 0"),
        ("http://nobody.invalid/", {}, Failure.CANT_RESOLVE, "cannot resolve"),
        (f"http://127.0.0.1:{closed_port()}/", {}, Failure.CANT_CONNECT, "refused"),
        ("http://127.0.0.1:{}/wait/9", {"timeout": 0.05}, Failure.TIMEOUT, "within 0.05 s (timeout), before"),
        ("http://127.0.0.1:{}/wait/9", {"idle_timeout": 0.05}, Failure.TIMEOUT, "(idle_timeout)"),
        ("http://127.0.0.1:{}/wait/9", {"first_byte_timeout": 0.05}, Failure.TIMEOUT, "(first_byte_timeout)"),
        ("http://127.0.0.1:{}/bytes/9", {"max_body_size": 8}, Failure.BODY_TOO_LARGE, "over the limit of 8"),
        ("http://127.0.0.1:{}/chunked/9/3", {"max_body_size": 8}, Failure.BODY_TOO_LARGE, "limit of 8"),
    ],
)
def test_what_fails_is_a_response(
    loop: Loop, server: Server, url: str, options: dict[str, object], failure: Failure, reason: str
) -> None:
    ended: list[Response] = []
    listener = Listener()
    listener.done = ended.append  # type: ignore[assignment, method-assign]
    session = Session(loop)
    response = session.request_sync("GET", url.format(server.port), options, listener)
    assert (response.failure, response.ok) == (failure, False), response.failure_reason
    assert reason in response.failure_reason
    assert ended == [response]
    assert session.calls == 0
    session.close()
    until(lambda: session.pool.size == 0)


def test_many_at_once_share_few_connections(session: Session) -> None:
    transfers = [session.start("GET", "/hello") for _ in range(300)]
    responses = [transfer.response for transfer in transfers]
    assert all(future.wait(SECONDS) and future.result().ok for future in responses)
    assert session.pool.size == session.pool.most_of_route


def test_any_thread_may_call(session: Session) -> None:
    seen: list[bool] = []

    def call() -> None:
        seen.extend(session.request_sync("GET", "/hello").ok for _ in range(20))

    threads = [threading.Thread(target=call) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert seen == [True] * 160


def test_cancelling(session: Session) -> None:
    transfer = session.start("GET", "/wait/30")
    until(lambda: session.pool.size)
    transfer.cancel()
    assert transfer.response.wait(SECONDS)
    assert transfer.response.result().failure is Failure.CANCELLED
    transfer.cancel()
    assert session.request_sync("GET", "/hello").ok


def test_closing_ends_what_is_under_way(loop: Loop, server: Server) -> None:
    session = Session(loop, base_url=f"http://127.0.0.1:{server.port}")
    transfers = [session.start("GET", "/wait/30") for _ in range(20)]
    assert session.request_sync("GET", f"http://localhost:{server.port}/hello").ok
    session.close()
    for transfer in transfers:
        assert transfer.response.wait(SECONDS)
        assert transfer.response.result().failure is Failure.CANCELLED
    until(lambda: session.pool.size == 0)
    late = session.request_sync("GET", "/hello")
    assert (late.failure, late.failure_reason) == (Failure.BUSY, "the session is closed")


@pytest.mark.parametrize("close", [True, False])
def test_a_loop_that_stops_leaves_no_connection(server: Server, close: bool) -> None:
    """As at the end of a game: one call is under way, and a connection idle."""
    session = Session(Loop(), base_url=f"http://127.0.0.1:{server.port}")
    transfer = session.start("GET", "/wait/30")
    assert session.request_sync("GET", "/hello").ok
    before = descriptors()
    if close:
        session.close()
    assert session.loop.stop(SECONDS)
    assert transfer.response.result().failure is Failure.CANCELLED
    assert session.pool.size == 0
    assert descriptors() < before


def test_calls_have_a_bound(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_CALLS", 2)
    transfers = [session.start("GET", "/wait/30") for _ in range(3)]
    assert transfers[2].response.wait(SECONDS)
    assert transfers[2].response.result().failure_reason == "2 calls are under way"
    for transfer in transfers:
        transfer.cancel()


def test_without_a_thread_there_is_a_response(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    session = Session(Loop(), base_url=f"http://127.0.0.1:{server.port}")
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        for url in ("/hello", "nope://"):
            response = session.start("GET", url).response.result()
            assert response.failure in (Failure.BUSY, Failure.INVALID_REQUEST)
    assert session.request_sync("GET", "/hello").ok
    session.close()
    assert session.loop.stop(SECONDS)


@pytest.mark.parametrize(
    ("base", "url", "whole"),
    [
        ("http://a", "/x?y", "http://a/x?y"),
        ("http://a", "x", "http://a/x"),
        ("http://a/api/v1", "/x", "http://a/api/v1/x"),
        ("http://a/api/v1/", "/x", "http://a/api/v1/x"),
        ("http://a/api/v1", "x/y", "http://a/api/v1/x/y"),
        ("http://a/api/v1", "../x", "http://a/api/x"),
        ("http://a/api/v1", "/", "http://a/api/v1/"),
        ("http://a/api/v1", "", "http://a/api/v1"),
        ("http://a/api/v1", "?q", "http://a/api/v1?q"),
        ("http://a/api/v1?key=1", "/x", "http://a/api/v1/x"),
        ("http://a/api/v1", "/a:b", "http://a/api/v1/a:b"),
        ("http://a/api/v1", "//b/x", "http://b/x"),
        ("http://a/api/v1", "https://b/x", "https://b/x"),
    ],
)
def test_what_is_below_the_base(base: str, url: str, whole: str) -> None:
    assert str(Session(Loop(), base_url=base)._parse(url).url) == whole


def test_who_asks_is_not_shown(session: Session) -> None:
    for url in ("nope://me:word@a/", "http://me:word@a b/"):
        response = session.request_sync("GET", url)
        assert "word" not in response.url + response.failure_reason
        assert response.url


def test_a_wrong_base() -> None:
    with pytest.raises(LocalError, match="has no scheme"):
        Session(Loop(), base_url="example.org")
    session = Session(Loop())
    assert session.base_url == ""
    with pytest.raises(LocalError, match="the user has a colon"):
        session.base_url = "https://a%3Ab:c@example.org"
    assert session.base_url == ""
    session.base_url = "https://example.org/api/"
    assert session.base_url == "https://example.org/api/"


def test_its_own_thread_waits_for_nothing(session: Session) -> None:
    seen: list[Response] = []

    class Caller(Listener):
        def done(self, response: Response) -> None:
            seen.append(session.request_sync("GET", "/hello"))

    assert session.request_sync("GET", "/hello", listener=Caller()).ok
    assert seen[0].failure_reason == "request_sync() would wait for its own thread"


def test_who_we_are(session: Session) -> None:
    session.user_agent = "Game/1.0"
    assert "User-Agent: Game/1.0\r\n" in session.request_sync("GET", "/request").text()
    own = {"headers": {"User-Agent": "own"}}
    assert "User-Agent: own\r\n" in session.request_sync("GET", "/request", own).text()
    with pytest.raises(LocalError, match="line break"):
        session.user_agent = "a\nb"
    assert session.user_agent == "Game/1.0"


def test_addresses_are_kept_parsed_but_not_all(session: Session) -> None:
    for number in range(1000):
        session._parse(f"/{number}")
    assert len(session._urls) <= 64


@pytest.mark.parametrize(
    "options",
    [
        {"headers": [1]},
        {"headers": [["a"]]},
        {"auth": ["\ud800", "a"]},
        {"stream": "a\0b"},
        {"stream": "\ud800"},
        {"multipart": {"a": {"file": "a\0b"}}},
    ],
)
def test_nothing_of_a_call_raises(session: Session, options: dict[str, object]) -> None:
    assert session.request_sync("", "/hello", options).failure is Failure.INVALID_REQUEST


def test_a_call_that_comes_with_the_end_is_ended(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    begin = Transfer.begin

    def late(transfer: Transfer) -> None:
        session.close()  # by another thread, which has not seen the call yet
        begin(transfer)

    monkeypatch.setattr(Transfer, "begin", late)
    assert session.request_sync("GET", "/slow").failure is Failure.CANCELLED
