extends "client_base.gd"
## How scripts use and misuse PyHTTPClient, against the engine's HTTPClient.


## What is wrong, its call, and what each client prints about it.
func test_wrong_use() -> void:
	for row: Array in [
		[
			"request when disconnected",
			func(client: RefCounted) -> int: return client.request(HTTPClient.METHOD_GET, "/", []),
			"request() needs STATUS_CONNECTED",
			'"status != STATUS_CONNECTED" is true'
		],
		[
			"request_raw when disconnected",
			func(client: RefCounted) -> int:
				return client.request_raw(HTTPClient.METHOD_GET, "/", [], PackedByteArray()),
			"request() needs STATUS_CONNECTED",
			'"status != STATUS_CONNECTED" is true'
		],
		[
			"empty host",
			func(client: RefCounted) -> int: return client.connect_to_host("", 80),
			"the host '' is neither",
			"conn_host.length() < HOST_MIN_LEN"
		],
		[
			"port too large",
			func(client: RefCounted) -> int: return client.connect_to_host(HOST, 65536),
			"the port 65536",
			"The remote port number must be between"
		],
		[
			"port 0",
			func(client: RefCounted) -> int: return client.connect_to_host(HOST, 0),
			"the port 0",
			"The remote port number must be between"
		],
		[
			"read when disconnected",
			func(client: RefCounted) -> int: return client.read_response_body_chunk().size(),
			"reading a body needs STATUS_BODY",
			'"status != STATUS_BODY" is true'
		],
	]:
		compare_misuse(row, both())


func test_wrong_requests() -> void:
	for row: Array in [
		["relative URL", request_of(HTTPClient.METHOD_GET, "x"), "the URL 'x'", "!_check_request_url"],
		["empty URL", request_of(HTTPClient.METHOD_GET, ""), "the URL ''", "!_check_request_url"],
		["* with GET", request_of(HTTPClient.METHOD_GET, "*"), "the URL '*'", "!_check_request_url"],
		["method too large", request_of(99, "/"), "no such method: 99", "Index p_method = 99"],
		["negative method", request_of(-1, "/"), "no such method: -1", "Index p_method ="],
		[
			"no colon",
			request_of(HTTPClient.METHOD_GET, "/", ["X"]),
			"header 0 is not",
			"Invalid HTTP header at index 0"
		],
		[
			"no name",
			request_of(HTTPClient.METHOD_GET, "/", [": x"]),
			"header 0 is not",
			"Invalid HTTP header at index 0"
		],
	]:
		var clients := both()
		clients.map(connected)
		compare_misuse(row, clients)
		for client in clients:
			check("%s: still connected" % row[0], client.get_status(), HTTPClient.STATUS_CONNECTED)


func request_of(method: int, url: String, headers := PackedStringArray()) -> Callable:
	return func(client: RefCounted) -> int: return client.request(method, url, headers)


func compare_misuse(row: Array, clients: Array[RefCounted]) -> void:
	expect(row[2])
	expect(row[3])
	var codes := clients.map(row[1])
	check(row[0], codes[0], codes[1])


func test_questions_before_anything() -> void:
	for question: String in [
		"poll",
		"get_status",
		"has_response",
		"is_response_chunked",
		"get_response_code",
		"get_response_body_length",
		"get_response_headers",
		"get_response_headers_as_dictionary",
		"is_blocking_mode_enabled",
		"get_read_chunk_size",
	]:
		var answers := both().map(func(client: RefCounted) -> Variant: return client.call(question))
		check(question, answers[0], answers[1])
	check_true("no connection", PyHTTPClient.new().get_connection() == null)


func test_query_strings() -> void:
	for fields: Dictionary in [
		{},
		{"a": "b"},
		{"a": "b", "c": 1, "d": 1.5, "e": true, "f": false},
		{"single": 123, "not_valued": null, "multiple": [22, 33, 44]},
		{"sp ace": "a b&c=d", "ü": "€🐍", "~-_.": "~-_."},
		{"empty": "", "list": []},
		{1: 2},
		{true: false},
		{"name": &"string name", "path": ^"a/b"},
		{"float": 1.0, "big": 1e20, "small": 1e-7, "negative": -0.5},
		{"vector": Vector2(1, 2), "color": Color.RED},
		{"nested": [[1, 2], null, "x"]},
		{"packed": PackedStringArray(["a", "b"]), "bytes": PackedByteArray([1, 2])},
		{"dict": {"a": 1}},
		{&"n": 9223372036854775807},
	]:
		var strings := both().map(
			func(client: RefCounted) -> String: return client.query_string_from_dict(fields)
		)
		check(str(fields), strings[0], strings[1])


func test_error_reason() -> void:
	var client := PyHTTPClient.new()
	check("none yet", client.get_error_reason(), "")
	connected(client, HOST, option("closed").to_int())
	check_true("a reason: " + client.get_error_reason(), not client.get_error_reason().is_empty())


func test_typed_and_untyped() -> void:
	var typed := PyHTTPClient.new()
	var error: Error = typed.connect_to_host(HOST, port)
	check("typed", error, OK)
	var options: TLSOptions = null
	check("all arguments, typed", PyHTTPClient.new().connect_to_host(HOST, port, options), OK)
	var untyped: Variant = PyHTTPClient.new()
	check("untyped", untyped.connect_to_host(HOST, port, null), OK)
	check("a constant", PyHTTPClient.METHOD_GET, HTTPClient.METHOD_GET)


func test_the_tutorial() -> void:
	var ours: Array = await load("res://tutorial.gd").new().run(get_tree(), HOST, port)
	var theirs: Array = await load("res://tutorial_engine.gd").new().run(get_tree(), HOST, port)
	check("the same lines", ours, theirs)
	check("the last one", ours.back(), "200: 13 bytes of hello, world")
