extends "suite.gd"
## A function that gives the status by its type, for both classes.


func test_it_compiles_for_both() -> void:
	for type: String in ["HTTPClient", "PyHTTPClient"]:
		var script: GDScript = load("res://status_%s.gd" % type)
		check(type, script != null and script.can_instantiate(), true)
