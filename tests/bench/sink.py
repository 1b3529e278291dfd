"""A TLS server that reads what is uploaded to its end, and answers then."""

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Iterator

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"
_ROOM = 1 << 18


@contextlib.contextmanager
def sink(context: ssl.SSLContext) -> Iterator[int]:
    """Takes uploads by TLS until the end of the block; gives its port."""
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_accept, args=(listener, context), daemon=True).start()
    yield int(listener.getsockname()[1])
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def _accept(listener: socket.socket, context: ssl.SSLContext) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_serve, args=(connection, context), daemon=True).start()


def _serve(connection: socket.socket, context: ssl.SSLContext) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with contextlib.suppress(OSError), contextlib.ExitStack() as stack:
        stack.enter_context(connection)
        connection = stack.enter_context(context.wrap_socket(connection, server_side=True))
        head = b""
        while b"\r\n\r\n" not in head:
            data = connection.recv(_ROOM)
            if not data:
                return
            head += data
        length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
        left = int(length[1] if length else 0) - (len(head) - head.index(b"\r\n\r\n") - 4)
        buffer = memoryview(bytearray(_ROOM))
        while left > 0:
            size = connection.recv_into(buffer)
            if not size:
                return
            left -= size
        connection.sendall(_ANSWER)
        connection.recv(1)  # until the client leaves
