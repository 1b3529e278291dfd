"""Prints a line when the main loop is freed."""

from godot import Engine, _shutdown

_shutdown.watch_main_loop(lambda: print("the main loop is freed, the engine stands:", Engine is not None))
