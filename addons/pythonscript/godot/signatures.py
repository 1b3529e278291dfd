"""The parameters of functions, without the module `inspect`, whose import takes a tenth of a game's start."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from types import FunctionType
from typing import Any, NamedTuple

_VARARGS = 0x04
_VARKEYWORDS = 0x08
_COROUTINE = 0x80
"""Flags of code objects (docs.python.org/3/library/inspect.html#code-objects-bit-flags)."""

REQUIRED: Any = object()
"""The default of a parameter that has none."""


class Kind(IntEnum):
    """How arguments are given; the values are those of `inspect`."""

    POSITIONAL_ONLY = 0
    POSITIONAL_OR_KEYWORD = 1
    VAR_POSITIONAL = 2
    KEYWORD_ONLY = 3
    VAR_KEYWORD = 4


class Parameter(NamedTuple):
    """A parameter of a function."""

    name: str
    kind: Kind
    default: Any = REQUIRED


def parameters(function: Callable[..., Any]) -> list[Parameter]:
    """The parameters of a function, in their order; of a decorated one, those that it says it has."""
    if not isinstance(function, FunctionType) or vars(function).keys() & {"__wrapped__", "__signature__"}:
        import inspect  # late: few functions need it

        return [
            Parameter(one.name, Kind(one.kind), REQUIRED if one.default is one.empty else one.default)
            for one in inspect.signature(function).parameters.values()
        ]
    code = function.__code__
    given, names = code.co_argcount, code.co_varnames
    defaults = function.__defaults__ or ()
    found = [
        Parameter(
            name,
            Kind.POSITIONAL_ONLY if index < code.co_posonlyargcount else Kind.POSITIONAL_OR_KEYWORD,
            REQUIRED if index < given - len(defaults) else defaults[index - given],
        )
        for index, name in enumerate(names[:given])
    ]
    end = given + code.co_kwonlyargcount
    if code.co_flags & _VARARGS:
        found.append(Parameter(names[end], Kind.VAR_POSITIONAL))
        end += 1
    by_name = function.__kwdefaults__ or {}
    found += [
        Parameter(name, Kind.KEYWORD_ONLY, by_name.get(name, REQUIRED))
        for name in names[given : given + code.co_kwonlyargcount]
    ]
    if code.co_flags & _VARKEYWORDS:
        found.append(Parameter(names[end], Kind.VAR_KEYWORD))
    return found


def takes(function: Callable[..., Any], count: int) -> bool:
    """Whether a function can be called with so many arguments by position."""
    found = parameters(function)
    places = [one for one in found if one.kind <= Kind.POSITIONAL_OR_KEYWORD]
    needed = sum(one.default is REQUIRED for one in places)
    return (
        needed <= count
        and (count <= len(places) or any(one.kind is Kind.VAR_POSITIONAL for one in found))
        and not any(one.kind is Kind.KEYWORD_ONLY and one.default is REQUIRED for one in found)
    )


def is_coroutine(function: Callable[..., Any]) -> bool:
    """Whether a function is an `async def`."""
    return isinstance(function, FunctionType) and bool(function.__code__.co_flags & _COROUTINE)
