"""Python classes as engine classes, and the engine's classes in Python.

    from godot import Node, Signal, export, gdclass


    @gdclass
    class Countdown(Node):
        \"\"\"Tells when its time is over.\"\"\"

        over = Signal()
        seconds: float = export(10.0, range=(0, 60))

        def _process(self, delta: float) -> None:
            self.seconds -= delta
            if self.seconds <= 0:
                self.over.emit()
                self.queue_free()

Declarations (`gdclass`, `export`, `Signal`, `const`) and value types (`Vector2` ...) need no engine.
Everything else, such as `Node` or `Engine`, is the engine's: its classes and singletons are found by name
when they are first used.
"""

from typing import TYPE_CHECKING

from .declare import DeclarationError, Export, Signal, const, export, gdclass, rpc, virtual
from .enums import Error, MethodFlags, PropertyHint, PropertyUsage, VariantType
from .hooks import before_stop
from .pointer import Pointer
from .values import NodePath, StringName

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
    "Pointer",
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
    "before_stop",
    "const",
    "export",
    "gdclass",
    "rpc",
    "virtual",
]

if TYPE_CHECKING:  # all that is the engine's, from its own description: made by tools/dev.py
    from . import _engine
    from ._engine import *  # noqa: F403

    __all__ += _engine.__all__
else:
    from _pythonscript.values import (
        AABB,
        Basis,
        Color,
        Plane,
        Projection,
        Quaternion,
        Rect2,
        Rect2i,
        Transform2D,
        Transform3D,
        Vector2,
        Vector2i,
        Vector3,
        Vector3i,
        Vector4,
        Vector4i,
    )

    from .values import (
        PackedColorArray,
        PackedFloat32Array,
        PackedFloat64Array,
        PackedInt32Array,
        PackedInt64Array,
        PackedStringArray,
        PackedVector2Array,
        PackedVector3Array,
        PackedVector4Array,
    )

    _HOSTS = {
        "Array": "_pythonscript.containers",
        "Dictionary": "_pythonscript.containers",
        "PackedByteArray": "_pythonscript.packed",
        "push_error": "_pythonscript.errors",
        "push_warning": "_pythonscript.errors",
        "is_instance_valid": "_pythonscript.objects",
        "stringify": "_pythonscript.variant",
        "engine_version": "_pythonscript.interface",
        "wrap_future": "godot._tasks",
        "BoundSignal": "godot._classes",
        "Callable": "godot._classes",
        "RID": "godot._classes",
    }
    """Where the names are that only a running host has, besides the engine's classes."""

    _PLAIN = __all__
    del __all__  # so that `from godot import *` asks for it below

    def __getattr__(name: str) -> object:
        from _pythonscript.interface import is_running

        if name == "__all__":
            return [*_PLAIN, *_all()] if is_running() else _PLAIN
        # The engine's classes are capitalised, its functions are known by name. Others are not looked for in
        # it, such as a submodule's or `__path__`.
        if name.startswith("_"):
            raise AttributeError(f"module 'godot' has no attribute {name!r}")
        if name not in _HOSTS and not name[0].isupper():
            from . import _globals

            if is_running():
                from ._classes import declared

                if name in declared:  # a class need not be capitalised
                    return declared[name]
            if name not in _globals.names():
                raise AttributeError(f"module 'godot' has no attribute {name!r}")
            if is_running():
                return _globals.find(name)
        if not is_running():
            raise ImportError(f"godot.{name} belongs to the engine, and this Python does not run inside one")
        import importlib

        if name in _HOSTS:
            return getattr(importlib.import_module(_HOSTS[name]), name)
        from ._classes import lookup

        return lookup(name)

    def _all() -> set[str]:
        """What the engine has by name, besides what needs none."""
        from . import _classes, _globals

        classes = _classes.singleton("ClassDB").get_class_list()
        singletons = _classes.singleton("Engine").get_singleton_list()
        named = {name for name in (*classes, *singletons) if name[0].isupper() or name in _classes.declared}
        return {*_HOSTS, *named, *_globals.names()} - {*_PLAIN}
