extends "suite.gd"
## Classes whose __new__ does not make what it should.

const FROM_PYTHON := """
from stress import makers
try:
    makers.%s()
    result = "made"
except TypeError as error:
    result = str(error)
"""


func test_what_is_no_new_instance_is_refused() -> void:
	for name: String in ["PyNewInt", "PyNewNone", "PyNewOther", "PyNewProxy"]:
		expect("__new__")
		check(name, ClassDB.instantiate(name), null)
		var text: String = PyProbe.run(FROM_PYTHON % name)
		check_true("%s in Python: %s" % [name, text], name in text and "__new__" in text)
	check("none is left", PyCounted.alive(), 0)


func test_what_raises() -> void:
	expect("ValueError: no new")
	check("null", ClassDB.instantiate("PyNewRaises"), null)


func test_a_single_refcounted() -> void:
	var first := PySingle.new()
	check("the first works", first.number(), 1)
	for i in 3:
		expect("__new__")
		check("the second is refused", ClassDB.instantiate("PySingle"), null)
	check("the first still works", first.number(), 1)
	first = null
	await get_tree().process_frame
	expect("__new__")
	check("refused while Python has it", ClassDB.instantiate("PySingle"), null)
	var text: String = PyProbe.run(FROM_PYTHON % "PySingle")
	check_true("in Python: " + text, "PySingle" in text and "__new__" in text)


func test_a_single_node() -> void:
	var first := PySingleNode.new()
	check("the first works", first.number(), 1)
	expect("__new__")
	check("the second is refused", ClassDB.instantiate("PySingleNode"), null)
	check("the first still works", first.number(), 1)
	first.free()
	expect("__new__")
	check("nor is it made anew", ClassDB.instantiate("PySingleNode"), null)
