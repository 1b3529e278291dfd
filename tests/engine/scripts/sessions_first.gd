extends "sessions_base.gd"
## What a class needs when it is first used is imported by a thread: no frame waits for it. In this order.

## What judges a URL, and an image: a thousandth of a second.
const SMALL = [
	"pythonscript_http.sessions",
	"pythonscript_http.sessions.urls",
	"pythonscript_http.editor",
	"pythonscript_http.editor.images",
]


func test_what_is_cancelled_before_it_begins() -> void:
	MainThreadImports.take()  # of the start
	var transfer := PyHTTP.start("GET", at("server", "/hello"))
	transfer.cancel()
	var source := PyHTTPEventSource.new()
	source.open(at("server", "/hello"))
	check("opening", source.state, PyHTTPEventSource.STATE_CONNECTING)
	source.close()
	check("closed", source.state, PyHTTPEventSource.STATE_CLOSED)
	var node := PyHTTPRequest.new()
	add_child(node)
	check("request", node.request(at("server", "/hello")), OK)
	check("busy", node.get_http_client_status(), HTTPClient.STATUS_REQUESTING)
	node.cancel_request()
	node.request_completed.connect(func(_r: int, _c: int, _h: Variant, _b: Variant) -> void: fail("told"))
	node.free()
	_check_imports("cancelled")
	var response: PyHTTPResponse = await transfer.completed
	check("error", response.error, PyHTTPResponse.ERROR_CANCELLED)


func test_calls() -> void:
	var session := session_at("server")
	session.headers = {"X-Count": ["1", "2"]}
	var first := session.fetch("/hello")
	session.headers = {}
	session.base_url = at("closed")
	check_ok("with the settings of then", await first)
	session.base_url = at("server", "")
	for options: Dictionary in [
		{"json": [1]},
		{"form": {"a": 1}},
		{"multipart": {"a": 1}},
		{"body": "text"},
		{"stream": "res://project.godot"},
	]:
		var begun := session.post("/echo", options)
		_check_imports(str(options))
		check_ok(str(options), await begun)
	var file := {"download_to": "user://first.bin", "digest": "sha256:" + "0".repeat(64)}
	var begun := session.fetch("/hello", file)
	_check_imports("download")
	check_failed("download", await begun, PyHTTPResponse.ERROR_DIGEST, "digest")
	session.cache_storage = PyHTTPSession.CACHE_MEMORY
	begun = session.fetch("/hello")
	_check_imports("cache")
	check_ok("cache", await begun)


func test_results() -> void:
	var response: PyHTTPResponse = await PyHTTP.fetch(at("service", "/json/1"))
	response.text()
	response.json()
	response.image()
	_check_imports("results")


func test_nodes_and_sources() -> void:
	var node := PyHTTPRequest.new()
	add_child(node)
	node.request(at("server", "/hello"))
	_check_imports("node")
	await node.request_completed
	node.queue_free()
	var source := PyHTTPEventSource.new()
	source.open(at("server", "/hello"))
	_check_imports("source")
	await source.closed


func test_a_mock() -> void:
	var session := session_at("closed")
	session.mock = PyHTTPMock.new()
	session.mock.answer("GET", "/x", {"json": {"a": 1}})
	session.mock.fail("GET", "/y", PyHTTPResponse.ERROR_TIMEOUT)
	var begun := session.fetch("/x")
	_check_imports("mock")
	var response: PyHTTPResponse = await begun
	check("mock", response.json(), {"a": 1})
	check("recorded", session.mock.requests.size(), 1)


func _check_imports(what: String) -> void:
	var found: Array = MainThreadImports.take()
	check(what, found.filter(func(module: String) -> bool: return module not in SMALL), [])
