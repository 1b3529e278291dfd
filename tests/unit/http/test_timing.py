"""Marks and deadlines, with a clock of our own; the marks of a client."""

import pytest
from tests.loopback.clock import Clock
from tests.loopback.responses import HELLO, OK
from tests.loopback.server import Server
from tests.unit.http.driving import GET, POST, get, poll, read
from tests.unit.http.fakes import Clocked, FakeNetwork, FakeStream, PacedStream

from pythonscript_http import Error, HTTPClient, Status
from pythonscript_http.config import Timeouts
from pythonscript_http.timing import NEVER, Timing
from pythonscript_http.transport.stream import Address


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_without_deadlines_nothing_is_due(clock: Clock) -> None:
    timing = Timing(clock, Timeouts())
    assert timing.due == NEVER
    timing.begin()
    assert timing.overdue(connecting=True, requesting=False, awaited=False) == ""
    timing.request()
    clock.now = 1e9
    assert timing.overdue(connecting=False, requesting=True, awaited=True) == ""
    assert timing.due == NEVER


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("total", "not complete within 5 s (total_timeout)"),
        ("idle", "not a byte moved for 5 s (idle_timeout)"),
        ("first_byte", "no answer within 5 s (first_byte_timeout)"),
    ],
)
def test_deadlines_of_a_request(clock: Clock, name: str, text: str) -> None:
    timing = Timing(clock, Timeouts())
    timing.obey(Timeouts(**{name: 5.0}))
    timing.request()
    for now in (100.0, 104.9):
        clock.now = now
        assert timing.overdue(connecting=False, requesting=True, awaited=True) == ""
        assert timing.due == 105
    clock.now = 105.0
    assert timing.overdue(connecting=False, requesting=True, awaited=True) == text


@pytest.mark.parametrize("name", ["total", "idle", "first_byte"])
def test_a_deadline_that_has_passed_is_told_until_the_end(clock: Clock, name: str) -> None:
    """Whoever asks first need not be the one who acts on it; and nothing is waited for any more."""
    timing = Timing(clock, Timeouts())
    timing.obey(Timeouts(**{name: 5.0}))
    timing.request()
    clock.advance(6)
    for _ in range(3):
        assert timing.overdue(connecting=False, requesting=True, awaited=True) != ""
        assert timing.due <= clock.now
        assert timing.remaining(30) == 0
    timing.end()
    assert timing.due == NEVER


def test_a_byte_puts_off_what_counts_from_it(clock: Clock) -> None:
    for name, put_off in (("idle", True), ("first_byte", True), ("total", False)):
        clock.now = 100.0
        timing = Timing(clock, Timeouts())
        timing.obey(Timeouts(**{name: 5.0}))
        timing.request()
        clock.now = 104.0
        timing.move()
        clock.now = 106.0
        assert (timing.overdue(connecting=False, requesting=True, awaited=True) == "") is put_off


def test_an_answer_ends_the_wait_for_it(clock: Clock) -> None:
    timing = Timing(clock, Timeouts())
    timing.obey(Timeouts(first_byte=5))
    timing.request()
    clock.now += 6
    assert timing.overdue(connecting=False, requesting=True, awaited=False) == ""
    assert timing.due == NEVER


def test_a_deadline_set_late_counts_from_the_begin(clock: Clock) -> None:
    timing = Timing(clock, Timeouts())
    timing.request()
    clock.now += 6
    timing.obey(Timeouts(total=5))
    assert timing.due <= clock.now
    assert timing.overdue(connecting=False, requesting=True, awaited=False) != ""


def test_waits_are_bounded_by_the_nearest(clock: Clock) -> None:
    timing = Timing(clock, Timeouts())
    timing.obey(Timeouts(total=5, idle=3))
    timing.request()
    timing.overdue(connecting=False, requesting=True, awaited=True)
    assert (timing.remaining(30), timing.remaining(1)) == (3, 1)
    timing.end()
    assert timing.remaining(30) == 30


def test_durations(clock: Clock) -> None:
    timing = Timing(clock, Timeouts())
    assert set(timing.durations().values()) == {0.0}
    timing.begin()
    timing.resolved, timing.connected, timing.secured = 101.0, 103.0, 104.0
    clock.now = 110.0
    timing.request()
    timing.sent, timing.first_byte_came = 111.0, 112.0
    clock.now = 115.0
    assert timing.durations()["total"] == 15  # so far
    timing.end()
    clock.now = 120.0
    timing.end()
    assert timing.durations() == {
        "name_lookup": 1.0,
        "connect": 3.0,
        "appconnect": 4.0,
        "pretransfer": 10.0,
        "posttransfer": 11.0,
        "first_byte": 12.0,
        "total": 15.0,
    }
    timing.request()  # the connection is used again
    clock.now = 121.0
    timing.end()
    assert timing.durations() == dict.fromkeys(timing.durations(), 0.0) | {"total": 1.0}
    timing.forget()
    assert set(timing.durations().values()) == {0.0}


@pytest.mark.interpreted
def test_a_deadline_that_is_set_meanwhile_is_seen_later() -> None:
    """By another thread, at any moment of the look at the others."""

    class Seconds(float):
        """A duration whose use is such a moment."""

        def __bool__(self) -> bool:
            if not timing.total:
                timing.total = 5  # so that this is no endless loop: limit() looks at all of them
                timing.obey(Timeouts(total=5))
            return True

    timing = Timing(Clock(), Timeouts())
    timing.obey(Timeouts(idle=1000))
    timing.request()
    timing.idle = Seconds(1000)
    assert timing.overdue(connecting=False, requesting=True, awaited=False) == ""
    assert timing.due == 0.0
    timing.idle = 0.0
    assert timing.overdue(connecting=False, requesting=True, awaited=False) == ""
    assert timing.due == 105


class TestMarks:
    """`get_timings()`, by a clock that is set by hand."""

    def test_each_and_their_order(self, clocked: Clocked) -> None:
        client, network, stream = clocked.client, clocked.network, clocked.stream
        client.connect_to_host("example.org")
        network.addresses = [Address(2, ("192.0.2.1", 0))]
        clocked.at(1.0)
        network.up = True
        clocked.at(3.0)
        clocked.clock.now = 106.0
        stream.room = 100
        clocked.request(b"x" * 1000, sends=False)
        clocked.at(7.0)
        assert client.get_timings() == {
            "name_lookup": 1.0,
            "connect": 3.0,
            "appconnect": 0.0,
            "pretransfer": 6.0,
            "posttransfer": 0.0,
            "first_byte": 0.0,
            "total": 7.0,
        }
        stream.room = 10_000
        clocked.at(8.0)
        clocked.at(10.0, b"HTTP/1.1 ")
        clocked.at(12.0, b"200 OK\r\nContent-Length: 5\r\n\r\nhe")
        clocked.read_at(14.0)
        clocked.read_at(15.0, b"llo")
        assert client.get_status() is Status.STATUS_CONNECTED
        clocked.at(99.0)
        assert list(client.get_timings().items()) == [
            ("name_lookup", 1.0),
            ("connect", 3.0),
            ("appconnect", 0.0),
            ("pretransfer", 6.0),
            ("posttransfer", 8.0),
            ("first_byte", 10.0),
            ("total", 15.0),
        ]

    def test_the_second_request_counts_from_itself(self, clocked: Clocked) -> None:
        clocked.connected()
        clocked.clock.now = 101.0
        clocked.request()
        clocked.at(2.0)
        clocked.at(3.0, HELLO)
        clocked.read_at(4.0)
        assert clocked.client.get_timings()["total"] == 4.0
        clocked.clock.now = 120.0
        clocked.request(sends=False)
        nothing = dict.fromkeys(clocked.client.get_timings(), 0.0)
        assert clocked.client.get_timings() == nothing
        clocked.at(21.0)
        assert clocked.client.get_timings() == nothing | {"posttransfer": 1.0, "total": 1.0}
        clocked.at(23.0, HELLO)
        clocked.read_at(26.0)
        clocked.at(30.0)
        timings = nothing | {"posttransfer": 1.0, "first_byte": 3.0, "total": 6.0}
        assert clocked.client.get_timings() == timings

    def test_an_interim_answer_has_the_first_byte(self, clocked: Clocked) -> None:
        clocked.connected()
        clocked.request()
        clocked.at(2.0, b"HTTP/1.1 102 Processing\r\n\r\n")
        clocked.at(5.0, HELLO)
        assert clocked.client.get_timings()["first_byte"] == 2.0

    @pytest.mark.parametrize("waits", [False, True])
    def test_a_streamed_body_is_sent_when_it_is_ended(self, clocked: Clocked, waits: bool) -> None:
        clocked.connected()
        clocked.client.request_stream(POST, "/", [])
        clocked.client.send_body_chunk(b"x")
        clocked.at(1.0)
        assert clocked.client.get_timings()["posttransfer"] == 0.0
        clocked.clock.now = 102.0
        clocked.client.end_body()
        clocked.at(3.0)
        assert clocked.client.get_timings()["posttransfer"] == 3.0
        clocked.at(4.0, OK + b"Content-Length: 0\r\n\r\n")
        clocked.read_at(4.0)
        assert clocked.client.get_status() is Status.STATUS_CONNECTED  # it knows that all was sent
        clocked.client.request_stream(POST, "/", [], 1)
        clocked.client.send_body_chunk(b"x")
        if waits:
            clocked.client.end_body()
        clocked.at(5.0)
        assert clocked.client.get_timings()["posttransfer"] == 1.0

    def test_a_streamed_body_of_nothing_is_sent_when_it_is_ended(self, clocked: Clocked) -> None:
        clocked.connected()
        clocked.client.request_stream(POST, "/", [], 0)
        clocked.at(1.0)
        clocked.clock.now = 102.0
        clocked.client.end_body()
        clocked.at(3.0, OK + b"Content-Length: 0\r\n\r\n")
        clocked.read_at(3.0)
        assert clocked.client.get_timings()["posttransfer"] == 2.0
        assert clocked.client.get_status() is Status.STATUS_CONNECTED

    def test_a_failure_ends_the_time(self, clocked: Clocked) -> None:
        clocked.connected()
        clocked.request()
        clocked.at(2.0, b"SSH-2.0\r\n")
        clocked.at(9.0)
        assert (clocked.client.get_timings()["first_byte"], clocked.client.get_timings()["total"]) == (
            2.0,
            2.0,
        )

    def test_a_new_connection_forgets(self, clocked: Clocked) -> None:
        clocked.connected()
        clocked.request()
        clocked.at(2.0, HELLO)
        clocked.clock.now = 150.0
        clocked.client.connect_to_host("192.0.2.1")
        clocked.at(53.0)
        timings = clocked.client.get_timings()
        assert (timings["connect"], timings["first_byte"], timings["total"]) == (3.0, 0.0, 3.0)
        clocked.client.close()
        assert set(clocked.client.get_timings().values()) == {0.0}


class TestTimings:
    def test_phases(self) -> None:
        clock = Clock()
        stream = PacedStream(clock, (8, HELLO[:-1]), (16, b"o"))
        network = FakeNetwork(stream)
        client = HTTPClient(network, clock=clock)
        assert set(client.get_timings().values()) == {0.0}
        client.connect_to_host("example.org")
        clock.advance(1)
        network.addresses = [Address(2, ("192.0.2.1", 0))]
        client.poll()
        clock.advance(2)
        network.up = True
        client.poll()
        clock.advance(4)
        client.set_blocking_mode(True)
        assert get(client) == b"hello"
        timings = client.get_timings()
        assert timings == {
            "name_lookup": 1,
            "connect": 3,
            "appconnect": 0,
            "pretransfer": 7,
            "posttransfer": 7,
            "first_byte": 15,
            "total": 31,
        }
        clock.advance(1)
        assert client.get_timings() == timings
        client.set_blocking_mode(False)
        client.request(GET, "/", [])  # over the same connection
        client.poll()
        stream.events.append(HELLO)
        assert (poll(client), read(client)) == (Error.OK, b"hello")
        assert client.get_timings() == dict.fromkeys(timings, 0.0)
        client.close()
        assert set(client.get_timings().values()) == {0.0}

    def test_phases_over_a_socket(self, server: Server) -> None:
        client = HTTPClient()
        client.connect_to_host("localhost", server.port)
        poll(client)
        assert get(client, "/hello") == b"hello, world\n"
        timings = client.get_timings()
        assert (
            0
            < timings["name_lookup"]
            <= timings["connect"]
            <= timings["pretransfer"]
            <= timings["posttransfer"]
        )
        assert timings["posttransfer"] <= timings["first_byte"] <= timings["total"]
        get(client, "/hello")
        again = client.get_timings()
        assert (again["name_lookup"], again["connect"], again["pretransfer"]) == (0, 0, 0)
        assert 0 < again["posttransfer"] <= again["first_byte"] <= again["total"]
        client.close()

    def test_of_a_failure(self) -> None:
        network = FakeNetwork(FakeStream())
        client = HTTPClient(network)
        client.connect_to_host("example.org")
        assert client.get_timings()["total"] > 0
        network.failure = "gone"
        client.poll()
        timings = client.get_timings()
        assert (timings["name_lookup"], timings["total"] > 0) == (0, True)
        assert client.get_timings() == timings
