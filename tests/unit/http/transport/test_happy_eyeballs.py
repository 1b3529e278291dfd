"""Happy Eyeballs, against listeners that answer, refuse and keep silent.

Which address is tried when shows in which listener gets a connection, and in the text of failures.
"""

import socket
import time
from collections.abc import Sequence
from types import SimpleNamespace

import pytest
from tests.loopback.clock import Clock
from tests.loopback.network import blackholes, closed_port, descriptors, established, listening
from tests.unit.http.fakes import GrowingLookup

from pythonscript_http.transport import happy_eyeballs
from pythonscript_http.transport.happy_eyeballs import ATTEMPT_DELAY, Race
from pythonscript_http.transport.stream import Address, NetworkError, Stream
from pythonscript_http.transport.tcp import SocketStream


def four(number: int = 1) -> Address:
    return Address(socket.AF_INET, (f"127.0.0.{number}", 0))


SIX = Address(socket.AF_INET6, ("::1", 0, 0, 0))
BROADCAST = Address(socket.AF_INET, ("255.255.255.255", 0))
"""A TCP connection to it fails at once."""


def peer(stream: Stream) -> str:
    """The address that a connection leads to."""
    with socket.socket(fileno=socket.dup(stream.fileno())) as copy:
        return str(copy.getpeername()[0])


def winner(addresses: Sequence[Address], port: int) -> str:
    """Which address wins, while no time passes."""
    stream = established(Race(addresses, port, 10.0, clock=Clock()))
    try:
        return peer(stream)
    finally:
        stream.close()


def failure(pending: Race) -> str:
    with pytest.raises(NetworkError) as caught:
        established(pending)
    pending.close()
    return str(caught.value)


def test_one_address() -> None:
    with listening("127.0.0.1") as (port, _):
        assert winner([four()], port) == "127.0.0.1"


def test_the_first_address_wins_if_it_answers() -> None:
    with listening("::1", "127.0.0.1", "127.0.0.2") as (port, _):
        assert winner([SIX, four(1)], port) == "::1"
        assert winner([four(2), SIX, four(1)], port) == "127.0.0.2"


def test_the_next_address_follows_a_failure_at_once() -> None:
    with listening("127.0.0.1", closed=["::1"]) as (port, _):
        assert winner([SIX, four(1)], port) == "127.0.0.1"
        assert winner([BROADCAST, four(1)], port) == "127.0.0.1"


def test_silence_costs_the_attempt_delay_and_no_more() -> None:
    clock = Clock()
    with blackholes("::1", answering=["127.0.0.1"]) as port:
        pending = Race([SIX, four(1)], port, 10.0, clock=clock)
        for seconds in (0.0, 0.2475, 0.0):  # a quarter of a second it is (RFC 8305 section 8)
            clock.advance(seconds)
            assert pending.poll() is None
        before = descriptors()
        clock.advance(0.0025)
        assert pending.poll() is None
        assert descriptors() == before + 1  # the second attempt
        stream = established(pending)
        assert peer(stream) == "127.0.0.1"
        stream.close()


def test_a_slow_attempt_may_still_win() -> None:
    """It goes on while others are under way; the kernel asks again after a second."""
    with (
        listening("127.0.0.1", backlog=0, closed=["127.0.0.2"]) as (port, (listener,)),
        socket.create_connection(("127.0.0.1", port)),
    ):
        clock = Clock()
        pending = Race([four(1), four(2)], port, 10.0, clock=clock)
        clock.advance(ATTEMPT_DELAY)
        assert pending.poll() is None  # begins with 127.0.0.2, where nobody listens
        listener.accept()[0].close()  # the first one's queue has room now
        stream = established(pending)
        assert peer(stream) == "127.0.0.1"
        stream.close()


def test_families_take_turns() -> None:
    """The order is seen in the failures: each comes before the next attempt."""
    port = closed_port()
    mapped = Address(socket.AF_INET6, ("::ffff:127.0.0.3", 0, 0, 0))
    text = failure(Race([SIX, mapped, four(1), four(2)], port, 10.0, clock=time.monotonic))
    tried = [part.rpartition(f":{port}")[0] for part in text.removeprefix("cannot connect to ").split("; ")]
    assert tried == ["[::1]", "127.0.0.1", "[::ffff:127.0.0.3]", "127.0.0.2"]


def test_every_failure_is_listed() -> None:
    port = closed_port()
    assert failure(Race([SIX, four()], port, 10.0, clock=time.monotonic)) == (
        f"cannot connect to [::1]:{port}: Connection refused; 127.0.0.1:{port}: Connection refused"
    )
    assert failure(Race([BROADCAST], 80, 10.0, clock=time.monotonic)).startswith(
        "cannot connect to 255.255.255.255:80: "
    )
    lookup = GrowingLookup(four())
    lookup.complete = True
    assert failure(Race(lookup.addresses, port, 10.0, lookup, clock=time.monotonic)) == (
        f"cannot connect to 'name.example': 127.0.0.1:{port}: Connection refused"
    )


def test_an_address_is_tried_once() -> None:
    port = closed_port()
    lookup = GrowingLookup(four(1), four(1))
    pending = Race(lookup.addresses, port, 10.0, lookup, clock=time.monotonic)
    lookup.find(four(1), four(2))
    assert failure(pending) == (
        f"cannot connect to 'name.example': 127.0.0.1:{port}: Connection refused;"
        f" 127.0.0.2:{port}: Connection refused"
    )


@pytest.mark.parametrize("families", [1, 2])
def test_thousands_of_addresses_hold_no_call(monkeypatch: pytest.MonkeyPatch, families: int) -> None:
    """Each call begins with a few, and looks at no other; the text tells of a few, and counts the others."""
    dialled = []

    def fail(family: int, _: int) -> None:
        dialled.append(family)
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(socket, "socket", fail)
    addresses = [Address(socket.AF_INET, (f"10.0.{number >> 8}.{number & 255}", 0)) for number in range(8000)]
    if families == 2:
        addresses += [Address(socket.AF_INET6, (f"fd00::{number:x}", 0, 0, 0)) for number in range(8000)]
    pending = Race(addresses, 80, 10.0, clock=time.monotonic)
    begun = time.thread_time()
    for number in range(1, len(addresses) // 16 - 1):
        assert len(dialled) == number * 16
        assert pending.poll() is None
        pending.wait(10)  # not at all: the next attempt is due
    with pytest.raises(NetworkError) as caught:
        pending.poll()
    assert time.thread_time() - begun < 10
    assert len(dialled) == len(addresses)
    if families == 2:
        assert dialled == [socket.AF_INET, socket.AF_INET6] * 8000
    listed = "; ".join(f"10.0.0.{number}:80: Network is unreachable" for number in range(8))
    assert (
        families == 2 or str(caught.value) == f"cannot connect to {listed}; and 7992 other addresses failed"
    )
    assert len(str(caught.value)) < 1000


def test_silence_has_an_end_for_each_address() -> None:
    clock = Clock()
    with blackholes("127.0.0.1", "127.0.0.2") as port:
        pending = Race([four(1), four(2)], port, 0.125, clock=clock)
        for _ in range(2):
            assert pending.poll() is None
            clock.advance(0.125)
        with pytest.raises(NetworkError) as caught:
            pending.poll()
    assert str(caught.value) == (
        f"cannot connect to 127.0.0.1:{port}: no answer within 0.125 s;"
        f" 127.0.0.2:{port}: no answer within 0.125 s"
    )


def test_late_addresses_join_in() -> None:
    with blackholes("127.0.0.1", answering=["::1"]) as port:
        lookup = GrowingLookup(four(1))
        pending = Race(lookup.addresses, port, 10.0, lookup, clock=time.monotonic)
        assert pending.poll() is None
        lookup.find(SIX)
        stream = established(pending)
        assert peer(stream) == "::1"
        stream.close()


def test_a_race_waits_for_late_addresses() -> None:
    """All that were known have failed, but the look-up goes on."""
    with listening("::1", closed=["127.0.0.1"]) as (port, _):
        lookup = GrowingLookup(four(1))
        pending = Race(lookup.addresses, port, 10.0, lookup, clock=time.monotonic)
        for _ in range(5):
            pending.wait(0.1)
            assert pending.poll() is None
        lookup.find(SIX)
        established(pending).close()


def test_a_look_up_that_finds_no_more_ends_the_race() -> None:
    port = closed_port()
    lookup = GrowingLookup(four(1))
    pending = Race(lookup.addresses, port, 10.0, lookup, clock=time.monotonic)
    pending.wait(0.1)
    assert pending.poll() is None
    lookup.find(four(2))
    assert failure(pending).endswith(f"127.0.0.2:{port}: Connection refused")


@pytest.mark.parametrize(
    ("addresses", "lookup", "naps"),
    [
        ([four()], None, [5.0, 7.0, 0.0]),
        ([four(), four(2)], None, [ATTEMPT_DELAY, 0.0, 0.0]),
        ([four()], GrowingLookup(four()), [happy_eyeballs._NAP] * 2 + [0.0]),
    ],
)
def test_waiting_is_bounded(
    addresses: list[Address],
    lookup: GrowingLookup | None,
    naps: list[float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By its argument, by the next attempt, by the deadline, and while the look-up may find more."""
    clock, slept = Clock(), list[float]()
    with blackholes("127.0.0.1", "127.0.0.2") as port:
        pending = Race(addresses, port, 12.0, lookup, clock=clock)
        monkeypatch.setattr(pending, "_events", SimpleNamespace(poll=slept.append))
        for timeout, passes in ((5.0, 5.0), (60.0, 10.0), (60.0, 0.0)):
            pending.wait(timeout)
            clock.advance(passes)
        monkeypatch.undo()
        pending.close()
    assert slept == [nap * 1000 for nap in naps]


def test_a_poll_never_waits() -> None:
    with blackholes("127.0.0.1", "::1") as port:
        pending = Race([four(), SIX], port, 10.0, clock=Clock())
        begun = time.monotonic()
        for _ in range(100_000):  # some seconds; each wait would add 20 ms, or more
            pending.poll()
        assert time.monotonic() - begun < 1000
        pending.close()


@pytest.mark.parametrize("delay", [0.0, 0.01])
def test_nothing_is_left_open(monkeypatch: pytest.MonkeyPatch, delay: float) -> None:
    """Not after a failure, nor by those that lost, nor when all is given up at any moment."""
    monkeypatch.setattr(happy_eyeballs, "ATTEMPT_DELAY", delay)
    port = closed_port()
    before = descriptors()
    failure(Race([SIX, BROADCAST, four()], port, 10.0, clock=time.monotonic))
    assert descriptors() == before
    with blackholes("127.0.0.1", "127.0.0.2", "::1", answering=["127.0.0.4"]) as port:
        before = descriptors()
        for polls in range(6):
            pending = Race([SIX, four(1), four(2)], port, 10.0, clock=time.monotonic)
            for _ in range(polls):
                pending.wait(0.02)
                assert pending.poll() is None
            assert descriptors() > before
            pending.close()
            assert descriptors() == before
            with pytest.raises(NetworkError):
                pending.poll()
        stream = established(Race([SIX, four(1), four(2), four(4)], port, 10.0, clock=time.monotonic))
        assert descriptors() == before + 1
        stream.close()
        assert descriptors() == before


def test_no_descriptor_left(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(socket, "socket", fail)
    pending = Race([four(), SIX], 80, 10.0, clock=time.monotonic)
    with pytest.raises(NetworkError, match=r"127\.0\.0\.1:80: Too many open files; \[::1\]:80: Too many"):
        pending.poll()


def test_options() -> None:
    """R27, and dead peers are noticed."""
    with listening("127.0.0.1") as (port, _):
        stream = established(Race([four()], port, 10.0, clock=time.monotonic))
        assert isinstance(stream, SocketStream)
        with socket.socket(fileno=socket.dup(stream.fileno())) as copy:
            assert copy.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            assert copy.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            assert copy.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 60
        stream.close()
