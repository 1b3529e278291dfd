@tool
extends VBoxContainer
## Shows the headers of a request and its response, as pairs or as they went over the network.

const Controls := preload("controls.gd")

var tree := Tree.new()

var _raw := CheckBox.new()
var _heads := TextEdit.new()


func _init() -> void:
	_raw.text = tr("Raw")
	_raw.tooltip_text = tr("Show both heads as they went over the network.")
	_raw.toggled.connect(_on_raw_toggled)
	add_child(_raw)
	tree.columns = 2
	tree.hide_root = true
	tree.size_flags_vertical = SIZE_EXPAND_FILL
	tree.set_column_expand_ratio(1, 3)
	tree.select_mode = Tree.SELECT_ROW
	tree.tooltip_text = tr("The headers of both; Ctrl+C copies a value.")
	Controls.copy_rows(tree, 1)
	add_child(tree)
	_heads.editable = false
	_heads.tooltip_text = tr("The heads of request and response, as they went over the network.")
	Controls.let_go(_heads)
	_heads.size_flags_vertical = SIZE_EXPAND_FILL
	_heads.hide()
	add_child(_heads)


func _ready() -> void:
	Controls.use_code_font(_heads)


func clear() -> void:
	tree.clear()
	_heads.text = ""


func show_details(details: Dictionary) -> void:
	tree.clear()
	var root := tree.create_item()
	for section: Array in [
		[tr("Response"), details["response_headers"]],
		[tr("Trailers"), details["trailers"]],
		[tr("Request"), details["request_headers"]],
	]:
		var pairs: Array = section[1]
		if pairs.is_empty():
			continue
		var heading := tree.create_item(root)
		heading.set_text(0, "%s (%d)" % [section[0], pairs.size()])
		heading.set_selectable(1, false)
		for pair: Array in pairs:
			var item := tree.create_item(heading)
			for column in 2:
				item.set_text(column, pair[column])
				item.set_tooltip_text(column, "%s: %s" % pair)
	_heads.text = details["request_head"] + details["response_head"]


func _on_raw_toggled(raw: bool) -> void:
	tree.visible = not raw
	_heads.visible = raw
