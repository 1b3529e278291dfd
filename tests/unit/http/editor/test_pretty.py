"""Bodies as they are shown."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pythonscript_http.editor.pretty import (
    LINES,
    SHOWN,
    hex_dump,
    json_problem,
    kind_of,
    pretty_json,
    shown,
    text_of,
)
from pythonscript_http.editor.request import FormatError

PNG = b"\x89PNG\r\n\x1a\n...."

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_it_is_that_of_the_standard_library(value: object) -> None:
    text = json.dumps(value, ensure_ascii=False)
    pretty = pretty_json(text)
    assert pretty == json.dumps(value, ensure_ascii=False, indent=2)
    assert pretty_json(pretty) == pretty


@given(st.text(st.sampled_from('[]{}:,"\\ 01e.-truefalsn\n'), max_size=12))
def test_it_takes_what_the_standard_library_takes(text: str) -> None:
    try:
        json.loads(text)
        valid = True
    except ValueError:
        valid = False
    assert (json_problem(text) == "") == valid


def test_nothing_is_lost() -> None:
    text = '{"b": 12345678901234567890.10, "a": 1E400, "a": -0, "e": {}, "l": []}'
    assert "".join(pretty_json(text).split()) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "line 1, column 1: the end where a value should be"),
        ('{"a": 1,\n "b" 2}', "line 2, column 6: '2' where a colon should be"),
        ("[1, 2", "line 1, column 6: the end where a comma, or the end of what is open should be"),
        ("[1,]", "line 1, column 4: ']' where a value should be"),
        ('{"a": 1,}', "column 9: '}' where a name in quotes should be"),
        ("{a: 1}", "column 2: 'a' where a name in quotes or } should be"),
        ("1 2", "column 3: '2' where nothing more should be"),
        ("[1}", "column 3: '}' where a comma"),
        ("NaN", "'N' where a value should be"),
        ("'a'", '"\'" where a value should be'),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, problem: str) -> None:
    assert problem in json_problem(text)


def test_depth_is_no_matter() -> None:
    deep = "[" * 20_000 + "]" * 20_000
    assert pretty_json(deep).replace("\n", "").replace(" ", "") == deep
    with pytest.raises(FormatError):
        pretty_json("[" * 20_000)


def test_a_dump() -> None:
    assert hex_dump(b"GET / HTTP/1.1\r\n\0\xff") == (
        "00000000  47 45 54 20 2f 20 48 54  54 50 2f 31 2e 31 0d 0a  GET / HTTP/1.1..\n"
        f"00000010  {'00 ff':<23}  {'':<23}  .."
    )


@pytest.mark.parametrize(
    ("content_type", "data", "kind"),
    [
        ("", b"", "empty"),
        ("text/plain", PNG, "png"),
        ("", b"\xff\xd8\xff\xe0", "jpg"),
        ("", b"RIFF....WEBPVP8", "webp"),
        ("audio/wav", b"RIFF....WAVE\0", "binary"),
        ("image/svg+xml", b"<svg/>", "svg"),
        ("application/json; charset=utf-8", b"{}", "json"),
        ("application/problem+json", b"{}", "json"),
        ("application/atom+xml", b"<a/>", "text"),
        ("", b'  {"a": 1}', "json"),
        ("", "ü".encode(), "text"),
        ("", b"\xfc", "binary"),
        ("", b"a\0b", "binary"),
        ("application/octet-stream", "ü".encode() * 4000, "text"),
    ],
)
def test_kinds(content_type: str, data: bytes, kind: str) -> None:
    assert kind_of(content_type, data) == kind


@pytest.mark.parametrize(
    ("content_type", "data", "text"),
    [
        ("text/plain; charset=ISO-8859-1", b"\xfc", "ü"),
        ('text/plain; charset="utf-8"', "ü".encode(), "ü"),
        ("text/plain; charset=nonsense", b"a\0", "a\u2400"),
        ("", b"\xef\xbb\xbfa\xff", "a\ufffd"),
    ],
)
def test_texts(content_type: str, data: bytes, text: str) -> None:
    assert text_of(content_type, data) == text


def test_what_is_shown() -> None:
    assert shown("application/json", b'{"a":1}') == ('{\n  "a": 1\n}', "")
    text, note = shown("application/json", b"{")
    assert (text, note) == (
        "{",
        "not valid JSON: line 1, column 2: the end where a name in quotes or } should be",
    )
    text, note = shown("text/plain", b"x" * (SHOWN + 1))
    assert (len(text), note) == (SHOWN, "the first 256 KiB of 256; save it to see all")
    text, note = shown("", b"\0" * SHOWN)
    assert len(text) < 2 * SHOWN
    assert note.startswith("the first ")
    assert shown("", PNG)[0].startswith("00000000  89 50 4e 47")
    assert shown("application/json", b"[1]", "hex")[0].startswith("00000000  5b 31 5d")
    assert shown("application/json", b"[1]", "text") == ("[1]", "")
    assert shown("", PNG, "text")[0].startswith("\ufffdPNG")
    wide = b"[" + b",".join([b"1"] * (2 * LINES)) + b"]"
    assert shown("application/json", b"[" * 20_000)[1].startswith("not valid JSON")
    text, note = shown("application/json", wide)
    assert text.count("\n") == LINES
    assert note.startswith(f"the first {LINES} of ")
    assert shown("text/plain", b"\n" * LINES) == ("\n" * LINES, "")


@pytest.mark.parametrize(
    "codec", ["undefined", "idna", "unicode_escape", "raw_unicode_escape", "hex", "utf-7"]
)
def test_a_codec_that_is_none_for_texts(codec: str) -> None:
    text = text_of(f"text/plain; charset={codec}", rb"\ud800 +2AA-")
    text.encode()  # it has no half characters
    assert "2AA" in text or codec == "utf-7"


def test_variables_stand_for_values_of_requests() -> None:
    text = '{"a":{{a}},"b":[{{ b }},"{{c}}"]}'
    assert json_problem(text) == ""
    assert pretty_json("[{{a}}]", variables=True) == "[\n  {{a}}\n]"
    with pytest.raises(FormatError):
        pretty_json("[{{a}}]")
    assert "a name in quotes" in json_problem('{"a":{{"}}}')
