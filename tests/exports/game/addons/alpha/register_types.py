"""Comes before the addon whose class it needs."""

from godot import PyVoyager, gdclass  # type: ignore[attr-defined]  # known when it runs


@gdclass
class PyAlpha(PyVoyager):  # type: ignore[misc]
    def name_of_base(self) -> str:
        return type(self).__mro__[1].__name__
