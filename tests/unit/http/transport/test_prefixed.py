"""Connections that have been read too far."""

import socket

from tests.unit.http.fakes import FakeStream

from pythonscript_http.transport.prefixed import PrefixedStream
from pythonscript_http.transport.stream import WOULD_BLOCK, Readiness, TlsInfo
from pythonscript_http.transport.tcp import SocketStream


def test_what_was_read_comes_first() -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours, theirs:
        stream = PrefixedStream(SocketStream(ours), b"hello")
        view = memoryview(bytearray(4))
        assert stream.fileno() == ours.fileno()
        assert stream.available() == 5
        assert (stream.peek(), stream.wait(write=False, timeout=0)) == (Readiness.DATA, True)
        assert not stream.quiet()
        assert (stream.read_into(view), bytes(view)) == (4, b"hell")
        assert (stream.read_into(view), bytes(view[:1])) == (1, b"o")
        assert (stream.peek(), stream.wait(write=False, timeout=0)) == (Readiness.QUIET, False)
        assert stream.quiet()
        assert stream.read_into(view) == WOULD_BLOCK
        theirs.send(b"more")
        assert stream.available() == 4
        assert (stream.read_into(view), bytes(view)) == (4, b"more")
        assert stream.write([b"a", b"b"]) == 2
        assert theirs.recv(10) == b"ab"
        stream.close()
        assert theirs.recv(1) == b""


def test_the_rest_is_that_of_the_connection() -> None:
    class Below(FakeStream):
        peekable = False
        truncated = True
        tls: TlsInfo | None = TlsFacts()

        def flowed(self) -> bool:
            return True

    below = Below()
    stream = PrefixedStream(below, b"x")
    assert (stream.peekable, stream.truncated, stream.flowed()) == (False, True, True)
    assert (stream.tls, stream.peer_address) == (below.tls, below.peer_address)


class TlsFacts:
    version = cipher = alpn = certificate = ""
    resumed = False
    pins = ()
