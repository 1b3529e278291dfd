@tool
extends VBoxContainer
## Shows the body of a response: indented, as text, as bytes, or as an image; and saves it.

enum View { PRETTY, TEXT, HEX, IMAGE }

const Controls := preload("controls.gd")

const IMAGES := {
	"png": &"load_png_from_buffer",
	"jpg": &"load_jpg_from_buffer",
	"webp": &"load_webp_from_buffer",
	"bmp": &"load_bmp_from_buffer",
}

var text := CodeEdit.new()

var _formats: RefCounted = ClassDB.instantiate(&"PyHTTPFormats")
var _details := {}
var _views := OptionButton.new()
var _wrap := CheckBox.new()
var _save: Button
var _note: Label
var _image := TextureRect.new()
var _dialog: FileDialog


func _init() -> void:
	var bar := HBoxContainer.new()
	for view: String in [tr("Pretty"), tr("Text"), tr("Hex"), tr("Image")]:
		_views.add_item(view)
	_views.tooltip_text = tr("How the body is shown: indented JSON, the text as it came, bytes, or an image.")
	_views.item_selected.connect(_show_view)
	bar.add_child(_views)
	_wrap.text = tr("Wrap")
	_wrap.tooltip_text = tr("Break long lines.")
	_wrap.toggled.connect(_on_wrap_toggled)
	bar.add_child(_wrap)
	_note = Controls.note(bar)
	_save = Controls.button(bar, tr("Save as…"), tr("Save the body as a file."), _on_save_pressed)
	add_child(bar)
	text.editable = false
	text.tooltip_text = tr("The body of the response.")
	text.gutters_draw_line_numbers = true
	text.size_flags_vertical = SIZE_EXPAND_FILL
	Controls.let_go(text)
	add_child(text)
	_image.tooltip_text = tr("The body of the response.")
	_image.mouse_filter = MOUSE_FILTER_STOP
	_image.size_flags_vertical = SIZE_EXPAND_FILL
	_image.expand_mode = TextureRect.EXPAND_IGNORE_SIZE
	_image.stretch_mode = TextureRect.STRETCH_KEEP_ASPECT_CENTERED
	add_child(_image)
	clear()


func _ready() -> void:
	Controls.use_code_font(text)


func clear() -> void:
	_details = {}
	text.text = ""
	_show_view(View.PRETTY)
	Controls.set_note(_note, "")
	_save.disabled = true


## Shows a body; the view stays where it is one more piece of the same.
func show_details(details: Dictionary) -> void:
	var grows: bool = _details.get("id", -1) == details.get("id", 0)
	_details = details
	var is_image: bool = details["image"]
	_views.set_item_disabled(View.IMAGE, not is_image)
	if not grows or _views.is_item_disabled(_views.selected):
		_views.selected = View.IMAGE if is_image else View.PRETTY
	_show_view(_views.selected)
	_save.disabled = (details["body"] as PackedByteArray).is_empty()


func _show_view(view: int) -> void:
	_image.visible = view == View.IMAGE
	text.visible = view != View.IMAGE
	_image.texture = null
	if _details.is_empty():
		return
	if view == View.IMAGE:
		_show_image()
		return
	var shown := _details
	if view != View.PRETTY:
		shown = _formats.call(
			&"get_view", _details["body"], _details["content_type"], "hex" if view == View.HEX else "text"
		)
	text.text = shown["text"]
	Controls.set_note(_note, shown["note"])


func _show_image() -> void:
	var image := Image.new()
	var printing := Engine.print_error_messages
	Engine.print_error_messages = false  # of a damaged one it would print how
	var error: Error = image.call(IMAGES[_details["kind"]], _details["body"])
	Engine.print_error_messages = printing
	if error == OK and not image.is_empty():
		_image.texture = ImageTexture.create_from_image(image)
		Controls.set_note(_note, "%d × %d" % [image.get_width(), image.get_height()])
	else:
		Controls.set_note(_note, tr("The image is damaged."), "warning_color")


func _on_wrap_toggled(wraps: bool) -> void:
	text.wrap_mode = TextEdit.LINE_WRAPPING_BOUNDARY if wraps else TextEdit.LINE_WRAPPING_NONE


func _on_save_pressed() -> void:
	if _dialog == null:
		_dialog = Controls.file_dialog(self, FileDialog.FILE_MODE_SAVE_FILE, save)
	_dialog.current_file = (_details["path"] as String).get_slice("?", 0).get_file().validate_filename()
	_dialog.popup_centered_ratio(0.6)


## Saves the body as a file.
func save(path: String) -> void:
	Controls.save_file(path, _details["body"], _note)
