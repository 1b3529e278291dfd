extends "suite.gd"
## Nodes that are freed already, of Python's classes and of the engine's.

const TYPED := """extends RefCounted
static func go(taker: PyTaker, node: %s) -> String:
	var freed := node
	node.free()
	return taker.%s(%s)
"""
const ASKING := """
from godot import Node
thing = Node()
for i in range(%d):
    assert not hasattr(thing, f"%s{i}")
thing.free()
result = True
"""

var taker := PyTaker.new()
var reached := false


func node_of(python: bool) -> Node:
	return PyThingNode.new() if python else Node.new()


## A call from typed code, by ptrcall: a bare pointer comes.
func pass_typed(python: bool, method: String, argument: String, wanted: String) -> void:
	var what := "a %s node for %s" % ["Python" if python else "plain", method]
	var script := GDScript.new()
	script.source_code = TYPED % ["PyThingNode" if python else "Node", method, argument]
	check("%s compiles" % what, script.reload(), OK)
	check(what, script.go(taker, node_of(python)), wanted)


func test_from_typed_code() -> void:
	for python: bool in [true, false]:
		for method: String in ["node", "object"]:
			expect("has been freed")
			pass_typed(python, method, "freed", "")
		pass_typed(python, "anything", "freed", "None")
		pass_typed(python, "array", "[freed]", "[None]")


func pass_untyped(way: String, untyped: Variant, freed: Variant) -> Variant:
	reached = false
	var result: Variant = null
	match way:
		"node":
			result = untyped.node(freed)
		"object":
			result = untyped.object(freed)
		"anything":
			result = untyped.anything(freed)
		"array":
			result = untyped.array([freed])
		"nested":
			result = untyped.anything({"it": [1, [freed]]})
		"call()":
			result = taker.call("anything", freed)
		"a Callable":
			result = taker.function().call(freed)
	reached = true
	return result


func freed_node(python: bool) -> Node:
	var node := node_of(python)
	node.free()
	return node


func test_from_untyped_code() -> void:
	var taken := {
		"anything": "None",
		"array": "[None]",
		"nested": "{'it': [1, [None]]}",
		"call()": "None",
		"a Callable": null
	}
	for python: bool in [true, false]:
		for way: String in ["node", "object"]:
			expect("previously freed")
			pass_untyped(way, taker, freed_node(python))
			check("%s stops the function" % way, reached, false)
		for way: String in taken:
			check(way, pass_untyped(way, taker, freed_node(python)), taken[way])
			check("%s goes on" % way, reached, true)


func call_freed(untyped: Variant) -> void:
	reached = false
	untyped.get_name()
	reached = true


func test_as_a_receiver() -> void:
	for python: bool in [true, false]:
		var node: Variant = node_of(python)
		node.free()
		expect("previously freed")
		call_freed(node)
		check("stopped", reached, false)


func resident() -> int:
	var file := FileAccess.open("/proc/self/statm", FileAccess.READ)
	return file.get_line().get_slice(" ", 1).to_int() * 4096


func test_memory_of_names_that_are_asked_for() -> void:
	check("some", PyProbe.run(ASKING % [1000, "warm"]), true)
	var before := resident()
	check("many", PyProbe.run(ASKING % [200_000, "name"]), true)
	var grown := resident() - before
	check_true("the process grew by %d" % grown, grown < 16 << 20)
