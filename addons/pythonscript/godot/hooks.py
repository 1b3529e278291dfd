"""When a game stops: `before_stop`."""

from collections.abc import Callable
from typing import TypeVar

F = TypeVar("F", bound=Callable[[], object])

stopping: list[Callable[[], object]] = []
"""What `before_stop` was given, in that order."""


def before_stop(function: F) -> F:
    """Has a function called when the game quits, while the engine, its servers and scripts still stand.

    For what must be given back before that: message captures and profilers of EngineDebugger, singletons,
    loggers. The scene tree has been freed by then. Functions are called on the main thread, the last one
    first; what one raises is reported, and the others are called all the same. Nobody bounds their time.

    Args:
        function: takes nothing; what it returns is ignored.

    Returns:
        The function, so that this is a decorator.

    Raises:
        TypeError: it cannot be called.
    """
    if not callable(function):
        raise TypeError(f"before_stop takes a function, not {function!r}")
    stopping.append(function)
    return function
