"""Records: what their heads say."""

from pythonscript_http.editor.records import headers_of


def test_heads() -> None:
    assert headers_of(b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\nD:\xfc\nE:f:g\r\n\r\n") == (
        ("A", "b c"),
        ("D", "ü"),
        ("E", "f:g"),
    )
    assert headers_of(b"") == ()
