"""Bodies decoded by the client: what is decoded, how much in one call, until when, and what is kept."""

import gc
import gzip
import itertools
import threading
import time
import zlib
from collections.abc import Callable

import pytest
from tests.loopback.network import until
from tests.loopback.responses import OK, answer
from tests.loopback.scripted import Drip, ReadRequest, ScriptedServer
from tests.loopback.server import pattern
from tests.unit.http.driving import GET, HEAD, connect, get, poll, read
from tests.unit.http.fakes import FakeStream, asking, fake
from tests.unit.http.http1.bodies import ENCODERS, HERE, hostile, records, window, zeros
from tests.unit.http.http1.driving import drain, fill, requesting

from pythonscript_http import Method, Status
from pythonscript_http.http1.codings import PIECE, WORK, Decoding
from pythonscript_http.http1.connection import Phase

CHUNKED = b"Transfer-Encoding: chunked\r\n"


class TestWhatIsDecoded:
    """RFC 9110 sections 8.4 and 14.4: a coding is a property of the whole, and of what one knows."""

    def test_a_part_is_handed_out_as_it_came(self) -> None:
        part = gzip.compress(b"hello" * 100)[10:20]
        fields = ("Content-Encoding: gzip", "Content-Range: bytes 10-19/40")
        client = asking(answer(part, *fields, status="206 Partial Content"))
        assert client.get_response_body_length() == 10
        assert read(client) == part
        assert client.get_status() is Status.STATUS_CONNECTED

    def test_a_whole_is_decoded_though_a_part_was_asked_for(self) -> None:
        whole = answer(gzip.compress(b"hello"), "Content-Encoding: gzip")
        assert read(asking(whole, headers=["Range: bytes=0-9"])) == b"hello"

    def test_the_transfer_coding_of_a_part_is_undone(self) -> None:
        coded = gzip.compress(b"hello")
        head = b"HTTP/1.1 206 Partial Content\r\nContent-Encoding: br\r\nTransfer-Encoding: gzip, chunked\r\n"
        client = asking(head + b"\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(coded), coded))
        assert read(client) == b"hello"

    @pytest.mark.parametrize(
        "names",
        ["none", "utf-8", "binary", "aws-chunked", "gzip, aws-chunked", "aws-chunked, gzip", "compress"],
    )
    def test_with_one_that_is_unknown_none_is_undone(self, names: str) -> None:
        coded = gzip.compress(b"hello")
        client = asking(answer(coded, f"Content-Encoding: {names}"))
        assert client.get_response_body_length() == len(coded)
        assert client.get_response_header("content-encoding") == names
        assert read(client) == coded
        assert client.get_status() is Status.STATUS_CONNECTED

    def test_names_are_compared_in_any_case(self) -> None:
        client = asking(answer(gzip.compress(b"hello"), "content-encoding: X-GZip, , Identity"))
        assert read(client) == b"hello"

    def test_an_unknown_transfer_coding_is_an_error(self) -> None:
        client = asking(OK + b"Transfer-Encoding: enigma, chunked\r\n\r\n0\r\n\r\n")
        assert client.get_error_reason() == "unknown transfer coding 'enigma'"

    @pytest.mark.parametrize("name", HERE)
    @pytest.mark.parametrize("blocking", [False, True])
    @pytest.mark.parametrize("framing", ["length", "chunked", "close"])
    def test_a_large_one(self, name: str, framing: str, blocking: bool) -> None:
        body = records(9000)
        coded = ENCODERS[name](body)
        head = OK + f"Content-Encoding: {name}\r\n".encode()
        pieces = [coded[at : at + 700] for at in range(0, len(coded), 700)]
        data = {
            "length": head + b"Content-Length: %d\r\n\r\n" % len(coded) + coded,
            "close": head + b"\r\n" + coded,
            "chunked": head
            + CHUNKED
            + b"\r\n"
            + b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
            + b"0\r\n\r\n",
        }[framing]
        for size in (1000, len(data)):
            events = [data[at : at + size] for at in range(0, len(data), size)]
            client = asking(*events, *([b""] if framing == "close" else []))
            client.set_blocking_mode(blocking)
            assert read(client) == body
            assert client.get_error_reason() == ""


class TestBombs:
    """Ratios are for those who set no limit."""

    def test_without_a_limit(self) -> None:
        client = asking(answer(gzip.compress(zeros("gzip", 20)), "Content-Encoding: gzip, gzip"))
        assert len(read(client)) < 20 << 20
        assert client.get_error_reason().startswith("the body is a gzip, gzip bomb: ")

    def test_with_a_limit(self) -> None:
        coded = gzip.compress(zeros("gzip", 20))
        fields = "Content-Encoding: gzip, gzip"
        assert read(asking(answer(coded, fields), max_body_size=20 << 20)) == bytes(20 << 20)
        client = asking(answer(coded, fields), max_body_size=(20 << 20) - 1)
        assert read(client) == bytes((20 << 20) - 1)
        assert client.get_error_reason() == f"the body is over the limit of {(20 << 20) - 1} bytes"


def charges(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What each call to a library is charged from here on."""
    work: list[int] = []
    charge = Decoding._charge

    def charged(decoding: Decoding, *arguments: object) -> None:
        before = decoding._work
        charge(decoding, *arguments)  # type: ignore[arg-type]
        work.append(before - decoding._work)

    monkeypatch.setattr(Decoding, "_charge", charged)
    return work


class TestOneCall:
    @hostile
    @pytest.mark.parametrize("framing", ["length", "tiny chunks"])
    def test_it_reads_little_and_ends(
        self, stack: list[str], make: Callable[[int], bytes], framing: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """However fast more comes. A read that gives nothing leaves the state as it is."""
        work = charges(monkeypatch)
        page = make(65536)[:65536]
        fields = f"Content-Encoding: {', '.join(stack)}\r\n".encode()
        if framing == "length":
            data = OK + fields + b"Content-Length: 9999999\r\n\r\n" + page * 3
        else:
            data = OK + fields + CHUNKED + b"\r\n" + b"".join(b"1\r\n%c\r\n" % byte for byte in page)
        client = asking(data)
        for _ in range(20):
            client.poll()
            if client.get_status() is not Status.STATUS_BODY:
                break  # a bomb, or bytes that do not repeat
            stream = client.connection()
            assert isinstance(stream, FakeStream)
            stream.views.clear()
            work.clear()
            began = time.thread_time()
            client.read_response_body_chunk()
            assert time.thread_time() - began < 1
            assert sum(work) <= 2 * WORK + len(stack) * 2 * PIECE
            assert len(stream.views) <= 2

    def test_what_had_come_and_what_comes_count_together(self, monkeypatch: pytest.MonkeyPatch) -> None:
        work = charges(monkeypatch)
        junk = gzip.compress(b"") + bytes(WORK - 5000)
        head = OK + b"Content-Encoding: gzip\r\nContent-Length: 999999\r\n\r\n"
        client = asking(head + junk, bytes(65536), bytes(65536))
        assert client.read_response_body_chunk() == b""
        assert WORK <= sum(work) <= WORK + 2 * PIECE

    def test_an_empty_one_goes_on(self) -> None:
        body = b"hello"
        coded = gzip.compress(b"") * 1000 + gzip.compress(body)
        client = asking(answer(coded, "Content-Encoding: gzip"))
        reads = []
        while client.get_status() is Status.STATUS_BODY:
            client.poll()
            reads.append(client.read_response_body_chunk())
        assert b"".join(reads) == body
        assert len(reads) > 2
        assert client.get_status() is Status.STATUS_CONNECTED

    def test_a_blocking_one_goes_on_by_itself(self) -> None:
        coded = gzip.compress(b"") * 1000 + gzip.compress(b"hello")
        client = asking(answer(coded, "Content-Encoding: gzip"))
        client.set_blocking_mode(True)
        assert client.read_response_body_chunk() == b"hello"
        assert client.get_status() is Status.STATUS_CONNECTED

    def test_br_that_is_malformed(self) -> None:
        client = asking(answer(b"\xff" * 9, "Content-Encoding: br"))
        assert read(client) == b""
        assert client.get_error_reason() == "malformed br coding: brotli: decoder failed"

    def test_br_that_fills_its_window(self) -> None:
        """Over a real thread; that the caller does not wait for it, is shown with one of our own."""
        client = asking(answer(window(), "Content-Encoding: br"), read_chunk_size=1 << 20)
        size = 0
        end = time.monotonic() + 60
        while client.get_status() is Status.STATUS_BODY:
            client.poll()
            size += len(client.read_response_body_chunk())
            assert time.monotonic() < end
        assert (size, client.get_error_reason()) == (1 << 24, "")


class TestDeadlines:
    @pytest.mark.parametrize("blocking", [False, True])
    def test_they_hold_while_a_body_is_decoded(self, blocking: bool) -> None:
        """Even if all of it is here: decoding may take longer than anybody wants to wait."""
        coded = gzip.compress(b"") * 100_000 + gzip.compress(b"hello")
        client = asking(answer(coded, "Content-Encoding: gzip"), total_timeout=10.0)
        now = itertools.count(client._timing.now())
        client._timing.now = lambda: float(next(now))  # a second passes whenever somebody looks
        client.set_blocking_mode(blocking)
        for _ in range(20):
            if client.get_status() is not Status.STATUS_BODY:
                break
            client.poll()
            if client.get_status() is Status.STATUS_BODY:
                assert client.read_response_body_chunk() == b""
        assert client.get_error_reason() == (
            f"not complete within 10 s (total_timeout), in the middle of the body: "
            f"{client._http.core._left} of {len(coded)} bytes are missing"
        )

    def test_close_in_another_thread_ends_it(self) -> None:
        """Decoding all of it would take some seconds, and would give the text at the end."""
        coded = gzip.compress(b"") * 1_000_000 + gzip.compress(b"hello")
        client = asking(answer(coded, "Content-Encoding: gzip"), blocking_mode_enabled=True)
        got: list[bytes] = []
        thread = threading.Thread(target=lambda: got.append(client.read_response_body_chunk()))
        thread.start()
        until(lambda: client._http.core.busy)
        client.close()
        thread.join(50)
        assert got == [b""]
        assert client.get_status() is Status.STATUS_DISCONNECTED

    def test_bytes_that_wait_for_their_decoding_are_not_idle(self) -> None:
        coded = gzip.compress(b"") * 1000 + gzip.compress(b"hello")
        client = asking(answer(coded, "Content-Encoding: gzip"), idle_timeout=5.0)
        now = itertools.count(client._timing.now(), 3)
        client._timing.now = lambda: float(next(now))
        assert read(client) == b"hello"


class TestWhatIsKept:
    """A decoder holds megabytes, and a client may live on for long."""

    def decoders(self) -> int:
        gc.collect()
        return sum(isinstance(one, Decoding) for one in gc.get_objects())

    @pytest.mark.parametrize("name", HERE)
    def test_nothing_once_the_body_has_ended(self, name: str) -> None:
        before = self.decoders()
        clients = [asking(answer(ENCODERS[name](b"x"), f"Content-Encoding: {name}")) for _ in range(3)]
        assert self.decoders() == before + 3
        for client in clients:
            assert read(client) == b"x"
            assert client.get_status() is Status.STATUS_CONNECTED
        assert self.decoders() == before

    @pytest.mark.parametrize(
        "data",
        [
            answer(gzip.compress(b"x")[:9], "Content-Encoding: gzip"),
            answer(b"this is no gzip", "Content-Encoding: gzip"),
            answer(gzip.compress(b"x"), "Content-Encoding: gzip")[:-1],
            OK + b"Content-Encoding: gzip\r\n" + CHUNKED + b"\r\n1\r\n\x1f\r\nx",
        ],
        ids=["cut short", "malformed", "lost", "malformed chunks"],
    )
    def test_nothing_once_it_has_failed(self, data: bytes) -> None:
        before = self.decoders()
        client = asking(data, b"")
        read(client)
        assert client.get_status() is Status.STATUS_CONNECTION_ERROR
        assert self.decoders() == before

    def test_nothing_once_it_was_closed(self) -> None:
        before = self.decoders()
        client = asking(answer(gzip.compress(b"x"), "Content-Encoding: gzip")[:-1])
        client.read_response_body_chunk()
        assert self.decoders() == before + 1
        client.close()
        assert self.decoders() == before

    def test_trailers_outlive_it(self) -> None:
        coded = gzip.compress(b"x")
        head = OK + b"Content-Encoding: gzip\r\n" + CHUNKED
        client = asking(head + b"\r\n%x\r\n%b\r\n0\r\nX-Sum: 1\r\n\r\n" % (len(coded), coded))
        assert read(client) == b"x"
        assert client.get_response_trailers() == ["X-Sum: 1"]


def test_the_next_answer_is_decoded_too() -> None:
    client = asking(answer(gzip.compress(b"one"), "Content-Encoding: gzip"))
    assert read(client) == b"one"
    stream = client.connection()
    assert isinstance(stream, FakeStream)
    client.request(GET, "/", [])
    client.poll()
    stream.events += [answer(zlib.compress(b"two"), "Content-Encoding: deflate")]
    poll(client)
    assert read(client) == b"two"


def test_a_machine_that_is_busy_has_unread_bytes() -> None:
    machine = requesting(decode=True)
    fill(machine, answer(gzip.compress(b"") * 1000 + gzip.compress(b"x"), "Content-Encoding: gzip"))
    assert not machine.busy
    view = memoryview(bytearray(100))
    assert machine.take(view) == 0
    assert machine.busy
    assert machine.unread
    assert machine.take(view, more=True) == 0  # its work is done
    while machine.busy:
        size = machine.take(view)
    assert bytes(view[:size]) == b"x"
    assert drain(machine, 10) == b""
    assert machine.phase is Phase.IDLE


class TestDecoding:
    @pytest.mark.parametrize("blocking", [False, True])
    @pytest.mark.parametrize("framing", ["length", "chunked", "close"])
    @pytest.mark.parametrize("size", [0, 1, 300_000])
    def test_every_framing(self, framing: str, size: int, blocking: bool) -> None:
        body = b"".join(pattern(size))
        coded = gzip.compress(body)
        head = OK + b"Content-Encoding: gzip\r\n"
        data = {
            "length": head + b"Content-Length: %d\r\n\r\n" % len(coded) + coded,
            "chunked": head
            + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(coded)
            + coded
            + b"\r\n0\r\n\r\n",
            "close": head + b"\r\n" + coded,
        }[framing]
        with ScriptedServer([ReadRequest(), Drip(data, 777)]) as server:
            client = connect(server.port)
            client.decode_body = True
            client.set_blocking_mode(blocking)
            client.read_chunk_size = 1000
            client.request(GET, "/", [])
            poll(client)
            assert (client.get_response_body_length(), client.get_response_header("content-encoding")) == (
                -1,
                "gzip",
            )
            pieces = []
            while client.get_status() is Status.STATUS_BODY:
                client.poll()
                pieces.append(client.read_response_body_chunk())
            assert b"".join(pieces) == body
            assert max(map(len, pieces)) <= 1000
            assert client.get_error_reason() == ""
            assert b"\r\nAccept-Encoding: gzip, deflate" in server.received[0]
            client.close()

    def test_only_on_request(self) -> None:
        coded = gzip.compress(b"hello")
        client, stream = fake(
            OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(coded) + coded
        )
        assert not client.decode_body
        assert get(client) == coded
        assert b"Accept-Encoding" not in stream.sent

    def test_cut_short(self) -> None:
        for framing in (b"Content-Length: 22\r\n", b""):
            coded = gzip.compress(b"hello" * 10)[:22]
            client, _ = fake(OK + b"Content-Encoding: gzip\r\n" + framing + b"\r\n" + coded, b"")
            client.decode_body = True
            client.request(GET, "/", [])
            poll(client)
            assert read(client) == b"hello" * 10
            assert client.get_error_reason() == "the body's gzip coding is cut short"

    def test_decoded_bytes_count(self) -> None:
        coded = gzip.compress(bytes(1000))
        client, _ = fake(OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(coded) + coded)
        client.decode_body, client.max_body_size = True, 999
        client.request(GET, "/", [])
        poll(client)
        assert read(client) == bytes(999)
        assert client.get_error_reason() == "the body is over the limit of 999 bytes"

    @pytest.mark.parametrize("method", [HEAD, GET])
    def test_no_body_is_no_mistake(self, method: Method) -> None:
        client, _ = fake(OK + b"Content-Encoding: gzip\r\nContent-Length: 0\r\n\r\n")
        client.decode_body = True
        assert get(client, "/", method) == b""
        assert client.get_status() is Status.STATUS_CONNECTED
