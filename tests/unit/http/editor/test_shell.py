"""Words of a shell: bash is asked too."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.http.editor.commands import FIREFOX

from pythonscript_http.editor.request import FormatError
from pythonscript_http.editor.shell import quoted, words

SECONDS = 60.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a  b\tc\nd", ["a", "b", "c", "d"]),
        ("'a b'c\"d e\" ''", ["a bcd e", ""]),
        (r"a\ b \'c", ["a b", "'c"]),
        ("a \\\n  b\\\nc", ["a", "bc"]),
        ("a \\\r\n  b\\\r\nc", ["a", "bc"]),
        ("a \\  b \\  \\\tc", ["a", "b", "\tc"]),
        (r'"a\"b\\c\d"', ['a"b\\c\\d']),
        ('"a\\\nb"', ["ab"]),
        (r"$'a\'b\n\t\\\"\x41\101\u00e9\U0001F600\cA'", ["a'b\n\t\\\"AAé😀\x01"]),
        (r"$'\xc3\xa9\303\251'", ["éé"]),
        (r"$'\ud83d\ude00\ud83d'", ["😀\ufffd"]),
        (r"$'\xff'", ["\udcff"]),
        ('"$TOKEN ${A_b}" $c', ["{{TOKEN}} {{A_b}}", "{{c}}"]),
        ("'$x' a#b", ["$x", "a#b"]),
    ],
)
def test_they_are_a_shells(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a | b", r"'\|' needs a shell"),
        ("a > b", "'>' needs a shell"),
        ("a; b", "';' needs a shell"),
        ("a `b`", "'`' needs a shell"),
        ("a $(b)", "needs a shell"),
        ('a "$(b)"', "needs a shell"),
        ("a 'b", "a quote ' is not closed"),
        ('a "b', 'a quote " is not closed'),
        ("a $'b", "is not closed|without a name"),
        ("a \\", "ends with a backslash"),
        ("a $ b", "without a name"),
    ],
)
def test_what_needs_a_shell_is_an_error(text: str, why: str) -> None:
    with pytest.raises(FormatError, match=why):
        words(text)


@given(st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))))
def test_what_is_quoted_comes_back(texts: list[str]) -> None:
    assert words(" ".join(map(quoted, texts))) == texts


@pytest.mark.parametrize("text", [FIREFOX, r"a 'b c' \"d $'\101\x42\n' "])
def test_bash_agrees(text: str) -> None:
    script = f'curl() {{ printf "%s\\0" curl "$@"; }}; a() {{ printf "%s\\0" a "$@"; }}; {text}'
    done = subprocess.run(["bash", "-c", script], capture_output=True, check=True, timeout=SECONDS)
    assert words(text) == done.stdout.decode().split("\0")[:-1]
