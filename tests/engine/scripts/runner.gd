extends SceneTree
## Runs the suite that the command line names, one test function after the other, and quits.
##
## [code]--behind=test_name[/code]: runs only those behind that test, which has ended the engine.

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
	var behind := suite.option("behind")
	for method in script.get_script_method_list():
		var test: String = method["name"]
		if test == behind:
			behind = ""
		elif test.begins_with("test_") and behind == "":
			print("TEST ", test)
			await suite.call(test)
	var tally := "END %d %d" % [suite.passed, suite.failed]
	suite.queue_free()
	await process_frame
	print(tally)
	quit()
