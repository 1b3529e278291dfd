"""The status of a client: the table, and what people read of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pythonscript_http.enums import Status
from pythonscript_http.errors import LocalError
from pythonscript_http.status import RESULTS, TRANSITIONS, Event, StatusMachine


class TestTable:
    def test_lists_every_state(self) -> None:
        assert set(TRANSITIONS) == set(Status)

    def test_the_theory_tells_the_table(self) -> None:
        """The table in the module's docstring, which people read, is the table that works."""
        from pythonscript_http import status as module

        assert module.__doc__ is not None
        told: dict[str, dict[str, str]] = {}
        current = ""
        for line in module.__doc__.splitlines():
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
