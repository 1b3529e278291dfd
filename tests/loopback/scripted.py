"""A raw-socket server that plays a script: bytes, pauses, half-closes, resets.

    with ScriptedServer([ReadRequest(), b"HTTP/1.1 204 No Content\\r\\n\\r\\n"]) as server:
        ...  # talk to 127.0.0.1, server.port
    assert server.received[0].startswith(b"GET / ")

As a program it plays one script of bytes to every connection: `python -m tests.loopback.scripted FILE`.
"""

import contextlib
import re
import socket
import struct
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Self

SECONDS: Final = 30.0
"""No step takes longer; a client that hangs fails its test and not the machine."""


@dataclass(frozen=True)
class ReadRequest:
    """Reads until the end of a request, or of the connection."""

    body: bool = True
    """With its body, as Content-Length or chunked coding tell. False: to the end of the header block."""


@dataclass(frozen=True)
class Drip:
    """Sends bytes in pieces, each in a packet of its own."""

    data: bytes
    size: int = 1
    pause: float = 0.0
    """Seconds between pieces."""


@dataclass(frozen=True)
class Pause:
    """Does nothing for a while; `close()` cuts it short."""

    seconds: float


@dataclass(frozen=True)
class Await:
    """Does nothing until something is so; `close()` does not wait for that."""

    condition: Callable[[], object]


@dataclass(frozen=True)
class HalfClose:
    """Ends the sending side (FIN), and goes on reading."""


@dataclass(frozen=True)
class Reset:
    """Ends the connection with a RST."""


Step = bytes | ReadRequest | Drip | Pause | Await | HalfClose | Reset


class ScriptedServer:
    """Plays a script to each connection; at its end it closes the connection.

    Args:
        script: steps for every connection.
        scripts: steps for the first connection, the second, and so on; the last one for all that follow.
        host: an address of the loopback interface.
    """

    def __init__(
        self, script: Sequence[Step] = (), *, scripts: Sequence[Sequence[Step]] = (), host: str = "127.0.0.1"
    ) -> None:
        self._scripts = list(scripts) or [script]
        self._stop = threading.Event()
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.create_server((host, 0), family=family)
        self._threads: list[threading.Thread] = []
        self.port: int = self._listener.getsockname()[1]
        self.received: list[bytes] = []
        """What each connection brought, in the order of the connections."""

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stops, and waits for what is under way."""
        self._stop.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(SECONDS)

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stop.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            number = len(self.received)
            self.received.append(b"")
            self._start(self._play, connection, number)

    def _play(self, connection: socket.socket, number: int) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.settimeout(SECONDS)
        unread = b""
        with connection, contextlib.suppress(OSError):  # the client may leave at any time
            for step in self._scripts[min(number, len(self._scripts) - 1)]:
                match step:
                    case bytes():
                        connection.sendall(step)
                    case Drip(data, size, pause):
                        for start in range(0, len(data), size):
                            connection.sendall(data[start : start + size])
                            self._stop.wait(pause)
                    case ReadRequest(body):
                        unread = self._read_request(connection, number, unread, body=body)
                    case Pause(seconds):
                        self._stop.wait(seconds)
                    case Await(condition):
                        while not condition() and not self._stop.wait(0.001):
                            pass
                    case HalfClose():
                        connection.shutdown(socket.SHUT_WR)
                    case Reset():
                        linger = struct.pack("ii", 1, 0)
                        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                        return

    def _read_request(self, connection: socket.socket, number: int, unread: bytes, *, body: bool) -> bytes:
        """Reads one request; gives what came beyond it."""
        data = unread
        while (end := _request_end(data, body=body)) < 0:
            more = connection.recv(65536)
            if not more:
                return b""
            self.received[number] += more
            data += more
        return data[end:]


def _request_end(data: bytes, *, body: bool) -> int:
    """Where the first request ends; -1: it has not all come."""
    head_end = data.find(b"\r\n\r\n") + 4
    if head_end < 4:
        return -1
    if not body:
        return head_end
    head = data[:head_end].lower()
    if re.search(rb"\ntransfer-encoding:.*chunked", head):
        last = data.find(b"\r\n0\r\n\r\n", head_end - 2)
        return last + 7 if last >= 0 else -1
    length = re.search(rb"\ncontent-length: *(\d+)", head)
    end = head_end + (int(length[1]) if length else 0)
    return end if len(data) >= end else -1


def main(arguments: list[str]) -> None:
    """Plays the bytes of a file after each request, until its standard input ends; prints the port first."""
    import sys
    from pathlib import Path

    with ScriptedServer([ReadRequest(), Path(arguments[0]).read_bytes()]) as server:
        print(server.port, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])
