"""What the C entry calls when the engine starts, starts its editor, and stops.

Addons are found here: every folder `addons/<name>/` that has a `register_types.py` is a Python package, and
that module is imported once the engine's own classes are there. Importing it declares the addon's classes.
"""

from __future__ import annotations

import gc
import importlib
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

PATIENCE = 0.5
"""Seconds that a quitting game waits for Python threads which are not daemons."""


def start(get_proc_address: int, library: int, addons: str) -> bool:
    """At the level SCENE: joins the engine, then imports every addon's `register_types`."""
    from _pythonscript import callables, errors, interface, objects, packed, strings, variant

    from .values import LIST_ARRAYS, NUMBER_ARRAYS, VALUES, NodePath, StringName

    # The first import of `signal` takes Ctrl-C for Python, whatever PyConfig says: the engine gets it back.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    interface.load(get_proc_address, library)
    strings.load()
    errors.set_project_folder(str(Path(addons).parent))
    packed.load()
    from . import _classes, _registration, _streams, declare

    variant.load(VALUES, LIST_ARRAYS, NUMBER_ARRAYS, _classes.BOXES, StringName, NodePath)
    callables.load()
    objects.load(_classes.engine_class)
    sys.stdout, sys.stderr = _streams.EngineStream("print"), _streams.EngineStream("printerr")
    declare.registrars.append(_registration.register)
    for module in sorted(Path(addons).glob("*/register_types.py")):
        _import_addon(module.parent.name)
    return True


def _import_addon(name: str) -> None:
    from _pythonscript import errors

    try:
        importlib.import_module(f"{name}.register_types")
    except BaseException:  # one addon's failure is not the others'
        errors.report_exception(f"addons/{name}/register_types.py")


def start_editor() -> bool:
    """At the level EDITOR: fills the help, if an editor is there to show it."""
    from . import _registration
    from ._classes import singleton

    if singleton("Engine").is_editor_hint():
        _registration.load_documentation()
    return True


def stop() -> bool:
    """Before the engine's own classes go: leaves ClassDB, children first, and drops every engine value.

    Returns False where Python cannot be finalised, as a thread goes on that would have to be waited for.
    """
    from _pythonscript import classes, errors, interface, objects, strings

    from . import _classes, declare

    deadline = time.monotonic() + PATIENCE
    stuck = _join_threads(deadline)
    declare.registrars.clear()
    objects.release_all()
    classes.unregister_all()
    _classes.forget()
    gc.collect()
    objects.close()
    interface.close()
    sys.stdout.flush()
    sys.stderr.flush()
    if stuck:
        names = ", ".join(stuck)
        errors.push_warning(
            f"Python threads still run while the game quits: {names}; make them daemons or end them"
        )
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    if stuck:
        return False
    strings.close()
    return True


def _join_threads(deadline: float) -> list[str]:
    """Ends what `Py_FinalizeEx` would wait for without a bound; returns the names of threads that go on."""
    # Executors' workers end only when their module's hooks run; those may block, so they run apart.
    hooks: list[Any] = list(getattr(threading, "_threading_atexits", ()))
    helper = threading.Thread(target=lambda: [hook() for hook in reversed(hooks)], daemon=True)
    helper.start()
    helper.join(max(0.0, deadline - time.monotonic()))
    alive = []
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not thread.daemon:
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                alive.append(thread.name)
    return alive
