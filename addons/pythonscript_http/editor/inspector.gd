@tool
extends VBoxContainer
## The network inspector of one debugger session: what the clients of the running game do, live.

signal recording_changed(recording: bool)
signal resend(request: Dictionary)

const Phases := preload("phases.gd")
const ResponseView := preload("response_view.gd")

## Seconds between two looks at what has come.
const PACE := 0.2
## Columns, with the names by which [code]filters.py[/code] sorts.
const COLUMNS := ["method", "path", "status", "host", "type", "size", "time", ""]
const RATIOS := [2, 8, 2, 5, 3, 3, 3, 9]
## As many are shown beside the details, as in browsers.
const BESIDE_DETAILS := 3
const WATERFALL := 7

var tree := Tree.new()
var filter := LineEdit.new()
var errors := CheckBox.new()
var keep := CheckBox.new()
var record := Button.new()
var count := Label.new()
var details := ResponseView.new()
var menu := PopupMenu.new()
var har := MenuButton.new()

var _log: RefCounted = ClassDB.instantiate(&"PyHTTPInspector")
var _items := {}
var _note := Label.new()
var _sort := ""
var _descending := false
var _begin := 0.0
var _last_run := 0
var _dialog: FileDialog
var _secrets := false


func _init() -> void:
	_make_bar()
	var split := HSplitContainer.new()
	split.size_flags_vertical = SIZE_EXPAND_FILL
	add_child(split)
	details.hide()
	_make_tree()
	split.add_child(tree)
	details.size_flags_horizontal = SIZE_EXPAND_FILL
	details.size_flags_stretch_ratio = 0.8
	details.close.show()
	details.close.pressed.connect(_on_details_closed)
	split.add_child(details)
	var note := _note
	note.text = tr(
		"Shown are requests of PyHTTPClient. The engine's HTTPClient and HTTPRequest cannot be observed."
	)
	note.clip_text = true
	note.modulate.a = 0.6
	note.mouse_filter = MOUSE_FILTER_STOP
	note.tooltip_text = note.text
	add_child(note)
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


func _make_bar() -> void:
	var bar := HBoxContainer.new()
	record.text = tr("Record")
	record.toggle_mode = true
	record.button_pressed = true
	record.tooltip_text = tr("Record what the game's clients do; without it the game collects nothing.")
	record.toggled.connect(recording_changed.emit)
	bar.add_child(record)
	var clear := Button.new()
	clear.text = tr("Clear")
	clear.tooltip_text = tr("Forget all that is shown.")
	clear.pressed.connect(_on_clear_pressed)
	bar.add_child(clear)
	keep.text = tr("Keep")
	keep.tooltip_text = tr("Keep what is shown when the game is started again.")
	keep.toggled.connect(_on_keep_toggled)
	bar.add_child(keep)
	filter.placeholder_text = tr("Filter: text, method:POST status:4xx type:json host:api -text")
	filter.tooltip_text = tr(
		"Words that must all fit: text, or method: status: type: host: with a value; - before a word means not."
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
	har.tooltip_text = tr("Save what is shown as a HAR file, which browsers and other tools read.")
	har.get_popup().add_item(tr("Save without credentials…"), 0)
	har.get_popup().add_item(tr("Save with cookies and credentials…"), 1)
	har.get_popup().id_pressed.connect(_on_har_pressed)
	bar.add_child(har)
	add_child(bar)


func _make_tree() -> void:
	tree.column_titles_visible = true
	tree.hide_root = true
	tree.select_mode = Tree.SELECT_ROW
	tree.allow_rmb_select = true
	tree.size_flags_horizontal = SIZE_EXPAND_FILL
	tree.size_flags_vertical = SIZE_EXPAND_FILL
	_make_columns()
	tree.item_selected.connect(_on_item_selected)
	tree.item_mouse_selected.connect(_on_item_mouse_selected)
	tree.item_activated.connect(_on_menu_pressed.bind(0))
	tree.column_title_clicked.connect(_on_title_clicked)


func _make_columns() -> void:
	var titles := [
		tr("Method"),
		tr("Path"),
		tr("Status"),
		tr("Host"),
		tr("Type"),
		tr("Size"),
		tr("Time"),
		tr("Waterfall")
	]
	tree.columns = BESIDE_DETAILS if details.visible else COLUMNS.size()
	for index in tree.columns:
		tree.set_column_title(index, titles[index])
		tree.set_column_title_alignment(index, HORIZONTAL_ALIGNMENT_LEFT)
		tree.set_column_clip_content(index, true)
		tree.set_column_expand_ratio(index, RATIOS[index])
	if tree.columns > WATERFALL:
		tree.set_column_title_tooltip_text(
			WATERFALL, tr("When the game noticed each phase, so waiting has the game's own frames in it.")
		)


func is_recording() -> bool:
	return record.button_pressed


func begin_run() -> void:
	_log.call(&"begin_run")
	rebuild()


func end_run() -> void:
	_log.call(&"end_run")
	update()


func receive(data: Array) -> void:
	_log.call(&"receive", data)


## Shows what has come or changed since the last time.
func update() -> void:
	if not is_visible_in_tree():
		return
	for id: int in _log.call(&"take_changed"):
		var row: Dictionary = _log.call(&"get_row", id, filter.text, errors.button_pressed)
		if not row.is_empty():
			_show_row(row)
		elif _items.has(id):
			(_items[id] as TreeItem).free()
			_items.erase(id)
	var oldest: int = _log.call(&"get_oldest")
	for id: int in _items.keys():
		if id < oldest:  # it has made room
			(_items[id] as TreeItem).free()
			_items.erase(id)
	_show_count()
	tree.queue_redraw()


## Shows all rows anew: after a change of filter or order, or when the panel comes into view.
func rebuild() -> void:
	var selected := _selected()
	tree.clear()
	if details.visible != (tree.columns == BESIDE_DETAILS):
		_make_columns()
	tree.create_item()
	_items.clear()
	_last_run = 0
	_log.call(&"take_changed")
	for row: Dictionary in _log.call(&"get_rows", filter.text, errors.button_pressed, _sort, _descending):
		_show_row(row)
	if _items.has(selected):
		(_items[selected] as TreeItem).select(0)
	_show_count()


func _show_row(row: Dictionary) -> void:
	var id: int = row["id"]
	if not _items.has(id):
		if _items.is_empty():
			_begin = row["begun"]
		elif _sort == "" and row["run"] != _last_run:
			_add_divider()
			_begin = row["begun"]
		_last_run = row["run"]
		_items[id] = _make_item(id)
	var item: TreeItem = _items[id]
	var received: String = "" if row["received"] == 0 else String.humanize_size(row["received"])
	var place: String = row["path"] if row["method"] != "" else row["reason"]
	var texts := [row["method"], place, row["status"], row["host"], row["type"], received]
	texts.append("" if row["pending"] else Phases.seconds_text(row["seconds"]))
	for column in mini(texts.size(), tree.columns):
		item.set_text(column, texts[column])
		item.set_tooltip_text(column, row["reason"] if row["reason"] != "" else str(texts[column]))
		item.clear_custom_color(column)
		if row["failed"]:
			item.set_custom_color(column, get_theme_color("error_color", "Editor"))
		elif row["pending"]:
			item.set_custom_color(column, get_theme_color("font_disabled_color", "Editor"))
	if tree.columns > WATERFALL:
		item.set_tooltip_text(
			5, tr("%d bytes received, %d bytes of body") % [row["received"], row["decoded"]]
		)
		item.set_metadata(WATERFALL, row)
	if item == tree.get_selected():
		details.show_details(_log.call(&"get_details", id))


func _make_item(id: int) -> TreeItem:
	var item := tree.create_item()
	item.set_metadata(0, id)
	if tree.columns > WATERFALL:
		item.set_metadata(1, _begin)
		item.set_cell_mode(WATERFALL, TreeItem.CELL_MODE_CUSTOM)
		item.set_custom_draw_callback(WATERFALL, _draw_waterfall)
	return item


func _add_divider() -> void:
	var divider := tree.create_item()
	for column in tree.columns:
		divider.set_selectable(column, false)
		divider.set_custom_bg_color(column, get_theme_color("accent_color", "Editor") * Color(1, 1, 1, 0.25))
	divider.set_text(0, tr("next run"))
	divider.set_expand_right(0, true)


func _show_count() -> void:
	var total: int = _log.call(&"get_count")
	var lost: int = _log.call(&"get_lost")
	count.text = str(total) if _items.size() == total else "%d / %d" % [_items.size(), total]
	count.tooltip_text = tr("Requests that are shown, of all that are known.")
	if lost > 0:
		count.text += tr(", %d lost") % lost
		count.tooltip_text += "\n" + tr("The game had no room for %d events: what is shown has gaps.") % lost


func _draw_waterfall(item: TreeItem, rect: Rect2) -> void:
	var row: Dictionary = item.get_metadata(WATERFALL)
	var begin: float = item.get_metadata(1)
	var span := maxf(0.001, _log.call(&"get_now") - begin)
	Phases.draw(tree, rect, row["phases"], row["begun"] - begin, span)


func _selected() -> int:
	var item := tree.get_selected()
	return item.get_metadata(0) if item != null and item.get_metadata(0) != null else 0


func _on_item_selected() -> void:
	var found: Dictionary = _log.call(&"get_details", _selected())
	if not found.is_empty():
		if not details.visible:
			_show_details.call_deferred(true)  # not while the tree still selects
		details.show_details(found)


func _on_details_closed() -> void:
	tree.deselect_all()
	_show_details(false)


## Beside the details the list has its first columns only.
func _show_details(shown: bool) -> void:
	if details.visible != shown:
		details.visible = shown
		rebuild()


func _on_item_mouse_selected(place: Vector2, button: int) -> void:
	if button != MOUSE_BUTTON_RIGHT or _selected() == 0:
		return
	menu.clear()
	for item: Array in [
		[tr("Open in the console"), tr("Edit the request and send it again.")],
		[tr("Copy as cURL"), tr("With its cookies and credentials.")],
		[tr("Copy as cURL without credentials"), tr("Fields that are named like credentials are masked.")],
		[tr("Copy URL"), ""],
	]:
		menu.add_item(item[0])
		menu.set_item_tooltip(menu.item_count - 1, item[1])
	menu.position = Vector2i(tree.get_screen_position() + place)
	menu.reset_size()
	menu.popup()


func _on_menu_pressed(id: int) -> void:
	var selected := _selected()
	if selected == 0:
		return
	var found: Dictionary
	match id:
		0:
			found = _log.call(&"get_request", selected)
			if found.has("request"):
				resend.emit(found["request"])
		1, 2:
			found = _log.call(&"get_curl", selected, id == 1)
			if found.has("text"):
				DisplayServer.clipboard_set(found["text"])
		3:
			found = _log.call(&"get_details", selected)
			DisplayServer.clipboard_set(found["url"])
	if found.has("error"):
		_note.text = found["error"]


func _on_title_clicked(column: int, button: int) -> void:
	if button != MOUSE_BUTTON_LEFT:
		return
	if _sort != COLUMNS[column]:
		_sort = COLUMNS[column]
		_descending = false
	elif not _descending:
		_descending = true
	else:
		_sort = ""
		_descending = false
	rebuild()


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
		_dialog = FileDialog.new()
		_dialog.access = FileDialog.ACCESS_FILESYSTEM
		_dialog.file_mode = FileDialog.FILE_MODE_SAVE_FILE
		_dialog.add_filter("*.har", tr("HTTP archive"))
		_dialog.file_selected.connect(save_har)
		add_child(_dialog)
	_dialog.current_file = "requests.har"
	_dialog.popup_centered_ratio(0.6)


## Saves what is shown as a HAR file.
func save_har(path: String) -> void:
	var file := FileAccess.open(path, FileAccess.WRITE)
	if file == null:
		var why := error_string(FileAccess.get_open_error())
		_note.text = tr("%s cannot be written: %s") % [path, why]
		return
	file.store_buffer(_log.call(&"get_har", filter.text, errors.button_pressed, _secrets))
	_note.text = tr("saved as %s") % path
