"""Forms as `curl -F` has them, in pieces."""

import pytest

from pythonscript_http.editor.multipart import multipart
from pythonscript_http.editor.request import File


def of(*parts: str) -> list[str | File]:
    return list(multipart(parts, "b"))


@pytest.mark.parametrize(
    ("part", "head", "content"),
    [
        ("a=1", 'name="a"', "1"),
        ("a=", 'name="a"', ""),
        ("a=b=c", 'name="a"', "b=c"),
        ("a=1;type=text/css", 'name="a"\r\nContent-Type: text/css', "1"),
        ("a=1;b", 'name="a"', "1;b"),
        ("a=<text.txt", 'name="a"', File("text.txt")),
        (
            "a=@dir/x.png",
            'name="a"; filename="x.png"\r\nContent-Type: application/octet-stream',
            File("dir/x.png"),
        ),
        (
            'a=@x;type=image/png; filename="y.png"',
            'name="a"; filename="y.png"\r\nContent-Type: image/png',
            File("x"),
        ),
        ("a=\0@x;type=image/png", 'name="a"', "@x;type=image/png"),
        ('a"\r\n\\=1', 'name="a%22%0D%0A\\\\"', "1"),
    ],
)
def test_a_part(part: str, head: str, content: str | File) -> None:
    begin = f"--b\r\nContent-Disposition: form-data; {head}\r\n\r\n"
    assert of(part) == [begin, content, "\r\n", "--b--\r\n"]


def test_parts_follow_each_other() -> None:
    assert "".join(map(str, of("a=1", "b=2"))) == (
        '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
        '--b\r\nContent-Disposition: form-data; name="b"\r\n\r\n2\r\n--b--\r\n'
    )


def test_a_form_without_parts_ends_at_once() -> None:
    assert of() == ["--b--\r\n"]
