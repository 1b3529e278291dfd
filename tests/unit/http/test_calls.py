"""One call at a time: the calls of something that is not a client. Threads are in test_threads.py."""

import pytest

from pythonscript_http.calls import Calls
from pythonscript_http.config import Timeouts
from pythonscript_http.exceptions import BusyError


class Thing(Calls):
    """Counts how often it was closed."""

    def __init__(self) -> None:
        super().__init__(Timeouts())
        self.closed = 0

    def _close(self) -> None:
        self._turn.wanted = False
        self.closed += 1


def test_a_call_within_a_call_is_refused() -> None:
    thing = Thing()
    with thing._call(), pytest.raises(BusyError, match="another call of this client") as caught:
        thing._enter()
    assert thing._refusal == str(caught.value)
    with thing._call():
        pass


def test_a_close_within_a_call_waits_for_its_end() -> None:
    thing = Thing()
    with thing._call():
        thing.close()
        assert thing.closed == 0
    assert thing.closed == 1
    thing.close()
    assert thing.closed == 2
