"""Expressions whose values GDScript compares with its own."""

from __future__ import annotations

from typing import Any, Final

import godot
from godot import RefCounted, gdclass

NAMES: Final[dict[str, Any]] = {
    "true": True,
    "false": False,
    **{name: getattr(godot, name) for name in godot.__all__},
}


@gdclass
class PyValues(RefCounted):
    """Evaluates expressions."""

    @staticmethod
    def evaluate(expression: str) -> Any:
        """The value of an expression."""
        return eval(expression, dict(NAMES))

    @staticmethod
    def failure(expression: str) -> str:
        """What an expression raises; nothing if it has a value."""
        try:
            eval(expression, dict(NAMES))
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return ""
