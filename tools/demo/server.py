"""The demo's web server: HTTP/1.1 with keep-alive, on a free port of this machine only.

| request          | answer                                                      |
|------------------|-------------------------------------------------------------|
| GET, HEAD /      | a text: the request's headers, as they came in              |
| POST /           | the body that was sent                                      |
| GET /download    | 64 MiB                                                      |
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

BLOCK = bytes(range(256)) * 4096
BLOCKS = 64


class Handler(BaseHTTPRequestHandler):
    """Answers the requests of one connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and a small body leave in one packet
    timeout = 30  # seconds that a silent connection may take up a thread

    def do_GET(self) -> None:
        if self.path == "/download":
            self._answer("application/octet-stream", [BLOCK] * BLOCKS)
        else:
            seen = "".join(f"{name}: {value}\n" for name, value in sorted(self.headers.items()))
            self._answer("text/plain; charset=utf-8", [seen.encode()])

    do_HEAD = do_GET  # noqa: N815 - the name is http.server's

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self._answer(self.headers.get("Content-Type", "application/octet-stream"), [body])

    def _answer(self, content_type: str, body: list[bytes]) -> None:
        self.send_response_only(200)  # without the Date, in which two answers may differ
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(sum(map(len, body))))
        self.end_headers()
        if self.command != "HEAD":
            for block in body:
                self.wfile.write(block)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Says nothing: the demo's output is the client's."""


class Server(ThreadingHTTPServer):
    """Serves until it is shut down, and waits for no connection then."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Says nothing of a client that goes away; the client tells what it missed."""


@contextmanager
def serving() -> Iterator[int]:
    """Runs the server while the context lasts.

    Yields:
        Its port on 127.0.0.1.
    """
    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join(timeout=5)
