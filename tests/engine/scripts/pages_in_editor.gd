@tool
extends "suite.gd"
## Runs what the pages show for the editor, in the editor; a test is named for the page and the section.


func test_addons_pythonscript_readme_in_the_editor() -> void:
	var turret := Turret.new()
	EditorInterface.inspect_object(turret)
	var buttons: Array[Node] = []
	while buttons.is_empty():
		await get_tree().process_frame
		buttons = EditorInterface.get_inspector().find_children("*", "Button", true, false).filter(
			func(button: Button) -> bool: return button.text == "Half the speed"
		)
	(buttons[0] as Button).pressed.emit()
	check("speed", turret.speed, 0.75)
	var actions := EditorInterface.get_editor_undo_redo()
	actions.get_history_undo_redo(actions.get_object_history_id(turret)).undo()
	check("undone", turret.speed, 1.5)
	EditorInterface.inspect_object(null)
	actions.clear_history()
	turret.free()

	var scene := PackedScene.new()
	var root := Node.new()
	root.name = "Root"
	for kind: String in ["Node", "Turret"]:
		var child: Node = ClassDB.instantiate(kind)
		child.name = kind
		root.add_child(child)
		child.owner = root
	scene.pack(root)
	root.free()
	ResourceSaver.save(scene, "res://stage.tscn")
	EditorInterface.open_scene_from_path("res://stage.tscn")
	while EditorInterface.get_edited_scene_root() == null:
		await get_tree().process_frame
	var edited: Node = EditorInterface.get_edited_scene_root().get_node(^"Turret")
	check("_ready() was not called", edited.get(&"mode"), Turret.IDLE)
	for menu: PopupMenu in get_tree().root.find_children("*", "PopupMenu", true, false):
		for index in menu.item_count:
			if menu.get_item_text(index) == "Select all turrets":
				menu.index_pressed.emit(index)
	var selected := EditorInterface.get_selection().get_selected_nodes()
	check("selected", selected.map(func(node: Node) -> StringName: return node.name), [&"Turret"])
