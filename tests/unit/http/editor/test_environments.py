"""Environments: which value a variable has, and how files of them change."""

import json
import re

import pytest

from pythonscript_http.editor import environments
from pythonscript_http.editor.environments import names, parse, values, with_ignored, with_values
from pythonscript_http.editor.http_file import HttpFile
from pythonscript_http.editor.request import FormatError

PUBLIC = parse(
    '{"$shared": {"a": "0", "b": "0"}, "dev": {"a": "1", "port": 80, "on": true}, "live": {}}', "f"
)
PRIVATE = parse('{"dev": {"token": "secret"}, "test": {"a": "9"}}', "f")


def test_who_comes_first() -> None:
    file = HttpFile((), (), {"a": "of the file"})
    dev = values("dev", None, PUBLIC, PRIVATE)
    assert [dev(name) for name in ("a", "b", "port", "on", "token", "none")] == [
        "1",
        "0",
        "80",
        "true",
        "secret",
        None,
    ]
    assert values("dev", file, PUBLIC)("a") == "of the file"
    assert values("", None, PUBLIC)("a") == "0"
    assert values("live", None, PUBLIC, PRIVATE)("token") is None
    assert names(PUBLIC, PRIVATE) == ["dev", "live", "test"]
    assert names(parse('{"a\\u0000": {}, "b": {}}', "f")) == ["b"]  # which no menu can show


@pytest.mark.parametrize("text", ['{"\\ud800": {}}', '{"a": {"\\ud800": 1}}', '{"a": {"b": "\\ud800"}}'])
def test_half_a_character(text: str) -> None:
    with pytest.raises(FormatError, match=r"f is not valid JSON: .*surrogates"):
        parse(text, "f")


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("$uuid", r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"),
        ("$guid", r"[0-9a-f-]{36}"),
        ("$timestamp", r"[1-9]\d{9,}"),
        ("$isoTimestamp", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"),
        ("$randomInt", r"\d{1,3}"),
    ],
)
def test_values_that_are_made_anew(name: str, pattern: str) -> None:
    assert re.fullmatch(pattern, values("", None)(name) or "")


@pytest.mark.parametrize("text", ["[", "[]", '{"dev": 1}', pytest.param("[" * 100_000, id="deep")])
def test_what_is_no_such_file(text: str) -> None:
    with pytest.raises(FormatError, match=r"secrets\.json"):
        parse(text, "secrets.json")


def test_a_value_is_added_and_the_rest_stays() -> None:
    text = '{"dev": {"a": "ü", "deep": {"x": [1]}}, "live": {"a": 2}}'
    changed = json.loads(with_values(text, "dev", {"token": "t"}))
    assert changed == {"dev": {"a": "ü", "deep": {"x": [1]}, "token": "t"}, "live": {"a": 2}}
    assert json.loads(with_values("", "new", {"a": "b"})) == {"new": {"a": "b"}}


def test_gitignore() -> None:
    name = environments.PRIVATE
    assert with_ignored("") == f"{name}\n"
    assert with_ignored("*.tmp") == f"*.tmp\n{name}\n"
    assert with_ignored(with_ignored("")) == f"{name}\n"
    assert not environments.is_ignored(f"# {name}\n")
