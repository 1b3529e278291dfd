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

HOST = ("_pythonscript/", "res://addons/pythonscript/godot/")
"""Where the host's own files are."""
OTHERS = ("res://addons/pythonscript/", "res://addons/site-packages/")
"""What else in a project its users have not written."""

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


def report_exception(where, error=None):
    """Prints an exception, that being handled if none is given, as a script error; `where` names what raised it."""
    report(where, None, error)


cdef object report(object where, object function=None, object error=None):
    """Prints an exception, that being handled if none is given, as a script error.

    `where` names the member that the engine called, as `Class.member`; `function` is that member.

    Returns the exception's one-line text for the caller in the engine.
    """
    cdef int limit = make_room()
    try:
        return show(where, function, error)
    finally:
        end_room(limit)


cdef object report_in(object self, str method):
    """`report` for a method of an object, whose class can be asked for its name only where there is room."""
    cdef int limit = make_room()
    try:
        return show(f"{type(self).__name__}.{method}", getattr(type(self), method, None), None)
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


cdef object show(object where, object function, object error):
    try:
        if error is None:
            error = sys.exception() if hasattr(sys, "exception") else sys.exc_info()[1]
        import traceback  # late: a game that makes no mistake has no use for it

        told = traceback.TracebackException.from_exception(error)
        summary = "".join(told.format_exception_only()).strip()
        if isinstance(error, SyntaxError):
            summary = f"{type(error).__name__}: {error.msg}"  # the file and the line are below
        code = getattr(function, "__code__", None)
        leave_out_host(told)
        if not told.stack and isinstance(error, RecursionError) and code is not None:
            # Since Python 3.12 a function that has no room to begin has no frame, and none of those before it is told.
            told.stack.append(traceback.FrameSummary(code.co_filename, code.co_firstlineno, code.co_name))
        file, line = place(told, error, code)
        trace = "".join(told.format()).strip()
        tell_script_error(f"{summary}\n{trace}" if told.stack or isinstance(error, SyntaxError) else summary, where, shown(file), line or 0)
        return summary
    except BaseException as failure:  # e.g. an exception whose own __str__ raises
        text = f"an exception in {where} could not be shown: {type(failure).__name__}"
        tell_script_error(text, where, "python", 0)
        return text


cdef int leave_out_host(object told) except -1:
    """Takes the host's own frames out of a traceback and of those that it shows with it: they say nothing to the user.

    A traceback that has no others is the host's own mistake, and stays.
    """
    cdef list left = [told]
    while left:
        told = left.pop()
        theirs = [frame for frame in told.stack if not shown(frame.filename).startswith(HOST)]
        compiled = [frame for frame in told.stack if frame.filename.startswith(HOST[0])]
        if theirs or len(compiled) == len(told.stack) or hasattr(told, "lineno"):  # that of a SyntaxError
            told.stack[:] = theirs
        left += [other for other in (told.__cause__, told.__context__, *(told.exceptions or ())) if other is not None]
    return 0


cdef tuple place(object told, object error, object code):
    """The file and line to which the editor jumps: the innermost that the project's user has written, if there is one."""
    if isinstance(error, SyntaxError) and shown(error.filename or "").startswith("res://"):
        return error.filename, error.lineno
    theirs = [frame for frame in told.stack if not shown(frame.filename).startswith(HOST)]
    own = [frame for frame in theirs if shown(frame.filename).startswith("res://") and not shown(frame.filename).startswith(OTHERS)]
    for frame in (own or theirs)[-1:]:
        return frame.filename, frame.lineno
    return ("python", 0) if code is None else (code.co_filename, code.co_firstlineno)


cdef bytes encode(object text):
    return str(text).replace("\0", "\ufffd").encode("utf-8", "replace")


cdef object shown(object file):
    return "res://" + file[len(_project):] if _project and file.startswith(_project) else file
