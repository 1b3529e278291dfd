"""Plain Python bases, whose annotations name what only this module knows."""

from __future__ import annotations

from enum import IntEnum

from godot import Node, Signal, const, export


class Countable:
    """Counts, in every class that has it."""

    class Pace(IntEnum):
        """How fast."""

        SLOW = 1
        FAST = 10

    LEAST = -3
    """It counts no lower."""

    counted = Signal(to=int)
    """Emitted at every step."""

    pace: Pace = export(Pace.SLOW, group="Counting")
    """How much one step is."""
    steps: list[int] = export([0])

    def count(self, by: Pace = Pace.FAST) -> Pace:
        """Goes one step."""
        self.steps.append(by)
        self.counted.emit(int(by))
        return by

    @const
    def describe(self) -> str:
        """Says what it is."""
        return f"countable {self._kind()}"

    @property
    def total(self) -> int:
        """The sum of all steps."""
        return sum(self.steps)

    @staticmethod
    def twice(number: int) -> int:
        """Doubles a number."""
        return 2 * number

    @classmethod
    def kind(cls) -> str:
        """The name of the class."""
        return cls.__name__

    def _kind(self) -> str:
        return type(self).__name__


class Nameable(Countable):
    """Describes itself in another way."""

    owner_of: Node | None = export(None)

    def describe(self) -> str:
        """Says that it has a name."""
        return f"nameable {self._kind()}"
