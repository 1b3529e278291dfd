"""The demo's server."""

from __future__ import annotations

from http.client import HTTPConnection

import pytest

from demo.server import BLOCK, BLOCKS, serving


def test_one_connection_carries_all_requests() -> None:
    with serving() as port:
        client = HTTPConnection("127.0.0.1", port, timeout=60)
        client.request("GET", "/", headers={"X-Mine": "yes"})
        answer = client.getresponse()
        text = answer.read()
        assert b"X-Mine: yes\n" in text
        socket = client.sock

        client.request("HEAD", "/", headers={"X-Mine": "yes"})
        answer = client.getresponse()
        assert (answer.status, answer.headers["Content-Length"], answer.read()) == (200, str(len(text)), b"")

        client.request("POST", "/", body=b"a\0b", headers={"Content-Type": "x/y"})
        answer = client.getresponse()
        assert (answer.headers["Content-Type"], answer.read()) == ("x/y", b"a\0b")

        client.request("GET", "/download")
        assert client.getresponse().read() == BLOCK * BLOCKS
        assert client.sock is socket
        client.close()


def test_the_server_is_gone_at_the_end_even_with_a_connection_open() -> None:
    with serving() as port:
        client = HTTPConnection("127.0.0.1", port, timeout=60)
        client.connect()
    client.close()
    with pytest.raises(ConnectionRefusedError):
        HTTPConnection("127.0.0.1", port, timeout=60).connect()
