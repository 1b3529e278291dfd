import pytest

from pythonscript_http.exceptions import LocalProtocolError
from pythonscript_http.sessions.headers import Fields, Headers

SEVERAL = [("Accept", "a"), ("X", "1"), ("ACCEPT", "b"), ("accept", "c")]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ((), []),
        ({"A": "b"}, [("A", "b")]),
        ({"A": ["b", "c"], "D": "e"}, [("A", "b"), ("A", "c"), ("D", "e")]),
        ({"A": []}, []),
        (SEVERAL, SEVERAL),
        (["A: b", "C:d: e", " F :  g\t", "H:"], [("A", "b"), ("C", "d: e"), ("F", "g"), ("H", "")]),
        ([("A", "  b c\t")], [("A", "b c")]),
        ([("A", "bücher €")], [("A", "bücher €")]),
        (Headers({"A": "b"}), [("A", "b")]),
    ],
)
def test_made_of(fields: Fields | Headers, expected: list[tuple[str, str]]) -> None:
    assert list(Headers(fields)) == expected


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"A": "b\r\nC: d"}, "'A' holds a line break or a NUL"),
        ({"A": "b\n"}, "'A' holds a line break"),
        ({"A": "b\0"}, "'A' holds a line break or a NUL"),
        ({"A": "\ud800"}, "'A' holds a lone surrogate"),
        ({"A b": "c"}, "name begins with 'A' has characters that no name may have"),
        ({"A\r\nB": "c"}, "name begins with 'A' has"),
        ({"": "c"}, "a header's name has characters that no name may have, or none at all"),
        ({"ü": "c"}, "a header's name has"),
        ({"A": 1}, "'A' has a int as its value, not a text"),
        ({1: "b"}, "a header's name has"),
        (["secret token"], "begins with 'secret' is not of the form 'name: value'"),
        (["  "], "a header line is not of the form"),
        ([": b"], "a header's name has"),
    ],
)
def test_what_cannot_be_sent_is_refused(fields: Fields, complaint: str) -> None:
    with pytest.raises(LocalProtocolError, match=complaint):
        Headers(fields)


def test_no_value_is_repeated_in_an_error() -> None:
    for fields in ({"Authorization": "hunter2\n"}, ["X", "hunter2 hunter2"], {"X": "hunter2\ud800"}):
        with pytest.raises(LocalProtocolError) as caught:
            Headers(fields)
        assert "hunter2 " not in str(caught.value)
        assert "hunter2\\" not in str(caught.value)
    assert repr(Headers({"Authorization": "hunter2"})) == "Headers(['Authorization'])"


def test_names_are_equal_in_any_case() -> None:
    headers = Headers(SEVERAL)
    assert headers.get("aCCept") == "a, b, c"
    assert headers.all("accept") == ["a", "b", "c"]
    assert "x" in headers
    assert "y" not in headers
    assert headers.get("y") == ""
    assert headers.get("y", "-") == "-"
    assert headers.names() == ["accept", "x"]
    assert len(headers) == 4


def test_an_empty_value_is_not_the_default() -> None:
    assert Headers({"A": ""}).get("A", "-") == ""


def test_cookies_are_joined_by_what_none_of_them_holds() -> None:
    assert Headers([("set-cookie", "a=1, 2"), ("Set-Cookie", "b=3")]).get("SET-COOKIE") == "a=1, 2\nb=3"


def test_set_takes_the_first_place() -> None:
    headers = Headers(SEVERAL)
    headers.set("Accept", " d ")
    headers.set("Y", "2")
    assert list(headers) == [("Accept", "d"), ("X", "1"), ("Y", "2")]


def test_a_refused_field_changes_nothing() -> None:
    headers = Headers(SEVERAL)
    for change in (headers.add, headers.set):
        with pytest.raises(LocalProtocolError):
            change("Accept", "a\nb")
    assert list(headers) == SEVERAL


def test_remove_and_add() -> None:
    headers = Headers(SEVERAL)
    headers.remove("ACCEPT")
    headers.remove("none")
    headers.add("x", "2")
    assert headers.lines() == ["X: 1", "x: 2"]


def test_merged() -> None:
    defaults = Headers({"A": "1", "B": "2"})
    merged = defaults.merged(Headers([("b", "3"), ("b", "4"), ("C", "5")]))
    assert list(merged) == [("A", "1"), ("b", "3"), ("b", "4"), ("C", "5")]
    assert list(defaults) == [("A", "1"), ("B", "2")]
    assert list(merged.without({"a", "c"})) == [("b", "3"), ("b", "4")]


def test_a_copy_is_its_own() -> None:
    first = Headers({"A": "1"})
    second = Headers(first)
    second.add("B", "2")
    assert len(first) == 1


def test_equality() -> None:
    assert Headers({"A": "1"}) == Headers({"a": "1"})
    assert Headers({"A": "1"}) != Headers({"A": "2"})
    assert Headers([("A", "1"), ("B", "2")]) != Headers([("B", "2"), ("A", "1")])
    assert Headers() != []


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([], []),
        ([(b"A", b"")], [("A", "")]),
        ([(b"A", "€".encode()), (b"B", b"x")], [("A", "€"), ("B", "x")]),
        ([(b"A", "€".encode()), (b"B", b"caf\xe9")], [("A", "€"), ("B", "café")]),
        ([(b"Odd name", b"\x01"), (b"\xff", b"y")], [("Odd name", "\x01"), ("ÿ", "y")]),
    ],
)
def test_received(fields: list[tuple[bytes, bytes]], expected: list[tuple[str, str]]) -> None:
    assert list(Headers.received(fields)) == expected


def test_encoded() -> None:
    assert Headers({"A": "€"}).encoded() == [(b"A", "€".encode())]


@pytest.mark.parametrize("field", [1, None, ("a",), ["a", "b", "c"], {"a": "b"}])
def test_what_is_no_field(field: object) -> None:
    with pytest.raises(LocalProtocolError, match="must be a line, or a list of name and value"):
        Headers([field])  # type: ignore[list-item]
