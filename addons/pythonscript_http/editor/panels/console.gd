@tool
extends VBoxContainer
## The HTTP console: writes a request, sends it, shows the answer; keeps requests in [code].http[/code] files.

const Controls := preload("controls.gd")
const HistoryMenu := preload("history_menu.gd")
const PasteDialog := preload("paste_dialog.gd")
const RequestEditor := preload("request_editor.gd")
const RequestFiles := preload("request_files.gd")
const ResponseView := preload("response_view.gd")

const METHODS := ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
const HISTORY := "res://.godot/pythonscript_http_history.json"

var files := RequestFiles.new()
var method := OptionButton.new()
var url := LineEdit.new()
var send := Button.new()
var menu := MenuButton.new()
var editor := RequestEditor.new()
var response := ResponseView.new()
var status: Label
var history: HistoryMenu

var _sender: RefCounted = ClassDB.instantiate(&"PyHTTPConsole")
var _formats: RefCounted = ClassDB.instantiate(&"PyHTTPFormats")
var _paste: PasteDialog
var _progress := Timer.new()
var _begun := 0


func _init() -> void:
	history = HistoryMenu.new(_sender)
	history.chosen.connect(load_other)
	files.get_request = get_request
	files.chosen.connect(_on_chosen)
	files.said.connect(say)
	files.add_child(history)
	add_child(files)
	_make_bar()
	var split := HSplitContainer.new()
	split.size_flags_vertical = SIZE_EXPAND_FILL
	add_child(split)
	editor.query_changed.connect(_on_query_changed)
	for part: Control in [editor, response]:
		part.size_flags_horizontal = SIZE_EXPAND_FILL
		split.add_child(part)
	status = Controls.note(self)
	status.hide()
	_progress.wait_time = 0.1
	_progress.timeout.connect(_show_progress)
	add_child(_progress)
	_sender.connect(&"finished", _on_finished)
	load_request({})


func _ready() -> void:
	custom_minimum_size.y = 330 * EditorInterface.get_editor_scale()
	_sender.call(&"keep_history", HISTORY)
	files.open_last()


func _input(event: InputEvent) -> void:
	if not Controls.is_key(event, self):
		return
	var key: InputEventKey = event
	if not key.is_command_or_control_pressed() or key.echo:
		return
	if key.keycode in [KEY_ENTER, KEY_KP_ENTER]:
		_on_send_pressed()
	elif key.keycode == KEY_L:
		url.grab_focus()
		url.select_all()
	else:
		return
	get_viewport().set_input_as_handled()


func _notification(what: int) -> void:
	if what == NOTIFICATION_PREDELETE and _sender != null:
		_sender.call(&"cancel")


func _make_bar() -> void:
	var bar := HBoxContainer.new()
	for known: String in METHODS:
		method.add_item(known)
	method.tooltip_text = tr("The method.")
	bar.add_child(method)
	url.placeholder_text = tr("https://example.org/path, or paste a curl command")
	url.tooltip_text = tr(
		"The URL (Ctrl+L), perhaps with {{variables}}. Enter sends; a curl command that is pasted is taken apart."
	)
	url.size_flags_horizontal = SIZE_EXPAND_FILL
	url.text_submitted.connect(_on_url_submitted)
	url.text_changed.connect(_on_url_changed)
	bar.add_child(url)
	send.text = tr("Send")
	send.tooltip_text = tr("Send the request (Ctrl+Enter); once more to cancel it.")
	send.pressed.connect(_on_send_pressed)
	bar.add_child(send)
	menu.text = tr("Copy / paste")
	menu.flat = false
	menu.focus_mode = FOCUS_ALL
	menu.tooltip_text = tr("The request as a curl command, as a script, or as one call of PyHTTP.")
	for item: String in [
		tr("Paste a curl command…"),
		tr("Copy as cURL"),
		tr("Copy as GDScript"),
		tr("Copy as PyHTTP one-liner"),
		tr("New request")
	]:
		menu.get_popup().add_item(item)
	menu.get_popup().id_pressed.connect(_on_menu_pressed)
	bar.add_child(menu)
	add_child(bar)


# ---- the request


## The request as it is written, for [code]PyHTTPConsole[/code]; or why it is none, as [code]error[/code].
func get_request() -> Dictionary:
	return (
		editor
		. get_parts()
		. merged(
			{
				"method": method.get_item_text(method.selected),
				"url": url.text,
				"name": files.request_name.text,
			}
		)
	)


## Shows a request, to be edited and sent.
func load_request(request: Dictionary) -> void:
	_select_method(request.get("method", "GET"))
	url.text = request.get("url", "")
	files.request_name.text = request.get("name", "")
	editor.query.set_pairs(_formats.call(&"get_query", url.text))
	editor.set_parts(request)


## Shows a request that is in no file yet: it is saved as one more, and replaces none.
func load_other(request: Dictionary) -> void:
	files.requests.selected = -1
	load_request(request)


func _on_chosen(request: Dictionary) -> void:
	load_request(request)
	response.clear()


func _select_method(wanted: String) -> void:
	for index in method.item_count:
		if method.get_item_text(index) == wanted:
			method.selected = index
			return
	method.add_item(wanted)
	method.selected = method.item_count - 1


func _on_query_changed() -> void:
	url.text = _formats.call(&"get_url", url.text, editor.query.get_pairs())


func _on_url_changed(text: String) -> void:
	if text.strip_edges().begins_with("curl "):
		url.text = ""
		var held := PasteDialog.clipboard()  # it has the ends of lines that the field has dropped
		paste_curl(held if held.strip_escapes() == text else text)
	else:
		editor.query.set_pairs(_formats.call(&"get_query", text))


# ---- sending


func is_sending() -> bool:
	return _sender.call(&"is_sending")


func _on_url_submitted(_text: String) -> void:
	_on_send_pressed()


func _on_send_pressed() -> void:
	if is_sending():
		_sender.call(&"cancel")
		return
	var found: Dictionary = _sender.call(&"send", get_request(), files.path, files.get_environment())
	if found.has("error"):
		say(found["error"], true)
		return
	_begun = Time.get_ticks_msec()
	response.clear()
	send.text = tr("Cancel")
	_progress.start()
	_show_progress()


func _show_progress() -> void:
	var moved: PackedInt64Array = _sender.call(&"get_progress")
	var seconds := maxf(0.001, (Time.get_ticks_msec() - _begun) / 1000.0)
	var text := "%.1f s" % seconds
	if moved[0] > 0:
		text += tr(", %s sent") % String.humanize_size(moved[0])
	if moved[1] > 0:
		text += tr(", %s received") % String.humanize_size(moved[1])
		if moved[2] > 0:
			text += tr(" of %s") % String.humanize_size(moved[2])
		text += ", %s/s" % String.humanize_size(roundi(moved[1] / seconds))
	say(text)


func _on_finished(details: Dictionary) -> void:
	_progress.stop()
	send.text = tr("Send")
	say("")
	response.show_details(details)


## Says something in the last line.
func say(text: String, is_error := false) -> void:
	Controls.set_note(status, text, "error_color" if is_error else "")
	status.visible = text != ""


# ---- copy and paste


func _on_menu_pressed(id: int) -> void:
	match id:
		0:
			_open_paste()
		1, 2, 3:
			copy([&"get_curl", &"get_gdscript", &"get_call"][id - 1])
		4:
			load_other({})


## Puts the request into the clipboard, as what a method of [code]PyHTTPFormats[/code] makes of it.
func copy(how: StringName) -> void:
	var found: Dictionary = _formats.call(how, get_request())
	if found.has("text"):
		DisplayServer.clipboard_set(found["text"])
		say(tr("Copied."))
	else:
		say(found["error"], true)


func _open_paste() -> void:
	if _paste == null:
		_paste = PasteDialog.new()
		_paste.pasted.connect(paste_curl)
		add_child(_paste)
	_paste.open()


## Shows the request of a curl command; its credentials become variables of the private environment.
func paste_curl(command: String) -> void:
	var found: Dictionary = _formats.call(&"parse_curl", command)
	if found.has("error"):
		say(found["error"], true)
		return
	var moved := files.move_secrets(found["request"])
	if moved.has("error"):
		load_other(found["request"])
		say(moved["error"], true)
		return
	load_other(moved["request"])
	say("; ".join((moved["notes"] as PackedStringArray) + PackedStringArray(found["notes"])))
