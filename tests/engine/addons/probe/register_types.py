"""`PyProbe`: lets a suite ask Python."""

from __future__ import annotations

from typing import Any

from godot import RefCounted, gdclass


@gdclass
class PyProbe(RefCounted):
    """Runs Python."""

    @staticmethod
    def run(source: str) -> Any:
        """Runs statements; returns what they leave in `result`."""
        names: dict[str, Any] = {}
        exec(source, names)
        return names.get("result")
