"""What is secret in requests, wherever it stands."""

import pytest

from pythonscript_http.editor.http_file import substituted
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
        ("http://a/cb#access_token=x&a=b", f"http://a/cb#access_token={MASK}&a=b"),
        ("http://ada:p@w@a/", f"http://{MASK}@a/"),
        ("ada:pw@a/b", f"{MASK}@a/b"),
        ("/a@b", "/a@b"),
        (
            "http://a/?userToken=x&devicetoken=y&appKey=z",
            f"http://a/?userToken={MASK}&devicetoken={MASK}&appKey={MASK}",
        ),
        (
            "http://a/?pass=x&access%5Ftoken=y&user[password]=z",
            f"http://a/?pass={MASK}&access%5Ftoken={MASK}&user[password]={MASK}",
        ),
        (
            "http://a/?max_tokens_left=1&hockey=2&compass=3&inside=4&spin=5",
            "http://a/?max_tokens_left=1&hockey=2&compass=3&inside=4&spin=5",
        ),
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
        ("X-Authorization", "k", MASK),
        ("X-SecretKey", "k", MASK),
        ("PRIVATE-TOKEN", "k", MASK),
        ("Ocp-Apim-Subscription-Key", "k", MASK),
        ("X-Parse-Session-Token", "k", MASK),
        ("Idempotency-Key", "k", "k"),
        ("X-Status-Code", "k", "k"),
        ("WWW-Authenticate", "Basic", "Basic"),
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
        ('{"pin": 1234, "otp":5, "code": 6}', f'{{"pin": "{MASK}", "otp":"{MASK}", "code": 6}}'),
        ('{"a": 1, "token": "cut of', f'{{"a": 1, "token": "{MASK}"'),
        ('{"a": 1, "token": "cut off\\', f'{{"a": 1, "token": "{MASK}"'),
        (
            '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nx\r\ny\r\n--b\r\nz',
            f'--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n{MASK}\r\n--b\r\nz',
        ),
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


def test_credentials_of_urls_become_variables() -> None:
    given = Request(url="https://ada:p%40w@a/?b=c&token=x%20y#d", proxy="u:p@proxy:1")
    request, found = extracted(given)
    assert request == Request(
        url="https://a/?b=c&token={{token}}#d",
        headers=(("Authorization", "Basic {{basic_credentials}}"),),
        proxy="{{proxy_credentials}}@proxy:1",
    )
    assert found == {"token": "x%20y", "basic_credentials": "YWRhOnBAdw==", "proxy_credentials": "u:p"}
    assert extracted(request) == (request, {})
    assert extracted(Request(url="http://{{u}}:{{p}}@a/"))[1] == {}
    own = Request(url="http://u:p@a/", headers=(("Authorization", "{{own}}"),))
    assert extracted(own) == (Request(url="http://a/", headers=own.headers), {})


@pytest.mark.parametrize(
    "text", ['"token', "token=", '"_', "&_", 'name="token"\r\na', '"token":"', '{"a_', "\\"]
)
def test_long_bodies_are_masked_at_once(text: str) -> None:
    assert masked_body(text * 100_000)  # minutes, if it took the square of it


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


@pytest.mark.parametrize(
    ("body", "left", "found"),
    [
        ('{"password" : "a\\"b", "n": 1}', '{"password" : "{{password}}", "n": 1}', {"password": 'a\\"b'}),
        (
            '{"refreshToken":"x","pin":12}',
            '{"refreshToken":"{{refreshtoken}}","pin":{{pin}}}',
            {"refreshtoken": "x", "pin": "12"},
        ),
        ("user=ada&password=a%20b", "user=ada&password={{password}}", {"password": "a%20b"}),
        ('name="otp"\r\n\r\n"12\r\n--b', 'name="otp"\r\n\r\n{{otp}}\r\n--b', {"otp": '"12'}),
        (
            '{"token":"a","x":{"token":"b"}}',
            '{"token":"{{token}}","x":{"token":"{{token_2}}"}}',
            {"token": "a", "token_2": "b"},
        ),
        ('{"key":"a","code":"b","password":""}', '{"key":"a","code":"b","password":""}', {}),
        ('{"token":"cut o', '{"token":"cut o', {}),
    ],
)
def test_credentials_of_bodies_become_variables(body: str, left: str, found: dict[str, str]) -> None:
    request, values = extracted(Request("POST", "http://a", body=(body, File("f"))))
    assert (request.body, values) == ((left, File("f")), found)
    assert substituted(request, {"token": "{{token}}", **values}.get).body == (body, File("f"))
    assert extracted(request) == (request, {})
