"""The end of the engine's main loop: the last moment at which scripts and the engine's servers still stand.

Calls register_main_loop_callbacks (Godot 4.5 and newer).
"""

from _pythonscript.interface cimport *
from _pythonscript cimport errors

cdef object on_end = None


def watch(function) -> bool:
    """Has `function()` called when the main loop has ended; False where this engine cannot tell."""
    global on_end
    cdef GDExtensionMainLoopCallbacks callbacks
    if gde.register_main_loop_callbacks is NULL:
        return False
    on_end = function
    callbacks.startup_func, callbacks.shutdown_func, callbacks.frame_func = NULL, ended, NULL
    gde.register_main_loop_callbacks(library, &callbacks)
    return True


cdef void ended() noexcept nogil:
    if running:
        with gil:
            end()


cdef void end() noexcept:
    try:
        on_end()
    except BaseException:
        errors.report("pythonscript")
