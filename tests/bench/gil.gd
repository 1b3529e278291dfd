extends SceneTree
## Runs the measurement of calls in Python, which finds a script to call in the Engine's metadata.


class Worker:
	extends RefCounted
	## Has a method to be called.

	func work() -> void:
		pass


func _initialize() -> void:
	Engine.set_meta("script", Worker.new())
	PyProbe.run(FileAccess.get_file_as_string("res://calls.txt"))
	Engine.remove_meta("script")
	quit()
