"""What tests of the network need besides servers: waiting with a bound, ports that answer in odd ways."""

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pythonscript_http.net.stream import Pending, Stream

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


def closed_port() -> int:
    """A port where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@contextlib.contextmanager
def listening(*hosts: str, backlog: int = 16) -> Iterator[tuple[int, list[socket.socket]]]:
    """Listens on one port of several addresses; gives the port and the listeners."""
    for _ in range(50):
        with contextlib.ExitStack() as stack:
            port, listeners = 0, []
            try:
                for host in hosts:
                    family = socket.AF_INET6 if ":" in host else socket.AF_INET
                    one = socket.create_server((host, port), family=family, backlog=backlog)
                    listeners.append(stack.enter_context(one))
                    port = one.getsockname()[1]
            except OSError:  # taken on one of them
                continue
            yield port, listeners
            return
    raise AssertionError("no port is free on all of them")


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
