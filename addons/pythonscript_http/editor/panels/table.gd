@tool
extends ScrollContainer
## Names and values, a row each; there is always an empty row to go on in.

signal changed

## What names are completed by, while they are typed.
var names: PackedStringArray

var _rows := VBoxContainer.new()


func _init() -> void:
	horizontal_scroll_mode = SCROLL_MODE_DISABLED
	follow_focus = true
	size_flags_vertical = SIZE_EXPAND_FILL
	_rows.size_flags_horizontal = SIZE_EXPAND_FILL
	add_child(_rows)
	set_pairs([])


## The rows that have a name, as pairs.
func get_pairs() -> Array:
	var pairs := []
	for row: Node in _rows.get_children():
		var pair := [_field(row, 0).text, _field(row, 1).text]
		if pair[0] != "":
			pairs.append(pair)
	return pairs


func set_pairs(pairs: Array) -> void:
	for row: Node in _rows.get_children():
		_rows.remove_child(row)
		row.queue_free()
	for pair: Array in pairs:
		_add(pair[0], pair[1])
	_add("", "")


func _field(row: Node, index: int) -> LineEdit:
	return row.get_child(index)


func _add(key: String, value: String) -> void:
	var row := HBoxContainer.new()
	for index in 2:
		var field := LineEdit.new()
		field.text = [key, value][index]
		field.placeholder_text = [tr("Name"), tr("Value")][index]
		field.tooltip_text = [tr("The name; rows without one are left out."), tr("The value.")][index]
		field.size_flags_horizontal = SIZE_EXPAND_FILL
		field.size_flags_stretch_ratio = [1.0, 2.0][index]
		field.text_changed.connect(_on_text_changed.bind(field, row))
		row.add_child(field)
	var remove := Button.new()
	remove.flat = true
	remove.text = "×"
	remove.tooltip_text = tr("Remove this row.")
	remove.pressed.connect(_on_removed.bind(row))
	row.add_child(remove)
	_rows.add_child(row)


func _on_text_changed(text: String, field: LineEdit, row: Node) -> void:
	if field == _field(row, 0):
		_complete(text, field)
	if text != "" and row.get_index() == _rows.get_child_count() - 1:
		_add("", "")
	changed.emit()


func _complete(text: String, field: LineEdit) -> void:
	var before: String = field.get_meta(&"typed", "")
	field.set_meta(&"typed", text)
	if text.length() <= before.length() or field.caret_column != text.length():
		return  # something was taken away, or put within
	for known in names:
		if known.to_lower().begins_with(text.to_lower()) and known.length() > text.length():
			field.text = text + known.substr(text.length())
			field.caret_column = text.length()
			field.select(text.length())
			return


func _on_removed(row: Node) -> void:
	if row.get_index() < _rows.get_child_count() - 1:
		_rows.remove_child(row)
		row.queue_free()
		changed.emit()
