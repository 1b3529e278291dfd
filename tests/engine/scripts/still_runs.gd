extends "suite.gd"
## A project that runs, whatever has become of Python.


func test_the_project_opened() -> void:
	check("GDScript runs", str(1 + 1), "2")
	check("nothing half-made is registered", ClassDB.class_exists("PyProbe"), false)
