"""`PyMistakes` declares classes that the engine has reasons to refuse; nothing else can know of them."""

from __future__ import annotations

from typing import Any

from godot import (
    Container,
    Control,
    DeclarationError,
    Node,
    Node2D,
    Object,
    RefCounted,
    Signal,
    Vector2,
    export,
    gdclass,
)
from godot._classes import EngineClass, engine_class


def no_argument(self: Any) -> None: ...


def two_arguments(self: Any, delta: float, more: float) -> None: ...


def another_argument(self: Any, delta: int) -> None: ...


def any_argument(self: Any, delta) -> None: ...  # type: ignore[no-untyped-def]


def another_object(self: Any, event: str) -> None: ...


def keyword(self: Any, *, delta: float) -> None: ...


def returning(self: Any, delta: float) -> int:
    return 0


def returning_anything(self: Any, delta: float): ...  # type: ignore[no-untyped-def]


def size_of_another_type(self: Any) -> int:
    return 0


def list_of_words(self: Any) -> list[str]:
    return []


def no_size(self: Any) -> None: ...


def any_size(self: Any): ...  # type: ignore[no-untyped-def]


async def later_size(self: Any) -> Vector2:
    return Vector2()


def too_large(self: Any, number: int = 2**63) -> None: ...


def not_text(self: Any, number: int, text: str = "a\0") -> None: ...


@gdclass
class PyLamp(Node):
    """Has a signal, which no heir may declare anew."""

    lit = Signal()


VIRTUAL = "overrides a virtual method of the engine: "

MISTAKES: dict[str, tuple[type[Any], str, Any, str]] = {
    "too few arguments": (Node, "_process", no_argument, VIRTUAL + "it takes 1 arguments, not 0"),
    "too many arguments": (Node, "_process", two_arguments, VIRTUAL + "it takes 1 arguments, not 2"),
    "an argument of another type": (
        *(Node, "_process", another_argument),
        VIRTUAL + "argument delta must be annotated as the engine's float",
    ),
    "an argument without annotation": (
        *(Node, "_process", any_argument),
        VIRTUAL + "argument delta must be annotated as the engine's float",
    ),
    "an argument that is no object": (
        *(Node, "_input", another_object),
        VIRTUAL + "argument event must be annotated as the engine's InputEvent",
    ),
    "a keyword": (
        *(Node, "_process", keyword),
        VIRTUAL + "the engine passes no keyword arguments, such as delta",
    ),
    "a coroutine that returns something": (
        *(Control, "_get_minimum_size", later_size),
        VIRTUAL + "a coroutine has no result yet when the engine wants it; return None",
    ),
    "a value where none is wanted": (
        *(Node, "_process", returning),
        VIRTUAL + "it must be annotated as returning None",
    ),
    "any value where none is wanted": (
        *(Node, "_process", returning_anything),
        VIRTUAL + "it must be annotated as returning None",
    ),
    "a list of another type": (
        *(Container, "_get_allowed_size_flags_vertical", list_of_words),
        VIRTUAL + "it must return the engine's packed_int32_array",
    ),
    "a value of another type": (
        *(Control, "_get_minimum_size", size_of_another_type),
        VIRTUAL + "it must return the engine's vector2",
    ),
    "no value where one is wanted": (
        *(Control, "_get_minimum_size", no_size),
        VIRTUAL + "it must return the engine's vector2",
    ),
    "any value where a typed one is wanted": (
        *(Control, "_get_minimum_size", any_size),
        VIRTUAL + "it must return the engine's vector2",
    ),
    "a property of the parent's": (Node, "name", export(""), "Node has a property of this name already"),
    "a property of the grandparent's": (
        *(Node2D, "name", export("")),
        "Node2D has a property of this name already",
    ),
    "a Python property too": (
        *(Node2D, "position", property(lambda self: Vector2())),
        "Node2D has a property of this name already",
    ),
    "a signal of the parent's": (Node, "ready", Signal(), "Node has a signal of this name already"),
    "a signal of the grandparent's": (Node2D, "ready", Signal(), "Node2D has a signal of this name already"),
    "a signal of a parent in Python": (PyLamp, "lit", Signal(), "PyLamp has a signal of this name already"),
    "a default that is too large": (
        *(Object, "call_it", too_large),
        "the default of number: 9223372036854775808 does not fit the engine's 64-bit int",
    ),
    "a default that is no text of the engine's": (
        *(Object, "call_it", not_text),
        "the default of text: an engine String cannot hold the NUL at index 1 of 'a\\x00'",
    ),
}
"""What is declared: the parent, a member's name and itself; and what must be said of it."""


@gdclass
class PyMistakes(RefCounted):
    """Makes them."""

    @staticmethod
    def names() -> list[str]:
        """All of them."""
        return list(MISTAKES)

    @staticmethod
    def wanted(name: str) -> str:
        """What must be said of one."""
        _, member, _, text = MISTAKES[name]
        return f"PyMistaken.{member}{' ' if text.startswith(VIRTUAL) else ': '}{text}"

    @staticmethod
    def said(name: str) -> str:
        """Makes one, and returns what is said of it."""
        parent, member, value, _ = MISTAKES[name]
        try:
            gdclass(type("PyMistaken", (parent,), {"__module__": __name__, member: value}))
        except DeclarationError as error:
            return str(error)
        return ""

    @staticmethod
    def twice() -> str:
        """Declares a class of a name that Python has taken."""
        try:
            gdclass(type("PyLamp", (Node,), {"__module__": __name__}))
        except DeclarationError as error:
            return str(error)
        return ""

    @staticmethod
    def refused(name: str, parent: str) -> str:
        """Declares a class that only the engine knows to refuse, and returns what is said of it."""
        try:
            made: Any = EngineClass(name, (engine_class(parent),), {"__module__": __name__})
            gdclass(made)
        except DeclarationError as error:
            return str(error)
        return ""

    @staticmethod
    def mend() -> None:
        """Declares the class rightly, which must be possible after all that."""
        members = {"_process": another_name, "_own": any_argument, "call_it": no_argument}
        gdclass(type("PyMistaken", (Node,), {"__module__": __name__, **members}))


def another_name(self: Any, seconds: float) -> None: ...
