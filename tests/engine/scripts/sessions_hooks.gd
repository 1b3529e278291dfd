extends "sessions_base.gd"
## The hooks of sessions.

var _token := 0


func test_before() -> void:
	var session := session_at("server")
	session.before_request = func(request: Dictionary) -> void:
		request["headers"]["X-Signed"] = "%s %d" % [request["method"], request["body"].size()]
		request["url"] += "?signed=1"
	var response: PyHTTPResponse = await session.post("/request", {"body": "12345"})
	check_true("changed", response.text().begins_with("POST /request?signed=1 "))
	check_true("signed", "X-Signed: POST 5" in response.text())
	session.before_request = func(request: Dictionary) -> void:
		await get_tree().process_frame
		request["body"] = "other"
		request["method"] = "PUT"
	response = await session.post("/echo", {"body": "12345"})
	check("by a coroutine", response.text(), "other")
	session.before_request = Callable()
	response = await session.post("/echo", {"body": "12345"})
	check("none any more", response.text(), "12345")


func test_what_it_must_not_leave() -> void:
	var session := session_at("server")
	var urls := [["url", "ftp://x"], ["url", "http://me:word@localhost/"]]
	for change: Array in urls + [["method", 5], ["headers", {"a\n": "b"}], ["headers", 5]]:
		session.before_request = func(request: Dictionary) -> void: request[change[0]] = change[1]
		check_failed(change[0], await session.fetch("/hello"), PyHTTPResponse.ERROR_HOOK, "before_request")


func test_a_refreshed_token() -> void:
	var session := session_at("tokens")
	session.headers = {"Authorization": "Bearer 0", "X-Other": "kept"}
	session.after_response = func(response: PyHTTPResponse) -> bool:
		if response.status != 401:
			return false
		var refreshed: PyHTTPResponse = await PyHTTP.fetch(at("server", "/hello"))
		session.headers["Authorization"] = "Bearer " + refreshed.text().left(5)
		return true
	var response: PyHTTPResponse = await session.fetch("/", {"headers": {"X-Mine": "too"}})
	check("repeated", [response.status, response.attempts], [200, 2])
	check_true("the new token", "Authorization: Bearer hello" in response.text())
	check_true("the rest", "X-Other: kept" in response.text() and "X-Mine: too" in response.text())


func test_the_calls_own_headers_stay() -> void:
	var session := session_at("server")
	session.headers = {"X-One": "1", "Authorization": "Bearer 1"}
	session.after_response = func(_response: PyHTTPResponse) -> bool:
		_token += 1
		session.headers = {"X-One": str(_token), "Authorization": "Bearer 2"}
		return _token < 3
	var response: PyHTTPResponse = await session.fetch("/request", {"headers": {"x-one": "own"}})
	check_true("its own", "x-one: own" in response.text() and not "X-One: 3" in response.text())
	check_true("the default", "Authorization: Bearer 2" in response.text())


func test_without_an_end() -> void:
	var session := session_at("server")
	session.after_response = func(_response: PyHTTPResponse) -> bool: return true
	var response: PyHTTPResponse = await session.fetch("/hello")
	check("at most three times", [response.ok, response.attempts], [true, 4])
	session.after_response = func(_response: PyHTTPResponse) -> bool:
		await Signal(self, "tree_exited")
		return true
	response = await session.fetch("/hello", {"timeout": 0.2})
	check_failed("the deadline", response, PyHTTPResponse.ERROR_TIMEOUT, "timeout")


func test_whose_object_is_gone() -> void:
	var session := session_at("server")
	var node := Node.new()
	session.before_request = node.set_meta.bind("x")
	node.free()
	check_failed("freed", await session.fetch("/hello"), PyHTTPResponse.ERROR_HOOK, "freed")


func test_while_the_main_thread_waits() -> void:
	var session := session_at("server")
	session.before_request = func(request: Dictionary) -> void: request["url"] = "/bytes/7"
	check("called", session.request_sync("GET", "/hello").body.size(), 7)
	session.before_request = func(_request: Dictionary) -> void: await get_tree().process_frame
	var response := session.request_sync("GET", "/hello")
	check_failed("it must not await", response, PyHTTPResponse.ERROR_HOOK, "request_sync()")


func test_a_script_error_in_it() -> void:
	var session := session_at("server")
	session.after_response = func(response: Variant) -> bool: return response.nothing()
	expect("Nonexistent function 'nothing'")
	check_ok("reported, and the response stays", await session.fetch("/hello"))


func test_a_mock() -> void:
	var mock := PyHTTPMock.new()
	var session := session_at("closed")
	session.mock = mock
	mock.answer("GET", "/scores/*", {"json": {"points": 31}})
	mock.fail("POST", "", PyHTTPResponse.ERROR_TIMEOUT, "slow")
	mock.answer("POST", "*", {"status": 503, "headers": {"Retry-After": "0"}})
	mock.answer("POST", "*", {"status": 201, "body": "made", "delay": 0.01})
	var response: PyHTTPResponse = await session.fetch("/scores/1?a=b")
	check("JSON", response.json(), {"points": 31})
	check("its type", response.get_header("content-type"), "application/json")
	response = await session.post("/scores", {"json": 5, "retries": 1})
	check("repeated", [response.status, response.text(), response.attempts], [201, "made", 2])
	check_failed("none", await session.put("/x"), PyHTTPResponse.ERROR_MOCK_UNMATCHED, "PUT")
	check("came", mock.requests.size(), 4)
	check("a request", mock.requests[1]["body"], "5".to_utf8_buffer())
	check("unmatched", [mock.requests[3]["method"], mock.requests[3]["matched"]], ["PUT", false])
	mock.clear()
	mock.fail("", "*", PyHTTPResponse.ERROR_TLS)
	check_failed("a failure", await session.fetch("/"), PyHTTPResponse.ERROR_TLS, "mock")
	expect("an answer has no 'boddy'")
	mock.answer("", "*", {"boddy": 1})
	expect("the status 5")
	mock.answer("", "*", {"status": 5})
	session.mock = null
	check_failed("the network", await session.fetch("/"), PyHTTPResponse.ERROR_CANT_CONNECT, "127.0.0.1")
