"""Classes whose declarations must reach ClassDB, and their calls Python, as the engine's own do."""

from __future__ import annotations

from enum import CONFORM, EJECT, STRICT, IntEnum, IntFlag
from functools import cached_property, lru_cache
from string import Formatter
from typing import Any, Generic, TypeVar

from godot import (
    BoundSignal,
    Callable,
    Color,
    Engine,
    Node,
    NodePath,
    PackedByteArray,
    PackedInt32Array,
    PackedStringArray,
    RefCounted,
    Resource,
    Signal,
    StringName,
    Vector2,
    export,
    gdclass,
)

from .mixins import Countable, Nameable

T = TypeVar("T")

NAME: Any = "name"
PATH: Any = "a/b"
LIST: Any = [1, None]
TUPLE: Any = (1, 2)
BYTEARRAY: Any = bytearray(b"ab")
WORDS: Any = ("w",)
"""Defaults that are not of the very type that is declared, but fit."""


@gdclass
class PyKeeping(RefCounted):
    """Keeps results."""

    def __init__(self) -> None:
        self.worked = 0

    @lru_cache(8)  # noqa: B019 - the object is the test's alone
    def square(self, number: int) -> int:
        self.worked += 1
        return number * number

    @cached_property
    def half(self) -> float:
        self.worked += 1
        return 0.5

    def forget(self) -> int:
        """Lets the kept object go, which the results refer to."""
        type(self).square.cache_clear()
        return self.worked


@gdclass
class pylowercase(Node):  # noqa: N801
    """A class need not be capitalised."""


@gdclass
class PyDefaults(Node):
    """Has a default of every type."""

    class Level(IntEnum):
        """A choice."""

        LOW = 2

    class Parts(IntFlag):
        """Several choices."""

        LEFT = 1
        RIGHT = 4

    given = Signal(node=Node, ratio=float)

    node: Node | None = export(None)
    resource: Resource | None = export(None)
    ratio: float = export(2)
    title: StringName = export("title")
    nodes: list[Node] = export([])
    level: Level = export(2)

    @staticmethod
    def star() -> str:
        """Imports all that there is."""
        names: dict[str, Any] = {}
        exec("from godot import *\nfrom godot import pylowercase as named", names)
        return str(names["pylowercase"].__name__) if names["pylowercase"] is names["named"] else "another"

    def objects(
        self, node: Node | None = None, resource: Resource | None = None, anything: Any = None
    ) -> None:
        """Nulls of two kinds, and no value at all."""

    def numbers(
        self, ratio: float = 1, level: Level = Level.LOW, parts: Parts = Parts.LEFT | Parts.RIGHT
    ) -> str:
        """Numbers of other types than are declared."""
        return f"{ratio} {level!r} {parts!r}"

    def texts(self, name: StringName = NAME, path: NodePath = PATH, text: str = StringName("text")) -> None:
        """Texts of other types than are declared."""

    def containers(
        self,
        plain: list = LIST,  # type: ignore[type-arg]
        numbers: list[float] = TUPLE,
        levels: list[Level] = [Level.LOW],  # noqa: B006
        scores: dict = {"a": [1]},  # type: ignore[type-arg] # noqa: B006
        data: bytes = BYTEARRAY,
        shared: PackedByteArray = BYTEARRAY,
        integers: PackedInt32Array = TUPLE,
        words: PackedStringArray = WORDS,
    ) -> None:
        """Containers of other types than are declared."""

    def values(self, at: Vector2 = Vector2(1, 2), colour: Color = Color(1, 0, 0)) -> None:  # noqa: B008
        """Value types."""

    def nothing(self) -> Node | None:
        """Returns no object."""
        return None

    def no_values(self) -> list[Node]:
        """Returns an array without an object."""
        return [None]  # type: ignore[list-item]


@gdclass
class PyCounter(Countable, RefCounted):
    """Counts."""


@gdclass
class PyTally(Nameable, Node):
    """Counts and has a name."""

    pace: Countable.Pace = export(Countable.Pace.FAST)

    @property
    def parent(self) -> int:
        """Hides nothing of the engine's."""
        return 7

    children: int = export(3)


@gdclass
class PyFormatter(Formatter, Generic[T], Node):
    """A node with methods that Python's own library brings, some with keywords; they stay Python's."""

    def fill(self, pattern: str, value: Any) -> str:
        """Fills in a value, by a method of Python's."""
        return self.format(pattern, value)


@gdclass
class PyMaker(RefCounted):
    """Makes objects of its own class."""

    @classmethod
    def make(cls, times: int = 1) -> str:
        """The class that was asked, so many times."""
        return " ".join([cls.__name__] * times)

    @staticmethod
    def plain() -> str:
        """Knows no class."""
        return "plain"

    def remake(self) -> str:
        """By the class of the object."""
        return self.make()


@gdclass
class PySubMaker(PyMaker):
    """Inherits `make`."""


@gdclass
class PyOwnMaker(PySubMaker):
    """Has a `make` of its own, which calls the inherited one."""

    @classmethod
    def make(cls, times: int = 2) -> str:
        """The class that was asked, in brackets."""
        return f"[{super().make(times)}]"


@gdclass
class PyOwnMakersHeir(PyOwnMaker):
    """Inherits the nearest `make`."""


class Strict(IntFlag, boundary=STRICT):
    """Refuses other bits."""

    LEFT = 1


class Conforming(IntFlag, boundary=CONFORM):
    """Would drop other bits."""

    LEFT = 1


class Ejecting(IntFlag, boundary=EJECT):
    """Becomes an int with other bits."""

    LEFT = 1


@gdclass
class PyEnums(RefCounted):
    """Takes enums."""

    class Grade(IntEnum):
        """Not all ints."""

        GOOD = 1
        BAD = 5

    class Known(IntEnum):
        """Has a member for every other int."""

        UNKNOWN = -1
        FIRST = 1

        @classmethod
        def _missing_(cls, value: object) -> PyEnums.Known:
            return cls.UNKNOWN

    class Sides(IntFlag):
        """Keeps other bits."""

        LEFT = 1
        RIGHT = 2

    grade: Grade = export(Grade.GOOD)
    sides: Sides = export(Sides.LEFT)

    def show_grade(self, value: Grade) -> str:
        """The value as Python has it."""
        return repr(value)

    def show_known(self, value: Known) -> str:
        """The same."""
        return repr(value)

    def show_sides(self, value: Sides) -> str:
        """The same."""
        return f"{type(value).__name__} {int(value)}"

    def show_strict(self, value: Strict) -> str:
        """The same."""
        return f"{type(value).__name__} {int(value)}"

    def show_conforming(self, value: Conforming) -> str:
        """The same."""
        return f"{type(value).__name__} {int(value)}"

    def show_ejecting(self, value: Ejecting) -> str:
        """The same."""
        return f"{type(value).__name__} {int(value)}"

    def show_grades(self, values: list[Grade]) -> str:
        """The same of several."""
        return repr(values)

    def give_grade(self, value: int) -> Grade:
        """An int, as if it were a member."""
        return value  # type: ignore[return-value]

    def kinds(self) -> str:
        """What the properties hold."""
        return f"{self.grade!r} {int(self.sides)}"

    def total(self, first: int, *rest: int) -> str:
        """Adds numbers, and says of what type they are."""
        return f"{first + sum(rest)} {' '.join(type(number).__name__ for number in rest)}"


@gdclass
class PyEar(Node):
    """Connects its methods to signals."""

    rang = Signal(times=int)

    def __init__(self) -> None:
        self.log: list[str] = []
        self.rang.connect(self.from_init)

    def heard(self) -> list[str]:
        """What came."""
        return list(self.log)

    def from_init(self, times: int) -> None:
        """Is connected before the object is complete."""

    def hear(self, times: int) -> None:
        """Hears."""
        self.log.append(f"hear {times}")

    listen = hear

    def more(self, times: int, *rest: int) -> None:
        """Hears, and takes bound arguments."""
        self.log.append(f"more {times} {rest}")

    def typed(self, grade: PyEnums.Grade) -> None:
        """Hears a member."""
        self.log.append(f"typed {grade!r}")

    def _whisper(self, times: int) -> None:
        self.log.append(f"whisper {times}")

    def callable_of(self, name: str) -> Callable:
        """A bound method, handed to the engine."""
        return getattr(self, name)  # type: ignore[no-any-return]

    def parents_more(self) -> Callable:
        """The method of the class above, which no name calls on an object of the class below."""
        return PyEar.more.__get__(self)  # type: ignore[no-any-return]

    def listen_to(self, signal: BoundSignal, name: str, flags: int = 0) -> None:
        """Connects a method."""
        signal.connect(getattr(self, name), flags)

    def listens_to(self, signal: BoundSignal, name: str) -> bool:
        """Whether a method is connected."""
        return signal.is_connected(getattr(self, name))

    def leave(self, signal: BoundSignal, name: str) -> None:
        """Disconnects a method."""
        signal.disconnect(getattr(self, name))

    def is_same(self, other: Callable, name: str) -> bool:
        """Whether a Callable is a method of this object, in both orders, and one key of a dict."""
        mine = getattr(self, name)
        answers: set[bool] = {
            other == mine,
            mine == other,
            other in {mine: 1},
            mine in {other: 1},
            other in [mine],
        }
        assert len(answers) == 1, "all ways to compare must agree"
        return answers.pop()

    def bind_more(self) -> Callable:
        """A method with a bound argument."""
        return Callable(self.more).bind(5)

    def lambda_of(self) -> Callable:
        """Not a method."""
        return lambda times: self.log.append(f"lambda {times}")  # type: ignore[return-value]


@gdclass
class PyKeenEar(PyEar):
    """Overrides a method."""

    def hear(self, times: int) -> None:
        """Hears better."""
        self.log.append(f"keen {times}")

    def more(self, times: int, *rest: int) -> None:
        """Hears more."""
        self.log.append("even more")


@gdclass
class PyShyEar(RefCounted):
    """Connects itself while it is being made, when the engine cannot count it yet."""

    def __init__(self) -> None:
        self.times = 0
        tree: Any = Engine.get_main_loop()
        tree.process_frame.connect(self.hear)

    def hear(self) -> None:
        """Hears."""
        self.times += 1

    def heard(self) -> int:
        """How often."""
        return self.times
