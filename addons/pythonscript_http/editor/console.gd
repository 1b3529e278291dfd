@tool
extends VBoxContainer
## The HTTP console: writes a request, sends it, shows the answer; keeps requests in [code].http[/code] files.

enum Body { NONE, JSON, FORM, MULTIPART, TEXT, FILE }

const ResponseView := preload("response_view.gd")
const Table := preload("table.gd")

const METHODS := ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
const HEADERS: PackedStringArray = [
	"Accept",
	"Accept-Encoding",
	"Accept-Language",
	"Authorization",
	"Cache-Control",
	"Content-Type",
	"Cookie",
	"If-Match",
	"If-Modified-Since",
	"If-None-Match",
	"Origin",
	"Range",
	"Referer",
	"User-Agent",
	"X-Api-Key",
	"X-Request-Id",
]
const TYPES := {
	Body.JSON: "application/json",
	Body.FORM: "application/x-www-form-urlencoded",
	Body.TEXT: "text/plain; charset=utf-8",
	Body.FILE: "application/octet-stream",
}
const PUBLIC := "http-client.env.json"
const PRIVATE := "http-client.private.env.json"
const HISTORY := "res://.godot/pythonscript_http_history.json"
const SECTION := "pythonscript_http"

var method := OptionButton.new()
var url := LineEdit.new()
var send := Button.new()
var query := Table.new()
var headers := Table.new()
var body_kind := OptionButton.new()
var body := CodeEdit.new()
var form := Table.new()
var body_file := LineEdit.new()
var auth_kind := OptionButton.new()
var auth_name := LineEdit.new()
var auth_secret := LineEdit.new()
var insecure := CheckBox.new()
var proxy := LineEdit.new()
var environment := OptionButton.new()
var requests := OptionButton.new()
var request_name := LineEdit.new()
var history := MenuButton.new()
var menu := MenuButton.new()
var status := Label.new()
var response := ResponseView.new()
var tabs := TabContainer.new()

## The file whose requests are shown; empty: none.
var path := ""

var _logic: RefCounted = ClassDB.instantiate(&"PyHTTPConsole")
var _body_note := Label.new()
var _format: Button
var _dialog: FileDialog
var _paste: AcceptDialog
var _pasted: TextEdit
var _ignore: ConfirmationDialog
var _progress := Timer.new()
var _begun := 0


func _init() -> void:
	_make_files()
	_make_bar()
	var split := HSplitContainer.new()
	split.size_flags_vertical = SIZE_EXPAND_FILL
	add_child(split)
	_make_tabs()
	tabs.size_flags_horizontal = SIZE_EXPAND_FILL
	split.add_child(tabs)
	response.size_flags_horizontal = SIZE_EXPAND_FILL
	split.add_child(response)
	status.hide()
	status.clip_text = true
	status.text_overrun_behavior = TextServer.OVERRUN_TRIM_ELLIPSIS
	status.mouse_filter = MOUSE_FILTER_STOP
	add_child(status)
	_progress.wait_time = 0.1
	_progress.timeout.connect(_show_progress)
	add_child(_progress)
	_logic.connect(&"finished", _on_finished)
	load_request({})


func _ready() -> void:
	custom_minimum_size.y = 330 * EditorInterface.get_editor_scale()
	body.add_theme_font_override("font", get_theme_font("source", "EditorFonts"))
	body.add_theme_font_size_override("font_size", get_theme_font_size("source_size", "EditorFonts"))
	if FileAccess.file_exists(HISTORY):
		_logic.call(&"load_history", FileAccess.get_file_as_string(HISTORY))
	var last: String = EditorInterface.get_editor_settings().get_project_metadata(SECTION, "file", "")
	if last != "" and FileAccess.file_exists(last):
		open_file(last)
	else:
		_show_environments()


func _notification(what: int) -> void:
	if what == NOTIFICATION_PREDELETE and _logic != null:
		_logic.call(&"cancel")


# ---- what it is made of


func _button(parent: Control, text: String, tooltip: String, pressed: Callable) -> Button:
	var button := Button.new()
	button.text = text
	button.tooltip_text = tooltip
	button.pressed.connect(pressed)
	parent.add_child(button)
	return button


func _label(parent: Control, text: String) -> void:
	var label := Label.new()
	label.text = text
	parent.add_child(label)


func _make_files() -> void:
	var bar := HBoxContainer.new()
	_button(bar, tr("Open…"), tr("Open a .http file of the project, with its requests."), _on_open_pressed)
	requests.tooltip_text = tr("The requests of the file.")
	requests.fit_to_longest_item = false
	requests.clip_text = true
	requests.size_flags_horizontal = SIZE_EXPAND_FILL
	requests.item_selected.connect(_on_request_selected)
	bar.add_child(requests)
	request_name.placeholder_text = tr("Name")
	request_name.tooltip_text = tr("What the request is called in the file.")
	request_name.size_flags_horizontal = SIZE_EXPAND_FILL
	bar.add_child(request_name)
	_button(bar, tr("Save"), tr("Write the request into the .http file, in its place."), save_request)
	_label(bar, tr("Environment:"))
	environment.tooltip_text = (
		tr("Where {{variables}} have their values from: %s and, for secrets, %s beside the requests.")
		% [PUBLIC, PRIVATE]
	)
	bar.add_child(environment)
	history.text = tr("History")
	history.flat = false
	history.tooltip_text = tr("What was sent last, without credentials.")
	history.about_to_popup.connect(_on_history_opened)
	history.get_popup().id_pressed.connect(_on_history_pressed)
	bar.add_child(history)
	add_child(bar)


func _make_bar() -> void:
	var bar := HBoxContainer.new()
	for known: String in METHODS:
		method.add_item(known)
	method.tooltip_text = tr("The method.")
	bar.add_child(method)
	url.placeholder_text = tr("https://example.org/path, or paste a curl command")
	url.tooltip_text = tr(
		"The URL, perhaps with {{variables}}. Enter sends; a curl command that is pasted is taken apart."
	)
	url.size_flags_horizontal = SIZE_EXPAND_FILL
	url.text_submitted.connect(_on_url_submitted)
	url.text_changed.connect(_on_url_changed)
	bar.add_child(url)
	send.text = tr("Send")
	send.tooltip_text = tr("Send the request; once more to cancel it.")
	send.pressed.connect(_on_send_pressed)
	bar.add_child(send)
	menu.text = tr("Copy / paste")
	menu.flat = false
	menu.tooltip_text = tr("The request as a curl command or as a script.")
	for item: String in [
		tr("Paste a curl command…"), tr("Copy as cURL"), tr("Copy as GDScript"), tr("New request")
	]:
		menu.get_popup().add_item(item)
	menu.get_popup().id_pressed.connect(_on_menu_pressed)
	bar.add_child(menu)
	add_child(bar)


func _make_tabs() -> void:
	headers.names = HEADERS
	query.changed.connect(_on_query_changed)
	for tab: Array in [
		[tr("Query"), query],
		[tr("Headers"), headers],
		[tr("Body"), _make_body()],
		[tr("Auth"), _make_auth()],
		[tr("Options"), _make_options()],
	]:
		(tab[1] as Control).name = tab[0]
		tabs.add_child(tab[1])
	tabs.current_tab = 1


func _make_body() -> Control:
	var box := VBoxContainer.new()
	var bar := HBoxContainer.new()
	for kind: String in [tr("None"), tr("JSON"), tr("Form"), tr("Multipart"), tr("Text"), tr("File")]:
		body_kind.add_item(kind)
	body_kind.tooltip_text = tr("What is sent as the body; it says the Content-Type, unless the headers do.")
	body_kind.item_selected.connect(_show_body)
	bar.add_child(body_kind)
	_format = _button(bar, tr("Format"), tr("Indent the JSON."), _on_format_pressed)
	_body_note.clip_text = true
	_body_note.size_flags_horizontal = SIZE_EXPAND_FILL
	_body_note.mouse_filter = MOUSE_FILTER_STOP
	bar.add_child(_body_note)
	box.add_child(bar)
	body.size_flags_vertical = SIZE_EXPAND_FILL
	body.tooltip_text = tr(
		"The body, perhaps with {{variables}}; “< path” on a line of its own sends a file."
	)
	body.gutters_draw_line_numbers = true
	body.auto_brace_completion_enabled = true
	body.text_changed.connect(_check_body)
	box.add_child(body)
	box.add_child(form)
	body_file.placeholder_text = tr("res://file")
	body_file.tooltip_text = tr("The file that is sent, in the project or relative to the requests.")
	box.add_child(body_file)
	return box


func _make_auth() -> Control:
	var grid := GridContainer.new()
	grid.columns = 2
	_label(grid, tr("Kind"))
	for kind: String in [tr("None"), tr("Basic"), tr("Bearer")]:
		auth_kind.add_item(kind)
	auth_kind.tooltip_text = tr("What the Authorization header has.")
	auth_kind.item_selected.connect(_show_auth)
	grid.add_child(auth_kind)
	_label(grid, tr("User"))
	auth_name.tooltip_text = tr("The user's name.")
	auth_name.size_flags_horizontal = SIZE_EXPAND_FILL
	grid.add_child(auth_name)
	_label(grid, tr("Secret"))
	auth_secret.tooltip_text = tr(
		"The password, or the token; better a {{variable}} of the private environment."
	)
	auth_secret.secret = true
	grid.add_child(auth_secret)
	_label(grid, "")
	_button(grid, tr("Set the header"), tr("Write it into the headers, as Authorization."), _on_auth_pressed)
	return grid


func _make_options() -> Control:
	var box := VBoxContainer.new()
	insecure.text = tr("Do not verify certificates")
	insecure.tooltip_text = tr("Takes any TLS certificate: for servers of your own, on networks of your own.")
	box.add_child(insecure)
	var row := HBoxContainer.new()
	_label(row, tr("Proxy"))
	proxy.placeholder_text = "host:port"
	proxy.tooltip_text = tr(
		"host:port of an HTTP proxy, or socks5h://host:port; perhaps with user:password@ before it."
	)
	proxy.size_flags_horizontal = SIZE_EXPAND_FILL
	row.add_child(proxy)
	box.add_child(row)
	return box


# ---- the request


## The request as it is written, for [code]PyHTTPConsole[/code]; or why it is none, as [code]error[/code].
func get_request() -> Dictionary:
	var pairs := headers.get_pairs()
	var kind := body_kind.selected
	var text := ""
	var type: String = TYPES.get(kind, "")
	match kind:
		Body.JSON, Body.TEXT:
			text = body.text
		Body.FORM:
			text = (_logic.call(&"get_url", "", form.get_pairs()) as String).trim_prefix("?")
		Body.MULTIPART:
			var made: Dictionary = _logic.call(&"get_multipart", form.get_pairs())
			if made.has("error"):
				return made
			text = made["body"]
			type = made["content_type"]
		Body.FILE:
			text = "< " + body_file.text if body_file.text != "" else ""
	if text != "" and type != "" and not _has_header(pairs, "content-type"):
		pairs.append(["Content-Type", type])
	return {
		"method": method.get_item_text(method.selected),
		"url": url.text,
		"headers": pairs,
		"body": text,
		"name": request_name.text,
		"insecure": insecure.button_pressed,
		"proxy": proxy.text,
	}


func _has_header(pairs: Array, wanted: String) -> bool:
	return pairs.any(func(pair: Array) -> bool: return (pair[0] as String).to_lower() == wanted)


## Shows a request that is in no file yet: it is saved as one more, and replaces none.
func load_other(request: Dictionary) -> void:
	requests.selected = -1
	load_request(request)


## Shows a request, to be edited and sent.
func load_request(request: Dictionary) -> void:
	_select_method(request.get("method", "GET"))
	url.text = request.get("url", "")
	request_name.text = request.get("name", "")
	insecure.button_pressed = request.get("insecure", false)
	proxy.text = request.get("proxy", "")
	var pairs: Array = request.get("headers", [])
	headers.set_pairs(pairs)
	query.set_pairs(_logic.call(&"get_query", url.text))
	var text: String = request.get("body", "")
	var type := ""
	for pair: Array in pairs:
		if (pair[0] as String).to_lower() == "content-type":
			type = pair[1]
	body.text = ""
	form.set_pairs([])
	body_file.text = ""
	if text == "":
		body_kind.selected = Body.NONE
	elif text.begins_with("< ") and not text.contains("\n"):
		body_kind.selected = Body.FILE
		body_file.text = text.trim_prefix("< ")
	elif type.begins_with(TYPES[Body.FORM]):
		body_kind.selected = Body.FORM
		form.set_pairs(_logic.call(&"get_query", "?" + text))
	else:
		body_kind.selected = Body.JSON if type.contains("json") else Body.TEXT
		body.text = text
	_show_body(body_kind.selected)
	_show_auth(auth_kind.selected)


func _select_method(wanted: String) -> void:
	for index in method.item_count:
		if method.get_item_text(index) == wanted:
			method.selected = index
			return
	method.add_item(wanted)
	method.selected = method.item_count - 1


func _show_body(kind: int) -> void:
	body.visible = kind in [Body.JSON, Body.TEXT]
	form.visible = kind in [Body.FORM, Body.MULTIPART]
	body_file.visible = kind == Body.FILE
	_format.visible = kind == Body.JSON
	_body_note.text = tr("@path as a value sends a file.") if kind == Body.MULTIPART else ""
	_body_note.remove_theme_color_override("font_color")
	if kind == Body.JSON:
		_check_body()


func _check_body() -> void:
	if body_kind.selected != Body.JSON:
		return
	_body_note.text = "" if body.text == "" else _logic.call(&"get_json_problem", body.text)
	_body_note.tooltip_text = _body_note.text
	if is_inside_tree():
		_body_note.add_theme_color_override("font_color", get_theme_color("warning_color", "Editor"))


func _show_auth(kind: int) -> void:
	auth_name.editable = kind == 1
	auth_secret.editable = kind > 0


func _on_auth_pressed() -> void:
	var pairs := headers.get_pairs().filter(
		func(pair: Array) -> bool: return (pair[0] as String).to_lower() != "authorization"
	)
	match auth_kind.selected:
		1:
			var basic := Marshalls.utf8_to_base64("%s:%s" % [auth_name.text, auth_secret.text])
			pairs.append(["Authorization", "Basic " + basic])
		2:
			pairs.append(["Authorization", "Bearer " + auth_secret.text])
	headers.set_pairs(pairs)
	tabs.current_tab = 1


func _on_format_pressed() -> void:
	var found: Dictionary = _logic.call(&"format_json", body.text)
	if found.has("text"):
		body.text = found["text"]
	_check_body()


func _on_query_changed() -> void:
	url.text = _logic.call(&"get_url", url.text, query.get_pairs())


func _on_url_changed(text: String) -> void:
	if text.strip_edges().begins_with("curl "):
		url.text = ""
		var held := _clipboard()  # it has the ends of lines that the field has dropped
		paste_curl(held if held.strip_escapes() == text else text)
	else:
		query.set_pairs(_logic.call(&"get_query", text))


# ---- sending


func _on_url_submitted(_text: String) -> void:
	_on_send_pressed()


func _on_send_pressed() -> void:
	if _logic.call(&"is_sending"):
		_logic.call(&"cancel")
		return
	var options := {
		"file": _text_of(path),
		"folder": _folder(),
		"public": _text_of(_folder().path_join(PUBLIC)),
		"private": _text_of(_folder().path_join(PRIVATE)),
		"environment": environment.get_item_text(environment.selected) if environment.selected > 0 else "",
	}
	var found: Dictionary = _logic.call(&"send", get_request(), options)
	if found.has("error"):
		say(found["error"], true)
		return
	_begun = Time.get_ticks_msec()
	response.clear()
	send.text = tr("Cancel")
	_progress.start()
	_show_progress()


func _show_progress() -> void:
	var moved: PackedInt64Array = _logic.call(&"get_progress")
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
	var file := FileAccess.open(HISTORY, FileAccess.WRITE)
	if file != null:
		file.store_string(_logic.call(&"dump_history"))


## Says something in the last line.
func say(text: String, is_error := false) -> void:
	status.text = text
	status.visible = text != ""
	status.tooltip_text = text
	if is_error:
		status.add_theme_color_override("font_color", get_theme_color("error_color", "Editor"))
	else:
		status.remove_theme_color_override("font_color")


# ---- copy and paste


func _on_menu_pressed(id: int) -> void:
	match id:
		0:
			_open_paste()
		1, 2:
			copy([&"get_curl", &"get_gdscript"][id - 1])
		3:
			load_other({})


## Puts the request into the clipboard, as what a method of [code]PyHTTPConsole[/code] makes of it.
func copy(how: StringName) -> void:
	var found: Dictionary = _logic.call(how, get_request())
	if found.has("text"):
		DisplayServer.clipboard_set(found["text"])
		say(tr("Copied."))
	else:
		say(found["error"], true)


func _clipboard() -> String:
	var has := DisplayServer.has_feature(DisplayServer.FEATURE_CLIPBOARD)
	return DisplayServer.clipboard_get() if has else ""


func _open_paste() -> void:
	if _paste == null:
		_paste = AcceptDialog.new()
		_paste.title = tr("Paste a curl command")
		_pasted = TextEdit.new()
		_pasted.placeholder_text = "curl 'https://example.org' -H 'Accept: application/json'"
		_pasted.tooltip_text = tr("As browsers copy it (“Copy as cURL”, for bash), and as manuals show it.")
		_pasted.wrap_mode = TextEdit.LINE_WRAPPING_BOUNDARY
		_paste.add_child(_pasted)
		_paste.confirmed.connect(func() -> void: paste_curl(_pasted.text))
		add_child(_paste)
	var held := _clipboard()
	_pasted.text = held if held.strip_edges().begins_with("curl") else ""
	_paste.popup_centered(Vector2i(Vector2(700, 300) * EditorInterface.get_editor_scale()))
	_pasted.grab_focus()


## Shows the request of a curl command; its credentials become variables of the private environment.
func paste_curl(command: String) -> void:
	var found: Dictionary = _logic.call(&"parse_curl", command)
	if found.has("error"):
		say(found["error"], true)
		return
	var moved := _without_secrets(found["request"], _folder())
	if moved.is_empty():
		load_other(found["request"])
		return
	load_other(moved["request"])
	say("; ".join((moved["notes"] as Array) + (found["notes"] as Array)))


## Moves credentials into the private environment beside the requests; gives the [code]request[/code] that is
## left and [code]notes[/code] on it, or nothing if that cannot be done, and says why.
func _without_secrets(request: Dictionary, folder: String) -> Dictionary:
	var private := folder.path_join(PRIVATE)
	var chosen := environment.get_item_text(environment.selected) if environment.selected > 0 else "dev"
	var moved: Dictionary = _logic.call(&"extract_secrets", request, chosen, _text_of(private))
	if moved.has("error"):
		say(moved["error"], true)
		return {}
	moved["notes"] = []
	if not (moved["names"] as Array).is_empty():
		if not _write(private, moved["private"]):
			return {}
		_show_environments(chosen)
		moved["notes"] = [
			tr("credentials were moved to %s: %s") % [PRIVATE, ", ".join(moved["names"] as Array)]
		]
		_offer_to_ignore()
	return moved


func _offer_to_ignore() -> void:
	var ignored := _text_of("res://.gitignore")
	if _logic.call(&"is_ignored", ignored):
		return
	if _ignore == null:
		_ignore = ConfirmationDialog.new()
		_ignore.dialog_text = tr("%s has secrets. Add it to .gitignore, so that it is not shared?") % PRIVATE
		_ignore.confirmed.connect(ignore_private)
		add_child(_ignore)
	_ignore.popup_centered()


## Adds the file of secrets to [code].gitignore[/code].
func ignore_private() -> void:
	_write("res://.gitignore", _logic.call(&"with_ignored", _text_of("res://.gitignore")))


# ---- files


func _folder() -> String:
	return path.get_base_dir() if path != "" else "res://"


func _text_of(file: String) -> String:
	return FileAccess.get_file_as_string(file) if file != "" and FileAccess.file_exists(file) else ""


func _write(file: String, text: String) -> bool:
	var opened := FileAccess.open(file, FileAccess.WRITE)
	if opened == null:
		say(tr("%s cannot be written: %s") % [file, error_string(FileAccess.get_open_error())], true)
		return false
	opened.store_string(text)
	return true


func _open_dialog(mode: FileDialog.FileMode, selected: Callable) -> void:
	if _dialog != null:
		_dialog.queue_free()
	_dialog = FileDialog.new()
	_dialog.access = FileDialog.ACCESS_RESOURCES
	_dialog.file_mode = mode
	_dialog.add_filter("*.http,*.rest", tr("HTTP requests"))
	_dialog.file_selected.connect(selected)
	add_child(_dialog)
	_dialog.popup_centered_ratio(0.5)


func _on_open_pressed() -> void:
	_open_dialog(FileDialog.FILE_MODE_OPEN_FILE, open_file)


## Shows the requests of a file.
func open_file(file: String) -> void:
	var found: Dictionary = _logic.call(&"read_requests", _text_of(file))
	if found.has("error"):
		say(found["error"], true)
		return
	path = file
	EditorInterface.get_editor_settings().set_project_metadata(SECTION, "file", path)
	requests.clear()
	for request: Dictionary in found["requests"]:
		var index := requests.item_count
		if request.has("error"):
			requests.add_item("⚠ " + request["error"])
			requests.set_item_disabled(index, true)
		else:
			var shown: Dictionary = request["request"]
			requests.add_item(
				shown["name"] if shown["name"] != "" else "%s %s" % [shown["method"], shown["url"]]
			)
			requests.set_item_metadata(index, shown)
	requests.selected = -1
	requests.tooltip_text = path
	_show_environments()
	if requests.item_count > 0 and not requests.is_item_disabled(0):
		requests.selected = 0
		_on_request_selected(0)


func _on_request_selected(index: int) -> void:
	load_request(requests.get_item_metadata(index))
	response.clear()


## Writes the request into its file; asks for one if there is none.
func save_request() -> void:
	if path == "":
		_open_dialog(FileDialog.FILE_MODE_SAVE_FILE, save_as)
	else:
		save_as(path)


func save_as(file: String) -> void:
	var is_own := file == path
	var index := requests.selected if is_own and requests.selected >= 0 else -1
	var text := _text_of(file)
	var known: Array = (_logic.call(&"read_requests", text) as Dictionary).get("requests", [])
	if index < 0:
		index = known.size()
	elif (
		index >= known.size()
		or (known[index] as Dictionary).get("request") != requests.get_selected_metadata()
	):
		say(tr("%s has changed meanwhile: open it again, so that no other request is replaced.") % file, true)
		return
	var moved := _without_secrets(get_request(), file.get_base_dir())
	if moved.is_empty():
		return
	var found: Dictionary = _logic.call(&"write_request", text, index, moved["request"])
	if found.has("error"):
		say(found["error"], true)
		return
	if _write(file, found["text"]):
		open_file(file)
		requests.selected = index
		_on_request_selected(index)
		say("; ".join([tr("Saved in %s.") % file] + (moved["notes"] as Array)))


func _show_environments(chosen := "") -> void:
	if chosen == "" and environment.selected > 0:
		chosen = environment.get_item_text(environment.selected)
	var public := _text_of(_folder().path_join(PUBLIC))
	var private := _text_of(_folder().path_join(PRIVATE))
	var found: Dictionary = _logic.call(&"get_environments", public, private)
	if found.has("error"):
		say(found["error"], true)
	environment.clear()
	environment.add_item(tr("none"))
	for known: String in found.get("names", []):
		environment.add_item(known)
		if known == chosen:
			environment.selected = environment.item_count - 1


# ---- history


func _on_history_opened() -> void:
	var popup := history.get_popup()
	popup.clear()
	var entries: Array = _logic.call(&"get_history")
	for entry: Dictionary in entries.slice(0, 30):
		var request: Dictionary = entry["request"]
		var told := str(entry["status"]) if entry["status"] > 0 else "⚠"
		popup.add_item("%s  %s %s" % [told, request["method"], (request["url"] as String).left(80)])
	if entries.is_empty():
		popup.add_item(tr("nothing was sent yet"))
		popup.set_item_disabled(0, true)
	else:
		popup.add_separator()
		popup.add_item(tr("Forget all"), 1000)


func _on_history_pressed(id: int) -> void:
	if id == 1000:
		_logic.call(&"clear_history")
		_write(HISTORY, _logic.call(&"dump_history"))
		return
	var entries: Array = _logic.call(&"get_history")
	load_other((entries[id] as Dictionary)["request"])
