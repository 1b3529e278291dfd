extends "suite.gd"
## What overrides what: classes in Python the engine's, scripts those in Python.


class Heir:
	extends PyOverriding

	@warning_ignore("native_method_override")
	func get_name() -> StringName:
		return "(%s)" % super()


class Shielded:
	extends PyHittable

	func _on_hit(damage: int, by: Node) -> int:
		return damage - 1 if by == null else 0

	func _on_end() -> void:
		name = "Ended"


class Clad:
	extends PyArmoured

	func _on_hit(damage: int, _by: Node) -> int:
		return -damage


class Bare:
	extends PyArmoured


func names_of(object: Object) -> Array:
	return object.get_property_list().map(func(entry: Dictionary) -> String: return entry["name"])


func property_of(object: Object, property: String) -> Dictionary:
	for entry: Dictionary in object.get_property_list():
		if entry["name"] == property:
			return entry
	return {}


func test_super_reaches_the_engines_methods() -> void:
	var node := PyOverriding.new()
	node.name = "Ada"
	check("typed", node.get_name(), &"<Ada>")
	check("by name", node.call("get_name"), &"<Ada>")
	check("the property", node.name, &"Ada")
	var child := Node.new()
	child.name = "Child"
	node.add_child(child)
	check("a child", child.get_parent(), node)
	check("a number", node.get_child_count(), 101)
	node.process_priority = 7
	node.set_meta("own", 1)
	check("a value", node.get_meta("own"), [1])
	check("the rest", node.look(), [1, 7, 7, [1], true, ["Child"]])
	check(
		"what cannot be",
		node.refuse(),
		[
			"Node.add_child() needs an object as its first argument",
			"Node.add_child() takes at least 3 arguments, 0 were given",
			"Node.add_child() needs an object as its first argument",
			"Node has no constant, enum, method or property 'no_such_method'",
			"'super' object has no attribute 'no_such_method'",
		]
	)
	node.free()


func test_super_in_heirs() -> void:
	var node := PyOverridingHeir.new()
	node.name = "Ada"
	check("in Python", node.get_name(), &"[<Ada>]")
	node.free()
	var own := Heir.new()
	own.name = "Ada"
	check("in a script", own.call("get_name"), &"(<Ada>)")
	own.free()
	var counted := PyCounted2.new()
	check("of a RefCounted", counted.get_reference_count(), 11)


class Processing:
	extends Control

	func _process(_delta: float) -> void:
		name = "Processed"


func test_super_ends_at_the_engine() -> void:
	var node := PyCooperating.new()
	node.notification(9999)
	check("notifications", node.get_log(), ["mixin 9999", "own 9999"])
	add_child(node)
	var log: Array = node.get_log()
	check_true("the mixin's turn: " + str(log), log.has("mixin None"))
	check_true("its own", log.find("ready") > log.find("mixin None"))
	await get_tree().process_frame
	await get_tree().process_frame
	check_true("a frame", node.get_log().has("process"))
	check("get", node.get("two"), null)
	node.set("two", 2)
	check("set", node.get("two"), null)
	check("a list", names_of(node).count("one"), 1)
	check("revert", node.property_can_revert("one"), false)
	check("to", node.property_get_revert("one"), null)
	var plain := Control.new()
	var scripted := Processing.new()
	var no_helper := "'super' object has no attribute '_helper'"
	var no_code := "Control._has_point() is a virtual method, for which super() has no code"
	check("what cannot be", node.ask(plain), ["none", "Control has no member '_process'", no_helper, no_code])
	check("a script's", node.ask(scripted), ["none", null, no_helper, no_code])
	check("is called", scripted.name, &"Processed")
	for one: Node in [node, plain, scripted]:
		one.free()


func test_dynamic_properties() -> void:
	var node := PyDynamic.new()
	check("get", node.get("size"), 3)
	node.set("size", 5)
	check("set", node.get("size"), 5)
	node.set("dynamic_one", "new")
	check("a new one", node.get("dynamic_one"), "new")
	check("none", node.get("nothing"), null)
	check("a declared one", node.get("kind"), 0)
	check("size", property_of(node, "size")["hint_string"], "0,10")
	check("its type", property_of(node, "size")["type"], TYPE_INT)
	check("at", property_of(node, "at")["type"], TYPE_VECTOR2)
	check("its usage", property_of(node, "at")["usage"], PROPERTY_USAGE_STORAGE)
	check("owners", property_of(node, "owners")["hint_string"], "Node")
	check("texture", property_of(node, "texture")["hint"], PROPERTY_HINT_RESOURCE_TYPE)
	check("its class", property_of(node, "texture")["class_name"], &"Resource")
	check("plain", property_of(node, "plain")["type"], TYPE_STRING)
	check("anything", property_of(node, "anything")["type"], TYPE_NIL)
	check("validated", property_of(node, "kind")["hint"], PROPERTY_HINT_ENUM)
	check("its text", property_of(node, "kind")["hint_string"], "small,large")
	check("may revert", node.property_can_revert("size"), true)
	check("may not", node.property_can_revert("at"), false)
	check("to", node.property_get_revert("size"), 3)
	check("to nothing", node.property_get_revert("at"), null)
	node.free()


func test_dynamic_properties_of_heirs() -> void:
	var heir := PyDynamicHeir.new()
	var names := names_of(heir)
	check("once", names.count("size"), 1)
	check("one more", names.count("more"), 1)
	check("get", heir.get("size"), 3)
	heir.set("dynamic_two", 2)
	check("set", heir.get("dynamic_two"), 2)
	check("validated", property_of(heir, "kind")["hint_string"], "small,large")
	heir.free()


func test_dynamic_properties_that_raise() -> void:
	var node := PyDynamic.new()
	var calls := {
		"_get": func() -> Variant: return node.get("size"),
		"_set": func() -> void: node.set("size", 1),
		"_get_property_list": func() -> bool: return "size" in names_of(node),
		"_property_can_revert": func() -> bool: return node.property_can_revert("size"),
		"_property_get_revert": func() -> Variant: return node.property_get_revert("size"),
	}
	for callback: String in calls:
		node.raise_in(callback)
		expect("ValueError: raised in " + callback)
		check(callback, (calls[callback] as Callable).call() in [null, false], true)
	node.free()
	var strange := PyStrangeList.new()
	for entries: Array in [[5], [{"type": 1}], [{"name": "a", "typo": 1}], [{"name": "a", "type": 99}]]:
		strange.entries = entries
		expect("PyStrangeList._get_property_list")
		check(str(entries), "a" in names_of(strange), false)
	strange.free()


func test_scripts_override_virtual_methods() -> void:
	var methods := ClassDB.class_get_method_list("PyHittable", true)
	var hit: Array = methods.filter(func(entry: Dictionary) -> bool: return entry["name"] == "_on_hit")
	check("is listed", hit.size(), 1)
	check("as virtual", (hit[0]["flags"] as int) & METHOD_FLAG_VIRTUAL, METHOD_FLAG_VIRTUAL)
	check("with arguments", (hit[0]["args"] as Array).map(_name_of), ["damage", "by"])
	var plain := PyHittable.new()
	check("Python's own", plain.hit(10), 10)
	var shielded := Shielded.new()
	check("a script's", shielded.hit(10), 9)
	check("by name", shielded.hit_by(10, plain), 0)
	shielded.end()
	check("without arguments", shielded.name, &"Ended")
	check("too few", shielded.hit_badly(), "_on_hit() is missing its argument 'damage'")
	var armoured := PyArmoured.new()
	check("an heir's", armoured.hit(10), 5)
	var clad := Clad.new()
	check("a script's over an heir's", clad.hit(10), -10)
	var bare := Bare.new()
	check("a script that does not", bare.hit(10), 5)
	for node: Node in [plain, shielded, armoured, clad, bare]:
		node.free()


func _name_of(argument: Dictionary) -> String:
	return argument["name"]


func eager(what: String) -> void:
	Engine.set_meta("eager", what)


func test_self_in_init() -> void:
	var seen := [2, "eager", "PyEager", "heard"]
	eager("")
	var own := PyEager.new()
	check("in a script", own.get_seen(), seen)
	check("its count", own.get_reference_count(), 1)
	var gone: WeakRef = weakref(own)
	own = null
	await get_tree().process_frame
	check("goes", gone.get_ref(), null)
	check("in Python", PyEager.make("").get_seen(), seen)
	for round in 3:
		eager("kept by the engine")
		var kept := PyEager.new()
		check("has seen itself", kept.get_seen().size(), 4)
		check("the engine has it too", kept.get_reference_count(), 2)
		check("the very same", is_same(Engine.get_meta("kept"), kept), true)
		var pythons := PyEager.make("kept by the engine")
		check("and one of Python's", is_same(Engine.get_meta("kept"), pythons), true)
		Engine.remove_meta("kept")
		eager("kept by Python")
		gone = weakref(PyEager.new())
		gone = weakref(PyEager.make(""))
		check_true("Python has it", gone.get_ref() != null)
		check("as often as told", PyEager.kept(), 2)
	eager("")
	await get_tree().process_frame
	check("none is left", gone.get_ref(), null)


func test_init_that_hands_out_and_raises() -> void:
	for what: String in ["raises", "raises, kept by the engine", "raises, kept by Python"]:
		eager(what)
		expect("raised in __init__ of an eager one")
		check(what, ClassDB.instantiate("PyEager"), null)
		if what.contains("engine"):
			check("is the engine's", (Engine.get_meta("kept") as Resource).resource_name, "eager")
			Engine.remove_meta("kept")
		PyEager.kept()
	eager("")


func test_defaults_of_a_class_that_hands_out() -> void:
	check("a default", ClassDB.class_get_property_default_value("PyEager", "size"), 4)


func test_methods_that_peers_call() -> void:
	for cheering: PyCheering in [PyCheering.new(), PyCheeringHeir.new()]:
		add_child(cheering)
		check("in a script", cheering.rpc("cheer", 3), OK)
		cheering.cheer_all(4)
		check("heard", cheering.get_heard(), [3, 4])
		expect('Unable to get the RPC configuration for the function "quiet"')
		check("not for peers", cheering.rpc("quiet"), ERR_INVALID_PARAMETER)
		cheering.free()
