"""Whom the clients talk to, by name: nginx (plain, TLS, TLS that resumes), a fast server, a sink by TLS."""

from __future__ import annotations

import contextlib
import gzip
import random
import socket
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Final, NamedTuple

from tests.loopback.certificates import Authority
from tests.loopback.nginx import Nginx, Site
from tests.loopback.processes import running
from tests.loopback.tls_server import server_context

from .sink import sink

SECURE: Final = ("nginx-tls", "resuming", "sink")

_LINES: Final = "".join(f"add_header X-Line-{number} {'v' * 28}; " for number in range(35))
"""nginx has five of its own."""
_RECORD: Final = b'{"player": %d, "score": %d}'
_JSON: Final = b"[" + b",".join(_RECORD % (n, n * n % 9973) for n in range(30)) + b"]"
"""Some 800 bytes."""


class Servers(NamedTuple):
    """They run.

    Attributes:
        ports: by name.
        roots: a file with the certificate of who issued theirs.
    """

    ports: Mapping[str, int]
    roots: Path


def _zstd(data: bytes) -> bytes:
    with contextlib.suppress(ImportError):
        return bytes(import_module("compression.zstd").compress(data))
    return bytes(import_module("backports.zstd").compress(data))


ENCODERS: Final[Mapping[str, Callable[[bytes], bytes]]] = {
    "gzip": gzip.compress,
    "br": lambda data: bytes(import_module("brotli").compress(data, quality=5)),
    "zstd": _zstd,
}


def _coded(encode: Callable[[bytes], bytes], size: int) -> bytes:
    """A text that is long without repeating itself, which codings with a large window make nothing of."""
    chance = random.Random(size)
    number = size // len(_RECORD) + 1
    return encode(b"\n".join(_RECORD % (n, chance.randrange(10**6)) for n in range(number))[:size])


FILES: Final[Mapping[str, Callable[[int], bytes]]] = {
    **{name: partial(_coded, encode) for name, encode in ENCODERS.items()},
    "bomb": lambda size: gzip.compress(bytes(size)),
}
"""By the folder that nginx serves it from: a body that has so many bytes when it is decoded."""
_CODINGS: Final = {"bomb": "gzip"}


def provide(folder: Path, path: str) -> None:
    """Makes the file that a path of nginx stands for, if it is one: `/large/128`, `/gzip/16`, in MiB."""
    _, kind, *rest = path.split("/")
    file = folder / path[1:]
    if file.exists() or (kind not in FILES and kind != "large"):
        return
    size = int(rest[0]) << 20
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(FILES[kind](size) if kind in FILES else b"")
    if kind == "large":
        with file.open("wb") as large:
            large.truncate(size)


@contextlib.contextmanager
def serving(folder: Path, fast: Path) -> Iterator[Servers]:
    """Runs them all until the end of the block.

    Args:
        folder: where the files are that nginx serves (`provide`).
        fast: the program of the fast server.
    """
    root = Authority()
    identity = root.issue("127.0.0.1", "localhost")
    roots = folder / "roots.pem"
    roots.write_text(root.pem, encoding="ascii")
    locations = [
        f"location /40 {{ {_LINES}return 200 hello; }}",
        f"location /json {{ return 200 '{_JSON.decode()}'; }}",
        f"location /large {{ root {folder}; }}",
        *(
            f"location /{name} {{ root {folder}; add_header Content-Encoding {_CODINGS.get(name, name)}; }}"
            for name in FILES
        ),
    ]
    whole = ["ssl_session_cache off", "ssl_session_tickets off"]
    sites = {
        "nginx": Site(directives=locations),
        "nginx-tls": Site(identity, directives=[*whole, *locations]),
        "resuming": Site(identity),
    }
    with contextlib.ExitStack() as stack:
        nginx = stack.enter_context(Nginx(list(sites.values())))
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        stack.enter_context(running([str(fast), str(port)], [port]))
        drain = stack.enter_context(sink(server_context(identity)))
        yield Servers({**dict(zip(sites, nginx.ports, strict=True)), "fast": port, "sink": drain}, roots)
