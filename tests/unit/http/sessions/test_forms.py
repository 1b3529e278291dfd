"""Forms with files, as scripts write them."""

from pathlib import Path

import pytest

from pythonscript_http.exceptions import LocalError
from pythonscript_http.query import engine_text
from pythonscript_http.sessions.files import DiskFiles
from pythonscript_http.sessions.forms import multipart_body


def parts(fields: object) -> list[tuple[str, bytes]]:
    """What stands in each part: its headers but for their begin, and its content."""
    body = multipart_body(fields, DiskFiles(), engine_text)
    boundary = body.content_type.partition("boundary=")[2].encode()
    reader = body.open()
    data = b"".join(iter(lambda: bytes(reader.read(1000)), b""))
    assert len(data) == body.length
    found = []
    for part in data.split(b"--" + boundary)[1:-1]:
        head, _, content = part.removesuffix(b"\r\n").partition(b"\r\n\r\n")
        found.append((head.decode().removeprefix("\r\nContent-Disposition: form-data; "), content))
    return found


def test_fields() -> None:
    assert parts({"title": "A türret", "score": 7, "on": True, "raw": b"\xff", "tags": ["a", "b"]}) == [
        ('name="title"', "A türret".encode()),
        ('name="score"', b"7"),
        ('name="on"', b"true"),
        ('name="raw"', b"\xff"),
        ('name="tags"', b"a"),
        ('name="tags"', b"b"),
    ]


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "turret.png"
    path.write_bytes(b"\x89PNG")
    assert parts(
        {
            "one": {"file": str(path)},
            "two": {"file": str(path), "filename": "other.bin", "type": "x/y"},
            "three": {"data": "text", "filename": "log.txt"},
            "four": {"data": b"\0"},
            "five": {"value": 5, "type": "application/json"},
            "six": [{"data": b"a", "filename": "a.txt"}, {"data": b"b", "filename": "b.txt"}],
        }
    ) == [
        ('name="one"; filename="turret.png"\r\nContent-Type: image/png', b"\x89PNG"),
        ('name="two"; filename="other.bin"\r\nContent-Type: x/y', b"\x89PNG"),
        ('name="three"; filename="log.txt"\r\nContent-Type: text/plain', b"text"),
        ('name="four"; filename="four"\r\nContent-Type: application/octet-stream', b"\0"),
        ('name="five"\r\nContent-Type: application/json', b"5"),
        ('name="six"; filename="a.txt"\r\nContent-Type: text/plain', b"a"),
        ('name="six"; filename="b.txt"\r\nContent-Type: text/plain', b"b"),
    ]


def test_a_list() -> None:
    assert parts([{"name": "a", "value": 1}, {"name": "a", "value": 2}]) == [
        ('name="a"', b"1"),
        ('name="a"', b"2"),
    ]
    assert parts({}) == []


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (["a"], "part 0 of the form is no dictionary with a `name`"),
        ([{"value": 1}], "part 0 of the form"),
        ({"a": {}}, "the part 'a' must have one of"),
        ({"a": {"value": 1, "data": 2}}, "the part 'a' must have one of"),
        ({"a": {"value": 1, "mime": "x"}}, "the part 'a' has the key 'mime'; known are name, value"),
        ({"a": {"file": 5}}, "the `file` of the part 'a' is no text"),
        ({"a": {"data": "", "filename": 5}}, "the `filename` of the part 'a' is no text"),
        ({"a": {"file": "/nowhere/at/all"}}, "can't be read"),
        ({"a": "\ud800"}, "the part 'a' holds a lone surrogate"),
    ],
)
def test_what_is_none(fields: object, reason: str) -> None:
    with pytest.raises(LocalError) as caught:
        multipart_body(fields, DiskFiles(), engine_text)
    assert reason in str(caught.value)
