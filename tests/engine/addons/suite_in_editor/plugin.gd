@tool
extends EditorPlugin
## Runs the suite that the command line names in the editor, once that has looked at all files, and quits.

const Suite := preload("res://suite.gd")


func _enter_tree() -> void:
	var arguments := OS.get_cmdline_user_args()
	if not arguments.is_empty():  # else the project has no suite to run
		_run.call_deferred(arguments[0])


func _run(path: String) -> void:
	while EditorInterface.get_resource_filesystem().is_scanning():
		await get_tree().process_frame
	var script: GDScript = load(path)
	if script == null or not script.can_instantiate():
		get_tree().quit(1)
		return
	var suite: Suite = script.new()
	add_child(suite)
	await suite.run_tests()
	var tally := suite.tally()
	suite.queue_free()
	await get_tree().process_frame
	print(tally)
	get_tree().quit()
