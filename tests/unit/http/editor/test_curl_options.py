"""Each option by itself; what a whole command becomes is in test_curl.py."""

from typing import Any

import pytest

from pythonscript_http.editor.curl_options import Command, read
from pythonscript_http.editor.request import File, FormatError


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", {}),
        ("http://a -- -b", {"urls": ["http://a", "-b"]}),
        ("-X PUT", {"method": "PUT"}),
        ("-XPUT", {"method": "PUT"}),
        ("--request PUT", {"method": "PUT"}),
        ("-sSLXPUT", {"method": "PUT"}),
        ("-H a:b", {"headers": [("a", "b")]}),
        ("-H a;", {"headers": [("a", "")]}),
        ("-H A:", {"dropped": {"a"}}),
        ("-d x -d @f", {"data": ["x", File("f")]}),
        ("--data-raw @f", {"data": ["@f"]}),
        ("--data-urlencode a=b&c", {"data": ["a=b%26c"]}),
        ("--data-urlencode =b&c", {"data": ["b%26c"]}),
        ("-F a=1", {"parts": ["a=1"]}),
        ("--form-string a=@1", {"parts": ["a=\0@1"]}),
        ("-b a=1", {"headers": [("Cookie", "a=1")]}),
        ("-u a:b", {"headers": [("Authorization", "Basic YTpi")]}),
        ("-k", {"insecure": True}),
        ("-x http://p", {"proxy": "http://p"}),
        ("--cacert f -E c --key k", {"ca": "f", "certificate": "c", "key": "k"}),
        ("--pinnedpubkey sha256//a;sha256//b", {"pins": "sha256//a sha256//b"}),
    ],
)
def test_an_option(words: str, said: dict[str, Any]) -> None:
    found = read(words.split())
    notes = found.notes
    found.notes = []
    assert found == Command(**said)
    assert bool(notes) == ("-d @f" in words)  # whose line breaks curl would leave out


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("-X", "-X needs a value"),
        ("--request", "--request needs a value"),
        ("-sX", "-X needs a value"),
        ("--nothing", "--nothing is not known"),
        ("-sj!", "-j is not known"),
        ("-H @f", "-H @file"),
        ("-d @-", "@-"),
        ("--data-urlencode a@f", "--data-urlencode a@f"),
        ("-F a", "-F a"),
        ("-b jar", "-b jar"),
        ("-E c:secret", "-E c:secret"),
        ("--pinnedpubkey f", "--pinnedpubkey f"),
    ],
)
def test_what_cannot_be_had_is_named(words: str, named: str) -> None:
    with pytest.raises(FormatError) as refusal:
        read(words.split())
    assert named in str(refusal.value)
