@tool
extends "http_editor_base.gd"
## Uses the panels by the keyboard, and shows them what hostile servers and games send.

const ROWS := 5000


func _press(keycode: Key, control := false) -> void:
	var event := InputEventKey.new()
	event.keycode = keycode
	event.physical_keycode = keycode
	event.ctrl_pressed = control
	event.pressed = true
	get_viewport().push_input(event)
	event = event.duplicate()
	event.pressed = false
	get_viewport().push_input(event)


func test_the_focus_reaches_every_control() -> void:
	plugin().call(&"show_console")
	_bring_into_view(console())
	await _check_focus(console(), console().get(&"url"))
	_bring_into_view(inspector())
	await _check_focus(inspector(), inspector().get(&"filter"))


func _check_focus(panel: Control, first: Control) -> void:
	await get_tree().process_frame
	var reached := {}
	var control := first
	for _step in 1000:
		reached[control] = true
		control = control.find_next_valid_focus()
		if control == first:
			break
	check_true("the way is a circle", control == first)
	for node: Node in panel.find_children("*", "Control", true, false):
		var found: Control = node
		var takes := found is BaseButton or found.focus_mode == Control.FOCUS_ALL
		if found.is_visible_in_tree() and takes and not reached.has(found):
			fail("%s %s" % [found.get_class(), found.get_path()])


func test_keys_of_the_console() -> void:
	plugin().call(&"show_console")
	_bring_into_view(console())
	console().call(
		&"load_request",
		{
			"method": "POST",
			"url": url("/echo"),
			"body": "{}",
			"headers": [["Content-Type", "application/json"]]
		}
	)
	(console().get(&"editor") as TabContainer).current_tab = 2
	var body: CodeEdit = _part(console(), "editor.body.text")
	await wait_for("in view", body.is_visible_in_tree)
	body.grab_focus()
	_press(KEY_ENTER, true)
	await wait_for("an answer", func() -> bool: return not console().call(&"is_sending"))
	await get_tree().process_frame
	check("the body is as it was", body.text, "{}")
	check("sent", _body_text(), "{}")
	_press(KEY_ESCAPE)
	var focused := get_viewport().gui_get_focus_owner()
	check_true("Escape leads on to %s" % focused, focused not in [body, null])
	_press(KEY_L, true)
	check("the URL", (console().get(&"url") as LineEdit).has_focus(), true)
	(console().get(&"send") as Button).grab_focus()
	_press(KEY_TAB)
	check("Tab goes on", (console().get(&"menu") as MenuButton).has_focus(), true)


func _record(number: int) -> Array:
	var head := ("GET /%d HTTP/1.1\r\nHost: a\r\n\r\n" % number).to_utf8_buffer()
	return ["RequestStarted", 1.0, 1.0, 0, number, "GET", head, 0, 0]


func test_keys_of_the_inspector() -> void:
	var panel := inspector()
	_bring_into_view(panel)
	panel.call(&"receive", [0, [_record(1)]])
	await settle()
	var tree: Tree = panel.get(&"tree")
	await wait_for("in view", tree.is_visible_in_tree)
	tree.grab_focus()
	tree.set_selected(tree.get_root().get_child(0), 0)
	await get_tree().process_frame
	check("details", (panel.get(&"details") as Control).visible, true)
	_press(KEY_MENU)
	check("the menu", (panel.get(&"menu") as PopupMenu).visible, true)
	(panel.get(&"menu") as PopupMenu).hide()
	tree.grab_focus()
	_press(KEY_F, true)
	check("the filter", (panel.get(&"filter") as LineEdit).has_focus(), true)
	tree.grab_focus()
	_press(KEY_ESCAPE)
	check("closed", (panel.get(&"details") as Control).visible, false)
	panel.call(&"_on_clear_pressed")


func test_every_control_has_a_tooltip() -> void:
	for panel: Control in [console(), inspector()]:
		var found: Array[Node] = []
		for kind: String in ["BaseButton", "LineEdit", "TextEdit", "Tree"]:
			found.append_array(panel.find_children("*", kind, true, false))
		check_true("controls", found.size() > 10)
		for control: Control in found:
			if _is_own(control, panel) and control.tooltip_text == "":
				fail("a tooltip of %s %s" % [control.get_class(), control.get(&"text")])
		for tabs: TabContainer in panel.find_children("*", "TabContainer", true, false):
			for index in tabs.get_tab_count() if _is_own(tabs, panel) else 0:
				check_true(tabs.get_tab_title(index), tabs.get_tab_tooltip(index) != "")


## Those of dialogs are the engine's.
func _is_own(control: Control, panel: Control) -> bool:
	var inside := control.get_parent()
	while inside != panel and not inside is Window:
		inside = inside.get_parent()
	return inside == panel


func test_what_hostile_servers_answer() -> void:
	plugin().call(&"show_console")
	for path: String in option("hostile").split(","):
		console().call(&"load_request", {"url": url(path)})
		var summary := await send()
		check_true("%s: %s" % [path, summary], summary != "")
		for tab in 4:
			(_part(console(), "response.tabs") as TabContainer).current_tab = tab
			await get_tree().process_frame
		var view: Control = _part(console(), "response.body")
		for shown in 3:
			view.call(&"_show_view", shown)
		check_true("bounded", (view.get(&"text") as CodeEdit).text.length() <= 1 << 20)
	console().call(&"load_request", {"url": url("/redirect")})
	check_true("a redirect is shown", (await send()).begins_with("GET 302"))
	console().call(&"load_request", {"url": url("/bomb")})
	await send()
	check_true("an image of many pixels", _note().contains("60000 × 60000 pixels"))
	console().call(&"load_request", {"url": url("/damaged")})
	await send()
	check("a damaged image", _note(), "The image is damaged.")


func _note() -> String:
	return (_part(console(), "response.body._note") as Label).text


func test_a_server_that_never_ends() -> void:
	console().call(&"load_request", {"url": url("/endless")})
	(console().get(&"send") as Button).pressed.emit()
	await wait_for(
		"bytes",
		func() -> bool: return (console().get(&"status") as Label).text.contains("received"),
	)
	check_true("cancelled", (await send()).contains("cancelled"))


func test_files_that_are_not_utf8_are_not_spoilt() -> void:
	var bytes := "### \u00e9\nGET http://a\n".to_utf8_buffer()
	bytes.remove_at(4)  # what is left of the letter is Latin-1
	FileAccess.open("res://latin.http", FileAccess.WRITE).store_buffer(bytes)
	var files: Control = console().get(&"files")
	for how: StringName in [&"open_file", &"save_as"]:
		console().call(&"say", "")
		files.call(how, "res://latin.http")
		check_true(_said(), _said().contains("line 1") and _said().contains("UTF-8"))
	check("as it was", FileAccess.get_file_as_bytes("res://latin.http"), bytes)


func test_many_events_are_read_bit_by_bit() -> void:
	var panel := inspector()
	_bring_into_view(panel)
	panel.call(&"receive", [0, range(1, ROWS + 1).map(_record)])
	var total := func() -> int: return (panel.get(&"_log") as Object).call(&"get_count")
	panel.call(&"_process", 0.0)
	check_true("not all at once: %d" % total.call(), total.call() < ROWS / 4)
	await settle()
	check("the last ones", (panel.get(&"tree") as Tree).call(&"count"), 2000)
	check("none is lost", (panel.get(&"count") as Label).text, "2000")
	panel.call(&"receive", [0, range(1, 60_000).map(func(_n: int) -> Array: return ["Nothing"])])
	panel.call(&"receive", ["what", 1])
	await settle()
	check("no room", (panel.get(&"count") as Label).text, "2000, 60000 lost")
	panel.call(&"_on_clear_pressed")
