@tool
extends "editor_base.gd"
## What the guide has its readers do in the editor.

const SCENE := "res://main.tscn"


func edited() -> Node:
	var root := EditorInterface.get_edited_scene_root()
	return null if root == null else root.get_node_or_null(^"Plant")


## The inspector's editor of a property; null: there is none.
func editor_of(property: StringName) -> EditorProperty:
	for editor: EditorProperty in EditorInterface.get_inspector().find_children(
		"*", "EditorProperty", true, false
	):
		if editor.get_edited_property() == property:
			return editor
	return null


func test_the_class_is_among_the_nodes_to_choose_from() -> void:
	check_true("listed", &"Plant" in ClassDB.get_inheriters_from_class(&"Node"))
	check_true("to be made", ClassDB.can_instantiate(&"Plant"))


func test_a_scene_keeps_what_the_inspector_changes() -> void:
	var root := Node.new()
	root.name = "Main"
	root.set_script(load("res://main.gd"))
	var plant: Node = ClassDB.instantiate(&"Plant")
	plant.name = "Plant"
	root.add_child(plant)
	plant.owner = root
	var scene := PackedScene.new()
	scene.pack(root)
	ResourceSaver.save(scene, SCENE)
	root.free()
	EditorInterface.open_scene_from_path(SCENE)
	await wait_for("it is open", func() -> bool: return edited() != null)

	EditorInterface.inspect_object(edited())
	await wait_for("the inspector shows it", func() -> bool: return editor_of(&"species") != null)
	check("label", editor_of(&"species").label, "Species")
	check("default", editor_of(&"species").get_edited_object().get(&"species"), "fern")
	var slider: Range = editor_of(&"height").find_children("*", "EditorSpinSlider", true, false)[0]
	check("height", [slider.max_value, slider.step, slider.get(&"suffix")], [100.0, 0.5, " cm"])
	editor_of(&"species").emit_changed(&"species", "rose")
	check("changed", edited().get(&"species"), "rose")
	EditorInterface.save_scene()
	check_true("saved", FileAccess.get_file_as_string(SCENE).contains('species = "rose"'))

	var before := edited().get_instance_id()
	EditorInterface.reload_scene_from_path(SCENE)
	await wait_for(
		"opened again", func() -> bool: return edited() != null and edited().get_instance_id() != before
	)
	check("kept", edited().get(&"species"), "rose")
	check("untouched", edited().get(&"height"), 1.0)


func test_the_help() -> void:
	EditorInterface.get_script_editor().goto_help("class_name:Plant")
	await wait_for("the page", func() -> bool: return help().contains("Method Descriptions"))
	for text: String in [
		"Grows when it is watered.",
		"The first paragraph is the summary in the help",
		"What its sign says.",
		"How tall it is.",
		"Emitted when it has grown.",
		"Waters it.",
	]:
		check_true(text, help().contains(text))
	check("what has no text", help().contains("no description for"), false)


## What the pages of the help that are open say.
func help() -> String:
	var text := ""
	for page in get_tree().root.find_children("*", "EditorHelp", true, false):
		for label: RichTextLabel in page.find_children("*", "RichTextLabel", true, false):
			text += label.get_parsed_text()
	return text
