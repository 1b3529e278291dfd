"""What a game's start imports and needs no engine: a thread does so while the engine starts itself.

It is a matter of time alone: whatever is not here is imported where it is needed.
"""

# ruff: noqa: F401
from _pythonscript import (
    callables,
    classes,
    containers,
    errors,
    incoming,
    interface,
    mainloop,
    members,
    objects,
    outgoing,
    packed,
    strings,
    variant,
)

from . import annotations, declare, enums, hooks, signatures, spec, values

OF_ADDONS = ("httptools", "ipaddress", "pathlib", "socket", "urllib.parse", "zlib")
"""What the addons of this repository import from elsewhere."""

for _name in OF_ADDONS:
    try:
        __import__(_name)
    except Exception:  # the addon that imports it will say so
        continue
