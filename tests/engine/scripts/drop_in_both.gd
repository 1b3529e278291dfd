extends "client_base.gd"
## PyHTTPClient against a real server, each flow played to the engine's HTTPClient too.


func test_states_in_order() -> void:
	var orders := []
	for host: String in [HOST, "localhost"]:
		for client: RefCounted in both():
			orders.append(connected(client, host))
		check(
			"connecting to " + host, orders[-2].map(func(step: Variant) -> Variant: return step), orders[-1]
		)
	check(
		"a literal is not looked up",
		orders[0],
		[OK, [HTTPClient.STATUS_CONNECTING, OK], HTTPClient.STATUS_CONNECTED]
	)
	check(
		"a name is",
		orders[2],
		[
			OK,
			[HTTPClient.STATUS_RESOLVING, OK],
			[HTTPClient.STATUS_CONNECTING, OK],
			HTTPClient.STATUS_CONNECTED
		]
	)


func test_failures_in_order() -> void:
	for client: RefCounted in both():
		var type := client.get_class()
		check(
			type + " before",
			[client.get_status(), client.poll()],
			[HTTPClient.STATUS_DISCONNECTED, ERR_UNCONFIGURED]
		)
		var refused := connected(client, HOST, option("closed").to_int())
		check(type + ": nobody listens", refused.back(), HTTPClient.STATUS_CANT_CONNECT)
		check(type + " poll() then", client.poll(), ERR_CANT_CONNECT)
		client.close()
		check(type + " closed", client.get_status(), HTTPClient.STATUS_DISCONNECTED)
		var unknown := connected(client, "no-such-host.invalid", 80)
		check(type + ": no such host", unknown.back(), HTTPClient.STATUS_CANT_RESOLVE)
		check(type + " poll() of it", client.poll(), ERR_CANT_RESOLVE)


func test_methods_and_framings() -> void:
	var answers := [[], []]
	var requests := [
		[HTTPClient.METHOD_GET, "/bytes/100000"],
		[HTTPClient.METHOD_GET, "/bytes/0"],
		[HTTPClient.METHOD_GET, "/chunked/100000/1000"],
		[HTTPClient.METHOD_GET, "/chunked/70000/70000"],
		[HTTPClient.METHOD_HEAD, "/bytes/100"],
		[HTTPClient.METHOD_POST, "/echo", ["Content-Type: text/x"], "some text".to_utf8_buffer()],
		[HTTPClient.METHOD_PUT, "/echo", [], PackedByteArray([0, 255, 13, 10, 0])],
		[HTTPClient.METHOD_PATCH, "/echo", [], "patch".to_utf8_buffer()],
		[HTTPClient.METHOD_DELETE, "/status/200"],
		[HTTPClient.METHOD_OPTIONS, "*"],
		[HTTPClient.METHOD_GET, "/status/404"],
		[HTTPClient.METHOD_GET, "/hello?a=b&c=%20"],
	]
	var clients := both()
	for i in 2:
		connected(clients[i])
		for request: Array in requests:
			answers[i].append(ask.callv([clients[i]] + request))
	for i in requests.size():
		var what := "%s %s: " % requests[i].slice(0, 2)
		for key: String in answers[0][i]:
			var ours: Variant = answers[0][i][key]
			var theirs: Variant = answers[1][i][key]
			if ours is PackedByteArray:
				ours = [ours.size(), hash(ours)]
				theirs = [theirs.size(), hash(theirs)]
			check(what + key, ours, theirs)
	check("one connection for all", clients[0].get_status(), HTTPClient.STATUS_CONNECTED)
	check("the pattern is right", answers[0][0]["body"].slice(0, 5), PackedByteArray([0, 1, 2, 3, 4]))


## R2: an answer that has no body is over with its headers.
func test_a_204_is_over_at_once() -> void:
	var states := []
	for client: RefCounted in both():
		connected(client)
		states.append(ask(client, HTTPClient.METHOD_DELETE, "/status/204")["states"].back())
	check("ours and the engine's", states, [HTTPClient.STATUS_CONNECTED, HTTPClient.STATUS_BODY])


func test_close_delimited() -> void:
	var bodies := []
	for client: RefCounted in both():
		connected(client)
		bodies.append(ask(client, HTTPClient.METHOD_GET, "/close/100000"))
	check("body", bodies[0]["body"] == bodies[1]["body"], true)
	check("all of it", bodies[0]["body"].size(), 100000)
	check("length", [bodies[0]["length"], bodies[1]["length"]], [-1, -1])
	check(
		"after",
		[bodies[0]["after"], bodies[1]["after"]],
		[HTTPClient.STATUS_DISCONNECTED, HTTPClient.STATUS_DISCONNECTED]
	)


## R17: the connection has served its last answer. Ours says so at the next poll; a request connects anew.
func test_connection_close_is_believed() -> void:
	var headers := PackedStringArray(["Connection: close"])
	var states := []
	for client: RefCounted in both():
		connected(client)
		states.append(ask(client, HTTPClient.METHOD_GET, "/bytes/10", headers)["after"])
	check("ours and the engine's", states, [HTTPClient.STATUS_CONNECTED, HTTPClient.STATUS_CONNECTED])
	var ours: PyHTTPClient = both()[0]
	connected(ours)
	for _time in 3:
		check("again", ask(ours, HTTPClient.METHOD_GET, "/bytes/10", headers)["body"].size(), 10)
	ours.poll()
	check("after a poll", ours.get_status(), HTTPClient.STATUS_DISCONNECTED)


func test_what_is_sent() -> void:
	var sent := []
	for client: RefCounted in both():
		connected(client)
		var answer := ask(
			client, HTTPClient.METHOD_POST, "/request?x=1", ["X-Own: 1"], "body".to_utf8_buffer()
		)
		var lines := Array((answer["body"] as PackedByteArray).get_string_from_ascii().split("\r\n"))
		var rest := lines.slice(1)
		rest.sort()
		sent.append([lines[0]] + rest)
	check("the same request", sent[0], sent[1])
	check("its first line", sent[0][0], "POST /request?x=1 HTTP/1.1")
	check_true("host", "Host: 127.0.0.1:%d" % port in sent[0])


func test_request_sends_text() -> void:
	for client: RefCounted in both():
		connected(client)
		check("request()", client.request(HTTPClient.METHOD_POST, "/echo", ["A: b"], "ü€"), OK)
		poll_while(client, [HTTPClient.STATUS_REQUESTING])
		check(client.get_class(), read_all(client), "ü€".to_utf8_buffer())
		check("an array literal, no body", client.request(HTTPClient.METHOD_GET, "/status/200", []), OK)
		poll_while(client, [HTTPClient.STATUS_REQUESTING])
		check("code", client.get_response_code(), 200)


## R28: as the reference says, the body of a GET is ignored.
func test_request_ignores_the_body_of_a_get() -> void:
	var client := PyHTTPClient.new()
	connected(client)
	expect("ignores the body of a GET")
	check("sent", client.request(HTTPClient.METHOD_GET, "/echo", PackedStringArray(), "body"), OK)
	poll_while(client, [HTTPClient.STATUS_REQUESTING])
	check("nothing came", client.get_response_body_length(), 0)


func test_headers_as_a_dictionary() -> void:
	var dictionaries := []
	for client: RefCounted in both():
		connected(client)
		client.request_raw(HTTPClient.METHOD_GET, "/hello", [], PackedByteArray())
		poll_while(client, [HTTPClient.STATUS_REQUESTING])
		dictionaries.append(client.get_response_headers_as_dictionary())
		check("handed out once", client.get_response_headers_as_dictionary(), {})
	check("the same", dictionaries[0], dictionaries[1])


func test_read_chunk_size() -> void:
	for client: RefCounted in both():
		var type := client.get_class()
		check(type + " default", client.read_chunk_size, 65536)
		client.read_chunk_size = 1000
		check(type + " set", client.get_read_chunk_size(), 1000)
		for wrong: int in [255, 16777217, -1]:
			expect(str(wrong) if client is PyHTTPClient else "p_size < 256 || p_size > (1 << 24)")
			client.set_read_chunk_size(wrong)
		check(type + " unchanged", client.read_chunk_size, 1000)
		connected(client)
		client.request_raw(HTTPClient.METHOD_GET, "/bytes/5000", [], PackedByteArray())
		poll_while(client, [HTTPClient.STATUS_REQUESTING])
		var largest := 0
		var total := 0
		while client.get_status() == HTTPClient.STATUS_BODY:
			var chunk: PackedByteArray = client.read_response_body_chunk()
			largest = maxi(largest, chunk.size())
			total += chunk.size()
		check(type + " is kept to", [largest, total], [1000, 5000])


func test_blocking_mode() -> void:
	for client: RefCounted in both():
		client.blocking_mode_enabled = true
		check("is set", client.is_blocking_mode_enabled(), true)
		var thread := Thread.new()
		thread.start(blocking_flow.bind(client))
		check(client.get_class() + " in a thread", thread.wait_to_finish(), [200, 100000])


func blocking_flow(client: RefCounted) -> Array:
	connected(client)
	client.request_raw(HTTPClient.METHOD_GET, "/bytes/100000", [], PackedByteArray())
	poll_while(client, [HTTPClient.STATUS_REQUESTING])
	return [client.get_response_code(), read_all(client).size()]


func test_close_in_the_middle() -> void:
	for client: RefCounted in both():
		connected(client)
		client.request_raw(HTTPClient.METHOD_GET, "/bytes/10000000", [], PackedByteArray())
		poll_while(client, [HTTPClient.STATUS_REQUESTING])
		client.read_response_body_chunk()
		client.close()
		check(client.get_class() + " is disconnected", client.get_status(), HTTPClient.STATUS_DISCONNECTED)
		connected(client)
		check("and works again", ask(client, HTTPClient.METHOD_GET, "/bytes/10")["body"].size(), 10)
