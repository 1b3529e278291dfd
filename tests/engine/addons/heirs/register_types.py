"""`PyHeir` over `PyTestator`."""

from enum import IntEnum

from godot import RefCounted, export, gdclass


@gdclass
class PyTestator(RefCounted):
    """Has an enum, and a property of it."""

    class Share(IntEnum):
        """A part."""

        HALF = 0
        ALL = 1

    share: Share = export(Share.ALL)


@gdclass
class PyHeir(PyTestator):
    """Has a property of its own."""

    luck: int = export(7)
