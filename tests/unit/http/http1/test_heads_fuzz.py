"""Heads, chunks and trailers made of what is right, odd and hostile, in many splits, for a bounded time.

Whatever comes, each split of it must lead to the same end, and no call may last. The order is the same in
every run, only how far it comes depends on the machine: `pytest -k heads_of -s` tells.
"""

import random
import time
from collections.abc import Iterator

import pytest
from tests.unit.http.http1.driving import UNDER_WAY, requesting

from pythonscript_http.http1.connection import Phase

SECONDS = 5.0

LINES = (
    *(
        b"X: y",
        b"Content-Length: 5",
        b"Content-Length: 5, 5",
        b"Content-Length: 6",
        b"Content-Length:",
        b"a: b",
    ),
    *(
        b"Transfer-Encoding: chunked",
        b"transfer-encoding: gzip",
        b"Transfer-Encoding: \x0bchunked",
        b" folded",
    ),
    *(
        b"Bad Name: x",
        b"Content-Length : 5",
        b"[Transfer-Encoding: chunked",
        b"X: \x01",
        b"X: \0",
        b"X: a\rb",
        b"x",
    ),
    *(b"Connection: close", b"Connection: keep-alive, x", b"Set-Cookie: a=1", b"caf\xe9: x", b": x", b"\t"),
)
LONG = (
    *(b"X: a%bb" % (b" " * 9000), b"Content-Length:%bx" % (b" " * 9000), b"X%b: y" % (b" " * 9000)),
    *(
        b"Content-Length: %b5" % (b"5," * 4000),
        b"X: %b" % (b"\x01" * 9000),
        b"Transfer-Encoding: " + b"a," * 4000,
    ),
    *(
        b"X: y" + b"\r\n z" * 900,
        b"Bad Name: x" + b"\r\nX: \x01" * 900,
        b"X:" * 9000,
        b"\xff" * 9000 + b": x",
    ),
)
STATUS_LINES = (
    b"HTTP/1.1 200 OK",
    b"HTTP/1.1 204 No",
    b"HTTP/1.1 304 Not",
    b"HTTP/1.0 200 OK",
    b"HTTP/1.1 404 No",
)
INTERIM = (b"HTTP/1.1 100 Go\r\n\r\n", b"HTTP/1.1 103 Hints\r\nBad Name: x\r\n\r\n", b"HTTP/1.1 102 x\n\n")
PIECES = (
    *(
        b"5\r\nhello\r\n",
        b"1;a=b\r\nx\r\n",
        b"05 \r\nhello\r\n",
        b"2\nhi\n",
        b"0\r\n\r\n",
        b"0\r\nX: y\r\n\r\n",
        b"x",
    ),
    *(
        b"0\r\nBad Name: x\r\n\r\n",
        b"5\r\nhell",
        b"1\r\na\r\n" * 3000,
        b"1;" + b"x" * 9000 + b"\r\na\r\n",
        b"hello",
    ),
    *(
        b"1\r\na\r\n01\r\nb\r\n" * 2000,
        b"0\r\nX: a%bb\r\n\r\n" % (b" " * 9000),
        b"0" * 9000,
        b"5" + b" " * 9000,
    ),
)


def responses(chance: random.Random) -> Iterator[bytes]:
    while True:
        lines = chance.choices(LINES, k=chance.randint(0, 6))
        if chance.random() < 0.3:
            lines.insert(chance.randint(0, len(lines)), chance.choice(LONG))
        end = b"\n" if chance.random() < 0.2 else b"\r\n"
        head = end.join([chance.choice(STATUS_LINES), *lines, b"", b""])
        interim = chance.choice(INTERIM) * chance.choice([0, 0, 0, 1, 2, 400, 900])
        yield interim + head + b"".join(chance.choices(PIECES, k=chance.randint(0, 4)))


def pieces(data: bytes, chance: random.Random) -> Iterator[bytes]:
    """Cuts data at a few places, one of them perhaps into single bytes."""
    cuts = sorted(chance.choices(range(len(data) + 1), k=chance.randint(0, 5)))
    for start, stop in zip([0, *cuts], [*cuts, len(data)], strict=True):
        if stop - start < 200 and chance.random() < 0.5:
            yield from (data[at : at + 1] for at in range(start, stop))
        else:
            yield data[start:stop]


class Play:
    """One response, played to a machine; remembers how long its calls took."""

    def __init__(self, method: str) -> None:
        self.machine = requesting(method)
        self.worst = 0.0
        self.body = b""
        self._view = memoryview(bytearray(65536))

    def _timed(self, begun: float) -> None:
        self.worst = max(self.worst, time.thread_time() - begun)

    def give(self, piece: bytes) -> None:
        """Gives a piece, as the client does: no more than there is room, and nothing while it is behind."""
        machine = self.machine
        while machine.phase in UNDER_WAY:
            self._read()
            if machine.phase not in UNDER_WAY:
                return
            begun = time.thread_time()
            if machine.behind:
                machine.go_on()
                self._timed(begun)
                continue
            if not piece:
                return
            limit = machine.direct_limit if machine.phase is Phase.BODY else 0
            if limit:
                size = min(limit, len(piece))
                self.body += piece[:size]
                machine.received_directly(size)
            else:
                space = machine.space()
                size = min(len(space), len(piece))
                space[:size] = piece[:size]
                begun = time.thread_time()
                machine.received(size)
            self._timed(begun)
            piece = piece[size:]

    def _read(self) -> None:
        while self.machine.phase is Phase.BODY:
            begun = time.thread_time()
            size = self.machine.take(self._view)
            self._timed(begun)
            self.body += self._view[:size]
            if not size and not self.machine.busy:
                return

    def end(self) -> tuple[object, ...]:
        machine = self.machine
        if machine.phase in UNDER_WAY:
            machine.ended()
            self._read()
        code = machine.head.code if machine.head else 0
        end = "failed" if machine.failure else "closed" if machine.until_close else "over"
        return end, code, self.body, machine.trailers, bool(machine.failure)


def test_heads_of_all_kinds_in_all_splits(capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(9)
    end = time.monotonic() + SECONDS
    worst, number, ends = (0.0, b""), 0, set()
    for data in responses(chance):
        if time.monotonic() > end:
            break
        method = chance.choice(["GET", "HEAD"])
        whole, apart = Play(method), Play(method)
        whole.give(data)
        for piece in pieces(data, chance):
            apart.give(piece)
        result = whole.end()
        assert apart.end() == result, data[:2000]
        worst = max(worst, (whole.worst, data), (apart.worst, data))
        number += 1
        ends.add(result[0])
    with capsys.disabled():
        print(f"\n{number} responses: the worst call took {worst[0] * 1000:.2f} ms ({worst[1][:60]!r})")
    assert ends >= {"failed", "closed", "over"}
    assert worst[0] < 1  # a guard against hangs
