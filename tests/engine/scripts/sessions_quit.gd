extends "sessions_base.gd"
## Leaves calls under way when the game quits, and one whose waiter is gone.


## quirk - Godot 4.6 - with --verbose it tells of an orphan StringName, as after a signal of GDScript's own
func test_a_waiter_that_is_freed() -> void:
	var node := Node.new()
	var script := GDScript.new()
	script.source_code = (
		"extends Node\nfunc wait(url: String) -> void:\n"
		+ "\tawait PyHTTP.fetch(url)\n\tprint('FAIL resumed')\n"
	)
	check("compiles", script.reload(), OK)
	node.set_script(script)
	node.call(&"wait", at("service", "/late/0.1/json/1"))
	node.free()
	check_ok("others go on", await PyHTTP.fetch(at("service", "/late/0.3/json/1")))


func test_calls_are_under_way() -> void:
	var session := session_at("silent")
	session.cookie_file = "user://left_cookies"
	await session.fetch(at("keeps_cookie"))
	for i in 20:
		session.start("GET", "/").completed.connect(
			func(_response: PyHTTPResponse) -> void: print("FAIL told")
		)
	session.start("GET", at("server", "/bytes/1000000000"), {"download_to": "user://left.bin"})
	_await_for_ever()
	PyHTTP.fetch(at("server", "/hello"))  # which nobody awaits
	var blocked := Thread.new()  # a task of WorkerThreadPool that runs at the end crashes the engine by itself
	blocked.start(func() -> void: session.request_sync("GET", "/"))
	await frames(20)
	check("under way", blocked.is_alive(), true)
	get_tree().set_meta("kept", [session, blocked])
	get_tree().root.tree_exiting.connect(
		func() -> void:
			session.close()
			blocked.wait_to_finish()
	)


func _await_for_ever() -> void:
	await PyHTTP.fetch(at("silent"))
	print("FAIL resumed")
