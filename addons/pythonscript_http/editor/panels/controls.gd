@tool
extends RefCounted
## Makes the controls that all panels have.


## A button in a container.
static func button(parent: Control, text: String, tooltip: String, pressed: Callable) -> Button:
	var made := Button.new()
	made.text = text
	made.tooltip_text = tooltip
	made.pressed.connect(pressed)
	parent.add_child(made)
	return made


## A word before a field.
static func label(parent: Control, text: String) -> void:
	var made := Label.new()
	made.text = text
	parent.add_child(made)


## A line that is cut where it has no room; all of it is in its tooltip.
static func note(parent: Control, text := "") -> Label:
	var made := Label.new()
	made.clip_text = true
	made.text_overrun_behavior = TextServer.OVERRUN_TRIM_ELLIPSIS
	made.mouse_filter = Control.MOUSE_FILTER_STOP
	made.size_flags_horizontal = Control.SIZE_EXPAND_FILL
	set_note(made, text)
	parent.add_child(made)
	return made


## Writes another text into such a line.
static func set_note(line: Label, text: String, color := "") -> void:
	line.text = text
	line.tooltip_text = text
	if color == "":
		line.remove_theme_color_override("font_color")
	else:
		line.add_theme_color_override("font_color", line.get_theme_color(color, "Editor"))


## Has fields show code as the script editor does.
static func use_code_font(edit: TextEdit) -> void:
	edit.add_theme_font_override("font", edit.get_theme_font("source", "EditorFonts"))
	edit.add_theme_font_size_override("font_size", edit.get_theme_font_size("source_size", "EditorFonts"))
