"""Real proxies, each a process of its own on the loopback interface: proxy.py and tinyproxy.

with tinyproxy("user", "password") as port:
    ...
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.loopback.network import closed_port

SECONDS = 20.0


@contextlib.contextmanager
def _running(command: Sequence[str], port: int) -> Iterator[int]:
    """Runs a proxy until the end of the block, from when it takes connections."""
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            end = time.monotonic() + SECONDS
            while True:
                assert process.poll() is None, f"{command[0]} ended at once ({process.returncode})"
                assert time.monotonic() < end, f"{command[0]} takes no connections"
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.02)
            yield port
        finally:
            os.killpg(process.pid, signal.SIGKILL)  # it and the processes that it has started


@contextlib.contextmanager
def proxy_py(user: str, password: str) -> Iterator[int]:
    """proxy.py, of the same environment as we."""
    port = closed_port()
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
        with _running([sys.executable, "-m", "proxy", *arguments], port):
            yield port


@contextlib.contextmanager
def tinyproxy(user: str, password: str) -> Iterator[int]:
    """tinyproxy, by $TINYPROXY or on PATH; listens on 127.0.0.1 and ::1."""
    port = closed_port()
    with tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder) / "tinyproxy.conf"
        configuration.write_text(
            f"Port {port}\nListen 127.0.0.1\nListen ::1\nTimeout 10\nMaxClients 20\nLogLevel Error\n"
            f"BasicAuth {user} {password}\n",
            encoding="utf-8",
        )
        with _running([os.environ.get("TINYPROXY", "tinyproxy"), "-d", "-c", str(configuration)], port):
            yield port
