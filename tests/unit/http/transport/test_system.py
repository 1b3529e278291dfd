"""What each operating system does in its own way."""

import socket

from pythonscript_http.transport import system


def test_the_bytes_that_wait() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        assert system.available(ours) == 0
        theirs.sendall(b"hello")
        assert system.available(ours) == 5
        assert system.available(ours) == 5, "nothing is taken"
        ours.close()
        assert system.available(ours) == 0


def test_waiting_for_what_can_be_read_and_written() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        poller = system.poller()
        poller.register(ours, system.READABLE | system.WRITABLE)
        assert poller.poll(0) == [(ours.fileno(), system.WRITABLE)]
        theirs.sendall(b"hello")
        ((_, events),) = poller.poll(0)
        assert (events & system.READABLE, events & system.HANGUP) == (system.READABLE & events, 0)
        assert events & system.READABLE
        theirs.close()
        ((_, events),) = poller.poll(0)
        assert events & system.HANGUP
