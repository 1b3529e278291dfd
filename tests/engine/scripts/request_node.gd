extends "sessions_base.gd"
## The request node's cases, played to HTTPRequest and to PyHTTPRequest: the same script for both.
##
## The cases of godot PR #95224, anew against servers, and what public projects rely on.

const GET := HTTPClient.METHOD_GET
const POST := HTTPClient.METHOD_POST

var _node: Node


func fresh() -> Node:
	if _node != null:
		_node.queue_free()
	_node = ClassDB.instantiate(option("class"))
	add_child(_node)
	return _node


## What request_completed tells: result, code, headers, body.
func outcome(node: Node, url: String, headers := PackedStringArray(), method := GET, data := "") -> Array:
	var error: int = node.call(&"request", url, headers, method, data)
	check("begun", error, OK)
	return await Signal(node, &"request_completed")


func test_outside_the_tree() -> void:
	var node: Node = ClassDB.instantiate(option("class"))
	expect("tree")
	check("refused", int(node.call(&"request", "http://127.0.0.1/")), ERR_UNCONFIGURED)
	check("idle", int(node.call(&"get_http_client_status")), HTTPClient.STATUS_DISCONNECTED)
	node.free()


func test_what_is_no_url() -> void:
	for url: String in ["http://foo.com:8080:433", "ftp://foo.com", ""]:
		expect("")
		check(url, int(fresh().call(&"request", url)), ERR_INVALID_PARAMETER)


func test_the_tutorial() -> void:
	var got: Array = await outcome(fresh(), at("service", "/json/4"))
	check("result", [int(got[0]), int(got[1])], [HTTPRequest.RESULT_SUCCESS, 200])
	var json: Variant = JSON.parse_string((got[3] as PackedByteArray).get_string_from_utf8())
	check("json", (json as Dictionary)["name"], "item 4")
	check_true("headers", "Content-Type: application/json" in (got[2] as PackedStringArray))
	check("free again", int(_node.call(&"get_http_client_status")), HTTPClient.STATUS_DISCONNECTED)
	check("bytes", int(_node.call(&"get_downloaded_bytes")), (got[3] as PackedByteArray).size())
	check("of", int(_node.call(&"get_body_size")), (got[3] as PackedByteArray).size())


func test_post() -> void:
	var got: Array = await outcome(fresh(), at("server", "/echo"), ["Content-Type: text/x"], POST, "Godot €")
	check("body", (got[3] as PackedByteArray).get_string_from_utf8(), "Godot €")
	check_true("header", "Content-Type: text/x" in (got[2] as PackedStringArray))
	check(
		"raw", int(_node.call(&"request_raw", at("server", "/echo"), [], POST, PackedByteArray([0, 9]))), OK
	)
	got = await Signal(_node, &"request_completed")
	check("bytes", got[3], PackedByteArray([0, 9]))


func test_one_at_a_time() -> void:
	var node := fresh()
	check("one", int(node.call(&"request", at("silent"))), OK)
	expect("request")
	check("another", int(node.call(&"request", at("silent"))), ERR_BUSY)
	node.call(&"cancel_request")
	check("cancelled", int(node.call(&"get_http_client_status")), HTTPClient.STATUS_DISCONNECTED)
	check("again", int(node.call(&"request", at("silent"))), OK)
	remove_child(node)
	add_child(node)
	check("cancelled outside the tree", int(node.call(&"request", at("silent"))), OK)
	node.call(&"cancel_request")
	node.call(&"cancel_request")


func test_a_request_from_the_handler() -> void:
	var node := fresh()
	var got := []
	var handler := func(_result: int, code: int, _headers: PackedStringArray, _body: PackedByteArray) -> void:
		got.append(code)
		if got.size() < 5:
			got.append(int(node.call(&"request", at("server", "/hello"))))
	node.connect(&"request_completed", handler)
	node.call(&"request", at("server", "/hello"))
	while got.size() < 5:
		await get_tree().process_frame
	check("each is begun", got, [200, OK, 200, OK, 200])


func test_a_timeout() -> void:
	var node := fresh()
	node.set(&"timeout", 0.2)
	var got: Array = await outcome(node, at("silent"))
	check("told", [int(got[0]), int(got[1])], [HTTPRequest.RESULT_TIMEOUT, 0])
	check("nothing else", [(got[2] as PackedStringArray).size(), (got[3] as PackedByteArray).size()], [0, 0])


func test_results() -> void:
	var node := fresh()
	node.set(&"max_redirects", 2)
	node.set(&"body_size_limit", 100)
	var cases := {
		at("closed"): [HTTPRequest.RESULT_CANT_CONNECT, 0],
		"http://name.invalid/": [HTTPRequest.RESULT_CANT_RESOLVE, 0],
		at("server", "/status/404"): [HTTPRequest.RESULT_SUCCESS, 404],
		at("server", "/chunked/1000/50"): [HTTPRequest.RESULT_BODY_SIZE_LIMIT_EXCEEDED, 200],
		at("service", "/moved/302/json/1"): [HTTPRequest.RESULT_SUCCESS, 200],
		at("circle"): [HTTPRequest.RESULT_REDIRECT_LIMIT_REACHED, 302],
	}
	for url: String in cases:
		var got: Array = await outcome(node, url)
		check(url.get_slice("/", 3), [int(got[0]), int(got[1])], cases[url])


func test_a_download() -> void:
	var node := fresh()
	node.set(&"download_file", "user://node.bin")
	var got: Array = await outcome(node, at("server", "/bytes/300000"))
	check("result", [int(got[0]), int(got[1])], [HTTPRequest.RESULT_SUCCESS, 200])
	check("no body", (got[3] as PackedByteArray).size(), 0)
	check("the file", FileAccess.get_file_as_bytes("user://node.bin").size(), 300000)
	check("bytes", int(node.call(&"get_downloaded_bytes")), 300000)
	node.set(&"download_file", "user://node.bin/below")
	got = await outcome(node, at("server", "/bytes/3"))
	check("no folder", int(got[0]), HTTPRequest.RESULT_DOWNLOAD_FILE_CANT_OPEN)


func test_what_must_not_change_under_way() -> void:
	var node := fresh()
	node.call(&"request", at("silent"))
	for property: StringName in [
		&"use_threads", &"body_size_limit", &"download_file", &"download_chunk_size"
	]:
		var before: Variant = node.get(property)
		expect("")
		node.set(property, true if before is bool else "x" if before is String else 512)
		check(property, node.get(property), before)
	expect("")
	node.set(&"timeout", -1.0)
	check("timeout", node.get(&"timeout"), 0.0)


func test_duplicate_and_scripts() -> void:
	var node := fresh()
	node.set(&"timeout", 2.5)
	node.set(&"max_redirects", 3)
	node.set_meta(&"mine", 1)
	var copy := node.duplicate()
	check("copied", [copy.get(&"timeout"), copy.get(&"max_redirects"), copy.get_meta(&"mine")], [2.5, 3, 1])
	copy.free()
	var script := GDScript.new()
	script.source_code = (
		"extends %s\n@warning_ignore('native_method_override')\n" % option("class")
		+ "func request(url: String, headers := PackedStringArray(), method := 0, data := '') -> Error:\n"
		+ "\treturn super(url + '?mine', headers, method, data)\n"
	)
	check("extended", script.reload(), OK)
	var extended: Node = ClassDB.instantiate(option("class"))
	extended.set_script(script)
	add_child(extended)
	var got: Array = await outcome(extended, at("server", "/request"))
	check_true(
		"its own", (got[3] as PackedByteArray).get_string_from_utf8().begins_with("GET /request?mine ")
	)
	extended.queue_free()


func test_freed_while_it_is_under_way() -> void:
	fresh().call(&"request", at("server", "/bytes/100000000"))
	await frames(2)
	_node.free()
	_node = null
	check("alive", (await outcome(fresh(), at("server", "/hello")))[1], 200)


func test_right_where_the_engine_is_wrong() -> void:
	if option("class") == "HTTPRequest":
		check("the engine's is not asked", true, true)
		return
	for code: int in [303, 307, 308]:
		var moved: Array = await outcome(fresh(), at("service", "/moved/%d/json/1" % code))
		check(str(code), moved[1], 200)
	var node: PyHTTPRequest = fresh()
	check_true("none before", node.get_response() == null and node.get_error_reason() == "")
	await outcome(node, at("closed"))
	check_true("in words", "127.0.0.1" in node.get_error_reason())
	check("the response", int(node.get_response().error), PyHTTPResponse.ERROR_CANT_CONNECT)
	await outcome(node, at("server", "/echo"), [], POST, "12345")
	check("sent", node.get_uploaded_bytes(), 5)
	var members: Array = await outcome(fresh(), at("gzip_members"))
	check("gzip of two members", (members[3] as PackedByteArray).get_string_from_utf8(), "onetwo")
	await outcome(fresh(), at("service", "/away/json/1"), ["Authorization: secret"])


func test_z_the_last_is_freed() -> void:
	_node.queue_free()
	_node = null
	await frames(2)
	check("freed", get_child_count(), 0)
