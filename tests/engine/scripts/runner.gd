extends SceneTree
## Runs the suite that the command line names, and quits.

const Suite := preload("suite.gd")


func _initialize() -> void:
	_run.call_deferred()


func _run() -> void:
	var script: GDScript = load(OS.get_cmdline_user_args()[0])
	if script == null or not script.can_instantiate():
		quit(1)
		return
	var suite: Suite = script.new()
	root.add_child(suite)
	await suite.run_tests()
	var tally := suite.tally()
	suite.queue_free()
	await process_frame
	print(tally)
	quit()
