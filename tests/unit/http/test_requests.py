"""Requests that are refused before a byte of them is made; heads that are made once; methods by token."""

import gc
import weakref
from collections.abc import Sequence

import pytest
from tests.loopback.responses import HELLO, OK
from tests.unit.http.driving import GET, POST, poll, read
from tests.unit.http.fakes import Clocked, FakeStream, Memory, fake

from pythonscript_http import Error, HTTPClient, LocalError, Method, Status
from pythonscript_http.errors import error_code
from pythonscript_http.exceptions import LocalProtocolError
from pythonscript_http.requests import parse_lines, token_of


def test_a_length_below_none() -> None:
    client, _ = fake()
    with pytest.raises(LocalError, match="the length -2 of a body is negative") as caught:
        client.request_stream(POST, "/", [], -2)
    assert error_code(caught.value) is Error.ERR_INVALID_PARAMETER
    assert client.get_error_reason() == str(caught.value)


@pytest.mark.parametrize("method", Method)
def test_a_number_is_a_token(method: Method) -> None:
    if method is Method.METHOD_MAX:
        with pytest.raises(LocalError, match="no such method: 9"):
            token_of(method)
    else:
        assert token_of(method) == method.name.removeprefix("METHOD_")
    with pytest.raises(LocalError, match="no such method: -1"):
        token_of(-1)


def test_lines_are_headers() -> None:
    lines = ["A: b", " \tX-y:\t z  ", "E:", "U: \xfc", "C: d: e", "Bad name : x"]
    assert parse_lines(lines) == [
        (b"A", b"b"),
        (b"X-y", b"z"),
        (b"E", b""),
        (b"U", b"\xc3\xbc"),
        (b"C", b"d: e"),
        (b"Bad name ", b"x"),  # for others to judge
    ]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("", "header 1 is empty$"),
        (" \t", "header 1 is empty$"),
        ("Bearer secret", "header 1 is not of the form 'name: value'$"),
        ("secret\n", "header 1 is not of the form 'name: value'$"),
        (": secret", "header 1 is not of the form 'name: value'$"),
        (
            "X: secret\ud800",
            "header 1, which begins with 'X', holds a lone surrogate, which has no UTF-8 form$",
        ),
    ],
)
def test_what_is_no_header_is_refused_and_not_repeated(line: str, complaint: str) -> None:
    with pytest.raises(LocalProtocolError, match=complaint) as caught:
        parse_lines(["A: b", line])
    assert "secret" not in str(caught.value)


def test_a_name_without_a_utf_8_form_is_refused() -> None:
    client, _ = fake()
    with pytest.raises(
        LocalProtocolError, match="header 0, which begins with 'X', has a name with characters"
    ):
        client.request(GET, "/", ["X\ud800: y"])


@pytest.mark.parametrize("url", ["/", "x"])
def test_what_is_wrong_with_the_request_goes_before_what_is_wrong_with_the_status(url: str) -> None:
    text = r"request\(\) needs STATUS_CONNECTED" if url == "/" else "the URL 'x'"
    with pytest.raises(LocalError, match=text):
        HTTPClient().request(POST, url, [])


class TestHeads:
    """What is sent again and again is made once, and kept by nobody else."""

    def test_the_same_is_made_once(self) -> None:
        client, stream = fake(HELLO)
        sent, heads = [], []
        for _ in range(3):
            stream.sent = b""
            client.request(GET, "/", ["A: b"])
            assert client._head is not None
            heads.append(client._head[1])
            stream.events[:] = []
            client.poll()
            sent.append(stream.sent)
            stream.events[:] = [HELLO]
            poll(client)
            assert read(client) == b"hello"
        assert heads[0] is heads[1] is heads[2]
        assert len(set(sent)) == 1

    def test_whatever_differs_is_made_anew(self) -> None:
        client, _ = fake()

        def ask(method: Method = GET, url: str = "/", headers: Sequence[str] = (), body: bytes = b"") -> None:
            stream = FakeStream()
            machine_host = client._host_header
            client.attach(stream, machine_host)
            client.request_raw(method, url, list(headers), body)
            client.poll()
            sent.append(stream.sent)

        sent: list[bytes] = []
        ask()
        ask(url="/other")
        ask(headers=["A: b"])
        ask(method=Method.METHOD_HEAD)
        ask(method=POST, body=b"12")
        ask(method=POST, body=b"123")
        client.user_agent = "Other/1"
        ask()
        client.decode_body = True
        ask()
        client.attach(FakeStream(), "other.example")
        ask()
        assert len(set(sent)) == len(sent) == 9

    def test_what_was_settled_before_differs(self) -> None:
        """The same over one connection, with other settings in between."""
        client, stream = fake()
        sent = []
        for change in (
            lambda: None,
            lambda: client.attach(stream, "other.example"),
            lambda: setattr(client, "user_agent", "Other/1"),
            lambda: client.set_decode_body(True),
        ):
            change()
            stream.sent = b""
            stream.events[:] = []
            client.request(GET, "/", [])
            client.poll()
            sent.append(stream.sent)
            stream.events[:] = [HELLO]
            poll(client)
            read(client)
        assert len(set(sent)) == 4
        assert b"Host: other.example" in sent[1]
        assert b"User-Agent: Other/1" in sent[2]
        assert b"Accept-Encoding" in sent[3]

    @pytest.mark.parametrize("end", ["close", "lost", "gone", "connect_to_host", "last"])
    def test_nobody_keeps_it(self, end: str) -> None:
        """C3 of its kind: the header of a request may be a password."""
        answer = OK + b"Connection: close\r\nContent-Length: 5\r\n\r\nhello" if end == "last" else HELLO
        client, stream = fake(answer)
        secret = Memory("Authorization: Basic c2VjcmV0")
        kept = weakref.ref(secret)
        client.request(GET, "/", [secret])
        poll(client)
        assert read(client) == b"hello"
        del secret
        gc.collect()
        if end != "last":
            assert kept() is not None
        if end == "close":
            client.close()
        elif end == "lost":
            stream.events.append(b"")
            client.poll()
        elif end == "connect_to_host":
            client.connect_to_host("192.0.2.1")
        elif end == "gone":
            del client
        gc.collect()
        assert kept() is None


def test_a_body_is_sent_when_its_last_byte_is(clocked: Clocked) -> None:
    """The end that tells nothing new moves no mark."""
    clocked.connected()
    clocked.client.request_stream(POST, "/", [], 4)
    clocked.client.send_body_chunk(b"body")
    clocked.at(1.0)
    clocked.clock.advance(5.0)
    clocked.client.end_body()
    assert clocked.client.get_timings()["posttransfer"] == 1.0


def test_a_method_by_its_token() -> None:
    client, stream = fake(b"HTTP/1.1 207 Multi-Status\r\nContent-Length: 2\r\n\r\nok")
    client.request("PROPFIND", "/", ["Depth: 1"], "<propfind/>")
    client.poll()
    client.poll()
    assert stream.sent.startswith(b"PROPFIND / HTTP/1.1\r\n")
    assert stream.sent.endswith(b"\r\n\r\n<propfind/>")
    assert client.read_response_body_chunk() == b"ok"


def test_a_token_of_the_engines_has_its_rules() -> None:
    client, _ = fake(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
    client.request("HEAD", "/", [])
    client.poll()
    client.poll()
    assert client.read_response_body_chunk() == b""
    assert (client.get_status(), client.get_error_reason()) == (Status.STATUS_CONNECTED, "")
    client, _ = fake()
    client.request("GET", "/", [], "body")
    assert "ignores the body of a GET" in client.warning


def test_a_method_that_is_no_token() -> None:
    client, stream = fake()
    with pytest.raises(LocalError, match="the method 'GET /' is not a token"):
        client.request("GET /", "/", [])
    assert not stream.sent
