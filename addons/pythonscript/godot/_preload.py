"""What a game's start does without the engine's classes: a thread does so while the engine starts itself."""

from __future__ import annotations

from _pythonscript import (  # the rest is imported here for time's sake: it would be where it is needed
    callables,  # noqa: F401
    classes,  # noqa: F401
    containers,  # noqa: F401
    errors,  # noqa: F401
    incoming,  # noqa: F401
    interface,
    mainloop,  # noqa: F401
    members,  # noqa: F401
    objects,  # noqa: F401
    outgoing,  # noqa: F401
    packed,
    strings,
    variant,
)

from . import (
    _addons,
    _classes,
    _processes,  # noqa: F401
    _registration,  # noqa: F401
    _scripts,  # noqa: F401
    _shutdown,  # noqa: F401
    _streams,  # noqa: F401
)
from .values import LIST_ARRAYS, NUMBER_ARRAYS, NodePath, StringName

MODULE = "preload"
"""An addon's module of this name is imported by the thread too."""


def load(get_proc_address: int, library: int) -> None:
    """Looks up in the engine what reading its files takes."""
    interface.load(get_proc_address, library)
    strings.load()
    packed.load()
    variant.load(LIST_ARRAYS, NUMBER_ARRAYS, _classes.BOXES, StringName, NodePath)


def import_early(addons: _addons.Addons) -> None:
    """Imports what addons want to have imported early.

    It is a matter of time alone: what fails is imported again by the addon's `register_types`, and told then.
    """
    for name in addons.names(MODULE):
        try:
            __import__(f"{name}.{MODULE}")
        except Exception:
            continue
