extends "sessions_base.gd"
## When results come: late awaits, threads, pauses, bursts, and waiters that are gone.


func test_never_before_it_has_returned() -> void:
	var signals: Array[Signal] = []
	for url: String in [at("server", "/hello"), "nonsense"]:
		signals.append(PyHTTP.fetch(url))
	OS.delay_msec(100)  # the answer is here, and the main thread has not had its turn
	for one in signals:
		var response: PyHTTPResponse = await one
		check_true("it came", response.error_reason != "" or response.ok)


func test_awaited_late() -> void:
	var kept := PyHTTP.fetch(at("server", "/hello"))
	var transfer := PyHTTP.start("GET", at("server", "/hello"))
	while not transfer.is_completed():
		await get_tree().process_frame
	check("its state", transfer.state, PyHTTPTransfer.STATE_COMPLETED)
	check("at hand", transfer.response.text(), "hello, world\n")
	await frames(20)
	var response: PyHTTPResponse = await kept
	check_ok("the signal", response)
	response = await transfer.completed
	check_ok("the transfer's", response)
	check_true("the same", response == transfer.response)


func test_twenty_in_order() -> void:
	var session := session_at("server")
	var signals: Array[Signal] = []
	for i in 20:
		signals.append(session.post("/echo", {"body": str(i)}))
	await frames(10)
	for i in 20:
		var response: PyHTTPResponse = await signals[i]
		check("in order", response.text(), str(i))


func test_a_burst() -> void:
	var session := session_at("server")
	var done := [0, 0]
	for i in 1000:
		var transfer := session.start("GET", "/hello")
		transfer.completed.connect(func(response: PyHTTPResponse) -> void: done[int(response.ok)] += 1)
	check("none before", done, [0, 0])
	while done[0] + done[1] < 1000:
		await get_tree().process_frame
	check("all of them", done, [0, 1000])


func test_paused() -> void:
	get_tree().paused = true
	check_ok("while the tree is paused", await PyHTTP.fetch(at("server", "/hello")))
	get_tree().paused = false


func test_on_a_thread() -> void:
	var results: Array = []
	var task := WorkerThreadPool.add_task(_fetch_on_a_thread.bind(results))
	while results.size() < 2:
		await get_tree().process_frame
	WorkerThreadPool.wait_for_task_completion(task)
	check("blocking there", results[0], [true, false])
	check("resumed on the main thread", results[1], [true, true])


func _fetch_on_a_thread(results: Array) -> void:
	var response := PyHTTP.request_sync("GET", at("server", "/hello"))
	results.append([response.ok, OS.get_thread_caller_id() == OS.get_main_thread_id()])
	response = await PyHTTP.fetch(at("server", "/hello"))
	results.append([response.ok, OS.get_thread_caller_id() == OS.get_main_thread_id()])


func test_sync_on_the_main_thread() -> void:
	check_ok("it stands still", PyHTTP.request_sync("GET", at("server", "/hello")))
	check_failed(
		"and fails", PyHTTP.request_sync("GET", "nonsense"), PyHTTPResponse.ERROR_INVALID_REQUEST, "scheme"
	)


func test_a_session_that_is_gone() -> void:
	var signal_of_it := session_at("service").fetch("/late/0.1/json/1")
	var response: PyHTTPResponse = await signal_of_it
	check_ok("its call goes on", response)


func test_transfers_that_nobody_keeps() -> void:
	var received := PackedStringArray()
	var handler := func(response: PyHTTPResponse) -> void: received.append(response.text())
	PyHTTP.start("GET", at("server", "/hello")).completed.connect(handler)
	PyHTTP.start("GET", at("server", "/hello"))  # nobody minds
	while received.is_empty():
		await get_tree().process_frame
	check("it was kept", received, PackedStringArray(["hello, world\n"]))


func test_progress() -> void:
	var session := session_at("server")
	var size := 3_000_000
	var transfer := session.start("POST", "/echo", {"body": PackedByteArray(range(100)), "query": "x"})
	var sent := []
	var headed := []
	var states := []
	transfer.upload_progress.connect(func(bytes: int, total: int) -> void: sent.append([bytes, total]))
	transfer.headers_received.connect(func(r: PyHTTPResponse) -> void: headed.append(r.status))
	transfer.state_changed.connect(func(state: int) -> void: states.append(state))
	var statuses := []
	transfer.connection_status_changed.connect(func(status: int) -> void: statuses.append(status))
	check("asked for", [transfer.method, transfer.url, transfer.state], ["POST", "/echo", 0])
	await transfer.completed
	check("sent", sent.back(), [100, 100])
	check("headers", headed, [200])
	check("states", states, [1, 2])
	check("the connection", statuses, [3, 6, 7, 0])  # of HTTPClient.Status
	check("as a property", transfer.connection_status, HTTPClient.STATUS_DISCONNECTED)
	transfer = session.start("GET", "/bytes/%d" % size)
	var received := []
	transfer.progress.connect(func(bytes: int, total: int) -> void: received.append([bytes, total]))
	await transfer.completed
	check("received", received.back(), [size, size])
	check("as properties", [transfer.received_bytes, transfer.total_bytes], [size, size])


func test_pieces() -> void:
	var session := session_at("server")
	var transfer := session.start("GET", "/bytes/5000000", {"stream_response": true})
	var got := [0, 0]
	transfer.chunk_received.connect(
		func(chunk: PackedByteArray) -> void:
			got[0] += chunk.size()
			got[1] += 1
	)
	var response: PyHTTPResponse = await transfer.completed
	check("all of it", [response.ok, got[0], response.body.size()], [true, 5000000, 0])
	check_true("in pieces", got[1] > 10)


func test_a_download() -> void:
	var session := session_at("server")
	var response: PyHTTPResponse = await session.fetch(
		"/bytes/100000", {"download_to": "user://new/file.bin"}
	)
	check_ok("to a file", response)
	check("its size", FileAccess.get_file_as_bytes("user://new/file.bin").size(), 100000)
	response = await session.fetch("/bytes/10", {"download_to": "res://file.bin"})
	check_ok("to the project, in an editor's binary", response)
	check("there", FileAccess.get_file_as_bytes("res://file.bin").size(), 10)


func test_cancelled() -> void:
	var transfer := PyHTTP.start("GET", at("silent"))
	await frames(2)
	transfer.cancel()
	check_failed("under way", await transfer.completed, PyHTTPResponse.ERROR_CANCELLED, "cancelled")
	transfer.cancel()
	var session := session_at("silent")
	var waiting := session.fetch("/")
	session.close()
	check_failed("by close()", await waiting, PyHTTPResponse.ERROR_CANCELLED, "")
	check_failed("closed", await session.fetch("/"), PyHTTPResponse.ERROR_BUSY, "closed")


func test_objects_that_a_script_makes() -> void:
	var response := PyHTTPResponse.new()
	check(
		"a response", [response.ok, response.status, response.text(), response.body.size()], [false, 0, "", 0]
	)
	check("no JSON", response.json(), null)
	var transfer := PyHTTPTransfer.new()
	transfer.cancel()
	check("a transfer", [transfer.is_completed(), transfer.received_bytes], [false, 0])
	check("no PyHTTP", ClassDB.can_instantiate("PyHTTP"), false)


func test_events() -> void:
	var source := PyHTTPEventSource.new()
	check("before", [source.state, source.last_event_id], [PyHTTPEventSource.STATE_CLOSED, ""])
	var got := []
	var over := []
	source.event_received.connect(
		func(event: String, data: String, id: String) -> void: got.append([event, data.get_slice(":", 0), id])
	)
	source.closed.connect(func(response: PyHTTPResponse) -> void: over.append(int(response.error)))
	source.open("/events/chunked/6/6", {}, session_at("service"))
	check("it begins", source.state, PyHTTPEventSource.STATE_CONNECTING)
	while got.size() < 6:
		await get_tree().process_frame
	check("the first", got[0], ["message", "1", "1"])
	check("another type", got[3], ["tick", "4", "4"])
	check("the last", [source.last_event_id, over], ["6", []])
	source.close()
	check("closed", source.state, PyHTTPEventSource.STATE_CLOSED)
	source.open("/json/1", {}, session_at("service"))
	while over.is_empty():
		await get_tree().process_frame
	check("no event stream", over, [PyHTTPResponse.ERROR_PROTOCOL])
	expect("the headers are a int")
	source.open("/", {"headers": 5})
