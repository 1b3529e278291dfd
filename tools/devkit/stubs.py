"""The type stubs of the engine's classes in a checkout, made once for an engine."""

from __future__ import annotations

import filecmp
import json
from pathlib import Path
from typing import Final

from . import cache, make_stubs, project
from .console import run, step
from .engine import Engine

COMPILED: Final = project.SOURCES / "_pythonscript"
"""Where the stubs of the host's compiled modules are."""
KEPT: Final = 12
"""So many stay in the cache, each for other sources or another engine."""


def ensure(godot: Engine, into: Path = project.STUBS) -> None:
    """Makes `into` hold the stubs of this engine, unless it does.

    Raises:
        Failure: the engine does not describe itself.
    """
    modules = (f"{module}.pyi" for module, _ in make_stubs.SHARED.values())
    made_from = (Path(make_stubs.__file__), *(COMPILED / name for name in modules))
    cached = (
        cache.root()
        / "stubs"
        / cache.key(godot.version, *(path.read_bytes() for path in made_from))
        / into.name
    )
    cache.once(cached.parent, lambda: _make(godot, cached), KEPT)
    if not into.is_file() or not filecmp.cmp(cached, into, shallow=False):
        cache.copy(cached, into)


def _make(godot: Engine, cached: Path) -> None:
    with step("stubs", f"describing the classes of Godot {godot.version}"), cache.workshop() as folder:
        run([godot.path, "--headless", "--dump-extension-api-with-docs"], cwd=folder, timeout=60)
        api = json.loads((folder / "extension_api.json").read_text(encoding="utf-8"))
        made = folder / "made"
        cache.write(made / cached.name, make_stubs.generate(api, COMPILED))
        cache.publish(made, cached.parent)
