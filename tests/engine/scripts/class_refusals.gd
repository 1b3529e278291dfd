extends "suite.gd"
## What is not taken: declarations that do not fit, arguments that are too many or wrong.


func test_too_many_arguments_of_a_vararg_method() -> void:
	var animal: Variant = PyAnimal.new()
	for count: int in [17, 18, 19, 40, 300]:
		expect("Expected 16 argument(s)")
		check("%d arguments" % count, by_callable(animal.total, count), null)
	expect("Invalid call to function 'total' in base 'PyAnimal'. Expected 16 argument(s)")
	check("untyped", with_seventeen(animal), null)
	check("goes on", animal.total(1, 2), 3)


func by_callable(total: Callable, count: int) -> Variant:
	return total.bindv(range(count - 1)).call(1)


func with_seventeen(animal: Variant) -> Variant:
	return animal.total(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)


func test_mistakes_are_refused() -> void:
	for mistake: String in PyMistakes.names():
		check(mistake, PyMistakes.said(mistake), PyMistakes.wanted(mistake))
		check(mistake + " leaves nothing", ClassDB.class_exists("PyMistaken"), false)
	check("a class of Python's", PyMistakes.twice(), "the engine has a class named PyLamp already")
	for parent: String in ["CanvasItem", "InputEvent", "FileAccess"]:
		check(
			"over " + parent,
			PyMistakes.refused("PyMistaken", parent),
			"PyMistaken: %s is abstract, and no class can extend it" % parent
		)
	expect("Py Mistaken")
	check(
		"a name of two words",
		PyMistakes.refused("Py Mistaken", "Node"),
		"the engine refuses to register Py Mistaken, which extends Node; its own error says why"
	)
	PyMistakes.mend()
	check("may be declared rightly", ClassDB.class_has_method("PyMistaken", "call_it"), true)
