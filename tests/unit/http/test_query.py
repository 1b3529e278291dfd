"""Query strings."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pythonscript_http.query import query_string_from_dict


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ""),
        ({"username": "user", "password": "pass"}, "username=user&password=pass"),
        (
            {"single": 123, "not_valued": None, "multiple": [22, 33, 44]},
            "single=123&not_valued&multiple=22&multiple=33&multiple=44",
        ),
        ({"b": 1, "a": 2}, "b=1&a=2"),
        ({"none": []}, ""),
        ({"a": (1, 2), "b": ()}, "a=1&a=2"),
        ({"data": b"ab"}, "data=b%27ab%27"),
        ({"flags": [True, False, None]}, "flags=true&flags=false&flags=%3Cnull%3E"),
        ({"half": 0.5, 7: "seven"}, "half=0.5&7=seven"),
        ({"a b&c": "d=e/f?~-._"}, "a%20b%26c=d%3De%2Ff%3F~-._"),
        ({"ü": "€ 😀"}, "%C3%BC=%E2%82%AC%20%F0%9F%98%80"),
        ({"lone": "\ud800"}, "lone=%3F"),
    ],
)
def test_examples(fields: dict[object, object], expected: str) -> None:
    assert query_string_from_dict(fields) == expected


@given(st.dictionaries(st.text(min_size=1), st.text(min_size=1)))
def test_a_server_reads_what_was_meant(fields: dict[object, object]) -> None:
    assert dict(parse_qsl(query_string_from_dict(fields), strict_parsing=bool(fields))) == fields
