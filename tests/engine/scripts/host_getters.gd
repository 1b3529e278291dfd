extends "suite.gd"
## What a caller gets that does not look at the call's error.

const TYPES := {
	"int": "int",
	"float": "float",
	"bool": "bool",
	"string": "String",
	"string_name": "StringName",
	"bytes": "PackedByteArray",
	"strings": "PackedStringArray",
	"vector": "Vector3",
	"transform": "Transform3D",
	"color": "Color",
	"rid": "RID",
	"callable": "Callable",
	"array": "Array",
	"ints": "Array[int]",
	"dictionary": "Dictionary",
	"object": "Object",
	"node": "Node",
	"refcounted": "RefCounted",
}
const READING := """extends RefCounted
static func wanted() -> Variant:
	var value: %s
	return value  # no object is Nil here
static func typed(bad: PyRaiser) -> Variant:
	var value: %s = bad.bad_%s
	return value if value != null else null
static func untyped(bad: Variant) -> Variant:
	var value: %s = bad.bad_%s
	return value if value != null else null
"""

var bad := PyRaiser.new()


func reader(type: String) -> GDScript:
	var script := GDScript.new()
	script.source_code = READING % [TYPES[type], TYPES[type], type, TYPES[type], type]
	check("%s compiles" % type, script.reload(), OK)
	return script


func test_getters_that_raise() -> void:
	for type: String in TYPES:
		var script := reader(type)
		for way: String in ["typed", "untyped"]:
			expect("ValueError: no %s" % type)
			check("%s, %s" % [type, way], script.call(way, bad), script.wanted())
		expect("ValueError: no %s" % type)
		var value: Variant = bad.get("bad_" + type)
		check("%s, get()" % type, value if value != null else null, script.wanted())


func test_their_values_can_be_used() -> void:
	expect("no int")
	var number: int = bad.bad_int
	check("int", number + 1, 1)
	expect("no bytes")
	var bytes: PackedByteArray = bad.bad_bytes
	bytes.append(7)
	check("bytes", bytes, PackedByteArray([7]))
	expect("no vector")
	var vector: Vector3 = bad.bad_vector
	check("vector", vector + Vector3.ONE, Vector3.ONE)
	expect("no string")
	var text: String = bad.bad_string
	check("string", text + "x", "x")
	expect("no array")
	var array: Array = bad.bad_array
	array.append(1)
	check("array", array, [1])
	expect("no object")
	var object: Object = bad.bad_object
	check("object", is_instance_valid(object), false)


func test_a_getter_of_an_export() -> void:
	expect("no exported")
	var number: int = bad.exported
	check("typed", number, 0)
	expect("no exported")
	check("get()", bad.get("exported"), 0)
	expect("no exported")
	check("by ClassDB", ClassDB.class_get_property(bad, "exported"), 0)
	expect("no exported")
	check("by a path", bad.get_indexed("exported"), 0)


func test_threads_that_raise() -> void:
	for type: String in TYPES.keys() + ["any"]:
		var thread := Thread.new()
		expect("ValueError: no %s" % type)
		thread.start(Callable(bad, "give_" + type))
		var value: Variant = thread.wait_to_finish()
		check(type, value if value != null else null, null if type == "any" else reader(type).wanted())


func test_methods_of_arrays() -> void:
	for method: Callable in [bad.map_any, bad.map_int]:
		expect("ValueError: no ")
		expect("Error calling method from 'map'")
		check("map", [1, 2].map(method), [])
