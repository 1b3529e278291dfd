"""Servers by others than us, each a process of its own on the loopback interface, and what it may open."""

import contextlib
import resource
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from devkit import children

SECONDS = 20.0

FAMILY = "sleep 1000 & echo $! $$ > {file}.new; mv {file}.new {file}; wait"
"""A shell's script: a process with a child, whose numbers are in a file."""


@contextlib.contextmanager
def running(
    command: Sequence[str], ports: Sequence[int], environment: Mapping[str, str] | None = None
) -> Iterator[None]:
    """Runs a server until the end of the block, from when it takes connections. Its errors are ours to show.

    Args:
        command: starts it.
        ports: where it listens.
        environment: its variables; None: ours.
    """
    group = children.Group()
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=environment,
        process_group=group.number(),
    ) as process:
        try:
            end = time.monotonic() + SECONDS
            for port in ports:
                while True:
                    assert process.poll() is None, f"{command[0]} ended at once ({process.returncode})"
                    assert time.monotonic() < end, f"{command[0]} takes no connections"
                    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                        break
                    time.sleep(0.02)
            yield
        finally:
            group.end()  # it and the processes that it has started


@contextlib.contextmanager
def files_allowed(number: int) -> Iterator[None]:
    """Lets this process and those that it starts have so many files open, as far as the system allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = number if hard == resource.RLIM_INFINITY else min(number, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def runs(process: int) -> bool:
    """Whether a process is there; one that died, and that nobody has asked after yet, is not."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] not in ("Z", "X")
