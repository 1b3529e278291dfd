"""Proxies on the loopback interface: proxy.py and tinyproxy, each a process of its own; SOCKS, which is ours.

with tinyproxy("user", "password") as port:
    ...
"""

import contextlib
import os
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import BinaryIO, Self

from tests.loopback.network import SECONDS, free_port
from tests.loopback.processes import running


@contextlib.contextmanager
def proxy_py(user: str, password: str) -> Iterator[int]:
    """proxy.py, of the same environment as we."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        options = {
            "hostname": "127.0.0.1",
            "port": str(port),
            "num-workers": "1",
            "num-acceptors": "1",
            "data-dir": folder,
            "basic-auth": f"{user}:{password}",
        }
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        with running([sys.executable, "-m", "proxy", *arguments], [port]):
            yield port


@contextlib.contextmanager
def tinyproxy(user: str, password: str) -> Iterator[int]:
    """tinyproxy, by $TINYPROXY or on PATH; listens on 127.0.0.1 and ::1."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder) / "tinyproxy.conf"
        configuration.write_text(
            f"Port {port}\nListen 127.0.0.1\nListen ::1\nTimeout 10\nMaxClients 20\nLogLevel Error\n"
            f"BasicAuth {user} {password}\n",
            encoding="utf-8",
        )
        with running([os.environ.get("TINYPROXY", "tinyproxy"), "-d", "-c", str(configuration)], [port]):
            yield port


class SocksProxy:
    """A SOCKS proxy of version 5 (RFC 1928) on 127.0.0.1, in threads of this process.

    It makes the connections that it is asked for, wherever they lead to on this machine.

    Args:
        user: who may use it, and by which password; None: everybody, and nobody is asked.
        reply: what it says to requests; 0 grants them.
        hosts: addresses of names that it knows; others go to the system.
    """

    def __init__(
        self, user: tuple[str, str] | None = None, *, reply: int = 0, hosts: Mapping[str, str] | None = None
    ) -> None:
        self._user = user
        self._reply = reply
        self._hosts = hosts or {}
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = [self._listener]
        self._threads: list[threading.Thread] = []
        self.port: int = self._listener.getsockname()[1]
        self.asked: list[tuple[str, int]] = []
        """Which hosts and ports it was asked for, in order."""

    def __enter__(self) -> Self:
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join(SECONDS)

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # it was closed
            while True:
                client, _ = self._listener.accept()
                self._open.append(client)
                self._start(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError, EOFError), client.makefile("rb") as reader:
            read = partial(_exactly, reader)
            methods = read(read(2)[1])
            wanted = 0 if self._user is None else 2
            if wanted not in methods:
                client.sendall(b"\x05\xff")
                return
            client.sendall(bytes((5, wanted)))
            if self._user is not None:
                given = read(read(2)[1]).decode(), read(read(1)[0]).decode()
                client.sendall(bytes((1, given != self._user)))
                if given != self._user:
                    return
            _, _, _, kind = read(4)
            host = _host(kind, read(read(1)[0] if kind == 3 else {1: 4, 4: 16}[kind]))
            port = int.from_bytes(read(2), "big")
            self.asked.append((host, port))
            if self._reply:
                client.sendall(bytes((5, self._reply, 0, 1, 0, 0, 0, 0, 0, 0)))
                return
            with socket.create_connection((self._hosts.get(host, host), port), SECONDS) as far:
                self._open.append(far)
                client.sendall(bytes((5, 0, 0, 4)) + bytes(18))
                self._start(_copy, far, client)
                _copy(client, far)


def _exactly(reader: BinaryIO, size: int) -> bytes:
    data = reader.read(size)
    if len(data) < size:
        raise EOFError
    return data


def _host(kind: int, data: bytes) -> str:
    return data.decode() if kind == 3 else str(ip_address(data))


def _copy(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
