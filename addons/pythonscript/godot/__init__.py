"""Python classes as engine classes, and the engine's classes in Python.

    from godot import Node, Signal, export, gdclass

    @gdclass
    class Leaderboard(Node):
        \"\"\"Scores of the current season.\"\"\"

        score_added = Signal(player=str, score=int)
        limit: int = export(10, range=(1, 100))

        def add(self, player: str, score: int = 0) -> int:
            ...

Declarations (`gdclass`, `export`, `Signal`, `const`) and value types (`Vector2` ...) need no engine. Everything else,
such as `Node` or `Engine`, is the engine's: its classes and singletons are found by name when they are first used.
"""

from typing import TYPE_CHECKING, Any

from .declare import DeclarationError, Export, Signal, const, export, gdclass
from .enums import Error, MethodFlags, PropertyHint, PropertyUsage, VariantType
from .values import (
    AABB,
    Basis,
    Color,
    NodePath,
    PackedColorArray,
    PackedFloat32Array,
    PackedFloat64Array,
    PackedInt32Array,
    PackedInt64Array,
    PackedStringArray,
    PackedVector2Array,
    PackedVector3Array,
    PackedVector4Array,
    Plane,
    Projection,
    Quaternion,
    Rect2,
    Rect2i,
    StringName,
    Transform2D,
    Transform3D,
    Vector2,
    Vector2i,
    Vector3,
    Vector3i,
    Vector4,
    Vector4i,
)

if TYPE_CHECKING:
    from ._engine import *  # noqa: F403  (made from the engine's own description by tools/dev.py)

_OWN = {
    "PackedByteArray": "_pythonscript.packed",
    "push_error": "_pythonscript.errors",
    "push_warning": "_pythonscript.errors",
    "is_instance_valid": "_pythonscript.objects",
    "engine_version": "_pythonscript.interface",
    "Callable": "godot._classes",
    "RID": "godot._classes",
}


def __getattr__(name: str) -> Any:
    if name not in _OWN and not name[0].isupper():  # the engine's names are capitalised; a submodule's is not
        raise AttributeError(f"module 'godot' has no attribute {name!r}")
    import importlib

    try:
        if name in _OWN:
            return getattr(importlib.import_module(_OWN[name]), name)
        from ._classes import lookup
    except ImportError as error:
        raise ImportError(f"godot.{name} belongs to the engine, and this Python does not run inside one ({error})") from error
    return lookup(name)


__all__ = [
    "AABB",
    "Basis",
    "Color",
    "DeclarationError",
    "Error",
    "Export",
    "MethodFlags",
    "NodePath",
    "PackedColorArray",
    "PackedFloat32Array",
    "PackedFloat64Array",
    "PackedInt32Array",
    "PackedInt64Array",
    "PackedStringArray",
    "PackedVector2Array",
    "PackedVector3Array",
    "PackedVector4Array",
    "Plane",
    "Projection",
    "PropertyHint",
    "PropertyUsage",
    "Quaternion",
    "Rect2",
    "Rect2i",
    "Signal",
    "StringName",
    "Transform2D",
    "Transform3D",
    "VariantType",
    "Vector2",
    "Vector2i",
    "Vector3",
    "Vector3i",
    "Vector4",
    "Vector4i",
    "const",
    "export",
    "gdclass",
]
