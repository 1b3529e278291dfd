"""A service as games talk to: calls in JSON, forms, redirects, event streams, files, uploads, and waiting.

with Service() as service:
    ...  # talk to 127.0.0.1, service.port
assert service.seen == [Seen("GET", "/json/1", b"")]

path                          answer
----------------------------  -------------------------------------------------------------------------
/json/N                       an object in JSON, and two cookies
/form                         what the form brought, in JSON
/moved/CODE/PATH              a redirect to /PATH
/away/PATH                    a redirect to /PATH by the host's other name
/last/PATH                    /PATH's answer, after which the connection closes, as the answer says
/bye/PATH                     /PATH's answer, after which the connection closes unannounced
/file/N                       N bytes of the pattern, or those from where a Range begins
/slow/N                       the same piecemeal, and the second half very slowly until /go was asked for
/go                           nothing; lets all of /slow/N come
/half/SECONDS/N               the first half of N bytes, and the rest so much later
/late/SECONDS/PATH            /PATH's answer, so much later
/events/FRAMING/COUNT/PART    events PART by PART, each part ended by closing; 204 after COUNT of them
/quiet/events/...             the same, with half a second of silence in the middle of each part
/silent/events/...            the same, with two seconds, for those who must not sleep through it
/sink                         the size and the CRC-32 of the request's body, which is not kept
"""

import hashlib
import json
import random
import threading
import time
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, NamedTuple, Self
from urllib.parse import parse_qsl

from .server import pattern

SECONDS: Final = 120.0
"""No request takes longer."""
PIECE: Final = 16384
"""Bytes that /slow/N sends at a time."""
SLOWLY: Final = 0.5
"""Seconds between two of them while it holds back."""
HEARTBEAT: Final = b": heartbeat\n\n"


class Seen(NamedTuple):
    """A request that came; the body is that of a form."""

    method: str
    path: str
    body: bytes


def event(number: int) -> tuple[str, str]:
    """The type and the data of an event; data has up to three lines, and text beyond ASCII."""
    lines = [f"{number}: λ €{'x' * (number * step % 200)}" for step in range(1, 2 + number % 3)]
    return ("tick" if number % 4 == 0 else "message"), "\n".join(lines)


def digest(count: int) -> str:
    """The SHA-256 of the events 1 to `count`, each as `id type data` and a line feed."""
    text = "".join(f"{number} {' '.join(event(number))}\n" for number in range(1, count + 1))
    return hashlib.sha256(text.encode()).hexdigest()


def _events(first: int, last: int) -> bytes:
    """Events as they are on the wire, with heartbeats between and all the freedoms that the format leaves."""
    blocks = []
    for number in range(first, last + 1):
        kind, data = event(number)
        end = "\r\n" if number % 5 == 0 else "\n"
        lines = [f"id: {number}"]
        if kind != "message":
            lines.insert(number % 2, f"event:{kind}")
        lines += [f"data: {line}" for line in data.split("\n")]
        blocks.append((end.join([*lines, "", ""])).encode())
        if number % 7 == 0:
            blocks.append(HEARTBEAT)
    return b"".join(blocks)


def _splits(data: bytes, chance: random.Random, longest: int) -> Iterator[bytes]:
    """Cuts at odd places, between the bytes of a character too."""
    start = 0
    while start < len(data):
        end = start + (1 if chance.random() < 0.1 else chance.randint(1, longest))
        yield data[start:end]
        start = end


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = SECONDS
    server: "_Listener"

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        parts = self.path.partition("?")[0].strip("/").split("/")
        body = b"" if parts == ["sink"] else self.rfile.read(length)
        self.server.seen.append(Seen(self.command, self.path, body))
        self._dispatch(parts, body, length)

    do_POST = do_GET  # noqa: N815 - the name that the base class calls

    def _dispatch(self, parts: list[str], body: bytes, length: int) -> None:
        match parts:
            case ["json", number]:
                self._json({"id": int(number), "name": f"item {number}", "text": "Grüße, €"})
            case ["form"]:
                fields = parse_qsl(body.decode(), keep_blank_values=True)
                self._json({"type": self.headers["Content-Type"], "fields": fields})
            case ["moved", code, *rest]:
                self._reply(int(code), b"see there", Location="/" + "/".join(rest))
            case ["away", *rest]:
                self._reply(302, Location=f"http://localhost:{self.server.server_port}/{'/'.join(rest)}")
            case ["last", *rest]:
                self.close_connection = True
                self._dispatch(rest, body, length)
            case ["bye", *rest]:
                self._dispatch(rest, body, length)
                self.close_connection = True  # said to nobody
            case ["file" | "slow" as speed, size]:
                self._file(int(size), slow=speed == "slow")
            case ["go"]:
                self.server.go.set()
                self._reply(204)
            case ["half", seconds, size]:
                content = b"".join(pattern(int(size)))
                self._begin(200, **{"Content-Length": size})
                self.wfile.write(content[: len(content) // 2])
                self.server.stop.wait(float(seconds))
                self.wfile.write(content[len(content) // 2 :])
            case ["late", seconds, *rest]:
                self.server.stop.wait(float(seconds))
                self._dispatch(rest, body, length)
            case ["events", framing, count, part]:
                self._stream(framing, int(count), int(part), quiet=0.0)
            case ["quiet" | "silent" as kind, "events", framing, count, part]:
                self._stream(framing, int(count), int(part), quiet=0.5 if kind == "quiet" else 2.0)
            case ["sink"]:
                self._json(self._sink(length))
            case _:
                self._reply(404)

    def _begin(self, code: int, **headers: str) -> None:
        self.send_response(code)
        if self.close_connection:
            headers["Connection"] = "close"
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _reply(self, code: int, body: bytes = b"", **headers: str) -> None:
        self._begin(code, **headers, **{"Content-Length": str(len(body))})
        self.wfile.write(body)

    def _json(self, value: object) -> None:
        body = json.dumps(value, ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", "Set-Cookie": "session=abc; Path=/"}
        self._reply(200, body, **headers)

    def _file(self, size: int, *, slow: bool) -> None:
        span = self.headers.get("Range", "bytes=0-")
        start = int(span.removeprefix("bytes=").removesuffix("-"))
        headers = {"Content-Length": str(size - start)}
        if start:
            headers["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
        self._begin(206 if start else 200, **headers)
        place = skip = start
        for block in pattern(size):
            rest = block[skip:]
            skip = max(0, skip - len(block))
            step = PIECE if slow else len(block)
            for piece in (rest[begin : begin + step] for begin in range(0, len(rest), step)):
                self.wfile.write(piece)
                place += len(piece)
                if slow and self._pause(second_half=place > size // 2):
                    return

    def _pause(self, *, second_half: bool) -> bool:
        """Lets the time between two pieces pass. True: the service is over."""
        if second_half:
            self.server.go.wait(SLOWLY)
        return self.server.stop.wait(0.01)

    def _stream(self, framing: str, count: int, part: int, *, quiet: float) -> None:
        first = int(self.headers.get("Last-Event-ID", "0")) + 1
        if first > count:
            self._begin(204)
            return
        self.close_connection = framing == "close"
        chance = random.Random(first)
        data = _events(first, min(first + part - 1, count))
        headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        if framing == "chunked":
            headers["Transfer-Encoding"] = "chunked"
            pieces = [b"%x\r\n%b\r\n" % (len(piece), piece) for piece in _splits(data, chance, 200)]
            data = b"".join(pieces) + b"0\r\n\r\n"
        self._begin(200, **headers)
        silent = len(data) // 2
        for number, piece in enumerate(_splits(data, chance, 300)):
            self.wfile.write(piece)
            silent -= len(piece)
            if quiet and -len(piece) < silent <= 0:
                self.server.stop.wait(quiet)
            elif number % 100 == 0:
                time.sleep(0.001)

    def _sink(self, length: int) -> dict[str, int]:
        checksum, left = 0, length
        buffer = memoryview(bytearray(1 << 20))
        while left and (size := self.rfile.readinto(buffer[:left])):
            checksum = zlib.crc32(buffer[:size], checksum)
            left -= size
        return {"size": length - left, "crc": checksum}

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True  # clients may leave at any time

    def finish(self) -> None:
        try:
            super().finish()
        except ConnectionError:
            self.close_connection = True

    def log_message(self, format: str, *_: object) -> None:  # noqa: A002 - the base class's name
        """Keeps silent."""


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[Seen] = []
        self.stop = threading.Event()
        self.go = threading.Event()


class Service:
    """The service in threads of its own.

    Attributes:
        port: where it listens, on 127.0.0.1.
        seen: the requests that came, in their order.
    """

    def __init__(self) -> None:
        self._listener = _Listener()
        self.port: int = self._listener.server_port
        self.seen = self._listener.seen
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.stop.set()
        self._listener.go.set()
        self._listener.shutdown()
        self._thread.join(10)
        self._listener.server_close()
