"""What is secret in requests, wherever it stands."""

import pytest

from pythonscript_http.editor.masking import (
    MASK,
    extracted,
    masked,
    masked_body,
    masked_url,
    masked_value,
)
from pythonscript_http.editor.request import File, Request


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://a/?access_token=x&b=1", f"http://a/?access_token={MASK}&b=1"),
        ("http://a/?API-KEY=x", f"http://a/?API-KEY={MASK}"),
        ("http://a/?key=x#f", f"http://a/?key={MASK}#f"),
        ("http://a/?X-Amz-Signature=x;sig=y", f"http://a/?X-Amz-Signature={MASK};sig={MASK}"),
        ("http://ada:pw@a/b@c", f"http://{MASK}@a/b@c"),
        ("http://a/?token={{token}}", "http://a/?token={{token}}"),
        ("http://a/?monkey=1&author=2&page=3", "http://a/?monkey=1&author=2&page=3"),
    ],
)
def test_urls(url: str, shown: str) -> None:
    assert masked_url(url) == shown


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("Authorization", "Bearer abc", f"Bearer {MASK}"),
        ("authorization", "abc", MASK),
        ("Authorization", "Bearer {{token}}", "Bearer {{token}}"),
        ("Cookie", "a=b", MASK),
        ("X-API-Key", "k", MASK),
        ("Accept", "token=x", "token=x"),
        ("Location", "/?token=x", f"/?token={MASK}"),
    ],
)
def test_headers(name: str, value: str, shown: str) -> None:
    assert masked_value(name, value) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"password" : "a\\"b", "n": 1}', f'{{"password" : "{MASK}", "n": 1}}'),
        ('{"refresh_token":"x"}', f'{{"refresh_token":"{MASK}"}}'),
        ("user=ada&password=x", f"user=ada&password={MASK}"),
        ('{"player": "key"}', '{"player": "key"}'),
    ],
)
def test_bodies(text: str, shown: str) -> None:
    assert masked_body(text) == shown


def test_a_whole_request() -> None:
    request = Request(
        "POST", "http://u:p@a/", (("Cookie", "c=d"),), ("pwd=x", File("f")), proxy="u:p@proxy:1"
    )
    assert masked(request) == Request(
        "POST",
        f"http://{MASK}@a/",
        (("Cookie", MASK),),
        (f"pwd={MASK}", File("f")),
        proxy=f"{MASK}@proxy:1",
    )


def test_credentials_become_variables() -> None:
    headers = (("Authorization", "Bearer abc"), ("Cookie", "a=b"), ("X-Api-Key", "{{mine}}"), ("Accept", "x"))
    request, found = extracted(Request(headers=headers), taken=["token"])
    assert found == {"token_2": "abc", "cookie": "a=b"}
    assert request.headers == (
        ("Authorization", "Bearer {{token_2}}"),
        ("Cookie", "{{cookie}}"),
        ("X-Api-Key", "{{mine}}"),
        ("Accept", "x"),
    )
    assert extracted(Request(headers=(("Authorization", "Basic eA=="), ("authorization", "x"))))[1] == {
        "basic_credentials": "eA==",
        "authorization": "x",
    }
