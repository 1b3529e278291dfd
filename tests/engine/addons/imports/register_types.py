"""Tells a script which modules the main thread has imported."""

from __future__ import annotations

import sys
import threading

from godot import RefCounted, gdclass

_found: list[str] = []


class _Finder:
    """Finds nothing, and keeps what was looked for."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if threading.current_thread() is threading.main_thread():
            _found.append(name)


sys.meta_path.insert(0, _Finder())


@gdclass
class MainThreadImports(RefCounted):
    """The modules that the main thread imports."""

    @staticmethod
    def take() -> list[str]:
        """Returns those since the last call."""
        taken = list(_found)
        _found.clear()
        return taken
