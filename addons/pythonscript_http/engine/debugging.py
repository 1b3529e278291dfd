"""Where a debugger is attached, the editor's network inspector may see what a game's clients do."""

from __future__ import annotations

from godot import Engine, EngineDebugger


def start() -> None:
    """Begins to record, if this is a game with a debugger. Else nothing of the inspector is even imported.

    A game that is exported for release has no debugger: the engine refuses to start one.
    """
    if not EngineDebugger.is_active() or Engine.is_editor_hint():
        return
    from godot import before_stop
    from pythonscript_http import trace
    from pythonscript_http.editor.messages import BODIES, EVENTS, PREFIX
    from pythonscript_http.editor.recording import Recorder

    recorder = Recorder(lambda data: EngineDebugger.send_message(EVENTS, data))
    trace.observe(lambda: recorder.observe, bodies=BODIES)
    EngineDebugger.register_message_capture(PREFIX, recorder.command)

    @before_stop
    def stop() -> None:
        # quirk - Godot 4.6 - core/debugger/engine_debugger.cpp: a capture that is still there at exit is an
        # error, with a Callable of an extension a crash - drop when it is neither
        EngineDebugger.unregister_message_capture(PREFIX)
        recorder.stop()
