"""Raises in every callback that there is."""

from __future__ import annotations

import sys
import threading
from typing import Any, ClassVar

from godot import Callable, Node, RefCounted, Signal, export, gdclass

from .counted import PyCounted


def _fail(where: str) -> Any:
    """Raises, with an object of the engine's in the traceback."""
    counted = PyCounted()
    raise ValueError(f"raised in {where}", counted.get_reference_count())


@gdclass
class PyFails(Node):
    """Raises, once it is armed."""

    fired = Signal()

    exported: int = export(0, getter="find_exported", setter="put_exported")

    def __init__(self) -> None:
        self._armed = False

    def arm(self) -> None:
        """From now on."""
        self._armed = True

    def method(self, number: int = 0) -> int:
        """A method."""
        return int(_fail("a method"))

    @staticmethod
    def static() -> int:
        """A static one."""
        return int(_fail("a static method"))

    @property
    def plain(self) -> int:
        """A property."""
        return int(_fail("a getter"))

    @plain.setter
    def plain(self, value: int) -> None:
        _fail("a setter")

    def find_exported(self) -> int:
        """Gets the exported property."""
        return int(_fail("an export's getter")) if self._armed else 0

    def put_exported(self, value: int) -> None:
        """Sets it."""
        _fail("an export's setter")

    def _enter_tree(self) -> None:
        _fail("_enter_tree")

    def _ready(self) -> None:
        _fail("_ready")

    def _process(self, delta: float) -> None:
        self.set_process(False)
        _fail("_process")

    def _exit_tree(self) -> None:
        _fail("_exit_tree")

    def _notification(self, what: int) -> None:
        if what == 1000:
            _fail("_notification")

    def _to_string(self) -> str:
        return str(_fail("_to_string"))

    def function(self) -> Callable:
        """Returns a function that raises."""
        return lambda *_: _fail("a function")  # type: ignore[return-value]

    def start_thread(self) -> None:
        """A Python thread that raises."""
        thread = threading.Thread(target=_fail, args=("a thread",))
        thread.start()
        thread.join()

    def catch(self, function: Callable) -> str:
        """Calls a GDScript function that calls what raises; tells what came of it."""
        try:
            return str(function.call())
        except Exception as error:
            return type(error).__name__


@gdclass
class PyFailsToBegin(RefCounted):
    """Raises in `__init__`."""

    def __init__(self) -> None:
        self.counted = PyCounted()
        _fail("__init__")

    @staticmethod
    def make() -> str:
        """Makes one in Python, and tells what came of it."""
        try:
            PyFailsToBegin()
        except ValueError as error:
            return str(error.args[0])
        return "made"


@gdclass
class PyFailsToEnd(RefCounted):
    """Raises in `__del__`, where nobody gets it but Python's hook."""

    _seen: ClassVar[list[str]] = []
    _host: ClassVar[Any] = None

    def __del__(self) -> None:
        _fail("__del__")

    @staticmethod
    def begin() -> None:
        """Takes the hook."""
        PyFailsToEnd._host = sys.unraisablehook
        sys.unraisablehook = lambda found: PyFailsToEnd._seen.append(str(found.exc_value))

    @staticmethod
    def heard() -> int:
        """How often the hook was called; gives it back."""
        sys.unraisablehook = PyFailsToEnd._host
        return len(PyFailsToEnd._seen)

    @staticmethod
    def make() -> None:
        """Makes one in Python, and lets it go."""
        PyFailsToEnd()


@gdclass
class PyFailsAtTheEnd(Node):
    """Raises when it leaves."""

    def _exit_tree(self) -> None:
        _fail("_exit_tree")

    def _notification(self, what: int) -> None:
        if what == 1:  # PREDELETE
            _fail("_notification")
