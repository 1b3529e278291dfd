"""What scenes and resources are made of."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from godot import (
    Color,
    Node,
    NodePath,
    PackedStringArray,
    Resource,
    StringName,
    Vector3,
    export,
    gdclass,
)


@gdclass
class PyPlan(Resource):
    """A resource with exports of many types."""

    class Size(IntEnum):
        """How large it is."""

        SMALL = 0
        LARGE = 1

    number: int = export(3)
    ratio: float = export(0.5)
    text: str = export("text")
    name_of: StringName = export(StringName("name"))
    place: Vector3 = export(Vector3(1, 2, 3))
    colour: Color = export(Color(1, 0, 0, 1))
    size_of: Size = export(Size.SMALL)
    items: list[int] = export([1])
    anything: list[Any] = export([])
    table: dict[str, Any] = export({"a": 1})
    names: PackedStringArray = export(PackedStringArray(["one"]))
    inner: Resource = export(None)
    inners: list[Resource] = export([])

    computed = 0

    @property
    def double(self) -> int:
        """Is not stored."""
        return self.number * 2


@gdclass
class PyPart(Node):
    """A node with a resource, a node and a path."""

    plan: Resource = export(None)
    other: Node = export(None)
    path: NodePath = export(NodePath(""))
    label: str = export("")
    count: int = export(1, range=(0, 1000))

    def __init__(self) -> None:
        self._entered = 0

    def _ready(self) -> None:
        self._entered += 1

    def entered(self) -> int:
        """How often it was ready."""
        return self._entered
