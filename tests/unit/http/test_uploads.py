"""Bodies that are sent: whole and piece by piece, awaited, refused."""

import threading
from collections.abc import Callable, Sequence
from functools import partial

import pytest
from tests.loopback.clock import Clock
from tests.loopback.network import waits_for_network
from tests.loopback.responses import HELLO, OK
from tests.loopback.scripted import Await, HalfClose, ReadOn, ReadRequest, Reset, ScriptedServer, Step
from tests.loopback.server import Server
from tests.unit.http.driving import GET, POST, connect, get, is_spent, poll, read
from tests.unit.http.fakes import PacedStream, attached, fake

from pythonscript_http import Error, LocalError, NetworkError, Status


class TestSending:
    def test_a_partial_write_goes_on_where_it_stopped(self) -> None:
        client, stream = fake(room=10)
        body = bytes(range(256)) * 10
        client.request_raw(POST, "/", [], body)
        for _ in range(2000):
            client.poll()
            stream.room = 2
        assert stream.sent.endswith(b"\r\n\r\n" + body)
        assert stream.sent.count(b"POST / HTTP/1.1\r\n") == 1
        stream.events.append(HELLO)
        assert (poll(client), read(client)) == (Error.OK, b"hello")
        assert client.get_status() is Status.STATUS_CONNECTED

    def test_the_body_is_not_copied(self) -> None:
        """R26."""
        taken: list[object] = []
        client, stream = fake()
        stream.write = lambda buffers: taken.extend(buffers) or 0  # type: ignore[method-assign,func-returns-value]
        body = bytearray(b"body")
        client.request_raw(POST, "/", [], body)
        client.poll()
        assert isinstance(taken[1], memoryview)
        assert taken[1].obj is body

    @pytest.mark.parametrize(
        "body", [b"abc", bytearray(b"abc"), memoryview(b"abc"), memoryview(b"xaxbxc")[1::2]]
    )
    def test_any_bytes(self, body: bytes | bytearray | memoryview) -> None:
        client, stream = fake()
        if isinstance(body, memoryview) and not body.contiguous:
            with pytest.raises(TypeError):
                client.request_raw(POST, "/", [], body)
            assert client.get_status() is Status.STATUS_CONNECTED
        else:
            client.request_raw(POST, "/", [], body)
            client.poll()
            assert stream.sent.endswith(b"\r\n\r\nabc")

    def test_get_and_its_body(self) -> None:
        """R28."""
        client, stream = fake(HELLO)
        client.request(GET, "/", [], "body")
        assert client.warning == "request() ignores the body of a GET request; request_raw() sends it"
        poll(client)
        read(client)
        assert b"Content-Length" not in stream.sent
        client.request_raw(GET, "/", [], b"body")
        assert client.warning == ""
        client.poll()
        assert stream.sent.endswith(
            b"Content-Length: 4\r\nUser-Agent: " + client.user_agent.encode() + b"\r\nAccept: */*\r\n\r\nbody"
        )

    @pytest.mark.parametrize(
        ("body", "coded"), [("", b"0\r\n\r\n"), ("bödy", b"5\r\nb\xc3\xb6dy\r\n0\r\n\r\n")]
    )
    def test_chunked(self, body: str, coded: bytes) -> None:
        """R20."""
        client, stream = fake()
        client.request(POST, "/", ["Transfer-Encoding: chunked"], body)
        client.poll()
        assert stream.sent.endswith(b"\r\n\r\n" + coded)
        assert b"Content-Length" not in stream.sent

    def test_an_early_answer_is_taken(self) -> None:
        """R15."""
        client, stream = fake(b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig", room=1000)
        client.request_raw(POST, "/", [], bytes(100_000))
        assert poll(client) is Error.OK
        assert (client.get_response_code(), read(client)) == (413, b"big")
        assert is_spent(client)
        assert (stream.closed, len(stream.sent)) == (True, 1000)

    def test_an_interim_answer_does_not_stop_the_sending(self) -> None:
        client, stream = fake(b"HTTP/1.1 100 Continue\r\n\r\n", room=1000)
        client.request_raw(POST, "/", [], bytes(2000))
        client.poll()
        stream.room = 10_000
        client.poll()
        assert stream.sent.endswith(bytes(2000))

    def test_an_answer_outlives_a_broken_upload(self) -> None:
        """The server answers, closes, and resets what we still send."""
        client, stream = fake()
        client.request_raw(POST, "/", [], b"body")
        stream.write = broken  # type: ignore[method-assign,assignment]
        assert client.poll() is Error.ERR_CONNECTION_ERROR
        assert client.get_error_reason() == "cannot send: Broken pipe, before it answered"

        client, stream = fake()
        client.request_raw(POST, "/", [], b"body")

        def answer_and_break(_: Sequence[bytes | memoryview]) -> int:
            stream.events.append(b"HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n")
            raise NetworkError("cannot send: Broken pipe")

        stream.write = answer_and_break  # type: ignore[method-assign,assignment]
        assert client.poll() is Error.OK
        assert client.get_response_code() == 400
        assert read(client) == b""
        assert is_spent(client)


def broken(_: Sequence[bytes | memoryview]) -> int:
    raise NetworkError("cannot send: Broken pipe")


class TestRefusedUploads:
    """A code of 400 or above ends the upload; one below may come from a server that reads on."""

    @pytest.mark.parametrize(("code", "goes_on"), [(399, True), (400, False), (500, False)])
    def test_by_code(self, code: int, goes_on: bool) -> None:
        client, stream = fake(b"HTTP/1.1 %d X\r\nContent-Length: 2\r\n\r\n" % code, room=1000)
        client.request_raw(POST, "/", [], bytes(5000))
        poll(client)
        stream.room = 10_000
        client.poll()
        assert (client.get_request_body_sent() == 5000) is goes_on
        assert (len(stream.sent) == 1000) is not goes_on
        stream.events.append(b"no")
        assert read(client) == b"no"
        assert is_spent(client) is not goes_on

    def test_400_to_a_streamed_one(self) -> None:
        client, stream = fake(b"HTTP/1.1 400 X\r\nContent-Length: 0\r\n\r\n")
        client.request_stream(POST, "/", [])
        poll(client)
        sent = stream.sent
        assert client.send_body_chunk(b"x") is Error.ERR_UNAVAILABLE
        assert (read(client), client.get_response_code()) == (b"", 400)
        assert stream.sent == sent
        assert is_spent(client)


class TestStreamedUploads:
    def test_chunked(self, server: Server) -> None:
        client = connect(server.port)
        assert client.request_stream(POST, "/echo", []) is Error.OK
        assert (client.get_request_body_length(), client.get_request_body_sent()) == (-1, 0)
        for piece in (b"hel", b"", b"lo"):
            assert client.send_body_chunk(piece) is Error.OK
            client.poll()
        assert client.get_request_body_sent() == 5
        assert client.get_status() is Status.STATUS_REQUESTING
        assert client.end_body() is Error.OK
        poll(client)
        assert (read(client), client.get_request_body_length()) == (b"hello", 5)
        assert get(client, "/hello") == b"hello, world\n"  # over the same connection
        client.close()

    def test_of_a_told_length(self) -> None:
        client, stream = fake()
        client.request_stream(POST, "/", [], 5)
        client.send_body_chunk(b"hel")
        with pytest.raises(LocalError, match="declared as 5, but 3 bytes came"):
            client.end_body()
        with pytest.raises(LocalError, match="declared as 5, but 6 bytes are given"):
            client.send_body_chunk(b"lo!")
        assert client.get_error_reason() == "the body's length is declared as 5, but 6 bytes are given"
        client.send_body_chunk(b"lo")
        assert client.end_body() is Error.OK
        client.poll()
        assert stream.sent.endswith(b"\r\n\r\nhello")
        assert b"Content-Length: 5\r\n" in stream.sent
        stream.events.append(HELLO)
        assert (poll(client), read(client)) == (Error.OK, b"hello")
        assert client.get_status() is Status.STATUS_CONNECTED

    def test_a_backlog_has_an_end(self) -> None:
        client, stream = fake(room=0)
        client.request_stream(POST, "/", [])
        taken = 0
        while client.send_body_chunk(bytes(100_000)) is Error.OK:
            taken += 1
        assert taken == 11
        stream.room = 1 << 30
        client.poll()
        assert client.get_request_body_sent() == 1_100_000
        taken = 0
        while client.send_body_chunk(b"x") is Error.OK:  # nor are many small ones taken
            taken += 1
        assert taken < 256

    def test_out_of_place(self) -> None:
        client, _ = fake(HELLO)
        calls: list[Callable[[], Error]] = [lambda: client.send_body_chunk(b"x"), client.end_body]
        for call in calls:
            with pytest.raises(LocalError, match=r"needs request_stream\(\) before it; the status is STA"):
                call()
        client.request_stream(POST, "/", [])
        client.end_body()
        with pytest.raises(LocalError, match="needs request_stream"):
            client.send_body_chunk(b"x")

    def test_a_refusal_ends_it(self) -> None:
        client, _ = fake(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
        client.request_stream(POST, "/", [])
        client.send_body_chunk(b"x")
        poll(client)
        assert [client.send_body_chunk(b"x"), client.end_body()] == [Error.ERR_UNAVAILABLE] * 2
        assert (read(client), client.get_response_code()) == (b"", 413)

    def test_an_early_answer_that_refuses_nothing(self) -> None:
        """It may answer while it reads, as an echo does: the rest is sent."""
        client, stream = fake(OK + b"Content-Length: 4\r\n\r\nab", room=1000)
        client.request_raw(POST, "/", [], bytes(10_000))
        poll(client)
        assert client.read_response_body_chunk() == b"ab"
        stream.room = 1 << 20
        client.poll()
        assert client.get_request_body_sent() == 10_000
        stream.events.append(b"cd")
        assert read(client) == b"cd"
        assert client.get_status() is Status.STATUS_CONNECTED

    def test_blocking_mode_waits_for_no_body_of_ones_own(self) -> None:
        client, stream = fake()
        stream.wait = lambda **_: pytest.fail("it waits")  # type: ignore[method-assign]
        client.set_blocking_mode(True)
        client.request_stream(POST, "/", [])
        assert client.poll() is Error.OK

    def test_progress(self) -> None:
        client, stream = fake(room=300)
        client.request_raw(POST, "/", ["Transfer-Encoding: chunked"], bytes(1000))
        client.poll()
        sent = client.get_request_body_sent()
        assert (0 < sent < 300, client.get_request_body_length()) == (True, 1000)
        stream.room = 100
        client.poll()
        assert client.get_request_body_sent() == sent + 100
        client.close()
        assert (client.get_request_body_sent(), client.get_request_body_length()) == (0, -1)

    def test_refused_with_a_reset(self) -> None:
        """413, close, and a RST for what still comes: the answer is read."""
        answer = b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig"
        read_it = threading.Event()
        script: list[Step] = [ReadRequest(body=False), answer, HalfClose(), Await(read_it.is_set), Reset()]
        with ScriptedServer(script) as server:
            client = connect(server.port)
            client.request_raw(POST, "/", [], bytes(50_000_000))
            assert poll(client) is Error.OK
            read_it.set()
            assert (client.get_response_code(), read(client)) == (413, b"big")
            assert client.get_request_body_sent() < 50_000_000
            assert is_spent(client)


class TestExpect:
    @pytest.mark.parametrize("blocking", [False, True])
    def test_the_body_waits(self, blocking: bool) -> None:
        looked = threading.Event()
        seen = partial(waits_for_network, threading.current_thread()) if blocking else looked.is_set
        go_on: list[Step] = [Await(seen), b"HTTP/1.1 100 Continue\r\n\r\n"]
        with ScriptedServer([ReadRequest(body=False), *go_on, ReadRequest(), HELLO, ReadOn()]) as server:
            client = connect(server.port)
            client.set_blocking_mode(blocking)
            client.request(POST, "/", ["Expect: 100-continue"], "body")
            client.poll()
            assert blocking or client.get_request_body_sent() == 0
            looked.set()
            poll(client)
            assert read(client) == b"hello"
            assert client.get_request_body_sent() == 4
            assert client.get_status() is Status.STATUS_CONNECTED
            client.close()

    @pytest.mark.parametrize("blocking", [False, True])
    def test_but_not_for_ever(self, blocking: bool) -> None:
        """A second, as in curl."""
        clock = Clock()
        stream = PacedStream(clock, (2, HELLO))
        client = attached(stream, clock)
        client.set_blocking_mode(blocking)
        client.request(POST, "/", ["Expect: 100-continue"], "body")
        while client.get_status() is Status.STATUS_REQUESTING:
            client.poll()
            if not blocking:
                clock.advance(1 / 64)
        assert stream.writes == [(100, stream.sent[:-4]), (101, b"body")]
        assert read(client) == b"hello"

    @pytest.mark.parametrize("code", [200, 404])
    def test_a_final_answer_instead(self, code: int) -> None:
        """Whatever it says: who answers without having asked for the body does not want it."""
        client, stream = fake(b"HTTP/1.1 %d X\r\nContent-Length: 2\r\n\r\nhi" % code)
        client.request(POST, "/", ["Expect: 100-continue"], "body")
        poll(client)
        client.poll()
        assert read(client) == b"hi"
        assert stream.sent.endswith(b"\r\n\r\n")
        assert client.get_request_body_sent() == 0
        assert is_spent(client)

    @pytest.mark.parametrize("code", [200, 404])
    def test_a_final_answer_instead_to_a_streamed_one(self, code: int) -> None:
        client, _ = fake(b"HTTP/1.1 %d X\r\nContent-Length: 2\r\n\r\nhi" % code)
        client.request_stream(POST, "/", ["Expect: 100-continue"])
        client.send_body_chunk(b"x")
        poll(client)
        assert [client.send_body_chunk(b"y"), client.end_body()] == [Error.ERR_UNAVAILABLE] * 2
        assert read(client) == b"hi"
        assert is_spent(client)

    def test_a_final_answer_makes_it_needless(self) -> None:
        client, stream = fake(b"HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n")
        client.request(POST, "/", ["Expect: 100-continue"], "body")
        poll(client)
        assert (read(client), client.get_response_code()) == (b"", 417)
        assert stream.sent.endswith(b"\r\n\r\n")
        assert is_spent(client)
