"""Declares the engine's Timer anew."""

from godot import RefCounted, gdclass


@gdclass
class Timer(RefCounted):
    """Not the engine's."""
