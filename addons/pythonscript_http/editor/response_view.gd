@tool
extends VBoxContainer
## Shows all that is known of one request: body, headers, times. For the console and the inspector.

const Phases := preload("phases.gd")

const IMAGES := {
	"png": &"load_png_from_buffer",
	"jpg": &"load_jpg_from_buffer",
	"webp": &"load_webp_from_buffer",
	"bmp": &"load_bmp_from_buffer",
}

var summary := Label.new()
## Shown where there is something to be closed.
var close := Button.new()
var tabs := TabContainer.new()
var body := CodeEdit.new()
var headers := Tree.new()
var times := Tree.new()

var _viewer: RefCounted = ClassDB.instantiate(&"PyHTTPConsole")
var _details := {}
var _views := OptionButton.new()
var _wrap := CheckBox.new()
var _save := Button.new()
var _note := Label.new()
var _image := TextureRect.new()
var _raw := CheckBox.new()
var _raw_heads := TextEdit.new()
var _request_body := CodeEdit.new()
var _dialog: FileDialog


func _init() -> void:
	summary.clip_text = true
	summary.text_overrun_behavior = TextServer.OVERRUN_TRIM_ELLIPSIS
	summary.mouse_filter = MOUSE_FILTER_STOP
	summary.size_flags_horizontal = SIZE_EXPAND_FILL
	var bar := HBoxContainer.new()
	bar.add_child(summary)
	close.flat = true
	close.text = "×"
	close.tooltip_text = tr("Close the details.")
	close.hide()
	bar.add_child(close)
	add_child(bar)
	tabs.size_flags_vertical = SIZE_EXPAND_FILL
	add_child(tabs)
	_add_tab(tr("Body"), _make_body())
	_add_tab(tr("Headers"), _make_headers())
	_add_tab(tr("Request body"), _request_body)
	_add_tab(tr("Times"), _make_times())
	_request_body.editable = false
	_request_body.tooltip_text = tr("The body of the request.")
	clear()


func _ready() -> void:
	for edit: TextEdit in [body, _request_body, _raw_heads]:
		edit.add_theme_font_override("font", get_theme_font("source", "EditorFonts"))
		edit.add_theme_font_size_override("font_size", get_theme_font_size("source_size", "EditorFonts"))


func _add_tab(title: String, control: Control) -> void:
	control.name = title
	tabs.add_child(control)
	tabs.set_tab_title(tabs.get_tab_count() - 1, title)


func _make_body() -> Control:
	var box := VBoxContainer.new()
	var bar := HBoxContainer.new()
	for view: String in [tr("Pretty"), tr("Text"), tr("Hex"), tr("Image")]:
		_views.add_item(view)
	_views.tooltip_text = tr("How the body is shown: indented JSON, the text as it came, bytes, or an image.")
	_views.item_selected.connect(_on_view_selected)
	bar.add_child(_views)
	_wrap.text = tr("Wrap")
	_wrap.tooltip_text = tr("Break long lines.")
	_wrap.toggled.connect(_on_wrap_toggled)
	bar.add_child(_wrap)
	_note.size_flags_horizontal = SIZE_EXPAND_FILL
	_note.clip_text = true
	_note.mouse_filter = MOUSE_FILTER_STOP
	bar.add_child(_note)
	_save.text = tr("Save as…")
	_save.tooltip_text = tr("Save the body as a file.")
	_save.pressed.connect(_on_save_pressed)
	bar.add_child(_save)
	box.add_child(bar)
	body.editable = false
	body.tooltip_text = tr("The body of the response.")
	body.gutters_draw_line_numbers = true
	body.size_flags_vertical = SIZE_EXPAND_FILL
	box.add_child(body)
	_image.size_flags_vertical = SIZE_EXPAND_FILL
	_image.expand_mode = TextureRect.EXPAND_IGNORE_SIZE
	_image.stretch_mode = TextureRect.STRETCH_KEEP_ASPECT_CENTERED
	_image.hide()
	box.add_child(_image)
	return box


func _make_headers() -> Control:
	var box := VBoxContainer.new()
	_raw.text = tr("Raw")
	_raw.tooltip_text = tr("Show both heads as they went over the network.")
	_raw.toggled.connect(_on_raw_toggled)
	box.add_child(_raw)
	headers.columns = 2
	headers.hide_root = true
	headers.size_flags_vertical = SIZE_EXPAND_FILL
	headers.set_column_expand_ratio(1, 3)
	headers.select_mode = Tree.SELECT_ROW
	box.add_child(headers)
	_raw_heads.editable = false
	_raw_heads.tooltip_text = tr("The heads of request and response, as they went over the network.")
	_raw_heads.size_flags_vertical = SIZE_EXPAND_FILL
	_raw_heads.hide()
	box.add_child(_raw_heads)
	return box


func _make_times() -> Control:
	times.columns = 3
	times.hide_root = true
	times.column_titles_visible = true
	for index in 3:
		times.set_column_title(index, [tr("Phase"), tr("Time"), ""][index])
		times.set_column_title_alignment(index, HORIZONTAL_ALIGNMENT_LEFT)
		times.set_column_expand_ratio(index, [2, 1, 4][index])
	return times


func clear() -> void:
	_details = {}
	for edit: TextEdit in [body, _request_body, _raw_heads]:
		edit.text = ""
	headers.clear()
	times.clear()
	_show_view(0)
	summary.text = tr("No response yet.")
	summary.tooltip_text = ""
	summary.remove_theme_color_override("font_color")
	_note.text = ""
	tabs.set_tab_hidden(2, true)
	_save.disabled = true


## Shows what [code]details_of()[/code] gives.
func show_details(details: Dictionary) -> void:
	var grows: bool = _details.get("id", -1) == details.get("id", 0)  # the one that is shown, and more of it
	_details = details
	_show_summary()
	var is_image: bool = IMAGES.has(details["kind"]) and details["complete"]
	_views.set_item_disabled(3, not is_image)
	if not grows or _views.is_item_disabled(_views.selected):
		_views.selected = 3 if is_image else 0
	_show_view(_views.selected)
	_save.disabled = (details["body"] as PackedByteArray).is_empty()
	_show_headers()
	_request_body.text = details["request_text"]
	tabs.set_tab_hidden(2, details["request_text"] == "" and details["request_note"] == "")
	_show_times()


func _show_summary() -> void:
	var parts: PackedStringArray = [
		_details["status"] if _details["method"] == "" else "%s %s" % [_details["method"], _details["status"]]
	]
	if _details["reason"] != "":
		parts.append(_details["reason"])
	parts.append(Phases.seconds_text(_details["seconds"]))
	if _details["received"] > 0:
		parts.append(
			(
				tr("%s received, %s body")
				% [String.humanize_size(_details["received"]), String.humanize_size(_details["decoded"])]
			)
		)
	summary.text = "  ·  ".join(parts)
	summary.tooltip_text = "%s\n%s" % [_details["url"], _details["reason"]]
	if _details["failed"]:
		summary.add_theme_color_override("font_color", get_theme_color("error_color", "Editor"))
	else:
		summary.remove_theme_color_override("font_color")


func _content_type() -> String:
	for header: Array in _details["response_headers"]:
		if (header[0] as String).to_lower() == "content-type":
			return header[1]
	return ""


func _show_view(view: int) -> void:
	_image.visible = view == 3
	body.visible = view != 3
	_image.texture = null
	if _details.is_empty():
		return
	var content: PackedByteArray = _details["body"]
	if view == 3:
		var image := Image.new()
		if image.call(IMAGES[_details["kind"]], content) == OK:
			_image.texture = ImageTexture.create_from_image(image)
			_note.text = "%d × %d" % [image.get_width(), image.get_height()]
		return
	if view == 0:
		body.text = _details["text"]
		_note.text = _details["note"]
	else:
		var shown: Dictionary = _viewer.call(&"get_view", content, _content_type(), ["text", "hex"][view - 1])
		body.text = shown["text"]
		_note.text = shown["note"]
	_note.tooltip_text = _note.text


func _show_headers() -> void:
	headers.clear()
	var root := headers.create_item()
	for section: Array in [
		[tr("Response"), _details["response_headers"]],
		[tr("Trailers"), _details["trailers"]],
		[tr("Request"), _details["request_headers"]],
	]:
		var pairs: Array = section[1]
		if pairs.is_empty():
			continue
		var heading := headers.create_item(root)
		heading.set_text(0, "%s (%d)" % [section[0], pairs.size()])
		heading.set_selectable(1, false)
		for pair: Array in pairs:
			var item := headers.create_item(heading)
			for column in 2:
				item.set_text(column, pair[column])
				item.set_tooltip_text(column, "%s: %s" % pair)
	_raw_heads.text = _details["request_head"] + _details["response_head"]


func _show_times() -> void:
	times.clear()
	var root := times.create_item()
	for phase: Array in _details["phases"]:
		var described := Phases.describe(phase[0])
		var item := times.create_item(root)
		item.set_text(0, described[0])
		item.set_tooltip_text(0, described[1])
		item.set_text(1, Phases.seconds_text(phase[2]))
		item.set_cell_mode(2, TreeItem.CELL_MODE_CUSTOM)
		item.set_metadata(2, [phase])
		item.set_custom_draw_callback(2, _draw_phase)
	for fact: Array in _facts():
		var item := times.create_item(root)
		item.set_text(0, fact[0])
		item.set_text(1, fact[1])
		item.set_tooltip_text(1, fact[1])
		item.set_expand_right(1, true)


func _facts() -> Array:
	var facts := []
	if _details["address"] != "":
		facts.append([tr("Address"), _details["address"]])
	if not (_details["tls"] as Array).is_empty():
		facts.append([tr("TLS"), ", ".join(PackedStringArray(_details["tls"]))])
	if _details["reused"] and _details["method"] != "":
		facts.append([tr("Connection"), tr("used before")])
	for attempt: Array in _details["attempts"]:
		if attempt[1] != "":
			facts.append([tr("Refused"), "%s: %s" % attempt])
	return facts


func _draw_phase(item: TreeItem, rect: Rect2) -> void:
	Phases.draw(times, rect, item.get_metadata(2), 0.0, maxf(1e-6, _details.get("seconds", 0.0)))


func _on_view_selected(view: int) -> void:
	_show_view(view)


func _on_wrap_toggled(wraps: bool) -> void:
	body.wrap_mode = TextEdit.LINE_WRAPPING_BOUNDARY if wraps else TextEdit.LINE_WRAPPING_NONE


func _on_raw_toggled(raw: bool) -> void:
	headers.visible = not raw
	_raw_heads.visible = raw


func _on_save_pressed() -> void:
	if _dialog == null:
		_dialog = FileDialog.new()
		_dialog.access = FileDialog.ACCESS_FILESYSTEM
		_dialog.file_mode = FileDialog.FILE_MODE_SAVE_FILE
		_dialog.file_selected.connect(save_body)
		add_child(_dialog)
	_dialog.current_file = (_details["path"] as String).get_slice("?", 0).get_file().validate_filename()
	_dialog.popup_centered_ratio(0.6)


## Saves the body as a file.
func save_body(path: String) -> void:
	var file := FileAccess.open(path, FileAccess.WRITE)
	if file == null:
		_note.text = tr("%s cannot be written: %s") % [path, error_string(FileAccess.get_open_error())]
		return
	file.store_buffer(_details["body"])
	_note.text = tr("saved as %s") % path
