"""Defaults: each stands once, and this is what users are promised."""

import pytest

from pythonscript_http.config import RANGES, UNLIMITED, Limits, Timeouts


def test_nothing_that_users_may_set_has_a_deadline_unasked() -> None:
    timeouts = Timeouts()
    assert (timeouts.connect, timeouts.first_byte, timeouts.idle, timeouts.total) == (0.0, 0.0, 0.0, 0.0)


def test_the_engines_own_ones() -> None:
    """Class reference, `HTTPClient.read_chunk_size`; project setting `connect_timeout_seconds`."""
    allowed = RANGES["read_chunk_size"]
    assert (Limits().read_size, allowed[0], allowed[-1]) == (65536, 256, 16777216)
    assert Timeouts().address == 30.0


def test_those_of_ours() -> None:
    """Half a minute as for an address; a second as in curl; 64 KiB as eight times what usual servers send."""
    timeouts = Timeouts()
    assert (timeouts.layer, timeouts.blocking, timeouts.go_on, timeouts.close) == (30.0, 30.0, 1.0, 1.0)
    assert Limits().header_size == 65536


def test_every_default_is_within_its_range() -> None:
    limits = Limits()
    assert limits.read_size in RANGES["read_chunk_size"]
    assert limits.header_size in RANGES["max_header_size"]
    assert limits.body_size == UNLIMITED == RANGES["max_body_size"][-1] + 1


@pytest.mark.parametrize("values", [Timeouts(), Limits()])
def test_they_are_values(values: Timeouts | Limits) -> None:
    with pytest.raises(AttributeError):
        setattr(values, values._fields[0], 1)
    assert values == type(values)()
