"""Requests that are refused before a byte of them is made; what is sent is in test_client.py."""

import pytest
from tests.unit.http.test_client import POST, fake

from pythonscript_http import Error, HTTPClient, LocalError


def test_a_length_below_none() -> None:
    client, _ = fake()
    with pytest.raises(LocalError, match="the length -2 of a body is below 0") as caught:
        client.request_stream(POST, "/", [], -2)
    assert caught.value.code is Error.ERR_INVALID_PARAMETER
    assert client.get_error_reason() == str(caught.value)


@pytest.mark.parametrize("url", ["/", "x"])
def test_what_is_wrong_with_the_request_goes_before_what_is_wrong_with_the_status(url: str) -> None:
    text = r"request\(\) needs STATUS_CONNECTED" if url == "/" else "the URL 'x'"
    with pytest.raises(LocalError, match=text):
        HTTPClient().request(POST, url, [])
