@tool
extends "editor_base.gd"
## What suites of the HTTP console and the network inspector share.

const PLUGIN := "pythonscript_http"
## Files by which a game and its editor know of each other.
const DONE := "res://.godot/done"
const QUIT := "res://.godot/quit"


func plugin() -> EditorPlugin:
	for found: Node in get_tree().root.find_children("*", "EditorPlugin", true, false):
		if found.get_script() != null and (found.get_script() as Script).resource_path.contains(PLUGIN):
			return found
	return null


func console() -> Control:
	return plugin().get(&"console")


## A part of a panel, such as [code]editor.body.kind[/code].
func _part(panel: Control, path: String) -> Variant:
	var found: Variant = panel
	for step in path.split("."):
		found = (found as Object).get(step)
	return found


func inspector() -> Control:
	return ((plugin().get(&"debugger") as Object).get(&"panels") as Dictionary)[0]


func url(path: String) -> String:
	return "http://127.0.0.1:%s%s" % [option("port"), path]


func _body_text() -> String:
	return (_part(console(), "response.body.text") as CodeEdit).text


## Sends what the console shows, and gives what it then says of the answer.
func send() -> String:
	(console().get(&"send") as Button).pressed.emit()
	var view: Control = console().get(&"response")
	await wait_for("an answer", func() -> bool: return not console().call(&"is_sending"))
	await get_tree().process_frame
	return (view.get(&"summary") as Label).text


func _said() -> String:
	return (console().get(&"status") as Label).text


func _bring_into_view(panel: Control) -> void:
	var inner: Node = panel
	while inner.get_parent() is Control:
		var outer: Control = inner.get_parent()
		if outer is TabContainer:
			(outer as TabContainer).current_tab = (outer as TabContainer).get_tab_idx_from_control(inner)
		outer.show()
		inner = outer


## Runs a scene as a game that says by a file that it has done all, and waits for another file to quit.
##
## That comes when the inspector knows what became of so many [param records], for what a game says last may
## be lost: quirk - Godot 4.6 - editor/debugger/script_editor_debugger.cpp, NOTIFICATION_PROCESS - the editor
## reads messages for 20 ms a frame, and drops the rest once the game has gone - drop when it reads them all.
func play(scene: String, records := 0) -> void:
	for file: String in [DONE, QUIT]:
		DirAccess.remove_absolute(file)
	EditorInterface.play_custom_scene(scene)
	await wait_for("the game has done it", func() -> bool: return FileAccess.file_exists(DONE))
	await wait_for("it is told", func() -> bool: return records == 0 or _count_answered() == records)
	FileAccess.open(QUIT, FileAccess.WRITE).close()
	await wait_for("the game has gone", func() -> bool: return not EditorInterface.is_playing_scene())


func _count_answered() -> int:
	var records: RefCounted = inspector().get(&"_log")
	var first: int = records.call(&"get_oldest")
	var ids := range(first, first + records.call(&"get_count"))
	return (
		ids.filter(func(id: int) -> bool: return records.call(&"get_row", id)["status"] != "pending").size()
	)


## Waits until the inspector has read and shown all that has come.
func settle() -> void:
	var panel := inspector()
	var backlog: RefCounted = panel.get(&"_backlog")
	await wait_for("all is read", func() -> bool: return backlog.call(&"is_empty"))
	await wait_for("all is shown", _has_shown_all.bind(panel))


func _has_shown_all(panel: Control) -> bool:
	panel.call(&"update")
	return (panel.get(&"_queue") as PackedInt64Array).is_empty() or not panel.is_visible_in_tree()
