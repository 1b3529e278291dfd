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


## A dialog that asks for a file, to be opened or saved.
static func file_dialog(
	parent: Control,
	mode: FileDialog.FileMode,
	selected: Callable,
	access := FileDialog.ACCESS_FILESYSTEM,
) -> FileDialog:
	var made := FileDialog.new()
	made.access = access
	made.file_mode = mode
	made.file_selected.connect(selected)
	parent.add_child(made)
	return made


## Writes a file, and into a line that it is there, or why not.
static func save_file(path: String, content: PackedByteArray, line: Label) -> void:
	var file := FileAccess.open(path, FileAccess.WRITE)
	if file == null:
		var why := error_string(FileAccess.get_open_error())
		set_note(line, line.tr("%s cannot be written: %s") % [path, why])
		return
	file.store_buffer(content)
	set_note(line, line.tr("saved as %s") % path)


## Has Escape lead on to the next control, as Tab is a character here; where nothing is typed, Tab does too.
static func let_go(edit: TextEdit) -> void:
	edit.gui_input.connect(_on_edit_input.bind(edit))


static func _on_edit_input(event: InputEvent, edit: TextEdit) -> void:
	var next: Control = null
	if event.is_action_pressed(&"ui_cancel"):
		next = edit.find_next_valid_focus()
	elif not edit.editable and event.is_action_pressed(&"ui_focus_prev", false, true):
		next = edit.find_prev_valid_focus()
	elif not edit.editable and event.is_action_pressed(&"ui_focus_next", false, true):
		next = edit.find_next_valid_focus()
	if next != null:
		next.grab_focus()
		edit.accept_event()


## Has Ctrl+C copy a column of the row that is selected.
static func copy_rows(tree: Tree, column: int) -> void:
	tree.gui_input.connect(_on_tree_input.bind(tree, column))


static func _on_tree_input(event: InputEvent, tree: Tree, column: int) -> void:
	if event.is_action_pressed(&"ui_copy") and tree.get_selected() != null:
		DisplayServer.clipboard_set(tree.get_selected().get_text(column))
		tree.accept_event()


## Whether a key was pressed while one of a panel's controls has the focus.
static func is_key(event: InputEvent, panel: Control) -> bool:
	var key := event as InputEventKey
	if key == null or not key.pressed or not panel.is_visible_in_tree():
		return false
	var focused := panel.get_viewport().gui_get_focus_owner()
	return focused != null and panel.is_ancestor_of(focused)


## Has tabs say what they have.
static func set_tab_tooltips(tabs: TabContainer, tooltips: PackedStringArray) -> void:
	for index in tooltips.size():
		tabs.set_tab_tooltip(index, tooltips[index])


## Has fields show code as the script editor does.
static func use_code_font(edit: TextEdit) -> void:
	edit.add_theme_font_override("font", edit.get_theme_font("source", "EditorFonts"))
	edit.add_theme_font_size_override("font_size", edit.get_theme_font_size("source_size", "EditorFonts"))
