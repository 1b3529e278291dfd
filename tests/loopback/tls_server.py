"""TLS servers on the loopback interface: Python's, each connection in a thread, and OpenSSL's own.

with TlsServer(Authority().issue("localhost"), speak(b"hello")) as server:
    ...  # talk to 127.0.0.1, server.port
"""

import contextlib
import os
import re
import socket
import ssl
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from devkit import children

from .certificates import SECONDS, Identity, as_files

Handler = Callable[[ssl.SSLSocket], object]


def server_context(identity: Identity, *, trusted: str = "") -> ssl.SSLContext:
    """What a server presents.

    Args:
        identity: its certificate.
        trusted: who must have issued the client's certificate; empty: it needs none.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with as_files(identity) as (certificate, key):
        context.load_cert_chain(certificate, key)
    if trusted:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=trusted)
    return context


@dataclass
class Seen:
    """What a server saw of its clients."""

    resumed: list[bool] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    clients: list[bytes | None] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    data: list[bytes] = field(default_factory=list)


class TlsServer:
    """Serves TLS, each connection in a thread.

    Args:
        identity: its certificate; or a context of one's own.
        handler: what it does with each connection, which is closed afterwards without close_notify.
        before: what it does before the handshake.
        buffer: bytes of the socket's buffers; 0: as the system has them.
    """

    def __init__(
        self,
        identity: Identity | ssl.SSLContext,
        handler: Handler,
        *,
        before: Callable[[socket.socket], object] | None = None,
        buffer: int = 0,
    ) -> None:
        self.context = identity if isinstance(identity, ssl.SSLContext) else server_context(identity)
        self.context.sni_callback = self._name
        self._handler = handler
        self._before = before
        self._buffer = buffer
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.seen = Seen()

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
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
        if self._buffer:
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._buffer)
            self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, self._buffer)
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(SECONDS)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with connection:
            try:
                if self._before is not None:
                    self._before(connection)
                with self.context.wrap_socket(connection, server_side=True) as secured:
                    self.seen.resumed.append(bool(secured.session_reused))
                    self.seen.clients.append(secured.getpeercert(binary_form=True))
                    self._handler(secured)
            except OSError as error:
                self.seen.errors.append(str(error))

    def _name(self, _: object, name: str | None, __: object) -> None:
        self.seen.names.append(name)


def speak(answer: bytes, *, clean: bool = True) -> Handler:
    """Answers what comes first, and ends: with close_notify, or without."""

    def handler(connection: ssl.SSLSocket) -> None:
        connection.recv(65536)
        connection.sendall(answer)
        if clean:
            connection.unwrap()

    return handler


def reset(connection: socket.socket) -> None:
    """Ends a connection with a RST."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def garble(connection: ssl.SSLSocket, sent: threading.Event | None = None) -> None:
    """Sends a record that is not intact past TLS, as somebody between the peers could.

    Args:
        connection: is left by this end once the peer has left it.
        sent: is set when the record is at the peer.
    """
    with socket.socket(fileno=connection.detach()) as bare:
        bare.sendall(b"\x17\x03\x03\x00\x20" + bytes(32))
        if sent is not None:
            sent.set()
        bare.recv(100)


class OpenSslServer:
    """`openssl s_server`, which ends with the block.

    Args:
        identity: its certificate.
        options: of the command.
        www: it answers requests with a page about itself; or else it is a console: it prints what comes, and
            sends lines that are typed.
    """

    def __init__(self, identity: Identity, *options: str, www: bool = True) -> None:
        self._identity = identity
        self._options = [*options, *(["-www"] if www else [])]
        self._stack = contextlib.ExitStack()
        self.port = 0

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            certificate, key = stack.enter_context(as_files(self._identity))
            command = [os.environ.get("OPENSSL", "openssl"), "s_server", "-accept", "127.0.0.1:0"]
            command += ["-cert", certificate, "-key", key, "-cert_chain", certificate, *self._options]
            self._output = stack.enter_context(tempfile.TemporaryFile("w+"))
            group = children.Group()
            self._process = stack.enter_context(
                subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=self._output,
                    stderr=self._output,
                    text=True,
                    process_group=group.number(),
                )
            )
            stack.callback(group.end)
            self.port = int(self.wait_for(r"^ACCEPT 127\.0\.0\.1:(\d+)$"))
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def type(self, line: str) -> None:
        """Types a line into the console. Some single letters are commands, as `r`: renegotiate."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def wait_for(self, pattern: str) -> str:
        """Waits until it has printed what is looked for; gives its last group."""
        end = time.monotonic() + SECONDS
        while True:
            self._output.seek(0)
            text = self._output.read()
            if found := re.search(pattern, text, re.MULTILINE):
                return found[found.lastindex or 0]
            assert time.monotonic() < end, f"openssl s_server says:\n{text}"
            assert self._process.poll() is None, f"openssl s_server has ended:\n{text}"
            time.sleep(0.005)
