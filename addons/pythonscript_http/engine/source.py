"""Who asks for a request, for the editor's inspector."""

from __future__ import annotations

from godot import Engine, Node
from pythonscript_http import tracing


def script_line() -> str:
    """The line of a script that calls now, as `res://player.gd:12 (_on_pressed)`.

    The engine knows it where a debugger is attached, from version 4.5 on.

    Returns:
        Empty: it is not known, or nobody wants to know.
    """
    if not tracing.observed() or not hasattr(Engine, "capture_script_backtraces"):
        return ""
    for backtrace in Engine.capture_script_backtraces():
        if backtrace.get_frame_count():
            place = f"{backtrace.get_frame_file(0)}:{backtrace.get_frame_line(0)}"
            return f"{place} ({backtrace.get_frame_function(0)})"
    return ""


def node_path(node: Node) -> str:
    """The path of a node in the tree; empty: nobody wants to know."""
    return str(node.get_path()) if tracing.observed() else ""
