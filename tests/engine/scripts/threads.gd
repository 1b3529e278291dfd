extends "suite.gd"
## Leaves a Python thread behind.


func test_a_thread_is_left() -> void:
	PyThreads.start(option("kind"))
	check("the game goes on", 1, 1)
