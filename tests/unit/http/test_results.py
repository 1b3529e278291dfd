"""What is asked of a response, and hands nothing out; the rest is in test_client.py, call by call."""

from tests.loopback.responses import OK
from tests.unit.http.test_client import GET, HELLO, fake, poll, read


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
