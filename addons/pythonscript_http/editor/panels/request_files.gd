@tool
extends HBoxContainer
## The bar of [code].http[/code] files: opens one, chooses among its requests and environments, and saves the
## request that is shown.

signal chosen(request: Dictionary)
signal said(text: String, is_error: bool)

const Controls := preload("controls.gd")

const PUBLIC := "http-client.env.json"
const PRIVATE := "http-client.private.env.json"
const SECTION := "pythonscript_http"

## Gives the request that is to be saved.
var get_request: Callable
## The file whose requests are shown; empty: none.
var path := ""
var requests := OptionButton.new()
var request_name := LineEdit.new()
var environment := OptionButton.new()

var _files: RefCounted = ClassDB.instantiate(&"PyHTTPFiles")
var _dialog: FileDialog
var _ignore: ConfirmationDialog


func _init() -> void:
	Controls.button(self, tr("Open…"), tr("Open a .http file of the project, with its requests."), _on_open)
	requests.tooltip_text = tr("The requests of the file.")
	requests.fit_to_longest_item = false
	requests.clip_text = true
	requests.size_flags_horizontal = SIZE_EXPAND_FILL
	requests.item_selected.connect(_on_request_selected)
	add_child(requests)
	request_name.placeholder_text = tr("Name")
	request_name.tooltip_text = tr("What the request is called in the file.")
	request_name.size_flags_horizontal = SIZE_EXPAND_FILL
	add_child(request_name)
	Controls.button(
		self, tr("Save"), tr("Write the request into the .http file, in its place."), save_request
	)
	Controls.label(self, tr("Environment:"))
	environment.tooltip_text = (
		tr("Where {{variables}} have their values from: %s and, for secrets, %s beside the requests.")
		% [PUBLIC, PRIVATE]
	)
	add_child(environment)


## Opens the file that was open last.
func open_last() -> void:
	var last: String = EditorInterface.get_editor_settings().get_project_metadata(SECTION, "file", "")
	if last != "" and FileAccess.file_exists(last):
		open_file(last)
	else:
		show_environments()


## Shows the requests of a file.
func open_file(file: String) -> void:
	var found: Dictionary = _files.call(&"read_requests", file)
	if found.has("error"):
		said.emit(found["error"], true)
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
	show_environments()
	if requests.item_count > 0 and not requests.is_item_disabled(0):
		_select(0)


## Writes the request into its file; asks for one if there is none.
func save_request() -> void:
	if path == "":
		_open_dialog(FileDialog.FILE_MODE_SAVE_FILE, save_as)
	else:
		save_as(path)


## Writes the request into a file, in its place if it is from there.
func save_as(file: String) -> void:
	var index := requests.selected if file == path else -1
	var known: Dictionary = requests.get_selected_metadata() if index >= 0 else {}
	var saved: Dictionary = _files.call(
		&"save_request", file, index, known, get_request.call(), get_environment()
	)
	if saved.has("error"):
		said.emit(saved["error"], true)
		return
	open_file(file)
	_select(saved["index"])
	said.emit("; ".join(PackedStringArray([tr("Saved in %s.") % file]) + _tell_moved(saved)), false)


## Puts variables in the place of credentials; gives the [code]request[/code] that is left, and
## [code]notes[/code] on it, or an [code]error[/code].
func move_secrets(request: Dictionary) -> Dictionary:
	var moved: Dictionary = _files.call(&"move_secrets", request, get_environment(), path)
	if not moved.has("error"):
		moved["notes"] = _tell_moved(moved)
	return moved


func _tell_moved(moved: Dictionary) -> PackedStringArray:
	var names: PackedStringArray = moved["names"]
	if names.is_empty():
		return []
	show_environments(moved["environment"])
	_offer_to_ignore()
	return [tr("credentials were moved to %s: %s") % [PRIVATE, ", ".join(names)]]


func _offer_to_ignore() -> void:
	if _files.call(&"is_ignored"):
		return
	if _ignore == null:
		_ignore = ConfirmationDialog.new()
		_ignore.dialog_text = tr("%s has secrets. Add it to .gitignore, so that it is not shared?") % PRIVATE
		_ignore.confirmed.connect(ignore_private)
		add_child(_ignore)
	_ignore.popup_centered()


## Adds the file of secrets to [code].gitignore[/code].
func ignore_private() -> void:
	var done: Dictionary = _files.call(&"ignore_private")
	if done.has("error"):
		said.emit(done["error"], true)


## The name of the environment that is chosen; empty: none is.
func get_environment() -> String:
	return environment.get_item_text(environment.selected) if environment.selected > 0 else ""


## Shows the environments beside the file; the one that is chosen stays so, unless another is named.
func show_environments(wanted := "") -> void:
	if wanted == "":
		wanted = get_environment()
	var found: Dictionary = _files.call(&"get_environments", path)
	if found.has("error"):
		said.emit(found["error"], true)
	environment.clear()
	environment.add_item(tr("none"))
	for known: String in found.get("names", []):
		environment.add_item(known)
		if known == wanted:
			environment.selected = environment.item_count - 1


func _select(index: int) -> void:
	requests.selected = index
	_on_request_selected(index)


func _on_request_selected(index: int) -> void:
	chosen.emit(requests.get_item_metadata(index))


func _on_open() -> void:
	_open_dialog(FileDialog.FILE_MODE_OPEN_FILE, open_file)


func _open_dialog(mode: FileDialog.FileMode, selected: Callable) -> void:
	if _dialog != null:
		_dialog.queue_free()
	_dialog = Controls.file_dialog(self, mode, selected, FileDialog.ACCESS_RESOURCES)
	_dialog.add_filter("*.http,*.rest", tr("HTTP requests"))
	_dialog.popup_centered_ratio(0.5)
