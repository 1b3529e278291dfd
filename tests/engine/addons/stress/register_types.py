"""Declares all classes of the addon."""

from __future__ import annotations

from . import (
    bells,
    busy,
    counted,
    droppers,
    failing,
    getters,
    helpers,
    leftovers,
    loops,
    makers,
    mixer,
    parts,
    strange,
    workers,
)

__all__ = [
    "bells",
    "busy",
    "counted",
    "droppers",
    "failing",
    "getters",
    "helpers",
    "leftovers",
    "loops",
    "makers",
    "mixer",
    "parts",
    "strange",
    "workers",
]
