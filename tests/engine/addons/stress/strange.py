"""Classes and callables that answer what nobody expects."""

from __future__ import annotations

import collections
import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

import godot
from godot import Callable, ClassDB, Node, RefCounted, gdclass, is_instance_valid


class AnythingGoes:
    """Has every attribute, as stand-ins and remote procedures have."""

    def __getattr__(self, name: str) -> AnythingGoes:
        return AnythingGoes()

    def __call__(self) -> None:
        raise ValueError("called")


class NumberedName:
    """Has a number for a name."""

    def __init__(self) -> None:
        self.__qualname__ = 5

    def __call__(self) -> None:
        raise ValueError("called")


class NoName:
    """Has no name and no text."""

    def __call__(self) -> None:
        raise ValueError("called")

    def __repr__(self) -> str:
        raise KeyError("no text")


@gdclass
class PyStrange(RefCounted):
    """Hands out what is strange."""

    @staticmethod
    def callables() -> list[Callable]:
        """Callables with strange names; all raise."""
        return [AnythingGoes(), NumberedName(), NoName()]  # type: ignore[list-item]

    @staticmethod
    def unequal_in_threads(threads: int) -> list[Any]:
        """Whether the engine has many classes and enums, and those that threads see as different ones."""
        names = sorted(ClassDB.get_inheriters_from_class("Node"))
        wanted = [(name, enum) for name in names for enum in ("", *ClassDB.class_get_enum_list(name, True))]
        together = threading.Barrier(threads)

        def look() -> list[Any]:
            found = []
            for name, enum in wanted:
                together.wait()
                cls = getattr(godot, name)
                found.append(getattr(cls, enum) if enum else cls)
            return found

        with ThreadPoolExecutor(threads) as pool:
            running = [pool.submit(look) for _ in range(threads)]
            found = zip(*(thread.result() for thread in running), strict=True)
        unequal = [
            f"{name}.{enum}"
            for (name, enum), same in zip(wanted, found, strict=True)
            if any(one is not same[0] for one in same)
        ]
        return [len(wanted) > 100, *unequal[:9]]

    @staticmethod
    def constants() -> list[Any]:
        """Constants and enums of the engine's, by objects of their classes."""
        return [
            godot.Input.MOUSE_MODE_HIDDEN,
            godot.Input.MouseMode.MOUSE_MODE_HIDDEN,
            PyHearsOfItsEnd().NOTIFICATION_PREDELETE,
            hasattr(godot.Input, "MOUSE_MODE_NONE_SUCH"),
            hasattr(godot.Input, "is_action_pressed"),
        ]

    @staticmethod
    def dicts() -> list[Any]:
        """Dicts of other classes."""
        return [
            collections.OrderedDict(a=1),
            collections.defaultdict(int, a=1),
            collections.Counter("a"),
        ]

    @staticmethod
    def dictionary() -> dict[str, int]:
        """One of them where its type is declared."""
        return collections.Counter("a")


@gdclass
class PyNoText(RefCounted):
    """Is a number where a text is wanted."""

    def _to_string(self) -> str:
        return 5  # type: ignore[return-value]


@gdclass
class PyFreesItself(Node):
    """Is freed while it is made."""

    def __init__(self) -> None:
        self.free()


@gdclass
class PyHearsOfItsEnd(RefCounted):
    """Has both Python's end and the engine's."""

    heard: ClassVar[list[str]] = []
    kept: ClassVar[list[Any]] = []

    def __del__(self) -> None:
        self.heard.append("del" if is_instance_valid(self) else "del, freed")

    def _notification(self, what: int) -> None:
        if what == self.NOTIFICATION_PREDELETE:
            self.heard.append("predelete")

    @staticmethod
    def keep(thing: Any) -> None:
        """Keeps it in Python."""
        PyHearsOfItsEnd.kept.append(thing)

    @staticmethod
    def drop() -> list[str]:
        """Lets go of all that is kept; gives what was heard since."""
        PyHearsOfItsEnd.kept.clear()
        gc.collect()
        heard, PyHearsOfItsEnd.heard[:] = list(PyHearsOfItsEnd.heard), []
        return heard


@gdclass
class PyHeirHearsOfItsEnd(PyHearsOfItsEnd):
    """Inherits the end."""


@gdclass
class PyHeirEnds(PyHearsOfItsEnd):
    """Has an end of its own, and calls the inherited one."""

    def __del__(self) -> None:
        self.heard.append("own")
        super().__del__()


@gdclass
class PySetsAttributes(Node):
    """Is extended by a script, and sets what belongs to either."""

    level = 1

    def __init__(self) -> None:
        self.early = "Python's"

    def put(self, name: str, value: Any) -> None:
        """Sets an attribute."""
        setattr(self, name, value)

    def look(self, name: str) -> Any:
        """Looks one up."""
        return getattr(self, name)

    def owned(self) -> list[str]:
        """The attributes that are Python's."""
        return sorted(vars(self))

    def put_set(self) -> int:
        """Sets what the engine has no counterpart of."""
        self.found = {1, 2}
        return len(self.found)
