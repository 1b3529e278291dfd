extends "suite.gd"
## Value types in Python against GDScript's, by expressions that both understand: test_values.py writes them.

const SCRIPT := """extends RefCounted
static func go() -> Array:
	return [
		%s
	]
"""

var cases: Dictionary = JSON.parse_string(FileAccess.get_file_as_string("res://cases.json"))


func test_constructors() -> void:
	compare("constructors")


func test_operators() -> void:
	compare("operators")


func test_methods() -> void:
	compare("methods")


func test_constants() -> void:
	compare("constants")


func test_members() -> void:
	compare("members")


func test_what_is_refused() -> void:
	for pair: Array in cases["refused"]:
		var failure := PyValues.failure(pair[0])
		check_true("%s: %s, got '%s'" % [pair[0], pair[1], failure], failure.match(pair[1]))


## Checks that Python has the same values as GDScript.
func compare(kind: String) -> void:
	var expressions: Array = cases[kind]
	var script := GDScript.new()
	script.source_code = SCRIPT % ",\n\t\t".join(expressions)
	if script.reload() != OK:
		fail("they compile")
		return
	var wanted: Array = script.go()
	check("all have a value", wanted.size(), expressions.size())
	for i in wanted.size():
		var got: Variant = PyValues.evaluate(expressions[i])
		check(expressions[i], var_to_str(got), var_to_str(wanted[i]))
