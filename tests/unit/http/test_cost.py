"""What a peer's bytes cost: linear in their number, and bounded for each call.

Cost is processor time at N against 2N, the best of several, so that a busy machine does not matter. A
quadratic step shows as a ratio of 4.
"""

import contextlib
import gc
import re
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest
from tests.loopback.responses import OK
from tests.unit.http.fakes import fake
from tests.unit.http.http1.driving import requesting
from tests.unit.http.modules import modules

import pythonscript_http
from pythonscript_http.enums import Error, Method, Status
from pythonscript_http.exceptions import RemoteProtocolError
from pythonscript_http.http1.chunked import MOST_LINES, ChunkedDecoder
from pythonscript_http.http1.connection import Phase
from pythonscript_http.http1.response import parse_head

NEGLIGIBLE = 0.002
"""Seconds: what N = 16,000 may cost whatever the ratio; a quadratic step costs far more."""

PACKAGE = Path(pythonscript_http.__file__).parent
UNLIMITED = 2**63 - 1


def cost(work: Callable[[], object]) -> float:
    """Returns the processor time of this thread that the work takes, in seconds; the best of five."""
    best = float("inf")
    for _ in range(5):
        start = time.thread_time()
        work()
        best = min(best, time.thread_time() - start)
        if best < NEGLIGIBLE or best > 1:
            break
    return best


def assert_linear(work: Callable[[int], Callable[[], object]], n: int = 8000) -> None:
    """Fails if the work at 2N costs over three times the work at N."""
    twice = cost(work(2 * n))
    assert twice < NEGLIGIBLE or twice < 3 * cost(work(n)), f"{twice:.3f} s for N = {2 * n}"


def methods(module: ModuleType, name: str) -> set[str]:
    """Returns how a module uses a pattern: a search tries each place, a match only the first."""
    path = PACKAGE.joinpath(*module.__name__.split(".")[1:])
    source = (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text(encoding="utf-8")
    return set(re.findall(rf"\b{name}\.([a-z]+)\b", source)) - {"pattern"}


PATTERNS = [
    pytest.param(
        getattr(value, method), isinstance(value.pattern, str), id=f"{module.__name__}.{name}.{method}"
    )
    for module in modules()
    for name, value in vars(module).items()
    if isinstance(value, re.Pattern)
    for method in sorted(methods(module, name))
]
UNITS = (
    *(" ", "\t", "0", "9", "f", "a", "-", ".", ":", ";", ",", "%", "[", "/", "\r", "\n", "\0", "\x01"),
    *("\r\n", "\r\n ", " \r\n\t", "0 ", "a.", "a:", "1,", " a", "%41", "::", "1\r\na\r\n"),
    *("Content-Length: ", "\ncontent-length: 5"),
)
BEGINS = ("", "Content-Length:", "\nContent-Length:", "X:", "5;", "\r\n5", "HTTP/1.1 200", "a", "[")
ENDS = ("", "!", "\x01", "\r", "x")


def test_there_are_patterns() -> None:
    assert len(PATTERNS) > 10


@pytest.mark.parametrize(("method", "is_text"), PATTERNS)
def test_every_pattern_is_linear(method: Callable[..., object], is_text: bool) -> None:
    def work(begin: str, unit: str, end: str, n: int) -> Callable[[], object]:
        text = begin + unit * (n // len(unit)) + end
        subject = text if is_text else text.encode()
        arguments = ("" if is_text else b"", subject) if method.__name__ == "sub" else (subject,)
        return lambda: method(*arguments)

    for begin in BEGINS:
        for unit in UNITS:
            for end in ENDS:
                assert_linear(partial(work, begin, unit, end), 2000)


def _parse(block: bytes) -> Callable[[], object]:
    def parse() -> None:
        with contextlib.suppress(RemoteProtocolError):
            parse_head(block)

    return parse


@pytest.mark.parametrize(
    "line",
    [
        lambda n: b"Content-Length:" + b" " * n + b"x\x01",
        lambda n: b"X: a" + b" " * n + b"b\x01",
        lambda n: b"X" + b" " * n + b": y",
        lambda n: b"X: " + b"a " * (n // 2) + b"\x01",
        lambda n: b"X: " + b"\x01" * n,
        lambda n: b"Content-Length: " + b"5," * (n // 2) + b"5",
        lambda n: b"Transfer-Encoding: " + b"a," * (n // 2) + b"\r\nContent-Length: 5",
        lambda n: b"X: a\r\n" + b" b\r\n" * min(900, n // 5) + b"\x01",
        lambda n: b"\x01: " + b" \t" * (n // 2),
    ],
)
def test_repairing_a_head(line: Callable[[int], bytes]) -> None:
    assert_linear(lambda n: _parse(OK + line(n) + b"\r\n\r\n"))


@pytest.mark.parametrize(
    "section",
    [lambda n: b"X: a" + b" " * n + b"b", lambda n: b"X: a" + b"\r\n " * min(900, n // 3) + b" " * n + b"b"],
)
def test_trailers(section: Callable[[int], bytes]) -> None:
    def work(n: int) -> Callable[[], object]:
        data = bytearray(b"0\r\n" + section(n) + b"\r\n\r\n")
        return lambda: ChunkedDecoder(65536, UNLIMITED).decode(data, 0, len(data), memoryview(bytearray(9)))

    assert_linear(work)


@pytest.mark.parametrize("begin", [b"5;", b"5", b"0\r\nX: ", b"5\r\nhello\r\n5;"])
def test_a_line_that_drips_is_read_once(begin: bytes) -> None:
    """Byte by byte, all of it costs as much as its bytes."""

    def work(n: int) -> Callable[[], object]:
        def drip() -> None:
            decoder, source, at = ChunkedDecoder(65536, UNLIMITED), bytearray(begin), 0
            target = memoryview(bytearray(100))
            for _ in range(n):
                at, _ = decoder.decode(source, at, len(source), target)
                source += b"x"

        return drip

    assert_linear(work, 4000)


def test_a_head_that_drips_is_read_once() -> None:
    def work(n: int) -> Callable[[], object]:
        def drip() -> None:
            machine = requesting()
            for byte in OK + b"X: " + b"y" * n:
                machine.space()[0] = byte
                machine.received(1)
            assert machine.phase is Phase.AWAITING

        return drip

    assert_linear(work, 4000)


@pytest.mark.parametrize("unit", [b"1\r\na\r\n", b"1\r\na\r\n01\r\nb\r\n", b"1;\r\na\r\n1\r\nb\r\n"])
def test_one_call_reads_a_bounded_number_of_chunks(unit: bytes) -> None:
    data = bytearray(unit * 9000 + b"0\r\n\r\n")
    decoder, at, total, calls = ChunkedDecoder(1000, UNLIMITED), 0, 0, 0
    target = memoryview(bytearray(65536))
    while not decoder.done:
        at, size = decoder.decode(data, at, len(data), target)
        assert size <= MOST_LINES
        assert decoder.paused is not decoder.done
        total += size
        calls += 1
    assert total == unit.count(b"\r\n") // 2 * 9000
    assert calls == total // MOST_LINES + 1


def test_chunks_do_not_call_for_the_garbage_collector() -> None:
    """All that it looks at would be looked at in that call: 10 ms and more, in a large game."""
    data, target = bytearray(b"1\r\na\r\n" * MOST_LINES), memoryview(bytearray(65536))
    gc.collect()
    collections = gc.get_stats()[0]["collections"]
    assert ChunkedDecoder(1000, UNLIMITED).decode(data, 0, len(data), target)[1] == MOST_LINES - 1
    assert gc.get_stats()[0]["collections"] == collections


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
@pytest.mark.parametrize("blocking", [False, True])
def test_one_call_takes_a_bounded_number_of_heads(line_end: bytes, blocking: bool) -> None:
    """A thousand interim responses, each to be repaired, come at once. No more is read meanwhile."""
    interim = line_end.join((b"HTTP/1.1 103 X", *[b"A b: c"] * 4, b"", b""))
    client, stream = fake(interim * 1000 + OK + b"Content-Length: 5\r\n\r\nhello")
    client.max_header_size = 1 << 17
    client.request(Method.METHOD_GET, "/", [])
    client.poll()
    client.set_blocking_mode(blocking)
    taken = client._http.core.keep_heads()
    heads: list[int] = []
    while client.get_status() is Status.STATUS_REQUESTING:
        before = len(taken)
        assert client.poll() is Error.OK
        heads.append(len(taken) - before)
        assert len(heads) < 100
    assert sum(heads) == 1001
    assert len(heads) == 1 if blocking else max(heads) <= 112
    assert client.read_response_body_chunk() == b"hello"
    assert not stream.events


def test_interim_responses_have_a_limit() -> None:
    for number, phase in ((1000, Phase.IDLE), (1001, Phase.FAILED)):
        machine = requesting()
        for data in [b"HTTP/1.1 102 x\r\n\r\n"] * number + [b"HTTP/1.1 204 x\r\n\r\n"]:
            if machine.phase is not Phase.AWAITING:
                break
            machine.space()[: len(data)] = data
            machine.received(len(data))
        assert machine.phase is phase
