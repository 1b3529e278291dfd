"""What is asked of a response, and of how far a request is."""

import hashlib
import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.loopback.responses import CHUNKED, HELLO, OK
from tests.loopback.server import Server, pattern
from tests.unit.http.driving import GET, POST, connect, get, poll, read
from tests.unit.http.fakes import fake

from pythonscript_http import Status


class TestHeaderLookUp:
    def test_it_hands_nothing_out(self) -> None:
        client, _ = fake(
            OK
            + b"A: b\r\nVary: x\r\nSET-cookie: a=1, b\r\nvary:y\r\nSet-Cookie: c\r\nContent-Length: 0\r\n\r\n"
        )
        assert (client.has_response_header("a"), client.get_response_header("a")) == (False, "")
        client.request(GET, "/", [])
        poll(client)
        assert (client.has_response_header("a"), client.get_response_header("A")) == (True, "b")
        assert client.get_response_header("VARY") == "x, y"
        assert client.get_response_header("set-cookie") == "a=1, b\nc"
        assert (client.has_response_header("b"), client.get_response_header("b")) == (False, "")
        assert client.has_response()


def test_a_request_tells_how_far_it_is() -> None:
    client, stream = fake(HELLO, room=0)
    assert (client.get_request_body_sent(), client.get_request_body_length()) == (0, -1)
    client.request_raw(GET, "/", [], b"body")
    assert (client.get_request_body_sent(), client.get_request_body_length()) == (0, 4)
    stream.room = 1 << 20
    poll(client)
    assert (client.get_request_body_sent(), read(client)) == (4, b"hello")


class TestResponse:
    def test_headers_are_handed_out_once(self) -> None:
        client, _ = fake(OK + b"A: b\r\nContent-Length: 0\r\n\r\n")
        assert not client.has_response()
        client.request(GET, "/", [])
        poll(client)
        assert client.has_response()
        assert client.get_response_headers() == ["A: b", "Content-Length: 0"]
        assert not client.has_response()
        assert (client.get_response_headers(), client.get_response_headers_as_dictionary()) == ([], {})
        assert client.get_response_code() == 200

    def test_dictionary(self) -> None:
        """R13."""
        block = b"Set-Cookie: a=1\r\nX:  y:z \r\nset-cookie: b=2\r\nContent-Length: 0\r\nE:\r\n\r\n"
        client, _ = fake(OK + block)
        client.request(GET, "/", [])
        poll(client)
        expected = {"Set-Cookie": "a=1; b=2", "X": "y:z", "Content-Length": "0", "E": ""}
        assert client.get_response_headers_as_dictionary() == expected
        assert not client.has_response()

    def test_the_next_request_forgets_it(self) -> None:
        client, _ = fake(HELLO)
        get(client)
        assert (client.has_response(), client.get_response_code()) == (True, 200)
        client.request(GET, "/", [])
        assert (client.has_response(), client.get_response_code()) == (False, 0)

    def test_over_four_gibibytes(self) -> None:
        """R31."""
        client, _ = fake(OK + b"Content-Length: 9223372036854775807\r\n\r\nx")
        client.request(GET, "/", [])
        poll(client)
        assert client.get_response_body_length() == 2**63 - 1
        assert client.read_response_body_chunk() == b"x"

    @pytest.mark.parametrize("url", ["/bytes/1000000", "/chunked/1000000/777", "/close/1000000"])
    @pytest.mark.parametrize("chunk", [256, 65536, 1 << 20])
    @pytest.mark.parametrize("blocking", [False, True])
    def test_large_bodies(self, server: Server, url: str, chunk: int, blocking: bool) -> None:
        client = connect(server.port)
        client.set_blocking_mode(blocking)
        client.set_read_chunk_size(chunk)
        client.request(GET, url, [])
        poll(client)
        assert client.is_response_chunked() is url.startswith("/chunked")
        pieces = []
        while client.get_status() is Status.STATUS_BODY:
            pieces.append(client.read_response_body_chunk())
        assert max(map(len, pieces)) <= chunk
        expected = itertools.chain.from_iterable(_expected(url))
        assert b"".join(pieces) == bytes(expected)
        client.close()

    @given(cuts=st.lists(st.integers(0, 400), max_size=8), size=st.integers(1, 50))
    @settings(max_examples=50)
    def test_any_split_read_by_any_size(self, cuts: list[int], size: int) -> None:
        data = (
            CHUNKED
            + b"".join(b"%x;e=f\r\n%b\r\n" % (n, b"x" * n) for n in range(1, 16))
            + b"0\r\nT: u\r\n\r\n"
        )
        edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
        pieces = [data[a:b] for a, b in itertools.pairwise(edges) if a < b]
        client, _ = fake(*pieces)
        client.request(GET, "/", [])
        poll(client)
        view = memoryview(bytearray(size))
        body = 0
        while client.get_status() is Status.STATUS_BODY:
            body += client.read_body_into(view)
        assert body == sum(range(1, 16))
        assert client.get_status() is Status.STATUS_CONNECTED

    def test_upload(self, server: Server) -> None:
        client = connect(server.port)
        body = b"".join(pattern(5_000_000))
        for headers in ([], ["Transfer-Encoding: chunked"]):
            client.request_raw(POST, "/digest", headers, body)
            poll(client)
            assert read(client) == hashlib.sha256(body).hexdigest().encode()
        client.close()


def _expected(url: str) -> Iterator[bytes]:
    """What the server's paths give: /chunked repeats the begin of the pattern."""
    if not url.startswith("/chunked"):
        yield from pattern(1_000_000)
    else:
        yield (b"".join(pattern(777)) * 1288)[:1_000_000]
