"""Names and addresses."""

import gc
import socket
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator

import pytest
from tests.loopback.clock import Clock
from tests.loopback.network import until
from tests.unit.programs import run

from pythonscript_http.transport import resolver
from pythonscript_http.transport.resolver import RESOLUTION_DELAY
from pythonscript_http.transport.stream import Address, NetworkError
from pythonscript_http.workers import Workers

WORKERS = "look-up of a test"
BOTH, SIX, FOUR = socket.AF_UNSPEC, socket.AF_INET6, socket.AF_INET
ADDRESSES: dict[int, Address] = {SIX: Address(SIX, ("::1", 0, 0, 0)), FOUR: Address(FOUR, ("127.0.0.1", 0))}


class System:
    """A resolver that answers when a test lets it, each family for itself."""

    def __init__(self) -> None:
        self.asked: list[tuple[bytes, int]] = []
        self._answers: dict[tuple[bytes, int], list[Address] | str] = {}
        self._changed = threading.Condition()
        self._over = False

    def answer(self, family: int, answer: list[Address] | str, host: bytes = b"") -> None:
        """Answers a question: about one host, or all."""
        with self._changed:
            self._answers[host, family] = answer
            self._changed.notify_all()

    def end(self) -> None:
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def getaddrinfo(self, host: bytes, _: int, family: int, kind: int) -> list[tuple[object, ...]]:
        assert kind == socket.SOCK_STREAM
        with self._changed:
            self.asked.append((host, family))
            keys = {(host, family), (b"", family)}
            self._changed.wait_for(lambda: self._over or keys & self._answers.keys(), 20)
            known = keys & self._answers.keys()
            answer = self._answers[known.pop()] if known else "never answered"
        if isinstance(answer, str):
            raise socket.gaierror(socket.EAI_NONAME, answer)
        return [(address.family, kind, 6, "", address.sockaddr) for address in answer]


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    system = System()
    monkeypatch.setattr(socket, "getaddrinfo", system.getaddrinfo)
    monkeypatch.setattr(resolver, "_workers", Workers(8, 0.05, WORKERS))
    monkeypatch.setattr(resolver, "_under_way", weakref.WeakValueDictionary())
    yield system
    system.end()


def joint(system: System) -> list[bytes]:
    """The names that were asked for, but not by their families."""
    return [host for host, family in system.asked if family == BOTH]


def families(system: System) -> list[int]:
    return sorted(family for _, family in system.asked)


@pytest.mark.parametrize(
    ("host", "family"),
    [
        ("127.0.0.1", FOUR),
        ("::1", SIX),
        ("2001:db8::1", SIX),
        ("fe80::1%lo", SIX),
        ("unix:/run/x.sock", socket.AF_UNIX),
        ("localhost", None),
        ("db", None),
        ("127.1", None),
        ("1.2.3.4.5", None),
        ("::g", None),
        ("fe80::1%nothing", None),
        ("a\0b", None),
    ],
)
def test_literals(host: str, family: int | None) -> None:
    address = resolver.literal(host)
    assert (None if address is None else address.family) == family


def test_a_zone_is_kept() -> None:
    address = resolver.literal("fe80::1%lo")
    assert address is not None
    assert address.sockaddr[3] == socket.if_nametoindex("lo")


@pytest.mark.parametrize(
    "name", ["localhost", "localhost.", "LocalHost", "game.localhost", "a.game.localhost.", ".localhost"]
)
def test_this_machine(system: System, name: str) -> None:
    """RFC 6761 section 6.3: no server of names is asked."""
    lookup = resolver.look_up(name, time.monotonic)
    lookup.wait(1e6)
    assert (lookup.host, lookup.complete) == (name, True)
    assert lookup.poll() == [ADDRESSES[SIX], ADDRESSES[FOUR]]
    assert system.asked == []


@pytest.mark.parametrize(
    "name", ["notlocalhost", "localhost.example", "localhost.localdomain", "localhost.."]
)
def test_not_this_machine(system: System, name: str) -> None:
    system.answer(BOTH, "Name or service not known")
    lookup = resolver.look_up(name, Clock())  # on which the delay never passes
    lookup.wait(60)
    assert system.asked == [(name.encode(), BOTH)]


def test_whatever_fails_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look-up without an answer would never end."""

    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    lookup = resolver.look_up("x.example", time.monotonic)
    lookup.wait(60)
    with pytest.raises(NetworkError, match=r"^cannot resolve 'x\.example': MemoryError$"):
        lookup.poll()


@pytest.mark.parametrize("name", ["a" * 64 + ".example", "a..b", "fe80::1%nothing"])
def test_a_name_that_no_name_can_be(name: str) -> None:
    lookup = resolver.look_up(name, time.monotonic)
    lookup.wait(60)
    with pytest.raises(NetworkError, match=f"cannot resolve '{name}': "):
        lookup.poll()


def test_a_failure_is_told_and_not_kept(system: System) -> None:
    for text in ("Name or service not known", "Temporary failure in name resolution"):
        system.answer(BOTH, text)
        lookup = resolver.look_up("no.such.host", time.monotonic)
        lookup.wait(60)
        with pytest.raises(NetworkError, match=rf"^cannot resolve 'no\.such\.host': {text}$"):
            lookup.poll()


class TestFamilies:
    """RFC 8305 section 3."""

    def test_a_quick_answer_is_asked_for_once(self, system: System) -> None:
        system.answer(BOTH, [ADDRESSES[FOUR], ADDRESSES[SIX]])
        lookup = resolver.look_up("quick.example", Clock())  # on which the delay never passes
        lookup.wait(60)
        assert lookup.poll() == [ADDRESSES[FOUR], ADDRESSES[SIX]]  # the system's order
        assert lookup.complete
        assert system.asked == [(b"quick.example", BOTH)]

    def test_a_slow_one_is_asked_for_by_family(self, system: System) -> None:
        clock = Clock()
        lookup = resolver.look_up("slow.example", clock)
        for seconds in (0.0, 0.0495):
            clock.advance(seconds)
            assert lookup.poll() is None
        until(lambda: families(system) == [BOTH])
        assert resolver._workers.spare() == 7  # so nobody else is about to ask
        clock.advance(0.001)
        assert lookup.poll() is None
        until(lambda: families(system) == [BOTH, FOUR, SIX])

    def test_also_while_it_is_waited_for(self, system: System) -> None:
        resolver.look_up("slow.example", time.monotonic).wait(2 * RESOLUTION_DELAY)
        until(lambda: families(system) == [BOTH, FOUR, SIX])

    @pytest.mark.parametrize("first", [FOUR, SIX])
    def test_the_first_family_is_used_and_the_other_joins(self, system: System, first: int) -> None:
        lookup = resolver.look_up("half.example", time.monotonic)
        system.answer(first, [ADDRESSES[first]])
        lookup.wait(60)
        assert lookup.poll() == [ADDRESSES[first]]
        assert not lookup.complete
        system.answer(SIX + FOUR - first, [ADDRESSES[SIX + FOUR - first]])
        until(lambda: lookup.complete)
        assert lookup.poll() == [ADDRESSES[SIX], ADDRESSES[FOUR]]

    def test_the_joint_answer_is_the_last_word(self, system: System) -> None:
        lookup = resolver.look_up("late.example", time.monotonic)
        system.answer(FOUR, [ADDRESSES[FOUR]])
        lookup.wait(60)
        system.answer(BOTH, [ADDRESSES[FOUR], ADDRESSES[SIX]])
        until(lambda: lookup.complete)
        assert lookup.poll() == [ADDRESSES[FOUR], ADDRESSES[SIX]]
        system.answer(SIX, [])
        until(lambda: resolver._workers.spare() == 8)
        assert lookup.poll() == [ADDRESSES[FOUR], ADDRESSES[SIX]]

    def test_what_is_known_outlives_a_joint_failure(self, system: System) -> None:
        lookup = resolver.look_up("broken.example", time.monotonic)
        system.answer(FOUR, [ADDRESSES[FOUR]])
        lookup.wait(60)
        system.answer(BOTH, "Temporary failure in name resolution")
        until(lambda: lookup.complete)
        assert lookup.poll() == [ADDRESSES[FOUR]]

    def test_one_family_has_none(self, system: System) -> None:
        lookup = resolver.look_up("four.example", time.monotonic)
        system.answer(SIX, "No address associated with hostname")
        lookup.wait(2 * RESOLUTION_DELAY)
        assert lookup.poll() is None
        system.answer(FOUR, [ADDRESSES[FOUR]])
        lookup.wait(60)
        assert lookup.poll() == [ADDRESSES[FOUR]]
        assert lookup.complete

    @pytest.mark.parametrize(
        ("six", "four", "reason"), [("X", "X", "X"), ("X", "Y", r"X \(IPv6\), Y \(IPv4\)")]
    )
    def test_no_family_has_any(self, system: System, six: str, four: str, reason: str) -> None:
        lookup = resolver.look_up("none.example", time.monotonic)
        system.answer(SIX, six)
        lookup.wait(2 * RESOLUTION_DELAY)
        system.answer(FOUR, four)
        lookup.wait(60)
        with pytest.raises(NetworkError, match=rf"^cannot resolve 'none\.example': {reason}$"):
            lookup.poll()


class TestThreads:
    def test_a_slow_resolver_holds_up_nobody(self, system: System) -> None:
        lookups = [resolver.look_up("slow.example", time.monotonic) for _ in range(100)]
        other = resolver.look_up("other.example", time.monotonic)
        assert [lookup.poll() for lookup in (*lookups, other)] == [None] * 101  # not yet answered
        system.answer(BOTH, [ADDRESSES[FOUR]])
        for lookup in (*lookups, other):
            lookup.wait(60)
            assert lookup.poll() == [ADDRESSES[FOUR]]
        joint = [host for host, family in system.asked if family == BOTH]
        assert sorted(joint) == [b"other.example", b"slow.example"]

    def test_dead_names_take_no_more_threads_than_there_may_be(self, system: System) -> None:
        lookups = [resolver.look_up(f"{number}.example", time.monotonic) for number in range(1000)]
        until(lambda: len(system.asked) == 8)
        lookups[0].wait(2 * RESOLUTION_DELAY)
        assert [thread.name for thread in threading.enumerate()].count(WORKERS) == 8
        assert families(system) == [BOTH] * 8  # no thread to ask for families by themselves
        live = resolver.look_up("live.example", time.monotonic)
        del lookups
        gc.collect()
        system.answer(BOTH, [ADDRESSES[FOUR]])
        live.wait(60)  # those before it were given up: they lost their turn
        assert live.poll() == [ADDRESSES[FOUR]]
        assert families(system).count(BOTH) == 9

    def test_other_names_come_before_a_second_question(
        self, system: System, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(resolver, "_workers", Workers(2, 0.05, "look-up"))
        clock = Clock()
        slow, other = (resolver.look_up(name, clock) for name in ("slow.example", "other.example"))
        until(lambda: families(system) == [BOTH] * 2)
        clock.advance(1.0)
        assert slow.poll() is None
        live = resolver.look_up("live.example", clock)
        system.answer(BOTH, [ADDRESSES[FOUR]], b"other.example")
        until(lambda: other.complete)
        until(lambda: len(system.asked) == 3)
        assert system.asked[-1] == (b"live.example", BOTH)
        system.answer(BOTH, [ADDRESSES[FOUR]])
        until(lambda: live.complete)

    def test_a_live_name_is_answered_whatever_dead_ones_do(self, system: System) -> None:
        """Questions for one family leave half of the threads to other names."""
        dead = []
        for number in range(5):
            dead.append(resolver.look_up(f"{number}.example", time.monotonic))
            until(lambda number=number: len(joint(system)) == number + 1)  # type: ignore[misc]
            for lookup in dead:
                lookup.wait(RESOLUTION_DELAY * 1.2)
        assert len(system.asked) > 5  # some were asked for by families too
        live = resolver.look_up("live.example", time.monotonic)
        until(lambda: b"live.example" in joint(system))
        assert not any(lookup.complete for lookup in dead)  # it did not wait for one of them to give up
        system.answer(BOTH, [ADDRESSES[FOUR]])
        live.wait(60)
        assert live.poll() == [ADDRESSES[FOUR]]

    def test_a_hundred_dead_names_hold_up_nobody(self) -> None:
        assert resolver.MOST_THREADS // 2 > 100

    def test_a_name_given_up_is_joined_again_while_its_thread_hangs(self, system: System) -> None:
        for _ in range(50):
            lookup = resolver.look_up("hangs.example", Clock())  # on which the delay never passes
            assert lookup.poll() is None
            until(lambda: len(system.asked) == 1)
            del lookup
        system.answer(BOTH, [ADDRESSES[FOUR]])
        lookup = resolver.look_up("hangs.example", time.monotonic)
        lookup.wait(60)
        assert lookup.poll() == [ADDRESSES[FOUR]]

    def test_waiting_is_bounded(self, system: System) -> None:
        clock, slept = Clock(), list[float]()
        lookup = resolver.look_up("slow.example", clock)
        assert isinstance(lookup, resolver.Lookup)

        def sleep(seconds: float) -> None:
            slept.append(seconds)
            clock.advance(seconds)

        lookup._changed.wait = sleep  # type: ignore[method-assign,assignment]
        for timeout in (0.0, RESOLUTION_DELAY / 2, 2 * RESOLUTION_DELAY):
            begun = clock.now
            lookup.wait(timeout)
            assert clock.now - begun == pytest.approx(timeout)
        half = RESOLUTION_DELAY / 2
        assert slept == pytest.approx([half, half, 3 * half])  # awake between them, to ask by families

    def test_none_left(self, system: System, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(_: threading.Thread) -> None:
            raise RuntimeError("can't start new thread")

        monkeypatch.setattr(threading.Thread, "start", fail)
        for _ in range(2):  # the first failure leaves nothing behind
            with pytest.raises(NetworkError, match=r"cannot resolve 'x\.example': can't start new thread"):
                resolver.look_up("x.example", time.monotonic)
        assert system.asked == []

    def test_the_process_ends_while_a_look_up_hangs(self) -> None:
        program = (
            "import socket, time\n"
            "socket.getaddrinfo = lambda *_, **__: time.sleep(600)\n"
            "from pythonscript_http.transport import resolver\n"
            "assert resolver.look_up('slow.example', time.monotonic).poll() is None\n"
        )
        assert run(program) == ""


def test_a_loop_that_only_polls_gets_its_answer_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """It leaves the interpreter to the look-up's thread, which would wait 5 ms for it, several times.

    Here, where the interpreter is taken away from nobody for a minute, that would show.
    """
    ask: Callable[..., object] = lambda *_: [(FOUR, 1, 6, "", ADDRESSES[FOUR].sockaddr)]  # noqa: E731
    monkeypatch.setattr(socket, "getaddrinfo", ask)
    monkeypatch.setattr(sys, "setswitchinterval", sys.setswitchinterval)
    before = sys.getswitchinterval()
    sys.setswitchinterval(60.0)
    try:
        begun = time.monotonic()
        for _ in range(5):
            lookup = resolver.look_up("fast.example", time.monotonic)
            while lookup.poll() is None:
                pass
        assert time.monotonic() - begun < 60
    finally:
        sys.setswitchinterval(before)
