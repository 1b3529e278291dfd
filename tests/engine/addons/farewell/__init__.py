"""An addon of the tests: waits for the main loop's end as the host does before Godot 4.5."""
