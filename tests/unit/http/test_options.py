"""Settings: their defaults, their ranges, and who obeys them."""

import inspect

import pytest

from pythonscript_http import Error, HTTPClient, LocalError
from pythonscript_http.config import RANGES, UNLIMITED, Limits, Timeouts
from pythonscript_http.errors import error_code
from pythonscript_http.options import Options


@pytest.fixture
def options() -> Options:
    return Options(Limits(), Timeouts(), "test")


@pytest.mark.parametrize(("name", "default"), [("blocking_mode_enabled", False), ("decode_body", False)])
def test_switches(options: Options, name: str, default: bool) -> None:
    for value in (default, not default):
        assert getattr(options, name) is getattr(options, f"is_{name}")() is value
        getattr(options, f"set_{name.removesuffix('_enabled')}")(not value)


@pytest.mark.parametrize(
    ("name", "default", "least", "most"),
    [
        ("read_chunk_size", Limits().read_size, 256, 16777216),
        ("max_header_size", Limits().header_size, 1024, 16777216),
        ("max_body_size", -1, -1, 2**63 - 2),
    ],
)
def test_sizes(options: Options, name: str, default: int, least: int, most: int) -> None:
    assert getattr(options, name) == default
    for bad in (least - 1, most + 1):
        with pytest.raises(LocalError, match=f"^{name} {bad} is not within {least} to {most}$") as caught:
            setattr(options, name, bad)
        assert error_code(caught.value) is Error.ERR_INVALID_PARAMETER
        assert getattr(options, name) == default
    for good in (least, most):
        getattr(options, f"set_{name}")(good)
        assert getattr(options, name) == getattr(options, f"get_{name}")() == good


def test_a_size_is_no_fraction(options: Options) -> None:
    """A range would compare it with all its numbers, one by one."""
    for name in RANGES:
        with pytest.raises(TypeError, match="float"):
            setattr(options, name, 1e6)


def test_every_range_belongs_to_a_size() -> None:
    assert all(inspect.isdatadescriptor(getattr(Options, name)) for name in RANGES)


@pytest.mark.parametrize("name", ["connect", "first_byte", "idle", "total"])
def test_timeouts(options: Options, name: str) -> None:
    assert getattr(options, f"get_{name}_timeout")() == 0
    for bad in (-1.0, float("nan"), float("inf")):
        with pytest.raises(LocalError, match=f"^{name}_timeout {bad} is not a number of seconds, 0 or more$"):
            setattr(options, f"{name}_timeout", bad)
    getattr(options, f"set_{name}_timeout")(2)
    assert getattr(options, f"{name}_timeout") == getattr(options.timeouts, name) == 2.0


def test_limits(options: Options) -> None:
    options.max_header_size, options.max_body_size, options.read_chunk_size = 2000, 0, 300
    assert options.limits == Limits(header_size=2000, body_size=0, read_size=300)
    options.max_body_size = -1
    assert options.limits.body_size == UNLIMITED


def test_a_client_tells_why_one_was_refused() -> None:
    client = HTTPClient()
    for name, text in (("read_chunk_size", "read_chunk_size -5 is not"), ("idle_timeout", "idle_timeout -5")):
        with pytest.raises(LocalError):
            setattr(client, name, -5)
        assert client.get_error_reason().startswith(text)
