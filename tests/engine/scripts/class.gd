extends "suite.gd"
## What a Python class is to the engine and to GDScript.

const STAGE := "res://stage.tscn"

const NAMES: Array[String] = [
	"PyAnimal", "PyDog", "PyOwl", "PyShape", "PySquare", "PyActor", "PyHero", "PyRecipe", "PyMeter"
]


func find(list: Array[Dictionary], member: String) -> Dictionary:
	for entry in list:
		if entry["name"] == member:
			return entry
	return {}


func method(member: String) -> Dictionary:
	return find(ClassDB.class_get_method_list("PyAnimal", true), member)


func property(member: String) -> Dictionary:
	return find(ClassDB.class_get_property_list("PyAnimal", true), member)


func owl(member: String) -> Dictionary:
	return find(ClassDB.class_get_property_list("PyOwl", true), member)


func argument_types(info: Dictionary) -> Array:
	return info["args"].map(func(argument: Dictionary) -> Array: return [argument["name"], argument["type"]])


func test_classes() -> void:
	for type in NAMES:
		check(type + " exists", ClassDB.class_exists(type), true)
		check(type + " can be made", ClassDB.can_instantiate(type), type != "PyShape")
	check("parent", ClassDB.get_parent_class("PyDog"), &"PyAnimal")
	check("grandparent", ClassDB.is_parent_class("PyDog", "RefCounted"), true)
	check("a node", ClassDB.get_parent_class("PyActor"), &"Node")
	check("a resource", ClassDB.is_parent_class("PyRecipe", "Resource"), true)
	check("children", Array(ClassDB.get_inheriters_from_class("PyAnimal")), ["PyDog", "PyOwl"])


func test_methods_as_classdb_sees_them() -> void:
	var speak := method("speak")
	check(
		"arguments", argument_types(speak), [["times", TYPE_INT], ["sound", TYPE_STRING], ["loud", TYPE_BOOL]]
	)
	check("defaults", speak["default_args"], [2, "yip", false])
	check("return type", speak["return"]["type"], TYPE_STRING)
	check("flags", speak["flags"], METHOD_FLAG_NORMAL)
	check("const", method("describe")["flags"], METHOD_FLAG_NORMAL | METHOD_FLAG_CONST)
	check("static", method("legs_of")["flags"] & METHOD_FLAG_STATIC, METHOD_FLAG_STATIC)
	check("class method is static", method("breed")["flags"] & METHOD_FLAG_STATIC, METHOD_FLAG_STATIC)
	check("vararg", method("total")["flags"] & METHOD_FLAG_VARARG, METHOD_FLAG_VARARG)
	check("void", method("rename")["return"]["type"], TYPE_NIL)
	check("void is no Variant", method("rename")["return"]["usage"] & PROPERTY_USAGE_NIL_IS_VARIANT, 0)
	check("object", method("kin")["return"]["class_name"], &"PyAnimal")
	check("enum argument", method("eat")["args"][0]["class_name"], &"PyAnimal.Diet")
	check(
		"enum usage",
		method("eat")["args"][0]["usage"] & PROPERTY_USAGE_CLASS_IS_ENUM,
		PROPERTY_USAGE_CLASS_IS_ENUM
	)
	check("private", method("_private"), {})
	check(
		"overridden in the child",
		find(ClassDB.class_get_method_list("PyDog", true), "speak").is_empty(),
		false
	)


func test_properties_as_classdb_sees_them() -> void:
	var weight := property("weight")
	check("type", weight["type"], TYPE_FLOAT)
	check("hint", weight["hint"], PROPERTY_HINT_RANGE)
	check("range", weight["hint_string"], "0.0,100.0,0.5")
	check("usage", weight["usage"], PROPERTY_USAGE_DEFAULT)
	check("placeholder", property("name")["hint"], PROPERTY_HINT_PLACEHOLDER_TEXT)
	check("choices", property("size_class")["hint_string"], "small,medium,large")
	check("multiline", property("notes")["hint"], PROPERTY_HINT_MULTILINE_TEXT)
	check(
		"file",
		[property("portrait")["hint"], property("portrait")["hint_string"]],
		[PROPERTY_HINT_FILE, "*.png"]
	)
	check("folder", property("home")["hint"], PROPERTY_HINT_DIR)
	check("enum", owl("diet")["class_name"], &"PyAnimal.Diet")
	check(
		"bitfield",
		owl("skills")["usage"] & PROPERTY_USAGE_CLASS_IS_BITFIELD,
		PROPERTY_USAGE_CLASS_IS_BITFIELD
	)
	check(
		"typed array",
		[property("tags")["hint"], property("tags")["hint_string"]],
		[PROPERTY_HINT_ARRAY_TYPE, "String"]
	)
	check("accessor", ClassDB.class_has_method("PyAnimal", "get_weight"), true)
	var order := ClassDB.class_get_property_list("PyAnimal", true).map(
		func(entry: Dictionary) -> String: return entry["name"]
	)
	check(
		"groups head their members",
		order.slice(0, 8),
		["Identity", "name", "Science", "species", "Body", "weight", "", "age"]
	)
	check("a group's usage", property("Body")["usage"], PROPERTY_USAGE_GROUP)
	check("a subgroup's", property("Science")["usage"], PROPERTY_USAGE_SUBGROUP)
	check("the default in the inspector", ClassDB.class_get_property_default_value("PyAnimal", "age"), 3)
	check("read-only has no setter", ClassDB.class_has_method("PyAnimal", "set_heavy"), false)


func test_constants_and_signals() -> void:
	check("enums", Array(ClassDB.class_get_enum_list("PyAnimal", true)), ["Diet", "Skills"])
	check("members", Array(ClassDB.class_get_enum_constants("PyAnimal", "Diet", true)), ["PLANTS", "MEAT"])
	check("value", ClassDB.class_get_integer_constant("PyAnimal", "MEAT"), 5)
	check("bitfield", ClassDB.is_class_enum_bitfield("PyAnimal", "Skills"), true)
	check("no bitfield", ClassDB.is_class_enum_bitfield("PyAnimal", "Diet"), false)
	check("constant", PyAnimal.LEGS, 4)
	check("in GDScript", [PyAnimal.MEAT, PyAnimal.Diet.MEAT, PyAnimal.CAN_DIG, PyDog.MEAT], [5, 5, 8, 5])
	var renamed := find(ClassDB.class_get_signal_list("PyAnimal", true), "renamed")
	check("signal", argument_types(renamed), [["before", TYPE_STRING], ["after", TYPE_STRING]])
	check("signals", ClassDB.class_get_signal_list("PyAnimal", true).size(), 2)


func test_calls() -> void:
	var typed: PyAnimal = PyAnimal.new()
	var untyped: Variant = typed
	check("defaults, typed", typed.speak(), "yip yip")
	check("defaults, untyped", untyped.speak(), "yip yip")
	check("some given", typed.speak(1), "yip")
	check("all given, typed", typed.speak(2, "yap", true), "YAP YAP")
	check("all given, untyped", untyped.speak(2, "yap", true), "YAP YAP")
	check("static", PyAnimal.legs_of(3), 12)
	check("static, all given", PyAnimal.legs_of(3, 2), 6)
	check("class method", PyAnimal.breed(), "PyAnimal")
	check("vararg", [untyped.total(1), untyped.total(1, 2, 3), typed.total(1, 2)], [1, 6, 3])
	check("vararg, as many as there is room for", untyped.callv("total", range(16)), 120)
	check("enum", typed.eat(PyAnimal.Diet.MEAT), PyAnimal.Diet.MEAT)
	check("packed strings", typed.words(), PackedStringArray(["yip", "yap"]))
	check("itself", typed.same() == typed, true)
	var kin := typed.kin()
	check("another", kin is PyAnimal and kin != typed, true)
	check("callv", typed.callv("speak", [1, "moo"]), "moo")
	check("by Callable", typed.speak.call(1, "mew"), "mew")


func test_properties() -> void:
	var animal := PyAnimal.new()
	check("defaults", [animal.name, animal.weight, animal.age], ["nameless", 1.5, 3])
	check(
		"enums", [PyOwl.new().diet, PyOwl.new().skills], [PyAnimal.MEAT, PyAnimal.CAN_FLY | PyAnimal.CAN_DIG]
	)
	check("a name", animal.species, &"unknown")
	check("a colour", animal.colour, Color(1.0, 0.5, 0.25))
	animal.weight = 12
	check("int becomes float", animal.weight, 12.0)
	check("read-only", animal.heavy, true)
	animal.mood = 4
	check("Python's property", animal.mood, 4)
	animal.set("age", 9)
	check("by name", animal.get("age"), 9)
	check("accessors", [animal.get_age(), animal.get_weight()], [9, 12.0])
	animal.tags = ["a", "b"]
	check("typed array", animal.tags, ["a", "b"] as Array[String])
	check("objects do not share defaults", PyAnimal.new().tags, [] as Array[String])


func test_signals() -> void:
	var animal := PyAnimal.new()
	var heard: Array = []
	animal.renamed.connect(func(before: String, after: String) -> void: heard.append([before, after]))
	animal.rename("Ada")
	check("heard", heard, [["nameless", "Ada"]])
	animal.fed.connect(func() -> void: heard.append("fed"))
	animal.fed.emit()
	check("emitted by the script", heard.back(), "fed")


func test_inheritance() -> void:
	var dog := PyDog.new()
	var as_animal: PyAnimal = dog
	check("overridden", dog.speak(), "dog: woof")
	check("overridden, seen as the parent", as_animal.speak(2, "a", false), "dog: a a")
	check("inherited", dog.describe(), "nameless (PyDog)")
	check("inherited property", dog.weight, 1.5)
	check("own property", dog.obedience, 7)
	check("own method", dog.fetch(), "nameless (PyDog)")
	check(
		"is",
		[dog is PyAnimal, as_animal is PyDog, dog.is_class("PyAnimal"), dog.get_class()],
		[true, true, true, "PyDog"]
	)
	check("kin", dog.kin() is PyDog, true)
	check("abstract parent", PySquare.new().area(), 4.0)


func test_virtuals() -> void:
	var actor := PyHero.new()
	actor.name = "Hamlet"
	check("_to_string", str(actor), "<actor Hamlet>")
	add_child(actor)
	check(
		"order",
		actor.events(),
		["notification 10", "enter_tree True", "ready 0", "hero is ready", "notification 13"]
	)
	await get_tree().process_frame
	await get_tree().process_frame
	check_true("_process", actor.frame_count() >= 1)
	var frames := actor.frame_count()
	actor.set_process(false)
	await get_tree().process_frame
	await get_tree().process_frame
	check("_process stopped", actor.frame_count(), frames)
	remove_child(actor)
	check("_exit_tree", actor.events().back(), "exit_tree")
	actor.free()
	var meter := PyMeter.new()
	add_child(meter)
	check("a value", meter.get_combined_minimum_size(), Vector2(30, 7))
	meter.width = 55
	meter.update_minimum_size()
	check("another", meter.get_minimum_size(), Vector2(55, 7))
	meter.queue_free()


func test_a_list_of_a_virtual_method_is_a_packed_array() -> void:
	var scrolls := PyScrolls.new()
	ResourceLoader.add_resource_format_loader(scrolls)
	var known: PackedStringArray = ["scroll", "rune"]
	check("extensions", ResourceLoader.get_recognized_extensions_for_type("PyScroll").slice(-2), known)
	var dependencies: PackedStringArray = ["res://a.scroll", "False"]
	check("dependencies", ResourceLoader.get_dependencies("res://a.scroll"), dependencies)
	ResourceLoader.remove_resource_format_loader(scrolls)


func test_a_script_over_a_python_class() -> void:
	var actor: PyHero = load("res://actor.gd").new()
	actor.name = "Ophelia"
	actor.speed = 4.0
	add_child(actor)
	check("its own _ready", actor.get("own_log"), ["script ready"] as Array[String])
	# The engine asks the script first, and Python where the script has nothing, as with any extension's class.
	check("in place of Python's", actor.events(), ["notification 10", "enter_tree True", "notification 13"])
	await get_tree().process_frame
	await get_tree().process_frame
	check_true("Python's _process", actor.frame_count() > 0)
	check("a method that calls Python's", actor.call("frame_count_doubled"), actor.frame_count() * 2)
	check("text", str(actor), "<actor Ophelia>")
	actor.queue_free()
	await get_tree().process_frame


func test_a_scene() -> void:
	var scene: PackedScene = load(STAGE)
	var root: PyActor = scene.instantiate()
	check("property", root.speed, 2.5)
	check("left alone", (root.get_node("Other") as PyActor).speed, 1.0)
	check("node property", root.target, root.get_node("Other"))
	add_child(root)
	check("ready after its child", "ready 1" in root.events(), true)
	root.speed = 7.0
	root.target = null
	var packed := PackedScene.new()
	check("packs", packed.pack(root), OK)
	check("saves", ResourceSaver.save(packed, "res://saved.tscn"), OK)
	root.queue_free()
	await get_tree().process_frame
	var again: PyActor = (load("res://saved.tscn") as PackedScene).instantiate()
	check("comes back", again.speed, 7.0)
	check_true(
		"only what differs is written", not "frames" in FileAccess.get_file_as_string("res://saved.tscn")
	)
	again.free()


func test_a_node_property_is_saved_as_a_path() -> void:
	var target := find(ClassDB.class_get_property_list("PyActor", true), "target")
	check("hint", [target["hint"], target["hint_string"]], [PROPERTY_HINT_NODE_TYPE, "Node"])
	var root: PyActor = (load(STAGE) as PackedScene).instantiate()
	var packed := PackedScene.new()
	packed.pack(root)
	ResourceSaver.save(packed, "res://linked.tscn")
	root.free()
	var text := FileAccess.get_file_as_string("res://linked.tscn")
	check("a path is written", text.contains('target = NodePath("Other")'), true)


func test_a_resource() -> void:
	var recipe := PyRecipe.new()
	recipe.title = "Soup"
	recipe.steps = ["boil", "eat"]
	recipe.origin = Vector2(1, 2)
	recipe.side_dish = PyRecipe.new()
	check("saves", ResourceSaver.save(recipe, "res://soup.tres"), OK)
	var text := FileAccess.get_file_as_string("res://soup.tres")
	check("its type is written", text.contains('type="PyRecipe"'), true)
	check("a default is not", text.contains("servings"), false)
	recipe = null
	var loaded: PyRecipe = ResourceLoader.load("res://soup.tres", "", ResourceLoader.CACHE_MODE_IGNORE)
	check("title", loaded.title, "Soup")
	check("steps", loaded.steps, PackedStringArray(["boil", "eat"]))
	check("origin", loaded.origin, Vector2(1, 2))
	check("inner", (loaded.side_dish as PyRecipe).title, "untitled")
	var copy: PyRecipe = loaded.duplicate()
	copy.title = "Stew"
	check("duplicates", [loaded.title, copy.title, copy.origin], ["Soup", "Stew", Vector2(1, 2)])


func test_wrong_use_is_an_error() -> void:
	expect("Class 'PyShape' or its base class cannot be instantiated")
	check("abstract gives null", ClassDB.instantiate("PyShape"), null)
	check("unknown property", PyAnimal.new().get("nothing"), null)
