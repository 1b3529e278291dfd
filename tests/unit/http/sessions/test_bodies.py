"""Bodies of requests."""

import json
from itertools import repeat
from pathlib import Path

import pytest

from pythonscript_http.exceptions import LocalError
from pythonscript_http.sessions.bodies import (
    MOST_EMPTY,
    Body,
    BytesBody,
    FileBody,
    IteratorBody,
    form_body,
    json_body,
)
from pythonscript_http.sessions.files import DiskFiles


def read(body: Body, size: int) -> bytes:
    reader = body.open()
    pieces = []
    while piece := bytes(reader.read(size)):
        assert len(piece) <= size
        pieces.append(piece)
    assert bytes(reader.read(size)) == b""
    reader.close()
    return b"".join(pieces)


@pytest.mark.parametrize("size", [1, 3, 100])
def test_bytes(size: int) -> None:
    body = BytesBody(bytearray(b"hello world"), "text/plain")
    assert (body.length, body.content_type, body.replayable) == (11, "text/plain", True)
    assert read(body, size) == read(body, size) == b"hello world"
    assert read(BytesBody(memoryview(b"")), size) == b""


@pytest.mark.parametrize("size", [1, 3, 100])
def test_a_file(tmp_path: Path, size: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"hello world")
    body = FileBody(DiskFiles(), str(path))
    assert (body.length, body.content_type, body.replayable) == (11, "application/octet-stream", True)
    assert read(body, size) == read(body, size) == b"hello world"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LocalError, match=r"the file '.*gone' can't be read: there is none"):
        FileBody(DiskFiles(), str(tmp_path / "gone"))
    (tmp_path / "file").touch()
    with pytest.raises(LocalError, match=r"the file '.*file/x' can't be read: Not a directory"):
        FileBody(DiskFiles(), str(tmp_path / "file" / "x"))


@pytest.mark.parametrize("size", [1, 3, 100])
def test_pieces_that_somebody_makes(size: int) -> None:
    body = IteratorBody(iter([b"", b"hello", b"", b" world", b""]))
    assert (body.length, body.replayable) == (-1, False)
    assert read(body, size) == b"hello world"
    with pytest.raises(LocalError, match="only once"):
        body.open()


def test_pieces_that_are_empty_for_ever() -> None:
    assert read(IteratorBody([*[b""] * MOST_EMPTY, b"a", *[b""] * MOST_EMPTY, b"b"]), 1) == b"ab"
    with pytest.raises(LocalError, match=f"over {MOST_EMPTY} of its pieces in a row are empty"):
        read(IteratorBody(repeat(b"")), 1)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"player": "Ada", "score": 1815}, '{"player":"Ada","score":1815}'),
        (
            [2**63, -(2**63), 1.5, True, None, "ü€"],
            '[9223372036854775808,-9223372036854775808,1.5,true,null,"ü€"]',
        ),
        (None, "null"),
        ("", '""'),
        ({1: 2}, '{"1":2}'),
    ],
)
def test_json(value: object, text: str) -> None:
    body = json_body(value)
    assert (read(body, 1000).decode(), body.content_type) == (text, "application/json")
    json.loads(text)


def _circle() -> object:
    circle: list[object] = []
    circle.append(circle)
    return circle


def _deep() -> object:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    return deep


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (float("nan"), "not JSON compliant"),
        ([float("inf")], "not JSON compliant"),
        (object(), "not JSON serializable"),
        ({(1, 2): 3}, "keys must be"),
        ("\ud800", "lone surrogate"),
        (_circle(), "Circular"),
        (_deep(), "nested too deeply"),
    ],
)
def test_what_has_no_form_in_json(value: object, reason: str) -> None:
    with pytest.raises(LocalError, match=reason):
        json_body(value)


def test_a_form() -> None:
    body = form_body({"name": "Ada & Bob", "tags": ["a", "b"], "empty": None, "ü": 1})
    assert read(body, 1000) == b"name=Ada%20%26%20Bob&tags=a&tags=b&empty&%C3%BC=1"
    assert body.content_type == "application/x-www-form-urlencoded"
    assert read(form_body({"x": 1}, lambda value: f"<{value}>"), 100) == b"%3Cx%3E=%3C1%3E"
