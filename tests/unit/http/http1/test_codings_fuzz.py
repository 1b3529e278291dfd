"""Every stack of up to three codings, in many splits, read in small and large pieces, for a bounded time.

What is decoded is compared with the plain body; bodies that are cut short must be refused. The order is the
same in every run, only how far it comes depends on the machine: `pytest -k stacks -s` tells.
"""

import contextlib
import gzip
import itertools
import random
import time
import zlib
from collections.abc import Iterator, Sequence

import pytest
from tests.loopback.responses import OK, answer
from tests.unit.http.driving import read
from tests.unit.http.fakes import asking
from tests.unit.http.http1.bodies import ENCODERS, HERE, bare, records

from pythonscript_http import Status
from pythonscript_http.exceptions import RemoteProtocolError
from pythonscript_http.http1.codings import Decoding

SECONDS = 10.0
STACKS = [stack for size in (1, 2, 3) for stack in itertools.product([*HERE, "identity"], repeat=size)]


def bodies(chance: random.Random) -> Iterator[bytes]:
    """Bodies of all sizes, of all that compresses well or badly."""
    while True:
        yield chance.randbytes(chance.choice([0, 1, 2, 30, 300, 5000]))
        yield records(chance.randint(1, 50))
        yield records(chance.choice([1850, 1900, 2400, 4000]))  # 133 KB and more
        yield chance.randbytes(chance.randint(0, 300_000))
        yield bytes(chance.randint(0, 300_000))
        yield bytes(chance.choices(b"ab", k=chance.randint(0, 300_000)))


def encode(body: bytes, stack: Sequence[str], chance: random.Random) -> bytes:
    """Applies codings; in several members or of the bare kind where there are such."""
    for name in stack:
        if name == "deflate" and chance.random() < 0.3:
            body = bare(body)
        elif name in {"gzip", "zstd"} and chance.random() < 0.3:
            cut = chance.randint(0, len(body))
            body = ENCODERS[name](body[:cut]) + ENCODERS[name](body[cut:])
        elif name != "identity":
            body = ENCODERS[name](body)
    return body


class Fuzz:
    """Decodes, and remembers how long the calls took."""

    def __init__(self) -> None:
        self.body = bytearray()
        self.calls: list[tuple[float, Sequence[str]]] = []

    def decode(self, stack: Sequence[str], pieces: Sequence[bytes], page: int) -> bytes:
        """Decodes pieces to the end, in calls of a page each. If it raises, `body` has what came before."""
        decoding = Decoding(stack)
        self.body = bytearray()
        for piece in pieces:
            decoding.feed(piece)
            while True:
                began, size = time.thread_time(), 0
                decoding.renew(page)
                while size < page and (out := decoding.read(page - size)):
                    assert len(out) <= page - size
                    size += len(out)
                    self.body += out
                self.calls.append((time.thread_time() - began, stack))
                if decoding.hungry and size < page:
                    break
        decoding.end()
        return bytes(self.body)

    def decode_in_part(self, stack: Sequence[str], pieces: Sequence[bytes], body: bytes) -> str:
        """Decodes what has lost its end, which gives a part of the body. Tells what is wrong with it."""
        why = ""
        try:
            self.decode(stack, pieces, 65536)
        except RemoteProtocolError as error:
            why = str(error)
        assert body.startswith(bytes(self.body)), (stack, why)
        return why

    def report(self, capsys: pytest.CaptureFixture[str], what: str) -> None:
        """Tells of the calls' processor time, of which a virtual machine counts some of its neighbours'."""
        calls = sorted(self.calls)
        usual, (worst, stack) = calls[-1 - len(calls) // 1000][0], calls[-1]
        with capsys.disabled():
            text = f"of {len(calls)} calls the worst took {worst * 1000:.2f} ms ({', '.join(stack)})"
            print(f"\n{what}: {text}, one in a thousand over {usual * 1000:.2f} ms")
        assert worst < 1


def split(data: bytes, chance: random.Random) -> list[bytes]:
    """Some of the ways to cut bytes: in two, evenly, anywhere."""
    places: list[int] = chance.choice(
        [
            [],
            [chance.randint(0, len(data))],
            list(range(0, len(data), chance.choice([997, 4096, 65536]))),
            [chance.randint(0, len(data)) for _ in range(20)],
            list(range(min(len(data), 60))) + list(range(max(0, len(data) - 60), len(data))),
        ]
    )
    edges = [0, *sorted(places), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(edges) if a < b]


def test_all_stacks_in_all_splits_of_a_small_body() -> None:
    fuzz = Fuzz()
    body = b"hello, hello, hello"
    for stack in STACKS:
        coded = encode(body, stack, random.Random(9))
        for cut in range(len(coded) + 1):
            assert fuzz.decode(stack, [piece for piece in (coded[:cut], coded[cut:]) if piece], 7) == body
        assert fuzz.decode(stack, [coded[at : at + 1] for at in range(len(coded))], 1) == body


def test_all_stacks_cut_short_anywhere() -> None:
    fuzz = Fuzz()
    body = b"hello, hello, hello"
    for stack in STACKS:
        if set(stack) == {"identity"}:
            continue
        coded = encode(body, stack, random.Random(8))
        for end in range(1, len(coded)):
            why = fuzz.decode_in_part(stack, [coded[:end]], body)
            # Only where the first of two members ends may a body end too.
            assert "is cut short" in why or (not why and bytes(fuzz.body) != body), (stack, end)


def test_stacks_for_a_while(capsys: pytest.CaptureFixture[str]) -> None:
    chance = random.Random(7)
    fuzz = Fuzz()
    makers = bodies(chance)
    end = time.monotonic() + SECONDS
    rounds = 0
    while time.monotonic() < end or rounds < 20:
        rounds += 1
        body, stack = next(makers), chance.choice(STACKS)
        coded = encode(body, stack, chance)
        for _ in range(3):
            page = chance.choice([100, 1000, 16384, 65536]) if len(body) < 10_000 else 65536
            assert fuzz.decode(stack, split(coded, chance), page) == body, (rounds, stack)
        if coded and set(stack) != {"identity"}:
            fuzz.decode_in_part(stack, split(coded[: chance.randrange(len(coded))], chance), body)
        pieces = split(answer(coded, f"Content-Encoding: {', '.join(stack)}"), chance)
        client = asking(*pieces)
        client.set_blocking_mode(chance.random() < 0.5)
        assert read(client, 50) == body, (rounds, stack)
        assert client.get_status() is Status.STATUS_CONNECTED
    fuzz.report(capsys, f"{rounds} bodies in all stacks")


def test_hostile_ones_for_a_while(capsys: pytest.CaptureFixture[str]) -> None:
    """Bytes of every coding put together at random: nothing lasts, only `RemoteProtocolError` is raised."""
    chance = random.Random(6)
    fuzz = Fuzz()
    atoms = [
        *(b"", b"\0", b"\0\0\0\xff\xff", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\x50\x2a\x4d\x18\0\0\0\0"),
        *(b"\x0c", b"\x06" * 100, b"\x03", gzip.compress(b""), zlib.compress(b""), b"\x78\x9c"),
        *(ENCODERS[name](b"hello") for name in HERE),
        *(ENCODERS[name](bytes(100_000)) for name in HERE),
    ]
    end = time.monotonic() + SECONDS / 2
    rounds = 0
    while time.monotonic() < end or rounds < 20:
        rounds += 1
        stack = chance.choice(STACKS)
        core = chance.choice(atoms) * chance.choice([1, 2, 1000]) + chance.choice(atoms)
        for name in stack:
            if name != "identity" and chance.random() < 0.7:
                core = ENCODERS[name](core) * chance.choice([1, 1, 1, 500])
            core += chance.choice(atoms)
        with contextlib.suppress(RemoteProtocolError):
            fuzz.decode(stack, split(core[: 1 << 18], chance), 65536)
    fuzz.report(capsys, f"{rounds} hostile bodies")


FIVE_MILLION = 5_000_000


def five_million_members_thrice() -> bytes:
    """916 bytes, more or less: three times gzip around five million empty members."""
    stream = zlib.compressobj(9, wbits=31)
    page = gzip.compress(b"", mtime=0) * 10_000
    once = b"".join([stream.compress(page) for _ in range(FIVE_MILLION // 10_000)]) + stream.flush()
    return gzip.compress(gzip.compress(once, 9), 9)


@pytest.mark.parametrize("field", ["Content-Encoding", "Transfer-Encoding"])
@pytest.mark.parametrize("blocking", [False, True])
def test_five_million_members_thrice(field: str, blocking: bool) -> None:
    """One read lasted 5 s. By Transfer-Encoding they come even to those who did not ask for any coding."""
    coded = five_million_members_thrice()
    assert len(coded) < 2000
    if field == "Content-Encoding":
        client = asking(
            answer(coded, "Content-Encoding: gzip, gzip, gzip, gzip"), blocking_mode_enabled=blocking
        )
    else:
        head = OK + b"Transfer-Encoding: gzip, gzip, gzip, gzip, chunked\r\n\r\n"
        client = asking(head + b"%x\r\n%b\r\n0\r\n\r\n" % (len(coded), coded), decode_body=False)
        client.set_blocking_mode(blocking)
    began = time.thread_time()
    assert read(client, 50) == b""
    assert time.thread_time() - began < 2
    assert " bomb: " in client.get_error_reason()
