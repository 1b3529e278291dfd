extends "sessions_base.gd"
## Brings one call into a state, and quits.

var session := PyHTTPSession.new()
var events := PyHTTPEventSource.new()


func test_quitting() -> void:
	get_tree().set_meta("kept", [session, events])  # they outlive this
	var state := option("state")
	if state != "importing":
		check_ok("before", await PyHTTP.fetch(at("server", "/hello")))
	var options := {"retries": 3}
	var url := at("silent")
	match state:
		"resolving":
			url = "http://slow.example/"
		"connecting":
			url = at("blackhole")
		"shaking_hands", "loading_openssl":
			url = at("mute").replace("http:", "https:")
		"uploading":
			url = at("mute")
			var body := PackedByteArray()
			body.resize(64 << 20)
			options["body"] = body
		"uploading_a_file":
			url = at("mute")
			options["stream"] = OS.get_executable_path()
		"downloading":
			url = at("server", "/bytes/1000000000")
			options["download_to"] = "user://left.bin"
		"streaming":
			url = at("server", "/bytes/1000000000")
			options["stream_response"] = true
		"retrying":
			url = at("busy")
		"mocked":
			session.mock = PyHTTPMock.new()
			session.mock.answer("", "*", {"delay": 60.0})
		"asking_a_hook":
			session.before_request = _for_ever
		"listening":
			events.open(at("events"))
			await events.disconnected
			return
		"of_a_node":
			var node := PyHTTPRequest.new()
			get_tree().root.add_child(node)
			check("begun", node.request(url), OK)
			await frames(20)
			return
		"in_a_thread":
			_block(url)
			await frames(20)
			return
		"awaited":
			_await(url)
	var transfer := session.start("", url, options)
	transfer.completed.connect(func(_response: PyHTTPResponse) -> void: print("FAIL told"))
	match state:
		"importing", "loading_openssl":
			pass
		"uploading", "uploading_a_file":
			await transfer.upload_progress
		"downloading":
			await transfer.progress
		"streaming":
			await transfer.chunk_received
		_:
			await frames(20)
	check("under way", transfer.is_completed(), false)


func _for_ever(_request: Dictionary) -> void:
	await Signal(get_tree(), &"tree_changed")
	await Signal(session, &"script_changed")


func _await(url: String) -> void:
	await PyHTTP.fetch(url)
	print("FAIL resumed")


func _block(url: String) -> void:
	var thread := Thread.new()
	var used := session  # this node is gone by then
	thread.start(func() -> void: used.request_sync("GET", url))
	get_tree().root.tree_exiting.connect(
		func() -> void:
			used.close()
			thread.wait_to_finish()
	)
