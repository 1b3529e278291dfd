extends "suite.gd"
## What a declaration becomes in ClassDB: defaults, members of plain Python bases, class methods, enums.


class Extended:
	extends PySubMaker


func find(list: Array[Dictionary], member: String) -> Dictionary:
	for entry in list:
		if entry["name"] == member:
			return entry
	return {}


func method(type: String, member: String) -> Dictionary:
	return find(ClassDB.class_get_method_list(type, true), member)


func property(type: String, member: String) -> Dictionary:
	return find(ClassDB.class_get_property_list(type, true), member)


func types(values: Array) -> Array:
	return values.map(func(value: Variant) -> int: return typeof(value))


func default_of(member: String) -> Array:
	return method("PyDefaults", member)["default_args"]


func test_what_functools_makes_of_methods() -> void:
	var keeping := PyKeeping.new()
	check("method", [keeping.square(3), keeping.square(3)], [9, 9])
	check("property", [keeping.half, keeping.half], [0.5, 0.5])
	check("once each", keeping.forget(), 2)


func test_a_class_need_not_be_capitalised() -> void:
	check("by its name", PyDefaults.star(), "pylowercase")


func test_no_object_is_a_null_object() -> void:
	var own: Array = method("HTTPClient", "connect_to_host")["default_args"]
	check("as the engine's own", typeof(own[1]), TYPE_OBJECT)
	check("arguments", types(default_of("objects")), [TYPE_OBJECT, TYPE_OBJECT, TYPE_NIL])
	check("they are null", default_of("objects")[0] == null, true)
	for member: String in ["node", "resource"]:
		check(member, typeof(ClassDB.class_get_property_default_value("PyDefaults", member)), TYPE_OBJECT)
	var defaults: Variant = PyDefaults.new()
	check("by name", typeof(defaults.get("node")), TYPE_OBJECT)
	check("returned", typeof(defaults.nothing()), TYPE_OBJECT)
	check("an item", defaults.no_values(), [null] as Array[Node])
	defaults.free()


func test_defaults_are_of_the_declared_type() -> void:
	check("numbers", types(default_of("numbers")), [TYPE_FLOAT, TYPE_INT, TYPE_INT])
	check("their values", default_of("numbers"), [1.0, 2, 5])
	check("texts", types(default_of("texts")), [TYPE_STRING_NAME, TYPE_NODE_PATH, TYPE_STRING])
	check("their values", default_of("texts"), [&"name", ^"a/b", "text"])
	check(
		"containers",
		types(default_of("containers")),
		[
			TYPE_ARRAY,
			TYPE_ARRAY,
			TYPE_ARRAY,
			TYPE_DICTIONARY,
			TYPE_PACKED_BYTE_ARRAY,
			TYPE_PACKED_BYTE_ARRAY,
			TYPE_PACKED_INT32_ARRAY,
			TYPE_PACKED_STRING_ARRAY,
		]
	)
	check("typed arrays", default_of("containers")[1], [1.0, 2.0] as Array[float])
	check("of an enum", default_of("containers")[2], [2] as Array[int])
	check("value types", default_of("values"), [Vector2(1, 2), Color.RED])
	var defaults := {"ratio": 2.0, "title": &"title", "nodes": [] as Array[Node], "level": 2}
	for member: String in defaults:
		check(member, ClassDB.class_get_property_default_value("PyDefaults", member), defaults[member])


func test_members_of_plain_bases() -> void:
	for type: String in ["PyCounter", "PyTally"]:
		check(type + ": method", method(type, "count")["default_args"], [10])
		check(type + ": const", method(type, "twice")["flags"] & METHOD_FLAG_STATIC, METHOD_FLAG_STATIC)
		check(type + ": private", ClassDB.class_has_method(type, "_kind"), false)
		check(type + ": constant", ClassDB.class_get_integer_constant(type, "LEAST"), -3)
		check(type + ": enum", Array(ClassDB.class_get_enum_list(type, true)), ["Pace"])
		check(type + ": signal", find(ClassDB.class_get_signal_list(type, true), "counted")["args"].size(), 1)
		check(type + ": property", property(type, "steps")["hint_string"], "int")
		check(type + ": read-only", property(type, "total")["usage"] & PROPERTY_USAGE_STORAGE, 0)
	check("its own default", ClassDB.class_get_property_default_value("PyCounter", "pace"), 1)
	check("another default", ClassDB.class_get_property_default_value("PyTally", "pace"), 10)
	check("its own group", property("PyCounter", "Counting")["usage"], PROPERTY_USAGE_GROUP)
	check("object", property("PyTally", "owner_of")["class_name"], &"Node")


func test_calls_of_members_of_plain_bases() -> void:
	var counter := PyCounter.new()
	var tally := PyTally.new()
	var heard: Array = []
	counter.counted.connect(func(to: int) -> void: heard.append(to))
	check("typed", counter.count(PyCounter.FAST), 10)
	check("default", counter.count(), 10)
	check("untyped", (counter as Variant).count(1), 1)
	check("signal", heard, [10, 10, 1])
	check("property", [counter.steps, counter.total], [[0, 10, 10, 1] as Array[int], 21])
	check("each its own default", tally.steps, [0] as Array[int])
	check("nearest wins", [counter.describe(), tally.describe()], ["countable PyCounter", "nameable PyTally"])
	check("static", PyCounter.twice(4), 8)
	check("class method", [PyCounter.kind(), PyTally.kind()], ["PyCounter", "PyTally"])
	tally.free()


func test_bases_of_the_standard_library_stay_pythons() -> void:
	var node: Variant = PyFormatter.new()
	check("methods", method("PyFormatter", "vformat"), {})
	check("they work", node.fill("<{}>", 1), "<1>")
	node.free()


func test_accessors_hide_no_method_of_the_engines() -> void:
	var tally := PyTally.new()
	var child := Node.new()
	tally.add_child(child)
	add_child(tally)
	check("get_parent", tally.get_parent(), self)
	check("get_children", tally.get_children(), [child] as Array[Node])
	check("parent", tally.parent, 7)
	check("children", tally.children, 3)
	tally.children = 4
	check("set", (tally as Variant).children, 4)
	tally.free()


func test_class_methods_get_the_class_that_is_asked() -> void:
	check("base", PyMaker.make(), "PyMaker")
	check("inherited", PySubMaker.make(), "PySubMaker")
	check("inherited, all given", PySubMaker.make(2), "PySubMaker PySubMaker")
	check("overridden", PyOwnMaker.make(), "[PyOwnMaker PyOwnMaker]")
	check("inherited from who overrides", PyOwnMakersHeir.make(1), "[PyOwnMakersHeir]")
	check("static", PySubMaker.plain(), "plain")
	check("static is not registered anew", method("PySubMaker", "plain"), {})
	for type: String in ["PyMaker", "PySubMaker"]:
		check(type + " by ClassDB", ClassDB.class_call_static(type, "make"), type)
		check(type + " by an object", ClassDB.instantiate(type).make(), type)
		check(type + " by an object in Python", ClassDB.instantiate(type).remake(), type)
		check(type + " by name", ClassDB.instantiate(type).call("make"), type)
	var typed: PyMaker = PySubMaker.new()
	check("what the type of a variable hides", typed.make(), "PyMaker")
	check("an object with a script", Extended.new().make(), "PySubMaker")


func test_ints_that_are_no_members_of_an_enum() -> void:
	var enums := PyEnums.new()
	var untyped: Variant = enums
	check("member", enums.show_grade(5), "<Grade.BAD: 5>")
	for value: int in [0, 3, -1, 9223372036854775807]:
		check("typed %d" % value, enums.show_grade(value), str(value))
		check("untyped %d" % value, untyped.show_grade(value), str(value))
		enums.grade = value as PyEnums.Grade
		check("property %d" % value, [enums.grade, enums.kinds()], [value, "%d 1" % value])
		check("returned %d" % value, [enums.give_grade(value), untyped.give_grade(value)], [value, value])
	check("by its own rule", enums.show_known(7), "<Known.UNKNOWN: -1>")
	check("items", untyped.show_grades([1, 3]), "[<Grade.GOOD: 1>, 3]")
	enums.grade = PyEnums.Grade.BAD
	enums.sides = 9 as PyEnums.Sides
	check("members again", [enums.kinds(), enums.sides], ["<Grade.BAD: 5> 9", 9])


func test_flags_keep_all_bits() -> void:
	var enums := PyEnums.new()
	check("known", enums.show_sides(3), "Sides 3")
	check("others", enums.show_sides(9), "Sides 9")
	check("all", enums.show_sides(-1), "int -1")
	check("strict", [enums.show_strict(1), enums.show_strict(9)], ["Strict 1", "int 9"])
	check("conforming", [enums.show_conforming(1), enums.show_conforming(9)], ["Conforming 1", "int 9"])
	check("ejecting", [enums.show_ejecting(1), enums.show_ejecting(9)], ["Ejecting 1", "int 9"])


func test_further_arguments_are_of_their_type() -> void:
	var enums: Variant = PyEnums.new()
	check("ints", enums.total(1, 2, 3), "6 int int")
	check("converted", enums.total(1, 2.0, true), "4 int int")
	expect("Cannot convert argument 3 from String to int")
	check("refused", refused(enums), null)


func refused(enums: Variant) -> Variant:
	return enums.total(1, 2, "3")
