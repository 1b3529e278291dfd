"""Sessions over what lies between a game and its servers: TLS, proxies, servers that end badly."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.loopback.certificates import Authority
from tests.loopback.network import SECONDS, blackholes, until
from tests.loopback.proxies import SocksProxy, proxy_py
from tests.loopback.responses import HELLO
from tests.loopback.scripted import (
    Drip,
    HalfClose,
    Pause,
    ReadOn,
    ReadRequest,
    ReadSome,
    Reset,
    ScriptedServer,
    Secure,
    Step,
)
from tests.loopback.server import PATTERN, Server

from pythonscript_http.sessions.failures import Failure
from pythonscript_http.sessions.loop import Loop
from pythonscript_http.sessions.response import Response
from pythonscript_http.sessions.session import Session
from pythonscript_http.transport.policy import TlsPolicy

AUTHORITY = Authority()
TRUSTING = TlsPolicy(roots=AUTHORITY.pem)
HEAD = HELLO.removesuffix(b"hello")


@pytest.fixture
def session() -> Iterator[Session]:
    loop = Loop()
    made = Session(loop)
    yield made
    made.close()
    until(lambda: made.pool.size == 0)
    assert loop.stop(SECONDS)


def call(
    session: Session, server: ScriptedServer, url: str = "http://127.0.0.1:{}/", **options: object
) -> Response:
    return session.request_sync("GET", url.format(server.port), options)


# ---- TLS


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls(session: Session, version: ssl.TLSVersion) -> None:
    secure = Secure(AUTHORITY.issue("localhost"), (version, version))
    body = PATTERN * 20
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body)
    with ScriptedServer([secure, ReadRequest(), head + body, ReadRequest(), Drip(HELLO)]) as server:
        first = call(session, server, "https://localhost:{}/", tls=TRUSTING)
        assert (first.ok, first.body) == (True, body), first.failure_reason
        assert bytes(call(session, server, "https://localhost:{}/", tls=TRUSTING).body) == b"hello"
        assert session.pool.size == 1
        assert len(server.received) == 1


@pytest.mark.parametrize(
    ("name", "policy", "reason"),
    [
        ("localhost", TlsPolicy(), "self-signed certificate"),
        ("localhost", TRUSTING, "not valid for 'localhost'"),
    ],
)
def test_whom_nobody_trusts(session: Session, name: str, policy: TlsPolicy, reason: str) -> None:
    secure = Secure(AUTHORITY.issue("other.example"))
    with ScriptedServer([secure, ReadRequest(), HELLO]) as server:
        response = call(session, server, "https://localhost:{}/", tls=policy, retries=3)
        assert (response.failure, response.attempts) == (Failure.TLS, 1)
        assert response.failure_reason.startswith(f"TLS with '{name}': ")
        assert session.pool.size == 0


def test_who_speaks_no_tls(session: Session) -> None:
    with ScriptedServer([ReadSome(), HELLO]) as server:
        response = call(session, server, "https://127.0.0.1:{}/", tls=TRUSTING)
        assert response.failure is Failure.TLS


def test_a_handshake_that_hangs(session: Session) -> None:
    with ScriptedServer([ReadOn(), Pause(30)]) as server:
        response = call(session, server, "https://127.0.0.1:{}/", tls=TRUSTING, connect_timeout=0.05)
        assert response.failure is Failure.TIMEOUT
        assert "(connect_timeout): it sent nothing" in response.failure_reason


def test_by_two_policies_are_two_connections(session: Session) -> None:
    secure = Secure(AUTHORITY.issue("localhost"))
    with ScriptedServer([secure, ReadRequest(), HELLO, ReadRequest(), HELLO]) as server:
        for policy in (TRUSTING, TlsPolicy(roots=AUTHORITY.pem, common_name="localhost"), TRUSTING):
            assert call(session, server, "https://localhost:{}/", tls=policy).ok
        assert session.pool.size == 2
        session.close()


# ---- proxies


@pytest.mark.parametrize("tls", [False, True])
def test_through_an_http_proxy(session: Session, tls: bool) -> None:
    secure: list[Step] = [Secure(AUTHORITY.issue("127.0.0.1"))] if tls else []
    with ScriptedServer([*secure, ReadRequest(), HELLO]) as server, proxy_py("me", "word") as port:
        url = f"http{'s' if tls else ''}://127.0.0.1:{{}}/"
        response = call(session, server, url, tls=TRUSTING, proxy=f"http://me:word@127.0.0.1:{port}")
        assert bytes(response.body) == b"hello", response.failure_reason
        refused = call(session, server, url, tls=TRUSTING, proxy=f"http://127.0.0.1:{port}")
        assert refused.status == (0 if tls else 407)
        assert refused.failure is (Failure.CANT_CONNECT if tls else Failure.NONE)


@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_through_socks(session: Session, scheme: str) -> None:
    with ScriptedServer([ReadRequest(), HELLO]) as server, SocksProxy() as proxy:
        response = call(session, server, proxy=f"{scheme}://127.0.0.1:{proxy.port}")
        assert bytes(response.body) == b"hello", response.failure_reason


# ---- servers that end badly


@pytest.mark.parametrize(
    ("script", "failure"),
    [
        ([ReadRequest(), HalfClose()], Failure.CONNECTION_LOST),
        ([ReadRequest(), Reset()], Failure.CONNECTION_LOST),
        ([ReadRequest(), HEAD, HalfClose()], Failure.CONNECTION_LOST),
        ([ReadRequest(), HEAD, Reset()], Failure.CONNECTION_LOST),
        ([ReadRequest(), b"220 ftp.example\r\n"], Failure.PROTOCOL),
        ([ReadRequest(), HELLO[:-2], Pause(30)], Failure.TIMEOUT),
        ([ReadRequest(), Pause(30)], Failure.TIMEOUT),
    ],
)
def test_ends(session: Session, script: list[Step], failure: Failure) -> None:
    with ScriptedServer(script) as server:
        response = call(session, server, idle_timeout=0.1 if failure is Failure.TIMEOUT else SECONDS)
        assert (response.failure, response.ok) == (failure, False), response.failure_reason
        assert session.pool.size == 0


def test_a_kept_connection_that_the_server_has_closed(session: Session) -> None:
    """It is noticed, or else found out: the call does not fail of it."""
    with ScriptedServer(scripts=[[ReadRequest(), HELLO, HalfClose()], [ReadRequest(), HELLO]]) as server:
        assert call(session, server).ok
        assert call(session, server).ok
        assert len(server.received) == 2


def test_one_that_it_closes_on_the_next_request(session: Session) -> None:
    scripts: list[list[Step]] = [[ReadRequest(), HELLO, ReadRequest(), Reset()], [ReadRequest(), HELLO]]
    with ScriptedServer(scripts=scripts) as server:
        assert call(session, server).ok
        response = call(session, server)
        assert (response.ok, response.attempts) == (True, 1)
        assert len(server.received) == 2


def test_nobody_answers_the_door(session: Session) -> None:
    with blackholes("127.0.0.1") as port:
        response = session.request_sync("GET", f"http://127.0.0.1:{port}/", {"connect_timeout": 0.05})
        assert response.failure is Failure.TIMEOUT


def test_a_silent_server_blocks_nobody(session: Session, server: Server) -> None:
    """Not those who cancel, nor those who ask others, nor the end."""
    with ScriptedServer([ReadRequest(), Pause(30)]) as silent:
        hanging = [session.start("GET", f"http://127.0.0.1:{silent.port}/") for _ in range(10)]
        assert session.request_sync("GET", f"http://127.0.0.1:{server.port}/hello").ok
        hanging[0].cancel()
        assert hanging[0].response.wait(SECONDS)
        session.close()
        assert all(transfer.response.wait(SECONDS) for transfer in hanging)


def test_a_large_body_does_not_hold_small_ones_up(session: Session, server: Server) -> None:
    """It is too large to end meanwhile, however long the small ones take."""
    url = f"http://127.0.0.1:{server.port}"
    large = session.start("GET", f"{url}/bytes/{1 << 40}", {"stream_response": True})
    for _ in range(20):
        assert session.request_sync("GET", f"{url}/hello").ok
    assert not large.done
    large.cancel()


def test_a_large_upload_streams_from_the_disk(session: Session, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "large.bin"
    path.write_bytes(PATTERN * 200)
    url = f"http://127.0.0.1:{server.port}/digest"
    sent = session.request_sync("PUT", url, {"stream": str(path)})
    assert bytes(sent.body) == bytes(session.request_sync("PUT", url, {"body": PATTERN * 200}).body)
