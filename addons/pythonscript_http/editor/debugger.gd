@tool
extends EditorDebuggerPlugin
## Gives each session of the debugger its network inspector, and tells it what the game says.

signal resend(request: Dictionary)

const Inspector := preload("panels/inspector.gd")

## Of messages, as in [code]messages.py[/code].
const PREFIX := "pythonscript_http"

## Of each session, by its number.
var panels := {}


func _has_capture(capture: String) -> bool:
	return capture == PREFIX


func _capture(message: String, data: Array, session_id: int) -> bool:
	if message == PREFIX + ":events" and panels.has(session_id):
		_panel(session_id).receive(data)
	return true


func _setup_session(session_id: int) -> void:
	var session := get_session(session_id)
	var panel := Inspector.new()
	panel.name = "HTTP"
	panel.recording_changed.connect(_record.bind(session_id))
	panel.resend.connect(resend.emit)
	panels[session_id] = panel
	session.started.connect(_on_started.bind(session_id))
	session.stopped.connect(_on_stopped.bind(session_id))
	session.add_session_tab(panel)
	if session.is_active():
		_on_started(session_id)


## Takes the panels away; games that run are told to record no more.
func close() -> void:
	for session_id: int in panels:
		_record(false, session_id)
		var session := get_session(session_id)
		session.started.disconnect(_on_started)
		session.stopped.disconnect(_on_stopped)
		session.remove_session_tab(_panel(session_id))
		_panel(session_id).queue_free()
	panels.clear()


func _record(recording: bool, session_id: int) -> void:
	var session := get_session(session_id)
	if session.is_active():
		session.send_message(PREFIX + ":record", [recording])


func _on_started(session_id: int) -> void:
	_panel(session_id).begin_run()
	_record(_panel(session_id).is_recording(), session_id)


func _on_stopped(session_id: int) -> void:
	_panel(session_id).end_run()


func _panel(session_id: int) -> Inspector:
	return panels[session_id]
