"""One call at a time, in one thread. Several are in test_threads.py."""

import pytest
from tests.unit.http.fakes import FakeStream

from pythonscript_http import HTTPClient
from pythonscript_http.exceptions import BusyError


def test_a_call_within_a_call_is_refused() -> None:
    thing = HTTPClient()
    with thing._call(), pytest.raises(BusyError, match="another call of this client") as caught:
        thing._enter()
    assert thing._refusal == str(caught.value)
    with thing._call():
        pass


def test_a_close_within_a_call_waits_for_its_end() -> None:
    thing, stream = HTTPClient(), FakeStream()
    thing.attach(stream, "h")
    with thing._call():
        thing.close()
        assert not stream.closed
    assert stream.closed
    again = FakeStream()
    thing.attach(again, "h")
    thing.close()
    assert again.closed
