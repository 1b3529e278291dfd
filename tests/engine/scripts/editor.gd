@tool
extends "editor_base.gd"
## Runs in the editor, and looks at what the plugins of the addon [code]editor[/code] have done there.

const FILE := "res://lamps.scores"


func plugin() -> EditorPlugin:
	return get_tree().root.find_children("*", "PyLampEditor", true, false)[0]


## Waits until the editor has seen what type of resource a file is imported as.
func wait_for_type(type: String) -> void:
	var files := EditorInterface.get_resource_filesystem()
	await wait_for(
		"imported as '%s'" % type,
		func() -> bool: return not files.is_scanning() and files.get_file_type(FILE) == type
	)


## The menu that has an item of this text, with the item's index; empty: there is none.
func menu_with(text: String) -> Array:
	for menu: PopupMenu in get_tree().root.find_children("*", "PopupMenu", true, false):
		for index in menu.item_count:
			if menu.get_item_text(index) == text:
				return [menu, index]
	return []


func press(text: String) -> void:
	var found := menu_with(text)
	var menu: PopupMenu = found[0]
	menu.index_pressed.emit(found[1])


func panels() -> Array[Node]:
	return get_tree().root.find_children("LampPanel", "PyLampPanel", true, false)


func test_the_classes() -> void:
	check("a plugin's parent", ClassDB.get_parent_class(&"PyLampEditor"), &"EditorPlugin")
	check("the editor's", ClassDB.class_get_api_type(&"PyLampEditor"), ClassDB.API_EDITOR_EXTENSION)
	check("a game's", ClassDB.class_get_api_type(&"PyLamp"), ClassDB.API_EXTENSION)
	check("an addon that failed has not stopped the others", panels().size(), 1)


func test_what_is_made_in_the_editor() -> void:
	var placeholder: Resource = ClassDB.instantiate(&"PyBulb")
	check("by ClassDB: a placeholder", placeholder.get(&"watts"), 40)
	expect("Cannot call GDExtension method bind 'brighter' on placeholder instance.")
	check("which has no methods", placeholder.call(&"brighter"), null)
	check("by its name: an object", PyBulb.new().brighter(), 80)
	var lantern: PyLantern = ClassDB.instantiate(&"PyLantern")
	check("of a tool, by ClassDB", lantern.get_oil(), 1)
	lantern.free()
	check("in Python", plugin().call(&"make"), [-2, 0, "Python", 80])


func test_what_a_plugin_adds_goes_with_it() -> void:
	await wait_for_type("PyScores")
	check("the panel's text", panels()[0].call(&"get_text"), "no lamps")
	press("Count lamps")
	check("pressed", panels()[0].call(&"get_text"), "1 lamps")
	var own := plugin()
	var parent := own.get_parent()
	parent.remove_child(own)
	await wait_for_type("")
	check("docks without the plugin", panels(), [] as Array[Node])
	check("menus without the plugin", menu_with("Count lamps"), [])
	parent.add_child(own)
	check("docks with it again", panels().size(), 1)
	check("menus with it again", menu_with("Count lamps").size(), 2)
	await wait_for_type("PyScores")


func test_an_inspector_plugin() -> void:
	var lamp := PyLamp.new()
	EditorInterface.inspect_object(lamp)
	var inspector: EditorInspector = EditorInterface.get_inspector()
	await wait_for(
		"an editor of the property",
		func() -> bool: return inspector.find_children("*", "PyLampProperty", true, false).size() == 1
	)
	var seen: PackedStringArray = plugin().call(&"get_inspected")
	check("begin", seen[0], "begin PyLamp")
	check_true("properties: %s" % [seen], "brightness 2 1 0,10" in seen and "colour_name 4 0 " in seen)
	check("the object that is edited", plugin().call(&"get_edited"), lamp)
	var editor: EditorProperty = inspector.find_children("*", "PyLampProperty", true, false)[0]
	check("shown", editor.call(&"get_shown"), 1)
	editor.call(&"brighten")
	check("changed", lamp.brightness, 2)
	await wait_for("shown again", func() -> bool: return editor.call(&"get_shown") == 2)
	undo(lamp)
	check("undone", lamp.brightness, 1)
	var other := Node.new()
	EditorInterface.inspect_object(other)
	await wait_for("nothing is edited", func() -> bool: return plugin().call(&"get_edited") == null)
	EditorInterface.inspect_object(null)
	other.free()
	lamp.free()


func undo(object: Object) -> void:
	var manager := EditorInterface.get_editor_undo_redo()
	manager.get_history_undo_redo(manager.get_object_history_id(object)).undo()


func test_undo_and_redo() -> void:
	var lamp := PyLamp.new()
	lamp.brightness = 8
	plugin().call(&"dim", lamp, 3)
	check("done", lamp.brightness, 5)
	undo(lamp)
	check("undone", lamp.brightness, 8)
	var manager := EditorInterface.get_editor_undo_redo()
	manager.get_history_undo_redo(manager.get_object_history_id(lamp)).redo()
	check("redone", lamp.brightness, 5)
	manager.clear_history()
	lamp.free()


func test_an_import_plugin() -> void:
	var files := EditorInterface.get_resource_filesystem()
	var scores: Resource = load(FILE)
	check("class", scores.get_class(), "PyScores")
	check("imported with the defaults", scores.get_meta("scores"), {"Ada": 3})
	var config := ConfigFile.new()
	config.load(FILE + ".import")
	check("options", config.get_value("params", "factor"), 1)
	config.set_value("params", "factor", 5)
	config.save(FILE + ".import")
	files.reimport_files([FILE])
	scores = ResourceLoader.load(FILE, "", ResourceLoader.CACHE_MODE_REPLACE)
	check("imported again", scores.get_meta("scores"), {"Ada": 15})


func test_an_import_that_raises_has_failed() -> void:
	var files := EditorInterface.get_resource_filesystem()
	var content := FileAccess.get_file_as_string(FILE)
	for text: String in ["no JSON", content]:
		FileAccess.open(FILE, FileAccess.WRITE).store_string(text)
		if text != content:
			expect("JSONDecodeError")
			expect("Error importing '%s'" % FILE)
		files.reimport_files([FILE])
		var config := ConfigFile.new()
		config.load(FILE + ".import")
		check(text, config.get_value("remap", "valid", true), text == content)


func test_an_import_on_many_threads() -> void:
	var files: PackedStringArray = []
	for i in 20:
		files.append("res://more/%d.scores" % i)
	check("threads", plugin().call(&"import_again", files), 20)


func test_a_debugger_plugin() -> void:
	EditorInterface.play_custom_scene("res://game.tscn")
	await wait_for(
		"the game says goodbye", func() -> bool: return (plugin().call(&"get_messages") as Array).size() == 2
	)
	check(
		"messages",
		plugin().call(&"get_messages"),
		[
			["pylamp:hello", ["from the game", []]],
			["pylamp:goodbye", ["from the editor"]],
		]
	)
	await wait_for("the game has gone", func() -> bool: return not EditorInterface.is_playing_scene())
	await wait_for(
		"the session is over", func() -> bool: return plugin().call(&"get_sessions") == ["started", "stopped"]
	)


func test_a_main_screen() -> void:
	EditorInterface.set_main_screen_editor("Lamps")
	check("visible", plugin().call(&"is_shown"), true)
	EditorInterface.set_main_screen_editor("3D")
	check("not any more", plugin().call(&"is_shown"), false)
	var buttons := get_tree().root.find_children("Lamps", "Button", true, false)
	check("its buttons", buttons.size(), 1)
	check("icon", (buttons[0] as Button).icon, plugin().call(&"get_icon"))


func test_the_layout() -> void:
	press("Count lamps")
	plugin().queue_save_layout()
	var saved := ConfigFile.new()
	await wait_for(
		"a value of ours",
		func() -> bool:
			saved.load("res://.godot/editor/editor_layout.cfg")
			return saved.get_value("lamps", "count", -1) == 1
	)


## The last one, as an open scene changes what the editor does.
func test_only_tools_run_in_a_scene_that_is_edited() -> void:
	EditorInterface.open_scene_from_path("res://lamps.tscn")
	await wait_for("it is open", func() -> bool: return EditorInterface.get_edited_scene_root() != null)
	var root := EditorInterface.get_edited_scene_root()
	var lamp := root.get_node(^"Lamp")
	check("a game's class", lamp.get_class(), "PyLamp")
	check("is not run", lamp.get(&"brightness"), 7)
	check("a default", lamp.get(&"colour_name"), "white")
	check("a tool's is", root.get_node(^"Lantern").get(&"oil"), 6)
	check("as is its heir's", root.get_node(^"Torch").get(&"oil"), 8)
	check("a resource", (lamp.get(&"bulb") as Resource).get(&"watts"), 60)
	check(
		"Python's view",
		plugin().call(&"look_at", lamp),
		[
			true,
			true,
			61,
			"W",
			_placeholder("dim"),
			_placeholder("dimmed"),
			_placeholder("nothing"),
		]
	)
	lamp.set(&"brightness", 8)
	EditorInterface.save_scene()
	var saved := FileAccess.get_file_as_string("res://lamps.tscn")
	for line: String in ["brightness = 8", "oil = 6", "watts = 61", 'type="PyTorch"', 'type="PyBulb"']:
		check_true("saved: %s" % line, saved.contains(line))


func _placeholder(member: String) -> String:
	return (
		(
			"in the editor this PyLamp is a placeholder, which has no '%s': "
			+ "only classes of @gdclass(tool=True) run there"
		)
		% member
	)
