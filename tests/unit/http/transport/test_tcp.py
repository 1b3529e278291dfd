"""Connections, over real sockets."""

import select
import socket
import threading
from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from tests.loopback.network import SECONDS, until, waits_for_network
from tests.loopback.scripted import ReadRequest, Reset, ScriptedServer

from pythonscript_http.transport import system
from pythonscript_http.transport.stream import WOULD_BLOCK, NetworkError, Readiness
from pythonscript_http.transport.tcp import SocketStream

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

Pair = tuple[SocketStream, socket.socket]


@pytest.fixture(params=["tcp", "unix"])
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    """A stream, and the other end of it."""
    if request.param == "unix":
        ours, theirs = socket.socketpair()
    else:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            ours = socket.create_connection(listener.getsockname())
            theirs, _ = listener.accept()
    ours.setblocking(False)
    stream = SocketStream(ours)
    with theirs:
        yield stream, theirs
    stream.close()


def test_reading(pair: Pair) -> None:
    stream, peer = pair
    view = memoryview(bytearray(4))
    assert stream.peek() is Readiness.QUIET
    assert stream.read_into(view) == WOULD_BLOCK
    peer.sendall(b"hello")
    until(lambda: stream.peek() is Readiness.DATA)
    assert (stream.read_into(view), bytes(view)) == (4, b"hell")
    assert (stream.read_into(view), bytes(view[:1])) == (1, b"o")


@pytest.mark.parametrize("half", [True, False])
def test_the_end_shows_when_nothing_is_left(pair: Pair, half: bool) -> None:
    """A peer that sends no more ends a connection, whether it still reads or not: it can't answer."""
    stream, peer = pair
    peer.sendall(b"x")
    if half:
        peer.shutdown(socket.SHUT_WR)
    else:
        peer.close()
    view = memoryview(bytearray(4))
    until(lambda: stream.peek() is Readiness.DATA)
    assert stream.read_into(view) == 1
    until(lambda: stream.peek() is Readiness.ENDED)
    assert stream.read_into(view) == 0


def test_a_peer_that_leaves_unread_what_it_got(pair: Pair) -> None:
    stream, peer = pair
    stream.write([b"request"])
    select.select([peer], [], [], 5)
    peer.close()
    until(lambda: stream.peek() is Readiness.ENDED)
    with pytest.raises(NetworkError, match="cannot receive: Connection reset by peer"):
        stream.read_into(memoryview(bytearray(1)))


def test_a_reset() -> None:
    with ScriptedServer([ReadRequest(), Reset()]) as server:
        connected = socket.create_connection(("127.0.0.1", server.port), 10)
        connected.setblocking(False)
        stream = SocketStream(connected)
        stream.write([b"GET / HTTP/1.1\r\n\r\n"])
        until(lambda: stream.peek() is Readiness.ENDED)
        for buffers in ([b"x"], [b"x", b"y"]):
            with pytest.raises(NetworkError, match="cannot send: Broken pipe"):
                stream.write(buffers)
        stream.close()


def test_writing_takes_what_the_kernel_takes(pair: Pair) -> None:
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


class Greedy(socket.socket):
    """A socket whose peer takes all that it gets."""

    def send(self, data: "ReadableBuffer", *_: int) -> int:
        return memoryview(data).nbytes

    def sendmsg(self, buffers: "Iterable[ReadableBuffer]", *_: Any) -> int:
        return sum(memoryview(data).nbytes for data in buffers)


@pytest.mark.parametrize(
    "sizes", [[5 << 20], [2 << 20], [100, 5 << 20], [2 << 20, 1], [1 << 20] * 5, [100_000] * 256, [3, 5]]
)
def test_a_write_takes_no_more_than_a_poll_has_time_for(sizes: list[int]) -> None:
    with Greedy() as greedy:
        stream = SocketStream(greedy)
        assert stream.write([memoryview(bytes(size)) for size in sizes]) == min(sum(sizes), 2 << 20)


def test_waiting_is_bounded(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    def sleep(milliseconds: float) -> list[tuple[int, int]]:
        slept.append(milliseconds)
        return []

    waits = SimpleNamespace(register=lambda *_: None, poll=sleep)
    monkeypatch.setattr(system, "poller", lambda: waits)
    assert not pair[0].wait(write=False, timeout=1.5)
    assert slept == [1500]


def test_waking_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """`select(2)`: a socket that is reported as ready may block all the same."""
    waits = SimpleNamespace(register=lambda *_: None, poll=lambda _: [(0, system.HANGUP)])
    monkeypatch.setattr(system, "poller", lambda: waits)
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours, theirs:
        assert SocketStream(ours).peek() is Readiness.QUIET


def test_what_comes_wakes_who_waits(pair: Pair) -> None:
    stream, peer = pair
    assert not stream.wait(write=False, timeout=0.01)
    woken: list[bool] = []
    waiting = threading.Thread(target=lambda: woken.append(stream.wait(write=False, timeout=SECONDS)))
    waiting.start()
    until(lambda: waits_for_network(waiting))
    peer.sendall(b"x")
    waiting.join(SECONDS)
    assert woken == [True]


def test_what_waits_is_counted(pair: Pair) -> None:
    stream, theirs = pair
    assert stream.available() == 0
    theirs.sendall(b"hello")
    assert stream.wait(write=False, timeout=5)
    assert stream.available() == 5
    stream.close()
    assert stream.available() == 0


def test_closing_wakes_who_waits(pair: Pair) -> None:
    stream, _ = pair
    woken = threading.Event()

    def wait() -> None:
        stream.wait(write=False, timeout=600)
        woken.set()

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    until(lambda: waits_for_network(waiting))
    stream.close()
    assert woken.wait(SECONDS)


def test_its_descriptor_can_be_waited_for(pair: Pair) -> None:
    stream, peer = pair
    assert select.select([stream.fileno()], [], [], 0) == ([], [], [])
    peer.sendall(b"x")
    assert select.select([stream.fileno()], [], [], 5)[0] == [stream.fileno()]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_whom_it_is_connected_to(host: str) -> None:
    with ScriptedServer([ReadRequest()], host=host) as server:
        stream = SocketStream(socket.create_connection((host, server.port)))
        assert stream.peer_address == f"[::1]:{server.port}" if ":" in host else f"{host}:{server.port}"
        stream.close()
        assert stream.peer_address == ""


def test_what_only_tls_has(pair: Pair) -> None:
    stream, peer = pair
    assert stream.write([b"hello"]) == 5
    assert (stream.flowed(), stream.truncated, stream.tls, stream.peekable) == (False, False, None, True)
    peer.close()
    until(lambda: stream.peek() is Readiness.ENDED)
    assert not stream.truncated
