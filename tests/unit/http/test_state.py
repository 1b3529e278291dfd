"""The state machine, without any I/O: every response of the table, in every split."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.loopback.responses import ALL, CHUNKED, GOOD, OK, Scenario

from pythonscript_http.enums import Method, Status
from pythonscript_http.errors import LocalError
from pythonscript_http.http1.state import HEADER_LIMIT, TRANSITIONS, Event, Machine


def connected(header_limit: int = HEADER_LIMIT) -> Machine:
    """A machine with a connection."""
    machine = Machine(header_limit)
    machine.fire(Event.DIAL)
    machine.fire(Event.ESTABLISHED)
    return machine


def requesting(method: str = "GET") -> Machine:
    """A machine that has just sent a request."""
    machine = connected()
    machine.renewable = True
    machine.request(Method[f"METHOD_{method}"], close=False)
    machine.sent()
    return machine


def fill(machine: Machine, data: bytes) -> None:
    """Lets bytes come in that fit into the machine's buffer."""
    machine.space()[: len(data)] = data
    machine.received(len(data))


def drain(machine: Machine, size: int) -> bytes:
    """Reads what a machine holds of a body, in pieces of a size."""
    body = b""
    view = memoryview(bytearray(size))
    while machine.status is Status.STATUS_BODY:
        count = machine.take(view)
        body += view[:count]
        if count < size:
            break
    return body


def give(machine: Machine, data: bytes) -> bytes:
    """Lets bytes come in as a driver does, and reads the body on the way, which it returns."""
    body = b""
    while data and machine.status in (Status.STATUS_REQUESTING, Status.STATUS_BODY):
        if machine.status is Status.STATUS_BODY and (limit := machine.direct_limit):
            taken = min(limit, len(data))
            machine.received_directly(taken)
            body += data[:taken]
        else:
            taken = min(len(machine.space()), len(data))
            fill(machine, data[:taken])
        data = data[taken:]
        body += drain(machine, 4096)
    return body


def play(scenario: Scenario, pieces: list[bytes]) -> None:
    """Plays a response to a machine and compares all that it makes of it with what is right."""
    machine = requesting(scenario.method)
    body = b"".join([give(machine, piece) for piece in pieces])
    if scenario.closes and machine.status in (Status.STATUS_REQUESTING, Status.STATUS_BODY):
        machine.ended()
        body += drain(machine, 4096)
    after = "CONNECTED" if scenario.after == "SPENT" else scenario.after
    assert machine.status.name == f"STATUS_{after}", machine.reason
    if after == "CONNECTED":
        assert machine.spent == (scenario.after == "SPENT")
    assert body == scenario.body
    assert (machine.head.code if machine.head else 0) == scenario.code
    assert scenario.reason in machine.reason
    assert bool(machine.reason) == (scenario.after == "CONNECTION_ERROR")
    if scenario.length is not None:
        assert machine.body_length == scenario.length
    if scenario.headers is not None:
        assert machine.head is not None
        assert machine.head.lines() == scenario.headers
    assert tuple(machine.trailers) == scenario.trailers


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


class TestTable:
    def test_lists_every_state(self) -> None:
        assert set(TRANSITIONS) == set(Status)

    def test_the_theory_tells_the_table(self) -> None:
        """The table in the module's docstring, which people read, is the table that works."""
        from pythonscript_http.http1 import state

        assert state.__doc__ is not None
        told: dict[str, dict[str, str]] = {}
        current = ""
        for line in state.__doc__.splitlines():
            words = line[4:].split()
            if len(line) < 30 or line[:4].strip() or len(words) < 3 or words[1:2] == ["(reset)"]:
                continue
            if line[4] != " ":
                current = words[0]
            else:
                words.insert(0, current)
            if words[1] in Event.__members__:
                told.setdefault(words[0], {})[words[1]] = words[2]
        assert told == {
            status.name[7:]: {event.name: to.name[7:] for event, to in events.items()}
            for status, events in TRANSITIONS.items()
            if events
        }

    @given(st.sampled_from(Status), st.sampled_from(Event))
    def test_only_what_it_lists_can_happen(self, status: Status, event: Event) -> None:
        machine = Machine()
        machine.status = status
        if event in TRANSITIONS[status]:
            machine.fire(event)
            assert machine.status is TRANSITIONS[status][event]
        else:
            with pytest.raises(LocalError, match=status.name):
                machine.fire(event)
            assert machine.status is status

    def test_a_request_out_of_place_says_where_it_belongs(self) -> None:
        with pytest.raises(
            LocalError, match=r"request\(\) needs STATUS_CONNECTED; the status is STATUS_DISCON"
        ):
            Machine().request(Method.METHOD_GET, close=False)

    def test_reading_out_of_place_says_where_it_belongs(self) -> None:
        with pytest.raises(LocalError, match="needs STATUS_BODY; the status is STATUS_REQUESTING"):
            requesting().take(memoryview(bytearray(1)))


class TestBody:
    @pytest.mark.parametrize("scenario", GOOD, ids=lambda scenario: scenario.name)
    def test_only_what_can_have_no_body_skips_it(self, scenario: Scenario) -> None:
        machine = requesting(scenario.method)
        fill(machine, scenario.data)
        assert (machine.status is not Status.STATUS_BODY) is scenario.skips_body

    def test_an_empty_body_is_read_before_the_next_request(self) -> None:
        machine = requesting()
        fill(machine, OK + b"Content-Length: 0\r\n\r\n")
        seen = [machine.status, machine.take(memoryview(bytearray(1))), machine.status]
        assert seen == [Status.STATUS_BODY, 0, Status.STATUS_CONNECTED]

    def test_the_kernel_may_write_to_the_reader_once_our_buffer_is_read(self) -> None:
        machine = requesting()
        fill(machine, OK + b"Content-Length: 10\r\n\r\nabc")
        assert (machine.direct_limit, machine.most_left) == (0, 10)
        assert drain(machine, 2) == b"abc"
        assert (machine.direct_limit, machine.most_left) == (7, 7)
        machine.received_directly(7)
        assert machine.status is Status.STATUS_CONNECTED

    def test_an_unsent_request_spends_the_connection(self) -> None:
        """R15: the server answered before it had it all."""
        machine = connected()
        machine.request(Method.METHOD_POST, close=False)
        give(machine, b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        assert machine.status is Status.STATUS_DISCONNECTED

    def test_a_request_to_close_spends_the_connection(self) -> None:
        machine = connected()
        machine.request(Method.METHOD_GET, close=True)
        machine.sent()
        give(machine, OK + b"Content-Length: 0\r\n\r\n")
        assert machine.status is Status.STATUS_DISCONNECTED

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

    def test_reset_forgets_a_chunk_under_way(self) -> None:
        """R16."""
        machine = requesting()
        fill(machine, CHUNKED + b"ff\r\nhalf")
        machine.reset()
        assert (machine.status, machine.head, machine.body_length) == (Status.STATUS_DISCONNECTED, None, -1)
        machine.fire(Event.DIAL)
        machine.fire(Event.ESTABLISHED)
        machine.request(Method.METHOD_GET, close=False)
        machine.sent()
        assert give(machine, OK + b"Content-Length: 2\r\n\r\nhi") == b"hi"


@given(
    st.sampled_from([b"", OK, CHUNKED, OK + b"Content-Length: 3\r\n\r\n"]), st.lists(st.binary(max_size=40))
)
def test_any_bytes_end_in_a_state(prefix: bytes, pieces: list[bytes]) -> None:
    machine = requesting()
    for piece in (prefix, *pieces):
        give(machine, piece)
    if machine.status in (Status.STATUS_REQUESTING, Status.STATUS_BODY):
        machine.ended()
    assert machine.status in (
        Status.STATUS_CONNECTED,
        Status.STATUS_DISCONNECTED,
        Status.STATUS_CONNECTION_ERROR,
    )
    assert bool(machine.reason) == (machine.status is Status.STATUS_CONNECTION_ERROR)


@pytest.mark.parametrize("limit", [None, 1000, 200_000])
@pytest.mark.parametrize("interim", [b"", b"HTTP/1.1 103 X\r\nA: b\r\n\r\n"])
@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("over", [0, 1])
def test_the_header_limit(limit: int | None, interim: bytes, apart: bool, over: int) -> None:
    """To the byte, for all header blocks of a response together, whether their end has come or not."""
    machine = connected() if limit is None else connected(limit)
    limit = limit or 65536
    begin, end = interim + OK + b"X: ", b"\r\n\r\n"
    block = begin + b"y" * (limit + over - len(begin) - len(end)) + end
    machine.request(Method.METHOD_HEAD, close=False)
    machine.sent()
    give(machine, block[:-1] if apart else block)
    if apart:
        assert not machine.reason
        give(machine, block[-1:])
    assert (machine.status is Status.STATUS_CONNECTION_ERROR) is bool(over)
    assert (machine.reason == f"the header block is over the limit of {limit} bytes") is bool(over)


def test_the_header_limit_without_an_end() -> None:
    machine = connected(1000)
    machine.request(Method.METHOD_GET, close=False)
    give(machine, (OK + b"X: " + b"y" * 1000)[:1000])
    assert not machine.reason
    give(machine, b"y")
    assert machine.status is Status.STATUS_CONNECTION_ERROR


@pytest.mark.parametrize("over", [0, 1])
def test_the_header_limit_is_that_of_trailers_too(over: int) -> None:
    machine = connected(1000)
    machine.request(Method.METHOD_GET, close=False)
    machine.sent()
    give(machine, CHUNKED + b"0\r\nX: " + b"y" * (995 + over) + b"\r\n\r\n")
    assert (machine.reason == "the trailers are over the limit of 1000 bytes") is bool(over)
    assert (machine.status is Status.STATUS_CONNECTED) is not over


@pytest.mark.parametrize("over", [0, 1])
@pytest.mark.parametrize(
    "head", [b"Content-Length: %d\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n%x\r\n", b"\r\n"]
)
def test_the_body_limit(head: bytes, over: int) -> None:
    machine = requesting()
    machine.body_limit = 5
    size = 5 + over
    data = OK + (head % size if b"%" in head else head) + b"x" * size
    body = give(machine, data + (b"\r\n0\r\n\r\n" if b"chunked" in head else b""))
    if machine.status is Status.STATUS_BODY:
        machine.ended()
        drain(machine, 10)
    assert (machine.reason == "") is not over
    assert ("over the limit of 5" in machine.reason) is bool(over)
    assert body == (b"" if over else b"xxxxx")


@pytest.mark.parametrize("size", [4, 5, 6])
def test_what_comes_directly_keeps_to_the_limit(size: int) -> None:
    """A body until close whose bytes do not pass through the machine's buffer."""
    machine = requesting()
    machine.body_limit = 5
    fill(machine, OK + b"\r\n")
    assert machine.take(memoryview(bytearray(10))) == 0
    direct = min(machine.direct_limit, size)
    machine.received_directly(direct)
    assert direct == min(size, 5)
    if size > 5:
        assert machine.direct_limit == 0
        fill(machine, b"x")
        assert machine.reason == "the body is over the limit of 5 bytes"
    else:
        machine.ended()
        assert machine.status is Status.STATUS_DISCONNECTED
