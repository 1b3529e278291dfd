@tool
extends MenuButton
## What was sent last, to be sent again.

signal chosen(request: Dictionary)

const MOST := 30
const FORGET := 1000

var _sender: RefCounted


func _init(sender: RefCounted) -> void:
	_sender = sender
	text = tr("History")
	flat = false
	focus_mode = FOCUS_ALL
	tooltip_text = tr("What was sent last, without credentials.")
	about_to_popup.connect(_on_opened)
	get_popup().id_pressed.connect(_on_pressed)


func _on_opened() -> void:
	var popup := get_popup()
	popup.clear()
	var entries: Array = _sender.call(&"get_history")
	for entry: Dictionary in entries.slice(0, MOST):
		var request: Dictionary = entry["request"]
		var told := str(entry["status"]) if entry["status"] > 0 else "⚠"
		popup.add_item("%s  %s %s" % [told, request["method"], (request["url"] as String).left(80)])
	if entries.is_empty():
		popup.add_item(tr("nothing was sent yet"))
		popup.set_item_disabled(0, true)
	else:
		popup.add_separator()
		popup.add_item(tr("Forget all"), FORGET)


func _on_pressed(id: int) -> void:
	if id == FORGET:
		_sender.call(&"clear_history")
		return
	var entries: Array = _sender.call(&"get_history")
	if id < entries.size():
		chosen.emit((entries[id] as Dictionary)["request"])
