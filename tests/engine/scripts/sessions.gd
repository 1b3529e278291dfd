extends "sessions_base.gd"
## Calls of PyHTTP and of sessions, and what comes of them.


func test_one_line() -> void:
	var response: PyHTTPResponse = await PyHTTP.fetch(at("service", "/json/7"))
	check_ok("ok", response)
	check("json", response.json(), {"id": 7, "name": "item 7", "text": "Grüße, €"})
	check("status", [response.status, response.status_text], [200, "OK"])
	check("url", response.url, at("service", "/json/7"))
	check("a header", response.get_header("CONTENT-TYPE"), "application/json")
	check("none", response.get_header("X-None", "nothing"), "nothing")
	check("values", response.get_header_values("set-cookie"), PackedStringArray(["session=abc; Path=/"]))
	check_true("a line", "Content-Type: application/json" in response.headers)
	check("text", response.text(), response.body.get_string_from_utf8())
	check("attempts", [response.attempts, response.from_cache, response.redirects], [1, false, []])
	check_true("timings", response.timings["total"] > 0.0 and response.timings.has("queue"))


func test_untyped() -> void:
	var session = PyHTTPSession.new()
	session.base_url = at("server", "")
	session.headers["X-Mine"] = "one"
	var response = await session.get("/request")
	check("ok", response.ok, true)
	check_true("the header", "X-Mine: one" in response.text())
	session.headers["X-Mine"] = ["two", "three"]
	response = await session.fetch("/request", {headers = {"X-Other": "four"}})
	check_true("changed", "X-Mine: two\r\nX-Mine: three\r\nX-Other: four" in response.text())


func test_methods() -> void:
	var session := session_at("server")
	for method: String in ["get", "post", "put", "patch", "delete", "options"]:
		var response: PyHTTPResponse = await Callable(session, method).call("/request")
		check_true(method, response.text().begins_with(method.to_upper() + " /request HTTP/1.1"))
		response = await Callable(PyHTTP, method).call(at("server", "/request"))
		check_true(method + " of PyHTTP", response.text().begins_with(method.to_upper() + " "))
	var head: PyHTTPResponse = await session.head("/hello")
	check("HEAD", [head.ok, head.get_header("content-length"), head.body.size()], [true, "13", 0])
	var other: PyHTTPResponse = await session.request("PROPFIND", "/request")
	check_true("any other", other.text().begins_with("PROPFIND /request"))


func test_bodies() -> void:
	var session := session_at("server")
	var exact := 9007199254740993
	var response: PyHTTPResponse = await session.post("/echo", {"json": {"n": [exact, 1.5, null, true]}})
	check("JSON", response.text(), '{"n":[9007199254740993,1.5,null,true]}')
	check("its type", response.get_header("Content-Type"), "application/json")
	check("exact", response.json(), {"n": [exact, 1.5, null, true]})
	response = await session.post("/echo", {"form": {"a b": "ä", "n": 5}})
	check("a form", response.text(), "a%20b=%C3%A4&n=5")
	response = await session.post("/echo", {"body": PackedByteArray([0, 255])})
	check("bytes", response.body, PackedByteArray([0, 255]))
	response = await session.put("/echo", {"body": "text €"})
	check("text", response.text(), "text €")
	FileAccess.open("user://upload.txt", FileAccess.WRITE).store_string("from a file")
	response = await session.post("/echo", {"stream": "user://upload.txt"})
	check("a file", [response.text(), response.get_header("content-type")], ["from a file", "text/plain"])
	response = await session.post("/echo", {"stream": "res://project.godot"})
	check("of the project", response.text(), FileAccess.get_file_as_string("res://project.godot"))
	response = await session.post(
		"/echo", {"multipart": {"name": "Ada", "file": {"file": "user://upload.txt"}}}
	)
	check_ok("multipart", response)
	check_true("a part", "from a file" in response.text() and 'name="name"' in response.text())
	response = await session.fetch("/request", {"query": {"a": "x y", "tags": [1, 2]}})
	check_true("a query", response.text().begins_with("GET /request?a=x%20y&tags=1&tags=2 HTTP"))


func test_json_that_is_none() -> void:
	var session := session_at("server")
	var cases := {
		'{\n  "a": }': "line 2, column 8",
		"[1,": "line 1",
		"": "line 1, column 1",
		"[" + "[".repeat(3000) + "]".repeat(3001): "nested too deeply",
		'"\\ud800"': "surrogate",
	}
	for text: String in cases:
		var response: PyHTTPResponse = await session.post("/echo", {"body": text})
		check("null", response.json(), null)
		check_true("%s: %s" % [cases[text], response.json_error], cases[text] in response.json_error)
	var fine: PyHTTPResponse = await session.post(
		"/echo", {"body": "[9223372036854775807, 9223372036854775808, null]"}
	)
	check("64 bits", fine.json(), [9223372036854775807, 9223372036854775808.0, null])
	check("no error", fine.json_error, "")


func test_images() -> void:
	var session := session_at("server")
	var image := Image.create_empty(3, 2, false, Image.FORMAT_RGB8)
	for data: PackedByteArray in [
		image.save_png_to_buffer(), image.save_jpg_to_buffer(), image.save_webp_to_buffer()
	]:
		var response: PyHTTPResponse = await session.post("/echo", {"body": data})
		check("its size", response.image().get_size(), Vector2i(3, 2))
	var bomb := image.save_png_to_buffer()
	bomb[16] = 0x7f  # the first byte of the width
	for data: PackedByteArray in [bomb, "no image".to_utf8_buffer(), PackedByteArray()]:
		var response: PyHTTPResponse = await session.post("/echo", {"body": data})
		check_true("none", response.image() == null)


func test_failures() -> void:
	var session := PyHTTPSession.new()
	var cases := [
		["no URL", "ftp://x", {}, PyHTTPResponse.ERROR_INVALID_REQUEST, "scheme"],
		["relative", "/x", {}, PyHTTPResponse.ERROR_INVALID_REQUEST, "no scheme"],
		[
			"an option",
			at("server"),
			{"timout": 1},
			PyHTTPResponse.ERROR_INVALID_REQUEST,
			"did you mean 'timeout'"
		],
		["a value", at("server"), {"timeout": "x"}, PyHTTPResponse.ERROR_INVALID_REQUEST, "seconds"],
		[
			"two bodies",
			at("server"),
			{"body": "a", "json": 1},
			PyHTTPResponse.ERROR_INVALID_REQUEST,
			"one body"
		],
		["a header", at("server"), {"headers": {"a\n": "b"}}, PyHTTPResponse.ERROR_INVALID_REQUEST, "header"],
		["JSON", at("server"), {"json": Vector2()}, PyHTTPResponse.ERROR_INVALID_REQUEST, "JSON"],
		["no policy", at("server"), {"tls": 5}, PyHTTPResponse.ERROR_INVALID_REQUEST, "tls"],
		["pieces", at("server"), {"stream_response": true}, PyHTTPResponse.ERROR_INVALID_REQUEST, "start()"],
		[
			"no file",
			at("server"),
			{"stream": "user://none"},
			PyHTTPResponse.ERROR_INVALID_REQUEST,
			"there is none"
		],
		["no such name", "http://name.invalid/", {}, PyHTTPResponse.ERROR_CANT_RESOLVE, "name.invalid"],
		["no server", at("closed"), {}, PyHTTPResponse.ERROR_CANT_CONNECT, "127.0.0.1"],
		["no trust", "https://localhost:%s" % option("stranger"), {}, PyHTTPResponse.ERROR_TLS, "TLS"],
		["a timeout", at("silent"), {"timeout": 0.1}, PyHTTPResponse.ERROR_TIMEOUT, "timeout"],
		["half a body", at("half"), {}, PyHTTPResponse.ERROR_CONNECTION_LOST, "missing"],
		["no HTTP", at("garbage"), {}, PyHTTPResponse.ERROR_PROTOCOL, ""],
		["no gzip", at("no_gzip"), {}, PyHTTPResponse.ERROR_DECODING, ""],
		["a circle", at("circle"), {"max_redirects": 3}, PyHTTPResponse.ERROR_TOO_MANY_REDIRECTS, "3"],
		["a bad redirect", at("elsewhere"), {}, PyHTTPResponse.ERROR_INVALID_REDIRECT, ""],
		[
			"too large",
			at("server", "/bytes/1000"),
			{"max_body_size": 10},
			PyHTTPResponse.ERROR_BODY_TOO_LARGE,
			"10"
		],
		["a folder", at("server", "/hello"), {"download_to": "user://"}, PyHTTPResponse.ERROR_FILE, ""],
		[
			"a digest",
			at("server", "/hello"),
			{"download_to": "user://d", "digest": "md5:" + "0".repeat(32)},
			PyHTTPResponse.ERROR_DIGEST,
			""
		],
		["no cache", at("server"), {"cache": "only-if-cached"}, PyHTTPResponse.ERROR_NOT_CACHED, "cache"],
	]
	for case: Array in cases:
		var response: PyHTTPResponse = await session.fetch(case[1], case[2])
		check_failed(case[0], response, case[3], case[4])


func test_a_setting_that_cannot_be() -> void:
	var session := session_at("server")
	session.timeout = -1.0
	check_failed("seconds", await session.fetch("/hello"), PyHTTPResponse.ERROR_INVALID_REQUEST, "timeout")
	session.timeout = 0.0
	session.base_url = "nonsense"
	check_failed("a base", await session.fetch("/hello"), PyHTTPResponse.ERROR_INVALID_REQUEST, "scheme")
	session.base_url = at("server", "")
	session.headers = {"X": 5}
	check_failed("a header", await session.fetch("/hello"), PyHTTPResponse.ERROR_INVALID_REQUEST, "'X'")
	session.headers = {}
	check_ok("mended", await session.fetch("/hello"))


func test_redirects() -> void:
	var session := session_at("service")
	session.headers = {"Authorization": "Bearer secret"}
	var response: PyHTTPResponse = await session.fetch("/moved/302/json/3")
	check("json", response.json()["id"], 3)
	check("followed", response.redirects, [{"status": 302, "url": at("service", "/moved/302/json/3")}])
	check("attempts", response.attempts, 2)
	response = await session.fetch("/moved/302/json/3", {"max_redirects": 0})
	check("not followed", [response.status, response.ok, response.error], [302, false, 0])


func test_cookies() -> void:
	var session := session_at("server")
	session.base_url = at("service", "")
	session.cookie_file = "user://cookies"
	await session.fetch("/json/1")
	var response: PyHTTPResponse = await session.fetch(at("server", "/request"))
	check_true("for all ports of a host", "Cookie: session=abc" in response.text())
	response = await session.fetch(at("server", "/request"), {"cookies": false})
	check_true("not asked for", not "Cookie" in response.text())
	session.clear_cookies()
	response = await session.fetch(at("server", "/request"))
	check_true("forgotten", not "Cookie" in response.text())
	await session.fetch(at("keeps_cookie"))
	session.save_cookies()
	var second := PyHTTPSession.new()
	second.cookie_file = "user://cookies"
	response = await second.fetch(at("server", "/request"))
	check_true("from the file", "Cookie: kept=1" in response.text())


func test_a_cookie_file_that_is_none() -> void:
	FileAccess.open("user://broken", FileAccess.WRITE).store_string("nonsense")
	var session := session_at("server")
	session.cookie_file = "user://broken"
	expect("the cookies in user://broken cannot be read")
	check_ok("without them", await session.fetch("/hello"))


func test_the_cache() -> void:
	for storage: int in [PyHTTPSession.CACHE_OFF, PyHTTPSession.CACHE_MEMORY, PyHTTPSession.CACHE_FOLDER]:
		var session := session_at("cached")
		session.cache_storage = storage as PyHTTPSession.CacheStorage
		await session.fetch("/")
		var response: PyHTTPResponse = await session.fetch("/")
		check("from the cache", response.from_cache, storage != PyHTTPSession.CACHE_OFF)
		check("the same", response.text(), "hello")
		session.clear_cache()
		response = await session.fetch("/")
		check("cleared", response.from_cache, false)


func test_tls() -> void:
	var url := "https://localhost:%s/" % option("secure")
	check_ok("the project's roots", await PyHTTP.fetch(url))
	var strange := "https://localhost:%s/" % option("stranger")
	check_failed("a stranger", await PyHTTP.fetch(strange), PyHTTPResponse.ERROR_TLS, "certificate")
	check_ok("unsafe", await PyHTTP.fetch(strange, {"tls": TLSOptions.client_unsafe()}))
	var session := PyHTTPSession.new()
	session.tls = TLSOptions.client(load("res://stranger.crt") as X509Certificate)
	check_ok("by its own root", await session.fetch(strange))
	check_failed("not by that", await session.fetch(url), PyHTTPResponse.ERROR_TLS, "certificate")
	var policy := PyTLSPolicy.new()
	policy.pins = ["sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]
	check_failed("a pin", await PyHTTP.fetch(url, {"tls": policy}), PyHTTPResponse.ERROR_TLS, "pin")
