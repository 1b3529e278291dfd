extends "suite.gd"
## What goes wrong in a call, and that all goes on.

## Two calls by ptrcall whose results have the same place in memory.
const PICKING := """extends RefCounted
static func go(picker: PyPicker) -> Array:
	var values: Array = []
	for raises: bool in [false, true]:
		var value: %s = picker.pick_%s(raises)
		values.append(value)
	return values
"""

var errors := PyErrors.new()
var echo := PyEcho.new()
var reached := false


func untyped_call(kind: String) -> void:
	var untyped: Variant = errors
	reached = false
	untyped.give(kind)
	reached = true


func test_varcall_stops_the_function() -> void:
	for kind: String in [
		"ValueError", "KeyError", "AssertionError", "StopIteration", "MemoryError", "RecursionError"
	]:
		expect("%s: " % kind)  # Python's, with its traceback
		expect("Invalid call")  # GDScript's, at the line that called
		untyped_call(kind)
		check("%s stops the function" % kind, reached, false)
	check("goes on", errors.alive(), "alive")


func test_exit_and_interrupt_are_not_obeyed() -> void:
	for kind: String in ["SystemExit", "KeyboardInterrupt", "GeneratorExit"]:
		expect("raised " + kind)
		expect("Invalid call")
		untyped_call(kind)
		expect("raised " + kind)
		check("ptrcall of " + kind, errors.give(kind), 0)
	check("goes on", errors.alive(), "alive")


func test_ptrcall_gives_the_default() -> void:
	expect("raised without argument")
	check("int", errors.give_without_argument(), 0)
	expect("raised instead of a String")
	check("String", errors.give_string(), "")
	expect("raised instead of an Array")
	check("Array", errors.give_array(), [])
	expect("raised instead of an Error")
	check("Error", errors.give_error(), FAILED)
	expect("raised by a static method")
	check("static", PyErrors.give_static(), 0)
	expect("raised OSError")
	check("with an argument", errors.give("OSError"), 0)
	check("goes on", errors.alive(), "alive")


func test_a_thread_that_raises_has_failed() -> void:
	var thread := Thread.new()
	expect("raised instead of an Error")
	thread.start(errors.give_error)
	check("Error", thread.wait_to_finish(), FAILED)


func test_ptrcall_gives_the_default_of_every_type() -> void:
	var types := {
		"bool": false,
		"int": 0,
		"float": 0.0,
		"str": "",
		"StringName": &"",
		"NodePath": ^"",
		"Vector2": Vector2(),
		"Vector2i": Vector2i(),
		"Rect2": Rect2(),
		"Rect2i": Rect2i(),
		"Vector3": Vector3(),
		"Vector3i": Vector3i(),
		"Transform2D": Transform2D(),
		"Vector4": Vector4(),
		"Vector4i": Vector4i(),
		"Plane": Plane(),
		"Quaternion": Quaternion(),
		"AABB": AABB(),
		"Basis": Basis(),
		"Transform3D": Transform3D(),
		"Projection": Projection(),
		"Color": Color(),
		"dict": {},
		"list": [],
		"PackedInt32Array": PackedInt32Array(),
		"object": null,
		"refcounted": null,
	}
	var named := {
		"str": "String", "dict": "Dictionary", "list": "Array", "object": "Object", "refcounted": "RefCounted"
	}
	for type: String in types:
		var script := GDScript.new()
		script.source_code = PICKING % [named.get(type, type), type]
		check(type + " compiles", script.reload(), OK)
		expect("nothing to pick")
		var values: Array = script.go(PyPicker.new())
		check_true(type + " is picked", values[0] != types[type])
		check_true("%s is %s" % [type, values[1]], values[1] == types[type])


func wrong_pair(kind: String, kept: RefCounted, deep: Array) -> void:
	var untyped: Variant = errors
	match kind:
		"an argument that does not fit":
			untyped.pair_with_int(kept, "no int")
		"one that cannot come, varcall":
			untyped.pair(kept, deep)
		"one that cannot come, ptrcall":
			errors.pair_with_array(kept, deep)
		"an Array":
			untyped.pair(null, [kept, [kept, deep]])
		"a Dictionary's value":
			untyped.pair(null, {"a": kept, "b": deep})
		"a Dictionary's key":
			untyped.pair(null, {kept: 0, 1: "int", true: "bool"})
		"a typed Array":
			PyEcho.new().call("echo_nodes", [null, kept])
		"a packed result, varcall":
			untyped.give_as_array(kept)
		"a packed result, ptrcall":
			errors.give_as_array(kept)
		"a typed result, varcall":
			untyped.give_as_nodes(kept)
		"a typed result, ptrcall":
			errors.give_as_nodes(kept)
		"an object of another class, varcall":
			untyped.give_as_node(kept)
		"an object of another class, ptrcall":
			errors.give_as_node(kept)
		"an object for an int, varcall":
			untyped.give_as_int(kept)
		"an object for an int, ptrcall":
			errors.give_as_int(kept)


func test_failing_conversions_leave_nothing_behind() -> void:
	var texts := {
		"an argument that does not fit": ["Cannot convert argument 2 from String to int"],
		"one that cannot come, varcall": ["RecursionError", "Invalid call"],
		"one that cannot come, ptrcall": ["RecursionError"],
		"an Array": ["RecursionError", "Invalid call"],
		"a Dictionary's value": ["RecursionError", "Invalid call"],
		"a Dictionary's key": ["two keys of a Dictionary are equal in Python: True and", "Invalid call"],
		"a typed Array": ["Invalid type in function 'echo_nodes (via call)'"],
		"a packed result, varcall": ["item 1: item 'b': a builtins.object has no", "Invalid call"],
		"a packed result, ptrcall": ["item 1: item 'b': a builtins.object has no"],
		"a typed result, varcall": ["item 1: must be Node, not RefCounted", "Invalid call"],
		"a typed result, ptrcall": ["item 1: must be Node, not RefCounted"],
		"an object of another class, varcall": ["must be Node, not RefCounted", "Invalid call"],
		"an object of another class, ptrcall": ["must be Node, not RefCounted"],
		"an object for an int, varcall": ["must be int, not RefCounted", "Invalid call"],
		"an object for an int, ptrcall": ["must be int, not RefCounted"],
	}
	var kept := RefCounted.new()
	var deep: Array = []
	for i in 2000:
		deep = [deep]
	for kind: String in texts:
		for i in 3:
			for text: String in texts[kind]:
				expect(text)
			wrong_pair(kind, kept, deep)
		check(kind, kept.get_reference_count(), 1)


func test_odd_exceptions() -> void:
	expect("exception str() failed")
	check("unprintable", errors.give("unprintable"), 0)
	expect("an exception in PyErrors.give could not be shown: AttributeError")
	check("one that Python itself cannot show", errors.give("unshowable"), 0)
	expect("ExceptionGroup: several")
	check("group", errors.give("group"), 0)
	expect("ValueError: a ")
	check("NUL and surrogate in the text", errors.give("nul"), 0)
	expect("RecursionError")
	check("endless recursion", errors.give("deep"), 0)


func test_results_that_are_not_as_declared() -> void:
	expect("the return value of PyErrors.give: must be int, not NoneType")
	check("None for int", errors.give("none"), 0)
	expect("the return value of PyErrors.give: must be int, not str")
	check("str for int", errors.give("wrong"), 0)
	expect("OverflowError")
	check("too large", errors.give("huge"), 0)
	expect("PyErrors.nothing is declared to return nothing")
	errors.nothing()
	expect("item 1")
	check("wrong item", echo.make_ints("[1, 'x']"), [] as Array[int])


func wrong_calls(which: int) -> void:
	var untyped: Variant = echo
	reached = false
	match which:
		0:
			untyped.two()
		1:
			untyped.two(1, "b", 3)
		2:
			untyped.two("no number")
		3:
			untyped.two(1, [])
		4:
			untyped.echo_node(RefCounted.new())
		5:
			untyped.echo_ref(5)
		6:
			untyped.echo_vector2("x")
		7:
			untyped.none(1)
		8:
			untyped.nowhere()
		9:
			untyped.kinds(["x"])
	reached = true


func test_wrong_arguments() -> void:
	var texts := [
		"Expected 1 argument",
		"Expected 2 argument",
		"Cannot convert argument 1 from String to int",
		"Cannot convert argument 2 from Array to String",
		"argument 1",
		"Cannot convert argument 1 from int to Object",
		"Cannot convert argument 1 from String to Vector2",
		"Expected 0 argument",
		"Nonexistent function 'nowhere'",
		"argument 1",
	]
	for i in texts.size():
		expect(texts[i])
		wrong_calls(i)
		check("stopped by: " + texts[i], reached, false)
	check("goes on", echo.two(1), "1b")


func test_freed_objects() -> void:
	var keeper := PyKeeper.new()
	var node := Node.new()
	keeper.keep(node)
	check("valid", keeper.first_is_valid(), true)
	node.free()
	check("no longer", keeper.first_is_valid(), false)
	expect("ReferenceError: this Node has been freed")
	check("a call of a freed one", keeper.name_of_first(), "")
	expect("ReferenceError")
	check("back to the engine", keeper.first(), null)
	var mine := PyThingNode.new()
	keeper.drop()
	keeper.keep(mine)
	mine.free()
	check("one of Python's", keeper.first_is_valid(), false)
	keeper.drop()


func test_properties_that_raise() -> void:
	for setter: Callable in [set_picky, set_picky_untyped]:
		expect("no negative number")
		expect("Invalid assignment of property or key 'picky'")
		setter.call(-1)
	check("unchanged", errors.picky, 0)
	set_picky_untyped(5)
	check("goes on", errors.picky, 5)


func set_picky(value: int) -> void:
	errors.picky = value


func set_picky_untyped(value: int) -> void:
	var untyped: Variant = errors
	untyped.picky = value


func test_classes_that_cannot_be_made() -> void:
	expect("no instance of this")
	check("null", ClassDB.instantiate("PyBroken"), null)


func test_virtuals_that_raise() -> void:
	var node := PyBrokenNode.new()
	expect("not ready")
	expect("no notification")
	add_child(node)
	expect("no text")
	check_true("a text all the same", not str(node).is_empty())
	node.queue_free()
	await get_tree().process_frame


func test_back_and_forth() -> void:
	check("Python calls GDScript calls Python", echo.recurse(again, 30), 0)


func again(depth: int) -> int:
	return echo.recurse(again, depth)
