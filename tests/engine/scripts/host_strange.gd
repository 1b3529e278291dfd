extends "suite.gd"
## Python that answers what nobody expects.


class Extended:
	extends PySetsAttributes
	var points := 3
	var early := "the script's"
	var anything: Variant = null
	var action := func() -> int: return 1
	var watched := 0:
		set(value):
			watched = value * 2


func test_callables_with_strange_names() -> void:
	var all := PyStrange.callables()
	check("all came", all.size(), 3)
	for callable: Callable in all:
		check_true("has a text: " + str(callable), "object at" in str(callable))
		expect("ValueError: called")
		check("raises", callable.callv([]), null)


func test_a_text_that_is_none() -> void:
	expect("TypeError: an engine String is made from a str, not from 'int'")
	check_true("the engine's own", str(PyNoText.new()).begins_with("<PyNoText#"))


func test_a_class_is_the_same_to_all_threads() -> void:
	check("none differs", PyStrange.unequal_in_threads(4), [true])


func test_constants_by_objects() -> void:
	var hidden := Input.MOUSE_MODE_HIDDEN
	check("all", PyStrange.constants(), [hidden, hidden, NOTIFICATION_PREDELETE, false, true])


func test_dicts_of_other_classes() -> void:
	for dictionary: Variant in PyStrange.dicts():
		check("its items", dictionary, {"a": 1})
	check("declared", PyStrange.dictionary(), {"a": 1} as Dictionary[String, int])


func test_freed_while_it_is_made() -> void:
	var before := int(Performance.get_monitor(Performance.OBJECT_COUNT))
	expect("PyFreesItself.__init__ has freed its object")
	check("none", ClassDB.instantiate("PyFreesItself"), null)
	var text: Variant = (
		PyProbe
		. run(
			"""
from stress.strange import PyFreesItself
try:
	PyFreesItself()
except RuntimeError as error:
	result = str(error)
"""
		)
	)
	check("in Python", text, "PyFreesItself.__init__ has freed its object")
	check("none is left", int(Performance.get_monitor(Performance.OBJECT_COUNT)), before)


func test_the_end_is_heard_whoever_had_it_last() -> void:
	var ends := {"PyHearsOfItsEnd": ["del"], "PyHeirHearsOfItsEnd": ["del"], "PyHeirEnds": ["own", "del"]}
	for name: String in ends:
		PyHearsOfItsEnd.drop()
		PyHearsOfItsEnd.keep(ClassDB.instantiate(name))
		check(name + ", Python had it", PyHearsOfItsEnd.drop(), ends[name] + ["predelete"])
	PyHearsOfItsEnd.new()
	check("the engine had it", PyHearsOfItsEnd.drop(), ["predelete", "del, freed"])


func test_python_sets_a_scripts_variables() -> void:
	var node := Extended.new()
	for name: String in ["points", "anything"]:
		for value: int in [5, 6]:
			node.put(name, value)
			check(name, [node.get(name), node.look(name)], [value, value])
	node.points = 7
	check("what the script sets is seen", node.look("points"), 7)
	node.put("watched", 4)
	check("by its setter", node.watched, 8)
	node.put("action", func() -> int: return 2)
	check("a Callable", node.action.call(), 2)
	expect("AttributeError: PySetsAttributes has no property 'points' that takes a list")
	expect("Error calling method from 'callv'")
	node.callv("put", ["points", [1]])
	check("stays", node.points, 7)
	node.free()


func test_what_is_pythons_stays_pythons() -> void:
	var node := Extended.new()
	node.put("early", 1)
	node.put("level", 2)
	node.put("_own", 3)
	node.put("new", 4)
	node.put("put_later", 5)
	check("a value without counterpart", node.put_set(), 2)
	check("one of two", [node.early, node.look("early")], ["the script's", 1])
	check("all", node.owned(), ["_own", "early", "found", "level", "new", "put_later"])
	node.free()
	var plain := PySetsAttributes.new()
	plain.put("points", 5)
	check("without a script", plain.owned(), ["early", "points"])
	plain.free()
