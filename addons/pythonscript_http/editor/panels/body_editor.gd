@tool
extends VBoxContainer
## Writes the body of a request: JSON, which is checked, a form, a text, or a file.

enum Kind { NONE, JSON, FORM, MULTIPART, TEXT, FILE }

const Controls := preload("controls.gd")
const Table := preload("table.gd")

const TYPES := {
	Kind.JSON: "application/json",
	Kind.FORM: "application/x-www-form-urlencoded",
	Kind.TEXT: "text/plain; charset=utf-8",
	Kind.FILE: "application/octet-stream",
}

var kind := OptionButton.new()
var text := CodeEdit.new()
var form := Table.new()
var file := LineEdit.new()

var _formats: RefCounted = ClassDB.instantiate(&"PyHTTPFormats")
var _format: Button
var _note: Label


func _init() -> void:
	var bar := HBoxContainer.new()
	for title: String in [tr("None"), tr("JSON"), tr("Form"), tr("Multipart"), tr("Text"), tr("File")]:
		kind.add_item(title)
	kind.tooltip_text = tr("What is sent as the body; it says the Content-Type, unless the headers do.")
	kind.item_selected.connect(_show_kind)
	bar.add_child(kind)
	_format = Controls.button(bar, tr("Format"), tr("Indent the JSON."), _on_format_pressed)
	_note = Controls.note(bar)
	add_child(bar)
	text.size_flags_vertical = SIZE_EXPAND_FILL
	text.tooltip_text = tr(
		"The body, perhaps with {{variables}}; “< path” on a line of its own sends a file. Escape leaves it."
	)
	text.gutters_draw_line_numbers = true
	text.auto_brace_completion_enabled = true
	text.text_changed.connect(_check)
	Controls.let_go(text)
	add_child(text)
	add_child(form)
	file.placeholder_text = tr("res://file")
	file.tooltip_text = tr("The file that is sent, in the project or relative to the requests.")
	add_child(file)


func _ready() -> void:
	Controls.use_code_font(text)


## The [code]body[/code] as in a [code].http[/code] file, and its [code]content_type[/code]; or an
## [code]error[/code].
func get_body() -> Dictionary:
	var content_type: String = TYPES.get(kind.selected, "")
	match kind.selected:
		Kind.JSON, Kind.TEXT:
			return {"body": text.text, "content_type": content_type}
		Kind.FORM:
			var written: String = _formats.call(&"get_url", "", form.get_pairs())
			return {"body": written.trim_prefix("?"), "content_type": content_type}
		Kind.MULTIPART:
			return _formats.call(&"get_multipart", form.get_pairs())
		Kind.FILE:
			return {"body": "< " + file.text if file.text != "" else "", "content_type": content_type}
	return {"body": "", "content_type": ""}


## Shows a body as the kind that its Content-Type says.
func set_body(body: String, content_type: String) -> void:
	text.text = ""
	form.set_pairs([])
	file.text = ""
	if body == "":
		kind.selected = Kind.NONE
	elif body.begins_with("< ") and not body.contains("\n"):
		kind.selected = Kind.FILE
		file.text = body.trim_prefix("< ")
	elif content_type.begins_with(TYPES[Kind.FORM]):
		kind.selected = Kind.FORM
		form.set_pairs(_formats.call(&"get_query", "?" + body))
	else:
		kind.selected = Kind.JSON if content_type.contains("json") else Kind.TEXT
		text.text = body
	_show_kind(kind.selected)


func _show_kind(shown: int) -> void:
	text.visible = shown in [Kind.JSON, Kind.TEXT]
	form.visible = shown in [Kind.FORM, Kind.MULTIPART]
	file.visible = shown == Kind.FILE
	_format.visible = shown == Kind.JSON
	Controls.set_note(_note, tr("@path as a value sends a file.") if shown == Kind.MULTIPART else "")
	_check()


func _check() -> void:
	if kind.selected == Kind.JSON:
		var problem: String = "" if text.text == "" else _formats.call(&"get_json_problem", text.text)
		Controls.set_note(_note, problem, "warning_color" if is_inside_tree() else "")


func _on_format_pressed() -> void:
	var found: Dictionary = _formats.call(&"format_json", text.text)
	if found.has("text"):
		text.text = found["text"]
	_check()
