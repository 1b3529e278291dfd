"""Connections that have been read too far."""

import socket

from pythonscript_http.transport.prefixed import Surplus
from pythonscript_http.transport.stream import WOULD_BLOCK, Readiness
from pythonscript_http.transport.tcp import SocketStream


def test_what_was_read_comes_first() -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours, theirs:
        stream = Surplus(SocketStream(ours), b"hello")
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
