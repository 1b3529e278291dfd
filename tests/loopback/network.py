"""What tests of the network need besides servers: waiting with a bound, ports that answer in odd ways."""

import contextlib
import functools
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pythonscript_http.transport.stream import Pending, Stream

SECONDS = 30.0
"""Nothing takes longer, unless something hangs."""


def until(condition: Callable[[], object], seconds: float = SECONDS) -> None:
    """Waits until something is so."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.001)


def established(pending: Pending, seconds: float = SECONDS) -> Stream:
    """Waits for a connection."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pending.wait(0.1)
        stream = pending.poll()
        if stream is not None:
            return stream
    raise AssertionError(f"no connection within {seconds:g} s")


def received(stream: Stream, size: int, seconds: float = SECONDS) -> bytes:
    """Reads so many bytes, or to the end."""
    end = time.monotonic() + seconds
    data = bytearray()
    view = memoryview(bytearray(size))
    while len(data) < size and time.monotonic() < end:
        if stream.wait(write=False, timeout=0.1):
            got = stream.read_into(view[: size - len(data)])
            if got == 0:
                break
            data += view[: max(got, 0)]  # it may wake for nothing
    return bytes(data)


def waits_for_network(thread: threading.Thread) -> bool:
    """Whether a thread sleeps in the system until something comes."""
    return "poll" in Path(f"/proc/self/task/{thread.native_id}/wchan").read_text()


def taken(connection: socket.socket) -> bool:
    """Whether the other end of a TCP connection over IPv4, on this machine, has read all that was sent."""
    ports = connection.getsockname()[1], connection.getpeername()[1]
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, *ends, _, queues = line.split()[:5]
        unsent, unread = (int(size, 16) for size in queues.split(":"))
        local, remote = (int(end.partition(":")[2], 16) for end in ends)
        if ((local, remote) == ports and unsent) or ((remote, local) == ports and unread):
            return False
    return True


def descriptors() -> int:
    """How many file descriptors this process has."""
    return len(list(Path("/proc/self/fd").iterdir()))


@functools.cache
def closed_port() -> int:
    """A port at which nobody listens: as long as this process lives, it is bound at all addresses."""
    four, six = _bound("0.0.0.0", "::")
    port: int = four.getsockname()[1]
    for one in (four, six):
        one.detach()  # nobody closes it
    return port


def free_port() -> int:
    """A port for a server that must be given one: of those that the system gives to nobody unasked."""
    for port in random.sample(range(20_000, 32_000), 100):
        with contextlib.suppress(OSError), _bind("127.0.0.1", port), _bind("::1", port):
            return port
    raise AssertionError("no port is free")


@contextlib.contextmanager
def listening(
    *hosts: str, backlog: int = 16, closed: Sequence[str] = ()
) -> Iterator[tuple[int, list[socket.socket]]]:
    """Listens on one port of several addresses; gives the port and the listeners.

    Args:
        hosts: the addresses.
        backlog: how many connections wait at each.
        closed: other addresses, where nobody is to listen on that port.
    """
    bound = _bound(*hosts, *closed)
    with contextlib.ExitStack() as stack:
        for one in bound:
            stack.enter_context(one)
        for one in bound[: len(hosts)]:
            one.listen(backlog)
        yield bound[0].getsockname()[1], bound[: len(hosts)]


def _bound(*hosts: str) -> list[socket.socket]:
    """Sockets that have one port of several addresses."""
    for _ in range(50):
        with contextlib.ExitStack() as stack, contextlib.suppress(OSError):  # taken on one of them
            port, bound = 0, []
            for host in hosts:
                bound.append(stack.enter_context(_bind(host, port)))
                port = bound[0].getsockname()[1]
            stack.pop_all()
            return bound
    raise AssertionError("no port is free on all of them")


def _bind(host: str, port: int) -> socket.socket:
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        if made.family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind((host, port))
    except OSError:
        made.close()
        raise
    return made


@contextlib.contextmanager
def blackholes(*hosts: str, answering: Sequence[str] = ()) -> Iterator[int]:
    """A port of several addresses that answers nobody: its listeners' queues are full.

    Args:
        hosts: the addresses.
        answering: other addresses, where the same port takes one connection.
    """
    with (
        listening(*hosts, *answering, backlog=0) as (port, listeners),
        contextlib.ExitStack() as stack,
    ):
        for listener in listeners[: len(hosts)]:
            for _ in range(2):  # one that stands in the queue, one beyond
                client = stack.enter_context(socket.socket(listener.family))
                client.setblocking(False)
                client.connect_ex(listener.getsockname())
        yield port
