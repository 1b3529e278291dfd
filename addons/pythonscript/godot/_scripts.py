"""What is asked of the engine's scripts."""

import threading
from typing import Any, Final

from _pythonscript import outgoing
from _pythonscript.containers import Array, Dictionary
from _pythonscript.interface import engine_version
from _pythonscript.variant import Type

from ._classes import engine_class, singleton
from .annotations import TYPE_NAMES
from .enums import PropertyHint, VariantType

_kinds: Final = {name: kind for kind, name in TYPE_NAMES.items() if kind is not VariantType.OBJECT}


def is_waiting() -> bool:
    """Whether a script on this thread waits for a call into Python, and looks at the call's error.

    Scripts of release builds don't look. Nor does the engine's own code, which calls with no script below it
    on the thread's stack, as a Thread does whose method is written in Python.
    """
    if not singleton("OS").is_debug_build():
        return False
    if engine_version() >= (4, 5, 0):
        return any(not trace.is_empty() for trace in singleton("Engine").capture_script_backtraces())
    return threading.current_thread() is threading.main_thread()


def argument_types(target: Any, name: str) -> tuple[Type | None, ...]:
    """The typed containers that a script declares as arguments of a method.

    Args:
        target: an object that has the script.
        name: the method's.

    Returns:
        None for an argument that is no typed container, or one of objects that have a script: the engine does
        not tell which.
    """
    listed = outgoing.call_method(target, "get_method_list")
    found = [tuple(map(_container_type, method["args"])) for method in listed if method["name"] == name]
    return next(filter(any, found), ())


def _container_type(info: dict[str, Any]) -> Type | None:
    """The Type of a typed container, by its PropertyInfo."""
    parts = [_item_type(part) for part in info["hint_string"].split(";")]
    if None in parts:
        return None
    if info["hint"] == PropertyHint.ARRAY_TYPE:
        return Type(VariantType.ARRAY, Array, parts[0])
    if info["hint"] == PropertyHint.DICTIONARY_TYPE and len(parts) == 2:
        return Type(VariantType.DICTIONARY, Dictionary, parts[1], key=parts[0])
    return None


def _item_type(name: str) -> Type | None:
    if name in _kinds:
        return Type(_kinds[name])
    if "." in name:  # an enum, by its class or its script
        return Type(VariantType.INT)
    is_class = singleton("ClassDB").class_exists(name)
    return Type(VariantType.OBJECT, engine_class(name), class_name=name) if is_class else None
