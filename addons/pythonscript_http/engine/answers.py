"""How methods that panels call tell what cannot be done: as `error`, in words."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from pythonscript_http.exceptions import LocalError

F = TypeVar("F", bound=Callable[..., dict[str, Any]])


def answers(function: F) -> F:
    """Has a method that returns a Dictionary return `error` in place of what it raises."""

    @wraps(function)
    def answer(*arguments: Any) -> dict[str, Any]:
        try:
            return function(*arguments)
        except (ValueError, LocalError) as error:  # FormatError, and what Unicode or a path cannot have
            return {"error": str(error)}
        except OSError as error:
            return {"error": f"{error.strerror}: {error.filename}"}

    return answer  # type: ignore[return-value]
