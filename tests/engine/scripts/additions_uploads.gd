extends "additions_base.gd"
## Bodies given piece by piece, and how far they have come.

const POST := HTTPClient.METHOD_POST
const PIECE := 65536


func test_piece_by_piece() -> void:
	for length: int in [-1, 26]:
		for blocking: bool in [false, true]:
			var client := client_at("server")
			client.blocking_mode_enabled = blocking
			check("begun", client.request_stream(POST, "/echo", ["X: y"], length), OK)
			check("requesting", client.get_status(), HTTPClient.STATUS_REQUESTING)
			check("its length", client.get_request_body_length(), length)
			for piece: String in ["hello, ", "", "world, ", "and good bye"]:
				check("a piece", client.send_body_chunk(piece.to_utf8_buffer()), OK)
				check("requesting still", client.get_status(), HTTPClient.STATUS_REQUESTING)
				check("poll()", client.poll(), OK)
			check("all has gone", client.get_request_body_sent(), 26)
			check("ended", client.end_body(), OK)
			check("the length is known now", client.get_request_body_length(), 26)
			settle(client)
			check("what came", read_text(client), "hello, world, and good bye")
			check("to be used again", client.get_status(), HTTPClient.STATUS_CONNECTED)
			fetch(client, "/hello")
			check("used again", read_text(client), "hello, world\n")


func test_how_it_is_framed() -> void:
	for row: Array in [
		[-1, "\r\nTransfer-Encoding: chunked", "\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"],
		[5, "\r\nContent-Length: 5", "\r\n\r\nabcde"],
	]:
		var ends := client_and_far()
		var client: PyHTTPClient = ends[0]
		client.request_stream(POST, "/", [], row[0])
		client.send_body_chunk("abc".to_utf8_buffer())
		client.send_body_chunk("de".to_utf8_buffer())
		client.end_body()
		var text := ""
		while not text.ends_with(row[2]) and text.length() < 1000:
			client.poll()
			text += arrived(ends[1]).get_string_from_utf8()
		check_true(row[1] + row[2], row[1] in text)
		check_true("one framing", ("Content-Length" in text) != ("Transfer-Encoding" in text))


func test_without_a_body() -> void:
	for length: int in [-1, 0]:
		var client := client_at("server")
		client.request_stream(POST, "/echo", [], length)
		check("ended", client.end_body(), OK)
		settle(client)
		check("an answer", client.get_response_code(), 200)
		check("of nothing", read_text(client), "")
		check("no length", client.get_request_body_length(), 0)


func test_untyped() -> void:
	var client: Variant = client_at("server")
	check("begun", client.request_stream(POST, "/echo", ["X: y"]), OK)
	check("a piece", client.send_body_chunk([104, 105]), OK)
	check("ended", client.end_body(), OK)
	settle(client)
	check("what came", read_text(client), "hi")
	check("sent", client.get_request_body_sent(), 2)


func test_too_much() -> void:
	var client := client_at("server")
	client.request_stream(POST, "/echo", [], 5)
	client.send_body_chunk("abc".to_utf8_buffer())
	check_refused(
		client,
		client.send_body_chunk.bind("def".to_utf8_buffer()),
		"the body's length is declared as 5, but 6 bytes are given"
	)
	check("what fits goes", client.send_body_chunk("de".to_utf8_buffer()), OK)
	check("nothing more does", client.send_body_chunk(PackedByteArray()), OK)
	client.end_body()
	settle(client)
	check("what came", read_text(client), "abcde")


func test_too_little() -> void:
	var client := client_at("server")
	client.request_stream(POST, "/echo", [], 5)
	client.send_body_chunk("abc".to_utf8_buffer())
	check_refused(client, client.end_body, "the body's length is declared as 5, but 3 bytes came")
	for i in 20:
		client.poll()
	check("nothing has ended", client.get_status(), HTTPClient.STATUS_REQUESTING)
	check("the rest", client.send_body_chunk("de".to_utf8_buffer()), OK)
	check("it ends", client.end_body(), OK)
	settle(client)
	check("what came", read_text(client), "abcde")


## A server that knows the length may answer before the script says that this was all.
func test_answered_before_the_end() -> void:
	for text: String in ["HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"]:
		var ends := client_and_far()
		var client: PyHTTPClient = ends[0]
		client.request_stream(HTTPClient.METHOD_PUT, "/", [], 5)
		client.send_body_chunk("hello".to_utf8_buffer())
		answer(client, ends[1], text, "hello")
		check("the code", client.get_response_code(), text.substr(9, 3).to_int())
		read_all(client)
		check("complete", client.get_status(), HTTPClient.STATUS_CONNECTED)
		check("the end", client.end_body(), OK)
		check("no reason", client.get_error_reason(), "")


func test_out_of_turn() -> void:
	var client := client_at("server")
	var piece := "x".to_utf8_buffer()
	var connected_only := " needs request_stream() before it; the status is STATUS_CONNECTED"
	check_refused(client, client.send_body_chunk.bind(piece), "send_body_chunk()" + connected_only)
	check_refused(client, client.end_body, "end_body()" + connected_only)
	client.request_stream(POST, "/echo", [])
	expect("request() needs STATUS_CONNECTED; the status is STATUS_REQUESTING")
	check("one at a time", client.request_stream(POST, "/", []), ERR_INVALID_PARAMETER)
	client.send_body_chunk(piece)
	client.end_body()
	var requesting := " needs request_stream() before it; the status is STATUS_REQUESTING"
	check_refused(client, client.send_body_chunk.bind(piece), "send_body_chunk()" + requesting)
	check_refused(client, client.end_body, "end_body()" + requesting)
	settle(client)
	check("the first goes on", read_text(client), "x")
	client.request_raw(POST, "/wait/0.05", [], piece)
	check_refused(client, client.send_body_chunk.bind(piece), "send_body_chunk()" + requesting)
	client.close()
	var gone := " needs request_stream() before it; the status is STATUS_DISCONNECTED"
	check_refused(client, client.end_body, "end_body()" + gone)
	expect("request() needs STATUS_CONNECTED; the status is STATUS_DISCONNECTED")
	check("disconnected", client.request_stream(POST, "/", []), ERR_INVALID_PARAMETER)


func test_headers_that_lie() -> void:
	var client := client_at("server")
	for row: Array in [
		[
			["Content-Length: 5"],
			-1,
			"the Content-Length given is '5', the body's length is declared as unknown"
		],
		[["Content-Length: 5"], 6, "the Content-Length given is '5', the body has 6 bytes"],
		[["no colon"], -1, "header 0 is not of the form 'name: value'"],
	]:
		check_refused(client, client.request_stream.bind(POST, "/", row[0], row[1]), row[2])
		check("nothing has begun", client.get_status(), HTTPClient.STATUS_CONNECTED)
	check("one that is true", client.request_stream(POST, "/echo", ["Content-Length: 2"], 2), OK)
	client.send_body_chunk("ok".to_utf8_buffer())
	client.end_body()
	settle(client)
	check("goes", read_text(client), "ok")


func test_a_length_that_is_none() -> void:
	var client := client_at("server")
	expect("-5")
	check("-5", client.request_stream(POST, "/echo", [], -5), ERR_INVALID_PARAMETER)


func test_more_than_the_server_takes() -> void:
	var ends := client_and_far()
	var client: PyHTTPClient = ends[0]
	var far: StreamPeerTCP = ends[1]
	client.request_stream(HTTPClient.METHOD_PUT, "/", [], 32 << 20)
	var piece := PackedByteArray()
	piece.resize(PIECE)
	var given := 0
	var busy := OK
	for i in 512:
		piece.fill(i % 256)
		client.poll()
		busy = client.send_body_chunk(piece)
		if busy != OK:
			break
		given += PIECE
	check("it waits", busy, ERR_BUSY)
	check("no reason: nothing is wrong", client.get_error_reason(), "")
	check("what was given", client.get_request_body_length(), 32 << 20)
	var waiting := given - client.get_request_body_sent()
	check_true("%d bytes wait" % waiting, waiting > 0 and waiting <= (1 << 20) + PIECE)
	for i in 3:
		check("still", client.send_body_chunk(piece), ERR_BUSY)
	var got := PackedByteArray()
	var end := Time.get_ticks_msec() + PATIENCE_MSEC
	while got.size() < 32 << 20 and Time.get_ticks_msec() < end:
		got.append_array(arrived(far))
		client.poll()
		if given < 32 << 20 and client.send_body_chunk(piece) == OK:
			given += PIECE
			@warning_ignore("integer_division")
			piece.fill(given / PIECE % 256)
	check("all goes at last", client.end_body(), OK)
	wait_for(
		func() -> bool:
			client.poll()
			got.append_array(arrived(far))
			return complete(got, given)
	)
	var body := got.slice(got.size() - given)
	var right := true
	for i in 512:
		right = right and body[i * PIECE] == i % 256 and body[(i + 1) * PIECE - 1] == i % 256
	check("each piece once, in order", [body.size(), right], [32 << 20, true])
	check("its length", client.get_request_body_sent(), 32 << 20)


func test_a_server_that_refuses() -> void:
	for length: int in [-1, 32 << 20]:
		var client := client_at("refuses")
		client.request_stream(POST, "/", [], length)
		var piece := PackedByteArray()
		piece.resize(PIECE)
		var error := OK
		var end := Time.get_ticks_msec() + PATIENCE_MSEC
		while error in [OK, ERR_BUSY] and Time.get_ticks_msec() < end:
			client.poll()
			error = client.send_body_chunk(piece)
		check("it is not wanted", error, ERR_UNAVAILABLE)
		check("nor its end", client.end_body(), ERR_UNAVAILABLE)
		check("why", client.get_response_code(), 413)
		check("in words", read_text(client), "too large")
		client.poll()
		check("no more of it", client.get_status(), HTTPClient.STATUS_DISCONNECTED)
		check("no failure of ours", client.get_error_reason(), "")


func test_a_large_body_that_is_refused() -> void:
	var client := client_at("refuses")
	var body := PackedByteArray()
	body.resize(32 << 20)
	client.request_raw(POST, "/", [], body)
	settle(client)
	check("why", client.get_response_code(), 413)
	check("in words", read_text(client), "too large")
	check_true("not all was sent", client.get_request_body_sent() < body.size())


func test_a_server_that_says_go_on() -> void:
	var ends := client_and_far()
	var client: PyHTTPClient = ends[0]
	var far: StreamPeerTCP = ends[1]
	client.request_stream(POST, "/", ["Expect: 100-continue"], 5)
	check("a piece", client.send_body_chunk("hello".to_utf8_buffer()), OK)
	check("its end", client.end_body(), OK)
	client.poll()
	var head := arrived(far).get_string_from_utf8()
	check_true("the head alone", head.ends_with("\r\n\r\n"))
	check("nothing of the body", client.get_request_body_sent(), 0)
	far.put_data("HTTP/1.1 100 Continue\r\n\r\n".to_utf8_buffer())
	wait_for(
		func() -> bool:
			client.poll()
			return client.get_request_body_sent() == 5
	)
	check("the body", receive(far, 5).get_string_from_utf8(), "hello")
	far.put_data("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n".to_utf8_buffer())
	settle(client)
	check("the answer", client.get_response_code(), 201)


func test_progress() -> void:
	for headers: Array in [[], ["Transfer-Encoding: chunked"]]:
		var ends := client_and_far()
		var client: PyHTTPClient = ends[0]
		var far: StreamPeerTCP = ends[1]
		var body := PackedByteArray()
		body.resize(32 << 20)
		body.fill(7)
		check("none before", client.get_request_body_length(), -1)
		client.request_raw(POST, "/", headers, body)
		check("its length", client.get_request_body_length(), body.size())
		check("not a byte", client.get_request_body_sent(), 0)
		var steps: Array[int] = [0]
		var end := Time.get_ticks_msec() + PATIENCE_MSEC
		while steps.back() < body.size() and Time.get_ticks_msec() < end:
			client.poll()
			if client.get_request_body_sent() != steps.back():
				steps.append(client.get_request_body_sent())
			arrived(far)
		var sorted := steps.duplicate()
		sorted.sort()
		check("it grows", steps, sorted)
		check_true("in %d steps" % steps.size(), steps.size() > 3)
		check("to the end", steps.back(), body.size())
		client.close()
		check("forgotten", client.get_request_body_sent(), 0)


func test_progress_of_a_request_without_a_body() -> void:
	var client := client_at("server")
	fetch(client, "/hello")
	check("sent", client.get_request_body_sent(), 0)
	check("of", client.get_request_body_length(), 0)


## A script may use its array again at once: what was given is what goes.
func test_what_was_given_is_what_goes() -> void:
	for streamed: bool in [false, true]:
		var client := client_at("server")
		var piece := PackedByteArray()
		piece.resize(300_000)
		piece.fill(65)
		var wanted := sha256(piece)
		if streamed:
			client.request_stream(POST, "/digest", [])
			client.send_body_chunk(piece)
		else:
			client.request_raw(POST, "/digest", [], piece)
		piece.fill(66)
		piece.resize(3)
		piece = PackedByteArray()
		if streamed:
			client.end_body()
		settle(client)
		check("streamed: %s" % streamed, read_text(client), wanted)


func sha256(data: PackedByteArray) -> String:
	var hashing := HashingContext.new()
	hashing.start(HashingContext.HASH_SHA256)
	hashing.update(data)
	return hashing.finish().hex_encode()
