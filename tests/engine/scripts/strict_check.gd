extends "suite.gd"
## Loads the strict script, which must compile, and run.


func test_it_compiles_and_runs() -> void:
	var script: GDScript = load("res://strict.gd")
	check("it compiles", script != null and script.can_instantiate(), true)
	var strict: RefCounted = script.new()
	check("what it sees", (strict.call("look") as Dictionary)["status"], true)
	check("a step", strict.call("step"), false)
