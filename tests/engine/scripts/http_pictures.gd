@tool
extends "http_editor_base.gd"
## Takes pictures of the HTTP console and the network inspector, in the editor, with a window.


func wait(seconds: float) -> void:
	await get_tree().create_timer(seconds).timeout


func shoot(file: String) -> void:
	await wait(0.5)
	RenderingServer.force_draw()
	var image := get_tree().root.get_texture().get_image()
	check(file, image.save_png(option("pictures").path_join(file + ".png")), OK)


## The picture of a panel alone.
func shoot_panel(file: String, panel: Control) -> void:
	await wait(0.5)
	RenderingServer.force_draw()
	var image := get_tree().root.get_texture().get_image()
	var cut := image.get_region(Rect2i(panel.get_global_rect().grow(4)))
	check(file, cut.save_png(option("pictures").path_join(file + ".png")), OK)


## Brings a panel to the front, through whatever tabs and docks it is in.
func reveal(panel: Control) -> void:
	var node: Node = panel
	while node.get_parent() != null:
		var tabs := node.get_parent() as TabContainer
		if tabs != null:
			tabs.current_tab = tabs.get_tab_idx_from_control(node as Control)
		if node.has_method(&"make_visible"):
			node.call(&"make_visible")
		node = node.get_parent()


func test_pictures() -> void:
	await wait(1.0)
	var size := option("size").split("x")
	get_window().mode = Window.MODE_WINDOWED
	get_window().size = Vector2i(size[0].to_int(), size[1].to_int())
	await wait(1.0)
	plugin().call(&"show_console")
	console().get(&"files").call(&"open_file", "res://scores.http")
	(console().get(&"files").get(&"environment") as OptionButton).selected = 1
	await send()
	await shoot("console_headers")
	(console().get(&"files").get(&"requests") as OptionButton).selected = 1
	(console().get(&"files").get(&"requests") as OptionButton).item_selected.emit(1)
	(console().get(&"editor") as TabContainer).current_tab = 2
	await send()
	await shoot("console_body")
	await shoot_panel("panel_console", console())
	var view: Control = console().get(&"response")
	(view.get(&"tabs") as TabContainer).current_tab = 3
	(console().get(&"editor") as TabContainer).current_tab = 3
	await shoot("console_times")
	(console().get(&"editor") as TabContainer).current_tab = 4
	(view.get(&"tabs") as TabContainer).current_tab = 1
	await shoot("console_options")
	var panel := inspector()
	(panel.get(&"keep") as CheckBox).button_pressed = true
	EditorInterface.play_custom_scene("res://game.tscn")
	await wait_for("the game runs", EditorInterface.is_playing_scene)
	await wait(3.0)
	reveal(panel)
	await shoot("inspector_live")
	await shoot_panel("panel_inspector", panel)
	await wait_for("the game has gone", func() -> bool: return not EditorInterface.is_playing_scene())
	reveal(panel)
	var tree: Tree = panel.get(&"tree")
	await wait(0.5)
	for item: TreeItem in tree.get_root().get_children():
		if item.get_text(0) == "POST":
			item.select(0)
			break
	await shoot("inspector_details")
