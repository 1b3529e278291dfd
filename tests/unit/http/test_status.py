"""The status of a client: the table, what people read of it, and the order in which scripts see it."""

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.loopback.responses import HELLO, OK
from tests.unit.http.driving import GET, POST, get, read, statuses
from tests.unit.http.fakes import FakeNetwork, FakeStream, fake

import pythonscript_http
from pythonscript_http import Error, HTTPClient, LocalError, Status
from pythonscript_http.errors import error_code
from pythonscript_http.status import RESULTS, TRANSITIONS, Event, StatusMachine
from pythonscript_http.transport.stream import Address

SOURCE = Path(pythonscript_http.__file__).with_name("status.py")


class TestTable:
    def test_lists_every_state(self) -> None:
        assert set(TRANSITIONS) == set(Status)

    def test_the_theory_tells_the_table(self) -> None:
        """The table in the module's docstring, which people read, is the table that works."""
        documentation = ast.get_docstring(ast.parse(SOURCE.read_text(encoding="utf-8")), clean=False)
        assert documentation is not None
        listed: dict[str, dict[str, str]] = {}
        current = ""
        for line in documentation.splitlines():
            words = line[4:].split()
            if len(line) < 30 or line[:4].strip() or len(words) < 3 or words[1:2] == ["(reset)"]:
                continue
            if line[4] != " ":
                current = words[0]
            else:
                words.insert(0, current)
            if words[1] in Event.__members__:
                listed.setdefault(words[0], {})[words[1]] = words[2]
        assert listed == {
            status.name[7:]: {event.name: to.name[7:] for event, to in events.items()}
            for status, events in TRANSITIONS.items()
            if events
        }

    @given(st.sampled_from(Status), st.sampled_from(Event))
    def test_only_what_it_lists_can_happen(self, status: Status, event: Event) -> None:
        machine = StatusMachine()
        machine.status = status
        if event in TRANSITIONS[status]:
            machine.fire(event)
            assert machine.status is TRANSITIONS[status][event]
        else:
            with pytest.raises(LocalError, match=status.name):
                machine.fire(event)
            assert machine.status is status

    def test_what_is_out_of_place_says_where_it_belongs(self) -> None:
        with pytest.raises(
            LocalError, match=r"request\(\) needs STATUS_CONNECTED; the status is STATUS_DISCON"
        ):
            StatusMachine().fire(Event.REQUEST)
        error = StatusMachine().misuse("this", Status.STATUS_BODY, Status.STATUS_CONNECTED)
        assert str(error).startswith("this needs STATUS_BODY or STATUS_CONNECTED; the status is ")

    def test_a_failure_keeps_its_reason(self) -> None:
        machine = StatusMachine()
        machine.fire(Event.DIAL)
        machine.fire(Event.REFUSED, "x" * 100_000)
        assert len(machine.reason) == 1000
        machine.reset()
        assert (machine.status, machine.reason) == (Status.STATUS_DISCONNECTED, "")

    def test_every_status_of_failure_has_its_result(self) -> None:
        stuck = {status for status, events in TRANSITIONS.items() if not events}
        assert set(RESULTS) == {*stuck, Status.STATUS_DISCONNECTED}


class TestOrderOfStates:
    def test_a_name(self) -> None:
        stream = FakeStream()
        network = FakeNetwork(stream)
        client = HTTPClient(network)
        assert (client.get_status(), client.poll()) == (Status.STATUS_DISCONNECTED, Error.ERR_UNCONFIGURED)
        assert client.connect_to_host("example.org", 8080) is Error.OK
        assert statuses(client, client.poll, client.poll) == ["RESOLVING", "RESOLVING"]
        network.addresses = [Address(2, ("192.0.2.1", 0)), Address(2, ("192.0.2.2", 0))]
        assert statuses(client, client.poll, client.poll) == ["CONNECTING", "CONNECTING"]
        network.up = True
        assert statuses(client, client.poll, client.poll) == ["CONNECTED", "CONNECTED"]
        assert network.asked == ["example.org", (["192.0.2.1", "192.0.2.2"], 8080)]
        client.request(GET, "/", [])
        assert statuses(client, client.poll, client.poll) == ["REQUESTING", "REQUESTING"]
        stream.events.append(HELLO)
        assert statuses(client, client.poll, client.poll) == ["BODY", "BODY"]
        assert client.read_response_body_chunk() == b"hello"
        assert statuses(client, client.poll) == ["CONNECTED"]

    def test_an_address(self) -> None:
        client = HTTPClient(FakeNetwork(FakeStream()))
        assert (
            statuses(client, lambda: client.connect_to_host("192.0.2.1"), client.poll) == ["CONNECTING"] * 2
        )

    def test_no_such_name(self) -> None:
        network = FakeNetwork(FakeStream())
        client = HTTPClient(network)
        client.connect_to_host("example.org")
        network.failure = "cannot resolve it"
        assert [client.poll(), client.poll()] == [Error.ERR_CANT_RESOLVE] * 2
        assert (client.get_status(), client.get_error_reason()) == (
            Status.STATUS_CANT_RESOLVE,
            "cannot resolve it",
        )

    def test_no_connection(self) -> None:
        network = FakeNetwork(FakeStream())
        client = HTTPClient(network)
        client.connect_to_host("192.0.2.1")
        network.failure = "refused"
        assert [client.poll(), client.poll()] == [Error.ERR_CANT_CONNECT] * 2
        assert (client.get_status(), client.get_error_reason()) == (Status.STATUS_CANT_CONNECT, "refused")

    def test_the_poll_that_sends_does_not_read(self) -> None:
        """Scripts wait to see REQUESTING; the engine's client shows it for a poll, blocking or not."""
        for blocking in (False, True):
            client, _ = fake(HELLO)
            client.set_blocking_mode(blocking)
            client.request(GET, "/", [])
            assert statuses(client, client.poll, client.poll) == ["REQUESTING", "BODY"]

    def test_an_empty_body_takes_one_empty_read(self) -> None:
        client, _ = fake(OK + b"Content-Length: 0\r\n\r\n")
        client.request(GET, "/", [])
        assert statuses(client, client.poll, client.poll, client.poll) == ["REQUESTING", "BODY", "BODY"]
        assert client.read_response_body_chunk() == b""
        assert client.get_status() is Status.STATUS_CONNECTED

    def test_wrong_states(self) -> None:
        client, _ = fake(HELLO)
        for read_it in (
            client.read_response_body_chunk,
            lambda: client.read_body_into(memoryview(bytearray(1))),
        ):
            with pytest.raises(
                LocalError, match="needs STATUS_BODY; the status is STATUS_CONNECTED"
            ) as caught:
                read_it()
        client.request(GET, "/", [])
        for _ in range(2):
            with pytest.raises(LocalError, match=r"request\(\) needs STATUS_CONNECTED") as caught:
                client.request(GET, "/", [])
            assert error_code(caught.value) is Error.ERR_INVALID_PARAMETER
            client.poll()
        assert read(client) == b"hello"

    def test_a_refused_request_changes_nothing(self) -> None:
        client, stream = fake(HELLO)
        for method, url, headers, body in (
            (9, "/", [], ""),
            (GET, "x", [], ""),
            (GET, "/", ["bad"], ""),
            (POST, "/", [], "\ud800"),
        ):
            with pytest.raises(LocalError):
                client.request(method, url, headers, body)
            assert (client.get_status(), client.poll()) == (Status.STATUS_CONNECTED, Error.OK)
        assert stream.sent == b""
        assert get(client) == b"hello"
