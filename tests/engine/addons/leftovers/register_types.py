"""Tells which threads of sessions are left when a game has quit; and a name's look-up takes long."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

from godot import before_stop

_ask = socket.getaddrinfo
_never = threading.Event()


def _asked(host: Any, *arguments: Any, **keywords: Any) -> Any:
    if host == b"slow.example":
        _never.wait(60.0)
    return _ask(host, *arguments, **keywords)


socket.getaddrinfo = _asked


@before_stop
def tell() -> None:
    """Called behind what sessions do then, as it was given before them."""
    end = time.monotonic() + 0.5  # one that is about to go may do so
    while (names := _left()) and time.monotonic() < end:
        time.sleep(0.001)
    print("LEFT", names)


def _left() -> list[str]:
    names = [thread.name for thread in threading.enumerate()]
    return [name for name in names if name in ("HTTP sessions", "HTTP imports")]
