"""Real proxies, each a process of its own on the loopback interface: proxy.py and tinyproxy.

with tinyproxy("user", "password") as port:
    ...
"""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.loopback.network import free_port
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
