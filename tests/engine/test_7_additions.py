"""Stage 7: what PyHTTPClient has beside HTTPClient's surface, used from GDScript rightly and wrongly."""

from __future__ import annotations

import contextlib
import gzip
import zlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from tests.engine.harness import Project, Run
from tests.engine.strictness import assert_compiles
from tests.engine.suites import RunOf, suite_tests
from tests.loopback.network import blackholes, closed_port
from tests.loopback.proxies import SocksProxy
from tests.loopback.responses import OK
from tests.loopback.scripted import Drip, HalfClose, Pause, ReadRequest, Reply, ScriptedServer, Step
from tests.loopback.server import Server

SUITES = (
    "additions_deadlines.gd",
    "additions_answers.gd",
    "additions_uploads.gd",
    "additions_streams.gd",
    "additions_taken.gd",
    "additions_hosts.gd",
    "additions_observed.gd",
)

ADDONS = {"additions_observed.gd": ["watcher"]}
"""Those of Python that single suites' projects have besides."""

LONG = 60.0
"""Seconds: longer than any client here waits."""

TEXT = b"hello, world\n" * 1000
MEMBERS = b"".join(gzip.compress(TEXT[start : start + 1300]) for start in range(0, len(TEXT), 1300))


def sized(body: bytes, *headers: bytes) -> bytes:
    """An answer with a Content-Length."""
    lines = [*headers, b"Content-Length: %d" % len(body)]
    return OK + b"\r\n".join(lines) + b"\r\n\r\n" + body


def chunked(body: bytes, *headers: bytes, size: int = 100) -> bytes:
    """An answer in chunks."""
    lines = [*headers, b"Transfer-Encoding: chunked"]
    pieces = (body[start : start + size] for start in range(0, len(body), size))
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    return OK + b"\r\n".join(lines) + b"\r\n\r\n" + chunks + b"0\r\n\r\n"


def coded(coding: bytes) -> bytes:
    return b"Content-Encoding: " + coding


def bomb() -> bytes:
    """A gigabyte of zeros, in gzip within gzip: a few KiB."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, 31)
    zeros = bytes(1 << 20)
    once = b"".join(deflate.compress(zeros) for _ in range(1024)) + deflate.flush()
    return gzip.compress(once, 9)


def bare(data: bytes) -> bytes:
    """deflate as some servers understand it: without zlib's frame."""
    deflate = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return deflate.compress(data) + deflate.flush()


TRAILERS = b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n"
HEADERS = (
    b"X-One: first\r\nX-Two: a\r\nx-two: b, c\r\nSet-Cookie: a=1; Path=/, x\r\nset-cookie: b=2\r\n"
    b"X-Empty:\r\nContent-Length: 2\r\n\r\nhi"
)

SCRIPTS: Mapping[str, Sequence[Step]] = {
    "answers": [ReadRequest(), sized(b"hi")] * 8,
    "silent": [ReadRequest(), Pause(LONG)],
    "stalled_head": [ReadRequest(), OK + b"X-Some", Pause(LONG)],
    "stalled_body": [ReadRequest(), sized(b"helloworld")[:-5], Pause(LONG)],
    "drip": [ReadRequest(), sized(b"x" * 10000)[:-9999], Drip(b"x" * 9999, pause=0.02)],
    "long_head": [ReadRequest(), sized(b"hi", b"X-Long: " + b"x" * 2000)],
    "endless_head": [ReadRequest(), OK, Drip(b"X: y\r\n" * 1000, 600, 0.001), Pause(LONG)],
    "endless_interim": [ReadRequest(), Drip(b"HTTP/1.1 103 Early\r\nX: y\r\n\r\n" * 99, 300), Pause(LONG)],
    "length": [ReadRequest(), sized(b"x" * 1000)],
    "chunks": [ReadRequest(), chunked(b"x" * 1000)],
    "until_close": [ReadRequest(), OK + b"\r\n" + b"x" * 1000],
    "gzip": [ReadRequest(), sized(gzip.compress(TEXT), coded(b"gzip"))],
    "gzip_members": [ReadRequest(), Drip(sized(MEMBERS, coded(b"gzip")), 50)],
    "gzip_chunks": [ReadRequest(), Drip(chunked(MEMBERS, coded(b"gzip"), size=7), 70)],
    "gzip_close": [ReadRequest(), OK + coded(b"gzip") + b"\r\n\r\n" + gzip.compress(TEXT)],
    "zlib": [ReadRequest(), sized(zlib.compress(TEXT), coded(b"deflate"))],
    "bare": [ReadRequest(), sized(bare(TEXT), coded(b"deflate"))],
    "gzip_cut": [ReadRequest(), sized(gzip.compress(TEXT)[:-1], coded(b"gzip"))],
    "gzip_head_cut": [ReadRequest(), sized(gzip.compress(TEXT)[:5], coded(b"gzip"))],
    "gzip_chunks_cut": [ReadRequest(), chunked(MEMBERS[:-9], coded(b"gzip"))],
    "deflate_cut": [ReadRequest(), sized(zlib.compress(TEXT)[:-1], coded(b"deflate"))],
    "gzip_broken": [ReadRequest(), sized(b"this is no gzip at all", coded(b"gzip"))],
    "unknown": [ReadRequest(), sized(b"?", coded(b"enigma"))],
    "part": [ReadRequest(), sized(b"llo", coded(b"gzip")).replace(b"200 OK", b"206 Part")],
    "gzip_empty": [ReadRequest(), sized(gzip.compress(b"") * 1000 + gzip.compress(b"hello"), coded(b"gzip"))],
    "br": [ReadRequest(), sized(import_module("brotli").compress(TEXT * 20), coded(b"br"))],
    "bomb": [ReadRequest(), sized(bomb(), coded(b"gzip, gzip"))],
    "headers": [ReadRequest(), OK + HEADERS] * 2,
    "trailers": [ReadRequest(), OK + TRAILERS + b"X-Sum: 12\r\nContent-Length: 99\r\n\r\n"] * 2,
    "long_trailers": [ReadRequest(), OK + TRAILERS + b"X: " + b"x" * 2000 + b"\r\n\r\n"],
    "refuses": [
        ReadRequest(body=False),
        b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 9\r\n\r\ntoo large",
        Pause(LONG),
    ],
    "switches": [
        ReadRequest(),
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nand ",
        Pause(0.1),
        b"la",
        Pause(0.1),
        b"te",
        HalfClose(),
        Pause(LONG),
    ],
    "proxy_refuses": [
        ReadRequest(),
        b'HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm="x"\r\nContent-Length: 4\r\n\r\nwho?',
    ],
}
"""What the servers do, by name."""


MIRROR: Sequence[Step] = [ReadRequest(), Reply(sized)] * 100
"""Answers each request with itself."""


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """All servers run; gives where, as the suites get it."""
    folder = tmp_path_factory.mktemp("s")
    with contextlib.ExitStack() as stack:
        ports = {name: stack.enter_context(ScriptedServer(script)).port for name, script in SCRIPTS.items()}
        ports["server"] = stack.enter_context(Server()).port
        ports["blackhole"] = stack.enter_context(blackholes("127.0.0.1"))
        ports["proxy"] = stack.enter_context(ScriptedServer(MIRROR)).port
        ports["six"] = stack.enter_context(ScriptedServer(MIRROR, host="::1")).port
        stack.enter_context(ScriptedServer(MIRROR, path=folder / "server.sock"))
        ports["closed"] = closed_port()
        known = {"known.invalid": "127.0.0.1"}
        ports["socks"] = stack.enter_context(SocksProxy(("us@er", "p:ss"), hosts=known)).port
        ports["socks_refuses"] = stack.enter_context(SocksProxy(reply=2)).port
        yield [f"--folder={folder}", *(f"--{name}={number}" for name, number in ports.items())]


@pytest.fixture(scope="module")
def run_of(options: Sequence[str], tmp_path_factory: pytest.TempPathFactory) -> RunOf:
    @cache
    def run(suite: str) -> Run:
        scripts = [suite, "client_base.gd", "additions_base.gd", "additions_own.gd"]
        root = tmp_path_factory.mktemp("additions") / "p"
        addons = ["probe", "streams", *ADDONS.get(suite, [])]
        project = Project(root, scripts=scripts, addons=addons, client=True)
        return project.run_suite(suite, *options, verbose=True)

    return run


test_the_run, test_suite = suite_tests(*SUITES)


def test_they_have_types(tmp_path: Path) -> None:
    """A typed script that uses all of them compiles with every warning an error."""
    refusals = ["request() needs"] * 2 + [
        "send_body_chunk() needs",
        "end_body() needs",
    ]  # it is not connected
    assert_compiles(tmp_path / "p", "additions_strict.gd", expected=refusals)


def test_an_observer_that_raises_is_reported_once(run_of: RunOf) -> None:
    assert run_of("additions_observed.gd").output.count("ValueError: a watcher that is broken") == 1
