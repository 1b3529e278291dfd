"""Properties and methods that raise."""

from __future__ import annotations

from typing import Any

from godot import (
    RID,
    Callable,
    Color,
    Node,
    Object,
    PackedByteArray,
    PackedStringArray,
    RefCounted,
    StringName,
    Transform3D,
    Vector3,
    export,
    gdclass,
)

_TYPES: dict[str, Any] = {
    "int": int,
    "float": float,
    "bool": bool,
    "string": str,
    "string_name": StringName,
    "bytes": PackedByteArray,
    "strings": PackedStringArray,
    "vector": Vector3,
    "transform": Transform3D,
    "color": Color,
    "rid": RID,
    "callable": Callable,
    "array": list,
    "ints": list[int],
    "dictionary": dict,
    "object": Object,
    "node": Node,
    "refcounted": RefCounted,
}


def _getter(name: str, annotation: Any) -> Any:
    def get(self: Any) -> Any:
        raise ValueError(f"no {name}")

    get.__annotations__["return"] = annotation
    return get


@gdclass
class PyRaiser(RefCounted):
    """Raises from every property, and from every method `give_...`."""

    for _name, _type in _TYPES.items():
        locals()[f"bad_{_name}"] = property(_getter(_name, _type))
        locals()[f"give_{_name}"] = _getter(_name, _type)

    exported: int = export(5, getter="find")

    def find(self) -> int:
        """Raises; gets the exported property."""
        raise ValueError("no exported")

    def give_any(self) -> Any:
        """Raises; is declared to return anything."""
        raise ValueError("no any")

    def map_any(self, value: Any) -> Any:
        """Raises for each item."""
        raise ValueError("no any")

    def map_int(self, value: int) -> int:
        """Raises for each item."""
        raise ValueError("no int")

    def less(self, one: int, other: int) -> bool:
        """Raises instead of an order."""
        raise ValueError("no order")
