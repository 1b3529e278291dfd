"""What the cases have in common: each is a function, which `PySharedCases` calls inside the engine."""

from __future__ import annotations

from collections.abc import Callable as Function
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from godot import Resource

CASES: dict[str, Function[[], None]] = {}
ANNOUNCED: dict[str, list[str]] = {}


def case(*announced: str) -> Function[[Function[[], None]], Function[[], None]]:
    """Makes a function a case, which leads to these errors of the engine's own."""

    def add(function: Function[[], None]) -> Function[[], None]:
        CASES[function.__name__] = function
        ANNOUNCED[function.__name__] = list(announced)
        return function

    return add


@contextmanager
def raises(kind: type[BaseException], text: str = "") -> Iterator[None]:
    """Fails unless this exception comes, with the text in it."""
    message = None
    try:
        yield
    except kind as error:
        message = str(error)
    assert message is not None, f"no {kind.__name__} came"
    assert text in message, f"{text!r} is not in {message!r}"


def same(got: Any, wanted: Any) -> None:
    assert got == wanted, f"got {got!r}, wanted {wanted!r}"
    assert type(got) is type(wanted), f"got a {type(got).__name__}, wanted a {type(wanted).__name__}"


def crossed(value: Any) -> Any:
    """What comes back of a value that the engine has kept."""
    holder = Resource()
    holder.set_meta("it", value)
    return holder.get_meta("it")
