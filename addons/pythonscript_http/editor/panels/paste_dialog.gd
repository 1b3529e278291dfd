@tool
extends AcceptDialog
## Asks for a curl command.

signal pasted(command: String)

var _field := TextEdit.new()


func _init() -> void:
	title = tr("Paste a curl command")
	_field.placeholder_text = "curl 'https://example.org' -H 'Accept: application/json'"
	_field.tooltip_text = tr("As browsers copy it (“Copy as cURL”, for bash), and as manuals show it.")
	_field.wrap_mode = TextEdit.LINE_WRAPPING_BOUNDARY
	add_child(_field)
	confirmed.connect(func() -> void: pasted.emit(_field.text))


## Opens the dialog with the command that the clipboard has, if it has one.
func open() -> void:
	var held := clipboard()
	_field.text = held if held.strip_edges().begins_with("curl") else ""
	popup_centered(Vector2i(Vector2(700, 300) * EditorInterface.get_editor_scale()))
	_field.grab_focus()


static func clipboard() -> String:
	var has := DisplayServer.has_feature(DisplayServer.FEATURE_CLIPBOARD)
	return DisplayServer.clipboard_get() if has else ""
