extends "suite.gd"
## Containers that Python and scripts share, in both of the engine's ways to call.


class Thing:
	extends RefCounted


var shelf := PyShelf.new()
var untyped: Variant = shelf


func failing(function: Callable) -> Variant:
	return function.call()


func test_an_export_is_shared() -> void:
	shelf.append_number(3)
	check("what Python appends", shelf.numbers, [1, 2, 3] as Array[int])
	shelf.numbers.append(4)
	untyped.numbers.append(5)
	shelf.append_number(6)
	check("what a script appends", shelf.get("numbers"), [1, 2, 3, 4, 5, 6] as Array[int])
	shelf.names["b"] = 2
	check("a Dictionary", shelf.give_names(), {"a": 1, "b": 2} as Dictionary[String, int])
	check_true("is the same", is_same(shelf.names, shelf.give_names()))
	check_true("is the same", is_same(untyped.numbers, untyped.give_numbers()))


func test_the_default_is_each_objects_own() -> void:
	shelf.numbers.append(3)
	shelf.anything.append(3)
	shelf.table["x"] = 3
	var other := PyShelf.new()
	check("typed", other.numbers, [1, 2] as Array[int])
	check("untyped", other.anything, [])
	check("dictionary", other.table, {})
	check("of a union", other.maybe, null)
	check(
		"in ClassDB", ClassDB.class_get_property_default_value(&"PyShelf", &"numbers"), [1, 2] as Array[int]
	)


func test_what_is_set_is_shared_too() -> void:
	var mine: Array[int] = [7]
	shelf.numbers = mine
	shelf.append_number(8)
	check("Python's", mine, [7, 8] as Array[int])
	untyped.anything = mine
	check_true("as any Array", is_same(shelf.anything, mine))
	shelf.set_numbers_to([1] as Array[int])
	check("a list is copied", shelf.numbers, [1] as Array[int])
	shelf.set("names", {"z": 26})
	shelf.names["y"] = 25
	check("a converted Dictionary", shelf.names, {"z": 26, "y": 25} as Dictionary[String, int])


func test_arguments() -> void:
	var array := []
	check("ptrcall", shelf.append_to(array, 1), 1)
	check("varcall", untyped.append_to(array, "two"), 2)
	check("both", array, [1, "two"])
	var numbers: Array[int] = []
	check("typed, ptrcall", shelf.append_number_to(numbers, 1), 1)
	check("typed, varcall", untyped.append_number_to(numbers, 2), 2)
	check("typed", numbers, [1, 2] as Array[int])
	check("a typed one for any", untyped.append_to(numbers, 3), 3)
	var dictionary := {}
	shelf.put(dictionary, 1, "one")
	untyped.put(dictionary, "two", 2)
	check("a Dictionary", dictionary, {1: "one", "two": 2})
	var names: Dictionary[String, int] = {}
	shelf.put_name(names, "a", 1)
	untyped.put_name(names, "b", 2)
	check("a typed Dictionary", names, {"a": 1, "b": 2} as Dictionary[String, int])
	var nested := [[1], {}]
	shelf.append_to_first(nested, 2)
	check("an Array inside", nested, [[1, 2], {}])


func test_any_of_several() -> void:
	var array := [1]
	check("a container", untyped.append_to_any(array), "Array")
	check("shared", array, [1, "from Python"])
	check("another", untyped.append_to_any(3), "int")
	check("ptrcall", shelf.append_to_any(array), "Array")
	check("of both kinds", [untyped.type_of({}), untyped.type_of([])], ["Dictionary", "Array"])


func test_an_array_of_another_type_is_converted() -> void:
	var plain := [1, 2]
	check("a copy, as for the engine's own methods", untyped.append_number_to(plain, 3), 3)
	check("is not the caller's", plain, [1, 2])
	expect("TypeError: item 1: must be int, not float")
	expect("Invalid call")
	check("nothing is cut off", failing(untyped.append_number_to.bind([1, 1.5], 3)), null)
	expect("TypeError: item 1: must be int, not str")
	expect("Invalid call")
	check("items that do not fit", failing(untyped.append_number_to.bind([1, "x"], 3)), null)
	expect("Invalid call")
	expect("key 1: must be String, not int")
	check("keys that do not fit", failing(untyped.put_name.bind({1: 1}, "a", 1)), null)
	check("packed arrays are Arrays", untyped.append_to(PackedInt32Array([1, 2]), 3), 3)


func test_returned() -> void:
	check("a list", shelf.give("[1, 2]").get_typed_builtin(), TYPE_INT)
	check("an untyped Array", shelf.give("Array([1, 2])").get_typed_builtin(), TYPE_INT)
	check("by varcall", (untyped.give("Array([1])") as Array).get_typed_builtin(), TYPE_INT)
	check("a dict", shelf.give_dictionary("{'a': 1}").get_typed_key_builtin(), TYPE_STRING)
	check("an untyped Dictionary", shelf.give_dictionary("Dictionary(a=1)").is_typed(), true)
	expect("item 1: must be int, not str")
	expect("Invalid call")
	check("items that do not fit", failing(untyped.give.bind("[1, 'x']")), null)
	expect("must be Array, not str")
	check("ptrcall", shelf.give("'x'"), [] as Array[int])
	expect("item 0: must be int, not float")
	check("nothing is cut off", shelf.give("[1.5]"), [] as Array[int])


func test_what_the_engine_knows() -> void:
	var infos := {}
	for info: Dictionary in shelf.get_property_list():
		infos[info["name"]] = [info["type"], info["hint_string"]]
	check("Array[int]", infos["numbers"], [TYPE_ARRAY, "int"])
	check("Array", infos["anything"], [TYPE_ARRAY, ""])
	check("Array[PyItem]", infos["items"], [TYPE_ARRAY, "PyItem"])
	check("Dictionary[str, int]", infos["names"], [TYPE_DICTIONARY, "String;int"])
	check("Dictionary", infos["table"], [TYPE_DICTIONARY, ""])
	check("a union", infos["maybe"], [TYPE_NIL, ""])
	for info: Dictionary in shelf.get_signal_list():
		if info["name"] == "filled":
			check("a signal", info["args"][1]["hint_string"], "String;int")
	check("of objects", shelf.items.get_typed_class_name(), &"PyItem")
	shelf.items.append(PyItem.new())
	check("and takes them", shelf.items.size(), 1)
	check("an enum's member", shelf.kind_of_mood(), "<Mood.ANGRY: 1>")


func test_a_signal_carries_them() -> void:
	var own := PyShelf.new()
	own.filled.connect(
		func(numbers: Array[int], names: Dictionary[String, int]) -> void:
			numbers.append(9)
			names["nine"] = 9
	)
	own.fill()
	check("an Array", own.numbers, [1, 2, 9] as Array[int])
	check("a Dictionary", own.names["nine"], 9)


func test_bytes() -> void:
	shelf.append_byte(99)
	check("what Python appends", shelf.data, "abc".to_ascii_buffer())
	shelf.data = PackedByteArray([1])
	shelf.append_byte(2)
	check("to what a script set", untyped.data, PackedByteArray([1, 2]))
	var other := PyShelf.new()
	check("the default is each object's own", other.data, "ab".to_ascii_buffer())


func test_scripts_and_read_only() -> void:
	var things: Array[Thing] = [Thing.new()]
	check("a script's type, its object", untyped.append_to(things, Thing.new()), 2)
	expect("item 2: must be RefCounted with the container's script, not PyItem")
	expect("Invalid call")
	check("another object", failing(untyped.append_to.bind(things, PyItem.new())), null)
	var frozen := [1]
	frozen.make_read_only()
	expect("this Array is read-only")
	expect("Invalid call")
	check("read-only", failing(untyped.append_to.bind(frozen, 2)), null)
	check("unchanged", frozen, [1])


func test_freed_objects_inside() -> void:
	var node := Node.new()
	var nodes := [node]
	node.free()
	check("a freed object is null", PySharedCases.show(nodes), "Array([None])")
	check("in a list too", PySharedCases.show_list(nodes), "[None]")


func test_cases_in_python() -> void:
	for case_name: String in PySharedCases.names():
		for text: String in PySharedCases.announced(case_name):
			expect(text)
		check(case_name, PySharedCases.run(case_name), "")
	check_true("there were some", PySharedCases.names().size() > 15)


func test_declared_types_take_buffers() -> void:
	var f := PackedFloat32Array([0.5, 2])
	for kind: String in ["array f", "array d", "numpy float32", "numpy float16"]:
		check(kind, PySharedCases.floats(kind), f)
	for kind: String in ["array h", "numpy int64", "ctypes big-endian"]:
		check(kind, PySharedCases.ints(kind), PackedInt32Array([1, -2]))
		check(kind, PySharedCases.floats(kind), PackedFloat32Array([1, -2]))
	check("bool", PySharedCases.ints("numpy bool"), PackedInt32Array([1, 0]))
	check("bytes", PySharedCases.bytes("array B"), PackedByteArray([1, 2]))
	var pairs := PackedVector2Array([Vector2(1, 2), Vector2(3, 4), Vector2(5, 6)])
	check("ctypes pairs", PySharedCases.vectors2("ctypes pairs"), pairs)
	check("numpy pairs", PySharedCases.vectors2("numpy pairs"), pairs)
	check(
		"strided",
		PySharedCases.vectors2("numpy strided pairs"),
		PackedVector2Array([Vector2(1, 2), Vector2(5, 6), Vector2(9, 10)])
	)
	check(
		"converted",
		PySharedCases.vectors2("numpy int pairs"),
		PackedVector2Array([Vector2(1, 2), Vector2(3, 4)])
	)
	check("triples", PySharedCases.vectors3("ctypes triples"), PackedVector3Array([Vector3(1, 2, 3)]))
	for kind: String in ["ctypes quads", "numpy quads"]:
		check(kind, PySharedCases.vectors4(kind), PackedVector4Array([Vector4(1, 0.5, 0, 1)]))
		check(kind, PySharedCases.colors(kind), PackedColorArray([Color(1, 0.5, 0, 1)]))
	check("an Array", PySharedCases.array("array f"), [0.5, 2.0])


func test_declared_types_refuse_buffers() -> void:
	expect("a buffer of format 'f' and shape (2,) cannot become a PackedInt32Array")
	check("floats as ints", PySharedCases.ints("array f"), PackedInt32Array())
	expect("a buffer of format 'h' and shape (2,) cannot become a PackedByteArray")
	check("wider items as bytes", PySharedCases.bytes("array h"), PackedByteArray())
	expect("a buffer of format '<f' and shape (3, 2) cannot become a PackedVector3Array")
	check("pairs as triples", PySharedCases.vectors3("ctypes pairs"), PackedVector3Array())
	expect("a buffer of format '<f' and shape (3, 2) cannot become a PackedFloat32Array")
	check("two dimensions as one", PySharedCases.floats("ctypes pairs"), PackedFloat32Array())
	expect("a buffer of format 'f' and shape (2,) cannot become a PackedColorArray")
	check("one dimension as two", PySharedCases.colors("array f"), PackedColorArray())
	expect("OverflowError")
	check("a number that does not fit", PySharedCases.ints("array I"), PackedInt32Array())


func test_declared_numbers() -> void:
	check("int", PySharedCases.number("np.int64"), 3)
	check("float", PySharedCases.real("np.float32"), 1.5)
	check("an int as float", PySharedCases.real("np.int64"), 3.0)
	check("bool", PySharedCases.flag("np.bool_"), true)
	var untyped_cases: Variant = PySharedCases.new()
	check("varcall", untyped_cases.number("np.int64"), 3)
	check("varcall", untyped_cases.floats("array d"), PackedFloat32Array([0.5, 2]))
