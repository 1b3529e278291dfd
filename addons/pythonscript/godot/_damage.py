"""What is wrong with a Python that lacks what an addon needs, in a sentence instead of a traceback."""

from __future__ import annotations

import sys

advice = ""
"""What to do about a damaged Python, from who found it."""

_WINDOWS = ("_msi", "_overlapped", "_winapi", "_wmi", "msilib", "msvcrt", "nt", "winreg", "winsound")
_POSIX = ("_posixshmem", "_posixsubprocess", "fcntl", "grp", "posix", "pwd", "resource", "syslog", "termios")
LEFT_OUT = (
    # of bundles: for developers, for terminals, windows, servers, mail, files; doubles; and by their licences
    *("distutils", "doctest", "ensurepip", "idlelib", "lib2to3", "modulefinder", "pyclbr", "pydoc"),
    *("_remote_debugging", "pickletools", "pydoc_data", "symtable", "tabnanny", "venv"),
    *("antigravity", "this", "webbrowser", "zipapp"),
    *("_curses", "_curses_panel", "_tkinter", "curses", "readline", "tkinter", "turtle", "turtledemo"),
    *("ftplib", "imaplib", "mailbox", "plistlib", "poplib", "smtplib", "wsgiref", "xmlrpc"),
    *("_hmac", "_pydatetime", "_pydecimal", "_pyio"),
    *("_crypt", "_dbm", "_gdbm", "nis", "ossaudiodev", "spwd"),
    # of Pythons for other systems
    *(_POSIX if sys.platform == "win32" else _WINDOWS),
    *(() if sys.platform == "darwin" else ("_scproxy",)),
)
"""Modules of the standard library that a Python may lack and be whole."""

_LOADER = "<frozen importlib._bootstrap_external>"


def told(error: BaseException) -> str | None:
    """Says what is missing or damaged, and what to do about it; None: it is a mistake of the addon's own.

    Args:
        error: why the addon could not be imported.
    """
    if isinstance(error, ModuleNotFoundError) and error.name and _is_nowhere(error.name):
        return _missing(error.name.partition(".")[0])
    if isinstance(error, ImportError | SyntaxError | EOFError | ValueError) and (place := _damaged(error)):
        why = str(error).removeprefix(f"{place}: ")
        text = f"{place} is damaged, or lacks a library ({type(error).__name__}: {why})"
        return text if advice in why else f"{text}; {advice}"
    return None


def _is_nowhere(module: str) -> bool:
    """Whether it is not even a package without the submodule that was asked for."""
    return "." not in module or module.partition(".")[0] not in sys.modules


def _missing(module: str) -> str:
    if module in LEFT_OUT:
        why = "bundles go without it, or it is another system's"
        return f"the Python in {sys.prefix} has no module {module!a}: {why}"
    if module in sys.stdlib_module_names:
        return f"the Python in {sys.prefix} is damaged: it has no module {module!a}; {advice}"
    return (
        f"there is no module {module!a}, neither in addons/site-packages nor in the Python in {sys.prefix}; "
        f"install the package that has it, as by `pip install --target addons/site-packages {module}`"
    )


def _damaged(error: BaseException) -> str | None:
    """The file of the Python's, or of a package's, that could not be loaded."""
    if isinstance(error, SyntaxError):
        place = error.filename
    elif isinstance(error, ImportError):
        place = error.path
    else:
        place, trace = None, error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        if trace is not None and trace.tb_frame.f_code.co_filename == _LOADER:
            return f"a file of bytecode in {sys.prefix} or addons"
    return place if place and place.startswith((sys.prefix, sys.base_prefix)) else None
