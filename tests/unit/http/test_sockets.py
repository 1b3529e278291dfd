"""The TCP driver, over real sockets."""

import select
import socket
import time
from collections.abc import Callable, Iterator

import pytest
from tests.loopback.scripted import HalfClose, Pause, ReadRequest, Reset, ScriptedServer

from pythonscript_http.net.sockets import TcpNetwork, TcpPending, TcpStream
from pythonscript_http.net.stream import WOULD_BLOCK, Address, NetworkError, Readiness

HERE = Address(socket.AF_INET, ("127.0.0.1", 0))
ALSO_HERE = Address(socket.AF_INET6, ("::1", 0, 0, 0))


def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Waits until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.001)


def established(pending: TcpPending) -> TcpStream:
    """Waits for a connection."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        pending.wait(0.1)
        stream = pending.poll()
        if stream is not None:
            return stream
    raise AssertionError("no connection within 5 s")


@pytest.fixture
def pair() -> Iterator[tuple[TcpStream, socket.socket]]:
    """A stream, and the other end of it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stream = established(TcpNetwork().connect([HERE], listener.getsockname()[1]))
        peer, _ = listener.accept()
        with peer:
            yield stream, peer
            stream.close()


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


class TestStream:
    def test_reading(self, pair: tuple[TcpStream, socket.socket]) -> None:
        stream, peer = pair
        view = memoryview(bytearray(4))
        assert stream.peek() is Readiness.QUIET
        assert stream.read_into(view) == WOULD_BLOCK
        peer.sendall(b"hello")
        until(lambda: stream.peek() is Readiness.DATA)
        assert (stream.read_into(view), bytes(view)) == (4, b"hell")
        assert (stream.read_into(view), bytes(view[:1])) == (1, b"o")

    def test_the_end_shows_when_nothing_is_left(self, pair: tuple[TcpStream, socket.socket]) -> None:
        stream, peer = pair
        peer.sendall(b"x")
        peer.shutdown(socket.SHUT_WR)
        view = memoryview(bytearray(4))
        until(lambda: stream.peek() is Readiness.DATA)
        assert stream.read_into(view) == 1
        until(lambda: stream.peek() is Readiness.ENDED)
        assert stream.read_into(view) == 0

    def test_a_reset(self) -> None:
        with ScriptedServer([ReadRequest(), Reset()]) as server:
            stream = established(TcpNetwork().connect([HERE], server.port))
            stream.write([b"GET / HTTP/1.1\r\n\r\n"])
            until(lambda: stream.peek() is Readiness.ENDED)
            stream.close()
            stream = established(TcpNetwork().connect([HERE], server.port))
            stream.write([b"GET / HTTP/1.1\r\n\r\n"])
            assert stream.wait(write=False, timeout=5)
            with pytest.raises(NetworkError, match="cannot receive: Connection reset by peer"):
                stream.read_into(memoryview(bytearray(1)))
            with pytest.raises(NetworkError, match="cannot send: "):
                stream.write([b"x", b"y"])
            stream.close()

    def test_writing_takes_what_the_kernel_takes(self, pair: tuple[TcpStream, socket.socket]) -> None:
        stream, peer = pair
        data = memoryview(bytes(range(256)) * 262144)  # 64 MiB
        sent = stream.write([b"head", data])
        assert 0 < sent < len(data)
        while (more := stream.write([data[sent - 4 :]])) > 0:
            sent += more
        assert not stream.wait(write=True, timeout=0)
        peer.settimeout(5)
        got = bytearray()
        while len(got) < sent:
            got += peer.recv(1 << 20)
        assert got[:4] == b"head"
        assert got[4:] == data[: sent - 4]
        assert stream.wait(write=True, timeout=5)

    def test_waiting_is_bounded_and_wakes(self, pair: tuple[TcpStream, socket.socket]) -> None:
        stream, peer = pair
        begun = time.monotonic()
        assert not stream.wait(write=False, timeout=0.05)
        assert 0.04 < time.monotonic() - begun < 1
        peer.sendall(b"x")
        assert stream.wait(write=False, timeout=5)

    def test_small_packets_do_not_wait(self, pair: tuple[TcpStream, socket.socket]) -> None:
        """R27."""
        stream, _ = pair
        with socket.socket(fileno=socket.dup(stream.fileno())) as copy:
            assert copy.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

    def test_its_descriptor_can_be_waited_for(self, pair: tuple[TcpStream, socket.socket]) -> None:
        stream, peer = pair
        assert select.select([stream.fileno()], [], [], 0) == ([], [], [])
        peer.sendall(b"x")
        assert select.select([stream.fileno()], [], [], 5)[0] == [stream.fileno()]


class TestPending:
    def test_nobody_listens(self) -> None:
        port = closed_port()
        pending = TcpNetwork().connect([HERE], port)
        with pytest.raises(NetworkError, match=f"cannot connect to 127.0.0.1:{port}: Connection refused"):
            established(pending)

    def test_the_next_address_is_tried(self) -> None:
        with ScriptedServer([Pause(5)]) as server:
            stream = established(TcpNetwork().connect([ALSO_HERE, HERE], server.port))
            stream.close()

    def test_every_failure_is_told(self) -> None:
        port = closed_port()
        with pytest.raises(NetworkError, match=rf"\[::1\]:{port}: .*; 127.0.0.1:{port}: Connection refused"):
            established(TcpNetwork().connect([ALSO_HERE, HERE], port))

    def test_an_address_that_fails_at_once(self) -> None:
        broadcast = Address(socket.AF_INET, ("255.255.255.255", 0))
        with ScriptedServer([Pause(5)]) as server:
            established(TcpNetwork().connect([broadcast, HERE], server.port)).close()
            with pytest.raises(NetworkError, match=r"cannot connect to 255\.255\.255\.255:80: \w+"):
                established(TcpNetwork().connect([broadcast], 80))

    def test_silence_has_an_end(self) -> None:
        """A listener whose queue is full answers nobody."""
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            listener.listen(0)
            port = listener.getsockname()[1]
            queue = [TcpNetwork().connect([HERE], port) for _ in range(4)]
            pending = TcpNetwork(connect_timeout=0.1).connect([HERE], port)
            begun = time.monotonic()
            with pytest.raises(NetworkError, match=r"no answer within 0\.1 s"):
                established(pending)
            assert time.monotonic() - begun < 2
            for one in queue:
                one.close()

    def test_giving_up(self) -> None:
        with ScriptedServer([HalfClose(), Pause(5)]) as server:
            pending = TcpNetwork().connect([HERE], server.port)
            pending.close()
            with pytest.raises(NetworkError):
                pending.poll()
