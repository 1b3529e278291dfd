"""`PyThreads`: starts threads that never end."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from godot import RefCounted, gdclass

_KEPT: list[ThreadPoolExecutor] = []


@gdclass
class PyThreads(RefCounted):
    """Starts threads that never end."""

    @staticmethod
    def start(kind: str) -> None:
        """Starts one of a `kind`: daemon, plain, or pool."""
        never = threading.Event()
        if kind == "pool":
            pool = ThreadPoolExecutor(1)
            pool.submit(never.wait)
            _KEPT.append(pool)
        else:
            threading.Thread(target=never.wait, name="stubborn", daemon=kind == "daemon").start()
