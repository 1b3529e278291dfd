"""A small, fast and real HTTP/1.1 server, on asyncio: keep-alive, pipelining, all framings of bodies.

    with Server() as server:
        ...  # talk to 127.0.0.1, server.port

As a program, `python -m tests.loopback.server [PORT]` prints its port and serves until its input ends.

    path               answer
    -----------------  --------------------------------------------------------------
    /hello             13 bytes under 12 header lines, as a usual server sends them
    /bytes/N           N bytes of a known pattern, with Content-Length
    /chunked/N/SIZE    the same in chunks of SIZE bytes
    /close/N           the same, ended by closing the connection
    /echo              the request's body, with its Content-Type
    /digest            the SHA-256 of the request's body, in hexadecimal
    /request           the request's head as it came
    /status/CODE       an empty answer with that status code
    /wait/SECONDS      an empty answer, later
"""

import asyncio
import contextlib
import hashlib
import sys
from collections.abc import Iterator
from typing import Final, Self

from .loop import LoopThread

PATTERN: Final = bytes(range(251)) * 262  # 65,762 bytes; 251 is prime, so that no block looks like the next

_HELLO_BODY: Final = b"hello, world\n"
_HELLO_HEAD: Final = (
    b"HTTP/1.1 200 OK\r\nServer: loopback/1.0\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 13\r\nConnection: keep-alive\r\n"
    b'Last-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\nETag: "69558c80-d"\r\nCache-Control: max-age=3600\r\n'
    b"Vary: Accept-Encoding\r\nX-Request-Id: 0123456789abcdef\r\n"
    b"Strict-Transport-Security: max-age=63072000\r\nAccept-Ranges: bytes\r\n\r\n"
)
_HELLO: Final = _HELLO_HEAD + _HELLO_BODY


def pattern(size: int) -> Iterator[bytes]:
    """The bytes that /bytes, /chunked and /close send, in blocks."""
    while size > 0:
        yield PATTERN[:size]
        size -= len(PATTERN)


class _Connection(asyncio.Protocol):
    """One client; requests are answered in their order."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._room = asyncio.Event()
        self._room.set()
        self._answering: asyncio.Task[None] | None = None
        self._continued = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._room.set()
        if self._answering is not None:
            self._answering.cancel()

    def pause_writing(self) -> None:
        self._room.clear()

    def resume_writing(self) -> None:
        self._room.set()

    def data_received(self, data: bytes) -> None:
        if not self._data and data.startswith(b"GET /hello ") and data.endswith(b"\r\n\r\n"):
            self._transport.write(_HELLO)  # the benchmarks' path
            return
        self._data += data
        if self._answering is None:
            self._next()

    def _next(self) -> None:
        """Begins to answer the next request, once it is there with its body."""
        self._answering = None
        data = self._data
        end = data.find(b"\r\n\r\n")
        if end < 0:
            return
        start, *lines = bytes(data[:end]).decode("latin-1").split("\r\n")
        method, target, _ = start.split(" ", 2)
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        if fields.get("expect") == "100-continue" and not self._continued:
            self._continued = True
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = self._body(fields, end + 4)
        if body is None:
            return
        self._continued = False
        close = fields.get("connection", "").lower() == "close"
        answer = self._answer(method, target, f"{start}\r\n" + "\r\n".join(lines), fields, body, close)
        self._answering = asyncio.get_running_loop().create_task(answer)

    def _body(self, fields: dict[str, str], start: int) -> bytes | None:
        """Cuts a request's body off the data; None while it has not all come."""
        data = self._data
        if fields.get("transfer-encoding", "").lower() == "chunked":
            pieces: list[bytes] = []
            while (line := data.find(b"\r\n", start)) >= 0:
                size = int(data[start:line], 16)
                start = line + 2 + size + 2
                if len(data) < start:
                    return None
                if size == 0:
                    del data[:start]
                    return b"".join(pieces)
                pieces.append(bytes(data[line + 2 : start - 2]))
            return None
        end = start + int(fields.get("content-length", "0"))
        if len(data) < end:
            return None
        body = bytes(memoryview(data)[start:end])
        del data[:end]
        return body

    async def _answer(
        self, method: str, target: str, head: str, fields: dict[str, str], body: bytes, close: bool
    ) -> None:
        """Answers one request."""
        path = target.partition("?")[0].strip("/").split("/")
        content_type = "application/octet-stream"
        status, content, length, chunked = "200 OK", iter([b""]), 0, False
        match path:
            case ["hello"]:
                content, length = iter([_HELLO_BODY]), len(_HELLO_BODY)
            case ["bytes", size]:
                content, length = pattern(int(size)), int(size)
            case ["chunked", size, of]:
                content, length, chunked = _chunks(int(size), int(of)), -1, True
            case ["close", size]:
                content, length, close = pattern(int(size)), -1, True
            case ["echo"]:
                content_type = fields.get("content-type", content_type)
                content, length = iter([body]), len(body)
            case ["digest"]:
                content, length = iter([hashlib.sha256(body).hexdigest().encode()]), 64
            case ["request"]:
                content, length = iter([head.encode("latin-1")]), len(head)
            case ["status", code]:
                status = f"{code} Status"
            case ["wait", seconds]:
                await asyncio.sleep(min(float(seconds), 60))
            case _:
                status = "404 Not Found"
        lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}"]
        if chunked:
            lines.append("Transfer-Encoding: chunked")
        elif length >= 0:
            lines.append(f"Content-Length: {length}")
        if close:
            lines.append("Connection: close")
        write = self._transport.write
        write("\r\n".join([*lines, "\r\n"]).encode("latin-1"))
        if method != "HEAD":
            for block in content:
                if self._transport.is_closing():  # the client has left
                    return
                write(block)
                await self._room.wait()
        if close:
            self._transport.close()
        else:
            self._next()


def _chunks(size: int, of: int) -> Iterator[bytes]:
    """The pattern in chunks, all alike and many at a time, which costs the server little."""
    chunk = _chunk(b"".join(pattern(of)))
    at_once = max(1, 65536 // of)
    whole, rest = divmod(size, of)
    for start in range(0, whole, at_once):
        yield chunk * min(at_once, whole - start)
    if rest:
        yield _chunk(b"".join(pattern(rest)))
    yield b"0\r\n\r\n"


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


class Server:
    """The server in a thread of its own.

    Args:
        port: 0 for a free one.
    """

    def __init__(self, port: int = 0) -> None:
        self._thread = LoopThread()
        make = self._thread.loop.create_server(_Connection, "127.0.0.1", port)
        self._server = self._thread.loop.run_until_complete(make)
        self.port: int = self._server.sockets[0].getsockname()[1]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.loop.call_soon_threadsafe(self._server.close)
        self._thread.close()


def main() -> None:
    """Serves until the standard input ends."""
    with (
        Server(int(sys.argv[1]) if len(sys.argv) > 1 else 0) as server,
        contextlib.suppress(KeyboardInterrupt),
    ):
        print(server.port, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
