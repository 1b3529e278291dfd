"""Tells which threads of sessions are left when a game has quit; and a name's look-up takes long."""

from __future__ import annotations

import socket
import threading
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
    names = [thread.name for thread in threading.enumerate()]
    print("LEFT", sorted(name for name in names if name in ("HTTP sessions", "HTTP imports")))
