"""An addon of the benchmark: what GDScript cannot measure."""
