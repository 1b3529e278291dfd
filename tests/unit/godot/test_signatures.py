"""Parameters are those that `inspect` tells, and calls are taken as Python takes them."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import pytest

from godot.signatures import REQUIRED, is_coroutine, parameters, takes


def none() -> None: ...
def plain(a: int, b: str = "x") -> None: ...
def by_place(a: int, b: int = 2, /, c: int = 3) -> None: ...
def by_name(*, a: int, b: int = 2) -> None: ...
def rest(a: int, *others: int) -> None: ...
def everything(a: int, /, b: int, *c: int, d: int, e: int = 5, **f: int) -> None: ...
def named(a: int, **others: int) -> None: ...
async def awaited(a: int) -> None: ...


@functools.wraps(plain)
def wrapping(*arguments: Any) -> None: ...


def local(a: int, b: int = 1) -> int:
    """Has variables besides its parameters."""
    total = a
    total += b
    return total


FUNCTIONS: list[Callable[..., Any]] = [
    *(none, plain, by_place, by_name, rest, everything, named, awaited, wrapping, local),
    functools.partial(plain, b="y"),
]


def name(function: Callable[..., Any]) -> str:
    return getattr(function, "__name__", "partial")


@pytest.mark.parametrize("function", FUNCTIONS, ids=name)
def test_they_are_those_of_inspect(function: Callable[..., Any]) -> None:
    told = inspect.signature(function).parameters.values()
    assert [(one.name, int(one.kind), one.default) for one in parameters(function)] == [
        (one.name, int(one.kind), REQUIRED if one.default is one.empty else one.default) for one in told
    ]


@pytest.mark.parametrize("count", range(5))
@pytest.mark.parametrize("function", FUNCTIONS, ids=name)
def test_what_is_taken_is_what_python_takes(function: Callable[..., Any], count: int) -> None:
    try:
        inspect.signature(function).bind(*range(count))
    except TypeError:
        assert not takes(function, count)
    else:
        assert takes(function, count)


@pytest.mark.parametrize("function", FUNCTIONS, ids=name)
def test_a_coroutine_is_known(function: Callable[..., Any]) -> None:
    assert is_coroutine(function) is inspect.iscoroutinefunction(function)
