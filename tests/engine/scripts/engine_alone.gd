extends "suite.gd"
## An engine without us.


func test_the_engine_computes() -> void:
	check("a sum", 1 + 1, 2)
	check("no class of ours", ClassDB.class_exists("PyHTTPClient"), false)


func test_errors_are_announced() -> void:
	expect("an error that was announced")
	push_error("an error that was announced")
	check("still here", true, true)
