"""Writes what Python knows of the engine's global scope, `godot/_global_scope.py`, from its own description.

The interface has no way to ask for global enums and constants, nor for the hash of a global function: so they
are written down, once for all versions, as their values never change. Virtual methods that pass packed arrays
are there too, as a release engine does not describe them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import cache
from .console import run, step
from .engine import Engine
from .make_stubs import PYTHONS, prefix_of

FILE = "_global_scope.py"
_HEAD = '''\
"""The engine's global enums and functions. Made by `tools/dev.py interface`. Do not edit."""

# fmt: off
# ruff: noqa
'''


def renew(godot: Engine, folder: Path) -> None:
    """Writes the file into the folder of the package `godot`.

    Raises:
        Failure: the engine does not describe itself.
    """
    with cache.workshop() as work, step("globals", f"dumping from {godot}"):
        run([godot.path, "--headless", "--dump-extension-api"], cwd=work, timeout=60)
        generate(work / "extension_api.json", folder)


def generate(dump: Path, folder: Path) -> Path:
    """Writes the file from a dump (extension_api.json) into `folder`; returns its path."""
    path = folder / FILE
    api = json.loads(dump.read_text(encoding="utf-8"))
    path.write_text(_HEAD + "\n".join(_lines(api)) + "\n", encoding="utf-8")
    return path


def _lines(api: dict[str, Any]) -> Iterator[str]:
    (variants,) = (enum["values"] for enum in api["global_enums"] if enum["name"] == "Variant.Type")
    numbers = {value["name"].removeprefix("TYPE_").replace("_", ""): value["value"] for value in variants}

    def number_of(kind: str) -> int:
        """The Variant type: of any value, of one of a builtin class, of an object."""
        return 0 if kind == "Variant" else numbers.get(kind.upper(), numbers["OBJECT"])

    yield "ENUMS = {  # with whether it is of flags, and what the names of all its members begin with"
    for enum in api["global_enums"]:
        yield f"    {enum['name']!r}: ({enum['is_bitfield']}, {prefix_of(enum)!r}, {{"
        yield from (f"        {value['name']!r}: {value['value']}," for value in enum["values"])
        yield "    }),"
    yield "}"
    yield ""
    yield "FUNCTIONS = {  # name: hash, type of the result, names and types of arguments, whether any follow"
    for one in api["utility_functions"]:
        if one["name"] not in PYTHONS:
            arguments = tuple((each["name"], number_of(each["type"])) for each in one.get("arguments", ()))
            returns = number_of(one["return_type"]) if "return_type" in one else None
            yield f"    {one['name']!r}: ({one['hash']}, {returns}, {arguments!r}, {one['is_vararg']}),"
    yield "}"
    yield ""
    yield "PACKED = {  # class and virtual method: types of arguments, and of the result"
    for cls in api["classes"]:
        for method in cls.get("methods", ()):
            if method["is_virtual"] and cls["api_type"] == "core":
                kinds = [each["type"] for each in method.get("arguments", ())]
                returns = method.get("return_value", {}).get("type", "")
                if any(kind.startswith("Packed") for kind in (*kinds, returns)):
                    packed = tuple(number_of(kind) if kind.startswith("Packed") else 0 for kind in kinds)
                    result = number_of(returns) if returns.startswith("Packed") else 0
                    yield f"    ({cls['name']!r}, {method['name']!r}): ({packed!r}, {result}),"
    yield "}"
