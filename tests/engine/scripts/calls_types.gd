extends "suite.gd"
## Every Variant type to Python and back, by varcall and by ptrcall.

signal renamed_to(text: String)

## Method of PyEcho, type in GDScript, expressions.
const TABLE := [
	["bool", "bool", ["true", "false"]],
	["int", "int", ["0", "-1", "9223372036854775807", "-9223372036854775807 - 1", "1 << 32"]],
	["float", "float", ["0.0", "-1.5", "INF", "-INF", "1e308", "5e-324", "0.1"]],
	["string", "String", ['""', '"plain"', '"ü € 🐍"', '"a\\tb\\nc"', '"x".repeat(100000)', '"é"']],
	["string_name", "StringName", ['&""', '&"name"', '&"ü🐍"']],
	["node_path", "NodePath", ['^""', '^"../a/b:c:d"', '^"/root"']],
	["vector2", "Vector2", ["Vector2(1.5, -2)"]],
	["vector2i", "Vector2i", ["Vector2i(2147483647, -2147483648)"]],
	["rect2", "Rect2", ["Rect2(1, 2, 3, 4)"]],
	["rect2i", "Rect2i", ["Rect2i(1, -2, 3, 4)"]],
	["vector3", "Vector3", ["Vector3(1, 2, 3.25)"]],
	["vector3i", "Vector3i", ["Vector3i(-1, 2, 3)"]],
	["transform2d", "Transform2D", ["Transform2D(Vector2(1, 2), Vector2(3, 4), Vector2(5, 6))"]],
	["vector4", "Vector4", ["Vector4(1, 2, 3, 4)"]],
	["vector4i", "Vector4i", ["Vector4i(1, 2, 3, -4)"]],
	["plane", "Plane", ["Plane(Vector3(0, 1, 0), 2.5)"]],
	["quaternion", "Quaternion", ["Quaternion(0.5, 0.5, 0.5, 0.5)"]],
	["aabb", "AABB", ["AABB(Vector3(1, 2, 3), Vector3(4, 5, 6))"]],
	["basis", "Basis", ["Basis(Vector3(1, 2, 3), Vector3(4, 5, 6), Vector3(7, 8, 9))"]],
	[
		"transform3d",
		"Transform3D",
		["Transform3D(Basis(Vector3(1, 2, 3), Vector3(4, 5, 6), Vector3(7, 8, 9)), Vector3(10, 11, 12))"]
	],
	[
		"projection",
		"Projection",
		[
			"Projection(Vector4(1, 2, 3, 4), Vector4(5, 6, 7, 8), Vector4(9, 10, 11, 12), Vector4(13, 14, 15, 16))"
		]
	],
	["color", "Color", ["Color(0.25, 0.5, 0.75, 1)"]],
	["rid", "RID", ["RID()", "self_object.get_viewport().get_viewport_rid()"]],
	["object", "Object", ["self_object", "RefCounted.new()"]],
	["node", "Node", ["self_object"]],
	["ref", "RefCounted", ["RefCounted.new()", "Resource.new()", "PyEcho.new()"]],
	[
		"callable",
		"Callable",
		[
			"Callable()",
			'Callable(self_object, &"get_name")',
			"self_object.get_name",
			"self_object.get_child.bind(1)"
		]
	],
	["dictionary", "Dictionary", ["{}", '{"a": 1, 2: [3], &"n": null, 1.5: {}}', '{Vector2(1, 2): "v"}']],
	["array", "Array", ["[]", '[1, 1.5, "s", null, [true], {}]']],
	["ints", "Array[int]", ["[] as Array[int]", "[1, -2] as Array[int]"]],
	["strings", "Array[String]", ['["a", "ü"] as Array[String]']],
	["nodes", "Array[Node]", ["[self_object, null] as Array[Node]"]],
	["bytes", "PackedByteArray", ["PackedByteArray()", "PackedByteArray([0, 255, 7])"]],
	["packed_byte", "PackedByteArray", ["PackedByteArray()", "PackedByteArray([0, 255, 7])"]],
	[
		"packed_int32",
		"PackedInt32Array",
		["PackedInt32Array()", "PackedInt32Array([-2147483648, 2147483647])"]
	],
	["packed_int64", "PackedInt64Array", ["PackedInt64Array([9223372036854775807, -1])"]],
	["packed_float32", "PackedFloat32Array", ["PackedFloat32Array([0.5, -1])"]],
	["packed_float64", "PackedFloat64Array", ["PackedFloat64Array([0.1, 1e308])"]],
	["packed_string", "PackedStringArray", ["PackedStringArray()", 'PackedStringArray(["a", "", "ü🐍"])']],
	["packed_vector2", "PackedVector2Array", ["PackedVector2Array([Vector2(1, 2), Vector2(3, 4)])"]],
	["packed_vector3", "PackedVector3Array", ["PackedVector3Array([Vector3(1, 2, 3)])"]],
	["packed_vector4", "PackedVector4Array", ["PackedVector4Array([Vector4(1, 2, 3, 4)])"]],
	["packed_color", "PackedColorArray", ["PackedColorArray([Color(0.25, 0.5, 0.75, 1)])"]],
]

const TYPED := """extends RefCounted
static func go(echo: PyEcho, self_object: Node) -> Array:
	var value: %s = %s
	var back: %s = echo.echo_%s(value)
	return [value, back]
"""

const UNTYPED := """extends RefCounted
static func go(echo, self_object) -> Array:
	var value: Variant = %s
	return [value, echo.echo_%s(value), echo.echo(value)]
"""

var echo := PyEcho.new()


func compile_and_run(source: String) -> Array:
	var script := GDScript.new()
	script.source_code = source
	if script.reload() != OK:
		fail("it compiles: " + source)
		return [0, 1, 2]
	var values: Array = script.go(echo, self)
	return values if not values.is_empty() else [0, "it stopped", "it stopped"]


func same(what: String, value: Variant, back: Variant) -> void:
	if typeof(value) == TYPE_FLOAT and is_nan(value):
		check_true(what, is_nan(back))
	else:
		check(what, back, value)


func test_ptrcall() -> void:
	for row: Array in TABLE:
		for expression: String in row[2]:
			var pair := compile_and_run(TYPED % [row[1], expression, row[1], row[0]])
			same("%s %s" % [row[0], expression], pair[0], pair[1])


func test_varcall() -> void:
	for row: Array in TABLE:
		for expression: String in row[2]:
			var three := compile_and_run(UNTYPED % [expression, row[0]])
			same("%s %s" % [row[0], expression], three[0], three[1])
			if not row[0] in ["ints", "strings", "nodes"]:  # a list in Python has no type of its own
				same("as any Variant: %s" % expression, three[0], three[2])


func test_every_type_was_tried() -> void:
	var tried := {TYPE_NIL: true, TYPE_SIGNAL: true}
	for row: Array in TABLE:
		tried[typeof(compile_and_run(UNTYPED % [row[2][-1], row[0]])[0])] = true
	for type in TYPE_MAX:
		check_true("tried " + type_string(type), type in tried)


func test_nothing_and_signals() -> void:
	check("null", echo.echo(null), null)
	check("void", echo.call("none"), null)
	check("a signal", echo.echo(renamed_to), renamed_to)
	check("a signal's name", echo.signal_name(renamed_to), "renamed_to")
	check("NaN", is_nan(echo.echo_float(NAN)), true)


func test_typed_arrays_keep_their_type() -> void:
	var untyped: Variant = echo
	check("Array[int]", (untyped.echo_ints([1, 2]) as Array).get_typed_builtin(), TYPE_INT)
	check("Array[Node]", (untyped.echo_nodes([self]) as Array).get_typed_class_name(), &"Node")
	check("empty", (echo.echo_strings([] as Array[String])).get_typed_builtin(), TYPE_STRING)


func test_python_classes() -> void:
	for row: Array in [
		[true, "bool"],
		[1, "int"],
		[1.0, "float"],
		["s", "str"],
		[&"s", "StringName"],
		[^"s", "NodePath"],
		[Vector2(), "Vector2"],
		[Color(), "Color"],
		[RID(), "RID"],
		[Callable(), "Callable"],
		[{}, "dict"],
		[[], "list"],
		[PackedByteArray(), "bytes"],
		[PackedInt32Array(), "PackedInt32Array"],
		[PackedStringArray(), "PackedStringArray"],
		[self, "Node"],
		[echo, "PyEcho"],
		[null, "NoneType"],
	]:
		check("class of " + str(row[1]), echo.kind(row[0]), row[1])


func test_what_python_makes() -> void:
	check("tuple", echo.make("(1, 2)"), [1, 2])
	check("bytearray", echo.make("bytearray(b'ab')"), PackedByteArray([97, 98]))
	check("memoryview", echo.make("memoryview(b'ab')[1:]"), PackedByteArray([98]))
	check("array.array", echo.make("__import__('array').array('d', [1.5])"), PackedFloat64Array([1.5]))
	check("enum", echo.make("__import__('enum').IntEnum('E', 'A B').B"), 2)
	check("lambda", (echo.make("lambda x: x + 1") as Callable).call(2), 3)
	check(
		"a shared list stays shared",
		is_same(echo.make("[x := [1], x]")[0], echo.make("[x := [1], x]")[1]),
		false
	)
	var shared: Array = echo.make("[x := [1], x]")
	check("within one value", is_same(shared[0], shared[1]), true)


func test_numbers_that_do_not_fit() -> void:
	for expression: String in ["2**63", "-2**63 - 1", "10**30", "[2**63]", "{'a': 2**64}"]:
		expect("OverflowError")
		expect("OverflowError")
		check(expression, failing(echo.make.bind(expression)), null)
	check(
		"the limits fit",
		[echo.make("2**63 - 1"), echo.make("-2**63")],
		[9223372036854775807, -9223372036854775807 - 1]
	)
	expect("2147483648 does not fit the 32-bit numbers of a Vector2i")
	expect("OverflowError")
	check("32 bits", failing(echo.make.bind("Vector2i(2**31, 0)")), null)
	expect("OverflowError")
	check("ptrcall", echo.make_int("2**63"), 0)
	expect("-2147483649 does not fit the 32-bit numbers of a Vector2i")
	check("ptrcall, 32 bits", echo.make_vector2i("Vector2i(0, -2**31 - 1)"), Vector2i())


func test_text_that_the_engine_cannot_hold() -> void:
	for expression: String in ["'a\\0b'", "'\\ud800'", "['\\udfff']", "{'\\0': 1}"]:
		expect("ValueError")
		expect("ValueError")
		check(expression, failing(echo.make.bind(expression)), null)
	expect("an engine String cannot hold the NUL at index 1")
	check("ptrcall", echo.make_string("'a\\0'"), "")
	check("outermost code points", echo.make("'\\ud7ff\\ue000\\U0010ffff\\x01'").length(), 4)


func test_packed_arrays_take_only_what_they_hold() -> void:
	check(
		"a Vector2i", echo.make("PackedVector2Array([Vector2i(1, 2)])"), PackedVector2Array([Vector2(1, 2)])
	)
	for expression: String in [
		"PackedVector2Array([Vector2(), 'x'])",
		"PackedVector3Array([Vector3(), 1])",
		"PackedVector4Array([Vector4(), None])",
		"PackedColorArray([Color(), (1, 2)])",
		"PackedStringArray(['x', 1])",
	]:
		expect("item 1: must be ")
		expect("Invalid call")
		check(expression, failing(echo.make.bind(expression)), null)


func test_containers_of_odd_shape() -> void:
	var own: Array = []
	own.append(own)
	check("contains itself", echo.contains_itself(own), true)
	var back: Array = echo.echo(own)
	check("and comes back so", is_same(back, back[0]), true)
	back.clear()
	own.clear()
	var inner := [1]
	check("shared", echo.same_item([inner, inner]), true)
	check("not shared", echo.same_item([[1], [1]]), false)
	var map := {}
	map["self"] = map
	var map_back: Dictionary = echo.echo(map)
	check("a Dictionary that contains itself", is_same(map_back, map_back["self"]), true)
	map_back.clear()
	map.clear()
	check("a copy", is_same(inner, echo.echo(inner)), false)
	expect("at: PyEcho.echo ")  # 1 and true are one key in Python: nothing is lost quietly
	expect("Invalid call")
	check("keys that Python cannot tell apart", failing(echo.echo.bind({1: "int", true: "bool"})), null)
	check("an Array as a key", echo.echo({[1, 2]: 3}), {[1, 2]: 3})


func test_conversions_of_the_engine() -> void:
	var untyped: Variant = echo
	check(
		"Array -> PackedStringArray",
		untyped.echo_packed_string(["Accept: */*"]),
		PackedStringArray(["Accept: */*"])
	)
	check("literal, typed receiver", echo.echo_packed_string(["a"]), PackedStringArray(["a"]))
	check("int -> float", untyped.echo_float(3), 3.0)
	check("float -> int", untyped.echo_int(3.9), 3)
	check("bool -> int", untyped.echo_int(true), 1)
	check("StringName -> String", untyped.echo_string(&"n"), "n")
	check("String -> StringName", untyped.echo_string_name("n"), &"n")
	check("String -> NodePath", untyped.echo_node_path("a/b"), ^"a/b")
	check("PackedStringArray -> Array", untyped.echo_array(PackedStringArray(["a"])), ["a"])
	check("String -> Color", untyped.echo_color("red"), Color.RED)
	check("Vector2 -> Vector2i", untyped.echo_vector2i(Vector2(1.9, 2)), Vector2i(1, 2))
	check("null object", typeof(untyped.echo_node(null)), TYPE_OBJECT)
	check("Array -> Array[int]", untyped.echo_ints([1, 2]), [1, 2] as Array[int])
	check("its items too", untyped.kinds([1.0, 2]), "int int")


func failing(function: Callable) -> Variant:
	return function.call()
