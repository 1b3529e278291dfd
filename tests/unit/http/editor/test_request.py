"""URLs, queries, headers and bodies of requests."""

import pytest

from pythonscript_http.editor.request import (
    LARGEST,
    Address,
    File,
    FormatError,
    Request,
    check_method,
    content_of,
    parse_headers,
    query_of,
    split_url,
    with_query,
)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://localhost:8000/a?b=c#d", Address("http://localhost:8000", "/a?b=c", "")),
        ("HTTPS://Example.org", Address("https://Example.org", "/", "")),
        ("example.org?a", Address("http://example.org", "/?a", "")),
        (" http://[::1]:80/ü b ", Address("http://[::1]:80", "/%C3%BC%20b", "")),
        ("http://a/%20%zz", Address("http://a", "/%20%zz", "")),
        ("http://ada:l%2Bo+ve@a/", Address("http://a", "/", "Basic YWRhOmwrbyt2ZQ==")),
        ("http://ada@a/x@y", Address("http://a", "/x@y", "Basic YWRhOg==")),
        ("http://a/\r\nX: y", Address("http://a", "/%0D%0AX:%20y", "")),
    ],
)
def test_a_url_is_taken_apart(url: str, address: Address) -> None:
    assert split_url(url) == address


@pytest.mark.parametrize(
    ("url", "why"),
    [("", "there is no URL"), ("http:///a", "the URL has no host"), ("ftp://a/", "the scheme 'ftp'")],
)
def test_what_is_no_url(url: str, why: str) -> None:
    with pytest.raises(FormatError, match=why):
        split_url(url)


def test_a_query_is_a_table() -> None:
    url = "http://{{host}}/p?a=1&a=%C3%BC+b&flag&t={{token}}#f"
    fields = [("a", "1"), ("a", "ü b"), ("flag", ""), ("t", "{{token}}")]
    assert query_of(url) == fields
    assert with_query(url, fields) == "http://{{host}}/p?a=1&a=%C3%BC%20b&flag=&t={{token}}#f"
    assert with_query(url, []) == "http://{{host}}/p#f"
    assert query_of("http://a/p") == []


def test_headers_are_lines() -> None:
    assert list(parse_headers(["A: b", "c:  d:e ", "{{name}}: x", "Empty:"])) == [
        ("A", "b"),
        ("c", "d:e"),
        ("{{name}}", "x"),
        ("Empty", ""),
    ]
    for wrong in ("none", "two words: x", ": x"):
        with pytest.raises(FormatError, match="is not a header"):
            list(parse_headers([wrong]))


def test_a_header_is_found_in_any_case() -> None:
    request = Request(headers=(("content-TYPE", "a"), ("Content-Type", "b")))
    assert (request.header("Content-Type"), request.header("Accept")) == ("a", None)


@pytest.mark.parametrize("method", ["GET", "PROPFIND", "x-y"])
def test_methods_are_tokens(method: str) -> None:
    assert check_method(method) == method
    with pytest.raises(FormatError, match="is not a method"):
        check_method(f"{method} ")


class TestContent:
    def test_texts_and_files(self) -> None:
        request = Request(body=("ü\n", File("a.bin"), "\n"))
        assert content_of(request, {"a.bin": b"\xff\n"}.__getitem__) == b"\xc3\xbc\n\xff\n\n"

    def test_multipart_lines_end_with_crlf_but_not_those_of_files(self) -> None:
        request = Request(
            headers=(("Content-Type", "Multipart/form-data; boundary=x"),), body=("a\nb\r\n", File("f"))
        )
        assert content_of(request, lambda _: b"\n") == b"a\r\nb\r\n\n"

    def test_it_is_bounded(self) -> None:
        with pytest.raises(FormatError, match="larger than 16 MiB"):
            content_of(Request(body=("x" * LARGEST, "y")), lambda _: b"")
