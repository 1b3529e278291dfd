"""Settings of sessions and calls."""

import pytest

from pythonscript_http.exceptions import LocalError
from pythonscript_http.sessions.options import ABSENT, Options
from pythonscript_http.transport.policy import TlsPolicy


def test_a_call_goes_before_its_session() -> None:
    session = Options().merged({"timeout": 10, "retries": 2})
    call = session.merged({"timeout": 3.5, "json": None})
    assert (call.timeout, call.retries, call.json) == (3.5, 2, None)
    assert (session.timeout, session.json) == (10.0, ABSENT)
    assert session.merged(None) is session.merged({}) is session


GOOD: dict[str, list[object]] = {
    "method": ["GET", "PROPFIND"],
    "headers": [{"A": "b"}, ["A: b"], ()],
    "query": [{"a": 1}, "a=1"],
    "json": [None, 1, {}],
    "form": [{}],
    "multipart": [{}, []],
    "body": [b"x", "x", bytearray(b"x"), memoryview(b"x")],
    "stream": ["res://x", [b"x"]],
    "auth": ["token", ["user", "password"], ("user", "")],
    "timeout": [0, 1.5],
    "connect_timeout": [1],
    "first_byte_timeout": [1],
    "idle_timeout": [1],
    "retries": [0, 100, 3.0],
    "max_redirects": [0, 100],
    "allow_downgrade": [True],
    "tls": [TlsPolicy(), None],
    "proxy": ["", "environment", "http://p:8080"],
    "cookies": [False],
    "cache": ["default", "no-store", "reload", "only-if-cached"],
    "download_to": ["user://x"],
    "resume": [True],
    "digest": ["", "sha256:" + "aB" * 32, "md5:" + "0" * 32],
    "max_body_size": [-1, 0, 2**40],
    "max_header_size": [1024],
    "decode_body": [False],
    "stream_response": [True],
}
BAD: dict[str, list[object]] = {
    "method": [1, "", "G T"],
    "headers": ["A: b", 1],
    "query": [[1], 1],
    "form": ["a=b", []],
    "multipart": ["x"],
    "body": [1, {}],
    "stream": [1],
    "auth": [1, ["user"], ["user", 1], {}],
    "timeout": [-1, "1", True, float("nan"), float("inf"), None],
    "connect_timeout": [-0.1],
    "first_byte_timeout": ["x"],
    "idle_timeout": [[]],
    "retries": [-1, 101, 1.5, True, "1"],
    "max_redirects": [-1],
    "allow_downgrade": [1, None],
    "tls": [1, "x", {}],
    "proxy": [1],
    "cookies": [0],
    "cache": ["off", 1],
    "download_to": [1],
    "resume": ["yes"],
    "digest": ["sha256:xy", "sha256:" + "0" * 63, "crc:00", "abc", 1],
    "max_body_size": [-2, "x"],
    "max_header_size": [1023],
    "decode_body": [None],
    "stream_response": [2],
}


def test_every_option_is_tried() -> None:
    names = set(Options._fields)
    assert GOOD.keys() == names
    assert BAD.keys() == names - {"json"}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in GOOD for value in GOOD[name]])
def test_what_fits(name: str, value: object) -> None:
    found = getattr(Options().merged({name: value}), name)
    if not isinstance(value, list | tuple | str):
        assert found == value
    assert found is not ABSENT or value in (None, "")


@pytest.mark.parametrize(("name", "value"), [(name, value) for name in BAD for value in BAD[name]])
def test_what_does_not_fit_is_named(name: str, value: object) -> None:
    with pytest.raises(LocalError, match=f"the option '{name}' is .*; it must be "):
        Options().merged({name: value})


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("header", "did you mean 'headers'?"),
        ("time_out", "did you mean 'timeout'?"),
        ("JSON", "did you mean 'json'?"),
        ("maxRedirects", "did you mean 'max_redirects'?"),
        ("zzzzzz", "known are method, headers, "),
        (5, "known are "),
    ],
)
def test_what_there_is_not_is_named_with_what_is_near(name: object, hint: str) -> None:
    with pytest.raises(LocalError) as caught:
        Options().merged({name: 1})
    assert f"there is no option {str(name)!a}: {hint}" in str(caught.value)


def test_a_request_has_one_body() -> None:
    with pytest.raises(LocalError, match="one body, and the options have json and form"):
        Options().merged({"json": 1, "form": {}})


def test_secrets_are_not_repeated() -> None:
    for name in ("auth", "body", "digest", "cache", "proxy"):
        with pytest.raises(LocalError) as caught:
            Options().merged({name: {"secret": "secret"}})
        assert "secret" not in str(caught.value)


def test_an_empty_value_is_none() -> None:
    assert Options().merged({"auth": "", "body": None}) == Options()
