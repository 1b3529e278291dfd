"""HTTP/1.1 without any I/O: every response of the table, in every split."""

import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.loopback.responses import ALL, CHUNKED, GOOD, OK, Scenario
from tests.unit.http.http1.driving import UNDER_WAY, drain, fill, give, head, requesting, send

from pythonscript_http.config import Limits
from pythonscript_http.http1.connection import Connection, Fault, Phase
from pythonscript_http.http1.fields import text
from pythonscript_http.http1.writer import Given

AFTER = {
    (Phase.IDLE, False): "CONNECTED",
    (Phase.TUNNEL, False): "CONNECTED",
    (Phase.CLOSED, False): "SPENT",
    (Phase.CLOSED, True): "DISCONNECTED",
    (Phase.FAILED, False): "CONNECTION_ERROR",
}
"""What the table of responses calls the phases; whether the body ended with the connection."""


def play(scenario: Scenario, pieces: list[bytes]) -> None:
    """Plays a response to a machine and compares all that it makes of it with what is right."""
    machine = requesting(scenario.method)
    body = b"".join([give(machine, piece) for piece in pieces])
    if scenario.closes and machine.phase in UNDER_WAY:
        machine.ended()
        body += drain(machine, 4096)
    assert AFTER[machine.phase, machine.until_close and machine.phase is Phase.CLOSED] == scenario.after
    assert body == scenario.body
    assert (machine.head.code if machine.head else 0) == scenario.code
    assert scenario.reason in machine.failure
    assert bool(machine.failure) == (scenario.after == "CONNECTION_ERROR")
    if scenario.length is not None:
        assert machine.body_length == scenario.length
    if scenario.headers is not None:
        assert machine.head is not None
        assert [text(line) for line in machine.head.lines()] == scenario.headers
    trailers = [(name + b": " + value).rstrip().decode() for name, value in machine.trailers]
    assert tuple(trailers) == scenario.trailers


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.name)
class TestEveryResponse:
    def test_whole(self, scenario: Scenario) -> None:
        play(scenario, [scenario.data])

    def test_one_byte_at_a_time(self, scenario: Scenario) -> None:
        play(scenario, scenario.cut(range(1, len(scenario.data))))

    @given(data=st.data())
    @settings(max_examples=30)
    def test_any_split(self, scenario: Scenario, data: st.DataObject) -> None:
        play(scenario, scenario.cut(data.draw(st.lists(st.integers(0, len(scenario.data)), max_size=12))))


class TestBody:
    @pytest.mark.parametrize("scenario", GOOD, ids=lambda scenario: scenario.name)
    def test_only_what_can_have_no_body_skips_it(self, scenario: Scenario) -> None:
        machine = requesting(scenario.method)
        fill(machine, scenario.data)
        assert (machine.phase is not Phase.BODY) is scenario.skips_body

    def test_an_empty_body_is_read_before_the_next_request(self) -> None:
        machine = requesting()
        fill(machine, OK + b"Content-Length: 0\r\n\r\n")
        seen = [machine.phase, machine.take(memoryview(bytearray(1))), machine.phase]
        assert seen == [Phase.BODY, 0, Phase.IDLE]

    def test_the_kernel_may_write_to_the_reader_once_our_buffer_is_read(self) -> None:
        machine = requesting()
        fill(machine, OK + b"Content-Length: 10\r\n\r\nabc")
        assert (machine.direct_limit, machine.most_left) == (0, 10)
        assert drain(machine, 2) == b"abc"
        assert (machine.direct_limit, machine.most_left) == (7, 7)
        machine.received_directly(7)
        assert machine.phase is Phase.IDLE

    def test_an_unsent_request_is_the_connections_last(self) -> None:
        """R15: the server answered before it had it all."""
        machine = Connection()
        writer = machine.request("POST", head(), 4, limits=Limits())
        writer.line_up(memoryview(b"body"))
        writer.end()
        give(machine, b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        assert (machine.phase, writer.dropped, writer.unsent) == (Phase.CLOSED, True, [])

    def test_a_request_to_close_is_the_connections_last(self) -> None:
        machine = requesting(close=True)
        give(machine, OK + b"Content-Length: 0\r\n\r\n")
        assert machine.phase is Phase.CLOSED

    def test_an_end_would_hurt_only_where_bytes_are_missing(self) -> None:
        for data, vulnerable in (
            (OK + b"Content-Length: 0\r\n\r\n", False),
            (OK + b"Content-Length: 2\r\n\r\n", True),
            (OK + b"Content-Length: 2\r\n\r\nh", False),  # "h" was not read yet
            (OK + b"\r\n", False),
            (CHUNKED, True),
            (CHUNKED + b"0\r\n\r\n", False),
        ):
            machine = requesting()
            fill(machine, data)
            assert machine.vulnerable is vulnerable, data

    def test_reading_out_of_place(self) -> None:
        with pytest.raises(AssertionError):
            requesting().take(memoryview(bytearray(1)))
        with pytest.raises(AssertionError):
            requesting().request("GET", head(), 0, limits=Limits())


class TestRequest:
    """Both directions at once: what a response means for the request that it answers."""

    @pytest.mark.parametrize(("code", "goes_on"), [(200, True), (399, True), (400, False), (500, False)])
    def test_a_refusal_ends_it(self, code: int, goes_on: bool) -> None:
        machine = Connection()
        writer = machine.request("POST", head(), -1, limits=Limits())
        writer.give(memoryview(b"body"))
        fill(machine, b"HTTP/1.1 %d X\r\nContent-Length: 2\r\n\r\n" % code)
        assert (machine.phase, bool(writer.unsent), writer.dropped) == (Phase.BODY, goes_on, not goes_on)
        if goes_on:
            writer.end()
            send(machine)
        fill(machine, b"hi")
        assert drain(machine, 10) == b"hi"
        assert machine.phase is (Phase.IDLE if goes_on else Phase.CLOSED)

    def test_100_lets_the_body_go(self) -> None:
        machine = Connection()
        writer = machine.request("POST", head(expect=True), 4, limits=Limits())
        writer.line_up(memoryview(b"body"))
        writer.end()
        send(machine)
        assert (writer.unsent, writer.done) == ([], False)
        fill(machine, b"HTTP/1.1 102 Processing\r\n\r\n")
        assert writer.held
        fill(machine, b"HTTP/1.1 100 Continue\r\n\r\n")
        assert (writer.held, b"".join(writer.unsent)) == (False, b"body")
        send(machine)
        give(machine, OK + b"Content-Length: 0\r\n\r\n")
        assert machine.phase is Phase.IDLE

    @pytest.mark.parametrize("code", [200, 404])
    def test_a_final_answer_instead(self, code: int) -> None:
        machine = Connection()
        writer = machine.request("POST", head(expect=True), 4, limits=Limits())
        writer.line_up(memoryview(b"body"))
        send(machine)
        give(machine, b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % code)
        assert (writer.unsent, writer.sent, machine.phase) == ([], 0, Phase.CLOSED)
        assert (writer.dropped, writer.give(memoryview(b"more"))) == (True, Given.DROPPED)

    def test_the_next_request_forgets_the_response(self) -> None:
        machine = requesting()
        give(machine, OK + b"Content-Length: 2\r\n\r\nhi")
        assert (machine.head is not None, machine.body_length) == (True, 2)
        machine.request("GET", head(), 0, limits=Limits())
        assert (machine.head, machine.body_length, machine.phase) == (None, -1, Phase.AWAITING)

    def test_a_tunnel_takes_requests(self) -> None:
        machine = requesting("CONNECT")
        fill(machine, OK + b"\r\nraw")
        assert (machine.phase, machine.surplus()) == (Phase.TUNNEL, b"raw")
        machine.request("GET", head(), 0, limits=Limits()).end()
        send(machine)
        give(machine, OK + b"Content-Length: 0\r\n\r\n")
        assert machine.phase is Phase.IDLE


@given(
    st.sampled_from([b"", OK, CHUNKED, OK + b"Content-Length: 3\r\n\r\n"]), st.lists(st.binary(max_size=40))
)
def test_any_bytes_end_in_a_state(prefix: bytes, pieces: list[bytes]) -> None:
    machine = requesting()
    for piece in (prefix, *pieces):
        give(machine, piece)
    if machine.phase in UNDER_WAY:
        machine.ended()
    assert machine.phase in (Phase.IDLE, Phase.CLOSED, Phase.FAILED)
    assert bool(machine.failure) == (machine.phase is Phase.FAILED)


@pytest.mark.parametrize("limit", [None, 1000, 200_000])
@pytest.mark.parametrize("interim", [b"", b"HTTP/1.1 103 X\r\nA: b\r\n\r\n"])
@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("over", [0, 1])
def test_the_header_limit(limit: int | None, interim: bytes, apart: bool, over: int) -> None:
    """To the byte, for all header blocks of a response together, whether their end has come or not."""
    limits = Limits() if limit is None else Limits(header_size=limit)
    limit = limits.header_size
    begin, end = interim + OK + b"X: ", b"\r\n\r\n"
    block = begin + b"y" * (limit + over - len(begin) - len(end)) + end
    machine = requesting("HEAD", limits)
    give(machine, block[:-1] if apart else block)
    if apart:
        assert not machine.failure
        give(machine, block[-1:])
    assert (machine.phase is Phase.FAILED) is bool(over)
    assert (machine.failure == f"the header block is over the limit of {limit} bytes") is bool(over)


def test_the_header_limit_without_an_end() -> None:
    machine = requesting(limits=Limits(header_size=1000))
    give(machine, (OK + b"X: " + b"y" * 1000)[:1000])
    assert not machine.failure
    give(machine, b"y")
    assert machine.phase is Phase.FAILED


@pytest.mark.parametrize("over", [0, 1])
def test_the_header_limit_is_that_of_trailers_too(over: int) -> None:
    machine = requesting(limits=Limits(header_size=1000))
    give(machine, CHUNKED + b"0\r\nX: " + b"y" * (995 + over) + b"\r\n\r\n")
    assert (machine.failure == "the trailers are over the limit of 1000 bytes") is bool(over)
    assert (machine.phase is Phase.IDLE) is not over


@pytest.mark.parametrize("over", [0, 1])
@pytest.mark.parametrize(
    "head", [b"Content-Length: %d\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n%x\r\n", b"\r\n"]
)
def test_the_body_limit(head: bytes, over: int) -> None:
    machine = requesting(limits=Limits(body_size=5))
    size = 5 + over
    data = OK + (head % size if b"%" in head else head) + b"x" * size
    body = give(machine, data + (b"\r\n0\r\n\r\n" if b"chunked" in head else b""))
    if machine.phase is Phase.BODY:
        machine.ended()
        drain(machine, 10)
    assert (machine.failure == "") is not over
    assert ("over the limit of 5" in machine.failure) is bool(over)
    assert body == (b"" if over else b"xxxxx")


@pytest.mark.parametrize("size", [4, 5, 6])
def test_what_comes_directly_keeps_to_the_limit(size: int) -> None:
    """A body until close whose bytes do not pass through the machine's buffer."""
    machine = requesting(limits=Limits(body_size=5))
    fill(machine, OK + b"\r\n")
    assert machine.take(memoryview(bytearray(10))) == 0
    direct = min(machine.direct_limit, size)
    machine.received_directly(direct)
    assert direct == min(size, 5)
    if size > 5:
        assert machine.direct_limit == 0
        fill(machine, b"x")
        assert machine.failure == "the body is over the limit of 5 bytes"
    else:
        machine.ended()
        assert (machine.phase, machine.until_close) == (Phase.CLOSED, True)


ZEROS = gzip.compress(bytes(31))


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (b"Content-Length: 5\r\n\r\nhel", Fault.NETWORK),
        (b"Content-Length: five\r\n\r\n", Fault.PROTOCOL),
        (b"Transfer-Encoding: chunked\r\n\r\nx\r\n", Fault.PROTOCOL),
        (b"Content-Length: 31\r\n\r\n", Fault.TOO_LARGE),
        (b"Transfer-Encoding: chunked\r\n\r\n1f\r\n" + bytes(31), Fault.TOO_LARGE),
        (b"\r\n" + bytes(31), Fault.TOO_LARGE),
        (b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b" % (len(ZEROS), ZEROS), Fault.TOO_LARGE),
        (b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd", Fault.CODING),
    ],
)
def test_what_kind_of_failure_it_is(answer: bytes, fault: Fault) -> None:
    machine = requesting(limits=Limits(body_size=30), decode=True)
    give(machine, OK + answer)
    if machine.phase in UNDER_WAY:
        machine.ended()
    assert (machine.phase, machine.fault) == (Phase.FAILED, fault)
