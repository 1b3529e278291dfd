"""What the C entry calls when the engine starts, starts its editor, and stops."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Coroutine
from typing import Any

_SWITCH_INTERVAL = 0.0005
"""Seconds for which a thread that computes may keep the GIL from another, as sys.setswitchinterval has it.

The engine's main thread is that other one whenever it comes back to Python beside such a thread: of the
16 ms of a frame, the 5 that are usual are too many. A switch takes some microseconds.
"""
_MOST_HANDLES = 1_000_000
"""As many are emptied at the very end: destructors that always make new ones keep no game from quitting."""


def prepare(addons: str, exported: bool, get_proc_address: int, library: int) -> None:
    """At the first level, in a thread of its own: all that needs none of the engine's classes but files.

    Args:
        addons: the folder of all addons.
        exported: whether this is an exported game.
        get_proc_address: the engine's function of this name.
        library: the token by which the engine knows this extension.
    """
    from . import _addons, _preload

    _preload.load(get_proc_address, library)
    _addons.found.append(_addons.installed(addons, exported))
    # What is there by now stays: no collection need look at it again. What the addons have is not left out,
    # as the last collections close the files that they leave open.
    gc.freeze()
    _preload.import_early(*_addons.found)


def abandon() -> bool:
    """The engine ends before it came to scenes."""
    from _pythonscript import strings

    strings.close()
    return True


def start(addons: str, advice: str) -> bool:
    """At the level SCENE, after `prepare`: joins the engine, then imports every addon's `register_types`.

    Args:
        addons: their folder.
        advice: what to do about a Python that is damaged.
    """
    import _signal as signal  # type: ignore[import-not-found]  # the enums around it are made by whoever needs them

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
        variant,
    )

    from . import (
        _addons,
        _classes,
        _damage,
        _processes,
        _registration,
        _scripts,
        _shutdown,
        _streams,
        _unhandled,
        declare,
    )

    # The first import of `signal` takes Ctrl-C for Python, whatever PyConfig says: the engine gets it back.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    # As in every Python, a closed pipe is the call's error and not the process's end.
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    sys.setswitchinterval(_SWITCH_INTERVAL)
    interface.begin()
    errors.set_project_folder(os.path.dirname(addons))  # noqa: PTH120 - pathlib costs start-up
    outgoing.load(_classes.native_properties, _scripts.argument_types, _classes.enum_of)
    callables.load()
    members.load()
    containers.load(_registration.type_of)
    incoming.load(_scripts.is_waiting)
    variant.load_coroutines(_start_coroutine)
    classes.load(_registration.listed)
    free_orphans = _classes.Callable(objects.free_orphans)
    objects.load(_classes.engine_class, free_orphans.call_deferred)
    sys.stdout, sys.stderr = _streams.EngineStream("print"), _streams.EngineStream("printerr")
    _unhandled.begin()
    declare.registrars.append(_registration.register)
    if not mainloop.watch(_shutdown.run):
        _shutdown.watch_main_loop(_shutdown.run)
    _damage.advice = advice
    _processes.refuse()
    for found in _addons.found:
        _addons.import_all(found, "register_types")
    return True


def _start_coroutine(coroutine: Coroutine[Any, Any, Any], owner: object) -> object:
    from . import _tasks  # late: most games have none

    return _tasks.start(coroutine, owner)


def start_editor(addons: str) -> bool:
    """At the level EDITOR: imports every addon's `register_editor_types` and fills the help.

    Not in a game, though the level comes there too where the editor's binary runs it.
    """
    from _pythonscript import classes

    from . import _addons, _shutdown
    from ._classes import singleton

    classes.start_editor()
    if singleton("Engine").is_editor_hint():
        _addons.import_all(_addons.ProjectAddons(addons), "register_editor_types")
        from . import _export  # noqa: F401 - its import declares the plugin

        if _is_found_by_the_first_scan():
            # quirk - Godot 4.5 to 4.7 - an editor without a window that has found an extension itself is in
            # the middle of describing its classes; it goes on when what it writes to is gone, and crashes.
            # Where no class of an extension's is left, and no text came from one, there is nothing to write
            # - https://github.com/godotengine/godot/issues/111048 - drop when none of those is used
            _shutdown.last.append(classes.unregister_all)
        else:
            from . import _help  # late: a game has none

            _help.load()
    return True


def _is_found_by_the_first_scan() -> bool:
    """Whether an editor without a window runs already, and loads the extension as it has just found it."""
    from ._classes import singleton

    running = singleton("Engine").get_main_loop() is not None
    return running and singleton("DisplayServer").get_name() == "headless"


def stop_editor() -> bool:
    """Before the editor's own classes go: the classes that may inherit them leave ClassDB."""
    from _pythonscript import classes

    _let_go()
    classes.unregister_editor()
    return True


def stop() -> bool:
    """Before the engine's own classes go: leaves ClassDB, children first, and drops every engine value.

    Returns False where Python cannot be finalised, as a thread goes on that would have to be waited for.
    """
    from _pythonscript import classes, interface, objects, strings

    from . import _classes, _shutdown, _unhandled, declare

    declare.registrars.clear()
    _let_go()
    classes.unregister_all()
    _classes.forget()
    gc.collect()
    objects.close()
    _unhandled.end()
    interface.close()
    sys.stdout.flush()
    sys.stderr.flush()
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    if _shutdown.is_stuck():
        return False
    strings.close()
    return True


def _let_go() -> None:
    """Drops what Python holds of the engine's, also what it got since the main loop ended."""
    from _pythonscript import handles, objects

    from . import _shutdown

    _shutdown.run()
    objects.free_orphans()
    handles.let_go(_MOST_HANDLES)
