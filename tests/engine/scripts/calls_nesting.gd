extends "suite.gd"
## Containers inside containers: how deep they may be, both ways, and that nothing crashes of deeper ones.

var echo := PyEcho.new()


func nested(depth: int, kind: String) -> Variant:
	var value: Variant = []
	for i in depth - 1:
		value = {"in": value} if kind == "dict" or kind == "mixed" and i % 2 == 0 else [value]
	return value


func depth_of(value: Variant) -> int:
	var depth := 0
	while value is Array or value is Dictionary:
		depth += 1
		if value.is_empty():
			break
		value = value[0] if value is Array else value["in"]
	return depth


func test_containers_are_nested_up_to_a_limit() -> void:
	for kind: String in ["list", "dict", "mixed"]:
		check(kind + " to Python", echo.depth(nested(1024, kind)), 1024)
		check(kind + " and back", depth_of(echo.echo(nested(1024, kind))), 1024)
		expect("RecursionError: containers are nested more than 1024 deep")
		expect("Invalid call")
		check(kind + ", one more", failing(echo.depth.bind(nested(1025, kind))), null)
	for kind: String in ["list", "tuple", "dict", "mixed"]:
		check(kind + " from Python", depth_of(echo.nested(1024, kind)), 1024)
		expect("RecursionError: containers are nested more than 1024 deep")
		check(kind + " from Python, one more", echo.nested(1025, kind), null)
	check("goes on", echo.echo(1), 1)


func test_containers_side_by_side_are_not_nested() -> void:
	var wide: Array = range(3000).map(func(number: int) -> Array: return [number, {"in": [number]}])
	check("to Python and back", echo.echo(wide), wide)
	var lists: Array[Array] = []
	lists.assign(wide)
	check("declared", echo.depth_of_lists(lists), 2)
	var keys := {}
	for number in 3000:
		keys[[number]] = number
	check("as keys", echo.echo(keys), keys)


func test_the_limit_holds_for_what_is_declared() -> void:
	var lists: Array[Array] = [nested(1023, "list")]
	check("to Python", echo.depth_of_lists(lists), 1024)
	check("from Python", depth_of(echo.nested_lists(1024)), 1024)
	for untyped: bool in [false, true]:
		expect("RecursionError")
		if untyped:
			expect("Invalid call")
			check("varcall, one more", failing(echo.depth_of_lists.bind([nested(1024, "list")])), null)
		else:
			lists = [nested(1024, "list")]
			check("ptrcall, one more", echo.depth_of_lists(lists), 0)
	expect("RecursionError")
	check("from Python, one more", echo.nested_lists(1025), [] as Array[Array])


func test_nesting_without_bounds() -> void:
	var deep: Array = nested(20_000, "list")
	expect("RecursionError")
	expect("Invalid call")
	check("to Python", failing(echo.depth.bind(deep)), null)
	for kind: String in ["list", "dict", "mixed", "tuple"]:
		expect("RecursionError")
		check(kind + " from Python", echo.nested(100_000, kind), null)
	expect("must be Vector2, not ")
	check("packed arrays from Python", echo.nested(3, "packed"), null)
	var own: Array = []
	own.append(own)
	expect("Max recursion reached")  # the engine's own, when it hashes such a key
	var map := {own: 1}
	expect("RecursionError")
	expect("Invalid call")
	check("a key that contains itself", failing(echo.echo.bind(map)), null)
	map.clear()
	own.clear()
	check("goes on", echo.echo(1), 1)


func failing(function: Callable) -> Variant:
	return function.call()


class Recursing:
	extends PyErrors

	func recurse_through_a_script(again: Callable) -> Variant:
		return again.call()


func test_an_endless_recursion_through_scripts_has_its_traceback() -> void:
	expect("in recurse_through_the_engine")
	expect("Invalid call function 'PyErrors::recurse_through_the_engine (Callable)': RecursionError: maximum")
	var recursing: Variant = Recursing.new()
	recursing.recurse_through_the_engine()
	check("goes on", (recursing as PyErrors).alive(), "alive")
