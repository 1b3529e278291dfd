@tool
extends VBoxContainer
## The network inspector of one debugger session: what the clients of the running game do, live.

signal recording_changed(recording: bool)
signal resend(request: Dictionary)

enum Action { OPEN, CURL, CURL_MASKED, CALL, URL }

const Backlog := preload("backlog.gd")
const Controls := preload("controls.gd")
const RequestList := preload("request_list.gd")
const ResponseView := preload("response_view.gd")

## Seconds between two looks at what has changed.
const PACE := 0.2
## What a frame spends here: a part of the time that it took, within bounds in seconds.
const SHARE := 0.25
const LEAST := 0.003
const MOST := 0.02
## Rows that are shown at once, however long it takes: more than fit into the panel.
const AT_ONCE := 100

var tree := RequestList.new()
var filter := LineEdit.new()
var errors := CheckBox.new()
var keep := CheckBox.new()
var record := Button.new()
var count := Label.new()
var details := ResponseView.new()
var menu := PopupMenu.new()
var har := MenuButton.new()

var _log: RefCounted = ClassDB.instantiate(&"PyHTTPInspector")
var _backlog := Backlog.new(_log)
## Ids of rows that are still to be shown, from a place on.
var _queue := PackedInt64Array()
var _queued := 0
## The id of the row that is to be selected when it is shown.
var _wanted := 0
var _note: Label
var _dialog: FileDialog
var _secrets := false


func _init() -> void:
	_make_bar()
	var split := HSplitContainer.new()
	split.size_flags_vertical = SIZE_EXPAND_FILL
	add_child(split)
	for part: Control in [tree, details]:
		part.size_flags_horizontal = SIZE_EXPAND_FILL
		split.add_child(part)
	tree.size_flags_vertical = SIZE_EXPAND_FILL
	tree.item_selected.connect(_on_item_selected)
	tree.item_mouse_selected.connect(_on_item_mouse_selected)
	tree.item_activated.connect(_on_menu_pressed.bind(Action.OPEN))
	tree.sort_changed.connect(rebuild)
	details.hide()
	details.size_flags_stretch_ratio = 0.8
	details.close.show()
	details.close.pressed.connect(_on_details_closed)
	_note = Controls.note(
		self,
		tr("Shown are requests of our classes. The engine's HTTPClient and HTTPRequest cannot be observed.")
	)
	_note.modulate.a = 0.6
	add_child(menu)
	menu.id_pressed.connect(_on_menu_pressed)
	var timer := Timer.new()
	timer.wait_time = PACE
	timer.autostart = true
	timer.timeout.connect(update)
	add_child(timer)


func _ready() -> void:
	custom_minimum_size.y = 260 * EditorInterface.get_editor_scale()
	for part: Array in [[record, "Record"], [har, "Save"]]:
		if has_theme_icon(part[1], "EditorIcons"):
			(part[0] as Button).icon = get_theme_icon(part[1], "EditorIcons")
	filter.right_icon = get_theme_icon("Search", "EditorIcons")
	rebuild()


func _input(event: InputEvent) -> void:
	if not Controls.is_key(event, self):
		return
	var key: InputEventKey = event
	var in_tree := tree.has_focus() and tree.get_selected_id() != 0
	if key.keycode == KEY_F and key.is_command_or_control_pressed():
		filter.grab_focus()
		filter.select_all()
	elif event.is_action_pressed(&"ui_cancel") and details.visible and not filter.has_focus():
		_on_details_closed()
		tree.grab_focus()
	elif in_tree and event.is_action_pressed(&"ui_menu"):
		_open_menu(tree.get_screen_position() + tree.get_item_area_rect(tree.get_selected(), 0).position)
	elif in_tree and event.is_action_pressed(&"ui_copy"):
		_on_menu_pressed(Action.URL)
	else:
		return
	get_viewport().set_input_as_handled()


func _make_bar() -> void:
	var bar := HBoxContainer.new()
	record.text = tr("Record")
	record.toggle_mode = true
	record.button_pressed = true
	record.tooltip_text = tr("Record what the game's clients do; without it the game collects nothing.")
	record.toggled.connect(recording_changed.emit)
	bar.add_child(record)
	Controls.button(bar, tr("Clear"), tr("Forget all that is shown."), _on_clear_pressed)
	keep.text = tr("Keep")
	keep.tooltip_text = tr("Keep what is shown when the game is started again.")
	keep.toggled.connect(_on_keep_toggled)
	bar.add_child(keep)
	filter.placeholder_text = tr("Filter: text, method:POST status:4xx type:json host:api -text")
	filter.tooltip_text = tr(
		"Words that must all fit (Ctrl+F): text, method: status: type: host: is: from: with a value; - means not."
	)
	filter.clear_button_enabled = true
	filter.size_flags_horizontal = SIZE_EXPAND_FILL
	filter.text_changed.connect(_on_filter_changed)
	bar.add_child(filter)
	errors.text = tr("Errors")
	errors.tooltip_text = tr("Only what failed, or has a status code of 400 and above.")
	errors.toggled.connect(_on_errors_toggled)
	bar.add_child(errors)
	bar.add_child(count)
	count.mouse_filter = MOUSE_FILTER_STOP
	har.text = tr("HAR")
	har.flat = false
	har.focus_mode = FOCUS_ALL
	har.tooltip_text = tr("Save what is shown as a HAR file, which browsers and other tools read.")
	har.get_popup().add_item(tr("Save without credentials…"), 0)
	har.get_popup().add_item(tr("Save with cookies and credentials…"), 1)
	har.get_popup().id_pressed.connect(_on_har_pressed)
	bar.add_child(har)
	add_child(bar)


func is_recording() -> bool:
	return record.button_pressed


func begin_run() -> void:
	_backlog.add_call(_log.call.bind(&"begin_run"))
	_backlog.add_call(rebuild)


func end_run() -> void:
	_backlog.add_call(_log.call.bind(&"end_run"))


func receive(data: Array) -> void:
	_backlog.add(data)


func _process(delta: float) -> void:
	var budget := roundi(clampf(delta * SHARE, LEAST, MOST) * 1e6)
	var begin := Time.get_ticks_usec()
	_backlog.work(begin + roundi(budget * 0.5))
	if is_visible_in_tree():
		_show_rows(begin + budget)


## Looks at what has changed since the last time.
func update() -> void:
	if not is_visible_in_tree():
		return
	if _queue.is_empty():
		_queue = _log.call(&"take_changed")
	tree.remove_before(_log.call(&"get_oldest"))
	_show_count()
	var now: float = _log.call(&"get_now")
	if now != tree.now:
		tree.now = now
		tree.queue_redraw()


## Shows all rows anew: after a change of filter or order, or when the panel comes into view.
func rebuild() -> void:
	_wanted = tree.get_selected_id()
	if details.visible != tree.is_narrow():
		tree.clear()
		tree.set_narrow(details.visible)
	tree.clear_rows()
	tree.now = _log.call(&"get_now")
	_log.call(&"take_changed")
	_log.call(&"set_filter", filter.text, errors.button_pressed)
	_queue = _log.call(&"get_ids", tree.sort, tree.descending)
	_queued = 0
	_show_rows(0, AT_ONCE)
	_show_count()


## Shows what waits until it is so late, in microseconds of the engine's clock, but so many rows at least.
func _show_rows(until: int, least := 1) -> void:
	if _queue.is_empty():
		return
	var selected := tree.get_selected_id()
	var shown := 0
	while _queued < _queue.size() and (shown < least or Time.get_ticks_usec() < until):
		var id := _queue[_queued]
		_queued += 1
		shown += 1
		var row: Dictionary = _log.call(&"get_row", id)
		if row.is_empty():
			tree.remove_row(id)
			continue
		tree.show_row(row)
		if id == _wanted:
			_wanted = 0
			tree.select_row(id)
		if id == selected:
			details.show_details(_log.call(&"get_details", id))
	if _queued == _queue.size():
		_queue = PackedInt64Array()
		_queued = 0
		_show_count()


func _show_count() -> void:
	var total: int = _log.call(&"get_count")
	var lost: int = _log.call(&"get_lost")
	count.text = str(total) if tree.count() == total else "%d / %d" % [tree.count(), total]
	count.tooltip_text = tr("Requests that are shown, of all that are known.")
	if lost > 0:
		count.text += tr(", %d lost") % lost
		count.tooltip_text += "\n" + tr("The game had no room for %d events: what is shown has gaps.") % lost


func _on_item_selected() -> void:
	var found: Dictionary = _log.call(&"get_details", tree.get_selected_id())
	if not found.is_empty():
		if not details.visible:
			_show_details.call_deferred(true)  # not while the tree still selects
		details.show_details(found)


func _on_details_closed() -> void:
	tree.deselect_all()
	_show_details(false)


func _show_details(shown: bool) -> void:
	if details.visible != shown:
		details.visible = shown
		rebuild()


func _on_item_mouse_selected(place: Vector2, button: int) -> void:
	if button == MOUSE_BUTTON_RIGHT and tree.get_selected_id() != 0:
		_open_menu(tree.get_screen_position() + place)


func _open_menu(place: Vector2) -> void:
	menu.clear()
	for item: Array in [
		[tr("Open in the console"), tr("Edit the request and send it again.")],
		[tr("Copy as cURL"), tr("With its cookies and credentials.")],
		[tr("Copy as cURL without credentials"), tr("Fields that are named like credentials are masked.")],
		[tr("Copy as PyHTTP one-liner"), tr("For a script, with its cookies and credentials.")],
		[tr("Copy URL"), tr("All of it (Ctrl+C).")],
	]:
		menu.add_item(item[0])
		menu.set_item_tooltip(menu.item_count - 1, item[1])
	menu.position = Vector2i(place)
	menu.reset_size()
	menu.popup()


func _on_menu_pressed(action: Action) -> void:
	var selected := tree.get_selected_id()
	if selected == 0:
		return
	var found: Dictionary
	match action:
		Action.OPEN:
			found = _log.call(&"get_request", selected)
			if found.has("request"):
				resend.emit(found["request"])
		Action.CURL, Action.CURL_MASKED, Action.CALL:
			if action == Action.CALL:
				found = _log.call(&"get_call", selected)
			else:
				found = _log.call(&"get_curl", selected, action == Action.CURL)
			if found.has("text"):
				DisplayServer.clipboard_set(found["text"])
		Action.URL:
			found = _log.call(&"get_details", selected)
			DisplayServer.clipboard_set(found["url"])
	if found.has("error"):
		Controls.set_note(_note, found["error"])


func _on_clear_pressed() -> void:
	_log.call(&"clear")
	_show_details(false)
	rebuild()


func _on_keep_toggled(keeps: bool) -> void:
	_log.call(&"set_keep", keeps)


func _on_filter_changed(_text: String) -> void:
	rebuild()


func _on_errors_toggled(_only: bool) -> void:
	rebuild()


func _on_har_pressed(id: int) -> void:
	_secrets = id == 1
	if _dialog == null:
		_dialog = Controls.file_dialog(self, FileDialog.FILE_MODE_SAVE_FILE, save_har)
		_dialog.add_filter("*.har", tr("HTTP archive"))
	_dialog.current_file = "requests.har"
	_dialog.popup_centered_ratio(0.6)


## Saves what is shown as a HAR file.
func save_har(path: String) -> void:
	Controls.save_file(path, _log.call(&"get_har", _secrets), _note)
