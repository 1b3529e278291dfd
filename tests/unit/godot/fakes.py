"""What stands for the engine's classes where there is no engine."""

from typing import ClassVar


class Node:
    _engine_class: ClassVar[str] = "Node"


class Resource:
    _engine_class: ClassVar[str] = "Resource"
