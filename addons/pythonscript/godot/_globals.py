"""The engine's global scope in Python: enums, constants and functions, made when they are first named.

`Key.A` and `KEY_A`, `Error.OK` and `OK`, `lerp(0, 10, 0.5)`. What Python has itself stays Python's, such as
`print`, `abs` and `max`. The table of all is imported late: few games need it at their start.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from enum import IntEnum, IntFlag
from keyword import iskeyword
from types import ModuleType
from typing import Any

from .annotations import add_enum
from .enums import Error, MethodFlags, PropertyHint, VariantType

OWN: dict[str, type[Any]] = {
    "Error": Error,
    "MethodFlags": MethodFlags,
    "PropertyHint": PropertyHint,
    "Variant.Type": VariantType,
}
"""Enums that Python has under a name of their own; the engine's name of each."""


def _scope() -> ModuleType:
    from . import _global_scope

    return _global_scope


def load(path: str) -> Any:
    """The resource of a file (class reference: @GDScript.load); None if it cannot be loaded."""
    from ._classes import singleton

    return singleton("ResourceLoader").load(path)


@functools.cache
def names() -> frozenset[str]:
    """All that `find` finds."""
    enums = (name for name in _scope().ENUMS if "." not in name)
    return frozenset((*enums, *_constants(), *_scope().FUNCTIONS, "load"))


@functools.cache
def find(name: str) -> Any:
    """An enum, a constant or a function by its name; None if the global scope has none of it."""
    if name == "load":
        return load
    if name in _scope().FUNCTIONS:
        return _function(name)
    if name in _constants():
        owner = _constants()[name]
        value = _scope().ENUMS[owner][2][name]
        members = enum(owner)
        return members(value) if value in members.__members__.values() else value
    return enum(name) if "." not in name else None


@functools.cache
def enum(name: str) -> Any:
    """A global enum by the engine's name of it; None if there is none."""
    if name in OWN:
        return OWN[name]
    if name not in _scope().ENUMS:
        return None
    flags, prefix, members = _scope().ENUMS[name]
    short = {member.removeprefix(prefix): value for member, value in members.items()} if prefix else {}
    aliases = {
        member: value for member, value in short.items() if member.isidentifier() and not iskeyword(member)
    }
    kind: Any = IntFlag if flags else IntEnum
    own = name.rpartition(".")[2]
    made = kind(own, members | aliases, module="godot", qualname=own)
    add_enum(made, name)
    return made


@functools.cache
def _constants() -> dict[str, str]:
    """The names of all constants, each with the enum that has it."""
    return {member: name for name, (*_, members) in _scope().ENUMS.items() for member in members}


def _function(name: str) -> Callable[..., Any]:
    from _pythonscript.utilities import Utility
    from _pythonscript.variant import Type

    number, returns, arguments, vararg = _scope().FUNCTIONS[name]
    kinds = [Type(kind) for _, kind in arguments]
    result = None if returns is None else Type(returns)
    made: Callable[..., Any] = Utility(name, number, result, [each for each, _ in arguments], kinds, vararg)
    return made
