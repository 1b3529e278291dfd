"""What scripts rely on: the class reference, and the engine's own ways where it sent nothing."""

from typing import Any, Final

from tests.conformance.model import (
    CLOSE,
    Act,
    Answer,
    Call,
    Connect,
    Fetch,
    Idle,
    Scenario,
    engine,
    reference,
)
from tests.loopback.kinds import Kind
from tests.loopback.responses import CHUNKED, OK
from tests.loopback.scripted import Pause, ReadRequest, Step

from .heads import HELLO

_GOOD: Final = (ReadRequest(), OK + HELLO)
_GOT: Final = Fetch(Answer(200, b"hello"))


def _scenario(
    name: str, title: str, source: str, script: tuple[Step, ...], *acts: Act, why: str = "", **more: Any
) -> Scenario:
    return Scenario(f"scripts/{name}", Kind.SCRIPTS, title, source, (script,), acts, why, **more)


def _query(name: str, title: str, fields: dict[Any, Any], right: str, source: str = "") -> Scenario:
    source = source or reference("query_string_from_dict")
    return _scenario(f"query-{name}", title, source, (), Call("query_string_from_dict", (fields,), right))


SCENARIOS: Final = (
    _scenario(
        "states-address",
        "The states of connecting to an address",
        engine("connect_to_host"),
        _GOOD,
        Connect(states=("CONNECTING", "CONNECTED")),
    ),
    _scenario(
        "states-name",
        "The states of connecting to a name",
        engine("connect_to_host"),
        _GOOD,
        Connect("localhost", states=("RESOLVING", "CONNECTING", "CONNECTED")),
    ),
    _scenario("poll-disconnected", "`poll()` before connecting", engine("poll"), (), Call("poll", (), 3)),
    _scenario(
        "poll-connected", "`poll()` while connected", engine("poll"), _GOOD, Connect(), Call("poll", (), 0)
    ),
    _scenario(
        "poll-refused",
        "`poll()` after a connection was refused",
        engine("poll"),
        (),
        Connect(right=("CANT_CONNECT",)),
        Call("poll", (), 25),
        listen="nowhere",
    ),
    _scenario(
        "headers-once",
        "The headers are handed out once",
        engine("get_response_headers"),
        _GOOD,
        Connect(),
        _GOT,
        Call("get_response_headers", (), []),
        Call("has_response", (), False),
    ),
    _scenario(
        "has-response",
        "`has_response()` before the headers are handed out",
        reference("has_response"),
        (ReadRequest(), OK + b"Content-Length: 10\r\n\r\n", Pause(3)),
        Connect(),
        Call("has_response", (), False),
        Fetch(reads=0),
        Idle("BODY", 1.0),
        Call("has_response", (), True),
    ),
    _scenario(
        "code-stays",
        "The code stays when the body was read",
        engine("get_response_code"),
        (ReadRequest(), b"HTTP/1.1 404 No\r\n" + HELLO),
        Connect(),
        Fetch(Answer(404, b"hello")),
        Call("get_response_code", (), 404),
    ),
    _scenario(
        "code-none",
        "The code before any answer: 0",
        engine("get_response_code"),
        _GOOD,
        Connect(),
        Call("get_response_code", (), 0),
    ),
    _scenario(
        "code-closed",
        "The code after `close()`: 0",
        engine("close"),
        _GOOD,
        Connect(),
        _GOT,
        CLOSE,
        Call("get_response_code", (), 0),
    ),
    _scenario(
        "length-closed",
        "The length after `close()`: -1",
        engine("close"),
        _GOOD,
        Connect(),
        _GOT,
        CLOSE,
        Call("get_response_body_length", (), -1),
    ),
    _scenario(
        "length",
        "The length of a body",
        reference("get_response_body_length"),
        _GOOD,
        Connect(),
        Fetch(Answer(200, b"hello", length=5)),
    ),
    _scenario(
        "length-chunked",
        "The length of a chunked body: -1",
        reference("get_response_body_length"),
        (ReadRequest(), CHUNKED + b"5\r\nhello\r\n0\r\n\r\n"),
        Connect(),
        Fetch(Answer(200, b"hello", length=-1)),
    ),
    _scenario(
        "length-head",
        "The length in answer to HEAD: 0",
        engine("poll"),
        (ReadRequest(), OK + b"Content-Length: 5\r\n\r\n"),
        Connect(),
        Fetch(Answer(length=0), method="HEAD"),
        why="so it is in the engine, and scripts know it",
    ),
    _scenario(
        "chunked",
        "`is_response_chunked()` of a chunked body",
        reference("is_response_chunked"),
        (ReadRequest(), CHUNKED + b"5\r\nhello\r\n0\r\n\r\n"),
        Connect(),
        Fetch(Answer(200, b"hello", chunked=True)),
    ),
    _scenario(
        "not-chunked",
        "`is_response_chunked()` of a plain body, after a chunked one",
        reference("is_response_chunked"),
        (ReadRequest(), CHUNKED + b"0\r\n\r\n", *_GOOD),
        Connect(),
        Fetch(),
        Fetch(Answer(200, b"hello", chunked=False)),
    ),
    _scenario(
        "read-outside",
        "`read_response_body_chunk()` when there is no body: empty",
        engine("read_response_body_chunk"),
        _GOOD,
        Connect(),
        Call("read_response_body_chunk", (), []),
    ),
    _scenario(
        "chunk-size",
        "`read_chunk_size` at first: 65536",
        reference("read_chunk_size"),
        (),
        Call("get_read_chunk_size", (), 65536),
    ),
    _scenario(
        "chunk-size-255",
        "`read_chunk_size` of 255 changes nothing",
        engine("set_read_chunk_size"),
        (),
        Call("set_read_chunk_size", (255,)),
        Call("get_read_chunk_size", (), 65536),
    ),
    _scenario(
        "chunk-size-256",
        "`read_chunk_size` of 256",
        engine("set_read_chunk_size"),
        (),
        Call("set_read_chunk_size", (256,)),
        Call("get_read_chunk_size", (), 256),
    ),
    _scenario(
        "chunk-size-most",
        "`read_chunk_size` of 16777216",
        engine("set_read_chunk_size"),
        (),
        Call("set_read_chunk_size", (16777216,)),
        Call("get_read_chunk_size", (), 16777216),
    ),
    _scenario(
        "chunk-size-over",
        "`read_chunk_size` of 16777217 changes nothing",
        engine("set_read_chunk_size"),
        (),
        Call("set_read_chunk_size", (16777217,)),
        Call("get_read_chunk_size", (), 65536),
    ),
    _scenario(
        "chunk-size-plain",
        "No read gives more than `read_chunk_size`",
        reference("read_chunk_size"),
        (ReadRequest(), OK + b"Content-Length: 3000\r\n\r\n" + b"x" * 3000),
        Call("set_read_chunk_size", (256,)),
        Connect(),
        Fetch(Answer(200, b"x" * 3000, largest=256)),
    ),
    _scenario(
        "chunk-size-chunked",
        "The same with a chunk that is larger",
        reference("read_chunk_size"),
        (ReadRequest(), CHUNKED + b"bb8\r\n" + b"x" * 3000 + b"\r\n0\r\n\r\n"),
        Call("set_read_chunk_size", (256,)),
        Connect(),
        Fetch(Answer(200, b"x" * 3000, largest=256)),
    ),
    _query(
        "example",
        "The class reference's own example",
        {"username": "user", "password": "pass"},
        "username=user&password=pass",
    ),
    _query(
        "kinds",
        "A number, null and an array",
        {"single": 123, "not_valued": None, "multiple": [22, 33, 44]},
        "single=123&not_valued&multiple=22&multiple=33&multiple=44",
    ),
    _query(
        "encoded",
        "Values that need encoding",
        {"a b": "c&d=e", "ü": "/?"},
        "a%20b=c%26d%3De&%C3%BC=%2F%3F",
        engine("HTTPClient::query_string_from_dict"),
    ),
    _query("empty", "Nothing", {}, "", engine("HTTPClient::query_string_from_dict")),
    _scenario(
        "blocking-length",
        "Blocking mode: a body with a length",
        reference("blocking_mode_enabled"),
        (ReadRequest(), OK + HELLO[:-3], Pause(0.1), HELLO[-3:]),
        Connect(),
        Call("set_blocking_mode", (True,)),
        _GOT,
        alone=True,
    ),
    _scenario(
        "blocking-chunked",
        "Blocking mode: a chunked body",
        reference("blocking_mode_enabled"),
        (ReadRequest(), CHUNKED + b"2\r\nhe", Pause(0.1), b"\r\n3\r\nllo\r\n0\r\n\r\n"),
        Connect(),
        Call("set_blocking_mode", (True,)),
        _GOT,
        alone=True,
    ),
)
