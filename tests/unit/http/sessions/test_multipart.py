import io
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import multipart  # type: ignore[import-untyped]
import pytest

from pythonscript_http.exceptions import LocalError
from pythonscript_http.sessions.files import DiskFiles
from pythonscript_http.sessions.multipart import MOST_PARTS, MultipartBody, Part, form_parts


class File:
    """A body that counts how often it is open, and may tell another length than it has."""

    def __init__(self, data: bytes, length: int | None = None, *, replayable: bool = True) -> None:
        self.data = data
        self.length = len(data) if length is None else length
        self.replayable = replayable
        self.content_type = ""
        self.opened = self.closed = 0

    def open(self) -> "File":
        self._stream = io.BytesIO(self.data)
        self.opened += 1
        return self

    def read(self, size: int, /) -> bytes:
        return self._stream.read(size)

    def close(self) -> None:
        self.closed += 1


def written(body: MultipartBody, size: Callable[[], int] = lambda: 65536) -> bytes:
    reader, pieces = body.open(), []
    while piece := reader.read(size()):
        pieces.append(bytes(piece))
    assert reader.read(10) == b""
    return b"".join(pieces)


def test_as_browsers_write_it() -> None:
    parts = [Part("title", "Türme & Co".encode()), Part("shot", File(b"\x89PNG"), "shot 1.png")]
    body = MultipartBody(parts, boundary="XyZ")
    assert body.content_type == "multipart/form-data; boundary=XyZ"
    assert written(body) == (
        b'--XyZ\r\nContent-Disposition: form-data; name="title"\r\n\r\nT\xc3\xbcrme & Co\r\n'
        b'--XyZ\r\nContent-Disposition: form-data; name="shot"; filename="shot 1.png"\r\n'
        b"Content-Type: image/png\r\n\r\n\x89PNG\r\n"
        b"--XyZ--\r\n"
    )
    assert body.length == len(written(body))


@pytest.mark.parametrize(
    ("part", "head"),
    [
        (Part("a", b""), b'form-data; name="a"\r\n\r\n'),
        (Part('a"b\\c', b""), b'form-data; name="a%22b\\c"\r\n\r\n'),
        (Part("a\r\nb", b""), b'form-data; name="a%0D%0Ab"\r\n\r\n'),
        (
            Part("ü", b"", "ü.bin"),
            'form-data; name="ü"; filename="ü.bin"\r\nContent-Type: application/'.encode(),
        ),
        (
            Part("a", b"", ""),
            b'form-data; name="a"; filename=""\r\nContent-Type: application/octet-stream\r\n',
        ),
        (Part("a", b"", 'x"\n.txt'), b'name="a"; filename="x%22%0A.txt"\r\nContent-Type: text/plain\r\n'),
        (Part("a", b"{}", None, "application/json"), b'name="a"\r\nContent-Type: application/json\r\n\r\n{}'),
    ],
)
def test_heads_of_parts(part: Part, head: bytes) -> None:
    assert head in written(MultipartBody([part]))


@pytest.mark.parametrize(
    ("parts", "boundary", "complaint"),
    [
        ([Part("\ud800", b"")], "", "part 0 has a lone surrogate"),
        ([Part("a", b""), Part("b", b"", "\udfff")], "", "part 1 has a lone surrogate"),
        ([Part("a", b"", None, "a/b\r\nX: y")], "", "the content type of part 0 holds a line break"),
        ([Part("a", b"")] * (MOST_PARTS + 1), "", f"{MOST_PARTS} at most"),
        ([], "a" * 71, "boundary"),
        ([], "a\r\n", "boundary"),
        ([], "a ", "boundary"),
    ],
)
def test_what_cannot_be_sent_is_refused(parts: list[Part], boundary: str, complaint: str) -> None:
    with pytest.raises(LocalError, match=complaint):
        MultipartBody(parts, boundary)


def test_no_part() -> None:
    body = MultipartBody([], "x")
    assert written(body) == b"--x--\r\n"
    assert body.length == 7


def test_a_boundary_is_quoted_where_it_must_be() -> None:
    assert MultipartBody([], "a b:c").content_type == 'multipart/form-data; boundary="a b:c"'


def test_boundaries_are_not_to_be_guessed() -> None:
    kinds = {MultipartBody([]).content_type for _ in range(100)}
    assert len(kinds) == 100
    assert all(len(kind.partition("boundary=")[2]) >= 32 for kind in kinds)


def test_files_are_opened_one_after_the_other_and_closed() -> None:
    first, second = File(b"a" * 100), File(b"b" * 100)
    body = MultipartBody([Part("a", first, "a"), Part("b", second, "b")])
    assert first.opened == second.opened == 0
    reader = body.open()
    while not first.opened:
        reader.read(10)
    assert second.opened == 0
    while reader.read(1000):
        assert second.opened <= first.closed
    assert (first.opened, first.closed, second.opened, second.closed) == (1, 1, 1, 1)


def test_a_reader_that_is_closed_early_closes_its_file() -> None:
    file = File(b"a" * 100)
    reader = MultipartBody([Part("a", file, "a")]).open()
    while not file.opened:
        reader.read(10)
    reader.close()
    reader.close()
    assert file.closed == 1


def test_length_and_replaying() -> None:
    assert MultipartBody([Part("a", File(b"x", -1), "a"), Part("b", File(b"y"), "b")]).length == -1
    assert MultipartBody([Part("a", File(b"x"), "a")]).replayable
    assert not MultipartBody([Part("a", File(b"x", replayable=False), "a"), Part("b", b"")]).replayable
    body = MultipartBody([Part("a", File(b"x"), "a")])
    assert written(body) == written(body)


@pytest.mark.parametrize(("length", "complaint"), [(9, "has become longer"), (11, "has become shorter")])
def test_a_file_that_changes_is_an_error(length: int, complaint: str) -> None:
    """The request's Content-Length was said before; what follows would be read as another request."""
    file = File(b"x" * 10, length)
    body = MultipartBody([Part("shot", file, "a")])
    with pytest.raises(LocalError, match=f"the part 'shot' {complaint}"):
        written(body)
    assert file.closed == 1


def test_of_any_size_read_in_any_sizes() -> None:
    chance = random.Random(7578)
    for _ in range(200):
        contents = [
            chance.randbytes(chance.choice([0, 1, 2, 100, 5000])) for _ in range(chance.randint(0, 5))
        ]
        parts = [
            Part(
                f"n{index}",
                File(data) if chance.random() < 0.5 else data,
                chance.choice([None, f"f{index}.bin"]),
            )
            for index, data in enumerate(contents)
        ]
        body = MultipartBody(parts)
        whole = written(body)
        assert written(body, lambda: chance.choice([1, 2, 7, 100, 4096])) == whole
        assert len(whole) == body.length
        boundary = body.content_type.partition("boundary=")[2]
        read = list(multipart.MultipartParser(io.BytesIO(whole), boundary))
        assert [(part.name, part.filename, part.file.read()) for part in read] == [
            (part.name, part.filename, data) for part, data in zip(parts, contents, strict=True)
        ]


@pytest.fixture
def shot(tmp_path: Path) -> str:
    path = tmp_path / "shot.png"
    path.write_bytes(b"\x89PNG")
    return str(path)


PARTS: list[tuple[object, list[tuple[str, bytes, str | None, str]]]] = [
    ({}, []),
    ([], []),
    (
        {"a": "ü", "b": 1, "c": 1.5, "d": True},
        [
            ("a", "ü".encode(), None, ""),
            ("b", b"1", None, ""),
            ("c", b"1.5", None, ""),
            ("d", b"true", None, ""),
        ],
    ),
    ({"a": b"x"}, [("a", b"x", "blob", "")]),
    ({"a": bytearray(b"x")}, [("a", b"x", "blob", "")]),
    ({"a": ["x", b"y"], "b": []}, [("a", b"x", None, ""), ("a", b"y", "blob", "")]),
    ({"a": {"data": "x"}}, [("a", b"x", None, "")]),
    ({"a": {"data": b"x"}}, [("a", b"x", "blob", "")]),
    ({"a": {"data": "x", "filename": "x.txt", "content_type": "a/b"}}, [("a", b"x", "x.txt", "a/b")]),
    (
        [{"name": "a", "data": "x"}, {"name": "a", "data": "y"}],
        [("a", b"x", None, ""), ("a", b"y", None, "")],
    ),
    ({1: "x"}, [("1", b"x", None, "")]),
]


@pytest.mark.parametrize(("given", "expected"), PARTS)
def test_parts_of_what_users_give(given: Any, expected: list[tuple[str, bytes, str | None, str]]) -> None:
    assert form_parts(given, DiskFiles()) == expected


def test_files_of_what_users_give(shot: str) -> None:
    parts = form_parts(
        {"a": {"file": shot}, "b": {"file": shot, "filename": "x.bin", "content_type": "a/b"}}, DiskFiles()
    )
    body = MultipartBody(parts, "X")
    assert body.replayable
    for _ in range(2):
        assert written(body) == (
            b'--X\r\nContent-Disposition: form-data; name="a"; filename="shot.png"\r\n'
            b"Content-Type: image/png\r\n\r\n"
            b'\x89PNG\r\n--X\r\nContent-Disposition: form-data; name="b"; filename="x.bin"\r\n'
            b"Content-Type: a/b\r\n\r\n\x89PNG\r\n--X--\r\n"
        )


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"a": None}, "the field 'a' is null; it must be a text"),
        ({"a": object()}, "the field 'a' is a object; it must be"),
        ({"a": [["x"]]}, "the field 'a' is a list; it must be"),
        ({"a": {}}, "the field 'a' must have either data or a file"),
        ({"a": {"data": "", "file": "x"}}, "the field 'a' must have either data or a file"),
        (
            {"a": {"data": "", "type": "x"}},
            "the field 'a' has a 'type'; known are data, file, filename, content_type",
        ),
        ({"a": {"data": "", "filename": 1}}, "the field 'a' has a filename that is no text"),
        ({"a": {"data": {}}}, "the field 'a' is a dict; it must be"),
        ({"a": {"file": "no such file"}}, "the file 'no such file' can't be read"),
        ({"a": "\ud800"}, "the field 'a' holds a lone surrogate"),
        (["x"], "part 0 of the form is no dictionary with a name"),
        ([{"data": ""}], "part 0 of the form is no dictionary with a name"),
    ],
)
def test_what_is_no_part_is_refused(given: Any, complaint: str) -> None:
    with pytest.raises(LocalError, match=complaint):
        form_parts(given, DiskFiles())
