"""What the editor works on: a node with a property, and the game's side of the debugger."""

from __future__ import annotations

import sys
from typing import Any

from godot import EngineDebugger, Node, Resource, export, gdclass

PATIENCE = 60.0
"""Seconds after which a game that nobody speaks to quits by itself: the editor's end would not end it."""


@gdclass
class PyScores(Resource):
    """What the import plugin makes."""


@gdclass
class PyBulb(Resource):
    """A resource of the game's."""

    watts: int = export(40)

    def __init__(self) -> None:
        self.made_by = "Python"

    @staticmethod
    def unit() -> str:
        return "W"

    def brighter(self) -> int:
        return self.watts * 2


@gdclass(tool=True)
class PyLantern(Node):
    """A node that runs in the editor too."""

    oil: int = export(1)

    def _ready(self) -> None:
        self.oil += 1


@gdclass
class PyTorch(PyLantern):
    """Inherits that."""


@gdclass
class PyLamp(Node):
    """A node to be edited."""

    bulb: PyBulb | None = export(None)

    brightness: int = export(1, range=(0, 10))
    colour_name: str = export("white")

    def __init__(self) -> None:
        self.dimmed = 0

    def _ready(self) -> None:
        self.brightness = 9

    def dim(self, by: int) -> None:
        self.brightness -= by


@gdclass
class PyGame(Node):
    """A game that speaks with the editor's debugger, and quits when that asks it to."""

    def _ready(self) -> None:
        EngineDebugger.register_message_capture("pylamp", self._capture)
        modules = [name for name in sys.modules if name.endswith(".register_editor_types")]
        self.get_tree().create_timer(PATIENCE).timeout.connect(self._give_up)
        EngineDebugger.send_message("pylamp:hello", ["from the game", modules])

    def _exit_tree(self) -> None:
        EngineDebugger.unregister_message_capture("pylamp")

    def _give_up(self) -> None:
        self.get_tree().quit(1)

    def _capture(self, message: str, data: list[Any]) -> bool:
        if message == "quit":
            EngineDebugger.send_message("pylamp:goodbye", data)
            self.get_tree().quit()
        return True
