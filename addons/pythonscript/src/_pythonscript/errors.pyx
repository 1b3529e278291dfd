"""Python's exceptions as the engine's script errors.

Nothing crosses the boundary unhandled: whoever is called by the engine ends in `report`, which prints the
exception with its Python traceback as a script error. SystemExit and KeyboardInterrupt are reported like the
others, not obeyed: only the engine decides when it quits.

Calls print_script_error_with_message, print_error, print_warning.
"""

import sys

from _pythonscript.interface cimport *

cdef extern from "Python.h":
    int Py_GetRecursionLimit()
    void Py_SetRecursionLimit(int limit)

COMPILED = "_pythonscript/"
FACADE = "res://addons/pythonscript/godot/"

_project = ""


def set_project_folder(str folder):
    """`folder` (absolute) is shown as `res://` from now on, so that the editor can jump to the line."""
    global _project
    _project = folder.rstrip("/") + "/"


def push_error(text, *, stacklevel=1):
    """Prints an error in the engine's output, at the Python line that calls (`@GlobalScope.push_error`)."""
    tell(gde.print_error, text, sys._getframe(stacklevel - 1))


def push_warning(text, *, stacklevel=1):
    """Prints a warning in the engine's output, at the Python line that calls (`@GlobalScope.push_warning`)."""
    tell(gde.print_warning, text, sys._getframe(stacklevel - 1))


ctypedef void (*Printer)(const char *, const char *, const char *, int32_t, GDExtensionBool) noexcept nogil


cdef int tell(Printer printer, object text, object frame) except -1:
    return tell_at(printer, text, frame.f_code.co_qualname, shown(frame.f_code.co_filename), frame.f_lineno)


cdef int tell_at(Printer printer, object text, object where, object file, int line) except -1:
    cdef bytes encoded = encode(text), function = encode(where), encoded_file = encode(file)
    cdef const char *pointers[3]
    pointers[0], pointers[1], pointers[2] = encoded, function, encoded_file
    with nogil:  # a Logger of the game's may see it
        printer(pointers[0], pointers[1], pointers[2], line, False)
    return 0


cdef int tell_script_error(object text, object where, object file, int line) except -1:
    cdef bytes encoded = encode(text), function = encode(where), encoded_file = encode(file)
    cdef const char *pointers[3]
    pointers[0], pointers[1], pointers[2] = encoded, function, encoded_file
    with nogil:
        gde.print_script_error_with_message(b"Python exception", pointers[0], pointers[1], pointers[2], line, True)
    return 0


def report_at(text, where, file, line):
    """Prints a script error at a line of a file; `where` names what is wrong there."""
    tell_script_error(text, where, shown(file), line)


def warn_at(text, where, file, line):
    """Prints a warning at a line of a file; `where` names what it is about."""
    tell_at(gde.print_warning, text, where, shown(file), line)


def report_exception(where):
    """Prints the exception being handled as a script error; `where` names what raised it."""
    report(where)


cdef object report(object where, object function=None):
    """Prints the exception being handled as a script error; returns its one-line text for the caller in the engine.

    `where` names the member that the engine called, as `Class.member`; `function` is that member.
    """
    cdef int limit = make_room()
    try:
        return show(where, function)
    finally:
        end_room(limit)


cdef int make_room():
    """Lets this thread call some more functions, where an endless recursion through the engine has left no room to tell of it.

    Returns what `end_room` needs.
    """
    cdef int limit = Py_GetRecursionLimit()
    Py_SetRecursionLimit(limit + <int>ROOM)
    return limit


cdef int end_room(int limit):
    Py_SetRecursionLimit(limit)  # sys.setrecursionlimit refuses one that the calls under way just reach
    return 0


ROOM = 500
"""Calls; formatting a traceback takes some dozens."""


cdef object show(object where, object function):
    try:
        error = sys.exception() if hasattr(sys, "exception") else sys.exc_info()[1]
        import traceback  # late: a game that makes no mistake has no use for it

        summary = "".join(traceback.format_exception_only(error)).strip()
        while error.__traceback__ is not None and error.__traceback__.tb_frame.f_code.co_filename.startswith(COMPILED):
            error.__traceback__ = error.__traceback__.tb_next  # the host's own frames say nothing to the user
        trace = "".join(traceback.format_exception(error)).strip()
        frames = traceback.extract_tb(error.__traceback__)
        if not frames and isinstance(error, RecursionError) and hasattr(function, "__code__"):
            # Since Python 3.12 a function that has no room to begin has no frame, and none of those before it is told.
            code = function.__code__
            frames = [traceback.FrameSummary(code.co_filename, code.co_firstlineno, code.co_name)]
            trace = "".join(["Traceback (most recent call last):\n", *traceback.format_list(frames), summary])
        # The editor jumps to the innermost line that is not ours.
        theirs = [frame for frame in frames if not shown(frame.filename).startswith((COMPILED, FACADE))]
        line, file = (theirs[-1].lineno, theirs[-1].filename) if theirs else (0, "python")
        text = f"{summary}\n{trace}" if frames else summary
        tell_script_error(text, where, shown(file), line or 0)
        return summary
    except BaseException as failure:  # e.g. an exception whose own __str__ raises
        text = f"an exception in {where} could not be shown: {type(failure).__name__}"
        tell_script_error(text, where, "python", 0)
        return text


cdef bytes encode(object text):
    return str(text).replace("\0", "\ufffd").encode("utf-8", "replace")


cdef object shown(object file):
    return "res://" + file[len(_project):] if _project and file.startswith(_project) else file
