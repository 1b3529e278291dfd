@tool
extends EditorPlugin
## The HTTP console and the network inspector. What thinks is in Python; these scripts do without it.

const Console := preload("panels/console.gd")
const Debugger := preload("debugger.gd")

## What the panels call. Without Python there are no such classes, and one label says so.
const NEEDED := [&"PyHTTPConsole", &"PyHTTPFiles", &"PyHTTPFormats", &"PyHTTPInspector"]

var console: Control
var debugger: Debugger

var _dock: Control


func _enter_tree() -> void:
	if NEEDED.all(ClassDB.class_exists):
		console = Console.new()
		debugger = Debugger.new()
		debugger.resend.connect(_open_in_console)
		add_debugger_plugin(debugger)
	else:
		var label := Label.new()
		label.text = tr(
			"The HTTP console needs the addon pythonscript, whose Python has not started: see the editor's output."
		)
		label.autowrap_mode = TextServer.AUTOWRAP_WORD_SMART
		label.horizontal_alignment = HORIZONTAL_ALIGNMENT_CENTER
		label.vertical_alignment = VERTICAL_ALIGNMENT_CENTER
		label.custom_minimum_size.y = 100 * EditorInterface.get_editor_scale()
		console = label
	console.name = "HTTP"
	if ClassDB.class_exists(&"EditorDock"):
		# since Godot 4.6; by call() and set(), as this is compiled by older ones too
		_dock = ClassDB.instantiate(&"EditorDock")
		_dock.set("title", "HTTP")
		_dock.set("default_slot", 8)  # EditorDock.DOCK_SLOT_BOTTOM
		_dock.set("available_layouts", 2 | 4)  # horizontal and floating
		_dock.set("layout_key", "pythonscript_http")
		_dock.add_child(console)
		call(&"add_dock", _dock)
	else:
		add_control_to_bottom_panel(console, "HTTP")


func _exit_tree() -> void:
	if debugger != null:
		debugger.close()
		remove_debugger_plugin(debugger)
		debugger = null
	if _dock != null:
		call(&"remove_dock", _dock)
		_dock.queue_free()
	else:
		remove_control_from_bottom_panel(console)
		console.queue_free()
	_dock = null
	console = null


## Brings the console to the front.
func show_console() -> void:
	if _dock != null:
		_dock.call(&"make_visible")
	else:
		make_bottom_panel_item_visible(console)


func _open_in_console(request: Dictionary) -> void:
	(console as Console).load_other(request)
	show_console()
